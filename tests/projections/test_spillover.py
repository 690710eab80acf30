"""Spill-over adds up to what the items contribute, by theatre, by holder and over all actors."""

import math
from collections import defaultdict
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from counterpoise_projections import spillover, trust
from tests.projections.logs import TABLES, UNUSED, everyone, opened, weighed, worlds
from tests.projections.references import Model, Regime, Regimes, Row, as_of

World = tuple[list[Row], Regimes]

day = st.integers(0, 400).map(float)

BLANK = {**UNUSED, "type": "interaction", "actor": "army", "holder": "ngo", "visibility": "public"}


def cells(world: World, on: float) -> list[dict[str, Any]]:
    log, theatres = world
    asked = everyone(theatres, [on])
    return spillover.cells(weighed(log), opened(theatres), asked, TABLES).collect().to_dicts()


def opened_plainly(*names: str) -> pl.LazyFrame:
    return opened({name: [Regime(0.0, {"other": 1}, [])] for name in names})


def imports(model: Model, row: dict[str, Any], on: float) -> dict[str, float]:
    """Return the points of each event that reaches the cell's theatre from where the cell says."""
    points = model.contributions(row["actor"], row["to"], on)
    return {
        event: value
        for (event, source, part), value in points.items()
        if (source, part) == (row["from"], "imported")
    }


@given(worlds(), day)
def test_a_cell_is_the_sum_of_what_was_imported(world: World, on: float) -> None:
    model = as_of(*world, on)

    for row in cells(world, on):
        points = imports(model, row, on)
        assert row["items"] == len(points)
        assert row["net"] == pytest.approx(math.fsum(points.values()), abs=1e-12)
        assert row["gained"] == pytest.approx(math.fsum(p for p in points.values() if p > 0), abs=1e-12)
        assert row["lost"] == pytest.approx(math.fsum(p for p in points.values() if p < 0), abs=1e-12)


@given(worlds(), day)
def test_every_import_is_in_a_cell(world: World, on: float) -> None:
    model = as_of(*world, on)
    found = {(row["actor"], row["from"], row["to"]) for row in cells(world, on)}

    for theatre, actor, _ in everyone(world[1], [on]).collect().iter_rows():
        sources = {
            source for _, source, part in model.contributions(actor, theatre, on) if part == "imported"
        }
        assert {(actor, source, theatre) for source in sources} <= found


@given(worlds(), day)
def test_a_cell_leads_to_the_events_that_weigh_most(world: World, on: float) -> None:
    model = as_of(*world, on)

    for row in cells(world, on):
        points = imports(model, row, on)
        largest = sorted((abs(value) for value in points.values()), reverse=True)[: spillover.LEADING]
        assert [points[event] for event in row["events"]] == pytest.approx(row["points"], abs=1e-12)
        assert [abs(value) for value in row["points"]] == pytest.approx(largest, abs=1e-11)


@given(worlds(), day)
def test_the_interval_of_a_cell_is_the_opinion_of_its_items_alone(world: World, on: float) -> None:
    model = as_of(*world, on)

    for row in cells(world, on):
        opinion = model.opinion(row["actor"], row["to"], on)
        weights = [
            (model.coupling(item, row["to"], on) * item.w * model.lasting(item, on), item.x)
            for item in model.items
            if (item.actor, item.theatre) == (row["actor"], row["from"])
        ]
        squeeze = 1 / (1 + opinion.import_raw)
        n, r = (squeeze * math.fsum(each) for each in ((w for w, _ in weights), (w * x for w, x in weights)))
        mean, certainty = (0.5 + r) / (1 + n), (1 + n) / (1 + (1 + n) / 10)
        ends = [betaincinv(certainty * mean, certainty * (1 - mean), end) for end in (0.05, 0.95)]
        if n == 0:
            assert (row["low"], row["high"]) == (0, 0)
            continue
        low, high = ((end - 0.5) * (1 + n) / opinion.evidence for end in ends)
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-9)
        assert row["low"] <= row["net"] <= row["high"]


@given(worlds(), day)
def test_the_matrix_adds_up_all_actors(world: World, on: float) -> None:
    rows = cells(world, on)
    frame = pl.LazyFrame(rows, schema=spillover.CELLS)

    matrix = spillover.matrix(frame, TABLES).collect().to_dicts()

    nets, actors = defaultdict[Any, float](float), defaultdict[Any, set[str]](set)
    for row in rows:
        nets[row["from"], row["to"]] += row["net"]
        actors[row["from"], row["to"]].add(row["actor"])
    assert {(row["from"], row["to"]): row["net"] for row in matrix} == pytest.approx(nets, abs=1e-12)
    assert {(row["from"], row["to"]): row["actors"] for row in matrix} == {
        pair: len(who) for pair, who in actors.items()
    }
    assert list(pl.DataFrame(matrix, schema=spillover.MATRIX).columns) == list(spillover.MATRIX)


@given(worlds(), day)
def test_carriers_add_up_to_the_matrix(world: World, on: float) -> None:
    log, theatres = world
    asked = everyone(theatres, [on])

    carried = spillover.carriers(weighed(log), opened(theatres), asked, TABLES).collect()

    by_pair = carried.group_by("from", "to").agg(pl.col("net").sum(), pl.col("items").sum())
    matrix = spillover.matrix(pl.LazyFrame(cells(world, on), schema=spillover.CELLS), TABLES).collect()
    nets = {(source, to): net for source, to, net in matrix.select("from", "to", "net").iter_rows()}
    assert {(source, to): net for source, to, net, _ in by_pair.iter_rows()} == pytest.approx(nets, abs=1e-12)
    assert by_pair["items"].sum() == matrix["items"].sum()


def test_many_questions_are_taken_apart_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[Row] = [
        {
            **BLANK,
            "id": f"e{number}",
            "day": float(number),
            "theatre": "alfa" if number % 2 else "bravo",
            "x": 1.0,
        }
        for number in range(20)
    ]
    theatres = opened_plainly("alfa", "bravo", "charlie")
    asked = spillover.everywhere(weighed(log), theatres, day=30.0)
    at_once = spillover.cells(weighed(log), theatres, asked, TABLES).collect()

    monkeypatch.setattr(trust, "BATCH", 1)

    assert spillover.cells(weighed(log), theatres, asked, TABLES).collect().equals(at_once)


def test_no_evidence_spills_nothing() -> None:
    theatres = opened_plainly("alfa")
    asked = spillover.everywhere(weighed([]), theatres, day=1.0)

    found = spillover.cells(weighed([]), theatres, asked, TABLES)

    assert found.collect().is_empty()
    assert found.collect_schema().names() == list(spillover.CELLS)
    assert spillover.matrix(found, TABLES).collect().is_empty()
    assert spillover.carriers(weighed([]), theatres, asked, TABLES).collect().is_empty()


@pytest.mark.parametrize(
    ("travelled", "p", "said"),
    [
        (400, 0.049, "shown"),
        (399, 0.001, "assumed (prior from ICEWS)"),
        (400, 0.05, "assumed (prior from ICEWS)"),
        (4000, None, "assumed (prior from ICEWS)"),
    ],
)
def test_spill_over_is_assumed_until_enough_items_and_a_test_show_it(
    travelled: int, p: float | None, said: str
) -> None:
    assert spillover.label(travelled, p) == said
