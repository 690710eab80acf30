"""A newcomer sees the seeded history with one command, and can begin it anew."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal


def test_the_demo_walks_through_what_there_is(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "demo-store"

    answer = terminal.alone("demo", "--folder", str(folder))

    assert (answer.code, answer.err) == (0, "")
    for seen in (
        "Three theatres",
        "Almadine Relief",
        "dissociation",
        "red-line-crossed",
        "Verified",
        "Go on",
    ):
        assert seen in answer.out
    walked, _, _ = answer.out.partition("Go on")
    assert max(map(len, walked.splitlines())) <= 100
    assert f"export COUNTERPOISE_STORE='sqlite:///{folder / 'log.db'}'" in answer.out


def test_the_demo_leaves_what_is_not_its_own(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "log.db").write_text("mine")

    answer = terminal.alone("demo", "--folder", str(tmp_path))

    assert answer.code == 2
    assert (tmp_path / "log.db").read_text() == "mine"


def test_the_seed_is_the_same_every_time(
    terminal: Terminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Terminal(f"sqlite:///{tmp_path / 'other.db'}", capsys)

    one, two = (each.done("seed") for each in (terminal, other))

    assert one["topics"] == two["topics"]
    assert told(terminal) == told(other)


def told(terminal: Terminal) -> list[Any]:
    """Return every event the coordinator may read, but for those of keys, whose ids are random."""
    events = terminal.done("log", "--limit", "0", by="ines")["events"]
    assert len(events) > 500
    return [event for event in events if event["topic"] not in {"key.erased", "text-erased"}]


def test_a_store_that_holds_something_is_not_seeded(founded: Terminal) -> None:
    answer = founded("seed", "--json")

    assert answer.code == 1
    assert answer.refused["owner"]
