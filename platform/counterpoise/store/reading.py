"""What a decision reads: states of streams, folded once and kept, and the version of each at that moment."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple

from counterpoise.domain.events import Event
from counterpoise.store.database import Database, Row
from counterpoise.store.mapper import Mapper

MOST_STATES = 10_000
"""Streams whose folded states are kept; the least recently read makes room."""

Evolve = Callable[[Any, Event], Any]
"""(state or None, event) -> state. States are immutable, so that many decisions may share one."""


class Recorded(NamedTuple):
    """An event in its place: position in the log and version in its stream, both from 1, and its command's receipt."""

    position: int
    stream: str
    version: int
    event: Event
    receipt: str

    @property
    def event_id(self) -> str:
        """The name of the event that people follow."""
        return f"{self.stream}#{self.version}"


class Streams:
    """The streams of one log as they stand; each is folded from where it was last read."""

    def __init__(self, database: Database, mapper: Mapper, evolve: Evolve) -> None:
        self._database = database
        self._mapper = mapper
        self._evolve = evolve
        self._lock = Lock()
        self._folded: dict[str, tuple[int, Any]] = {}

    def folded(self, stream: str) -> tuple[int, Any]:
        """Return the version of a stream and its state; 0 and None if it has no event."""
        version, state = self._folded.get(stream, (0, None))
        for row in self._database.stream(stream, after=version):
            version, state = row.version, self._evolve(state, self.recorded(row).event)
        if version:
            self._keep(stream, version, state)
        return version, state

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream."""
        return [self.recorded(row) for row in self._database.stream(stream)]

    def heads(self, streams: Sequence[str]) -> dict[str, int]:
        """Return the versions of streams that have events."""
        return self._database.heads(streams)

    def recorded(self, row: Row) -> Recorded:
        """Return the event of a stored row; Unreadable if it is none: no decision is made on a part of a stream."""
        position, stream, version, topic, state = row
        event, receipt = self._mapper.to_event(stream=stream, version=version, topic=topic, state=state)
        return Recorded(position, stream, version, event, receipt)

    def _keep(self, stream: str, version: int, state: Any) -> None:  # noqa: ANN401  a state of any kind
        with self._lock:
            if self._folded.get(stream, (0, None))[0] <= version:
                self._folded.pop(stream, None)
                self._folded[stream] = version, state
            if len(self._folded) > MOST_STATES:
                del self._folded[next(iter(self._folded))]


class Reading:
    """One decision's view of the log. Remembers the version of every stream it looked at."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._states: dict[str, Any] = {}
        self.versions: dict[str, int] = {}

    def state(self, stream: str) -> Any:  # noqa: ANN401  a state of the stream's kind
        """Return the folded state of a stream, None if it has no event; the same however often it is asked."""
        if stream not in self._states:
            version, state = self._streams.folded(stream)
            self._see(stream, version)
            self._states[stream] = state
        return self._states[stream]

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream, in order."""
        events = self._streams.history(stream)
        self._see(stream, len(events))
        return events

    def version(self, stream: str) -> int:
        """Return how many events a stream has."""
        if stream not in self.versions:
            self._see(stream, self._streams.heads([stream]).get(stream, 0))
        return self.versions[stream]

    def moved(self) -> bool:
        """Whether any stream looked at has moved since."""
        if not self.versions:
            return False
        heads = self._streams.heads(list(self.versions))
        return any(heads.get(stream, 0) != version for stream, version in self.versions.items())

    def _see(self, stream: str, version: int) -> None:
        """Remember the first version seen: if the stream moved meanwhile, the decision is made again."""
        self.versions.setdefault(stream, version)
