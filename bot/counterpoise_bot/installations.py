"""Installations: which workspaces have installed the bot, and with which tokens, in the bot's closed memory.

An installation is known by (enterprise, team), one of which may be missing.
"""

import logging
from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from counterpoise.application.faces import Clock, Kept

logger = logging.getLogger(__name__)

INSTALLED, ENTERPRISES, STATES = "installation", "installation-enterprise", "installation-state"
STATE_LIVES = 600
"""Seconds in which an installation that was begun is to be finished."""


class NotAllowed(BoltError):  # noqa: N818  it says what is so
    """This workspace is not among those that may use the bot."""


class Installations(AsyncInstallationStore):
    """The installations, one a workspace or organisation, in the bot's memory. Only bot tokens are kept."""

    def __init__(self, kept: Kept, *, teams: frozenset[str] = frozenset()) -> None:
        self._kept = kept
        self._teams = teams

    @property
    def logger(self) -> logging.Logger:
        """Where Slack's library writes what it does."""
        return logger

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in place of any before. NotAllowed for a workspace that is not on the list."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep the bot's tokens of a workspace. NotAllowed for a workspace that is not on the list."""
        if self._teams and not self._teams & {bot.team_id, bot.enterprise_id}:
            raise NotAllowed
        value = {name: getattr(bot, name) for name in _FIELDS}
        self._kept.put(INSTALLED, _key(bot.enterprise_id, bot.team_id), value)
        if bot.team_id:
            self.belongs(bot.team_id, bot.enterprise_id)

    def belongs(self, team: str, enterprise: str | None) -> None:
        """Remember which organisation a workspace belongs to."""
        known = self._kept.get(ENTERPRISES, team)
        if enterprise and (known is None or known["enterprise"] != enterprise):
            self._kept.put(ENTERPRISES, team, {"enterprise": enterprise})

    def enterprise_of(self, team: str) -> str | None:
        """Return the organisation a workspace is known to belong to."""
        known = self._kept.get(ENTERPRISES, team)
        return str(known["enterprise"]) if known else None

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return the installation of a workspace, else that of its organisation."""
        places = [(enterprise_id, team_id), (None, team_id)] if team_id and not is_enterprise_install else []
        for place in (*places, (enterprise_id, None)):
            found = self._kept.get(INSTALLED, _key(*place)) if any(place) else None
            if found is not None:
                return Bot(**found)
        return None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002  people's own tokens are not asked for
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return the same as an installation; nobody's own tokens are ever asked for."""
        bot = await self.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        if bot is None:
            return None
        return Installation(user_id="", **{name: getattr(bot, name) for name in _FIELDS})

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the tokens of a workspace or organisation."""
        self._kept.drop(INSTALLED, _key(enterprise_id, team_id))
        self._kept.drop(INSTALLED, _key(None, team_id))

    async def async_delete_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
    ) -> None:
        """Forget a person's own tokens, of which there are none."""


class States(AsyncOAuthStateStore):
    """The installations that were begun: each state is good once, for ten minutes."""

    def __init__(self, kept: Kept, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock

    @property
    def logger(self) -> logging.Logger:
        """Where Slack's library writes what it does."""
        return logger

    async def async_issue(self, *args: object, **kwargs: object) -> str:  # noqa: ARG002  as the library calls it
        """Return a state nobody can guess."""
        state = token_urlsafe(32)
        until = self._clock() + STATE_LIVES * 1_000_000
        self._kept.put(STATES, state, {"until": until}, until=until)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued, is fresh, and is consumed now."""
        issued = self._kept.get(STATES, state)
        return issued is not None and self._kept.drop(STATES, state) and issued["until"] > self._clock()


_FIELDS = (
    "app_id",
    "enterprise_id",
    "enterprise_name",
    "team_id",
    "team_name",
    "bot_token",
    "bot_id",
    "bot_user_id",
    "bot_scopes",
    "bot_refresh_token",
    "bot_token_expires_at",
    "is_enterprise_install",
    "installed_at",
)
"""What is kept of an installation: the bot's, never a person's."""


def _key(enterprise: str | None, team: str | None) -> str:
    return f"{enterprise or ''}/{team or ''}"


async def watch(installations: Installations, body: Mapping[str, Any]) -> None:
    """Forget the tokens of a workspace that says it has revoked them, or has removed the bot. Events stay."""
    event = body.get("event") or {}
    place = {"enterprise_id": body.get("enterprise_id"), "team_id": body.get("team_id")}
    revoked = event.get("type") == "tokens_revoked" and (event.get("tokens") or {}).get("bot")
    if revoked or event.get("type") == "app_uninstalled":
        await installations.async_delete_bot(**place)
