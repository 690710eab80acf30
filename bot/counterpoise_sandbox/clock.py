"""The sandbox's time: it runs on from wherever it is set, and what it passes falls due."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

Act = Callable[[], None]
Moved = Callable[[float], None]


class Clock:
    """Seconds since 1970 as the sandbox tells them; a moved clock keeps running from there."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._agenda: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._followers: list[Moved] = []
        self._changed = asyncio.Event()

    def now(self) -> float:
        """Return the sandbox's time in seconds since 1970."""
        return time.time() + self._ahead

    def moment(self) -> datetime:
        """Return the sandbox's time in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def at(self, when: float, act: Act) -> None:
        """Do something once the clock has reached `when` (seconds since 1970)."""
        heapq.heappush(self._agenda, (when, next(self._numbers), act))
        self._changed.set()

    def follow(self, moved: Moved) -> None:
        """Tell somebody of every leap of the clock; the argument is the new time in seconds since 1970."""
        self._followers.append(moved)

    def move(self, seconds: float) -> None:
        """Move the clock forwards or, with a negative number, back."""
        self._ahead += seconds
        self._leapt()

    def set(self, when: float) -> None:
        """Set the clock to seconds since 1970."""
        self._ahead = when - time.time()
        self._leapt()

    def fall_due(self) -> int:
        """Do what has fallen due, in order; return how much that was."""
        done = 0
        while self._agenda and self._agenda[0][0] <= self.now():
            _, _, act = heapq.heappop(self._agenda)
            act()
            done += 1
        return done

    def due(self) -> bool:
        """Return whether something waits that ought to have been done by now."""
        return bool(self._agenda) and self._agenda[0][0] <= self.now()

    def forget(self) -> None:
        """Drop the agenda and return to real time."""
        self._agenda.clear()
        self._ahead = 0.0
        self._leapt()

    async def run(self) -> None:
        """Keep doing what falls due, until cancelled."""
        while True:
            self._changed.clear()
            self.fall_due()
            wait = self._agenda[0][0] - self.now() if self._agenda else None
            try:
                async with asyncio.timeout(None if wait is None else max(wait, 0.001)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _leapt(self) -> None:
        self.fall_due()
        self._changed.set()
        for moved in self._followers:
            moved(self.now())
