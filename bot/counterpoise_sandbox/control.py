"""The control API under /control/: whatever a person can do or see, the record, faults, clock, reset and quiet."""

import base64
import binascii
import contextlib
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from counterpoise_sandbox import cases
from counterpoise_sandbox.delivery import LOOPBACK
from counterpoise_sandbox.engine import Engine, NotQuiet
from counterpoise_sandbox.faults import NoSuchFault
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.seen import Screen
from counterpoise_sandbox.settings import Settings, shown_clock
from counterpoise_sandbox.workspace import App, Unknown, Wire
from counterpoise_sandbox.workspace_file import Unreadable, shown

DEEDS = [
    "say",
    "edit",
    "delete",
    "dismiss",
    "stop",
    "react",
    "unreact",
    "command",
    "click",
    "choose",
    "enter",
    "suggestions",
    "submit",
    "close",
    "shortcut",
    "message_shortcut",
    "open_home",
    "look_at",
    "join",
    "leave",
    "invite",
    "upload",
    "ask_to_share",
    "change",
]
"""What a person can be made to do: POST /control/people/{person}/{deed}."""

SIGHTS = (
    "everything",
    "messages",
    "thread",
    "ephemerals",
    "channels",
    "modals",
    "modal",
    "home",
    "files",
    "notices",
)
"""What can be read of a person's screen: GET /control/people/{person}/{sight}."""

SETTINGS = ("disconnect", "cut", "expire_tokens", "install", "uninstall")
"""What can be done to an app: POST /control/apps/{app}/{setting}."""

LONGEST_WAIT = 60.0
CALM = 0.3
"""Seconds without traffic that count as quiet for a driver whose app runs in another process."""

Door = Callable[[web.Request], Awaitable[Wire]]


