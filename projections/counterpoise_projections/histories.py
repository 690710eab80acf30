"""Histories: how theatres, actors, pilots and partnerships were at any moment, for other views to join on.

A moment has a position (what was known) and a day (what was so by then). Facts about theatres, actors and visibility
hold by the day they occurred; who is on a pilot follows the order of the pilot's own stream, as its decisions do.
"""

from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.actors import ActorRegistered, AudiencesSet, FulcrumSet
from counterpoise.domain.events import Event
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.pilots import (
    ActorWithdrew,
    InvitationAnswered,
    PilotProposed,
    VisibilityChanged,
)
from counterpoise.domain.steps import StepPlanned
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise_projections import clocks, evidence, interactions

MICROSECONDS_A_DAY = 86_400_000_000.0

REGIMES: dict[str, Any] = {
    **clocks.THEATRES,
    "kinds": pl.List(pl.Struct({"kind": pl.String, "share": pl.Float64})),
    "conditions": pl.List(pl.Struct({"condition": pl.String, "value": pl.Float64})),
    "visibility_cap": pl.String,
    "position": pl.Int64,
    "event": pl.String,
}
"""One row a theatre and regime; `since` is the day it occurred."""


def standing_at(log: pl.LazyFrame, position: int | None = None) -> pl.LazyFrame:
    """Return the rows of a log as they read at a position (None: at its end), corrections and withdrawals honoured.

    Rows that `frame.standing` has given already are taken as they are: cut a log before it stands.
    """
    if position is None and "corrected_at" in log.collect_schema():
        return log
    return frame.standing(frame.as_of(log, position))


def day(column: str = "occurred_at") -> pl.Expr:
    """Return a time in microseconds as a day of the model, exactly as a plain division rounds it.

    Polars divides by a scalar through its inverse, which may round to another last digit.
    """
    return pl.col(column) / (pl.col(column) * 0 + MICROSECONDS_A_DAY)


def regimes(rows: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """One row a theatre that was opened and regime: REGIMES, by (theatre, since, position)."""
    settings = ("kinds", "conditions", "audiences", "visibility_cap")
    pace = pl.col("kinds").map_elements(lambda kinds: _rate(kinds, tables), return_dtype=pl.Float64)
    return (
        _both(rows, TheatreOpened, ContextShifted, fields=("theatre", *settings))
        .with_columns(since="day", rate=pace)
        .select(*REGIMES)
        .sort("theatre", "since", "position")
    )


def _rate(kinds: pl.Series, tables: Tables) -> float:
    return evidence.rate({each["kind"]: each["share"] for each in kinds}, tables)


def theatres(rows: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """One row a theatre and regime, those too that only interactions know: clocks.THEATRES, by (theatre, since)."""
    opened = regimes(rows, tables).select(*clocks.THEATRES)
    observed = interactions.observations(frame.of(rows, InteractionObserved))
    foreign = interactions.theatres(observed, tables).join(opened, on="theatre", how="anti")
    return pl.concat([opened, foreign]).sort("theatre", "since", maintain_order=True)


def visibilities(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot and visibility it was given: pilot, visibility, position, day, event; by (pilot, position)."""
    return _both(rows, PilotProposed, VisibilityChanged, fields=("pilot", "visibility")).sort(
        "pilot", "position"
    )


def plans(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a step planned: its own fields, theatre, pilot, position, day and event; by (pilot, position)."""
    return (
        frame.of(rows, StepPlanned)
        .select(
            "theatre", "pilot", *frame.body_types(StepPlanned), "position", day=day(), event=frame.event_id()
        )
        .sort("pilot", "position")
    )


def memberships(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot, actor and stay on it: since and until (positions; null: still there), by (pilot, since).

    `event` is the proposal or the answer by which it joined.
    """
    proposed = frame.of(rows, PilotProposed).with_columns(joined=pl.lit(value=True))
    answered = frame.of(rows, InvitationAnswered).with_columns(joined="joins")
    withdrew = frame.of(rows, ActorWithdrew).with_columns(joined=pl.lit(value=False))
    columns = ("pilot", "actor", "joined", "position")
    return (
        pl.concat(each.select(*columns, event=frame.event_id()) for each in (proposed, answered, withdrew))
        .sort("position")
        .filter(pl.col("joined") != pl.col("joined").shift(1, fill_value=False).over("pilot", "actor"))
        .with_columns(until=pl.col("position").shift(-1).over("pilot", "actor"))
        .filter("joined")
        .select("pilot", "actor", "until", "event", since="position")
        .sort("pilot", "since")
    )


def partners(stays: pl.LazyFrame, moments: pl.LazyFrame) -> pl.LazyFrame:
    """One row a moment (pilot, position, whatever else it has) and actor joined then, as `partner`."""
    there = (pl.col("since") <= pl.col("position")) & (
        pl.col("until").is_null() | (pl.col("until") > pl.col("position"))
    )
    return (
        moments.join(stays.select("pilot", "since", "until", partner="actor"), on="pilot")
        .filter(there)
        .drop("since", "until")
    )


def categories(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row an actor: actor, categories, position, day, event; by actor."""
    return _both(rows, ActorRegistered, fields=("actor", "categories")).sort("actor", "position")


def fulcra(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row an actor and fulcrum it set: actor, fulcrum, doubt, position, day, event; by (actor, position)."""
    return _both(rows, FulcrumSet, fields=("actor", "fulcrum", "doubt")).sort("actor", "position")


def audiences(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row an actor and audiences it set: actor, audiences, position, day, event; by (actor, position)."""
    return _both(rows, AudiencesSet, fields=("actor", "audiences")).sort("actor", "position")


def held(
    moments: pl.LazyFrame, history: pl.LazyFrame, *, on: str, reaching_back: bool = False
) -> pl.LazyFrame:
    """Add to moments what held then: the columns of the last row of `history` (on `on`, day and position).

    A moment has `position` and `day`; only rows known at its position count, and of those the last by day. Where
    none is of that day or earlier the columns are null, or (`reaching_back`) those of the first.
    """
    names = [name for name in history.collect_schema().names() if name not in (on, "position", "day")]
    known = history.select(on, *names, known_at="position", from_day="day")
    began = pl.col("from_day") <= pl.col("day")
    counts = (pl.col("known_at") <= pl.col("position")) & (began | reaching_back)
    sooner = pl.when(began).then(1).otherwise(-1)
    return (
        moments.with_row_index("moment")
        .join(known, on=on, how="left")
        .with_columns(counts=counts.fill_null(value=False))
        .sort("moment", "counts", began, pl.col("from_day") * sooner, pl.col("known_at") * sooner)
        .unique("moment", keep="last", maintain_order=True)
        .with_columns(pl.when("counts").then(name).alias(name) for name in names)
        .drop("moment", "known_at", "from_day", "counts")
    )


def _both(rows: pl.LazyFrame, *kinds: type[Event], fields: tuple[str, ...]) -> pl.LazyFrame:
    """Return the same fields of events of several kinds, with position, day and event."""
    return pl.concat(
        frame.of(rows, kind).select(*fields, "position", day=day(), event=frame.event_id()) for kind in kinds
    )
