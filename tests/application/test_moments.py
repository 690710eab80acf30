"""Moments: a log by its position or by a time, and the day that figures are evaluated at."""

from datetime import UTC, datetime

import polars as pl
import pytest

from counterpoise import frame
from counterpoise.application.moments import microseconds, moment
from counterpoise.application.shown import DAY, Moment
from counterpoise.domain.refusals import BadValue
from tests.application.world import NOON, World, how, refused, scan

MARCH = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000


def log(*recorded_at: int) -> pl.LazyFrame:
    """Return a log of events recorded at these times."""
    rows = {"position": range(1, len(recorded_at) + 1), "recorded_at": recorded_at}
    schema = {name: frame.FRAME[name] for name in rows}
    return pl.LazyFrame({name: list(values) for name, values in rows.items()}, schema=schema)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2025-03-01", 0),
        ("20250301", 0),
        ("2025-W09-6", 0),
        ("2025-03-01T12:00", DAY // 2),
        ("2025-03-01T12:00:00.000001", DAY // 2 + 1),
        ("2025-03-01T12:00+02:00", DAY // 2 - DAY // 12),
    ],
)
def test_a_time_is_read_to_the_microsecond_in_utc(text: str, start: int) -> None:
    assert microseconds(text) == MARCH + start


@pytest.mark.parametrize(
    ("text", "end"),
    [("2025-03-01", DAY - 1), ("20250301", DAY - 1), ("2025-W09-6", DAY - 1), ("2025-03-01T12:00", DAY // 2)],
)
def test_a_date_alone_lasts_until_its_end(text: str, end: int) -> None:
    assert microseconds(text, end_of_day=True) == MARCH + end


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01", "-1", "1.5", "2025-03-01T25:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with refused(BadValue):
        moment(log(), as_of=text, at="")


@pytest.mark.parametrize(
    ("as_of", "position"),
    [("", 3), ("2", 2), ("99", 3), ("0", 0), ("2025-02-28", 1), ("2025-03-01", 2), ("2025-03-02T00:00", 3)],
)
def test_a_log_is_named_by_a_position_or_by_a_time(as_of: str, position: int) -> None:
    recorded = log(MARCH - 1, MARCH + 1, MARCH + DAY)

    assert moment(recorded, as_of=as_of, at="") == Moment(position=position)


def test_an_empty_log_has_no_position() -> None:
    assert moment(log(), as_of="", at="") == Moment(position=0)


def test_the_day_is_the_end_of_the_date_that_is_given() -> None:
    assert moment(log(), as_of="", at="2025-03-01").day == (MARCH + DAY - 1) / DAY


def test_without_a_date_it_is_the_day_of_the_last_event_that_the_reader_may_read(world: World) -> None:
    for name in ("ines", "kurt"):
        scan(world, name)
    world.clock.now += 30 * DAY
    day = world.application.questions.balances(world.by("kurt")).value[0]["day"]

    world.say("omar", "concerns.raise_one", how(label="RED"), pilot=world["ferry"], words="For me alone")

    assert world.application.questions.balances(world.by("kurt")).value[0]["day"] == day
    assert NOON / DAY < day < NOON / DAY + 1
