"""How a seeded history is told: a calendar that runs, people who speak through the verbs, stories that interleave."""

import heapq
import random
import uuid
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from counterpoise.application.circumstances import Circumstances
from counterpoise.application.house import Application
from counterpoise.policy import Member

Story = Generator[str, None, None]
"""Yields the ISO date it goes on at; between two dates its people act."""

HOW = ("key", "label", "recipients", "group", "clients", "occurred_at", "source")
BEAT = timedelta(minutes=7)


class Calendar:
    """A clock that stands still until it is moved, and never goes back."""

    def __init__(self) -> None:
        self._now = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)

    def __call__(self) -> int:
        """Return the time in microseconds UTC."""
        return int(self._now.timestamp() * 1_000_000)

    def turn_to(self, date: str) -> None:
        """Move to the morning of an ISO date, if that is still ahead."""
        self._now = max(self._now, datetime.fromisoformat(date).replace(hour=8, tzinfo=UTC))

    def tick(self) -> None:
        """Let a little time pass."""
        self._now += BEAT


class NamedIds:
    """Ids that are the same every time the story is told, drawn from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  ids of a story, secret from nobody

    def __call__(self) -> str:
        """Return the next id, in the form of a random UUID."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


@dataclass
class Cast:
    """Everybody and everything the stories name, by the short names they use."""

    actors: dict[str, str] = field(default_factory=dict)
    theatres: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    pilots: dict[str, str] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    narratives: dict[str, str] = field(default_factory=dict)


class Teller:
    """Tells stories through the application's own verbs, and through nothing else."""

    def __init__(self, application: Application, calendar: Calendar) -> None:
        self.application = application
        self.calendar = calendar
        self.cast = Cast()

    def __call__(self, handle: str, *, source: str = "chat") -> "Voice":
        """Return the voice of a member, speaking through a door."""
        return Voice(self, self.application.speaker(handle), source)

    def tell(self, stories: Sequence[Story]) -> None:
        """Tell stories side by side, each at its dates."""
        waiting: list[tuple[str, int, Story]] = []
        for order, story in enumerate(stories):
            self._on(waiting, order, story)
        while waiting:
            date, order, story = heapq.heappop(waiting)
            self.calendar.turn_to(date)
            self._on(waiting, order, story)

    def _on(self, waiting: list[tuple[str, int, Story]], order: int, story: Story) -> None:
        date = next(story, None)
        if date is not None:
            heapq.heappush(waiting, (date, order, story))


class Voice:
    """A member who speaks: `voice.concerns.raise_one(...)` is that verb, said now. Returns the verb's answer."""

    def __init__(self, teller: Teller, by: Member, source: str) -> None:
        self._teller = teller
        self._by = by
        self._source = source

    def __getattr__(self, noun: str) -> "Verbs":
        return Verbs(self, getattr(self._teller.application, noun))

    def say(self, verb: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
        """Say one thing, a little after the last one."""
        self._teller.calendar.tick()
        how = {name: given.pop(name) for name in HOW if name in given}
        receipt = verb(self._by, **given, how=Circumstances(**({"source": self._source} | how)))
        answer: dict[str, Any] = msgspec.json.decode(receipt.result)
        return answer | {"events": receipt.events}


class Verbs:
    """The verbs of one noun, in one voice."""

    def __init__(self, voice: Voice, noun: object) -> None:
        self._voice = voice
        self._noun = noun

    def __getattr__(self, verb: str) -> Callable[..., dict[str, Any]]:
        return lambda **given: self._voice.say(getattr(self._noun, verb), given)
