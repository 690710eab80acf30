"""A log that is not what was recorded is found out, and one that is, is not."""

import json
import sqlite3
from pathlib import Path

import pytest
from eventsourcing.persistence import StoredEvent

from counterpoise.domain.events import Sealed
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log
from tests.store.logbook import made, note, noted, opened, record
from tests.store.test_bulk import notes


@pytest.fixture
def path(tmp_path: Path, keys: KeyStore) -> Path:
    """Return the file of a log of 600 events and some, of every kind of receipt."""
    path = tmp_path / "log.db"
    with made(f"sqlite:///{path}", keys) as log:
        log.decide(Command("words"), note("note:2", words=Sealed("they never came", keeper="m1")))
        log.decide(Command("several"), record(noted("note:2"), noted("note:3")))
        log.decide(Command("none"), record(result="nothing"))
        log.append_many(notes(600))
    return path


def meddle(path: Path, *statements: str) -> None:
    """Change a file as somebody could who has it: the guards taken off first."""
    connection = sqlite3.connect(path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def faults(path: Path) -> list[str]:
    with opened(f"sqlite:///{path}", None) as log:
        return [what for _, what in log.verify().faults]


def test_a_log_as_it_was_recorded_is_sound(log: Log) -> None:
    log.decide(Command("words"), note("note:2", words=Sealed("they never came", keeper="m1")))
    log.append_many(notes(600))

    found = log.verify()

    assert found.sound, found.faults
    assert (found.size, found.root, found.receipts) == (602, log.root(), 601)


def test_an_empty_log_is_sound(log: Log) -> None:
    assert log.verify().sound


def test_it_says_how_far_it_is(path: Path) -> None:
    told: list[tuple[int, int]] = []

    with opened(f"sqlite:///{path}", None) as log:
        log.verify(lambda done, of: told.append((done, of)))

    assert told == [(604, 604)]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE stored_events SET state = state || ' ' WHERE rowid = 300", "is not as it was recorded"),
        ("UPDATE stored_events SET state = '{}' WHERE rowid = 300", "cannot be read"),
        ("UPDATE stored_events SET topic = 'note.struck' WHERE rowid = 300", "is not as it was recorded"),
        ("UPDATE stored_events SET originator_id = 'note:9' WHERE rowid = 300", "is not as it was recorded"),
        ("UPDATE stored_events SET originator_version = 999 WHERE rowid = 604", "has gaps"),
        ("DELETE FROM stored_events WHERE rowid = 300", "the event is missing"),
        ("DELETE FROM stored_events WHERE rowid = 604", "the event is missing"),
        ("DELETE FROM log_leaf WHERE leaf_index = 299", "its leaf is missing"),
        ("DELETE FROM log_leaf WHERE leaf_index = 603", "is stored and is not in the tree"),
        ("UPDATE log_leaf SET leaf_hash = zeroblob(32) WHERE leaf_index = 299", "is not as it was recorded"),
        ("UPDATE log_tile SET hash = zeroblob(32) WHERE idx = 1", "tiles of level 1 from 0 on are not those"),
        ("DELETE FROM log_tile", "tiles of level 1 from 0 on are not those"),
        ("DELETE FROM receipts WHERE position = 3", "note:2#2 has no receipt of its own"),
        (
            "UPDATE receipts SET position = 9, events = 9 WHERE position = 3",
            "note:2#2 has no receipt of its own",
        ),
    ],
)
def test_a_change_behind_its_back_is_found(path: Path, statement: str, found: str) -> None:
    meddle(path, statement)

    assert any(found in what for what in faults(path)), faults(path)


def test_two_events_that_changed_places_are_found(path: Path) -> None:
    meddle(
        path,
        "UPDATE stored_events SET rowid = -1 WHERE rowid = 300",
        "UPDATE stored_events SET rowid = 300 WHERE rowid = 301",
        "UPDATE stored_events SET rowid = 301 WHERE rowid = -1",
    )

    assert "note:1#297 is not as it was recorded" in faults(path)
    assert "note:1#297 stands before the event it follows" in faults(path)


def test_a_fault_has_the_position_it_was_met_at(path: Path) -> None:
    meddle(path, "UPDATE stored_events SET state = state || ' ' WHERE rowid = 300")

    with opened(f"sqlite:///{path}", None) as log:
        assert log.verify().faults[0].position == 300


def test_a_log_whose_end_was_cut_off_with_its_tree_keeps_its_root_no_longer(
    path: Path, keys: KeyStore
) -> None:
    with opened(f"sqlite:///{path}", keys) as log:
        root = log.root()
    meddle(
        path, "DELETE FROM stored_events WHERE rowid > 600", "DELETE FROM log_leaf WHERE leaf_index >= 600"
    )

    assert faults(path)
    with opened(f"sqlite:///{path}", None) as log:
        assert log.verify().root != root


@pytest.mark.parametrize("place", range(0, 400, 8))
def test_a_flipped_bit_in_an_event_is_found(path: Path, place: int) -> None:
    with opened(f"sqlite:///{path}", None) as log:
        state = bytearray(next(log.stored(299)).state)
    state[place % len(state)] ^= 1 << place % 7
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER stored_events_no_UPDATE")
    connection.execute("UPDATE stored_events SET state = ? WHERE rowid = 300", (bytes(state),))
    connection.commit()
    connection.close()

    assert "note:1#296 is not as it was recorded" in faults(path)


def test_what_enters_beside_the_writer_is_found_for_want_of_a_receipt(path: Path) -> None:
    with opened(f"sqlite:///{path}", None) as log:
        *_, last = log.stored(603)
        slipped_in = json.loads(last.state) | {"receipt": "A" * 32}
        database = log._database
        database.insert_events([StoredEvent("note:9", 1, "note.noted", json.dumps(slipped_in).encode())])  # type: ignore[attr-defined]

    assert faults(path) == ["note:9#1 has no receipt of its own"]
