"""What the log asks of a database: the rows it keeps, and what one write transaction can do."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import polars as pl
from eventsourcing.persistence import StoredEvent

from counterpoise.domain.refusals import Refusal
from counterpoise.store.tree import Frontier, Tile, leaf_hash

Result = TypeVar("Result")

MOST_EVENTS = 500
MOST_BYTES = 128 * 1024
"""The most that shares one transaction, and one statement; a command that is larger has one of its own."""


class Row(NamedTuple):
    """An event as it is stored: its position in the log (from 1), its stream and version, its exact bytes."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes


class Leaf(NamedTuple):
    """A leaf as it is stored, and the event it stands for; no stream, version, topic or state if that is gone."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes | None
    hash: bytes


class Stored(NamedTuple):
    """An event about to be stored, and its leaf in the tree (32 bytes)."""

    stream: str
    version: int
    topic: str
    state: bytes
    leaf: bytes


COLUMNS: dict[str, Any] = {
    "position": pl.Int64,
    "stream": pl.String,
    "version": pl.Int64,
    "topic": pl.String,
    "state": pl.Binary,
}
"""The columns of stored rows read as a frame."""


class Kept(NamedTuple):
    """A receipt as it is stored: 24 bytes of the command's key, 24 of its body (or none), what it recorded.

    `position` is that of the first of its `events` events, 0 if there are none.
    """

    receipt: bytes
    body: bytes
    position: int
    events: int
    result: str


class StoreFailed(Refusal):
    """The store could not record; nothing of the command was acknowledged."""

    rule = "store-failed"


class NotAStore(Refusal):
    """What stands at this address is not a store of Counterpoise."""

    rule = "not-a-store"


def log_closed() -> StoreFailed:
    """Return the refusal of whatever is asked of a log that was closed."""
    return StoreFailed("This log is closed.", owner="operator", remedy="Open it again.")


def not_a_store(where: str, why: str) -> NotAStore:
    """Return the refusal of an address at which no log of ours can be opened."""
    return NotAStore(
        f"{where} is not a store of Counterpoise: {why}.",
        owner="operator",
        remedy="Check the address of the store, or make a new one at an address where nothing is.",
    )


class ConnectionLost(Exception):  # noqa: N818  it says what happened
    """The connection went away; a transaction under way may or may not have been committed."""


class Clash(Exception):  # noqa: N818  it says what happened
    """Another event has one of these versions, or another command one of these receipts; nothing was kept."""


class Transaction(Protocol):
    """What can be done under the write lock; all of it is kept, or none."""

    def standing(self, streams: Collection[str]) -> tuple[Frontier, dict[str, int]]:
        """Return the frontier of the tree, and the version of the last event of each stream that has any."""
        ...

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        ...

    def insert(self, rows: Sequence[Stored], first: int, tiles: Sequence[Tile], frontier: Frontier) -> None:
        """Store events whose leaves begin at index `first`, the tiles they complete and the grown frontier."""
        ...

    def keep(self, receipts: Sequence[Kept]) -> None:
        """Store receipts."""
        ...


class Watch(Protocol):
    """Notices that a log may have grown, for one thread."""

    def wait(self, timeout: float) -> None:
        """Return when the log may have grown since the watch began or last noticed, or after `timeout` seconds."""
        ...

    def close(self) -> None:
        """Let go of what the watch holds."""
        ...


class Database(Protocol):
    """Where a log rests. Reads see what is committed, from any thread; `write` is for one thread at a time."""

    store_id: str
    id_column: str

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do `work` in a write transaction, and return its result when that is committed durably.

        What it raises undoes it. Clash if a version or a receipt is taken, ConnectionLost if the outcome is
        unknown, StoreFailed if the store cannot record.
        """
        ...

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        ...

    def heads(self, streams: Collection[str]) -> dict[str, int]:
        """Return the versions of streams that have events, all of one moment."""
        ...

    def stream(self, stream: str, *, after: int = 0) -> list[Row]:
        """Return the events of a stream with versions above `after`, in order."""
        ...

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the events at positions after < position <= upto, in order."""
        ...

    def columns(self, after: int, upto: int) -> pl.DataFrame:
        """Return the same as a frame: position, stream, version, topic, state (bytes)."""
        ...

    def leaf_rows(self, upto: int) -> Iterator[Leaf]:
        """Yield the leaves up to a position, in order, each with its event."""
        ...

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that reads, which both databases understand."""
        ...

    def damage(self) -> list[str]:
        """Return what the database itself finds broken in its files."""
        ...

    def watch(self) -> Watch:
        """Begin to watch for commits, those of other processes too."""
        ...

    def settings(self) -> dict[str, str]:
        """Return what the safety of the log rests on here: setting to value."""
        ...

    def frontier(self) -> Frontier:
        """Return the frontier of the committed tree."""
        ...

    def leaves(self, lo: int, hi: int) -> Sequence[bytes]:
        """Return the leaf hashes lo <= index < hi, in order."""
        ...

    def tiles(self, level: int, lo: int, hi: int) -> Sequence[bytes]:
        """Return the tile hashes lo <= index < hi of `level` >= 1, in order."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


def append(transaction: Transaction, frontier: Frontier, rows: Sequence[Stored]) -> None:
    """Store events with their leaves, tiles and frontier: the one place where events enter a log.

    `frontier` is the transaction's own, read under the write lock.
    """
    grown, tiles = frontier.appended([row.leaf for row in rows])
    transaction.insert(rows, frontier.size, tiles, grown)


def stored(event: StoredEvent) -> Stored:
    """Return an event of the library's, with its leaf."""
    stream, version = str(event.originator_id), event.originator_version
    return Stored(
        stream, version, event.topic, event.state, leaf_hash(stream, version, event.topic, event.state)
    )


def chunks(rows: Sequence[Stored]) -> Iterator[Sequence[Stored]]:
    """Split rows into runs of at most MOST_EVENTS and MOST_BYTES; a larger row is a run of its own."""
    start = size = 0
    for index, row in enumerate(rows):
        weight = len(row.state)
        if index > start and (index - start == MOST_EVENTS or size + weight > MOST_BYTES):
            yield rows[start:index]
            start, size = index, 0
        size += weight
    if start < len(rows):
        yield rows[start:]
