"""What happens in a channel, whoever does it: said, edited, deleted, reacted to, joined and left."""

import copy

from counterpoise_sandbox import inputs, wire
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.events import CHANNEL_TYPES
from counterpoise_sandbox.speech import links, mentions
from counterpoise_sandbox.workspace import Channel, Kind, Message, Person, Wire


def post(
    engine: Engine,
    channel: Channel,
    *,
    user: str,
    body: Wire,
    thread_ts: str = "",
    broadcast: bool = False,
    subtype: str = "",
    app_id: str = "",
) -> Message:
    """Put a message into a channel, or a reply into a thread, and let the apps hear of it."""
    message = _message(engine, channel, user=user, body=body, thread_ts=thread_ts, app_id=app_id)
    message.broadcast = broadcast
    message.subtype = subtype or ("thread_broadcast" if broadcast else "")
    channel.keep(message)
    channel.closed_for.clear()
    if app_id and thread_ts in channel.threads:
        channel.threads[thread_ts]["status"] = ""
    engine.changed("message", channel=channel.id, user=user, ts=message.ts)
    _announce(engine, channel, message)
    return message


def whisper(
    engine: Engine, channel: Channel, *, to: str, user: str, body: Wire, thread_ts: str = "", app_id: str = ""
) -> Message:
    """Show a message to one member of a channel alone; no app hears of it."""
    message = _message(engine, channel, user=user, body=body, thread_ts=thread_ts, app_id=app_id)
    message.seen_only_by = to
    channel.ephemerals.append(message)
    engine.changed("ephemeral", channel=channel.id, user=to, ts=message.ts)
    return message


def edit(engine: Engine, message: Message, body: Wire, *, by: str, marked: bool = True) -> None:
    """Replace what a message says; `marked` shows it as edited."""
    channel = engine.workspace.channels[message.channel]
    before = wire.message(engine.workspace, message)
    kept = {key: value for key, value in message.body.items() if key not in ("text", "blocks", "attachments")}
    message.body = {**kept, **copy.deepcopy(body)}
    message.state = {
        person: inputs.carried(message.body.get("blocks", []), state)
        for person, state in message.state.items()
    }
    now = engine.mint_ts(channel)
    if marked:
        message.edited = {"user": by, "ts": f"{now.partition('.')[0]}.000000"}
    engine.changed("edit", channel=channel.id, user=by, ts=message.ts)
    if not message.seen_only_by:
        _announce_change(engine, channel, message, before, at=now)


def delete(engine: Engine, message: Message, *, by: str) -> None:
    """Take a message away; a message with replies leaves a tombstone."""
    channel = engine.workspace.channels[message.channel]
    if message.seen_only_by:
        channel.ephemerals.remove(message)
        engine.changed("delete", channel=channel.id, user=by, ts=message.ts)
        return
    before = wire.message(engine.workspace, message)
    now = engine.mint_ts(channel)
    engine.changed("delete", channel=channel.id, user=by, ts=message.ts)
    if wire.replies(engine.workspace, message):
        message.subtype, message.user = "tombstone", "USLACKBOT"
        message.body = {"text": "This message was deleted.", "hidden": True}
        message.reactions.clear()
        _announce_change(engine, channel, message, before, at=now)
        return
    del channel.messages[message.ts]
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "event_ts": now,
        "ts": now,
        "channel_type": CHANNEL_TYPES[channel.kind],
    }
    engine.happen(event, channel=channel)


def react(engine: Engine, message: Message, name: str, *, by: str) -> None:
    """Add a reaction; who has reacted so already is for the caller to know."""
    message.reactions.setdefault(name, []).append(by)
    _announce_reaction(engine, "reaction_added", message, name, by)


def unreact(engine: Engine, message: Message, name: str, *, by: str) -> None:
    """Take a reaction back; raises ValueError or KeyError where there is none."""
    message.reactions[name].remove(by)
    if not message.reactions[name]:
        del message.reactions[name]
    _announce_reaction(engine, "reaction_removed", message, name, by)


def create(engine: Engine, *, name: str, kind: Kind, team: str, creator: str) -> Channel:
    """Open a new channel with its creator as the only member."""
    channel = Channel(
        id=engine.workspace.mint("C"),
        name=name,
        kind=kind,
        team=team,
        members=[creator],
        creator=creator,
        created=int(engine.clock.now()),
    )
    engine.workspace.channels[channel.id] = channel
    engine.changed("channel", channel=channel.id)
    if kind == "public":
        about = {"id": channel.id, "name": name, "created": channel.created, "creator": creator}
        engine.happen({"type": "channel_created", "channel": about}, channel=channel)
    return channel


def direct(engine: Engine, *members: str) -> Channel:
    """Return the direct message of these people, opened if it is new."""
    known = engine.workspace.direct(*members)
    if known is not None:
        return known
    everybody = list(dict.fromkeys(members))
    several = len(everybody) > 2  # noqa: PLR2004 - two make a direct message, more make a group
    names = "--".join(engine.workspace.people[one].name for one in everybody)
    teams = list(dict.fromkeys(engine.workspace.people[one].team for one in everybody))
    channel = Channel(
        id=engine.workspace.mint("C" if several else "D"),
        name=f"mpdm-{names}-1" if several else "",
        kind="mpim" if several else "im",
        team=teams[0],
        shared_with=teams[1:],
        members=everybody,
        creator=everybody[0],
        created=int(engine.clock.now()),
    )
    engine.workspace.channels[channel.id] = channel
    engine.changed("channel", channel=channel.id)
    return channel


