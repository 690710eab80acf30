"""Many commands at once, each with its own receipt: what an import records, quickly and only once."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import polars as pl

from counterpoise.domain.events import Event
from counterpoise.frame import FRAME, body_types
from counterpoise.store.database import MOST_BYTES, MOST_EVENTS, Database
from counterpoise.store.drafts import Drafts, Share
from counterpoise.store.mapper import Encoded, Unrecordable, Words
from counterpoise.store.writer import ATTEMPTS, Submission, Writer, Written, too_contended

TOGETHER = 8
"""How many times what ordinary commands may share goes into one transaction: each costs a wait for the disk.

The write lock is held for a tenth of a second at most; no statement is larger than others are.
"""

UNDER_WAY = 2
"""Batches that may wait for the disk while the next is made ready."""

_FULL = 0.95  # of the most bytes; batches are sized by the average event so far


@dataclass(frozen=True)
class Imported:
    """How far a bulk append has come: events it recorded, and commands that were recorded before."""

    recorded: int = 0
    repeated: int = 0


Told = Callable[[Imported], None]

Key = str | tuple[str, int]
"""A command's key; a name and a number (from 0) where many have the name: their receipts then rest side by side."""


def encoded(kind: type[Event], stream: str, rows: pl.DataFrame) -> Iterator[Encoded]:
    """Yield each row of a frame as an encoded event. Unrecordable if an event could not be read back from it.

    The columns are the fields of `kind` but for the stream, in their own plain types, without nulls, NaN or infinities.
    """
    names = [field.name for field in fields(kind) if field.name != "stream"]
    types = FRAME | body_types(kind)  # type: ignore[arg-type]  # a class hashes
    if dict(rows.schema) != {name: types[name] for name in names}:
        raise Unrecordable(f"The columns are not those of {kind.__name__}.")
    for column in rows.iter_columns():
        if column.has_nulls() or (column.dtype.is_nested() and column.dtype != pl.List(pl.String)):
            raise Unrecordable(f"The column {column.name!r} of {kind.__name__} is not plain, or has nulls.")
        if column.dtype == pl.Float64 and not column.is_finite().all():
            raise Unrecordable(f"The column {column.name!r} of {kind.__name__} has what is no number.")
    text = pl.struct(names).struct.json_encode().cast(pl.Binary)
    for each in rows.select(text).to_series().to_list():
        yield Encoded(kind, stream, each)


class Bulk:
    """One bulk append. Prepares batches in the caller's thread while the writer commits those before."""

    def __init__(self, database: Database, writer: Writer, drafts: Drafts, words: Words, told: Told) -> None:
        self._database = database
        self._writer = writer
        self._drafts = drafts
        self._words = words
        self._told = told
        self._under_way: deque[tuple[Sequence[Share], Submission]] = deque()
        self._size = 400.0  # bytes of an event so far
        self._wary = (
            True  # whether repeats are looked for before a batch is made ready, or left to the writer
        )
        self._names: dict[str, bytes] = {}
        self.imported = Imported()

    def append(self, commands: Iterable[tuple[Key, Event | Encoded]]) -> Imported:
        """Record the event of each (key, event) whose key is not known yet, in order; return how many there were."""
        try:
            for batch in self._batches(commands):
                self._send(batch)
                if len(self._under_way) > UNDER_WAY:
                    self._settle()
        finally:
            while self._under_way:
                self._settle()
        return self.imported

    def _batches(self, commands: Iterable[tuple[Key, Event | Encoded]]) -> Iterator[list[Share]]:
        batch: list[Share] = []
        for key, event in commands:
            batch.append(Share(self._receipt(key), b"", (event,), ""))
            if len(batch) >= TOGETHER * min(MOST_EVENTS, _FULL * MOST_BYTES / self._size):
                yield batch
                batch = []
        if batch:
            yield batch

    def _receipt(self, key: Key) -> bytes:
        """Return the 24 bytes of a key; of a numbered one, 16 of its name and 8 of its number."""
        if isinstance(key, str):
            return self._words.receipt(key)
        name, number = key
        if name not in self._names:
            self._names[name] = self._words.receipt(f"numbered\0{name}")[:16]
        return self._names[name] + number.to_bytes(8, "big")

    def _send(self, batch: Sequence[Share]) -> None:
        """Hand the commands of a batch that are not known to the writer; in halves, if they are too large."""
        fresh = self._unknown(batch) if self._wary else batch
        if not fresh:
            return
        versions = {row.stream: row.version for _, submission in self._under_way for row in submission.rows}
        streams = {share.events[0].stream for share in fresh}
        known = {stream: versions[stream] for stream in streams.intersection(versions)}
        submission = self._drafts.submission(fresh, known)
        self._size = submission.size / len(submission.rows)
        if submission.size > TOGETHER * MOST_BYTES and len(fresh) > 1:
            self._send(fresh[: len(fresh) // 2])
            self._send(fresh[len(fresh) // 2 :])
        else:
            self._under_way.append((fresh, self._writer.submit(submission)))

    def _unknown(self, batch: Sequence[Share]) -> list[Share]:
        """Return the commands that are not recorded yet, each once; count the others."""
        kept = self._database.kept([share.receipt for share in batch])
        fresh = {share.receipt: share for share in reversed(batch) if share.receipt not in kept}
        self._wary = len(fresh) < len(batch)
        self._count(repeated=len(batch) - len(fresh))
        return [share for share in batch if fresh.pop(share.receipt, None)]

    def _settle(self) -> None:
        """Wait for the oldest batch. Where others were faster, send it and those behind it again, one at a time."""
        behind = self._written([self._under_way.popleft()])
        if behind:
            self._wary = True
            under_way, self._under_way = self._under_way, deque()
            for batch in [*behind, *self._written(under_way)]:
                self._insist(batch)

    def _insist(self, batch: Sequence[Share]) -> None:
        for _ in range(ATTEMPTS):
            self._wary = True
            self._send(batch)
            sent, self._under_way = self._under_way, deque()
            batch = [share for shares in self._written(sent) for share in shares]
            if not batch:
                return
        raise too_contended(ATTEMPTS)

    def _written(self, sent: Iterable[tuple[Sequence[Share], Submission]]) -> list[Sequence[Share]]:
        """Wait for batches; count those that were recorded and return the others."""
        others = []
        for batch, submission in sent:
            if isinstance(submission.wait(), Written):
                self._count(recorded=len(batch))
            else:
                others.append(batch)
        return others

    def _count(self, *, recorded: int = 0, repeated: int = 0) -> None:
        self.imported = replace(
            self.imported,
            recorded=self.imported.recorded + recorded,
            repeated=self.imported.repeated + repeated,
        )
        self._told(self.imported)
