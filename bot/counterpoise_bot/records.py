"""Records: what a person recorded, how they correct it or take it back, and what a changed message asks of it."""

from collections.abc import Mapping
from typing import Any

from counterpoise.application.faces import Circumstances
from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Draft, Drafts, Source
from counterpoise_bot.free_text import plain
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.passing import passing
from counterpoise_bot.recording import Recording
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn, packed
from counterpoise_bot.words import Words

LISTED = 5
ANSWERED_WITHIN = 7 * 86_400_000_000
"""How long it is waited, after a message was deleted, for its author to say what becomes of the record."""

SHOWN = 150
OWN = ("concern.raised", "reflection.recorded")
"""What a person lists, corrects and withdraws in chat."""


class Records:
    """Lists what a person recorded, and records corrections and withdrawals of it."""

    def __init__(self, chat: Chat, drafts: Drafts, around: Around, recording: Recording) -> None:
        self._chat = chat
        self._drafts = drafts
        self._around = around
        self._recording = recording

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("records", self.mine)
        doors.action("record-show", self.shown)
        doors.action("echo-mine", self.in_my_language)
        doors.action("record-correct", self.correct)
        doors.view("record-correction", self.corrected, check=self.said_anything, waits=True)
        doors.action("record-withdraw", self.withdraw)
        doors.event("message", self.source_changed)
        doors.action("source-update", self.updated)
        doors.action("source-withdraw", self.source_gone)
        doors.action("source-leave", self.left)

    async def mine(self, turn: Turn) -> None:
        """List a person's last records, newest first."""
        words = turn.person.words
        rows = await self.own(turn)
        if not rows:
            said = words.say("You have recorded nothing yet.")
            await turn.whisper(Message(text=said, blocks=(blocks.section(said),)))
            return
        head = words.say("Your last records")
        shown = [blocks.section(f"*{head}*")]
        for row in rows[:LISTED]:
            shown += listed(words, row, turn.person.zone)
        told = " ".join(str(row["fields"].get("words", ""))[:SHOWN] for row in rows[:LISTED])
        await turn.whisper(Message(text=f"{head}: {told}", blocks=tuple(shown)))

    async def own(self, turn: Turn) -> list[Mapping[str, Any]]:
        """Return a person's concerns and reflections that stand, newest first."""
        found = await turn.ask(self._chat.application.questions.ledger.mine, turn.person.member)
        rows = [row for row in reversed(found.value) if row["topic"] in OWN]
        return await passing(turn, rows)

    async def shown(self, turn: Turn) -> None:
        """Show one record, with what can be done with it."""
        row = await self._event(turn, turn.value)
        words = turn.person.words
        shown = (*listed(words, row, turn.person.zone, whole=True), _deeds(words, turn.value, row["topic"]))
        await turn.whisper(Message(text=str(row["fields"].get("words", "")), blocks=shown))

    async def in_my_language(self, turn: Turn) -> None:
        """Tell a person privately, in their language, what a post in a channel says; the words stay as written."""
        row = await self._event(turn, turn.value)
        shown = listed(turn.person.words, row, turn.person.zone, whole=True)
        await turn.whisper(Message(text=str(row["fields"].get("words", "")), blocks=tuple(shown)))

    async def correct(self, turn: Turn) -> None:
        """Open a dialog with what a record says now."""
        row = await self._event(turn, turn.value)
        if not row["passes"]:
            await turn.whisper(_plain(str(row["fields"]["words"])))
            return
        await turn.open(correction(turn.person.words, turn.value, row))

    def said_anything(self, turn: Turn) -> Mapping[str, str]:
        """Tell who leaves the words empty."""
        if str(turn.state.get("words") or "").strip():
            return {}
        said = turn.person.words.say("Write what it should say, or withdraw the record instead.")
        return {"words": said}

    async def corrected(self, turn: Turn) -> None:
        """Record a correction; where somebody corrected it meanwhile, show both versions first."""
        event = str(turn.meta["event"])
        row = await self._event(turn, event)
        words, written = turn.person.words, str(turn.state["words"])
        if row["corrected_at"] != turn.meta.get("as_of"):
            await turn.show(correction(words, event, row, written=written))
            return
        await turn.ask(
            self._chat.application.records.correct,
            turn.person.member,
            event=event,
            field="words",
            words=written,
            reason=str(turn.state.get("reason") or ""),
            how=Circumstances(
                key=f"correct/{turn.view.get('id')}/{turn.meta.get('as_of')}",
                label=row["label"],
                source="chat",
            ),
        )
        self._know(turn, event, words=written)
        said = words.say("Corrected. The old wording stays in the history.")
        page = blocks.modal(
            words.title("Corrected"),
            [blocks.section(said), blocks.quote(written)],
            callback="told",
            close=words.title("Close"),
        )
        await turn.show(page)

    async def withdraw(self, turn: Turn) -> None:
        """Withdraw a record; one that was withdrawn already stays so."""
        words, event = turn.person.words, turn.value
        draft = self._draft_of(turn, event)
        when = self._chat.kept.get("withdrawn", event)
        if when is not None:
            at = words.moment(when["at"], turn.person.zone)
            said = words.say("Already withdrawn: {when}.", when=at)
            await turn.replace(Message(text=said, blocks=(blocks.section(said),)))
            return
        row = await self._event(turn, event)
        await turn.ask(
            self._chat.application.records.withdraw,
            turn.person.member,
            event=event,
            how=Circumstances(key=f"withdraw/{event}", label=row["label"], source="chat"),
        )
        now = {"at": self._chat.clock()}
        self._chat.kept.put("withdrawn", event, now, person=turn.person.member.id)
        if draft is not None:
            gone = self._drafts.change(draft, status="withdrawn", recorded_at=self._chat.clock(), words="")
            await self._recording.unmark(gone)
        said = words.say("Withdrawn. It counts no longer; that it was recorded stays in the history.")
        await turn.replace(Message(text=said, blocks=(blocks.section(said),)))

    async def source_changed(self, turn: Turn) -> None:
        """Ask the author of a record whether it should follow the message it was made from."""
        event = turn.body["event"]
        kind = event.get("subtype")
        if kind not in {"message_changed", "message_deleted"} or turn.place is None:
            return
        before = event.get("previous_message") or {}
        after = event.get("message") or {}
        ts = str(after.get("ts") or event.get("deleted_ts") or before.get("ts") or "")
        draft = self._drafts.of_source(Source(turn.place.team, turn.place.channel, ts), turn.person.member.id)
        if draft is None or draft.status != "recorded" or not self._may_follow(before, after, kind):
            return
        if kind == "message_deleted" or after.get("subtype") == "tombstone":
            await self._ask(turn, draft, "source-withdraw", text="")
            return
        text = plain(str(after.get("text") or ""))
        if text and text != draft.words:
            kept = {"draft": draft.id, "text": text}
            self._chat.kept.put("edit", draft.id, kept, person=draft.member)
            await self._ask(turn, draft, "source-update", text=text)

    async def updated(self, turn: Turn) -> None:
        """Let a record follow the message that was edited."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        edit = self._chat.kept.get("edit", turn.value)
        words = turn.person.words
        if draft is None or edit is None or draft.status != "recorded":
            await turn.replace(_plain(words.say("This is answered already.")))
            return
        await turn.ask(
            self._chat.application.records.correct,
            turn.person.member,
            event=draft.event,
            field="words",
            words=edit["text"],
            reason="the message was edited",
            how=Circumstances(key=f"follow/{turn.key}", label=draft.label, source="chat"),
        )
        self._drafts.change(draft, words=edit["text"])
        self._chat.kept.drop("edit", turn.value)
        await turn.replace(_plain(words.say("The record follows your message now.")))

    async def source_gone(self, turn: Turn) -> None:
        """Withdraw a record whose message was deleted."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None or draft.status != "recorded":
            await turn.replace(_plain(turn.person.words.say("This is answered already.")))
            return
        turn.value = draft.event
        self._chat.kept.drop("deleted", draft.id)
        await self.withdraw(turn)

    async def left(self, turn: Turn) -> None:
        """Leave a record as it is."""
        self._chat.kept.drop("edit", turn.value)
        await turn.replace(_plain(turn.person.words.say("The record stays as it is.")))

    async def run_due(self, now: int) -> None:
        """Note of records whose deleted messages nobody said anything of for a week that their source is gone."""
        for name, gone in self._chat.kept.all("deleted"):
            if now - gone["at"] < ANSWERED_WITHIN:
                continue
            draft = self._drafts.get(name, gone["member"])
            if draft is not None and draft.status == "recorded":
                member = await self._chat.inside(self._chat.application.speaker, draft.member)
                await self._chat.inside(
                    self._chat.application.consents.note_deletion,
                    member,
                    pilot=draft.pilot,
                    event=draft.event,
                    how=Circumstances(key=f"deleted/{name}", source="chat"),
                )
            self._chat.kept.drop("deleted", name)

    async def _ask(self, turn: Turn, draft: Draft, action: str, *, text: str) -> None:
        words = turn.person.words
        if action == "source-update":
            asked = words.say("You edited a message that you had recorded. Update the record too?")
            button = blocks.button(words.button("Update record"), action, draft.id, style="primary")
            shown = blocks.quote(text)
        else:
            asked = words.say("You deleted a message that you had recorded. Withdraw the record too?")
            button = blocks.button(words.button("Withdraw record"), action, draft.id, style="danger")
            shown = blocks.quote(draft.words)
            deleted = {"draft": draft.id, "at": self._chat.clock(), "member": draft.member}
            self._chat.kept.put("deleted", draft.id, deleted, person=draft.member)
        leave = blocks.button(words.button("Leave record as it is"), "source-leave", draft.id)
        message = Message(
            text=f"{asked} {text or draft.words}",
            blocks=(blocks.section(asked), shown, blocks.actions(button, leave)),
        )
        await turn.direct(message, about=action)

    def _may_follow(self, before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> bool:
        """Whether it was the words that changed: Slack also says so when a link is unfurled."""
        return kind == "message_deleted" or before.get("text") != after.get("text")

    async def _event(self, turn: Turn, event: str) -> Mapping[str, Any]:
        found = await turn.ask(self._chat.application.questions.ledger.event, turn.person.member, event=event)
        (row,) = await passing(turn, (found.value,))
        return row

    def _draft_of(self, turn: Turn, event: str) -> Draft | None:
        """Return the draft an event was made from, if chat made it."""
        drafts = self._drafts.of(turn.person.member.id)
        return next((draft for draft in drafts if draft.event == event), None)

    def _know(self, turn: Turn, event: str, *, words: str) -> None:
        draft = self._draft_of(turn, event)
        if draft is not None:
            self._drafts.change(draft, words=words)


def listed(words: Words, row: Mapping[str, Any], zone: str, *, whole: bool = False) -> list[Block]:
    """Return a record as a line: what it is, when, under which label, its words."""
    kind = words.say("concern") if row["topic"] == "concern.raised" else words.say("reflection")
    when = words.moment(row["recorded_at"], zone)
    text = str(row["fields"].get("words") or "")
    shown = text if whole or len(text) <= SHOWN else text[:SHOWN] + "…"
    head = f"*{kind}*  {when}  {shown_label(words, row['label'])}"
    if row["corrected_at"]:
        head += "  " + words.say("corrected {when}", when=words.date(row["corrected_at"], zone))
    if whole:
        return [blocks.section(head), blocks.quote(shown)]
    button = blocks.button(
        words.button("Show"), "record-show", row["event"], says=words.button("Show {text}", text=shown)
    )
    return [blocks.section(f"{head}\n{blocks.safe(shown)}", beside=button)]


def correction(
    words: Words, event: str, row: Mapping[str, Any], *, written: str = ""
) -> Mapping[str, object]:
    """Return the dialog that corrects a record; `written` is what somebody wrote while another corrected it."""
    now = str(row["fields"].get("words") or "")
    shown: list[Block] = []
    if written:
        said = words.say(
            "Somebody of your organisation corrected this while you wrote. It now reads as below; yours is in the "
            "field. Nothing of yours is recorded yet."
        )
        shown += [blocks.section(said), blocks.quote(now)]
    shown += [
        blocks.field(
            words.say("What it should say"), blocks.text_input("words", initial=written or now), block="words"
        ),
        blocks.field(
            words.say("Why"),
            blocks.text_input("reason", lines=False, most=300),
            block="reason",
            optional=True,
        ),
        blocks.context(words.say("The old wording stays in the history, with this correction.")),
    ]
    return blocks.modal(
        words.title("Correct record"),
        shown,
        callback="record-correction",
        meta=packed(event=event, as_of=row["corrected_at"]),
        submit=words.title("Correct"),
        close=words.title("Back"),
    )


def _deeds(words: Words, event: str, topic: str) -> Block:
    concern = topic == "concern.raised"
    sure = blocks.sure(
        words.say("Withdraw it?"),
        words.say("It counts no longer. That it was recorded stays in the history."),
        yes=words.title("Withdraw"),
        no=words.title("Keep it"),
    )
    return blocks.actions(
        blocks.button(
            words.button("Correct concern") if concern else words.button("Correct reflection"),
            "record-correct",
            event,
        ),
        blocks.button(
            words.button("Withdraw concern") if concern else words.button("Withdraw reflection"),
            "record-withdraw",
            event,
            style="danger",
            sure=sure,
        ),
    )


def _plain(text: str) -> Message:
    return Message(text=text, blocks=(blocks.section(text),))
