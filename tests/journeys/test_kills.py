"""The bot across kill -9 while people record: what it said is recorded is, and nothing is recorded or shown twice."""

import asyncio
import json
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from counterpoise.application.operations import opened
from counterpoise.domain.concerns import ConcernRaised
from counterpoise_sandbox.running import Sandbox, started
from tests.application.world import World, copied
from tests.cli.terminal import PROGRAM
from tests.journeys.office import HOME, PILOT_CHANNEL, account, workspace

ROUNDS = 5
CHANCES = range(10) if os.environ.get("COUNTERPOISE_TORTURE") else (8,)
"""By which the moments of the kills are drawn: five kills for each, fifty in the long form."""
PEOPLE = ("ines", "omar")
"""Of one organisation, so that the channel is shown what they record."""
EACH = 3
"""Drafts that somebody records at once."""
PATIENCE = 60.0
"""Seconds that a machine which does much else is given."""
LOOK = 0.02
"""Seconds after which it is looked again whether something happened that changes nothing on a screen."""
NUMBERED = re.compile(r"Night (\d+) over the clinic")
RECORDED = "Recorded: a concern"


def sentence(number: int) -> str:
    """Return words that no other draft has."""
    return f"Night {number} over the clinic frightens the families"


@dataclass
class Ward:
    """A workspace, a store on disk, and a bot in a process of its own that comes and goes."""

    sandbox: Sandbox
    store: str
    begun: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the bot until the caller goes on; then it is dead, if it was not before."""
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": self.sandbox.bot_token(),
            "SLACK_APP_TOKEN": self.sandbox.app_token(),
            "SLACK_API_URL": self.sandbox.api_url,
            "COUNTERPOISE_SLACK_MODE": "socket",
        }
        words = ("bot", "--port", "0", "--json", "--store", self.store)
        process = await asyncio.create_subprocess_exec(
            PROGRAM,
            *words,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            assert json.loads(await process.stdout.readline())["mode"] == "socket"
            await self.sandbox.connected()
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await self.until(lambda: not self.sandbox.engine.post.sockets.of("A0COUNTERPOISE"))

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait for something to have happened."""
        changes = self.sandbox.engine.changes
        async with asyncio.timeout(PATIENCE):
            while not happened():
                await changes.after(changes.number, LOOK)

    def drafts(self, who: str) -> dict[int, str]:
        """Return where a person's drafts stand that they can record: the ts of each by its number."""
        return {
            int(found.group(1)): str(each["ts"])
            for each in self.sandbox.screen(account(who)).ephemerals(PILOT_CHANNEL)
            if "draft-record" in str(each["blocks"]) and (found := NUMBERED.search(str(each["text"])))
        }

    def acknowledged(self) -> Counter[int]:
        """Return how often each was said to be recorded, to the person alone."""
        return Counter(
            int(found.group(1))
            for each in self.sandbox.record.since(0)
            if each.way == "response_url" and RECORDED in str(each.request.get("text"))
            if "already" not in str(each.request.get("text"))
            if (found := NUMBERED.search(str(each.request["text"])))
        )

    def echoed(self) -> Counter[int]:
        """Return how often each stands in the channel."""
        return Counter(
            int(found.group(1))
            for each in self.sandbox.screen(account("omar")).messages(PILOT_CHANNEL)
            if each.get("bot_id") and not each["ephemeral"]
            if (found := NUMBERED.search(str(each["text"])))
        )

    def recorded(self) -> Counter[int]:
        """Return how often each is in the log."""
        with opened(self.store) as application:
            events = [each.event for each in application.log.read()]
        return Counter(
            int(found.group(1))
            for each in events
            if isinstance(each, ConcernRaised) and (found := NUMBERED.search(each.words.text or ""))
        )

    async def draft(self) -> None:
        """Let everybody draft a few concerns more."""
        for who in PEOPLE:
            for _ in range(EACH):
                number = len(self.begun)
                self.begun.append(number)
                await self.sandbox.person(account(who)).command(
                    "/concern", sentence(number), channel=PILOT_CHANNEL
                )
                await self.until(partial(self._drafted, who, number))

    def _drafted(self, who: str, number: int) -> bool:
        return number in self.drafts(who)

    async def press(self) -> None:
        """Let everybody press Record on every draft of theirs at once, whether or not anybody hears it."""
        await asyncio.gather(
            *(
                self.sandbox.person(account(who)).click("draft-record", channel=PILOT_CHANNEL, ts=ts)
                for who in PEOPLE
                for ts in self.drafts(who).values()
            )
        )

    async def struck(self, process: asyncio.subprocess.Process, chance: random.Random) -> None:
        """Press everything, and kill the bot after so many of its calls and answers as chance has it."""
        before = len(self.sandbox.record.since(0))
        mark = before + chance.randrange(1, 6 * EACH * len(PEOPLE))
        pressing = asyncio.create_task(self.press())
        await self.until(lambda: len(self.sandbox.record.since(0)) >= mark or pressing.done())
        process.kill()
        await process.wait()
        await pressing


@pytest.fixture
def store(built: World, tmp_path: Path) -> str:
    """Return a store on disk whose people are linked and whose channel is joined."""
    with copied(built, tmp_path) as world:
        for who in PEOPLE:
            code = world.application.members.code(world.by("ada"), member=world[who])
            world.application.members.link(code=code.code, team=HOME, user=account(who))
        world.say("ines", "pilots.link_channel", pilot=world["ferry"], team=HOME, channel=PILOT_CHANNEL)
    return f"sqlite:///{tmp_path / 'world' / 'log.db'}"


@pytest.mark.parametrize("drawn", CHANCES)
async def test_a_bot_that_is_killed_while_people_record_loses_and_doubles_nothing(
    store: str, drawn: int
) -> None:
    chance = random.Random(drawn)
    async with started(workspace(PEOPLE)) as sandbox:
        ward = Ward(sandbox, store)
        for _ in range(ROUNDS):
            async with ward.bot() as process:
                await ward.draft()
                await ward.struck(process, chance)
            said = set(ward.acknowledged())
            kept = ward.recorded()

            assert said <= set(kept)
        async with ward.bot():
            await ward.press()
            await ward.until(lambda: set(ward.echoed()) == set(ward.begun))

        once = Counter(ward.begun)
        assert ward.recorded() == once
        assert ward.echoed() == once
        assert max(ward.acknowledged().values()) == 1
