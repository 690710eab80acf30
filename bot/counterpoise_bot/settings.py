"""The bot's settings: read once from the environment, and what to set where something is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from counterpoise.application.faces import Refusal

Mode = Literal["socket", "http"]

API_URL = "https://slack.com/api/"
AUTHORIZE_URL = "https://slack.com/oauth/v2/authorize"

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
API, AUTHORIZE = "SLACK_API_URL", "SLACK_AUTHORIZE_URL"
CLIENT_ID, CLIENT_SECRET = "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"
MODE, PUBLIC, TEAMS = "COUNTERPOISE_SLACK_MODE", "COUNTERPOISE_PUBLIC_URL", "COUNTERPOISE_SLACK_TEAMS"
EMOJI = "COUNTERPOISE_SLACK_EMOJI"

NAMES = (
    BOT_TOKEN,
    APP_TOKEN,
    SIGNING_SECRET,
    API,
    AUTHORIZE,
    CLIENT_ID,
    CLIENT_SECRET,
    MODE,
    PUBLIC,
    TEAMS,
    EMOJI,
)
"""Every setting there is."""


class UnsetSetting(Refusal):
    """The bot lacks a setting, or has one that it cannot use."""

    rule: ClassVar[str] = "unset-setting"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the bot reaches Slack, and Slack the bot. Secrets are in no representation of it.

    `api_url` ends in `/api/`; `public_url` is where people reach this machine, without a last slash, empty where they
    do not; `teams` are the workspaces that may use the bot, all where none is named; `emoji` names the reaction that
    marks a message to be recorded.
    """

    mode: Mode = "socket"
    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = API_URL
    authorize_url: str = AUTHORIZE_URL
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    public_url: str = ""
    teams: frozenset[str] = frozenset()
    emoji: str = "scales"

    @property
    def many(self) -> bool:
        """Whether workspaces install the bot themselves; with a bot token there is one workspace."""
        return not self.bot_token


def settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that `environment` holds. UnsetSetting says what to set, and to what."""
    given = {name: environment.get(name, "").strip() for name in NAMES}
    made = Settings(
        mode=_mode(given[MODE]),
        bot_token=given[BOT_TOKEN],
        app_token=given[APP_TOKEN],
        signing_secret=given[SIGNING_SECRET],
        api_url=_address(API, given[API] or API_URL, ending="/api/"),
        authorize_url=_address(AUTHORIZE, given[AUTHORIZE] or AUTHORIZE_URL),
        client_id=given[CLIENT_ID],
        client_secret=given[CLIENT_SECRET],
        public_url=_address(PUBLIC, given[PUBLIC]).rstrip("/") if given[PUBLIC] else "",
        teams=frozenset(given[TEAMS].replace(",", " ").split()),
        emoji=given[EMOJI].strip(":") or "scales",
    )
    _complete(made)
    return made


def _complete(made: Settings) -> None:
    if not made.bot_token and not (made.client_id and made.client_secret):
        raise _unset(
            "Slack is not set up: there is no bot token and no app that workspaces could install.",
            f"Set {BOT_TOKEN} (xoxb-...) for one workspace, or {CLIENT_ID} and {CLIENT_SECRET} for several.",
        )
    if made.mode == "socket" and not made.app_token:
        raise _unset(
            "Socket Mode needs an app-level token.",
            f"Set {APP_TOKEN} (xapp-..., with connections:write), or {MODE}=http.",
        )
    if made.mode == "http" and not made.signing_secret:
        raise _unset(
            "Without a signing secret nobody can tell Slack's requests from others.",
            f"Set {SIGNING_SECRET} to the one in the app's basic information, or {MODE}=socket.",
        )


def _mode(given: str) -> Mode:
    match given.lower():
        case "" | "socket":
            return "socket"
        case "http":
            return "http"
        case _:
            raise _unset(f"{MODE} is {given!r}.", f"Set {MODE} to socket or http.")


def _address(name: str, given: str, *, ending: str = "") -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not given.endswith(ending):
        raise _unset(
            f"{name} is no address that can be used: {given!r}.",
            f"Set {name} to an address that begins with http:// or https://"
            + (f" and ends in {ending}." if ending else "."),
        )
    return given


def _unset(sentence: str, remedy: str) -> UnsetSetting:
    return UnsetSetting(sentence, owner="operator", remedy=remedy)
