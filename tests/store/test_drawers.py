"""Drawers of the key store: what is kept for a while is read by who knows its name, and gone once it is taken."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.store.keys import KeyStore
from tests.store.kept import traces

CODE = "kept-canary-code"
TEXT = "kept-canary-text"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


@pytest.fixture
def store(path: Path) -> Iterator[KeyStore]:
    with KeyStore(path) as opened:
        yield opened


def test_what_is_put_in_a_drawer_is_found_by_its_name_until_it_is_taken(store: KeyStore) -> None:
    store.drawers.put("codes", CODE, TEXT, until=10)

    found = store.drawers.look("codes", CODE, now=9)
    assert found is not None
    assert (found.text, found.until) == (TEXT, 10)
    assert store.drawers.look("codes", "another") is None
    assert store.drawers.look("links", CODE) is None
    assert store.drawers.take("codes", CODE)
    assert not store.drawers.take("codes", CODE)
    assert store.drawers.look("codes", CODE) is None


def test_what_has_come_to_its_end_is_not_found_and_is_swept(store: KeyStore) -> None:
    store.drawers.put("codes", CODE, TEXT, until=10)
    store.drawers.put("codes", "for ever", TEXT)

    assert store.drawers.look("codes", CODE, now=10) is None
    store.drawers.sweep(10)
    assert store.drawers.all("codes") == [TEXT]


def test_a_turn_that_fails_leaves_nothing_behind(store: KeyStore) -> None:
    def fails() -> None:
        with store.drawers.turn():
            store.drawers.put("voices", "one", "")
            store.drawers.put("waiting", "two", TEXT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert store.drawers.names("") == []


def test_what_is_kept_is_read_after_another_was_erased_and_after_it_was_opened_again(path: Path) -> None:
    with KeyStore(path) as store:
        store.drawers.put("waiting", "w", TEXT)
        store.drawers.put("codes", CODE, TEXT, person="bo")
        store.erase("bo")
    with KeyStore(path) as store:
        assert store.drawers.all("waiting") == [TEXT]
        assert store.drawers.names("") == ["waiting"]


def test_only_a_persons_own_rows_go_where_one_is_named(store: KeyStore) -> None:
    for person in ("bo", "ada"):
        store.drawers.put("codes", person, person, person=person)

    store.drawers.empty("codes", person="bo")

    assert store.drawers.all("codes") == ["ada"]


def test_neither_name_nor_text_nor_person_stands_in_any_file(store: KeyStore, path: Path) -> None:
    store.drawers.put("codes", CODE, TEXT, person="kept-canary-person")

    assert traces(path.parent, b"kept-canary") == []


def test_a_burnt_drawer_leaves_bytes_that_no_key_opens(store: KeyStore, path: Path) -> None:
    store.drawers.put("phase:p", "key", "00" * 32)
    store.drawers.put("waiting", "w", TEXT)
    wrapped = _wrapped(path, "phase:p")
    before = path.with_suffix(".kek").read_bytes()

    assert store.burn("phase:p")
    assert not store.burn("phase:p")
    assert store.drawers.all("phase:p") == []
    assert store.drawers.all("waiting") == [TEXT]
    assert traces(path.parent, wrapped) == []
    assert path.with_suffix(".kek").read_bytes() != before


def test_a_key_store_of_before_drawers_gets_them(path: Path) -> None:
    KeyStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE drawers")
    connection.close()

    with KeyStore(path) as store:
        store.drawers.put("codes", CODE, TEXT)
        assert store.drawers.all("codes") == [TEXT]


def _wrapped(path: Path, drawer: str) -> bytes:
    connection = sqlite3.connect(path)
    try:
        (found,) = connection.execute("SELECT wrapped FROM drawers WHERE drawer = ?", (drawer,)).fetchone()
    finally:
        connection.close()
    return bytes(found)
