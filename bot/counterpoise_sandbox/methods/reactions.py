"""reactions.*: a small picture on a message."""

from counterpoise_sandbox import conversation, wire
from counterpoise_sandbox.methods.call import TS, Call, Refused, method
from counterpoise_sandbox.methods.paging import page
from counterpoise_sandbox.workspace import Channel, Message, Wire

MOST = 23
"""How many different reactions a message carries at most from one person."""


def _target(call: Call) -> Message:
    if not call.text("channel") or not call.text("timestamp"):
        raise Refused("no_item_specified")
    if not TS.match(call.text("timestamp")):
        raise Refused("bad_timestamp")
    return call.message(call.channel(), "timestamp")


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not name or any(not (letter.isalnum() or letter in "_-+':") for letter in name):
        raise Refused("invalid_name")
    return name


@method("reactions.add", "channel! name! timestamp!", scopes="reactions:write")
def add(call: Call) -> Wire:
    """React to a message."""
    name, message = _name(call), _target(call)
    channel = call.workspace.channels[message.channel]
    if channel.archived:
        raise Refused("is_archived")
    if call.user not in channel.members:
        raise Refused("no_access" if channel.kind != "public" else "not_in_channel")
    if call.user in message.reactions.get(name, []):
        raise Refused("already_reacted")
    if sum(call.user in who for who in message.reactions.values()) >= MOST:
        raise Refused("too_many_reactions")
    conversation.react(call.engine, message, name, by=call.user)
    return {}


@method("reactions.remove", "name! channel timestamp file file_comment", scopes="reactions:write", tier=2)
def remove(call: Call) -> Wire:
    """Take one's reaction back."""
    name, message = _name(call), _target(call)
    if call.user not in message.reactions.get(name, []):
        raise Refused("no_reaction")
    conversation.unreact(call.engine, message, name, by=call.user)
    return {}


@method("reactions.get", "channel timestamp file file_comment full:flag", scopes="reactions:read")
def get(call: Call) -> Wire:
    """Return a message with its reactions."""
    return _item(call, _target(call))


@method(
    "reactions.list",
    "user full:flag count:number page:number cursor limit:number",
    scopes="reactions:read",
    tier=2,
)
def list_all(call: Call) -> Wire:
    """Return what somebody has reacted to, newest first."""
    user = call.person().id if call.has("user") else call.user
    found = [
        _item(call, message)
        for channel in call.workspace.channels.values()
        if call.sees(channel) and _reads(call, channel)
        for message in reversed(channel.ordered())
        if any(user in who for who in message.reactions.values())
    ]
    return page(call, "items", found)


def _reads(call: Call, channel: Channel) -> bool:
    return channel.kind == "public" or call.user in channel.members


def _item(call: Call, message: Message) -> Wire:
    return {"type": "message", "channel": message.channel, "message": wire.message(call.workspace, message)}
