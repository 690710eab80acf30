"""Surroundings: what a person may name when they speak: pilots, organisations, steps, and the vocabularies."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Place

REMEMBERED = 2000
"""Of how many persons the surroundings are remembered."""

CHANGING = frozenset({"pilot", "actor", "theatre", "deployment"})
"""The kinds of streams whose events change what there is to name."""

SECTIONS = ("factors", "severities", "concern_kinds", "phases", "positions", "replies", "levels")


@dataclass(frozen=True)
class Pilot:
    """A pilot a person knows of. `part` says that they take part in it, `steps` are those that are not ended."""

    id: str
    title: str
    stage: str
    closed: bool
    part: bool
    coordinates: bool
    joined: tuple[str, ...] = ()
    steps: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What one person may name."""

    pilots: Mapping[str, Pilot]
    actors: Mapping[str, str]
    vocabulary: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def running(self) -> Mapping[str, Pilot]:
        """The pilots in which the person can speak now."""
        return {name: pilot for name, pilot in self.pilots.items() if pilot.part and not pilot.closed}

    @property
    def titles(self) -> Mapping[str, str]:
        """Title by id, of every pilot the person knows of."""
        return {name: pilot.title for name, pilot in self.pilots.items()}

    def partners(self, pilot: str, own: str) -> Mapping[str, str]:
        """Return name by id of the other organisations on a pilot."""
        joined = self.pilots[pilot].joined if pilot in self.pilots else ()
        return {actor: self.actors.get(actor, actor) for actor in joined if actor != own}

    def word(self, section: str, key: str) -> str:
        """Return the English word of a vocabulary's entry."""
        return str(self.vocabulary.get(section, {}).get(key, {}).get("words", key))


class Around:
    """Finds a person's surroundings, and remembers them until something is recorded that they consist of."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._known: OrderedDict[str, tuple[int, Member, Surroundings]] = OrderedDict()
        self._read = 0
        self._changed = 0
        self._lock = Lock()

    async def of(self, member: Member) -> Surroundings:
        """Return what a member may name now."""
        return await self._chat.inside(self._of, member)

    def _of(self, member: Member) -> Surroundings:
        changed = self._last_change()
        known = self._known.get(member.id)
        if known is not None and known[:2] == (changed, member):
            return known[2]
        found = surroundings(self._chat.application, member)
        with self._lock:
            self._known[member.id] = (changed, member, found)
            self._known.move_to_end(member.id)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _last_change(self) -> int:
        """Return the position of the newest event that changed what there is to name."""
        with self._lock:
            if not self._read:
                self._read = self._changed = self._chat.application.size()
            self._read, changed = self._chat.application.changes(after=self._read, kinds=CHANGING)
            self._changed = changed or self._changed
            return self._changed

    async def pilot_here(self, place: Place | None) -> str:
        """Return the pilot a channel is joined with, empty where there is none."""
        if place is None:
            return ""
        return await self._chat.inside(self._chat.application.channel_pilot, place.team, place.channel)


def surroundings(application: Application, member: Member) -> Surroundings:
    """Ask for everything a member may name."""
    found = application.questions.pilots.around(member).value
    return Surroundings(
        pilots={row["pilot"]: _pilot(row, member) for row in found["pilots"]},
        actors=found["actors"],
        vocabulary=application.questions.vocabularies(*SECTIONS).value,
    )


def _pilot(row: Mapping[str, Any], member: Member) -> Pilot:
    held = member.roles.get(row["pilot"], frozenset())
    return Pilot(
        id=row["pilot"],
        title=row["title"],
        stage=row["stage"],
        closed=bool(row["closed"]),
        part=bool(held & {"participant", "coordinator"}),
        coordinates="coordinator" in held,
        joined=tuple(row["joined"]),
        steps=tuple(step for step in row["steps"] if step["status"] != "abandoned"),
    )
