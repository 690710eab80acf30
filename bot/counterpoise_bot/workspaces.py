"""Workspaces: with which token the bot speaks in each, and who it is there."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from counterpoise_bot.clients import (
    NotInstalled,
    Refused,
    Sessions,
    Unreached,
    Wire,
    asked,
    patient,
    wire,
)
from counterpoise_bot.installations import Installations

logger = logging.getLogger(__name__)

ROTATED_BEFORE = 120
"""Minutes before its end at which a token is exchanged."""

PATIENCE = 1.0
"""Seconds a request waits to learn who the bot is: Slack wants an answer within three."""

ORGANISATION = "E"
"""What the id of an organisation that spans workspaces begins with."""


class Known(Protocol):
    """Finds the clients of a workspace, and who the bot is there."""

    async def of(self, team: str) -> Wire:
        """Return the clients for a team or enterprise; NotInstalled."""
        ...

    async def who(self, enterprise: str | None, team: str | None) -> AuthorizeResult | None:
        """Return who the bot is in a workspace; None where it is not installed."""
        ...


class OneWorkspace:
    """The one workspace a token of the settings speaks in, whatever team is named."""

    def __init__(self, token: str, *, base_url: str, sessions: Sessions) -> None:
        self._token = token
        self._base_url = base_url
        self._sessions = sessions
        self._wire: Wire | None = None
        self._identity: Mapping[str, Any] | None = None

    async def of(self, team: str) -> Wire:  # noqa: ARG002  there is only one
        """Return the clients of the workspace."""
        if self._wire is None:
            self._wire = wire(self._token, base_url=self._base_url, session=self._sessions.session)
        return self._wire

    async def identity(self) -> Mapping[str, Any]:
        """Return what auth.test says of the token. Refused, Unreached."""
        if self._identity is None:
            self._identity = await asked((await self.of("")).client.auth_test())
        return self._identity

    async def who(self, enterprise: str | None, team: str | None) -> AuthorizeResult:
        """Return who the bot is; while Slack does not say, nobody in particular."""
        try:
            known = await asyncio.wait_for(self.identity(), PATIENCE)
        except (Refused, Unreached, TimeoutError):
            known = {}
        return AuthorizeResult(
            enterprise_id=enterprise,
            team_id=team,
            bot_token=self._token,
            bot_id=known.get("bot_id"),
            bot_user_id=known.get("user_id"),
        )


class Exchange(AsyncWebClient):
    """Exchanges codes and tokens with the app's id and secret in the body; aiohttp deprecates the library's way."""

    async def oauth_v2_access(
        self,
        *,
        client_id: str,
        client_secret: str,
        code: str | None = None,
        redirect_uri: str | None = None,
        grant_type: str | None = None,
        refresh_token: str | None = None,
        **given: Any,  # noqa: ANN401  whatever else the library says
    ) -> AsyncSlackResponse:
        """Return the tokens for a code of an installation, or for a refresh token."""
        said = {
            "client_id": client_id,
            "client_secret": client_secret,
            "code": code,
            "redirect_uri": redirect_uri,
            "grant_type": grant_type,
            "refresh_token": refresh_token,
            **given,
        }
        body = {name: value for name, value in said.items() if value is not None}
        return await self.api_call("oauth.v2.access", data=body)


class ManyWorkspaces:
    """Every workspace that has installed the bot; tokens are exchanged before they end."""

    def __init__(
        self,
        installations: Installations,
        *,
        client_id: str,
        client_secret: str,
        base_url: str,
        sessions: Sessions,
    ) -> None:
        self._installations = installations
        self._client_id = client_id
        self._client_secret = client_secret
        self._base_url = base_url
        self._sessions = sessions
        self._wires: dict[str, tuple[str, Wire]] = {}
        self._exchange = asyncio.Lock()

    async def of(self, team: str) -> Wire:
        """Return the clients for a workspace or an organisation; NotInstalled."""
        spans = team.startswith(ORGANISATION)
        enterprise = team if spans else self._installations.enterprise_of(team)
        bot = await self._bot(enterprise, None if spans else team)
        if bot is None or not bot.bot_token:
            raise NotInstalled(team)
        token, known = self._wires.get(team, ("", None))
        if known is None or token != bot.bot_token:
            said = team if bot.is_enterprise_install and not spans else ""
            known = wire(bot.bot_token, base_url=self._base_url, session=self._sessions.session, team=said)
            self._wires[team] = (bot.bot_token, known)
        return known

    async def who(self, enterprise: str | None, team: str | None) -> AuthorizeResult | None:
        """Return who the bot is in a workspace, from its installation; None where it is not installed."""
        if team:
            self._installations.belongs(team, enterprise)
        bot = await self._bot(enterprise, team)
        if bot is None or not bot.bot_token:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise,
            team_id=team,
            bot_token=bot.bot_token,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
        )

    def client(self) -> AsyncWebClient:
        """Return a client that speaks with no token, and exchanges codes and tokens."""
        session = self._sessions.session()
        return Exchange(base_url=self._base_url, session=session, retry_handlers=patient())

    async def _bot(self, enterprise: str | None, team: str | None) -> Bot | None:
        """Return the installation that serves a workspace, its token fresh; None where there is none."""
        found = await self._installations.async_find_bot(enterprise_id=enterprise, team_id=team)
        if found is None or not found.bot_refresh_token:
            return found
        async with self._exchange:  # a refresh token is good once
            found = await self._installations.async_find_bot(enterprise_id=enterprise, team_id=team)
            return found and await self._fresh(found)

    async def _fresh(self, bot: Bot) -> Bot:
        rotator = AsyncTokenRotator(
            client_id=self._client_id, client_secret=self._client_secret, client=self.client()
        )
        try:
            fresh = await rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=ROTATED_BEFORE
            )
        except (SlackTokenRotationError, OSError):
            logger.error("A token could not be exchanged")  # noqa: TRY400  the error repeats what Slack was told
            return bot
        if fresh is None:
            return bot
        await self._installations.async_save_bot(fresh)
        return fresh


class Authorized(AsyncAuthorize):
    """Tells Bolt who the bot is where a request comes from, without asking Slack each time.

    `teams` are the workspaces that may use the bot, all where none is named; `counted` hears of every other.
    """

    def __init__(self, known: Known, *, teams: frozenset[str], counted: Callable[[], None]) -> None:
        self._known = known
        self._teams = teams
        self._counted = counted

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002  as Bolt calls it
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002  as Bolt calls it
        **_actors: str | None,
    ) -> AuthorizeResult | None:
        """Return who the bot is; None for a workspace that may not use it, or has not installed it."""
        allowed = not self._teams or bool(self._teams & {team_id, enterprise_id})
        found = await self._known.who(enterprise_id, team_id) if allowed else None
        if found is None:
            self._counted()
        return found
