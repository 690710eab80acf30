"""The workspace FILE: a whole workspace as JSON, read and written."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from counterpoise_sandbox.installing import app_of, enter, grant, install
from counterpoise_sandbox.workspace import (
    App,
    Channel,
    Installation,
    Message,
    Person,
    Team,
    Unknown,
    Wire,
    Workspace,
)

FIRST_MESSAGE = 1_735_689_600
"""When the messages of a FILE without times begin: 2025-01-01, a minute apart."""

SLACKBOT = "USLACKBOT"
KINDS = ("public", "private", "im", "mpim")
SHORT = (
    "team",
    "org_wide",
    "enterprise_id",
    "bot_user",
    "bot_id",
    "bot_token",
    "user_tokens",
    "channels",
    "installer",
)
"""The fields of an installation that an app may say itself."""

CHANNEL_WORDS = (
    *("id", "name", "kind", "team", "members", "shared_with", "creator", "created"),
    *("topic", "purpose", "archived", "general"),
)


class Unreadable(Exception):  # noqa: N818 - it says what happened
    """The FILE is not a workspace; the sentence says where."""


def read(path: Path) -> Wire:
    """Return what a FILE or manifest says; raises Unreadable."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise Unreadable(f"{path}: {failure}") from None
    if not isinstance(said, dict):
        raise Unreadable(f"{path}: a JSON object is wanted.")
    return said


def build(said: Wire) -> Workspace:
    """Build a workspace from what a FILE says; raises Unreadable."""
    if not said.get("teams"):
        raise Unreadable("This is no workspace: it has no teams.")
    workspace = Workspace()
    try:
        for one in said.get("teams", []):
            workspace.teams[one["id"]] = _made(Team, one)
        for one in said.get("people", []):
            workspace.people[one["id"]] = _person(workspace, one)
        _enter_slackbot(workspace)
        for number, one in enumerate(said.get("apps", []), start=1):
            _enter_app(workspace, one, number)
        for one in said.get("channels", []):
            _enter_channel(workspace, one)
        for one in said.get("apps", []):
            _bring_in(workspace, one)
    except (KeyError, TypeError, ValueError, AttributeError, Unknown) as failure:
        raise Unreadable(f"This is no workspace: {type(failure).__name__} {failure}") from None
    return workspace


def shown(workspace: Workspace) -> Wire:
    """Return a workspace as a FILE says it, with every id, token and secret an app or a test needs."""
    people = [one for one in workspace.people.values() if not one.is_bot and one.id != SLACKBOT]
    return {
        "teams": [asdict(one) for one in workspace.teams.values()],
        "people": [asdict(one) for one in people],
        "channels": [_channel(one) for one in workspace.channels.values()],
        "apps": [_app(workspace, one) for one in workspace.apps.values()],
    }


def _made(kind: type[Any], said: Wire) -> Any:  # noqa: ANN401 - one of the dataclasses of a workspace
    names = {one.name for one in fields(kind)}
    return kind(**{key: value for key, value in said.items() if key in names})


def _person(workspace: Workspace, said: Wire) -> Person:
    said = {"team": next(iter(workspace.teams)), "real_name": said["name"], **said}
    said.setdefault("display_name", said["real_name"])
    person: Person = _made(Person, said)
    if person.team not in workspace.teams:
        raise ValueError(f"there is no team {person.team!r}")
    if person.tz not in available_timezones():
        raise ValueError(f"there is no time zone {person.tz!r}")
    return person


def _enter_slackbot(workspace: Workspace) -> None:
    team = next(iter(workspace.teams))
    slackbot = Person(id=SLACKBOT, team=team, name="slackbot", real_name="Slackbot", display_name="Slackbot")
    workspace.people.setdefault(SLACKBOT, slackbot)


def _enter_app(workspace: Workspace, said: Wire, number: int) -> None:
    app = app_of(said, number)
    said["id"] = app.id
    enter(workspace, app)
    for one in places_of(said):
        _install(workspace, app, one)


def places_of(said: Wire) -> list[Wire]:
    """Return where an app is installed: its `installations` or, in short, the one its own fields tell of."""
    short = {name: said[name] for name in SHORT if name in said}
    places: list[Wire] = said.get("installations", [short])
    return places


