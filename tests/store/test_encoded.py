"""Events that come as columns are stored as they would be one by one, and read back as events."""

from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.domain.events import Event
from counterpoise.store.bulk import encoded
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log
from counterpoise.store.mapper import Encoded, Mapper, Unrecordable
from counterpoise.store.reading import Recorded
from counterpoise.store.tree import leaf_hash
from counterpoise.store.upcasts import UPCASTS
from tests.store.logbook import VOCABULARY, Noted, Struck

SALT, RECEIPT = "s" * 22, "r" * 32

STRUCK: dict[str, Any] = {
    "recorded_at": pl.Int64,
    "occurred_at": pl.Int64,
    **dict.fromkeys(("member", "actor", "theatre", "pilot", "label"), pl.String),
    **dict.fromkeys(("recipients", "group", "clients"), pl.List(pl.String)),
    "source": pl.String,
}
"""The columns of an event that adds no field of its own."""


@dataclass(frozen=True, kw_only=True)
class Measured(Event):
    """An event with a figure."""

    TOPIC: ClassVar[str] = "note.measured"
    figure: float
    tags: tuple[str, ...] = ()


texts = st.text(st.characters(codec="utf-8"), max_size=20)
whole = st.integers(-(2**63), 2**63 - 1)
struck = st.builds(
    Struck,
    stream=st.just("note:1"),
    recorded_at=whole,
    occurred_at=whole,
    **dict.fromkeys(("member", "actor", "theatre", "pilot", "label", "source"), texts),
    **dict.fromkeys(("recipients", "group", "clients"), st.lists(texts, max_size=3).map(tuple)),
)


def columns(*events: Event) -> pl.DataFrame:
    return pl.DataFrame([{name: getattr(event, name) for name in STRUCK} for event in events], schema=STRUCK)


def plain() -> Struck:
    return Struck(stream="note:1", recorded_at=1, occurred_at=2, label="CLEAR")


@given(struck)
def test_a_row_of_columns_is_read_back_as_the_event(event: Struck) -> None:
    mapper = Mapper(VOCABULARY, words=None, upcasts=UPCASTS)
    (written,) = encoded(Struck, "note:1", columns(event))

    stamped = mapper.stamped(written, version=3, receipt=RECEIPT, salt=SALT)

    stream, version, topic, state, leaf = stamped.row
    assert mapper.to_event(stream=stream, version=version, topic=topic, state=state) == (event, RECEIPT)
    assert (stream, version, leaf) == ("note:1", 3, leaf_hash(stream, version, topic, state))


def test_what_came_as_columns_is_shown_as_events(log: Log) -> None:
    seen: list[Recorded] = []
    log.subscribe(seen.extend)
    events = encoded(Struck, "note:1", columns(plain(), plain()))

    log.append_many((("file", line), event) for line, event in enumerate(events))

    assert [(each.position, each.version, each.event) for each in seen] == [(1, 1, plain()), (2, 2, plain())]
    assert [each.event for each in log.read()] == [plain(), plain()]
    assert log.verify().sound


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("figure", pl.Series([float("nan")])),
        ("figure", pl.Series([float("inf")])),
        ("figure", pl.Series([None], dtype=pl.Float64)),
        ("figure", pl.Series([1])),
        ("label", pl.Series([None], dtype=pl.String)),
        ("recorded_at", pl.Series(["1"])),
        ("parts", pl.Series([[1]])),
        ("stranger", pl.Series([1])),
    ],
)
def test_columns_that_could_not_be_read_back_are_refused(column: str, values: pl.Series) -> None:
    rows = columns(plain()).with_columns(figure=pl.lit(0.5), tags=pl.lit(["a"], pl.List(pl.String)))
    assert len(list(encoded(Measured, "note:1", rows))) == 1

    with pytest.raises(Unrecordable):
        list(encoded(Measured, "note:1", rows.with_columns(values.alias(column))))


def test_a_column_that_is_missing_is_refused() -> None:
    with pytest.raises(Unrecordable, match="not those of Struck"):
        list(encoded(Struck, "note:1", columns(plain()).drop("label")))


def test_events_with_words_to_close_do_not_come_encoded(keys: KeyStore) -> None:
    mapper = Mapper(VOCABULARY, words=keys, upcasts=UPCASTS)

    with pytest.raises(Unrecordable, match="words to close"):
        mapper.stamped(Encoded(Noted, "note:1", b"{}"), version=1, receipt=RECEIPT, salt=SALT)
