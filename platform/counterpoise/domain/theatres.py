"""Theatres: settings with a changing mixture of kinds, conditions, audiences and a visibility cap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.refusals import BadValue, Refusal, within
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of a theatre's mixture is of one kind, 0..1; the shares of a mixture sum to 1."""

    kind: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition of a theatre on 0..1; 0.5 is neutral."""

    condition: str
    value: float


@dataclass(frozen=True, kw_only=True)
class TheatreOpened(Event):
    """A theatre exists from now on. Schema 1 had a single `kind` in place of the mixture `kinds`."""

    TOPIC: ClassVar[str] = "theatre.opened"
    SCHEMA: ClassVar[int] = 2
    name: Sealed
    kinds: tuple[Share, ...]
    conditions: tuple[Condition, ...]
    audiences: tuple[str, ...]
    visibility_cap: str
    invited_by_host: bool = False


@dataclass(frozen=True, kw_only=True)
class ContextShifted(Event):
    """The theatre is another place from now on: the whole new mixture, conditions, audiences and cap."""

    TOPIC: ClassVar[str] = "theatre.context-shifted"
    kinds: tuple[Share, ...]
    conditions: tuple[Condition, ...]
    audiences: tuple[str, ...]
    visibility_cap: str
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class TheatreClosed(Event):
    """Nothing further begins in this theatre."""

    TOPIC: ClassVar[str] = "theatre.closed"
    reason: Sealed


@dataclass(frozen=True)
class Theatre:
    """What decisions need to know of a theatre."""

    id: str
    name: Sealed
    kinds: Mapping[str, float]
    conditions: Mapping[str, float]
    audiences: tuple[str, ...]
    visibility_cap: str
    closed: bool = False


class TheatreExists(Refusal):
    """This theatre is open already."""

    rule = "theatre-exists"


class NoSuchTheatre(Refusal):
    """There is no such theatre."""

    rule = "no-such-theatre"


class TheatreIsClosed(Refusal):
    """The theatre is closed."""

    rule = "theatre-closed"


def evolve(theatre: Theatre | None, event: Event) -> Theatre | None:
    """Return the theatre after `event`."""
    match event, theatre:
        case TheatreOpened(), None:
            return Theatre(
                id=event.theatre,
                name=event.name,
                kinds={share.kind: share.share for share in event.kinds},
                conditions={each.condition: each.value for each in event.conditions},
                audiences=event.audiences,
                visibility_cap=event.visibility_cap,
            )
        case ContextShifted(), Theatre():
            return replace(
                theatre,
                kinds={share.kind: share.share for share in event.kinds},
                conditions={each.condition: each.value for each in event.conditions},
                audiences=event.audiences,
                visibility_cap=event.visibility_cap,
            )
        case TheatreClosed(), Theatre():
            return replace(theatre, closed=True)
        case _:
            return theatre


def open_theatre(
    theatre: Theatre | None,
    *,
    theatre_id: str,
    name: str,
    kinds: Mapping[str, float],
    conditions: Mapping[str, float],
    audiences: tuple[str, ...],
    visibility_cap: str,
    tables: Tables,
    act: Act,
    invited_by_host: bool = False,
) -> TheatreOpened:
    """Open a theatre. Conditions not given come from the mixture's own; an empty cap from its strictest kind."""
    if theatre is not None:
        raise TheatreExists(
            f"Theatre {theatre_id} is open already.", owner="you", remedy="Shift its context."
        )
    shares = mixture(kinds, tables)
    return TheatreOpened(
        **act.on(f"theatre:{theatre_id}", theatre=theatre_id),
        name=act.document(name),
        kinds=shares,
        conditions=mixed_conditions(shares, conditions, tables),
        audiences=tuple(dict.fromkeys(audiences)),
        visibility_cap=tables.check("visibilities", visibility_cap or cap(shares, tables)),
        invited_by_host=invited_by_host,
    )


def shift_context(
    theatre: Theatre | None,
    *,
    kinds: Mapping[str, float] | None,
    conditions: Mapping[str, float],
    audiences: tuple[str, ...] | None,
    visibility_cap: str,
    reason: str,
    tables: Tables,
    act: Act,
) -> ContextShifted:
    """Shift the context. What is not given stays, but a new mixture brings its own conditions and cap."""
    standing = opened(theatre)
    shares = mixture(kinds if kinds is not None else standing.kinds, tables)
    inherited = {} if kinds is not None else dict(standing.conditions)
    kept_cap = cap(shares, tables) if kinds is not None else standing.visibility_cap
    return ContextShifted(
        **act.on(f"theatre:{standing.id}", theatre=standing.id),
        kinds=shares,
        conditions=mixed_conditions(shares, inherited | dict(conditions), tables),
        audiences=standing.audiences if audiences is None else tuple(dict.fromkeys(audiences)),
        visibility_cap=tables.check("visibilities", visibility_cap or kept_cap),
        reason=act.document(reason),
    )


def close_theatre(theatre: Theatre | None, *, reason: str, act: Act) -> TheatreClosed:
    """Close a theatre."""
    standing = opened(theatre)
    return TheatreClosed(**act.on(f"theatre:{standing.id}", theatre=standing.id), reason=act.document(reason))


def opened(theatre: Theatre | None) -> Theatre:
    """Return a theatre that is open; a refusal if there is none."""
    if theatre is None:
        raise NoSuchTheatre(
            "There is no such theatre.", owner="coordinator", remedy="Open the theatre first."
        )
    if theatre.closed:
        raise TheatreIsClosed("The theatre is closed.", owner="coordinator", remedy="Open a new theatre.")
    return theatre


def mixture(kinds: Mapping[str, float], tables: Tables) -> tuple[Share, ...]:
    """Return the shares of a mixture, normalised to 1, largest first."""
    for kind, share in kinds.items():
        tables.check("kinds", kind)
        within(share, 0.0, 1e9, what=f"The share of {kind}")
    total = sum(kinds.values())
    if total <= 0:
        raise BadValue("The mixture of kinds is empty.", owner="you", remedy="Name a kind and its share.")
    shares = (Share(kind=kind, share=share / total) for kind, share in kinds.items() if share > 0)
    return tuple(sorted(shares, key=lambda each: (-each.share, each.kind)))


def mixed_conditions(
    shares: tuple[Share, ...], given: Mapping[str, float], tables: Tables
) -> tuple[Condition, ...]:
    """Return every condition: as given, else the mean of the kinds' own presets by their shares."""
    for condition, value in given.items():
        tables.check("conditions", condition)
        within(value, 0.0, 1.0, what=f"The condition {condition}")

    def preset(condition: str) -> float:
        kinds = tables["kinds"]
        return sum(
            share.share * float(kinds[share.kind].get("conditions", {}).get(condition, 0.5))
            for share in shares
        )

    return tuple(
        Condition(condition=name, value=float(given.get(name, preset(name))))
        for name in tables.words("conditions")
    )


def cap(shares: tuple[Share, ...], tables: Tables) -> str:
    """Return the strictest visibility cap of the kinds mixed here; the widest visibility where none has one."""
    caps: list[str] = [
        tables["kinds"][share.kind]["visibility_cap"]
        for share in shares
        if "visibility_cap" in tables["kinds"][share.kind]
    ]
    widest = max(tables.words("visibilities"), key=lambda each: tables.rank("visibilities", each))
    return min([*caps, widest], key=lambda each: tables.rank("visibilities", each))
