"""Recording: from words to a draft, from the draft to an event, and how it is taken back within minutes."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from counterpoise.application.faces import Circumstances, Member, Receipt, Refusal
from counterpoise_bot import blocks, draft_cards
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import UNDO_FOR, Draft, Drafts, Source, named_after, through_chat
from counterpoise_bot.message import Block, Message, Place
from counterpoise_bot.people import Person
from counterpoise_bot.places import Places
from counterpoise_bot.private import Private
from counterpoise_bot.surroundings import Around, Surroundings
from counterpoise_bot.turns import Turn
from counterpoise_bot.understanding import understood

logger = logging.getLogger(__name__)

DEFAULT = "AMBER+STRICT"
"""The label of what nobody labelled: within the author's own organisation."""

AT_ONCE = frozenset({"message"})
"""The doors whose details show all that was guessed, so that sending them records."""

UNTOLD = "untold"
"""As what is kept which drafts are being recorded, until their receipts and echoes are on their way."""

RECEIPT = "white_check_mark"
"""The reaction that says on a source message: recorded."""


class Hints(Protocol):
    """Knows what a person may want to see before they record."""

    async def about(self, person: Person, draft: Draft) -> Sequence[Block]:
        """Return lessons that match a draft, and an earlier concern of the same person's."""
        ...


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody wants to record, as it came in by one of the doors."""

    kind: str
    words: str
    door: str
    key: str
    source: Source | None = None
    occurred_at: int | None = None
    step: str = ""
    phase: str = ""
    consent: str = ""


class Recording:
    """Keeps drafts, shows them, records them once, and undoes what was recorded by mistake."""

    def __init__(
        self, chat: Chat, drafts: Drafts, around: Around, places: Places, hints: Hints, private: Private
    ) -> None:
        self._chat = chat
        self._drafts = drafts
        self._around = around
        self._places = places
        self._hints = hints
        self._private = private

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.action("draft-record", self.record)
        doors.action("draft-discard", self.discard)
        doors.action("draft-change", self.change)
        doors.action("draft-private", self.privately)
        doors.action("draft-show", self.show)
        for part in ("pilot", "severity", "step", "label"):
            doors.action(f"draft-{part}", self.choose)
        doors.view("draft-details", self.detailed)
        doors.action("record-undo", self.undo)

    async def begin(self, turn: Turn, said: Said) -> Draft:
        """Make a draft of what was said, with what can be guessed; the same request makes the same draft."""
        name = named_after(said.key)
        known = self._drafts.get(name, turn.person.member.id)
        if said.source is not None and known is None:
            known = self._drafts.of_source(said.source, turn.person.member.id)
        if known is not None:
            return known
        draft = await self._guessed(turn, said, name)
        self._drafts.put(draft)
        self._drafts.remember_source(draft)
        return draft

    async def preview(self, turn: Turn, draft: Draft) -> Message:
        """Return what a draft looks like; where it is recorded already, its receipt."""
        around = await self._around.of(turn.person.member)
        if draft.status in {"recorded", "withdrawn"}:
            return self._ended(turn, draft, around)
        labels = await self._labels(turn)
        hints = await self._hints.about(turn.person, draft)
        return draft_cards.preview(turn.person.words, draft, around, labels=labels, hints=hints)

    async def show(self, turn: Turn) -> None:
        """Show one of the person's drafts again."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        await turn.whisper(await self.preview(turn, draft) if draft else self._nothing(turn))

    async def dialog(self, turn: Turn, draft: Draft) -> None:
        """Open every detail of a draft."""
        around = await self._around.of(turn.person.member)
        if not around.running:
            said = turn.person.words.say("You are on no pilot.")
            self._drafts.drop(draft)
            await turn.whisper(Message(text=said, blocks=(blocks.section(said),)))
            return
        labels = await self._labels(turn)
        at_once = draft.door in AT_ONCE
        page = draft_cards.details(turn.person.words, draft, around, labels=labels, at_once=at_once)
        await turn.open(page)

    async def record(self, turn: Turn) -> None:
        """Record a draft. However often it is pressed, it is recorded once."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None:
            await turn.whisper(self._nothing(turn))
            return
        around = await self._around.of(turn.person.member)
        if draft.status in {"recorded", "withdrawn"}:
            await turn.whisper(self._ended(turn, draft, around))
            return
        if not draft.ready and draft.status != "recording":
            await turn.replace(await self.preview(turn, draft))
            return
        recorded = await self.commit(turn.person.member, draft)
        await self._receipt(turn, recorded, around)

    async def commit(self, member: Member, draft: Draft) -> Draft:
        """Write a draft into the log under its own key: cut short, it is finished by doing it again."""
        current = self._drafts.get(draft.id, draft.member)
        if current is not None and current.status == "recorded":
            return current
        self._chat.kept.put(UNTOLD, draft.id, {"member": draft.member}, person=draft.member)
        begun = self._drafts.change(draft, status="recording")
        try:
            receipt = await self._chat.inside(self._say, member, begun)
        except Refusal:
            self._chat.kept.drop(UNTOLD, draft.id)
            self._drafts.change(draft, status="open")
            raise
        item = json.loads(receipt.result)[draft.kind]
        recorded = self._drafts.get(draft.id, draft.member) or begun
        if recorded.status == "recorded":
            return recorded
        return self._drafts.change(begun, status="recorded", item=item, recorded_at=self._chat.clock())

    async def resume(self) -> None:
        """Finish what was being recorded, or was not shown yet, when the bot was stopped."""
        kept = self._chat.kept
        unfinished = {name: each["member"] for name, each in kept.all(UNTOLD)} | {
            name: each["member"] for name, each in kept.all("draft") if each["status"] == "recording"
        }
        for name, whose in unfinished.items():
            draft = self._drafts.get(name, whose)
            if draft is None or draft.status not in {"recording", "recorded"}:
                kept.drop(UNTOLD, name)
                continue
            try:
                member = await self._chat.inside(self._chat.application.speaker, draft.member)
                recorded = await self.commit(member, draft)
                await self.tell_others(recorded, await self._around.of(member))
            except Refusal as refusal:
                logger.warning("What was being recorded is a draft again: %s", refusal.rule)

    async def discard(self, turn: Turn) -> None:
        """Throw a draft away."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None:
            await turn.replace(self._nothing(turn))
            return
        if draft.status != "open":
            await turn.replace(self._ended(turn, draft, await self._around.of(turn.person.member)))
            return
        self._drafts.drop(draft)
        await turn.replace(draft_cards.gone(turn.person.words, draft))

    async def change(self, turn: Turn) -> None:
        """Open the details of a draft."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None:
            await turn.whisper(self._nothing(turn))
            return
        await self.dialog(turn, draft)

    async def choose(self, turn: Turn) -> None:
        """Take a choice from one of the preview's menus."""
        name, _, chosen = turn.value.partition("/")
        draft = self._drafts.get(name, turn.person.member.id)
        if draft is None or draft.status != "open":
            await turn.replace(self._nothing(turn))
            return
        part = str(turn.body["actions"][0]["action_id"]).removeprefix("draft-")
        changed = {part: chosen}
        if part == "pilot":
            changed |= {"step": "", "about": ""}
        await turn.replace(await self.preview(turn, self._drafts.change(draft, **changed)))

    async def detailed(self, turn: Turn) -> None:
        """Take what the details say; a person who asks for no name is led to the private page instead."""
        draft = self._drafts.get(str(turn.meta.get("draft", "")), turn.person.member.id)
        if draft is None or draft.status != "open":
            await turn.whisper(self._nothing(turn))
            return
        state = turn.state
        if state.get("shown") == "anonymous":
            await self._leave_chat(turn, draft, kind="anonymous")
            return
        fresh = not draft.words
        if fresh:
            draft = await self._filled(turn, draft, str(state.get("words") or ""))
        moved = bool(state.get("pilot")) and state["pilot"] != draft.pilot
        kept = self._drafts.change(
            draft,
            words=str(state.get("words") or draft.words),
            pilot=str(state.get("pilot") or draft.pilot),
            concern_kind=_chosen(state, "kind", draft.concern_kind, untouched="other" if fresh else None),
            severity=_chosen(state, "severity", draft.severity, untouched="medium" if fresh else None),
            factor=_chosen(state, "factor", draft.factor, untouched="" if fresh else None),
            about="" if moved else _chosen(state, "about", draft.about, untouched="" if fresh else None),
            step=str(state.get("step") or ("" if moved else draft.step)),
            label=str(state.get("label") or draft.label),
            named=state.get("shown") == "named",
        )
        if kept.door in AT_ONCE and kept.ready:
            around = await self._around.of(turn.person.member)
            await self._receipt(turn, await self.commit(turn.person.member, kept), around)
            return
        await turn.whisper(await self.preview(turn, kept))

    async def _filled(self, turn: Turn, draft: Draft, words: str) -> Draft:
        """Return an empty draft with its words, and what can be guessed of them."""
        said = Said(
            kind=draft.kind, words=words, door=draft.door, key=turn.key, source=draft.source, step=draft.step
        )
        guessed = await self._guessed(turn, said, draft.id)
        return self._drafts.put(replace(guessed, begun_at=draft.begun_at))

    async def privately(self, turn: Turn) -> None:
        """Lead a person out of chat: what is meant for few, or for nobody to link, is written on the web."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None:
            await turn.whisper(self._nothing(turn))
            return
        await self._leave_chat(turn, draft, kind="restricted")

    async def undo(self, turn: Turn) -> None:
        """Take back, within ten minutes, what was recorded."""
        draft = self._drafts.get(turn.value, turn.person.member.id)
        if draft is None or not draft.item:
            await turn.whisper(self._nothing(turn))
            return
        words = turn.person.words
        if draft.status == "withdrawn":
            when = words.moment(draft.recorded_at, turn.person.zone)
            await turn.replace(draft_cards.gone(words, draft, when=when))
            return
        if self._chat.clock() - draft.recorded_at >= UNDO_FOR:
            around = await self._around.of(turn.person.member)
            await turn.replace(self._ended(turn, draft, around))
            return
        await turn.ask(
            self._chat.application.records.withdraw,
            turn.person.member,
            event=draft.event,
            reason="undo",
            how=Circumstances(key=f"undo/{draft.id}", source="chat", label=draft.label),
        )
        withdrawn = self._drafts.change(draft, status="withdrawn", recorded_at=self._chat.clock(), words="")
        await turn.replace(draft_cards.gone(words, withdrawn))
        await self.unmark(draft)

    async def unmark(self, draft: Draft) -> None:
        """Take the receipt off the source message, and the echo out of the channel."""
        if draft.source is not None:
            source = Place(draft.source.team, draft.source.channel)
            await self._chat.out.unreact(source, draft.source.ts, RECEIPT)
        echoed = self._chat.kept.get("echo", draft.event)
        if echoed is not None:
            await self._chat.out.remove(Place(echoed["team"], echoed["channel"]), echoed["ts"])
            self._chat.kept.drop("echo", draft.event)

    def _say(self, member: Member, draft: Draft) -> Receipt:
        """Say a draft to the application."""
        how = Circumstances(
            key=f"draft/{draft.id}", label=draft.label, occurred_at=draft.occurred_at, source="chat"
        )
        if draft.kind == "reflection":
            return self._chat.application.reflections.record(
                member,
                pilot=draft.pilot,
                step=draft.step,
                phase=draft.phase or "during",
                words=draft.words,
                confidence=draft.confidence,
                language=draft.language,
                named=draft.named,
                how=how,
            )
        if draft.consent:
            return self._chat.application.consents.record(
                member,
                pilot=draft.pilot,
                consent=draft.consent,
                mode="named" if draft.named else "pseudonymous",
                words=draft.words,
                kind=draft.concern_kind,
                severity=draft.severity,
                factor=draft.factor,
                about=draft.about,
                step=draft.step,
                language=draft.language,
                how=how,
            )
        return self._chat.application.concerns.raise_one(
            member,
            pilot=draft.pilot,
            words=draft.words,
            kind=draft.concern_kind,
            severity=draft.severity,
            factor=draft.factor,
            about=draft.about,
            step=draft.step,
            language=draft.language,
            named=draft.named,
            how=how,
        )

    async def _guessed(self, turn: Turn, said: Said, name: str) -> Draft:
        """Return a draft with what can be known of what was said; what is not sure is left open."""
        member = turn.person.member
        around = await self._around.of(member)
        running = {key: pilot.title for key, pilot in around.running.items()}
        partners = {key: title for key, title in around.actors.items() if key != member.actor}
        steps = {
            str(step["step"]): str(step["title"]) for pilot in around.running.values() for step in pilot.steps
        }
        meant = understood(
            said.words,
            pilots=running,
            actors=partners,
            steps=steps,
            language_hint=turn.person.words.language,
        )
        pilot = await self._pilot(turn, around, meant.pilot.value)
        step = said.step or (meant.step.value if _of(around, pilot, meant.step.value) else "")
        if not step and said.kind == "reflection":
            step = _running_step(around, pilot)
        labels = await self._labels(turn)
        joined = around.pilots[pilot].joined if pilot in around.pilots else ()
        return Draft(
            id=name,
            kind=said.kind,
            member=member.id,
            words=said.words,
            language=meant.language,
            door=said.door,
            begun_at=self._chat.clock(),
            workspace=turn.team,
            pilot=pilot,
            step=step if said.kind == "reflection" or said.step else "",
            phase=said.phase or (_phase(around, pilot, step) if said.kind == "reflection" else ""),
            concern_kind=meant.kind.value or "other",
            severity=meant.severity.value or "medium",
            factor=meant.factor.value,
            about=meant.about.value if meant.about.value in joined else "",
            label=DEFAULT if DEFAULT in labels else "",
            consent=said.consent,
            occurred_at=None if said.occurred_at is None else min(said.occurred_at, self._chat.clock()),
            source=said.source,
        )

    async def _pilot(self, turn: Turn, around: Surroundings, named: str) -> str:
        """Return the pilot that is meant: the channel's, the only one that runs, the one that was named, or none."""
        here = await self._around.pilot_here(turn.place)
        if here in around.running:
            return here
        if len(around.running) == 1:
            return next(iter(around.running))
        return named if named in around.running else ""

    async def _labels(self, turn: Turn) -> tuple[str, ...]:
        """Return the labels the person's organisation lets pass through chat."""
        actor = turn.person.member.actor
        return through_chat(await turn.ask(self._chat.application.chat_ceiling, actor))

    async def _receipt(self, turn: Turn, draft: Draft, around: Surroundings) -> None:
        """Tell the person; mark the message it came from; show it in the pilot's channel where all may read it."""
        message = draft_cards.receipt(
            turn.person.words, draft, around, now=self._chat.clock(), zone=turn.person.zone
        )
        await turn.replace(message)
        await self.tell_others(draft, around)

    async def tell_others(self, draft: Draft, around: Surroundings) -> None:
        """Mark the message it came from, and show it where all may read it."""
        await self._mark(draft)
        await self._echo(draft, around)
        self._chat.kept.drop(UNTOLD, draft.id)

    async def _mark(self, draft: Draft) -> None:
        if draft.source is not None and draft.source.ts:
            source = Place(draft.source.team, draft.source.channel)
            await self._chat.out.react(source, draft.source.ts, RECEIPT)

    async def _echo(self, draft: Draft, around: Surroundings) -> None:
        for place in await self._places.of_pilot(draft.pilot):
            if not await self._places.may_read(place, draft.event):
                continue
            words = await self._places.words_of(place)
            name = await self._name(draft) if draft.named else ""
            link = f"{self._chat.web}/pilots/{draft.pilot}" if self._chat.web else ""
            posted = await self._chat.out.post(
                place,
                draft_cards.echo(words, draft, around, link=link, name=name),
                key=f"echo/{draft.event}/{place.team}/{place.channel}",
            )
            told = {"team": place.team, "channel": place.channel, "ts": posted.ts}
            self._chat.kept.put("echo", draft.event, told, person=draft.member)

    async def _name(self, draft: Draft) -> str:
        """Return the name of an author who chose to be named."""
        member = await self._chat.inside(self._chat.application.speaker, draft.member)
        ledger = self._chat.application.questions.ledger
        found = await self._chat.inside(ledger.event, member, event=draft.event)
        return str(found.value["name"])

    async def _leave_chat(self, turn: Turn, draft: Draft, *, kind: str) -> None:
        """Throw a draft away and hand out the one-time link; the person is told that Slack has seen the words."""
        pilot = draft.pilot
        self._drafts.drop(draft)
        await turn.replace(await self._private.invitation(turn, pilot=pilot, kind=kind, seen=True))

    def _ended(self, turn: Turn, draft: Draft, around: Surroundings) -> Message:
        words, zone = turn.person.words, turn.person.zone
        if draft.pilot not in around.titles:
            # Whoever has left the pilot is shown nothing of it, their own records included.
            return self._nothing(turn)
        if draft.status == "withdrawn":
            return draft_cards.gone(words, draft, when=words.moment(draft.recorded_at, zone))
        return draft_cards.receipt(words, draft, around, now=self._chat.clock(), zone=zone, again=True)

    def _nothing(self, turn: Turn) -> Message:
        said = turn.person.words.say(
            "This draft is no longer here: it was recorded, discarded, or is too old."
        )
        return Message(text=said, blocks=(blocks.section(said),))


