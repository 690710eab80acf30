"""The vocabulary: every event there is, by its topic."""

from collections.abc import Mapping

from counterpoise.domain import (
    actors,
    concerns,
    consents,
    corrections,
    deployments,
    interactions,
    keys,
    lessons,
    members,
    narratives,
    pilots,
    reflections,
    scans,
    steps,
    theatres,
)
from counterpoise.domain.events import Event

ROOMS = (
    theatres,
    actors,
    members,
    pilots,
    steps,
    scans,
    reflections,
    concerns,
    lessons,
    narratives,
    interactions,
    consents,
    keys,
    deployments,
    corrections,
)
"""The modules that hold events, in the order people meet them."""

EVENTS: tuple[type[Event], ...] = tuple(
    found
    for room in ROOMS
    for found in vars(room).values()
    if isinstance(found, type) and issubclass(found, Event) and found.__module__ == room.__name__
)

VOCABULARY: Mapping[str, type[Event]] = {event.TOPIC: event for event in EVENTS}
"""Topic to class. Topics are written to disk, so they never change; classes may move."""
