"""An app comes into a team: its bot user, its bot id and its tokens."""

import hashlib

from counterpoise_sandbox.workspace import App, Installation, Person, Token, Wire, Workspace

ALL_EVENTS = (
    "app_context_changed app_home_opened app_mention app_uninstalled assistant_thread_context_changed"
    " assistant_thread_started channel_archive channel_created channel_left"
    " channel_rename channel_unarchive file_shared link_shared member_joined_channel member_left_channel"
    " message.channels message.groups message.im message.mpim pin_added pin_removed reaction_added reaction_removed"
    " tokens_revoked user_change"
)

ALL_SCOPES = (
    "app_mentions:read assistant:write bookmarks:read bookmarks:write channels:history channels:join channels:manage"
    " channels:read chat:write chat:write.customize chat:write.public commands emoji:read files:read files:write"
    " groups:history groups:read groups:write im:history im:read im:write links:read links:write mpim:history"
    " mpim:read mpim:write pins:read pins:write reactions:read reactions:write team:read users.profile:read"
    " users:read users:read.email users:write"
)

EXPIRES_IN = 43200
"""Seconds a rotating token lasts."""


def secret(*seeds: str, length: int = 32) -> str:
    """Return what looks like a secret and is the same every time; the sandbox guards nothing."""
    return hashlib.sha256("/".join(("sandbox", *seeds)).encode()).hexdigest()[:length]


def app_of(said: Wire, number: int = 1) -> App:
    """Build an app from a FILE's words: `manifest`, or the short forms of its parts; ids are made where missing."""
    manifest = said.get("manifest") or shorthand(said)
    name = str((manifest.get("display_information") or {}).get("name", f"App {number}"))
    app_id = str(said.get("id") or f"A0SANDBOX{number}")
    return App(
        id=app_id,
        client_id=str(said.get("client_id") or f"{1000 + number}.{2000 + number}"),
        client_secret=str(said.get("client_secret") or secret(app_id, name, "client")),
        signing_secret=str(said.get("signing_secret") or secret(app_id, name, "signing")),
        verification_token=str(
            said.get("verification_token") or secret(app_id, name, "verification", length=24)
        ),
        app_tokens=_app_tokens(said, app_id),
        manifest=manifest,
    )


def _app_tokens(said: Wire, app_id: str) -> list[str]:
    one = said.get("app_token") or f"xapp-1-{app_id}-{secret(app_id, 'app', length=16)}"
    return list(said.get("app_tokens") or [one])


def shorthand(said: Wire) -> Wire:
    """Return the manifest that an app's short form stands for."""
    url = str(said.get("request_url") or "")
    commands = [one if isinstance(one, dict) else {"command": one} for one in said.get("commands", [])]
    shortcuts = [
        one if isinstance(one, dict) else {"name": one, "type": "global", "callback_id": one}
        for one in said.get("shortcuts", [])
    ]
    rotation = bool(said.get("token_rotation", False))
    return {
        "display_information": {"name": str(said.get("name") or "App")},
        "features": {
            "bot_user": {"display_name": str(said.get("bot_name") or said.get("name") or "App")},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [{"url": url, **one} for one in commands],
            "shortcuts": shortcuts,
            "unfurl_domains": list(said.get("unfurl_domains", [])),
        },
        "oauth_config": {
            "scopes": {
                "bot": list(said.get("scopes", ALL_SCOPES.split())),
                "user": list(said.get("user_scopes", [])),
            },
            "redirect_urls": list(said.get("redirect_urls", [])),
        },
        "settings": {
            "event_subscriptions": {
                "request_url": url,
                "bot_events": list(said.get("events", ALL_EVENTS.split())),
            },
            "interactivity": {"is_enabled": True, "request_url": url, "message_menu_options_url": url},
            "socket_mode_enabled": bool(said.get("socket_mode", not url)),
            "token_rotation_enabled": rotation,
        },
    }


def enter(workspace: Workspace, app: App) -> None:
    """Make an app known, with its app-level tokens."""
    workspace.apps[app.id] = app
    scopes = ["connections:write", "authorizations:read"]
    for value in app.app_tokens:
        workspace.tokens[value] = Token(value=value, app_id=app.id, kind="app", scopes=scopes)


def install(
    workspace: Workspace,
    app: App,
    *,
    team: str,
    enterprise_id: str = "",
    installer: str = "",
    bot_user: str = "",
    bot_id: str = "",
) -> Installation:
    """Install an app in a team, or in a whole enterprise (`team` of the bot user, `enterprise_id` given)."""
    place = "" if enterprise_id else team
    for known in workspace.installations:
        if (known.app_id, known.team) == (app.id, place) and enterprise_id in ("", known.enterprise_id):
            return known
    before = next(
        (one for one in workspace.people.values() if (one.app_id, one.team) == (app.id, team)), None
    )
    user_id = bot_user or (before.id if before is not None else workspace.mint("U"))
    bot = Person(
        id=user_id,
        team=team,
        name=_handle(app.bot_name),
        real_name=app.bot_name,
        display_name=app.bot_name,
        bot_id=bot_id or (before.bot_id if before is not None else workspace.mint("B")),
        app_id=app.id,
    )
    workspace.people[user_id] = bot
    one = Installation(
        app_id=app.id,
        team=place,
        enterprise_id=enterprise_id or workspace.teams[team].enterprise_id,
        bot_user=user_id,
        bot_id=bot.bot_id,
        installer=installer,
    )
    workspace.installations.append(one)
    return one


def grant(
    workspace: Workspace,
    one: Installation,
    scopes: list[str],
    *,
    value: str = "",
    person: str = "",
    expires: float = 0.0,
) -> Token:
    """Give out a token: of the bot or, with `person`, of that person; one that expires has a refresh token."""
    mark = "xoxp" if person else "xoxb"
    where = one.team or one.enterprise_id
    number = len(workspace.tokens)
    made = f"{mark}-sandbox-{where}-{secret(one.app_id, where, person, str(number), length=20)}"
    token = Token(
        value=value or (f"xoxe.{made}" if expires else made),
        app_id=one.app_id,
        kind="user" if person else "bot",
        user=person or one.bot_user,
        team=one.team,
        enterprise_id=one.enterprise_id,
        scopes=list(scopes),
        expires=expires,
    )
    workspace.tokens[token.value] = token
    if person and person not in one.people:
        one.people.append(person)
    if expires:
        _pair(workspace, token)
    return token


def _pair(workspace: Workspace, token: Token) -> None:
    refresh = Token(
        value=f"xoxe-1-{secret(token.value, 'refresh', length=24)}",
        app_id=token.app_id,
        kind="refresh",
        user=token.user,
        team=token.team,
        enterprise_id=token.enterprise_id,
        scopes=list(token.scopes),
        pair=token.value,
    )
    workspace.tokens[refresh.value] = refresh
    token.pair = refresh.value


def _handle(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.casefold()).strip("_") or "app"
