"""The clock: what it passes falls due, in order, and who follows it hears of every leap."""

import asyncio
import time

import pytest

from counterpoise_sandbox.clock import Clock
from counterpoise_sandbox.engine import NotQuiet
from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client


def test_what_the_clock_passes_falls_due_in_order() -> None:
    clock, done = Clock(), list[str]()
    clock.at(clock.now() + 120, lambda: done.append("second"))
    clock.at(clock.now() + 60, lambda: done.append("first"))

    clock.move(61)
    halfway = list(done)
    clock.move(60)

    assert (halfway, done) == (["first"], ["first", "second"])


def test_a_set_clock_runs_on() -> None:
    clock = Clock()
    clock.set(1_772_355_600.0)

    assert 0 <= clock.now() - 1_772_355_600.0 < 60
    assert clock.moment().isoformat().startswith("2026-03-01T09:0")


def test_who_follows_hears_of_every_leap() -> None:
    clock, heard = Clock(), list[float]()
    clock.follow(heard.append)

    clock.set(1_772_355_600.0)
    clock.move(3600)

    assert [round(one) for one in heard] == [1_772_355_600, 1_772_359_200]


async def test_time_that_passes_by_itself_does_what_is_due() -> None:
    clock, done = Clock(), asyncio.Event()
    ticking = asyncio.create_task(clock.run())
    clock.at(clock.now() + 0.05, done.set)

    async with asyncio.timeout(5):
        await done.wait()

    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    assert done.is_set()


async def test_new_messages_bear_the_sandboxs_time(sandbox: Sandbox) -> None:
    sandbox.clock.set(1_772_355_600.0)

    posted = await client(sandbox).chat_postMessage(channel="C0GENERAL", text="x")

    assert posted["ts"].startswith("17723556")
    assert abs(time.time() - 1_772_355_600) > 3600


async def test_quiet_gives_up_in_the_end(sandbox: Sandbox) -> None:
    sandbox.engine.watched.append(lambda: True)

    with pytest.raises(NotQuiet):
        await sandbox.quiet(patience=0.1)


async def test_a_reset_brings_everything_back(sandbox: Sandbox) -> None:
    before = sandbox.screen("bo").everything()
    token = sandbox.bot_token()
    sandbox.clock.move(86400)
    sandbox.faults.tiers = True
    await sandbox.person("bo").say("general", "Gone soon")

    sandbox.engine.reset()

    assert sandbox.screen("bo").everything() == before
    assert sandbox.bot_token() == token
    assert sandbox.record.since() == []
    assert sandbox.faults.tiers is False
    assert abs(sandbox.clock.now() - time.time()) < 1
