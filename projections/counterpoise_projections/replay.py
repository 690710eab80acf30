"""Replay: what an event of a pilot changed in every view, and what lies between two positions of the log."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import polars as pl

from counterpoise.domain import (
    actors,
    concerns,
    pilots,
    scans,
    steps,
    theatres,
)
from counterpoise.domain.tables import Tables
from counterpoise_projections import balances, directory, readiness, trust
from counterpoise_projections import concerns as concerns_view
from counterpoise_projections.memory import CONDUCT, REMEMBERED, Events, Memory

CHANGES: dict[str, Any] = {
    "view": pl.String,  # balance, advice, trust, gate, concern, pilot or step
    "subject": pl.String,  # an actor, a concern, a step or the pilot
    "other": pl.String,  # trust: the holder (empty: everybody's); gate: its rule; else empty
    "field": pl.String,
    "before": pl.Float64,  # numbers; null where there was none
    "after": pl.Float64,
    "before_word": pl.String,  # words; null where there was none
    "after_word": pl.String,
}
"""One row a figure or word that is not the same before and after."""

SAME = 1e-12
"""Numbers no further apart than this are the same."""

KEYS = ["view", "subject", "other", "field"]
SIDE: dict[str, Any] = {**dict.fromkeys(KEYS, pl.String), "number": pl.Float64, "word": pl.String}
"""One row a figure or word of one side."""

STATE = ("stage", "level", "visibility", "charter", "closed")
"""What is said of a pilot itself."""

Moment = tuple[int, float]
"""A position and the day it is evaluated at."""

CONDITIONS: Events = (
    theatres.TheatreOpened, theatres.ContextShifted,
    actors.MandateClarified, actors.RedLineDeclared, actors.RedLineLifted,
    pilots.PilotProposed, pilots.VisibilityChanged, pilots.ActorInvited, pilots.InvitationAnswered,
    pilots.ActorWithdrew, pilots.StageEntered, pilots.LevelAdvised, pilots.LevelChosen, pilots.CharterSet,
    pilots.CharterAccepted, pilots.MandateAcknowledged, pilots.PilotClosed,
    scans.ScanRecorded, scans.ScanRevised,
    steps.StepPlanned, steps.StepStarted, steps.StepPaused, steps.StepCompleted, steps.StepAbandoned,
    steps.RedLineWaived, steps.GateOverridden,
)  # fmt: skip
"""What gates, steps and the pilot's own state are read from."""

WORRIES: Events = (
    concerns.ConcernRaised, concerns.ConcernAcknowledged, concerns.ConcernAnswered, concerns.ConcernResolved,
    concerns.ConcernWithdrawn,
)  # fmt: skip
"""What concerns are read from."""


class Replay:
    """Steps through a log, and remembers what it has read on the way.

    `read` gives the rows as they stand at a position, those alone that may be read; without it they are the log's.
    """

    def __init__(
        self,
        log: pl.LazyFrame,
        tables: Callable[[int], Tables],
        *,
        read: Callable[[int], pl.LazyFrame] | None = None,
    ) -> None:
        """Take a log and the tables in force at each position of it."""
        self._memory = Memory(log, tables, read=read)
        self._conditions = lru_cache(maxsize=REMEMBERED)(self._read_conditions)
        self._worries = lru_cache(maxsize=REMEMBERED)(self._read_worries)

    def changes(self, *, pilot: str, position: int) -> pl.LazyFrame:
        """One row a figure or word that the event at `position` changed: CHANGES, by view, subject, other and field.

        Both sides are evaluated on the day the event was recorded: what merely fades is no change.
        """
        day = self._memory.day(position)
        return self._between(pilot, (position - 1, day), (position, day))

    def compare(self, *, pilot: str, first: int, second: int) -> pl.LazyFrame:
        """One row a figure or word that is not the same at two positions: CHANGES, as `changes` sorts them.

        Each side is evaluated on the day its last event was recorded.
        """
        return self._between(pilot, (first, self._memory.day(first)), (second, self._memory.day(second)))

    def _between(self, pilot: str, first: Moment, second: Moment) -> pl.LazyFrame:
        before, after = (self._conditions_and_worries(pilot, position) for position, _ in (first, second))
        read = [(self._memory.last(CONDUCT, position), day) for position, day in (first, second)]
        if read[0] != read[1]:
            partners = tuple(sorted({*self._partners(pilot, first[0]), *self._partners(pilot, second[0])}))
            before, after = (
                pl.concat([rest, *self._conduct(pilot, moment, partners)])
                for rest, moment in ((before, first), (after, second))
            )
        return _difference(before.lazy(), after.lazy())

    def _conditions_and_worries(self, pilot: str, position: int) -> pl.DataFrame:
        conditions = self._conditions(pilot, self._memory.last(CONDITIONS, position, pilot=pilot))
        return pl.concat(
            [conditions, self._worries(pilot, self._memory.last(WORRIES, position, pilot=pilot))]
        )

    def _read_conditions(self, pilot: str, position: int) -> pl.DataFrame:
        rows = self._memory.rows(position).filter(pl.col("pilot").is_in([pilot, ""]))
        state = directory.pilots(rows).with_columns(pl.col("joined").list.join(", "))
        gates = readiness.readiness(rows, self._memory.tables(position)).with_columns(
            gate=pl.when("open").then(pl.lit("open")).otherwise(pl.lit("shut"))
        )
        parts = (
            _words("pilot", state, (*STATE, "joined"), subject="pilot"),
            _words("step", directory.steps(rows), ("status",), subject="step"),
            _words("gate", gates, ("gate",), subject="step", other="rule"),
        )
        return pl.concat(pl.collect_all(parts))

    def _read_worries(self, pilot: str, position: int) -> pl.DataFrame:
        found = concerns_view.concerns(self._memory.rows(position), day=0.0).filter(pl.col("pilot") == pilot)
        return _words("concern", found, ("status", "severity", "about", "tweak"), subject="concern").collect()

    def _conduct(self, pilot: str, moment: Moment, partners: tuple[str, ...]) -> list[pl.DataFrame]:
        position, day = self._memory.last(CONDUCT, moment[0]), moment[1]
        known, tables = self._memory.known(position), self._memory.tables(position)
        asked = _asked(known, pilot, partners, day)
        everybody = trust.figures(known.items, known.theatres, asked, tables)
        pairs = trust.figures(known.items, known.theatres, _paired(asked, known, pilot), tables)
        weighed = balances.weighed(known, tables, day=day, pilot=pilot, pairs=pairs)
        table, advice = balances.table(weighed, tables), balances.advised_by(weighed, tables)
        by_holder = pairs.filter(pl.col("holder").is_in(partners))
        parts = (
            _words("balance", table, ("verdict", "level"), subject="actor"),
            _numbers("balance", table, ("balance", "sd", "trust"), subject="actor"),
            _words("advice", advice, ("level", "actor", "factor"), subject="pilot"),
            _words("trust", everybody, ("reading",), subject="actor"),
            _numbers("trust", everybody, ("trust", "low", "high"), subject="actor"),
            _numbers("trust", by_holder, ("trust",), subject="actor", other="holder"),
        )
        return pl.collect_all(parts)

    def _partners(self, pilot: str, position: int) -> list[str]:
        stays = self._memory.known(self._memory.last(CONDUCT, position)).context.stays
        there = stays.filter((pl.col("pilot") == pilot) & pl.col("until").is_null())
        return there.collect()["actor"].to_list()


