"""What is about to be recorded, as rows after those that were: so a decision weighs what it would lead to."""

from collections.abc import Sequence

import msgspec
import polars as pl

from counterpoise import frame
from counterpoise.application.seen import Seen
from counterpoise.domain.events import Event
from counterpoise.store.log import Log


class Coming:
    """A log with events after its last that are not recorded yet; their words are left out."""

    def __init__(self, log: Log, seen: Seen, events: Sequence[Event]) -> None:
        self._log = log
        self._size = log.size()
        self._rows = [
            row(event, position=self._size + order, version=len(seen.events(event.stream)) + nth)
            for order, (event, nth) in enumerate(_counted(events), start=1)
        ]

    @property
    def position(self) -> int:
        """The position the last of the events would have."""
        return self._size + len(self._rows)

    def frame(self) -> pl.LazyFrame:
        """Return the log as it would be, as `Log.frame` gives it."""
        return pl.concat([self._log.frame(self._size), pl.LazyFrame(self._rows, schema=frame.FRAME)])


def _counted(events: Sequence[Event]) -> list[tuple[Event, int]]:
    """Return each event with how many of its stream there are up to it."""
    streams = [event.stream for event in events]
    return [(event, streams[: place + 1].count(event.stream)) for place, event in enumerate(events)]


def row(event: Event, *, position: int, version: int) -> dict[str, object]:
    """Return an event as a row of the frame, at a place it might get; its words are left out."""
    fields = {each.name: getattr(event, each.name) for each in frame.own_fields(type(event))}
    filled = {name: getattr(event, name) for name in frame.ENVELOPE} | {
        "position": position,
        "version": version,
        "topic": event.TOPIC,
        "schema": event.SCHEMA,
        "body": msgspec.json.encode(fields, enc_hook=lambda _words: "").decode(),
    }
    return {name: filled[name] for name in frame.FRAME}
