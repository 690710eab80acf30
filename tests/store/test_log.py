"""What the log promises to whoever records."""

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from threading import Barrier, Thread
from typing import TypeVar

import pytest

from counterpoise.domain.events import Sealed
from counterpoise.domain.keys import KeyMade
from counterpoise.domain.refusals import Refusal
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, KeyReused, Log, NoKeyStore, Outcome, TooContended
from counterpoise.store.mapper import Unrecordable
from counterpoise.store.reading import Reading, Recorded
from tests.store.logbook import Noted, Struck, figures, made, note, noted, opened, record, sent, writer_held

Answer = TypeVar("Answer")


class Unwise(Refusal):
    """A rule of these tests."""

    rule = "unwise"


def test_what_was_recorded_is_read_back_as_it_was(log: Log) -> None:
    log.decide(Command("one"), note(figure=0.25, tags=("a", "b"), doubt=None))

    (recorded,) = log.read()
    assert recorded.event == noted(figure=0.25, tags=("a", "b"), doubt=None)
    assert (recorded.position, recorded.event_id) == (1, "note:1#1")


def test_a_command_of_several_events_has_them_side_by_side_and_numbered_in_their_streams(log: Log) -> None:
    log.decide(Command("first"), note("note:1"))

    receipt = log.decide(Command("second"), record(noted("note:1"), noted("note:2"), noted("note:1")))

    assert receipt.events == ("note:1#2", "note:2#1", "note:1#3")
    assert receipt.position == 2
    assert [recorded.event_id for recorded in log.read(1)] == list(receipt.events)


def test_a_repeated_command_is_recorded_once_and_told_the_first_result(log: Log) -> None:
    first = log.decide(Command("key", "body"), record(noted(), noted("note:2"), result='{"n": 1}'))

    again = log.decide(Command("key", "body"), record(noted(), result='{"n": 2}'))

    assert again.repeated
    assert (again.position, again.events, again.result) == (first.position, first.events, '{"n": 1}')
    assert log.size() == 2


def test_a_repeat_is_known_after_the_log_was_closed(url: str, keys: KeyStore) -> None:
    with made(url, keys) as log:
        log.decide(Command("key"), note())

    with opened(url, keys) as log:
        again = log.decide(Command("key"), note())

    assert again.repeated


def test_a_key_is_refused_for_another_command(log: Log) -> None:
    log.decide(Command("key", "body"), note())

    with pytest.raises(KeyReused):
        log.decide(Command("key", "another body"), note())

    assert log.size() == 1


def test_commands_without_a_key_are_never_repeats(log: Log) -> None:
    assert not log.decide(Command(), note()).repeated
    assert not log.decide(Command(), note()).repeated


def test_a_command_that_changes_nothing_keeps_its_answer(log: Log) -> None:
    log.decide(Command("key"), record(result="nothing to do"))

    again = log.decide(Command("key"), record(noted(), result="something to do"))

    assert (again.repeated, again.result, again.events, again.position) == (True, "nothing to do", (), 0)
    assert log.size() == 0


def test_neither_the_key_nor_the_body_of_a_command_is_in_the_store(log: Log) -> None:
    log.decide(Command("key-of-a-chat", "body-of-a-chat"), note())

    (row,) = log.stored()
    assert b"of-a-chat" not in row.state
    (recorded,) = log.read()
    assert len(recorded.receipt) == 32


def test_deliveries_of_one_command_at_once_record_it_once(log: Log) -> None:
    receipts = at_once(8, lambda _: log.decide(Command("key"), note()))

    assert log.size() == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 7
    assert {receipt.events for receipt in receipts} == {("note:1#1",)}


def test_a_decision_sees_what_was_recorded_before(log: Log) -> None:
    seen = []

    def decision(reading: Reading) -> Outcome:
        seen.append(reading.state("note:1"))
        return Outcome([noted()])

    for _ in range(3):
        log.decide(Command(), decision)

    assert seen == [None, 1, 2]


def test_a_decision_may_read_a_streams_history_and_version(log: Log) -> None:
    log.decide(Command(), note(figure=0.75))

    def decision(reading: Reading) -> Outcome:
        (recorded,) = reading.history("note:1")
        assert isinstance(recorded.event, Noted)
        return Outcome(
            [], json.dumps([recorded.event.figure, reading.version("note:1"), reading.version("note:2")])
        )

    assert log.decide(Command(), decision).result == "[0.75, 1, 0]"


