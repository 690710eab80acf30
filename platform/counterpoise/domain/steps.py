"""Steps: one planned piece of a pilot each, started through gates, ended with what was achieved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.gates import Gate, GateShut
from counterpoise.domain.pilots import Pilot, Step, on, running
from counterpoise.domain.refusals import BadValue, Refusal, said, within
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Touch:
    """What a step brings into contact, of a class if it names one."""

    touch: str
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What will be measured, and the value hoped for; fixed before the step starts."""

    measure: str
    target: float


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a measure came to."""

    measure: str
    value: float


@dataclass(frozen=True, kw_only=True)
class StepPlanned(Event):
    """A step is planned, with what it touches and how it will be measured."""

    TOPIC: ClassVar[str] = "pilot.step-planned"
    step: str
    title: Sealed
    hypothesis: Sealed
    kind: str
    stake: str
    safe_to_fail: bool
    visibility: str
    touches: tuple[Touch, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, kw_only=True)
class StepStarted(Event):
    """Every gate was satisfied or overridden, and the step began, or went on after a pause."""

    TOPIC: ClassVar[str] = "pilot.step-started"
    step: str


@dataclass(frozen=True, kw_only=True)
class StepPaused(Event):
    """The step rests."""

    TOPIC: ClassVar[str] = "pilot.step-paused"
    step: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class StepCompleted(Event):
    """The step is done: the share achieved, 0..1, the actors who took part, what the measures came to."""

    TOPIC: ClassVar[str] = "pilot.step-completed"
    step: str
    achieved: float
    took_part: tuple[str, ...]
    results: tuple[Result, ...]
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class StepAbandoned(Event):
    """The step will not be done."""

    TOPIC: ClassVar[str] = "pilot.step-abandoned"
    step: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class RedLineCrossed(Event):
    """A red line of `owner` was crossed by `by`; it weighs on trust for years."""

    TOPIC: ClassVar[str] = "pilot.red-line-crossed"
    red_line: str
    owner: str
    by: str
    step: str
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class RedLineWaived(Event):
    """The owner lets this one step touch the line."""

    TOPIC: ClassVar[str] = "pilot.red-line-waived"
    red_line: str
    step: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class GateOverridden(Event):
    """A coordinator lets the step start although a gate is not satisfied, and says why."""

    TOPIC: ClassVar[str] = "pilot.gate-overridden"
    gate: str
    step: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class ExceptionGranted(Event):
    """For once: a touch that is not the norm, with its limits and its end. It never deepens the level."""

    TOPIC: ClassVar[str] = "pilot.exception-granted"
    step: str
    touch: str
    of: str
    reason: Sealed
    limits: Sealed
    until: int


class NoSuchStep(Refusal):
    """The pilot has no such step."""

    rule = "no-such-step"


class StepExists(Refusal):
    """The pilot has a step of this id already."""

    rule = "step-exists"


class StepStatus(Refusal):
    """The step is not at a point where this can happen."""

    rule = "step-status"


class OnlyItsOwnerWaives(Refusal):
    """Only the owner of a red line waives it."""

    rule = "only-its-owner-waives"


class NothingToOverride(Refusal):
    """The gate does not exist, is open, or is a red line."""

    rule = "nothing-to-override"


def evolve(pilot: Pilot, event: Event) -> Pilot:
    """Return the pilot after a step event; others leave it as it is."""
    match event:
        case StepPlanned(step=name, touches=touches, visibility=visibility):
            step = Step(name, tuple((each.touch, each.of) for each in touches), visibility)
        case StepStarted(step=name):
            begun = pilot.steps[name].started_at
            at = event.occurred_at if begun is None else begun
            step = replace(pilot.steps[name], status="started", started_at=at)
        case StepPaused(step=name):
            step = replace(pilot.steps[name], status="paused")
        case StepCompleted(step=name):
            step = replace(pilot.steps[name], status="completed")
            pilot = replace(pilot, results_in=True)
        case StepAbandoned(step=name):
            step = replace(pilot.steps[name], status="abandoned")
        case RedLineWaived(step=name, red_line=line, actor=owner):
            standing = pilot.steps[name]
            step = replace(standing, waived=standing.waived | {f"{owner}/{line}"})
        case GateOverridden(step=name, gate=gate):
            step = replace(pilot.steps[name], overridden=pilot.steps[name].overridden | {gate})
        case _:
            return pilot
    return replace(pilot, steps={**pilot.steps, name: step})


def plan(
    pilot: Pilot | None,
    *,
    step: str,
    title: str,
    hypothesis: str,
    kind: str,
    stake: str,
    safe_to_fail: bool,
    visibility: str,
    touches: tuple[Touch, ...],
    measures: Mapping[str, float],
    tables: Tables,
    act: Act,
) -> StepPlanned:
    """Plan a step. Without a visibility of its own it has the pilot's."""
    standing = running(pilot)
    if step in standing.steps:
        raise StepExists(f"{step} is planned already.", owner="you", remedy="Give the new step another id.")
    said(title, what="The title")
    for touch in touches:
        tables.check_touch(touch.touch, touch.of)
    return StepPlanned(
        **on(standing, act),
        step=step,
        title=act.document(title),
        hypothesis=act.document(hypothesis),
        kind=tables.check("steps", kind),
        stake=tables.check("stakes", stake),
        safe_to_fail=safe_to_fail,
        visibility=tables.check("visibilities", visibility or standing.visibility),
        touches=touches,
        measures=tuple(Measure(measure=name, target=target) for name, target in measures.items()),
    )


def start(pilot: Pilot | None, *, step: str, gates: tuple[Gate, ...], act: Act) -> StepStarted:
    """Start a step, or take it up again after a pause, when every gate of it is open."""
    standing = running(pilot)
    _at(standing, step, "planned", "paused")
    shut = tuple(gate for gate in gates if not gate.open)
    if shut:
        raise GateShut(shut)
    return StepStarted(**on(standing, act), step=step)


