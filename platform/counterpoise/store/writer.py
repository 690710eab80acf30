"""One writer at a time: many commands a transaction, visible before they are acknowledged."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import NamedTuple

from counterpoise.domain.refusals import Refusal
from counterpoise.store.database import (
    MOST_BYTES,
    MOST_EVENTS,
    Clash,
    ConnectionLost,
    Database,
    Kept,
    StoreFailed,
    Transaction,
    append,
    log_closed,
)
from counterpoise.store.mapper import Closed

MOST_WAITING = 5_000
"""Commands that may wait for the writer; beyond them a command is refused at once."""

ATTEMPTS = 5
"""How often a command is decided before it is told that others were faster each time."""

PATIENCE = 10.0
"""Seconds for which the writer looks for a database that went away, before it tells its callers."""

LINGER = 0.001
"""Seconds for which the writer waits for the callers it has just answered, if there are several."""

_PAUSE = 0.05

logger = logging.getLogger(__name__)


class TooContended(Refusal):
    """Others kept changing what this command depends on."""

    rule = "too-contended"


class TooBusy(Refusal):
    """So many commands are waiting that this one was not taken."""

    rule = "too-busy"


class Entry(NamedTuple):
    """One command's share of a submission: its receipt, and the `events` rows from `start` that are its own."""

    receipt: bytes
    body: bytes
    start: int
    events: int
    result: str


class Recording(NamedTuple):
    """Events that were committed, the first of them at `position`."""

    position: int
    events: Sequence[Closed]


class Written(NamedTuple):
    """The submission was committed; its first row has this position."""

    position: int


@dataclass(frozen=True)
class Moved:
    """A stream that the submission depends on has moved; nothing was stored."""

    stream: str


@dataclass(frozen=True)
class Repeated:
    """Commands of the submission were recorded before, under these receipts; nothing was stored."""

    kept: Sequence[Kept]


Answer = Written | Moved | Repeated


class Submission:
    """Events to be stored whole or not at all, if the streams they depend on are still at `expected` versions."""

    __slots__ = ("_answer", "_done", "_failure", "entries", "events", "expected", "rows", "size", "tried")

    def __init__(
        self, *, entries: Sequence[Entry], events: Sequence[Closed], expected: Mapping[str, int]
    ) -> None:
        self.entries = entries
        self.events = events
        self.expected = expected
        self.rows = [event.row for event in events]
        self.size = sum([len(row.state) for row in self.rows])
        self.tried = False
        self._answer: Answer | None = None
        self._failure: Callable[[], Exception] | None = None
        self._done = Lock()
        self._done.acquire()

    def resolve(self, answer: Answer) -> None:
        """Tell whoever waits what became of it."""
        self._answer = answer
        self._done.release()

    def fail(self, failure: Callable[[], Exception]) -> None:
        """Tell whoever waits why it was not acknowledged."""
        self._failure = failure
        self._done.release()

    def wait(self) -> Answer:
        """Return what became of the submission, or raise why it was not acknowledged."""
        with self._done:
            if self._failure is not None:
                raise self._failure()
            assert self._answer is not None
            return self._answer


