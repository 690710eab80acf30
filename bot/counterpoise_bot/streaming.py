"""Streaming: an answer that takes its time shows what is being done, then becomes the answer.

Only in direct conversations: a message that grows is seen by everybody where it stands.
"""

import logging
from collections.abc import Mapping
from typing import Any

from counterpoise_bot.clients import NotInstalled, Refused, Unreached, Wire, asked
from counterpoise_bot.fitting import payload
from counterpoise_bot.message import Message, Place
from counterpoise_bot.out import Out
from counterpoise_bot.posting import PLAINER, Degraded, plainer

logger = logging.getLogger(__name__)

TROUBLE = (Refused, Unreached, NotInstalled)


class Stream:
    """One answer that grows: its plan with the tasks that were begun, at last the answer in their place."""

    def __init__(self, out: Out, place: Place, thread: str) -> None:
        self._out = out
        self._place = place
        self._thread = thread
        self._ts = ""
        self._tasks: list[str] = []

    async def begin(self, plan: str, task: str) -> bool:
        """Show what is planned and what is begun; False where Slack does not let messages grow here."""
        said = {
            "thread_ts": self._thread,
            "task_display_mode": "plan",
            "chunks": [{"type": "plan_update", "title": plan}, self._task(task)],
        }
        answer = await self._asked("chat.startStream", said)
        self._ts = str(answer.get("ts", ""))
        return bool(self._ts)

    async def turn_to(self, task: str) -> None:
        """Show that the last task is done and the next begun. A stream that was lost is found again at its end."""
        chunks = [self._done(), self._task(task)]
        await self._asked("chat.appendStream", {"ts": self._ts, "chunks": chunks})

    async def end(self, message: Message) -> bool:
        """Put the answer in the place of the plan, as plain as Slack wants it; False where it would not have any."""
        await self.stop()
        form: Message | None = message
        while form is not None:
            code = await self._put(form)
            if not code:
                if form.picture is not None:
                    await self._out.upload(self._place, form.picture, thread=self._thread)
                return True
            if code not in PLAINER:
                break
            self._out.degraded.append(Degraded(code, "stream"))
            form = plainer(form)
        await self._out.remove(self._place, self._ts)
        return False

    async def stop(self) -> None:
        """Let the message grow no more."""
        await self._asked("chat.stopStream", {"ts": self._ts, "chunks": [self._done()]})

    async def drop(self) -> None:
        """Take the plan away: there is no answer to put in its place."""
        await self.stop()
        await self._out.remove(self._place, self._ts)

    def _task(self, title: str) -> Mapping[str, Any]:
        self._tasks.append(title)
        return {"type": "task_update", "id": str(len(self._tasks)), "title": title, "status": "in_progress"}

    def _done(self) -> Mapping[str, Any]:
        last = {"id": str(len(self._tasks)), "title": self._tasks[-1]}
        return {"type": "task_update", **last, "status": "complete"}

    async def _put(self, form: Message) -> str:
        """Return the code with which Slack does not take a form; empty where it does."""
        said = payload(form) if form.blocks else {"text": form.text, "blocks": []}
        try:
            wire = await self._wire()
            await asked(wire.client.chat_update(channel=self._place.channel, ts=self._ts, **said))
        except TROUBLE as trouble:
            return getattr(trouble, "code", "not_installed")
        return ""

    async def _asked(self, method: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return Slack's answer, nothing where it would not."""
        try:
            wire = await self._wire()
            return await asked(wire.once.api_call(method, json={"channel": self._place.channel, **said}))
        except TROUBLE as trouble:
            logger.info("%s was refused: %s", method, getattr(trouble, "code", "not_installed"))
            return {}

    async def _wire(self) -> Wire:
        return await self._out.clients.of(self._place.team)
