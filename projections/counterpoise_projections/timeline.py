"""Timeline: every event of a pilot in the order of the log, with what stands around it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.actors import (
    AudiencesSet,
    FulcrumSet,
    MandateClarified,
    RedLineDeclared,
    RedLineLifted,
)
from counterpoise.domain.corrections import Withdrawn
from counterpoise.domain.events import Sealed
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import PilotProposed
from counterpoise.domain.theatres import ContextShifted, TheatreClosed, TheatreOpened
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise_projections import histories

TIMELINE: dict[str, Any] = {
    "position": pl.Int64,
    "event": pl.String,
    "topic": pl.String,
    "recorded_at": pl.Int64,
    "occurred_at": pl.Int64,
    "member": pl.String,
    "actor": pl.String,
    "label": pl.String,
    "source": pl.String,
    "surroundings": pl.Boolean,  # not of the pilot itself: its theatre, an actor that joined it, a story there
    "corrected_at": pl.Int64,  # position of its last correction; null: it reads as it was recorded
    "withdrawn_at": pl.Int64,  # position of its withdrawal; null: it stands
    "summary": pl.String,  # its fields as `name=value; ...`, without sealed words
}
"""One row an event, those too that were withdrawn later."""

OWN = ("pilot", "scan", "reflection", "concern", "lesson")
"""Kinds of streams whose events are a pilot's own."""

SETTING = tuple(kind.TOPIC for kind in (TheatreOpened, ContextShifted, TheatreClosed))
STORIES = tuple(kind.TOPIC for kind in (NarrativeFirstSighted, NarrativeSighted))
PARTNERS = tuple(
    kind.TOPIC for kind in (RedLineDeclared, RedLineLifted, MandateClarified, FulcrumSet, AudiencesSet)
)


def timeline(log: pl.LazyFrame, *, pilot: str, position: int | None = None) -> pl.LazyFrame:
    """One row an event of a pilot and what surrounds it: TIMELINE, by position.

    The log is taken as it was recorded, so that what was corrected or withdrawn shows as well, and says so; each row
    reads as it did when it was recorded.
    """
    rows = frame.as_of(log, position)
    kind = pl.col("stream").str.split(":").list.first()
    own = kind.is_in(OWN) & (pl.col("pilot") == pilot)
    around = _surrounding(rows, pilot=pilot)
    found = rows.filter(own | around).with_columns(
        event=frame.event_id(),
        surroundings=~own,
        summary=pl.struct("topic", "body").map_elements(_summary, return_dtype=pl.String),
    )
    return (
        found.drop("corrected_at", strict=False)
        .join(_corrected(rows), on=["stream", "version"], how="left")
        .join(_withdrawn(rows), on=["stream", "version"], how="left")
        .select(*TIMELINE)
        .sort("position")
    )


def _surrounding(rows: pl.LazyFrame, *, pilot: str) -> pl.Expr:
    """Return which rows are of the pilot's theatre, of actors that ever joined it, or stories there."""
    theatres = frame.of(rows, PilotProposed).filter(pl.col("pilot") == pilot).select("theatre").collect()
    partners = histories.memberships(rows).filter(pl.col("pilot") == pilot).select("actor").collect()
    there = pl.col("theatre").is_in(theatres["theatre"].implode())
    theirs = pl.col("actor").is_in(partners["actor"].unique().implode())
    topic = pl.col("topic")
    return (topic.is_in([*SETTING, *STORIES]) & there) | (topic.is_in(PARTNERS) & theirs)


def _corrected(rows: pl.LazyFrame) -> pl.LazyFrame:
    standing = histories.standing_at(rows).filter(pl.col("corrected_at").is_not_null())
    return standing.select("stream", "version", "corrected_at")


def _withdrawn(rows: pl.LazyFrame) -> pl.LazyFrame:
    return (
        frame.of(rows, Withdrawn).group_by("stream", version="of").agg(withdrawn_at=pl.col("position").min())
    )


def _summary(row: Mapping[str, str]) -> str:
    body = json.loads(row["body"])
    said = ((name, _said(body.get(name))) for name in _plain_fields(row["topic"]))
    return "; ".join(f"{name}={value}" for name, value in said if value)


@cache
def _plain_fields(topic: str) -> tuple[str, ...]:
    """Return the fields an event adds to the envelope that are not sealed."""
    if topic not in VOCABULARY:
        return ()
    return tuple(
        each.name for each in frame.own_fields(VOCABULARY[topic]) if each.type not in (Sealed, "Sealed")
    )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, dict):
        return " ".join(_parts(value))
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def _parts(value: Mapping[str, object]) -> Iterator[str]:
    """Yield what a row within a field says: its words, then the first of its numbers."""
    words = [each for each in value.values() if isinstance(each, str) and each]
    numbers = [each for each in value.values() if isinstance(each, float | int)]
    yield "/".join(words)
    yield from (f"{each:g}" for each in numbers[:1])
