"""Corrections and withdrawals keep a stream whole, and stages and concerns keep their order."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from counterpoise.domain import concerns, conduct, corrections, scans
from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.lessons import LessonDrafted
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import Pilot, PilotProposed, ReadingObserved
from counterpoise.domain.refusals import BadValue
from counterpoise.domain.scans import Scan, ScanRecorded, ScanRevised, ScansAreOpen, Score
from counterpoise.domain.steps import RedLineCrossed, RedLineWaived, StepCompleted
from counterpoise.domain.tables import starting_tables
from tests.lives import BEGINNING, DAY, Life
from tests.moves import open_theatre

TABLES = starting_tables()
ACT = Act(at=BEGINNING, occurred_at=BEGINNING, member="m-agency", actor="agency")
WORDS = Sealed("Slowly", keeper="m-agency")
ON_PILOT = ACT.on("pilot:ferry", theatre="coast", pilot="ferry")
SCORES = (Score(factor="speed", score=0.5, doubt=0.1), Score(factor="brand", score=0.5, doubt=0.1))


def correct(event: Event, changes: dict[str, object]) -> corrections.Corrected:
    return corrections.correct(
        (event,), of=1, changes=changes, field="", words="", reason="A slip", tables=TABLES, act=ACT
    )


SIGHTED: dict[str, Any] = {
    **ACT.on("narrative:n1", theatre="coast"),
    "about": ("firm",),
    "valence": 0.5,
    "credibility": 0.5,
    "reach": "local",
}
FIRST, AGAIN = NarrativeFirstSighted(**SIGHTED, story=WORDS), NarrativeSighted(**SIGHTED, words=WORDS)


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (StepCompleted(**ON_PILOT, step="scout", achieved=1.0, took_part=(), results=()), {"achieved": 7.0}),
        (
            StepCompleted(**ON_PILOT, step="scout", achieved=1.0, took_part=(), results=()),
            {"step": "nowhere"},
        ),
        (RedLineWaived(**ON_PILOT, red_line="r1", step="scout", reason=WORDS), {"step": "nowhere"}),
        (RedLineCrossed(**ON_PILOT, red_line="r1", owner="firm", by="council", step=""), {"by": "firm"}),
        (FIRST, {"valence": 3.0}),
        (AGAIN, {"about": []}),
        (
            ReadingObserved(**ON_PILOT, about="firm", audience="media", expected=0.5, observed=0.5),
            {"observed": 9.0},
        ),
        (
            ScanRecorded(**ACT.on("scan:ferry/agency/design", pilot="ferry"), stage="design", scores=SCORES),
            {"stage": "trial"},
        ),
        (
            LessonDrafted(
                **ACT.on("lesson:l1"), title=WORDS, words=WORDS, because_of="", consent_of=("firm", "agency")
            ),
            {"consent_of": ["agency"]},
        ),
    ],
    ids=lambda value: getattr(value, "TOPIC", None) or next(iter(value)),
)
def test_a_correction_cannot_make_an_event_read_as_no_decision_would(
    event: Event, changes: dict[str, object]
) -> None:
    with pytest.raises(BadValue):
        correct(event, changes)


def test_a_revision_stands_when_the_scan_it_revised_is_withdrawn() -> None:
    envelope = ACT.on("scan:ferry/agency/framing", theatre="coast", pilot="ferry")
    recorded = ScanRecorded(**envelope, stage="framing", scores=SCORES)
    revised = ScanRevised(**envelope, stage="framing", scores=SCORES, red_line=True)
    life = Life()

    for event in (recorded, revised, corrections.withdraw((recorded, revised), of=1, reason="", act=ACT)):
        life.tell(event)

    assert life.state(recorded.stream) == Scan(recorded.stream, "ferry", "agency", "framing", revised)


def test_a_story_is_known_when_only_its_first_sighting_is_withdrawn() -> None:
    life = Life()

    for event in (FIRST, AGAIN, corrections.withdraw((FIRST, AGAIN), of=1, reason="", act=ACT)):
        life.tell(event)

    assert life.state("narrative:n1").about == ("firm",)


def founded() -> Life:
    life = Life()
    (opened,) = open_theatre(life, Random(1))
    life.tell(opened)
    life.tell(
        PilotProposed(
            **ACT.on("pilot:ferry", theatre=opened.theatre, pilot="ferry"),
            title=WORDS,
            hypothesis=WORDS,
            format="table_top",
            visibility="low",
        )
    )
    return life


def open_scans(life: Life) -> None:
    life.tell(scans.open_together(life.pilot("ferry"), scanned_by=("agency",), reason="", act=ACT))


def enter(life: Life, stage: str) -> None:
    life.tell(conduct.enter_stage(life.pilot("ferry"), stage=stage, tables=TABLES, act=ACT))


def test_scans_open_once_while_a_stage_lasts() -> None:
    life = founded()
    open_scans(life)

    with pytest.raises(ScansAreOpen):
        open_scans(life)


def test_scans_open_again_when_a_stage_is_entered_again() -> None:
    life = founded()
    open_scans(life)
    enter(life, "design")
    enter(life, "framing")

    open_scans(life)

    pilot: Pilot | None = life.pilot("ferry")
    assert pilot is not None
    assert pilot.opened_stages == {"framing"}


def test_a_concern_is_not_resolved_before_it_was_raised() -> None:
    raised = concerns.Concern(
        "concern:c1", "ferry", "coast", "agency", "firm", "low", BEGINNING, anonymous=False
    )
    early = replace(ACT, occurred_at=BEGINNING - DAY)

    with pytest.raises(BadValue):
        concerns.resolve(raised, words="", act=early)
