"""conversations.*: channels and who is in them, what was said, and direct messages."""

import re

from counterpoise_sandbox import conversation, wire
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.methods.users import READ, READ_ANY, wanted_kinds
from counterpoise_sandbox.workspace import Channel, Message, Person, Wire, seconds

HISTORY = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
HISTORY_ANY = " ".join(HISTORY.values())
MANAGE = {
    "public": ("channels:manage", "channels:write"),
    "private": ("groups:write",),
    "im": ("im:write",),
    "mpim": ("mpim:write",),
}
MANAGE_ANY = "channels:manage channels:write groups:write im:write mpim:write"
INVITE = {
    **MANAGE,
    "public": (*MANAGE["public"], "channels:write.invites"),
    "private": ("groups:write", "groups:write.invites"),
}
TOPIC = {kind: (*scopes, f"{scopes[-1].partition(':')[0]}:write.topic") for kind, scopes in MANAGE.items()}
TOPIC_ANY = f"{MANAGE_ANY} channels:write.topic groups:write.topic im:write.topic mpim:write.topic"
INVITE_ANY = f"{MANAGE_ANY} channels:write.invites groups:write.invites"
LONGEST_NAME = 80
LONGEST_TOPIC = 250
MOST_IN_GROUP = 8


def _managed(
    call: Call, *, allowed: str = "public private", scopes: dict[str, tuple[str, ...]] = MANAGE
) -> Channel:
    channel = call.channel()
    if channel.kind not in allowed.split():
        raise Refused("method_not_supported_for_channel_type")
    call.need(*scopes[channel.kind])
    return channel


def _member(call: Call, channel: Channel) -> None:
    if call.user not in channel.members:
        raise Refused("not_in_channel")


def _shown(call: Call, channel: Channel) -> Wire:
    return wire.channel(call.workspace, channel, call.user, call.team)


@method("conversations.info", "channel! include_locale:flag include_num_members:flag", scopes=READ_ANY)
def info(call: Call) -> Wire:
    """Return a conversation."""
    channel = call.channel()
    call.need(READ[channel.kind])
    shown = _shown(call, channel)
    if call.flag("include_locale"):
        shown["locale"] = "en-US"
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.list", "types exclude_archived:flag cursor limit:number", scopes=READ_ANY, tier=2)
def list_all(call: Call) -> Wire:
    """Return the conversations of the kinds asked for that the caller may know of."""
    kinds = wanted_kinds(call)
    found = [
        _shown(call, one) | ({"num_members": len(one.members)} if one.kind != "im" else {})
        for one in call.workspace.channels.values()
        if one.kind in kinds and call.sees(one) and not (one.archived and call.flag("exclude_archived"))
    ]
    return page(call, "channels", found)


@method("conversations.members", "channel! cursor limit:number", scopes=READ_ANY, tier=4)
def members(call: Call) -> Wire:
    """Return who is in a conversation."""
    channel = call.channel()
    call.need(READ[channel.kind])
    return page(call, "members", channel.members)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(HISTORY[channel.kind])
    _member(call, channel)
    return channel


