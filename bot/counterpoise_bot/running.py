"""The bot as it runs: settings, workspaces, the conversation, and the doors that Slack and people come in by."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp.web import AbstractRouteDef
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise.application.faces import Application, Clock, Refusal, now
from counterpoise_bot.app import Conversation, bolt, conversation
from counterpoise_bot.busy import Busy, watched
from counterpoise_bot.chat import Chat
from counterpoise_bot.clients import Refused, Sessions, Unreached, patient
from counterpoise_bot.gate import Gate
from counterpoise_bot.installations import Installations, States, watch
from counterpoise_bot.lanes import Pace
from counterpoise_bot.linking import STRANGER
from counterpoise_bot.manifest import OPTIONAL_SCOPES, SCOPES
from counterpoise_bot.oauth import flow
from counterpoise_bot.out import Out
from counterpoise_bot.pictures import Pictures
from counterpoise_bot.server import EVENTS, INSTALL, LIVE, READY, REDIRECT, served, serving
from counterpoise_bot.settings import APP_TOKEN, BOT_TOKEN, Settings
from counterpoise_bot.socket_mode import Socket
from counterpoise_bot.understanding.tables import tongue
from counterpoise_bot.words import LANGUAGES
from counterpoise_bot.workspaces import Authorized, Known, ManyWorkspaces, OneWorkspace

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
ENDS_WITHIN = 5.0
"""Seconds in which listeners may end what they began, when the bot is stopped."""

LIBRARIES = ("slack_bolt", "slack_sdk", "slack_sdk.web.async_base_client", "aiohttp")
"""Libraries whose lines would repeat what people wrote, were they asked to say more than that something failed."""


class TokenRefused(Refusal):
    """Slack does not accept a token of the settings."""

    rule = "token-refused"


@dataclass(frozen=True)
class Running:
    """A bot that runs. `url` is where its web pages are, without a last slash."""

    chat: Chat
    conversation: Conversation
    app: AsyncApp
    busy: Busy
    settings: Settings
    url: str
    socket: Socket | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        """What is where."""
        found = {"live": f"{self.url}{LIVE}", "ready": f"{self.url}{READY}"}
        if self.settings.mode == "http":
            found["events"] = f"{self.url}{EVENTS}"
        if self.settings.many:
            found |= {"install": f"{self.url}{INSTALL}", "redirect": f"{self.url}{REDIRECT}"}
        return found

    async def quiet(self) -> None:
        """Return once nothing is being heard, done or sent."""
        while self.busy.now or self.chat.out.busy:
            await self.busy.idle()
            await self.chat.out.quiet()


@asynccontextmanager
async def running(
    application: Application,
    settings: Settings,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    clock: Clock = now,
    pace: Pace | None = None,
    strict: bool = False,
    windows: str = "",
    form_routes: Sequence[AbstractRouteDef] = (),
) -> AsyncIterator[Running]:
    """Run the bot over an application until the caller goes on. TokenRefused; OSError for a port that is taken.

    `port` 0 takes any that is free. `windows` is where the application's own pages are, `form_routes` are those for
    words that Slack must not see, served by this process. What is under way when it ends is ended first.
    """
    _hush()
    bound = socket.create_server((host, port))
    sessions, pictures = Sessions(), Pictures()
    try:
        bot = await _built(
            application,
            settings,
            sessions,
            bound,
            pictures,
            clock=clock,
            pace=pace,
            strict=strict,
            web=windows,
            private=bool(form_routes),
        )
        gate = Gate(settings.signing_secret) if settings.mode == "http" else None
        pages = served(
            bot.app, gate, flow=bot.app.oauth_flow, ready=lambda: _ready(bot), form_routes=form_routes
        )
        async with serving(pages, bound):
            works: list[asyncio.Task[None]] = []
            try:
                await _begun(bot)
                works.append(asyncio.create_task(bot.conversation.go_on()))
                yield bot
            finally:
                await _stopped(works)
                await _ended(bot)
    finally:
        bound.close()
        await sessions.close()
        await asyncio.to_thread(pictures.close)


async def _built(
    application: Application,
    settings: Settings,
    sessions: Sessions,
    bound: socket.socket,
    pictures: Pictures,
    *,
    clock: Clock,
    pace: Pace | None,
    strict: bool,
    web: str,
    private: bool,
) -> Running:
    kept = application.kept
    installations = Installations(kept, teams=settings.teams)
    known, oauth = _known(settings, installations, States(kept, clock), sessions)
    if isinstance(known, OneWorkspace):
        await _accepted(known)
    out = Out(known, kept, clock=clock, pace=pace, strict=strict, sessions=sessions)
    url = "http://{}:{}".format(*bound.getsockname()[:2])
    forms = (settings.public_url or url) if private else ""
    chat = Chat(application, kept, out, clock, web=web, forms=forms, emoji=settings.emoji)
    talk = conversation(chat, pictures=pictures)

    def counted() -> None:
        kept.change("count", "elsewhere", lambda many: {"n": (many or {"n": 0})["n"] + 1})

    app = bolt(
        authorize=Authorized(known, teams=settings.teams, counted=counted),
        client=AsyncWebClient(
            base_url=settings.api_url, session=sessions.session(), retry_handlers=patient()
        ),
        oauth_flow=oauth,
        user_facing_authorize_error_message=STRANGER,
        logger=logging.getLogger("slack_bolt"),
    )
    _watching(app, installations)
    talk.attend(app)
    connection = _socket(app, settings, sessions) if settings.mode == "socket" else None
    return Running(chat, talk, app, watched(app), settings, url, connection)


def _known(
    settings: Settings, installations: Installations, states: States, sessions: Sessions
) -> tuple[Known, AsyncOAuthFlow | None]:
    """Return who knows the workspaces, and the way in for new ones."""
    if not settings.many:
        return OneWorkspace(settings.bot_token, base_url=settings.api_url, sessions=sessions), None
    many = ManyWorkspaces(
        installations,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        base_url=settings.api_url,
        sessions=sessions,
    )
    return many, flow(settings, installations, states, many, scopes=(*SCOPES, *OPTIONAL_SCOPES))


async def _accepted(workspace: OneWorkspace) -> None:
    """Ask Slack who the bot is; where it cannot be asked the bot begins all the same. TokenRefused."""
    try:
        await workspace.identity()
    except Refused as refused:
        raise _refused(BOT_TOKEN, refused.code) from None
    except Unreached as trouble:
        logger.warning("Slack cannot be reached yet: %s", trouble.code)


def _watching(app: AsyncApp, installations: Installations) -> None:
    """Forget tokens when Slack says that they are revoked, before anything else hears of it."""

    @app.middleware
    async def heard(body: dict[str, object], next: object) -> None:  # noqa: A002  as Bolt calls it
        await watch(installations, body)
        assert callable(next)
        await next()


def _socket(app: AsyncApp, settings: Settings, sessions: Sessions) -> Socket:
    return Socket(app, app_token=settings.app_token, api_url=settings.api_url, session=sessions.session)


async def _begun(bot: Running) -> None:
    """Learn the languages, connect, and finish what was begun before the bot was last stopped. TokenRefused."""
    await bot.chat.inside(lambda: [tongue(language) for language in LANGUAGES])
    if bot.socket is not None:
        try:
            await bot.socket.connect()
        except Refused as refused:
            raise _refused(APP_TOKEN, refused.code) from None
    await bot.conversation.resume()


async def _stopped(works: Sequence[asyncio.Task[None]]) -> None:
    """Begin nothing more by itself."""
    for work in works:
        work.cancel()
    for ended in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(ended, Exception):
            logger.error("What goes on by itself had ended: %s", type(ended).__name__)


async def _ended(bot: Running) -> None:
    """Hear nothing more, end what was begun as far as it ends soon; what waits to be sent is kept."""
    if bot.socket is not None:
        await bot.socket.close()
    try:
        await asyncio.wait_for(bot.busy.idle(), ENDS_WITHIN)
    except TimeoutError:
        logger.warning("Something did not end in time")
    await bot.chat.out.close()


async def _ready(bot: Running) -> Mapping[str, bool]:
    """Say whether the store answers, and whether Slack's connection stands where there is to be one."""
    try:
        await bot.chat.inside(bot.chat.application.size)
        store = True
    except Refusal:
        store = False
    found = {"store": store}
    return found if bot.socket is None else {**found, "slack": await bot.socket.connected()}


def _refused(name: str, code: str) -> TokenRefused:
    return TokenRefused(
        f"Slack does not accept {name}: {code}.",
        owner="operator",
        remedy=f"Set {name} to the token that the app's page at Slack shows, of this workspace and app.",
    )


def _hush() -> None:
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)
