"""A person erased is gone from every file and memory, whatever dies on the way, and nobody else is."""

import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.store import key_file
from counterpoise.store.key_file import KeyFileFixed, WrongKeyFile
from counterpoise.store.keys import AlreadyErased, KeyStore
from counterpoise.store.sealing import Tampered
from tests.store.kept import (
    ADDRESS,
    HANDLE,
    OTHERS,
    PROGRAM,
    WORDS,
    deaths,
    opened,
    populate,
    rows,
    sealed,
    traces,
    wrapped_keys,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "keys.db"


@pytest.fixture
def store(path: Path) -> Iterator[KeyStore]:
    with KeyStore(path) as opened:
        yield opened


def test_after_an_erasure_only_the_others_are_left(store: KeyStore) -> None:
    words, others = populate(store)
    names = store.pseudonyms("bo")
    expected = {store.key_for(name, pilot)[0] for pilot, name in names.items()}
    expected.add(store.key_for("bo", "")[0])

    erased = store.erase("bo")

    assert set(erased) == expected == store.erased_keys()
    assert opened(store, words) is None
    assert opened(store, others) == OTHERS
    assert [store.person_of(name) for name in names.values()] == [None, None]
    assert store.pseudonyms("bo") == {}
    assert store.linked("slack", ADDRESS) is None
    assert store.person_named(HANDLE) is None
    assert [store.commitment(key) for key in erased] == [None, None, None]
    assert store.person_named("ada") == "ada"
    assert store.linked("slack", "T024BE7LH:U0ADA") == "ada"
    assert len(store.pseudonyms("ada")) == 2


def test_an_erased_person_gets_nothing_new_under_the_old_names(path: Path) -> None:
    with KeyStore(path) as store:
        populate(store)
        name = store.pseudonyms("bo")["pilot"]
        store.erase("bo")

    with KeyStore(path) as store:
        for attempt in (
            lambda: store.key_for(name, "pilot"),
            lambda: store.key_for(name, "a third"),
            lambda: store.key_for("bo", ""),
            lambda: sealed(store, "Still here", keeper=name),
            lambda: store.pseudonym("bo", "pilot", lambda: "n-9"),
            lambda: store.pseudonym("ada", "a third", lambda: name),
            lambda: store.link("bo", "slack", ADDRESS),
            lambda: store.name("bo", HANDLE),
        ):
            with pytest.raises(AlreadyErased):
                attempt()
        store.link("bo-again", "slack", ADDRESS)
        assert store.linked("slack", ADDRESS) == "bo-again"


def test_erasing_twice_changes_nothing_more(store: KeyStore, path: Path) -> None:
    populate(store)
    first = store.erase("bo")
    key_file = path.with_suffix(".kek").read_bytes()

    assert store.erase("bo") == ()
    assert store.erased_keys() == set(first)
    assert path.with_suffix(".kek").read_bytes() == key_file


def test_one_key_is_erased_alone(store: KeyStore) -> None:
    words, others = populate(store)
    keeper = store.pseudonyms("bo")["pilot"]
    key, _ = store.key_for(keeper, "pilot")

    assert store.erase_key(key)
    assert not store.erase_key(key)
    assert opened(store, words) is None
    assert opened(store, others) == OTHERS
    assert store.erased_keys() == {key}
    again, made = store.key_for(keeper, "pilot")
    assert made
    assert again != key


def test_one_key_erased_takes_the_key_that_closed_it_along(store: KeyStore, path: Path) -> None:
    populate(store)
    ((wrapped,),) = wrapped_keys(path, "bo")
    old = path.with_suffix(".kek").read_bytes()

    store.erase_key(store.key_for("bo", "")[0])

    assert traces(path.parent, old, wrapped) == []


def test_what_was_erased_is_found_in_no_file(store: KeyStore, path: Path) -> None:
    populate(store)
    names = store.pseudonyms("bo")
    boxes = (
        [box for keeper in ("bo", *names.values()) for (box,) in wrapped_keys(path, keeper)]
        + [box for (box,) in rows(path, "SELECT wrapped FROM pseudonyms")]
        + [box for (box,) in rows(path, "SELECT wrapped FROM links")]
        + [store._mark("person", "bo"), store._mark("address", "slack", ADDRESS)]
    )
    assert all(traces(path.parent, box) for box in boxes)

    store.erase("bo")

    gone = [
        *boxes,
        *(name.encode() for name in names.values()),
        *(n.encode() for n in (WORDS, ADDRESS, HANDLE)),
    ]
    assert traces(path.parent, *gone) == []


def test_the_search_finds_what_an_ordinary_deletion_leaves(store: KeyStore, path: Path) -> None:
    populate(store)
    ((wrapped,),) = wrapped_keys(path, "bo")
    careless = sqlite3.connect(path)
    careless.execute("PRAGMA secure_delete = OFF")
    careless.execute("DELETE FROM keys WHERE keeper = 'bo'")
    careless.commit()
    careless.close()

    assert wrapped_keys(path, "bo") == []
    assert traces(path.parent, wrapped) == ["keys.db"]


def test_the_old_key_file_opens_nothing_after_an_erasure(store: KeyStore, path: Path, tmp_path: Path) -> None:
    words, _ = populate(store)
    ((remnant,),) = wrapped_keys(path, "bo")
    shutil.copy(path.with_suffix(".kek"), tmp_path / "old.kek")
    old = key_file._read(tmp_path / "old.kek")
    assert old
    key = store.key_for("bo", "")[0]
    assert len(old.unwrap("key", key, remnant)) == 32

    store.erase("bo")

    for name, wrapped in rows(path, "SELECT id, wrapped FROM keys"):
        with pytest.raises(Tampered):
            old.unwrap("key", name, wrapped)
    with pytest.raises(Tampered):
        store._kek.unwrap("key", key, remnant)
    with pytest.raises(WrongKeyFile, match=r"of generation 1, the key store of generation 2\."):
        KeyStore(path, key_file=tmp_path / "old.kek")
    assert traces(path.parent, old.secret, (tmp_path / "old.kek").read_bytes()) == []
    assert opened(store, words) is None


def test_the_old_key_is_written_over_before_its_file_goes(store: KeyStore, path: Path) -> None:
    kept = path.with_name("the same bytes on disk")
    os.link(path.with_suffix(".kek"), kept)
    old = kept.read_bytes()

    store.erase("bo")

    assert len(kept.read_bytes()) == len(old)
    assert old.split(b":")[-1].strip() not in kept.read_bytes()


def test_a_key_announced_in_vain_is_written_over_too(path: Path) -> None:
    KeyStore(path).close()
    vain, kept = path.with_suffix(".kek.next"), path.with_name("the same bytes on disk")
    vain.write_text("counterpoise-key:1:cut short")
    os.link(vain, kept)

    KeyStore(path).close()

    assert not vain.exists()
    assert b"counterpoise" not in kept.read_bytes()


def test_no_page_is_left_over_from_what_was_erased(store: KeyStore, path: Path) -> None:
    for pilot in range(200):
        store.key_for("bo", f"pilot-{pilot}")
    before = path.stat().st_size

    store.erase("bo")

    assert rows(path, "PRAGMA freelist_count") == [(0,)]
    assert path.stat().st_size < before


def test_an_erasure_by_another_process_is_honoured_at_once(store: KeyStore, path: Path) -> None:
    words, others = populate(store)
    keeper = store.pseudonyms("bo")["pilot"]
    assert (opened(store, words), opened(store, others)) == (WORDS, OTHERS)

    subprocess.run([*PROGRAM, "erase", path, "bo"], check=True)

    assert opened(store, words) is None
    assert opened(store, others) == OTHERS
    with pytest.raises(AlreadyErased):
        sealed(store, WORDS, keeper=keeper)
    assert store.person_named("ada") == "ada"


# Death on the way


@pytest.mark.parametrize(
    "death", [("die-at-each-line",), ("die-at-any-moment", "25")], ids=lambda death: death[0]
)
def test_an_erasure_cut_short_is_undone_or_completed(death: tuple[str, ...], path: Path) -> None:
    with KeyStore(path) as store:
        words, others = populate(store)
        names = store.pseudonyms("bo")
    secrets = [box for keeper in ("bo", *names.values()) for (box,) in wrapped_keys(path, keeper)]
    leftovers = [path.with_suffix(".kek").read_bytes(), *secrets]

    folders = deaths(death[0], path, "bo", *death[1:])

    ends = Counter(end(f, words=words, others=others, names=names, leftovers=leftovers) for f in folders)
    assert ends.total() >= 25
    assert set(ends) == {"undone", "completed"} or death[1:]


def end(folder: Path, *, words: str, others: str, names: dict[str, str], leftovers: list[bytes]) -> str:
    """Open the store again and return how the erasure ended, having checked that it ended wholly."""
    with KeyStore(folder / "keys.db") as store:
        assert opened(store, others) == OTHERS
        assert store.linked("slack", "T024BE7LH:U0ADA") == "ada"
        undone = opened(store, words) == WORDS
        assert store.pseudonyms("bo") == (names if undone else {})
        assert store.person_named(HANDLE) == ("bo" if undone else None)
        assert len(store.erased_keys()) == (0 if undone else 3)
        assert {file.name for file in folder.iterdir()} - {"keys.db-journal"} == {"keys.db", "keys.kek"}
        if undone:
            store.erase("bo")
        assert opened(store, words) is None
        assert opened(store, others) == OTHERS
        assert traces(folder, *leftovers) == []
    return "undone" if undone else "completed"


# Many at once


def test_readers_and_writers_go_on_while_two_processes_erase(store: KeyStore, path: Path) -> None:
    _, others = populate(store)
    crowd = [f"person-{number}" for number in range(12)]
    for person in crowd:
        store.key_for(person, "")
    erasers = [subprocess.Popen([*PROGRAM, "erase", path, *crowd[start::2]]) for start in (0, 1)]

    turn = 0
    while any(eraser.poll() is None for eraser in erasers):
        turn += 1
        assert opened(store, others) == OTHERS
        assert store.person_named("ada") == "ada"
        assert opened(store, sealed(store, WORDS, keeper=f"keeper {turn}")) == WORDS

    assert [eraser.returncode for eraser in erasers] == [0, 0]
    assert turn
    assert len(store.erased_keys()) == 12


def test_two_that_erase_in_turn_leave_the_rest_readable(store: KeyStore, path: Path) -> None:
    words, others = populate(store)

    with KeyStore(path) as other:
        store.erase("cy")
        other.erase("bo")
        store.erase("di")

        assert (opened(store, words), opened(store, others)) == (None, OTHERS)
        assert (opened(other, words), opened(other, others)) == (None, OTHERS)


def test_no_key_file_is_destroyed_that_may_be_the_only_one(store: KeyStore, path: Path) -> None:
    words, _ = populate(store)
    kept, coming = path.with_suffix(".kek"), path.with_suffix(".kek.next")
    kept.write_text("changed by hand")
    coming.write_text("put here by hand")

    with pytest.raises(WrongKeyFile, match="it changed while the key store was open"):
        store.erase("bo")

    assert (kept.read_text(), coming.read_text()) == ("changed by hand", "put here by hand")
    assert opened(store, words) == WORDS


def test_nothing_is_erased_while_the_key_file_cannot_be_replaced(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    with KeyStore(path, key_file=folder / "kek") as store:
        words, others = populate(store)
        folder.rename(tmp_path / "away")
        folder.write_text("in the way")
        with pytest.raises(KeyFileFixed, match="so nothing was changed"):
            store.erase("bo")
        assert opened(store, words) == WORDS
        folder.unlink()
        (tmp_path / "away").rename(folder)

        store.erase("bo")

        assert (opened(store, words), opened(store, others)) == (None, OTHERS)
