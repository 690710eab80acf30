"""The engine: one workspace, its clock, its faults, its record, and the post to the apps."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator

from counterpoise_sandbox import events
from counterpoise_sandbox.clock import Clock
from counterpoise_sandbox.delivery import Post
from counterpoise_sandbox.faults import Faults
from counterpoise_sandbox.record import Record
from counterpoise_sandbox.workspace import Channel, Wire, Workspace

SETTLE = 0.05
"""Seconds without any traffic after which the workspace counts as quiet."""

BEAT = 0.005


class NotQuiet(Exception):  # noqa: N818 - it says what happened
    """Something was still under way when the patience ended."""


class Changes:
    """A numbered list of what changed, for pages that follow along."""

    def __init__(self) -> None:
        self._notes: list[Wire] = []
        self._news = asyncio.Event()
        self._ended = False

    def end(self) -> None:
        """Let everybody go who waits for a change; from here on nobody can wait."""
        self._ended = True
        self._news.set()

    @property
    def number(self) -> int:
        """The number of the last change."""
        return len(self._notes)

    def note(self, kind: str, **about: str) -> None:
        """Note a change: its kind, and the channel, user or app it is about."""
        self._notes.append({"number": len(self._notes) + 1, "kind": kind, **about})
        self._news.set()

    def since(self, number: int) -> list[Wire]:
        """Return the changes after a number."""
        return self._notes[number:]

    async def after(self, number: int, wait: float) -> list[Wire]:
        """Return the changes after a number; if there are none, wait up to so many seconds for one.

        Raises ConnectionResetError where the sandbox ends meanwhile.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while len(self._notes) <= number:
                    if self._ended:
                        raise ConnectionResetError("The sandbox ends.")
                    self._news.clear()
                    await self._news.wait()
        return self.since(number)


class Engine:
    """One sandbox. It needs a running event loop; `build` makes the workspace it begins with and returns to."""

    def __init__(self, build: Callable[[], Workspace]) -> None:
        self._build = build
        self.clock = Clock()
        self.faults = Faults()
        self.record = Record()
        self.changes = Changes()
        self.post = Post(self.clock, self.faults, self.record)
        self.calls_under_way = 0
        """Requests of apps that are being answered."""
        self.watched: list[Callable[[], bool]] = []
        """Further things that can be busy, such as a bot in the same process."""
        self._activity = itertools.count(1)
        self._last = 0
        self.workspace = build()
        self._pointed: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Where the sandbox answers, such as http://127.0.0.1:8085."""
        return self.workspace.address

    @address.setter
    def address(self, address: str) -> None:
        self.workspace.address = address

    def reset(self, build: Callable[[], Workspace] | None = None) -> None:
        """Return to the first workspace (or another), real time, no faults, an empty record; sockets stay open."""
        address = self.address
        self.faults.clear()
        self.record.forget()
        self.clock.forget()
        self.workspace = (build or self._build)()
        self.address = address
        for app_id, url in self._pointed.items():
            if app_id in self.workspace.apps:
                self.workspace.apps[app_id].point(url)
        self.changed("reset")

    def point(self, app_id: str, url: str) -> None:
        """Send everything for an app to one URL by HTTP, or to its sockets where there is none; a reset keeps it."""
        self.workspace.apps[app_id].point(url)
        self._pointed[app_id] = url
        self.changed("app", app=app_id)

    def changed(self, kind: str, **about: str) -> None:
        """Tell whoever follows along that something changed, and that it is not quiet yet."""
        self._last = next(self._activity)
        self.changes.note(kind, **about)

    def mint_ts(self, channel: Channel) -> str:
        """Return a timestamp that no message of the channel has."""
        micros = int(self.clock.now() * 1_000_000)
        while (ts := f"{micros // 1_000_000}.{micros % 1_000_000:06d}") in channel.stamps:
            micros += 1
        channel.stamps.add(ts)
        return ts

    def happen(self, event: Wire, *, channel: Channel | None = None, team: str = "") -> None:
        """Let every app that may hear of an event hear of it."""
        for hearer in events.hearers(self.workspace, event, channel, [team]):
            self.tell(hearer, event, channel=channel)

    def tell(self, hearer: events.Hearer, event: Wire, *, channel: Channel | None = None) -> None:
        """Send an event to one app, if there is any way to it."""
        if not hearer.app.socket_mode and not hearer.app.events_url:
            return
        for _ in range(1 + self.faults.duplicates):
            now = self.clock.now()
            event_id = self.workspace.mint("Ev")
            wrapped = events.envelope(self.workspace, hearer, event, channel, event_id=event_id, now=now)
            self.post.event(hearer.app, wrapped)

    def follow(self, app_id: str, team: str, event: Wire) -> None:
        """Tell one app of an event that concerns it alone, if it has subscribed to it."""
        app = self.workspace.apps[app_id]
        installation = self.workspace.installation(app_id, team)
        if installation is not None and event["type"] in app.events:
            self.tell(events.Hearer(app=app, installation=installation, also=(installation,)), event)

    def follow_in(self, app_id: str, channel: Channel, event: Wire) -> None:
        """Tell one app of an event in a channel, if it may hear of it."""
        for hearer in events.hearers(self.workspace, event, channel, []):
            if hearer.app.id == app_id:
                self.tell(hearer, event, channel=channel)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Count a request of an app as under way until it is answered."""
        self.calls_under_way += 1
        try:
            yield
        finally:
            self.calls_under_way -= 1
            self._last = next(self._activity)

    def busy(self) -> bool:
        """Return whether anything is on its way, being answered, or due."""
        return (
            self.post.busy
            or self.calls_under_way > 0
            or self.clock.due()
            or any(occupied() for occupied in self.watched)
        )

    async def quiet(self, settle: float = SETTLE, patience: float = 10.0) -> None:
        """Wait until nothing was under way for `settle` seconds; raises NotQuiet after `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._settled(settle)
        except TimeoutError:
            raise NotQuiet(f"After {patience} seconds something was still under way.") from None

    async def _settled(self, settle: float) -> None:
        loop = asyncio.get_running_loop()
        calm_since, last = loop.time(), self._last
        while loop.time() - calm_since < settle:
            self.clock.fall_due()
            await asyncio.sleep(BEAT)
            if self.busy() or last != self._last:
                calm_since, last = loop.time(), self._last

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the clock going while inside; afterwards stop everything."""
        ticking = asyncio.get_running_loop().create_task(self.clock.run())
        try:
            yield
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await self.post.close()
