"""Places: who is in a conversation, and so what may be shown there."""

from collections.abc import Mapping
from typing import Any

from counterpoise.application.faces import Member
from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Account, Place
from counterpoise_bot.people import account_of_profile
from counterpoise_bot.words import Words, of

TAKING_PART = frozenset({"participant", "coordinator"})


class Places:
    """Answers whether everybody in a conversation may read something. In doubt it says no."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def of_pilot(self, pilot: str) -> list[Place]:
        """Return the channels that are joined with a pilot."""
        found = await self._chat.inside(self._chat.application.pilot_channels, pilot)
        return [Place(team, channel) for team, channel in found]

    async def may_read(self, place: Place, event: str) -> bool:
        """Whether everybody in a conversation may read the content of an event."""
        members = await self.members(place)
        if members is None:
            return False
        return await self._chat.inside(self._chat.application.all_may_read, members, event)

    async def may_show(self, place: Place, label: str) -> bool:
        """Whether a figure under a label may be shown to everybody in a conversation.

        CLEAR may. GREEN asks that all are on the channel's pilot, AMBER and AMBER+STRICT that they also act for one
        organisation. RED never.
        """
        members = await self.members(place)
        if members is None or label == "RED":
            return False
        if label == "CLEAR":
            return True
        pilot = await self._chat.inside(self._chat.application.channel_pilot, place.team, place.channel)
        together = bool(pilot) and all(member.roles.get(pilot) for member in members)
        if label == "GREEN":
            return together
        part = all(TAKING_PART & member.roles.get(pilot, frozenset()) for member in members)
        return together and part and len({member.actor for member in members}) == 1

    async def members(self, place: Place) -> list[Member] | None:
        """Return the members in a conversation; None where somebody in it is no member, or nobody can be named."""
        people = await self._chat.out.ask_all(
            place.team, "conversations.members", "members", channel=place.channel
        )
        if not people:
            return None
        found: list[Member] = []
        for user in people:
            profile = await self._chat.out.profile(place.team, user)
            if profile.get("is_bot"):
                continue
            account = account_of_profile(profile, place.team)
            member = await self._speaker(account) if account else None
            if member is None:
                return None
            found.append(member)
        return found or None

    async def words_of(self, place: Place) -> Words:
        """Return the language a channel is spoken to in: as it was set there, else English."""
        kept: Mapping[str, Any] = self._chat.kept.get("channel", f"{place.team}/{place.channel}") or {}
        return of(kept.get("language", "en"))

    async def _speaker(self, account: Account) -> Member | None:
        return await self._chat.inside(self._chat.application.speaker_at, account.team, account.user)
