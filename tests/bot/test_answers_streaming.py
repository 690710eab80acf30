"""An answer that grows: the plan first, the answer in its place, and what happens where Slack will not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from counterpoise.application.faces import Kept
from counterpoise_bot.clients import Sessions
from counterpoise_bot.lanes import Pace
from counterpoise_bot.message import Message, Picture, Place
from counterpoise_bot.out import Out
from counterpoise_bot.streaming import Stream
from counterpoise_bot.workspaces import OneWorkspace
from tests.bot.slack import Slack, slack

HERE = Place("T1", "D1")
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Said."}}
TABLED = Message("Said.", (SECTION,), Picture(b"png", "Alt"))
CHARTED = Message("Said.", (SECTION, {"type": "divider"}), plainer=TABLED)


@asynccontextmanager
async def streaming() -> AsyncIterator[tuple[Slack, Out, Stream]]:
    """Lend a stream in a pretended Slack that lets messages grow."""
    async with slack() as world:
        sessions = Sessions()
        clients = OneWorkspace("xoxb-1", base_url=f"{world.base}/api/", sessions=sessions)
        out = Out(clients, Kept(), pace=Pace(message=0, card=0), strict=True, sessions=sessions)
        world.instead["chat.startStream"].append((200, {"ok": True, "ts": "7.1"}, False))
        try:
            yield world, out, Stream(out, HERE, "1.0")
        finally:
            await out.close()


def methods(world: Slack) -> list[str]:
    return [method for method, _ in world.calls]


async def test_the_plan_is_shown_and_then_the_answer_in_its_place() -> None:
    async with streaming() as (world, _, stream):
        begun = await stream.begin("Working", "Read")
        await stream.turn_to("Draw")
        ended = await stream.end(CHARTED)

    assert (begun, ended) == (True, True)
    assert methods(world) == ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"]
    assert world.asked("chat.startStream")[0]["thread_ts"] == "1.0"
    assert world.asked("chat.appendStream")[0]["chunks"] == [
        {"type": "task_update", "id": "1", "title": "Read", "status": "complete"},
        {"type": "task_update", "id": "2", "title": "Draw", "status": "in_progress"},
    ]
    assert world.asked("chat.update")[0]["ts"] == "7.1"


async def test_where_messages_may_not_grow_nothing_is_begun() -> None:
    async with slack() as world:
        sessions = Sessions()
        clients = OneWorkspace("xoxb-1", base_url=f"{world.base}/api/", sessions=sessions)
        out = Out(clients, Kept(), pace=Pace(message=0, card=0), strict=True, sessions=sessions)
        world.fail("chat.startStream", "unknown_method")
        begun = await Stream(out, HERE, "1.0").begin("Working", "Read")
        await out.close()

    assert not begun


async def test_a_stream_that_was_lost_still_becomes_the_answer() -> None:
    async with streaming() as (world, _, stream):
        await stream.begin("Working", "Read")
        world.fail("chat.appendStream", "message_not_in_streaming_state")
        world.fail("chat.stopStream", "message_not_in_streaming_state")
        await stream.turn_to("Draw")
        ended = await stream.end(CHARTED)

    assert ended
    assert methods(world)[-1] == "chat.update"


async def test_refused_blocks_become_plainer_ones_with_the_picture_in_the_thread() -> None:
    async with streaming() as (world, out, stream):
        await stream.begin("Working", "Read")
        world.fail("chat.update", "invalid_blocks")
        ended = await stream.end(CHARTED)
        degraded = list(out.degraded)

    assert ended
    assert [each.surface for each in degraded] == ["stream"]
    assert world.asked("files.completeUploadExternal")[0]["thread_ts"] == "1.0"


async def test_an_answer_that_cannot_stand_there_leaves_nothing_behind() -> None:
    async with streaming() as (world, _, stream):
        await stream.begin("Working", "Read")
        world.fail("chat.update", "cant_update_message")
        ended = await stream.end(CHARTED)

    assert not ended
    assert world.asked("chat.delete")[0]["ts"] == "7.1"
