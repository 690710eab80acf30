"""The log in a PostgreSQL database: every process writes, one at a time, and nothing is changed or taken away."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import adbc_driver_postgresql.dbapi  # type: ignore[import-untyped]
import polars as pl
import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import DiskFull, LockNotAvailable, UndefinedTable, UniqueViolation
from psycopg.rows import DictRow, tuple_row

from counterpoise.domain.refusals import Refusal
from counterpoise.store.database import (
    COLUMNS,
    Clash,
    ConnectionLost,
    Kept,
    Leaf,
    Result,
    Row,
    Stored,
    StoreFailed,
    append,
    chunks,
    log_closed,
    not_a_store,
    stored,
)
from counterpoise.store.tree import Frontier, Tile

LOCK_SECONDS = 30
"""How long a writer waits for the writers of other processes, and for maintenance."""

PATIENCE = 10.0
"""Seconds for which a read looks for a database that went away."""

MOST_READERS = 8
"""Connections of one process that read."""

DB_FUNCTIONS = "POSTGRES_ENABLE_DB_FUNCTIONS"
"""The library's setting under which readers that follow the log miss events."""

CHANNEL = "stored_events"
"""What the library notifies of every commit."""

_OFF = {"", "0", "f", "false", "n", "no", "off"}
_PAGE = 5_000  # rows a page of a long read
_PAUSE = 0.05
_LOOK = 1.0  # seconds between looks that no notification asked for
_WORTH_A_CONNECTION = 2_000  # rows from which a columnar read is quicker

_TABLES = """
CREATE TABLE log_schema (version bigint NOT NULL, store text NOT NULL);
CREATE TABLE stored_events (
    originator_id text NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigserial NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_vacuum_scale_factor = 0.5,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX stored_events_notification_id_idx ON stored_events (notification_id);
CREATE TABLE log_leaf (
    leaf_index bigint PRIMARY KEY, notification_id bigint NOT NULL UNIQUE, leaf_hash bytea NOT NULL
);
CREATE TABLE log_tile (
    level bigint NOT NULL, idx bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (level, idx)
);
CREATE TABLE log_state (id bigint PRIMARY KEY CHECK (id = 1), frontier bytea NOT NULL);
CREATE TABLE receipts (
    receipt bytea PRIMARY KEY,
    body bytea NOT NULL,
    position bigint NOT NULL,
    events bigint NOT NULL,
    result text NOT NULL
);
CREATE FUNCTION log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the log only grows: no % on %', TG_OP, TG_TABLE_NAME; END
$$
"""
_GUARDS = tuple(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION log_only_grows()"
    for table in ("stored_events", "log_leaf", "log_tile", "receipts")
)

STEPS: tuple[tuple[str, ...], ...] = ((_TABLES, *_GUARDS),)
"""Statements that bring the tables from version n to n + 1, from none on. A change of them is a new step."""

_READ = (
    "SELECT leaf_index + 1 AS position, originator_id AS stream, originator_version AS version, topic, state"
    " FROM log_leaf JOIN stored_events USING (notification_id)"
)
_PAGE_OF_ROWS = f"{_READ} WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index"
_PAGE_OF_LEAVES = (
    "SELECT leaf_index + 1, originator_id, originator_version, topic, state, leaf_hash"
    " FROM log_leaf LEFT JOIN stored_events USING (notification_id)"
    " WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index"
)
_STREAM = f"{_READ} WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
_STANDING = (
    "SELECT frontier, ARRAY(SELECT (SELECT MAX(originator_version) FROM stored_events WHERE originator_id = stream)"
    " FROM unnest(%s::text[]) WITH ORDINALITY AS named (stream, place) ORDER BY place) FROM log_state"
)
_KEPT = "SELECT * FROM receipts WHERE receipt = ANY(%s::bytea[])"
_INSERT_EVENTS = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
    " SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[]) RETURNING notification_id"
)
_INSERT_LEAVES = "INSERT INTO log_leaf SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"
_INSERT_TILES = "INSERT INTO log_tile SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"
_INSERT_RECEIPTS = (
    "INSERT INTO receipts"
    " SELECT * FROM unnest(%s::bytea[], %s::bytea[], %s::bigint[], %s::bigint[], %s::text[])"
)


