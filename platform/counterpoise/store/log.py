"""The log: one way in for every fact, decided on what was recorded before, and every way of reading it back."""

import logging
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from time import sleep
from typing import NamedTuple, Self

import polars as pl

from counterpoise.domain.events import Event
from counterpoise.domain.refusals import Refusal
from counterpoise.store import tree
from counterpoise.store.database import Database, Kept, Row
from counterpoise.store.drafts import Drafts, Share
from counterpoise.store.frames import Frames
from counterpoise.store.mapper import Mapper, Unreadable, Words
from counterpoise.store.reading import Evolve, Reading, Recorded, Streams
from counterpoise.store.writer import Recording, Repeated, Submission, Writer, Written

ATTEMPTS = 5
"""How often a command is decided before it is told that others were faster each time."""

logger = logging.getLogger(__name__)


class KeyReused(Refusal):
    """This key was used before, for another command."""

    rule = "key-reused"


class TooContended(Refusal):
    """Others kept changing what this command depends on."""

    rule = "too-contended"


class NoKeyStore(Refusal):
    """Nothing is recorded without the key store: words could not be closed, nor repeats known."""

    rule = "no-key-store"


@dataclass(frozen=True)
class Command:
    """What a caller asks to have recorded once: its `key`, and the `body` that a repeat must carry again.

    An empty key is that of a command which is never repeated.
    """

    key: str = ""
    body: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a decision comes to: the events to record, and the answer to give, now and to every repeat.

    The result is kept with the receipt for ever, in the clear: ids and figures, never anybody's words.
    """

    events: Sequence[Event]
    result: str = ""


@dataclass(frozen=True)
class Receipt:
    """What became of a command: the position of its first event (0: it has none), its events' ids, its result."""

    position: int
    events: tuple[str, ...]
    result: str
    repeated: bool = False


class Quarantined(NamedTuple):
    """A stored event that cannot be read, and why. It stays in the log and in its proofs."""

    position: int
    event_id: str
    why: str


Decision = Callable[[Reading], Outcome]
Subscriber = Callable[[Sequence[Recorded]], None]


class Log:
    """An append-only log of events in one database. Every method may be called from any thread.

    `words` closes and opens sealed fields; without it the log can be read, and closed words stay closed.
    """

    def __init__(self, database: Database, *, mapper: Mapper, evolve: Evolve, words: Words | None) -> None:
        self._database = database
        self._mapper = mapper
        self._words = words
        self._drafts = Drafts(database, mapper, words) if words else None
        self._streams = Streams(database, mapper, evolve)
        self._frames = Frames(database, mapper, self._quarantine)
        self._writer = Writer(database, self._publish)
        self._subscribers: list[Subscriber] = []
        self._published = 0
        self._lock = Lock()
        self.quarantined: dict[int, Quarantined] = {}

    @property
    def store_id(self) -> str:
        """The id this store was given when it was made."""
        return self._database.store_id

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
        words, drafts = self._recording()
        key = command.key or os.urandom(16).hex()
        receipt = words.receipt(key)
        body = words.receipt(f"body\0{key}\0{command.body}") if command.key else b""
        for attempt in range(ATTEMPTS):
            if attempt:
                sleep(random.uniform(0, 0.002 * 2**attempt))  # noqa: S311  parts those who clash; no secret
            reading = Reading(self._streams, fresh=attempt > 0)
            try:
                outcome = decision(reading)
                share = Share(receipt, body, outcome.events, outcome.result)
                submission = drafts.submission([share], reading.versions)
            except Exception:
                if command.key and (kept := self._database.kept([receipt])):
                    return self._repeat(kept[receipt], body)
                if reading.moved():
                    continue
                raise
            answer = self._writer.submit(submission).wait()
            if isinstance(answer, Repeated):
                return self._repeat(answer.kept[0], body, submission)
            if isinstance(answer, Written):
                self._streams.advance(submission.rows)
                return _receipt(answer, submission)
        raise TooContended(
            f"Others were faster {ATTEMPTS} times. This was not recorded.",
            owner="you",
            remedy="Look at what has changed, and send it again.",
        )

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

    def history(self, stream: str) -> list[Recorded]:
        """Return the events of a stream, in order; Unreadable if one is."""
        return self._streams.history(stream)

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

    def _within(self, position: int | None) -> int:
        size = self.size()
        return size if position is None else max(0, min(position, size))

    def _recording(self) -> tuple[Words, Drafts]:
        if self._words is None or self._drafts is None:
            raise NoKeyStore(
                "This log was opened without its key store, for reading alone.",
                owner="operator",
                remedy="Open it with its key store.",
            )
        return self._words, self._drafts

    def _repeat(self, kept: Kept, body: bytes, submission: Submission | None = None) -> Receipt:
        """Return what the command came to when it was first recorded, perhaps a moment ago by this very call."""
        if kept.body != body:
            raise KeyReused(
                "This key was used before, for another command. This one was not recorded.",
                owner="you",
                remedy="Send it under a key of its own.",
            )
        rows = (
            list(self._database.rows(kept.position - 1, kept.position - 1 + kept.events))
            if kept.events
            else []
        )
        just_now = submission is not None and submission.tried and _same(submission, rows)
        events = tuple(f"{row.stream}#{row.version}" for row in rows)
        return Receipt(kept.position, events, kept.result, repeated=not just_now)

    def _publish(self, size_before: int, recordings: Sequence[Recording]) -> None:
        """Show the subscribers what was recorded: first by others up to `size_before`, then by this process."""
        self._streams.grown(size_before, sum(len(recording.events) for recording in recordings))
        if not self._subscribers:
            return
        with self._lock:
            batch = list(self.read(self._published, size_before)) if self._published < size_before else []
            own = [each for recording in recordings for each in _recorded(recording)]
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

    def _quarantine(self, position: int, event_id: str, why: str) -> None:
        if position not in self.quarantined:
            self.quarantined[position] = Quarantined(position, event_id, why)
            logger.error("Event %s at position %d cannot be read: %s", event_id, position, why)


def _receipt(written: Written, submission: Submission) -> Receipt:
    (entry,) = submission.entries
    rows = submission.rows[entry.start :]
    events = tuple(f"{row.stream}#{row.version}" for row in rows)
    return Receipt(written.position + entry.start if rows else 0, events, entry.result)


def _same(submission: Submission, rows: Sequence[Row]) -> bool:
    """Whether stored rows are those of the submission: their salts are random, so no others have their bytes."""
    (entry,) = submission.entries
    return [row.state for row in submission.rows[entry.start :]] == [row.state for row in rows]


def _recorded(recording: Recording) -> Iterator[Recorded]:
    for position, (row, event, receipt, _) in enumerate(recording.events, start=recording.position):
        yield Recorded(position, row.stream, row.version, event, receipt)
