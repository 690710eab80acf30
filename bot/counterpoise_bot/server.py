"""The door to the web: Slack's requests behind the gate, installation pages, health, and whatever else is mounted."""

import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from counterpoise_bot.gate import MOST_BYTES, TOO_LARGE, Gate, Judged

logger = logging.getLogger(__name__)

EVENTS, INSTALL, REDIRECT = "/slack/events", "/slack/install", "/slack/oauth_redirect"
READY, LIVE = "/health/ready", "/health/live"

SHUT = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""What every answer says to browsers."""

OK = 200
Ready = Callable[[], Awaitable[Mapping[str, bool]]]
"""Says of each thing the bot needs whether it is there."""


async def always() -> Mapping[str, bool]:
    """Need nothing."""
    return {}


class Slack:
    """Hears what Slack sends over HTTP: judged, told to the app, and always answered with something it can show."""

    def __init__(self, app: AsyncApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def hear(self, request: web.Request) -> web.Response:
        """Answer one request at /slack/events."""
        raw = await _body(request)
        if raw is None:
            return web.Response(status=TOO_LARGE)
        judged = self._gate.judge(request.headers, raw)
        if not judged.admitted:
            return web.Response(status=judged.status, text=judged.answer)
        return await to_aiohttp_response(await self._told(request, judged))

    async def _told(self, request: web.Request, judged: Judged) -> BoltResponse:
        """Return what the app answers; an empty 200 where it has nothing to say that Slack would show."""
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
        try:
            answer = await self._app.async_dispatch(
                AsyncBoltRequest(
                    body=judged.body,
                    query=request.query_string,
                    headers={**headers, "content-type": judged.content_type},
                )
            )
        except Exception as error:  # noqa: BLE001  whatever it is, Slack would show it as a failure
            logger.error("A request could not be answered: %s", type(error).__name__)  # noqa: TRY400  no words in logs
            return BoltResponse(status=OK, body="")
        if answer.status != OK:
            logger.error("A request was not answered: %s", answer.status)
            return BoltResponse(status=OK, body="")
        return answer


def served(
    app: AsyncApp,
    gate: Gate | None,
    *,
    flow: AsyncOAuthFlow | None = None,
    ready: Ready = always,
    form_routes: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """Return the web application: /slack/events behind `gate` (none in Socket Mode), installation with `flow`, health.

    `form_routes` are further routes that the same process serves.
    """
    application = web.Application(client_max_size=MOST_BYTES, middlewares=[_shut])
    if gate is not None:
        application.router.add_post(EVENTS, Slack(app, gate).hear)
    if flow is not None:
        application.router.add_get(INSTALL, _asking(flow.handle_installation))
        application.router.add_get(REDIRECT, _asking(flow.handle_callback))
    application.router.add_get(LIVE, _live)
    application.router.add_get(READY, _readiness(ready))
    application.router.add_routes(form_routes)
    return application


async def _body(request: web.Request) -> bytes | None:
    """Return the body, None for one that is too large, which is not read to its end."""
    if (request.content_length or 0) > MOST_BYTES:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _asking(
    answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def asked(request: web.Request) -> web.Response:
        given = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
        return await to_aiohttp_response(await answer(given))

    return asked


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"live": True})


def _readiness(ready: Ready) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answered(_request: web.Request) -> web.Response:
        found = dict(await ready())
        status = OK if all(found.values()) else 503
        return web.json_response({"ready": status == OK, **found}, status=status)

    return answered


@web.middleware
async def _shut(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Put on every answer what keeps browsers from doing anything with it; keep errors free of words."""
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        response = web.Response(status=refused.status, text=refused.reason, headers=_allowed(refused))
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, nobody is shown its words
        logger.error("A page could not be shown: %s", type(error).__name__)  # noqa: TRY400  no words in logs
        response = web.Response(status=500, text="This did not work. Nothing was lost; please try again.")
    for name, value in SHUT.items():
        response.headers.setdefault(name, value)
    return response


def _allowed(refused: web.HTTPException) -> dict[str, str]:
    kept = ("Allow", "Location")
    return {name: refused.headers[name] for name in kept if name in refused.headers}


@asynccontextmanager
async def serving(application: web.Application, bound: socket.socket) -> AsyncIterator[None]:
    """Serve at a socket that is bound until the caller goes on; no line of a request is logged."""
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.SockSite(runner, bound).start()
        yield
    finally:
        await runner.cleanup()