class UnsafeSetting(Refusal):
    """A setting under which the log could not keep its promises."""

    rule = "unsafe-setting"


def refuse_db_functions(environment: Mapping[str, str]) -> None:
    """Refuse to start where the library's database functions are switched on, under any prefix."""
    for name, value in environment.items():
        if name.endswith(DB_FUNCTIONS) and value.strip().lower() not in _OFF:
            raise UnsafeSetting(
                f"{name} is set. With the library's database functions, commits are not in the order of their"
                " positions, and whoever follows the log skips events.",
                owner="operator",
                remedy=f"Unset {name}.",
            )


class _Hand:
    """What one write transaction does, on the connection that holds the lock."""

    def __init__(self, raw: Connection[Any]) -> None:
        self._cursor = raw.cursor(row_factory=tuple_row)

    def standing(self, streams: Collection[str]) -> tuple[Frontier, dict[str, int]]:
        """Return the frontier of the tree, and the version of the last event of each stream that has any."""
        (row,) = self._cursor.execute(_STANDING, (list(streams),)).fetchall()
        return _standing(streams, row)

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        return _kept(self._cursor.execute(_KEPT, (list(receipts),)).fetchall())

    def insert(self, rows: Sequence[Stored], first: int, tiles: Sequence[Tile], frontier: Frontier) -> None:
        """Store events whose leaves begin at index `first`, the tiles they complete and the grown frontier.

        In several statements where they are many: one of more than about 400 kB may never come back.
        """
        for run in chunks(rows):
            streams, versions, topics, states, hashes = _columns(run)
            self._cursor.execute(_INSERT_EVENTS, (streams, versions, topics, states))
            ids = [number for (number,) in self._cursor.fetchall()]
            leaves = list(range(first, first + len(ids)))
            self._cursor.execute(_INSERT_LEAVES, (leaves, ids, hashes))
            first += len(ids)
        if tiles:
            self._cursor.execute(_INSERT_TILES, _columns(tiles))
        self._cursor.execute("UPDATE log_state SET frontier = %s", (frontier.to_bytes(),))

    def keep(self, receipts: Sequence[Kept]) -> None:
        """Store receipts."""
        self._cursor.execute(_INSERT_RECEIPTS, _columns(receipts))


class _Datastore(PostgresDatastore):
    """The library's pool, opened when one of the library's own methods is called; its row type is not used."""

    def register_type_adapters(self) -> None:
        """Ask the server for nothing."""


