"""The whole bot beside the whole sandbox: over HTTP or in Socket Mode, its people linked to members of a world."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from counterpoise_bot.lanes import Pace
from counterpoise_bot.manifest import manifest
from counterpoise_bot.running import Running, running
from counterpoise_bot.settings import Mode, Settings
from counterpoise_sandbox.running import Sandbox, started
from tests.application.world import World, link
from tests.bot.signing import FORM, JSON, headers

TEAM = "T0RIVERSIDE"
LINKED = {"ines": "U0BO", "omar": "U0CHLOE", "kurt": "U0DIETER"}
"""Which member of the world each person of the sandbox is; the others are strangers."""


@dataclass
class Rig:
    """A bot and a sandbox that talk to each other, and a world behind the bot."""

    sandbox: Sandbox
    bot: Running
    world: World
    http: ClientSession

    async def send(
        self, raw: bytes, *, kind: str = JSON, at: float | None = None, more: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Send a request as Slack would, and return status and body."""
        secret = self.sandbox.app().signing_secret
        return await self.post(raw, {**headers(raw, kind=kind, at=at, secret=secret), **(more or {})})

    async def post(self, raw: bytes, said: dict[str, str]) -> tuple[int, str]:
        """Send a request with these headers, and return status and body."""
        async with self.http.post(
            f"{self.bot.url}/slack/events", data=io.BytesIO(raw), headers=said
        ) as answer:
            return answer.status, await answer.text()

    async def form(self, raw: bytes) -> tuple[int, str]:
        """Send a form as Slack would."""
        return await self.send(raw, kind=FORM)

    async def quiet(self) -> None:
        """Return once neither has anything to do."""
        await self.sandbox.quiet()
        await self.bot.quiet()
        await self.sandbox.quiet()


def settings_of(sandbox: Sandbox, mode: Mode, **given: Any) -> Settings:  # noqa: ANN401  any setting
    """Return the settings with which a bot reaches the sandbox."""
    return Settings(
        **{
            "mode": mode,
            "api_url": sandbox.api_url,
            "bot_token": sandbox.bot_token(),
            "app_token": sandbox.app_token() if mode == "socket" else "",
            "signing_secret": sandbox.app().signing_secret,
            **given,
        }
    )


@asynccontextmanager
async def rigged(world: World, mode: Mode = "http", **given: Any) -> AsyncIterator[Rig]:  # noqa: ANN401  any setting
    """Let a bot and a sandbox run, and talk to each other."""
    for name, user in LINKED.items():
        link(world, name, team=TEAM, user=user)
    async with (
        started(apps=[manifest(mode=mode)]) as sandbox,
        running(
            world.application,
            settings_of(sandbox, mode, **given),
            clock=world.clock,
            pace=Pace(message=0, card=0),
            strict=True,
        ) as bot,
        ClientSession() as http,
    ):
        sandbox.engine.watched.append(lambda: bot.busy.now or bot.chat.out.busy)
        if mode == "http":
            sandbox.serve_events_at(f"{bot.url}/slack/events")
        else:
            await sandbox.connected()
        yield Rig(sandbox, bot, world, http)