def join(engine: Engine, channel: Channel, person: Person, *, inviter: str = "") -> None:
    """Make somebody a member of a channel."""
    channel.members.append(person.id)
    ts = engine.mint_ts(channel)
    event: Wire = {
        "type": "member_joined_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": person.team,
        "event_ts": ts,
    }
    if inviter:
        event["inviter"] = inviter
    engine.changed("member", channel=channel.id, user=person.id)
    engine.happen(event, channel=channel)
    subtype = "channel_join" if channel.kind == "public" else "group_join"
    body: Wire = {"text": f"<@{person.id}> has joined the channel"} | (
        {"inviter": inviter} if inviter else {}
    )
    post(engine, channel, user=person.id, body=body, subtype=subtype)


def leave(engine: Engine, channel: Channel, person: Person) -> None:
    """End somebody's membership in a channel."""
    event = {
        "type": "member_left_channel",
        "user": person.id,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": person.team,
        "event_ts": engine.mint_ts(channel),
    }
    engine.happen(event, channel=channel)
    channel.members.remove(person.id)
    engine.changed("member", channel=channel.id, user=person.id)
    if person.app_id:
        left = "channel_left" if channel.kind == "public" else "group_left"
        engine.follow(
            person.app_id, person.team, {"type": left, "channel": channel.id, "actor_id": person.id}
        )


def _message(
    engine: Engine, channel: Channel, *, user: str, body: Wire, thread_ts: str, app_id: str
) -> Message:
    engine.workspace.said += 1
    ts = engine.mint_ts(channel)
    stored = copy.deepcopy(body)
    if "blocks" in stored:
        stored["blocks"] = wire.blocks(stored["blocks"], ts)
    return Message(
        number=engine.workspace.said,
        ts=ts,
        channel=channel.id,
        user=user,
        body=stored,
        thread_ts=thread_ts,
        app_id=app_id,
    )


def _announce(engine: Engine, channel: Channel, message: Message) -> None:
    event = wire.message(engine.workspace, message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPES[channel.kind],
    }
    _strangers(engine, channel, message.user, event)
    engine.happen(event, channel=channel)
    if not message.subtype or message.subtype in ("file_share", "thread_broadcast", "me_message"):
        _announce_mentions(engine, channel, message, event)
        _announce_links(engine, channel, message)


def _announce_mentions(engine: Engine, channel: Channel, message: Message, event: Wire) -> None:
    if channel.kind == "im":
        return
    for bot in engine.workspace.bots(channel):
        if mentions(str(message.body.get("text", "")), bot.id) and bot.id != message.user:
            mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
            engine.follow_in(bot.app_id, channel, {**mention, "type": "app_mention"})


def _announce_links(engine: Engine, channel: Channel, message: Message) -> None:
    found = links(str(message.body.get("text", "")))
    for app in engine.workspace.apps.values():
        wanted = [(link, domain) for link in found for domain in app.unfurl_domains if _within(link, domain)]
        if not wanted or message.app_id == app.id:
            continue
        event = {
            "type": "link_shared",
            "user": message.user,
            "channel": channel.id,
            "message_ts": message.ts,
            "thread_ts": message.thread_ts or None,
            "links": [{"url": link, "domain": domain} for link, domain in wanted],
            "is_bot_user_member": any(bot.app_id == app.id for bot in engine.workspace.bots(channel)),
            "source": "conversations_history",
            "unfurl_id": f"{channel.id}-{message.ts}",
            "event_ts": message.ts,
        }
        engine.follow_in(app.id, channel, {key: value for key, value in event.items() if value is not None})


def _within(link: str, domain: str) -> bool:
    host = link.split("/")[2].partition(":")[0]
    return host == domain or host.endswith(f".{domain}")


def _announce_change(engine: Engine, channel: Channel, message: Message, before: Wire, *, at: str) -> None:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": wire.message(engine.workspace, message),
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": at,
        "event_ts": at,
        "channel_type": CHANNEL_TYPES[channel.kind],
    }
    engine.happen(event, channel=channel)


def _announce_reaction(engine: Engine, kind: str, message: Message, name: str, by: str) -> None:
    channel = engine.workspace.channels[message.channel]
    event: Wire = {
        "type": kind,
        "user": by,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": engine.mint_ts(channel),
    }
    _strangers(engine, channel, by, event, profile=False)
    engine.changed("reaction", channel=channel.id, user=by, ts=message.ts)
    engine.happen(event, channel=channel)


def _strangers(engine: Engine, channel: Channel, user: str, event: Wire, *, profile: bool = True) -> None:
    """Say in a shared channel whose organisation somebody belongs to, by its enterprise where it has one."""
    person = engine.workspace.people.get(user)
    if person is None or not channel.shared:
        return
    team = engine.workspace.teams[person.team]
    event["user_team"] = event["source_team"] = team.enterprise_id or team.id
    if profile:
        event["user_profile"] = {
            "real_name": person.real_name,
            "display_name": person.display_name,
            "name": person.name,
            "team": person.team,
            "is_restricted": person.is_restricted,
            "is_ultra_restricted": False,
        }
