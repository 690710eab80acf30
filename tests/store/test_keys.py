"""Who keeps the keys: words read while they live, names lead back, and no file opens to a stranger."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from counterpoise.store.key_file import KeyFileMissing, WrongKeyFile
from counterpoise.store.keys import AlreadyTaken, KeptKey, KeyStore, KeyStoreMissing
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
    sealed,
    traces,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "keys.db"


@pytest.fixture
def store(path: Path) -> Iterator[KeyStore]:
    with KeyStore(path) as opened:
        yield opened


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Words


def test_sealed_words_read_again_and_after_the_store_is_opened_again(path: Path) -> None:
    with KeyStore(path) as store:
        box = sealed(store, WORDS, keeper="bo")
        assert opened(store, box) == WORDS

    with KeyStore(path) as store:
        assert opened(store, box) == WORDS


def test_words_moved_to_another_event_are_tampered(store: KeyStore) -> None:
    box = sealed(store, WORDS, keeper="bo")

    for stream, version, field in [
        ("concern:2", 1, "words"),
        ("concern:1", 2, "words"),
        ("concern:1", 1, "x"),
    ]:
        with pytest.raises(Tampered):
            store.unseal(box, stream=stream, version=version, field=field)


def test_words_whose_key_was_never_here_do_not_read(store: KeyStore, tmp_path: Path) -> None:
    with KeyStore(tmp_path / "other.db") as other:
        box = sealed(other, WORDS, keeper="bo")

    assert opened(store, box) is None


def test_each_keeper_has_one_key_a_pilot(store: KeyStore) -> None:
    first, made = store.key_for("bo", "pilot")

    assert made
    assert UUID(first).version == 4
    assert store.key_for("bo", "pilot") == (first, False)
    assert store.key_for("bo", "another")[0] != first
    assert store.key_for("ada", "pilot")[0] != first


def test_sealing_tells_of_the_key_it_made_once(store: KeyStore) -> None:
    first = store.seal("Yes", keeper="bo", pilot="pilot", stream="concern:1", version=1, field="words")
    second = store.seal("No", keeper="bo", pilot="pilot", stream="concern:1", version=2, field="words")

    key = first.box.split(":")[2]
    assert first.made == ((key, store.commitment(key)),)
    assert second.made == ()
    assert second.box.split(":")[2] == key


def test_living_keys_tell_what_the_log_needs(store: KeyStore) -> None:
    key, _ = store.key_for("bo", "pilot")

    assert store.living_keys() == (KeptKey(key, "pilot", store.commitment(key) or ""),)


def test_a_receipt_is_the_same_for_ever_and_each_stores_own(path: Path, tmp_path: Path) -> None:
    with KeyStore(path) as store:
        first = store.receipt("slack:Ev1")
        store.erase("bo")
    with KeyStore(path) as store, KeyStore(tmp_path / "other.db") as other:
        assert len(first) == 24
        assert store.receipt("slack:Ev1") == first
        assert store.receipt("slack:Ev2") != first
        assert other.receipt("slack:Ev1") != first


# Who stands behind what


def test_a_pseudonym_is_taken_once_and_leads_back(store: KeyStore) -> None:
    name = store.pseudonym("bo", "pilot", lambda: "n-1")

    assert name == "n-1"
    assert store.pseudonym("bo", "pilot", lambda: "n-2") == "n-1"
    assert store.pseudonym("bo", "", lambda: "n-3") == "n-3"
    assert store.person_of("n-1") == store.person_of("n-3") == "bo"
    assert store.person_of("n-2") is None
    assert store.pseudonyms("bo") == {"": "n-3", "pilot": "n-1"}
    assert store.pseudonyms("ada") == {}


def test_of_two_that_name_a_person_at_once_the_first_holds(store: KeyStore, path: Path) -> None:
    with KeyStore(path) as other:

        def overtaken() -> str:
            other.pseudonym("bo", "pilot", lambda: "n-first")
            return "n-second"

        name = store.pseudonym("bo", "pilot", overtaken)

    assert name == "n-first"
    assert store.person_of("n-second") is None


def test_an_address_leads_to_one_person_until_it_is_unlinked(store: KeyStore) -> None:
    store.link("bo", "slack", ADDRESS)
    store.link("bo", "slack", ADDRESS)

    with pytest.raises(AlreadyTaken, match="This slack already leads to somebody else"):
        store.link("ada", "slack", ADDRESS)
    assert store.linked("slack", ADDRESS) == "bo"
    assert store.linked("oidc", ADDRESS) is None
    store.unlink("slack", ADDRESS)
    assert store.linked("slack", ADDRESS) is None


def test_the_address_that_leads_to_each_person_is_told(store: KeyStore, path: Path) -> None:
    store.link("bo", "slack", ADDRESS)
    store.name("ada", "ada@north")

    assert store.addresses("slack") == {"bo": ADDRESS}
    assert ADDRESS.encode() not in path.read_bytes()


def test_a_person_goes_by_the_last_handle_given(store: KeyStore) -> None:
    store.name("bo", "bo")
    store.name("bo", HANDLE)
    store.name("ada", "bo")

    assert store.person_named(HANDLE) == "bo"
    assert store.person_named("bo") == "ada"
    with pytest.raises(AlreadyTaken):
        store.name("ada", HANDLE)
    assert store.person_named("bo") == "ada"


def test_nothing_on_disk_reads_who_stands_behind_what(store: KeyStore, path: Path) -> None:
    populate(store)
    store.link("ada", "oidc", "https://id.example/ada-of-the-north")

    assert traces(path.parent, WORDS.encode(), ADDRESS.encode(), HANDLE.encode(), b"ada-of-the-north") == []


# Many at once


def test_four_processes_that_make_the_same_keys_end_with_one_each(path: Path) -> None:
    racers = [
        subprocess.Popen(
            [*PROGRAM, "race", path, "10"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [json.loads(racer.communicate()[0]) for racer in racers]

    keys = [[key for key, _ in answer["made"]] for answer in answers]
    assert keys[0] == keys[1] == keys[2] == keys[3]
    assert len(set(keys[0])) == 10
    assert [sum(answer["made"][turn][1] for answer in answers) for turn in range(10)] == [1] * 10
    assert all(answer["names"] == answers[0]["names"] for answer in answers)


def test_many_threads_share_one_store(store: KeyStore) -> None:
    def work(turn: int) -> str | None:
        return opened(store, sealed(store, f"{WORDS} {turn}", keeper=f"keeper {turn % 5}"))

    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(work, range(400)))

    assert read == [f"{WORDS} {turn}" for turn in range(400)]
    assert len(store.living_keys()) == 5


# Files


def test_every_file_is_for_its_owner_only(path: Path) -> None:
    before = os.umask(0)
    try:
        with KeyStore(path) as store:
            populate(store)
            store.erase("bo")
            store.copy_to(path.with_name("copy.db"))
    finally:
        os.umask(before)

    assert {file.name: mode(file) for file in path.parent.iterdir()} == dict.fromkeys(
        ("keys.db", "keys.db-journal", "keys.kek", "copy.db"), 0o600
    )
    assert mode(path.parent) == 0o700


def test_files_put_back_with_open_modes_are_narrowed(path: Path) -> None:
    KeyStore(path).close()
    path.chmod(0o644)
    path.with_suffix(".kek").chmod(0o644)

    KeyStore(path).close()

    assert mode(path) == mode(path.with_suffix(".kek")) == 0o600


def test_the_file_is_kept_as_erasure_needs_it(store: KeyStore) -> None:
    kept = {
        name: store._db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "temp_store")
    }

    assert kept == {"journal_mode": "truncate", "synchronous": 2, "secure_delete": 1, "temp_store": 2}


def test_opening_a_store_that_is_whole_writes_nothing(path: Path) -> None:
    with KeyStore(path) as store:
        populate(store)
        store.erase("bo")
    before = path.read_bytes()

    KeyStore(path).close()

    assert path.read_bytes() == before


def test_a_store_without_its_key_file_is_refused_and_gets_no_new_one(path: Path) -> None:
    KeyStore(path).close()
    path.with_suffix(".kek").unlink()

    with pytest.raises(KeyFileMissing, match=r"its key file .*keys\.kek is not there\.") as refusal:
        KeyStore(path)
    assert "COUNTERPOISE_KEY_FILE" in refusal.value.remedy
    assert not path.with_suffix(".kek").exists()


def test_a_key_file_without_its_store_is_refused(path: Path) -> None:
    KeyStore(path).close()
    path.unlink()
    kept = path.with_suffix(".kek").read_bytes()

    for _ in range(2):
        with pytest.raises(KeyStoreMissing, match=r"its key store .*keys\.db is missing or empty\."):
            KeyStore(path)
    assert path.with_suffix(".kek").read_bytes() == kept


def test_another_stores_key_file_is_refused(path: Path, tmp_path: Path) -> None:
    KeyStore(path).close()
    KeyStore(tmp_path / "other.db").close()

    with pytest.raises(WrongKeyFile, match="it belongs to another key store"):
        KeyStore(path, key_file=tmp_path / "other.kek")


@pytest.mark.parametrize("change", ["cut short", "of another form", "empty", "of other bytes"])
def test_a_damaged_key_file_is_refused(change: str, path: Path) -> None:
    KeyStore(path).close()
    kept = path.with_suffix(".kek")
    line = kept.read_bytes()
    changes = {
        "cut short": line[:-9],
        "of another form": line.replace(b"counterpoise-key:1", b"counterpoise-key:2"),
        "empty": b"",
        "of other bytes": os.urandom(len(line)),
    }
    kept.write_bytes(changes[change])

    with pytest.raises(WrongKeyFile, match="it is not a key file, or a damaged one"):
        KeyStore(path)


def test_a_key_file_with_another_key_is_refused(path: Path) -> None:
    KeyStore(path).close()
    kept = path.with_suffix(".kek")
    kept.write_text(kept.read_text()[:-45] + "A" * 43 + "=\n")

    with pytest.raises(WrongKeyFile, match="it holds another key"):
        KeyStore(path)


def test_the_key_file_may_rest_elsewhere(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOISE_KEY_FILE", str(tmp_path / "elsewhere" / "kek"))
    with KeyStore(path) as store:
        words, others = populate(store)
        store.erase("bo")
    with KeyStore(path) as store:
        assert (opened(store, words), opened(store, others)) == (None, OTHERS)

    assert [file.name for file in (tmp_path / "elsewhere").iterdir()] == ["kek"]
    assert sorted(file.name for file in path.parent.iterdir()) == ["keys.db", "keys.db-journal"]


def test_a_copy_opens_with_the_key_file_of_its_time(store: KeyStore, path: Path, tmp_path: Path) -> None:
    words, others = populate(store)
    store.copy_to(tmp_path / "copy.db")
    shutil.copy(path.with_suffix(".kek"), tmp_path / "copy.kek")
    store.erase("bo")

    with KeyStore(tmp_path / "copy.db") as copy:
        assert (opened(copy, words), opened(copy, others)) == (WORDS, OTHERS)
    with pytest.raises(WrongKeyFile, match="of generation 2, the key store of generation 1"):
        KeyStore(tmp_path / "copy.db", key_file=path.with_suffix(".kek"))
    with pytest.raises(FileExistsError):
        store.copy_to(tmp_path / "copy.db")


def test_a_damaged_row_is_tampered(path: Path) -> None:
    with KeyStore(path) as store:
        words, others = populate(store)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE keys SET wrapped = zeroblob(60) WHERE id = ?", (words.split(":")[2],))
    connection.commit()
    connection.close()

    with KeyStore(path) as store:
        with pytest.raises(Tampered, match="row of the key store"):
            opened(store, words)
        assert opened(store, others) == OTHERS


def test_a_store_whose_making_was_cut_short_is_made_again(path: Path) -> None:
    for folder in deaths("die-at-each-line", path, ""):
        with KeyStore(folder / "keys.db") as store:
            assert opened(store, sealed(store, WORDS, keeper="bo")) == WORDS
        assert {file.name for file in folder.iterdir()} - {"keys.db-journal"} == {"keys.db", "keys.kek"}
