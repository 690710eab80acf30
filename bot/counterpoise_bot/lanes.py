"""The pace: one message a second in a conversation, in the order of asking."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Sleep = Callable[[float], Awaitable[None]]
Seconds = Callable[[], float]
LANES = 1_000
"""How many conversations are remembered before those at rest are forgotten."""


@dataclass(frozen=True)
class Pace:
    """How fast things are sent, in seconds: between messages of a conversation, and between faces of one card."""

    message: float = 1.0
    card: float = 3.0
    seconds: Seconds = time.monotonic
    sleep: Sleep = asyncio.sleep


@dataclass
class Lane:
    """One conversation: who sends waits for whoever came before."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: float = float("-inf")


class Lanes:
    """A lane for every conversation."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lanes: dict[tuple[str, ...], Lane] = {}

    @asynccontextmanager
    async def turn(self, *where: str) -> AsyncIterator[None]:
        """Hold the conversation once it is our turn and the one before is long enough ago."""
        lane = self._lane(where)
        async with lane.turn:
            wait = lane.last + self._pace.message - self._pace.seconds()
            if wait > 0:
                await self._pace.sleep(wait)
            try:
                yield
            finally:
                lane.last = self._pace.seconds()

    def _lane(self, where: tuple[str, ...]) -> Lane:
        if where not in self._lanes and len(self._lanes) >= LANES:
            rested = self._pace.seconds() - self._pace.message
            self._lanes = {
                each: lane for each, lane in self._lanes.items() if lane.turn.locked() or lane.last > rested
            }
        return self._lanes.setdefault(where, Lane())
