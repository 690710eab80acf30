"""The one writer: what shares a transaction with whom, and what becomes of it when something goes wrong."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from counterpoise.store import writer as writing
from counterpoise.store.database import ConnectionLost, Database, Result, Stored, Transaction
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log, StoreFailed, TooBusy
from counterpoise.store.mapper import Mapper
from counterpoise.store.opening import file_of
from counterpoise.store.postgres import PostgresDatabase
from counterpoise.store.reading import Recorded
from counterpoise.store.sqlite import SQLiteDatabase
from tests.store.logbook import VOCABULARY, figures, made, note, noted, record, sent, tally, writer_held


class Line:
    """A database at the end of a line, which breaks when it is told to, and which cannot store what it is told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.breaks: list[str] = []
        self.unstorable = ""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the database has
        return getattr(self._database, name)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        breaks = self.breaks.pop(0) if self.breaks else ""
        if breaks == "before":
            raise ConnectionLost("before the transaction began")

        def within(transaction: Transaction) -> Result:
            result = work(Picky(transaction, self.unstorable))
            if breaks == "within":
                raise ConnectionLost("before the commit was sent")
            return result

        result = self._database.write(within)
        if breaks == "after":
            raise ConnectionLost("before the commit was answered")
        return result


class Picky:
    """A transaction that cannot store one stream."""

    def __init__(self, transaction: Transaction, unstorable: str) -> None:
        self._transaction = transaction
        self._unstorable = unstorable

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the transaction has
        return getattr(self._transaction, name)

    def insert(self, rows: Sequence[Stored], *rest: Any) -> None:  # noqa: ANN401
        if self._unstorable in {row.stream for row in rows}:
            raise ZeroDivisionError
        self._transaction.insert(rows, *rest)


@pytest.fixture
def line(url: str) -> Line:
    made(url, None).close()
    return Line(PostgresDatabase(url) if url.startswith("postgres") else SQLiteDatabase(file_of(url)))


@pytest.fixture
def log(line: Line, keys: KeyStore) -> Iterator[Log]:
    mapper = Mapper(VOCABULARY, words=keys, upcasts={})
    with Log(line, mapper=mapper, evolve=tally, words=keys) as log:
        yield log


@pytest.mark.parametrize("breaks", ["before", "within", "after"])
@pytest.mark.parametrize("key", ["key", ""])
def test_a_line_that_breaks_around_the_commit_leaves_the_command_recorded_once(
    log: Log, line: Line, breaks: str, key: str
) -> None:
    seen: list[Recorded] = []
    log.subscribe(seen.extend)
    line.breaks = [breaks]

    receipt = log.decide(Command(key), record(noted(), noted(), result="first"))

    assert (receipt.position, receipt.events, receipt.result) == (1, ("note:1#1", "note:1#2"), "first")
    assert not receipt.repeated
    assert seen == list(log.read())
    assert len(seen) == 2
    assert log.verify().sound


@pytest.mark.parametrize("breaks", ["before", "within", "after"])
def test_a_line_that_breaks_in_a_bulk_append_leaves_every_event_recorded_once(
    log: Log, line: Line, breaks: str
) -> None:
    line.breaks = ["", breaks, "", breaks]

    log.append_many((f"line {n}", noted(figure=float(n))) for n in range(1_500))

    assert figures(log) == [float(n) for n in range(1_500)]
    assert log.verify().sound


def test_a_repeat_whose_line_breaks_is_still_a_repeat(log: Log, line: Line) -> None:
    log.decide(Command("key"), record(noted(), result="first"))
    line.breaks = ["", "after"]

    again = log.decide(Command("key"), record(noted(), result="second"))

    assert (again.repeated, again.result) == (True, "first")


def test_a_database_that_stays_away_is_told_of_and_found_again(
    log: Log, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE", 0.0)
    line.breaks = ["before"] * 100
    with pytest.raises(StoreFailed, match="not known whether"):
        log.decide(Command("key"), note())

    line.breaks = []

    assert not log.decide(Command("key"), note()).repeated


def test_what_cannot_be_stored_fails_its_own_caller_alone(log: Log, line: Line) -> None:
    line.unstorable = "note:3"
    failed: list[int] = []

    def call(n: int) -> None:
        try:
            log.decide(Command(str(n)), note(f"note:{n}"))
        except StoreFailed:
            failed.append(n)

    with writer_held(log):
        callers = sent(log, *(partial(call, n) for n in range(6)))
    for caller in callers:
        caller.join()

    assert failed == [3]
    assert {recorded.stream for recorded in log.read(1)} == {f"note:{n}" for n in (0, 1, 2, 4, 5)}


def test_the_writer_lives_on_after_what_it_could_not_store(log: Log, line: Line) -> None:
    line.unstorable = "note:1"
    with pytest.raises(StoreFailed, match="could not be recorded"):
        log.decide(Command("key"), note("note:1"))

    line.unstorable = ""

    assert log.decide(Command("key"), note("note:1")).events == ("note:1#1",)


def test_beyond_what_may_wait_a_command_is_refused_and_not_recorded(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 4)
    with writer_held(log):
        callers = sent(log, *(partial(log.decide, Command(), note(f"note:{n}")) for n in range(4)))

        with pytest.raises(TooBusy):
            log.decide(Command(), note("note:refused"))

    for caller in callers:
        caller.join()
    assert {recorded.stream for recorded in log.read(1)} == {f"note:{n}" for n in range(4)}


def test_what_waits_is_recorded_before_the_log_closes(url: str, keys: KeyStore) -> None:
    with made(url, keys) as log:
        with writer_held(log):
            callers = sent(log, *(partial(log.decide, Command(), note(f"note:{n}")) for n in range(8)))
        log.close()
        for caller in callers:
            caller.join()

    with made(url, keys) as log:
        assert log.size() == 9
