"""Trust: an opinion of each actor in each theatre, and what every item of evidence contributes to it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from scipy.special import betaincinv

from counterpoise.domain.tables import Tables
from counterpoise_projections.fading import Floats
from counterpoise_projections.ledger import Ledger, Shares, Sums

QUESTIONS: dict[str, Any] = {"theatre": pl.String, "actor": pl.String, "day": pl.Float64}
"""One row a question. With a column `holder` it is about the actor as that holder knows it: a pair."""

FIGURES: dict[str, Any] = {
    "trust": pl.Float64,  # E, the mean
    "low": pl.Float64,  # of the interval
    "high": pl.Float64,
    "evidence": pl.Float64,  # N, prior and all
    "own": pl.Float64,  # n
    "own_x": pl.Float64,  # r
    "imported": pl.Float64,  # n_I
    "imported_x": pl.Float64,  # r_I
    "import_raw": pl.Float64,  # I, before the squeeze
    "import_raw_x": pl.Float64,
    "certainty": pl.Float64,  # N_c
    "trust_sd": pl.Float64,
    "norm": pl.Float64,  # a
    "belief": pl.Float64,
    "disbelief": pl.Float64,
    "uncertainty": pl.Float64,
    "reading": pl.String,  # trusted, distrusted or open
}
"""What `figures` adds to a question."""

PARTS = ("own", "imported", "norm")
"""Of an opinion: evidence from the theatre itself, what others lend it, and the conduct of others there."""

NEEDED = ("id", "day", "theatre", "actor", "holder", "visibility", "type", "x", "w", "omega")
"""The columns of evidence.ITEMS that opinions are made of."""

BATCH = 1_000_000
"""Pairs of a question and an item that are held in memory at a time, where questions come in slices."""

CONTRIBUTIONS: dict[str, Any] = {
    "question": pl.Int64,  # row of the questions, from 0
    "actor": pl.String,
    "theatre": pl.String,
    "day": pl.Float64,
    "id": pl.String,  # of the event
    "source": pl.String,  # theatre where it happened
    "holder": pl.String,
    "about": pl.String,  # the actor the item is about: another one if it is part of the norm
    "type": pl.String,
    "part": pl.String,  # own, imported or norm
    "weight": pl.Float64,  # part of the opinion's evidence N
    "share": pl.Float64,  # the same as a share of N
    "contribution": pl.Float64,  # points of trust
}
"""One row a question and item."""


def figures(
    items: pl.LazyFrame,
    theatres: pl.LazyFrame,
    questions: pl.LazyFrame,
    tables: Tables,
    *,
    before: bool = False,
) -> pl.LazyFrame:
    """One row a question, in the questions' order: its columns and FIGURES.

    Items count as of the question's day; those of the day itself do not if `before`. UnknownTheatre if an item
    or a question names a theatre without a regime.
    """
    asked = questions.collect()
    ledger = Ledger(_bearing(items, asked), theatres, tables, by=_subject(asked))
    opinions = _opinions(ledger.sums(ledger.asked(asked), before=before), tables)
    return asked.with_columns(opinions).lazy()


def contributions(
    items: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables
) -> pl.LazyFrame:
    """One row a question and item that bears on it: CONTRIBUTIONS, by question, day of the item and its id.

    They sum to the question's `trust` less the prior. An item that does not reach the theatre has no row.
    """
    asked = questions.collect()
    return Attribution(items, theatres, asked, tables).parts(asked, *PARTS)


class Attribution:
    """Items, opened once, so that many questions can be taken apart some at a time."""

    def __init__(
        self, items: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.DataFrame, tables: Tables
    ) -> None:
        """Open the items that bear on any of the questions."""
        self._items = _bearing(items, questions)
        self._ledger = Ledger(self._items, theatres, tables, by=_subject(questions))
        self._tables = tables

    def parts(self, questions: pl.DataFrame, *parts: str) -> pl.LazyFrame:
        """One row a question and item of these parts: CONTRIBUTIONS."""
        asked = self._ledger.asked(questions)
        sums = self._ledger.sums(asked)
        squeeze, prior = _squeeze(sums.raw, self._tables), self._tables["trust"]["prior_weight"]
        evidence = prior + sums.own + squeeze * sums.raw
        shares = {"own": self._ledger.own_shares, "imported": self._ledger.imported_shares}
        shares["norm"] = self._ledger.norm_shares
        scale = {"own": np.ones(len(squeeze)), "imported": squeeze, "norm": np.full(len(squeeze), prior)}
        rows = pl.concat(_weighed(part, shares[part](asked), scale[part], evidence) for part in parts)
        return _named(rows.lazy(), self._items.lazy(), questions.lazy(), self._tables)

    def some_at_a_time(self, questions: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Return the questions in slices that have about BATCH items about their actors among them, or one."""
        about = self._items.group_by("actor").agg(items=pl.len())
        load = questions.join(about, on="actor", how="left", maintain_order="left")["items"].fill_null(0)
        yield from questions.with_columns(slice=load.cum_sum() // BATCH).partition_by(
            "slice", maintain_order=True, include_key=False
        )


