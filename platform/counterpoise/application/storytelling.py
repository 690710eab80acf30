"""How a seeded history is told: a calendar that runs, people who speak through the verbs, stories that interleave."""

import heapq
import inspect
import random
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from counterpoise.application.circumstances import Circumstances
from counterpoise.application.house import Application
from counterpoise.domain.gates import GateShut
from counterpoise.domain.refusals import Refusal

Story = Generator[str, None, None]
"""Yields the ISO date or time it goes on at; between two its people act."""

BEGINNING = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)
MORNING = 8
PAUSES = (70, 1500)
"""Shortest and longest time between two things said, in seconds."""

HOW = ("key", "label", "recipients", "group", "clients", "occurred_at", "source")

MADE = (
    ("tweak", "tweaks"),
    ("step", "steps"),
    ("lesson", "lessons"),
    ("concern", "concerns"),
    ("reflection", "reflections"),
    ("narrative", "narratives"),
    ("consent", "consents"),
    ("member", "members"),
    ("pilot", "pilots"),
    ("theatre", "theatres"),
    ("actor", "actors"),
)
"""What a verb's answer may name, the most particular first, and the part of the cast that keeps it."""

STREAMS = ("reflection", "concern")
"""What a tweak, a lesson or an answer to a story is because of; it is named by its stream."""

MEANT = {
    **dict.fromkeys(
        ("actor", "partner", "towards", "by_actor", "owner", "about", "consent_of", "took_part"), "actors"
    ),
    **dict.fromkeys(("group", "clients", "ratings", "audiences", "weights"), "actors"),
    **dict.fromkeys(("member", "author", "recipients"), "members"),
    **dict.fromkeys(("pilot", "parallel_to"), "pilots"),
    **dict.fromkeys(("theatre", "only_in"), "theatres"),
    "step": "steps",
    "concern": "concerns",
    "tweak": "tweaks",
    "lesson": "lessons",
    "narrative": "narratives",
    "consent": "consents",
    "because_of": "streams",
    "event": "events",
}
"""What a verb is given, and the part of the cast its short names are of. Words that are no names stay as they are."""

TIMES = ("occurred_at", "until")


class StoryGoesWrong(Exception):  # noqa: N818  what happened to the story, in its own words
    """A story expected to be refused, and was not, or for another reason."""


class Calendar:
    """A clock that stands still until it is moved, and never goes back."""

    def __init__(self, seed: int) -> None:
        self._now = BEGINNING
        self._chance = random.Random(seed)  # noqa: S311  the pace of a story, secret from nobody

    def __call__(self) -> int:
        """Return the time in microseconds UTC."""
        return microseconds(self._now)

    def turn_to(self, date: str) -> None:
        """Move to an ISO time, or the morning of an ISO date, if that is still ahead."""
        self._now = max(self._now, read_time(date))

    def tick(self) -> None:
        """Let a little time pass."""
        self._now += timedelta(seconds=self._chance.randint(*PAUSES))


class NamedIds:
    """Ids that are the same every time the story is told, drawn from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  ids of a story, secret from nobody

    def __call__(self) -> str:
        """Return the next id, in the form of a random UUID."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


