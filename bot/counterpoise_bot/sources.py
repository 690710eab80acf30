"""Sources: messages that become records. One's own at once; another's only when its author says so."""

import json
from typing import Any
from uuid import uuid4

from counterpoise.application.faces import Circumstances
from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Drafts, Source
from counterpoise_bot.free_text import moment_of, plain
from counterpoise_bot.message import Account, Message
from counterpoise_bot.people import People, account_of_profile
from counterpoise_bot.recording import Recording, Said
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Name, Words, later

ASKED_FOR = 7 * 86_400_000_000
"""How long an author has to answer, in microseconds."""

QUESTIONS = {
    "concern": later("Somebody on {pilot} would like to record this message of yours as a concern. May I?"),
    "reflection": later(
        "Somebody on {pilot} would like to record this message of yours as a reflection. May I?"
    ),
}
"""What an author is asked, by what their words would be recorded as."""

KINDS = {"record-concern": "concern", "record-reflection": "reflection"}


class Sources:
    """Hears the message shortcuts and the reaction, and asks authors before their words are kept."""

    def __init__(
        self, chat: Chat, drafts: Drafts, around: Around, recording: Recording, people: People
    ) -> None:
        self._chat = chat
        self._drafts = drafts
        self._around = around
        self._recording = recording
        self._people = people

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        for name in KINDS:
            doors.shortcut(name, self.shortcut)
        doors.event("reaction_added", self.marked)
        doors.event("reaction_removed", self.unmarked)
        doors.action("consent-pilot", self.piloted)
        doors.action("consent-named", self.agreed)
        doors.action("consent-alias", self.agreed)
        doors.action("consent-no", self.refused)
        doors.action("reaction-words", self.worded)

    async def shortcut(self, turn: Turn) -> None:
        """Record a message: one's own in a dialog, another's when its author agrees."""
        message = turn.body.get("message") or {}
        kind = KINDS[str(turn.body.get("callback_id"))]
        source = await self._source(turn, message)
        author = await self._author(turn, message)
        words = plain(str(message.get("text") or ""))
        if author is not None and author != turn.person.account:
            await self._ask(turn, author, source, words, kind)
            return
        if not words:
            await turn.whisper(_said(turn.person.words.say("There are no words in this message to record.")))
            return
        draft = await self._recording.begin(turn, _as_said(kind, words, "message", turn, source))
        if draft.status in {"recorded", "withdrawn"}:
            await turn.whisper(await self._recording.preview(turn, draft))
            return
        await self._recording.dialog(turn, draft)

    async def marked(self, turn: Turn) -> None:
        """Take a message that somebody marked with the emoji: the draft comes directly, the channel sees nothing."""
        event = turn.body["event"]
        if turn.value != self._chat.emoji or (event.get("item") or {}).get("type") != "message":
            return
        author = await self._author(turn, {"user": event.get("item_user")})
        message = await self._fetched(turn)
        source = await self._source(turn, {"ts": turn.message, **(message or {})})
        words = plain(str((message or {}).get("text") or ""))
        if author is not None and author != turn.person.account:
            await self._ask(turn, author, source, words, "concern")
            return
        if not words:
            await self._ask_words(turn, source)
            return
        draft = await self._recording.begin(turn, _as_said("concern", words, "reaction", turn, source))
        await turn.direct(await self._recording.preview(turn, draft))

    async def unmarked(self, turn: Turn) -> None:
        """Discard the draft of a message whose mark is taken off before it is recorded."""
        if turn.place is None or turn.value != self._chat.emoji:
            return
        source = Source(turn.place.team, turn.place.channel, turn.message)
        draft = self._drafts.of_source(source, turn.person.member.id)
        if draft is not None and draft.status == "open":
            self._drafts.drop(draft)
            await turn.direct(_said(turn.person.words.say("You took the mark off: the draft is discarded.")))

    async def worded(self, turn: Turn) -> None:
        """Open an empty concern for a message the bot cannot read."""
        kept = self._chat.kept.get("wordless", turn.value)
        source = Source(*kept["source"]) if kept else None
        said = Said(kind="concern", words="", door="global", key=turn.key, source=source)
        await self._recording.dialog(turn, await self._recording.begin(turn, said))

    async def piloted(self, turn: Turn) -> None:
        """Take the pilot about which an author is to be asked."""
        name, _, pilot = turn.value.partition("/")
        asked = self._chat.kept.get("asking", name)
        if asked is None or asked["asker"] != turn.person.member.id:
            await turn.replace(_said(turn.person.words.say("This is no longer waiting.")))
            return
        self._chat.kept.drop("asking", name)
        await self._asked(turn, asked, pilot)

    async def agreed(self, turn: Turn) -> None:
        """Record words whose author agrees, as the author's."""
        asked = self._chat.kept.get("consent", turn.value)
        words = turn.person.words
        if asked is None or asked["author"] != turn.person.member.id:
            await turn.replace(_said(words.say("This is answered already, or waited too long.")))
            return
        mode = "named" if turn.body["actions"][0]["action_id"] == "consent-named" else "pseudonymous"
        if asked["kind"] != "concern":
            await turn.ask(
                self._chat.application.consents.give,
                turn.person.member,
                pilot=asked["pilot"],
                consent=turn.value,
                mode=mode,
                how=Circumstances(key=f"consent/{turn.value}", source="chat"),
            )
        source = Source(*asked["source"])
        said = Said(
            kind=asked["kind"],
            words=asked["words"],
            door="consent",
            key=f"consent/{turn.value}",
            source=source,
            occurred_at=moment_of(source.ts),
            consent=turn.value if asked["kind"] == "concern" else "",
        )
        draft = await self._recording.begin(turn, said)
        draft = self._drafts.change(draft, pilot=asked["pilot"], named=mode == "named")
        if draft.ready:
            draft = await self._recording.commit(turn.person.member, draft)
            await self._recording.tell_others(draft, await self._around.of(turn.person.member))
        await turn.replace(await self._recording.preview(turn, draft))
        self._chat.kept.drop("consent", turn.value)
        await self._tell(asked, turn, agreed=True)

    async def refused(self, turn: Turn) -> None:
        """Keep nothing of words whose author does not agree."""
        asked = self._chat.kept.get("consent", turn.value)
        words = turn.person.words
        if asked is None or asked["author"] != turn.person.member.id:
            await turn.replace(_said(words.say("This is answered already, or waited too long.")))
            return
        await turn.ask(
            self._chat.application.consents.refuse,
            turn.person.member,
            pilot=asked["pilot"],
            consent=turn.value,
            how=Circumstances(key=f"consent/{turn.value}", source="chat"),
        )
        self._chat.kept.drop("consent", turn.value)
        await turn.replace(_said(words.say("All right. Nothing of your message was recorded.")))
        await self._tell(asked, turn, agreed=False)

    async def _ask(self, turn: Turn, author: Account, source: Source, words: str, kind: str) -> None:
        """Ask an author, once it is known about which pilot."""
        person = await self._people.person(author, workspace=turn.team)
        own = turn.person.words
        if person is None or not words:
            said = own.say("The author of this message is no member here, so their words cannot be recorded.")
            await self._privately(turn, _said(said))
            return
        asked: dict[str, Any] = {
            "asker": turn.person.member.id,
            "asker_account": list(turn.person.account),
            "author": person.member.id,
            "author_account": list(author),
            "source": list(source),
            "words": words,
            "kind": kind,
            "team": turn.team,
        }
        around = await self._around.of(turn.person.member)
        here = await self._around.pilot_here(turn.place)
        shared = [
            pilot
            for name, pilot in around.running.items()
            if person.member.roles.get(name) and not pilot.closed
        ]
        if here in {pilot.id for pilot in shared}:
            await self._asked(turn, asked, here)
        elif len(shared) == 1:
            await self._asked(turn, asked, shared[0].id)
        elif shared:
            name = str(uuid4())
            until = self._chat.clock() + ASKED_FOR
            self._chat.kept.put("asking", name, asked, person=asked["author"], until=until)
            options = [
                blocks.option(own.option("{title}", title=pilot.title), f"{name}/{pilot.id}")
                for pilot in shared[:100]
            ]
            menu = blocks.select("consent-pilot", options, placeholder=own.placeholder("Choose a pilot"))
            text = own.say("Which pilot is this about? Then I ask its author.")
            await self._privately(turn, Message(text, (blocks.section(text), blocks.actions(menu))))
        else:
            said = own.say("You and the author take part in no pilot together.")
            await self._privately(turn, _said(said))

    async def _asked(self, turn: Turn, asked: dict[str, Any], pilot: str) -> None:
        """Put the question to the author, and say so to who asked."""
        source = Source(*asked["source"])
        receipt = await turn.ask(
            self._chat.application.consents.ask,
            turn.person.member,
            pilot=pilot,
            author=asked["author"],
            message=source.link or f"{source.team}/{source.channel}/{source.ts}",
            how=Circumstances(key=f"asked/{asked['author']}/{source.channel}/{source.ts}", source="chat"),
        )
        consent = str(json.loads(receipt.result)["consent"])
        own = turn.person.words
        if receipt.repeated:
            await self._privately(turn, _said(own.say("The author has been asked already.")))
            return
        until = self._chat.clock() + ASKED_FOR
        kept = {**asked, "pilot": pilot}
        self._chat.kept.put("consent", consent, kept, person=asked["author"], until=until)
        author = await self._people.person(Account(*asked["author_account"]), workspace=asked["team"])
        if author is not None:
            around = await self._around.of(author.member)
            title = around.titles.get(pilot, "")
            await self._chat.out.direct(
                author.account,
                question(author.words, asked["words"], title, consent, kind=asked["kind"]),
                key=f"consent/{consent}",
                workspace=asked["team"],
            )
        await self._privately(
            turn, _said(own.say("I have asked the author. Nothing is recorded before they agree."))
        )

    async def _tell(self, asked: dict[str, Any], turn: Turn, *, agreed: bool) -> None:
        """Tell whoever asked what the author said."""
        asker = await self._people.person(Account(*asked["asker_account"]), workspace=asked["team"])
        if asker is None:
            return
        words = asker.words
        said = (
            words.say("The author agreed: the message is recorded as theirs.")
            if agreed
            else words.say("The author did not agree: nothing was recorded.")
        )
        key = f"consent-told/{turn.value}"
        await self._chat.out.direct(asker.account, _said(said), key=key, workspace=asked["team"])

    async def _ask_words(self, turn: Turn, source: Source) -> None:
        words = turn.person.words
        name = str(uuid4())
        until = self._chat.clock() + ASKED_FOR
        kept = {"source": list(source)}
        self._chat.kept.put("wordless", name, kept, person=turn.person.member.id, until=until)
        text = words.say("I cannot read that message here. What would you like to record?")
        button = blocks.button(words.button("Write a concern"), "reaction-words", name, style="primary")
        await turn.direct(Message(text, (blocks.section(text), blocks.actions(button))))

    async def _privately(self, turn: Turn, message: Message) -> None:
        """Answer where only this person sees it: beside what they pressed, else directly."""
        if turn.url:
            await turn.whisper(message)
        else:
            await turn.direct(message, about="sources")

    async def _author(self, turn: Turn, message: dict[str, Any]) -> Account | None:
        """Return who wrote a message, at home in their own team."""
        user = str(message.get("user") or "")
        if not user or user == turn.person.account.user:
            return turn.person.account if user else None
        profile = await self._chat.out.profile(turn.team, user)
        return account_of_profile({"id": user, **profile}, turn.team)

    async def _fetched(self, turn: Turn) -> dict[str, Any] | None:
        """Return a message as Slack has it, where the bot may read there."""
        if turn.place is None:
            return None
        answer = await self._chat.out.ask(
            turn.place.team,
            "conversations.replies" if turn.thread else "conversations.history",
            channel=turn.place.channel,
            ts=turn.thread or None,
            latest=turn.message,
            oldest=turn.message,
            inclusive=True,
            limit=1,
        )
        found = [each for each in answer.get("messages") or [] if each.get("ts") == turn.message]
        return found[0] if found else None

    async def _source(self, turn: Turn, message: dict[str, Any]) -> Source:
        team, channel = turn.place if turn.place is not None else (turn.team, "")
        ts = str(message.get("ts") or turn.message)
        link = await self._chat.out.ask(team, "chat.getPermalink", channel=channel, message_ts=ts)
        return Source(
            team, channel, ts, str(message.get("thread_ts") or ""), str(link.get("permalink") or "")
        )


def question(words: Words, text: str, pilot: str, consent: str, *, kind: str) -> Message:
    """Return what an author is asked before their words are recorded."""
    asked = words.say(QUESTIONS[kind], pilot=Name(pilot))
    buttons = (
        blocks.button(words.button("Record with my name"), "consent-named", consent),
        blocks.button(words.button("Record under an alias"), "consent-alias", consent),
        blocks.button(words.button("Do not record"), "consent-no", consent),
    )
    shown = (blocks.section(blocks.safe(asked)), blocks.quote(text), blocks.actions(*buttons))
    return Message(text=f"{asked} {text}", blocks=shown)


def _said(text: str) -> Message:
    return Message(text=text, blocks=(blocks.section(text),))


def _as_said(kind: str, words: str, door: str, turn: Turn, source: Source) -> Said:
    return Said(
        kind=kind, words=words, door=door, key=turn.key, source=source, occurred_at=moment_of(source.ts)
    )
