"""A bare listener that keeps what Slack would send, and answers as it is told."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from counterpoise_sandbox.running import Sandbox

Json = dict[str, Any]


@dataclass
class Heard:
    """One request as it came."""

    body: bytes
    headers: dict[str, str]

    @property
    def payload(self) -> Json:
        """What it says, whether JSON, a command's form or an interaction's payload."""
        if self.headers["content-type"].startswith("application/json"):
            said: Json = json.loads(self.body)
            return said
        form = {name: values[0] for name, values in parse_qs(self.body.decode()).items()}
        return dict(json.loads(form["payload"])) if "payload" in form else dict(form)


Answer = Callable[[Heard], web.Response]


@dataclass
class Listener:
    """What was heard so far; `answer` says what is answered."""

    heard: list[Heard] = field(default_factory=list)
    answer: Answer = field(default=lambda _: web.Response())

    async def take(self, request: web.Request) -> web.Response:
        """Keep a request and answer it."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(await request.read(), headers))
        return self.answer(self.heard[-1])

    def events(self, kind: str = "") -> list[Json]:
        """Return the envelopes of the events heard, of one type or all."""
        envelopes = [one.payload for one in self.heard if "event" in one.payload]
        return [one for one in envelopes if kind in ("", one["event"]["type"])]


@contextlib.asynccontextmanager
async def listening(sandbox: Sandbox, app: str = "") -> AsyncIterator[Listener]:
    """Listen for everything that the sandbox sends to an app."""
    listener = Listener()
    server = web.Application()
    server.router.add_post("/", listener.take)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sandbox.serve_events_at(f"http://127.0.0.1:{runner.addresses[0][1]}/", app)
    try:
        yield listener
    finally:
        await runner.cleanup()
