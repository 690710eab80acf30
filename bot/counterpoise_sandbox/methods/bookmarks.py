"""bookmarks.* and pins.*: what stands at the head of a channel."""

from counterpoise_sandbox import wire
from counterpoise_sandbox.methods.call import TS, Call, Refused, method
from counterpoise_sandbox.workspace import Channel, Message, Wire

MOST = 100


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.user not in channel.members:
        raise Refused("permission_denied" if channel.kind == "public" else "channel_not_found")
    return channel


def _bookmark(call: Call, channel: Channel) -> Wire:
    for one in channel.bookmarks:
        if one["id"] == call.text("bookmark_id"):
            return one
    raise Refused("not_found")


def _check_link(call: Call) -> None:
    if not call.text("link").startswith(("http://", "https://")):
        raise Refused("invalid_link")


def _check_emoji(call: Call) -> None:
    emoji = call.text("emoji")
    if emoji and not (emoji.startswith(":") and emoji.endswith(":") and len(emoji) > 2):  # noqa: PLR2004 - the colons
        raise Refused("invalid_emoji")


@method(
    "bookmarks.add",
    "channel_id! title! type! link emoji entity_id parent_id access_level",
    scopes="bookmarks:write",
    tier=2,
)
def add(call: Call) -> Wire:
    """Put a bookmark at a channel's head."""
    if call.text("type") != "link":
        raise Refused("invalid_bookmark_type")
    _check_link(call)
    _check_emoji(call)
    channel = _channel(call)
    if len(channel.bookmarks) >= MOST:
        raise Refused("too_many_bookmarks")
    bookmark: Wire = {
        "id": call.workspace.mint("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji") or None,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": int(call.now),
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": call.user,
        "last_updated_by_team_id": call.team,
        "shortcut_id": None,
        "app_id": call.app.id,
    }
    channel.bookmarks.append(bookmark)
    call.engine.changed("bookmark", channel=channel.id)
    return {"bookmark": dict(bookmark)}


@method("bookmarks.edit", "channel_id! bookmark_id! title link emoji", scopes="bookmarks:write", tier=2)
def edit(call: Call) -> Wire:
    """Change a bookmark."""
    if call.has("link"):
        _check_link(call)
    _check_emoji(call)
    channel = _channel(call)
    bookmark = _bookmark(call, channel)
    bookmark |= {name: call.text(name) for name in ("title", "link", "emoji") if call.has(name)}
    bookmark |= {"date_updated": int(call.now), "last_updated_by_user_id": call.user}
    call.engine.changed("bookmark", channel=channel.id)
    return {"bookmark": dict(bookmark)}


@method("bookmarks.list", "channel_id!", scopes="bookmarks:read")
def list_all(call: Call) -> Wire:
    """Return a channel's bookmarks."""
    return {"bookmarks": [dict(one) for one in _channel(call).bookmarks]}


@method("bookmarks.remove", "channel_id! bookmark_id! quip_section_id", scopes="bookmarks:write", tier=2)
def remove(call: Call) -> Wire:
    """Take a bookmark away."""
    channel = _channel(call)
    channel.bookmarks.remove(_bookmark(call, channel))
    call.engine.changed("bookmark", channel=channel.id)
    return {}


def _pinnable(call: Call) -> tuple[Channel, Message]:
    if not call.text("timestamp"):
        raise Refused("no_item_specified")
    if not TS.match(call.text("timestamp")):
        raise Refused("bad_timestamp")
    channel = call.channel()
    if call.user not in channel.members:
        raise Refused("not_in_channel")
    return channel, call.message(channel, "timestamp")


@method("pins.add", "channel! timestamp", scopes="pins:write", tier=2)
def pin(call: Call) -> Wire:
    """Pin a message to its channel."""
    channel, message = _pinnable(call)
    if any(one["ts"] == message.ts for one in channel.pins):
        raise Refused("already_pinned")
    channel.pins.append({"ts": message.ts, "created": int(call.now), "created_by": call.user})
    _tell_pin(call, "pin_added", channel, message)
    return {}


@method("pins.remove", "channel! timestamp", scopes="pins:write", tier=2)
def unpin(call: Call) -> Wire:
    """Take a pin out."""
    channel, message = _pinnable(call)
    pinned = next((one for one in channel.pins if one["ts"] == message.ts), None)
    if pinned is None:
        raise Refused("no_pin")
    channel.pins.remove(pinned)
    _tell_pin(call, "pin_removed", channel, message)
    return {}


@method("pins.list", "channel!", scopes="pins:read", tier=2)
def pins(call: Call) -> Wire:
    """Return what is pinned to a channel, the newest pin first."""
    channel = call.channel()
    return {
        "items": [
            _item(call, channel, one) for one in reversed(channel.pins) if one["ts"] in channel.messages
        ]
    }


def _item(call: Call, channel: Channel, pinned: Wire) -> Wire:
    message = wire.message(call.workspace, channel.messages[pinned["ts"]])
    about = {"created": pinned["created"], "created_by": pinned["created_by"]}
    return {"type": "message", "channel": channel.id, "message": message, **about}


def _tell_pin(call: Call, kind: str, channel: Channel, message: Message) -> None:
    call.engine.changed("pin", channel=channel.id, ts=message.ts)
    item = {"type": "message", "channel": channel.id, "message": wire.message(call.workspace, message)}
    event = {
        "type": kind,
        "user": call.user,
        "channel_id": channel.id,
        "item": item,
        "item_user": message.user,
        "event_ts": f"{call.now:.6f}",
    }
    call.engine.happen(event, channel=channel)
