"""Who may read what, by hand, from the events alone; and everything that a member is told, as one text."""

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from counterpoise.application.desk import NoSuchSpeaker
from counterpoise.domain.corrections import Corrected, LabelNarrowed, LabelWidened, Withdrawn
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.pilots import ScansOpened
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import ONLOOKER, Member
from tests.application.world import DAY, NOON, World

READERS = ("ines", "omar", "kurt", "lena", "vera", "sol", "wim", "pat", "ada", "onlooker")
"""Every role on the ferry pilot, in three organisations; of another pilot; no role; an administrator alone."""

FOUND = re.compile(r"canary-\d+-|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Told:
    """An event, its place in its stream, and the circumstances that hold for it today."""

    event: Event
    version: int
    today: Event
    opened: bool


def reader(world: World, name: str) -> Member:
    """Return somebody who asks; whoever left asks as anybody who is no member."""
    if name == "onlooker":
        return ONLOOKER
    try:
        return world.by(world[name])
    except NoSuchSpeaker:
        return ONLOOKER


READ: dict[tuple[int, int], list[Told]] = {}
"""What was read of a world of some size: reading opens every word."""


def told(world: World) -> list[Told]:
    """Return every event with the label that holds for it now: its own, or the last it was given."""
    place = (id(world), world.size())
    if place not in READ:
        READ[place] = _read(world)
    return READ[place]


def _read(world: World) -> list[Told]:
    streams: dict[str, list[Event]] = {}
    for event in world.events():
        streams.setdefault(event.stream, []).append(event)
    openings = [event for event in world.events(ScansOpened) if isinstance(event, ScansOpened)]
    result = []
    for stream, events in streams.items():
        today = dict(enumerate(events, start=1))
        for event in events:
            if isinstance(event, LabelNarrowed | LabelWidened):
                today[event.of] = event
        for place, event in enumerate(events, start=1):
            of = (
                event.of if isinstance(event, Corrected | Withdrawn | LabelNarrowed | LabelWidened) else place
            )
            opened = any(stream in opening.scans for opening in openings) or not stream.startswith("scan:")
            result.append(Told(event, place, today[of], opened))
    return result


def may(who: Member, each: Told) -> str:
    """Return how far somebody may read an event's words: content, skeleton, or nothing; by the table of labels."""
    item, pilot, today = each.event, each.event.pilot, each.today
    roles = here(who, pilot)
    part = bool(roles & {"participant", "coordinator"})
    name = who.pseudonyms.get(pilot, "")
    named = part and bool(name) and name in (item.member, *today.recipients)
    own = part and who.actor in (item.actor, *today.group)
    if not each.opened and who.actor != item.actor:
        return "nothing"
    content = {
        "RED": named,
        "AMBER+STRICT": named or own,
        "AMBER": named or own or (part and who.actor in today.clients),
        "GREEN": bool(roles),
        "CLEAR": True,
    }[today.label]
    known = pilot and ("auditor" in roles if today.label == "RED" else bool(roles))
    return "content" if content else "skeleton" if known else "nothing"


def here(who: Member, pilot: str) -> frozenset[str]:
    """Return the roles that count for items of a pilot; for items of none, those held anywhere."""
    roles = who.roles.get(pilot, frozenset()) if pilot else frozenset().union(*who.roles.values())
    return roles & {"participant", "coordinator", "auditor"}


def secrets(world: World, who: Member) -> dict[str, str]:
    """Return every text and id that somebody must not be told, and where it stands."""
    allowed: set[str] = set()
    hidden: dict[str, str] = {}
    for each in told(world):
        level = may(who, each)
        place = f"{each.event.TOPIC} {each.today.label} in {each.event.stream}#{each.version}"
        parts = set(FOUND.findall(each.event.stream))
        words = {
            value.text: f"{place}, {field.name}"
            for field in fields(each.event)
            if isinstance(value := getattr(each.event, field.name), Sealed) and value.text
        }
        names = dict.fromkeys(filter(None, (each.event.member, *each.event.recipients)), place)
        if level == "nothing":
            hidden |= dict.fromkeys(parts, place) | names | words
        elif level == "skeleton":
            allowed |= parts
            hidden |= names | words
        else:
            allowed |= parts | words.keys()
            if here(who, each.event.pilot):
                allowed |= names.keys()
            else:
                hidden |= names  # what is CLEAR is read by all, and whose it is by those on the pilot
    everywhere = {world[name] for name in ("mission", "agency", "brigade", "firm", "coast", "ferry")}
    common = everywhere | {who.id, *who.pseudonyms.values()}  # what is CLEAR tells of these to everybody
    return {
        text: place
        for text, place in hidden.items()
        if FOUND.fullmatch(text) and text not in allowed | common
    }


def questions(world: World) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every question there is, by its name."""
    asked = world.application.questions
    rooms = {name: room for name, room in vars(asked).items() if not name.startswith("_")}
    for noun, room in {"": asked, **rooms}.items():
        for name, question in inspect.getmembers(room, inspect.ismethod):
            asks = next(iter(inspect.signature(question).parameters))
            if not name.startswith("_") and asks in {"reader", "readers"}:
                yield f"{noun}.{name}".lstrip("."), question if asks == "reader" else _alone(question)


def _alone(question: Callable[..., Any]) -> Callable[..., Any]:
    """Return a question for several readers as one that is asked for one of them."""

    def asked_alone(reader: Member, **given: Any) -> Any:  # noqa: ANN401  as the question takes and answers it
        return question((reader,), **given)

    parameters = list(inspect.signature(question).parameters.values())
    alone = [parameters[0].replace(name="reader"), *parameters[1:]]
    vars(asked_alone)["__signature__"] = inspect.Signature(alone)
    return asked_alone


def arguments(world: World, parameters: Mapping[str, inspect.Parameter]) -> Iterator[dict[str, Any]]:
    """Yield ways to ask a question: with each of several values for what it must be given."""
    hidden = f"concern:{world.known.get('hidden', 'x')}#1"
    values: Mapping[str, Sequence[Any]] = {
        "pilot": (world["ferry"],),
        "kind": ("actor", "theatre", "member"),
        "text": ("canary",),
        "event": (hidden,),
        "actor": (world["brigade"],),
        "theatre": (world["coast"],),
        "drop": ((), (hidden,)),
        "events": ((), (hidden,)),
        "section": ("severities",),
        "step": (world["scout"],),
        "phase": ("before",),
        "scores": ({"speed": 0.8, "neutrality": 0.4},),
        "pairs": (((world["brigade"], world["coast"]),),),
        "after": (0,),
        "until": (NOON + 365 * DAY,),
        "now": (NOON + DAY,),
        "first": (10,),
        "second": (world.size(),),
    }
    needed = [name for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty]
    usual = {name: values[name][0] for name in needed if name != "reader"}
    if "pilot" in needed and "limit" in parameters:
        usual |= {"after": 40, "limit": 2}  # a replay of every event is long
    yield usual
    for name in usual.keys() & values.keys():
        for value in values[name][1:]:
            yield usual | {name: value}


def answered(who: Member, question: Callable[..., Any], **given: Any) -> str:  # noqa: ANN401
    """Return the answer to a question as JSON, with what it was computed from; or what a refusal says."""
    try:
        shown = question(who, **given)
        answer = [shown.value, shown.items]
    except Refusal as refusal:
        answer = [refusal.rule, refusal.sentence, refusal.owner, refusal.remedy]
    return json.dumps(answer, default=_plain)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)


ALWAYS = ("ledger.events", "replays.timeline", "names")
"""What everybody asks in the short form too; of the rest everybody asks a part, each another."""


def asked(world: World, name: str, *, every: int) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Yield the questions somebody asks, and how."""
    turn = READERS.index(name)
    for place, (title, question) in enumerate(questions(world)):
        if title in ALWAYS or (place + turn) % every == 0:
            for given in arguments(world, inspect.signature(question).parameters):
                yield title, question, given


def leaks(world: World, name: str, *, every: int, forbidden: Mapping[str, str] | None = None) -> list[str]:
    """Return what somebody is told that they must not be, and by which question."""
    who = reader(world, name)
    hidden = secrets(world, who) | dict(forbidden or {})
    found = []
    for title, question, given in asked(world, name, every=every):
        seen = set(FOUND.findall(answered(who, question, **given))) & hidden.keys()
        found += [f"{name} is told {each} ({hidden[each]}) by {title}" for each in sorted(seen)]
    return found
