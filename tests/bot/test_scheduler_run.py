"""The scheduler as it runs: on the clock it is given, through crashes, where the bot is no longer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from counterpoise_bot.chat import Chat
from counterpoise_bot.clients import Sessions
from counterpoise_bot.lanes import Pace
from counterpoise_bot.notices import Notices
from counterpoise_bot.out import Out
from counterpoise_bot.people import People
from counterpoise_bot.prompts_kept import PromptsKept
from counterpoise_bot.scheduler import Scheduler
from counterpoise_bot.surroundings import Around
from counterpoise_bot.workspaces import OneWorkspace
from tests.application.world import DAY, HOUR, World, link
from tests.bot.slack import Slack, slack


@dataclass
class Bay:
    """A scheduler over a pretended Slack."""

    world: World
    slack: Slack
    chat: Chat
    scheduler: Scheduler

    async def go(self, span: int = 0) -> int:
        """Let time go by, and do what is due."""
        self.world.clock.now += span
        sent = await self.scheduler.run_due(self.world.clock.now)
        await self.chat.out.quiet()
        return sent

    def asked(self) -> list[str]:
        """Return what was asked of people."""
        return [str(each["text"]) for each in self.slack.asked("chat.postMessage")]


def scheduler(chat: Chat, **given: Any) -> Scheduler:  # noqa: ANN401  how it waits
    people = People(chat)
    return Scheduler(chat, people, Around(chat), Notices(chat, people), **given)


@asynccontextmanager
async def bay(world: World) -> AsyncIterator[Bay]:
    """Link Omar, and let a scheduler run for him."""
    link(world, "omar", team="T1", user="UOMAR")
    async with slack() as pretended:
        sessions = Sessions()
        clients = OneWorkspace("xoxb-1", base_url=f"{pretended.base}/api/", sessions=sessions)
        kept = world.application.kept
        pace = Pace(message=0, card=0)
        out = Out(clients, kept, clock=world.clock, pace=pace, strict=True, sessions=sessions)
        chat = Chat(world.application, kept, out, world.clock)
        try:
            yield Bay(world, pretended, chat, scheduler(chat))
        finally:
            await out.close()


async def test_only_those_who_are_linked_are_asked(small: World) -> None:
    async with bay(small) as here:
        assert await here.go() == 1
        assert len(here.asked()) == 1


async def test_nothing_is_sent_where_the_bot_is_gone_and_the_prompt_comes_once_it_is_back(
    small: World,
) -> None:
    async with bay(small) as here:
        here.slack.fail("chat.postMessage", "account_inactive")
        assert await here.go() == 0
        assert await here.go(HOUR // 2) == 0
        assert len(here.slack.asked("chat.postMessage")) == 1
        assert await here.go(HOUR) == 1


async def test_a_prompt_that_slack_did_not_take_yet_is_not_sent_again(small: World) -> None:
    async with bay(small) as here:
        here.slack.fail("chat.postMessage", "ratelimited", status=429)
        await here.go()
        await here.go(HOUR)

        assert len(here.slack.messages["D1"]) <= 1
        assert len(set(here.asked())) == 1


async def test_a_scheduler_that_died_between_deciding_and_sending_sends_once(small: World) -> None:
    async with bay(small) as here:
        await here.go()
        (kept,) = PromptsKept(here.chat).all()
        here.chat.kept.change(
            "prompt",
            f"{kept.sent.round}/{kept.sent.person}",
            lambda found: {**(found or {}), "posted": False, "place": None, "ts": ""},
        )
        again = scheduler(here.chat)
        await again.run_due(small.clock.now)
        await here.chat.out.quiet()

        assert len(here.slack.asked("chat.postMessage")) == 1


async def test_whoever_leaves_or_is_erased_is_asked_no_more(small: World) -> None:
    async with bay(small) as here:
        await here.go()
        small.say("omar", "records.erase", member=small["omar"])

        assert PromptsKept(here.chat).all() == []
        assert await here.go(7 * DAY) == 0


async def test_a_reminder_follows_once_and_then_nothing(small: World) -> None:
    small.say("ines", "pilots.open_round", pilot=small["ferry"], step=small["scout"], phase="before")
    async with bay(small) as here:
        for _ in range(12):
            await here.go(DAY)

        assert len([text for text in here.asked() if "Scout the pier" in text]) == 2


async def test_a_changed_zone_moves_the_hours(small: World) -> None:
    small.application.kept.put("person", small["omar"], {"zone": "Pacific/Auckland"}, person=small["omar"])
    async with bay(small) as here:
        assert await here.go() == 0  # Friday 14:00 in London is Saturday 02:00 there
        assert await here.go(2 * DAY + 8 * HOUR) == 1  # Monday, ten o'clock


async def test_it_runs_whenever_the_clock_has_come_to_another_minute(small: World) -> None:
    async with bay(small) as here:
        looked = asyncio.Event()
        looks = 0

        async def wait() -> None:
            nonlocal looks
            looks += 1
            small.clock.now += HOUR
            if looks == 3:
                looked.set()
            await asyncio.sleep(0)

        running = asyncio.create_task(scheduler(here.chat, wait=wait).run())
        await asyncio.wait_for(looked.wait(), 30)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        assert len(here.asked()) == 1
