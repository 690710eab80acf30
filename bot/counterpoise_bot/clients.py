"""Who is asked in which workspace: Slack's client for each team, over one session of connections."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

PATIENCE = 30
"""Seconds an answer of Slack's is waited for."""

TRIES = 3
"""How often Slack is asked again after a 429, and after an answer that it could not give."""


TOO_MANY, BROKEN = 429, 500
UNSURE = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
"""Codes after which nobody knows whether it was done."""


class NotInstalled(Exception):  # noqa: N818  it says what is so
    """The bot has no token for this workspace (any longer)."""


class Refused(Exception):  # noqa: N818  it says what Slack did
    """Slack said no, with this code: asking again in the same words would not help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreached(Exception):  # noqa: N818  it says what happened
    """No answer, or none yet. `doubted`: it may have been done all the same."""

    def __init__(self, code: str, *, doubted: bool) -> None:
        super().__init__(code)
        self.code = code
        self.doubted = doubted


class Wire(NamedTuple):
    """Two clients of one workspace: `once` asks again only after a 429, where nothing was done.

    `client` also asks again after 5xx and lost connections: for what may be done twice.
    """

    client: AsyncWebClient
    once: AsyncWebClient


class Clients(Protocol):
    """Finds the clients of a workspace."""

    async def of(self, team: str) -> Wire:
        """Return the clients for a team or enterprise; NotInstalled."""
        ...


class Sessions:
    """One session of connections, made in the loop that asks first."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    def session(self) -> ClientSession:
        """Return the session, open."""
        if self._session is None or self._session.closed:
            self._session = ClientSession(timeout=ClientTimeout(total=PATIENCE))
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def patient() -> list[AsyncRetryHandler]:
    """Return what asks Slack again: after a 429 when it says so, after 5xx and lost connections soon."""
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES),
        AsyncServerErrorRetryHandler(max_retry_count=TRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=TRIES),
    ]


def hasty() -> list[AsyncRetryHandler]:
    """Return what asks again once at most: for answers that somebody waits for."""
    return [AsyncRateLimitErrorRetryHandler(), AsyncServerErrorRetryHandler()]


def wire(token: str, *, base_url: str, session: Callable[[], ClientSession], team: str = "") -> Wire:
    """Return the clients that speak with one token; `team` where a token of an organisation needs it said."""
    said: dict[str, Any] = {
        "token": token,
        "base_url": base_url,
        "session": session(),
        "team_id": team or None,
    }
    unhurried = AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES)
    return Wire(
        client=AsyncWebClient(**said, retry_handlers=patient()),
        once=AsyncWebClient(**said, retry_handlers=[unhurried]),
    )


async def asked(call: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
    """Return what Slack answers. Refused where asking again would not help, Unreached where it may."""
    try:
        answer = await call
    except SlackApiError as error:
        raise _understood(error) from error
    except (ClientError, OSError, SlackRequestError) as error:
        raise Unreached("unreachable", doubted=True) from error
    return answer.data if isinstance(answer.data, Mapping) else {}


def _understood(error: SlackApiError) -> "Refused | Unreached":
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    found = getattr(response, "data", response)
    code = str(found.get("error", "")) if isinstance(found, Mapping) else ""
    if status == TOO_MANY or code == "ratelimited":
        return Unreached("ratelimited", doubted=False)
    if status >= BROKEN or code in UNSURE or not code:
        return Unreached(code or f"status {status}", doubted=True)
    return Refused(code)
