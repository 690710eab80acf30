"""Trust holds against the slow and obvious model on any log."""

import dataclasses
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise_projections import trust
from counterpoise_projections.clocks import UnknownTheatre
from tests.projections.logs import (
    ACTORS,
    HOLDERS,
    NAMES,
    TABLES,
    UNUSED,
    everyone,
    observed,
    opened,
    weighed,
    worlds,
)
from tests.projections.references import Model, Regime, Regimes, Row, as_of, items

World = tuple[list[Row], Regimes]

some_days = st.lists(st.integers(0, 900).map(float), min_size=1, max_size=3, unique=True)


def rows(world: World, on: list[float], *, before: bool = False) -> list[dict[str, Any]]:
    log, theatres = world
    asked = everyone(theatres, on)
    return trust.figures(weighed(log), opened(theatres), asked, TABLES, before=before).collect().to_dicts()


def assert_close(row: dict[str, Any], other: dict[str, Any], *, within: float) -> None:
    numbers = {name for name, value in other.items() if isinstance(value, float)}
    assert {name: row[name] for name in other if name not in numbers} == {
        name: value for name, value in other.items() if name not in numbers
    }
    for name in numbers:
        assert row[name] == pytest.approx(other[name], rel=0, abs=within), name


def assert_same(row: dict[str, Any], model: Model, holder: str | None = None) -> None:
    expected = dataclasses.asdict(model.opinion(row["actor"], row["theatre"], row["day"], holder))
    ends = {name: expected.pop(name) for name in ("low", "high")}
    assert_close(row, ends, within=1e-9)
    assert_close(row, expected, within=1e-12)


@given(worlds())
def test_evidence_weighs_what_the_table_says(world: World) -> None:
    log, _ = world
    columns = ("id", "day", "theatre", "actor", "holder", "visibility", "x", "w", "omega")

    weighed_rows = weighed(log).select(columns).collect().to_dicts()

    for row, item in zip(weighed_rows, items(log), strict=True):
        assert_close(row, dataclasses.asdict(item), within=1e-15)


@given(worlds(), some_days)
def test_figures_agree_with_the_slow_model(world: World, on: list[float]) -> None:
    for row in rows(world, on):
        assert_same(row, as_of(*world, row["day"]))


@given(worlds())
def test_a_forecast_knows_earlier_days_only(world: World) -> None:
    on = sorted({event["day"] for event in world[0]}) or [1.0]

    for row in rows(world, on, before=True):
        assert_same(row, as_of(*world, row["day"], before=True))


@given(worlds(), some_days)
def test_a_pair_is_judged_by_its_holder_alone_under_the_same_norm(world: World, on: list[float]) -> None:
    log, theatres = world
    asked = everyone(theatres, on).join(pl.LazyFrame({"holder": HOLDERS}), how="cross")

    for row in trust.figures(weighed(log), opened(theatres), asked, TABLES).collect().to_dicts():
        assert_same(row, as_of(log, theatres, row["day"]), row["holder"])


@given(worlds(), some_days)
def test_contributions_agree_with_the_slow_model(world: World, on: list[float]) -> None:
    log, theatres = world
    asked = everyone(theatres, on)

    parts = trust.contributions(weighed(log), opened(theatres), asked, TABLES).collect()

    for number, (theatre, actor, day) in enumerate(asked.collect().iter_rows()):
        part = parts.filter(question=number).select("id", "source", "part", "contribution")
        found = {(event, source, name): points for event, source, name, points in part.iter_rows()}
        expected = as_of(log, theatres, day).contributions(actor, theatre, day)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(worlds(), some_days)
def test_contributions_sum_to_trust_less_the_prior(world: World, on: list[float]) -> None:
    log, theatres = world
    asked = everyone(theatres, on)
    opinions = trust.figures(weighed(log), opened(theatres), asked, TABLES).collect()

    parts = trust.contributions(weighed(log), opened(theatres), asked, TABLES).collect()

    sums = dict(parts.group_by("question").agg(pl.col("contribution").sum()).iter_rows())
    for number, mean in enumerate(opinions["trust"]):
        assert sums.get(number, 0.0) == pytest.approx(mean - 0.5, abs=1e-12)


@given(worlds(), some_days)
def test_belief_disbelief_and_uncertainty_are_everything(world: World, on: list[float]) -> None:
    for row in rows(world, on):
        assert row["belief"] + row["disbelief"] + row["uncertainty"] == pytest.approx(1, abs=1e-12)
        assert row["belief"] + row["norm"] * row["uncertainty"] == pytest.approx(row["trust"], abs=1e-12)


@given(worlds(), some_days, st.randoms(use_true_random=False))
def test_a_shuffled_log_says_the_same(world: World, on: list[float], chance: random.Random) -> None:
    log, theatres = world
    shuffled = chance.sample(log, len(log))

    for row, other in zip(rows(world, on), rows((shuffled, theatres), on), strict=True):
        assert_close(row, other, within=1e-9)


@given(worlds(), st.data())
def test_what_comes_later_changes_no_earlier_figure(world: World, later: st.DataObject) -> None:
    log, theatres = world
    end = max((event["day"] for event in log), default=0.0)
    more, _ = later.draw(worlds())
    theatre = st.sampled_from(sorted(theatres))
    appended: list[Row] = [
        {**event, "day": end + 1 + event["day"], "id": f"z{event['id']}", "theatre": later.draw(theatre)}
        for event in more
    ]

    for row, other in zip(
        rows(world, [end / 2, end]), rows(([*log, *appended], theatres), [end / 2, end]), strict=True
    ):
        assert_close(row, other, within=1e-12)


