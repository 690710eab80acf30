"""A newcomer sees the seeded history with one command, and can begin it anew."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal


def test_the_tour_walks_through_what_there_is(terminal: Terminal) -> None:
    terminal.done("seed")

    answer = terminal.alone("tour", "--store", terminal.url)

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
    assert f"export COUNTERPOISE_STORE='{terminal.url}'" in answer.out


def test_the_demo_leaves_what_is_not_its_own(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "log.db").write_text("mine")

    answer = terminal.alone("demo", "--folder", str(tmp_path))

    assert answer.code == 2
    assert (tmp_path / "log.db").read_text() == "mine"


def test_the_demo_opens_a_workspace_with_the_bot_in_it_and_ends_cleanly(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("counterpoise")
    command = [str(program), "demo", "--no-open", "--json"]
    ports = ["--port", "0", "--sandbox-port", "0", "--folder", str(tmp_path / "demo")]
    with subprocess.Popen([*command, *ports], stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            made = json.loads(running.stdout.readline())
            page = fetched(made["sandbox"])
            ready = json.loads(fetched(f"{made['web']}/health/ready"))
        finally:
            running.send_signal(signal.SIGTERM)
        ended = running.wait(timeout=30)

    assert "Begin as Lani" in page
    assert ready == {"ready": True, "store": True, "slack": True}
    assert made["people"]["lani"] == "U0LANI"
    assert ended == 0


def fetched(url: str) -> str:
    """Return what stands at an address on this machine."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


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
