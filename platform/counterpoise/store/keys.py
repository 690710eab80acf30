"""The key store: data keys, and who stands behind a pseudonym, an address or a name, until they are erased."""

import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock
from types import TracebackType
from typing import ClassVar, NamedTuple, Self
from uuid import uuid4

from counterpoise.domain.refusals import Refusal
from counterpoise.store import drawers, sealing
from counterpoise.store.key_file import KeyFile, WrongKeyFile, narrow
from counterpoise.store.sealing import KEY_BYTES, DataKey, KeyEncryptingKey, Sealing, Tampered

KEY_FILE_SETTING = "COUNTERPOISE_KEY_FILE"
RECEIPT_BYTES = 24
PATIENCE = 60
"""Seconds to wait for another process that is writing."""

_TABLES = (
    "CREATE TABLE store (id TEXT NOT NULL, generation INTEGER NOT NULL, swept INTEGER NOT NULL)",
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL)",
    """CREATE TABLE keys (
        id TEXT PRIMARY KEY, keeper TEXT NOT NULL, pilot TEXT NOT NULL, wrapped BLOB NOT NULL,
        UNIQUE (keeper, pilot))""",
    """CREATE TABLE pseudonyms (
        place BLOB PRIMARY KEY, name BLOB NOT NULL UNIQUE, person BLOB NOT NULL, wrapped BLOB NOT NULL)""",
    "CREATE INDEX pseudonyms_of ON pseudonyms (person)",
    """CREATE TABLE links (
        address BLOB PRIMARY KEY, kind TEXT NOT NULL, person BLOB NOT NULL, wrapped BLOB NOT NULL)""",
    "CREATE INDEX links_of ON links (person)",
    # These two outlive an erasure. Kept in the order of their contents, they do not tell what went together.
    "CREATE TABLE erased (keeper BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE gone (key TEXT PRIMARY KEY) WITHOUT ROWID",
)

_OPENING = Lock()
"""One thread at a time makes a file: closing it would end the locks that another thread holds on it."""

_NO_KEY = KeyEncryptingKey(store="", generation=0, secret=b"")

_WRAPPED = (
    ("secret", "SELECT name, wrapped FROM secrets", "UPDATE secrets SET wrapped = ? WHERE name = ?"),
    ("key", "SELECT id, wrapped FROM keys", "UPDATE keys SET wrapped = ? WHERE id = ?"),
    (
        "pseudonym",
        "SELECT place, wrapped FROM pseudonyms",
        "UPDATE pseudonyms SET wrapped = ? WHERE place = ?",
    ),
    ("link", "SELECT address, wrapped FROM links", "UPDATE links SET wrapped = ? WHERE address = ?"),
    drawers.WRAPPED,
)
"""Everything closed under the key-encrypting key: what it is, how it is read, how it is written anew."""


class KeyStoreMissing(Refusal):
    """There is a key file and no key store for it: a new one would leave every text unreadable."""

    rule: ClassVar[str] = "key-store-missing"

    def __init__(self, path: Path, key_file: Path) -> None:
        super().__init__(
            f"The key file {key_file} is there, but its key store {path} is missing or empty.",
            owner="operator",
            remedy="Put the key store back from its copy; to begin anew, move the key file away first.",
        )


class AlreadyErased(Refusal):
    """This person was erased for good, and nothing is recorded under the same name again."""

    rule: ClassVar[str] = "already-erased"

    def __init__(self) -> None:
        super().__init__(
            "This person was erased for good, and nothing is recorded under the same name again.",
            owner="administrator",
            remedy="Enrol them afresh, under a new id.",
        )


class AlreadyTaken(Refusal):
    """This address or handle already leads to somebody else."""

    rule: ClassVar[str] = "already-taken"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"This {kind} already leads to somebody else.",
            owner="administrator",
            remedy="Choose another, or unlink this one first.",
        )


class KeptKey(NamedTuple):
    """A living key, as the log tells of it: neither its secret nor its keeper."""

    key: str
    pilot: str
    commitment: str


