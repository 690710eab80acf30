"""Observations say what the log says of actors' conduct, and no more."""

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain.interactions import InteractionObserved
from counterpoise_projections import evidence, histories, trust
from counterpoise_projections.observations import OBSERVED, observations
from tests.lives import Life, Told, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import TABLES, Reference


def observed(told: list[Told], position: int | None = None) -> pl.DataFrame:
    return observations(frame_of(told), TABLES, position=position).collect()


def domestic(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("type") != "interaction")


@settings(max_examples=40)
@given(any_life)
def test_observations_are_what_a_reader_of_the_log_would_note(life: Life) -> None:
    view = domestic(observed(life.told))

    assert view.to_dicts() == Reference(life.told).observations()


@settings(max_examples=40)
@given(any_life)
def test_observations_as_of_a_position_know_nothing_of_what_came_later(life: Life) -> None:
    position = len(life.told) // 2

    assert observed(life.told, position).equals(observed(life.told[:position]))


@settings(max_examples=40)
@given(any_life)
def test_the_order_of_the_rows_of_a_log_changes_nothing(life: Life) -> None:
    shuffled = Random(7).sample(life.told, len(life.told))

    assert observed(shuffled).equals(observed(life.told))


def test_an_empty_log_has_no_observations_in_the_same_columns() -> None:
    view = observations(frame.empty(), TABLES).collect()

    assert view.is_empty()
    assert dict(view.schema) == OBSERVED


def test_an_interaction_keeps_its_whole_day_and_when_it_was_recorded() -> None:
    seen = InteractionObserved(
        stream="interaction:1", recorded_at=5, occurred_at=90_000_000_000, file="f", line=1, day=1,
        source_party="Envoy", source_home="Chad", relation="Consult", target_party="Mali",
        target_home="Mali", goldstein=3.4,
    )  # fmt: skip

    (row,) = observed([Told(1, 1, seen)]).select("id", "day", "theatre", "holder", "recorded_at").rows()

    assert row == ("interaction:1#1", 1.0, "Chad", "Envoy", 5)


@settings(max_examples=40)
@given(any_life)
def test_every_observation_can_be_weighed_on_a_clock_of_its_theatre(life: Life) -> None:
    rows = frame.standing(frame_of(life.told)).collect().lazy()
    seen = observations(rows, TABLES).collect()

    items = evidence.weigh(seen.lazy(), TABLES)
    questions = items.select("theatre", "actor", "day").unique()
    figures = trust.figures(items, histories.theatres(rows, TABLES), questions, TABLES).collect()

    assert len(items.collect()) == len(seen)
    assert figures["trust"].is_between(0, 1).all()


@pytest.mark.parametrize(
    "column", ["id", "position", "day", "theatre", "actor", "holder", "visibility", "type"]
)
@settings(max_examples=10)
@given(life=any_life)
def test_what_every_observation_has_is_never_missing(column: str, life: Life) -> None:
    assert observed(life.told)[column].null_count() == 0
