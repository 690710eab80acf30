"""Riverside: members of a small world, seated in a pretended Slack workspace, with the bot's features listening."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_bot.busy import watched
from counterpoise_bot.chat import Chat
from counterpoise_bot.clients import Sessions
from counterpoise_bot.doors import Feature, opened
from counterpoise_bot.hearing import Hearing
from counterpoise_bot.lanes import Pace
from counterpoise_bot.linking import Linking
from counterpoise_bot.manifest import manifest
from counterpoise_bot.out import Out
from counterpoise_bot.people import People
from counterpoise_bot.workspaces import OneWorkspace
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.running import Sandbox, started
from counterpoise_sandbox.seen import Screen
from tests.application.world import World

TEAM = "T0RIVERSIDE"
SEATS = {"ines": "dieter", "omar": "bo", "kurt": "chloe", "lena": "elena", "vera": "amal"}
"""Who of the small world sits where: a German, an Englishman, a Frenchwoman, a Spaniard, an Arab."""

Makes = Callable[[Chat], Sequence[Feature]]


@dataclass
class Riverside:
    """A workspace in which the features listen."""

    world: World
    sandbox: Sandbox
    chat: Chat
    features: Sequence[Feature]

    def person(self, name: str) -> Somebody:
        """Return somebody of the small world, to act."""
        return self.sandbox.person(SEATS[name])

    def screen(self, name: str) -> Screen:
        """Return what somebody of the small world sees."""
        return self.sandbox.screen(SEATS[name])

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self.sandbox.quiet()
        await self.chat.out.quiet()
        await self.sandbox.quiet()

    def modal(self, name: str) -> dict[str, Any]:
        """Return the dialog somebody has before them."""
        found = self.screen(name).modal()
        assert found, f"{name} has no dialog open"
        view: dict[str, Any] = found.get("view", found)
        return view

    def said(self, name: str) -> str:
        """Return everything somebody sees, as one text."""
        return str(self.screen(name).everything())

    def direct(self, name: str) -> list[dict[str, Any]]:
        """Return the messages between somebody and the bot."""
        return self.screen(name).direct("Counterpoise")


@asynccontextmanager
async def riverside(world: World, makes: Makes, *, web_at: str = "") -> AsyncIterator[Riverside]:
    """Seat the small world's people at a workspace; `makes` returns the features that listen there."""
    for name, seat in SEATS.items():
        code = world.application.members.code(world.by(name), member=world[name]).code
        world.application.members.link(code=code, team=TEAM, user=f"U0{seat.upper()}")
    async with started(apps=[manifest(mode="socket")]) as sandbox:
        sandbox.clock.set(world.clock.now / 1e6)
        sessions, kept = Sessions(), world.application.kept
        clients = OneWorkspace(sandbox.bot_token(), base_url=sandbox.api_url, sessions=sessions)
        pace = Pace(message=0, card=0)
        out = Out(clients, kept, clock=world.clock, pace=pace, strict=True, sessions=sessions)
        chat = Chat(world.application, kept, out, world.clock, web=web_at)
        features = makes(chat)
        app = AsyncApp(
            client=AsyncWebClient(token=sandbox.bot_token(), base_url=sandbox.api_url),
            signing_secret=sandbox.app().signing_secret,
        )
        Hearing(chat, opened(features), People(chat), Linking(chat)).attend(app)
        busy = watched(app)
        sandbox.engine.watched.append(lambda: bool(busy.now))
        try:
            async with _served(app) as address:
                sandbox.serve_events_at(address)
                yield Riverside(world, sandbox, chat, features)
        finally:
            await out.close()


@asynccontextmanager
async def _served(app: AsyncApp) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app.server(port=0, host="127.0.0.1", path="/slack/events").web_app, access_log=None
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()
