"""The small sealed memory of a face: what it has begun with somebody and not yet ended. Never part of the log."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterpoise.store import sealing
from counterpoise.store.key_file import narrow
from counterpoise.store.keys import KeyStore
from counterpoise.store.sealing import KEY_BYTES, NONCE_BYTES, Tampered

Value = dict[str, Any]
Change = Callable[[Value | None], Value | None]

SECRET = "kept"  # noqa: S105  the name of a secret, not one
PATIENCE = 10
"""Seconds to wait for another process that is writing."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS kept (
        place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key BLOB NOT NULL,
        person BLOB NOT NULL, until INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE (kind, key))""",
    "CREATE INDEX IF NOT EXISTS kept_of ON kept (person) WHERE person <> x''",
    "CREATE INDEX IF NOT EXISTS kept_until ON kept (until) WHERE until > 0",
)

_ADD = """INSERT INTO kept (kind, key, person, until, sealed) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, key) DO NOTHING"""

_PUT = """INSERT INTO kept (kind, key, person, until, sealed) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, key) DO UPDATE SET person = excluded.person, until = excluded.until, sealed = excluded.sealed"""


class Kept:
    """Values by kind and key, closed under a key of the key store, in an SQLite file of their own (mode 0600).

    Keys, persons and values are never in the clear on disk; kinds and moments are. Several threads and
    processes may use one file at once. It is made when first written or read. Without a path it is the memory
    of this object alone. `until` is a moment in microseconds UTC after which `sweep` removes, 0 for never.
    """

    def __init__(self, path: Path | None = None, secret: Callable[[], bytes] | None = None) -> None:
        self._path = path
        self._secret = secret or (lambda: os.urandom(KEY_BYTES))
        self._lock = RLock()
        self._opened: sqlite3.Connection | None = None

    @classmethod
    def beside(cls, keys_at: Path, keys: KeyStore) -> "Kept":
        """Return the memory that belongs to the key store at `keys_at`: the same name, ending in `.kept`."""
        return cls(keys_at.resolve().with_suffix(".kept"), lambda: keys.secret(SECRET))

    def close(self) -> None:
        """Let go of the file; it is opened again by whatever comes next."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    # One value

    def put(self, kind: str, key: str, value: Mapping[str, Any], *, person: str = "", until: int = 0) -> None:
        """Keep `value` in place of any before; `person` is the member's id it is forgotten with."""
        with self._writing() as db:
            self._put(db, kind, key, value, person=person, until=until)

    def get(self, kind: str, key: str) -> Value | None:
        """Return what is kept there; altered or moved on the disk it is `Tampered`."""
        with self._reading() as db:
            return self._found(db, kind, key)

    def drop(self, kind: str, key: str) -> bool:
        """Remove what is kept there; of many who do so at once, one is told True."""
        with self._writing() as db:
            mark = self._mark("key", kind, key)
            return bool(db.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, mark)).rowcount)

    def claim(self, kind: str, key: str, *, until: int = 0) -> bool:
        """Take a place that nobody has taken; of many who do so at once, one is told True."""
        with self._writing() as db:
            row = self._row(kind, key, {}, person="", until=until)
            return bool(db.execute(_ADD, row).rowcount)

    def change(self, kind: str, key: str, f: Change, *, person: str = "", until: int = 0) -> Value | None:
        """Put what `f` makes of the value, or remove it where that is None, with nobody writing in between."""
        with self._writing() as db:
            made = f(self._found(db, kind, key))
            if made is None:
                db.execute(
                    "DELETE FROM kept WHERE kind = ? AND key = ?", (kind, self._mark("key", kind, key))
                )
            else:
                self._put(db, kind, key, made, person=person, until=until)
            return made

    # Many

    def all(self, kind: str, *, person: str = "") -> list[tuple[str, Value]]:
        """Return keys and values of a kind, or of one person's, in the order in which each was first put."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT key, sealed FROM kept WHERE kind = ? AND (? = '' OR person = ?) ORDER BY place",
                (kind, person, self._person(person)),
            ).fetchall()
            return [self._unsealed(kind, mark, sealed) for mark, sealed in rows]

    def forget(self, person: str) -> int:
        """Remove everything kept for a person, from the disk too, and return how many values that was."""
        if not person or (self._path is not None and not self._path.exists()):
            return 0
        with self._writing() as db:
            forgotten = db.execute("DELETE FROM kept WHERE person = ?", (self._person(person),)).rowcount
        with self._reading() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return forgotten

    def sweep(self, now: int) -> int:
        """Remove what is past its moment at `now` (microseconds UTC), and return how many values that was."""
        with self._writing() as db:
            return db.execute("DELETE FROM kept WHERE until > 0 AND until <= ?", (now,)).rowcount

    # The file

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            yield self._opened

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold one transaction: all of it is kept, or nothing."""
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        secret = self._secret()
        self._cipher, self._lookups = AESGCM(secret), sealing.lookup(secret, "kept")
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            narrow(self._path)
        db = sqlite3.connect(
            self._path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            _lay_out(db)
        except BaseException:
            db.close()
            raise
        return db

    # Rows

    def _put(
        self,
        db: sqlite3.Connection,
        kind: str,
        key: str,
        value: Mapping[str, Any],
        *,
        person: str,
        until: int,
    ) -> None:
        db.execute(_PUT, self._row(kind, key, value, person=person, until=until))

    def _row(
        self, kind: str, key: str, value: Mapping[str, Any], *, person: str, until: int
    ) -> tuple[str, bytes, bytes, int, bytes]:
        mark = self._mark("key", kind, key)
        filled = sealing.padded(msgspec.json.encode((key, value)))
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, filled, _place(kind, mark))
        return kind, mark, self._person(person), until, sealed

    def _found(self, db: sqlite3.Connection, kind: str, key: str) -> Value | None:
        mark = self._mark("key", kind, key)
        row = db.execute("SELECT sealed FROM kept WHERE kind = ? AND key = ?", (kind, mark)).fetchone()
        return self._unsealed(kind, mark, row[0])[1] if row else None

    def _unsealed(self, kind: str, mark: bytes, sealed: bytes) -> tuple[str, Value]:
        try:
            filled = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(kind, mark))
        except InvalidTag:
            raise Tampered("What was kept beside the key store was altered, or closed by another.") from None
        key, value = msgspec.json.decode(sealing.unpadded(filled), type=tuple[str, Value])
        return key, value

    def _person(self, person: str) -> bytes:
        return self._mark("person", person) if person else b""

    def _mark(self, *parts: str) -> bytes:
        return sealing.lookup(self._lookups, *parts)


def _place(kind: str, mark: bytes) -> bytes:
    """Return the associated data that binds a value to its row."""
    return b"cp.kept.v1\0" + kind.encode() + b"\0" + mark


def _lay_out(db: sqlite3.Connection) -> None:
    """Set what durability and forgetting rely on, and make the tables where they are not."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("BEGIN IMMEDIATE")
    for table in _TABLES:
        db.execute(table)
    db.execute("COMMIT")
