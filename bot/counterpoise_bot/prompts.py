"""Prompts: who is asked about which round, when: a pure decision over rounds, habits and what was sent before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
HOUR = 60 * MINUTE

REMINDED_AFTER = timedelta(days=3)
"""How long after a prompt that was left alone its one reminder follows."""

FEWER = timedelta(days=7)
"""The least time between two prompts of somebody who wants fewer; they get no reminders."""

MOST = 2
"""How often somebody is asked about a round of their own accord: a prompt and a reminder."""

SNOOZES = ("hour", "tomorrow", "monday")
MONDAY = 0


@dataclass(frozen=True)
class Habits:
    """When a person is asked: local hours [from, to), days off (Monday is 0), away until then (microseconds UTC)."""

    zone: str = "UTC"
    hours: tuple[int, int] = (9, 17)
    days_off: frozenset[int] = frozenset({5, 6})
    away_until: int = 0
    fewer: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any], *, zone: str) -> Self:
        """Return habits from what is kept of a person; `zone` is Slack's, where they chose none."""
        first, last = settings.get("hours") or (9, 17)
        return cls(
            zone=settings.get("zone") or zone,
            hours=(int(first), int(last)),
            days_off=frozenset(settings.get("days_off", (5, 6))),
            away_until=int(settings.get("away_until") or 0),
            fewer=bool(settings.get("fewer")),
        )

    def at(self, now: int) -> datetime:
        """Return a moment on the person's own clock."""
        return (EPOCH + timedelta(microseconds=now)).astimezone(ZoneInfo(self.zone))

    def day(self, now: int) -> str:
        """Return the person's day at a moment, YYYY-MM-DD."""
        return self.at(now).date().isoformat()

    def working(self, now: int) -> bool:
        """Whether the person may be written to: within their hours, on a day that is not off, not away."""
        here = self.at(now)
        first, last = self.hours
        return now >= self.away_until and here.weekday() not in self.days_off and first <= here.hour < last


@dataclass(frozen=True)
class Asked:
    """A person who takes part in a round that is open. In an anonymous one nobody knows who answered."""

    round: str
    person: str
    since: int
    answered: bool = False
    anonymous: bool = False


@dataclass(frozen=True)
class Sent:
    """What became of a round's prompts to a person: when, how often, put off until when, or never again."""

    round: str
    person: str
    slot: str
    at: int
    times: int = 1
    snoozed_until: int = 0
    skipped: bool = False
    zone: str = ""
    """The zone whose day the prompt counted for."""


@dataclass(frozen=True)
class Prompt:
    """A prompt to be sent. `slot` is the person's day, with the count of its snoozes: it names it for ever."""

    round: str
    person: str
    slot: str


def due(
    asked: Iterable[Asked], habits: Mapping[str, Habits], sent: Sequence[Sent], now: int
) -> tuple[Prompt, ...]:
    """Return the prompts to send now: at most one a person, and one a day over all rounds, unless put off that day."""
    known = {(each.round, each.person): each for each in sent}
    rows: dict[str, list[Asked]] = {}
    for each in asked:
        rows.setdefault(each.person, []).append(each)
    found = (
        _next(own, habits.get(person, Habits()), known, now)
        for person, own in sorted(rows.items())
        if habits.get(person, Habits()).working(now)
    )
    return tuple(prompt for prompt in found if prompt is not None)


def _next(
    rows: Sequence[Asked], habits: Habits, known: Mapping[tuple[str, str], Sent], now: int
) -> Prompt | None:
    """Return the one prompt of a person: what they put off until now first, then what waits longest."""
    person = rows[0].person
    before = [each for (_, who), each in known.items() if who == person]
    today = [each for each in before if _same_day(each, habits, now)]
    waiting = sorted((row for row in rows if _open(row, known)), key=lambda row: (row.since, row.round))
    for row in waiting:
        last = known.get((row.round, person))
        back = last is not None and 0 < last.snoozed_until <= now
        others = [each for each in today if each.round != row.round]
        if back and last is not None and not others:
            return Prompt(row.round, person, f"{habits.day(now)}+{last.times}")
    if today or (habits.fewer and before and now - max(each.at for each in before) < _micros(FEWER)):
        return None
    fresh = next((row for row in waiting if (row.round, person) not in known), None)
    if fresh is not None:
        return Prompt(fresh.round, person, habits.day(now))
    again = next((row for row in waiting if _remind(known[(row.round, person)], habits, now)), None)
    return Prompt(again.round, person, habits.day(now)) if again is not None else None


def _open(row: Asked, known: Mapping[tuple[str, str], Sent]) -> bool:
    """Whether a person still owes an answer, as far as is known, and has not said no."""
    last = known.get((row.round, row.person))
    return (row.anonymous or not row.answered) and not (last is not None and last.skipped)


def _same_day(sent: Sent, habits: Habits, now: int) -> bool:
    """Whether a prompt went out on the person's day of now, in the zone they are in or the one they were in."""
    there = replace(habits, zone=sent.zone) if sent.zone else habits
    return habits.day(sent.at) == habits.day(now) or there.day(sent.at) == there.day(now)


def _remind(last: Sent, habits: Habits, now: int) -> bool:
    return (
        not habits.fewer
        and not last.snoozed_until
        and last.times < MOST
        and now - last.at >= _micros(REMINDED_AFTER)
    )


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def until(snooze: str, habits: Habits, now: int) -> int:
    """Return the moment a prompt is put off to (microseconds UTC): an hour on, or when another day's hours begin."""
    if snooze == "hour":
        return now + HOUR
    here = habits.at(now)
    days = 1 if snooze == "tomorrow" else (MONDAY - here.weekday() - 1) % 7 + 1
    return _opening(here.date() + timedelta(days=days), habits)


def _opening(day: date, habits: Habits) -> int:
    """Return when a person's hours begin on a day."""
    begins = datetime(day.year, day.month, day.day, habits.hours[0], tzinfo=ZoneInfo(habits.zone))
    return (begins.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
