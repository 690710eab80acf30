"""A key store for the tests: two persons in two pilots, what they said, and how its files are searched."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from counterpoise.store.keys import KeyStore
from tests.store import keys_apart

PROGRAM = [sys.executable, keys_apart.__file__]
WORDS = "Our staff fear being seen beside the convoy"
OTHERS = "The road is open until noon"
ADDRESS = "T024BE7LH:U061F7AUR"
HANDLE = "bo-lindqvist"


def sealed(store: KeyStore, text: str, *, keeper: str, pilot: str = "pilot") -> str:
    return store.seal(text, keeper=keeper, pilot=pilot, stream="concern:1", version=1, field="words").box


def opened(store: KeyStore, box: str) -> str | None:
    return store.unseal(box, stream="concern:1", version=1, field="words")


def populate(store: KeyStore) -> tuple[str, str]:
    """Let Bo and Ada take part in two pilots, and return a text of each."""
    for person in ("bo", "ada"):
        for pilot in ("pilot", "another"):
            name = store.pseudonym(person, pilot, lambda: str(uuid4()))
            store.key_for(name, pilot)
        store.key_for(person, "")
    store.link("bo", "slack", ADDRESS)
    store.name("bo", HANDLE)
    store.link("ada", "slack", "T024BE7LH:U0ADA")
    store.name("ada", "ada")
    return (
        sealed(store, WORDS, keeper=store.pseudonyms("bo")["pilot"]),
        sealed(store, OTHERS, keeper=store.pseudonyms("ada")["pilot"]),
    )


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Read what the store wrote, past the store."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def traces(folder: Path, *needles: bytes) -> list[str]:
    """Name every file under the folder that holds one of the needles."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return sorted(file.name for file in files if any(needle in file.read_bytes() for needle in needles))


def wrapped_keys(path: Path, keeper: str) -> list[tuple[Any, ...]]:
    return rows(path, f"SELECT wrapped FROM keys WHERE keeper = '{keeper}'")


def deaths(*deed: str | Path) -> list[Path]:
    """Let a process of its own die in many copies of the store, and return the folders it leaves."""
    run = subprocess.run([*PROGRAM, *deed], check=True, capture_output=True, text=True)
    return [Path(line) for line in run.stdout.splitlines()]
