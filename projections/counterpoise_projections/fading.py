"""What is left, at any later day, of streams of amounts that fade."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

Hand = Callable[[Integers, Floats], Floats]
"""A clock: what it reads, in half-lives, in each theatre on each day. Only differences mean anything."""


@dataclass(frozen=True)
class Moments:
    """Where and when, one array a property."""

    theatre: Integers  # by number
    day: Floats
    rank: Integers  # of an item: of its day among all items' days; of a question: how many of them count

    def of(self, rows: Integers | Truths) -> Self:
        """Return some of them, or some of them several times."""
        return type(self)(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Calendar:
    """Rows in the order of (stream, rank of the day), and the last of a stream as of a day."""

    keys: Integers
    width: int

    @classmethod
    def of(cls, streams: Integers, ranks: Integers) -> "Calendar":
        """Return the calendar of rows in that order; streams are numbers from 0."""
        width = int(ranks.max(initial=0)) + 2
        return cls(streams * width + ranks, width)

    def count(self, streams: Integers, ranks: Integers) -> Integers:
        """Return how many rows are of a lower stream, or of the same one and a lower rank."""
        return np.searchsorted(self.keys, streams * self.width + np.minimum(ranks, self.width - 1))

    def last(self, streams: Integers, ranks: Integers) -> Integers:
        """Return the last row of each stream whose rank is lower; -1 where there is none."""
        rows = self.count(streams, ranks) - 1
        if not len(self.keys):
            return rows
        same = (rows >= 0) & (self.keys[rows] // self.width == streams)
        return np.where(same, rows, -1)


class Faded:
    """Running sums of amounts per stream. `parts` fade on clocks of their own and are added up.

    Each sum is carried from row to row, `s_k = s_{k-1} 2^-(c_k - c_{k-1}) + amount_k`, by doubling the reach
    of every row until it spans the longest stream: there is no reference day, so no span is too long.
    """

    def __init__(self, streams: Integers, at: Moments, parts: Sequence[tuple[Hand, Floats]]) -> None:
        """Take rows by day: their streams, their moments, and for each clock a column a quantity."""
        order = np.argsort(streams, kind="stable")
        streams, at = streams[order], at.of(order)
        self._calendar = Calendar.of(streams, at.rank)
        self._quantities = parts[0][1].shape[1]
        self._parts = [
            _Part.of(hand, hand(at.theatre, at.day), amounts[order], np.diff(streams, prepend=-1) != 0)
            for hand, amounts in parts
            if amounts.any()
        ]

    def left(self, streams: Integers, at: Moments) -> Floats:
        """Return what is left of each stream, a row a question and a column a quantity.

        An item counts if the rank of its day is below the question's rank. A stream nobody knows has nothing.
        """
        rows = self._calendar.last(streams, at.rank)
        (found,) = np.nonzero(rows >= 0)
        rest = np.zeros((len(rows), self._quantities))
        for part in self._parts:
            rest[found] += part.left(rows[found], at.of(found))
        return rest


@dataclass(frozen=True)
class _Part:
    hand: Hand
    readings: Floats
    sums: Floats

    @classmethod
    def of(cls, hand: Hand, readings: Floats, amounts: Floats, new: Truths) -> "_Part":
        sums = amounts.copy()
        passed = np.where(new, np.inf, np.diff(readings, prepend=0.0))
        kept = np.exp2(-passed)
        reach, longest = 1, _longest(new)
        while reach < longest:
            sums[reach:] += kept[reach:, None] * sums[:-reach]
            kept[reach:] *= kept[:-reach]
            reach *= 2
        return cls(hand, readings, sums)

    def left(self, rows: Integers, at: Moments) -> Floats:
        fade = np.exp2(self.readings[rows] - self.hand(at.theatre, at.day))
        left: Floats = self.sums[rows] * fade[:, None]
        return left


def spread(first: Integers, end: Integers) -> tuple[Integers, Integers]:
    """Return the rows of half-open ranges one after the other: of which range each is, and the row."""
    lengths = end - first
    ranges = np.repeat(np.arange(len(first)), lengths)
    skipped = np.cumsum(lengths) - lengths
    return ranges, np.arange(len(ranges)) + np.repeat(first - skipped, lengths)


def _longest(new: Truths) -> int:
    starts = np.flatnonzero(new)
    return int(np.diff(starts, append=len(new)).max(initial=0))
