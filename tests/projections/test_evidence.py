"""What is weighed as evidence, and what is none."""

import polars as pl
import pytest

from counterpoise_projections import evidence, trust
from tests.projections.logs import TABLES, UNUSED, observed, opened, weighed
from tests.projections.references import Regime, Row

ACT: Row = {
    **UNUSED,
    "id": "a",
    "day": 1.0,
    "theatre": "alfa",
    "actor": "army",
    "holder": "ngo",
    "visibility": "public",
    "type": "interaction",
    "x": 1.0,
}
STORY: Row = {
    **ACT,
    "type": "narrative",
    "valence": 0.0,
    "credibility": 1.0,
    "reach": "national",
    "story": "s1",
}


def test_an_act_that_is_neither_friendly_nor_hostile_is_no_evidence() -> None:
    assert weighed([{**ACT, "x": None}]).collect().is_empty()


def test_a_word_that_is_in_no_table_makes_no_evidence() -> None:
    assert weighed([{**ACT, "type": "rumour"}]).collect().is_empty()
    assert weighed([{**STORY, "reach": "galactic"}]).collect().is_empty()


@pytest.mark.parametrize(
    "field",
    [
        {"valence": float("nan")},
        {"valence": 1.1},
        {"valence": -1.1},
        {"credibility": -0.1},
        {"credibility": 1e300},
    ],
    ids=str,
)
def test_a_number_out_of_all_bounds_makes_no_evidence(field: Row) -> None:
    assert weighed([{**STORY, **field}]).collect().is_empty()


@pytest.mark.parametrize(("balance", "x"), [(-1.2, 0.0), (-1.0, 0.0), (0.05, 0.525), (1.0, 1.0)], ids=str)
def test_a_scan_below_all_bounds_is_the_worst_there_is(balance: float, x: float) -> None:
    (row,) = weighed([{**ACT, "type": "scan", "balance": balance, "confidence": 0.8}]).collect().to_dicts()

    assert row["x"] == pytest.approx(x)


def test_one_event_tells_a_story_once_whoever_holds_it() -> None:
    log = [STORY, {**STORY, "holder": "donors"}, {**STORY, "id": "b"}]

    assert sorted(weighed(log).collect()["telling"]) == [1, 1, 2]


def test_tellings_of_one_day_are_counted_by_id() -> None:
    log = [{**STORY, "id": "b"}, {**STORY, "id": "a"}, {**STORY, "id": "c", "day": 0.5}]

    telling = dict(weighed(log).select("id", "telling").collect().iter_rows())

    assert telling == {"c": 1, "a": 2, "b": 3}


def test_a_story_is_told_anew_in_every_theatre_and_about_every_actor() -> None:
    log = [STORY, {**STORY, "id": "b", "theatre": "bravo"}, {**STORY, "id": "c", "actor": "police"}]

    assert weighed(log).collect()["telling"].to_list() == [1, 1, 1]


def test_weights_follow_the_tables() -> None:
    heavier = TABLES.amended({"observations": {"interaction": {"weight": 2.5, "memory": 1.0}}})

    (row,) = evidence.weigh(observed([ACT]), heavier).collect().to_dicts()

    assert (row["w"], row["omega"]) == (2.5, 1.0)


def test_items_have_the_same_columns_of_any_log() -> None:
    assert weighed([]).collect_schema() == pl.Schema(evidence.ITEMS)
    assert weighed([ACT]).collect().schema == pl.Schema(evidence.ITEMS)


@pytest.mark.parametrize(
    ("visibility", "lent"), [("secret", 0.0), (None, 0.0), ("low", 0.03), ("public", 0.1)], ids=str
)
def test_what_nobody_calls_visible_does_not_travel(visibility: str | None, lent: float) -> None:
    theatres = opened({name: [Regime(0.0, {"other": 1}, [])] for name in ("alfa", "bravo")})
    asked = pl.LazyFrame({"theatre": ["bravo"], "actor": ["army"], "day": [1.0]})

    (row,) = (
        trust.figures(weighed([{**ACT, "visibility": visibility}]), theatres, asked, TABLES)
        .collect()
        .to_dicts()
    )

    assert row["import_raw"] == pytest.approx(lent)
