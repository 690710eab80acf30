"""The log as columns says what the log says event by event, old shapes and damaged rows included."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
import polars as pl
import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise import frame
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.keys import KeyMade
from counterpoise.store.frames import Decoder
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log, Quarantined
from counterpoise.store.mapper import Mapper, salts
from counterpoise.store.upcasts import Body, Upcasts
from tests.store.logbook import VOCABULARY, Grade, Noted, Struck, made, note, noted, opened, record
from tests.store.test_bulk import notes

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(-(2**53), 2**53)
FIGURE = st.floats(allow_nan=False, allow_infinity=False)


@dataclass(frozen=True, kw_only=True)
class NewNoted(Event):
    """A note as it is taken today: what was `figure` once is a `share` of a hundred, and has a `scale`."""

    TOPIC: ClassVar[str] = "note.noted"
    SCHEMA: ClassVar[int] = 3
    share: int
    scale: str
    remark: str = ""


def share_of_figure(body: Body) -> Body:
    figure = body.pop("figure")
    return {**body, "share": round(figure * 100)}


def with_scale(body: Body) -> Body:
    return {**body, "scale": "percent"}


NEW: Mapping[str, type[Event]] = {**VOCABULARY, NewNoted.TOPIC: NewNoted}
STEPS: Upcasts = {("note.noted", 1): share_of_figure, ("note.noted", 2): with_scale}


def by_hand(log: Log) -> list[dict[str, Any]]:
    """Return the rows of a frame as the events say they are, one by one."""
    return [
        {
            "position": recorded.position,
            "stream": recorded.stream,
            "version": recorded.version,
            "topic": recorded.event.TOPIC,
            "schema": recorded.event.SCHEMA,
            **{
                name: list(value) if isinstance(value, tuple) else value
                for name, value in vars(recorded.event).items()
                if name in frame.ENVELOPE and name != "stream"
            },
            "body": json.loads(
                msgspec.json.encode(
                    {
                        field.name: getattr(recorded.event, field.name)
                        for field in frame.own_fields(type(recorded.event))
                    },
                    enc_hook=lambda words: words.box,
                )
            ),
        }
        for recorded in log.read()
    ]


def rows(log: Log) -> list[dict[str, Any]]:
    return [{**row, "body": json.loads(row["body"])} for row in log.frame().collect().iter_rows(named=True)]


def add(log: Log, *states: bytes, stream: str = "note:odd", topic: str = "note.noted") -> None:
    """Put bytes into the log as they are, as an old or a faulty program could have."""
    before = sum(1 for row in log.stored() if row.stream == stream)
    log._database.insert_events(  # type: ignore[attr-defined]
        [StoredEvent(stream, version, topic, state) for version, state in enumerate(states, before + 1)]
    )


def state(**changed: object) -> bytes:
    """Return the stored form of a note with some of its entries changed; those that are None are left out."""
    mapper = Mapper(VOCABULARY, words=None, upcasts={})
    closed = mapper.to_stored(noted(), version=1, receipt="r" * 32, salt=next(salts(1)))
    body = json.loads(closed.row.state) | changed
    return json.dumps({name: value for name, value in body.items() if value is not ...}).encode()


def test_an_empty_log_is_an_empty_frame(log: Log) -> None:
    assert log.frame().collect().schema == pl.Schema(frame.FRAME)
    assert log.frame().collect().height == 0


def test_the_frame_has_its_columns_whatever_is_in_it(log: Log) -> None:
    log.append_many(notes(500))
    log.decide(Command(), record(Struck(stream="note:1", recorded_at=1, occurred_at=1)))

    assert log.frame().collect().schema == pl.Schema(frame.FRAME)


@pytest.mark.parametrize("count", [3, 600])
def test_the_frame_agrees_with_the_events(log: Log, count: int) -> None:
    log.decide(Command(), note(words=Sealed("they never came", keeper="m1"), recipients=("m2",), doubt=0.1))
    log.append_many(notes(count))
    log.decide(Command(), note(grades=(Grade(of="a", figure=1e-7), Grade(of="ü", figure=2.0))))

    assert rows(log) == by_hand(log)


def test_a_frame_that_was_read_before_grows_by_what_is_new(log: Log) -> None:
    for size in (1, 150, 2, 300, 1):
        log.append_many(notes(size, start=log.size() * 1_000))
        assert log.frame().collect()["position"].to_list() == list(range(1, log.size() + 1))

    assert rows(log) == by_hand(log)


def test_a_frame_shows_what_other_processes_recorded(url: str, keys: KeyStore, log: Log) -> None:
    log.frame().collect()
    with opened(url, keys) as elsewhere:
        elsewhere.decide(Command(), note())

    assert log.frame().collect().height == 1


def test_a_frame_ends_where_it_is_told_to(log: Log) -> None:
    log.append_many(notes(300))

    assert log.frame(upto=200).collect().height == 200
    assert log.frame(upto=0).collect().height == 0
    assert log.frame(upto=200).collect()["position"].max() == 200
    assert log.frame(upto=999).collect().height == 300


def test_the_fields_of_one_kind_of_event_are_columns(log: Log) -> None:
    log.append_many(notes(300))
    log.decide(Command(), note(figure=0.1, doubt=0.2, words=Sealed("they never came", keeper="m1")))

    found = frame.of(log.frame(), Noted).collect()

    assert found["figure"].to_list() == [*map(float, range(300)), 0.1]
    assert found["doubt"].to_list() == [None] * 300 + [0.2]
    assert found["words"][-1].startswith("sealed:1:")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(
        st.builds(
            Noted,
            stream=TEXT.map("note:{}".format),
            recorded_at=WHOLE,
            occurred_at=WHOLE,
            member=TEXT,
            label=TEXT,
            recipients=st.lists(TEXT, max_size=3).map(tuple),
            figure=FIGURE,
            tags=st.lists(TEXT, max_size=3).map(tuple),
            doubt=st.none() | FIGURE,
            grades=st.lists(st.builds(Grade, of=TEXT, figure=FIGURE), max_size=2).map(tuple),
        ),
        max_size=8,
    )
)
def test_bulk_and_single_reading_agree_on_any_events(events: list[Noted]) -> None:
    mapper = Mapper(VOCABULARY, words=None, upcasts={})
    stored = [
        (n, *mapper.to_stored(event, version=n, receipt="r" * 32, salt="s" * 22).row[:4])
        for n, event in enumerate(events * 20, 1)
    ]
    table = pl.DataFrame(stored, schema=["position", "stream", "version", "topic", "state"], orient="row")
    table = table.cast({"position": pl.Int64, "version": pl.Int64, "state": pl.Binary}) if stored else table
    decoder = Decoder(mapper, lambda *told: pytest.fail(str(told)))

    at_once = decoder.decoded(table) if stored else pl.DataFrame(schema=frame.FRAME)
    one_by_one = pl.concat(
        [pl.DataFrame(schema=frame.FRAME), *(decoder.decoded(row) for row in table.iter_slices(1))]
    )

    assert frame.of(at_once.lazy(), Noted).collect().equals(frame.of(one_by_one.lazy(), Noted).collect())


@pytest.mark.parametrize("among", [0, 300])
def test_an_old_file_opens_and_its_events_have_todays_shape_both_ways(
    url: str, keys: KeyStore, among: int
) -> None:
    with made(url, keys) as old:
        add(old, *(state(figure=n / 100) for n in range(among)), stream="note:many")
        add(old, state(figure=0.25), state(schema=2, figure=..., share=50))
        add(old, b"{}", topic="note.struck")

    with opened(url, keys, vocabulary=NEW, upcasts=STEPS) as log:
        log.decide(
            Command(), record(NewNoted(stream="note:2", recorded_at=1, occurred_at=1, share=75, scale="x"))
        )
        events = [recorded.event for recorded in log.read() if isinstance(recorded.event, NewNoted)]
        found = frame.of(log.frame(), NewNoted).collect()

    assert [(event.share, event.scale) for event in events[among:]] == [
        (25, "percent"),
        (50, "percent"),
        (75, "x"),
    ]
    assert [event.share for event in events] == found["share"].to_list()
    assert [event.scale for event in events] == found["scale"].to_list()
    assert found["schema"].unique().to_list() == [3]


def test_a_shape_that_nothing_brings_up_is_quarantined(url: str, keys: KeyStore) -> None:
    with made(url, keys) as old:
        add(old, state(), state(schema=2, figure=..., share=50))

    with opened(url, keys, vocabulary=NEW, upcasts={("note.noted", 2): with_scale}) as log:
        assert frame.of(log.frame(), NewNoted).collect()["share"].to_list() == [50]
        assert log.quarantined[1].why == "note.noted: nothing brings note.noted from schema 1 to 2"


DAMAGED = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"3",
    b"\xff\xfe",
    b"not json",
    b"{}",
    state(figure="high"),
    state(figure=None),
    state(figure=...),
    state(recorded_at=...),
    state(recorded_at="noon"),
    state(schema=...),
    state(schema="one"),
    state(schema=2),
    state(grades=[3]),
    state() + b"," + state(),
    state() + b" " + state(),
]


@pytest.mark.parametrize("damaged", DAMAGED)
@pytest.mark.parametrize("among", [0, 700])
def test_a_row_that_cannot_be_read_is_quarantined_loudly_and_spoils_no_other(
    log: Log, damaged: bytes, among: int, caplog: pytest.LogCaptureFixture
) -> None:
    log.append_many(notes(among))
    add(log, damaged)
    log.append_many(notes(among, start=among))

    with caplog.at_level(logging.ERROR):
        found = log.frame().collect()

    assert found["position"].to_list() == [*range(1, among + 1), *range(among + 2, 2 * among + 2)]
    (quarantined,) = log.quarantined.values()
    assert quarantined[:2] == (among + 1, "note:odd#1")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "note:odd#1" in caplog.text


@pytest.mark.parametrize("odd", [state(tags="a"), state(label=3), state(receipt=...), state(recorded_at=1.5)])
def test_what_only_a_faulty_hand_writes_is_quarantined_one_by_one_and_found_by_verify(
    log: Log, odd: bytes
) -> None:
    add(log, odd)

    assert log.frame().collect().height == 0
    assert list(log.quarantined) == [1]
    assert any("cannot be read" in what for _, what in log.verify().faults)


@pytest.mark.parametrize("damaged", DAMAGED)
def test_both_ways_of_reading_pass_over_the_same_rows(log: Log, damaged: bytes) -> None:
    log.append_many(notes(200))
    add(log, damaged, state(), damaged)
    log.append_many(notes(200, start=200))

    assert [recorded.position for recorded in log.read()] == log.frame().collect()["position"].to_list()


def test_an_event_of_an_unknown_kind_is_quarantined(log: Log) -> None:
    add(log, state(), topic="note.of-tomorrow")

    assert log.frame().collect().height == 0
    assert log.quarantined == {
        1: Quarantined(1, "note:odd#1", "the topic 'note.of-tomorrow' is not in this version's vocabulary")
    }


def test_a_decision_is_not_made_on_a_stream_of_which_a_part_cannot_be_read(log: Log) -> None:
    add(log, b"{}", stream="note:1")

    with pytest.raises(ValueError, match=r"note\.noted"):
        log.decide(Command(), lambda reading: reading.state("note:1"))


def test_a_field_that_came_with_a_default_is_filled_in_where_it_is_missing(log: Log) -> None:
    log.append_many(notes(300))
    add(log, state(tags=..., doubt=..., words=..., grades=...))

    found = frame.of(log.frame(), Noted).collect()

    assert found["tags"].to_list()[-1] == []
    assert found["words"].to_list()[-1] == ""
    assert found.height == 301


def test_keys_that_were_made_are_rows_like_others(log: Log) -> None:
    log.decide(Command(), note(words=Sealed("they never came", keeper="m1")))

    assert frame.of(log.frame(), KeyMade).collect()["commitment"].str.len_chars().to_list() == [64]
