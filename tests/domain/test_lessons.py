"""Lessons: drafted, released when everybody they draw on consents, and found useful or not."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import lessons
from counterpoise.domain.lessons import (
    ConsentMissing,
    Lesson,
    LessonConsented,
    LessonDrafted,
    LessonExists,
    LessonMarkedUseful,
    LessonReleased,
    NoSuchLesson,
)
from counterpoise.domain.pilots import NoSuchPilot, PilotIsClosed
from counterpoise.domain.refusals import BadValue
from tests.domain.scene import CLOSED, FERRY, act, beside, document, folded, refused

STREAM = "lesson:l1"
DRAFT: dict[str, Any] = {
    "lesson_id": "l1",
    "title": "Ask first",
    "words": "Asking the harbour saved a week",
    "because_of": "concern:c1",
    "consent_of": ("brigade", "agency"),
    "factors": ("speed",),
    "step": "scout",
    "language": "fr",
    "act": act(),
}
DRAFTED = LessonDrafted(
    **beside(STREAM),
    title=document("Ask first"),
    words=document("Asking the harbour saved a week"),
    because_of="concern:c1",
    consent_of=("agency", "brigade"),
    factors=("speed",),
    step="scout",
    language="fr",
)
STANDING = Lesson(STREAM, "ferry", "coast", frozenset({"agency", "brigade"}), draft=DRAFTED)
AGREED = replace(STANDING, consented=STANDING.consent_of)
RELEASED = replace(AGREED, released=True)
RELEASE: dict[str, Any] = {"title": "Ask", "words": "Ask the harbour", "named": True, "act": act()}


def test_a_draft_needs_the_consent_of_those_it_names_and_of_its_own_organisation() -> None:
    assert lessons.draft(FERRY, None, **DRAFT) == DRAFTED


@pytest.mark.parametrize("said", [{"title": ""}, {"words": " "}])
def test_a_lesson_has_a_title_and_words(said: dict[str, str]) -> None:
    with refused(BadValue, owner="you"):
        lessons.draft(FERRY, None, **DRAFT | said)


def test_a_lesson_is_drafted_once_on_a_pilot_that_runs() -> None:
    with refused(LessonExists, owner="you"):
        lessons.draft(FERRY, STANDING, **DRAFT)
    with refused(NoSuchPilot, owner="coordinator"):
        lessons.draft(None, None, **DRAFT)
    with refused(PilotIsClosed, owner="coordinator"):
        lessons.draft(CLOSED, None, **DRAFT)


def test_an_organisation_the_lesson_draws_on_consents() -> None:
    assert lessons.consent(STANDING, act=act("brigade")) == LessonConsented(**beside(STREAM, act("brigade")))


def test_who_is_not_asked_does_not_consent() -> None:
    with refused(ConsentMissing):
        lessons.consent(STANDING, act=act("firm"))


def test_a_lesson_is_released_in_words_of_its_own_once_all_consent() -> None:
    assert lessons.release(AGREED, **RELEASE) == LessonReleased(
        **beside(STREAM),
        title=document("Ask"),
        words=document("Ask the harbour"),
        factors=("speed",),
        named=True,
    )


def test_a_lesson_is_not_released_while_a_consent_is_missing() -> None:
    with refused(ConsentMissing, owner="brigade") as caught:
        lessons.release(replace(STANDING, consented=frozenset({"agency"})), **RELEASE)

    assert caught.value.sentence == "Consent is missing from: brigade."


@pytest.mark.parametrize("said", [{"title": ""}, {"words": " "}])
def test_a_release_has_a_title_and_words(said: dict[str, str]) -> None:
    with refused(BadValue, owner="you"):
        lessons.release(AGREED, **RELEASE | said)


@pytest.mark.parametrize("lesson", [None, RELEASED])
def test_what_is_no_draft_is_neither_consented_to_nor_released(lesson: Lesson | None) -> None:
    with refused(NoSuchLesson, owner="you"):
        lessons.consent(lesson, act=act())
    with refused(NoSuchLesson, owner="you"):
        lessons.release(lesson, **RELEASE)


def test_a_released_lesson_is_found_useful_by_anybody() -> None:
    useful = lessons.mark_useful(RELEASED, useful=True, act=act("firm"))

    assert useful == LessonMarkedUseful(**beside(STREAM, act("firm")), useful=True)


@pytest.mark.parametrize("lesson", [None, AGREED])
def test_what_is_not_released_is_not_found_useful(lesson: Lesson | None) -> None:
    with refused(NoSuchLesson, owner="you"):
        lessons.mark_useful(lesson, useful=True, act=act())


def test_a_lesson_stands_with_its_consents_until_it_is_released() -> None:
    by_both = [lessons.consent(STANDING, act=act(actor)) for actor in ("agency", "brigade")]

    assert folded(DRAFTED, *by_both) == AGREED
    assert folded(DRAFTED, *by_both, lessons.release(AGREED, **RELEASE)) == RELEASED
