"""Upkeep: what the bot does by itself, by its clock: anonymous words are released, old memory swept, drafts made up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from counterpoise_bot.chat import Chat

log = logging.getLogger(__name__)

MINUTE = 60_000_000
Work = Callable[[int], Awaitable[object]]
"""Does what is due at a moment, in microseconds UTC, and nothing twice."""

Wait = Callable[[], Awaitable[None]]


async def a_second() -> None:
    """Wait before the clock is looked at again: it may have been moved."""
    await asyncio.sleep(1.0)


async def go_on(
    chat: Chat, works: Sequence[Work], *, often: Sequence[Work] = (), wait: Wait = a_second
) -> None:
    """Do what is due whenever the clock has come to another minute, and `often` at each look, until cancelled."""
    last = -1
    while True:
        now = chat.clock()
        due = list(often)
        if now // MINUTE != last:
            last = now // MINUTE
            due += works
        for work in due:
            try:
                await work(now)
            except Exception as trouble:  # noqa: BLE001  whatever it is, it is done again, and stops nothing else
                log.error("something that was due failed: %s", type(trouble).__name__)  # noqa: TRY400  no words
        await wait()


class Following:
    """Shows what was recorded, by whomever and wherever, since it was last shown."""

    def __init__(self, chat: Chat, follow: Callable[[int], Awaitable[int]]) -> None:
        self._chat = chat
        self._follow = follow
        self._size = -1

    async def run_due(self, now: int) -> None:  # noqa: ARG002  the log says when, not the clock
        """Follow the log to its end, if it grew; where it was followed to is kept."""
        size = await self._chat.inside(self._chat.application.size)
        if size == self._size:
            return
        followed = (self._chat.kept.get("followed", "cards") or {}).get("position", 0)
        self._chat.kept.put("followed", "cards", {"position": await self._follow(followed)})
        self._size = size


class Upkeep:
    """Does what is due; what fails is done again the next time. `catch_up` makes drafts of what had to wait."""

    def __init__(self, chat: Chat, catch_up: Callable[[], Awaitable[None]]) -> None:
        self._chat = chat
        self._catch_up = catch_up

    async def run_due(self, now: int) -> None:
        """Do what is due at a moment, in microseconds UTC."""
        await self._chat.inside(self._chat.application.concerns.release, now)
        await self._chat.inside(self._chat.kept.sweep, now)
        await self._catch_up()
