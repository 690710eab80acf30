"""Pilots: what happened on one, and the state its decisions and gates read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class PilotProposed(Event):
    """A joint trial is proposed in a theatre; the proposing actor has joined it."""

    TOPIC: ClassVar[str] = "pilot.proposed"
    title: Sealed
    hypothesis: Sealed
    format: str
    visibility: str
    fictional: bool = False
    parallel_to: str = ""
    scan_label: str = "GREEN"


@dataclass(frozen=True, kw_only=True)
class CharterSet(Event):
    """The rules of the pilot, in a new edition that all must accept."""

    TOPIC: ClassVar[str] = "pilot.charter-set"
    edition: int
    data_ownership: Sealed
    branding: Sealed
    public_messaging: Sealed
    information_limits: Sealed


@dataclass(frozen=True, kw_only=True)
class CharterAccepted(Event):
    """The actor accepts an edition of the charter."""

    TOPIC: ClassVar[str] = "pilot.charter-accepted"
    edition: int


@dataclass(frozen=True, kw_only=True)
class ActorInvited(Event):
    """An actor is invited, under a framing and a visibility it will judge."""

    TOPIC: ClassVar[str] = "pilot.actor-invited"
    invited: str
    framing: Sealed
    visibility: str


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(Event):
    """The invited actor's reply: willingness, the format it would accept, the framing it prefers, its reasons.

    `joins` says whether this reply made the actor a partner under the vocabulary of the day.
    """

    TOPIC: ClassVar[str] = "pilot.invitation-answered"
    reply: str
    joins: bool
    reason_codes: tuple[str, ...]
    reasons: Sealed
    conditions: Sealed = NOTHING
    accepted_format: str = ""
    preferred_framing: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ActorWithdrew(Event):
    """A joined actor takes part no longer."""

    TOPIC: ClassVar[str] = "pilot.actor-withdrew"
    reason_codes: tuple[str, ...]
    reasons: Sealed


@dataclass(frozen=True, kw_only=True)
class MandateAcknowledged(Event):
    """The actor has understood a partner's mandate in this edition, or says where it does not."""

    TOPIC: ClassVar[str] = "pilot.mandate-acknowledged"
    partner: str
    edition: int
    misunderstanding: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class StageEntered(Event):
    """The pilot is at this stage now; each joined actor owes a scan of it."""

    TOPIC: ClassVar[str] = "pilot.stage-entered"
    stage: str


@dataclass(frozen=True, kw_only=True)
class ScansOpened(Event):
    """The scans of a stage are open to the pilot together, under the pilot's scan label."""

    TOPIC: ClassVar[str] = "pilot.scans-opened"
    stage: str
    scans: tuple[str, ...]
    forced: bool
    reason: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class LevelAdvised(Event):
    """What the balance of one actor advised at a stage, with everything the figure was made of."""

    TOPIC: ClassVar[str] = "pilot.level-advised"
    stage: str
    about: str
    level: str
    set_by: str
    balance: float
    deviation: float
    verdict: str
    probability: float
    tables: str
    trust: float | None = None
    trust_deviation: float | None = None


@dataclass(frozen=True, kw_only=True)
class LevelChosen(Event):
    """The level the pilot is run at."""

    TOPIC: ClassVar[str] = "pilot.level-chosen"
    level: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class VisibilityChanged(Event):
    """The pilot is more or less visible from now on."""

    TOPIC: ClassVar[str] = "pilot.visibility-changed"
    visibility: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class TweakAdopted(Event):
    """A design change, made because of a reflection or a concern (named by its stream)."""

    TOPIC: ClassVar[str] = "pilot.tweak-adopted"
    tweak: str
    because_of: str
    change: Sealed
    step: str = ""
    safeguards: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignalNoted(Event):
    """A public act of one actor that associates it with another, or dissociates it."""

    TOPIC: ClassVar[str] = "pilot.signal-noted"
    signal: str
    by: str
    towards: str
    stance: str
    audience: str
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class StanceNoted(Event):
    """Where an actor privately stands towards a partner, apart from its public signals, under its own label."""

    TOPIC: ClassVar[str] = "pilot.stance-noted"
    towards: str
    stance: str
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class PositionTaken(Event):
    """Consent, reservation, objection or abstention about the pilot or one of its steps."""

    TOPIC: ClassVar[str] = "pilot.position-taken"
    position: str
    step: str
    reason: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class OutcomeStated(Event):
    """What came of the pilot or of a step, against its hypothesis."""

    TOPIC: ClassVar[str] = "pilot.outcome-stated"
    outcome: str
    step: str
    words: Sealed


@dataclass(frozen=True, kw_only=True)
class AnalysisPlanned(Event):
    """How results will be read, set down before there are any."""

    TOPIC: ClassVar[str] = "pilot.analysis-planned"
    plan: Sealed
    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingObserved(Event):
    """What an audience did think of an actor's part, against what was expected; both 0 (rejects) to 1 (embraces)."""

    TOPIC: ClassVar[str] = "pilot.reading-observed"
    about: str
    audience: str
    expected: float
    observed: float
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ChannelLinked(Event):
    """A chat channel and the pilot belong together; the channel's address is contact data."""

    TOPIC: ClassVar[str] = "pilot.channel-linked"
    channel: Sealed


@dataclass(frozen=True, kw_only=True)
class ChannelUnlinked(Event):
    """The channel and the pilot part."""

    TOPIC: ClassVar[str] = "pilot.channel-unlinked"
    channel: Sealed


@dataclass(frozen=True, kw_only=True)
class PilotClosed(Event):
    """The pilot is over."""

    TOPIC: ClassVar[str] = "pilot.closed"
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class RoundOpened(Event):
    """Members are asked to reflect on a step at a phase."""

    TOPIC: ClassVar[str] = "pilot.round-opened"
    step: str
    phase: str


