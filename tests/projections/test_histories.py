"""Histories tell what held at a moment: known by its position, so by its day."""

from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise import frame
from counterpoise.domain.pilots import ActorWithdrew, InvitationAnswered, PilotProposed
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise_projections import clocks, evidence, histories
from tests.lives import PILOTS, THEATRES, Life, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import TABLES, Reference, day

HISTORY = pl.LazyFrame(
    {"name": ["a", "a", "a"], "position": [1, 2, 3], "day": [5.0, 2.0, 9.0], "word": ["x", "y", "z"]}
)


def moment(position: int, on_day: float) -> pl.LazyFrame:
    return pl.LazyFrame({"name": ["a"], "position": [position], "day": [on_day]})


@pytest.mark.parametrize(
    ("position", "on_day", "word"),
    [
        (3, 9.0, "z"),
        (3, 8.9, "x"),
        (2, 8.9, "x"),
        (3, 4.0, "y"),
        (1, 4.0, None),
        (3, 1.0, None),
        (0, 9.0, None),
    ],
)
def test_what_held_is_the_last_by_day_that_was_known(position: int, on_day: float, word: str | None) -> None:
    held = histories.held(moment(position, on_day), HISTORY, on="name").collect()

    assert held["word"].to_list() == [word]


@pytest.mark.parametrize(
    ("position", "on_day", "word"), [(3, 1.0, "y"), (1, 4.0, "x"), (0, 9.0, None), (3, 6.0, "x")]
)
def test_what_held_may_reach_back_before_its_first_day(
    position: int, on_day: float, word: str | None
) -> None:
    held = histories.held(moment(position, on_day), HISTORY, on="name", reaching_back=True).collect()

    assert held["word"].to_list() == [word]


def test_moments_keep_their_order_and_their_number() -> None:
    moments = pl.LazyFrame({"name": ["b", "a", "a"], "position": [3, 3, 1], "day": [9.0, 9.0, 9.0]})

    held = histories.held(moments, HISTORY, on="name").collect()

    assert held.rows() == [("b", 3, 9.0, None), ("a", 3, 9.0, "z"), ("a", 1, 9.0, "x")]


@settings(max_examples=40)
@given(any_life)
def test_a_theatre_has_a_regime_a_context(life: Life) -> None:
    rows = histories.standing_at(frame_of(life.told))
    expected: list[Any] = [
        (
            event.theatre,
            day(event),
            evidence.rate({each.kind: each.share for each in event.kinds}, TABLES),
            event.visibility_cap,
        )
        for theatre in sorted(THEATRES)
        for told, event in sorted(
            Reference(life.told).each(TheatreOpened, ContextShifted),
            key=lambda each: (day(each[1]), each[0].position),
        )
        if event.theatre == theatre and isinstance(event, TheatreOpened | ContextShifted)
    ]

    view = histories.regimes(rows, TABLES).select("theatre", "since", "rate", "visibility_cap").collect()

    assert view.rows() == expected


@settings(max_examples=40)
@given(any_life)
def test_interactions_bring_theatres_of_their_own(life: Life) -> None:
    rows = histories.standing_at(frame_of(life.told)).collect().lazy()
    view = histories.theatres(rows, TABLES).collect()

    assert dict(view.schema) == clocks.THEATRES
    assert set(view["theatre"]) <= {*THEATRES, "Chad", "Mali"}
    assert set(histories.regimes(rows, TABLES).collect()["theatre"]) <= set(view["theatre"])


@settings(max_examples=40)
@given(any_life, st.integers(0, 200))
def test_those_joined_at_a_position_are_those_the_pilot_s_decisions_saw(life: Life, position: int) -> None:
    rows = histories.standing_at(frame_of(life.told))
    moments = pl.LazyFrame({"pilot": PILOTS, "position": [position] * len(PILOTS)})
    before = Reference(life.told[:position])
    pilots = {name: before.pilot(name) for name in PILOTS}

    met = histories.partners(histories.memberships(rows), moments).collect()

    assert {name: set(met.filter(pl.col("pilot") == name)["partner"]) for name in PILOTS} == {
        name: set(pilot.joined) if pilot else set() for name, pilot in pilots.items()
    }


@settings(max_examples=40)
@given(any_life)
def test_a_stay_begins_with_the_event_by_which_an_actor_joined(life: Life) -> None:
    stays = histories.memberships(histories.standing_at(frame_of(life.told))).collect()
    by_id = {told.id: told for told in life.told}

    for stay in stays.iter_rows(named=True):
        joined, left = by_id[stay["event"]], stay["until"] and life.told[stay["until"] - 1].event
        assert joined.position == stay["since"]
        assert isinstance(joined.event, PilotProposed | InvitationAnswered)
        assert left is None or isinstance(left, ActorWithdrew | InvitationAnswered)


@settings(max_examples=40)
@given(any_life)
def test_a_frame_reads_as_the_domain_reads_its_streams(life: Life) -> None:
    reference = Reference(life.told)
    shuffled = frame_of(Random(3).sample(life.told, len(life.told)))

    view = frame.standing(shuffled).sort("position").select(frame.event_id(), "label").collect()

    assert view.rows() == [(told.id, told.event.label) for told in reference.stands]


def test_a_log_that_stands_already_is_taken_as_it_is() -> None:
    standing = frame.standing(frame.empty())

    assert histories.standing_at(standing) is standing
