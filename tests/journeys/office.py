"""An office: the sandbox workspace with the people of a small world, and the bot in it through a real socket."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from counterpoise_bot import form
from counterpoise_bot.lanes import Pace
from counterpoise_bot.manifest import manifest
from counterpoise_bot.running import Running, running
from counterpoise_bot.settings import Settings
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.running import Sandbox, started
from counterpoise_sandbox.seen import Screen
from tests.application.world import World

HOME, PARTNER, PILOT_CHANNEL = "T0HOME", "T0BRIGADE", "C0FERRY"
PATIENCE = 60.0
"""Seconds that a machine which does much else is given to fall quiet; charts are drawn by a process that must begin."""
LOCALES = {
    "omar": "fr-FR",
    "kurt": "de-DE",
    "lena": "de-DE",
    "ines": "en-GB",
    "vera": "es-ES",
    "pat": "ar-SA",
}
ZONES = {"omar": "Europe/Paris", "kurt": "Europe/Berlin", "pat": "Asia/Beirut"}


@dataclass
class Office:
    """What a journey needs: people to act as, screens to read, the world that is recorded into."""

    world: World
    sandbox: Sandbox
    bot: Running

    def person(self, who: str) -> Somebody:
        """Return somebody to act as."""
        return self.sandbox.person(account(who))

    def screen(self, who: str) -> Screen:
        """Return what somebody sees."""
        return self.sandbox.screen(account(who))

    async def quiet(self) -> None:
        """Wait until everything that was begun has ended, on both sides."""
        await self.sandbox.quiet(patience=PATIENCE)
        await self.bot.quiet()
        await self.sandbox.quiet(patience=PATIENCE)


def account(who: str) -> str:
    """Return the Slack user id of somebody."""
    return f"U0{who.upper()}"


def workspace(
    people: Sequence[str],
    *,
    foreign: Sequence[str] = (),
    locales: dict[str, str] | None = None,
    rooms: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Return a workspace FILE with these people, a general channel, the pilot's, and further `rooms` with whom."""
    spoken = LOCALES | (locales or {})
    everybody = [account(who) for who in people]
    return {
        "teams": [
            {"id": HOME, "name": "Ferry works", "domain": "ferry"},
            {"id": PARTNER, "name": "Brigade", "domain": "brigade"},
        ],
        "people": [
            {
                "id": account(who),
                "team": PARTNER if who in foreign else HOME,
                "name": who,
                "real_name": who.title(),
                "locale": spoken.get(who, "en-GB"),
                "tz": ZONES.get(who, "Europe/London"),
            }
            for who in people
        ],
        "channels": [
            {
                "id": "C0GENERAL",
                "name": "general",
                "members": everybody,
                "creator": everybody[0],
                "general": True,
            },
            {
                "id": PILOT_CHANNEL,
                "name": "ferry",
                "members": everybody,
                "creator": everybody[0],
                "shared_with": [PARTNER] if foreign else [],
            },
            *(
                {
                    "id": room,
                    "name": room.lower(),
                    "members": [account(who) for who in inside],
                    "creator": account(inside[0]),
                    "shared_with": [PARTNER] if set(inside) & set(foreign) else [],
                }
                for room, inside in (rooms or {}).items()
            ),
        ],
        "apps": [
            {
                "id": "A0COUNTERPOISE",
                "manifest": manifest(mode="socket"),
                "installations": [
                    {
                        "team": HOME,
                        "bot_user": "U0BOT",
                        "bot_id": "B0BOT",
                        "channels": ["C0GENERAL", PILOT_CHANNEL, *(rooms or {})],
                    }
                ],
            }
        ],
    }


@asynccontextmanager
async def office(
    world: World,
    *people: str,
    linked: Sequence[str] | None = None,
    foreign: Sequence[str] = (),
    locales: dict[str, str] | None = None,
    rooms: Mapping[str, Sequence[str]] | None = None,
) -> AsyncIterator[Office]:
    """Open an office with these people, all of them linked unless `linked` says who is; rooms are the pilot's too."""
    for who in people if linked is None else linked:
        code = world.application.members.code(world.by("ada"), member=world[who])
        home = PARTNER if who in foreign else HOME
        world.application.members.link(code=code.code, team=home, user=account(who))
    for channel in (PILOT_CHANNEL, *(rooms or {})):
        world.say("ines", "pilots.link_channel", pilot=world["ferry"], team=HOME, channel=channel)
    async with started(workspace(people, foreign=foreign, locales=locales, rooms=rooms)) as sandbox:
        sandbox.clock.set(world.clock.now / 1_000_000)
        settings = Settings(
            bot_token=sandbox.bot_token(), app_token=sandbox.app_token(), api_url=sandbox.api_url
        )
        pace = Pace(message=0, card=0)
        async with running(
            world.application,
            settings,
            clock=world.clock,
            pace=pace,
            strict=True,
            form_routes=form.routes(world.application),
        ) as bot:
            sandbox.engine.watched.append(lambda: bool(bot.busy.now) or bot.chat.out.busy)
            await sandbox.connected()
            yield Office(world, sandbox, bot)