def trajectories(
    items: pl.LazyFrame, theatres: pl.LazyFrame, days: pl.Series, tables: Tables
) -> pl.LazyFrame:
    """One row an actor, a theatre it has been seen in and a day: QUESTIONS and FIGURES, in that order."""
    grid = pl.LazyFrame({"day": days.cast(pl.Float64)})
    seen = items.select("theatre", "actor").unique()
    questions = seen.join(grid, how="cross").sort("actor", "theatre", "day")
    return figures(items, theatres, questions, tables)


def norms(items: pl.LazyFrame, theatres: pl.LazyFrame, days: pl.Series, tables: Tables) -> pl.LazyFrame:
    """One row a theatre and day, by both: the `norm` of conduct there, every actor's evidence counted."""
    grid = pl.LazyFrame({"day": days.cast(pl.Float64)})
    asked = theatres.select("theatre").unique().join(grid, how="cross").sort("theatre", "day").collect()
    ledger = Ledger(items.select(NEEDED).sort("day", "id").collect(), theatres, tables)
    norm = ledger.norms(ledger.asked(asked.with_columns(actor=pl.lit(None, pl.String))))
    return asked.with_columns(norm=norm).lazy()


def pooled(opinions: pl.LazyFrame) -> pl.LazyFrame:
    """One row an actor and day, by both: its theatres' `trust`, weighed by their `evidence`, and how many."""
    return (
        opinions.group_by("actor", "day")
        .agg(
            trust=(pl.col("trust") * pl.col("evidence")).sum() / pl.col("evidence").sum(),
            evidence=pl.col("evidence").sum(),
            theatres=pl.col("theatre").n_unique(),
        )
        .sort("actor", "day")
    )


def means(sums: Sums, tables: Tables) -> Floats:
    """Return the mean E of each question's opinion, the imports squeezed by the cap of the tables."""
    prior, squeeze = tables["trust"]["prior_weight"], _squeeze(sums.raw, tables)
    friendly = sums.own_x + squeeze * sums.raw_x
    mean: Floats = (prior * sums.norm + friendly) / (prior + sums.own + squeeze * sums.raw)
    return mean


def _subject(questions: pl.DataFrame) -> tuple[str, ...]:
    return ("actor", "holder") if "holder" in questions.columns else ("actor",)


def _bearing(items: pl.LazyFrame, questions: pl.DataFrame) -> pl.DataFrame:
    """Return what is needed of the items that can bear on any of the questions, by (day, id)."""
    about = pl.col("actor").is_in(questions["actor"].unique().implode())
    there = pl.col("theatre").is_in(questions["theatre"].unique().implode())
    return items.filter(about | there).select(NEEDED).sort("day", "id").collect()


def _opinions(sums: Sums, tables: Tables) -> pl.DataFrame:
    """Return FIGURES, a row a question."""
    figure = tables["trust"]
    prior, squeeze = figure["prior_weight"], _squeeze(sums.raw, tables)
    imported, imported_x = squeeze * sums.raw, squeeze * sums.raw_x
    evidence = prior + sums.own + imported
    friendly = sums.own_x + imported_x
    trust = means(sums, tables)
    certainty = evidence / (1 + evidence / figure["certainty_discount"])
    low, high = (betaincinv(certainty * trust, certainty * (1 - trust), end) for end in figure["interval"])
    columns = {
        "trust": trust,
        "low": low,
        "high": high,
        "evidence": evidence,
        "own": sums.own,
        "own_x": sums.own_x,
        "imported": imported,
        "imported_x": imported_x,
        "import_raw": sums.raw,
        "import_raw_x": sums.raw_x,
        "certainty": certainty,
        "trust_sd": np.sqrt(trust * (1 - trust) / (certainty + 1)),
        "norm": sums.norm,
        "belief": friendly / evidence,
        "disbelief": (sums.own + imported - friendly) / evidence,
        "uncertainty": prior / evidence,
    }
    return pl.DataFrame(columns).with_columns(reading=_reading(figure["reading"])).select(*FIGURES)


def _reading(middle: float) -> pl.Expr:
    above, below = pl.col("low") > middle, pl.col("high") < middle
    words = pl.when(above).then(pl.lit("trusted")).when(below).then(pl.lit("distrusted"))
    return words.otherwise(pl.lit("open"))


def _squeeze(raw: Floats, tables: Tables) -> Floats:
    squeeze: Floats = 1 / (1 + raw / tables["spillover"]["cap"])
    return squeeze


def _weighed(part: str, shares: Shares, scale: Floats, evidence: Floats) -> pl.DataFrame:
    weight = shares.weight * scale[shares.question]
    return pl.DataFrame(
        {
            "question": shares.question,
            "item": shares.item,
            "weight": weight,
            "share": weight / evidence[shares.question],
        }
    ).with_columns(part=pl.lit(part))


def _named(rows: pl.LazyFrame, items: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Return CONTRIBUTIONS of rows that name their question and item by number."""
    number = pl.int_range(pl.len(), dtype=pl.Int64)
    known = items.select("id", "holder", "type", "x", source="theatre", about="actor", item=number)
    asked = questions.select("actor", "theatre", "day", question=number)
    return (
        rows.join(known, on="item")
        .join(asked, on="question")
        .with_columns(contribution=(pl.col("x") - tables["trust"]["prior"]) * pl.col("share"))
        .sort("question", "item", "part")
        .select(*CONTRIBUTIONS)
    )
