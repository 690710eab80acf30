"""Scans as they were read, in the context of a moment, and put on the scale."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.actors import Actor, ActorRegistered, AudiencesSet, FulcrumSet, Hearing
from counterpoise.domain.balance import Balance, weigh
from counterpoise.domain.events import NOTHING
from counterpoise.domain.pilots import (
    ActorWithdrew,
    InvitationAnswered,
    PilotProposed,
    ScansOpened,
    StageEntered,
    VisibilityChanged,
)
from counterpoise.domain.scans import Care, ScanRecorded, ScanRevised, Score
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise.domain.weighings import weighing
from counterpoise_projections import histories

OWN = ("scores", "cares", "red_line", "fulcrum", "fulcrum_doubt", "audiences")
"""What a scan says that is put on the scale."""

BESIDE = ("visibility", "conditions", "set_fulcrum", "set_doubt", "set_audiences", "categories")
"""What bears on it beside: the columns that `Context.at` adds."""


def readings(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a scan or revision that stands, by position: its fields, and from when on it is open.

    `opened_at`, `opened_day` and `opened_recorded_at` are null while it is not. A reading opens with its stage, if
    none followed it before, or at once in a stage that is open; entering the stage again shuts it for new ones.
    """
    fields = ("pilot", "theatre", "actor", "stream", "stage", *OWN, "position", "recorded_at")
    each = pl.concat(
        frame.of(rows, kind).select(*fields, day=histories.day(), event=frame.event_id())
        for kind in (ScanRecorded, ScanRevised)
    ).sort("position")
    openings, entries = _openings(rows), _entries(rows)
    at_once = _at_once(each, openings, entries)
    later = _with_their_stage(at_once.filter(pl.col("opened_at").is_null()), openings)
    return pl.concat([at_once.filter(pl.col("opened_at").is_not_null()), later]).sort("position")


def _openings(rows: pl.LazyFrame) -> pl.LazyFrame:
    return (
        frame.of(rows, ScansOpened)
        .select(
            "pilot",
            "stage",
            "position",
            "scans",
            opened_at="position",
            opened_day=histories.day(),
            opened_recorded_at="recorded_at",
        )
        .sort("position")
    )


def _entries(rows: pl.LazyFrame) -> pl.LazyFrame:
    return frame.of(rows, StageEntered).select("pilot", "stage", "position")


def _at_once(each: pl.LazyFrame, openings: pl.LazyFrame, entries: pl.LazyFrame) -> pl.LazyFrame:
    """Add the times from which readings of stages that were open already count; null for others."""
    marks = pl.concat([openings.drop("scans"), entries], how="diagonal").sort("position")
    opened = pl.col("opened_at").is_not_null()
    return each.join_asof(marks, on="position", by=["pilot", "stage"], check_sortedness=False).with_columns(
        opened_day=pl.when(opened).then(pl.max_horizontal("day", "opened_day")),
        opened_at=pl.when(opened).then("position"),
        opened_recorded_at=pl.when(opened).then("recorded_at"),
    )


def _with_their_stage(each: pl.LazyFrame, openings: pl.LazyFrame) -> pl.LazyFrame:
    """Add the times from which readings count that their stage's next opening names; null for others."""
    unopened = each.drop("opened_at", "opened_day", "opened_recorded_at")
    found = unopened.join_asof(
        openings, on="position", by=["pilot", "stage"], strategy="forward", check_sortedness=False
    )
    last = pl.col("position") == pl.col("position").max().over("stream", "opened_at")
    named = pl.col("scans").list.contains(pl.col("stream"))
    times = ("opened_at", "opened_day", "opened_recorded_at")
    return found.with_columns(pl.when(last & named).then(pl.col(time)).alias(time) for time in times).drop(
        "scans"
    )


READS = (
    TheatreOpened,
    ContextShifted,
    ActorRegistered,
    FulcrumSet,
    AudiencesSet,
    PilotProposed,
    VisibilityChanged,
    InvitationAnswered,
    ActorWithdrew,
    StageEntered,
    ScansOpened,
    ScanRecorded,
    ScanRevised,
)
"""The events that a context is read from."""


