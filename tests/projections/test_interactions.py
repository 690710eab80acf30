"""Coded interactions become evidence where they cross a border and take a side."""

import polars as pl
import pytest

from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.tables import starting_tables
from counterpoise.frame import FRAME, body_types
from counterpoise_projections import evidence, interactions
from counterpoise_projections.clocks import THEATRES
from counterpoise_projections.interactions import INTERACTIONS


def observed(*rows: tuple[int, str, str, str, str, float]) -> pl.LazyFrame:
    return pl.LazyFrame(
        [(place, "interaction:7f", place, *row) for place, row in enumerate(rows, start=1)],
        schema=INTERACTIONS,
        orient="row",
    )


def test_an_interaction_is_what_the_target_is_known_for_in_the_sources_country() -> None:
    view = interactions.observations(
        observed(
            (17000, "Clinic (Arland)", "Arland", "Court (Borland)", "Borland", 3.4),
            (16999, "Arland", "Arland", "Wanderer", "", -0.1),
        )
    ).collect()

    assert view.select("id", "position", "day", "theatre", "actor", "holder", "visibility", "x").rows() == [
        ("interaction:7f#1", 1, 17000.0, "Arland", "Court (Borland)", "Clinic (Arland)", "public", 1.0),
        ("interaction:7f#2", 2, 16999.0, "Arland", "Wanderer", "Arland", "public", 0.0),
    ]
    assert view.schema == evidence.OBSERVATIONS


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((0, "Wanderer", "", "Borland", "Borland", 1.0), "the source has no home"),
        ((0, "Bank (International)", "International", "Borland", "Borland", 1.0), "its home is no country"),
        ((0, "Clinic (Arland)", "Arland", "Arland", "", 1.0), "the target is that country"),
        ((0, "Clinic (Arland)", "Arland", "Court (Arland)", "Arland", 1.0), "the target is at home in it"),
        ((0, "Clinic (Arland)", "Arland", "Borland", "Borland", 0.0), "it takes no side"),
    ],
)
def test_an_interaction_that_says_nothing_across_a_border_does_not_count(
    row: tuple[int, str, str, str, str, float], why: str
) -> None:
    assert interactions.observations(observed(row)).collect().is_empty(), why


def test_a_target_of_international_home_counts() -> None:
    row = (0, "Clinic (Arland)", "Arland", "Bank (International)", "International", 1.0)

    assert interactions.observations(observed(row)).collect().height == 1


def test_the_columns_are_those_of_the_recorded_event() -> None:
    recorded = FRAME | body_types(InteractionObserved)

    assert INTERACTIONS.items() <= recorded.items()


def test_each_interaction_weighs_one() -> None:
    rows = observed((0, "Arland", "Arland", "Borland", "Borland", 9.0))

    items = evidence.weigh(interactions.observations(rows), starting_tables()).collect()

    assert items.select("x", "w", "omega").rows() == [(1.0, 1.0, 0.2)]


def test_the_theatres_are_the_sources_homes_with_a_half_life_of_ninety_days() -> None:
    rows = observed(
        (0, "Clinic (Borland)", "Borland", "Arland", "Arland", 1.0),
        (5, "Arland", "Arland", "Borland", "Borland", -1.0),
        (7, "Arland", "Arland", "Borland", "Borland", 1.0),
    )

    view = interactions.theatres(interactions.observations(rows), starting_tables()).collect()

    assert view.rows() == [("Arland", 0.0, 1 / 90, []), ("Borland", 0.0, 1 / 90, [])]
    assert view.schema == THEATRES


def test_an_empty_log_has_no_observations_and_no_theatres() -> None:
    none = interactions.observations(observed())

    assert none.collect().schema == evidence.OBSERVATIONS
    assert interactions.theatres(none, starting_tables()).collect().schema == THEATRES
