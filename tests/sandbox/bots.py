"""Small bots of slack-bolt that run against a sandbox, over HTTP or in Socket Mode."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from counterpoise_sandbox.running import Sandbox

Script = Callable[[AsyncApp], None]
"""Adds listeners to an app."""


def client(sandbox: Sandbox, token: str | None = None, *, app: str = "") -> AsyncWebClient:
    """Return the official asynchronous client, pointed at the sandbox; without a token the bot's."""
    return AsyncWebClient(token=sandbox.bot_token(app) if token is None else token, base_url=sandbox.api_url)


def bolt(sandbox: Sandbox, script: Script, *, app: str = "") -> AsyncApp:
    """Return an app of slack-bolt with the script's listeners."""
    bot = AsyncApp(
        client=client(sandbox, app=app),
        signing_secret=sandbox.app(app).signing_secret,
        process_before_response=True,
    )
    script(bot)
    return bot


async def refusal(call: Awaitable[AsyncSlackResponse]) -> str:
    """Return the error a call is answered with; empty where it is answered well."""
    try:
        await call
    except SlackApiError as refused:
        return str(refused.response["error"])
    return ""


@contextlib.asynccontextmanager
async def over_socket(
    sandbox: Sandbox, script: Script, *, app: str = ""
) -> AsyncIterator[AsyncSocketModeHandler]:
    """Run a bot in Socket Mode while inside."""
    token = sandbox.app_token(app)
    handler = AsyncSocketModeHandler(
        bolt(sandbox, script, app=app), token, web_client=client(sandbox, token), ping_interval=1
    )
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack-bolt has no hints here
    await sandbox.connected(app)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # same


@contextlib.asynccontextmanager
async def over_http(sandbox: Sandbox, script: Script, *, app: str = "") -> AsyncIterator[str]:
    """Run a bot over HTTP while inside; lends its address."""
    server = bolt(sandbox, script, app=app).server(port=0, host="127.0.0.1", path="/slack/events")
    runner = web.AppRunner(server.web_app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    sandbox.serve_events_at(address, app)
    try:
        yield address
    finally:
        await runner.cleanup()
