"""What is set from outside the workspace: clock, faults, sockets, tokens, installations; each noted for a replay."""

from datetime import datetime

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.installing import grant, install
from counterpoise_sandbox.methods.apps import uninstall
from counterpoise_sandbox.workspace import App, Wire


class Settings:
    """The switchboard of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def move_clock(self, seconds: float) -> None:
        """Move the clock by so many seconds."""
        self._note("move_clock", seconds=seconds)
        self._engine.clock.move(seconds)
        self._engine.changed("clock")

    def set_clock(self, moment: str | float) -> None:
        """Set the clock to seconds since 1970 or to a moment in ISO 8601 with its offset; raises ValueError."""
        when = moment if isinstance(moment, int | float) else _seconds(moment)
        self.move_clock(when - self._engine.clock.now())

    def set_faults(self, **said: object) -> None:
        """Switch faults by name; raises NoSuchFault."""
        self._engine.faults.switch(said)
        self._note("set_faults", **said)
        self._engine.changed("faults")

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self._note("clear_faults")
        self._engine.faults.clear()
        self._engine.changed("faults")

    async def disconnect(self, app: str = "", reason: str = "refresh_requested") -> int:
        """Ask an app's sockets to come again: `warning`, `refresh_requested` or `link_disabled`."""
        self._note("disconnect", app=app, reason=reason)
        return await self._engine.post.sockets.disconnect(self._app(app).id, reason)

    async def cut(self, app: str = "") -> int:
        """Break an app's sockets without a word."""
        self._note("cut", app=app)
        return await self._engine.post.sockets.cut(self._app(app).id)

    def expire_tokens(self, app: str = "") -> int:
        """Let an app's bot and user tokens expire now; return how many there were."""
        self._note("expire_tokens", app=app)
        found = self._app(app)
        tokens = [
            one
            for one in self._engine.workspace.tokens.values()
            if one.app_id == found.id and one.kind in ("bot", "user")
        ]
        for token in tokens:
            token.expires = self._engine.clock.now() - 1
        return len(tokens)

    def install(self, app: str = "", *, person: str) -> str:
        """Install an app as a person, with every scope of its manifest; return its bot token."""
        found = self._app(app)
        installer = self._engine.workspace.person(person)
        self._note("install", app=app, person=person)
        one = install(self._engine.workspace, found, team=installer.team, installer=installer.id)
        self._engine.changed("app", app=found.id)
        return grant(self._engine.workspace, one, found.bot_scopes).value

    def uninstall(self, app: str = "", *, team: str) -> None:
        """Take an app out of a team: its tokens end, its bot leaves, the app hears of both."""
        self._note("uninstall", app=app, team=team)
        uninstall(self._engine, self._app(app).id, team)

    def _app(self, named: str) -> App:
        return self._engine.workspace.app(named)

    def _note(self, what: str, **said: object) -> None:
        now = self._engine.clock.now()
        self._engine.record.begin("setting", what, at=now, request=dict(said))


def _seconds(moment: str) -> float:
    read = datetime.fromisoformat(moment)
    if read.tzinfo is None:
        raise ValueError(f"{moment!r} says no offset from UTC.")
    return read.timestamp()


def shown_clock(engine: Engine) -> Wire:
    """Return the time as JSON: seconds since 1970, and in ISO 8601."""
    return {"now": engine.clock.now(), "moment": engine.clock.moment().isoformat()}
