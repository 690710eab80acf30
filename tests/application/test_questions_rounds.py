"""Which rounds are open, who takes part in them, and what happened of late."""

from typing import Any

import pytest

from counterpoise.policy import Member
from tests.application.world import DAY, World, link, start


def asked(world: World, *people: str, later: int = 0) -> list[tuple[str, str, bool]]:
    """Return whom a round asks: person, phase, answered."""
    readers: list[Member] = [world.by(name) for name in people]
    rows = world.application.questions.steps.rounds(readers, now=world.clock.now + later).value
    names = {world[name]: name for name in people}
    return [(names[row["person"]], row["phase"], row["answered"]) for row in rows]


def reflect(world: World, name: str, phase: str) -> None:
    said: dict[str, Any] = {"words": "Calm", "phase": phase, "step": world["scout"]}
    world.say(name, "reflections.record", pilot=world["ferry"], **said)


def test_a_planned_step_asks_those_who_take_part_before_it(world: World) -> None:
    assert asked(world, "omar", "kurt", "vera", "wim") == [
        ("omar", "before", False),
        ("kurt", "before", False),
    ]


def test_whoever_has_answered_is_known_to_have(world: World) -> None:
    reflect(world, "omar", "before")

    assert asked(world, "omar", "kurt") == [("omar", "before", True), ("kurt", "before", False)]


def test_a_step_asks_during_it_once_it_runs_and_no_longer_before(world: World) -> None:
    start(world)

    assert asked(world, "omar") == [("omar", "during", False)]


def test_a_completed_step_asks_after_it(world: World) -> None:
    start(world)
    world.say("ines", "steps.complete", pilot=world["ferry"], step=world["scout"], achieved=1.0)

    assert asked(world, "omar") == [("omar", "after", False)]


def test_a_step_stops_asking_by_itself_after_a_fortnight(world: World) -> None:
    assert asked(world, "omar", later=15 * DAY) == []


def test_a_round_that_a_coordinator_opened_lasts(world: World) -> None:
    world.say("ines", "pilots.open_round", pilot=world["ferry"], step=world["scout"], phase="before")

    assert asked(world, "omar", later=90 * DAY) == [("omar", "before", False)]


def test_a_round_that_is_closed_asks_nobody_and_does_not_open_by_itself(world: World) -> None:
    round_ = {"pilot": world["ferry"], "step": world["scout"], "phase": "before"}
    world.say("ines", "pilots.open_round", **round_)
    world.say("ines", "pilots.close_round", **round_)

    assert asked(world, "omar") == []


def test_an_abandoned_step_asks_nobody_before_it(world: World) -> None:
    world.say("ines", "steps.abandon", pilot=world["ferry"], step=world["scout"], reason="Too soon")

    assert asked(world, "omar") == []


def test_a_pilot_that_is_over_asks_nobody(world: World) -> None:
    world.say("ines", "pilots.close", pilot=world["ferry"], reason="Done")

    assert asked(world, "omar") == []


def test_what_was_touched_is_told_by_pilot(world: World) -> None:
    steps = world.application.questions.steps
    before = steps.touched(after=0).value["position"]
    assert steps.touched(after=before).value["pilots"] == ()

    reflect(world, "omar", "before")

    assert steps.touched(after=before).value == {"position": world.size(), "pilots": (world["ferry"],)}


def test_what_happened_is_told_by_name_to_who_may_read_it(world: World) -> None:
    since = world.clock.now
    start(world)
    happened = world.application.questions.steps.happened

    told = happened(world.by("omar"), after=since, until=world.clock.now).value
    assert [(row["topic"], row["step_title"]) for row in told] == [
        ("pilot.scans-opened", ""),
        ("pilot.level-chosen", ""),
        ("pilot.step-started", "Scout the pier"),
    ]
    assert happened(world.by("wim"), after=since, until=world.clock.now).value == ()


def test_linked_accounts_are_those_that_lead_to_members(world: World) -> None:
    link(world, "omar", team="T1", user="U1")

    assert world.application.linked_accounts() == {world["omar"]: ("T1", "U1")}

    world.say("omar", "members.unlink", member=world["omar"])
    assert world.application.linked_accounts() == {}


@pytest.mark.parametrize("name", ["omar"])
def test_an_erased_members_account_is_gone(world: World, name: str) -> None:
    link(world, name, team="T1", user="U1")
    world.say(name, "records.erase", member=world[name])

    assert world.application.linked_accounts() == {}
