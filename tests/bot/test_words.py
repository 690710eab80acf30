"""The bot's words: filled, counted, dated and cut as each language asks."""

import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from counterpoise_bot import words
from counterpoise_bot.words import FIRST_STRONG, POP, Name, later
from tests.architecture.tree import ROOT, run
from tests.bot.catalogs import said_in

NOON = 1_714_737_600_000_000  # 3 May 2024, 12:00 UTC


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr-CA", "fr"), ("ar_EG", "ar"), ("de", "de"), ("DE-at", "de"), ("nl-NL", "en"), ("", "en")],
)
def test_a_tag_falls_back_to_its_base_and_then_to_english(tag: str, language: str) -> None:
    assert words.of(tag).language == language


def test_values_fill_placeholders() -> None:
    assert words.of("en").say("{done} of {all}", done=2, all=12_000) == "2 of 12,000"


def test_an_unknown_sentence_is_said_in_english() -> None:
    assert words.of("fr").say("Nobody translated this.") == "Nobody translated this."


def test_values_are_isolated_where_the_language_runs_from_right_to_left() -> None:
    assert words.of("ar").say("{pilot}!", pilot="Dark harbour") == f"{FIRST_STRONG}Dark harbour{POP}!"


def test_a_persons_words_are_isolated_in_every_language() -> None:
    assert words.of("en").say("{by}!", by=Name("سميرة")) == f"{FIRST_STRONG}سميرة{POP}!"


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert words.of("en").say("{text}", text="{by.__class__}") == "{by.__class__}"


def test_english_counts_one_and_many() -> None:
    english = words.of("en")

    assert [english.count("{number} gain", "{number} gains", n) for n in (0, 1, 2)] == [
        "0 gains",
        "1 gain",
        "2 gains",
    ]


@pytest.mark.parametrize(("number", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (11, 4), (100, 5), (103, 3)])
def test_arabic_has_six_forms(number: int, form: int) -> None:
    catalogue = words._catalogue("ar")

    assert catalogue.plural(number) == form  # type: ignore[attr-defined]  # set by gettext from the header


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,234.5"), ("fr", "1\u202f234,5"), ("de", "1.234,5"), ("ar", "1,234.5")]
)
def test_numbers_are_written_as_the_language_writes_them(language: str, written: str) -> None:
    assert words.of(language).number(1234.5, 1) == written


def test_a_signed_number_shows_its_gain_and_hides_a_nought_that_only_rounds() -> None:
    english = words.of("en")

    assert [english.signed(0.31), english.signed(-0.31), english.signed(-0.01)] == ["+0.3", "-0.3", "0.0"]


@pytest.mark.parametrize(("language", "written"), [("en", "62%"), ("fr", "62\xa0%"), ("de", "62\xa0%")])
def test_shares_are_percent(language: str, written: str) -> None:
    assert words.of(language).percent(0.6199) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "3 May 2024"),
        ("fr", "3 mai 2024"),
        ("de", "3. Mai 2024"),
        ("es", "3 de mayo de 2024"),
        ("ar", "3 مايو 2024"),
    ],
)
def test_a_day_is_written_in_words(language: str, written: str) -> None:
    assert words.of(language).date(NOON) == written


def test_a_day_is_the_readers_day() -> None:
    assert words.of("en").date(NOON, "Pacific/Kiritimati") == "4 May 2024"


def test_a_moment_is_slacks_token_with_words_behind_it() -> None:
    assert words.of("de").moment(NOON, "Europe/Berlin") == (
        "<!date^1714737600^{date_short}, {time}|3. Mai 2024, 14:00>"
    )


def test_a_reader_may_choose_the_clock() -> None:
    afternoon = NOON + 3_600_000_000

    assert (words.of("de", "12").time(afternoon), words.of("en", "24").time(afternoon)) == (
        "1:00 PM",
        "13:00",
    )


def test_things_are_listed_as_the_language_lists_them() -> None:
    assert [words.of(language).list_of(["a", "b", "c"]) for language in ("en", "fr", "de", "es")] == [
        "a, b and c",
        "a, b et c",
        "a, b und c",
        "a, b y c",
    ]


def test_a_long_name_is_shortened_until_its_button_fits() -> None:
    button = words.of("ar").button("Open {pilot}", pilot="Shared needs assessments " * 4)

    assert words.length(button) <= words.BUTTON
    assert button.startswith(f"Open {FIRST_STRONG}Shared needs")
    assert button.endswith(f"…{POP}")


def test_a_shortened_name_stays_a_name() -> None:
    title = words.of("en").title("About {pilot}", pilot=Name("Dark harbour: a war game"))

    assert title == f"About {FIRST_STRONG}Dark harbour: a…{POP}"


def test_characters_are_counted_as_slack_counts_them() -> None:
    assert (words.length("é"), words.length("🙂")) == (1, 2)


def test_cutting_leaves_no_isolate_open() -> None:
    assert words.shortened(f"{FIRST_STRONG}{'a' * 30}{POP}", 10) == f"{FIRST_STRONG}{'a' * 7}…{POP}"


def test_the_catalogues_take_what_is_said_with_what_it_must_fit() -> None:
    module = """
from counterpoise_bot import blocks
from counterpoise_bot.words import BUTTON, later
UNDO = later("Undo", fits=BUTTON)
def card(words, number):
    blocks.button("card.undo")
    words.title("Scan {page}/{pages}", page=1, pages=2)
    words.count("{number} day", "{number} days", number)
    words.say("It is "
              "kept.")
    words.say(UNDO)
"""

    assert sorted((one.id, one.fits) for one in said_in(module, "") if isinstance(one.id, str)) == [
        ("It is kept.", 0),
        ("Scan {page}/{pages}", 24),
        ("Undo", 75),
    ]
    assert [one.id for one in said_in(module, "") if not isinstance(one.id, str)] == [
        ("{number} day", "{number} days")
    ]


def test_a_constant_is_translated_when_it_is_shown() -> None:
    assert words.of("fr").say(later("Neutrality")) == "Neutralité"


def test_the_wheel_carries_the_catalogues_beside_the_tables(tmp_path: Path) -> None:
    answer = run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path), cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = tmp_path.iterdir()

    shipped = set(zipfile.ZipFile(wheel).namelist())

    assert {f"counterpoise_bot/locale/{language}/LC_MESSAGES/bot.po" for language in ("fr", "ar")} <= shipped
    assert {
        f"counterpoise_bot/understanding/tables/{name}.toml" for name in ("ar", "model", "weights")
    } <= shipped
    assert (files("counterpoise_bot") / "locale" / "ar" / "LC_MESSAGES" / "bot.po").is_file()
