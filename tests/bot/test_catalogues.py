"""The catalogues: everything the bot says, in every language, within its space and in plain words."""

import re
import string
from collections.abc import Sequence

import pytest

from counterpoise_bot import words
from tests.bot.catalogs import (
    TRANSLATED,
    Said,
    catalogue,
    complete,
    placeholders,
    said,
)
from tests.bot.readability import grade

BOUNDS = {
    "page": "10",
    "pages": "10",
    "number": "999",
    "most": "3,000",
    "score": "5",
    "points": "100.0",
    "weeks": "520",
    "value": "+0.00",
    "word": "spill-over",
}
"""The longest that a placeholder in a label can be, where it has a bound."""

ROOM = {words.TITLE: 8, words.BUTTON: 24, words.OPTION: 24, words.PLACEHOLDER: 24}
"""Characters a label leaves for a name without bound, which is shortened to fit."""

GRADE, LONG = 8.0, 10
"""The grade that English stays at or under, and the words from which on a text has one."""


def forms(language: str, one: Said) -> list[str]:
    """Return what stands for a msgid in a language, each form that is there; English stands for itself."""
    if language == "en":
        return list(one.forms)
    message = catalogues[language].get(one.forms[0])
    if message is None or not complete(message):
        return []
    return [form for form in catalogued(message.string) if form]


def catalogued(strings: str | Sequence[str | None] | None) -> list[str | None]:
    """Return the forms of a translation as a list."""
    return [strings] if strings is None or isinstance(strings, str) else list(strings)


catalogues = {language: catalogue(language) for language in TRANSLATED}
everything = said()
labels = [one for one in everything if one.fits]


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_translated(language: str) -> None:
    untranslated = sorted({one.forms[0]: one.where for one in everything if not forms(language, one)}.items())

    assert untranslated == [], "python -m tests.bot.catalogs, then its `missing` and `fill`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_placeholders(language: str) -> None:
    different = {
        one.forms: form
        for one in everything
        for form in forms(language, one)
        if placeholders(form) != placeholders(one.forms[-1])
    }

    assert different == {}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_label_fits_its_space_in_every_language(language: str) -> None:
    long = {
        form: one.where
        for one in labels
        for form in forms(language, one)
        if words.length(longest(form)) + room(form, one.fits) > one.fits
    }

    assert long == {}


def longest(form: str) -> str:
    """Return a label with its bounded placeholders at their longest, and the others empty."""
    return form.format_map({name: BOUNDS.get(name, "") for name in placeholders(form)})


def room(form: str, fits: int) -> int:
    """Return the characters that the names without bound need."""
    return sum(1 for name in placeholders(form) if name not in BOUNDS) * ROOM.get(fits, 0)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_label_says_what_it_means_by_a_sign_alone(language: str) -> None:
    unsaid = [
        form
        for one in labels
        for form in forms(language, one)
        if not any(letter.isalpha() for letter in form)
    ]

    assert unsaid == []


def test_arabic_has_six_forms_of_everything_counted() -> None:
    counted = [one for one in everything if len(one.forms) > 1]

    assert {len(forms("ar", one)) for one in counted if forms("ar", one)} == {6}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_written_as_the_tool_writes_it(language: str) -> None:
    assert catalogues[language].num_plurals == {"ar": 6}.get(language, 2)
    assert not any(message.fuzzy for message in catalogues[language] if message.id)


def test_what_the_bot_says_is_plain_english() -> None:
    hard = {
        form: round(grade(form), 1)
        for one in everything
        for form in one.forms
        if len(re.findall(r"\w+", form)) >= LONG and grade(form) > GRADE
    }

    assert hard == {}


def test_no_message_is_put_together_with_a_format_that_a_translator_cannot_move() -> None:
    positional = [
        one.forms
        for one in everything
        for form in one.forms
        if any(
            name == "" or name.isdigit()
            for _, name, _, _ in string.Formatter().parse(form)
            if name is not None
        )
    ]

    assert positional == []
