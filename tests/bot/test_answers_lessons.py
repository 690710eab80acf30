"""Lessons in conversation: found by words, within the limits, and offered before the same is recorded again."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from counterpoise.application.operations_seed import Told
from counterpoise_bot import lessons
from counterpoise_bot.fitting import payload
from counterpoise_bot.limits import problems
from counterpoise_bot.message import Account, Block
from counterpoise_bot.people import Person
from counterpoise_bot.words import LANGUAGES, of

BEACH = "تركوا فريقنا على الشاطئ يومين بلا ماء لأن القارب طُلب لتصوير وزير زائر."
Speaks = Callable[..., Person]


@pytest.fixture
def speaks(told: Told) -> Speaks:
    """Return somebody of the seeded history, in a language."""

    def speaking(name: str, language: str = "en") -> Person:
        return Person(Account("T1", "U1"), told.application.speaker(name), of(language))

    return speaking


def text(blocks: tuple[Block, ...]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_lessons_at_most_are_shown_within_the_limits(told: Told, speaks: Speaks, language: str) -> None:
    person = speaks("ines", language)
    found = lessons.ask(told.application, person.member, "")
    many = replace(found, rows=found.rows * 2)

    shown = lessons.answer(person, many, following="name/3")

    assert problems(payload(shown)) == []
    assert [block["type"] for block in shown.blocks].count("context_actions") == lessons.SHOWN
    assert shown.blocks[-1]["elements"][0]["action_id"] == "lesson-more"


def test_a_lesson_says_its_label_its_source_step_and_its_words(told: Told, speaks: Speaks) -> None:
    person = speaks("ines")

    shown = lessons.answer(person, lessons.ask(told.application, person.member, "address road"))

    assert "○ TLP:CLEAR *Tell them the road, never the address*" in shown.text
    assert "A movement notice that named a place was read as an invitation to it." in shown.text
    assert "step \u2068" in shown.text
    assert "Neutrality" in shown.text


def test_how_many_found_a_lesson_useful_is_not_told(told: Told, speaks: Speaks) -> None:
    person = speaks("ines")
    found = lessons.ask(told.application, person.member, "address road")
    other = replace(found, rows=tuple({**row, "useful": 17} for row in found.rows))

    assert lessons.answer(person, other) == lessons.answer(person, found)


def test_a_lesson_above_what_passes_through_slack_keeps_its_words(told: Told, speaks: Speaks) -> None:
    person = speaks("ines")
    found = lessons.ask(told.application, person.member, "address road")
    narrowed = replace(found, labels=dict.fromkeys(found.labels, "RED"))

    shown = lessons.answer(person, narrowed)

    assert "invitation" not in shown.text + text(shown.blocks)
    assert "This lesson does not pass through Slack." in shown.text


def test_where_no_lesson_bears_on_it_that_is_said(told: Told, speaks: Speaks) -> None:
    person = speaks("ines")

    shown = lessons.answer(person, lessons.ask(told.application, person.member, "xylophone quartz"))

    assert shown.text == "No lesson bears on that. Fewer or other words may find one."


def test_who_raised_the_same_before_is_told_so_and_what_became_of_it(told: Told, speaks: Speaks) -> None:
    person, pilot = speaks("samira"), told.cast.pilots["teams"]

    hints = lessons.shown_hints(person, lessons.hinted(told.application, person.member, pilot, BEACH))

    assert "You raised this before, on 26 April 2024" in text(hints)
    assert "It was answered by a change." in text(hints)


def test_what_others_raised_is_no_reminder_of_ones_own(told: Told, speaks: Speaks) -> None:
    person, pilot = speaks("ines"), told.cast.pilots["teams"]

    hints = lessons.shown_hints(person, lessons.hinted(told.application, person.member, pilot, BEACH))

    assert "You raised this before" not in text(hints)


def test_a_lesson_that_matches_is_offered_before_recording(told: Told, speaks: Speaks) -> None:
    person, pilot = speaks("ines"), told.cast.pilots["needs"]
    words = "The movement notice names the address of the clinic, an invitation to attack"

    hints = lessons.shown_hints(person, lessons.hinted(told.application, person.member, pilot, words))

    assert "Tell them the road, never the address" in text(hints)
    assert problems({"text": "x", "blocks": list(hints)}) == []


def test_words_that_tell_nothing_bring_no_hints(told: Told, speaks: Speaks) -> None:
    person, pilot = speaks("ines"), told.cast.pilots["needs"]

    hints = lessons.shown_hints(person, lessons.hinted(told.application, person.member, pilot, "It is so"))

    assert hints == ()
