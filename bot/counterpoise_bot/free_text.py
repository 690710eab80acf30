"""Free text: a mention or a direct message, understood here, and asked about where it is not."""

import re
from uuid import uuid4

from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import SAYS
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Source
from counterpoise_bot.message import Message
from counterpoise_bot.recording import Recording, Said
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.understanding import understood

MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:]*")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
WORD_OF = {
    "concern": "concern",
    "reflection": "reflect",
    "balance": "balance",
    "trust": "trust",
    "spillover": "spillover",
    "lessons": "lessons",
    "steps": "steps",
    "help": "help",
    "settings": "settings",
    "undo": "records",
}
"""The word that does what an intent asks for."""

ASKED_FOR = 86_400_000_000
"""How long a sentence waits for its writer to say what it was meant as, in microseconds."""

RECORDS = {"concern": "concern", "reflect": "reflection"}


class FreeText:
    """Hears sentences. What it is not sure of it asks; it never records a guess."""

    def __init__(self, chat: Chat, around: Around, recording: Recording) -> None:
        self._chat = chat
        self._around = around
        self._recording = recording
        self._doors = Doors()

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        self._doors = doors
        doors.event("app_mention", self.mentioned)
        doors.event("message", self.written)
        doors.word("concern", self.concern)
        doors.word("free-text", self.understand)
        doors.action("meant", self.meant)
        doors.shortcut("new-concern", self.new_concern)
        doors.shortcut("new-reflection", self.new_reflection)

    async def mentioned(self, turn: Turn) -> None:
        """Hear a sentence that begins with, or holds, the bot's name."""
        turn.text = plain(MENTION.sub("", turn.text))
        await self.understand(turn, source=_source(turn), door="mention")

    async def written(self, turn: Turn) -> None:
        """Hear a direct message; what is said in channels without naming the bot is not its business."""
        event = turn.body["event"]
        if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
            return
        turn.text = plain(turn.text)
        await self.understand(turn, source=_source(turn), door="direct")

    async def understand(self, turn: Turn, *, source: Source | None = None, door: str = "slash") -> None:
        """Find out what a sentence asks for; do that, or ask."""
        if not turn.text:
            await self._doors.commands["umbrella"](turn)
            return
        around = await self._around.of(turn.person.member)
        meaning = understood(
            turn.text,
            pilots=around.titles,
            actors=around.actors,
            language_hint=turn.person.words.language,
        )
        word = WORD_OF.get(meaning.intent, "")
        if meaning.asks or word not in self._doors.words:
            likely = [WORD_OF[name] for name, _ in meaning.intents if WORD_OF.get(name) in self._doors.words]
            await self._ask(turn, likely[:3] or ["concern", "reflect", "balance"], source, door)
            return
        await self._do(turn, word, source, door)

    async def concern(self, turn: Turn) -> None:
        """Begin a concern with the words behind the command; without any, show what there is."""
        if not turn.text:
            await self._empty(turn, "concern")
            return
        draft = await self._recording.begin(
            turn, Said(kind="concern", words=turn.text, door="slash", key=turn.key)
        )
        await turn.whisper(await self._recording.preview(turn, draft))

    async def new_concern(self, turn: Turn) -> None:
        """Open an empty concern."""
        await self._opened(turn, "concern")

    async def new_reflection(self, turn: Turn) -> None:
        """Open an empty reflection."""
        await self._opened(turn, "reflection")

    async def meant(self, turn: Turn) -> None:
        """Take the answer to what a sentence was meant as."""
        name, _, word = turn.value.partition("/")
        asked = self._chat.kept.get("asked", name)
        words = turn.person.words
        if asked is None or asked["member"] != turn.person.member.id:
            said = words.say("I no longer have that sentence: write it again, please.")
            await turn.replace(Message(text=said, blocks=(blocks.section(said),)))
            return
        if word == "nothing":
            self._chat.kept.drop("asked", name)
            said = words.say("All right. I have kept nothing.")
            await turn.replace(Message(text=said, blocks=(blocks.section(said),)))
            return
        turn.text = asked["text"]
        source = Source(*asked["source"]) if asked["source"] else None
        turn.key = asked["key"]
        await self._do(turn, word, source, asked["door"], replace=True)

    async def _do(
        self, turn: Turn, word: str, source: Source | None, door: str, *, replace: bool = False
    ) -> None:
        kind = RECORDS.get(word)
        if kind is None:
            await self._doors.words[word](turn)
            return
        said = Said(
            kind=kind,
            words=turn.text,
            door=door,
            key=turn.key,
            source=source,
            occurred_at=moment_of(source.ts) if source else None,
        )
        draft = await self._recording.begin(turn, said)
        message = await self._recording.preview(turn, draft)
        await (turn.replace(message) if replace else turn.whisper(message))

    async def _ask(self, turn: Turn, likely: list[str], source: Source | None, door: str) -> None:
        """Ask what a sentence was meant as, with at most three guesses; the sentence waits a day, sealed."""
        words = turn.person.words
        name = str(uuid4())
        waiting = {
            "member": turn.person.member.id,
            "text": turn.text,
            "source": source,
            "door": door,
            "key": turn.key,
        }
        until = self._chat.clock() + ASKED_FOR
        self._chat.kept.put("asked", name, waiting, person=turn.person.member.id, until=until)
        asked = words.say("I am not sure what you would like. Nothing is recorded yet.")
        buttons = [
            blocks.button(words.button(SAYS[word]), f"meant:{word}", f"{name}/{word}") for word in likely
        ]
        buttons.append(blocks.button(words.button("None of these"), "meant:nothing", f"{name}/nothing"))
        shown = (blocks.section(asked), blocks.quote(turn.text), blocks.actions(*buttons, block="meant"))
        await turn.whisper(Message(text=f"{asked} {turn.text}", blocks=shown))

    async def _empty(self, turn: Turn, kind: str) -> None:
        """Answer a command without words with what there is already, a button with a dialog."""
        if turn.trigger and "command" not in turn.body:
            await self._opened(turn, kind)
            return
        await self._doors.commands["umbrella"](turn)

    async def _opened(self, turn: Turn, kind: str) -> None:
        said = Said(kind=kind, words="", door="global", key=turn.key)
        await self._recording.dialog(turn, await self._recording.begin(turn, said))


def plain(text: str) -> str:
    """Return a message's text as it was typed: Slack sends three characters escaped."""
    for escaped, character in ENTITIES.items():
        text = text.replace(escaped, character)
    return text.strip()


def moment_of(ts: str) -> int | None:
    """Return when a message was written, in microseconds; Slack names messages by their time."""
    whole, _, part = ts.partition(".")
    if not whole.isdigit():
        return None
    return int(whole) * 1_000_000 + int((part or "0").ljust(6, "0")[:6])


def _source(turn: Turn) -> Source | None:
    if turn.place is None or not turn.message:
        return None
    return Source(turn.place.team, turn.place.channel, turn.message, turn.thread)
