"""Foresight: what the model would have said of each item from the items of earlier days alone."""

from dataclasses import dataclass, replace

import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections import trust
from counterpoise_projections.fading import Floats
from counterpoise_projections.ledger import Ledger, Sums


@dataclass(frozen=True)
class Foresight:
    """Items as questions to the items before them, and the sums that answer, imports at a coupling of 1."""

    ledger: Ledger
    questions: pl.DataFrame
    sums: Sums
    tables: Tables

    @classmethod
    def of(cls, items: pl.DataFrame, theatres: pl.LazyFrame, tables: Tables, *, skip: int = 0) -> "Foresight":
        """Ask for each of the items but the first `skip`, in their order; all of them answer."""
        ledger = Ledger(items.sort("day", "id"), theatres, _spilling(tables, coupling=1.0))
        questions = items.slice(skip).select("actor", "theatre", "day")
        return cls(ledger, questions, _sums(ledger, questions), tables)

    def with_foreign_records_of(self, others: pl.DataFrame) -> "Foresight":
        """Return the same, but with the imports of another actor: `actor`, `other`, one row an actor."""
        swapped = self.questions.join(others, on="actor", how="left", maintain_order="left")
        foreign = _sums(self.ledger, swapped.select("theatre", "day", actor="other"))
        return replace(self, sums=replace(self.sums, raw=foreign.raw, raw_x=foreign.raw_x))

    def expected(self, *, coupling: float, cap: float | None = None) -> Floats:
        """Return E of each question if imports were coupled and capped like this; the shipped cap if None."""
        sums = replace(self.sums, raw=coupling * self.sums.raw, raw_x=coupling * self.sums.raw_x)
        return trust.means(sums, self.tables if cap is None else _spilling(self.tables, cap=cap))


def in_order(items: pl.LazyFrame) -> pl.DataFrame:
    """One row an item, by (day, position): the order in which they are foreseen."""
    return items.sort("day", "position", maintain_order=True).collect()


def _sums(ledger: Ledger, questions: pl.DataFrame) -> Sums:
    return ledger.sums(ledger.asked(questions), before=True)


def _spilling(tables: Tables, **figures: float) -> Tables:
    return tables.amended({"spillover": figures})
