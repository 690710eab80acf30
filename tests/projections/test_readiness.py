"""Readiness shows the gates that the domain would hold a step to."""

from random import Random

import pytest
from hypothesis import given, settings

from counterpoise import frame
from counterpoise.domain.tables import starting_tables
from counterpoise_projections.readiness import GATES, readiness
from tests.lives import PILOTS, Life, frame_of, replay
from tests.pilot_moves import any_life

TABLES = starting_tables()
ENDED = ("completed", "abandoned")


def folded(life: Life) -> list[tuple[object, ...]]:
    """Return the gates of every step that is not ended, as the domain's own states give them."""
    return [
        (
            name,
            step,
            gate.rule,
            gate.owner,
            gate.satisfied,
            gate.open,
            gate.overridable,
            gate.overridden,
            gate.remedy,
        )
        for name in PILOTS
        if (pilot := life.pilot(name)) and not pilot.closed
        for step in sorted(pilot.steps)
        if pilot.steps[step].status not in ENDED
        for gate in life.gates(pilot, step)
    ]


@settings(max_examples=60)
@given(any_life)
def test_every_gate_is_as_the_domain_has_it_and_in_its_order(life: Life) -> None:
    view = readiness(frame_of(life.told), TABLES).drop("event").collect()

    assert view.rows() == folded(life)


@settings(max_examples=20)
@given(any_life)
def test_gates_as_of_a_position_are_those_of_then(life: Life) -> None:
    position = 2 * len(life.told) // 3

    view = readiness(frame_of(life.told), TABLES, position=position).drop("event").collect()

    assert view.rows() == folded(replay(life.told[:position]))


@settings(max_examples=20)
@given(any_life)
def test_the_order_of_the_rows_of_a_log_changes_no_gate(life: Life) -> None:
    shuffled = frame_of(Random(5).sample(life.told, len(life.told)))

    assert readiness(shuffled, TABLES).collect().equals(readiness(frame_of(life.told), TABLES).collect())


@settings(max_examples=20)
@given(any_life)
def test_a_gate_leads_to_the_event_it_is_about(life: Life) -> None:
    topics = {
        "scan": "scan.",
        "invitation": "pilot.actor-invited",
        "red-line": "actor.red-line-declared",
        "charter": "pilot.charter-set",
        "mandate": "actor.mandate-clarified",
        "level": "pilot.level-advised",
        "visibility": "theatre.",
    }
    by_id = {told.id: told.event.TOPIC for told in life.told}

    for rule, event in readiness(frame_of(life.told), TABLES).select("rule", "event").collect().iter_rows():
        assert event is None or by_id[event].startswith(topics[rule.split("/")[0]])


@pytest.mark.parametrize("position", [None, 3])
def test_an_empty_log_has_no_gates_in_the_same_columns(position: int | None) -> None:
    view = readiness(frame.empty(), TABLES, position=position).collect()

    assert view.is_empty()
    assert dict(view.schema) == GATES