def _chosen(state: Mapping[str, object], field: str, guessed: str, *, untouched: str | None) -> str:
    """Return what was chosen in a field of the details; the guess where it stands as it was, `untouched`."""
    entered = state.get(field, guessed)
    chosen = "" if entered is None else str(entered)
    return guessed if chosen == untouched else chosen


def _of(around: Surroundings, pilot: str, step: str) -> bool:
    """Whether a step belongs to a pilot."""
    return any(
        each["step"] == step for each in (around.pilots[pilot].steps if pilot in around.pilots else ())
    )


def _running_step(around: Surroundings, pilot: str) -> str:
    """Return the step that runs in a pilot, where only one does; else the last that ended; else the next."""
    steps = around.pilots[pilot].steps if pilot in around.pilots else ()
    for status in ("started", "paused", "completed", "planned"):
        found = [str(step["step"]) for step in steps if step["status"] == status]
        if found:
            return found[-1] if status == "completed" else found[0]
    return ""


def _phase(around: Surroundings, pilot: str, step: str) -> str:
    """Return when a reflection on a step made now looks at it."""
    steps = around.pilots[pilot].steps if pilot in around.pilots else ()
    status = next((str(each["status"]) for each in steps if each["step"] == step), "planned")
    return {"planned": "before", "completed": "after"}.get(status, "during")