def pause(pilot: Pilot | None, *, step: str, reason: str, act: Act) -> StepPaused:
    """Pause a step that runs."""
    standing = running(pilot)
    _at(standing, step, "started")
    return StepPaused(**on(standing, act), step=step, reason=act.document(reason))


def complete(
    pilot: Pilot | None,
    *,
    step: str,
    achieved: float,
    took_part: tuple[str, ...],
    results: Mapping[str, float],
    words: str,
    act: Act,
) -> StepCompleted:
    """Complete a step that runs. Without names, every joined actor took part."""
    standing = running(pilot)
    _at(standing, step, "started")
    for actor in took_part:
        if actor not in standing.joined:
            raise BadValue(
                f"{actor} has not joined.", owner="you", remedy=f"Joined: {', '.join(standing.joined)}."
            )
    completed = StepCompleted(
        **on(standing, act),
        step=step,
        achieved=achieved,
        took_part=took_part or standing.joined,
        results=tuple(Result(measure=name, value=value) for name, value in results.items()),
        words=act.document(words),
    )
    check_completed(completed)
    return completed


def check_completed(completed: StepCompleted) -> None:
    """Refuse a share that cannot be weighed."""
    within(completed.achieved, 0.0, 1.0, what="The share achieved")


def abandon(pilot: Pilot | None, *, step: str, reason: str, act: Act) -> StepAbandoned:
    """Abandon a step that is not ended."""
    standing = running(pilot)
    _at(standing, step, "planned", "started", "paused")
    said(reason, what="The reason")
    return StepAbandoned(**on(standing, act), step=step, reason=act.document(reason))


def cross_red_line(
    pilot: Pilot | None, *, red_line: str, owner: str, by: str, step: str, words: str, act: Act
) -> RedLineCrossed:
    """Note that a red line was crossed by an actor of the pilot."""
    standing = running(pilot)
    if step:
        known(standing, step)
    if by not in standing.joined:
        raise BadValue(f"{by} has not joined.", owner="you", remedy=f"Joined: {', '.join(standing.joined)}.")
    crossed = RedLineCrossed(
        **on(standing, act), red_line=red_line, owner=owner, by=by, step=step, words=act.words(words)
    )
    check_crossed(crossed)
    return crossed


def check_crossed(crossed: RedLineCrossed) -> None:
    """Refuse a line crossed by its owner."""
    if crossed.by == crossed.owner:
        raise BadValue("An actor does not cross its own line.", owner="you", remedy="Name who crossed it.")


def waive_red_line(
    pilot: Pilot | None, *, red_line: str, owner: str, step: str, reason: str, act: Act
) -> RedLineWaived:
    """Waive one's own red line for one step."""
    standing = running(pilot)
    known(standing, step)
    if act.actor != owner:
        raise OnlyItsOwnerWaives(
            f"{red_line} belongs to {owner}.",
            owner=owner,
            remedy=f"{owner} may waive it for this step, or not.",
        )
    waived = RedLineWaived(**on(standing, act), red_line=red_line, step=step, reason=act.document(reason))
    check_waived(waived)
    return waived


def check_waived(waived: RedLineWaived) -> None:
    """Refuse a waiver without a reason."""
    said(waived.reason.text, what="The reason")


def override_gate(
    pilot: Pilot | None, *, gate: str, step: str, gates: tuple[Gate, ...], reason: str, act: Act
) -> GateOverridden:
    """Let a step start although `gate` is shut. A red line is never overridden."""
    standing = running(pilot)
    known(standing, step)
    said(reason, what="The reason")
    found = next((each for each in gates if each.rule == gate), None)
    if found is None:
        names = ", ".join(each.rule for each in gates)
        raise NothingToOverride(f"There is no gate {gate!r}.", owner="you", remedy=f"The gates: {names}.")
    if not found.overridable:
        raise NothingToOverride("A red line is not overridden.", owner=found.owner, remedy=found.remedy)
    if found.open:
        raise NothingToOverride(f"The gate {gate} is open.", owner="you", remedy="Start the step.")
    return GateOverridden(**on(standing, act), gate=gate, step=step, reason=act.document(reason))


def grant_exception(
    pilot: Pilot | None,
    *,
    step: str,
    touch: Touch,
    reason: str,
    limits: str,
    until: int,
    tables: Tables,
    act: Act,
) -> ExceptionGranted:
    """Grant an exception with its limits and its end (microseconds UTC, later than now)."""
    standing = running(pilot)
    known(standing, step)
    tables.check_touch(touch.touch, touch.of)
    said(reason, what="The reason")
    said(limits, what="The limits")
    if until <= act.at:
        raise BadValue("The end of the exception is past.", owner="you", remedy="Give a later end.")
    return ExceptionGranted(
        **on(standing, act),
        step=step,
        touch=touch.touch,
        of=touch.of,
        reason=act.document(reason),
        limits=act.document(limits),
        until=until,
    )


def known(pilot: Pilot, step: str) -> Step:
    """Return a step of the pilot; a refusal naming its steps if it is none."""
    if step not in pilot.steps:
        steps = ", ".join(pilot.steps) or "none yet"
        raise NoSuchStep(f"{step!r} is no step of this pilot.", owner="you", remedy=f"Its steps: {steps}.")
    return pilot.steps[step]


def _at(pilot: Pilot, step: str, *statuses: str) -> None:
    status = known(pilot, step).status
    if status not in statuses:
        raise StepStatus(
            f"The step {step} is {status}.",
            owner="coordinator",
            remedy=f"It must be {' or '.join(statuses)}.",
        )
