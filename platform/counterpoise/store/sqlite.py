"""The log in an SQLite file: durable commits, one writer at a time, nothing changed and nothing taken away.

Everything here goes through Python's own SQLite. A second copy of SQLite in the process, such as a columnar
driver brings along, would let go of the first one's locks each time it closes the file (SQLite: "How To Corrupt
An SQLite Database File", 2.2.1), and two processes could then write at once.
"""

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import msgspec
import polars as pl
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from counterpoise.store.database import (
    COLUMNS,
    Clash,
    Kept,
    Leaf,
    Result,
    Row,
    Stored,
    StoreFailed,
    append,
    log_closed,
    not_a_store,
    stored,
)
from counterpoise.store.tree import Frontier, Tile

LOCK_SECONDS = 30
"""How long a writer waits for the writers of other processes."""

CHECKPOINT_PAGES = 1_000
"""Pages (4 KiB) after which the write-ahead log is copied into the file."""

_BLOCK = 100  # rows a statement: few statement texts, so that they stay prepared
_POLL = 0.002
_PAGE = 5_000  # rows a page of a long read
_WORTH_JOINING = 500  # rows from which that is quicker

_TABLES = """
CREATE TABLE log_schema (version INTEGER NOT NULL, store TEXT NOT NULL);

-- `rowid` is named, so that it is never handed out twice and the library's own recorder still reads it.
CREATE TABLE stored_events (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE log_leaf (
    leaf_index INTEGER PRIMARY KEY, notification_id INTEGER NOT NULL UNIQUE, leaf_hash BLOB NOT NULL
);
CREATE TABLE log_tile (
    level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)
) WITHOUT ROWID;
CREATE TABLE log_state (id INTEGER PRIMARY KEY CHECK (id = 1), frontier BLOB NOT NULL);
CREATE TABLE receipts (
    receipt BLOB PRIMARY KEY,
    body BLOB NOT NULL,
    position INTEGER NOT NULL,
    events INTEGER NOT NULL,
    result TEXT NOT NULL
) WITHOUT ROWID;
"""
_GUARDS = tuple(
    f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, 'the log only grows: no {act} on {table}'); END"
    for table in ("stored_events", "log_leaf", "log_tile", "receipts")
    for act in ("UPDATE", "DELETE")
)

STEPS: tuple[tuple[str, ...], ...] = ((*_TABLES.split(";"), *_GUARDS),)
"""Statements that bring the tables from version n to n + 1, from none on. A change of them is a new step."""


# The casts are for rows that somebody changed by hand, which may hold values of any kind.
_EVENT = (
    "CAST(originator_id AS TEXT) AS stream, CAST(originator_version AS INTEGER) AS version,"
    " CAST(topic AS TEXT) AS topic, CAST(state AS BLOB) AS state"
)
_READ = (
    f"SELECT leaf_index + 1 AS position, {_EVENT} FROM log_leaf"  # noqa: S608  names of our own
    " JOIN stored_events ON stored_events.rowid = notification_id"
)
_PAGE_OF_ROWS = f"{_READ} WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
_ROW, _FIELD = "\x1e", "\x1f"  # neither occurs in JSON as it is written, nor in the name of a stream
_HEAD = ("position", "stream", "version", "topic")
_JOINED = (
    "SELECT COUNT(*),"  # noqa: S608  a statement of our own
    " CAST(group_concat(position || char(31) || stream || char(31) || version || char(31) || topic,"
    f" char(30)) AS BLOB), CAST(group_concat(state, char(30)) AS BLOB) FROM ({_PAGE_OF_ROWS})"
)
_PAGE_OF_LEAVES = (
    f"SELECT leaf_index + 1, {_EVENT}, CAST(leaf_hash AS BLOB) FROM log_leaf"  # noqa: S608  names of our own
    " LEFT JOIN stored_events ON stored_events.rowid = notification_id"
    " WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"
)
_STREAM = f"{_READ} WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version"
_STANDING_ONE = (
    "SELECT frontier, (SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ?)"
    " FROM log_state"
)
_STANDING = (
    "SELECT frontier, (SELECT json_group_object(value, (SELECT MAX(originator_version) FROM stored_events"
    " WHERE originator_id = value)) FROM json_each(?)) FROM log_state"
)


