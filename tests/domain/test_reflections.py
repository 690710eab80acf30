"""Reflections: on a step that has reached the phase, with ratings of partners, on time or late."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import reflections
from counterpoise.domain.events import NOTHING
from counterpoise.domain.pilots import NoSuchPilot, Pilot, PilotIsClosed, RoundClosed, RoundOpened, evolve
from counterpoise.domain.reflections import (
    AlreadyCompared,
    DifferenceNoted,
    NoSuchReflection,
    PhaseNotReached,
    Rating,
    Reflection,
    ReflectionExists,
    ReflectionRecorded,
)
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.steps import NoSuchStep
from tests.domain.scene import (
    CLOSED,
    DAY,
    FERRY,
    NOON,
    TABLES,
    act,
    beside,
    folded,
    refused,
    with_step,
    words,
)

STREAM = "reflection:f1"
REFLECTION: dict[str, Any] = {
    "reflection_id": "f1",
    "step": "scout",
    "phase": "before",
    "ratings": {"brigade": 4},
    "words": "We are ready",
    "confidence": 3,
    "language": "fr",
    "tables": TABLES,
    "act": act(),
}
RECORDED = ReflectionRecorded(
    **beside(STREAM),
    step="scout",
    phase="before",
    ratings=(Rating(actor="brigade", rating=4),),
    words=words("We are ready"),
    confidence=3,
    language="fr",
    late=False,
)
STANDING = Reflection(STREAM, "ferry", RECORDED)
BEGUN = with_step(status="started", started_at=NOON)


def record(pilot: Pilot | None = FERRY, **said: Any) -> ReflectionRecorded:  # noqa: ANN401  any of its words
    return reflections.record(pilot, None, **REFLECTION | said)


def test_a_reflection_rates_partners_and_keeps_the_members_words() -> None:
    assert record() == RECORDED


def test_a_reflection_may_say_nothing_but_its_ratings_or_rate_nobody() -> None:
    assert record(words="").words == NOTHING
    assert record(ratings={}).ratings == ()


def test_a_reflection_is_late_when_its_round_is_open_no_more() -> None:
    opened = evolve(FERRY, RoundOpened(**beside("pilot:ferry"), step="scout", phase="before"))
    closed = evolve(opened, RoundClosed(**beside("pilot:ferry"), step="scout", phase="before"))
    again = evolve(closed, RoundOpened(**beside("pilot:ferry"), step="scout", phase="before"))

    assert [record(pilot).late for pilot in (opened, closed, again)] == [False, True, False]


def test_a_reflection_that_no_round_asked_for_is_not_late() -> None:
    other_round = replace(FERRY, rounds=frozenset({("scout", "after")}))

    assert not record(other_round).late


@pytest.mark.parametrize(
    ("phase", "pilot", "occurred_at"),
    [
        ("before", FERRY, NOON),
        ("before", BEGUN, NOON),
        ("before", BEGUN, NOON - DAY),
        ("during", BEGUN, NOON),
        ("after", BEGUN, NOON + DAY),
    ],
)
def test_a_step_is_reflected_on_at_the_phase_it_has_reached(
    phase: str, pilot: Pilot, occurred_at: int
) -> None:
    assert record(pilot, phase=phase, act=act(occurred_at=occurred_at)).phase == phase


@pytest.mark.parametrize(
    ("phase", "pilot", "occurred_at"),
    [
        ("during", FERRY, NOON),
        ("after", FERRY, NOON),
        ("during", BEGUN, NOON - 1),
        ("after", BEGUN, NOON - 1),
        ("before", BEGUN, NOON + 1),
    ],
)
def test_a_phase_that_is_not_reached_or_is_past_is_not_reflected_on(
    phase: str, pilot: Pilot, occurred_at: int
) -> None:
    with refused(PhaseNotReached):
        record(pilot, phase=phase, act=act(occurred_at=occurred_at))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"step": "nowhere"}, NoSuchStep),
        ({"language": "tlh"}, UnknownWord),
        ({"ratings": {"brigade": 0}}, BadValue),
        ({"ratings": {"brigade": 6}}, BadValue),
        ({"ratings": {"agency": 5}}, BadValue),
        ({"confidence": -1}, BadValue),
        ({"confidence": 6}, BadValue),
        ({"ratings": {}, "words": ""}, BadValue),
    ],
)
def test_a_reflection_that_cannot_be_weighed_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        record(**said)


def test_a_phase_is_one_of_the_vocabulary() -> None:
    with refused(UnknownWord, owner="you"):
        record(BEGUN, phase="never")


def test_a_partner_is_rated_once() -> None:
    with refused(BadValue, owner="you"):
        reflections.check(replace(RECORDED, ratings=(*RECORDED.ratings, *RECORDED.ratings)), TABLES)


def test_a_reflection_is_recorded_once() -> None:
    with refused(ReflectionExists, owner="you"):
        reflections.record(FERRY, STANDING, **REFLECTION)


def test_there_is_nothing_to_reflect_on_where_no_pilot_runs() -> None:
    with refused(NoSuchPilot, owner="coordinator"):
        record(None)
    with refused(PilotIsClosed, owner="coordinator"):
        record(CLOSED)


def test_a_reflection_stands_as_it_was_recorded() -> None:
    assert folded(RECORDED) == STANDING


AFTER = Reflection("reflection:f2", "ferry", replace(RECORDED, stream="reflection:f2", phase="after"))


def compare(
    after: Reflection | None = AFTER,
    before: Reflection | None = STANDING,
    **said: Any,  # noqa: ANN401  any of it
) -> DifferenceNoted:
    given: dict[str, Any] = {"than_expected": -1, "words": "Slower", "act": act()}
    return reflections.note_difference(after, before, **given | said)


def test_its_author_notes_how_a_step_came_out_against_what_they_expected() -> None:
    assert compare() == DifferenceNoted(
        **beside("reflection:f2"), before=STREAM, than_expected=-1, words=words("Slower")
    )


def test_a_difference_is_noted_once() -> None:
    compared = reflections.evolve(AFTER, compare())

    assert compared == replace(AFTER, compared=True)
    with refused(AlreadyCompared):
        compare(compared)


def test_only_ones_own_reflections_are_compared() -> None:
    for after, before in ((None, STANDING), (AFTER, None)):
        with refused(NoSuchReflection):
            compare(after, before)
    with refused(NoSuchReflection):
        compare(act=replace(act(), member="somebody-else"))


def test_reflections_that_are_not_before_and_after_one_step_are_not_compared() -> None:
    elsewhere = replace(STANDING, reading=replace(RECORDED, step="land"))
    for after, before in ((STANDING, STANDING), (AFTER, AFTER), (AFTER, elsewhere)):
        with refused(BadValue):
            compare(after, before)


@pytest.mark.parametrize("off", [-3, 3])
def test_a_difference_off_the_scale_is_refused(off: int) -> None:
    with refused(BadValue):
        compare(than_expected=off)
