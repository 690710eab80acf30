"""The scores are those that counting by hand gives."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise_projections import scores

FORECASTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


def columns(forecasts: list[tuple[float, int]]) -> tuple[np.ndarray, np.ndarray]:
    p, x = zip(*forecasts, strict=True)
    return np.array(p), np.array(x, dtype=float)


@given(FORECASTS)
def test_surprise_is_the_log_loss_of_clipped_expectations(forecasts: list[tuple[float, int]]) -> None:
    clipped = [(min(max(p, 0.005), 0.995), x) for p, x in forecasts]
    by_hand = [-math.log(p if x else 1 - p) for p, x in clipped]

    assert scores.surprise(*columns(forecasts)) == pytest.approx(by_hand)


def test_surprise_of_an_outcome_between_weighs_both_ends() -> None:
    assert scores.surprise(np.array([0.8]), np.array([0.25])) == pytest.approx(
        -0.25 * math.log(0.8) - 0.75 * math.log(0.2)
    )


@given(FORECASTS)
def test_auc_counts_pairs_that_are_told_apart(forecasts: list[tuple[float, int]]) -> None:
    clipped = [(min(max(p, 0.005), 0.995), x) for p, x in forecasts]
    pairs = [(p > q) + (p == q) / 2 for p, x in clipped if x for q, y in clipped if not y]

    assert scores.auc(*columns(forecasts)) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


@given(st.lists(st.tuples(st.integers(1, 99).map(lambda p: p / 100), st.integers(0, 1)), min_size=1))
def test_calibration_compares_expectation_and_share_in_ten_bins(forecasts: list[tuple[float, int]]) -> None:
    ranked = sorted(forecasts, key=lambda forecast: forecast[0])
    size, larger = divmod(len(ranked), 10)
    ends = [size * place + min(place, larger) for place in range(11)]
    bins = [ranked[start:end] for start, end in pairwise(ends) if end > start]
    gaps = [abs(sum(p for p, _ in rows) - sum(x for _, x in rows)) / len(rows) for rows in bins]

    assert scores.calibration_error(*columns(forecasts)) == pytest.approx(sum(gaps) / len(gaps))


def test_an_honest_forecast_has_no_calibration_error() -> None:
    p, x = np.repeat([0.2, 0.8], 50), np.tile([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0], 10)

    assert scores.calibration_error(p, np.sort(x)) == pytest.approx(0.2)
    assert scores.calibration_error(np.tile([0.5], 100), np.tile([0.0, 1.0], 50)) == pytest.approx(0.0)


@given(st.floats(0.01, 0.99), st.floats(0.5, 10), st.integers(0, 10))
def test_coverage_holds_outcomes_between_the_quantiles(p: float, certainty: float, friendly: int) -> None:
    alpha, beta = certainty * p, certainty * (1 - p)

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    chances = [
        math.comb(10, k) * math.exp(log_beta(k + alpha, 10 - k + beta) - log_beta(alpha, beta))
        for k in range(11)
    ]
    below, above = sum(chances[:friendly]), sum(chances[friendly + 1 :])
    held = below < 0.95 and above <= 0.95

    covered = scores.coverage(np.array([p]), np.array([certainty]), np.array([friendly]), (0.05, 0.95))

    near_a_quantile = min(abs(below - 0.95), abs(above - 0.95)) < 1e-9
    assert near_a_quantile or covered == float(held)


def test_the_interval_of_a_constant_gain_is_that_gain() -> None:
    assert scores.spread(np.full(250, 0.01), np.random.default_rng(1)) == pytest.approx((0.01, 0.01))


def test_the_interval_is_the_same_for_the_same_seed_and_holds_the_mean() -> None:
    gains = np.sin(np.arange(730.0)) + 0.1

    low, high = scores.spread(gains, np.random.default_rng(5))
    again = scores.spread(gains, np.random.default_rng(5))

    assert (low, high) == again
    assert low is not None
    assert high is not None
    assert low < gains.mean() < high


def test_neighbours_that_hang_together_widen_the_interval() -> None:
    chance = np.random.default_rng(2)
    apart = chance.normal(size=4000)
    together = np.repeat(chance.normal(size=40), 100)

    low, high = scores.spread(apart, np.random.default_rng(3))
    lower, higher = scores.spread(together, np.random.default_rng(3))

    assert low is not None and high is not None and lower is not None and higher is not None  # noqa: PT018
    assert higher - lower > 3 * (high - low)


def test_what_no_rows_can_tell_is_none() -> None:
    none, no_counts = np.zeros(0), np.zeros(0, dtype=np.int64)

    assert scores.mean(none) is None
    assert scores.auc(none, none) is None
    assert scores.calibration_error(none, none) is None
    assert scores.coverage(none, none, no_counts, (0.05, 0.95)) is None
    assert scores.spread(none, np.random.default_rng(1)) == (None, None)