class KeyStore:
    """The keys at `path` (SQLite, mode 0600), closed under a key that rests in a file of its own.

    That file is `key_file`, else the one COUNTERPOISE_KEY_FILE names, else `path` with the suffix `.kek`. Both
    are made where neither is; a store without its key file is refused, never begun anew. One object may
    serve many threads, and many processes may open the same store; open it after a fork, not before.

    A person is whatever id the caller gives them. A keeper is a pseudonym, a person or `actor:<id>`. `drawers`
    hold what is kept for a while beside the keys: codes, one-time links, what waits to be recorded.
    """

    def __init__(self, path: Path, *, key_file: Path | None = None) -> None:
        self._path = path.resolve()
        named = os.environ.get(KEY_FILE_SETTING)
        self._file = KeyFile(key_file or (Path(named) if named else self._path.with_suffix(".kek")))
        self._lock = RLock()
        self._slow = Lock()
        self._closers: dict[tuple[str, str], DataKey] = {}
        self._openers: dict[str, DataKey] = {}
        self._seen = -1
        self._kek = _NO_KEY
        self.drawers = drawers.Drawers(self._transaction, self._mark, lambda: self._kek)
        self._db = _connected(self._path)
        try:
            self._open()
            self._finish()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file and forget every key."""
        with self._lock:
            self._forget()
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Receipts

    def receipt(self, key: str) -> bytes:
        """Return the 24 bytes under which a command's `key` is remembered; the same for ever."""
        prepared = self._receipts.copy()
        prepared.update(key.encode())
        return prepared.digest()[:RECEIPT_BYTES]

    # Secrets of this machine

    def secret(self, name: str) -> bytes:
        """Return the 32 random bytes that rest here under `name`, the same for ever; made when first asked for."""
        with self._transaction("IMMEDIATE") as db:
            row = db.execute("SELECT wrapped FROM secrets WHERE name = ?", (name,)).fetchone()
            if row:
                return self._kek.unwrap("secret", name, row[0])
            made = os.urandom(KEY_BYTES)
            db.execute("INSERT INTO secrets VALUES (?, ?)", (name, self._kek.wrap("secret", name, made)))
            return made

    def slow_mark(self, text: str) -> str:
        """Return what a text that could be guessed is found by: always the same here, and slow, so one at a time."""
        with self._slow:
            return sealing.slow_lookup(self._lookups, text).hex()

    # Keys and words

    def key_for(self, keeper: str, pilot: str) -> tuple[str, bool]:
        """Return the id of the keeper's key in the pilot, and whether this call made it."""
        key, fresh = self._closer(keeper, pilot)
        return key.id, fresh

    def commitment(self, key: str) -> str | None:
        """Return the commitment of a living key, None of any other."""
        living = self._opener(key)
        return living.commitment if living else None

    def living_keys(self) -> tuple[KeptKey, ...]:
        """Return every living key by id: those whose making the log must tell of, also after a crash."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute("SELECT id, pilot, wrapped FROM keys ORDER BY id").fetchall()
            return tuple(KeptKey(key, pilot, self._data_key(key, box).commitment) for key, pilot, box in rows)

    def erased_keys(self) -> frozenset[str]:
        """Return the id of every key ever erased: those whose end the log must tell of, also after a crash."""
        with self._transaction("DEFERRED") as db:
            return frozenset(key for (key,) in db.execute("SELECT key FROM gone").fetchall())

    def seal(self, text: str, *, keeper: str, pilot: str, stream: str, version: int, field: str) -> Sealing:
        """Close `text` under the keeper's key in the pilot, for one field of one event only."""
        key, fresh = self._closer(keeper, pilot)
        box = key.close(text, sealing.place(stream=stream, version=version, field=field))
        return Sealing(box=box, made=((key.id, key.commitment),) if fresh else ())

    def unseal(self, box: str, *, stream: str, version: int, field: str) -> str | None:
        """Return the text; None once its key is gone. Altered or moved, it is `Tampered`."""
        key_id, sealed = sealing.contents(box)
        key = self._opener(key_id)
        if key is None:
            return None
        return key.open(sealed, sealing.place(stream=stream, version=version, field=field))

    # Who stands behind what

    def pseudonym(self, person: str, pilot: str, fresh: Callable[[], str]) -> str:
        """Return the person's name in the pilot ("" for the whole deployment), the same until they are erased.

        `fresh` gives the random name to take where they have none; it may be called in vain.
        """
        known = self._pseudonym(person, pilot)
        if known is not None:
            return known
        name = fresh()
        with self._transaction("IMMEDIATE") as db:
            raced = self._pseudonym(person, pilot)
            if raced is not None:
                return raced
            self._refuse_erased(person, name)
            self._add_pseudonym(db, person, pilot, name)
        return name

    def person_of(self, pseudonym: str) -> str | None:
        """Return who goes by this pseudonym; None for an erased person's, or one never given."""
        with self._transaction("DEFERRED") as db:
            row = db.execute(
                "SELECT place, wrapped FROM pseudonyms WHERE name = ?", (self._mark("name", pseudonym),)
            ).fetchone()
            return self._opened(*row)[0] if row else None

    def pseudonyms(self, person: str) -> dict[str, str]:
        """Return every name of the person, by pilot, in the order of the pilots."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute(
                "SELECT place, wrapped FROM pseudonyms WHERE person = ?", (self._mark("person", person),)
            ).fetchall()
            names = [self._opened(*row) for row in rows]
        return dict(sorted((pilot, name) for _, pilot, name in names))

    def link(self, person: str, kind: str, address: str) -> None:
        """Let `address` (of a chat account, a login) lead to the person; one that leads elsewhere is refused."""
        with self._transaction("IMMEDIATE") as db:
            self._refuse_erased(person)
            self._link(db, person, kind, address)

    def linked(self, kind: str, address: str) -> str | None:
        """Return the person the address leads to."""
        marked = self._mark("address", kind, address)
        with self._transaction("DEFERRED") as db:
            row = db.execute("SELECT wrapped FROM links WHERE address = ?", (marked,)).fetchone()
            return self._link_in(marked, row[0])[0] if row else None

    def addresses(self, kind: str) -> dict[str, str]:
        """Return the address that leads to each person, of those whose address was kept."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute("SELECT address, wrapped FROM links WHERE kind = ?", (kind,)).fetchall()
        links = [self._link_in(*row) for row in rows]
        return dict(sorted((person, address) for person, address in links if address))

    def unlink(self, kind: str, address: str) -> None:
        """Let the address lead to nobody."""
        with self._transaction("IMMEDIATE") as db:
            db.execute("DELETE FROM links WHERE address = ?", (self._mark("address", kind, address),))

    def part(self, person: str, kind: str) -> bool:
        """Let no address of this kind lead to the person; False where none did."""
        with self._transaction("IMMEDIATE") as db:
            mine = (kind, self._mark("person", person))
            return bool(db.execute("DELETE FROM links WHERE kind = ? AND person = ?", mine).rowcount)

    def name(self, person: str, handle: str) -> None:
        """Let the person go by `handle`, in place of any before; one that is another's is refused."""
        with self._transaction("IMMEDIATE") as db:
            self._refuse_erased(person)
            self._link(db, person, "handle", handle)
            db.execute(
                "DELETE FROM links WHERE kind = 'handle' AND person = ? AND address <> ?",
                (self._mark("person", person), self._mark("address", "handle", handle)),
            )

    def person_named(self, handle: str) -> str | None:
        """Return the person who goes by `handle`."""
        return self.linked("handle", handle)

    # Erasure and copies

    def erase(self, person: str) -> tuple[str, ...]:
        """Erase the person's keys, names, links and handle for good, and return the ids of those keys.

        What is left is closed under a new key-encrypting key and the old one destroyed, so that remnants
        on the disk open nothing. Cut short, it is undone or completed when the store is next opened; done
        twice, it returns no key the second time (`erased_keys` has them all).
        """
        with self._transaction("IMMEDIATE") as db:
            keepers = {person, *self.pseudonyms(person).values()}
            keys = self._drop_keys(db, _keys_of(db, keepers))
            marked = (self._mark("person", person),)
            db.execute("DELETE FROM pseudonyms WHERE person = ?", marked)
            db.execute("DELETE FROM links WHERE person = ?", marked)
            db.execute("DELETE FROM drawers WHERE person = ?", marked)
            if self._remember_erased(db, keepers):
                self._rotate(db)
        self._finish()
        return keys

    def erase_key(self, key: str) -> bool:
        """Erase one key for good, as `erase` does; False where it was not living. Its keeper may go on."""
        with self._transaction("IMMEDIATE") as db:
            erased = self._drop_keys(db, [key])
            if erased:
                self._rotate(db)
        self._finish()
        return bool(erased)

    def burn(self, drawer: str) -> bool:
        """Erase everything in a drawer for good, as `erase` does; False where it was empty."""
        with self._transaction("IMMEDIATE") as db:
            burnt = db.execute("DELETE FROM drawers WHERE drawer = ?", (drawer,)).rowcount
            if burnt:
                self._rotate(db)
        if burnt:
            self._finish()
        return bool(burnt)

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy to `path` (mode 0600), where no file may be yet.

        It opens with the key file of this moment only: an erasure replaces that file, and is to be followed
        by a new copy of both.
        """
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copy = sqlite3.connect(path, isolation_level=None)
        try:
            with self._lock:
                self._db.backup(copy)
        finally:
            copy.close()

    # The file

    def _open(self) -> None:
        """Unlock the store, once it is made; what is made must be committed before its key settles."""
        self._db.execute("BEGIN IMMEDIATE")
        self._create()
        for table in drawers.TABLES:
            self._db.execute(table)
        self._unlock()
        self._db.execute("COMMIT")

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        """Hold one transaction of this kind, or stay in the one that is held, under the key in force."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            try:
                self._db.execute(f"BEGIN {kind}")
                self._unlock()
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._forget()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _unlock(self) -> None:
        """Take up the key-encrypting key that the store is closed under now."""
        store, generation = self._db.execute("SELECT id, generation FROM store").fetchone()
        if generation == self._kek.generation:
            return
        kek = self._file.holding(store=store, generation=generation)
        wrapped = dict(self._db.execute("SELECT name, wrapped FROM secrets").fetchall())
        try:
            secrets = {name: kek.unwrap("secret", name, box) for name, box in wrapped.items()}
        except Tampered:
            raise WrongKeyFile(self._file.path, "it holds another key") from None
        self._receipts = hmac.new(secrets["receipts"], digestmod="sha256")
        self._lookups = secrets["lookups"]
        self._kek = kek

    def _create(self) -> None:
        """Make tables and keys in a file that has none."""
        db = self._db
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'store'").fetchone():
            return
        if self._file.path.exists():
            raise KeyStoreMissing(self._path, self._file.path)
        for table in _TABLES:
            db.execute(table)
        kek = KeyEncryptingKey(store=str(uuid4()), generation=1, secret=os.urandom(KEY_BYTES))
        self._file.announce(kek)
        db.execute("INSERT INTO store VALUES (?, 1, 0)", (kek.store,))
        for name in ("receipts", "lookups"):
            wrapped = kek.wrap("secret", name, os.urandom(KEY_BYTES))
            db.execute("INSERT INTO secrets VALUES (?, ?)", (name, wrapped))

    def _rotate(self, db: sqlite3.Connection) -> None:
        """Close everything under a new key-encrypting key, in force once the transaction is committed."""
        old = self._kek
        coming = KeyEncryptingKey(
            store=old.store, generation=old.generation + 1, secret=os.urandom(KEY_BYTES)
        )
        self._file.announce(coming, after=old)
        for kind, read, write in _WRAPPED:
            rows = db.execute(read).fetchall()
            again = ((coming.wrap(kind, name, old.unwrap(kind, name, box)), name) for name, box in rows)
            db.executemany(write, again)
        db.execute("UPDATE store SET generation = ?", (coming.generation,))

    def _finish(self) -> None:
        """Destroy the key before the one in force, then rebuild the file so that no page keeps what went."""
        with self._lock:
            self._forget()
            with self._transaction("IMMEDIATE") as db:
                self._file.settle(self._kek)
                generation, swept = db.execute("SELECT generation, swept FROM store").fetchone()
            if swept < generation:
                self._db.execute("VACUUM")
                with self._transaction("IMMEDIATE") as db:
                    db.execute("UPDATE store SET swept = ? WHERE swept < ?", (generation, generation))

    # Keys in memory

    def _forget(self) -> None:
        self._closers.clear()
        self._openers.clear()

    def _refresh(self) -> None:
        """Forget the keys in memory if another connection has written: they may be erased."""
        (changes,) = self._db.execute("PRAGMA data_version").fetchone()
        if changes != self._seen:
            self._forget()
            self._seen = changes

    def _closer(self, keeper: str, pilot: str) -> tuple[DataKey, bool]:
        """Return the keeper's key in the pilot, and whether it was made now."""
        with self._lock:
            self._refresh()
            known = self._closers.get((keeper, pilot))
            if known:
                return known, False
            with self._transaction("IMMEDIATE") as db:
                found = db.execute(
                    "SELECT id, wrapped FROM keys WHERE keeper = ? AND pilot = ?", (keeper, pilot)
                ).fetchone()
                key = self._data_key(*found) if found else self._make(db, keeper, pilot)
            self._closers[keeper, pilot] = self._openers[key.id] = key
            return key, not found

    def _opener(self, key_id: str) -> DataKey | None:
        with self._lock:
            self._refresh()
            known = self._openers.get(key_id)
            if known:
                return known
            with self._transaction("DEFERRED") as db:
                found = db.execute("SELECT id, wrapped FROM keys WHERE id = ?", (key_id,)).fetchone()
                if not found:
                    return None
                key = self._openers[key_id] = self._data_key(*found)
            return key

    def _data_key(self, key_id: str, wrapped: bytes) -> DataKey:
        return DataKey(key_id, self._kek.unwrap("key", key_id, wrapped))

    def _make(self, db: sqlite3.Connection, keeper: str, pilot: str) -> DataKey:
        self._refuse_erased(keeper)
        key_id, secret = str(uuid4()), os.urandom(KEY_BYTES)
        row = (key_id, keeper, pilot, self._kek.wrap("key", key_id, secret))
        db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", row)
        return DataKey(key_id, secret)

    def _drop_keys(self, db: sqlite3.Connection, keys: Iterable[str]) -> tuple[str, ...]:
        """Delete those of the keys that live, and remember that they are gone."""
        dropped = tuple(key for key in keys if db.execute("DELETE FROM keys WHERE id = ?", (key,)).rowcount)
        db.executemany("INSERT OR IGNORE INTO gone VALUES (?)", ((key,) for key in dropped))
        return dropped

    # Marks: how a person, a name or an address is found by one who knows it, and read by nobody

    def _mark(self, *parts: str) -> bytes:
        return sealing.lookup(self._lookups, *parts)

    def _opened(self, place: bytes, wrapped: bytes) -> tuple[str, str, str]:
        """Return the person, pilot and name of a row of pseudonyms."""
        person, pilot, name = json.loads(self._kek.unwrap("pseudonym", place, wrapped))
        return person, pilot, name

    def _pseudonym(self, person: str, pilot: str) -> str | None:
        place = self._mark("place", person, pilot)
        with self._transaction("DEFERRED") as db:
            row = db.execute("SELECT wrapped FROM pseudonyms WHERE place = ?", (place,)).fetchone()
            return self._opened(place, row[0])[2] if row else None

    def _add_pseudonym(self, db: sqlite3.Connection, person: str, pilot: str, name: str) -> None:
        place = self._mark("place", person, pilot)
        wrapped = self._kek.wrap("pseudonym", place, json.dumps([person, pilot, name]).encode())
        row = (place, self._mark("name", name), self._mark("person", person), wrapped)
        db.execute("INSERT INTO pseudonyms VALUES (?, ?, ?, ?)", row)

    def _link_in(self, marked: bytes, wrapped: bytes) -> tuple[str, str]:
        """Return the person and the address of a row of links; the address is empty in rows of before it was kept."""
        person, _, address = self._kek.unwrap("link", marked, wrapped).decode().partition("\n")
        return person, address

    def _link(self, db: sqlite3.Connection, person: str, kind: str, address: str) -> None:
        marked = self._mark("address", kind, address)
        wrapped = self._kek.wrap("link", marked, f"{person}\n{address}".encode())
        row = (marked, kind, self._mark("person", person), wrapped)
        standing = self.linked(kind, address)
        if standing not in {None, person}:
            raise AlreadyTaken(kind)
        db.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", row)

    def _remember_erased(self, db: sqlite3.Connection, keepers: Iterable[str]) -> bool:
        """Note each keeper as erased; return whether any was not yet."""
        marks = sorted(self._mark("erased", keeper) for keeper in keepers)
        added = [db.execute("INSERT OR IGNORE INTO erased VALUES (?)", (mark,)).rowcount for mark in marks]
        return any(added)

    def _refuse_erased(self, *keepers: str) -> None:
        for keeper in keepers:
            mark = self._mark("erased", keeper)
            if self._db.execute("SELECT 1 FROM erased WHERE keeper = ?", (mark,)).fetchone():
                raise AlreadyErased


def _connected(path: Path) -> sqlite3.Connection:
    """Open the file, made for the owner's eyes only, with every setting that an erasure relies on.

    A rollback journal, emptied at each commit, and not a write-ahead log: there is then one file that holds
    rows, and no reader can keep an older one from being cleared away.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _OPENING, suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    narrow(path)
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = TRUNCATE")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    return db


def _keys_of(db: sqlite3.Connection, keepers: Iterable[str]) -> list[str]:
    """Return the ids of the keepers' keys, in the order of the ids."""
    found = [db.execute("SELECT id FROM keys WHERE keeper = ?", (keeper,)).fetchall() for keeper in keepers]
    return sorted(key for rows in found for (key,) in rows)
