"""The pages for whoever tries an app: the clock, what goes wrong, and the record of all that was sent."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from counterpoise_sandbox.doing import Fields, text
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.faults import NoSuchFault
from counterpoise_sandbox.record import Exchange
from counterpoise_sandbox.showing import shown_name
from counterpoise_sandbox.workspace import Wire

MOST = 200
"""Exchanges the inspector shows."""
REFUSABLE = (
    "data_visualization",
    "data_table",
    "table",
    "card",
    "carousel",
    "container",
    "plan",
    "task_card",
)
STROKES = (
    ("disconnect", "Ask sockets to reconnect"),
    ("cut", "Cut the sockets"),
    ("expire", "Let tokens expire"),
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Draw = Callable[..., web.Response]
Back = Callable[[web.Request, Fields], Awaitable[web.Response]]


class Tools:
    """The pages of the sandbox itself; `draw` draws a page and `back` leads to where a form came from."""

    def __init__(self, engine: Engine, draw: Draw, back: Back) -> None:
        self._engine = engine
        self._draw = draw
        self._back = back

    def routes(self, guarded: Callable[[Handler], Handler]) -> list[web.RouteDef]:
        """Return the routes; `guarded` refuses forms of other sites."""
        return [
            web.post("/clock", guarded(self._move_clock)),
            web.get("/faults", self._show_faults),
            web.post("/faults", guarded(self._set_faults)),
            web.get("/inspector", self._inspect),
            web.get("/inspector/export", self._export),
        ]

    async def _move_clock(self, request: web.Request) -> web.Response:
        fields = await request.post()
        clock = self._engine.clock
        try:
            zone = ZoneInfo(text(fields, "zone") or "UTC")
            if text(fields, "move"):
                clock.move(float(text(fields, "move")))
            elif text(fields, "to") == "now":
                clock.set(datetime.now(UTC).timestamp())
            elif text(fields, "to"):
                clock.set(_next(text(fields, "to"), clock.moment().astimezone(zone)).timestamp())
            else:
                clock.set(datetime.fromisoformat(text(fields, "when")).replace(tzinfo=zone).timestamp())
        except (ValueError, KeyError) as trouble:
            raise web.HTTPBadRequest(text=f"The clock cannot go there: {trouble}") from None
        self._engine.changed("clock")
        return await self._back(request, fields)

    async def _show_faults(self, request: web.Request) -> web.Response:
        return self._draw(
            "faults.html", request, held=self._engine.faults, blocks=REFUSABLE, strokes=STROKES, here="faults"
        )

    async def _set_faults(self, request: web.Request) -> web.Response:
        fields = await request.post()
        try:
            await self._fault(fields)
        except (ValueError, NoSuchFault) as trouble:
            raise web.HTTPBadRequest(text=str(trouble)) from None
        self._engine.changed("faults")
        raise web.HTTPSeeOther("/faults")

    async def _fault(self, fields: Fields) -> None:
        engine = self._engine
        match text(fields, "verb"):
            case "switch":
                refused = [str(one) for one in fields.getall("refused", [])]
                switches = {
                    "late_acks": "late_acks" in fields,
                    "tiers": "tiers" in fields,
                    "refused_blocks": refused,
                }
                numbers = {name: int(text(fields, name) or 0) for name in ("retries", "duplicates")}
                engine.faults.switch({**switches, **numbers})
            case "blow":
                seconds = int(text(fields, "seconds") or 1)
                blow: Wire = {name: text(fields, name) for name in ("fault", "method")}
                blow |= {"count": int(text(fields, "count") or 1), "retry_after": seconds}
                blow["seconds"] = float(seconds)
                engine.faults.switch({"blows": [*engine.faults.shown()["blows"], blow]})
            case "clear":
                engine.faults.clear()
            case "expire":
                for token in engine.workspace.tokens.values():
                    token.expires = engine.clock.now() - 1 if token.kind in ("bot", "user") else token.expires
            case "disconnect":
                for app in engine.workspace.apps:
                    await engine.post.sockets.disconnect(app)
            case "cut":
                for app in engine.workspace.apps:
                    await engine.post.sockets.cut(app)
            case _:
                raise NoSuchFault("There is no such fault.")

    async def _inspect(self, request: web.Request) -> web.Response:
        way, words = request.query.get("way", ""), request.query.get("words", "")
        everything = self._engine.record.since()
        fitting = [one for one in everything if way in ("", one.way) and words.casefold() in _haystack(one)]
        return self._draw(
            "inspector.html",
            request,
            exchanges=[self._exchange(one) for one in reversed(fitting[-MOST:])],
            total=len(everything),
            shown=len(fitting[-MOST:]),
            ways=sorted({one.way for one in everything}),
            way=way,
            words=words,
            here="inspector",
        )

    def _exchange(self, one: Exchange) -> Wire:
        app = self._engine.workspace.apps.get(one.app)
        person = self._engine.workspace.people.get(one.user)
        error = one.trouble or str(one.answer.get("error") or "")
        inward = one.way in ("api", "upload", "response_url", "oauth", "person")
        return {
            "number": one.number,
            "arrow": "→" if inward else "←",
            "way": one.way,
            "name": one.name,
            "app": app.name if app else "",
            "user": shown_name(person) if person else "",
            "at": f"{datetime.fromtimestamp(one.at, UTC):%H:%M:%S} UTC",
            "verdict": error or (str(one.status) if one.status else ""),
            "tone": "bad" if error else "good",
            "request": _pretty(one.request),
            "answer": _pretty(one.answer) if one.answer else "",
            "headers": _pretty(one.headers) if one.headers else "",
        }

    async def _export(self, _request: web.Request) -> web.Response:
        held = {"exchanges": list(self._engine.record.shown())}
        attached = {"Content-Disposition": 'attachment; filename="sandbox-recording.json"'}
        return web.json_response(held, headers=attached)


def _next(day: str, now: datetime) -> datetime:
    """Return nine o'clock tomorrow, or on the Friday that comes next."""
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    if day == "tomorrow":
        return nine + timedelta(days=1)
    ahead = (4 - now.weekday()) % 7
    friday = nine + timedelta(days=ahead)
    return friday if friday > now else friday + timedelta(days=7)


def _pretty(held: object) -> str:
    return json.dumps(held, indent=2, ensure_ascii=False, default=str)


def _haystack(one: Exchange) -> str:
    return f"{one.name} {json.dumps(one.request, ensure_ascii=False, default=str)} {one.answer}".casefold()
