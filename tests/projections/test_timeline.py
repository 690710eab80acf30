"""The timeline tells a pilot's events in their order, with what surrounds them, and no sealed words."""

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain import corrections
from counterpoise.domain.events import kind
from counterpoise.domain.pilots import InvitationAnswered, PilotProposed
from counterpoise_projections.timeline import OWN, TIMELINE, timeline
from tests.lives import Life, Told, frame_of
from tests.pilot_moves import any_life
from tests.projections.references_views import Reference, corrected_at

SETTING = (
    "theatre.opened",
    "theatre.context-shifted",
    "theatre.closed",
    "narrative.first-sighted",
    "narrative.sighted",
)
PARTNERS = (
    "actor.red-line-declared", "actor.red-line-lifted", "actor.mandate-clarified", "actor.fulcrum-set",
    "actor.audiences-set",
)  # fmt: skip


def own(told: Told) -> bool:
    return kind(told.event.stream) in OWN and told.event.pilot == "ferry"


def around(life: Life) -> list[Told]:
    """Return the events of the pilot's theatre and of whoever ever joined it; by hand."""
    reference = Reference(life.told)
    proposed = [e for _, e in reference.each(PilotProposed) if e.pilot == "ferry"]
    theatres = {event.theatre for event in proposed}
    partners = {event.actor for event in proposed} | {
        e.actor for _, e in reference.each(InvitationAnswered) if e.pilot == "ferry" and e.joins
    }
    return [
        told
        for told in life.told
        if (told.event.TOPIC in SETTING and told.event.theatre in theatres)
        or (told.event.TOPIC in PARTNERS and told.event.actor in partners)
    ]


@settings(max_examples=40)
@given(any_life)
def test_a_timeline_has_the_pilot_s_own_events_and_what_surrounds_them(life: Life) -> None:
    surroundings = {told.id for told in around(life)}
    expected = [(told.id, not own(told)) for told in life.told if own(told) or told.id in surroundings]

    view = timeline(frame_of(life.told), pilot="ferry").select("event", "surroundings").collect()

    assert view.rows() == expected


@settings(max_examples=40)
@given(any_life)
def test_a_timeline_says_what_was_corrected_and_what_was_withdrawn_later(life: Life) -> None:
    by_id = {told.id: told for told in life.told}
    withdrawals = {
        f"{told.event.stream}#{told.event.of}": told.position
        for told in reversed(life.told)
        if isinstance(told.event, corrections.Withdrawn)
    }

    view = (
        timeline(frame_of(life.told), pilot="ferry").select("event", "corrected_at", "withdrawn_at").collect()
    )

    for event, corrected, withdrawn in view.iter_rows():
        assert withdrawn == withdrawals.get(event)
        assert (corrected or 0) == (0 if withdrawn else corrected_at(life.told, by_id[event]))


@settings(max_examples=20)
@given(any_life)
def test_a_timeline_of_then_does_not_know_what_came_later(life: Life) -> None:
    position = len(life.told) // 2
    shuffled = frame_of(Random(5).sample(life.told, len(life.told)))

    before = timeline(shuffled, pilot="ferry", position=position).collect()

    assert before.equals(timeline(frame_of(life.told[:position]), pilot="ferry").collect())


@settings(max_examples=20)
@given(any_life)
def test_no_sealed_word_is_in_a_summary(life: Life) -> None:
    for summary in timeline(frame_of(life.told), pilot="ferry").collect()["summary"]:
        assert "sealed:" not in summary


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("pilot.actor-invited", "invited=council; visibility=low"),
        ("pilot.step-planned", "touches=co_location, shared_data/needs"),
        ("scan.recorded", "scores=expertise 0.25"),
        ("pilot.charter-set", "edition=1"),
    ],
)
def test_a_summary_says_what_an_event_says_in_plain_fields(topic: str, said: str) -> None:
    bodies = {
        "pilot.actor-invited": '{"invited": "council", "framing": "sealed:1:k:x", "visibility": "low"}',
        "pilot.step-planned": '{"touches": [{"touch": "co_location"}, {"touch": "shared_data", "of": "needs"}]}',
        "scan.recorded": '{"scores": [{"factor": "expertise", "score": 0.25, "doubt": 0.1}], "red_line": false}',
        "pilot.charter-set": '{"edition": 1, "branding": "sealed:1:k:x"}',
    }
    row = {"position": 1, "stream": "pilot:ferry", "version": 1, "topic": topic, "pilot": "ferry"}
    log = pl.LazyFrame([{**row, "body": bodies[topic]}], schema=frame.FRAME)

    assert timeline(log, pilot="ferry").collect()["summary"].to_list() == [said]


def test_an_empty_log_has_an_empty_timeline_in_the_same_columns() -> None:
    view = timeline(frame.empty(), pilot="ferry").collect()

    assert view.is_empty()
    assert dict(view.schema) == TIMELINE
