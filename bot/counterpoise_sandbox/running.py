"""A sandbox to run tests against: a server on a free port of the loopback, people to drive, screens to read.

async with started() as sandbox:                       # or started(file), or started(apps=[manifest])
    app = AsyncApp(token=sandbox.bot_token(), signing_secret=sandbox.app().signing_secret,
                   client=AsyncWebClient(token=sandbox.bot_token(), base_url=sandbox.api_url))
    bo, chloe = sandbox.person("bo"), sandbox.person("chloe")
    await bo.say("general", "@Sandbox App hello")      # also edit, react, command, click, choose, enter, submit...
    await sandbox.quiet()                              # never sleep: wait until all deliveries and calls are done
    assert sandbox.screen("bo").texts("general")[-1] == "Hello, Bo"
    assert sandbox.screen("chloe").ephemerals() == []
"""

import contextlib
import copy
from collections.abc import AsyncIterator, Callable, Iterable

from aiohttp import web

from counterpoise_sandbox.clock import Clock
from counterpoise_sandbox.engine import SETTLE, Engine
from counterpoise_sandbox.faults import Faults
from counterpoise_sandbox.first_workspace import first_workspace
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.record import Record
from counterpoise_sandbox.seen import Screen
from counterpoise_sandbox.server import application, serve
from counterpoise_sandbox.settings import Settings
from counterpoise_sandbox.workspace import App, Installation, Wire, Workspace
from counterpoise_sandbox.workspace_file import build


class Sandbox:
    """A running sandbox: where it is, who is in it, and what happened."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        return self.engine.address

    @property
    def api_url(self) -> str:
        """The base of the Web API, ending in /api/, as SLACK_API_URL wants it."""
        return f"{self.engine.address}/api/"

    @property
    def workspace(self) -> Workspace:
        """The state."""
        return self.engine.workspace

    @property
    def clock(self) -> Clock:
        """The clock: `set`, `move`, `follow`."""
        return self.engine.clock

    @property
    def faults(self) -> Faults:
        """The switches of what goes wrong."""
        return self.engine.faults

    @property
    def record(self) -> Record:
        """Every request and answer."""
        return self.engine.record

    def app(self, named: str = "") -> App:
        """Return an app by id or name, or the first: its `signing_secret`, `app_tokens`, `client_id` and so on."""
        return self.workspace.app(named)

    def installation(self, app: str = "", team: str = "") -> Installation:
        """Return how an app is installed, in a team or in the first it is in: `bot_user`, `bot_id`."""
        found = self.app(app)
        return next(
            one for one in self.workspace.installations if one.app_id == found.id and team in ("", one.team)
        )

    def bot_token(self, app: str = "", team: str = "") -> str:
        """Return the bot token of an app."""
        installation = self.installation(app, team)
        return next(
            one.value
            for one in self.workspace.tokens.values()
            if one.kind == "bot" and one.user == installation.bot_user and not one.revoked
        )

    def app_token(self, app: str = "") -> str:
        """Return an app-level token, for Socket Mode."""
        return self.app(app).app_tokens[0]

    def serve_events_at(self, url: str, app: str = "") -> None:
        """Set every request URL of an app, as its settings page would; without one switch Socket Mode on."""
        self.engine.point(self.app(app).id, url)

    @property
    def settings(self) -> Settings:
        """What is set from outside: faults, sockets, expiry of tokens, installations; noted for a replay."""
        return Settings(self.engine)

    def person(self, named: str) -> Somebody:
        """Return a person to act as, by id, name or e-mail."""
        return Somebody(self.engine, named)

    def screen(self, named: str) -> Screen:
        """Return what a person sees."""
        return Screen(self.engine, named)

    async def connected(self, app: str = "", count: int = 1) -> None:
        """Wait until an app has opened its sockets."""
        await self.engine.post.sockets.connected(self.app(app).id, count)

    async def quiet(self, settle: float = SETTLE, patience: float = 10.0) -> None:
        """Wait until nothing is under way; raises NotQuiet after `patience` seconds."""
        await self.engine.quiet(settle, patience)


def engine_of(file: Wire | None = None, *, apps: Iterable[Wire] = ()) -> Engine:
    """Return an engine with the workspace of a FILE's words, or the built-in one with these manifests as its apps."""
    given = file or first_workspace(*({"manifest": manifest} for manifest in apps))
    frozen = _copied(given)
    return Engine(lambda: build(frozen()))


@contextlib.asynccontextmanager
async def started(
    file: Wire | None = None,
    *,
    apps: Iterable[Wire] = (),
    port: int = 0,
    routes: Callable[[Engine], Iterable[web.AbstractRouteDef]] | None = None,
) -> AsyncIterator[Sandbox]:
    """Run a sandbox while inside: of a FILE's words, or the built-in workspace with these app manifests."""
    engine = engine_of(file, apps=apps)
    runner = await serve(engine, application(engine, routes=routes(engine) if routes else ()), port)
    try:
        yield Sandbox(engine)
    finally:
        await runner.cleanup()


def _copied(given: Wire) -> Callable[[], Wire]:
    return lambda: copy.deepcopy(given)
