"""Upkeep: what the bot does by itself, by its clock: anonymous words are released, old memory swept, drafts made up."""

import logging
from collections.abc import Awaitable, Callable

from counterpoise_bot.chat import Chat

log = logging.getLogger(__name__)


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
