"""The backtest foretells each day from earlier days alone, and its figures are those of the slow model."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from counterpoise.domain.tables import starting_tables
from counterpoise_projections import evidence, interactions, permutation
from counterpoise_projections.backtest import backtest
from counterpoise_projections.coupling import GRID, coupling, posterior, travelled
from counterpoise_projections.foresight import Foresight, in_order
from tests.projections.coded_logs import Row, log_of, planted, small_logs, told

TABLES = starting_tables()
_SWAP = {"actor": pl.String, "other": pl.String}


def weighed(rows: list[Row]) -> tuple[pl.DataFrame, pl.LazyFrame]:
    observed = interactions.observations(log_of(rows))
    return in_order(evidence.weigh(observed, TABLES)), interactions.theatres(observed, TABLES)


def loss(p: float, x: float) -> float:
    clipped = min(max(p, 0.005), 0.995)
    return -math.log(clipped if x else 1 - clipped)


@given(small_logs())
def test_the_figures_are_those_of_the_slow_model(rows: list[Row]) -> None:
    ordered = sorted(rows, key=lambda row: row.day)
    scored = ordered[int(0.65 * len(ordered)) :]
    by_hand = [told(rows, row) for row in scored]
    losses = [loss(says.mean, row.x) for says, row in zip(by_hand, scored, strict=True)]
    gains = [
        loss(says.alone, row.x) - loss(says.mean, row.x) for says, row in zip(by_hand, scored, strict=True)
    ]

    figures = backtest(log_of(rows), TABLES, seed=1, swaps=1)

    assert (figures.kept, figures.scored) == (len(rows), len(scored))
    if rows:
        assert figures.log_loss == pytest.approx(sum(losses) / len(losses), abs=1e-12)
        assert figures.gain == pytest.approx(sum(gains) / len(gains), abs=1e-12)


def test_coverage_asks_for_the_next_ten_outcomes_of_the_actor_in_the_theatre() -> None:
    begun = [Row(day, "Arland", "Bank", 1) for day in range(40)]

    steady = backtest(
        log_of([*begun, *(Row(day, "Arland", "Bank", 1) for day in range(40, 50))]), TABLES, seed=1
    )
    turned = backtest(
        log_of([*begun, *(Row(day, "Arland", "Bank", 0) for day in range(40, 50))]), TABLES, seed=1
    )
    ending = backtest(log_of([Row(day, "Arland", f"Bank {day}", 1) for day in range(40)]), TABLES, seed=1)

    assert steady.coverage_90 == 1.0
    assert turned.coverage_90 is not None
    assert turned.coverage_90 < 1.0
    assert ending.coverage_90 is None


def test_later_days_and_the_day_itself_tell_nothing() -> None:
    rows = [Row(0, "Arland", "Bank", 1), Row(0, "Arland", "Bank", 1), Row(3, "Arland", "Bank", 0)]
    items, theatres = weighed(rows)

    expected = Foresight.of(items, theatres, TABLES).expected(coupling=0.2)

    assert expected[:2].tolist() == [0.5, 0.5]
    assert expected[2] > 0.5


def test_rows_in_another_order_give_the_same_figures() -> None:
    log = log_of(planted(travels=True, seed=3, rows=300)).collect()

    assert backtest(log.sample(fraction=1, shuffle=True, seed=8).lazy(), TABLES, seed=1, swaps=5) == backtest(
        log.lazy(), TABLES, seed=1, swaps=5
    )


def test_the_same_seed_gives_the_same_figures_and_the_interval_does_not_hang_on_the_swaps() -> None:
    log = log_of(planted(travels=False, seed=4, rows=400))

    once, again = (backtest(log, TABLES, seed=7, swaps=20) for _ in range(2))
    fewer = backtest(log, TABLES, seed=7, swaps=3)

    assert once == again
    assert dataclasses.replace(fewer, permutation_p=once.permutation_p) == once


def test_an_empty_log_tells_nothing() -> None:
    figures = dataclasses.asdict(backtest(log_of([]), TABLES, seed=1))

    assert list(figures) == [
        "kept",
        "scored",
        "log_loss",
        "auc",
        "calibration_error",
        "coverage_90",
        "gain",
        "gain_low",
        "gain_high",
        "permutation_p",
    ]
    assert list(figures.values()) == [0, 0, *[None] * 8]


@settings(max_examples=25)
@given(small_logs(most=25))
def test_a_swap_lends_the_foreign_record_of_another_and_nothing_else(rows: list[Row]) -> None:
    items, theatres = weighed(rows)
    ordered = sorted(rows, key=lambda row: row.day)
    names = sorted({row.actor for row in rows})
    others = dict(zip(names, names[1:] + names[:1], strict=True))
    foresight = Foresight.of(items, theatres, TABLES)

    swapped = foresight.with_foreign_records_of(
        pl.DataFrame({"actor": others.keys(), "other": others.values()}, schema=_SWAP)
    ).expected(coupling=0.3, cap=0.4)

    by_hand = [told(rows, row, foreign=others[row.actor], coupling=0.3, cap=0.4).mean for row in ordered]
    assert swapped == pytest.approx(by_hand, abs=1e-12)


def test_swaps_stay_within_twenty_bands_of_like_volume() -> None:
    volume = {
        f"Party {place}": int(count)
        for place, count in enumerate(np.random.default_rng(1).integers(1, 40, 137))
    }
    items = pl.DataFrame({"actor": [actor for actor, count in volume.items() for _ in range(count)]})

    bands = permutation.bands_of(items)
    others = permutation.swap(bands, np.random.default_rng(2))

    groups = [group["actor"].to_list() for _, group in bands.group_by("band", maintain_order=True)]
    lent = dict(others.iter_rows())
    assert len(groups) == 20
    assert {len(group) for group in groups} == {6, 7}
    assert all(
        max(volume[actor] for actor in low) <= min(volume[actor] for actor in high)
        for low, high in pairwise(groups)
    )
    assert all(sorted(lent[actor] for actor in group) == sorted(group) for group in groups)
    assert any(actor != other for actor, other in lent.items())


def test_conduct_that_travels_is_told_from_conduct_that_does_not() -> None:
    travelling = backtest(log_of(planted(travels=True, seed=1)), TABLES, seed=1, swaps=99)
    local = backtest(log_of(planted(travels=False, seed=1)), TABLES, seed=1, swaps=99)

    assert travelling.permutation_p == 0.01
    assert travelling.gain_low is not None
    assert travelling.gain_low > 0
    assert local.permutation_p is not None
    assert local.permutation_p > 0.1


def test_every_swap_is_announced() -> None:
    announced: list[int] = []

    backtest(
        log_of(planted(travels=True, seed=2, rows=100)),
        TABLES,
        seed=1,
        swaps=4,
        swapped=lambda: announced.append(1),
    )

    assert len(announced) == 4


def test_the_coupling_a_log_speaks_for_follows_its_conduct() -> None:
    travelling, local = (
        coupling(*_lazy(planted(travels=travels, seed=5, rows=900)), TABLES, seed=1, swaps=39)
        for travels in (True, False)
    )

    assert travelling.shown
    assert not local.shown
    assert travelling.mean > 0.3
    assert local.mean < 0.1


def test_a_log_with_few_items_of_travelled_actors_shows_nothing() -> None:
    rows = planted(travels=True, seed=6, rows=399)

    found = coupling(*_lazy(rows), TABLES, seed=1)

    assert found.travelled <= 399
    assert (found.permutation_p, found.shown) == (None, False)


def test_only_items_of_actors_seen_in_two_theatres_tell_of_travel() -> None:
    rows = [Row(0, "Arland", "Bank", 1), Row(1, "Borland", "Bank", 1), Row(2, "Arland", "Choir", 1)]

    assert travelled(weighed(rows)[0]) == 2


def test_without_items_the_coupling_is_that_of_the_prior() -> None:
    view = posterior(*weighed([]), TABLES)

    assert view["posterior"].to_list() == pytest.approx(view["prior"].to_list())
    assert view["prior"].sum() == pytest.approx(1.0)
    assert view["prior"][0] == 0.1
    assert view["coupling"].to_list() == list(GRID)
    assert view["prior"].arg_max() == GRID.index(0.2)


@settings(max_examples=15)
@given(small_logs(most=25))
def test_the_posterior_weighs_the_prior_by_what_each_coupling_foretold(rows: list[Row]) -> None:
    view = posterior(*weighed(rows), TABLES)

    losses = [sum(loss(told(rows, row, coupling=c).mean, row.x) for row in rows) for c in GRID]
    weights = [prior * math.exp(-nats) for prior, nats in zip(view["prior"], losses, strict=True)]
    assert view["loss"].to_list() == pytest.approx(losses, abs=1e-9)
    assert view["posterior"].to_list() == pytest.approx([weight / sum(weights) for weight in weights])


def _lazy(rows: list[Row]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    items, theatres = weighed(rows)
    return items.lazy(), theatres
