"""Steps are planned, started through gates, paused, completed or abandoned; red lines are their owners'."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import steps
from counterpoise.domain.events import NOTHING, Event
from counterpoise.domain.gates import Gate, GateShut
from counterpoise.domain.pilots import NoSuchPilot, Pilot, PilotIsClosed, Step
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.steps import (
    ExceptionGranted,
    GateOverridden,
    Measure,
    NoSuchStep,
    NothingToOverride,
    OnlyItsOwnerWaives,
    RedLineCrossed,
    RedLineWaived,
    Result,
    StepAbandoned,
    StepCompleted,
    StepExists,
    StepPaused,
    StepPlanned,
    StepStarted,
    StepStatus,
    Touch,
)
from tests.domain.scene import (
    CLOSED,
    DAY,
    FERRY,
    NOON,
    SCOUT,
    TABLES,
    act,
    document,
    on_ferry,
    refused,
    with_step,
    words,
)

ACT: dict[str, Any] = {"act": act()}
PLAN: dict[str, Any] = {
    "step": "cross",
    "title": "Cross the bay",
    "hypothesis": "",
    "kind": "discovery",
    "stake": "high",
    "safe_to_fail": True,
    "visibility": "closed",
    "touches": (Touch(touch="shared_data", of="needs"), Touch(touch="escort")),
    "measures": {"hours": 3.0},
    "tables": TABLES,
} | ACT
DONE: dict[str, Any] = {
    "step": "scout",
    "achieved": 0.75,
    "took_part": ("brigade",),
    "results": {"hours": 4.0},
    "words": "Slowly",
} | ACT
CROSSING: dict[str, Any] = {
    "red_line": "r1",
    "owner": "agency",
    "by": "brigade",
    "step": "scout",
    "words": "With flags",
} | ACT
WAIVER: dict[str, Any] = {"red_line": "r1", "owner": "agency", "step": "scout", "reason": "Once"} | ACT
SHUT = Gate(rule="level", owner="coordinator", satisfied=False, remedy="a coordinator chooses a level")
RED = Gate(rule="red-line/agency/r1", owner="agency", satisfied=False, remedy="no", overridable=False)
OPEN = Gate(rule="charter", owner="coordinator", satisfied=True, remedy="a coordinator sets the charter")
OVERRIDE: dict[str, Any] = {
    "gate": "level",
    "step": "scout",
    "gates": (SHUT, RED, OPEN),
    "reason": "Lives",
} | ACT
EXCEPTION: dict[str, Any] = {
    "step": "scout",
    "touch": Touch(touch="escort"),
    "reason": "The road is mined",
    "limits": "One day",
    "until": NOON + DAY,
    "tables": TABLES,
} | ACT
STARTED = with_step(status="started", started_at=NOON)
PAUSED = with_step(status="paused", started_at=NOON)


def test_a_step_is_planned_with_what_it_touches_and_how_it_is_measured() -> None:
    assert steps.plan(FERRY, **PLAN) == StepPlanned(
        **on_ferry(),
        step="cross",
        title=document("Cross the bay"),
        hypothesis=NOTHING,
        kind="discovery",
        stake="high",
        safe_to_fail=True,
        visibility="closed",
        touches=(Touch(touch="shared_data", of="needs"), Touch(touch="escort")),
        measures=(Measure(measure="hours", target=3.0),),
    )


def test_a_step_is_as_visible_as_its_pilot_where_nothing_is_said() -> None:
    assert steps.plan(FERRY, **PLAN | {"visibility": ""}).visibility == FERRY.visibility


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"step": "scout"}, StepExists),
        ({"title": ""}, BadValue),
        ({"kind": "party"}, UnknownWord),
        ({"stake": "some"}, UnknownWord),
        ({"visibility": "secret"}, UnknownWord),
        ({"touches": (Touch(touch="handshake"),)}, UnknownWord),
        ({"touches": (Touch(touch="shared_data", of="gossip"),)}, UnknownWord),
        ({"touches": (Touch(touch="escort", of="needs"),)}, UnknownWord),
    ],
)
def test_a_plan_that_cannot_be_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        steps.plan(FERRY, **PLAN | said)


def test_a_step_starts_when_every_gate_is_open() -> None:
    overridden = replace(SHUT, overridden=True)

    started = steps.start(FERRY, step="scout", gates=(OPEN, overridden), act=act())

    assert started == StepStarted(**on_ferry(), step="scout")


def test_a_paused_step_is_taken_up_again_through_the_gates() -> None:
    assert steps.start(PAUSED, step="scout", gates=(OPEN,), act=act()).step == "scout"
    with refused(GateShut):
        steps.start(PAUSED, step="scout", gates=(SHUT,), act=act())


def test_a_step_that_may_not_start_names_every_gate_that_is_shut() -> None:
    with refused(GateShut, owner="coordinator") as caught:
        steps.start(FERRY, step="scout", gates=(SHUT, OPEN, RED), act=act())

    shut = caught.value
    assert isinstance(shut, GateShut)
    assert shut.shut == (SHUT, RED)
    assert "level: a coordinator chooses a level (coordinator)" in shut.sentence
    assert "red-line/agency/r1: no (agency)" in shut.sentence


def test_overriding_a_red_line_does_not_open_it() -> None:
    with refused(GateShut, owner="agency"):
        steps.start(FERRY, step="scout", gates=(replace(RED, overridden=True),), act=act())


def test_a_step_that_runs_pauses() -> None:
    paused = steps.pause(STARTED, step="scout", reason="Rain", act=act())

    assert paused == StepPaused(**on_ferry(), step="scout", reason=document("Rain"))


def test_a_step_is_completed_with_what_it_came_to() -> None:
    assert steps.complete(STARTED, **DONE) == StepCompleted(
        **on_ferry(),
        step="scout",
        achieved=0.75,
        took_part=("brigade",),
        results=(Result(measure="hours", value=4.0),),
        words=document("Slowly"),
    )


def test_everybody_who_joined_took_part_where_nobody_is_named() -> None:
    assert steps.complete(STARTED, **DONE | {"took_part": ()}).took_part == ("agency", "brigade")


@pytest.mark.parametrize("said", [{"took_part": ("firm",)}, {"achieved": 1.01}, {"achieved": float("nan")}])
def test_a_step_is_not_completed_by_strangers_or_beyond_the_whole(said: dict[str, Any]) -> None:
    with refused(BadValue, owner="you"):
        steps.complete(STARTED, **DONE | said)


def test_a_step_is_abandoned_for_a_reason() -> None:
    abandoned = steps.abandon(PAUSED, step="scout", reason="Too late", act=act())

    assert abandoned == StepAbandoned(**on_ferry(), step="scout", reason=document("Too late"))


def test_nothing_is_abandoned_without_a_reason() -> None:
    with refused(BadValue, owner="you"):
        steps.abandon(PAUSED, step="scout", reason="", act=act())


START: dict[str, Any] = {"step": "scout", "gates": ()} | ACT
PAUSE: dict[str, Any] = {"step": "scout", "reason": "Rain"} | ACT


@pytest.mark.parametrize(
    ("decide", "said", "from_these"),
    [
        (steps.start, START, {"planned", "paused"}),
        (steps.pause, PAUSE, {"started"}),
        (steps.complete, DONE, {"started"}),
        (steps.abandon, PAUSE, {"planned", "started", "paused"}),
    ],
)
@pytest.mark.parametrize("status", ["planned", "started", "paused", "completed", "abandoned"])
def test_a_step_goes_on_only_from_where_it_is(
    decide: Callable[..., Event], said: dict[str, Any], from_these: set[str], status: str
) -> None:
    if status in from_these:
        assert decide(with_step(status=status), **said)
    else:
        with refused(StepStatus, owner="coordinator"):
            decide(with_step(status=status), **said)


def test_a_crossed_red_line_is_noted_with_who_crossed_it() -> None:
    assert steps.cross_red_line(FERRY, **CROSSING) == RedLineCrossed(
        **on_ferry(), red_line="r1", owner="agency", by="brigade", step="scout", words=words("With flags")
    )


def test_a_red_line_may_be_crossed_on_no_step() -> None:
    assert steps.cross_red_line(FERRY, **CROSSING | {"step": ""}).step == ""


@pytest.mark.parametrize(
    ("said", "refusal"),
    [({"by": "firm"}, BadValue), ({"by": "agency"}, BadValue), ({"step": "nowhere"}, NoSuchStep)],
)
def test_a_crossing_that_cannot_be_is_refused(said: dict[str, str], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        steps.cross_red_line(FERRY, **CROSSING | said)


def test_its_owner_waives_a_red_line_for_one_step() -> None:
    waived = steps.waive_red_line(FERRY, **WAIVER)

    assert waived == RedLineWaived(**on_ferry(), red_line="r1", step="scout", reason=document("Once"))


def test_nobody_but_its_owner_waives_a_red_line() -> None:
    with refused(OnlyItsOwnerWaives, owner="agency"):
        steps.waive_red_line(FERRY, **WAIVER | {"act": act("brigade")})


@pytest.mark.parametrize(("said", "refusal"), [({"step": "nowhere"}, NoSuchStep), ({"reason": ""}, BadValue)])
def test_a_waiver_is_for_a_step_and_a_reason(said: dict[str, str], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        steps.waive_red_line(FERRY, **WAIVER | said)


def test_a_shut_gate_is_overridden_for_a_reason() -> None:
    overridden = steps.override_gate(FERRY, **OVERRIDE)

    assert overridden == GateOverridden(**on_ferry(), gate="level", step="scout", reason=document("Lives"))


@pytest.mark.parametrize(
    ("said", "refusal", "owner"),
    [
        ({"gate": "red-line/agency/r1"}, NothingToOverride, "agency"),
        ({"gate": "charter"}, NothingToOverride, "you"),
        ({"gate": "weather"}, NothingToOverride, "you"),
        ({"reason": ""}, BadValue, "you"),
        ({"step": "nowhere"}, NoSuchStep, "you"),
    ],
)
def test_an_override_that_cannot_be_is_refused(
    said: dict[str, str], refusal: type[Refusal], owner: str
) -> None:
    with refused(refusal, owner=owner):
        steps.override_gate(FERRY, **OVERRIDE | said)


def test_an_exception_has_its_limits_and_its_end() -> None:
    assert steps.grant_exception(FERRY, **EXCEPTION) == ExceptionGranted(
        **on_ferry(),
        step="scout",
        touch="escort",
        of="",
        reason=document("The road is mined"),
        limits=document("One day"),
        until=NOON + DAY,
    )


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"step": "nowhere"}, NoSuchStep),
        ({"touch": Touch(touch="handshake")}, UnknownWord),
        ({"reason": ""}, BadValue),
        ({"limits": ""}, BadValue),
        ({"until": NOON}, BadValue),
    ],
)
def test_an_exception_without_bounds_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        steps.grant_exception(FERRY, **EXCEPTION | said)


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (steps.plan, PLAN),
        (steps.start, START),
        (steps.pause, PAUSE),
        (steps.complete, DONE),
        (steps.abandon, PAUSE),
        (steps.cross_red_line, CROSSING),
        (steps.waive_red_line, WAIVER),
        (steps.override_gate, OVERRIDE),
        (steps.grant_exception, EXCEPTION),
    ],
)
def test_no_step_of_a_pilot_that_does_not_run_goes_on(
    decide: Callable[..., Event], said: dict[str, Any]
) -> None:
    with refused(NoSuchPilot, owner="coordinator"):
        decide(None, **said)
    with refused(PilotIsClosed, owner="coordinator"):
        decide(CLOSED, **said)


@pytest.mark.parametrize(
    ("decide", "said"),
    [(steps.start, START), (steps.pause, PAUSE), (steps.complete, DONE), (steps.abandon, PAUSE)],
)
def test_a_step_that_is_not_planned_does_not_go_on(
    decide: Callable[..., Event], said: dict[str, Any]
) -> None:
    with refused(NoSuchStep, owner="you") as caught:
        decide(FERRY, **said | {"step": "nowhere"})

    assert caught.value.remedy == "Its steps: scout."


def after(pilot: Pilot, *events: Event) -> Step:
    for event in events:
        pilot = steps.evolve(pilot, event)
    (step,) = [step for name, step in pilot.steps.items() if name in ("scout", "cross")][-1:]
    return step


def test_a_planned_step_holds_what_its_gates_need() -> None:
    planned = steps.plan(FERRY, **PLAN)

    assert after(FERRY, planned) == Step(
        id="cross", touches=(("shared_data", "needs"), ("escort", "")), visibility="closed"
    )


def test_a_step_began_when_it_first_started() -> None:
    later = act(occurred_at=NOON + DAY, at=NOON + DAY)
    first = steps.start(FERRY, step="scout", gates=(), act=act())
    again = steps.start(PAUSED, step="scout", gates=(), act=later)

    step = after(FERRY, first, steps.pause(STARTED, step="scout", reason="", act=act()), again)

    assert step == replace(SCOUT, status="started", started_at=NOON)


def test_results_are_in_once_a_step_is_completed() -> None:
    completed = steps.evolve(STARTED, steps.complete(STARTED, **DONE))

    assert completed == replace(with_step(status="completed", started_at=NOON), results_in=True)


def test_waivers_and_overrides_stay_with_their_step() -> None:
    step = after(FERRY, steps.waive_red_line(FERRY, **WAIVER), steps.override_gate(FERRY, **OVERRIDE))

    assert step == replace(SCOUT, waived=frozenset({"agency/r1"}), overridden=frozenset({"level"}))
