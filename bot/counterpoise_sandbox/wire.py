"""How people, channels, messages, files and views look as the JSON that Slack sends."""

import copy
import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from counterpoise_sandbox.workspace import App, Channel, File, Message, Person, View, Wire, Workspace, seconds

BUTTON_LIKE = {"button", "overflow", "workflow_button", "feedback_buttons", "icon_button"}


def zone_offset(tz: str, at: float) -> int:
    """Return how many seconds a time zone is ahead of UTC at a moment."""
    offset = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(tz)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def profile(person: Person, *, email: bool) -> Wire:
    """Return a person's profile."""
    avatar = hashlib.sha256(person.id.encode()).hexdigest()[:12]
    shown: Wire = {
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.display_name,
        "display_name_normalized": person.display_name,
        "fields": None,
        "status_text": person.status_text,
        "status_emoji": person.status_emoji,
        "status_emoji_display_info": [],
        "status_expiration": person.status_expiration,
        "avatar_hash": avatar,
        "first_name": person.real_name.partition(" ")[0],
        "last_name": person.real_name.partition(" ")[2],
        "status_text_canonical": "",
        "team": person.team,
    }
    if person.is_bot:
        shown |= {"api_app_id": person.app_id, "bot_id": person.bot_id, "always_active": True}
    elif email:
        shown["email"] = person.email
    return shown


def user(workspace: Workspace, person: Person, now: float, *, email: bool, locale: bool) -> Wire:
    """Return a person as users.info does."""
    team = workspace.teams[person.team]
    shown: Wire = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": _zone_name(person.tz, now),
        "tz_offset": zone_offset(person.tz, now),
        "profile": profile(person, email=email),
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
        "is_email_confirmed": not person.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    if locale:
        shown["locale"] = person.locale
    if team.enterprise_id:
        shown["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": team.enterprise_id,
            "enterprise_name": team.enterprise_name,
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "teams": [person.team],
        }
    return shown


def stranger(shown: Wire) -> Wire:
    """Return a person of another organisation as an app sees them: no e-mail, no roles."""
    kept = {
        key: value for key, value in shown.items() if not key.startswith(("is_admin", "is_owner", "is_prim"))
    }
    kept["is_stranger"] = False
    kept["profile"] = {key: value for key, value in shown["profile"].items() if key != "email"}
    return kept


def channel(workspace: Workspace, one: Channel, viewer: str, team: str) -> Wire:
    """Return a channel as conversations.info does to a caller (a user id) of a team."""
    if one.kind == "im":
        return _direct(workspace, one, viewer, team)
    foreign = [each for each in one.teams if each != team]
    return {
        "id": one.id,
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": one.kind == "public" or one.shared,
        "is_group": one.kind == "private" and not one.shared,
        "is_im": False,
        "is_mpim": one.kind == "mpim",
        "is_private": one.kind != "public",
        "created": one.created,
        "updated": one.created * 1000,
        "is_archived": one.archived,
        "is_general": one.general,
        "unlinked": 0,
        "creator": one.creator,
        "is_shared": one.shared,
        "is_org_shared": False,
        "is_ext_shared": one.shared,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "context_team_id": team,
        "shared_team_ids": one.teams,
        "internal_team_ids": [one.team] if one.shared else [],
        "connected_team_ids": foreign if one.shared else [],
        "conversation_host_id": one.team,
        "parent_conversation": None,
        "is_member": viewer in one.members,
        "topic": {"value": one.topic, "creator": one.creator, "last_set": one.created if one.topic else 0},
        "purpose": {
            "value": one.purpose,
            "creator": one.creator,
            "last_set": one.created if one.purpose else 0,
        },
        "previous_names": [],
    }


def _direct(workspace: Workspace, one: Channel, viewer: str, team: str) -> Wire:
    other = next((member for member in one.members if member != viewer), viewer)
    return {
        "id": one.id,
        "created": one.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": team,
        "user": other,
        "is_user_deleted": workspace.people[other].deleted,
        "priority": 0,
        "is_open": viewer not in one.closed_for,
    }


def message(workspace: Workspace, one: Message, *, viewer: str = "", metadata: bool = True) -> Wire:
    """Return a message as history does; `viewer` decides nothing but whether they follow the thread."""
    shown: Wire = {"type": "message", "ts": one.ts, **copy.deepcopy(one.body)}
    if one.user:
        shown["user"] = one.user
    if one.user in workspace.people:
        shown["team"] = workspace.people[one.user].team
    if one.subtype:
        shown["subtype"] = one.subtype
    if one.thread_ts:
        shown["thread_ts"] = one.thread_ts
        parent = workspace.channels[one.channel].messages.get(one.thread_ts)
        if one.thread_ts != one.ts and parent is not None:
            shown["parent_user_id"] = parent.user
    if one.edited:
        shown["edited"] = dict(one.edited)
    if one.reactions:
        shown["reactions"] = reactions(one)
    if "files" in one.body:
        shown["files"] = [file(workspace, workspace.files[each]) for each in one.body["files"]]
    if not metadata:
        shown.pop("metadata", None)
    if not one.seen_only_by:
        shown |= _thread(workspace, one, viewer)
    return shown


def reactions(one: Message) -> list[Wire]:
    """Return the reactions of a message."""
    return [
        {"name": name, "users": list(who), "count": len(who)} for name, who in one.reactions.items() if who
    ]


