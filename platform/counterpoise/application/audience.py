"""Audiences: whether everybody of some members may read an event, asked before it is shown where they all look."""

from collections.abc import Iterable

from counterpoise.domain.corrections import standing
from counterpoise.domain.events import kind
from counterpoise.policy import Action, Item, Member, decide
from counterpoise.store.log import Log


def all_may_read(log: Log, members: Iterable[Member], event: str) -> bool:
    """Return whether every member may read the content of an event (its id) as it stands now.

    No for an event that is not there, or withdrawn, and for a scan, whose scores open together and not by its label.
    """
    stream, _, version = event.rpartition("#")
    if not version.isdigit() or kind(stream) == "scan":
        return False
    found = standing([recorded.event for recorded in log.history(stream)])
    event_there = found[int(version) - 1] if 0 < int(version) <= len(found) else None
    if event_there is None:
        return False
    item = Item.of(event_there)
    return all(decide(member, Action.READ_CONTENT, item).allowed for member in members)
