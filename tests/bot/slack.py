"""A pretend Slack of the tests, of one page: it answers what the way out asks, and errs when it is told to."""

import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Call = tuple[str, dict[str, Any]]

LOST = 0
"""The status of an answer that never comes: the connection is closed."""


@dataclass
class Slack:
    """What was asked, what stands in each conversation, and what is answered next to a method instead."""

    calls: list[Call] = field(default_factory=list)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    responses: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, deque[tuple[int, Any, bool]]] = field(default_factory=lambda: defaultdict(deque))
    granted: dict[str, Any] = field(default_factory=dict)
    struck: Callable[[], None] | None = None
    """What happens to whoever asked when a method errs."""
    base: str = ""
    _ts: Any = field(default_factory=lambda: count(1))

    def fail(
        self, method: str, code: str = "", *, status: int = 200, done: bool = False, times: int = 1
    ) -> None:
        """Answer a method with an error; with `done` it happens all the same."""
        answer = {"ok": False, "error": code} if code else "Something went wrong"
        self.instead[method].extend([(status, answer, done)] * times)

    def asked(self, method: str) -> list[dict[str, Any]]:
        """Return the arguments of every call of a method."""
        return [said for name, said in self.calls if name == method]

    def texts(self, channel: str) -> list[str]:
        """Return what a conversation says, in order."""
        return [each.get("text", "") for each in self.messages[channel]]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one method."""
        method = request.match_info["method"]
        said = dict(request.query)
        if request.content_type == "application/json":
            said |= await request.json()
        else:
            said |= {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append((method, said))
        if self.instead[method]:
            status, answer, done = self.instead[method].popleft()
            if done:
                self._answer(method, said)
            if self.struck is not None:
                self.struck()
            if status == LOST:
                assert request.transport is not None
                request.transport.abort()
            if isinstance(answer, str):
                return web.Response(status=status or 500, text=answer)
            return web.json_response(answer, status=status, headers={"Retry-After": "0"})
        return web.json_response(self._answer(method, said))

    async def respond(self, request: web.Request) -> web.Response:
        """Take what is sent to a response_url."""
        said = await request.json()
        self.responses.append(said)
        if self.instead["response_url"]:
            status, answer, _ = self.instead["response_url"].popleft()
            return web.Response(status=status, text=answer if isinstance(answer, str) else answer["error"])
        return web.Response(text="ok")

    async def take_file(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        self.calls.append(("upload", {"bytes": await request.read()}))
        return web.Response(text="OK")

    def _answer(self, method: str, said: Mapping[str, Any]) -> dict[str, Any]:
        channel = said.get("channel", "")
        match method:
            case "chat.postMessage":
                ts = f"{next(self._ts)}.000100"
                self.messages[channel].append({**said, "ts": ts})
                return {"ok": True, "ts": ts, "channel": channel}
            case "chat.update":
                for message in self.messages[channel]:
                    if message["ts"] == said["ts"]:
                        message.update(said)
                return {"ok": True, "ts": said["ts"]}
            case "conversations.open":
                return {"ok": True, "channel": {"id": f"D{said['users']}"}}
            case "conversations.history" | "conversations.replies":
                return {"ok": True, "messages": self.messages[channel][::-1]}
            case "files.getUploadURLExternal":
                return {"ok": True, "upload_url": f"{self.base}/files", "file_id": "F1"}
            case "files.completeUploadExternal":
                files = json.loads(said["files"]) if isinstance(said["files"], str) else said["files"]
                names = [{"name": each["title"]} for each in files]
                shown = {"ts": f"{next(self._ts)}.000100", "files": names}
                self.messages[said["channel_id"]].append(shown)
                return {"ok": True, "files": [{"id": "F1"}]}
            case "users.info":
                return {"ok": True, "user": {"id": said["user"], "locale": "fr-FR", "tz": "Europe/Paris"}}
            case "oauth.v2.access":
                return self.granted
            case "auth.test":
                return {
                    "ok": True,
                    "url": "https://x.slack.com/",
                    "team_id": "T1",
                    "user_id": "UBOT",
                    "bot_id": "BBOT",
                }
            case method if method.startswith("views."):
                return {"ok": True, "view": {"id": "V1", "hash": "1"}}
            case _:
                return {"ok": True}


@asynccontextmanager
async def slack() -> AsyncIterator[Slack]:
    """Run a pretend Slack; `base` is its address, with the Web API under /api/."""
    pretended = Slack()
    application = web.Application(client_max_size=2**24)
    application.router.add_route("*", "/api/{method}", pretended.handle)
    application.router.add_post("/respond", pretended.respond)
    application.router.add_post("/files", pretended.take_file)
    async with TestServer(application) as server:
        pretended.base = str(server.make_url("")).rstrip("/")
        yield pretended