class Writer:
    """Takes submissions from any thread and commits them in order, as many at once as wait (group commit).

    Who comes alone commits in their own thread, under the same lock: two changes of threads cost as much as a
    commit. `publish` is called with every commit, one at a time, before its callers hear of it.
    """

    def __init__(self, database: Database, publish: Callable[[int, Sequence[Recording]], None]) -> None:
        self._database = database
        self._publish = publish
        self._queue: SimpleQueue[Submission | None] = SimpleQueue()
        self._next: Submission | None = None
        self._lock = Lock()
        self._recording = Lock()
        self._thread: Thread | None = None
        self._closed = False
        self._callers = 1

    @property
    def waiting(self) -> int:
        """How many submissions wait for the next transaction."""
        return self._queue.qsize() + (self._next is not None)

    def record(self, submission: Submission) -> Answer:
        """Return what became of a submission, in this thread if nobody else writes. TooBusy if too many wait."""
        with self._lock:
            waiting = self._check()
            alone = self._callers == 1 and not waiting and self._recording.acquire(blocking=False)
            if not alone:
                self._enqueue(submission)
        if alone:
            try:
                self._record([submission])
                self._callers = 1 + self.waiting
            finally:
                self._recording.release()
        return submission.wait()

    def submit(self, submission: Submission) -> Submission:
        """Queue a submission and return at once. TooBusy if too many wait."""
        with self._lock:
            self._check()
            self._enqueue(submission)
        return submission

    def close(self) -> None:
        """Record what waits, then stop."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
            self._queue.put(None)
        if thread is not None:
            thread.join()
        with self._recording:
            pass

    def _check(self) -> int:
        """Return how many submissions wait, if one more may."""
        if self._closed:
            raise log_closed()
        waiting = self.waiting
        if waiting >= MOST_WAITING:
            raise TooBusy(
                f"{MOST_WAITING} commands are waiting to be recorded. This one was not recorded.",
                owner="operator",
                remedy="Send it again in a moment.",
            )
        return waiting

    def _enqueue(self, submission: Submission) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="counterpoise-writer", daemon=True)
            self._thread.start()
        self._queue.put(submission)

    def _run(self) -> None:
        while (following := self._next or self._queue.get()) is not None:
            self._next = following
            with self._recording:
                batch = self._batch(following)
                self._record(batch)
                self._callers = len(batch) + self.waiting

    def _batch(self, first: Submission) -> list[Submission]:
        """Return a submission with those behind it that share its transaction."""
        batch, events, size = [first], len(first.rows), first.size
        deadline = monotonic() + LINGER
        while True:
            self._next = self._following(deadline if len(batch) < self._callers else 0)
            if self._next is None:
                return batch
            events, size = events + len(self._next.rows), size + self._next.size
            if events > MOST_EVENTS or size > MOST_BYTES:
                return batch
            batch.append(self._next)

    def _following(self, deadline: float) -> Submission | None:
        """Return the next submission, if one comes by the deadline."""
        try:
            following = self._queue.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            return None
        if following is None:
            self._queue.put(None)
        return following

    def _record(self, batch: Sequence[Submission]) -> None:
        """Commit a batch and answer its callers; if it cannot be committed together, one by one."""
        try:
            answers = self._commit(batch)
        except StoreFailed as why:
            for submission in batch:
                submission.fail(_failure(why))
        except Exception as why:  # noqa: BLE001  whatever it is, the callers hear of it and the writer lives on
            if len(batch) > 1:
                for submission in batch:
                    self._record([submission])
            else:
                batch[0].fail(_failure(why))
        else:
            for submission, answer in zip(batch, answers, strict=True):
                submission.resolve(answer)

    def _commit(self, batch: Sequence[Submission]) -> list[Answer]:
        """Commit what of the batch can be, publish it, and return each one's answer.

        Receipts are looked for only when one is taken, or when a lost connection left open what was committed:
        the transaction is then run again, and finds them.
        """
        deadline = monotonic() + PATIENCE
        wary = False
        while True:
            try:
                trial = self._database.write(partial(_Trial, batch, wary))
            except Clash:
                if wary:
                    raise
            except ConnectionLost as why:
                for submission in batch:
                    submission.tried = True
                if monotonic() > deadline:
                    raise StoreFailed(
                        "The database went away, so it is not known whether this was recorded.",
                        owner="operator",
                        remedy="Send it again under the same key: it is recorded once.",
                    ) from why
                sleep(_PAUSE)
            else:
                self._show(trial)
                return trial.answers
            wary = True

    def _show(self, trial: "_Trial") -> None:
        """Publish what is committed; a view that cannot be brought up to date does not undo that."""
        try:
            self._publish(trial.size_before, trial.recordings)
        except Exception:
            logger.exception("What was recorded after position %d could not be shown.", trial.size_before)


class _Trial:
    """One run of a batch inside a transaction: who is accepted, and what is stored of it."""

    def __init__(self, batch: Sequence[Submission], wary: bool, transaction: Transaction) -> None:  # noqa: FBT001
        receipts = [entry.receipt for each in batch for entry in each.entries] if wary else ()
        self._kept = transaction.kept(receipts) if wary else {}
        frontier, self._heads = transaction.standing({stream for each in batch for stream in each.expected})
        self.size_before = frontier.size
        self._next = frontier.size + 1
        self._fresh: list[Kept] = []
        self.recordings: list[Recording] = []
        self.answers = [self._judged(each) for each in batch]
        rows = [event.row for recording in self.recordings for event in recording.events]
        if rows:
            append(transaction, frontier, rows)
        if self._fresh:
            transaction.keep(self._fresh)

    def _judged(self, submission: Submission) -> Answer:
        found = [self._kept[entry.receipt] for entry in submission.entries if entry.receipt in self._kept]
        if found:
            return Repeated(found)
        for stream, version in submission.expected.items():
            if self._heads.get(stream, 0) != version:
                return Moved(stream)
        return self._accepted(submission)

    def _accepted(self, submission: Submission) -> Written:
        position = self._next
        self._next += len(submission.rows)
        for entry in submission.entries:
            first = position + entry.start if entry.events else 0
            kept = Kept(entry.receipt, entry.body, first, entry.events, entry.result)
            self._kept[entry.receipt] = kept
            self._fresh.append(kept)
        if submission.rows:
            for row in submission.rows:
                self._heads[row.stream] = row.version
            self.recordings.append(Recording(position, submission.events))
        return Written(position)


def too_contended(attempts: int) -> TooContended:
    """Return the refusal of a command that was overtaken at each of its attempts."""
    return TooContended(
        f"Others were faster {attempts} times. This was not recorded.",
        owner="you",
        remedy="Look at what has changed, and send it again.",
    )


def _failure(why: Exception) -> Callable[[], Exception]:
    """Return what makes the exception to raise in each caller's own thread."""
    if isinstance(why, StoreFailed):
        return lambda: StoreFailed(why.sentence, owner=why.owner, remedy=why.remedy)

    def told() -> Exception:
        failed = StoreFailed(
            f"This could not be recorded: {why}", owner="operator", remedy="See the log of the program."
        )
        failed.__cause__ = why
        return failed

    return told
