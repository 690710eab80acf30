"""Streams: which rules fold which stream, and how corrections reach the state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from counterpoise.domain import (
    actors,
    concerns,
    consents,
    deployments,
    lessons,
    members,
    narratives,
    pilots,
    reflections,
    scans,
    steps,
    theatres,
)
from counterpoise.domain.corrections import Corrected, LabelNarrowed, LabelWidened, Withdrawn, standing
from counterpoise.domain.events import Event, kind


@dataclass(frozen=True)
class Folded:
    """A stream as it stands: its state, and every event that led there, by version from 1."""

    state: Any
    events: tuple[Event, ...]


def evolve(folded: Folded | None, event: Event) -> Folded:
    """Return the stream after `event`. A correction or withdrawal folds the stream anew without what it undoes."""
    before = folded or Folded(None, ())
    events = (*before.events, event)
    if isinstance(event, Corrected | Withdrawn | LabelWidened | LabelNarrowed):
        return Folded(_fold(event.stream, events), events)
    return Folded(_step(event.stream)(before.state, event), events)


def _fold(stream: str, events: tuple[Event, ...]) -> Any:  # noqa: ANN401  a state of the stream's kind
    state = None
    for event in standing(events):
        if event is not None:
            state = _step(stream)(state, event)
    return state


def _pilot(pilot: pilots.Pilot | None, event: Event) -> pilots.Pilot | None:
    folded = pilots.evolve(pilot, event)
    return steps.evolve(folded, event) if folded is not None else None


def _stateless(_state: object, _event: Event) -> None:
    """Fold nothing: decisions never ask for the state of these streams."""


FOLDS: Mapping[str, Callable[[Any, Event], Any]] = {
    "theatre": theatres.evolve,
    "actor": actors.evolve,
    "member": members.evolve,
    "pilot": _pilot,
    "scan": scans.evolve,
    "reflection": reflections.evolve,
    "concern": concerns.evolve,
    "lesson": lessons.evolve,
    "narrative": narratives.evolve,
    "interaction": _stateless,
    "consent": consents.evolve,
    "key": _stateless,
    "deployment": deployments.evolve,
}
"""The fold of each kind of stream."""


def _step(stream: str) -> Callable[[Any, Event], Any]:
    return FOLDS[kind(stream)]
