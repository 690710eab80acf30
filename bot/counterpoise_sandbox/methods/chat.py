"""chat.*: posting, whispering, changing and taking back, now or later."""

import math

from counterpoise_sandbox import conversation, wire
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.methods.composing import (
    LONGEST_TEXT,
    LONGEST_UPDATE,
    SAYING,
    require_words,
    said,
    signed,
)
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.workspace import Channel, Message, Scheduled, Wire

FURTHEST = 120 * 86400
"""Seconds ahead that a message may be scheduled."""
WINDOW = 300
MOST_IN_WINDOW = 30


def post_into(call: Call, name: str = "channel") -> Channel:
    """Return the channel to post into; raises Refused where the caller may not."""
    named = call.workspace.people.get(call.text(name))
    if named is not None and named.id != call.user:
        if not call.knows(named):
            raise Refused("channel_not_found")
        channel = conversation.direct(call.engine, call.user, named.id)
    else:
        channel = call.channel(name)
    if channel.archived:
        raise Refused("is_archived")
    open_to_all = channel.kind == "public" and call.granted("chat:write.public")
    if call.user not in channel.members and not open_to_all:
        raise Refused("not_in_channel")
    if channel.kind == "im" and call.me.is_bot and not _messages_tab(call):
        raise Refused("messages_tab_disabled")
    return channel


def _messages_tab(call: Call) -> bool:
    home = (call.app.manifest.get("features") or {}).get("app_home") or {}
    return bool(home.get("messages_tab_enabled", True))


@method(
    "chat.postMessage",
    f"channel! {SAYING} thread_ts:ts reply_broadcast:flag current_draft_last_updated_ts",
    scopes="chat:write",
    tier=5,
)
def post_message(call: Call) -> Wire:
    """Post a message."""
    body = said(call, cut=True)
    require_words(body)
    channel = post_into(call)
    message = conversation.post(
        call.engine,
        channel,
        user=call.user,
        body=signed(call, body),
        thread_ts=call.text("thread_ts"),
        broadcast=call.flag("reply_broadcast") and call.has("thread_ts"),
        app_id=call.app.id,
    )
    shown = wire.message(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **_truncated(call)}


def _truncated(call: Call) -> Wire:
    if len(call.text("text")) <= LONGEST_TEXT:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


@method("chat.postEphemeral", f"channel! user! {SAYING} thread_ts:ts", scopes="chat:write", tier=4)
def post_ephemeral(call: Call) -> Wire:
    """Show a message to one member of a channel."""
    body = said(call)
    require_words(body)
    channel = post_into(call)
    if call.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    message = conversation.whisper(
        call.engine,
        channel,
        to=call.text("user"),
        user=call.user,
        body=signed(call, body),
        thread_ts=call.text("thread_ts"),
        app_id=call.app.id,
    )
    return {"message_ts": message.ts}


@method("chat.meMessage", "channel! text!", scopes="chat:write")
def me_message(call: Call) -> Wire:
    """Post what somebody does rather than says."""
    body = said(call)
    require_words(body)
    channel = post_into(call)
    message = conversation.post(
        call.engine, channel, user=call.user, body=body, subtype="me_message", app_id=call.app.id
    )
    return {"channel": channel.id, "ts": message.ts}


