"""Names in a sentence and words nearly right: found however they are shortened, misspelt or translated."""

import pytest

from counterpoise_bot.understanding import nearest
from counterpoise_bot.understanding.names import named
from counterpoise_bot.understanding.reading import read
from counterpoise_bot.understanding.tables import tongue
from tests.bot.test_understanding import ACTORS, PILOTS

COMMANDS = ("help", "balance", "trust", "lessons", "steps", "settings", "language")


@pytest.mark.parametrize(
    ("language", "text", "pilot"),
    [
        ("en", "what about dark harbor", "dark"),
        ("en", "in the liaison cell", "liaison"),
        ("en", "the Network status pilot", "status"),
        ("fr", "dans la cellule de liaison", "liaison"),
        ("de", "bei der Schadenserhebung", "survey"),
        ("es", "los equipos mixtos", "teams"),
        ("ar", "في خلية الاتصال", "liaison"),
    ],
)
def test_a_pilot_is_named_in_short_in_error_or_in_translation(language: str, text: str, pilot: str) -> None:
    guess, _ = named(read(text), PILOTS, tongue(language))

    assert guess.value == pilot
    assert guess.confidence >= 0.6


@pytest.mark.parametrize(
    ("text", "actor"),
    [("almadine did well", "relief"), ("the task force", "force"), ("VEIDRA", "telecom")],
)
def test_an_organisation_is_named_by_what_is_its_own(text: str, actor: str) -> None:
    guess, _ = named(read(text), ACTORS, tongue("en"))

    assert guess.value == actor
    assert guess.confidence >= 0.6


@pytest.mark.parametrize("text", ["the guard at the gate", "our board will not like it", "a joint mission"])
def test_an_ordinary_word_names_nobody(text: str) -> None:
    guess, _ = named(read(text), {**ACTORS, "other": "Joint Mission in Orvane"}, tongue("en"))

    assert guess.confidence < 0.6


def test_no_names_mean_no_guess() -> None:
    assert not named(read("Dark harbour"), {}, tongue("en"))[0]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("balence", "balance"), ("lesons", "lessons"), ("setting", "settings"), ("HELP", "help")],
)
def test_a_word_nearly_right_is_offered_as_what_may_be_meant(word: str, meant: str) -> None:
    assert nearest(word, COMMANDS)[0] == meant


def test_a_word_like_none_offers_nothing() -> None:
    assert nearest("xylophone", COMMANDS) == ()
