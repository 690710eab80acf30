"""What each kind of store promises: that commits reach the disk, and that the log only grows."""

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from counterpoise.store import postgres as postgres_store
from counterpoise.store import sqlite
from counterpoise.store.database import StoreFailed, Transaction
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log
from counterpoise.store.postgres import UnsafeSetting, connected
from counterpoise.store.sqlite import SQLiteDatabase
from counterpoise.store.tree import EMPTY_ROOT, verify_consistency, verify_inclusion
from tests.postgres import Postgres
from tests.store.logbook import figures, made, note, noted, opened, record
from tests.store.test_bulk import notes

TABLES = {"stored_events": "topic", "log_leaf": "leaf_hash", "log_tile": "hash", "receipts": "result"}
"""The tables that only grow, and a column of each."""


@pytest.fixture
def path(tmp_path: Path, keys: KeyStore) -> Path:
    """Return the file of a log that has a row in every table."""
    path = tmp_path / "log.db"
    with made(f"sqlite:///{path}", keys) as log:
        log.append_many(notes(300))
    return path


@pytest.fixture
def filled_url(postgres_url: str, keys: KeyStore) -> str:
    """Return the address of a log that has a row in every table."""
    with made(postgres_url, keys) as log:
        log.append_many(notes(300))
    return postgres_url


# SQLite


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_sqlite_refuses_to_change_or_take_away(path: Path, table: str, act: str) -> None:
    column = TABLES[table]
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        connection.execute(act.format(table, column, column))


def test_every_sqlite_connection_writes_through_to_the_disk(path: Path) -> None:
    with closing(sqlite.connected(str(path))) as connection:
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]

    assert found == ["wal", 2]


def test_the_librarys_own_connections_write_through_too(path: Path) -> None:
    database = SQLiteDatabase(path)
    with database.datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 2
    database.close()


def test_sqlite_that_keeps_no_write_ahead_log_is_refused() -> None:
    with pytest.raises(StoreFailed, match="might not reach the disk"):
        sqlite.connected(":memory:")


def test_the_file_is_its_owners_alone(path: Path, keys: KeyStore) -> None:
    with opened(f"sqlite:///{path}", keys) as log:
        log.decide(Command(), note())
        for file in path.parent.glob("log.db*"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_sqlite_never_hands_out_an_id_again(path: Path, keys: KeyStore) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER stored_events_no_DELETE")
        connection.execute("DELETE FROM stored_events WHERE rowid = 300")
        connection.commit()

    with opened(f"sqlite:///{path}", keys) as log:
        log.decide(Command(), note("note:new"))

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] == 301


def test_the_librarys_own_recorder_reads_the_sqlite_log(path: Path) -> None:
    datastore = SQLiteDatastore(str(path), originator_id_type="text")
    library = SQLiteApplicationRecorder(datastore)

    assert [found.id for found in library.select_notifications(1, 10)] == list(range(1, 11))
    assert len(library.select_events("note:1")) == 300
    datastore.close()