class Context:
    """What rows say that bears on scans, read once: their readings, who was on which pilot where, what held when."""

    def __init__(self, rows: pl.LazyFrame, tables: Tables) -> None:
        conditions = histories.regimes(rows, tables).select("theatre", "position", "conditions", day="since")
        fulcra = histories.fulcra(rows).select(
            "actor", "position", "day", set_fulcrum="fulcrum", set_doubt="doubt"
        )
        audiences = histories.audiences(rows).select("actor", "position", "day", set_audiences="audiences")
        read = pl.collect_all(
            [
                readings(rows),
                histories.memberships(rows),
                frame.of(rows, PilotProposed).select("pilot", "theatre"),
                conditions,
                histories.visibilities(rows).drop("event"),
                fulcra,
                audiences,
                histories.categories(rows).drop("event"),
            ]
        )
        tables_read = [each.lazy() for each in read]
        self.readings, self.stays, self.places = tables_read[:3]
        self._histories = tables_read[3:]

    def at(self, moments: pl.LazyFrame) -> pl.LazyFrame:
        """Add to readings what bears on them at their moment (`position` and `day`).

        conditions of the theatre, visibility of the pilot; set_fulcrum, set_doubt, set_audiences and categories of
        the actor, null where it has set none. A reading whose pilot or actor the rows do not know cannot be weighed
        and falls out.
        """
        held_by = (("theatre", True), ("pilot", True), ("actor", False), ("actor", False), ("actor", True))
        for history, (on, reaching_back) in zip(self._histories, held_by, strict=True):
            moments = histories.held(moments, history, on=on, reaching_back=reaching_back)
        return moments.drop_nulls(["visibility", "categories"])


def balance(
    reading: Mapping[str, Any], tables: Tables, *, trust: float | None = None, trust_sd: float = 0.0
) -> Balance:
    """Return the balance of a row of `Context.at`; words that the vocabulary no longer has are left out."""
    said = json.dumps([{name: reading[name] for name in (*OWN, *BESIDE)}, trust, trust_sd])
    return _weighed(said, _Version(tables))


@dataclass(frozen=True, eq=False)
class _Version:
    """Tables by their version, so that what was weighed once under them is remembered."""

    tables: Tables

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and self.tables.version == other.tables.version

    def __hash__(self) -> int:
        return hash(self.tables.version)


@lru_cache(maxsize=4096)
def _weighed(said: str, under: _Version) -> Balance:
    reading, trust, trust_sd = json.loads(said)
    tables = under.tables
    return weigh(
        weighing(
            _scan(reading, tables),
            _actor(reading, tables),
            conditions=_known(reading["conditions"] or [], "condition", "value", tables["conditions"]),
            visibility=reading["visibility"],
            tables=tables,
            trust=trust,
            trust_sd=trust_sd,
        ),
        tables,
    )


def _scan(reading: Mapping[str, Any], tables: Tables) -> ScanRecorded:
    factors = tables["factors"]
    return ScanRecorded(
        stream="",
        recorded_at=0,
        occurred_at=0,
        stage="",
        scores=tuple(Score(**each) for each in reading["scores"] if each["factor"] in factors),
        audiences=tuple(Hearing(**each) for each in reading["audiences"]),
        cares=tuple(Care(**each) for each in reading["cares"] if each["factor"] in factors),
        fulcrum=reading["fulcrum"],
        fulcrum_doubt=reading["fulcrum_doubt"],
        red_line=reading["red_line"],
    )


def _actor(reading: Mapping[str, Any], tables: Tables) -> Actor:
    return Actor(
        id="",
        name=NOTHING,
        categories=tuple(each for each in reading["categories"] if each in tables["categories"]),
        audiences=tuple(Hearing(**each) for each in reading["set_audiences"] or []),
        fulcrum=reading["set_fulcrum"],
        fulcrum_doubt=reading["set_doubt"],
    )


def _known(rows: list[dict[str, Any]], name: str, value: str, words: Mapping[str, Any]) -> dict[str, float]:
    return {each[name]: each[value] for each in rows if each[name] in words}
