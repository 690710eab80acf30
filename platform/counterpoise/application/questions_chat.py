"""Questions a chat asks: which channels are whose, what is a member's own, what waits for their answer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from counterpoise import policy
from counterpoise.application.names import Names
from counterpoise.application.shown import Shown
from counterpoise.domain.actors import CHAT_CEILING, ChatCeilingSet
from counterpoise.domain.pilots import ChannelLinked, ChannelUnlinked
from counterpoise.policy import Member, Visible

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]


class Chat:
    """What a member may ask for a conversation about it."""

    def __init__(self, shown: Showing) -> None:
        self._shown = shown

    def channels(self, reader: Member) -> Visible[Rows]:
        """One row a channel that is joined to a pilot the reader knows: team, channel, pilot and its title."""
        shown = self._shown(reader)
        joined: dict[tuple[str, str], Mapping[str, Any]] = {}
        for row in shown.each(ChannelLinked.TOPIC, ChannelUnlinked.TOPIC):
            address = shown.words(row, "channel")
            team, _, channel = address.rpartition("/")
            if row["topic"] == ChannelLinked.TOPIC:
                joined[row["pilot"], address] = {"team": team, "channel": channel, "pilot": row["pilot"]}
            else:
                joined.pop((row["pilot"], address), None)
        names = Names(shown)
        titled = tuple({**row, "title": names.of("pilot", row["pilot"])} for row in joined.values())
        return policy.computed(titled, basis=shown.rows)

    def ceilings(self, reader: Member) -> Visible[Mapping[str, str]]:
        """Return the highest label that passes through Slack, by organisation the reader may know of."""
        shown = self._shown(reader)
        ceilings = dict.fromkeys(Names(shown).all("actor"), CHAT_CEILING)
        for row in shown.each(ChatCeilingSet.TOPIC):
            ceilings[row["actor"]] = json.loads(row["body"])["ceiling"]
        return policy.computed(ceilings, basis=shown.rows)
