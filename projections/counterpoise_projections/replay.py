"""Replay: what an event of a pilot changed in every view, and what lies between two positions of the log."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain import (
    actors,
    concerns,
    interactions,
    narratives,
    pilots,
    reflections,
    scans,
    steps,
    theatres,
)
from counterpoise.domain.deployments import PolicyChanged
from counterpoise.domain.events import Event
from counterpoise.domain.tables import Tables
from counterpoise_projections import balances, directory, histories, readiness, trust
from counterpoise_projections import concerns as concerns_view

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

REMEMBERED = 256
"""Positions whose readings are kept."""

Events = tuple[type[Event], ...]
Moment = tuple[int, float]
"""A position and the day it is evaluated at."""

CONDUCT: Events = (
    theatres.TheatreOpened, theatres.ContextShifted,
    actors.ActorRegistered, actors.FulcrumSet, actors.AudiencesSet,
    pilots.PilotProposed, pilots.VisibilityChanged, pilots.InvitationAnswered, pilots.ActorWithdrew,
    pilots.StageEntered, pilots.ScansOpened,
    scans.ScanRecorded, scans.ScanRevised,
    steps.StepPlanned, steps.StepCompleted, steps.RedLineCrossed,
    reflections.ReflectionRecorded,
    concerns.ConcernRaised, concerns.ConcernResolved, concerns.ConcernWithdrawn,
    narratives.NarrativeFirstSighted, narratives.NarrativeSighted,
    interactions.InteractionObserved,
)  # fmt: skip
"""What balances and trust are read from."""

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
        recorded = log.select("position", "topic", "pilot", "recorded_at").sort("position").collect()
        self._recorded = recorded.with_columns(day=histories.day("recorded_at"))
        self._tables = lru_cache(maxsize=REMEMBERED)(tables)
        self._read = read or partial(histories.standing_at, log)
        self._rows = lru_cache(maxsize=REMEMBERED)(lambda position: self._read(position).collect().lazy())
        self._known = lru_cache(maxsize=REMEMBERED)(self._read_known)
        self._conditions = lru_cache(maxsize=REMEMBERED)(self._read_conditions)
        self._worries = lru_cache(maxsize=REMEMBERED)(self._read_worries)

    def changes(self, *, pilot: str, position: int) -> pl.LazyFrame:
        """One row a figure or word that the event at `position` changed: CHANGES, by view, subject, other and field.

        Both sides are evaluated on the day the event was recorded: what merely fades is no change.
        """
        day = self._day(position)
        return self._between(pilot, (position - 1, day), (position, day))

    def compare(self, *, pilot: str, first: int, second: int) -> pl.LazyFrame:
        """One row a figure or word that is not the same at two positions: CHANGES, as `changes` sorts them.

        Each side is evaluated on the day its last event was recorded.
        """
        return self._between(pilot, (first, self._day(first)), (second, self._day(second)))

    def _between(self, pilot: str, first: Moment, second: Moment) -> pl.LazyFrame:
        before, after = (self._conditions_and_worries(pilot, position) for position, _ in (first, second))
        if (self._last(CONDUCT, first[0]), first[1]) != (self._last(CONDUCT, second[0]), second[1]):
            partners = tuple(sorted({*self._partners(pilot, first[0]), *self._partners(pilot, second[0])}))
            before, after = (
                pl.concat([rest, *self._conduct(pilot, moment, partners)])
                for rest, moment in ((before, first), (after, second))
            )
        return _difference(before.lazy(), after.lazy())

    def _conditions_and_worries(self, pilot: str, position: int) -> pl.DataFrame:
        conditions = self._conditions(pilot, self._last(CONDITIONS, position, pilot=pilot))
        return pl.concat([conditions, self._worries(pilot, self._last(WORRIES, position, pilot=pilot))])

    def _read_known(self, position: int) -> balances.Known:
        return balances.Known(self._at(position), self._tables(position))

    def _read_conditions(self, pilot: str, position: int) -> pl.DataFrame:
        rows = self._at(position).filter(pl.col("pilot").is_in([pilot, ""]))
        state = directory.pilots(rows).with_columns(pl.col("joined").list.join(", "))
        gates = readiness.readiness(rows, self._tables(position)).with_columns(
            gate=pl.when("open").then(pl.lit("open")).otherwise(pl.lit("shut"))
        )
        parts = (
            _words("pilot", state, (*STATE, "joined"), subject="pilot"),
            _words("step", directory.steps(rows), ("status",), subject="step"),
            _words("gate", gates, ("gate",), subject="step", other="rule"),
        )
        return pl.concat(pl.collect_all(parts))

    def _read_worries(self, pilot: str, position: int) -> pl.DataFrame:
        found = concerns_view.concerns(self._at(position), day=0.0).filter(pl.col("pilot") == pilot)
        return _words("concern", found, ("status", "severity", "about", "tweak"), subject="concern").collect()

    def _conduct(self, pilot: str, moment: Moment, partners: tuple[str, ...]) -> list[pl.DataFrame]:
        position, day = self._last(CONDUCT, moment[0]), moment[1]
        rows, known, tables = self._at(position), self._known(position), self._tables(position)
        weighed = balances.weighed(known, tables, day=day, pilot=pilot)
        table, advice = balances.table(weighed, tables), balances.advised_by(weighed, tables)
        asked = _asked(rows, pilot, day, partners)
        everybody = trust.figures(known.items, known.theatres, asked, tables)
        pairs = asked.join(asked.select(holder="actor"), how="cross").filter(
            pl.col("actor") != pl.col("holder")
        )
        by_holder = trust.figures(known.items, known.theatres, pairs, tables)
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
        stays = histories.memberships(self._at(self._last(CONDUCT, position)))
        there = stays.filter((pl.col("pilot") == pilot) & pl.col("until").is_null())
        return there.select("actor").collect()["actor"].to_list()

    def _at(self, position: int) -> pl.LazyFrame:
        rows: pl.LazyFrame = self._rows(position)
        return rows

    def _last(self, kinds: Events, position: int, *, pilot: str = "") -> int:
        """Return the last position up to `position` that could change what is read from these kinds of events.

        Of a pilot alone, if one is named: then only events of it or of none can.
        """
        topics = [*(kind.TOPIC for kind in kinds), PolicyChanged.TOPIC, *frame.CORRECTIONS]
        known = (pl.col("position") <= position) & pl.col("topic").is_in(topics)
        if pilot:
            known &= pl.col("pilot").is_in([pilot, ""])
        return int(self._recorded.filter(known)["position"].max() or 0)  # type: ignore[arg-type]  # positions are whole

    def _day(self, position: int) -> float:
        at = self._recorded.filter(pl.col("position") == position)["day"]
        return float(at.item()) if len(at) else 0.0


def changes(log: pl.LazyFrame, tables: Tables, *, pilot: str, position: int) -> pl.LazyFrame:
    """One row a figure or word that one event changed, as `Replay.changes`; for more than one, keep a Replay."""
    return Replay(log, lambda _: tables).changes(pilot=pilot, position=position)


def compare(log: pl.LazyFrame, tables: Tables, *, pilot: str, first: int, second: int) -> pl.LazyFrame:
    """One row a figure or word that is not the same at two positions, as `Replay.compare`."""
    return Replay(log, lambda _: tables).compare(pilot=pilot, first=first, second=second)


def _asked(rows: pl.LazyFrame, pilot: str, day: float, partners: tuple[str, ...]) -> pl.LazyFrame:
    """Return the questions about each partner in the theatre of a pilot."""
    there = frame.of(rows, pilots.PilotProposed).filter(pl.col("pilot") == pilot).select("theatre")
    known = there.join(frame.of(rows, theatres.TheatreOpened).select("theatre"), on="theatre", how="semi")
    actors_asked = pl.LazyFrame({"actor": partners}, schema={"actor": pl.String})
    return known.join(actors_asked, how="cross").with_columns(day=pl.lit(day))


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
