"""conversations.* between organisations: invitations to share a channel, and a channel's canvas."""

from counterpoise_sandbox import wire
from counterpoise_sandbox.methods.call import Call, Refused, badly, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.workspace import Channel, Person, Wire

LASTS = 14 * 86400
"""Seconds an invitation is open."""
WRITE = "conversations.connect:write"
MANAGE = "conversations.connect:manage"


@method(
    "conversations.inviteShared",
    "channel! emails:list user_ids:list external_limited:flag",
    scopes=WRITE,
    tier=2,
    tokens="bot",
)
def invite_shared(call: Call) -> Wire:
    """Invite somebody of another organisation to share a channel."""
    emails, ids = call.arguments.get("emails", []), call.arguments.get("user_ids", [])
    if len(emails) + len(ids) != 1:
        raise Refused("recipients_not_specified" if not emails and not ids else "too_many_emails")
    if emails and "@" not in emails[0]:
        raise Refused("invalid_email")
    channel = call.channel()
    _shareable(call, channel)
    invited = next((one for one in call.workspace.people.values() if _is(one, emails, ids)), None)
    if ids and invited is None:
        raise Refused("user_not_found")
    if invited is not None and invited.id in channel.members:
        raise Refused("already_in_channel")
    invite: Wire = {
        "id": call.workspace.mint("I"),
        "channel": channel.id,
        "inviting_team": call.team,
        "inviting_user": call.user,
        "email": emails[0] if emails else "",
        "invited": invited.id if invited is not None else "",
        "external_limited": call.flag("external_limited", otherwise=True),
        "created": int(call.now),
        "state": "sent",
        "accepted_by": "",
    }
    call.workspace.invites[invite["id"]] = invite
    call.engine.changed("invite", channel=channel.id)
    return {"invite_id": invite["id"], "is_legacy_shared_channel": False}


def _shareable(call: Call, channel: Channel) -> None:
    if channel.kind not in ("public", "private"):
        raise Refused("invalid_channel_type")
    if channel.archived:
        raise Refused("channel_archived")
    if channel.general:
        raise Refused("cannot_share_mandatory_channel")
    if call.user not in channel.members:
        raise Refused("not_in_channel")


def _is(person: Person, emails: list[str], ids: list[str]) -> bool:
    return person.id in ids or (bool(emails) and person.email.casefold() == emails[0].casefold())


def _invite(call: Call) -> Wire:
    invite = call.workspace.invites.get(call.text("invite_id"))
    if invite is None or invite["created"] + LASTS < call.now:
        raise Refused("invite_not_found")
    return invite


@method(
    "conversations.acceptSharedInvite",
    "channel_name! invite_id channel_id is_private:flag free_trial_accepted:flag",
    scopes=WRITE,
    tier=2,
    tokens="bot",
)
def accept_shared_invite(call: Call) -> Wire:
    """Take an invitation; the channel is shared once both sides have approved."""
    if not call.has("invite_id") and not call.has("channel_id"):
        raise badly("[ERROR] must provide one of: invite_id, channel_id")
    invite = _invite(call) if call.has("invite_id") else _by_channel(call)
    if invite["inviting_team"] == call.team:
        raise Refused("invite_from_same_org")
    if invite["state"] != "sent":
        raise Refused("invite_used")
    invite |= {"state": "accepted", "accepted_by": call.team, "by": call.user}
    call.engine.changed("invite", channel=invite["channel"])
    return {"invite_id": invite["id"], "channel_id": invite["channel"], "implicit_approval": False}


def _by_channel(call: Call) -> Wire:
    for invite in call.workspace.invites.values():
        if invite["channel"] == call.text("channel_id") and invite["state"] == "sent":
            return invite
    raise Refused("invite_not_found")


@method("conversations.approveSharedInvite", "invite_id! target_team", scopes=MANAGE, tokens="bot")
def approve_shared_invite(call: Call) -> Wire:
    """Approve an accepted invitation: from here on the channel is shared."""
    invite = _invite(call)
    if invite["state"] == "approved":
        raise Refused("already_approved")
    if invite["state"] != "accepted":
        raise Refused("approval_not_found")
    invite["state"] = "approved"
    channel = call.workspace.channels[invite["channel"]]
    if invite["accepted_by"] not in channel.teams:
        channel.shared_with.append(invite["accepted_by"])
    for person in (invite["invited"], invite["by"]):
        if person and person not in channel.members:
            channel.members.append(person)
    call.engine.changed("channel", channel=channel.id)
    event = {"type": "channel_shared", "connected_team_id": invite["accepted_by"], "channel": channel.id}
    call.engine.happen({**event, "event_ts": f"{call.now:.6f}"}, channel=channel)
    return {}


@method("conversations.declineSharedInvite", "invite_id! target_team", scopes=MANAGE, tokens="bot")
def decline_shared_invite(call: Call) -> Wire:
    """Decline an invitation, sent or accepted."""
    invite = _invite(call)
    if invite["state"] not in ("sent", "accepted"):
        raise Refused("inactive_invite")
    invite["state"] = "declined"
    return {}


@method(
    "conversations.listConnectInvites",
    "count:number cursor limit:number",
    scopes=MANAGE,
    tier=1,
    tokens="bot",
)
def list_connect_invites(call: Call) -> Wire:
    """Return the invitations that this team sent or received."""
    shown = [_shown(call, one) for one in call.workspace.invites.values() if _concerns(call, one)]
    return page(call, "invites", shown, otherwise=call.number("count") or 100)