def connected(path: str) -> sqlite3.Connection:
    """Return a connection to the file: write-ahead log, every commit synced. StoreFailed if SQLite will not."""
    raw = sqlite3.connect(
        path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    try:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        mode, level = (
            raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        )
    except BaseException:
        raw.close()
        raise
    if (mode, level) != ("wal", 2):
        raw.close()
        raise StoreFailed(
            f"SQLite keeps {path} in mode {mode!r}, synchronous {level}: a commit might not reach the disk.",
            owner="operator",
            remedy="Put the store on a local file system that carries a write-ahead log.",
        )
    return raw


class _Connection(SQLiteConnection):
    """A connection of the library's pool whose write transactions take the lock when they begin."""

    def __init__(self, raw: sqlite3.Connection, max_age: float | None) -> None:
        super().__init__(raw, max_age)
        raw.row_factory = sqlite3.Row

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """Begin, and at the end commit or roll back."""
        cursor = self.cursor()
        with _transaction(self._sqlite_conn, "IMMEDIATE" if commit else "DEFERRED"), cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    """The library's pool, of connections that write through to the disk."""

    def _create_connection(self) -> SQLiteConnection:
        return _Connection(connected(self.db_name), self.max_age)


_named = msgspec.json.Encoder().encode
_heads = msgspec.json.Decoder(dict[str, int | None]).decode


@contextmanager
def _transaction(raw: sqlite3.Connection, kind: str) -> Iterator[None]:
    """Hold a transaction; what goes wrong undoes it and is told in the store's words."""
    try:
        raw.execute(f"BEGIN {kind}")
        yield
        raw.execute("COMMIT")
    except sqlite3.Error as why:
        raise _told(why) from why
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def _told(why: sqlite3.Error) -> Clash | StoreFailed:
    """Return what went wrong in the store's words."""
    if isinstance(why, sqlite3.IntegrityError) and "UNIQUE" in str(why):
        return Clash(str(why))
    remedies = {
        sqlite3.SQLITE_FULL: "Make room on the disk; recording goes on by itself.",
        sqlite3.SQLITE_BUSY: "Another process holds the store; send it again.",
        sqlite3.SQLITE_READONLY: "Let this process write to the file and its folder.",
    }
    code: int = getattr(why, "sqlite_errorcode", 0)
    return StoreFailed(
        f"The store failed: {why}.",
        owner="operator",
        remedy=remedies.get(code & 0xFF, "Look at the disk; then verify the log."),
    )


class _Hand:
    """What one write transaction does, on the connection that holds it."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._cursor = raw.cursor()  # one for all it does: a new one each costs as much as a short statement

    def standing(self, streams: Collection[str]) -> tuple[Frontier, dict[str, int]]:
        """Return the frontier of the tree, and the version of the last event of each stream that has any."""
        if len(streams) == 1:
            (stream,) = streams
            frontier, head = self._cursor.execute(_STANDING_ONE, (stream,)).fetchone()
            return Frontier.from_bytes(frontier), {} if head is None else {stream: head}
        frontier, heads = self._cursor.execute(_STANDING, (_named(list(streams)).decode(),)).fetchone()
        found = _heads(heads).items()
        return Frontier.from_bytes(frontier), {stream: head for stream, head in found if head is not None}

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        found = (
            row
            for block in _blocks(list(receipts))
            for row in self._cursor.execute(_receipts_among(len(block)), block)
        )
        return {kept.receipt: kept for kept in map(Kept._make, found)}

    def insert(self, rows: Sequence[Stored], first: int, tiles: Sequence[Tile], frontier: Frontier) -> None:
        """Store events whose leaves begin at index `first`, the tiles they complete and the grown frontier."""
        last = self._fill(
            "stored_events (originator_id, originator_version, topic, state)", [row[:4] for row in rows]
        )
        ids = range(last - len(rows) + 1, last + 1)
        leaves = range(first, first + len(rows))
        self._fill("log_leaf", list(zip(leaves, ids, (row.leaf for row in rows), strict=True)))
        if tiles:
            self._fill("log_tile", tiles)
        self._cursor.execute("UPDATE log_state SET frontier = ?", (frontier.to_bytes(),))

    def keep(self, receipts: Sequence[Kept]) -> None:
        """Store receipts."""
        self._fill("receipts", sorted(receipts))

    def _fill(self, table: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Insert rows and return the id of the last, many a statement: each lets go of Python's lock once.

        What clashes undoes the transaction, so SQLite need not copy every page to undo the statement alone.
        """
        if len(rows) == 1:
            return self._cursor.execute(_insert(table, 1, len(rows[0])), rows[0]).lastrowid or 0
        last = 0
        for block in _blocks(rows):
            statement = _insert(table, len(block), len(block[0]))
            last = self._cursor.execute(statement, list(chain.from_iterable(block))).lastrowid or 0
        return last


class SQLiteDatabase(SQLiteApplicationRecorder):
    """A log in the SQLite file at `path`, which is there and whose tables `made` has laid out.

    It is the library's recorder of the same table as well, and keeps the tree when it is used as one.
    """

    id_column = "rowid"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers: deque[sqlite3.Connection] = deque()
        self._writer: sqlite3.Connection | None = None
        self._closed = False
        datastore = SQLiteDatastore(str(path), originator_id_type="text")
        datastore.pool = _Pool(db_name=str(path))
        super().__init__(datastore)
        self.store_id = self._opened()

    @classmethod
    def made(cls, path: Path) -> "SQLiteDatabase":
        """Open the log at `path`, made if no file is there, and bring its tables up to date."""
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _bring_up(path)
        return cls(path)

    def construct_create_table_statements(self) -> list[str]:
        """Return no statements: tables are made by `made`, once."""
        return []

    def close(self) -> None:
        """Let go of every connection."""
        self._closed = True
        self.datastore.close()
        if self._writer is not None:
            self._writer.close()
        while self._readers:
            self._readers.pop().close()

    def write(self, work: Callable[[_Hand], Result]) -> Result:
        """Do `work` in a write transaction, and return its result when that is committed and synced."""
        if self._writer is None:
            self._writer = connected(str(self.path))
        raw = self._writer
        try:
            raw.execute("BEGIN IMMEDIATE")
            result = work(_Hand(raw))
            raw.execute("COMMIT")
        except sqlite3.Error as why:
            raise _told(why) from why
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
        return result

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        with self._reading() as raw:
            return _Hand(raw).kept(receipts)

    def heads(self, streams: Collection[str]) -> dict[str, int]:
        """Return the versions of streams that have events, all of one moment."""
        with self._reading() as raw:
            return _Hand(raw).standing(streams)[1]

    def stream(self, stream: str, *, after: int = 0) -> list[Row]:
        """Return the events of a stream with versions above `after`, in order."""
        with self._reading() as raw:
            return [Row._make(row) for row in raw.execute(_STREAM, (stream, after))]

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the events at positions after < position <= upto, in order."""
        for start in range(after, upto, _PAGE):
            with self._reading() as raw:
                page = raw.execute(_PAGE_OF_ROWS, (start, min(start + _PAGE, upto))).fetchall()
            yield from map(Row._make, page)

    def columns(self, after: int, upto: int) -> pl.DataFrame:
        """Return the same as a frame: position, stream, version, topic, state (bytes).

        Many rows come as two long texts, which SQLite puts together without a Python object a value.
        """
        if upto - after >= _WORTH_JOINING:
            with self._reading() as raw:
                count, heads, states = raw.execute(_JOINED, (after, upto)).fetchone()
            rows = _parted(heads, states, count)
            if rows is not None:
                return rows
        return pl.DataFrame(list(self.rows(after, upto)), schema=COLUMNS, orient="row")

    def leaf_rows(self, upto: int) -> Iterator[Leaf]:
        """Yield the leaves up to a position, in order, each with its event."""
        for start in range(0, upto, _PAGE):
            with self._reading() as raw:
                page = raw.execute(_PAGE_OF_LEAVES, (start, min(start + _PAGE, upto))).fetchall()
            yield from map(Leaf._make, page)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that reads."""
        with self._reading() as raw:
            return raw.execute(statement).fetchall()

    def damage(self) -> list[str]:
        """Return what SQLite finds broken in the file."""
        return [what for (what,) in self.query("PRAGMA integrity_check") if what != "ok"]

    def watch(self) -> "Polling":
        """Begin to watch for commits, those of other processes too."""
        return Polling(connected(str(self.path)))

    def settings(self) -> dict[str, str]:
        """Return what the safety of the log rests on here."""
        names = ("journal_mode", "synchronous", "wal_autocheckpoint", "page_size")
        found = {name: str(self.query(f"PRAGMA {name}")[0][0]) for name in names}
        mode = f"{self.path.stat().st_mode & 0o777:04o}"
        return {"SQLite": sqlite3.sqlite_version, **found, "file_mode": mode}

    def frontier(self) -> Frontier:
        """Return the frontier of the committed tree."""
        with self._reading() as raw:
            return _Hand(raw).standing(())[0]

    def leaves(self, lo: int, hi: int) -> Sequence[bytes]:
        """Return the leaf hashes lo <= index < hi, in order."""
        return self._column(
            "SELECT leaf_hash FROM log_leaf WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index",
            lo,
            hi,
        )

    def tiles(self, level: int, lo: int, hi: int) -> Sequence[bytes]:
        """Return the tile hashes lo <= index < hi of `level` >= 1, in order."""
        return self._column(
            "SELECT hash FROM log_tile WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx", level, lo, hi
        )

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **_: object
    ) -> Sequence[int]:
        """Store what the library's own methods are given, with its leaves; return the row ids."""
        rows = [stored(event) for event in stored_events]
        hand = _Hand(c.sqlite_cursor.connection)
        append(hand, hand.standing(())[0], rows)
        ids = "SELECT rowid FROM stored_events ORDER BY rowid DESC LIMIT ?"
        return [number for (number,) in c.sqlite_cursor.execute(ids, (len(rows),))][::-1]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that nobody else reads from."""
        if self._closed:
            raise log_closed()
        try:
            raw = self._readers.pop()
        except IndexError:
            raw = connected(str(self.path))
        try:
            yield raw
        except sqlite3.Error as why:
            raw.close()
            raise _told(why) from why
        except BaseException:
            raw.close()
            raise
        self._readers.append(raw)

    def _column(self, statement: str, *arguments: int) -> list[bytes]:
        with self._reading() as raw:
            return [value for (value,) in raw.execute(statement, arguments)]

    def _opened(self) -> str:
        """Return the store's id; NotAStore if the file holds no log that this version reads."""
        try:
            with closing(connected(str(self.path))) as raw:
                ((version, store),) = raw.execute("SELECT version, store FROM log_schema").fetchall()
        except (sqlite3.DatabaseError, ValueError) as why:
            raise not_a_store(str(self.path), str(why)) from why
        if version != len(STEPS):
            raise not_a_store(
                str(self.path), f"its tables have version {version}, this program reads {len(STEPS)}"
            )
        return str(store)


