"""Drawers of the key store: closed rows, found by who knows their name, and gone for good once they are taken."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from counterpoise.store.sealing import KeyEncryptingKey, padded, unpadded

TABLES = (
    """CREATE TABLE IF NOT EXISTS drawers (
        mark BLOB PRIMARY KEY, drawer TEXT NOT NULL, person BLOB NOT NULL, until INTEGER NOT NULL,
        wrapped BLOB NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS drawers_of ON drawers (drawer, mark)",
)
"""Kept in the order of their marks, rows do not tell which came first."""

WRAPPED = (
    "drawer",
    "SELECT mark, wrapped FROM drawers",
    "UPDATE drawers SET wrapped = ? WHERE mark = ?",
)

FOR_EVER = 0
"""The end of a row that has none."""


class Kept(NamedTuple):
    """What a row holds, and until when (microseconds UTC; 0: for ever)."""

    text: str
    until: int


class Drawers:
    """Small rows by drawer and name. Of a file that is read without its key, only the drawers' own names tell.

    `person` says whose a row is, so that it goes when they are erased; a row of nobody's stays.
    """

    def __init__(
        self,
        transaction: Callable[[str], AbstractContextManager[sqlite3.Connection]],
        mark: Callable[..., bytes],
        key: Callable[[], KeyEncryptingKey],
    ) -> None:
        self._transaction = transaction
        self._mark = mark
        self._key = key

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the key store alone: what is done in one turn is done together, or not at all."""
        with self._transaction("IMMEDIATE"):
            yield

    def put(self, drawer: str, name: str, text: str, *, person: str = "", until: int = FOR_EVER) -> None:
        """Keep `text` under `name`, in place of what was there."""
        with self._transaction("IMMEDIATE") as db:
            mark = self._mark("drawer", drawer, name)
            wrapped = self._key().wrap("drawer", mark, padded(text.encode()))
            whose = self._mark("person", person) if person else b""
            db.execute(
                "INSERT OR REPLACE INTO drawers VALUES (?, ?, ?, ?, ?)", (mark, drawer, whose, until, wrapped)
            )

    def look(self, drawer: str, name: str, *, now: int = FOR_EVER) -> Kept | None:
        """Return what is kept under `name`; None where nothing is, or its end has come."""
        with self._transaction("DEFERRED") as db:
            mark = self._mark("drawer", drawer, name)
            row = db.execute("SELECT wrapped, until FROM drawers WHERE mark = ?", (mark,)).fetchone()
            if row is None or 0 < row[1] <= now:
                return None
            return Kept(self._text(mark, row[0]), row[1])

    def take(self, drawer: str, name: str) -> bool:
        """Let go of what is kept under `name`; False where nothing was."""
        with self._transaction("IMMEDIATE") as db:
            mark = self._mark("drawer", drawer, name)
            return bool(db.execute("DELETE FROM drawers WHERE mark = ?", (mark,)).rowcount)

    def all(self, drawer: str) -> list[str]:
        """Return every text of a drawer, in an order that says nothing of when or by whom it was put there."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute("SELECT mark, wrapped FROM drawers WHERE drawer = ? ORDER BY mark", (drawer,))
            return [self._text(mark, wrapped) for mark, wrapped in rows.fetchall()]

    def names(self, beginning: str) -> list[str]:
        """Return the drawers in use whose own names begin so, in order."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute("SELECT DISTINCT drawer FROM drawers ORDER BY drawer").fetchall()
            return [drawer for (drawer,) in rows if drawer.startswith(beginning)]

    def empty(self, drawer: str, *, person: str = "") -> None:
        """Let go of everything in a drawer; of one person's rows alone where one is named."""
        with self._transaction("IMMEDIATE") as db:
            if person:
                mine = (drawer, self._mark("person", person))
                db.execute("DELETE FROM drawers WHERE drawer = ? AND person = ?", mine)
            else:
                db.execute("DELETE FROM drawers WHERE drawer = ?", (drawer,))

    def sweep(self, now: int) -> None:
        """Let go of every row whose end has come."""
        with self._transaction("IMMEDIATE") as db:
            db.execute("DELETE FROM drawers WHERE until > 0 AND until <= ?", (now,))

    def _text(self, mark: bytes, wrapped: bytes) -> str:
        return unpadded(self._key().unwrap("drawer", mark, wrapped)).decode()