@pytest.mark.parametrize("look", [Reading.state, Reading.history, Reading.version])
def test_a_decision_is_made_again_when_a_stream_it_read_has_moved(
    log: Log, look: Callable[[Reading, str], object]
) -> None:
    seen = []

    def decision(reading: Reading) -> Outcome:
        seen.append(look(reading, "note:read"))
        if len(seen) == 1:
            log.decide(Command(), note("note:read"))
        return Outcome([noted("note:written")])

    log.decide(Command(), decision)

    assert len(seen) == 2
    assert seen[0] != seen[1]
    assert log.size() == 2


def test_a_decision_is_made_again_when_a_stream_it_only_writes_to_has_moved(log: Log) -> None:
    def decision(_: Reading) -> Outcome:
        if log.size() == 0:
            log.decide(Command(), note("note:written"))
        return Outcome([noted("note:written")])

    assert log.decide(Command(), decision).events == ("note:written#2",)


def test_a_crowd_on_one_stream_goes_by_in_line(log: Log) -> None:
    receipts = at_once(32, lambda _: [log.decide(Command(), note("note:shared")) for _ in range(4)])

    events = {event for caller in receipts for receipt in caller for event in receipt.events}
    assert events == {f"note:shared#{n}" for n in range(1, 129)}


def test_a_refusal_stands_only_if_what_it_rests_on_has_not_moved(log: Log) -> None:
    seen = []

    def decision(reading: Reading) -> Outcome:
        seen.append(reading.state("note:1"))
        if len(seen) == 1:
            log.decide(Command(), note("note:1"))
            raise Unwise("Nothing was noted yet.")
        return Outcome([noted("note:2")])

    log.decide(Command(), decision)

    assert seen == [None, 1]


def test_a_refusal_is_passed_on_and_leaves_no_trace(log: Log) -> None:
    def decision(reading: Reading) -> Outcome:
        reading.state("note:1")
        raise Unwise("No.")

    with pytest.raises(Unwise):
        log.decide(Command("key"), decision)

    assert log.size() == 0
    assert not log.decide(Command("key"), note()).repeated


def test_a_command_whose_streams_never_stand_still_is_refused(log: Log) -> None:
    def decision(reading: Reading) -> Outcome:
        reading.state("note:1")
        log.decide(Command(), note("note:1"))
        return Outcome([noted("note:2")])

    with pytest.raises(TooContended):
        log.decide(Command(), decision)

    assert {recorded.stream for recorded in log.read()} == {"note:1"}


def test_a_view_has_seen_an_event_before_its_caller_hears_of_it(log: Log) -> None:
    log.decide(Command(), note(figure=0.1))
    seen: list[Recorded] = []
    assert log.subscribe(seen.extend) == 1

    for figure in (0.2, 0.3):
        log.decide(Command(), note(figure=figure))
        assert seen[-1].event == noted(figure=figure)

    assert seen == list(log.read(1))


def test_a_view_is_shown_what_other_processes_recorded(url: str, keys: KeyStore, log: Log) -> None:
    seen: list[Recorded] = []
    log.subscribe(seen.extend)
    with opened(url, keys) as elsewhere:
        elsewhere.decide(Command(), note(figure=0.1))

    log.decide(Command(), note(figure=0.2))

    assert seen == list(log.read())
    assert len(seen) == 2


def test_a_view_that_fails_does_not_undo_what_was_recorded(
    log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_batch: Sequence[Recorded]) -> None:
        raise ZeroDivisionError

    log.subscribe(failing)
    log.decide(Command(), note())
    log.decide(Command(), note())

    assert log.size() == 2
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_words_are_closed_where_they_rest_and_open_to_who_holds_the_keys(url: str, log: Log) -> None:
    log.decide(Command(), note(words=Sealed("they never came", keeper="m1")))

    with opened(url, None) as closed:
        (event,) = [recorded.event for recorded in closed.read() if isinstance(recorded.event, Noted)]
    assert event.words.text is None
    assert event.words.box.startswith("sealed:1:")
    (event,) = [recorded.event for recorded in log.read() if isinstance(recorded.event, Noted)]
    assert event.words.text == "they never came"
    assert all(b"never" not in row.state for row in log.stored())


def test_a_view_is_shown_words_as_they_will_be_read_back(log: Log) -> None:
    seen: list[Recorded] = []
    log.subscribe(seen.extend)

    log.decide(Command(), note(words=Sealed("they never came", keeper="m1")))

    assert seen == list(log.read())