def _concerns(call: Call, invite: Wire) -> bool:
    invited = call.workspace.people.get(invite["invited"])
    teams = (invite["inviting_team"], invite["accepted_by"], invited.team if invited is not None else "")
    return call.team in teams


def _shown(call: Call, invite: Wire) -> Wire:
    team = call.workspace.teams[invite["inviting_team"]]
    inviter = call.workspace.people[invite["inviting_user"]]
    channel = call.workspace.channels[invite["channel"]]
    return {
        "direction": "outgoing" if team.id == call.team else "incoming",
        "status": invite["state"],
        "date_last_updated": invite["created"],
        "invite_type": "channel",
        "invite": {
            "id": invite["id"],
            "date_created": invite["created"],
            "date_invalid": invite["created"] + LASTS,
            "inviting_team": {"id": team.id, "name": team.name, "domain": team.domain},
            "inviting_user": {"id": inviter.id, "team_id": inviter.team, "name": inviter.name},
            "recipient_email": invite["email"],
            "recipient_user_id": invite["invited"],
        },
        "channel": {"id": channel.id, "is_private": channel.kind == "private", "name": channel.name},
        "acceptances": [{"approval_status": invite["state"], "accepting_team": {"id": invite["accepted_by"]}}]
        if invite["accepted_by"]
        else [],
    }


@method(
    "conversations.externalInvitePermissions.set",
    "channel! target_team! action!",
    scopes=MANAGE,
    tier=2,
    tokens="bot",
)
def external_invite_permissions_set(call: Call) -> Wire:
    """Let another organisation invite into a shared channel, or no longer."""
    if call.text("action") not in ("upgrade", "downgrade"):
        raise Refused("invalid_action")
    channel = call.channel()
    if call.text("target_team") not in channel.shared_with:
        raise Refused("invalid_target_team")
    channel.may_invite = [one for one in channel.may_invite if one != call.text("target_team")]
    if call.text("action") == "upgrade":
        channel.may_invite.append(call.text("target_team"))
    return {}


def _request(call: Call) -> Wire:
    request = _invite(call)
    if request["state"] in ("request_approved", "request_denied"):
        raise Refused(
            "invite_already_approved" if request["state"] == "request_approved" else "invite_already_denied"
        )
    if request["state"] != "requested":
        raise Refused("invite_not_found")
    return request


@method(
    "conversations.requestSharedInvite.approve",
    "invite_id! is_external_limited:flag channel_id message:json",
    scopes=MANAGE,
    tier=2,
    tokens="bot",
)
def request_approve(call: Call) -> Wire:
    """Approve what a person asked for: the invitation is sent."""
    request = _request(call)
    request["state"] = "sent"
    if call.has("channel_id"):
        request["channel"] = call.channel("channel_id").id
    return {"invite_id": request["id"]}


@method("conversations.requestSharedInvite.deny", "invite_id! message", scopes=MANAGE, tier=2, tokens="bot")
def request_deny(call: Call) -> Wire:
    """Deny what a person asked for."""
    _request(call)["state"] = "request_denied"
    return {}


@method(
    "conversations.requestSharedInvite.list",
    "user_id include_approved:flag include_denied:flag include_expired:flag invite_ids:list limit:number cursor",
    scopes=MANAGE,
    tier=2,
    tokens="bot",
)
def request_list(call: Call) -> Wire:
    """Return the invitations that people have asked for."""
    states = ["requested", *(["sent"] if call.flag("include_approved") else [])]
    states += ["request_denied"] if call.flag("include_denied") else []
    wanted = call.arguments.get("invite_ids", [])
    found = [
        one
        for one in call.workspace.invites.values()
        if one.get("asked") and one["state"] in states and (not wanted or one["id"] in wanted)
        if call.text("user_id") in ("", one["inviting_user"])
        if call.flag("include_expired") or one["created"] + LASTS >= call.now
    ]
    shown: list[Wire] = [
        {
            "id": one["id"],
            "date_created": one["created"],
            "date_last_updated": one["created"],
            "expires_at": one["created"] + LASTS,
            "inviting_user": wire.user(
                call.workspace,
                call.workspace.people[one["inviting_user"]],
                call.now,
                email=False,
                locale=False,
            ),
            "recipient_email": one["email"],
            "channel": {"id": one["channel"], "name": call.workspace.channels[one["channel"]].name},
        }
        for one in found
    ]
    return page(call, "invite_requests", shown)


@method(
    "conversations.canvases.create",
    "channel_id! document_content:json title",
    scopes="canvases:write",
    tier=2,
)
def canvases_create(call: Call) -> Wire:
    """Give a channel its canvas; it holds markdown and is shown nowhere else."""
    channel = call.channel("channel_id")
    if channel.canvas:
        raise Refused("channel_canvas_already_exists")
    content = call.arguments.get("document_content") or {"type": "markdown", "markdown": ""}
    if not isinstance(content, dict) or content.get("type") != "markdown":
        raise Refused("canvas_creation_failed")
    channel.canvas = {
        "id": call.workspace.mint("F"),
        "title": call.text("title"),
        "markdown": content.get("markdown", ""),
    }
    call.engine.changed("channel", channel=channel.id)
    return {"canvas_id": channel.canvas["id"]}
