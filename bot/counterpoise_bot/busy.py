"""What is under way: every listener that was begun and has not ended, so that a bot stops when it is done."""

import asyncio
import logging

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

logger = logging.getLogger(__name__)

OK = 200


class Busy(AsyncListenerStartHandler, AsyncListenerCompletionHandler):
    """Holds on to the task of every listener; Bolt itself starts them and lets go."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()

    @property
    def now(self) -> bool:
        """Whether a listener is under way."""
        return any(not task.done() for task in self._running)

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:  # noqa: ARG002
        """Hold on to whoever is running: at the start of a listener, and again at its end, where it does nothing."""
        task = asyncio.current_task()
        if task is not None and task not in self._running:
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def idle(self) -> None:
        """Return once no listener is under way."""
        while running := {task for task in self._running if not task.done()}:
            await asyncio.wait(running)


def watched(app: AsyncApp) -> Busy:
    """Watch the listeners of an app, and let their errors be logged without words, and never shown by Slack."""
    busy = Busy()
    runner = app.listener_runner
    runner.listener_start_handler = busy
    runner.listener_completion_handler = busy

    @app.error
    async def failed(error: Exception) -> BoltResponse:
        logger.error("A listener failed: %s", type(error).__name__)
        return BoltResponse(status=OK, body="")

    return busy
