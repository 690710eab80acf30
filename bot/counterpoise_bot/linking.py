"""Linking: a Slack account becomes a member's by a code that only they were given; strangers get one fixed answer."""

from counterpoise.application.faces import Refusal
from counterpoise_bot.blocks import safe, section
from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Account, Message
from counterpoise_bot.refused import sentences
from counterpoise_bot.words import Words, of

VERBS = frozenset({"link", "lier", "relier", "verknüpfen", "verbinden", "vincular", "enlazar", "ربط", "اربط"})
STRANGER = (
    "I do not know you here yet. Ask your administrator for a code, then type: /counterpoise link CODE. "
    "I have kept nothing of what you wrote."
)
"""One fixed answer to everybody who is linked to no member, whoever and wherever they are: it tells nothing."""


class Linking:
    """Joins accounts and members, and counts whom it does not know."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def code_in(self, text: str) -> str | None:
        """Return the code after the word `link`, None where the text says something else."""
        verb, _, code = text.partition(" ")
        return code.strip() if verb.lower() in VERBS else None

    async def link(self, account: Account, code: str) -> None:
        """Link an account to the member the code was made for."""
        await self._chat.inside(
            self._chat.application.members.link, code=code, team=account.team, user=account.user
        )

    def linked(self, words: Words) -> Message:
        """Say that an account is linked, in the language of whoever it now belongs to."""
        said = words.say(
            "You are linked. Everything you do here is done as that member from now on. "
            "Try: /concern followed by what worries you."
        )
        return Message(text=said, blocks=(section(said),))

    def refused(self, refusal: Refusal) -> Message:
        """Say why a code did not link."""
        said = " ".join(sentences(of("en"), refusal))
        return Message(text=said, blocks=(section(safe(said)),))

    def stranger(self) -> Message:
        """Return the one answer to whoever is no member."""
        return Message(text=STRANGER, blocks=(section(STRANGER),))

    def count(self) -> None:
        """Count somebody who is no member: that, and nothing else, is kept of them."""
        self._chat.kept.change("count", "strangers", lambda counted: {"n": (counted or {"n": 0})["n"] + 1})
