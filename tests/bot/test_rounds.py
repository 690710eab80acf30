"""Rounds of reflection: the list, the answer, the mirror, late answers, and the scheduler that asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from counterpoise.domain.reflections import DifferenceNoted, ReflectionRecorded
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import Commands
from counterpoise_bot.doors import Feature
from counterpoise_bot.drafts import Drafts
from counterpoise_bot.notices import Notices
from counterpoise_bot.people import People
from counterpoise_bot.places import Places
from counterpoise_bot.private import Private
from counterpoise_bot.recording import Recording
from counterpoise_bot.rounds import Rounds
from counterpoise_bot.scheduler import Scheduler
from counterpoise_bot.surroundings import Around
from tests.application.world import DAY, HOUR, World, start
from tests.bot.riverside import Riverside, riverside


class Nothing:
    async def about(self, *_: object) -> Sequence[Any]:
        return ()


def features(chat: Chat) -> list[Feature]:
    around, places, drafts = Around(chat), Places(chat), Drafts(chat)
    recording = Recording(chat, drafts, around, places, Nothing(), Private(chat, around))
    return [Commands(chat, drafts), recording, Rounds(chat, around, recording)]


@dataclass
class Days:
    """A bay whose clock is moved, with the scheduler going along."""

    bay: Riverside
    scheduler: Scheduler

    async def go(self, span: int) -> int:
        """Let time go by, and return how much was sent."""
        self.bay.world.clock.now += span
        self.bay.sandbox.clock.set(self.bay.world.clock.now / 1e6)
        sent = await self.scheduler.run_due(self.bay.world.clock.now)
        await self.bay.quiet()
        return sent


def days(bay: Riverside) -> Days:
    people = People(bay.chat)
    return Days(bay, Scheduler(bay.chat, people, Around(bay.chat), Notices(bay.chat, people)))


def prompts(bay: Riverside, name: str) -> list[dict[str, Any]]:
    """Return the messages to somebody that ask for an answer."""
    return [each for each in bay.direct(name) if "round-answer" in str(each.get("blocks"))]


async def answer(bay: Riverside, name: str, **said: str) -> None:
    """Answer the newest prompt."""
    newest = prompts(bay, name)[-1]
    await bay.person(name).click("round-answer", channel=newest["channel"], ts=newest["ts"])
    await bay.quiet()
    await bay.person(name).submit({key.replace("_", "-"): value for key, value in said.items()})
    await bay.quiet()


def reflections(world: World) -> list[ReflectionRecorded]:
    return [each for each in world.events(ReflectionRecorded) if isinstance(each, ReflectionRecorded)]


async def test_a_bare_command_lists_what_waits_and_offers_a_beginning(small: World) -> None:
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/reflect", channel="general")
        await bay.quiet()
        (shown,) = bay.screen("omar").ephemerals()

    assert "1 round waits for you." in shown["text"]
    buttons = str(shown["blocks"]).count("'type': 'button'")
    assert "Scout the pier" in shown["text"]
    assert buttons <= 6


async def test_words_behind_the_command_become_a_draft(small: World) -> None:
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/reflect", "The tide was kind to us", channel="general")
        await bay.quiet()
        (shown,) = bay.screen("omar").ephemerals()

    assert "The tide was kind to us" in str(shown["blocks"])
    assert reflections(small) == []


async def test_a_reflection_is_begun_on_a_step_and_phase_of_ones_choice(small: World) -> None:
    start(small)
    async with riverside(small, features) as bay:
        await bay.person("omar").command("/reflect", channel="general")
        await bay.quiet()
        await bay.person("omar").click("reflect-start")
        await bay.quiet()
        step = f"{small['ferry']}/{small['scout']}"
        await bay.person("omar").submit({"reflect-step": step, "reflect-phase": "during"})
        await bay.quiet()
        await bay.person("omar").submit({"reflect-0": "The crew is calm"})
        await bay.quiet()

    (recorded,) = reflections(small)
    assert (recorded.phase, recorded.words.text) == ("during", "The crew is calm")


async def test_what_was_typed_is_there_again_after_a_dialog_was_closed(small: World) -> None:
    async with riverside(small, features) as bay:
        await days(bay).go(0)
        first = prompts(bay, "omar")[-1]
        await bay.person("omar").click("round-answer", channel=first["channel"], ts=first["ts"])
        await bay.quiet()
        await bay.person("omar").enter("reflect-0", "canary: half a thought")
        await bay.person("omar").close()
        await bay.quiet()
        kept = bay.direct("omar")[-1]
        await bay.person("omar").click("round-answer", channel=kept["channel"], ts=kept["ts"])
        await bay.quiet()
        again = str(bay.modal("omar")["blocks"])

    assert "canary: half a thought" in again
    assert not any(b"canary" in path.read_bytes() for path in small.folder.iterdir() if ".kept" in path.name)


async def test_a_prompt_comes_in_working_hours_and_is_answered(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        assert await time.go(0) > 0
        await answer(
            bay,
            "omar",
            reflect_0="A calm ferry",
            reflect_1="Our neutrality\n\nand the crew",
            reflect_confidence="4",
        )
        receipt = bay.direct("omar")[-1]

    (recorded,) = reflections(small)
    assert (recorded.phase, recorded.confidence, recorded.words.text, recorded.label) == (
        "before",
        4,
        "A calm ferry\n\nOur neutrality\nand the crew",
        "AMBER+STRICT",
    )
    assert "record-withdraw" in str(receipt["blocks"])


async def test_after_a_step_its_author_alone_sees_what_they_answered_before(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        await answer(bay, "omar", reflect_0="canary: a calm ferry", reflect_1="canary: our neutrality")
        start(small)
        await time.go(3 * DAY)  # from Friday to Monday
        small.say("ines", "steps.complete", pilot=small["ferry"], step=small["scout"], achieved=1.0)
        await time.go(DAY)
        shown = {}
        for name in ("omar", "ines"):
            newest = prompts(bay, name)[-1]
            await bay.person(name).click("round-answer", channel=newest["channel"], ts=newest["ts"])
            await bay.quiet()
            shown[name] = str(bay.modal(name)["blocks"])
        await bay.person("omar").submit({"reflect-0": "It was", "reflect-difference": "1"})
        await bay.quiet()

    (noted,) = small.events(DifferenceNoted)
    assert isinstance(noted, DifferenceNoted)
    assert (noted.than_expected, noted.before, noted.label) == (
        1,
        reflections(small)[0].stream,
        "AMBER+STRICT",
    )
    assert "reflect-difference" not in shown["ines"]
    assert "canary: a calm ferry" in shown["omar"]
    assert "canary: our neutrality" in shown["omar"]
    assert "canary" not in shown["ines"]
    assert "The brigade" in shown["omar"]


async def test_partners_are_rated_after_a_step(small: World) -> None:
    start(small)
    small.say("ines", "steps.complete", pilot=small["ferry"], step=small["scout"], achieved=1.0)
    async with riverside(small, features) as bay:
        await days(bay).go(0)
        newest = prompts(bay, "omar")[-1]
        await bay.person("omar").click("round-answer", channel=newest["channel"], ts=newest["ts"])
        await bay.quiet()
        await bay.person("omar").submit({f"reflect-rate:{small['brigade']}": "4"})
        await bay.quiet()

    (recorded,) = reflections(small)
    assert [(each.actor, each.rating) for each in recorded.ratings] == [(small["brigade"], 4)]


async def test_a_late_answer_carries_both_times(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        start(small)
        small.clock.now += 4 * DAY
        await answer(bay, "omar", reflect_0="I had hoped for calm", reflect_day="2024-10-03")
        receipt = bay.direct("omar")[-1]["text"]

    (recorded,) = reflections(small)
    assert recorded.occurred_at < recorded.recorded_at - 4 * DAY
    assert "3 October 2024" in receipt
    assert "8 October 2024" in receipt


async def test_a_dialog_without_words_says_so_and_stays(small: World) -> None:
    async with riverside(small, features) as bay:
        await days(bay).go(0)
        newest = prompts(bay, "omar")[-1]
        await bay.person("omar").click("round-answer", channel=newest["channel"], ts=newest["ts"])
        await bay.quiet()
        sent = await bay.person("omar").submit({"reflect-confidence": "3"})

    assert "answer-0" in sent["errors"]


async def test_nobody_is_asked_at_night_nor_on_the_weekend(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        asked = [await time.go(6 * HOUR) for _ in range(10)]  # from Friday evening on

    assert asked[:9] == [0] * 9  # until Monday 07:00 in London
    assert prompts(bay, "omar") == []


async def test_a_day_brings_one_prompt_and_the_next_day_none(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        for _ in range(8):
            await time.go(HOUR // 2)

        assert len(prompts(bay, "omar")) == 1


async def test_a_restart_neither_loses_nor_doubles_a_prompt(small: World) -> None:
    async with riverside(small, features) as bay:
        bay.chat.kept.put(
            "prompt",
            f"{small['ferry']}/{small['scout']}/before/{small['omar']}",
            {
                "sent": {
                    "round": f"{small['ferry']}/{small['scout']}/before",
                    "person": small["omar"],
                    "slot": "2024-10-04",
                    "at": small.clock.now,
                },
                "posted": False,
                "place": None,
                "ts": "",
                "ended": False,
                "reason": "",
            },
        )
        await days(bay).go(0)
        await days(bay).go(0)

        assert len(prompts(bay, "omar")) == 1


async def test_a_prompt_is_put_off_and_comes_back(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        (first,) = prompts(bay, "omar")
        value = f"hour|{small['ferry']}/{small['scout']}/before"
        await bay.person("omar").choose(
            f"round-snooze:{small['ferry']}/{small['scout']}/before",
            value,
            channel=first["channel"],
            ts=first["ts"],
        )
        await bay.quiet()
        assert prompts(bay, "omar") == []
        await time.go(HOUR // 2)
        assert prompts(bay, "omar") == []
        await time.go(HOUR)

        assert len(prompts(bay, "omar")) == 1


async def test_a_round_is_skipped_with_a_reason_that_stays_with_its_author(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        (first,) = prompts(bay, "omar")
        await bay.person("omar").click("round-skip", channel=first["channel"], ts=first["ts"])
        await bay.quiet()
        await bay.person("omar").click("round-why")
        await bay.quiet()
        await bay.person("omar").submit({"skip-reason": "canary: on leave"})
        await bay.quiet()
        size = small.size()
        for _ in range(6):
            await time.go(DAY)

        assert prompts(bay, "omar") == []
        assert small.size() == size
        assert "canary" not in bay.said("ines")


async def test_a_prompt_of_a_round_that_is_over_says_so(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        start(small)
        await time.go(HOUR // 6)

        assert prompts(bay, "omar") == []
        assert any("This round is over" in each["text"] for each in bay.direct("omar"))


async def test_a_week_ends_in_one_message_of_what_happened(small: World) -> None:
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        start(small)
        for _ in range(10):  # from Friday over a Monday too near to the Monday of the week after
            await time.go(DAY)

        (told,) = [each for each in bay.direct("omar") if "this week" in each["text"]]
    assert "Scout the pier\u2069 began." in told["text"]


async def test_whoever_wants_single_notices_gets_them_the_same_day(small: World) -> None:
    small.application.kept.put("person", small["omar"], {"digest": "single"}, person=small["omar"])
    async with riverside(small, features) as bay:
        time = days(bay)
        await time.go(0)
        start(small)
        await time.go(HOUR // 6)

        (news,) = [each for each in bay.direct("omar") if "News of your pilots" in each["text"]]
        assert "Scout the pier\u2069 began." in news["text"]
        assert not [each for each in bay.direct("ines") if "Scout the pier\u2069 began." in each["text"]]


@pytest.mark.parametrize("name", ["omar", "kurt", "ines", "lena"])
async def test_prompts_and_lists_fit_in_every_language(small: World, name: str) -> None:
    async with riverside(small, features) as bay:
        await days(bay).go(0)
        await bay.person(name).command("/reflect", channel="general")
        await bay.quiet()

        assert prompts(bay, name)
        assert bay.screen(name).ephemerals()
