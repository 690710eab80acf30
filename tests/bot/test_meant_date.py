"""The day somebody means, in their own words."""

from datetime import date

import pytest

from counterpoise_bot.understanding import meant_date

TODAY = date(2024, 5, 15)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "as of last Friday", date(2024, 5, 10)),
        ("en", "yesterday", date(2024, 5, 14)),
        ("en", "the day before yesterday", date(2024, 5, 13)),
        ("en", "on 3 May", date(2024, 5, 3)),
        ("en", "May 3, 2023", date(2023, 5, 3)),
        ("en", "on 20 May", date(2023, 5, 20)),
        ("en", "since March", date(2024, 3, 31)),
        ("en", "three weeks ago", date(2024, 4, 24)),
        ("en", "a month ago", date(2024, 4, 15)),
        ("en", "last month", date(2024, 4, 30)),
        ("en", "as of 2024-02-29", date(2024, 2, 29)),
        ("en", "25/12/2023", date(2023, 12, 25)),
        ("fr", "hier", date(2024, 5, 14)),
        ("fr", "avant-hier", date(2024, 5, 13)),
        ("fr", "il y a trois jours", date(2024, 5, 12)),
        ("fr", "au 1er mai", date(2024, 5, 1)),
        ("fr", "vendredi dernier", date(2024, 5, 10)),
        ("de", "am 3. Mai", date(2024, 5, 3)),
        ("de", "vor zwei Wochen", date(2024, 5, 1)),
        ("de", "letzte Woche", date(2024, 5, 8)),
        ("de", "am 3.4.2024", date(2024, 4, 3)),
        ("es", "hace dos semanas", date(2024, 5, 1)),
        ("es", "el 3 de mayo de 2023", date(2023, 5, 3)),
        ("es", "anteayer", date(2024, 5, 13)),
        ("ar", "أمس", date(2024, 5, 14)),
        ("ar", "قبل ثلاثة أيام", date(2024, 5, 12)),
        ("ar", "قبل أسبوعين", date(2024, 5, 1)),
        ("ar", "في ٣ مايو", date(2024, 5, 3)),
        ("ar", "يوم الجمعة الماضي", date(2024, 5, 10)),
    ],
)
def test_a_day_is_understood_as_people_say_it(language: str, text: str, day: date) -> None:
    assert meant_date(text, language, TODAY) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the balance of Dark harbour"),
        ("en", "05/03/2024"),
        ("en", "on 31 February 2024"),
        ("en", "on 2030-01-01"),
        ("de", "am 32.13.2024"),
        ("fr", ""),
        ("en", "99999999 days ago"),
        ("en", "0 99999"),
    ],
)
def test_no_day_two_days_or_a_day_to_come_are_none(language: str, text: str) -> None:
    assert meant_date(text, language, TODAY) is None


def test_a_weekday_named_today_is_a_week_ago() -> None:
    assert meant_date("last Wednesday", "en", TODAY) == date(2024, 5, 8)
