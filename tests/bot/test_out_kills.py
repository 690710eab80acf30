"""The outbox across kill -9: whatever moment it comes at, the message stands once, with its picture."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.bot import out_apart
from tests.bot.slack import LOST, Slack, slack

PROGRAM = (sys.executable, out_apart.__file__)


async def run(world: Slack, path: Path, deed: str) -> int:
    """Run a bot to its end, or to the moment at which Slack is struck, when it is killed."""
    process = await asyncio.create_subprocess_exec(*PROGRAM, deed, str(path), world.base)
    world.struck = process.kill
    try:
        return await process.wait()
    finally:
        world.struck = None


MOMENTS = {
    "before the message stands": ("chat.postMessage", False),
    "after the message stands": ("chat.postMessage", True),
    "before its picture stands": ("files.completeUploadExternal", False),
    "after its picture stands": ("files.completeUploadExternal", True),
    "after the reaction is there": ("reactions.add", True),
}


@pytest.mark.parametrize(("method", "done"), MOMENTS.values(), ids=MOMENTS)
async def test_a_killed_bot_finishes_what_it_began_and_doubles_nothing(
    tmp_path: Path,
    method: str,
    done: bool,  # noqa: FBT001  a case of the table
) -> None:
    async with slack() as world:
        world.fail(method, status=LOST, done=done)

        assert await run(world, tmp_path / "kept.db", "post") == -9
        assert await run(world, tmp_path / "kept.db", "resume") == 0

        said = [each for each in world.messages["C1"] if "text" in each]
        pictures = [each for each in world.messages["C1"] if "files" in each]
        assert [each["text"] for each in said] == ["The road is open until noon"]
        assert len(pictures) == 1