class PostgresDatabase(PostgresApplicationRecorder):
    """A log in the PostgreSQL database at `url`, whose tables `made` has laid out.

    It is the library's recorder of the same table as well, and keeps the tree when it is used as one.
    """

    id_column = "notification_id"

    def __init__(self, url: str) -> None:
        refuse_db_functions(os.environ)
        self._url = url
        self._writer: Connection[Any] | None = None
        self._closed = False
        self._readers: deque[Connection[Any]] = deque()
        self._reading = BoundedSemaphore(MOST_READERS)
        super().__init__(_datastore(url))
        self.store_id = self._opened()

    @classmethod
    def made(cls, url: str) -> "PostgresDatabase":
        """Open the log in a database, its tables made if there are none, and brought up to date."""
        refuse_db_functions(os.environ)
        with _reached(url) as raw, raw.transaction():
            _bring_up(raw, url)
        return cls(url)

    def close(self) -> None:
        """Let go of every connection."""
        self._closed = True
        self.datastore.close()
        if self._writer is not None:
            self._writer.close()
        self._forget()

    def write(self, work: Callable[[_Hand], Result]) -> Result:
        """Do `work` under the library's lock, and return its result when that is committed and synced."""
        try:
            if self._writer is None or self._writer.closed:
                self._writer = connected(self._url)
            with self._writer.transaction(), self._writer.cursor() as cursor:
                self._lock_table(cursor)
                self._notify_channel(cursor)
                return work(_Hand(self._writer))
        except UniqueViolation as why:
            raise Clash(str(why)) from why
        except psycopg.Error as why:
            if _lost(why):
                if self._writer is not None:
                    self._writer.close()
                raise ConnectionLost(str(why)) from why
            raise _failed(why) from why

    def kept(self, receipts: Collection[bytes]) -> dict[bytes, Kept]:
        """Return those of the receipts that are stored."""
        return _kept(self._read(_KEPT, (list(receipts),)))

    def heads(self, streams: Collection[str]) -> dict[str, int]:
        """Return the versions of streams that have events, all of one moment."""
        (row,) = self._read(_STANDING, (list(streams),))
        return _standing(streams, row)[1]

    def stream(self, stream: str, *, after: int = 0) -> list[Row]:
        """Return the events of a stream with versions above `after`, in order."""
        return [Row._make(row) for row in self._read(_STREAM, (stream, after))]

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the events at positions after < position <= upto, in order."""
        for start in range(after, upto, _PAGE):
            yield from map(Row._make, self._read(_PAGE_OF_ROWS, (start, min(start + _PAGE, upto))))

    def columns(self, after: int, upto: int) -> pl.DataFrame:
        """Return the same as a frame: position, stream, version, topic, state (bytes)."""
        if upto - after < _WORTH_A_CONNECTION:
            return pl.DataFrame(list(self.rows(after, upto)), schema=COLUMNS, orient="row")
        try:
            with adbc_driver_postgresql.dbapi.connect(self._url) as raw, raw.cursor() as cursor:
                cursor.execute(_PAGE_OF_ROWS % (int(after), int(upto)))
                return pl.DataFrame(cursor.fetch_arrow()).cast(pl.Schema(COLUMNS))
        except adbc_driver_postgresql.dbapi.Error as why:
            raise _unreached(why) from why

    def leaf_rows(self, upto: int) -> Iterator[Leaf]:
        """Yield the leaves up to a position, in order, each with its event."""
        for start in range(0, upto, _PAGE):
            yield from map(Leaf._make, self._read(_PAGE_OF_LEAVES, (start, min(start + _PAGE, upto))))

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that reads."""
        return self._read(statement)

    def damage(self) -> list[str]:
        """Return what PostgreSQL has found broken in its files: pages whose checksum is wrong."""
        ((pages,),) = self._read(
            "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
        )
        return [f"PostgreSQL met {pages} pages whose checksum is wrong"] if pages else []

    def watch(self) -> "Listening":
        """Begin to watch for commits, those of other processes too."""
        return Listening(self._url)

    def settings(self) -> dict[str, str]:
        """Return what the safety of the log rests on here."""
        ((version, *found),) = self._read(
            "SELECT current_setting('server_version'), current_setting('synchronous_commit'),"
            " current_setting('fsync'), current_setting('full_page_writes'), current_setting('data_checksums')"
        )
        names = ("synchronous_commit", "fsync", "full_page_writes", "data_checksums")
        return {"PostgreSQL": version, **dict(zip(names, found, strict=True))}

    def frontier(self) -> Frontier:
        """Return the frontier of the committed tree."""
        ((frontier,),) = self._read("SELECT frontier FROM log_state")
        return Frontier.from_bytes(frontier)

    def leaves(self, lo: int, hi: int) -> Sequence[bytes]:
        """Return the leaf hashes lo <= index < hi, in order."""
        return self._column(
            "SELECT leaf_hash FROM log_leaf WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index",
            lo,
            hi,
        )

    def tiles(self, level: int, lo: int, hi: int) -> Sequence[bytes]:
        """Return the tile hashes lo <= index < hi of `level` >= 1, in order."""
        return self._column(
            "SELECT hash FROM log_tile WHERE level = %s AND idx >= %s AND idx < %s ORDER BY idx",
            level,
            lo,
            hi,
        )

    def _insert_stored_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **_: object
    ) -> None:
        """Store what the library's own methods are given, with its leaves, under the library's lock."""
        self._lock_table(curs)
        self._notify_channel(curs)
        hand = _Hand(curs.connection)
        append(hand, hand.standing(())[0], [stored(event) for event in stored_events])

    def _fetch_ids_after_insert_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **_: object
    ) -> Sequence[int]:
        ids = curs.execute(
            "SELECT notification_id FROM stored_events ORDER BY notification_id DESC LIMIT %s",
            (len(stored_events),),
        )
        return [row["notification_id"] for row in ids][::-1]

    def _column(self, statement: str, *arguments: int) -> list[bytes]:
        return [value for (value,) in self._read(statement, arguments)]

    def _read(self, statement: str, arguments: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement; for as long as PATIENCE lasts, a lost connection is replaced."""
        deadline = monotonic() + PATIENCE
        while True:
            try:
                with self._reading, self._reader() as raw:
                    return raw.execute(statement, arguments, binary=True).fetchall()
            except psycopg.Error as why:
                if not _lost(why):
                    raise _failed(why) from why
                if monotonic() > deadline:
                    raise _unreached(why) from why
                sleep(_PAUSE)

    @contextmanager
    def _reader(self) -> Iterator[Connection[Any]]:
        """Lend a connection that nobody else reads from; after a failure, no connection is trusted."""
        if self._closed:
            raise log_closed()
        try:
            raw = self._readers.pop()
        except IndexError:
            raw = connected(self._url)
        try:
            yield raw
        except psycopg.Error:
            raw.close()
            self._forget()
            raise
        self._readers.append(raw)

    def _forget(self) -> None:
        while self._readers:
            self._readers.pop().close()

    def _opened(self) -> str:
        """Return the store's id; NotAStore if the database holds no log that this version reads."""
        with _reached(self._url) as raw:
            try:
                ((version, store),) = raw.execute("SELECT version, store FROM log_schema").fetchall()
            except (UndefinedTable, ValueError) as why:
                raise not_a_store(_named(self._url), "it holds no log") from why
        if version != len(STEPS):
            raise not_a_store(
                _named(self._url), f"its tables have version {version}, this program reads {len(STEPS)}"
            )
        return str(store)


class Listening:
    """Listens for the library's notifications, and looks each second all the same: a listener may be cut off."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._raw: Connection[Any] | None = None
        self._listen()

    def wait(self, timeout: float) -> None:
        """Return when a commit was notified, or after `timeout` seconds or one."""
        patience = min(timeout, _LOOK)
        if self._raw is None:
            if not self._listen():
                sleep(min(patience, _PAUSE))
            return
        try:
            for _ in self._raw.notifies(timeout=patience, stop_after=1):
                pass
        except psycopg.OperationalError:
            self.close()

    def close(self) -> None:
        """Listen no longer."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _listen(self) -> bool:
        """Begin to listen, if the server can be reached; what was missed meanwhile is for the caller to look at."""
        try:
            raw = connected(self._url)
        except psycopg.OperationalError:
            return False
        raw.execute(f"LISTEN {CHANNEL}")
        self._raw = raw
        return True


def connected(url: str) -> Connection[Any]:
    """Return a connection whose commits reach the disk. UnsafeSetting if the server will not promise that."""
    raw = psycopg.connect(url, autocommit=True, connect_timeout=5, application_name="counterpoise")
    try:
        raw.execute("SET synchronous_commit = on")
        raw.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        raw.execute("SET idle_in_transaction_session_timeout = '60s'")
        promised = raw.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'),"
            " current_setting('full_page_writes'), pg_is_in_recovery()"
        ).fetchone()
    except BaseException:
        raw.close()
        raise
    if promised != ("on", "on", "on", False):
        raw.close()
        raise UnsafeSetting(
            "This server does not keep what it acknowledges: synchronous_commit, fsync, full_page_writes and"
            f" whether it is a standby are {promised}.",
            owner="operator",
            remedy="Name a primary that has all three on.",
        )
    return raw