def _span(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = seconds(call.text("oldest", "0")), seconds(call.text("latest") or "99999999999.0")
    if call.flag("inclusive"):
        return [one for one in messages if oldest <= seconds(one.ts) <= latest]
    return [one for one in messages if oldest < seconds(one.ts) < latest]


@method(
    "conversations.history",
    "channel! cursor limit:number oldest:raw latest:raw inclusive:flag include_all_metadata:flag",
    scopes=HISTORY_ANY,
)
def history(call: Call) -> Wire:
    """Return what was said in a conversation, newest first, without replies that were not broadcast."""
    for name in ("oldest", "latest"):
        if call.has(name) and not re.fullmatch(r"\d+(\.\d+)?", call.text(name)):
            raise Refused(f"invalid_ts_{name}")
    channel = _readable(call)
    top = [one for one in channel.ordered() if one.thread_ts in ("", one.ts) or one.broadcast]
    found = list(reversed(_span(call, top)))
    return _messages(call, channel, found)


@method(
    "conversations.replies",
    "channel! ts!:ts cursor limit:number oldest:raw latest:raw inclusive:flag include_all_metadata:flag",
    scopes=HISTORY_ANY,
)
def replies(call: Call) -> Wire:
    """Return a thread, its first message first."""
    channel = _readable(call)
    parent = channel.messages.get(call.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    if parent.thread_ts not in ("", parent.ts):
        return _messages(call, channel, [parent])
    return _messages(call, channel, [parent, *_span(call, wire.replies(call.workspace, parent))])


def _messages(call: Call, channel: Channel, found: list[Message]) -> Wire:
    metadata = call.flag("include_all_metadata")
    shown = [wire.message(call.workspace, one, viewer=call.user, metadata=metadata) for one in found]
    answer = page(call, "messages", shown)
    more = bool(answer["response_metadata"]["next_cursor"])
    return answer | {"has_more": more, "pin_count": len(channel.pins)}


@method("conversations.open", "channel users:list return_im:flag prevent_creation:flag", scopes=MANAGE_ANY)
def open_direct(call: Call) -> Wire:
    """Open a direct message, or find the one that is open."""
    if not call.has("channel") and not call.has("users"):
        raise Refused("users_list_not_supplied")
    if call.has("channel"):
        known = call.channel()
        if known.kind not in ("im", "mpim"):
            raise Refused("method_not_supported_for_channel_type")
        return {"no_op": True, "already_open": True, "channel": _opened(call, known)}
    people = _others(call)
    call.need("im:write" if len(people) == 1 else "mpim:write")
    known_before = call.workspace.direct(call.user, *(one.id for one in people))
    if known_before is None and call.flag("prevent_creation"):
        raise Refused("channel_not_found")
    channel = conversation.direct(call.engine, call.user, *(one.id for one in people))
    already = {"no_op": True, "already_open": True} if known_before is not None else {}
    return {**already, "channel": _opened(call, channel)}


def _others(call: Call) -> list[Person]:
    names = [name for name in call.arguments["users"] if name != call.user]
    if not names:
        raise Refused("not_enough_users")
    if len(names) > MOST_IN_GROUP:
        raise Refused("too_many_users")
    people = [call.workspace.people.get(name) for name in names]
    known = [one for one in people if one is not None and call.knows(one)]
    if len(known) < len(names):
        raise Refused("user_not_found")
    if any(one.deleted for one in known):
        raise Refused("user_disabled")
    return known


def _opened(call: Call, channel: Channel) -> Wire:
    if call.user in channel.closed_for:
        channel.closed_for.remove(call.user)
    return _shown(call, channel) if call.flag("return_im") else {"id": channel.id}


@method("conversations.close", "channel!", scopes=MANAGE_ANY, tier=2)
def close(call: Call) -> Wire:
    """Close a direct message for oneself."""
    channel = _managed(call, allowed="im mpim")
    if call.user in channel.closed_for:
        return {"no_op": True, "already_closed": True}
    channel.closed_for.append(call.user)
    return {}


@method("conversations.create", "name! is_private:flag", scopes=MANAGE_ANY, tier=2)
def create(call: Call) -> Wire:
    """Open a new channel."""
    kind = "private" if call.flag("is_private") else "public"
    call.need(*MANAGE[kind])
    name = _name(call)
    channel = conversation.create(
        call.engine,
        name=name,
        kind="private" if kind == "private" else "public",
        team=call.team,
        creator=call.user,
    )
    return {"channel": _shown(call, channel)}


def _name(call: Call) -> str:
    name = call.text("name").removeprefix("#")
    if not name:
        raise Refused("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise Refused("invalid_name_maxlength")
    if not re.search(r"\w", name):
        raise Refused("invalid_name_punctuation")
    if not re.fullmatch(r"[\w\-]+", name) or name != name.lower():
        raise Refused("invalid_name_specials")
    if any(
        one.name == name and one.kind in ("public", "private") for one in call.workspace.channels.values()
    ):
        raise Refused("name_taken")
    return name


@method("conversations.rename", "channel! name!", scopes=MANAGE_ANY, tier=2)
def rename(call: Call) -> Wire:
    """Give a channel another name."""
    channel = _managed(call)
    _member(call, channel)
    channel.name = _name(call)
    about = {"id": channel.id, "name": channel.name, "created": channel.created}
    call.engine.changed("channel", channel=channel.id)
    call.engine.happen({"type": "channel_rename", "channel": about}, channel=channel)
    return {"channel": _shown(call, channel)}


@method("conversations.archive", "channel!", scopes=MANAGE_ANY, tier=2)
def archive(call: Call) -> Wire:
    """Put a channel away."""
    channel = _managed(call)
    if channel.general:
        raise Refused("cant_archive_general")
    if channel.archived:
        raise Refused("already_archived")
    _member(call, channel)
    channel.archived = True
    call.engine.changed("channel", channel=channel.id)
    call.engine.happen({"type": "channel_archive", "channel": channel.id, "user": call.user}, channel=channel)
    return {}


@method("conversations.unarchive", "channel!", scopes=MANAGE_ANY, tier=2)
def unarchive(call: Call) -> Wire:
    """Take a channel out again."""
    channel = _managed(call)
    if not channel.archived:
        raise Refused("not_archived")
    channel.archived = False
    call.engine.changed("channel", channel=channel.id)
    call.engine.happen(
        {"type": "channel_unarchive", "channel": channel.id, "user": call.user}, channel=channel
    )
    return {}


@method("conversations.join", "channel!", scopes="channels:join channels:write")
def join(call: Call) -> Wire:
    """Become a member of a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.user in channel.members:
        warned = {"warnings": ["already_in_channel"]}
        return {
            "channel": _shown(call, channel),
            "warning": "already_in_channel",
            "response_metadata": warned,
        }
    conversation.join(call.engine, channel, call.me)
    return {"channel": _shown(call, channel)}


@method("conversations.leave", "channel!", scopes=MANAGE_ANY)
def leave(call: Call) -> Wire:
    """End one's own membership."""
    channel = _managed(call, allowed="public private mpim")
    if channel.general:
        raise Refused("cant_leave_general")
    if channel.archived:
        raise Refused("is_archived")
    if call.user not in channel.members:
        return {"not_in_channel": True}
    if len(channel.members) == 1 and channel.kind == "private":
        raise Refused("last_member")
    conversation.leave(call.engine, channel, call.me)
    return {}


@method(
    "conversations.invite",
    "channel! users!:list force:flag",
    scopes=INVITE_ANY,
)
def invite(call: Call) -> Wire:
    """Make others members of a channel; `force` takes those who can be and says who could not."""
    channel = _managed(call, scopes=INVITE)
    if channel.archived:
        raise Refused("is_archived")
    _member(call, channel)
    if not call.arguments["users"]:
        raise Refused("no_user")
    faults = [(name, _uninvitable(call, channel, name)) for name in call.arguments["users"]]
    refused: list[Wire] = [{"user": name, "ok": False, "error": fault} for name, fault in faults if fault]
    if refused and not call.flag("force"):
        raise Refused(refused[0]["error"], errors=refused)
    for name, fault in faults:
        if not fault:
            conversation.join(call.engine, channel, call.workspace.people[name], inviter=call.user)
    return {"channel": _shown(call, channel)} | ({"errors": refused} if refused else {})


def _uninvitable(call: Call, channel: Channel, name: str) -> str:
    person = call.workspace.people.get(name)
    if person is None or not call.knows(person):
        return "user_not_found"
    if person.id == call.user:
        return "cant_invite_self"
    if person.id in channel.members:
        return "already_in_channel"
    return "" if person.team in channel.teams else "org_user_not_in_team"


@method("conversations.kick", "channel! user!", scopes=MANAGE_ANY)
def kick(call: Call) -> Wire:
    """End somebody else's membership."""
    channel = _managed(call)
    if channel.general:
        raise Refused("cant_kick_from_general")
    if call.text("user") == call.user:
        raise Refused("cant_kick_self")
    _member(call, channel)
    person = call.person()
    if person.id not in channel.members:
        raise Refused("not_in_channel")
    conversation.leave(call.engine, channel, person)
    return {}


@method("conversations.mark", "channel! ts!", scopes=MANAGE_ANY)
def mark(call: Call) -> Wire:
    """Say up to where one has read."""
    channel = _managed(call, allowed="public private im mpim")
    _member(call, channel)
    if not re.fullmatch(r"\d+\.\d+", call.text("ts")):
        raise Refused("invalid_timestamp")
    channel.read[call.user] = call.text("ts")
    return {}


def _headline(call: Call, name: str) -> Channel:
    channel = _managed(call, allowed="public private im mpim", scopes=TOPIC)
    _member(call, channel)
    if channel.archived:
        raise Refused("is_archived")
    if len(call.text(name)) > LONGEST_TOPIC:
        raise Refused("too_long")
    call.engine.changed("channel", channel=channel.id)
    body = {"text": f"<@{call.user}> set the channel {name}: {call.text(name)}", name: call.text(name)}
    conversation.post(call.engine, channel, user=call.user, body=body, subtype=f"channel_{name}")
    return channel


@method(
    "conversations.setTopic",
    "channel! topic!",
    scopes=TOPIC_ANY,
    tier=2,
)
def set_topic(call: Call) -> Wire:
    """Set what a channel is about now."""
    channel = _headline(call, "topic")
    channel.topic = call.text("topic")
    return {"channel": _shown(call, channel), "topic": channel.topic}


@method(
    "conversations.setPurpose",
    "channel! purpose!",
    scopes=TOPIC_ANY,
    tier=2,
)
def set_purpose(call: Call) -> Wire:
    """Set what a channel is for."""
    channel = _headline(call, "purpose")
    channel.purpose = call.text("purpose")
    return {"channel": _shown(call, channel), "purpose": channel.purpose}
