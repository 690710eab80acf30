"""Gates: what must hold before a step starts, who can make it hold, and how."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from counterpoise.domain.actors import Actor, RedLine
from counterpoise.domain.pilots import Pilot, Step
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One condition of a step's start. `owner` can satisfy it; `remedy` says what would."""

    rule: str
    owner: str
    satisfied: bool
    remedy: str
    overridable: bool = True
    overridden: bool = False

    @property
    def open(self) -> bool:
        """Whether this gate lets the step pass."""
        return self.satisfied or (self.overridable and self.overridden)


class GateShut(Refusal):
    """The step may not start: a gate is not satisfied."""

    rule = "gate-shut"

    def __init__(self, shut: tuple[Gate, ...]) -> None:
        first = shut[0]
        named = "; ".join(f"{gate.rule}: {gate.remedy} ({gate.owner})" for gate in shut)
        super().__init__(f"The step may not start. {named}", owner=first.owner, remedy=first.remedy)
        self.shut = shut


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything the gates of one step look at.

    `actors` holds the joined actors; `scanned` the actors whose scan of the pilot's stage stands.
    """

    pilot: Pilot
    step: Step
    actors: Mapping[str, Actor]
    scanned: frozenset[str]
    visibility_cap: str
    tables: Tables


def gates(standing: Standing) -> tuple[Gate, ...]:
    """Return every gate of the step, those that are satisfied too, in a fixed order."""
    return tuple(gate for rule in RULES for gate in rule(standing))


def scans_in(standing: Standing) -> Iterator[Gate]:
    """Each joined actor has scanned at this stage."""
    stage = standing.pilot.stage
    for actor in standing.pilot.joined:
        yield _gate(
            standing,
            f"scan/{actor}",
            owner=actor,
            satisfied=actor in standing.scanned,
            remedy=f"{actor} records a scan at the stage {stage}",
        )


def invitations_answered(standing: Standing) -> Iterator[Gate]:
    """No invited actor's scan is missing without a reason: it scanned, joined or gave its answer."""
    pilot = standing.pilot
    for actor in sorted(pilot.invited - set(pilot.joined)):
        yield _gate(
            standing,
            f"invitation/{actor}",
            owner=actor,
            satisfied=actor in pilot.replies or actor in standing.scanned,
            remedy=f"{actor} answers the invitation",
        )


def red_lines_untouched(standing: Standing) -> Iterator[Gate]:
    """No unwaived red line of a joined actor is touched. No coordinator overrides this."""
    for name in standing.pilot.joined:
        for line in touched(standing.actors[name], standing.step, theatre=standing.pilot.theatre):
            yield _gate(
                standing,
                f"red-line/{name}/{line.id}",
                owner=name,
                satisfied=f"{name}/{line.id}" in standing.step.waived,
                remedy=f"{name} waives its red line {line.id} for this step, or the step no longer touches it",
                overridable=False,
            )


def charter_accepted(standing: Standing) -> Iterator[Gate]:
    """There is a charter, and each joined actor accepts its newest edition."""
    pilot = standing.pilot
    if not pilot.charter:
        yield _gate(
            standing, "charter", owner="coordinator", satisfied=False, remedy="a coordinator sets the charter"
        )
        return
    for actor in pilot.joined:
        yield _gate(
            standing,
            f"charter/{actor}",
            owner=actor,
            satisfied=pilot.accepted.get(actor) == pilot.charter,
            remedy=f"{actor} accepts edition {pilot.charter} of the charter",
        )


def mandates_acknowledged(standing: Standing) -> Iterator[Gate]:
    """Each joined actor has acknowledged the newest mandate of each partner that has clarified one."""
    pilot = standing.pilot
    for actor in pilot.joined:
        for partner in pilot.joined:
            edition = standing.actors[partner].mandate_edition
            if actor == partner or not edition:
                continue
            yield _gate(
                standing,
                f"mandate/{actor}/{partner}",
                owner=actor,
                satisfied=pilot.acknowledged.get((actor, partner)) == edition,
                remedy=f"{actor} acknowledges the mandate of {partner}",
            )


def level_within_advice(standing: Standing) -> Iterator[Gate]:
    """Require that a level is chosen, and that it is not deeper than the shallowest advised at this stage."""
    pilot, tables = standing.pilot, standing.tables
    if not pilot.level:
        yield _gate(
            standing, "level", owner="coordinator", satisfied=False, remedy="a coordinator chooses a level"
        )
        return
    advised = {actor: level for actor, level in pilot.advised.items() if actor in pilot.joined}
    if not advised:
        yield _gate(
            standing,
            "level",
            owner="coordinator",
            satisfied=False,
            remedy=f"the scans of the stage {pilot.stage} open, so that a level is advised",
        )
        return
    shallowest = min(advised, key=lambda actor: (tables.rank("levels", advised[actor]), actor))
    yield _gate(
        standing,
        "level",
        owner="coordinator",
        satisfied=tables.rank("levels", pilot.level) <= tables.rank("levels", advised[shallowest]),
        remedy=f"a coordinator chooses {advised[shallowest]} or less, as the balance of {shallowest} advises",
    )


def visibility_within_cap(standing: Standing) -> Iterator[Gate]:
    """Neither the pilot nor the step is more visible than the theatre allows."""
    rank = standing.tables.rank
    cap = standing.visibility_cap
    widest = max(
        standing.pilot.visibility, standing.step.visibility, key=lambda each: rank("visibilities", each)
    )
    yield _gate(
        standing,
        "visibility",
        owner="coordinator",
        satisfied=rank("visibilities", widest) <= rank("visibilities", cap),
        remedy=f"the pilot and the step are at most {cap}, the theatre's cap",
    )


RULES: tuple[Callable[[Standing], Iterator[Gate]], ...] = (
    scans_in,
    invitations_answered,
    red_lines_untouched,
    charter_accepted,
    mandates_acknowledged,
    level_within_advice,
    visibility_within_cap,
)


def touched(actor: Actor, step: Step, *, theatre: str) -> tuple[RedLine, ...]:
    """Return the red lines of the actor that the step touches in this theatre, by id.

    A line without a class covers every class of its touch; a touch that names no class may be of any.
    """
    return tuple(
        line
        for line in sorted(actor.red_lines.values(), key=lambda each: each.id)
        if line.only_in in ("", theatre)
        and any(line.touch == touch and ("" in (line.of, of) or line.of == of) for touch, of in step.touches)
    )


def _gate(
    standing: Standing, rule: str, *, owner: str, satisfied: bool, remedy: str, overridable: bool = True
) -> Gate:
    return Gate(
        rule=rule,
        owner=owner,
        satisfied=satisfied,
        remedy=remedy,
        overridable=overridable,
        overridden=rule in standing.step.overridden,
    )