def replies(workspace: Workspace, one: Message) -> list[Message]:
    """Return the replies to a message, oldest first."""
    channel = workspace.channels[one.channel]
    return [channel.messages[ts] for ts in channel.answers.get(one.ts, []) if ts in channel.messages]


def _thread(workspace: Workspace, one: Message, viewer: str) -> Wire:
    if one.thread_ts and one.thread_ts != one.ts:
        return {}
    answers = replies(workspace, one)
    if not answers:
        return {}
    users = list(dict.fromkeys(each.user for each in answers))
    return {
        "thread_ts": one.ts,
        "reply_count": len(answers),
        "reply_users_count": len(users),
        "reply_users": users[:5],
        "latest_reply": max((each.ts for each in answers), key=seconds),
        "is_locked": False,
        "subscribed": viewer in (one.user, *users),
    }


def file(workspace: Workspace, one: File) -> Wire:
    """Return a file as files.info does; addresses are below /files."""
    if one.deleted:
        return {"id": one.id, "mode": "tombstone"}
    kind = one.name.rpartition(".")[2].lower() if "." in one.name else "text"
    public = [each for each in one.channels if workspace.channels[each].kind == "public"]
    direct = [each for each in one.channels if workspace.channels[each].kind in ("im", "mpim")]
    private = [each for each in one.channels if each not in (*public, *direct)]
    base = f"{workspace.address}/files/{one.id}"
    shown: Wire = {
        "id": one.id,
        "created": one.created,
        "timestamp": one.created,
        "name": one.name,
        "title": one.title,
        "mimetype": one.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": one.user,
        "user_team": one.team,
        "editable": False,
        "size": len(one.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(public),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": base,
        "url_private_download": f"{base}/download",
        "permalink": f"{base}/page",
        "permalink_public": "",
        "comments_count": 0,
        "is_starred": False,
        "shares": _shares(workspace, one),
        "channels": public,
        "groups": private,
        "ims": direct,
        "has_more_shares": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if one.alt_txt:
        shown["alt_txt"] = one.alt_txt
    if one.mimetype.startswith("image/"):
        shown |= {f"thumb_{size}": f"{base}/thumb/{size}" for size in (64, 80, 160, 360)}
    return shown


def _shares(workspace: Workspace, one: File) -> Wire:
    sorted_out: Wire = {}
    for where, when in one.shares.items():
        scope = "public" if workspace.channels[where].kind == "public" else "private"
        sorted_out.setdefault(scope, {})[where] = [
            {"ts": ts, "channel_name": workspace.channels[where].name, "team_id": one.team} for ts in when
        ]
    return sorted_out


def view(one: View) -> Wire:
    """Return a view as views.open does, with its state."""
    body = one.body
    return {
        "id": one.id,
        "team_id": one.team,
        "type": body["type"],
        "blocks": copy.deepcopy(body.get("blocks", [])),
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "state": {"values": copy.deepcopy(one.state)},
        "hash": one.hash,
        "title": body.get("title"),
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "submit_disabled": bool(body.get("submit_disabled", False)),
        "previous_view_id": one.previous_id or None,
        "root_view_id": one.root_id,
        "app_id": one.app_id,
        "external_id": body.get("external_id", ""),
        "app_installed_team_id": one.team,
        "bot_id": one.bot_id,
    }


def bot(app: App, bot_id: str, user_id: str) -> Wire:
    """Return a bot as bots.info does."""
    return {
        "id": bot_id,
        "deleted": False,
        "name": app.bot_name,
        "updated": 0,
        "app_id": app.id,
        "user_id": user_id,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
    }


def bot_profile(app: App, bot_id: str, team: str) -> Wire:
    """Return what a bot's message says of who posted it."""
    return {
        "id": bot_id,
        "app_id": app.id,
        "user_id": "",
        "name": app.bot_name,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": 0,
        "team_id": team,
    }


def blocks(given: list[Wire], mint: str) -> list[Wire]:
    """Return blocks as Slack stores them: every block and element named, every text complete."""
    stored = copy.deepcopy(given)
    for place, block in enumerate(stored):
        block.setdefault("block_id", hashlib.sha256(f"{mint}/{place}".encode()).hexdigest()[:5])
        _complete(block, f"{mint}/{place}")
    return stored


def _complete(node: object, mint: str) -> None:
    if isinstance(node, list):
        for place, each in enumerate(node):
            _complete(each, f"{mint}/{place}")
    if not isinstance(node, dict):
        return
    if node.get("type") == "plain_text":
        node.setdefault("emoji", True)
    if node.get("type") == "mrkdwn":
        node.setdefault("verbatim", False)
    if _interactive(node):
        node.setdefault("action_id", hashlib.sha256(mint.encode()).hexdigest()[:5])
    for key, each in node.items():
        if key not in ("metadata", "event_payload"):
            _complete(each, f"{mint}/{key}")


def _interactive(node: Wire) -> bool:
    kind = str(node.get("type", ""))
    endings = ("_select", "_input", "picker", "_buttons", "_button", "checkboxes")
    return kind in BUTTON_LIKE or (kind.endswith(endings) and "elements" not in node)


def _zone_name(tz: str, now: float) -> str:
    return datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(tz)).tzname() or tz
