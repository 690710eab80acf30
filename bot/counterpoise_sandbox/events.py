"""Who hears of what happens: an app's subscriptions, its scopes, and the channels its bot is in."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

from counterpoise_sandbox.workspace import App, Channel, Installation, Wire, Workspace

CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}

MESSAGES = {
    "public": ("message.channels", "channels:history"),
    "private": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
    "mpim": ("message.mpim", "mpim:history"),
}

SCOPES: dict[str, tuple[str, ...]] = {
    "app_context_changed": (),
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "assistant_thread_context_changed": ("assistant:write",),
    "assistant_thread_started": ("assistant:write",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_created": ("files:read",),
    "file_deleted": ("files:read",),
    "file_shared": ("files:read",),
    "group_left": ("groups:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""The events that are played, with the scopes of which one is needed; messages are in MESSAGES."""

EVERYWHERE = (
    "channel_created",
    "channel_archive",
    "channel_unarchive",
    "channel_rename",
    "user_change",
)
"""Events that a bot hears without being a member of the channel."""


@dataclass(frozen=True, kw_only=True)
class Hearer:
    """An app that hears an event, through one of its installations; the others that could see it are `also`."""

    app: App
    installation: Installation
    also: tuple[Installation, ...] = ()


def subscription(event: Wire, channel: Channel | None) -> tuple[str, tuple[str, ...]]:
    """Return the name an app subscribes to for this event, and the scopes of which one is needed."""
    if event["type"] == "message" and channel is not None:
        name, scope = MESSAGES[channel.kind]
        return name, (scope,)
    return event["type"], SCOPES.get(event["type"], ())


def hearers(workspace: Workspace, event: Wire, channel: Channel | None, teams: list[str]) -> Iterator[Hearer]:
    """Yield every app that hears an event in a channel, or one of these teams."""
    for app in workspace.apps.values():
        ours = [one for one in workspace.installations if one.app_id == app.id]
        able = [one for one in ours if _hears(workspace, app, one, event, channel, teams)]
        if able:
            yield Hearer(app=app, installation=able[0], also=tuple(able))


def _hears(
    workspace: Workspace, app: App, one: Installation, event: Wire, channel: Channel | None, teams: list[str]
) -> bool:
    name, scopes = subscription(event, channel)
    if name not in app.events or not (not scopes or granted(workspace, one) & set(scopes)):
        return False
    places = channel.teams if channel is not None else teams
    if not any(workspace.installation(app.id, team) is one for team in places):
        return False
    member = channel is None or one.bot_user in channel.members or event["type"] in EVERYWHERE
    return member or event.get("user") == one.bot_user


def granted(workspace: Workspace, one: Installation) -> set[str]:
    """Return the scopes of an installation's bot token."""
    return {
        scope
        for token in workspace.tokens.values()
        if token.app_id == one.app_id
        and token.kind == "bot"
        and token.user == one.bot_user
        and not token.revoked
        for scope in token.scopes
    }


def envelope(
    workspace: Workspace, hearer: Hearer, event: Wire, channel: Channel | None, *, event_id: str, now: float
) -> Wire:
    """Wrap an event as the Events API does."""
    one = hearer.installation
    team = one.team or _team_of(workspace, one, channel)
    speaker = workspace.people.get(str(event.get("user", "")))
    outside = channel is not None and channel.shared and speaker is not None
    sender = speaker.team if outside and speaker is not None else team
    enterprise = workspace.teams[team].enterprise_id or None
    wrapped: Wire = {
        "token": hearer.app.verification_token,
        "team_id": sender,
        "context_team_id": team,
        "context_enterprise_id": enterprise,
        "api_app_id": hearer.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [authorization(one, team, enterprise)],
        "is_ext_shared_channel": channel is not None and channel.shared,
        "event_context": context(hearer, event, channel, team),
    }
    if workspace.teams[sender].enterprise_id:
        wrapped["enterprise_id"] = workspace.teams[sender].enterprise_id
    return wrapped


def authorization(one: Installation, team: str, enterprise: str | None) -> Wire:
    """Return how an installation is named among those an event is visible to."""
    return {
        "enterprise_id": enterprise,
        "team_id": None if one.enterprise_id and not one.team else team,
        "user_id": one.bot_user,
        "is_bot": True,
        "is_enterprise_install": bool(one.enterprise_id and not one.team),
    }


def context(hearer: Hearer, event: Wire, channel: Channel | None, team: str) -> str:
    """Return an event_context: `4-` and base64 of what the event is about, as Slack writes it."""
    about = {"et": event["type"], "tid": team, "aid": hearer.app.id, "cid": channel.id if channel else ""}
    return "4-" + base64.b64encode(json.dumps(about, separators=(",", ":")).encode()).decode()


def _team_of(workspace: Workspace, one: Installation, channel: Channel | None) -> str:
    teams = channel.teams if channel is not None else list(workspace.teams)
    return next(
        (each for each in teams if workspace.teams[each].enterprise_id == one.enterprise_id), teams[0]
    )
