"""Whoever is killed at whatever moment: nothing acknowledged is lost, nothing is half there, the tree holds."""

import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from subprocess import CalledProcessError
from threading import Event, Thread
from time import monotonic

import pytest

from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log
from counterpoise.store.reading import Recorded
from tests.postgres import Postgres, postgres
from tests.store.logbook import Noted, made, note, opened
from tests.store.workers import record_all, record_until_killed, working

KILLS = int(os.environ.get("COUNTERPOISE_KILLS", "50"))
"""Kills in all: of one writing process and of four, on each kind of store."""

SECONDS = 60
"""How long to wait for what must happen."""


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """Lend a PostgreSQL that may be crashed."""
    with postgres() as server:
        yield server


@pytest.mark.parametrize("writers", [1, 4])
def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half(
    url: str, tmp_path: Path, keys: KeyStore, writers: int
) -> None:
    made(url, keys).close()
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    chance = Random(f"{url.partition(':')[0]} {writers}")
    for kill in range(-(-KILLS // 4)):
        jobs = [
            (record_until_killed, (url, tmp_path / "keys.db", f"{kill}.{writer}", acknowledged))
            for writer in range(writers)
        ]
        with working(*jobs):
            wait_to_grow(acknowledged, chance.randint(1, 500))

        with opened(url, keys) as log:
            assert_whole(log, acknowledged.read_text().splitlines())


def test_commands_delivered_twice_by_four_processes_are_recorded_once(
    url: str, tmp_path: Path, keys: KeyStore
) -> None:
    made(url, keys).close()
    commands = [f"{n % 8}.{n}" for n in range(2_000)]
    jobs = [
        (record_all, (url, tmp_path / "keys.db", commands[writer % 2 :: 2], tmp_path / f"of {writer}"))
        for writer in range(4)
    ]

    with working(*jobs) as processes:
        for process in processes:
            process.join(SECONDS)

    delivered = [line for writer in range(4) for line in (tmp_path / f"of {writer}").read_text().splitlines()]
    assert sorted(delivered) == sorted(commands * 2)
    with opened(url, keys) as log:
        assert_whole(log, commands)
        assert len({recorded.receipt for recorded in log.read()}) == 2_000


def test_a_database_that_crashes_under_load_has_what_was_acknowledged_and_its_callers_go_on(
    own_server: Postgres, keys: KeyStore
) -> None:
    acknowledged: list[str] = []
    done = Event()

    def call(log: Log, caller: int) -> None:
        for n in iter(lambda: len(acknowledged), None):
            if done.is_set():
                return
            key = f"{caller}.{n}"
            log.decide(Command(key), note(f"note:{caller}", tags=(key, "1")))
            acknowledged.append(key)

    with made(own_server.create("log"), keys) as log:
        callers = [Thread(target=call, args=(log, caller)) for caller in range(8)]
        for each in callers:
            each.start()
        wait_for(lambda: len(acknowledged) > 200)
        crash(own_server)
        before = len(acknowledged)
        wait_for(lambda: len(acknowledged) > before + 200)
        done.set()
        for each in callers:
            each.join()

        assert_whole(log, acknowledged)
        assert log.size() == len(acknowledged)


def crash(server: Postgres) -> None:
    """Kill the server's first process, as a power cut would, and start it again."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: started(server))


def started(server: Postgres) -> bool:
    """Whether the server starts; it does not while processes of its former life are still there."""
    try:
        server.start()
    except CalledProcessError:
        return False
    return True


def assert_whole(log: Log, acknowledged: Sequence[str]) -> None:
    """Hold a log against what its writers were told: all of it there, every command whole, the tree right."""
    commands: dict[str, list[Recorded]] = defaultdict(list)
    for recorded in log.read():
        assert isinstance(recorded.event, Noted)
        commands[recorded.event.tags[0]].append(recorded)
    assert set(acknowledged) <= commands.keys()
    for parts in commands.values():
        assert isinstance(parts[0].event, Noted)
        assert len(parts) == int(parts[0].event.tags[1])
        assert [part.position for part in parts] == list(
            range(parts[0].position, parts[0].position + len(parts))
        )
    found = log.verify()
    assert found.sound, found.faults


def wait_to_grow(file: Path, by: int) -> None:
    enough = file.stat().st_size + by
    wait_for(lambda: file.stat().st_size >= enough)


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened; what never does fails the test."""
    deadline = monotonic() + SECONDS
    while not happened():
        assert monotonic() < deadline
        Event().wait(0.002)
