"""The payloads of commands, clicks, submissions and shortcuts, and the addresses that answer them."""

import copy

from counterpoise_sandbox import modals, wire
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.workspace import App, Channel, Message, Person, ResponseUrl, View, Wire

RESPONSE_LASTS = 1800.0
"""Seconds."""

MASKED = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}


def channel_name(channel: Channel) -> str:
    """Return the name of a channel as interactions tell it: direct messages and private channels have none."""
    return MASKED.get(channel.kind, channel.name)


def response_url(
    engine: Engine, app: App, person: Person, channel: Channel, *, message: Message | None = None
) -> str:
    """Give out an address that answers an interaction."""
    one = ResponseUrl(
        id=engine.workspace.mint("R"),
        app_id=app.id,
        user=person.id,
        channel=channel.id,
        expires=engine.clock.now() + RESPONSE_LASTS,
        ts=message.ts if message is not None else "",
        thread_ts=message.thread_ts if message is not None else "",
        ephemeral=message is not None and bool(message.seen_only_by),
    )
    engine.workspace.response_urls[one.id] = one
    return f"{engine.address}/response/{one.id}"


def team_for(engine: Engine, app: App, person: Person, channel: Channel | None = None) -> str:
    """Return the team through which somebody reaches an app: their own, or one that shares the channel."""
    teams = [person.team, *(channel.teams if channel is not None else [])]
    return next(
        (team for team in teams if engine.workspace.installation(app.id, team) is not None), person.team
    )


def command(engine: Engine, app: App, person: Person, channel: Channel, name: str, text: str) -> Wire:
    """Return what a slash command sends."""
    team = engine.workspace.teams[person.team]
    given: Wire = {
        "token": app.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "true" if _org_wide(engine, app, team.id) else "false",
        "response_url": response_url(engine, app, person, channel),
        "trigger_id": modals.trigger(engine, app_id=app.id, user=person.id, team=team.id).id,
    }
    if team.enterprise_id:
        given |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    return given


def common(engine: Engine, app: App, person: Person, kind: str, *, channel: Channel | None = None) -> Wire:
    """Return what every interaction says: its type, the person, the team."""
    team = engine.workspace.teams[team_for(engine, app, person, channel)]
    enterprise = {"id": team.enterprise_id, "name": team.enterprise_name} if team.enterprise_id else None
    about: Wire = {"id": team.id, "domain": team.domain}
    if enterprise:
        about |= {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
    org_wide = _org_wide(engine, app, team.id)
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "api_app_id": app.id,
        "token": app.verification_token,
        "team": None if org_wide else about,
        "enterprise": enterprise,
        "is_enterprise_install": org_wide,
    }


def triggered(engine: Engine, app: App, person: Person, payload: Wire, *, view: str = "") -> Wire:
    """Return a payload with a fresh trigger; `view` is the modal it came from."""
    team = (payload["team"] or {"id": person.team})["id"]
    trigger = modals.trigger(engine, app_id=app.id, user=person.id, team=team, view=view)
    return {**payload, "trigger_id": trigger.id}


def in_message(engine: Engine, app: App, person: Person, kind: str, message: Message) -> Wire:
    """Return what an interaction in a message says besides its actions."""
    channel = engine.workspace.channels[message.channel]
    container: Wire = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.seen_only_by),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = common(engine, app, person, kind, channel=channel)
    shown: Wire = {"container": container, "channel": {"id": channel.id, "name": channel_name(channel)}}
    if not message.seen_only_by:
        shown["message"] = wire.message(engine.workspace, message)
    return {**payload, **shown, "state": {"values": copy.deepcopy(message.state.get(person.id, {}))}}


def in_view(engine: Engine, app: App, person: Person, kind: str, view: View) -> Wire:
    """Return what an interaction in a modal or a Home says besides its actions."""
    payload = common(engine, app, person, kind)
    return {**payload, "container": {"type": "view", "view_id": view.id}, "view": wire.view(view)}


def submission(engine: Engine, app: App, person: Person, view: View) -> Wire:
    """Return what a submitted modal sends."""
    payload = {**common(engine, app, person, "view_submission"), "view": wire.view(view)}
    payload["response_urls"] = _response_urls(engine, app, person, view)
    return triggered(engine, app, person, payload, view=view.id)


def closing(engine: Engine, app: App, person: Person, view: View, *, cleared: bool) -> Wire:
    """Return what a closed modal sends."""
    return {**common(engine, app, person, "view_closed"), "view": wire.view(view), "is_cleared": cleared}


def _response_urls(engine: Engine, app: App, person: Person, view: View) -> list[Wire]:
    urls: list[Wire] = []
    for block in view.body["blocks"]:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        entered = view.state.get(block["block_id"], {}).get(element["action_id"], {})
        chosen = entered.get("selected_conversation") or entered.get("selected_channel")
        channel = engine.workspace.channels.get(str(chosen))
        if channel is not None:
            url = response_url(engine, app, person, channel)
            about = {
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                "channel_id": channel.id,
            }
            urls.append({**about, "response_url": url})
    return urls


def _org_wide(engine: Engine, app: App, team: str) -> bool:
    installation = engine.workspace.installation(app.id, team)
    return installation is not None and not installation.team
