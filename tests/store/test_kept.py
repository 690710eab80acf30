"""The memory of a face: kept across crashes, claimed once, read by nobody on the disk, forgotten with its person."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.application.operations import found, opened
from counterpoise.store.kept import Kept
from counterpoise.store.keys import KeyStore
from counterpoise.store.sealing import Tampered
from tests.store import kept_apart
from tests.store.kept import traces

WORDS = "Our staff fear being seen beside the convoy"
PROGRAM = [sys.executable, kept_apart.__file__]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db.keys"


@pytest.fixture
def kept(path: Path) -> Iterator[Kept]:
    with KeyStore(path) as keys:
        kept = Kept.beside(path, keys)
        yield kept
        kept.close()


def test_a_value_is_there_after_the_memory_is_opened_again(kept: Kept, path: Path) -> None:
    kept.put("draft", "1", {"words": WORDS, "tries": 2})
    kept.close()

    with KeyStore(path) as keys:
        again = Kept.beside(path, keys)
        assert again.get("draft", "1") == {"words": WORDS, "tries": 2}
        again.close()


def test_what_was_never_put_is_not_there(kept: Kept) -> None:
    assert kept.get("draft", "1") is None
    assert not kept.drop("draft", "1")


def test_a_value_takes_the_place_of_the_one_before(kept: Kept) -> None:
    kept.put("draft", "1", {"words": "First"})
    kept.put("draft", "1", {"words": "Second"})

    assert kept.all("draft") == [("1", {"words": "Second"})]


def test_values_come_in_the_order_of_their_first_putting(kept: Kept) -> None:
    for key in ("c", "a", "b"):
        kept.put("draft", key, {})
    kept.put("draft", "c", {"again": True})

    assert [key for key, _ in kept.all("draft")] == ["c", "a", "b"]


def test_a_person_s_values_are_listed_apart(kept: Kept) -> None:
    kept.put("draft", "1", {"words": "Bo's"}, person="bo")
    kept.put("draft", "2", {"words": "Ada's"}, person="ada")

    assert kept.all("draft", person="ada") == [("2", {"words": "Ada's"})]


def test_of_two_who_drop_one_is_told_so(kept: Kept) -> None:
    kept.put("draft", "1", {})

    assert [kept.drop("draft", "1"), kept.drop("draft", "1")] == [True, False]


def test_a_place_is_claimed_once(kept: Kept) -> None:
    assert [kept.claim("turn", "1"), kept.claim("turn", "1"), kept.claim("turn", "2")] == [True, False, True]


def test_a_change_that_fails_changes_nothing(kept: Kept) -> None:
    kept.put("draft", "1", {"words": "As it was"})

    with pytest.raises(ZeroDivisionError):
        kept.change("draft", "1", lambda _: {"words": 1 // 0})

    assert kept.get("draft", "1") == {"words": "As it was"}


def test_a_change_to_nothing_removes(kept: Kept) -> None:
    kept.put("draft", "1", {})

    assert kept.change("draft", "1", lambda _: None) is None
    assert kept.get("draft", "1") is None


def test_what_is_past_its_moment_is_swept(kept: Kept) -> None:
    kept.put("draft", "old", {}, until=100)
    kept.put("draft", "new", {}, until=101)
    kept.put("draft", "for ever", {})

    assert kept.sweep(100) == 1
    assert [key for key, _ in kept.all("draft")] == ["new", "for ever"]


def test_a_forgotten_person_s_values_are_gone_and_others_stay(kept: Kept) -> None:
    kept.put("draft", "1", {"words": WORDS}, person="bo")
    kept.put("outbox", "2", {"words": WORDS}, person="bo")
    kept.put("draft", "3", {"words": "Ada's"}, person="ada")

    assert kept.forget("bo") == 2
    assert kept.all("outbox") == []
    assert kept.all("draft") == [("3", {"words": "Ada's"})]


def test_the_rows_of_a_forgotten_person_are_on_no_page_of_the_disk(kept: Kept, path: Path) -> None:
    kept.put("draft", "1", {"words": WORDS}, person="bo")
    with sqlite3.connect(path.with_suffix(".kept")) as raw:
        (row,) = raw.execute("SELECT sealed, person FROM kept").fetchall()
    raw.close()
    assert traces(path.parent, row[0]) != []

    kept.forget("bo")

    assert traces(path.parent, *row) == []


def test_forgetting_makes_no_file(kept: Kept, path: Path) -> None:
    assert kept.forget("bo") == 0
    assert not path.with_suffix(".kept").exists()


def test_nothing_on_the_disk_reads_in_the_clear(kept: Kept, path: Path) -> None:
    kept.put("draft", "T024BE7LH:U061F7AUR", {"words": WORDS}, person="bo-lindqvist")

    needles = (WORDS.encode(), b"T024BE7LH", b"U061F7AUR", b"bo-lindqvist")
    assert traces(path.parent, *needles) == []
    assert stat.S_IMODE(path.with_suffix(".kept").stat().st_mode) == 0o600


def test_a_value_moved_to_another_place_is_tampered(kept: Kept, path: Path) -> None:
    kept.put("draft", "1", {"words": "Bo's"})
    kept.put("draft", "2", {"words": "Ada's"})
    with sqlite3.connect(path.with_suffix(".kept")) as raw:
        raw.execute("UPDATE kept SET sealed = (SELECT sealed FROM kept WHERE place = 2) WHERE place = 1")
    raw.close()

    with pytest.raises(Tampered):
        kept.get("draft", "1")


def test_the_memory_survives_an_erasure_of_keys(kept: Kept, path: Path) -> None:
    kept.put("draft", "1", {"words": WORDS})
    kept.close()
    with KeyStore(path) as keys:
        keys.key_for("bo", "pilot")
        keys.erase("bo")

    assert kept.get("draft", "1") == {"words": WORDS}


def test_of_processes_that_claim_at_once_one_gets_each_place(path: Path) -> None:
    KeyStore(path).close()
    claim = [*PROGRAM, "claim", str(path), "40"]
    running = [
        subprocess.Popen(claim, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    taken = [int(each.communicate()[0]) for each in running]

    assert sum(taken) == 40
    with KeyStore(path) as keys:
        kept = Kept.beside(path, keys)
        assert kept.get("count", "all") == {"n": 120}
        kept.close()


def test_what_was_kept_before_a_kill_is_there_after_it(path: Path) -> None:
    KeyStore(path).close()
    with subprocess.Popen([*PROGRAM, "put", str(path)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = [running.stdout.readline() for _ in range(50)]
        running.kill()
        said += running.stdout.readlines()

    with KeyStore(path) as keys:
        kept = Kept.beside(path, keys)
        whole = [line for line in said if line.endswith("\n")]
        assert kept.get("note", whole[-1].strip()) == {"words": f"Note {whole[-1].strip()}"}
        assert len(kept.all("note")) in {len(whole), len(whole) + 1}
        kept.close()


values = st.dictionaries(st.text(max_size=8), st.text(max_size=40) | st.integers(-5, 5) | st.booleans())


@given(st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.text(max_size=2), values), max_size=20))
def test_the_memory_agrees_with_a_dictionary(deeds: list[tuple[str, str, dict[str, object]]]) -> None:
    kept, plain = Kept(), {}
    for deed, key, value in deeds:
        if deed == "put":
            kept.put("draft", key, value)
            plain[key] = value
        else:
            assert kept.drop("draft", key) == (plain.pop(key, None) is not None)

    assert dict(kept.all("draft")) == plain
    kept.close()


def test_erasing_a_person_forgets_what_is_kept_for_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    with opened(url, make=True) as application:
        found(application, actor="Clinic", categories=("humanitarian",), name="Bo", handle="bo")
        bo = application.speaker("bo")
        application.kept.put("draft", "1", {"words": WORDS}, person=bo.id)

        application.records.erase(bo, member=bo.id)

        assert application.kept.all("draft") == []