def _reached(url: str) -> Connection[Any]:
    """Return a connection; StoreFailed if the database is not to be reached."""
    try:
        return connected(url)
    except psycopg.OperationalError as why:
        raise _unreached(why) from why


def _datastore(url: str) -> _Datastore:
    """Return the library's way to the database at `url`; nothing is opened yet."""
    given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    datastore = _Datastore(
        given.pop("dbname", ""),
        given.pop("host", ""),
        given.pop("port", ""),
        given.pop("user", ""),
        given.pop("password", ""),
        pool_size=0,
        max_overflow=MOST_READERS,
        lock_timeout=LOCK_SECONDS,
        originator_id_type="text",
    )
    assert isinstance(datastore.pool.kwargs, dict)
    datastore.pool.kwargs.update(given)
    return datastore


def _bring_up(raw: Connection[Any], url: str) -> None:
    """Lay out the tables of an empty database, or take older ones through the steps they lack."""
    raw.execute("SELECT pg_advisory_xact_lock(hashtext('counterpoise tables'))")
    tables = {name for (name,) in raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    if "stored_events" in tables and "log_schema" not in tables:
        raise not_a_store(_named(url), "it holds a table of events that is not ours")
    ((version,),) = raw.execute("SELECT version FROM log_schema") if "log_schema" in tables else ((0,),)
    for statement in chain.from_iterable(STEPS[version:]):
        raw.execute(statement)
    if not version:
        raw.execute("INSERT INTO log_schema VALUES (0, %s)", (uuid4().hex,))
        raw.execute("INSERT INTO log_state VALUES (1, %s)", (Frontier().to_bytes(),))
    raw.execute("UPDATE log_schema SET version = %s", (max(version, len(STEPS)),))


def _named(url: str) -> str:
    """Return the address without its password."""
    given = conninfo_to_dict(url)
    return f"{given.get('dbname')} on {given.get('host')}"


def _lost(why: psycopg.Error) -> bool:
    """Whether the connection is gone, or never was: the server said goodbye (class 57P) or nothing at all."""
    return isinstance(why, psycopg.InterfaceError | psycopg.OperationalError) and (
        why.sqlstate is None or why.sqlstate.startswith(("57P", "08"))
    )


def _unreached(why: Exception) -> StoreFailed:
    return StoreFailed(
        f"The database cannot be reached: {why}", owner="operator", remedy="Start it, or check its address."
    )


def _failed(why: psycopg.Error) -> StoreFailed:
    remedies: dict[type[psycopg.Error], str] = {
        LockNotAvailable: "Another process holds the log, perhaps for maintenance; send it again.",
        DiskFull: "Make room on the disk; recording goes on by itself.",
    }
    remedy = remedies.get(type(why), "See the log of the server.")
    return StoreFailed(f"The store failed: {why}", owner="operator", remedy=remedy)


def _standing(streams: Collection[str], row: tuple[Any, ...]) -> tuple[Frontier, dict[str, int]]:
    frontier, heads = row
    found = {stream: head for stream, head in zip(streams, heads, strict=True) if head is not None}
    return Frontier.from_bytes(frontier), found


def _kept(rows: Iterable[tuple[Any, ...]]) -> dict[bytes, Kept]:
    return {kept.receipt: kept for kept in map(Kept._make, rows)}


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
