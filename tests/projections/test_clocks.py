"""A theatre's clock runs at the pace of its mixture and never jumps when the context shifts."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.domain.refusals import UnknownWord
from counterpoise_projections import evidence
from counterpoise_projections.clocks import Clocks
from tests.projections.logs import TABLES, opened, regimes
from tests.projections.references import Regime, Regimes, half_lives, jaccard, regime

moments = st.lists(st.integers(-100, 4000).map(lambda tenths: tenths / 10), min_size=2, max_size=6)
theatres = st.dictionaries(st.sampled_from(["alfa", "bravo", "charlie"]), regimes(), min_size=1)


def read(clocks: Clocks, theatre: str, day: float) -> float:
    number = clocks.number(pl.Series([theatre]))
    return float(clocks.read(number, np.array([day]))[0])


@given(theatres, moments)
def test_between_two_days_as_many_half_lives_pass_as_the_regimes_add_up_to(
    known: Regimes, days: list[float]
) -> None:
    clocks = Clocks(opened(known))

    for theatre, each in known.items():
        for start, end in zip(sorted(days), sorted(days)[1:], strict=False):
            passed = read(clocks, theatre, end) - read(clocks, theatre, start)
            assert passed == pytest.approx(half_lives(each, start, end), abs=1e-12)


@given(theatres, moments)
def test_audiences_are_those_of_the_regime_of_the_day(known: Regimes, days: list[float]) -> None:
    clocks = Clocks(opened(known))
    names = list(known)
    numbers = clocks.number(pl.Series(names))

    for day in days:
        sets = clocks.audiences(numbers, np.full(len(names), day))
        for one, first in zip(names, sets, strict=True):
            for other, second in zip(names, sets, strict=True):
                expected = jaccard(regime(known[one], day).audiences, regime(known[other], day).audiences)
                assert clocks.overlap[first, second] == pytest.approx(expected, abs=1e-15)


@given(theatres, moments)
def test_a_holder_is_heard_where_it_is_an_audience(known: Regimes, days: list[float]) -> None:
    clocks = Clocks(opened(known))
    holders = ["donors", "nobody", "staff", ""]
    places = clocks.audience(pl.Series(holders))

    for theatre, each in known.items():
        for day in days:
            (its_set,) = clocks.audiences(clocks.number(pl.Series([theatre])), np.array([day]))
            heard = [holder in regime(each, day).audiences for holder in holders]
            assert clocks.belongs[its_set, places].tolist() == heard


def test_theatres_are_alike_only_if_they_always_were() -> None:
    plain, shifted = Regime(0.0, {"other": 1}, []), Regime(50.0, {"disaster_relief": 1}, [])
    earlier = Regime(-9.0, {"other": 1}, [])
    clocks = Clocks(opened({"a": [plain], "b": [earlier], "c": [plain, shifted], "d": [plain, shifted]}))

    assert clocks.classes.tolist() == [0, 0, 2, 2]
    assert clocks.crowded.all()


def test_a_mixture_runs_at_the_mean_pace_of_its_kinds() -> None:
    pace = evidence.rate({"disaster_relief": 1, "territorial_defence": 3}, TABLES)

    assert pace == pytest.approx((1 / 45 + 3 / 180) / 4)


@pytest.mark.parametrize("mixture", [{}, {"other": 0.0}, {"other": 2.0, "stabilisation": -1.0}], ids=str)
def test_a_mixture_of_nothing_has_no_pace(mixture: dict[str, float]) -> None:
    with pytest.raises(evidence.NoMixture):
        evidence.rate(mixture, TABLES)


def test_an_unknown_kind_has_no_pace() -> None:
    with pytest.raises(UnknownWord, match="peace"):
        evidence.rate({"peace": 1.0}, TABLES)
