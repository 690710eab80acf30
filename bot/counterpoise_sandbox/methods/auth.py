"""auth.*, api.test, team.info, bots.info, emoji.list: who calls, and where they are."""

from counterpoise_sandbox import wire
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.workspace import Wire


@method("api.test", "error foo", tier=4, tokens="")
def api_test(call: Call) -> Wire:
    """Repeat what was said; `error` is answered as an error."""
    if call.has("error"):
        raise Refused(call.text("error"), args=call.arguments)
    return {"args": call.arguments}


@method("auth.test", tier=5)
def auth_test(call: Call) -> Wire:
    """Return whose token this is."""
    team = call.workspace.teams[call.team]
    shown: Wire = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": call.me.name,
        "team_id": team.id,
        "user_id": call.user,
        "is_enterprise_install": call.token.org_wide,
    }
    if call.me.is_bot:
        shown["bot_id"] = call.me.bot_id
    if team.enterprise_id:
        shown["enterprise_id"] = team.enterprise_id
    if call.token.expires:
        shown["expires_in"] = round(call.token.expires - call.now)
    return shown


@method("auth.revoke", "test:flag")
def auth_revoke(call: Call) -> Wire:
    """End the token that calls; `test` only says that it would."""
    if call.flag("test"):
        return {"revoked": False}
    call.token.revoked = True
    kind = "bot" if call.token.kind == "bot" else "oauth"
    event = {"type": "tokens_revoked", "tokens": {kind: [call.user]}}
    call.engine.follow(call.app.id, call.team, event)
    return {"revoked": True}


@method("auth.teams.list", "cursor limit:number include_icon:flag", tier=2)
def auth_teams_list(call: Call) -> Wire:
    """Return the teams the token is good for."""
    teams = [one for one in call.workspace.teams.values() if _reaches(call, one.id)]
    shown: list[Wire] = [{"id": one.id, "name": one.name} for one in teams]
    return page(call, "teams", shown)


def _reaches(call: Call, team: str) -> bool:
    if call.token.org_wide:
        return call.workspace.teams[team].enterprise_id == call.token.enterprise_id
    return team == call.token.team


@method("team.info", "team domain", scopes="team:read")
def team_info(call: Call) -> Wire:
    """Return a team; another one's only if a channel is shared with it."""
    named = call.text("team") or call.team
    found = [one for one in call.workspace.teams.values() if call.text("domain") in ("", one.domain)]
    team = next((one for one in found if call.has("domain") or one.id == named), None)
    if team is None or not (team.id == call.team or _neighbour(call, team.id)):
        raise Refused("team_not_found")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": f"https://{team.domain}.slack.com/",
            "domain": team.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": "",
            "is_verified": False,
        }
        | (
            {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
            if team.enterprise_id
            else {}
        )
    }


def _neighbour(call: Call, team: str) -> bool:
    return any({team, call.team} <= set(one.teams) for one in call.workspace.channels.values())


@method("bots.info", "bot", scopes="users:read")
def bots_info(call: Call) -> Wire:
    """Return a bot by its bot id."""
    if not call.text("bot"):
        raise Refused("bot_not_found")
    for person in call.workspace.people.values():
        if person.bot_id == call.text("bot"):
            return {"bot": wire.bot(call.workspace.apps[person.app_id], person.bot_id, person.id)}
    raise Refused("bot_not_found")


@method("emoji.list", "include_categories:flag", scopes="emoji:read", tier=2)
def emoji_list(call: Call) -> Wire:
    """Return the team's own emoji: none."""
    shown: Wire = {"emoji": {}, "cache_ts": f"{call.now:.6f}"}
    return shown | ({"categories": []} if call.flag("include_categories") else {})
