"""Installing the bot into a workspace: Slack's consent page, and what people read when they come back from it."""

import html
import logging
from collections.abc import Sequence

from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse

from counterpoise_bot.installations import STATE_LIVES, Installations, NotAllowed, States
from counterpoise_bot.server import INSTALL, REDIRECT
from counterpoise_bot.settings import Settings
from counterpoise_bot.workspaces import ManyWorkspaces

logger = logging.getLogger(__name__)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} - Counterpoise</title></head>
<body><main><h1>{title}</h1><p>{text}</p>{further}</main></body></html>
"""
AGAIN = f'<p><a href="{INSTALL}">Install again</a></p>'
WHY = {
    "access_denied": "The installation was cancelled in Slack. Nothing was installed.",
    "invalid_browser": "The installation was begun in another browser. Begin and end it in the same one.",
    "invalid_state": "The installation was begun more than ten minutes ago, or was finished already.",
}
"""What became of an installation that failed, by Slack's word for it."""

REFUSED = 403


def flow(
    settings: Settings,
    installations: Installations,
    states: States,
    workspaces: ManyWorkspaces,
    *,
    scopes: Sequence[str],
) -> AsyncOAuthFlow:
    """Return the way a workspace installs the bot with these scopes. Built inside a running loop."""
    return AsyncOAuthFlow(
        client=workspaces.client(),
        logger=logger,
        settings=AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=f"{settings.public_url}{REDIRECT}" if settings.public_url else None,
            install_path=INSTALL,
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT,
            callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
            authorization_url=settings.authorize_url,
            installation_store=installations,
            state_store=states,
            state_expiration_seconds=STATE_LIVES,
            logger=logger,
        ),
    )


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    name = args.installation.team_name or args.installation.enterprise_name or "your workspace"
    text = f"Counterpoise is in {name}. Invite it to a channel with /invite, or write to it directly."
    return _page(200, "Installed", text)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    if isinstance(args.error, NotAllowed):
        text = "This workspace is not among those that may use Counterpoise here. Ask whoever runs it."
        return _page(REFUSED, "Not installed", text)
    text = WHY.get(args.reason, "Slack did not confirm the installation. Nothing was installed.")
    return _page(args.suggested_status_code, "Not installed", text, AGAIN)


def _page(status: int, title: str, text: str, further: str = "") -> BoltResponse:
    body = PAGE.format(title=title, text=html.escape(text), further=further)
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