@dataclass
class Cast:
    """Everybody and everything the stories name: short name to id, by kind.

    `streams` holds the streams of what others are because of, `events` the last event of whatever was `called`.
    """

    actors: dict[str, str] = field(default_factory=dict)
    theatres: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    pilots: dict[str, str] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    concerns: dict[str, str] = field(default_factory=dict)
    reflections: dict[str, str] = field(default_factory=dict)
    tweaks: dict[str, str] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)
    narratives: dict[str, str] = field(default_factory=dict)
    consents: dict[str, str] = field(default_factory=dict)
    streams: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)

    def remember(self, name: str, answer: Mapping[str, Any]) -> None:
        """Keep what a verb made under a short name."""
        self.events[name] = answer["events"][-1]
        for kind, part in MADE:
            if kind in answer:
                getattr(self, part)[name] = answer[kind]
                if kind in STREAMS:
                    self.streams[name] = f"{kind}:{answer[kind]}"
                return

    def meant(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is given to a verb, with ids for short names and microseconds for times."""
        return {name: self._meant(name, value) for name, value in given.items()}

    def _meant(self, name: str, value: Any) -> Any:  # noqa: ANN401  a verb takes values of any kind
        if name in TIMES and isinstance(value, str):
            return microseconds(read_time(value))
        if name == "gate":
            return "/".join(self.actors.get(part, part) for part in value.split("/"))
        known: dict[str, str] = getattr(self, MEANT[name]) if name in MEANT else {}
        if isinstance(value, str):
            return known.get(value, value)
        if isinstance(value, tuple):
            return tuple(known.get(each, each) for each in value) if known else value
        if isinstance(value, Mapping):
            return {known.get(key, key): each for key, each in value.items()}
        return value


class Teller:
    """Tells stories through the application's own verbs, and through nothing else."""

    def __init__(self, application: Application, calendar: Calendar) -> None:
        self.application = application
        self.calendar = calendar
        self.cast = Cast()
        self.refusals: list[Refusal] = []

    def __call__(self, handle: str, *, on: str = "", source: str = "chat") -> "Voice":
        """Return the voice of a member, speaking through a door; `on` is the pilot it speaks about."""
        return Voice(self, handle, on=on, source=source)

    def tell(self, stories: Sequence[Story]) -> None:
        """Tell stories side by side, each at its dates."""
        waiting: list[tuple[datetime, int, Story]] = []
        for order, story in enumerate(stories):
            self._on(waiting, order, story)
        while waiting:
            moment, order, story = heapq.heappop(waiting)
            self.calendar.turn_to(moment.isoformat())
            self._on(waiting, order, story)

    def released(self, *, called: str) -> None:
        """Record what was left anonymously and may be told apart no longer, and give it a name."""
        (event,) = self.application.concerns.release()
        concern = event.partition(":")[2].partition("#")[0]
        self.cast.remember(called, {"concern": concern, "events": (event,)})

    @contextmanager
    def refused(self, rule: str) -> Iterator[None]:
        """Expect a refusal: of this rule, or of a step with such a gate shut. The story goes on after it."""
        try:
            yield
        except Refusal as refusal:
            rules = [gate.rule for gate in refusal.shut] if isinstance(refusal, GateShut) else [refusal.rule]
            meant = self.cast.meant({"gate": rule})["gate"]
            if not any(each.startswith(meant) for each in rules):
                raise StoryGoesWrong(f"refused for {rules}, not for {rule}") from refusal
            self.refusals.append(refusal)
        else:
            raise StoryGoesWrong(f"not refused for {rule}")

    def _on(self, waiting: list[tuple[datetime, int, Story]], order: int, story: Story) -> None:
        date = next(story, None)
        if date is not None:
            heapq.heappush(waiting, (read_time(date), order, story))


class Voice:
    """A member who speaks: `voice.concerns.raise_one(...)` is that verb, said now. Returns the verb's answer.

    Short names are understood in place of ids; `called` gives one to what the verb makes.
    """

    def __init__(self, teller: Teller, handle: str, *, on: str, source: str) -> None:
        self._teller = teller
        self._handle = handle
        self._on = on
        self._source = source

    def __getattr__(self, noun: str) -> "Verbs":
        return Verbs(self, getattr(self._teller.application, noun))

    def say(self, verb: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say one thing, a little after the last one."""
        self._teller.calendar.tick()
        name = given.pop("called", "")
        if self._on and "pilot" in inspect.signature(verb).parameters:
            given.setdefault("pilot", self._on)
        meant = self._teller.cast.meant(given)
        how = {each: meant.pop(each) for each in HOW if each in meant}
        by = self._teller.application.speaker(self._handle)
        if "how" not in inspect.signature(verb).parameters:  # what is left anonymously has no circumstances
            verb(by, **meant)
            return {}
        receipt = verb(by, **meant, how=Circumstances(**({"source": self._source} | how)))
        answer: dict[str, Any] = msgspec.json.decode(receipt.result) | {"events": receipt.events}
        if name:
            self._teller.cast.remember(name, answer)
        return answer


class Verbs:
    """The verbs of one noun, in one voice."""

    def __init__(self, voice: Voice, noun: object) -> None:
        self._voice = voice
        self._noun = noun

    def __getattr__(self, verb: str) -> Callable[..., dict[str, Any]]:
        return lambda **given: self._voice.say(getattr(self._noun, verb), given)


def read_time(date: str) -> datetime:
    """Return an ISO time in UTC; of a date alone its morning."""
    read = datetime.fromisoformat(date)
    known = read if read.tzinfo else read.replace(tzinfo=UTC)
    return known.replace(hour=MORNING) if len(date) == len("2024-01-08") else known


def microseconds(moment: datetime) -> int:
    """Return a time in whole microseconds UTC since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
