"""What every part of the conversation is given: the application, the bot's memory, the way out, the time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from counterpoise.application.faces import Application, Clock, Kept
from counterpoise_bot.out import Out

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Chat:
    """The conversation's surroundings. `web` is where the windows are, `forms` where the private page is.

    Both are addresses without a last slash, empty where there is none.
    `emoji` is the name of the reaction that marks a message to be recorded.
    """

    application: Application
    kept: Kept
    out: Out
    clock: Clock
    web: str = ""
    forms: str = ""
    emoji: str = "scales"

    async def inside(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the application, which is synchronous, without keeping others waiting."""
        return await asyncio.to_thread(ask, *args, **kwargs)