@given(worlds(), some_days)
def test_what_stays_closed_with_its_holders_changes_no_opinion_elsewhere(
    world: World, on: list[float]
) -> None:
    log, theatres = world
    closed: list[Row] = [{**event, "visibility": "closed", "holder": "nobody's audience"} for event in log]

    for row in rows((closed, theatres), on):
        here = [event for event in closed if event["theatre"] == row["theatre"]]
        told_alone = as_of(here, theatres, row["day"]).opinion(row["actor"], row["theatre"], row["day"])
        assert (row["imported"], row["import_raw"], row["import_raw_x"]) == (0, 0, 0)
        assert row["trust"] == pytest.approx(told_alone.trust, abs=1e-12)


def test_twenty_years_at_a_half_life_of_45_days_stay_exact() -> None:
    chance = random.Random(20)
    log: list[Row] = [
        {
            **UNUSED,
            "id": f"e{number:04}",
            "day": chance.randrange(0, 7305 * 4) / 4 + 20_000,
            "type": chance.choice(["interaction", "narrative"]),
            "x": float(chance.random() < 0.5),
            "valence": chance.uniform(-1, 1),
            "credibility": chance.random(),
            "reach": "international",
            "story": "",
            "theatre": chance.choice(NAMES),
            "actor": chance.choice(ACTORS),
            "holder": chance.choice(HOLDERS),
            "visibility": "public",
        }
        for number in range(1500)
    ]
    theatres = {name: [Regime(0.0, {"disaster_relief": 1}, ["donors"])] for name in NAMES}

    for row in rows((log, theatres), [20_100.0, 23_000.0, 27_305.0]):
        expected = as_of(log, theatres, row["day"]).opinion(row["actor"], row["theatre"], row["day"])
        assert row["evidence"] == pytest.approx(expected.evidence, rel=1e-11)
        assert row["trust"] == pytest.approx(expected.trust, abs=1e-11)


def test_ten_thousand_half_lives_neither_overflow_nor_forget_the_last_item() -> None:
    old = {**UNUSED, "id": "a", "day": 0.0, "type": "narrative", "valence": 1.0, "credibility": 1.0}
    old |= {
        "reach": "local",
        "story": "",
        "theatre": "alfa",
        "actor": "army",
        "holder": "",
        "visibility": "low",
    }
    log: list[Row] = [old, {**old, "id": "b", "day": 450_000.0}]
    theatres = {"alfa": [Regime(0.0, {"disaster_relief": 1}, [])]}

    by_day = {
        row["day"]: row["own"]
        for row in rows((log, theatres), [0.0, 45.0, 450_000.0, 450_045.0])
        if row["actor"] == "army"
    }

    assert by_day == pytest.approx({0.0: 0.15, 45.0: 0.075, 450_000.0: 0.15, 450_045.0: 0.075}, rel=1e-9)


@given(worlds(), some_days)
def test_the_norm_of_a_theatre_counts_every_actor(world: World, on: list[float]) -> None:
    log, theatres = world

    norms = trust.norms(weighed(log), opened(theatres), pl.Series(on), TABLES).collect()

    for theatre, day, norm in norms.iter_rows():
        assert norm == pytest.approx(as_of(log, theatres, day).norm(theatre, day), abs=1e-12)


@given(worlds(), some_days)
def test_trajectories_are_the_figures_of_every_pair_that_was_seen(world: World, on: list[float]) -> None:
    log, theatres = world

    points = trust.trajectories(weighed(log), opened(theatres), pl.Series(on), TABLES).collect()

    seen = sorted({(event["actor"], event["theatre"], day) for event in log for day in on})
    assert points.select("actor", "theatre", "day").rows() == seen
    for row in points.to_dicts():
        assert_same(row, as_of(log, theatres, row["day"]))


def test_pooled_trust_weighs_theatres_by_their_evidence() -> None:
    opinions = pl.LazyFrame(
        {
            "actor": ["army", "army"],
            "theatre": ["alfa", "bravo"],
            "day": [1.0, 1.0],
            "trust": [0.2, 0.8],
            "evidence": [1.0, 3.0],
        }
    )

    (row,) = trust.pooled(opinions).collect().to_dicts()

    assert row == {"actor": "army", "day": 1.0, "trust": pytest.approx(0.65), "evidence": 4.0, "theatres": 2}


def test_a_theatre_nobody_opened_is_refused_by_name() -> None:
    with pytest.raises(UnknownTheatre, match="atlantis"):
        trust.figures(weighed([]), opened({}), everyone({"atlantis": []}, [1.0]), TABLES)


def test_an_empty_log_answers_with_the_prior() -> None:
    theatres = {"alfa": [Regime(0.0, {"other": 1}, [])]}

    (row, *_) = (
        trust.figures(weighed([]), opened(theatres), everyone(theatres, [1.0]), TABLES).collect().to_dicts()
    )

    assert (row["trust"], row["evidence"], row["reading"]) == (0.5, 1.0, "open")


def test_no_question_no_answer() -> None:
    asked = everyone({}, [])

    assert trust.figures(weighed([]), opened({}), asked, TABLES).collect().is_empty()
    assert trust.contributions(weighed([]), opened({}), asked, TABLES).collect().is_empty()


def test_an_observation_that_lacks_what_its_type_asks_for_is_no_evidence() -> None:
    log: list[Row] = [
        {**UNUSED, "id": "a", "day": 1.0, "type": "reflection", "theatre": "alfa", "actor": "army"}
    ]

    assert observed(log).collect().height == 1
    assert weighed(log).collect().is_empty()
