"""`demo`: a seeded store, the bot, and a pretended workspace in the browser, in one process, until it is stopped."""

import asyncio
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counterpoise.application.faces import Application
from counterpoise.application.operations import opened
from counterpoise.cli import paper, pretence
from counterpoise.cli.telling import COORDINATOR, emptied, program, seeded, spinning, temporary
from counterpoise_bot import form
from counterpoise_bot.manifest import manifest
from counterpoise_bot.running import LOOPBACK, Running, running
from counterpoise_bot.settings import Settings
from counterpoise_sandbox import pages
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.guide import Guide, Step
from counterpoise_sandbox.running import Sandbox, engine_of
from counterpoise_sandbox.server import application as workspace_pages
from counterpoise_sandbox.server import serve

PORT, SANDBOX_PORT = 8470, 8471
CONCERN = "/concern The survey drones circle over the school, and parents keep their children at home"

GUIDE = Guide(
    title="Record your first concern",
    welcome=(
        "You are Lani Tupou-Marsh of the Ministry of Civil Protection of Tavai. Everybody here is invented, and "
        "nothing leaves this computer."
    ),
    steps=(
        Step(
            text="Send this to Counterpoise. Only you see the answer.",
            suggestion=CONCERN,
            channel=pretence.CHANNELS["survey"][1],
        ),
        Step(text="Look at the draft. Press “Record concern”: now it is an event that nobody can alter."),
        Step(text="Press “Undo”: it counts no longer, and the history says so."),
        Step(
            text="Ask how the pilot stands, and then why.",
            suggestion="/balance",
            channel=pretence.CHANNELS["survey"][1],
        ),
        Step(text="Open two people side by side, and see what the other one does not see."),
    ),
    start=pretence.account(pretence.FIRST),
    channel=pretence.CHANNELS["survey"][1],
)
"""What a newcomer is shown: two minutes from the first words to the first figure."""


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    store: str
    sandbox: Sandbox
    bot: Running

    @property
    def document(self) -> Mapping[str, Any]:
        """Addresses, ids and tokens: all that was made for this demo."""
        app = self.sandbox.app()
        return {
            "store": self.store,
            "sandbox": self.sandbox.url,
            "web": self.bot.url,
            "api": self.sandbox.api_url,
            "team": pretence.HOME,
            "app": app.id,
            "bot_token": self.sandbox.bot_token(),
            "app_token": self.sandbox.app_token(),
            "signing_secret": app.signing_secret,
            "people": {handle: pretence.account(handle) for handle in pretence.PEOPLE},
            "channels": {name: channel for channel, name in pretence.CHANNELS.values()},
            "coordinator": COORDINATOR,
        }


def demo(
    *,
    folder: Path | None = None,
    port: int = PORT,
    sandbox_port: int = SANDBOX_PORT,
    open: bool = True,  # noqa: A002  the option is called --no-open
    json: bool = False,
) -> None:
    """Seed a fresh store and open it: a workspace in the browser, with the bot in it, until you press Ctrl-C.

    Parameters
    ----------
    folder
        Where the store is kept; a demo that is there begins anew. Left out, a temporary folder, left as it is.
    port
        Where the bot's own pages are; another that is free where it is taken, 0 for any.
    sandbox_port
        Where the workspace is; likewise.
    open
        Whether to open the workspace in the browser, where there is one.
    json
        Print addresses, ids and tokens as one document, and nothing else.
    """
    home = emptied(folder) if folder else temporary()
    url = f"sqlite:///{home / 'log.db'}"
    with spinning():
        events, pilots = _told(url)
    asyncio.run(_until_stopped(url, events, pilots, ports=(port, sandbox_port), shown=open, as_json=json))


def _told(url: str) -> tuple[int, Mapping[str, str]]:
    events, _, cast = seeded(url)
    return events, dict(cast.pilots)


async def _until_stopped(
    url: str,
    events: int,
    pilots: Mapping[str, str],
    *,
    ports: tuple[int, int],
    shown: bool,
    as_json: bool,
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    async with demonstrated(url, pilots, port=ports[0], sandbox_port=ports[1]) as running_demo:
        sheet = paper.Paper(as_json=as_json)
        if as_json:
            sheet.document(dict(running_demo.document))
            sys.stdout.flush()
        else:
            _say(sheet, running_demo, events)
        if shown and not as_json and sys.stdout.isatty() and "CI" not in os.environ:
            webbrowser.open(running_demo.sandbox.url)
        await stopped.wait()


@asynccontextmanager
async def demonstrated(
    url: str, pilots: Mapping[str, str], *, port: int = 0, sandbox_port: int = 0
) -> AsyncIterator[Demo]:
    """Run the workspace and the bot over a seeded store, one clock for both, until the caller goes on."""
    with opened(url) as told:
        present = pretence.present(told, pilots)
        coordinator = told.speaker(pretence.COORDINATOR)
        titles = told.questions.names(coordinator).value["pilot"]
        pretence.introduce(told, pilots)
    named = {pilot: titles[pilots[pilot]] for pilot in pretence.CHANNELS}
    engine = engine_of(pretence.workspace(manifest(mode="socket"), present, named))
    with opened(url, clock=lambda: _micros(engine)) as application:
        runner = await serve(
            engine,
            workspace_pages(
                engine, routes=pages.routes(engine, GUIDE, title="Counterpoise: a workspace to try")
            ),
            _free(sandbox_port),
        )
        try:
            sandbox = Sandbox(engine)
            async with _bot(application, sandbox, _free(port)) as bot:
                engine.watched.append(lambda: bool(bot.busy.now) or bot.chat.out.busy)
                yield Demo(url, sandbox, bot)
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _bot(application: Application, sandbox: Sandbox, port: int) -> AsyncIterator[Running]:
    settings = Settings(
        mode="socket",
        bot_token=sandbox.bot_token(),
        app_token=sandbox.app_token(),
        api_url=sandbox.api_url,
        signing_secret=sandbox.app().signing_secret,
    )
    async with running(
        application,
        settings,
        port=port,
        clock=lambda: _micros(sandbox.engine),
        form_routes=form.routes(application),
    ) as bot:
        await sandbox.connected()
        yield bot


def _say(sheet: paper.Paper, shown: Demo, events: int) -> None:
    """Say where everything is, and what to try first."""
    sheet.heading("Counterpoise", "every theatre, organisation and person in this demo is invented")
    sheet.say(f"{events:,} events over two years were told into a fresh store, through the verbs themselves.")
    sheet.blank()
    sheet.exactly(f"  Workspace   {shown.sandbox.url}")
    sheet.exactly(f"  Store       {shown.store}")
    sheet.blank()
    sheet.say("Open the workspace in a browser: it shows you how to record, see and undo a first concern.")
    sheet.say("The same store in the terminal, beside it:")
    sheet.exactly(f"  {program()} tour --store '{shown.store}'")
    sheet.blank()
    sheet.say("Press Ctrl-C to stop.")
    sys.stdout.flush()


def _micros(engine: Engine) -> int:
    return int(engine.clock.now() * 1_000_000)


def _free(port: int) -> int:
    """Return a port if it can be listened at, else 0: any that can."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError:
            return 0
    return port
