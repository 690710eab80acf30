"""Readers alike: an answer is shared by those whom the rules cannot tell apart, until what it rests on changes."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

import polars as pl

from counterpoise.domain.keys import KeyMade
from counterpoise.policy import Member, Visible

T = TypeVar("T")
Kind = tuple[str, bool, frozenset[tuple[str, frozenset[str]]], str]

REMEMBERED = 500
"""How many answers are remembered."""


class Alike(Generic[T]):
    """Answers by what the rules read of a member: organisation, roles, and who they are where rows name them."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Kind, Visible[T]] = OrderedDict()
        self._last: int | None = -1
        self._named: frozenset[str] = frozenset()
        self._lock = Lock()
        self._asking = Lock()

    def of(self, reader: Member, rows: pl.LazyFrame, answer: Callable[[], Visible[T]]) -> Visible[T]:
        """Return the answer for a reader; `rows` is all it rests on, readable or not, in the frame's columns."""
        last = rows.filter(pl.col("topic") != KeyMade.TOPIC).select(pl.col("position").max()).collect().item()
        known = self._known(reader, rows, last)
        if known is not None:
            return known
        with self._asking:  # whoever asks the same at once waits for the one answer
            known = self._known(reader, rows, last)
            return known if known is not None else self._remembered(reader, last, answer())

    def _known(self, reader: Member, rows: pl.LazyFrame, last: int | None) -> Visible[T] | None:
        """Return the answer that others were given; none where what it rests on has changed since."""
        with self._lock:
            if last != self._last:
                self._answers.clear()
                self._last, self._named = last, _named(rows)
            return self._answers.get(self._kind(reader))

    def _remembered(self, reader: Member, last: int | None, found: Visible[T]) -> Visible[T]:
        with self._lock:
            if last == self._last:
                self._answers[self._kind(reader)] = found
                if len(self._answers) > REMEMBERED:
                    self._answers.popitem(last=False)
        return found

    def _kind(self, reader: Member) -> Kind:
        apart = reader.id if self._named & set(reader.pseudonyms.values()) else ""
        return reader.actor, reader.active, frozenset(reader.roles.items()), apart


def _named(rows: pl.LazyFrame) -> frozenset[str]:
    """Return every person whom a row names as its author or among its recipients."""
    people = rows.select("member", "recipients").collect()
    return frozenset(people["member"]) | frozenset(people["recipients"].explode().drop_nulls())
