"""Questions about a pilot's history: its timeline, what each event changed, two positions side by side."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.shown import Shown, tables_of
from counterpoise.domain.events import Sealed
from counterpoise.domain.pilots import running
from counterpoise.domain.refusals import BadValue
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.policy import Member, Visible
from counterpoise_projections import replay, timeline

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]

UNSEEN = ("actor", "member", "summary", "source")
"""What a timeline does not tell of an event whose content the reader may not read."""


class Replays:
    """What a member may ask about the history of a pilot they know of."""

    def __init__(self, shown: Showing) -> None:
        self._shown = shown

    def timeline(self, reader: Member, *, pilot: str, as_of: str = "") -> Visible[Rows]:
        """One row an event of a pilot and of what surrounds it, in order; `number` counts what this reader may see.

        Events the reader may not read are bare: when, and of what kind.
        """
        shown = self._known(reader, pilot, as_of)
        return policy.computed(tuple(self._events(shown, pilot)), basis=shown.skeletons)

    def steps(
        self, reader: Member, *, pilot: str, as_of: str = "", after: int = 0, limit: int | None = None
    ) -> Visible[Rows]:
        """One row an event, as the timeline has it, with `changes`: every figure and word that it changed.

        Figures are computed from what the reader may read, on the day the event was recorded.
        """
        shown = self._known(reader, pilot, as_of)
        reader_log = self._replay(shown)
        page = [event for event in self._events(shown, pilot) if event["number"] > after][:limit]
        rows = tuple(
            event | {"changes": _changes(reader_log.changes(pilot=pilot, position=event["position"]))}
            for event in page
        )
        return policy.computed(rows, basis=shown.rows)

    def position(self, reader: Member, *, as_of: str = "") -> Visible[int]:
        """Return the position of the log that `as_of` names, its last one where it names none."""
        shown = self._shown(reader, as_of=as_of)
        return policy.computed(shown.moment.position, basis=shown.skeletons)

    def compare(self, reader: Member, *, pilot: str, first: int, second: int) -> Visible[Rows]:
        """One row a figure or word that is not the same at two positions of the log."""
        shown = self._known(reader, pilot, "")
        last = shown.moment.position
        if not (0 < first <= last and 0 < second <= last):
            raise BadValue(
                "There is no such position.", owner="you", remedy=f"Give positions from 1 to {last}."
            )
        found = _changes(self._replay(shown).compare(pilot=pilot, first=first, second=second))
        return policy.computed(tuple(found), basis=shown.rows)

    def _events(self, shown: Shown, pilot: str) -> Iterator[dict[str, Any]]:
        """Yield the events of the timeline the reader may know of, numbered, with their words where readable."""
        readable = {row["position"]: row for row in shown.history.value.collect().iter_rows(named=True)}
        everything = timeline.timeline(shown.recorded, pilot=pilot).filter(
            pl.col("position").is_in(_positions(shown))
        )
        for number, event in enumerate(everything.collect().iter_rows(named=True), start=1):
            row = readable.get(event["position"])
            bare = {} if row is not None else dict.fromkeys(UNSEEN, "")
            words = _words(shown, row) if row is not None else {}
            yield {"number": number, **event, **bare, "readable": row is not None, "words": words}

    def _replay(self, shown: Shown) -> replay.Replay:
        """Return a replay that reads what the reader may read at each position, on days that they know of."""
        return replay.Replay(
            shown.recorded.filter(pl.col("position").is_in(_positions(shown))),
            lambda position: tables_of(shown.at(position)),
            read=shown.at,
        )

    def _known(self, reader: Member, pilot: str, as_of: str) -> Shown:
        if not policy.knows(reader, pilot):
            running(None)
        return self._shown(reader, as_of=as_of)


def _positions(shown: Shown) -> list[int]:
    """Return the positions of the events that the reader may know of."""
    known = (shown.skeletons, shown.history)
    return (
        pl.concat([rows.value.select("position") for rows in known]).unique().collect()["position"].to_list()
    )


def _words(shown: Shown, row: dict[str, Any]) -> dict[str, str]:
    """Return the sealed fields of a visible event that say something, opened."""
    body = json.loads(row["body"])
    fields = [name for name, kind in frame.hints(VOCABULARY[row["topic"]]).items() if kind is Sealed]
    return {name: shown.words(row, name) for name in fields if body.get(name)}


def _changes(found: pl.LazyFrame) -> list[dict[str, Any]]:
    return found.collect().to_dicts()