def _install(workspace: Workspace, app: App, said: Wire) -> None:
    team = said.get("team") or next(iter(workspace.teams))
    installation = install(
        workspace,
        app,
        team=team,
        enterprise_id=said.get("enterprise_id", "") if said.get("org_wide") else "",
        installer=said.get("installer", ""),
        bot_user=said.get("bot_user", ""),
        bot_id=said.get("bot_id", ""),
    )
    scopes = list(said.get("scopes", app.bot_scopes))
    grant(workspace, installation, scopes, value=said.get("bot_token", ""))
    for person, value in (said.get("user_tokens") or {}).items():
        found = workspace.person(person).id
        grant(workspace, installation, app.user_scopes, value=value, person=found)


def _enter_channel(workspace: Workspace, said: Wire) -> None:
    said = {"team": next(iter(workspace.teams)), "kind": "public", "created": FIRST_MESSAGE, **said}
    said.setdefault("name", "")
    said["members"] = [workspace.person(one).id for one in said.get("members", [])]
    if said["kind"] not in KINDS:
        raise ValueError(f"there is no kind of channel {said['kind']!r}")
    messages = said.pop("messages", [])
    channel: Channel = _made(Channel, {key: value for key, value in said.items() if key in CHANNEL_WORDS})
    workspace.channels[channel.id] = channel
    for number, one in enumerate(messages):
        workspace.said += 1
        ts = str(one.get("ts") or f"{FIRST_MESSAGE + 60 * number}.000000")
        body = {
            key: value for key, value in one.items() if key in ("text", "blocks", "attachments", "metadata")
        }
        author = workspace.person(one["user"])
        message = Message(
            number=workspace.said,
            ts=ts,
            channel=channel.id,
            user=author.id,
            body={"text": "", **body},
            thread_ts=str(one.get("thread_ts", "")),
            app_id=author.app_id,
        )
        channel.keep(message)


def _bring_in(workspace: Workspace, said: Wire) -> None:
    places = places_of(said)
    ours = [one for one in workspace.installations if one.app_id == said["id"]]
    for place, installation in zip(places, ours, strict=False):
        for name in place.get("channels", []):
            channel = workspace.channel(name)
            if installation.bot_user not in channel.members:
                channel.members.append(installation.bot_user)


def _channel(one: Channel) -> Wire:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "team": one.team,
        "shared_with": one.shared_with,
        "members": one.members,
        "creator": one.creator,
        "created": one.created,
        "topic": one.topic,
        "purpose": one.purpose,
        "archived": one.archived,
        "general": one.general,
        "messages": [
            {"ts": each.ts, "user": each.user, "thread_ts": each.thread_ts}
            | {
                key: each.body[key]
                for key in ("text", "blocks", "attachments", "metadata")
                if key in each.body
            }
            for each in one.ordered()
        ],
    }


def _app(workspace: Workspace, one: App) -> Wire:
    places = [_installation(workspace, each) for each in workspace.installations if each.app_id == one.id]
    first = places[0] if places else {}
    return {
        "id": one.id,
        "name": one.name,
        "socket_mode": one.socket_mode,
        "request_url": one.events_url,
        **{name: first.get(name) for name in ("team", "bot_user", "bot_id", "bot_token", "scopes")},
        "client_id": one.client_id,
        "client_secret": one.client_secret,
        "signing_secret": one.signing_secret,
        "verification_token": one.verification_token,
        "app_token": next(iter(one.app_tokens), ""),
        "app_tokens": one.app_tokens,
        "installations": places,
        "manifest": one.manifest,
    }


def _installation(workspace: Workspace, one: Installation) -> Wire:
    ours = [each for each in workspace.tokens.values() if (each.app_id, each.team) == (one.app_id, one.team)]
    tokens = [each for each in ours if not each.revoked]
    bot = next((each for each in tokens if each.kind == "bot"), None)
    return {
        "team": one.team or workspace.people[one.bot_user].team,
        "enterprise_id": one.enterprise_id,
        "org_wide": not one.team,
        "installer": one.installer,
        "bot_user": one.bot_user,
        "bot_id": one.bot_id,
        "bot_token": bot.value if bot is not None else "",
        "scopes": bot.scopes if bot is not None else [],
        "user_tokens": {each.user: each.value for each in tokens if each.kind == "user"},
        "channels": [
            each.id for each in workspace.channels.values() if one.bot_user in each.members and each.name
        ],
    }
