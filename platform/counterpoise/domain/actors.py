"""Actors: organisations with mandates, audiences, a fulcrum and red lines of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from counterpoise.domain.events import NOTHING, Act, Event, Sealed, known_label
from counterpoise.domain.refusals import BadValue, Refusal, within
from counterpoise.domain.tables import Tables

CHAT_CEILING = "GREEN"
"""The highest label that passes through Slack where an actor has set none."""


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """How much one audience weighs for an actor; weights are normalised to 1 where they are used."""

    audience: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class ActorRegistered(Event):
    """An organisation takes part. It may be of several categories at once."""

    TOPIC: ClassVar[str] = "actor.registered"
    name: Sealed
    categories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MandateClarified(Event):
    """What the actor is for, what it hopes and fears, and where its legitimacy comes from. `edition` counts from 1."""

    TOPIC: ClassVar[str] = "actor.mandate-clarified"
    edition: int
    mandate: Sealed
    incentives: Sealed
    fears: Sealed
    sources_of_legitimacy: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AudiencesSet(Event):
    """Those whose judgement the actor depends on, with their weights."""

    TOPIC: ClassVar[str] = "actor.audiences-set"
    audiences: tuple[Hearing, ...]


@dataclass(frozen=True, kw_only=True)
class FulcrumSet(Event):
    """By how much gains must outweigh risks for this actor (1 is even)."""

    TOPIC: ClassVar[str] = "actor.fulcrum-set"
    fulcrum: float
    doubt: float
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class RedLineDeclared(Event):
    """A limit the actor will not cross: a touch, of a class if one is named, here or in every theatre."""

    TOPIC: ClassVar[str] = "actor.red-line-declared"
    red_line: str
    touch: str
    of: str = ""
    only_in: str = ""
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class RedLineLifted(Event):
    """The actor no longer holds this line."""

    TOPIC: ClassVar[str] = "actor.red-line-lifted"
    red_line: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class ChatCeilingSet(Event):
    """The highest label that the actor lets pass through Slack at all; RED never does."""

    TOPIC: ClassVar[str] = "actor.chat-ceiling-set"
    ceiling: str


@dataclass(frozen=True)
class RedLine:
    """A standing red line of an actor."""

    id: str
    owner: str
    touch: str
    of: str
    only_in: str
    words: Sealed


@dataclass(frozen=True)
class Actor:
    """What decisions need to know of an actor."""

    id: str
    name: Sealed
    categories: tuple[str, ...]
    mandate_edition: int = 0
    audiences: tuple[Hearing, ...] = ()
    fulcrum: float | None = None
    fulcrum_doubt: float | None = None
    red_lines: Mapping[str, RedLine] = field(default_factory=dict)
    chat_ceiling: str = CHAT_CEILING


class ActorExists(Refusal):
    """This actor is registered already."""

    rule = "actor-exists"


class NoSuchActor(Refusal):
    """There is no such actor."""

    rule = "no-such-actor"


class NoSuchRedLine(Refusal):
    """The actor holds no such red line."""

    rule = "no-such-red-line"


class RedLineHeld(Refusal):
    """The actor holds a red line of this id already."""

    rule = "red-line-held"


def evolve(actor: Actor | None, event: Event) -> Actor | None:
    """Return the actor after `event`."""
    match event, actor:
        case ActorRegistered(), None:
            return Actor(id=event.actor, name=event.name, categories=event.categories)
        case MandateClarified(), Actor():
            return replace(actor, mandate_edition=event.edition)
        case AudiencesSet(), Actor():
            return replace(actor, audiences=event.audiences)
        case FulcrumSet(), Actor():
            return replace(actor, fulcrum=event.fulcrum, fulcrum_doubt=event.doubt)
        case RedLineDeclared(), Actor():
            line = RedLine(event.red_line, event.actor, event.touch, event.of, event.only_in, event.words)
            return replace(actor, red_lines={**actor.red_lines, line.id: line})
        case RedLineLifted(), Actor():
            rest = {name: line for name, line in actor.red_lines.items() if name != event.red_line}
            return replace(actor, red_lines=rest)
        case ChatCeilingSet(), Actor():
            return replace(actor, chat_ceiling=event.ceiling)
        case _:
            return actor


def register(
    actor: Actor | None, *, actor_id: str, name: str, categories: tuple[str, ...], tables: Tables, act: Act
) -> ActorRegistered:
    """Register an organisation."""
    if actor is not None:
        raise ActorExists(f"{actor_id} is registered already.", owner="you", remedy="Use it as it is.")
    if not categories:
        raise BadValue("No category is given.", owner="you", remedy="Name at least one category.")
    for category in categories:
        tables.check("categories", category)
    envelope = replace(act, actor=actor_id)
    return ActorRegistered(
        **envelope.on(f"actor:{actor_id}"),
        name=envelope.document(name),
        categories=tuple(dict.fromkeys(categories)),
    )


def clarify_mandate(
    actor: Actor | None,
    *,
    mandate: str,
    incentives: str,
    fears: str,
    sources_of_legitimacy: tuple[str, ...],
    tables: Tables,
    act: Act,
) -> MandateClarified:
    """Clarify a mandate; partners acknowledge the newest edition."""
    standing = registered(actor)
    for source in sources_of_legitimacy:
        tables.check("sources_of_legitimacy", source)
    return MandateClarified(
        **act.on(f"actor:{standing.id}"),
        edition=standing.mandate_edition + 1,
        mandate=act.document(mandate),
        incentives=act.document(incentives),
        fears=act.document(fears),
        sources_of_legitimacy=sources_of_legitimacy,
    )


def set_audiences(actor: Actor | None, *, weights: Mapping[str, float], act: Act) -> AudiencesSet:
    """Set whose judgement the actor depends on. An audience is a word of the vocabulary or an actor's id."""
    standing = registered(actor)
    for audience, weight in weights.items():
        within(weight, 0.0, 1e9, what=f"The weight of {audience}")
    if sum(weights.values()) <= 0:
        raise BadValue(
            "No audience weighs anything.", owner="you", remedy="Give one audience a weight above 0."
        )
    hearings = tuple(Hearing(audience=name, weight=weight) for name, weight in weights.items())
    return AudiencesSet(**act.on(f"actor:{standing.id}"), audiences=hearings)