class Control:
    """The routes of the control API; every answer is a JSON object with `ok`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._settings = Settings(engine)
        self._first = shown(engine.workspace)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/control/workspace", self._guarded(self._workspace)),
            web.post("/control/people/{person}/{deed}", self._guarded(self._do)),
            web.get("/control/people/{person}/{sight}", self._guarded(self._see)),
            web.get("/control/record", self._guarded(self._record)),
            web.get("/control/faults", self._guarded(self._faults)),
            web.post("/control/faults", self._guarded(self._set_faults)),
            web.delete("/control/faults", self._guarded(self._clear_faults)),
            web.get("/control/clock", self._guarded(self._clock)),
            web.post("/control/clock", self._guarded(self._set_clock)),
            web.post("/control/apps/{app}/urls", self._guarded(self._point)),
            web.post("/control/apps/{app}/verify", self._guarded(self._verify)),
            web.post("/control/apps/{app}/{setting}", self._guarded(self._set_app)),
            web.post("/control/quiet", self._guarded(self._quiet)),
            web.post("/control/reset", self._guarded(self._reset)),
            web.get("/control/changes", self._guarded(self._changes)),
            web.get("/control/stream", self._stream),
            web.get("/control/case", self._guarded(self._case)),
            web.post("/control/replay", self._guarded(self._replay)),
        ]

    def _guarded(self, door: Door) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Answer in JSON, whatever happens, and only to programs and pages of this machine."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if not of_this_machine(request):
                return _told("This door is for programs and pages of this machine.", 403)
            try:
                return web.json_response({"ok": True, **await door(request)}, dumps=_dumps)
            except Unknown as unknown:
                return _told(str(unknown), 404)
            except (Impossible, cases.Unplayable, Unreadable) as refusal:
                return _told(str(refusal), 409)
            except NotQuiet as unrest:
                return _told(str(unrest), 504)
            except (NoSuchFault, TypeError, ValueError) as mistake:
                return _told(str(mistake), 400)

        return answer

    async def _workspace(self, _: web.Request) -> Wire:
        return addresses(self._engine) | {"workspace": shown(self._engine.workspace)}

    async def _do(self, request: web.Request) -> Wire:
        deed, said = request.match_info["deed"], await _body(request)
        if deed not in DEEDS:
            raise Unknown(f"Nobody can {deed!r}; people can {', '.join(DEEDS)}.")
        if deed == "upload":
            said["content"] = _bytes(said.get("content"))
        person = Somebody(self._engine, request.match_info["person"])
        done: Any = await getattr(person, deed)(**said)
        return {"result": done}

    async def _see(self, request: web.Request) -> Wire:
        sight = request.match_info["sight"]
        if sight not in SIGHTS:
            raise Unknown(f"There is no sight {sight!r}; there are {', '.join(SIGHTS)}.")
        look = getattr(Screen(self._engine, request.match_info["person"]), sight)
        inspect.signature(look).bind(**request.query)
        seen: Any = look(**request.query)
        return {"result": seen}

    async def _record(self, request: web.Request) -> Wire:
        after = int(request.query.get("after", "0"))
        return {"exchanges": list(self._engine.record.shown(after))}

    async def _faults(self, _: web.Request) -> Wire:
        return {"faults": self._engine.faults.shown()}

    async def _set_faults(self, request: web.Request) -> Wire:
        self._settings.set_faults(**await _body(request))
        return {"faults": self._engine.faults.shown()}

    async def _clear_faults(self, _: web.Request) -> Wire:
        self._settings.clear_faults()
        return {"faults": self._engine.faults.shown()}

    async def _clock(self, _: web.Request) -> Wire:
        return shown_clock(self._engine)

    async def _set_clock(self, request: web.Request) -> Wire:
        said = await _body(request)
        if set(said) == {"move"}:
            self._settings.move_clock(float(said["move"]))
        elif set(said) == {"set"}:
            self._settings.set_clock(said["set"])
        else:
            raise ValueError(
                "Say either move (seconds) or set (seconds since 1970, or ISO 8601 with its offset)."
            )
        return shown_clock(self._engine)

    async def _point(self, request: web.Request) -> Wire:
        said = await _body(request)
        app = self._app(request)
        if bool(said.get("socket_mode")) == bool(said.get("request_url")):
            raise ValueError("Say either request_url or socket_mode.")
        self._engine.point(app.id, str(said.get("request_url") or ""))
        return {"app": app.id, "socket_mode": app.socket_mode, "request_url": app.events_url}

    async def _verify(self, request: web.Request) -> Wire:
        return {"verified": await self._engine.post.verify(self._app(request))}

    async def _set_app(self, request: web.Request) -> Wire:
        setting = request.match_info["setting"]
        if setting not in SETTINGS:
            raise Unknown(f"There is no {setting!r}; there are {', '.join(SETTINGS)}.")
        done: Any = getattr(self._settings, setting)(self._app(request).id, **await _body(request))
        return {"result": await done if inspect.isawaitable(done) else done}

    async def _quiet(self, request: web.Request) -> Wire:
        said = await _body(request)
        await self._engine.quiet(float(said.get("settle", CALM)), float(said.get("patience", 10.0)))
        return {"exchanges": len(self._engine.record.since()), "change": self._engine.changes.number}

    async def _reset(self, _: web.Request) -> Wire:
        self._engine.reset()
        return addresses(self._engine)

    async def _changes(self, request: web.Request) -> Wire:
        after = int(request.query.get("after", "0"))
        wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
        notes = await self._engine.changes.after(after, wait) if wait else self._engine.changes.since(after)
        return {"changes": notes, "number": self._engine.changes.number}

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not of_this_machine(request):
            return _told("This door is for programs and pages of this machine.", 403)
        said = (
            request.query.get("after")
            or request.headers.get("Last-Event-ID")
            or str(self._engine.changes.number)
        )
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await self._tell(response, int(said) if said.isdigit() else 0)
        return response

    async def _tell(self, response: web.StreamResponse, number: int) -> None:
        while True:
            for note in await self._engine.changes.after(number, LONGEST_WAIT / 4):
                number = note["number"]
                await response.write(f"id: {number}\ndata: {_dumps(note)}\n\n".encode())
            await response.write(b": still here\n\n")

    async def _case(self, _: web.Request) -> Wire:
        return {"case": cases.written(self._engine, self._first)}

    async def _replay(self, request: web.Request) -> Wire:
        said = await _body(request)
        settle = float(said.get("settle", CALM))
        return await cases.play(self._engine, said.get("case", said), settle=settle)

    def _app(self, request: web.Request) -> App:
        return self._engine.workspace.app(request.match_info["app"])


def addresses(engine: Engine) -> Wire:
    """Return where everything is answered."""
    return {
        "url": engine.address,
        "api_url": f"{engine.address}/api/",
        "authorize_url": f"{engine.address}/oauth/v2/authorize",
        "control_url": f"{engine.address}/control/",
    }


def of_this_machine(request: web.Request) -> bool:
    """Return whether a request names this machine as its host, and comes from no page of another site."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin", "")
    return host in LOOPBACK and (not origin or urlsplit(origin).netloc == request.host)


async def _body(request: web.Request) -> Wire:
    said = await request.text()
    value = json.loads(said) if said.strip() else {}
    if not isinstance(value, dict):
        raise TypeError("A JSON object is wanted.")
    return value


def _bytes(encoded: object) -> bytes:
    try:
        return base64.b64decode(str(encoded), validate=True)
    except binascii.Error:
        raise ValueError("content is base64.") from None


def _told(words: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=status)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
