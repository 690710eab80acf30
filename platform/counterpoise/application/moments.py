"""Moments: which log a question is asked of, and for which day; by position or by time, never by a clock."""

from datetime import UTC, datetime

import polars as pl

from counterpoise import frame
from counterpoise.application.shown import DAY, Moment
from counterpoise.domain.refusals import BadValue


def moment(log: pl.LazyFrame, *, as_of: str, at: str) -> Moment:
    """Return the moment of a question.

    `as_of` is a position, or an ISO date or time by which events were recorded; empty: all there is. `at` is the
    ISO date or time the model is evaluated at; empty: when the last event of that log was recorded.
    """
    position = _position(log, as_of)
    return Moment(position=position, day=_day(log, position, at))


def microseconds(text: str, *, end_of_day: bool = False) -> int:
    """Return an ISO date or time as microseconds UTC; a date is its start, or its end."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            f"{text!r} is no time.", owner="you", remedy="Write 2025-03-01 or 2025-03-01T12:00."
        ) from None
    aware = read if read.tzinfo else read.replace(tzinfo=UTC)
    start = int(aware.timestamp() * 1_000_000)
    date_alone = len(text) == len("2025-03-01")
    return start + DAY - 1 if end_of_day and date_alone else start


def _position(log: pl.LazyFrame, as_of: str) -> int:
    last = int(log.select(pl.col("position").max()).collect().item() or 0)
    if not as_of:
        return last
    if as_of.isdecimal():
        return min(int(as_of), last)
    return frame.position_at(log, microseconds(as_of, end_of_day=True))


def _day(log: pl.LazyFrame, position: int, at: str) -> float:
    if at:
        return microseconds(at, end_of_day=True) / DAY
    recorded = log.filter(pl.col("position") == position).select("recorded_at").collect()
    return float(recorded.item()) / DAY if recorded.height else 0.0
