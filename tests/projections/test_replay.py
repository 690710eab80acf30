"""A replay shows what an event changed in every view, and nothing that it did not."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise import frame
from counterpoise.domain.steps import StepCompleted
from counterpoise_projections import balances, concerns, directory, readiness, replay, trust
from tests.lives import DAY, PILOTS, Life, Told, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import TABLES, Reference

Side = dict[tuple[str, str, str, str], object]


def joined(told: list[Told], pilot: str) -> set[str]:
    state = Reference(told).pilot(pilot)
    return set(state.joined) if state else set()


def side(told: list[Told], pilot: str, on_day: float, partners: set[str]) -> Side:
    """Return every figure and word the views show of a pilot, each view asked anew."""
    log = frame_of(told)
    found: Side = {}

    def take(view: str, rows: pl.LazyFrame, subject: str, fields: tuple[str, ...], other: str = "") -> None:
        for row in rows.filter(pl.col("pilot") == pilot).collect().iter_rows(named=True):
            for field in fields:
                found[view, row[subject], row[other] if other else "", field] = row[field]

    take(
        "balance",
        balances.balances(log, TABLES, day=on_day),
        "actor",
        ("verdict", "level", "balance", "sd", "trust"),
    )
    take("advice", balances.advice(log, TABLES, day=on_day), "pilot", ("level", "actor", "factor"))
    take("concern", concerns.concerns(log, day=on_day), "concern", ("status", "severity", "about", "tweak"))
    take("step", directory.steps(log), "step", ("status",))
    gates = readiness.readiness(log, TABLES).with_columns(
        gate=pl.when("open").then(pl.lit("open")).otherwise(pl.lit("shut"))
    )
    take("gate", gates, "step", ("gate",), other="rule")
    state = directory.pilots(log).with_columns(
        pl.col("joined").list.join(", "), pl.col("charter", "closed").cast(pl.String)
    )
    take("pilot", state, "pilot", ("stage", "level", "visibility", "charter", "closed", "joined"))
    return {**found, **opinions(told, pilot, on_day, partners)}


def opinions(told: list[Told], pilot: str, on_day: float, partners: set[str]) -> Side:
    """Return trust in each partner where the pilot is, and each pair's, asked one by one."""
    proposed = Reference(told).pilot(pilot)
    if proposed is None:
        return {}
    known, found = balances.Known(frame.standing(frame_of(told)), TABLES), Side()
    for actor, holder in [(a, h) for a in partners for h in ("", *partners) if a != h]:
        asked = pl.LazyFrame({"theatre": [proposed.theatre], "actor": [actor], "day": [on_day]})
        pair = asked.with_columns(holder=pl.lit(holder)) if holder else asked
        (row,) = trust.figures(known.items, known.theatres, pair, TABLES).collect().iter_rows(named=True)
        fields = ("trust",) if holder else ("trust", "low", "high", "reading")
        found |= {("trust", actor, holder, field): row[field] for field in fields}
    return found


def between(before: Side, after: Side) -> dict[tuple[str, str, str, str], tuple[object, object]]:
    pairs = {key: (before.get(key), after.get(key)) for key in {*before, *after}}
    return {key: pair for key, pair in pairs.items() if not _same(*pair)}


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= replay.SAME
    return one == other


def shown(changes: pl.LazyFrame) -> dict[tuple[str, str, str, str], tuple[object, object]]:
    return {
        (row["view"], row["subject"], row["other"], row["field"]): (
            row["before_word"] if row["before"] is None else row["before"],
            row["after_word"] if row["after"] is None else row["after"],
        )
        for row in changes.collect().iter_rows(named=True)
    }


def nearly(pairs: dict[Any, tuple[object, object]]) -> dict[Any, Any]:
    return {
        key: tuple(pytest.approx(each, abs=1e-12) if isinstance(each, float) else each for each in pair)
        for key, pair in pairs.items()
    }


def days(life: Life, *positions: int) -> list[float]:
    return [life.told[at - 1].event.recorded_at / DAY if at else 0.0 for at in positions]


@settings(max_examples=12)
@given(any_life.filter(lambda life: bool(life.told)), st.data())
def test_what_an_event_changed_is_the_difference_of_every_view_before_and_after_it(
    life: Life, data: st.DataObject
) -> None:
    pilot, position = data.draw(st.sampled_from(PILOTS)), data.draw(st.integers(1, len(life.told)))
    before, after = life.told[: position - 1], life.told[:position]
    partners = joined(before, pilot) | joined(after, pilot)
    (on_day,) = days(life, position)

    changes = replay.changes(frame_of(life.told), TABLES, pilot=pilot, position=position)

    assert shown(changes) == nearly(
        between(side(before, pilot, on_day, partners), side(after, pilot, on_day, partners))
    )


@settings(max_examples=8)
@given(any_life, st.data())
def test_two_positions_compare_each_on_its_own_day(life: Life, data: st.DataObject) -> None:
    pilot = data.draw(st.sampled_from(PILOTS))
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(life.told))] * 2)))
    partners = joined(life.told[:first], pilot) | joined(life.told[:second], pilot)
    day_first, day_second = days(life, first, second)

    changes = replay.compare(frame_of(life.told), TABLES, pilot=pilot, first=first, second=second)

    assert shown(changes) == nearly(
        between(
            side(life.told[:first], pilot, day_first, partners),
            side(life.told[:second], pilot, day_second, partners),
        )
    )


@settings(max_examples=6)
@given(any_life)
def test_a_replay_that_remembers_shows_what_one_that_starts_anew_does(life: Life) -> None:
    log, positions = frame_of(life.told), range(max(len(life.told) - 6, 1), len(life.told) + 1)
    remembering = replay.Replay(log, lambda _: TABLES)

    for position in positions:
        step = remembering.changes(pilot="ferry", position=position).collect()
        assert step.equals(replay.changes(log, TABLES, pilot="ferry", position=position).collect())


@settings(max_examples=6)
@given(any_life)
def test_a_replay_shows_what_may_be_read_alone(life: Life) -> None:
    def readable(position: int) -> pl.LazyFrame:
        rows = frame.standing(frame.as_of(frame_of(life.told), position))
        return rows.filter(pl.col("topic") != StepCompleted.TOPIC)

    restricted = replay.Replay(frame_of(life.told), lambda _: TABLES, read=readable)
    completed = [told.position for told in life.told if isinstance(told.event, StepCompleted)]

    for position in completed[:2]:
        assert restricted.changes(pilot="ferry", position=position).collect().is_empty()


def test_an_empty_log_has_no_changes_in_the_same_columns() -> None:
    changes = replay.compare(frame.empty(), TABLES, pilot="ferry", first=0, second=0).collect()

    assert changes.is_empty()
    assert dict(changes.schema) == replay.CHANGES
