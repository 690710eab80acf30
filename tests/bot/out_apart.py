"""A bot of one message, in a process of its own: it posts, or finishes what was begun before it was killed."""

import asyncio
import sys
from pathlib import Path

from counterpoise.application.faces import Kept
from counterpoise_bot.clients import Sessions
from counterpoise_bot.lanes import Pace
from counterpoise_bot.message import Message, Picture, Place
from counterpoise_bot.out import Out
from counterpoise_bot.workspaces import OneWorkspace

CLINIC = Place("T1", "C1")
WORDS = Message("The road is open until noon", picture=Picture(b"\x89PNG pretended", "A road"))


async def main(deed: str, path: str, base: str) -> None:
    """Do `deed` with the memory at `path` and the Slack at `base`."""
    kept, sessions = Kept(Path(path), lambda: b"k" * 32), Sessions()
    workspace = OneWorkspace("xoxb-1", base_url=f"{base}/api/", sessions=sessions)
    out = Out(workspace, kept, sessions=sessions, pace=Pace(message=0, card=0))
    if deed == "post":
        await out.post(CLINIC, WORDS, key="1")
        await out.update(CLINIC, "1.0", Message("Closed"))
        await out.react(CLINIC, "1.0", "scales")
    else:
        await out.resume()
    await out.quiet()
    await out.close()
    kept.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
