"""Moments: which log a question is asked of, and for which day; by position or by time, never by a clock."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import polars as pl

from counterpoise import frame
from counterpoise.application.shown import DAY, Moment
from counterpoise.domain.refusals import BadValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(log: pl.LazyFrame, *, as_of: str, at: str) -> Moment:
    """Return the moment of a question.

    `as_of` is a position, or an ISO date or time by which events were recorded; empty: all there is. `at` is the
    ISO date or time the model is evaluated at; empty: when the last event that the reader may read was recorded.
    """
    day = microseconds(at, end_of_day=True) / DAY if at else None
    return Moment(position=_position(log, as_of), day=day)


def microseconds(text: str, *, end_of_day: bool = False) -> int:
    """Return an ISO date or time as microseconds UTC; a date is its start, or its end."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            f"{text!r} is no time.", owner="you", remedy="Write 2025-03-01 or 2025-03-01T12:00."
        ) from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    start = (aware - EPOCH) // timedelta(microseconds=1)
    return start + DAY - 1 if end_of_day and _is_date(text) else start


def _is_date(text: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(text))
    return False


def _position(log: pl.LazyFrame, as_of: str) -> int:
    last = int(log.select(pl.col("position").max()).collect().item() or 0)
    if not as_of:
        return last
    if as_of.isdecimal():
        return min(int(as_of), last)
    return frame.position_at(log, microseconds(as_of, end_of_day=True))