def test_a_writer_waits_for_another_process_rather_than_fail(path: Path, keys: KeyStore) -> None:
    with (
        opened(f"sqlite:///{path}", keys) as log,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        log.decide(Command(), note())
        other.execute("BEGIN IMMEDIATE")
        writing = Thread(target=log.decide, args=(Command(), note(figure=7.0)))
        writing.start()
        while log._writer.waiting:
            pass
        other.execute("COMMIT")
        writing.join()

        assert figures(log)[-1] == 7.0


def test_reading_does_not_let_go_of_the_locks_of_the_process(path: Path, keys: KeyStore) -> None:
    locking = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"

    with opened(f"sqlite:///{path}", keys) as log:
        log.append_many(notes(1_000, start=300))

        def told(_transaction: Transaction) -> str:
            assert log.frame().collect().height == 1_300
            assert log.verify().sound
            script = [sys.executable, "-c", locking]
            return subprocess.run(script, capture_output=True, text=True, check=False).stderr

        assert "database is locked" in log._database.write(told)


def test_a_full_disk_fails_its_callers_clearly_loses_nothing_and_mends_by_itself(
    path: Path, keys: KeyStore
) -> None:
    with opened(f"sqlite:///{path}", keys) as log:
        log.decide(Command(), note(figure=7.0))
        acknowledged = list(figures(log))
        for room in (10, 20, 30):
            writer: sqlite3.Connection = log._database._writer  # type: ignore[attr-defined]
            pages = writer.execute("PRAGMA page_count").fetchone()[0]
            writer.execute(f"PRAGMA max_page_count = {pages + room}")
            with pytest.raises(StoreFailed, match="full"):
                fill(log, acknowledged)
            assert figures(log) == acknowledged
            writer.execute("PRAGMA max_page_count = 1000000")
            log.decide(Command(), note(figure=8.0))
            acknowledged.append(8.0)

        assert log.verify().sound
        assert figures(log) == acknowledged


def fill(log: Log, acknowledged: list[float]) -> None:
    """Record until that is refused."""
    for n in count():
        log.decide(Command(), note(figure=float(n), tags=("x" * 500,)))
        acknowledged.append(float(n))


# PostgreSQL


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_postgres_refuses_to_change_or_take_away(filled_url: str, table: str, act: str) -> None:
    column = TABLES[table]
    with (
        psycopg.connect(filled_url) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="only grows"),
    ):
        connection.execute(act.format(table, column, column))


def test_every_postgres_connection_commits_to_the_disk(filled_url: str) -> None:
    with psycopg.connect(filled_url, autocommit=True) as operator:
        database = operator.execute("SELECT current_database()").fetchone()
        assert database is not None
        operator.execute(f'ALTER DATABASE "{database[0]}" SET synchronous_commit = off')

    with connected(filled_url) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_server_that_does_not_keep_what_it_acknowledges_is_refused(
    server: Postgres, filled_url: str
) -> None:
    def switch(value: str) -> None:
        operator.execute(f"ALTER SYSTEM SET full_page_writes = {value}")
        operator.execute("SELECT pg_reload_conf()")
        while operator.execute("SHOW full_page_writes").fetchone() != (value,):
            pass

    with psycopg.connect(server.url(), autocommit=True) as operator:
        switch("off")
        try:
            with pytest.raises(UnsafeSetting, match="full_page_writes"):
                opened(filled_url, None)
        finally:
            switch("on")


