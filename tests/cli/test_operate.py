"""The operator keeps a store: looks it over, rebuilds its views, copies it; and is told what needs attention."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from counterpoise.application import operations_rebuild
from counterpoise.store.keys import KeyStore
from tests.cli.terminal import Terminal


def store_of(terminal: Terminal) -> Path:
    return Path(terminal.url.removeprefix("sqlite:///"))


def finding(terminal: Terminal, what: str) -> Any:  # noqa: ANN401  one line of the doctor's
    answer = terminal("doctor", "--json")
    return next(each for each in answer.json["findings"] if each["what"] == what) | {"code": answer.code}


def spoilt(store: Path) -> None:
    """Damage an event so that it cannot be read, as a fault of a disk would."""
    with sqlite3.connect(store) as database:
        database.execute("DROP TRIGGER stored_events_no_UPDATE")
        database.execute("UPDATE stored_events SET state = 'spoilt' WHERE topic = 'theatre.opened'")


def test_a_store_in_order_asks_for_nothing(piloted: Terminal) -> None:
    looked = piloted.done("doctor")

    assert looked["sound"]
    assert {"journal_mode", "synchronous", "key store", "last checkpoint"} <= {
        each["what"] for each in looked["findings"]
    }


def test_a_store_that_others_can_read_asks_for_attention(piloted: Terminal) -> None:
    store_of(piloted).chmod(0o644)

    found = finding(piloted, str(store_of(piloted)))

    assert (found["code"], found["ok"]) == (1, False)
    assert "chmod 600" in found["remedy"]


def test_an_event_that_cannot_be_read_asks_for_attention(piloted: Terminal) -> None:
    spoilt(store_of(piloted))

    assert finding(piloted, "events that cannot be read")["ok"] is False


def test_an_erasure_that_was_cut_short_asks_for_attention(piloted: Terminal) -> None:
    with KeyStore(Path(f"{store_of(piloted)}.keys")) as keys:
        keys.erase_key(keys.living_keys()[0].key)

    found = finding(piloted, "erasures the log has not noted")

    assert (found["found"], found["ok"]) == ("1", False)


def test_a_key_store_of_another_log_asks_for_attention(piloted: Terminal) -> None:
    for ending in (".keys", ".kek"):
        Path(f"{store_of(piloted)}{ending}").unlink()
    KeyStore(Path(f"{store_of(piloted)}.keys")).close()

    assert finding(piloted, "keys the log tells of that are not here")["found"] == "3"


def test_a_key_store_that_is_gone_asks_for_attention(piloted: Terminal) -> None:
    Path(f"{store_of(piloted)}.keys").unlink()

    assert "is not there" in finding(piloted, "key store")["found"]


def test_what_needs_attention_is_shown_to_people(piloted: Terminal) -> None:
    store_of(piloted).chmod(0o644)

    answer = piloted("doctor")

    assert answer.code == 1
    assert "attention" in answer.out


def test_every_view_is_rebuilt_as_it_grew(piloted: Terminal) -> None:
    rebuilt = piloted.done("rebuild")

    assert rebuilt["sound"]
    assert {view["view"] for view in rebuilt["views"]} == set(operations_rebuild.VIEWS)
    assert all(view["same"] for view in rebuilt["views"])
    assert rebuilt["events"] == 9


def test_an_event_that_cannot_be_read_is_named_by_a_rebuild(piloted: Terminal) -> None:
    spoilt(store_of(piloted))

    answer = piloted("rebuild")

    assert answer.code == 1
    assert "CANNOT BE READ: theatre:" in answer.err


def test_a_copy_is_verified_and_opens_with_its_own_keys(piloted: Terminal, tmp_path: Path) -> None:
    piloted.done("checkpoint")

    copy = piloted.done("backup", str(tmp_path / "copies"))

    assert copy["sound"]
    assert Path(copy["log"]).parent != Path(copy["keys"]).parent
    assert copy["root"] == piloted.done("verify")["root"]
    for file in (tmp_path / "copies").rglob("*"):
        assert file.is_dir() or file.stat().st_mode & 0o077 == 0
    with KeyStore(Path(copy["keys"])) as keys:
        assert keys.person_named("bo")


def test_a_copy_of_a_rewritten_log_does_not_verify(piloted: Terminal, tmp_path: Path) -> None:
    spoilt(store_of(piloted))

    answer = piloted("backup", str(tmp_path / "copies"))

    assert answer.code == 1
    assert "DOES NOT VERIFY" in answer.out


def test_nothing_is_copied_without_its_keys(piloted: Terminal, tmp_path: Path) -> None:
    Path(f"{store_of(piloted)}.keys").unlink()

    answer = piloted("backup", str(tmp_path / "copies"), "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "keys-missing")


@pytest.mark.parametrize("command", ["doctor", "rebuild", "verify"])
def test_where_there_is_no_store_there_is_nothing_to_keep(terminal: Terminal, command: str) -> None:
    answer = terminal(command, "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "not-a-store")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://x", "nonsense"])
def test_an_address_that_is_none_is_store_trouble(capsys: pytest.CaptureFixture[str], url: str) -> None:
    answer = Terminal(url, capsys)("doctor", "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "bad-address")


def test_a_log_with_events_is_not_given_new_keys(piloted: Terminal) -> None:
    for ending in (".keys", ".kek"):
        Path(f"{store_of(piloted)}{ending}").unlink()

    answer = piloted(
        "record", "actor", "register", "--name", "X", "--categories", "military", "--json", by="bo"
    )

    assert (answer.code, answer.refused["rule"]) == (3, "keys-missing")
    assert not Path(f"{store_of(piloted)}.keys").exists()
