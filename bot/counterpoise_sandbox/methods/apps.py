"""apps.*: a socket for an app, who else sees an event, and the end of an installation."""

import base64
import binascii
import json

from counterpoise_sandbox import events
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.sockets import LIMIT
from counterpoise_sandbox.workspace import Installation, Wire


@method("apps.connections.open", scopes="connections:write", tokens="app")
def connections_open(call: Call) -> Wire:
    """Return the address of a new socket; it is good once."""
    if not call.app.socket_mode:
        raise Refused("forbidden_team")
    if len(call.engine.post.sockets.of(call.app.id)) >= LIMIT:
        raise Refused("too_many_websockets")
    ticket = call.workspace.mint("ws-")
    call.workspace.tickets[ticket] = call.app.id
    address = call.engine.address.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.app.id}"}


@method(
    "apps.event.authorizations.list",
    "event_context! cursor limit:number",
    scopes="authorizations:read",
    tier=5,
    tokens="app",
)
def event_authorizations_list(call: Call) -> Wire:
    """Return every installation that an event is visible to."""
    try:
        kind, _, told = call.text("event_context").partition("-")
        about = json.loads(base64.b64decode(told, validate=True)) if kind == "4" else {}
    except (binascii.Error, ValueError):
        about = {}
    if not about:
        raise Refused("invalid_event_context")
    if about["aid"] != call.app.id:
        raise Refused("auth_mismatch")
    shown = [_shown(call, one) for one in _seeing(call, about)]
    return page(call, "authorizations", shown)


def _seeing(call: Call, about: Wire) -> list[Installation]:
    channel = call.workspace.channels.get(about["cid"])
    ours = [one for one in call.workspace.installations if one.app_id == call.app.id]
    if channel is None:
        return [one for one in ours if one.team in ("", about["tid"])]
    return [one for one in ours if one.bot_user in channel.members or channel.kind == "public"]


def _shown(call: Call, one: Installation) -> Wire:
    team = one.team or call.team
    enterprise = call.workspace.teams[team].enterprise_id or None if team else one.enterprise_id
    return events.authorization(one, team, enterprise)


@method("apps.uninstall", "client_id! client_secret!", tier=1)
def uninstall_method(call: Call) -> Wire:
    """End the app's installation in the caller's team."""
    named = next(
        (one for one in call.workspace.apps.values() if one.client_id == call.text("client_id")), None
    )
    if named is None:
        raise Refused("invalid_client_id")
    if named.client_secret != call.text("client_secret"):
        raise Refused("bad_client_secret")
    if named.id != call.app.id:
        raise Refused("client_id_token_mismatch")
    uninstall(call.engine, call.app.id, call.team)
    return {}


def uninstall(engine: Engine, app_id: str, team: str) -> None:
    """End an installation: its tokens are revoked, its bot leaves, the app hears of both."""
    gone = engine.workspace.installation(app_id, team)
    if gone is None:
        return
    tokens = [
        one for one in engine.workspace.tokens.values() if one.app_id == app_id and one.team == gone.team
    ]
    revoked = {"oauth": gone.people, "bot": [gone.bot_user]}
    engine.follow(app_id, team, {"type": "tokens_revoked", "tokens": revoked})
    engine.follow(app_id, team, {"type": "app_uninstalled"})
    for token in tokens:
        token.revoked = token.kind != "app"
    engine.workspace.installations.remove(gone)
    engine.workspace.people[gone.bot_user].deleted = True
    for channel in engine.workspace.channels.values():
        if gone.bot_user in channel.members and channel.kind != "im":
            channel.members.remove(gone.bot_user)
    engine.changed("app", app=app_id)