def test_words_are_gone_when_their_key_is(log: Log, keys: KeyStore) -> None:
    log.decide(Command(), note(words=Sealed("they never came", keeper="m1")))

    keys.erase("m1")

    (event,) = [recorded.event for recorded in log.read() if isinstance(recorded.event, Noted)]
    assert event.words.text is None


def test_a_new_key_is_told_of_once_before_the_words_it_closes(log: Log, keys: KeyStore) -> None:
    for _ in range(2):
        receipt = log.decide(Command(), note(words=Sealed("they never came", keeper="m1"), pilot="pilot:1"))
        assert len(receipt.events) == 1

    made_known, *notes = log.read()
    assert isinstance(made_known.event, KeyMade)
    assert made_known.event_id == f"key:{made_known.event.key}#1"
    assert made_known.event.commitment == keys.commitment(made_known.event.key)
    assert made_known.event.pilot == "pilot:1"
    assert [recorded.event_id for recorded in notes] == ["note:1#1", "note:1#2"]


def test_a_key_that_was_made_but_not_told_of_is_told_of_by_the_next_command(log: Log, keys: KeyStore) -> None:
    keys.key_for("m1", "")

    log.decide(Command("key"), note(words=Sealed("they never came", keeper="m1")))

    assert [recorded.event.TOPIC for recorded in log.read()] == ["key.made", "note.noted"]
    assert log.decide(Command("key"), note()).events == ("note:1#1",)


@pytest.mark.parametrize(
    "words", [Sealed("no keeper"), Sealed(None, box="sealed:1:x:y"), Sealed("moved", box="sealed:1:x:y")]
)
def test_words_that_would_not_be_closed_here_are_not_written(log: Log, words: Sealed) -> None:
    with pytest.raises(Unrecordable):
        log.decide(Command(), note(words=words))

    assert log.size() == 0


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), "high", None, Sealed("words")])
def test_what_would_not_be_read_back_is_not_written(log: Log, figure: object) -> None:
    with pytest.raises(Unrecordable):
        log.decide(Command(), note(figure=figure))

    assert log.size() == 0


@pytest.mark.usefixtures("log")
def test_nothing_is_recorded_without_the_key_store(url: str) -> None:
    with opened(url, None) as closed, pytest.raises(NoKeyStore):
        closed.decide(Command(), note())


def test_hostile_text_is_read_back_as_it_was(log: Log) -> None:
    hostile = ("\0\x1b[2J", '"},{"figure":1}', "\u202egnp.exe", "🏴‍☠️", "'; DROP TABLE stored_events; --")

    log.decide(Command(), note(tags=hostile))

    (recorded,) = log.read()
    assert isinstance(recorded.event, Noted)
    assert recorded.event.tags == hostile
    assert json.loads(log.frame().collect()["body"][0])["tags"] == list(hostile)


def test_each_stored_event_has_a_salt_of_its_own(log: Log) -> None:
    log.decide(Command("key"), record(noted(), noted()))

    salts = {json.loads(row.state)["salt"] for row in log.stored()}
    assert len(salts) == 2
    assert {len(salt) for salt in salts} == {22}


def test_thirty_two_callers_are_each_recorded_once(log: Log) -> None:
    at_once(
        32, lambda n: [log.decide(Command(f"{n}.{k}"), note(f"note:{n}", figure=n + k / 8)) for k in range(8)]
    )

    assert sorted(figures(log)) == sorted(n + k / 8 for n in range(32) for k in range(8))


def test_callers_who_wait_together_share_a_transaction(log: Log) -> None:
    batches: list[int] = []
    log.subscribe(lambda batch: batches.append(len(batch)))

    with writer_held(log):
        callers = sent(log, *(partial(log.decide, Command(), note(f"note:{n}")) for n in range(16)))
    for caller in callers:
        caller.join()

    assert batches == [1, 16]


def test_a_closed_log_records_nothing_more(url: str, keys: KeyStore) -> None:
    log = made(url, keys)
    log.decide(Command(), note())
    log.close()

    with pytest.raises(Refusal):
        log.decide(Command(), note())


def test_an_event_with_no_fields_of_its_own_is_recorded(log: Log) -> None:
    log.decide(Command(), record(Struck(stream="note:1", recorded_at=1, occurred_at=1)))

    assert log.frame().collect()["body"].to_list() == ["{}"]


def at_once(callers: int, call: Callable[[int], Answer]) -> list[Answer]:
    """Call from many threads that start together; return their answers."""
    barrier = Barrier(callers)
    answers: list[Answer] = []

    def run(n: int) -> None:
        barrier.wait()
        answers.append(call(n))

    threads = [Thread(target=run, args=(n,)) for n in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
