"""The pages of the workspace: complete without a script, and followed live with one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from counterpoise_sandbox import showing
from counterpoise_sandbox.address import PARTS, Address, Look
from counterpoise_sandbox.control import of_this_machine
from counterpoise_sandbox.doing import Fields, act, do, sent
from counterpoise_sandbox.emoji import PICKED
from counterpoise_sandbox.engine import Engine, NotQuiet
from counterpoise_sandbox.guide import PLAIN, Guide
from counterpoise_sandbox.mrkdwn import Reader
from counterpoise_sandbox.pane import Pane, pane
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.showing import Found, Line, shown_name
from counterpoise_sandbox.tools import Tools
from counterpoise_sandbox.workspace import Person, Unknown

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STATIC = {"sandbox.css": "text/css", "sandbox.js": "text/javascript"}
PATIENCE = 3.0
"""Seconds a page without a script waits for the apps' answers."""
HEARTBEAT = 15.0
STROKES = (
    ("disconnect", "Ask sockets to reconnect"),
    ("cut", "Cut the sockets"),
    ("expire", "Let tokens expire"),
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(engine: Engine, guide: Guide = PLAIN, *, title: str = "Sandbox") -> list[web.RouteDef]:
    """Return the routes of every page."""
    return Pages(engine, guide, title).routes()


def _guarded(handler: Handler) -> Handler:
    """Refuse pages of other sites: they could post as anybody, and read what is here under a name of their own."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not of_this_machine(request):
            raise web.HTTPForbidden(text="These pages are for this machine, and for no page of another site.")
        return await handler(request)

    return guarded


class Pages:
    """The pages of one engine; `guide` is what newcomers are told."""

    def __init__(self, engine: Engine, guide: Guide = PLAIN, title: str = "Sandbox") -> None:
        self._engine = engine
        self._guide = guide
        self._title = title
        self._found: Found = {}
        self._guided: set[str] = set()
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/", _guarded(self._people)),
            web.get("/as/{user}", _guarded(self._alone)),
            web.get("/as/{user}/{place}", _guarded(self._alone)),
            web.get("/both", _guarded(self._chosen)),
            web.get("/both/{left}/{right}", _guarded(self._both)),
            web.post("/as/{user}/do", _guarded(self._do)),
            web.post("/as/{user}/act", _guarded(self._act)),
            *Tools(self._engine, self._draw, self._back).routes(_guarded),
            web.post("/reset", _guarded(self._reset)),
            web.get("/live", _guarded(self._live)),
            web.get("/static/{name}", self._static),
        ]

    def _draw(
        self, template: str, request: web.Request, *, reader: Person | None = None, **values: object
    ) -> web.Response:
        """Return a page with what all pages show: the clock and what waits to be posted."""
        zone = ZoneInfo(reader.tz if reader else "UTC")
        now = self._engine.clock.moment().astimezone(zone)
        told = Reader(locale=reader.locale if reader else "en").language
        shown = self._templates.get_template(template).render(
            title=self._title,
            number=self._engine.changes.number,
            clock=format_datetime(now, "EEE HH:mm", locale="en"),
            clock_long=format_datetime(now, "full", locale=told),
            clock_value=now.strftime("%Y-%m-%dT%H:%M"),
            zone=zone.key if reader else "UTC",
            waiting=self._waiting(zone),
            back=request.path_qs,
            faults=self._faults_on(),
            emoji=list(PICKED.items()),
            **{"here": "", "page_direction": "ltr", **values},
        )
        return web.Response(text=shown, content_type="text/html", headers=HEADERS)

    def _waiting(self, zone: ZoneInfo) -> list[str]:
        def told(post_at: int, channel: str, words: str) -> str:
            moment = datetime.fromtimestamp(post_at, zone)
            name = self._engine.workspace.channels[channel].name or "a direct message"
            return f"{moment:%a %d %b %H:%M} in {name}: {words[:60]}"

        scheduled = sorted(self._engine.workspace.scheduled.values(), key=lambda one: one.post_at)
        return [told(one.post_at, one.channel, str(one.arguments.get("text") or "…")) for one in scheduled]

    def _faults_on(self) -> int:
        return sum(1 for value in self._engine.faults.shown().values() if value)

    # ---- who one is

    async def _people(self, request: web.Request) -> web.Response:
        everybody = showing.people(self._engine.workspace)
        cards = [
            {
                "id": one.id,
                "name": shown_name(one),
                "initials": showing.initials(shown_name(one)),
                "hue": showing.hue(shown_name(one)),
                "about": " · ".join(
                    part
                    for part in (one.title, self._engine.workspace.teams[one.team].name, one.tz, one.locale)
                    if part
                ),
            }
            for one in everybody
        ]
        return self._draw(
            "people.html", request, people=cards, guide=self._guide, start=self._start(), here="people"
        )

    def _start(self) -> Line | None:
        if not self._guide.start:
            return None
        person = self._engine.workspace.person(self._guide.start)
        return Line(address=f"/as/{person.id}", name=shown_name(person), kind="person")

    async def _chosen(self, request: web.Request) -> web.Response:
        left, right = (self._person(request.query.get(side, "")) for side in ("left", "right"))
        raise web.HTTPSeeOther(f"/both/{left.id}/{right.id}")

    def _person(self, named: str) -> Person:
        try:
            return self._engine.workspace.person(named)
        except Unknown as unknown:
            raise web.HTTPNotFound(text=str(unknown)) from None

    # ---- what one sees

    async def _alone(self, request: web.Request) -> web.Response:
        look = self._look(request, request.match_info["user"], "", place=request.match_info.get("place", ""))
        shown = await self._pane(request, Address(look), "p1")
        return self._draw(
            "workspace.html", request, reader=shown.person, panes=[shown], page_direction=shown.direction
        )

    async def _both(self, request: web.Request) -> web.Response:
        left = self._look(request, request.match_info["left"], "l.")
        right = self._look(request, request.match_info["right"], "r.")
        panes = [
            await self._pane(request, Address(left, right, "l"), "p1"),
            await self._pane(request, Address(right, left, "r"), "p2"),
        ]
        return self._draw("workspace.html", request, reader=panes[0].person, panes=panes)

    def _look(self, request: web.Request, user: str, prefix: str, place: str = "") -> Look:
        person = self._person(user)
        parts = {name: request.query.get(prefix + name, "") for name in PARTS}
        place = showing.known_place(self._engine.workspace, place or parts["place"]) or self._first(person)
        return Look(person.id, **{**parts, "place": place})

    def _first(self, person: Person) -> str:
        """Return where a person begins: the guide's channel, else their first."""
        channels = self._engine.workspace.channels.values()
        mine = [one for one in channels if person.id in one.members and one.kind in ("public", "private")]
        named = next((one for one in mine if self._guide.channel in (one.id, one.name)), None)
        first = named or next(iter(mine), None)
        return first.id if first else ""

    async def _pane(self, request: web.Request, address: Address, key: str) -> Pane:
        look = address.look
        try:
            moved = not request.headers.get("X-Live") and request.headers.get("X-Pane", key) == key
            if moved and look.place in self._engine.workspace.apps:
                await self._open(look)
            shown = pane(self._engine, address, self._found, key)
        except Unknown as unknown:
            raise web.HTTPNotFound(text=str(unknown)) from None
        away = look.user in self._guided
        shown.guide = (
            None
            if away or address.beside or shown.thread_ts or shown.tab in ("home", "about")
            else self._guide
        )
        shown.guide_closed = away and not address.beside and shown.tab not in ("home", "about")
        return shown

    async def _open(self, look: Look) -> None:
        """Tell an app that somebody opened its Home or its messages, as a click in the list does."""
        app = self._engine.workspace.apps[look.place]
        tab = look.tab or ("home" if app.has_home else "messages")
        try:
            await Somebody(self._engine, look.user).open_home(app.id, tab=tab)
            await self._engine.quiet(patience=PATIENCE)
        except (Impossible, NotQuiet):
            return

    # ---- what one does

    async def _do(self, request: web.Request) -> web.Response:
        fields = await sent(request)
        user = self._person(request.match_info["user"]).id
        verb = fields.text("verb")
        if verb in ("guide", "guided"):
            (self._guided.add if verb == "guided" else self._guided.discard)(user)
            self._engine.changed("guide", user=user)
            return await self._back(request, fields)
        return await self._try(request, fields, do(self._engine, Somebody(self._engine, user), fields))

    async def _act(self, request: web.Request) -> web.Response:
        fields = await sent(request)
        who = Somebody(self._engine, self._person(request.match_info["user"]).id)
        return await self._try(request, fields, act(self._engine, who, self._found, fields))

    async def _try(self, request: web.Request, fields: Fields, deed: Awaitable[None]) -> web.Response:
        user = request.match_info["user"]
        try:
            await deed
        except (Impossible, Unknown) as refusal:
            told = {"text": str(refusal), "where": "", "at": self._engine.clock.now()}
            self._engine.workspace.notices.setdefault(user, []).append(told)
            self._engine.changed("notice", user=user)
        return await self._back(request, fields)

    async def _back(self, request: web.Request, fields: Fields) -> web.Response:
        """Lead back to the page a form came from; without a script, once the apps have answered."""
        if not request.headers.get("X-Live"):
            with contextlib.suppress(NotQuiet):
                await self._engine.quiet(patience=PATIENCE)
        back = fields.text("back")
        local = back.startswith("/") and not back.startswith(("//", "/\\"))
        raise web.HTTPSeeOther(back if local else "/")

    async def _reset(self, _: web.Request) -> web.Response:
        self._found.clear()
        self._guided.clear()
        self._engine.reset()
        raise web.HTTPSeeOther("/")

    # ---- following along

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send the number of the last change whenever there is one, as server-sent events."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        number = int(request.query.get("after", "0") or 0)
        try:
            while True:
                news = await self._engine.changes.after(number, HEARTBEAT)
                number = self._engine.changes.number
                await response.write(f"data: {number}\n\n".encode() if news else b": still here\n\n")
        except (ConnectionError, asyncio.CancelledError):
            return response

    async def _static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        body = (HERE / "static" / name).read_bytes()
        headers = {**HEADERS, "Cache-Control": "no-cache"}
        return web.Response(body=body, content_type=STATIC[name], charset="utf-8", headers=headers)
