"""The rules over columns answer as the rules do, row by row."""

import random
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.exceptions import ColumnNotFoundError

from counterpoise import frame
from counterpoise.policy import (
    MARKS,
    ONLOOKER,
    READS,
    Action,
    Item,
    Member,
    decide,
    known_pilot,
    knows,
    marked,
    readable,
)
from tests.policy.worlds import as_rows, items, members, random_item, random_member

COLLEAGUE = Member(
    id="m", actor="aid", roles={"flood": frozenset({"participant"})}, pseudonyms={"flood": "heron"}
)
NOTE = Item(label="RED", pilot="flood", owner="aid", author="heron")


def by_rows(member: Member | None, action: Action, things: list[Item]) -> list[bool]:
    return [decide(member, action, item).allowed for item in things]


def by_columns(member: Member | None, action: Action, rows: pl.LazyFrame) -> list[bool]:
    return rows.select(readable(member, action)).collect().to_series().to_list()


@given(member=members, action=st.sampled_from(Action), things=st.lists(items, max_size=20))
def test_columns_answer_as_the_rules_do(member: Member, action: Action, things: list[Item]) -> None:
    assert by_columns(member, action, as_rows(things)) == by_rows(member, action, things)


def test_columns_answer_as_the_rules_do_on_long_frames() -> None:
    chance = random.Random(7)
    things = [random_item(chance) for _ in range(1_500)]
    rows = as_rows(things)
    people = [None, ONLOOKER, *(random_member(chance) for _ in range(12))]

    for member in people:
        for action in Action:
            assert by_columns(member, action, rows) == by_rows(member, action, things)


@pytest.mark.parametrize(
    "column", ["actor", "member", "pilot", "recipients", "group", "clients", "label", *MARKS]
)
def test_the_comparison_sees_a_column_that_is_not_read(column: str) -> None:
    chance = random.Random(8)
    things = [random_item(chance) for _ in range(400)]
    ignored = as_rows(things).with_columns(pl.col(column).first())
    people = [random_member(chance) for _ in range(12)]

    assert any(
        by_columns(member, read, ignored) != by_rows(member, read, things)
        for member in people
        for read in READS
    )


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_that_is_missing_is_an_error(mark: str) -> None:
    with pytest.raises(ColumnNotFoundError):
        by_columns(COLLEAGUE, Action.READ_ATTRIBUTION, as_rows([NOTE]).drop(mark))


@pytest.mark.parametrize("mark", ["erased", "anonymous", "chatham"])
def test_a_mark_that_is_not_known_reads_as_the_stricter_answer(mark: str) -> None:
    rows = as_rows([NOTE]).with_columns(pl.lit(None, pl.Boolean).alias(mark))

    assert by_columns(COLLEAGUE, Action.READ_ATTRIBUTION, as_rows([NOTE])) == [True]
    assert by_columns(COLLEAGUE, Action.READ_ATTRIBUTION, rows) == [False]


def test_a_scan_that_may_be_unopened_stays_within_its_organisation() -> None:
    scan = replace(NOTE, label="GREEN")
    rows = as_rows([scan]).with_columns(pl.lit(None, pl.Boolean).alias("unopened"))

    assert by_columns(COLLEAGUE, Action.READ_CONTENT, rows) == [True]
    assert by_columns(replace(COLLEAGUE, actor="army"), Action.READ_SKELETON, rows) == [False]


@pytest.mark.parametrize("column", ["label", "pilot", "actor", "member", "recipients"])
def test_what_is_not_known_of_a_row_lets_nobody_in(column: str) -> None:
    rows = as_rows([replace(NOTE, label="AMBER+STRICT", author="", owner="")]).with_columns(
        pl.lit(None).cast(frame.FRAME[column]).alias(column)
    )

    assert by_columns(COLLEAGUE, Action.READ_CONTENT, rows) == [False]


def test_scores_are_read_under_the_label_of_the_scans() -> None:
    rows = as_rows([NOTE]).with_columns(scan_label=pl.lit("GREEN"))
    other = Member(id="o", actor="army", roles={"flood": frozenset({"participant"})})

    words = rows.filter(readable(other)).collect()
    scores = rows.filter(readable(other, label="scan_label")).collect()

    assert (words.height, scores.height) == (0, 1)


def test_marks_that_are_absent_are_added_as_the_events_give_them() -> None:
    bare = as_rows([NOTE, replace(NOTE, owner="", author="")]).drop(MARKS)

    added = marked(bare.with_columns(erased=pl.lit(True))).collect()

    assert added["anonymous"].to_list() == [False, True]
    assert added["erased"].to_list() == [True, True]
    assert not any(added[mark].any() for mark in ("chatham", "credited", "unopened"))


def test_an_empty_log_is_readable_and_empty() -> None:
    assert marked(frame.empty()).filter(readable(COLLEAGUE)).collect().is_empty()
    assert marked(frame.empty()).filter(readable(None)).collect().is_empty()


@given(member=st.none() | members, things=st.lists(items, max_size=10))
def test_a_pilot_is_named_in_rows_to_those_who_know_it(member: Member | None, things: list[Item]) -> None:
    named = as_rows(things).select(known_pilot(member)).collect().to_series().to_list()

    assert named == [item.pilot if knows(member, item.pilot) else "" for item in things]
