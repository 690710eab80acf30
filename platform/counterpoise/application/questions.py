"""Questions: what a member may ask of the log. Each answer says what it was computed from."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.evidence import Evidence
from counterpoise.application.moments import moment
from counterpoise.application.names import Names
from counterpoise.application.questions_behind import Behind
from counterpoise.application.questions_chat import Chat
from counterpoise.application.questions_log import Ledger
from counterpoise.application.questions_pilots import Pilots
from counterpoise.application.questions_replay import Replays
from counterpoise.application.questions_steps import Steps
from counterpoise.application.shown import Part, Shown, tables_of
from counterpoise.domain.theatres import TheatreOpened
from counterpoise.policy import Member, Visible
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log
from counterpoise_projections import balances, divergence, evidence, spillover, trust, what_if

Rows = tuple[Mapping[str, Any], ...]
"""Rows of a table, as plain values by column: ids as they are, names beside them."""


class Questions:
    """Every question. `reader` asks it; `as_of` and `at` are as `moments.moment` takes them."""

    def __init__(self, log: Log, keys: KeyStore | None) -> None:
        self._log = log
        self._keys = keys
        self.ledger = Ledger(log, self._shown)
        self.behind = Behind(self._shown)
        self.pilots = Pilots(self._shown)
        self.replays = Replays(self._shown)
        self.chat = Chat(self._shown)
        self.steps = Steps(self._shown)

    def _shown(self, reader: Member, *, as_of: str = "", at: str = "", kinds: Collection[str] = ()) -> Shown:
        """Return the log as the reader may see it at a moment. For the rooms of the application only.

        With `kinds` it is the streams of these kinds alone, for answers that nothing else bears on.
        """
        log = Part(self._log, kinds) if kinds else self._log
        return Shown(log, self._keys, reader, moment(self._log.frame(), as_of=as_of, at=at))

    def find(self, reader: Member, kind: str, text: str, *, pilot: str = "") -> Visible[str]:
        """Return the id of the actor, theatre, pilot, step, ... that is meant; a refusal names what comes close."""
        return policy.public(Names(self._shown(reader)).find(kind, text, pilot=pilot))

    def names(self, reader: Member, *, as_of: str = "") -> Visible[Mapping[str, Mapping[str, str]]]:
        """Return every name the reader may know: kind, then id, to name."""
        shown = self._shown(reader, as_of=as_of)
        names = Names(shown)
        kinds = ("actor", "theatre", "pilot", "step", "member", "narrative", "lesson")
        return policy.computed({kind: names.all(kind) for kind in kinds}, basis=shown.rows)

    def vocabulary(self, section: str) -> Visible[Mapping[str, Mapping[str, Any]]]:
        """Return the words of a section of the tables in force, such as `severities`: key to what is said of it."""
        tables = tables_of(self._log.frame())
        return policy.public({word: dict(entry) for word, entry in tables[section].items()})

    def vocabularies(self, *sections: str) -> Visible[Mapping[str, Mapping[str, Mapping[str, Any]]]]:
        """Return the words of several sections, by section."""
        tables = tables_of(self._log.frame())
        words = {
            section: {word: dict(entry) for word, entry in tables[section].items()} for section in sections
        }
        return policy.public(words)

    def balances(
        self, reader: Member, *, pilot: str = "", actor: str = "", as_of: str = "", at: str = ""
    ) -> Visible[Rows]:
        """One row a pilot and actor that scanned it: both pans, the balance with its deviation, verdict, level.

        Open scans count, and those of the reader's own organisation.
        """
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        found = balances.balances(
            asked.rows, asked.known.tables, day=asked.day, own=reader.actor, known=asked.known
        )
        return asked.answer(_only(found, pilot=pilot, actor=actor))

    def balance_history(
        self, reader: Member, *, pilot: str = "", actor: str = "", as_of: str = "", at: str = ""
    ) -> Visible[Rows]:
        """One row an opened reading of a scan, as it was weighed when it opened."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        found = balances.history(asked.rows, asked.known.tables, known=asked.known)
        return asked.answer(_only(found, pilot=pilot, actor=actor))

    def balance_contributions(
        self, reader: Member, *, pilot: str, actor: str = "", as_of: str = "", at: str = ""
    ) -> Visible[Rows]:
        """One row a factor and audience of a balance, the largest first: they sum to it."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        found = balances.contributions(
            asked.rows, asked.known.tables, day=asked.day, own=reader.actor, known=asked.known
        )
        return asked.answer(_only(found, pilot=pilot, actor=actor))

    def advice(self, reader: Member, *, pilot: str = "", as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a pilot: the level its balances advise, the actor and the factor that set it."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        found = balances.advice(
            asked.rows, asked.known.tables, day=asked.day, own=reader.actor, known=asked.known
        )
        return asked.answer(_only(found, pilot=pilot))

    def trust(
        self,
        reader: Member,
        *,
        actor: str = "",
        theatre: str = "",
        holder: str = "",
        as_of: str = "",
        at: str = "",
    ) -> Visible[Rows]:
        """One row an actor and theatre it was seen in: trust with interval; with `holder`, as that actor has it."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        return asked.answer(
            trust.figures(
                asked.known.items,
                asked.known.theatres,
                asked.questions(actor=actor, theatre=theatre, holder=holder),
                asked.known.tables,
            )
        )

    def trust_contributions(
        self,
        reader: Member,
        *,
        actor: str,
        theatre: str,
        holder: str = "",
        as_of: str = "",
        at: str = "",
    ) -> Visible[Rows]:
        """One row an event that bears on an actor's trust in a theatre: its part and what it contributes."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        found = trust.contributions(
            asked.known.items,
            asked.known.theatres,
            asked.questions(actor=actor, theatre=theatre, holder=holder),
            asked.known.tables,
        )
        return asked.answer(found.sort(pl.col("contribution").abs(), descending=True, maintain_order=True))

    def trust_pooled(
        self, reader: Member, *, actor: str = "", as_of: str = "", at: str = ""
    ) -> Visible[Rows]:
        """One row an actor: its theatres' trust, weighed by their evidence."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        figures = trust.figures(
            asked.known.items,
            asked.known.theatres,
            asked.questions(actor=actor),
            asked.known.tables,
        )
        return asked.answer(trust.pooled(figures))

    def trust_norms(self, reader: Member, *, as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a theatre: the norm of conduct there."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        return asked.answer(
            trust.norms(
                asked.known.items,
                asked.known.theatres,
                pl.Series([asked.day], dtype=pl.Float64),
                asked.known.tables,
            )
        )

    def trajectory(
        self,
        reader: Member,
        *,
        actor: str = "",
        theatre: str = "",
        points: int = 24,
        as_of: str = "",
        at: str = "",
    ) -> Visible[Rows]:
        """One row an actor, theatre and day on a grid of `points` days from the first evidence to the moment's day."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        items = asked.known.items
        first = items.select(pl.col("day").min()).collect().item()
        if first is None:
            return asked.answer(pl.LazyFrame(schema={**trust.QUESTIONS, **trust.FIGURES}))
        step = (asked.day - first) / max(points - 1, 1)
        grid = pl.LazyFrame({"day": [first + step * place for place in range(points)]})
        questions = asked.questions(actor=actor, theatre=theatre).drop("day").join(grid, how="cross")
        ordered = questions.sort("actor", "theatre", "day")
        return asked.answer(trust.figures(items, asked.known.theatres, ordered, asked.known.tables))

    def spillover(self, reader: Member, *, actor: str = "", as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row an actor, theatre its standing comes from and theatre it reaches: net, gained, lost, events."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        return asked.answer(asked.cells(actor))

    def spillover_matrix(self, reader: Member, *, as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a theatre that lends and one that borrows, over all actors."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        return asked.answer(spillover.matrix(asked.cells(), asked.known.tables))

    def spillover_carriers(self, reader: Member, *, as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a holder, theatre that lends and theatre that borrows: who carries it."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        known = asked.known
        return asked.answer(spillover.carriers(known.items, known.theatres, asked.reached(), known.tables))

    def what_if(
        self,
        reader: Member,
        *,
        actor: str,
        theatre: str,
        drop: Sequence[str],
        holder: str = "",
        as_of: str = "",
        at: str = "",
    ) -> Visible[Rows]:
        """One row: trust as it is, as it would be had the events `drop` (ids) not happened, and the difference."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        known = asked.known
        changed = what_if.changed(known.observations().collect().lazy(), drop=tuple(drop))
        items = evidence.weigh(changed, known.tables)
        questions = asked.questions(actor=actor, theatre=theatre, holder=holder)
        return asked.answer(what_if.difference(known.items, items, known.theatres, questions, known.tables))

    def divergence(self, reader: Member, *, pilot: str = "", as_of: str = "", at: str = "") -> Visible[Rows]:
        """One row a pilot and pair of its actors: how far apart their fulcra lie, the most apart first."""
        asked = _Asked(self._shown(reader, as_of=as_of, at=at))
        fulcra = balances.fulcra(asked.rows, asked.known.tables, day=asked.day, own=reader.actor)
        found = divergence.divergence(fulcra)
        return asked.answer(_only(found, pilot=pilot))


