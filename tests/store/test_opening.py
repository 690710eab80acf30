"""A log is opened where it is, made where it is asked for, and a wrong address is said to be one."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest

from counterpoise.store.database import NotAStore, StoreFailed
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command
from counterpoise.store.opening import BadAddress
from tests.store.logbook import made, note, opened


@pytest.mark.parametrize(
    "url",
    [
        "",
        "log.db",
        "/var/log.db",
        "sqlite:",
        "sqlite:///",
        "sqlite://host/log.db",
        "sqlite:///log.db?mode=ro",
        "mysql://host/log",
        "postgresql://host",
        "postgresql://host/log?nonsense=1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    for open_it in (opened, made):
        with pytest.raises(BadAddress) as refused:
            open_it(url, None)
        assert "sqlite:///PATH" in refused.value.remedy


def test_a_missing_file_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(NotAStore, match="no such file"):
        opened(f"sqlite:///{tmp_path / 'log.db'}", None)

    assert not list(tmp_path.iterdir())


def test_a_store_is_not_made_in_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(BadAddress, match="no folder"):
        made(f"sqlite:///{tmp_path / 'missing' / 'log.db'}", None)


def test_a_relative_path_and_one_with_strange_letters_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: KeyStore
) -> None:
    monkeypatch.chdir(tmp_path)
    with made("sqlite:///a%20l%C3%B6g%23%3F.db", keys) as log:
        for _ in range(3):
            log.decide(Command(), note())

    assert (tmp_path / "a lög#?.db").is_file()
    with opened(f"sqlite:///{tmp_path}/a%20l%C3%B6g%23%3F.db", keys) as log:
        assert log.frame().collect().height == 3


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all, " * 100)

    for open_it in (opened, made):
        with pytest.raises(NotAStore):
            open_it(f"sqlite:///{tmp_path / 'letter.txt'}", None)

    assert (tmp_path / "letter.txt").read_text() == "Dear all, " * 100


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE stored_events (a)")

    for open_it in (opened, made):
        with pytest.raises(NotAStore):
            open_it(f"sqlite:///{tmp_path / 'other.db'}", None)


def test_a_postgres_database_without_a_log_is_no_store(postgres_url: str) -> None:
    with pytest.raises(NotAStore, match="holds no log"):
        opened(postgres_url, None)


def test_a_postgres_database_of_something_else_is_left_alone(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as other:
        other.execute("CREATE TABLE stored_events (a int)")

    with pytest.raises(NotAStore, match="not ours"):
        made(postgres_url, None)


def test_a_store_of_a_newer_program_is_refused(url: str, keys: KeyStore) -> None:
    made(url, keys).close()
    newer = "UPDATE log_schema SET version = 99"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(newer)
            connection.commit()
    else:
        with psycopg.connect(url) as server:
            server.execute(newer)

    for open_it in (opened, made):
        with pytest.raises(NotAStore, match="version 99"):
            open_it(url, None)


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    for open_it in (opened, made):
        with pytest.raises(StoreFailed, match="cannot be reached"):
            open_it(f"postgresql://somebody:secret@/log?host={tmp_path}", None)


def test_a_password_is_not_told(tmp_path: Path, postgres_url: str) -> None:
    told = []
    for url in (
        f"postgresql://somebody:hush@/log?host={tmp_path}",
        postgres_url.replace("postgres@", "postgres:hush@"),
    ):
        with pytest.raises((StoreFailed, NotAStore)) as refused:
            opened(url, None)
        told.append(str(refused.value) + refused.value.remedy)
    with pytest.raises(BadAddress) as bad:
        opened("postgresql://somebody:hush@host/log?nonsense=1", None)
    told.append(str(bad.value) + bad.value.remedy)

    assert not any("hush" in each for each in told)


def test_two_who_make_the_same_store_at_once_make_one(url: str) -> None:
    stores, barrier = [], Barrier(4)

    def make() -> None:
        barrier.wait()
        with made(url, None) as log:
            stores.append(log.store_id)

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(stores) == 4
    assert len(set(stores)) == 1
