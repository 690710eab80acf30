"""The pages for whoever tries an app: the clock, what goes wrong, and the record of all that was sent."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from counterpoise_sandbox import cases
from counterpoise_sandbox.doing import Fields, sent
from counterpoise_sandbox.engine import Engine, NotQuiet
from counterpoise_sandbox.faults import NoSuchFault
from counterpoise_sandbox.record import Exchange
from counterpoise_sandbox.settings import Settings
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
        self._settings = Settings(engine)

    def routes(self, guarded: Callable[[Handler], Handler]) -> list[web.RouteDef]:
        """Return the routes; `guarded` refuses forms of other sites."""
        return [
            web.post("/clock", guarded(self._move_clock)),
            web.get("/faults", guarded(self._show_faults)),
            web.post("/faults", guarded(self._set_faults)),
            web.get("/inspector", guarded(self._inspect)),
            web.post("/inspector/replay", guarded(self._replay)),
        ]

    async def _move_clock(self, request: web.Request) -> web.Response:
        fields = await sent(request)
        try:
            self._move(fields, ZoneInfo(fields.text("zone") or "UTC"))
        except (ValueError, KeyError, OverflowError) as trouble:
            raise web.HTTPBadRequest(text=f"The clock cannot go there: {trouble}") from None
        return await self._back(request, fields)

    def _move(self, fields: Fields, zone: ZoneInfo) -> None:
        day = fields.text("to")
        if fields.text("move"):
            self._settings.move_clock(float(fields.text("move")))
        elif day == "now":
            self._settings.set_clock(datetime.now(UTC).timestamp())
        elif day:
            self._settings.set_clock(_next(day, self._engine.clock.moment().astimezone(zone)).timestamp())
        else:
            moment = datetime.fromisoformat(fields.text("when")).replace(tzinfo=zone)
            self._settings.set_clock(moment.timestamp())

    async def _show_faults(self, request: web.Request) -> web.Response:
        return self._draw(
            "faults.html", request, held=self._engine.faults, blocks=REFUSABLE, strokes=STROKES, here="faults"
        )

    async def _set_faults(self, request: web.Request) -> web.Response:
        fields = await sent(request)
        try:
            await self._fault(fields)
        except (ValueError, NoSuchFault) as trouble:
            raise web.HTTPBadRequest(text=str(trouble)) from None
        raise web.HTTPSeeOther("/faults")

    async def _fault(self, fields: Fields) -> None:
        match fields.text("verb"):
            case "switch":
                self._settings.set_faults(
                    late_acks="late_acks" in fields,
                    tiers="tiers" in fields,
                    refused_blocks=fields.texts("refused"),
                    retries=int(fields.text("retries") or 0),
                    duplicates=int(fields.text("duplicates") or 0),
                )
            case "blow":
                blows = [*self._engine.faults.shown()["blows"], _blow(fields)]
                self._settings.set_faults(blows=blows)
            case "clear":
                self._settings.clear_faults()
            case "expire":
                for app in self._engine.workspace.apps:
                    self._settings.expire_tokens(app)
            case "disconnect":
                for app in self._engine.workspace.apps:
                    await self._settings.disconnect(app)
            case "cut":
                for app in self._engine.workspace.apps:
                    await self._settings.cut(app)
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
        inward = one.way in ("api", "upload", "response_url", "oauth", "person", "setting")
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

    async def _replay(self, request: web.Request) -> web.Response:
        """Play an exported case again, from its own beginning, and show what differed."""
        fields = await sent(request)
        try:
            said = json.loads(fields.files("case")[0].file.read())
            verdict = await cases.play(self._engine, said.get("case", said))
        except (cases.Unplayable, NotQuiet, ValueError, AttributeError, LookupError) as trouble:
            raise web.HTTPBadRequest(text=f"This case cannot be played: {trouble}") from None
        return self._draw(
            "replay.html", request, same=verdict["same"], verdict=_pretty(verdict), here="inspector"
        )


def _blow(fields: Fields) -> Wire:
    seconds = int(fields.text("seconds") or 1)
    return {
        "fault": fields.text("fault"),
        "method": fields.text("method"),
        "count": int(fields.text("count") or 1),
        "retry_after": seconds,
        "seconds": float(seconds),
    }


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