@dataclass(frozen=True, kw_only=True)
class RoundClosed(Event):
    """The round takes no further answers without saying that they are late."""

    TOPIC: ClassVar[str] = "pilot.round-closed"
    step: str
    phase: str


@dataclass(frozen=True)
class Step:
    """What decisions need to know of a step."""

    id: str
    touches: tuple[tuple[str, str], ...]
    visibility: str
    status: str = "planned"
    started_at: int | None = None
    waived: frozenset[str] = frozenset()
    overridden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pilot:
    """What decisions and gates need to know of a pilot."""

    id: str
    theatre: str
    owner: str
    format: str
    visibility: str
    scan_label: str
    stage: str
    closed: bool = False
    charter: int = 0
    accepted: Mapping[str, int] = field(default_factory=dict)
    invited: frozenset[str] = frozenset()
    replies: Mapping[str, str] = field(default_factory=dict)
    joined: tuple[str, ...] = ()
    acknowledged: Mapping[tuple[str, str], int] = field(default_factory=dict)
    opened_stages: frozenset[str] = frozenset()
    advised: Mapping[str, str] = field(default_factory=dict)
    level: str = ""
    steps: Mapping[str, Step] = field(default_factory=dict)
    rounds: frozenset[tuple[str, str]] = frozenset()
    rounds_over: frozenset[tuple[str, str]] = frozenset()
    tweaks: frozenset[str] = frozenset()
    planned_analysis: bool = False
    results_in: bool = False


class NoSuchPilot(Refusal):
    """There is no such pilot, or none that you may see."""

    rule = "no-such-pilot"


class PilotIsClosed(Refusal):
    """The pilot is over."""

    rule = "pilot-closed"


def running(pilot: Pilot | None) -> Pilot:
    """Return a pilot that runs; a refusal if there is none or it is over."""
    if pilot is None:
        raise NoSuchPilot(
            "There is no such pilot.", owner="coordinator", remedy="Check its id, or propose it."
        )
    if pilot.closed:
        raise PilotIsClosed("The pilot is closed.", owner="coordinator", remedy="Propose a new pilot.")
    return pilot


def on(pilot: Pilot, act: Act) -> dict[str, Any]:
    """Return the envelope of an event on the pilot's own stream."""
    return act.on(f"pilot:{pilot.id}", theatre=pilot.theatre, pilot=pilot.id)


def evolve(pilot: Pilot | None, event: Event) -> Pilot | None:
    """Return the pilot after `event`; step events are folded by `steps.evolve`."""
    match event, pilot:
        case PilotProposed(), None:
            return Pilot(
                id=event.pilot,
                theatre=event.theatre,
                owner=event.actor,
                format=event.format,
                visibility=event.visibility,
                scan_label=event.scan_label,
                stage="framing",
                joined=(event.actor,),
            )
        case _, None:
            return None
        case CharterSet(edition=edition), _:
            return replace(pilot, charter=edition)
        case CharterAccepted(actor=actor, edition=edition), _:
            return replace(pilot, accepted={**pilot.accepted, actor: edition})
        case ActorInvited(invited=invited), _:
            replies = {actor: reply for actor, reply in pilot.replies.items() if actor != invited}
            return replace(pilot, invited=pilot.invited | {invited}, replies=replies)
        case InvitationAnswered(), _:
            return _answered(pilot, event)
        case ActorWithdrew(actor=actor), _:
            return _parted(pilot, actor)
        case MandateAcknowledged(actor=actor, partner=partner, edition=edition), _:
            return replace(pilot, acknowledged={**pilot.acknowledged, (actor, partner): edition})
        case StageEntered(stage=stage), _:
            unopened = pilot.opened_stages - {stage}  # entered again, it may be scanned anew before it opens
            return replace(pilot, stage=stage, advised={}, opened_stages=unopened)
        case ScansOpened(stage=stage), _:
            return replace(pilot, opened_stages=pilot.opened_stages | {stage})
        case LevelAdvised(about=about, level=level), _:
            return replace(pilot, advised={**pilot.advised, about: level})
        case LevelChosen(level=level), _:
            return replace(pilot, level=level)
        case VisibilityChanged(visibility=visibility), _:
            return replace(pilot, visibility=visibility)
        case TweakAdopted(tweak=tweak), _:
            return replace(pilot, tweaks=pilot.tweaks | {tweak})
        case AnalysisPlanned(), _:
            return replace(pilot, planned_analysis=True)
        case RoundOpened(step=step, phase=phase), _:
            named = {(step, phase)}
            return replace(pilot, rounds=pilot.rounds | named, rounds_over=pilot.rounds_over - named)
        case RoundClosed(step=step, phase=phase), _:
            named = {(step, phase)}
            return replace(pilot, rounds=pilot.rounds - named, rounds_over=pilot.rounds_over | named)
        case PilotClosed(), _:
            return replace(pilot, closed=True)
        case _:
            return pilot


def _answered(pilot: Pilot, event: InvitationAnswered) -> Pilot:
    replies = {**pilot.replies, event.actor: event.reply}
    if event.joins and event.actor not in pilot.joined:
        return replace(pilot, replies=replies, joined=(*pilot.joined, event.actor))
    if not event.joins:
        return replace(_parted(pilot, event.actor), replies=replies)
    return replace(pilot, replies=replies)


def _parted(pilot: Pilot, actor: str) -> Pilot:
    replies = {**pilot.replies, actor: "withdrew"}
    advised = {about: level for about, level in pilot.advised.items() if about != actor}
    joined = tuple(each for each in pilot.joined if each != actor)
    return replace(pilot, joined=joined, replies=replies, advised=advised)
