"""The check passes what the model says, and finds every fault planted in it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.domain.refusals import Refusal
from counterpoise_projections.check import check
from counterpoise_projections.tally import Report
from counterpoise_projections.vectors import NotVectors
from tests.projections.documents import document
from tests.projections.logs import TABLES, worlds
from tests.projections.references import Regimes, Row

PUBLIC = json.loads((Path(__file__).parents[1] / "vectors" / "model_public.json").read_text())


Document: TypeAlias = Any
"""Parsed JSON has no narrower type."""


def faulty(plant: Callable[[Document], object]) -> Document:
    vectors = copy.deepcopy(PUBLIC)
    plant(vectors)
    return vectors


def test_the_published_vectors_hold() -> None:
    report = check(PUBLIC, TABLES)

    assert report.failures == ()
    assert max(report.differences.values()) < 1e-11
    assert report.compared == {
        "balance": 98,
        "contributions": 129,
        "evidence": 30,
        "opinions": 98,
        "quantiles": 18,
        "what_if": 6,
        "spillover": 6,
    }
    assert report.holds


@given(worlds(max_events=12), st.integers(0, 300).map(float))
@settings(max_examples=30)
def test_what_the_slow_model_publishes_of_any_log_holds(world: tuple[list[Row], Regimes], day: float) -> None:
    report = check(document(*world, day), TABLES)

    assert report.failures == ()


def opinion(vectors: Document) -> Document:
    return vectors["opinions"][3]["expected"]


def said(vectors: Document) -> Document:
    return vectors["balance"][2]["expected"]


def moved(holder: Document, name: int | str, by: float) -> None:
    holder[name] += by


FAULTS: dict[str, tuple[Callable[[Document], object], str]] = {
    "a wrong number in a balance": (lambda v: moved(said(v), "sd", 2e-9), "balance[2].expected.sd"),
    "a wrong probability": (lambda v: moved(said(v), "in_between", -1e-8), "in_between"),
    "a wrong number of an audience": (
        lambda v: moved(said(v)["by_audience"], "staff", 1e-6),
        "by_audience.staff",
    ),
    "a wrong verdict": (lambda v: said(v).update(verdict="association"), "verdict is 'in_between'"),
    "a wrong level": (lambda v: said(v).update(depth="unite"), "depth is 'coordinate'"),
    "a wrong truth": (lambda v: said(v).update(contested=True), "contested"),
    "a truth that is a number": (lambda v: said(v).update(contested=0), "contested"),
    "a balance without a figure": (lambda v: said(v).pop("prudent"), "has no 'prudent'"),
    "a balance without a word": (lambda v: said(v).pop("verdict"), "has no 'verdict'"),
    "a balance without an audience": (lambda v: said(v)["by_audience"].pop("staff"), "has no 'staff'"),
    "a balance with an audience too many": (lambda v: said(v)["by_audience"].update(media=0.0), "media"),
    "a balance without contributions": (lambda v: said(v).pop("top_contributions"), "no 'top_contributions'"),
    "a balance without what it expects": (lambda v: v["balance"][0].pop("expected"), "no 'expected'"),
    "a wrong contribution to a balance": (
        lambda v: moved(said(v)["top_contributions"][1], 3, 1e-8),
        "top_contributions[1]",
    ),
    "a contribution of another factor": (
        lambda v: said(v)["top_contributions"][0].__setitem__(1, "expertise"),
        "top_contributions[0]",
    ),
    "a contribution of nobody": (
        lambda v: said(v)["top_contributions"][0].__setitem__(2, "nobody"),
        "top_contributions[0]",
    ),
    "contributions out of order": (lambda v: said(v)["top_contributions"].reverse(), "top_contributions[0]"),
    "a contribution that stands twice": (
        lambda v: said(v)["top_contributions"].__setitem__(1, said(v)["top_contributions"][0]),
        "top_contributions[1]",
    ),
    "a score that is none": (
        lambda v: v["balance"][1]["input"]["scores"].update(speed=1.5),
        "score of speed",
    ),
    "a factor that is none": (lambda v: v["balance"][1]["input"]["scores"].update(haste=0.5), "haste"),
    "a wrong figure of an opinion": (
        lambda v: moved(opinion(v), "trust", 2e-9),
        "opinions[3].expected.trust",
    ),
    "a wrong end of an interval": (lambda v: moved(opinion(v), "low", 2e-6), "opinions[3].expected.low"),
    "another actor in the answer": (lambda v: opinion(v).update(actor="police"), "actor is 'task_force'"),
    "another theatre in the answer": (lambda v: opinion(v).update(theatre="baltic"), "theatre is 'sahel'"),
    "another day in the answer": (lambda v: moved(opinion(v), "day", 1), "day is 90"),
    "an answer without its actor": (lambda v: opinion(v).pop("actor"), "has no 'actor'"),
    "an opinion without a figure": (lambda v: opinion(v).pop("norm"), "has no 'norm'"),
    "an opinion with a figure nobody knows": (lambda v: opinion(v).update(mood=1.0), "mood"),
    "a figure that is a word": (lambda v: opinion(v).update(trust="high"), "trust"),
    "a figure that is nothing": (lambda v: opinion(v).update(trust=None), "trust"),
    "a figure that is a truth": (lambda v: opinion(v).update(trust=True), "trust"),
    "a wrong contribution": (lambda v: moved(opinion(v)["contributions"][0], 3, 1e-6), "contributions[0]"),
    "a contribution of another event": (
        lambda v: opinion(v)["contributions"][0].__setitem__(0, "p09"),
        "contributions[0]",
    ),
    "a contribution of another part": (
        lambda v: opinion(v)["contributions"][0].__setitem__(2, "own"),
        "contributions[0]",
    ),
    "a contribution too few": (lambda v: opinion(v)["contributions"].pop(), "p10 sahel own"),
    "a contribution of nothing too few": (
        lambda v: opinion(v)["contributions"].pop(0),
        "p01 cyclone imported",
    ),
    "a contribution listed twice": (
        lambda v: opinion(v)["contributions"].append(opinion(v)["contributions"][0]),
        "twice",
    ),
    "a contribution cut short": (lambda v: opinion(v)["contributions"][0].pop(), "contributions[0]"),
    "no contributions": (lambda v: opinion(v).pop("contributions"), "no 'contributions'"),
    "a wrong sum by source": (lambda v: moved(v["opinions"][3]["by_source"], "norm", 1e-8), "by_source.norm"),
    "no sum of a source": (lambda v: v["opinions"][3]["by_source"].pop("norm"), "has no 'norm'"),
    "a sum of no source": (lambda v: v["opinions"][3]["by_source"].update(gossip=0.1), "gossip"),
    "no sums by source": (lambda v: v["opinions"][3].pop("by_source"), "no 'by_source'"),
    "a question without a day": (lambda v: v["opinions"][3].pop("day"), "opinions[3] has no 'day'"),
    "a question about another theatre": (lambda v: v["opinions"][3].update(theatre="moon"), "'moon'"),
    "a question that says more": (lambda v: v["opinions"][3].update(mood="glad"), "mood"),
    "a wrong what-if": (
        lambda v: moved(v["what_if"][0]["expected"], "delta", 1e-8),
        "what_if[0].expected.delta",
    ),
    "a wrong interval of a what-if": (
        lambda v: moved(v["what_if"][1]["expected"], "high", 1e-5),
        "what_if[1]",
    ),
    "a what-if without an answer": (lambda v: v["what_if"][1]["expected"].pop("after"), "no 'after'"),
    "a what-if about no event": (lambda v: v["what_if"][0].update(drop=["p99"]), "'p99'"),
    "a what-if that replaces no event": (lambda v: v["what_if"][0].update(replace={"p99": {}}), "'p99'"),
    "a what-if of nothing known": (lambda v: v["what_if"][0].update(undo=["p10"]), "undo"),
    "a wrong cell": (lambda v: moved(v["spillover"][0], 3, 1e-8), "spillover[0]"),
    "a cell between other theatres": (lambda v: v["spillover"][0].__setitem__(1, "baltic"), "spillover[0]"),
    "a cell too few": (lambda v: v["spillover"].pop(), "police sahel baltic"),
    "a cell that stands twice": (lambda v: v["spillover"].append(v["spillover"][0]), "twice"),
    "a cell cut short": (lambda v: v["spillover"][0].pop(), "spillover[0]"),
    "a wrong weight": (lambda v: moved(v["evidence"][6]["x_w_omega"], 1, 1e-8), "evidence[6].x_w_omega.w"),
    "a wrong memory": (lambda v: moved(v["evidence"][3]["x_w_omega"], 2, 0.2), "evidence[3].x_w_omega.omega"),
    "a weight cut short": (lambda v: v["evidence"][3]["x_w_omega"].pop(), "evidence[3].x_w_omega"),
    "evidence of no event": (lambda v: v["evidence"][0].update(id="p99"), "p99"),
    "an event without evidence": (lambda v: v["evidence"].pop(0), "'p01'"),
    "an event in no theatre": (lambda v: v["events"][0].update(theatre="moon"), "'moon'"),
    "an event of no type": (lambda v: v["events"][0].update(type="rumour"), "rumour"),
    "an event without a day": (lambda v: v["events"][0].pop("day"), "events[0] has no 'day'"),
    "an event with half a rating": (lambda v: v["events"][0].update(rating=2.5), "rating"),
    "an event in an unknown phase": (lambda v: v["events"][0].update(phase="never"), "p01"),
    "a theatre of no kind": (lambda v: v["theatres"]["sahel"].pop("kind"), "has no 'kind'"),
    "a theatre of an unknown kind": (lambda v: v["theatres"]["sahel"].update(kind="peace"), "peace"),
    **{f"no {name}": (lambda v, name=name: v.pop(name), f"no {name!r}") for name in PUBLIC},  # type: ignore[misc]
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_planted_fault_is_found_and_named(name: str) -> None:
    plant, words = FAULTS[name]

    report = check(faulty(plant), TABLES)

    assert not report.holds
    assert any(words in failure for failure in report.failures), report.failures


HARMLESS: dict[str, Callable[[Document], object]] = {
    "equal contributions in another order": lambda v: v["balance"][1]["expected"][
        "top_contributions"
    ].__setitem__(slice(1, 3), v["balance"][1]["expected"]["top_contributions"][2:0:-1]),
    "another of several equal contributions": lambda v: v["balance"][1]["expected"]["top_contributions"][
        4
    ].__setitem__(2, "staff"),
    "contributions of events in another order": lambda v: opinion(v)["contributions"].reverse(),
    "events in another order": lambda v: v["events"].reverse(),
    "a difference below the bound": lambda v: moved(opinion(v), "trust", 9e-10),
    "a quantile's difference below the bound": lambda v: moved(opinion(v), "low", 9e-7),
    "kinds for a kind": lambda v: v["theatres"]["sahel"].update(
        kinds={v["theatres"]["sahel"].pop("kind"): 1.0}
    ),
    "a mixture for a kind": lambda v: v["theatres"]["sahel"].update(
        mixture={v["theatres"]["sahel"].pop("kind"): 0.5}
    ),
    "no doubts at all": lambda v: v["balance"][-1]["input"].pop("sds"),
    "inputs that are null": lambda v: v["balance"][0]["input"].update(
        trust=None, red_line=None, weights=None
    ),
    "a cell of nothing left out": lambda v: v["spillover"].append(["police", "cyclone", "sahel", 0.0]),
    "a sum of nothing": lambda v: v["opinions"][0]["by_source"].update(norm=0.0),
    "a field nobody reads": lambda v: v["events"][0].update(colour="green"),
    "a note": lambda v: v.update(note="made by hand"),
}


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_what_changes_no_meaning_is_no_fault(name: str) -> None:
    assert check(faulty(HARMLESS[name]), TABLES).failures == ()


def test_a_section_that_is_null_is_missing() -> None:
    assert "The document has no 'opinions'." in check({**PUBLIC, "opinions": None}, TABLES).failures


def test_what_is_not_read_is_remarked() -> None:
    remarks = check(faulty(HARMLESS["a field nobody reads"]), TABLES).remarks

    assert "events[0]: 'colour' is not known and was not read." in remarks


@pytest.mark.parametrize(
    "vectors",
    [None, [], "vectors", {}, {"name": "else"}, {**PUBLIC, "balance": {}}, {**PUBLIC, "balance": [7]}],
    ids=["nothing", "a list", "a word", "empty", "something else", "no list", "no object"],
)
def test_a_document_of_another_form_is_refused(vectors: Document) -> None:
    with pytest.raises(NotVectors) as refused:
        check(vectors, TABLES)

    assert refused.value.remedy


MANGLED = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just([[]]),
)


@given(st.data())
@settings(max_examples=60)
def test_a_mangled_document_is_reported_and_never_crashes(choice: st.DataObject) -> None:
    vectors = copy.deepcopy(PUBLIC)
    place = vectors
    while isinstance(place, dict | list) and place:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = choice.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or choice.draw(st.integers(0, 3)) == 0:
            place[key] = choice.draw(MANGLED)
            break
        place = place[key]

    found = outcome(vectors)

    assert found.remedy if isinstance(found, Refusal) else found.holds == (not found.failures)


def outcome(vectors: Document) -> Report | Refusal:
    try:
        return check(vectors, TABLES)
    except Refusal as refusal:
        return refusal
