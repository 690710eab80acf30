"""The sandbox over HTTP: Web API, uploads, response URLs, sockets, and whatever routes are mounted beside them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from aiohttp import web

from counterpoise_sandbox.answers import ResponseUrls
from counterpoise_sandbox.consent import Consent
from counterpoise_sandbox.control import Control
from counterpoise_sandbox.delivery import LOOPBACK
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.permalinks import Permalinks
from counterpoise_sandbox.served_files import ServedFiles
from counterpoise_sandbox.web_api import WebApi

LARGEST = 32 * 1024 * 1024
"""Bytes of a request."""

ENGINE = web.AppKey("engine", Engine)


def application(engine: Engine, *, routes: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
    """Return the server of an engine; `routes` are further doors, such as pages."""
    app = web.Application(client_max_size=LARGEST, middlewares=[_by_its_own_name])
    app[ENGINE] = engine
    app.router.add_routes(
        [
            *WebApi(engine).routes(),
            *ServedFiles(engine).routes(),
            *ResponseUrls(engine).routes(),
            *Consent(engine).routes(),
            *Control(engine).routes(),
            *Permalinks(engine).routes(),
            web.get("/link/", _link),
            *routes,
        ]
    )
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_let_go)
    return app


@web.middleware
async def _by_its_own_name(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer under a name of the loopback alone: a site that points its name here gets nothing."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        raise web.HTTPForbidden
    return await handler(request)


async def _running(app: web.Application) -> AsyncIterator[None]:
    async with app[ENGINE].running():
        yield


async def _let_go(app: web.Application) -> None:
    """End what would never end by itself: sockets, and pages that follow along."""
    app[ENGINE].changes.end()
    await app[ENGINE].post.sockets.close()


async def _link(request: web.Request) -> web.StreamResponse:
    engine = request.app[ENGINE]
    app_id = engine.workspace.tickets.pop(request.query.get("ticket", ""), "")
    if app_id not in engine.workspace.apps:
        raise web.HTTPForbidden
    opened = engine.record.begin("socket", "hello", at=engine.clock.now(), request={}, app=app_id)
    engine.changed("socket", app=app_id)
    wire = await engine.post.sockets.serve(request, app_id)
    opened.answer = {"closed": wire.close_code}
    engine.changed("socket", app=app_id)
    return wire


async def serve(engine: Engine, app: web.Application, port: int) -> web.AppRunner:
    """Listen on a port of the loopback (0: a free one) and tell the engine its address."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    bound = runner.addresses[0][1]
    engine.address = f"http://127.0.0.1:{bound}"
    await asyncio.sleep(0)
    return runner
