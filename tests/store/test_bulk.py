"""Many commands at once: each recorded once, in order, whatever else goes on."""

from collections.abc import Iterator
from itertools import islice

import pytest

from counterpoise.domain.events import Event, Sealed
from counterpoise.store.bulk import TOGETHER
from counterpoise.store.database import MOST_EVENTS
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Imported, Log, NoKeyStore
from counterpoise.store.reading import Recorded
from tests.store.logbook import figures, made, note, noted, opened


def notes(
    count: int, *, stream: str = "note:1", start: int = 0, size: int = 0
) -> Iterator[tuple[str, Event]]:
    """Yield notes numbered from `start`, each under a key of its own, padded by `size` characters."""
    return (
        (f"line {n}", noted(stream, figure=float(n), tags=("x" * size,))) for n in range(start, start + count)
    )


def test_every_event_is_recorded_in_order_under_a_receipt_of_its_own(log: Log) -> None:
    assert log.append_many(notes(1_200)) == Imported(recorded=1_200)

    assert figures(log) == [float(n) for n in range(1_200)]
    assert [recorded.version for recorded in log.read()] == list(range(1, 1_201))
    assert len({recorded.receipt for recorded in log.read()}) == 1_200


def test_what_was_recorded_before_is_counted_and_left(log: Log) -> None:
    log.append_many(notes(700))

    assert log.append_many(notes(1_500)) == Imported(recorded=800, repeated=700)

    assert figures(log) == [float(n) for n in range(1_500)]


def test_what_was_recorded_before_is_found_in_the_middle_too(log: Log) -> None:
    log.append_many(notes(300, start=900))

    assert log.append_many(notes(1_500)) == Imported(recorded=1_200, repeated=300)

    assert sorted(figures(log)) == [float(n) for n in range(1_500)]


def test_a_key_that_comes_twice_is_recorded_once(log: Log) -> None:
    twice = (pair for pair in notes(1_000) for _ in range(2))

    assert log.append_many(twice) == Imported(recorded=1_000, repeated=1_000)

    assert figures(log) == [float(n) for n in range(1_000)]


def test_numbered_keys_of_different_names_are_different(log: Log) -> None:
    for name in ("one file", "another"):
        keyed = (((name, n), event) for n, (_, event) in enumerate(notes(10)))
        assert log.append_many(keyed) == Imported(recorded=10)

    keyed = ((("one file", n), event) for n, (_, event) in enumerate(notes(11)))
    assert log.append_many(keyed) == Imported(recorded=1, repeated=10)


def test_a_keyed_command_and_a_bulk_append_of_the_same_key_are_recorded_once(log: Log) -> None:
    log.decide(Command("line 0"), note(figure=7.0))

    assert log.append_many(notes(2)) == Imported(recorded=1, repeated=1)

    assert figures(log) == [7.0, 1.0]


def test_it_says_how_far_it_is(log: Log) -> None:
    told: list[Imported] = []

    log.append_many(notes(9_000), told=told.append)

    assert told[-1] == Imported(recorded=9_000)
    assert [each.recorded for each in told] == sorted(each.recorded for each in told)
    assert len(told) > 2


def test_what_was_recorded_before_the_source_broke_stays_and_is_not_recorded_again(log: Log) -> None:
    def broken() -> Iterator[tuple[str, Event]]:
        yield from notes(9_000)
        raise OSError("the disk was pulled out")

    with pytest.raises(OSError, match="pulled out"):
        log.append_many(broken())

    kept = log.size()
    assert kept >= MOST_EVENTS
    assert log.append_many(notes(9_000)) == Imported(recorded=9_000 - kept, repeated=kept)
    assert figures(log) == [float(n) for n in range(9_000)]


def test_transactions_are_kept_small(log: Log) -> None:
    batches: list[int] = []
    log.subscribe(lambda batch: batches.append(len(batch)))

    log.append_many(notes(1_200, size=4_000))

    assert sum(batches) == 1_200
    assert max(batches[3:]) <= 32 * TOGETHER


def test_an_event_larger_than_a_transaction_is_recorded_whole(log: Log) -> None:
    log.append_many(islice(notes(3, size=700_000), 3))

    assert [len(row.state) > 700_000 for row in log.stored()] == [True] * 3


def test_commands_decided_meanwhile_get_their_own_versions(log: Log) -> None:
    def interrupted() -> Iterator[tuple[str, Event]]:
        for n, pair in enumerate(notes(2_000)):
            if n % 300 == 299:
                log.decide(Command(), note("note:1", figure=-1.0))
            yield pair

    assert log.append_many(interrupted()) == Imported(recorded=2_000)

    assert [figure for figure in figures(log) if figure >= 0] == [float(n) for n in range(2_000)]
    assert [recorded.version for recorded in log.read()] == list(range(1, 2_007))


def test_words_are_closed_and_their_key_told_of_once(log: Log, keys: KeyStore) -> None:
    worded = ((key, noted(words=Sealed("they never came", keeper="m1"))) for key, _ in notes(1_100))

    assert log.append_many(worded) == Imported(recorded=1_100)

    topics = [recorded.event.TOPIC for recorded in log.read()]
    assert topics[0] == "key.made"
    assert topics.count("key.made") == 1
    assert topics.count("note.noted") == 1_100
    assert len(keys.living_keys()) == 1


def test_views_are_shown_a_bulk_append(log: Log) -> None:
    seen: list[Recorded] = []
    log.subscribe(seen.extend)

    log.append_many(notes(1_000))

    assert seen == list(log.read())


def test_nothing_is_appended_without_the_key_store(url: str, keys: KeyStore) -> None:
    made(url, keys).close()

    with opened(url, None) as log, pytest.raises(NoKeyStore):
        log.append_many(notes(1))
