"""Small deeds that may be done twice (a reaction put on or off, a message taken away), kept until they are done."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from counterpoise.application.faces import Kept
from counterpoise_bot.clients import Clients, NotInstalled, Refused, Unreached, asked
from counterpoise_bot.lanes import Pace
from counterpoise_bot.message import Place

logger = logging.getLogger(__name__)

KIND = "outbox-deed"
DONE = frozenset({"already_reacted", "no_reaction", "message_not_found"})
"""Codes that say that nothing was left to do."""


class Deeds:
    """Does what was asked for, each in a task of its own, until Slack has done it or will not."""

    def __init__(self, clients: Clients, kept: Kept, *, pace: Pace) -> None:
        self._clients = clients
        self._kept = kept
        self._pace = pace
        self.tasks: set[asyncio.Task[None]] = set()

    async def do(self, method: str, place: Place, **arguments: str) -> None:
        """Keep a deed, and return once it was tried."""
        key = "/".join((place.team, place.channel, method, *arguments.values()))
        deed = {"method": method, "team": place.team, "arguments": {"channel": place.channel, **arguments}}
        self._kept.put(KIND, key, deed)
        await asyncio.shield(self._begin(key, deed))

    def resume(self) -> None:
        """Do what was kept and not done."""
        for key, deed in self._kept.all(KIND):
            self._begin(key, deed)

    def _begin(self, key: str, deed: Mapping[str, Any]) -> asyncio.Future[None]:
        tried: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._until_done(key, deed, tried))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(lambda _: tried.cancel())
        return tried

    async def _until_done(self, key: str, deed: Mapping[str, Any], tried: asyncio.Future[None]) -> None:
        pause = 1.0
        while not await self._done(deed):
            if not tried.done():
                tried.set_result(None)
            await self._pace.sleep(pause)
            pause = min(2 * pause, 60.0)
        self._kept.drop(KIND, key)
        if not tried.done():
            tried.set_result(None)

    async def _done(self, deed: Mapping[str, Any]) -> bool:
        try:
            wire = await self._clients.of(deed["team"])
            await asked(wire.client.api_call(deed["method"], data=dict(deed["arguments"])))
        except Unreached as trouble:
            logger.warning("%s waits: %s", deed["method"], trouble.code)
            return False
        except Refused as refused:
            if refused.code not in DONE:
                logger.warning("%s was refused: %s", deed["method"], refused.code)
        except NotInstalled:
            logger.warning("%s was refused: not_installed", deed["method"])
        return True
