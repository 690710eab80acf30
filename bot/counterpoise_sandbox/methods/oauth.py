"""oauth.v2.*: a code for tokens, a refresh token for fresh ones, a lasting token for one that expires."""

import base64
import hashlib

from counterpoise_sandbox.installing import EXPIRES_IN, grant
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.workspace import App, Installation, Token, Wire, Workspace

CODE_LASTS = 600.0
"""Seconds."""
CLIENT = "client_id client_secret"


def _client(call: Call) -> App:
    named = call.text("client_id")
    app = next((one for one in call.workspace.apps.values() if one.client_id == named), None)
    if app is None:
        raise Refused("invalid_client_id")
    if app.client_secret != call.text("client_secret") and not call.has("code_verifier"):
        raise Refused("bad_client_secret")
    return app


@method(
    "oauth.v2.access",
    f"{CLIENT} code code_verifier redirect_uri grant_type refresh_token assertion",
    tier=5,
    tokens="",
)
def access(call: Call) -> Wire:
    """Give tokens for a code that somebody's consent made, or for a refresh token."""
    app = _client(call)
    if call.text("grant_type", "authorization_code") == "refresh_token":
        return _refreshed(call, app)
    if call.text("grant_type", "authorization_code") != "authorization_code":
        raise Refused("invalid_grant_type")
    code = call.workspace.codes.get(call.text("code"))
    if code is None or code["app"] != app.id or code["until"] < call.now:
        raise Refused("invalid_code")
    if code["used"]:
        raise Refused("code_already_used")
    if call.text("redirect_uri", code["redirect_uri"]) != code["redirect_uri"]:
        raise Refused("bad_redirect_uri")
    _check_proof(call, code)
    code["used"] = True
    return _granted(call, app, code)


def _check_proof(call: Call, code: Wire) -> None:
    if not code["challenge"]:
        return
    digest = hashlib.sha256(call.text("code_verifier").encode()).digest()
    if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code["challenge"]:
        raise Refused("invalid_code_verifier")


def _granted(call: Call, app: App, code: Wire) -> Wire:
    workspace = call.workspace
    one = next(
        (
            each
            for each in workspace.installations
            if (each.app_id, each.bot_user) == (app.id, code["bot_user"])
        ),
        None,
    )
    if one is None:
        raise Refused("invalid_code")
    expires = call.now + EXPIRES_IN if app.rotates else 0.0
    answer = _about(workspace, one) | {"authed_user": {"id": code["person"]}}
    if code["scopes"]:
        answer |= _told(call, _bot_token(workspace, one, code["scopes"], expires)) | {
            "bot_user_id": one.bot_user
        }
    if code["user_scopes"]:
        token = grant(workspace, one, code["user_scopes"], person=code["person"], expires=expires)
        answer["authed_user"] |= _told(call, token)
    return answer


def _bot_token(workspace: Workspace, one: Installation, scopes: list[str], expires: float) -> Token:
    """Return the bot's token: one that lasts is kept over installations and only gains scopes."""
    for token in workspace.tokens.values():
        lasting = token.kind == "bot" and token.user == one.bot_user and not (token.expires or token.revoked)
        if lasting and not expires:
            token.scopes = list(dict.fromkeys([*token.scopes, *scopes]))
            return token
    return grant(workspace, one, scopes, expires=expires)


def _refreshed(call: Call, app: App) -> Wire:
    refresh = call.workspace.tokens.get(call.text("refresh_token"))
    if refresh is None or refresh.kind != "refresh" or refresh.revoked or refresh.app_id != app.id:
        raise Refused("invalid_refresh_token")
    one = _installation(call.workspace, refresh)
    refresh.revoked = True
    person = refresh.user if refresh.user != one.bot_user else ""
    token = grant(call.workspace, one, refresh.scopes, person=person, expires=call.now + EXPIRES_IN)
    bot = {} if person else {"bot_user_id": one.bot_user}
    return _about(call.workspace, one) | _told(call, token) | bot


def _installation(workspace: Workspace, token: Token) -> Installation:
    for one in workspace.installations:
        if (one.app_id, one.team, one.enterprise_id) == (token.app_id, token.team, token.enterprise_id):
            return one
    raise Refused("invalid_refresh_token")


@method("oauth.v2.exchange", "client_id! client_secret!")
def exchange(call: Call) -> Wire:
    """Give a token that expires for one that lasts."""
    app = _client(call)
    if app.id != call.token.app_id:
        raise Refused("invalid_token")
    if not app.rotates:
        raise Refused("token_rotation_not_enabled")
    if call.token.expires:
        raise Refused("token_already_exchanged")
    one = call.installation
    call.token.revoked = True
    person = call.user if call.token.kind == "user" else ""
    token = grant(call.workspace, one, call.token.scopes, person=person, expires=call.now + EXPIRES_IN)
    return _about(call.workspace, one) | _told(call, token)


def _about(workspace: Workspace, one: Installation) -> Wire:
    team = workspace.teams.get(one.team)
    enterprise = next(
        (each for each in workspace.teams.values() if each.enterprise_id == one.enterprise_id), None
    )
    return {
        "app_id": one.app_id,
        "team": {"id": team.id, "name": team.name} if team is not None else None,
        "enterprise": {"id": one.enterprise_id, "name": enterprise.enterprise_name}
        if one.enterprise_id and enterprise is not None
        else None,
        "is_enterprise_install": not one.team,
    }


def _told(call: Call, token: Token) -> Wire:
    told: Wire = {"access_token": token.value, "token_type": token.kind, "scope": ",".join(token.scopes)}
    if token.expires:
        told |= {"expires_in": round(token.expires - call.now), "refresh_token": token.pair}
    return told


@method(
    "oauth.access", f"{CLIENT} code redirect_uri single_channel:flag", tier=4, coverage="partly", tokens=""
)
def classic_access(call: Call) -> Wire:
    """Refuse: apps of the old kind are not played."""
    _client(call)
    raise Refused("invalid_code")