@pytest.mark.parametrize("name", ["POSTGRES_ENABLE_DB_FUNCTIONS", "CIRCLE_POSTGRES_ENABLE_DB_FUNCTIONS"])
@pytest.mark.parametrize("value", ["yes", "y", "1", "true", "on", "certainly"])
def test_the_librarys_database_functions_are_refused(
    filled_url: str, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    for open_it in (opened, made):
        with pytest.raises(UnsafeSetting, match="skips events"):
            open_it(filled_url, None)


def test_with_them_a_reader_that_follows_the_log_skips_events(postgres_url: str) -> None:
    library = recorder_of(postgres_url, enable_db_functions=True)
    library.create_table()
    insert = "SELECT es_insert_events_text(ARRAY[(%s, 1, 'topic', '')]::stored_event_text[])"
    with psycopg.connect(postgres_url) as slow, psycopg.connect(postgres_url) as quick:
        slow.execute(insert, ["slow"])
        quick.execute(insert, ["quick"])
        quick.commit()
        seen = library.select_notifications(1, 10)
        slow.commit()
        seen = [*seen, *library.select_notifications(seen[-1].id + 1, 10)]
    library.datastore.close()

    assert [found.originator_id for found in seen] == ["quick"]


@pytest.mark.parametrize("value", ["", "no", "0", "off", "False"])
def test_switched_off_they_are_no_hindrance(
    filled_url: str, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", value)

    opened(filled_url, None).close()


def test_a_log_that_is_locked_for_long_is_told_so(
    filled_url: str, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_store, "LOCK_SECONDS", 1)
    with opened(filled_url, keys) as log:
        with psycopg.connect(filled_url) as maintenance:
            maintenance.execute("LOCK TABLE stored_events IN SHARE MODE")
            with pytest.raises(StoreFailed) as refused:
                log.decide(Command(), note())

        assert "Another process holds the log" in refused.value.remedy
        log.decide(Command(), note())


def test_the_librarys_own_recorder_reads_the_postgres_log(filled_url: str) -> None:
    library = recorder_of(filled_url)

    assert [found.id for found in library.select_notifications(1, 10)] == list(range(1, 11))
    assert len(library.select_events("note:1")) == 300
    library.datastore.close()


def recorder_of(url: str, *, enable_db_functions: bool = False) -> PostgresApplicationRecorder:
    """Return the library's own recorder of a database."""
    given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    datastore = PostgresDatastore(
        given["dbname"],
        given["host"],
        "",
        given["user"],
        "",
        originator_id_type="text",
        enable_db_functions=enable_db_functions,
    )
    return PostgresApplicationRecorder(datastore)


# Both


def test_the_librarys_own_methods_keep_the_tree(log: Log) -> None:
    log.decide(Command(), note())
    (row,) = log.stored()

    ids = log._database.insert_events(  # type: ignore[attr-defined]
        [StoredEvent("note:2", version, row.topic, row.state) for version in (1, 2)]
    )

    assert list(ids) == [2, 3]
    log.decide(Command(), note())
    assert log.size() == 4
    assert {fault.position for fault in log.verify().faults} == {2, 3}


def test_a_command_larger_than_a_transaction_is_recorded_whole(log: Log) -> None:
    events = [noted(f"note:{n % 7}", figure=float(n), tags=("x" * 900,)) for n in range(2_500)]

    receipt = log.decide(Command("key"), record(*events))

    assert len(receipt.events) == 2_500
    assert figures(log) == [float(n) for n in range(2_500)]
    assert log.verify().sound


def test_the_tree_is_the_same_in_both_kinds_of_store(
    tmp_path: Path, postgres_url: str, keys: KeyStore
) -> None:
    with made(f"sqlite:///{tmp_path / 'log.db'}", keys) as one, made(postgres_url, keys) as other:
        one.append_many(notes(600))
        other._database.insert_events(  # type: ignore[attr-defined]
            [StoredEvent(row.stream, row.version, row.topic, row.state) for row in one.stored()]
        )

        assert other.root() == one.root()
        assert other.consistency(257, 600) == one.consistency(257, 600)
        assert other.inclusion(299, 600) == one.inclusion(299, 600)


def test_proofs_are_of_the_tree(log: Log) -> None:
    log.append_many(notes(600))
    leaves = log._database.leaves(0, 600)

    assert verify_inclusion(leaves[41], 41, 600, log.inclusion(41, 600), log.root())
    assert verify_consistency(256, 600, log.root(256), log.root(600), log.consistency(256, 600))
    assert log.root(0) == EMPTY_ROOT


def test_the_settings_that_safety_rests_on_can_be_read(url: str, log: Log) -> None:
    settings = log.settings()

    if url.startswith("sqlite"):
        assert (settings["journal_mode"], settings["synchronous"], settings["file_mode"]) == (
            "wal",
            "2",
            "0600",
        )
    else:
        assert {settings[name] for name in ("synchronous_commit", "fsync", "data_checksums")} == {"on"}


def test_a_store_keeps_its_id(url: str, keys: KeyStore) -> None:
    with made(url, keys) as log:
        store = log.store_id

    with made(url, keys) as log:
        assert log.store_id == store
    with opened(url, None) as log:
        assert log.store_id == store
    assert len(store) == 32
