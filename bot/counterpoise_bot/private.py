"""The way out of chat: a one-time link to a page that Slack does not see."""

from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.message import Message
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn


class Private:
    """Hands out one-time links to the private page, for words that few may read or nobody may link."""

    def __init__(self, chat: Chat, around: Around) -> None:
        self._chat = chat
        self._around = around

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("private", self.asked)
        doors.word("anonymous", self.asked_anonymously)
        doors.action("private-pilot", self.chosen)

    async def asked(self, turn: Turn) -> None:
        """Offer the page for words that few may read."""
        await turn.whisper(await self._offer(turn, kind="restricted"))

    async def asked_anonymously(self, turn: Turn) -> None:
        """Offer the page for words that nobody can link."""
        await turn.whisper(await self._offer(turn, kind="anonymous"))

    async def chosen(self, turn: Turn) -> None:
        """Take the pilot that was asked for."""
        kind, _, pilot = turn.value.partition("/")
        await turn.replace(await self.invitation(turn, pilot=pilot, kind=kind))

    async def invitation(self, turn: Turn, *, pilot: str, kind: str, seen: bool = False) -> Message:
        """Return a message with a link that works once. `seen`: something was typed in chat already."""
        if not pilot:
            return await self._offer(turn, kind=kind)
        words = turn.person.words
        if not self._chat.forms:
            said = words.say("There is no private page here: ask your administrator to set one up.")
            return Message(text=said, blocks=(blocks.section(said),))
        token = await turn.ask(self._chat.application.forms.open, turn.person.member, pilot=pilot, kind=kind)
        link = f"{self._chat.forms}/form/{token}"
        warned = (
            words.say("Slack has seen what you typed here; I have thrown the draft away.") + " "
            if seen
            else ""
        )
        promise = (
            words.say("Nobody can link it to you. Keep the receipt code: with it you can come back.")
            if kind == "anonymous"
            else words.say("Slack does not see what you write there. You choose by name who may read it.")
        )
        once = words.say("The link works once, for 30 minutes.")
        said = f"{warned}{promise} {once}"
        shown = (
            blocks.section(said),
            blocks.actions(
                blocks.button(
                    words.button("Open the private page"), "private-open", url=link, style="primary"
                )
            ),
        )
        return Message(text=f"{said} {link}", blocks=shown)

    async def _offer(self, turn: Turn, *, kind: str) -> Message:
        """Return the link, or the question which pilot it is about."""
        around = await self._around.of(turn.person.member)
        here = await self._around.pilot_here(turn.place)
        running = list(around.running.values())
        if here in around.running or len(running) == 1:
            pilot = here if here in around.running else running[0].id
            return await self.invitation(turn, pilot=pilot, kind=kind)
        words = turn.person.words
        if not running:
            said = words.say("You take part in no pilot that is running.")
            return Message(text=said, blocks=(blocks.section(said),))
        asked = words.say("Which pilot is this about?")
        options = [
            blocks.option(words.option("{title}", title=pilot.title), f"{kind}/{pilot.id}")
            for pilot in running[:100]
        ]
        menu = blocks.select("private-pilot", options, placeholder=words.placeholder("Choose a pilot"))
        return Message(text=asked, blocks=(blocks.section(asked), blocks.actions(menu)))
