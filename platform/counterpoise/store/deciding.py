"""How a command is decided: on what was recorded before, once for its key, again where others were faster."""

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import sleep
from typing import NamedTuple

from counterpoise.domain.events import Event
from counterpoise.domain.refusals import Refusal
from counterpoise.store.database import Database, Kept, Row
from counterpoise.store.drafts import Drafts, Share
from counterpoise.store.mapper import Words
from counterpoise.store.reading import Reading, Streams
from counterpoise.store.turns import Turns
from counterpoise.store.writer import ATTEMPTS, Moved, Repeated, Submission, Writer, Written, too_contended

_APART = 0.01  # seconds at most that those who were overtaken by another process let pass


class KeyReused(Refusal):
    """This key was used before, for another command."""

    rule = "key-reused"


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


class Receipt(NamedTuple):
    """What became of a command: the position of its first event (0: it has none), its events' ids, its result."""

    position: int
    events: tuple[str, ...]
    result: str
    repeated: bool = False


Decision = Callable[[Reading], Outcome]


class _Asked(NamedTuple):
    """A command as the log remembers it: 24 bytes of its key, 24 of its body, and whether it may be repeated."""

    receipt: bytes
    body: bytes
    keyed: bool


class Decider:
    """Decides commands, from any thread."""

    def __init__(
        self, database: Database, *, streams: Streams, writer: Writer, drafts: Drafts, words: Words
    ) -> None:
        self._database = database
        self._streams = streams
        self._writer = writer
        self._drafts = drafts
        self._words = words
        self._turns = Turns()

    def decide(self, command: Command, decision: Decision) -> Receipt:
        """Record what `decision` comes to. This is the one place where a command is decided again.

        Who was overtaken waits for a turn among those who were, so that a crowd on one stream goes by in line.
        """
        asked = self._asked(command)
        answer = self._attempt(asked, decision, fresh=False)
        if isinstance(answer, Receipt):
            return answer
        with self._turns.turn(answer.stream):
            for _ in range(1, ATTEMPTS):
                answer = self._attempt(asked, decision, fresh=True)
                if isinstance(answer, Receipt):
                    return answer
                sleep(random.uniform(0, _APART))  # noqa: S311  parts those who clash; no secret
        raise too_contended(ATTEMPTS)

    def _asked(self, command: Command) -> _Asked:
        if not command.key:
            return _Asked(self._words.receipt(os.urandom(16).hex()), b"", keyed=False)
        body = self._words.receipt(f"body\0{command.key}\0{command.body}")
        return _Asked(self._words.receipt(command.key), body, keyed=True)

    def _attempt(self, asked: _Asked, decision: Decision, *, fresh: bool) -> Receipt | Moved:
        """Decide and record once; Moved if what was read has moved, or others wait for a stream it depends on."""
        reading = Reading(self._streams, fresh=fresh)
        try:
            outcome = decision(reading)
            reading.look([event.stream for event in outcome.events])
            share = Share(asked.receipt, asked.body, outcome.events, outcome.result)
            submission = self._drafts.submission([share], reading.versions)
        except Exception:
            if asked.keyed and (kept := self._database.kept([asked.receipt])):
                return self._repeat(kept[asked.receipt], asked)
            if moved := reading.moved():
                return Moved(moved)
            raise
        if not outcome.events and not asked.keyed:
            moved = reading.moved()
            return Moved(moved) if moved else Receipt(0, (), outcome.result)
        if not fresh and (busy := self._turns.busy(submission.expected)):
            return Moved(busy)
        return self._recorded(submission, asked)

    def _recorded(self, submission: Submission, asked: _Asked) -> Receipt | Moved:
        answer = self._writer.record(submission)
        if isinstance(answer, Repeated):
            return self._repeat(answer.kept[0], asked, submission)
        if isinstance(answer, Written):
            self._streams.advance(submission.rows)
            return _receipt(answer, submission)
        return answer

    def _repeat(self, kept: Kept, asked: _Asked, submission: Submission | None = None) -> Receipt:
        """Return what the command came to when it was first recorded, perhaps a moment ago by this very call."""
        if kept.body != asked.body:
            raise KeyReused(
                "This key was used before, for another command. This one was not recorded.",
                owner="you",
                remedy="Send it under a key of its own.",
            )
        before = kept.position - 1
        rows = list(self._database.rows(before, before + kept.events)) if kept.events else []
        just_now = submission is not None and submission.tried and _same(submission, rows)
        events = tuple(f"{row.stream}#{row.version}" for row in rows)
        return Receipt(kept.position, events, kept.result, repeated=not just_now)


def _receipt(written: Written, submission: Submission) -> Receipt:
    (entry,) = submission.entries
    rows = submission.rows[entry.start :]
    events = tuple([f"{row.stream}#{row.version}" for row in rows])
    return Receipt(written.position + entry.start if rows else 0, events, entry.result)


def _same(submission: Submission, rows: Sequence[Row]) -> bool:
    """Whether stored rows are those of the submission: their salts are random, so no others have their bytes."""
    (entry,) = submission.entries
    return [row.state for row in submission.rows[entry.start :]] == [row.state for row in rows]
