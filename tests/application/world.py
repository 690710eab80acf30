"""A small world, made through the verbs alone: three organisations, their people, a theatre, a pilot, a step."""

import random
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

from counterpoise.application.circumstances import Circumstances
from counterpoise.application.house import Application
from counterpoise.application.operations import found, opened
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.keys import KeyMade
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import Member
from counterpoise.store.log import Receipt

HOUR = 3_600_000_000
DAY = 24 * HOUR
NOON = 20_000 * DAY + 12 * HOUR

MADE = (
    "tweak",
    "step",
    "lesson",
    "concern",
    "reflection",
    "narrative",
    "consent",
    "member",
    "pilot",
    "theatre",
    "actor",
)
"""What a verb's answer may name, the most particular first."""

SCORES = {"speed": 0.8, "expertise": 0.6, "neutrality": 0.4, "brand": 0.3}
PEOPLE = {
    "ines": "agency",  # coordinates the ferry pilot
    "omar": "agency",  # takes part in it
    "kurt": "brigade",  # takes part in it
    "lena": "brigade",  # coordinates it, for the partner
    "vera": "firm",  # audits it
    "wim": "firm",  # coordinates another pilot, and knows nothing of this one
    "pat": "brigade",  # holds no role
    "gone": "agency",  # took part, and left
}


class Clock:
    """A clock that goes on by a second whenever it is read."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the time in microseconds UTC."""
        self.now += 1_000_000
        return self.now


@dataclass
class World:
    """The application over a store of the test's own, and the ids of everybody and everything in it."""

    folder: Path
    application: Application
    clock: Clock
    known: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.known[name]

    def by(self, name: str) -> Member:
        """Return a member as they are now."""
        return self.application.speaker(name)

    def verb(self, verb: str) -> Callable[..., Receipt]:
        """Return a verb by its noun and name, as `pilots.propose`."""
        noun, _, name = verb.partition(".")
        found: Callable[..., Receipt] = getattr(getattr(self.application, noun), name)
        return found

    def say(self, name: str, verb: str, how: Circumstances | None = None, /, **given: Any) -> Receipt:  # noqa: ANN401
        """Let somebody say something."""
        return self.verb(verb)(self.by(name), **given, **({} if how is None else {"how": how}))

    def make(self, called: str, name: str, verb: str, /, **given: Any) -> str:  # noqa: ANN401  a verb's arguments
        """Let somebody make something, and remember the id it got."""
        return self.remember(called, self.say(name, verb, **given))

    def remember(self, called: str, receipt: Receipt) -> str:
        """Remember what a verb made under a name: the most particular thing that its answer names."""
        answer = msgspec.json.decode(receipt.result)
        self.known[called] = next((answer[kind] for kind in MADE if kind in answer), "")
        return self.known[called]

    def events(self, *kinds: type[Event]) -> list[Event]:
        """Return the events of the log, of some kinds alone where they are given."""
        return [each.event for each in self.application.log.read() if isinstance(each.event, kinds or Event)]

    def recorded(self, receipt: Receipt) -> list[Event]:
        """Return what a command recorded, without the keys that were made for it."""
        by_id = {f"{each.stream}#{each.version}": each.event for each in self.application.log.read()}
        return [by_id[event] for event in receipt.events if not isinstance(by_id[event], KeyMade)]

    def name(self, person: str) -> str:
        """Return the pseudonym of a member on the ferry pilot."""
        return self.application.keys.pseudonyms(self.known[person])[self.known["ferry"]]

    def size(self) -> int:
        """Return how many events there are."""
        return self.application.log.size()


def plain(event: Event) -> dict[str, Any]:
    """Return an event's fields, its words as text."""
    values = {each.name: getattr(event, each.name) for each in fields(event)}
    return {name: value.text if isinstance(value, Sealed) else value for name, value in values.items()}


def how(**said: Any) -> Circumstances:  # noqa: ANN401  any circumstance
    """Return circumstances."""
    return Circumstances(**said)


def ids(seed: int) -> Callable[[], str]:
    """Return ids that are the same every time."""
    chance = random.Random(seed)
    return lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4))


def open_world(folder: Path, *, now: int = NOON, seed: int = 1) -> World:
    """Open the store in a folder, made where there is none."""
    clock = Clock(now)
    application = opened(f"sqlite:///{folder / 'log.db'}", make=True, clock=clock, ids=ids(seed))
    return World(folder, application, clock)