@method("chat.update", f"channel! ts!:ts {SAYING} file_ids:list reply_broadcast:flag", scopes="chat:write")
def update(call: Call) -> Wire:
    """Change one's own message; blocks and attachments that are not named stay."""
    body = said(call, longest=LONGEST_UPDATE)
    if not any(
        call.has(name) for name in ("text", "blocks", "attachments", "markdown_text", "file_ids", "metadata")
    ):
        raise Refused("no_text")
    channel = call.channel()
    message = call.message(channel)
    if not mine(call, message):
        raise Refused("cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    kept: Wire = {key: message.body[key] for key in ("text", "blocks", "attachments") if key in message.body}
    changed = {**kept, **body}
    require_words({**changed, "files": message.body.get("files")})
    if "blocks" in body:
        changed["blocks"] = wire.blocks(body["blocks"], message.ts)
    if call.has("file_ids"):
        changed["files"] = call.arguments["file_ids"]
    conversation.edit(call.engine, message, changed, by=call.user)
    shown = wire.message(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.body.get("text", ""), "message": shown}


@method("chat.delete", "channel! ts!:ts as_user:flag", scopes="chat:write")
def delete(call: Call) -> Wire:
    """Take one's own message back."""
    channel = call.channel()
    message = call.message(channel)
    if not mine(call, message):
        raise Refused("cant_delete_message")
    conversation.delete(call.engine, message, by=call.user)
    return {"channel": channel.id, "ts": call.text("ts")}


@method("chat.getPermalink", "channel! message_ts!:ts", tier=5)
def get_permalink(call: Call) -> Wire:
    """Return the address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call.engine, message)}


def permalink(engine: Engine, message: Message) -> str:
    """Return the address of a message in the sandbox."""
    link = f"{engine.address}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    replied = message.thread_ts and message.thread_ts != message.ts
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if replied else link


@method(
    "chat.unfurl",
    "channel ts unfurls:json unfurl_id source user_auth_message:raw user_auth_required:flag"
    " user_auth_url user_auth_blocks:raw",
    scopes="links:write",
)
def unfurl(call: Call) -> Wire:
    """Lay a preview below the links of a message."""
    channel, ts = call.text("channel"), call.text("ts")
    if call.has("unfurl_id"):
        channel, _, ts = call.text("unfurl_id").partition("-")
    if not channel:
        raise Refused("missing_channel")
    if not ts:
        raise Refused("missing_ts")
    unfurls = call.arguments.get("unfurls")
    if unfurls is None and not call.has("user_auth_required"):
        raise Refused("missing_unfurls")
    if unfurls is not None and not isinstance(unfurls, dict):
        raise Refused("invalid_unfurls_format")
    where = call.workspace.channels.get(channel)
    if where is None:
        raise Refused("cannot_find_channel")
    message = where.messages.get(ts)
    if message is None:
        raise Refused("cannot_find_message")
    previews = [
        {
            **preview,
            "from_url": url,
            "original_url": url,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
            "id": number,
        }
        for number, (url, preview) in enumerate((unfurls or {}).items(), start=1)
    ]
    if previews:
        attachments = [*message.body.get("attachments", []), *previews]
        conversation.edit(
            call.engine, message, {**message.body, "attachments": attachments}, by=call.user, marked=False
        )
    return {}


@method(
    "chat.scheduleMessage",
    f"channel! post_at!:number {SAYING} thread_ts:ts reply_broadcast:flag",
    scopes="chat:write",
)
def schedule_message(call: Call) -> Wire:
    """Post a message later; one with metadata is accepted and never comes, as at Slack."""
    body = said(call)
    require_words(body)
    channel = post_into(call)
    post_at = call.number("post_at")
    if post_at <= call.now:
        raise Refused("time_in_past")
    if post_at > call.now + FURTHEST:
        raise Refused("time_too_far")
    near = [one for one in call.workspace.scheduled.values() if one.channel == channel.id]
    if sum(one.post_at // WINDOW == post_at // WINDOW for one in near) >= MOST_IN_WINDOW:
        raise Refused("restricted_too_many")
    planned = Scheduled(
        id=call.workspace.mint("Q"),
        app_id=call.app.id,
        channel=channel.id,
        user=call.user,
        post_at=post_at,
        created=int(call.now),
        arguments={
            "body": signed(call, body),
            "thread_ts": call.text("thread_ts"),
            "broadcast": call.flag("reply_broadcast"),
        },
    )
    call.workspace.scheduled[planned.id] = planned
    engine = call.engine
    engine.clock.at(post_at, lambda: _post_planned(engine, planned.id))
    engine.changed("scheduled", channel=channel.id)
    return {
        "channel": channel.id,
        "scheduled_message_id": planned.id,
        "post_at": post_at,
        "message": planned.arguments["body"] | {"type": "delayed_message"},
    }


def _post_planned(engine: Engine, planned_id: str) -> None:
    planned = engine.workspace.scheduled.pop(planned_id, None)
    if planned is None or "metadata" in planned.arguments["body"]:
        return
    channel = engine.workspace.channels[planned.channel]
    conversation.post(
        engine,
        channel,
        user=planned.user,
        body=planned.arguments["body"],
        thread_ts=planned.arguments["thread_ts"],
        broadcast=planned.arguments["broadcast"],
        app_id=planned.app_id,
    )


@method("chat.deleteScheduledMessage", "channel! scheduled_message_id! as_user:flag", scopes="chat:write")
def delete_scheduled_message(call: Call) -> Wire:
    """Call a planned message off."""
    channel = call.channel()
    planned = call.workspace.scheduled.get(call.text("scheduled_message_id"))
    if planned is None or (planned.channel, planned.app_id) != (channel.id, call.app.id):
        raise Refused("invalid_scheduled_message_id")
    del call.workspace.scheduled[planned.id]
    call.engine.changed("scheduled", channel=channel.id)
    return {}


@method("chat.scheduledMessages.list", "channel cursor limit:number latest:seconds oldest:seconds")
def scheduled_messages_list(call: Call) -> Wire:
    """Return what the app has planned, the next first."""
    if call.has("channel") and call.text("channel") not in call.workspace.channels:
        raise Refused("invalid_channel")
    oldest, latest = call.seconds("oldest"), call.seconds("latest", math.inf)
    planned = sorted(
        (
            one
            for one in call.workspace.scheduled.values()
            if one.app_id == call.app.id
            and call.text("channel") in ("", one.channel)
            and oldest <= one.post_at <= latest
        ),
        key=lambda one: (one.post_at, one.id),
    )
    shown: list[Wire] = [
        {
            "id": one.id,
            "channel_id": one.channel,
            "post_at": one.post_at,
            "date_created": one.created,
            "text": one.arguments["body"].get("text", ""),
        }
        for one in planned
    ]
    return page(call, "scheduled_messages", shown, otherwise=100)


def mine(call: Call, message: Message) -> bool:
    """Return whether the caller said this."""
    return message.user == call.user and not message.seen_only_by and message.subtype != "tombstone"