def changes(log: pl.LazyFrame, tables: Tables, *, pilot: str, position: int) -> pl.LazyFrame:
    """One row a figure or word that one event changed, as `Replay.changes`; for more than one, keep a Replay."""
    return Replay(log, lambda _: tables).changes(pilot=pilot, position=position)


def compare(log: pl.LazyFrame, tables: Tables, *, pilot: str, first: int, second: int) -> pl.LazyFrame:
    """One row a figure or word that is not the same at two positions, as `Replay.compare`."""
    return Replay(log, lambda _: tables).compare(pilot=pilot, first=first, second=second)


def _asked(known: balances.Known, pilot: str, partners: tuple[str, ...], day: float) -> pl.LazyFrame:
    """Return the questions about each partner in the theatre of a pilot."""
    place = known.context.places.filter(pl.col("pilot") == pilot).select("theatre")
    there = place.join(known.theatres.select("theatre").unique(), on="theatre", how="semi")
    return there.join(
        pl.LazyFrame({"actor": partners}, schema={"actor": pl.String}), how="cross"
    ).with_columns(day=pl.lit(day))


def _paired(asked: pl.LazyFrame, known: balances.Known, pilot: str) -> pl.LazyFrame:
    """Return the same questions of each partner and each actor that scanned the pilot."""
    scanned = known.context.readings.filter(pl.col("pilot") == pilot).select(holder="actor")
    holders = pl.concat([asked.select(holder="actor"), scanned]).unique(maintain_order=True)
    return asked.join(holders, how="cross").filter(pl.col("actor") != pl.col("holder"))


def _words(
    view: str, rows: pl.LazyFrame, fields: tuple[str, ...], *, subject: str, other: str = ""
) -> pl.LazyFrame:
    return _long(view, rows.with_columns(pl.col(fields).cast(pl.String)), fields, subject, other, "word")


def _numbers(
    view: str, rows: pl.LazyFrame, fields: tuple[str, ...], *, subject: str, other: str = ""
) -> pl.LazyFrame:
    return _long(view, rows.with_columns(pl.col(fields).cast(pl.Float64)), fields, subject, other, "number")


def _long(
    view: str, rows: pl.LazyFrame, fields: tuple[str, ...], subject: str, other: str, column: str
) -> pl.LazyFrame:
    """Return one row a row and field: SIDE."""
    named = rows.select(
        *(pl.col(field).alias(f"field {field}") for field in fields),
        subject=subject,
        other=pl.col(other) if other else pl.lit(""),
    )
    long = named.unpivot(index=["subject", "other"], variable_name="field", value_name=column)
    absent = {name: pl.lit(None, kind) for name, kind in SIDE.items() if name in ("number", "word")}
    absent.pop(column)
    return long.with_columns(
        view=pl.lit(view), field=pl.col("field").str.strip_prefix("field "), **absent
    ).select(*SIDE)


def _difference(before: pl.LazyFrame, after: pl.LazyFrame) -> pl.LazyFrame:
    """Return CHANGES between two sides."""
    both = before.rename({"number": "before", "word": "before_word"}).join(
        after.rename({"number": "after", "word": "after_word"}), on=KEYS, how="full", coalesce=True
    )
    near = ((pl.col("before") - pl.col("after")).abs() <= SAME).fill_null(value=False)
    same_number = near | pl.col("before").eq_missing(pl.col("after"))
    same_word = pl.col("before_word").eq_missing(pl.col("after_word"))
    return both.filter(~(same_number & same_word)).select(*CHANGES).sort(KEYS)
