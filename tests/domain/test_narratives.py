"""Narratives: first sighted with those they are about, sighted again anywhere, adjusted to."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import narratives
from counterpoise.domain.narratives import (
    Narrative,
    NarrativeAdjustedTo,
    NarrativeFirstSighted,
    NarrativeSighted,
    NoSuchNarrative,
)
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.theatres import NoSuchTheatre, TheatreIsClosed
from tests.domain.scene import COAST, TABLES, act, beside, document, folded, refused, words

STREAM = "narrative:n1"
SIGHTING: dict[str, Any] = {
    "narrative_id": "n1",
    "words": "They came in the night",
    "about": ("brigade",),
    "valence": -0.5,
    "credibility": 0.75,
    "reach": "national",
    "audience": "media",
    "carrier": "radio",
    "visibility": "low",
    "tables": TABLES,
    "act": act(),
}
FIELDS: dict[str, Any] = {
    **beside(STREAM, pilot=""),
    "about": ("brigade",),
    "valence": -0.5,
    "credibility": 0.75,
    "reach": "national",
    "audience": "media",
    "carrier": "radio",
    "visibility": "low",
}
FIRST = NarrativeFirstSighted(**FIELDS, story=words("They came in the night"))
AGAIN = NarrativeSighted(**FIELDS, words=words("They came in the night"))
STANDING = Narrative(STREAM, ("brigade",))


def test_a_story_is_heard_for_the_first_time() -> None:
    assert narratives.sight(None, COAST, **SIGHTING) == FIRST


def test_a_known_story_is_sighted_again() -> None:
    assert narratives.sight(STANDING, COAST, **SIGHTING) == AGAIN


def test_a_known_story_is_about_whom_it_was_unless_others_are_named() -> None:
    same = narratives.sight(STANDING, COAST, **SIGHTING | {"about": (), "words": ""})
    other = narratives.sight(STANDING, COAST, **SIGHTING | {"about": ("firm",)})

    assert (same.about, other.about) == (("brigade",), ("firm",))


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"words": ""}, BadValue),
        ({"about": ()}, BadValue),
        ({"valence": -1.1}, BadValue),
        ({"valence": float("nan")}, BadValue),
        ({"credibility": 1.1}, BadValue),
        ({"reach": "galactic"}, UnknownWord),
        ({"visibility": "secret"}, UnknownWord),
    ],
)
def test_a_sighting_that_cannot_be_weighed_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        narratives.sight(None, COAST, **SIGHTING | said)


@pytest.mark.parametrize(
    ("theatre", "refusal"), [(None, NoSuchTheatre), (replace(COAST, closed=True), TheatreIsClosed)]
)
def test_a_story_is_heard_and_acted_upon_in_an_open_theatre(theatre: Any, refusal: type[Refusal]) -> None:  # noqa: ANN401
    with refused(refusal, owner="coordinator"):
        narratives.sight(None, theatre, **SIGHTING)
    with refused(refusal, owner="coordinator"):
        narratives.adjust_to(STANDING, theatre, action="A visit", because_of="", act=act())


def test_what_was_done_because_of_a_story_is_recorded() -> None:
    adjusted = narratives.adjust_to(STANDING, COAST, action="A visit", because_of="step:scout", act=act())

    assert adjusted == NarrativeAdjustedTo(
        **beside(STREAM, pilot=""), action=document("A visit"), because_of="step:scout"
    )


def test_nothing_is_done_because_of_a_story_that_is_not_known_or_without_saying_what() -> None:
    with refused(NoSuchNarrative, owner="you"):
        narratives.adjust_to(None, COAST, action="A visit", because_of="", act=act())
    with refused(BadValue, owner="you"):
        narratives.adjust_to(STANDING, COAST, action="", because_of="", act=act())


def test_a_story_counts_its_sightings() -> None:
    assert folded(FIRST, AGAIN, AGAIN) == replace(STANDING, sightings=3)