@contextmanager
def copied(built: World, folder: Path, *, seed: int = 3) -> Iterator[World]:
    """Lend a copy of a world that was built and closed, an hour later; a copy of a copy takes another seed."""
    shutil.copytree(built.folder, folder / "world")
    copy = open_world(folder / "world", now=NOON + HOUR, seed=seed)
    copy.known = dict(built.known)
    with copy.application:
        yield copy


def build(world: World) -> None:
    """Found the deployment, and let its people join a pilot with a step."""
    founded = found(
        world.application,
        actor="The mission",
        categories=("governmental",),
        name="Ada",
        handle="ada",
        clock=world.clock,
        ids=ids(2),
    )
    world.known |= {
        "mission": msgspec.json.decode(founded.result)["actor"],
        "ada": msgspec.json.decode(founded.result)["member"],
    }
    for actor, category in (("agency", "humanitarian"), ("brigade", "military"), ("firm", "commercial")):
        world.make(actor, "ada", "actors.register", name=f"The {actor}", categories=(category,))
    for person, actor in PEOPLE.items():
        world.make(
            person,
            "ada",
            "members.enrol",
            actor=world[actor],
            handle=person,
            name=f"{person.title()} of {actor}",
        )
    world.make("coast", "ada", "theatres.open", name="The coast", kinds={"disaster_relief": 1.0})
    for person, pilot in (("ines", "ferry"), ("wim", "radio")):
        world.say("ada", "members.grant", member=world[person], role="administrator")
        world.make(
            pilot, person, "pilots.propose", theatre=world["coast"], title=f"The {pilot}", visibility="low"
        )
        world.say("ada", "members.revoke", member=world[person], role="administrator")
    roles = {"omar": "participant", "kurt": "participant", "lena": "coordinator", "vera": "auditor"}
    for person, role in {**roles, "gone": "participant"}.items():
        world.say("ines", "members.grant", member=world[person], role=role, pilot=world["ferry"])
    world.say("ada", "members.leave", member=world["gone"])
    _join(world)


def _join(world: World) -> None:
    ferry = {"pilot": world["ferry"]}
    world.say("ines", "pilots.invite", actor=world["brigade"], framing="Come and see", **ferry)
    world.say("kurt", "pilots.answer", reply="join", **ferry)
    rules = {"data_ownership": "Whose it was", "branding": "None", "public_messaging": "Together"}
    world.say("ines", "pilots.set_charter", **rules, **ferry)
    for person in ("ines", "kurt"):
        world.say(person, "pilots.accept_charter", **ferry)
    world.make("scout", "ines", "steps.plan", title="Scout the pier", **ferry)


def scan(world: World, name: str, /, **said: Any) -> Receipt:  # noqa: ANN401  anything a scan says
    """Let somebody scan the ferry pilot at its stage."""
    return world.say(name, "scans.record", pilot=world["ferry"], **{"scores": SCORES} | said)


def start(world: World) -> None:
    """Let everybody scan, and start the step."""
    for person in ("ines", "kurt"):
        scan(world, person)
    world.say("ines", "pilots.choose_level", pilot=world["ferry"], level="compete")
    world.say("ines", "steps.start", pilot=world["ferry"], step=world["scout"])


def link(world: World, name: str, *, team: str = "T0HOME", user: str = "") -> None:
    """Let somebody link the chat account of a user, whose id is their name unless it is given."""
    code = world.application.members.code(world.by(name), member=world[name])
    world.application.members.link(code=code.code, team=team, user=user or f"U{name.upper()}")


def left(world: World, name: str, /, **said: Any) -> tuple[str, str]:  # noqa: ANN401  anything a concern says
    """Let somebody leave an anonymous concern, and it be recorded; return its receipt code and its event."""
    code = world.application.concerns.leave(
        world.by(name), **{"pilot": world["ferry"], "words": "Somebody is afraid"} | said
    )
    (event,) = world.application.concerns.release(world.clock.now + 2 * DAY)
    return code, event


@contextmanager
def refused(kind: type[Refusal]) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal that says who can satisfy it and how."""
    with pytest.raises(kind) as caught:
        yield caught
    assert type(caught.value) is kind
    assert caught.value.owner
    assert caught.value.remedy
