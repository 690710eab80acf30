"""Fulcra are compared pair by pair, the most apart first."""

import itertools
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.domain.balance import phi_of
from counterpoise_projections import divergence

FULCRA = st.dictionaries(
    st.tuples(st.sampled_from(["p1", "p2"]), st.sampled_from(["army", "firm", "ngo", "un"])),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)


def fulcra(stated: dict[tuple[str, str], float]) -> pl.LazyFrame:
    rows = [(pilot, actor, each, phi_of(each), 0.05, "scan") for (pilot, actor), each in stated.items()]
    return pl.LazyFrame(rows, schema=divergence.FULCRA, orient="row")


@given(FULCRA)
def test_every_pair_of_a_pilot_stands_once_with_the_one_who_asks_for_more_first(
    stated: dict[tuple[str, str], float],
) -> None:
    rows: list[dict[str, Any]] = divergence.divergence(fulcra(stated)).collect().to_dicts()

    pairs = [(row["pilot"], *sorted((row["actor"], row["other"]))) for row in rows]
    by_hand = {
        (pilot, *sorted((one, other)))
        for (pilot, one), (same, other) in itertools.combinations(stated, 2)
        if pilot == same
    }
    assert len(pairs) == len(by_hand)
    assert set(pairs) == by_hand
    for row in rows:
        apart = phi_of(stated[row["pilot"], row["actor"]]) - phi_of(stated[row["pilot"], row["other"]])
        assert row["apart"] == pytest.approx(apart)
        assert row["apart"] >= 0
    assert [row["apart"] for row in rows] == sorted((row["apart"] for row in rows), reverse=True)


@given(FULCRA)
def test_the_spread_is_between_the_outermost(stated: dict[tuple[str, str], float]) -> None:
    rows = {row["pilot"]: row for row in divergence.spread(fulcra(stated)).collect().to_dicts()}

    for pilot, row in rows.items():
        own = {actor: phi_of(each) for (other, actor), each in stated.items() if other == pilot}
        assert row["spread"] == pytest.approx(max(own.values()) - min(own.values()))
        assert own[row["most"]] == max(own.values())
        assert own[row["least"]] == min(own.values())
        assert row["actors"] == len(own)
    assert rows.keys() == {pilot for pilot, _ in stated}


def test_a_pair_carries_both_fulcra_where_they_are_from_and_the_doubt_about_the_gap() -> None:
    (row,) = divergence.divergence(fulcra({("p1", "army"): 1.0, ("p1", "ngo"): 2.0})).collect().to_dicts()

    assert row == {
        "pilot": "p1",
        "actor": "ngo",
        "other": "army",
        "fulcrum": 2.0,
        "other_fulcrum": 1.0,
        "phi": pytest.approx(1 / 3),
        "other_phi": 0.0,
        "apart": pytest.approx(1 / 3),
        "apart_sd": pytest.approx(0.05 * 2**0.5),
        "source": "scan",
        "other_source": "scan",
        "spread": pytest.approx(1 / 3),
    }
