"""A what-if is the whole model asked again over another log."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.domain.refusals import UnknownWord
from counterpoise_projections import evidence, what_if
from tests.projections.logs import ACTORS, TABLES, UNUSED, everyone, observed, opened, weighed, worlds
from tests.projections.references import Regime, Regimes, Row, as_of

World = tuple[list[Row], Regimes]

THEATRES = {"alfa": [Regime(0.0, {"other": 1}, [])]}
TOLD = {
    **UNUSED,
    "type": "narrative",
    "valence": -1.0,
    "credibility": 1.0,
    "reach": "national",
    "story": "s1",
    "theatre": "alfa",
    "actor": "army",
    "holder": "",
    "visibility": "public",
}


def differences(
    log: list[Row], otherwise: pl.LazyFrame, theatres: Regimes, day: float
) -> list[dict[str, Any]]:
    after = evidence.weigh(otherwise, TABLES)
    asked = everyone(theatres, [day])
    return what_if.difference(weighed(log), after, opened(theatres), asked, TABLES).collect().to_dicts()


@given(worlds(), st.data())
def test_dropping_and_replacing_is_a_log_written_otherwise(world: World, choice: st.DataObject) -> None:
    log, theatres = world
    ids = [event["id"] for event in log]
    dropped = choice.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
    moved = choice.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
    replaced = {event: {"day": 7.0, "actor": "firm"} for event in moved}

    changed = what_if.changed(observed(log), drop=dropped, replace=replaced)

    otherwise = [{**event, **replaced.get(event["id"], {})} for event in log if event["id"] not in dropped]
    for row in differences(log, changed, theatres, 90.0):
        before, after = (
            as_of(each, theatres, 90.0).opinion(row["actor"], row["theatre"], 90.0)
            for each in (log, otherwise)
        )
        assert (row["before"], row["after"]) == pytest.approx((before.trust, after.trust), abs=1e-12)
        assert row["delta"] == pytest.approx(after.trust - before.trust, abs=1e-12)
        assert (row["low"], row["high"]) == pytest.approx((after.low, after.high), abs=1e-9)
        assert (row["before_low"], row["before_high"]) == pytest.approx((before.low, before.high), abs=1e-9)


def test_adding_an_event_is_having_had_it() -> None:
    first, second = {**TOLD, "id": "a", "day": 1.0}, {**TOLD, "id": "b", "day": 2.0}

    changed = what_if.changed(observed([first]), add=observed([second]))

    (row, *_) = differences([first], changed, THEATRES, 9.0)

    assert row["after"] == pytest.approx(
        as_of([first, second], THEATRES, 9.0).opinion(ACTORS[0], "alfa", 9.0).trust
    )


def test_tellings_count_anew_when_the_first_is_gone() -> None:
    log = [{**TOLD, "id": "a", "day": 1.0}, {**TOLD, "id": "b", "day": 2.0}]

    left = evidence.weigh(what_if.changed(observed(log), drop=["a"]), TABLES).collect()

    assert left.select("id", "telling", "w").rows() == [("b", 1, pytest.approx(0.3))]


def test_an_event_told_about_two_actors_goes_as_one() -> None:
    log = [{**TOLD, "id": "a", "day": 1.0}, {**TOLD, "id": "a", "day": 1.0, "actor": "ngo"}]

    assert what_if.changed(observed(log), drop=["a"]).collect().is_empty()


def test_a_field_can_be_replaced_by_nothing() -> None:
    changed = what_if.changed(observed([{**TOLD, "id": "a", "day": 1.0}]), replace={"a": {"story": None}})

    assert changed.collect()["story"].to_list() == [None]


def test_what_was_not_observed_cannot_be_changed() -> None:
    with pytest.raises(what_if.NothingToChange, match="'z'"):
        what_if.changed(observed([]), drop=["z"])
    with pytest.raises(what_if.NothingToChange, match="'z'"):
        what_if.changed(observed([]), replace={"z": {"day": 1.0}})


def test_only_what_is_observed_of_an_event_can_be_replaced() -> None:
    with pytest.raises(UnknownWord, match="wieght"):
        what_if.changed(observed([{**TOLD, "id": "a", "day": 1.0}]), replace={"a": {"wieght": 1.0}})
