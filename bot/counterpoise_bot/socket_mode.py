"""Socket Mode: the same requests through a connection that the bot opens, for machines nobody can reach."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_bot.clients import Unreached, asked, patient
from counterpoise_bot.gate import REMEMBERED

logger = logging.getLogger(__name__)

MOST_REMEMBERED = 10_000
PING = 3.0
"""Seconds between the pings that tell a lost connection."""

OK = 200


class Socket:
    """Hears what Slack sends through its sockets; each envelope once, each answered. Built inside a running loop."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        api_url: str,
        session: Callable[[], ClientSession],
        clock: Callable[[], float] = time.time,
        ping: float = PING,
    ) -> None:
        self._app = app
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._connecting: asyncio.Task[None] | None = None
        self._web = AsyncWebClient(app_token, base_url=api_url, session=session(), retry_handlers=patient())
        self._handler = AsyncSocketModeHandler(app, app_token, web_client=self._web, ping_interval=ping)
        self._handler.client.socket_mode_request_listeners[:] = [self.hear]

    async def connect(self) -> None:
        """Connect and stay connected, sooner or later. Refused where the token opens no connection."""
        try:
            answer = await asked(self._web.apps_connections_open(app_token=self._handler.app_token))
        except Unreached as trouble:
            logger.warning("Slack cannot be reached yet: %s", trouble.code)
        else:
            self._handler.client.wss_uri = str(answer["url"])
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here

    async def connected(self) -> bool:
        """Return whether a connection stands."""
        return bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        """Let go of the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here

    async def hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hear one envelope; whatever becomes of it, Slack is told that it came."""
        start = time.time()
        if self._repeated(request.envelope_id):
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
            return
        try:
            answer = await run_async_bolt_app(self._app, request)
        except Exception as error:  # noqa: BLE001  whatever it is, Slack would show it as a failure
            logger.error("An envelope could not be answered: %s", type(error).__name__)  # noqa: TRY400  no words in logs
            answer = None
        if answer is None or answer.status != OK:
            if answer is not None:
                logger.error("An envelope was not answered: %s", answer.status)
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
            return
        await send_async_response(client, request, answer, start)

    def _repeated(self, envelope: str) -> bool:
        """Whether this envelope came before; from now on it did."""
        now = self._clock()
        while self._seen and (
            len(self._seen) >= MOST_REMEMBERED or next(iter(self._seen.values())) < now - REMEMBERED
        ):
            self._seen.popitem(last=False)
        if envelope in self._seen:
            return True
        self._seen[envelope] = now
        return False
