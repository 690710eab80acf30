"""Theatres open with a mixture, shift as a whole, and close."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import theatres
from counterpoise.domain.refusals import BadValue, UnknownWord
from counterpoise.domain.theatres import (
    Condition,
    ContextShifted,
    NoSuchTheatre,
    Share,
    TheatreClosed,
    TheatreExists,
    TheatreIsClosed,
    TheatreOpened,
)
from tests.domain.scene import COAST, TABLES, act, document, folded, refused

ENVELOPE = act().on("theatre:coast", theatre="coast")
OPENING: dict[str, Any] = {
    "theatre_id": "coast",
    "name": "The coast",
    "kinds": {"disaster_relief": 1.0},
    "conditions": {},
    "audiences": ("media", "donors", "media"),
    "visibility_cap": "public",
    "tables": TABLES,
    "act": act(),
}
SHIFT: dict[str, Any] = {
    "kinds": None,
    "conditions": {},
    "audiences": None,
    "visibility_cap": "",
    "reason": "Storms",
    "tables": TABLES,
    "act": act(),
}


def conditions(**given: float) -> tuple[Condition, ...]:
    """Return every condition, neutral where it is not given."""
    return tuple(Condition(condition=name, value=given.get(name, 0.5)) for name in TABLES.words("conditions"))


def presets(kind: str) -> dict[str, float]:
    given: dict[str, float] = TABLES["kinds"][kind]["conditions"]
    return given


def test_a_theatre_opens_with_the_conditions_of_its_kind_and_each_audience_once() -> None:
    opened = theatres.open_theatre(None, **OPENING)

    assert opened == TheatreOpened(
        **ENVELOPE,
        name=document("The coast"),
        kinds=(Share(kind="disaster_relief", share=1.0),),
        conditions=conditions(**presets("disaster_relief")),
        audiences=("media", "donors"),
        visibility_cap="public",
    )


def test_a_mixture_is_normalised_largest_first_and_without_empty_shares() -> None:
    opened = theatres.open_theatre(
        None, **OPENING | {"kinds": {"other": 1.0, "stabilisation": 3.0, "disaster_relief": 0.0}}
    )

    assert opened.kinds == (Share(kind="stabilisation", share=0.75), Share(kind="other", share=0.25))


def test_a_mixture_mixes_the_conditions_of_its_kinds_by_their_shares() -> None:
    opened = theatres.open_theatre(
        None, **OPENING | {"kinds": {"stabilisation": 1.0, "disaster_relief": 1.0}}
    )

    belligerence = next(each.value for each in opened.conditions if each.condition == "belligerence")
    both = [presets(kind)["belligerence"] for kind in ("stabilisation", "disaster_relief")]
    assert belligerence == sum(both) / 2


def test_a_kind_without_conditions_of_its_own_is_neutral() -> None:
    opened = theatres.open_theatre(
        None, **OPENING | {"kinds": {"other": 1.0}, "conditions": {"urgency": 0.9}}
    )

    assert opened.conditions == conditions(urgency=0.9)


def test_a_theatre_without_a_cap_of_its_own_has_that_of_its_strictest_kind() -> None:
    kinds = {"stabilisation": 9.0, "territorial_defence": 1.0}

    opened = theatres.open_theatre(None, **OPENING | {"kinds": kinds, "visibility_cap": ""})

    assert opened.visibility_cap == TABLES["kinds"]["territorial_defence"]["visibility_cap"]


def test_a_theatre_whose_kinds_know_no_cap_has_the_widest() -> None:
    opened = theatres.open_theatre(None, **OPENING | {"visibility_cap": ""})

    assert opened.visibility_cap == "cobranded"


def test_a_theatre_opens_once() -> None:
    with refused(TheatreExists):
        theatres.open_theatre(COAST, **OPENING)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"kinds": {}}, BadValue),
        ({"kinds": {"other": 0.0}}, BadValue),
        ({"kinds": {"other": -1.0}}, BadValue),
        ({"kinds": {"other": float("nan")}}, BadValue),
        ({"kinds": {"moonbase": 1.0}}, UnknownWord),
        ({"conditions": {"urgency": 1.1}}, BadValue),
        ({"conditions": {"weather": 0.5}}, UnknownWord),
        ({"visibility_cap": "secret"}, UnknownWord),
    ],
)
def test_a_theatre_of_what_cannot_be_is_refused(said: dict[str, Any], refusal: type[BadValue]) -> None:
    with refused(refusal, owner="you"):
        theatres.open_theatre(None, **OPENING | said)


def test_a_shift_without_a_mixture_keeps_what_it_does_not_name() -> None:
    coast = replace(COAST, conditions={"urgency": 0.9}, audiences=("media",), visibility_cap="low")

    shifted = theatres.shift_context(coast, **SHIFT | {"conditions": {"belligerence": 0.8}})

    assert shifted == ContextShifted(
        **ENVELOPE,
        kinds=(Share(kind="disaster_relief", share=1.0),),
        conditions=conditions(**presets("disaster_relief") | {"urgency": 0.9, "belligerence": 0.8}),
        audiences=("media",),
        visibility_cap="low",
        reason=document("Storms"),
    )


def test_a_new_mixture_brings_its_own_conditions_and_cap() -> None:
    coast = replace(COAST, conditions={"urgency": 0.9}, visibility_cap="public")

    shifted = theatres.shift_context(coast, **SHIFT | {"kinds": {"territorial_defence": 2.0}})

    assert shifted.conditions == conditions(**presets("territorial_defence"))
    assert shifted.visibility_cap == "low"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"kinds": {"moonbase": 1.0}}, UnknownWord),
        ({"conditions": {"urgency": -0.1}}, BadValue),
        ({"visibility_cap": "secret"}, UnknownWord),
    ],
)
def test_a_theatre_does_not_shift_to_what_cannot_be(said: dict[str, Any], refusal: type[BadValue]) -> None:
    with refused(refusal, owner="you"):
        theatres.shift_context(COAST, **SHIFT | said)


def test_a_theatre_closes() -> None:
    closed = theatres.close_theatre(COAST, reason="Quiet", act=act())

    assert closed == TheatreClosed(**ENVELOPE, reason=document("Quiet"))


def test_what_is_not_there_neither_shifts_nor_closes() -> None:
    with refused(NoSuchTheatre, owner="coordinator"):
        theatres.shift_context(None, **SHIFT)
    with refused(NoSuchTheatre, owner="coordinator"):
        theatres.close_theatre(None, reason="Quiet", act=act())


def test_what_is_closed_neither_shifts_nor_closes_again() -> None:
    closed = replace(COAST, closed=True)

    with refused(TheatreIsClosed, owner="coordinator"):
        theatres.shift_context(closed, **SHIFT)
    with refused(TheatreIsClosed, owner="coordinator"):
        theatres.close_theatre(closed, reason="Quiet", act=act())


def test_a_theatre_is_as_its_last_shift_says_until_it_closes() -> None:
    opened = theatres.open_theatre(None, **OPENING)
    before = folded(opened)
    shifted = theatres.shift_context(before, **SHIFT | {"kinds": {"territorial_defence": 1.0}})

    after = folded(opened, shifted, theatres.close_theatre(before, reason="Quiet", act=act()))

    assert after == theatres.Theatre(
        id="coast",
        name=document("The coast"),
        kinds={"territorial_defence": 1.0},
        conditions={each.condition: each.value for each in shifted.conditions},
        audiences=("media", "donors"),
        visibility_cap="low",
        closed=True,
    )
