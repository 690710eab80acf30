"""The log is shown to be what was recorded: to its operator, to who keeps a checkpoint, to who gets an export."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from counterpoise.store.tree import Frontier, leaf_hash
from tests.architecture.tree import ROOT
from tests.cli.terminal import Answer, Terminal

VERIFIER = ROOT / "deploy" / "verify_export.py"


@pytest.fixture
def store(piloted: Terminal) -> Path:
    return Path(piloted.url.removeprefix("sqlite:///"))


def rewritten(store: Path) -> None:
    """Rewrite history as somebody can who has the file: change an event, and build the whole tree anew."""
    with sqlite3.connect(store) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(
            "UPDATE stored_events SET state = replace(state, '\"stabilisation\"', '\"disaster_relief\"')"
            " WHERE topic = 'theatre.opened'"
        )
        rows = database.execute(
            "SELECT originator_id, originator_version, topic, state, leaf_index FROM log_leaf"
            " JOIN stored_events ON stored_events.rowid = notification_id ORDER BY leaf_index"
        ).fetchall()
        leaves = [
            leaf_hash(stream, version, topic, bytes(_octets(state)))
            for stream, version, topic, state, _ in rows
        ]
        for index, leaf in enumerate(leaves):
            database.execute("UPDATE log_leaf SET leaf_hash = ? WHERE leaf_index = ?", (leaf, index))
        frontier, _ = Frontier().appended(leaves)
        database.execute("UPDATE log_state SET frontier = ?", (frontier.to_bytes(),))


def _octets(state: bytes | str) -> bytes:
    return state.encode() if isinstance(state, str) else state


def checked(*words: str) -> Answer:
    """Run the stand-alone verifier of exports, as somebody would who has nothing of ours."""
    run = subprocess.run([sys.executable, str(VERIFIER), *words], capture_output=True, text=True, check=False)
    return Answer(run.returncode, run.stdout, run.stderr)


def test_a_log_that_nobody_touched_verifies(piloted: Terminal) -> None:
    found = piloted.done("verify")

    assert (found["sound"], found["faults"], found["against"]) == (True, [], None)
    assert found["size"] == 9


def test_a_changed_event_is_found(piloted: Terminal, store: Path) -> None:
    with sqlite3.connect(store) as database:
        database.execute("DROP TRIGGER stored_events_no_UPDATE")
        database.execute("UPDATE stored_events SET state = replace(state, 'closed', 'public')")

    answer = piloted("verify", "--json")

    assert (answer.code, answer.json["sound"]) == (1, False)
    assert answer.json["faults"]


def test_what_does_not_verify_is_said_to_people(piloted: Terminal, store: Path) -> None:
    with sqlite3.connect(store) as database:
        database.execute("DROP TRIGGER stored_events_no_UPDATE")
        database.execute("UPDATE stored_events SET state = replace(state, 'closed', 'public')")

    answer = piloted("verify")

    assert answer.code == 1
    assert "NOT VERIFIED" in answer.out


def test_a_rewritten_history_is_caught_by_a_checkpoint_alone(
    piloted: Terminal, store: Path, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    vkey = piloted.done("checkpoint", "--out", str(note))["vkey"]
    rewritten(store)

    assert piloted("verify").code == 0
    answer = piloted("verify", "--against", str(note), "--vkey", vkey, "--json")

    assert (answer.code, answer.json["against"]["finding"]) == (1, "rewritten")


def test_a_log_that_grew_extends_its_checkpoint(piloted: Terminal, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    piloted.done("checkpoint", "--out", str(note))
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words="Late")

    found = piloted.done("verify", "--against", str(note))

    assert (found["against"]["finding"], found["against"]["size"]) == ("extends", 9)


def test_a_checkpoint_of_another_log_is_not_taken(piloted: Terminal, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    piloted.done("checkpoint", "--out", str(note))
    note.write_text(note.read_text().replace("9", "8", 1))

    assert piloted("verify", "--against", str(note)).code == 1


def test_a_checkpoint_is_held_by_a_key_that_is_told(piloted: Terminal, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("x\n")

    answer = piloted("verify", "--against", str(note), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "no-key-to-verify-by")


def test_a_key_without_a_checkpoint_is_a_misuse(piloted: Terminal) -> None:
    assert piloted("verify", "--vkey", "x").code == 2


def test_a_rewritten_log_is_not_signed_again(piloted: Terminal, store: Path) -> None:
    piloted.done("checkpoint")
    rewritten(store)

    answer = piloted("checkpoint", "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "checkpoint-contradicted")


def test_the_proof_of_an_event_leads_to_the_signed_root(piloted: Terminal) -> None:
    event = piloted.done("log", by="bo")["events"][-1]["event"]
    signed = piloted.done("checkpoint")

    proof = piloted.done("proof", event, by="bo")

    assert (proof["event"], proof["root"]) == (event, signed["root"])
    assert proof["checkpoint"]["note"] == signed["note"]
    assert "of 9" in piloted("proof", event, by="bo").out


def test_no_proof_is_shown_of_what_may_not_be_known(piloted: Terminal) -> None:
    event = piloted.done("log", by="bo")["events"][-1]["event"]

    answer = piloted("proof", event, "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "no-such-event")


@pytest.mark.parametrize(("words", "events"), [((), 9), (("--full",), 9), (("--as", "bo"), 6)])
def test_every_export_can_be_checked_by_others(
    piloted: Terminal, tmp_path: Path, words: tuple[str, ...], events: int
) -> None:
    vkey = piloted.done("checkpoint")["vkey"]
    file = tmp_path / "log.jsonl.gz"

    exported = piloted.done("export", str(file), *words)

    assert exported["events"] == events
    answer = checked(str(file), "--vkey", vkey)
    assert answer.code == 0, answer.out


def test_what_is_not_clear_is_withheld_from_an_export_for_all(piloted: Terminal, tmp_path: Path) -> None:
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words="Late")
    file = tmp_path / "log.jsonl"

    piloted.done("export", str(file))

    states = [json.loads(line)[3] for line in file.read_text().splitlines()[1:]]
    assert states == [None] * len(states)


def test_a_table_holds_what_its_reader_may_read(piloted: Terminal, tmp_path: Path) -> None:
    whole, seen, clear = (tmp_path / f"{name}.parquet" for name in ("whole", "seen", "clear"))

    piloted.done("export", str(whole), "--full")
    piloted.done("export", str(seen), by="bo")
    piloted.done("export", str(clear))

    assert pl.read_parquet(whole).height == 9
    assert pl.read_parquet(seen).height == 6
    assert pl.read_parquet(clear).select("topic", "actor", "member").rows() == [("theatre.opened", "", "")]
    assert whole.stat().st_mode & 0o077 == 0


def test_no_cell_of_a_sheet_is_computed(piloted: Terminal, tmp_path: Path) -> None:
    piloted.said("pilot", "link-channel", by="bo", pilot="convoy map", channel="=1+1")
    file = tmp_path / "log.csv"

    piloted.done("export", str(file), by="bo")

    cells = [cell for row in pl.read_csv(file, infer_schema=False).rows() for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@"]


@pytest.mark.parametrize(
    ("words", "code"), [(("log.xlsx",), 1), (("log.csv.gz",), 1), (("log.csv", "--full", "--as", "bo"), 2)]
)
def test_an_export_in_a_form_there_is_not_is_refused(
    piloted: Terminal, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    name, *options = words

    assert piloted("export", str(tmp_path / name), *options).code == code