def set_fulcrum(actor: Actor | None, *, fulcrum: float, doubt: float, reason: str, act: Act) -> FulcrumSet:
    """Set the actor's fulcrum: gains must be `fulcrum` times the risks. `doubt` is the deviation of phi."""
    standing = registered(actor)
    within(fulcrum, 0.1, 10.0, what="The fulcrum")
    within(doubt, 0.0, 0.5, what="The doubt about the fulcrum")
    return FulcrumSet(
        **act.on(f"actor:{standing.id}"), fulcrum=fulcrum, doubt=doubt, reason=act.document(reason)
    )


def declare_red_line(
    actor: Actor | None,
    *,
    red_line: str,
    touch: str,
    of: str,
    only_in: str,
    words: str,
    tables: Tables,
    act: Act,
) -> RedLineDeclared:
    """Declare a red line; steps that touch it are refused until its owner waives it."""
    standing = registered(actor)
    if red_line in standing.red_lines:
        raise RedLineHeld(f"{red_line} is a red line already.", owner="you", remedy="Lift it first.")
    tables.check_touch(touch, of)
    return RedLineDeclared(
        **act.on(f"actor:{standing.id}"),
        red_line=red_line,
        touch=touch,
        of=of,
        only_in=only_in,
        words=act.document(words),
    )


def lift_red_line(actor: Actor | None, *, red_line: str, reason: str, act: Act) -> RedLineLifted:
    """Lift a red line of one's own."""
    standing = registered(actor)
    held(standing, red_line)
    return RedLineLifted(**act.on(f"actor:{standing.id}"), red_line=red_line, reason=act.document(reason))


def set_chat_ceiling(actor: Actor | None, *, ceiling: str, act: Act) -> ChatCeilingSet:
    """Set the highest label that may pass through Slack. Whoever runs a workspace can read what is typed in it."""
    standing = registered(actor)
    if known_label(ceiling) == "RED":
        raise BadValue(
            "RED never passes through Slack.", owner="you", remedy="Choose AMBER+STRICT or a wider label."
        )
    return ChatCeilingSet(**act.on(f"actor:{standing.id}"), ceiling=ceiling)


def registered(actor: Actor | None) -> Actor:
    """Return an actor that is registered; a refusal if there is none."""
    if actor is None:
        raise NoSuchActor(
            "There is no such actor.", owner="administrator", remedy="Register the actor first."
        )
    return actor


def held(actor: Actor, red_line: str) -> RedLine:
    """Return a red line the actor holds; a refusal naming those it does if there is none."""
    if red_line not in actor.red_lines:
        lines = ", ".join(actor.red_lines) or "none"
        raise NoSuchRedLine(
            f"{red_line} is no red line of theirs.", owner=actor.id, remedy=f"They hold: {lines}."
        )
    return actor.red_lines[red_line]
