"""Other processes record, and whoever follows the log hears of each event once and in order."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

import psycopg
import pytest

from counterpoise.store.followers import Follower
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log
from counterpoise.store.reading import Recorded
from tests.postgres import Postgres
from tests.store.logbook import made, note, opened
from tests.store.test_bulk import notes
from tests.store.workers import parts_of, record_all, working

SECONDS = 60.0


@pytest.fixture
def follower(log: Log) -> Iterator[Follower]:
    with Follower(log) as follower:
        yield follower


def followed(follower: Follower, events: int) -> list[Recorded]:
    """Return the next events; what never comes fails the test."""
    heard: list[Recorded] = []
    deadline = monotonic() + SECONDS
    while len(heard) < events and monotonic() < deadline:
        heard += follower.wait(deadline - monotonic())
    return heard


def test_what_is_there_is_handed_over_at_once(log: Log, follower: Follower) -> None:
    log.append_many(notes(300))

    assert followed(follower, 300) == list(log.read())


def test_a_follower_begins_after_the_position_it_is_given(log: Log) -> None:
    log.append_many(notes(300))

    with Follower(log, after=298) as follower:
        assert [recorded.position for recorded in follower.wait(0)] == [299, 300]


def test_where_nothing_is_recorded_the_wait_ends_in_time(follower: Follower) -> None:
    begun = monotonic()

    assert follower.wait(0.05) == []

    assert 0.05 <= monotonic() - begun < SECONDS


def test_a_follower_hears_of_an_event_while_it_waits(
    url: str, keys: KeyStore, log: Log, follower: Follower
) -> None:
    with opened(url, keys) as elsewhere:
        writing = Thread(target=elsewhere.decide, args=(Command(), note(figure=0.75)))
        writing.start()
        heard = follower.wait(SECONDS)
        writing.join()

    assert heard == list(log.read())
    assert follower.wait(0) == []


def test_a_follower_hears_of_everything_that_four_processes_record(
    url: str, tmp_path: Path, log: Log, follower: Follower
) -> None:
    commands = [f"{n % 12}.{n}" for n in range(400)]
    jobs = [
        (record_all, (url, tmp_path / "keys.db", commands[writer::4], tmp_path / f"of {writer}"))
        for writer in range(4)
    ]

    with working(*jobs):
        heard = followed(follower, sum(len(parts_of(command)) for command in commands))

    assert heard == list(log.read())
    assert [recorded.position for recorded in heard] == list(range(1, len(heard) + 1))


def test_a_follower_goes_on_after_its_connection_was_cut(
    server: Postgres, postgres_url: str, keys: KeyStore
) -> None:
    with made(postgres_url, keys) as log, Follower(log) as follower:
        assert follower.wait(0) == []
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        with psycopg.connect(server.url(), autocommit=True) as operator:
            operator.execute(cut, (postgres_url.partition("@/")[2].partition("?")[0],))

        log.decide(Command(), note())

        assert len(follower.wait(SECONDS)) == 1
        log.decide(Command(), note())
        assert len(follower.wait(SECONDS)) == 1
