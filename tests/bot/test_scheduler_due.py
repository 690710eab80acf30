"""When people are asked: in their hours, once a day, whatever the clocks of the world do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from counterpoise_bot.prompts import HOUR, Asked, Habits, Prompt, Sent, due, until

DAY = 24 * HOUR
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Niue")
SPRING = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC))
"""A time in which Berlin, New York and many others change their clocks."""


def micros(text: str, zone: str = "UTC") -> int:
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def played(
    asked: Sequence[Asked], habits: dict[str, Habits], moments: Sequence[int]
) -> list[tuple[int, Prompt]]:
    """Let time go by as the scheduler does, and return what was sent when."""
    sent: dict[tuple[str, str], Sent] = {}
    told: list[tuple[int, Prompt]] = []
    for now in moments:
        for prompt in due(asked, habits, tuple(sent.values()), now):
            key = (prompt.round, prompt.person)
            times = sent[key].times + 1 if key in sent else 1
            zone = habits[prompt.person].zone
            sent[key] = Sent(*key, prompt.slot, now, times=times, zone=zone)
            told.append((now, prompt))
    return told


def days(first: datetime, count: int) -> list[int]:
    start = (first - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return [start + hour * HOUR for hour in range(24 * count)]


habits_drawn = st.builds(
    Habits,
    zone=st.sampled_from(ZONES),
    hours=st.sampled_from([(9, 17), (7, 9), (13, 22)]),
    days_off=st.frozensets(st.integers(0, 6), max_size=5),
    fewer=st.booleans(),
)
people = st.dictionaries(st.sampled_from(["ana", "bo"]), habits_drawn, min_size=1)
rounds = st.lists(st.sampled_from(["p/s/before", "p/s/during", "q/t/after"]), min_size=1, unique=True)
begun = st.datetimes(SPRING[0].replace(tzinfo=None), SPRING[1].replace(tzinfo=None))


@given(people, rounds, begun, st.booleans())
def test_nobody_is_asked_outside_their_hours(
    habits: dict[str, Habits],
    names: list[str],
    first: datetime,
    anonymous: bool,  # noqa: FBT001
) -> None:
    asked = [Asked(name, person, 0, anonymous=anonymous) for name in names for person in habits]

    told = played(asked, habits, days(first.replace(tzinfo=UTC), 10))

    for now, prompt in told:
        habit = habits[prompt.person]
        here = habit.at(now)
        assert habit.hours[0] <= here.hour < habit.hours[1]
        assert here.weekday() not in habit.days_off


@given(people, rounds, begun)
def test_nobody_is_asked_twice_in_a_day_over_all_pilots(
    habits: dict[str, Habits], names: list[str], first: datetime
) -> None:
    asked = [Asked(name, person, 0) for name in names for person in habits]

    told = played(asked, habits, days(first.replace(tzinfo=UTC), 10))

    per_day = [(prompt.person, habits[prompt.person].day(now)) for now, prompt in told]
    assert len(per_day) == len(set(per_day))


@given(people, rounds, begun)
def test_a_prompts_slot_names_it_once(habits: dict[str, Habits], names: list[str], first: datetime) -> None:
    asked = [Asked(name, person, 0) for name in names for person in habits]

    told = [prompt for _, prompt in played(asked, habits, days(first.replace(tzinfo=UTC), 10))]

    assert len(told) == len(set(told))


@given(st.sampled_from(ZONES), begun)
def test_whoever_works_every_day_is_asked_within_a_day(zone: str, first: datetime) -> None:
    habits = {"ana": Habits(zone=zone, days_off=frozenset())}

    assert played([Asked("p/s/before", "ana", 0)], habits, days(first.replace(tzinfo=UTC), 2))


@given(st.sampled_from(ZONES), begun, st.sampled_from(["tomorrow", "monday"]))
def test_a_prompt_that_is_put_off_comes_back_when_the_hours_of_that_day_begin(
    zone: str, first: datetime, snooze: str
) -> None:
    habits = Habits(zone=zone, days_off=frozenset())
    now = days(first.replace(tzinfo=UTC), 1)[0]

    back = habits.at(until(snooze, habits, now))

    ahead = (back.date() - habits.at(now).date()).days
    assert back.hour == 9
    assert ahead == 1 if snooze == "tomorrow" else (back.weekday() == 0 and 1 <= ahead <= 7)


NINE = micros("2026-03-23 09:30", "Europe/Berlin")  # a Monday
ANA = {"ana": Habits(zone="Europe/Berlin")}


def test_what_waits_longest_is_asked_first() -> None:
    asked = [Asked("p/s/during", "ana", 7), Asked("p/s/before", "ana", 3)]

    assert due(asked, ANA, (), NINE) == (Prompt("p/s/before", "ana", "2026-03-23"),)


def test_a_prompt_put_off_by_an_hour_comes_back_the_same_day_and_nothing_else_does() -> None:
    asked = [Asked("p/s/before", "ana", 3), Asked("q/t/after", "ana", 1)]
    sent = Sent("p/s/before", "ana", "2026-03-23", NINE, snoozed_until=NINE + HOUR)

    assert due(asked, ANA, (sent,), NINE + HOUR // 2) == ()
    assert due(asked, ANA, (sent,), NINE + HOUR) == (Prompt("p/s/before", "ana", "2026-03-23+1"),)


def test_what_was_put_off_beyond_the_hours_waits_for_the_next_morning() -> None:
    late = micros("2026-03-23 16:30", "Europe/Berlin")
    sent = Sent("p/s/before", "ana", "2026-03-23", late, snoozed_until=late + HOUR)
    asked = [Asked("p/s/before", "ana", 3)]

    assert due(asked, ANA, (sent,), late + HOUR) == ()
    assert due(asked, ANA, (sent,), late + 17 * HOUR) == (Prompt("p/s/before", "ana", "2026-03-24+1"),)


def test_what_was_put_off_meets_no_second_prompt_on_its_day() -> None:
    asked = [Asked("p/s/before", "ana", 3), Asked("q/t/after", "ana", 1)]
    yesterday = Sent("p/s/before", "ana", "2026-03-20", NINE - 3 * DAY, snoozed_until=NINE - HOUR)
    today = Sent("q/t/after", "ana", "2026-03-23", NINE - HOUR // 4)

    assert due(asked, ANA, (yesterday, today), NINE) == ()


def test_an_answer_or_a_skip_ends_the_asking() -> None:
    skipped = Sent("p/s/before", "ana", "2026-03-19", NINE - 4 * DAY, skipped=True)

    assert due([Asked("p/s/before", "ana", 3, answered=True)], ANA, (), NINE) == ()
    assert due([Asked("p/s/before", "ana", 3)], ANA, (skipped,), NINE) == ()


def test_one_reminder_follows_after_three_days_and_no_more() -> None:
    asked = [Asked("p/s/before", "ana", 3)]
    once = Sent("p/s/before", "ana", "2026-03-20", NINE - 3 * DAY)

    assert due(asked, ANA, (replace(once, at=NINE - 2 * DAY),), NINE) == ()
    assert due(asked, ANA, (once,), NINE) == (Prompt("p/s/before", "ana", "2026-03-23"),)
    assert due(asked, ANA, (replace(once, times=2),), NINE) == ()


def test_everybody_is_reminded_of_an_anonymous_round_who_answered_too() -> None:
    once = Sent("p/s/before", "ana", "2026-03-20", NINE - 3 * DAY)
    asked = [Asked("p/s/before", "ana", 3, answered=True, anonymous=True)]

    assert due(asked, ANA, (once,), NINE) == (Prompt("p/s/before", "ana", "2026-03-23"),)


def test_whoever_wants_fewer_is_asked_once_a_week_and_never_reminded() -> None:
    habits = {"ana": replace(ANA["ana"], fewer=True)}
    sent = Sent("p/s/before", "ana", "2026-03-18", NINE - 5 * DAY)
    asked = [Asked("p/s/before", "ana", 3), Asked("q/t/after", "ana", 1)]

    assert due(asked, habits, (sent,), NINE) == ()
    assert due(asked, habits, (sent,), NINE + 2 * DAY) == (Prompt("q/t/after", "ana", "2026-03-25"),)


def test_nobody_is_asked_while_away() -> None:
    habits = {"ana": replace(ANA["ana"], away_until=NINE + 1)}

    assert due([Asked("p/s/before", "ana", 3)], habits, (), NINE) == ()


def test_a_traveller_is_asked_once_on_a_day_that_begins_anew() -> None:
    sent = Sent("p/s/before", "ana", "2026-03-24", NINE, zone="Pacific/Kiritimati")
    later = {"ana": Habits(zone="America/New_York")}

    assert due([Asked("q/t/after", "ana", 1)], later, (sent,), NINE + 5 * HOUR) == ()