def _parted(heads: bytes, states: bytes, count: int) -> pl.DataFrame | None:
    """Return the rows of texts that were joined; None if they hold what they were joined by, or are no texts."""
    try:
        head, state = (
            pl.Series([joined]).cast(pl.String).str.split(_ROW).explode() for joined in (heads, states)
        )
    except pl.exceptions.PolarsError:
        return None
    fields = head.str.split_exact(_FIELD, 4).struct.rename_fields([*_HEAD, "rest"]).struct.unnest()
    if not head.len() == state.len() == count or fields["rest"].count() or fields["topic"].null_count():
        return None
    rows = fields.select(*_HEAD, state=state).cast(pl.Schema(COLUMNS))
    return rows if rows["position"].is_sorted() else rows.sort("position")


class Polling:
    """Asks SQLite every other millisecond whether the file has changed: five microseconds each time."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._seen = self._version()

    def wait(self, timeout: float) -> None:
        """Return when the file has changed since it was last noticed, or after `timeout` seconds."""
        deadline = monotonic() + timeout
        while (version := self._version()) == self._seen and monotonic() < deadline:
            sleep(_POLL)
        self._seen = version

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()

    def _version(self) -> int:
        version: int = self._raw.execute("PRAGMA data_version").fetchone()[0]
        return version


def _bring_up(path: Path) -> None:
    """Lay out the tables of a new file, or take an older file's through the steps it lacks."""
    try:
        raw = connected(str(path))
    except sqlite3.DatabaseError as why:
        raise not_a_store(str(path), str(why)) from why
    with closing(raw), _transaction(raw, "IMMEDIATE"):
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "log_schema" not in tables:
            raise not_a_store(str(path), "it holds other tables")
        version = raw.execute("SELECT version FROM log_schema").fetchone()[0] if tables else 0
        for statement in chain.from_iterable(STEPS[version:]):
            raw.execute(statement)
        if not tables:
            raw.execute("INSERT INTO log_schema VALUES (0, ?)", (uuid4().hex,))
            raw.execute("INSERT INTO log_state VALUES (1, ?)", (Frontier().to_bytes(),))
        raw.execute("UPDATE log_schema SET version = ?", (max(version, len(STEPS)),))


def _blocks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))


@cache
def _insert(table: str, rows: int, columns: int) -> str:
    place = f"({','.join('?' * columns)})"
    return f"INSERT OR ROLLBACK INTO {table} VALUES {','.join([place] * rows)}"  # noqa: S608  names of our own


@cache
def _receipts_among(count: int) -> str:
    return f"SELECT * FROM receipts WHERE receipt IN ({','.join('?' * count)})"  # noqa: S608  places alone
