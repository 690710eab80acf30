"""The log: one way in for every fact, decided on what was recorded before, and every way of reading it back."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, NamedTuple, Self

import polars as pl

from counterpoise.domain.events import Event
from counterpoise.domain.refusals import Refusal
from counterpoise.store import tree, verifying
from counterpoise.store.bulk import Bulk, Imported, Key, Told
from counterpoise.store.database import Database, Row, StoreFailed, Watch
from counterpoise.store.deciding import Command, Decider, Decision, KeyReused, Outcome, Receipt
from counterpoise.store.drafts import Drafts
from counterpoise.store.frames import Frames
from counterpoise.store.mapper import Encoded, Mapper, Unreadable, Words
from counterpoise.store.reading import Evolve, Reading, Recorded, Streams
from counterpoise.store.writer import Recording, TooBusy, TooContended, Writer

__all__ = [
    "Command",
    "Decision",
    "Imported",
    "KeyReused",
    "Log",
    "NoKeyStore",
    "Outcome",
    "Quarantined",
    "Reading",
    "Receipt",
    "Recorded",
    "Row",
    "StoreFailed",
    "TooBusy",
    "TooContended",
]

logger = logging.getLogger(__name__)


class NoKeyStore(Refusal):
    """Nothing is recorded without the key store: words could not be closed, nor repeats known."""

    rule = "no-key-store"


class Quarantined(NamedTuple):
    """A stored event that cannot be read, and why. It stays in the log and in its proofs."""

    position: int
    event_id: str
    why: str


class _Recorder(NamedTuple):
    """What recording takes beyond reading."""

    words: Words
    drafts: Drafts
    decider: Decider


Subscriber = Callable[[Sequence[Recorded]], None]


class Log:
    """An append-only log of events in one database. Every method may be called from any thread.

    `words` closes and opens sealed fields; without it the log can be read, and closed words stay closed.
    """

    def __init__(self, database: Database, *, mapper: Mapper, evolve: Evolve, words: Words | None) -> None:
        self._database = database
        self._mapper = mapper
        self._streams = Streams(database, mapper, evolve)
        self._frames = Frames(database, mapper, self._quarantine)
        self._writer = Writer(database, self._publish)
        self._recorder: _Recorder | None = None
        if words is not None:
            drafts = Drafts(database, mapper, words)
            decider = Decider(
                database, streams=self._streams, writer=self._writer, drafts=drafts, words=words
            )
            self._recorder = _Recorder(words, drafts, decider)
        self._subscribers: list[Subscriber] = []
        self._published = 0
        self._lock = Lock()
        self.quarantined: dict[int, Quarantined] = {}

    @property
    def store_id(self) -> str:
        """The id this store was given when it was made."""
        return self._database.store_id

    def settings(self) -> dict[str, str]:
        """Return what the safety of the log rests on where it is kept: setting to value."""
        return self._database.settings()

    def close(self) -> None:
        """Record what waits, then let go of the database."""
        self._writer.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Recording

    def decide(self, command: Command, decision: Decision) -> Receipt:
        """Record what `decision` comes to: once for the command's key, on streams that did not move meanwhile.

        `decision` may be called several times and depends on its reading alone. What it raises is passed on,
        unless what it read has moved: then it is asked again. KeyReused, TooContended, TooBusy, StoreFailed:
        nothing was acknowledged.
        """
        return self._recording().decider.decide(command, decision)

    def append_many(
        self, commands: Iterable[tuple[Key, Event | Encoded]], told: Told = lambda _: None
    ) -> Imported:
        """Record the event of each (key, event), in order, each key once; return how many there were.

        What is known already is counted and left. Transactions are of at most 4,000 events; cut short, it goes on
        where it was when it is called again with the same keys. `told` hears how far it is after each.
        TooContended, TooBusy, StoreFailed: what was counted by then is recorded.
        """
        recording = self._recording()
        bulk = Bulk(self._database, self._writer, recording.drafts, recording.words, told)
        return bulk.append(commands)

    def subscribe(self, subscriber: Subscriber) -> int:
        """Have `subscriber` called with every event recorded from now on, and return the position before them.

        It is called in the writer's thread, before the callers hear of their events, each event once and in
        order; with it the events other processes recorded meanwhile. It must be quick.
        """
        with self._lock:
            if not self._subscribers:
                self._published = self.size()
            self._subscribers.append(subscriber)
            return self._published

    # Reading

    def size(self) -> int:
        """Return how many events there are: the position of the last."""
        return self._database.frontier().size

    def read(self, after: int = 0, upto: int | None = None) -> Iterator[Recorded]:
        """Yield the events at positions after < position <= upto; those that cannot be read are quarantined."""
        for row in self.stored(after, upto):
            try:
                yield self._streams.recorded(row)
            except Unreadable as why:
                self._quarantine(row.position, f"{row.stream}#{row.version}", str(why))

    def stored(self, after: int = 0, upto: int | None = None) -> Iterator[Row]:
        """Yield the same events as they are stored: position, stream, version, topic, exact bytes."""
        return self._database.rows(after, self._within(upto))

    def frame(self, upto: int | None = None) -> pl.LazyFrame:
        """Return the log as one frame (`counterpoise.frame.FRAME`), bodies in the current schema."""
        return self._frames.upto(self._within(upto))

    def state(self, stream: str) -> Any:  # noqa: ANN401  a state of the stream's kind
        """Return the folded state of a stream as it stands, None if it has no event; Unreadable if one is."""
        return self._streams.folded(stream, fresh=True)[1]

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream, in order; Unreadable if one is."""
        return self._streams.history(stream)

    def watch(self) -> Watch:
        """Begin to watch for what is recorded, by other processes too; `Follower` reads it."""
        return self._database.watch()

    # Proving

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the tree over the first `size` events (all): 32 bytes."""
        return tree.root_of(self._within(size), self._database)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the inclusion proof of the event at position `index + 1` in the tree of `size` events."""
        return tree.inclusion(index, self._within(size), self._database)

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Return the proof that the tree of `second` events extends that of `first`."""
        return tree.consistency(first, self._within(second), self._database)

    def verify(self, told: verifying.Told = lambda _done, _of: None) -> verifying.Verification:
        """Look at every event, leaf, tile and receipt, and return what was found; about ten seconds a million.

        `told` hears how many events have been looked at, of how many. StoreFailed if the store cannot be read.
        """
        return verifying.Verifier(self._database, self._mapper, told).verify()

    def _within(self, position: int | None) -> int:
        size = self.size()
        return size if position is None else max(0, min(position, size))

    def _recording(self) -> _Recorder:
        if self._recorder is None:
            raise NoKeyStore(
                "This log was opened without its key store, for reading alone.",
                owner="operator",
                remedy="Open it with its key store.",
            )
        return self._recorder

    def _publish(self, size_before: int, recordings: Sequence[Recording]) -> None:
        """Show the subscribers what was recorded: first by others up to `size_before`, then by this process."""
        self._streams.grown(size_before, sum(len(recording.events) for recording in recordings))
        if not self._subscribers:
            return
        with self._lock:
            batch = list(self.read(self._published, size_before)) if self._published < size_before else []
            own = [each for recording in recordings for each in self._recorded(recording)]
            batch += [each for each in own if each.position > self._published]
            self._published = max(self._published, size_before + len(own))
            subscribers = list(self._subscribers)
        if batch:
            for subscriber in subscribers:
                self._show(subscriber, batch)

    def _show(self, subscriber: Subscriber, batch: Sequence[Recorded]) -> None:
        try:
            subscriber(batch)
        except Exception:
            with self._lock:
                self._subscribers.remove(subscriber)
            logger.exception("A view failed at position %d and is shown nothing more.", batch[0].position)

    def _recorded(self, recording: Recording) -> Iterator[Recorded]:
        for position, (row, event, receipt, _) in enumerate(recording.events, start=recording.position):
            if event is None:
                yield self._streams.recorded(Row(position, *row[:4]))
            else:
                yield Recorded(position, row.stream, row.version, event, receipt)

    def _quarantine(self, position: int, event_id: str, why: str) -> None:
        if position not in self.quarantined:
            self.quarantined[position] = Quarantined(position, event_id, why)
            logger.error("Event %s at position %d cannot be read: %s", event_id, position, why)
