"""Scans: one actor's of a stage, checked before they are weighed, opened together or for a reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import scans
from counterpoise.domain.actors import Hearing
from counterpoise.domain.events import NOTHING, Event
from counterpoise.domain.partnership import NotJoined
from counterpoise.domain.pilots import NoSuchPilot, PilotIsClosed, ScansOpened
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.scans import (
    Care,
    NoScan,
    Scan,
    ScanRecorded,
    ScanRevised,
    ScansAreOpen,
    ScansMissing,
    ScanStands,
    Score,
)
from tests.domain.scene import CLOSED, FERRY, TABLES, act, beside, document, folded, on_ferry, refused, words

STREAM = "scan:ferry/agency/framing"
READING: dict[str, Any] = {
    "scores": {"speed": 0.8, "neutrality": 0.4},
    "doubts": {"speed": 0.2},
    "weights": {"speed": 2.0},
    "audiences": {"donors": 1.0, "staff": 0.0},
    "cares": {"donors": {"neutrality": 0.5}},
    "fulcrum": 2.0,
    "fulcrum_doubt": 0.1,
    "red_line": True,
    "words": "As we see it",
    "tables": TABLES,
    "act": act(),
}
BARE = READING | {
    "doubts": {},
    "weights": {},
    "audiences": {},
    "cares": {},
    "fulcrum": None,
    "fulcrum_doubt": None,
    "red_line": False,
    "words": "",
}
FIELDS: dict[str, Any] = {
    **beside(STREAM),
    "stage": "framing",
    "scores": (
        Score(factor="speed", score=0.8, doubt=0.2, weight=2.0),
        Score(factor="neutrality", score=0.4, doubt=TABLES["doubts"]["fair"], weight=1.0),
    ),
    "audiences": (Hearing(audience="donors", weight=1.0), Hearing(audience="staff", weight=0.0)),
    "cares": (Care(audience="donors", factor="neutrality", care=0.5),),
    "fulcrum": 2.0,
    "fulcrum_doubt": 0.1,
    "red_line": True,
    "words": words("As we see it"),
}
RECORDED, REVISED = ScanRecorded(**FIELDS), ScanRevised(**FIELDS)
STANDING = Scan(STREAM, "ferry", "agency", "framing", RECORDED)
INVITED = replace(FERRY, invited=frozenset({"firm"}))


def test_a_scan_is_recorded_at_the_stage_of_its_pilot() -> None:
    assert scans.record(FERRY, None, **READING) == RECORDED


def test_a_scan_that_says_little_leaves_the_rest_to_the_actor() -> None:
    recorded = scans.record(FERRY, None, **BARE)

    fair = TABLES["doubts"]["fair"]
    assert recorded == ScanRecorded(
        **beside(STREAM),
        stage="framing",
        scores=(
            Score(factor="speed", score=0.8, doubt=fair),
            Score(factor="neutrality", score=0.4, doubt=fair),
        ),
        words=NOTHING,
    )


def test_a_scan_is_revised_as_a_whole() -> None:
    assert scans.revise(FERRY, STANDING, **READING) == REVISED


def test_an_invited_actor_scans_before_it_answers() -> None:
    assert scans.record(INVITED, None, **READING | {"act": act("firm")}).actor == "firm"


def test_a_scan_stands_once_and_is_revised_only_where_it_stands() -> None:
    with refused(ScanStands, owner="you"):
        scans.record(FERRY, STANDING, **READING)
    with refused(NoScan, owner="you"):
        scans.revise(FERRY, None, **READING)


@pytest.mark.parametrize("decide", [scans.record, scans.revise])
def test_only_who_is_on_a_running_pilot_scans_it(decide: Callable[..., Event]) -> None:
    with refused(NotJoined, owner="coordinator"):
        decide(FERRY, None, **READING | {"act": act("firm")})
    with refused(NoSuchPilot, owner="coordinator"):
        decide(None, None, **READING)
    with refused(PilotIsClosed, owner="coordinator"):
        decide(CLOSED, None, **READING)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"scores": {"speed": 0.8, "luck": 0.4}}, UnknownWord),
        ({"scores": {"speed": 1.1, "neutrality": 0.4}}, BadValue),
        ({"scores": {"speed": float("nan"), "neutrality": 0.4}}, BadValue),
        ({"scores": {"speed": 0.8}}, BadValue),
        ({"scores": {"neutrality": 0.8}}, BadValue),
        ({"scores": {}}, BadValue),
        ({"weights": {"speed": 0.0}}, BadValue),
        ({"weights": {"speed": -1.0}}, BadValue),
        ({"doubts": {"speed": 0.6}}, BadValue),
        ({"audiences": {"donors": 0.0}}, BadValue),
        ({"audiences": {"donors": -1.0}}, BadValue),
        ({"cares": {"donors": {"luck": 0.5}}}, UnknownWord),
        ({"cares": {"donors": {"speed": 1.5}}}, BadValue),
        ({"fulcrum": 0.05}, BadValue),
        ({"fulcrum": 11.0}, BadValue),
        ({"fulcrum_doubt": 0.6}, BadValue),
    ],
)
def test_a_scan_that_cannot_be_weighed_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        scans.record(FERRY, None, **READING | said)
    with refused(refusal, owner="you"):
        scans.revise(FERRY, STANDING, **READING | said)


@pytest.mark.parametrize(
    "twice",
    [
        {"scores": (*FIELDS["scores"], Score(factor="speed", score=0.1, doubt=0.1))},
        {"audiences": (*FIELDS["audiences"], Hearing(audience="donors", weight=9.0))},
        {"cares": (*FIELDS["cares"], Care(audience="donors", factor="neutrality", care=0.1))},
    ],
)
def test_nothing_is_weighed_twice(twice: dict[str, Any]) -> None:
    with refused(BadValue, owner="you"):
        scans.check(replace(RECORDED, **twice), TABLES)


def test_a_scan_reads_as_it_was_last_revised() -> None:
    again = replace(REVISED, red_line=False)

    assert folded(RECORDED, again) == replace(STANDING, reading=again)


def open_together(scanned_by: tuple[str, ...], *, reason: str = "", **changed: Any) -> ScansOpened:  # noqa: ANN401
    return scans.open_together(replace(FERRY, **changed), scanned_by=scanned_by, reason=reason, act=act())


def test_scans_open_together_when_all_are_in() -> None:
    assert open_together(("agency", "brigade")) == ScansOpened(
        **on_ferry(),
        stage="framing",
        scans=("scan:ferry/agency/framing", "scan:ferry/brigade/framing"),
        forced=False,
        reason=NOTHING,
    )


def test_scans_open_without_some_for_a_reason_and_say_that_they_were_forced() -> None:
    assert open_together(("agency",), reason="The storm is here") == ScansOpened(
        **on_ferry(),
        stage="framing",
        scans=("scan:ferry/agency/framing",),
        forced=True,
        reason=document("The storm is here"),
    )


def test_a_reason_forces_nothing_where_nothing_is_missing() -> None:
    assert not open_together(("agency", "brigade"), reason="To be sure").forced


@pytest.mark.parametrize(
    ("changed", "scanned_by", "waiting"),
    [
        ({}, ("agency",), "brigade"),
        ({}, (), "agency"),
        ({"invited": frozenset({"firm"})}, ("agency", "brigade"), "firm"),
    ],
)
def test_scans_do_not_open_while_one_or_an_answer_is_missing(
    changed: dict[str, Any], scanned_by: tuple[str, ...], waiting: str
) -> None:
    with refused(ScansMissing, owner=waiting):
        open_together(scanned_by, **changed)


def test_an_answer_of_any_kind_is_missing_no_more() -> None:
    opened = open_together(("agency", "brigade"), invited=frozenset({"firm"}), replies={"firm": "decline"})

    assert not opened.forced


def test_nothing_opens_where_there_is_no_scan_whatever_the_reason() -> None:
    with refused(ScansMissing, owner="participant"):
        open_together((), reason="The storm is here")


def test_scans_open_once_in_a_stage_that_lasts() -> None:
    with refused(ScansAreOpen):
        open_together(("agency", "brigade"), opened_stages=frozenset({"framing"}))


@pytest.mark.parametrize(("pilot", "refusal"), [(None, NoSuchPilot), (CLOSED, PilotIsClosed)])
def test_no_scans_open_on_a_pilot_that_does_not_run(pilot: Any, refusal: type[Refusal]) -> None:  # noqa: ANN401
    with refused(refusal):
        scans.open_together(pilot, scanned_by=("agency", "brigade"), reason="", act=act())
