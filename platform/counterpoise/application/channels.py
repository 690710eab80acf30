"""Chat channels: which pilot one leads to. The log tells of the joining; here it is found by who knows the channel."""

import msgspec

from counterpoise.store.keys import KeyStore

CHANNELS = "channels"
"""The drawer of the key store in which a channel's pilot is found."""


def channel_address(team: str, channel: str) -> str:
    """Return how a channel is written: with its team, or alone where no team is known."""
    return f"{team}/{channel}" if team else channel


def pilot_at(keys: KeyStore, address: str) -> str:
    """Return the id of the pilot that a channel belongs to; empty if to none."""
    kept = keys.drawers.look(CHANNELS, address)
    return str(msgspec.json.decode(kept.text)["pilot"]) if kept else ""


def channels_of(keys: KeyStore, pilot: str) -> tuple[tuple[str, str], ...]:
    """Return team and channel of each channel of a pilot, in order."""
    rows = map(msgspec.json.decode, keys.drawers.all(CHANNELS))
    return tuple(sorted((row["team"], row["channel"]) for row in rows if row["pilot"] == pilot))


def lead(keys: KeyStore, team: str, channel: str, pilot: str) -> None:
    """Let a channel lead to a pilot; where none is named, to nowhere."""
    address = channel_address(team, channel)
    if pilot:
        row = msgspec.json.encode({"pilot": pilot, "team": team, "channel": channel}).decode()
        keys.drawers.put(CHANNELS, address, row)
    else:
        keys.drawers.take(CHANNELS, address)
