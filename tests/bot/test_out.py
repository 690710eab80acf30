"""The way out: sent once, in turn, plainer where Slack refuses, and again when it could not be reached."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from counterpoise.application.faces import Kept
from counterpoise_bot import blocks
from counterpoise_bot.clients import Sessions
from counterpoise_bot.lanes import Pace
from counterpoise_bot.limits import OverLimit
from counterpoise_bot.message import Account, Message, Picture, Place
from counterpoise_bot.out import Out
from counterpoise_bot.words import Words, of
from counterpoise_bot.workspaces import OneWorkspace
from tests.bot.slack import LOST, Slack, slack

TABLE = {
    "type": "table",
    "rows": [[{"type": "raw_text", "text": "Gains"}, {"type": "raw_text", "text": "3.2"}]],
}
CHART = {
    "type": "data_visualization",
    "title": "Balance",
    "chart": {"type": "pie", "segments": [{"label": "Gains", "value": 3.2}]},
}
CLINIC = Place("T1", "C1")
BO = Account("T1", "U1")
TOO_MUCH = Message("Fifty-one lines", tuple(blocks.divider() for _ in range(51)))
PNG = b"\x89PNG pretended"


@dataclass
class Time:
    """A clock that moves when somebody waits."""

    seconds: float = 0.0

    async def sleep(self, duration: float) -> None:
        self.seconds += max(0.0, duration)
        await asyncio.sleep(0)


@dataclass
class Reader:
    """Somebody who is told that a dialog came too late."""

    account: Account
    words: Words


@pytest.fixture
async def world() -> AsyncIterator[Slack]:
    async with slack() as pretended:
        yield pretended


@pytest.fixture
def time() -> Time:
    return Time()


def made(world: Slack, time: Time, kept: Kept, *, strict: bool = False) -> Out:
    sessions = Sessions()
    clients = OneWorkspace("xoxb-1", base_url=f"{world.base}/api/", sessions=sessions)
    pace = Pace(seconds=lambda: time.seconds, sleep=time.sleep)
    return Out(clients, kept, pace=pace, strict=strict, sessions=sessions, clock=lambda: 1)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def out(world: Slack, time: Time, kept: Kept) -> AsyncIterator[Out]:
    out = made(world, time, kept)
    yield out
    await out.close()


# Messages


async def test_a_message_is_posted_without_previews_and_without_calling_anybody(
    world: Slack, out: Out
) -> None:
    posted = await out.post(CLINIC, Message("Hello", (blocks.divider(),)), key="1")

    (said,) = world.asked("chat.postMessage")
    assert posted.ts
    assert said["text"] == "Hello"
    assert {said[name] for name in ("unfurl_links", "unfurl_media", "link_names")} <= {False, "0", "false"}
    assert said["parse"] == "none"


async def test_a_message_of_one_key_is_posted_once(world: Slack, out: Out) -> None:
    first, second = await asyncio.gather(*(out.post(CLINIC, Message("Hello"), key="1") for _ in range(2)))
    third = await out.post(CLINIC, Message("Hello"), key="1")

    assert first == second == third
    assert world.texts("C1") == ["Hello"]


async def test_a_conversation_gets_one_message_a_second(world: Slack, out: Out, time: Time) -> None:
    await asyncio.gather(*(out.post(CLINIC, Message(f"{n}"), key=f"{n}") for n in range(5)))

    assert time.seconds >= 4
    assert world.texts("C1") == ["0", "1", "2", "3", "4"]


async def test_conversations_do_not_wait_for_each_other(world: Slack, out: Out, time: Time) -> None:
    await asyncio.gather(*(out.post(Place("T1", f"C{n}"), Message("Hello"), key=f"{n}") for n in range(5)))

    assert time.seconds == 0
    assert len(world.asked("chat.postMessage")) == 5


async def test_the_metadata_names_nobody(world: Slack, out: Out) -> None:
    await out.direct(BO, Message("Hello"), key="draft/U1/7")

    (said,) = world.asked("chat.postMessage")
    assert set(said["metadata"]["event_payload"]) == {"mark"}
    assert "U1" not in str(said["metadata"])


async def test_a_refused_chart_becomes_a_table_and_then_a_text(world: Slack, out: Out) -> None:
    for _ in range(2):
        world.fail("chat.postMessage", "invalid_blocks")
    plain = Message("Gains 3.2", (TABLE,))

    posted = await out.post(CLINIC, Message("Gains 3.2", (CHART,), plainer=plain), key="1")

    assert posted.ts
    assert ["blocks" in said for said in world.asked("chat.postMessage")] == [True, True, False]
    assert world.texts("C1") == ["Gains 3.2"]
    assert [each.code for each in out.degraded] == ["invalid_blocks"] * 2


async def test_the_picture_in_place_of_a_chart_comes_with_words(world: Slack, out: Out) -> None:
    world.fail("chat.postMessage", "invalid_blocks")
    table = Message("Gains 3.2", (TABLE,), picture=Picture(PNG, "Gains rise from 2 to 3.2"))

    await out.post(CLINIC, Message("Gains 3.2", (CHART,), plainer=table), key="1")

    assert world.asked("upload") == [{"bytes": PNG}]
    assert world.asked("files.getUploadURLExternal")[0]["alt_txt"] == "Gains rise from 2 to 3.2"


async def test_a_picture_that_slack_refuses_leaves_the_words(world: Slack, out: Out) -> None:
    world.fail("files.getUploadURLExternal", "file_uploads_disabled")

    posted = await out.post(CLINIC, Message("Gains 3.2", picture=Picture(PNG, "Gains rise")), key="1")

    assert posted.ts
    assert world.texts("C1") == ["Gains 3.2"]


async def test_what_is_past_a_limit_is_sent_plainer(world: Slack, out: Out) -> None:
    await out.post(CLINIC, TOO_MUCH, key="1")

    assert world.texts("C1") == ["Fifty-one lines"]
    assert [each.code for each in out.degraded] == ["limit"]


async def test_what_is_past_a_limit_fails_where_that_is_asked_for(world: Slack, time: Time) -> None:
    out = made(world, time, Kept(), strict=True)

    with pytest.raises(OverLimit):
        await out.post(CLINIC, TOO_MUCH, key="1")

    await out.close()


async def test_long_words_are_sent_in_pieces(world: Slack, out: Out) -> None:
    words = " ".join(f"word{n}" for n in range(1_200))

    await out.post(CLINIC, Message(words), key="1")
    await out.quiet()

    assert len(world.texts("C1")) > 1
    assert " ".join(world.texts("C1")) == words


async def test_very_long_words_are_sent_as_a_file(world: Slack, out: Out) -> None:
    words = " ".join(f"word{n}" for n in range(5_000))

    await out.post(CLINIC, Message(words), key="1")

    assert world.asked("upload") == [{"bytes": words.encode()}]


async def test_a_message_nobody_will_take_is_let_go(world: Slack, out: Out, kept: Kept) -> None:
    world.fail("chat.postMessage", "channel_not_found")

    posted = await out.post(CLINIC, Message("Hello"), key="1")

    assert posted == ("", "channel_not_found")
    assert kept.all("outbox") == []


async def test_a_message_that_could_not_be_sent_is_sent_later(world: Slack, out: Out) -> None:
    world.fail("chat.postMessage", status=503, times=2)

    posted = await out.post(CLINIC, Message("Hello"), key="1")
    await out.quiet()

    assert posted.ts == ""
    assert world.texts("C1") == ["Hello"]


async def test_a_message_whose_answer_was_lost_is_not_sent_again(world: Slack, out: Out) -> None:
    world.fail("chat.postMessage", status=LOST, done=True)

    await out.post(CLINIC, Message("Hello"), key="1")
    await out.quiet()

    assert world.texts("C1") == ["Hello"]
    assert (await out.post(CLINIC, Message("Hello"), key="1")).ts


async def test_slack_s_wish_to_wait_is_kept(world: Slack, out: Out) -> None:
    world.fail("chat.postMessage", "ratelimited", status=429)

    posted = await out.post(CLINIC, Message("Hello"), key="1")

    assert posted.ts
    assert world.texts("C1") == ["Hello"]


async def test_no_line_of_the_log_names_anybody_or_repeats_words(
    world: Slack, out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.fail("chat.postMessage", "invalid_blocks")
    world.fail("chat.postMessage", status=503)
    world.fail("reactions.add", "not_in_channel")

    await out.direct(BO, Message("Families are afraid", (blocks.divider(),)), key="draft/U1/7")
    await out.react(CLINIC, "1.0", "scales")
    await out.quiet()

    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp")]
    assert lines
    assert not [line for line in lines for secret in ("U1", "C1", "afraid", "xoxb") if secret in line]


# Crashes


async def test_what_was_not_sent_is_sent_after_the_next_start(
    world: Slack, time: Time, tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "kept.db", lambda: b"k" * 32)
    world.fail("chat.postMessage", status=503)
    before = made(world, time, kept)
    await before.post(CLINIC, Message("Hello"), key="1")
    await before.close()

    after = made(world, time, kept)
    await after.resume()
    await after.quiet()

    assert world.texts("C1") == ["Hello"]
    await after.close()
    kept.close()


async def test_a_message_that_stood_before_a_crash_is_not_doubled(
    world: Slack, time: Time, kept: Kept
) -> None:
    world.fail("chat.postMessage", status=LOST, done=True)
    before = made(world, time, kept)
    await before.post(CLINIC, Message("Hello"), key="1")
    await before.close()

    after = made(world, time, kept)
    await after.resume()
    await after.quiet()

    assert world.texts("C1") == ["Hello"]
    await after.close()


async def test_where_the_bot_may_not_look_a_doubted_message_is_sent(world: Slack, out: Out) -> None:
    world.fail("chat.postMessage", status=503)
    world.fail("conversations.history", "missing_scope")

    await out.post(CLINIC, Message("Hello"), key="1")
    await out.quiet()

    assert world.texts("C1") == ["Hello"]


# Cards and small deeds


async def test_of_a_card_s_faces_within_three_seconds_the_newest_is_shown(
    world: Slack, out: Out, time: Time
) -> None:
    posted = await out.post(CLINIC, Message("Card"), key="1")
    for n in range(10):
        await out.update(CLINIC, posted.ts, Message(f"Face {n}"))
    await out.quiet()
    await out.update(CLINIC, posted.ts, Message("Face 10"))
    await out.update(CLINIC, posted.ts, Message("Face 11"))
    await out.quiet()

    assert [said["text"] for said in world.asked("chat.update")] == ["Face 9", "Face 11"]
    assert time.seconds >= 3


async def test_a_face_that_slack_refuses_is_shown_plainer(world: Slack, out: Out) -> None:
    world.fail("chat.update", "invalid_blocks")

    await out.update(CLINIC, "1.0", Message("Card", (TABLE,)))
    await out.quiet()

    assert world.asked("chat.update")[-1]["text"] == "Card"


async def test_a_face_not_shown_before_a_crash_is_shown_after_it(
    world: Slack, time: Time, kept: Kept
) -> None:
    before = made(world, time, kept)
    await before.update(CLINIC, "1.0", Message("Face"))
    await before.close()
    assert world.asked("chat.update") == []

    after = made(world, time, kept)
    await after.resume()
    await after.quiet()

    assert [said["text"] for said in world.asked("chat.update")] == ["Face"]
    await after.close()


async def test_a_reaction_is_put_on_again_until_slack_has_it(world: Slack, out: Out) -> None:
    world.fail("reactions.add", status=502)

    await out.react(CLINIC, "1.0", "scales")
    await out.quiet()

    assert len(world.asked("reactions.add")) == 2


async def test_a_reaction_that_is_there_already_is_done(world: Slack, out: Out, kept: Kept) -> None:
    world.fail("reactions.add", "already_reacted")

    await out.react(CLINIC, "1.0", "scales")

    assert kept.all("outbox-deed") == []


# Ephemeral messages


async def test_whoever_is_not_in_the_conversation_is_told_directly(world: Slack, out: Out) -> None:
    world.fail("chat.postEphemeral", "user_not_in_channel")

    await out.whisper(CLINIC, "U1", Message("Only for you"))

    assert world.texts("DU1") == ["Only for you"]


async def test_a_response_url_takes_the_place_of_the_message(world: Slack, out: Out) -> None:
    assert await out.respond(f"{world.base}/respond", Message("Done"))

    assert world.responses[0]["replace_original"] is True


async def test_a_response_url_that_has_run_out_says_so(world: Slack, out: Out) -> None:
    world.fail("response_url", "expired_url", status=404)

    assert not await out.respond(f"{world.base}/respond", Message("Done"))


async def test_a_response_whose_blocks_are_refused_is_sent_plainer(world: Slack, out: Out) -> None:
    world.fail("response_url", "invalid_blocks", status=400)

    assert await out.respond(f"{world.base}/respond", Message("Done", (TABLE,)))
    assert world.responses[-1]["blocks"] == []


# Views


VIEW: dict[str, Any] = dict(blocks.modal("New concern", [blocks.divider()], callback="concern"))


async def test_a_dialog_that_comes_too_late_is_explained_directly(world: Slack, out: Out) -> None:
    world.fail("views.open", "expired_trigger_id")

    opened = await out.open("T1", "1.2.3", VIEW, person=Reader(BO, of("en")))

    assert opened == ""
    assert "three seconds" in world.texts("DU1")[0]


async def test_a_dialog_past_a_limit_is_shortened(world: Slack, out: Out) -> None:
    view = dict(blocks.modal("T" * 25, [blocks.divider()], callback="concern"))

    assert await out.open("T1", "1.2.3", view) == "V1"
    shown = world.asked("views.open")[0]["view"]
    assert shown["title"]["text"] == "T" * 23 + "…"


async def test_what_slack_says_of_a_person_is_asked(out: Out) -> None:
    assert (await out.profile("T1", "U1"))["locale"] == "fr-FR"


async def test_slack_s_silence_about_a_person_is_no_error(world: Slack, out: Out) -> None:
    world.fail("users.info", "user_not_found")

    assert await out.profile("T1", "U1") == {}
