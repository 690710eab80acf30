"""Direct conversations: where the bot and one person write to each other."""

from counterpoise.application.faces import Kept
from counterpoise_bot.clients import Clients, asked
from counterpoise_bot.message import Place

KIND = "outbox-dm"


class Directs:
    """Finds the conversation between a person and the bot, and remembers it."""

    def __init__(self, clients: Clients, kept: Kept) -> None:
        self._clients = clients
        self._kept = kept

    async def of(self, team: str, user: str) -> Place:
        """Return the conversation with a person in a workspace. NotInstalled, Refused, Unreached."""
        key = f"{team}/{user}"
        known = self._kept.get(KIND, key)
        if known is None:
            wire = await self._clients.of(team)
            answer = await asked(wire.client.conversations_open(users=user))
            known = {"channel": str(answer["channel"]["id"])}
            self._kept.put(KIND, key, known)
        return Place(team, known["channel"])

    def forget(self, team: str, user: str) -> None:
        """Ask anew next time: the conversation that was known is no longer there."""
        self._kept.drop(KIND, f"{team}/{user}")