class _Asked:
    """One question on its way: the rows, the evidence in them, the names to answer with."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self.rows = shown.rows.value
        self.day = shown.day
        self.known = Evidence(self.rows, tables_of(self.rows))

    def cells(self, actor: str = "") -> pl.LazyFrame:
        """Return the cells of spill-over, of one actor or of all."""
        known = self.known
        return spillover.cells(known.items, known.theatres, self.reached(actor), known.tables)

    def reached(self, actor: str = "") -> pl.LazyFrame:
        """Return where standing may reach: one actor's anywhere; all actors' where seen, or a theatre was opened.

        Every actor everywhere would be millions of cells on a log of coded events.
        """
        everywhere = spillover.everywhere(self.known.items, self.known.theatres, day=self.day)
        if actor:
            return _only(everywhere, actor=actor)
        seen = self.known.items.select("theatre", "actor").unique()
        opened = frame.of(self.rows, TheatreOpened).select("theatre").unique()
        actors = self.known.items.select("actor").unique()
        asked = pl.concat([seen, opened.join(actors, how="cross")]).unique()
        return everywhere.join(asked, on=["theatre", "actor"], how="semi", maintain_order="left")

    def questions(self, *, actor: str = "", theatre: str = "", holder: str = "") -> pl.LazyFrame:
        """Return who is asked about, where: every actor where it was seen, or the one that is named anywhere."""
        items = self.known.items.filter(pl.col("day") <= self.day)
        seen = items.select("theatre", "actor").unique()
        if actor and theatre:
            places = self.known.theatres.select("theatre").unique()
            seen = places.join(items.select("actor").unique(), how="cross")
        asked = _only(seen, actor=actor, theatre=theatre).with_columns(day=pl.lit(self.day))
        if holder:
            asked = asked.filter(pl.col("actor") != holder).with_columns(holder=pl.lit(holder))
        return asked.sort("actor", "theatre")

    def answer(self, found: pl.LazyFrame) -> Visible[Rows]:
        """Return the rows for the reader, with what they were computed from."""
        return policy.computed(tuple(found.collect().to_dicts()), basis=self._shown.rows)


def _only(rows: pl.LazyFrame, **columns: str) -> pl.LazyFrame:
    """Return the rows in which each column is as given; an empty word is no condition."""
    conditions: Sequence[pl.Expr] = [pl.col(name) == word for name, word in columns.items() if word]
    return rows.filter(*conditions) if conditions else rows
