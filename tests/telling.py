"""The seeded history as tests read it: told into a folder, its events by what they are about."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from counterpoise.application.operations import opened
from counterpoise.application.operations_seed import Told, seed
from counterpoise.domain.events import Event
from counterpoise.store.log import Recorded

Kind = TypeVar("Kind", bound=Event)


def tell_into(folder: Path) -> Told:
    """Tell the history into a new store in `folder`."""
    url = f"sqlite:///{folder / 'told.db'}"
    return seed(lambda clock, ids: opened(url, make=True, clock=clock, ids=ids))


def each(told: Told, kind: type[Kind], *, pilot: str = "") -> Iterator[Kind]:
    """Yield the events of one kind, of one pilot where its short name is given."""
    for recorded in recordings(told, kind, pilot=pilot):
        if isinstance(recorded.event, kind):
            yield recorded.event


def recordings(told: Told, kind: type[Event] = Event, *, pilot: str = "") -> Iterator[Recorded]:
    """Yield the same events with their places in the log."""
    wanted = told.cast.pilots[pilot] if pilot else ""
    for recorded in told.application.log.read():
        if isinstance(recorded.event, kind) and wanted in ("", recorded.event.pilot):
            yield recorded
