"""What a decision reads: states of streams, folded once and kept, and the version of each at that moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from counterpoise.domain.events import Event
from counterpoise.store.database import Database, Row, Stored
from counterpoise.store.mapper import Mapper

MOST_STREAMS = 10_000
"""Streams of which the state is kept; the one that was first read makes room."""

ALONE_AFTER = 20
"""Commits in a row between which nobody else wrote, after which this process takes itself for alone."""

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


class _Seen(NamedTuple):
    """What is known of a stream: its last version, and its state as folded up to `version`."""

    head: int = 0
    version: int = 0
    state: Any = None


_UNSEEN = _Seen()


class Streams:
    """The streams of one log as they stand; each is folded from where it was last read.

    While no other process writes, what this one knows is taken for what is stored, and no read is needed. That
    is a guess, and a safe one: the versions a command depends on are checked again when it is committed.
    """

    def __init__(self, database: Database, mapper: Mapper, evolve: Evolve) -> None:
        self._database = database
        self._mapper = mapper
        self._evolve = evolve
        self._lock = Lock()
        self._seen: dict[str, _Seen] = {}
        self._size = -1
        self._alone = 0

    def folded(self, stream: str, *, fresh: bool) -> tuple[int, Any]:
        """Return the version of a stream and its state; 0 and None if it has no event."""
        seen = self._seen.get(stream, _UNSEEN)
        if seen.version and seen.version == seen.head and self._trusted(fresh=fresh):
            return seen.version, seen.state
        version, state = seen.version, seen.state
        for row in self._database.stream(stream, after=version):
            version, state = row.version, self._evolve(state, self.recorded(row).event)
        self._see(stream, _Seen(version, version, state))
        return version, state

    def heads(self, streams: Sequence[str], *, fresh: bool) -> dict[str, int]:
        """Return the version of each stream, 0 if it has no event."""
        if self._trusted(fresh=fresh):
            known = {stream: self._seen.get(stream, _UNSEEN).head for stream in streams}
            if all(known.values()):
                return known
        found = self._database.heads(streams)
        heads = {stream: found.get(stream, 0) for stream in streams}
        for stream, head in heads.items():
            self._see(stream, self._seen.get(stream, _UNSEEN)._replace(head=head))
        return heads

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream."""
        return [self.recorded(row) for row in self._database.stream(stream)]

    def moved(self, versions: Mapping[str, int]) -> str | None:
        """Return one of the streams that is no longer at this version."""
        heads = self._database.heads(versions) if versions else {}
        return next((stream for stream, at in versions.items() if heads.get(stream, 0) != at), None)

    def recorded(self, row: Row) -> Recorded:
        """Return the event of a stored row; Unreadable if it is none: no decision is made on a part of a stream."""
        position, stream, version, topic, state = row
        event, receipt = self._mapper.to_event(stream=stream, version=version, topic=topic, state=state)
        return Recorded(position, stream, version, event, receipt)

    def grown(self, size_before: int, events: int) -> None:
        """Take note that this process committed `events` to a log of `size_before`: others wrote if it had fewer."""
        self._alone = self._alone + events if size_before == self._size else 0
        self._size = size_before + events

    def advance(self, rows: Iterable[Stored]) -> None:
        """Take note of what this process has committed."""
        for stream, version, topic, state, _ in rows:
            seen = self._seen.get(stream, _UNSEEN)
            if seen.version == version - 1 and seen.version:
                event = self._mapper.to_event(stream=stream, version=version, topic=topic, state=state).event
                self._see(stream, _Seen(max(version, seen.head), version, self._evolve(seen.state, event)))
            elif seen.head < version:
                self._see(stream, _Seen(version, seen.version, seen.state))

    def _trusted(self, *, fresh: bool) -> bool:
        return self._alone > ALONE_AFTER and not fresh

    def _see(self, stream: str, seen: _Seen) -> None:
        with self._lock:
            self._seen[stream] = seen
            if len(self._seen) > MOST_STREAMS:
                del self._seen[next(iter(self._seen))]


class Reading:
    """One decision's view of the log. Remembers the version of every stream it looked at."""

    def __init__(self, streams: Streams, *, fresh: bool = True) -> None:
        self._streams = streams
        self._fresh = fresh
        self._states: dict[str, Any] = {}
        self.versions: dict[str, int] = {}

    def state(self, stream: str) -> Any:  # noqa: ANN401  a state of the stream's kind
        """Return the folded state of a stream, None if it has no event; the same however often it is asked."""
        if stream not in self._states:
            version, self._states[stream] = self._streams.folded(stream, fresh=self._fresh)
            self._remember(stream, version)
        return self._states[stream]

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream, in order."""
        events = self._streams.history(stream)
        self._remember(stream, len(events))
        return events

    def version(self, stream: str) -> int:
        """Return how many events a stream has."""
        self.look([stream])
        return self.versions[stream]

    def look(self, streams: Iterable[str]) -> None:
        """Remember the versions of these streams too."""
        unseen = [stream for stream in dict.fromkeys(streams) if stream not in self.versions]
        if unseen:
            self.versions.update(self._streams.heads(unseen, fresh=self._fresh))

    def moved(self) -> str | None:
        """Return one of the streams looked at that has moved since."""
        return self._streams.moved(self.versions)

    def _remember(self, stream: str, version: int) -> None:
        """Remember the first version seen: if the stream moved meanwhile, the decision is made again."""
        self.versions.setdefault(stream, version)
