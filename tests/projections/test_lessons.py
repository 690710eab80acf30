"""Lessons are found when they are released, by words in any form, and with what people made of them."""

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise import frame
from counterpoise.domain.lessons import LessonConsented, LessonDrafted, LessonMarkedUseful, LessonReleased
from counterpoise_projections.lessons import LESSONS, folded, lessons, search
from tests.lives import Life, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import standing


def by_hand(life: Life, *, drafts: bool) -> dict[str, dict[str, object]]:
    """Return what is known of each lesson: a loop over the events that stand."""
    known: dict[str, dict[str, object]] = {}
    marks: dict[str, dict[str, bool]] = {}
    origins: dict[str, str] = {}
    consents: dict[str, list[str]] = {}
    for told in standing(life.told):
        event, stream = told.event, told.event.stream
        match event:
            case LessonDrafted():
                origins[stream], consents[stream] = event.actor, []
                known.setdefault(stream, {"event": told.id, "released": False, "named": True})
            case LessonReleased():
                known[stream] = {"event": told.id, "released": True, "named": event.named}
            case LessonConsented() if event.actor not in consents.setdefault(stream, []):
                consents[stream].append(event.actor)
            case LessonMarkedUseful():
                marks.setdefault(stream, {})[event.member] = event.useful
    for stream, lesson in known.items():
        votes = list(marks.get(stream, {}).values())
        lesson |= {"useful": votes.count(True), "not_useful": votes.count(False)}
        named = lesson.pop("named")
        lesson |= {"actor": origins.get(stream, "") if named else ""}
        lesson |= {"consented": consents.get(stream, []) if named else []}
    return {stream: lesson for stream, lesson in known.items() if drafts or lesson["released"]}


@settings(max_examples=40)
@given(life=any_life, drafts=st.booleans())
def test_lessons_are_what_a_reader_of_the_log_would_list(*, life: Life, drafts: bool) -> None:
    view = lessons(frame_of(life.told), drafts=drafts).collect()

    expected = by_hand(life, drafts=drafts)
    columns = ("event", "released", "useful", "not_useful", "actor", "consented")
    assert {row["lesson"]: {name: row[name] for name in columns} for row in view.to_dicts()} == expected


@settings(max_examples=20)
@given(any_life)
def test_lessons_are_released_as_their_streams_have_them(life: Life) -> None:
    states = {stream: life.state(stream) for stream in life.folded if stream.startswith("lesson:")}

    released = lessons(frame_of(life.told)).collect()["lesson"]

    assert set(released) == {stream for stream, lesson in states.items() if lesson and lesson.released}


@settings(max_examples=20)
@given(any_life)
def test_the_order_of_rows_changes_no_lesson(life: Life) -> None:
    shuffled = Random(3).sample(life.told, len(life.told))

    assert (
        lessons(frame_of(shuffled), drafts=True)
        .collect()
        .equals(lessons(frame_of(life.told), drafts=True).collect())
    )


def test_an_empty_log_has_no_lessons_in_the_same_columns() -> None:
    view = lessons(frame.empty()).collect()

    assert view.is_empty()
    assert dict(view.schema) == LESSONS


def found(asked: str, texts: dict[str, str], factor: str = "") -> list[str]:
    rows = pl.LazyFrame(
        {
            "event": list(texts),
            "position": list(range(len(texts))),
            "factors": [["neutrality"] if "neutral" in text else ["speed"] for text in texts.values()],
        }
    )
    return search(rows, texts, asked=asked, factor=factor).collect()["event"].to_list()


TEXTS = {
    "a": "Tell them the road, never the address",
    "b": "La neutralité se perd en une escorte; neutral ground first",
    "c": "Erst die Straße, dann der Strom",
}


@pytest.mark.parametrize(
    ("asked", "first"), [("ADDRESS road", "a"), ("neutralite", "b"), ("strasse strom", "c"), ("adress", "a")]
)
def test_a_search_finds_words_whatever_their_case_accents_and_order(asked: str, first: str) -> None:
    assert found(asked, TEXTS)[:1] == [first]


def test_a_search_for_nothing_lists_all_the_newest_first() -> None:
    assert found("", TEXTS) == ["c", "b", "a"]


def test_a_search_keeps_to_the_factor_asked_for() -> None:
    assert found("", TEXTS, factor="neutrality") == ["b"]


def test_a_search_keeps_to_the_format_asked_for() -> None:
    rows = pl.LazyFrame({"event": ["a", "b"], "position": [1, 2], "format": ["table_top", "living_lab"]})

    assert search(rows, TEXTS, asked="", format="table_top").collect()["event"].to_list() == ["a"]


def test_a_search_for_what_is_nowhere_finds_nothing() -> None:
    assert found("xylophone", TEXTS) == []


def test_folding_leaves_neither_case_nor_accents() -> None:
    assert folded("ÉCOLE Straße") == "ecole strasse"
