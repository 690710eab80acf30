"""The day somebody means: "as of last Friday", "am 3. Mai", "hier", "قبل ثلاثة أيام"."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from counterpoise_bot.understanding.reading import read
from counterpoise_bot.understanding.tables import tongue

WEEK = 7
NUMBER = re.compile(r"\d+")
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
SLASHED = re.compile(r"\b(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?\b")
CENTURY, HORIZON, MONTHS = 2000, 2200, 12
LIFETIME = 36_500
"""Days back that nobody means beyond."""
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def meant_date(text: str, language: str, today: date) -> date | None:
    """Return the past day a text means, or None where it names none or could mean two.

    A day without a year is the last one that has been; a month alone is its last day, a week or month ago its days ago.
    """
    plain = text.translate(ARABIC_DIGITS)
    words = read(plain).words
    for way in (_written, _counted, _relative, _named_day, _named_month):
        if found := way(plain, words, language, today):
            return found if found <= today else None
    return None


def _written(plain: str, _words: tuple[str, ...], language: str, today: date) -> date | None:
    if iso := ISO.search(plain):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if not (found := SLASHED.search(plain)):
        return None
    day, month, year = int(found[1]), int(found[2]), found[3]
    if language == "en" and "/" in found[0] and day != month and max(day, month) <= MONTHS:
        return None
    if month > MONTHS >= day:
        day, month = month, day
    return _past(int(year) if year else None, month, day, today)


def _counted(_plain: str, words: tuple[str, ...], language: str, today: date) -> date | None:
    """Read "three days ago": a number, a unit, and the word that says they are past."""
    told = _told(language)
    if not any(word in told["ago"] for word in words):
        return None
    for place, word in enumerate(words):
        for unit, days in (("days", 1), ("weeks", WEEK), ("months", 30)):
            if word in told[f"two_{unit}"]:
                return today - timedelta(days=2 * days)
            if word in told[unit]:
                return _before(today, days * _number(words[place - 1] if place else "", told))
    return None


def _relative(_plain: str, words: tuple[str, ...], language: str, today: date) -> date | None:
    joined = f" {' '.join(words)} "
    for days, phrases in tongue(language).dates["back"].items():
        for phrase in phrases:
            if f" {' '.join(read(phrase).words)} " in joined:
                return today - timedelta(days=int(days))
    if any(f" {' '.join(read(phrase).words)} " in joined for phrase in tongue(language).dates["last_month"]):
        return today.replace(day=1) - timedelta(days=1)
    return None


def _named_day(_plain: str, words: tuple[str, ...], language: str, today: date) -> date | None:
    days = _days(language)
    for word in words:
        if word in days:
            return today - timedelta(days=(today.weekday() - days[word] - 1) % WEEK + 1)
    return None


def _named_month(_plain: str, words: tuple[str, ...], language: str, today: date) -> date | None:
    months = _months(language)
    for place, word in enumerate(words):
        if word not in months:
            continue
        around = [words[at] for at in (place - 2, place - 1, place + 1, place + 2) if 0 <= at < len(words)]
        figures = [int(figure[0]) for near in around if (figure := NUMBER.match(near))]
        year = next((figure for figure in figures if CENTURY < figure < HORIZON), None)
        day = next((figure for figure in figures if figure <= 31), None)  # noqa: PLR2004 - days of a month
        if day is not None:
            return _past(year, months[word], day, today)
        return _end_of(year, months[word], today)
    return None


def _end_of(year: int | None, month: int, today: date) -> date:
    whole = year or (today.year if month < today.month else today.year - 1)
    following = date(whole + month // MONTHS, month % MONTHS + 1, 1)
    return following - timedelta(days=1)


def _past(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _day(year if year >= 100 else CENTURY + year, month, day)  # noqa: PLR2004 - a year in two digits
    this = _day(today.year, month, day)
    return this if this is None or this <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before(today: date, days: int) -> date | None:
    return today - timedelta(days=days) if days <= LIFETIME else None


def _number(word: str, told: Mapping[str, frozenset[str]]) -> int:
    if word.isdigit():
        return int(word)
    return next((count for count in range(1, 11) if word in told[f"n{count}"]), 1)


@cache
def _told(language: str) -> Mapping[str, frozenset[str]]:
    table = tongue(language).dates
    plain = {
        key: frozenset(read(table.get(key, "")).words)
        for key in ("ago", "days", "weeks", "months", "two_days", "two_weeks", "two_months")
    }
    counts = {
        f"n{at}": frozenset(read(word.replace("|", " ")).words) for at, word in enumerate(table["counts"], 1)
    }
    return {**plain, **counts}


@cache
def _days(language: str) -> Mapping[str, int]:
    names = get_day_names("wide", locale=language)
    return {read(name).words[0]: day for day, name in names.items()}


@cache
def _months(language: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for month, name in get_month_names("wide", locale=language).items():
        found[read(name).words[0]] = month
    for month, names in tongue(language).dates["months_also"].items():
        for name in names:
            found[read(name).words[0]] = int(month)
    return found
