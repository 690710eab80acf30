"""The scan wizard: opened, filled page by page, kept whenever it is left, recorded when its author says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from counterpoise.application.faces import BadValue, Circumstances, Refusal
from counterpoise_bot import blocks, scan_pages, scan_results
from counterpoise_bot.answers_events import passes
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import through_chat
from counterpoise_bot.message import Block, Message
from counterpoise_bot.scan_drafts import ScanDraft, fresh, packed, unpacked
from counterpoise_bot.scan_pages import CARE, COMMIT, EVIDENCE, PAGE, Scanning
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn

KIND = "scan"
MOST = 5
"""Pilots whose scans Home lists."""

KEPT_FOR = 90 * 86_400_000_000
"""How long a draft of a scan is kept, in microseconds."""


@dataclass(frozen=True)
class Stage:
    """Where a pilot's scans stand, as the application tells it; `shown`: what ours says may pass through Slack."""

    name: str
    opened: bool
    counted: tuple[int, int]
    own: Mapping[str, Any] | None
    shown: bool
    tables: Mapping[str, Mapping[str, Any]]


class ScanWizard:
    """Lets a person write their organisation's scan of a pilot's stage."""

    def __init__(self, chat: Chat, around: Around) -> None:
        self._chat = chat
        self._around = around

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("scan", self.asked)
        doors.action("scan-start", self.start)
        doors.action("scan-discard", self.discard)
        doors.action("scan-back", self.back)
        doors.action("scan-more", self.more)
        doors.action("scan-cares", self.cares)
        doors.view(PAGE, self.next, waits=True)
        doors.view(COMMIT, self.commit, waits=True)
        doors.view(EVIDENCE, self.evidence)
        doors.view(CARE, self.care)
        doors.closed(PAGE, self.closed)
        doors.closed(COMMIT, self.closed)

    async def asked(self, turn: Turn) -> None:
        """Begin, or go on with, the scan of the pilot that is meant; ask where it may be another."""
        around = await self._around.of(turn.person.member)
        here = await self._around.pilot_here(turn.place)
        if here in around.running:
            await self._begin(turn, here)
            return
        if len(around.running) == 1:
            await self._begin(turn, next(iter(around.running)))
            return
        await turn.whisper(_which(turn, {name: pilot.title for name, pilot in around.running.items()}))

    async def start(self, turn: Turn) -> None:
        """Begin, or go on with, the scan of the pilot that a button names."""
        await self._begin(turn, turn.value)

    async def discard(self, turn: Turn) -> None:
        """Throw a draft away."""
        stage = await self._stage(turn, turn.value)
        self._chat.kept.drop(KIND, _key(turn, turn.value, stage.name))
        said = turn.person.words.say("The draft is thrown away. Nothing was recorded.")
        await turn.replace(Message(text=said, blocks=(blocks.section(said),)))

    async def next(self, turn: Turn) -> None:
        """Keep the page, and show the one after it."""
        draft = await self._taken(turn)
        await self._show(turn, replace(draft, page=draft.page + 1))

    async def back(self, turn: Turn) -> None:
        """Keep the page, and show the one before it."""
        draft = await self._taken(turn)
        await self._show(turn, replace(draft, page=max(1, draft.page - 1)))

    async def more(self, turn: Turn) -> None:
        """Keep the page, and lay the evidence on one factor over it."""
        scan = await self._scanning(turn, await self._taken(turn))
        await turn.push(scan_pages.evidence(scan, turn.value))

    async def cares(self, turn: Turn) -> None:
        """Keep the page, and lay what an audience cares about over it."""
        await turn.push(scan_pages.cares(await self._scanning(turn, await self._taken(turn))))

    async def evidence(self, turn: Turn) -> None:
        """Keep the evidence, and show on the page below that there is some."""
        factor = str(turn.meta["factor"])
        draft = await self._draft(turn)
        said = {"link": turn.state.get("scan-link") or "", "words": turn.state.get("scan-why") or ""}
        await self._below(turn, draft.answering(factor, **said))

    async def care(self, turn: Turn) -> None:
        """Keep how much an audience cares, and show it on the page below."""
        draft = await self._draft(turn)
        audience, degree = str(turn.state["care-audience"]), float(turn.state["care-degree"])
        factors = dict.fromkeys(turn.state.get("care-factors") or (), degree)
        kept = {**draft.cares.get(audience, {}), **factors}
        less = {factor: care for factor, care in kept.items() if care < 1}
        await self._below(turn, replace(draft, cares={**draft.cares, audience: less}))

    async def part(self, turn: Turn) -> Sequence[Block]:
        """Return the scans a person has begun, and those their organisation owes, for their Home."""
        around = await self._around.of(turn.person.member)
        words = turn.person.words
        begun = {
            (found["pilot"], found["stage"])
            for _, found in self._chat.kept.all(KIND, person=turn.person.member.id)
            if not found["recorded"]
        }
        shown: list[Block] = []
        for pilot in list(around.running.values())[:MOST]:
            if (pilot.id, pilot.stage) in begun:
                shown.append(scan_results.waiting(words, pilot=pilot.id, title=pilot.title))
            elif turn.person.member.actor in pilot.joined and (await self._stage(turn, pilot.id)).own is None:
                shown.append(scan_results.owed(words, pilot=pilot.id, title=pilot.title))
        return shown

    async def closed(self, turn: Turn) -> None:
        """Keep what was written, and say so."""
        draft = await self._taken(turn)
        scan = await self._scanning(turn, draft)
        if draft.begun:
            said = scan_results.kept(
                turn.person.words, pilot=draft.pilot, title=scan.title, page=draft.page, pages=scan.pages
            )
            await turn.whisper(said)

    async def commit(self, turn: Turn) -> None:
        """Record the scan: once, however often it is sent."""
        draft = await self._draft(turn)
        stage = await self._stage(turn, draft.pilot)
        words = turn.person.words
        if stage.name != turn.meta.get("stage"):
            said = words.say("The pilot has entered another stage: please scan it anew.")
            await turn.show(scan_results.told(words, said))
            return
        scan = await self._scanning(turn, draft)
        receipt = await turn.ask(
            self._chat.application.scans.record,
            turn.person.member,
            pilot=draft.pilot,
            **draft.said(stage.tables),
            words=draft.told(words, scan.factors),
            how=Circumstances(key=f"scan/{draft.id}", source="chat", label=scan.label),
        )
        self._keep(replace(draft, recorded=True))
        after = await self._stage(turn, draft.pilot)
        done = scan_results.done(
            words,
            pilot=draft.pilot,
            title=scan.title,
            counted=after.counted,
            opened=after.opened,
            repeated=receipt.repeated,
        )
        await turn.show(scan_results.told(words, blocks.safe(done.text)))
        await turn.direct(done, about=draft.id)

    async def _begin(self, turn: Turn, pilot: str) -> None:
        """Open the wizard: at once, for what opens a dialog lasts three seconds, then with what there is."""
        words = turn.person.words
        waiting = scan_results.told(words, words.say("One moment: I am looking up where you were."))
        view = await self._chat.out.open(turn.team, turn.trigger, waiting, person=turn.person)
        if not view:
            return
        try:
            stage = await self._stage(turn, pilot)
            shown = await self._page(turn, self._begun(turn, pilot, stage))
        except Refusal as refusal:
            shown = scan_results.told(words, blocks.safe(f"{refusal.sentence} {refusal.remedy}"))
        await self._chat.out.update_view(turn.team, view, shown)

    async def _show(self, turn: Turn, draft: ScanDraft) -> None:
        self._keep(draft)
        await turn.show(await self._page(turn, draft))

    async def _below(self, turn: Turn, draft: ScanDraft) -> None:
        """Keep the draft, and draw the page that a dialog was laid over."""
        self._keep(draft)
        below = str(turn.view.get("previous_view_id") or turn.view.get("root_view_id") or "")
        await self._chat.out.update_view(turn.team, below, await self._page(turn, draft))

    async def _page(self, turn: Turn, draft: ScanDraft) -> Mapping[str, Any]:
        scan = await self._scanning(turn, draft)
        if not scan.last:
            return scan_pages.page(scan)
        stage = await self._stage(turn, draft.pilot)
        try:
            preview = await turn.ask(
                self._chat.application.questions.steps.preview,
                turn.person.member,
                pilot=draft.pilot,
                **draft.said(stage.tables),
            )
            balance: Mapping[str, Any] = preview.value
        except BadValue:
            balance = {}
        return scan_results.result(scan, balance=balance, opened=stage.opened, again=stage.own is not None)

    async def _scanning(self, turn: Turn, draft: ScanDraft) -> Scanning:
        around = await self._around.of(turn.person.member)
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        audiences = await turn.ask(self._chat.application.questions.vocabulary, "audiences")
        factors = await turn.ask(self._chat.application.questions.vocabulary, "factors")
        return Scanning(
            words=turn.person.words,
            draft=draft,
            title=around.titles.get(draft.pilot, draft.pilot),
            factors=factors.value,
            audiences=audiences.value,
            label=through_chat(ceiling)[-1],
        )

    async def _stage(self, turn: Turn, pilot: str) -> Stage:
        seen = await turn.ask(self._chat.application.questions.steps.scans, turn.person.member, pilot=pilot)
        found = seen.value
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        return Stage(
            name=found["stage"],
            opened=found["opened"],
            counted=(len(found["done"]), len(found["asked"])),
            own=found["own"],
            shown=bool(found["own"]) and passes(found["own"]["label"], ceiling),
            tables={"doubts": found["doubts"]},
        )

    async def _draft(self, turn: Turn) -> ScanDraft:
        """Return the draft that a dialog belongs to, also one that is recorded."""
        pilot, name = str(turn.meta.get("pilot", "")), str(turn.meta.get("stage", ""))
        kept = self._chat.kept.get(KIND, _key(turn, pilot, name))
        if kept is not None and kept["id"] == turn.meta.get("draft"):
            return unpacked(kept)
        draft = self._begun(turn, pilot, await self._stage(turn, pilot))
        return replace(draft, id=str(turn.meta.get("draft"))) if kept is None else draft

    def _begun(self, turn: Turn, pilot: str, stage: Stage) -> ScanDraft:
        """Return the draft that was begun, else a fresh one of what the organisation's scan says."""
        kept = self._chat.kept.get(KIND, _key(turn, pilot, stage.name))
        if kept is not None and not kept["recorded"]:
            return unpacked(kept)
        return fresh(pilot, turn.person.member.id, stage.name, stage.own if stage.shown else None)

    async def _taken(self, turn: Turn) -> ScanDraft:
        """Return the draft with what stands on the page, and keep it."""
        draft = await self._draft(turn)
        if draft.recorded:
            draft = self._begun(turn, draft.pilot, await self._stage(turn, draft.pilot))
        draft = replace(taken(draft, turn.state), page=int(turn.meta.get("page", draft.page)))
        self._keep(draft)
        return draft

    def _keep(self, draft: ScanDraft) -> None:
        until = self._chat.clock() + KEPT_FOR
        key = f"{draft.pilot}/{draft.member}/{draft.stage}"
        self._chat.kept.put(KIND, key, packed(draft), person=draft.member, until=until)


def taken(draft: ScanDraft, state: Mapping[str, Any]) -> ScanDraft:
    """Return the draft with what the inputs of a page say; what a page does not ask stays."""
    for action, value in state.items():
        name, _, factor = action.partition(":")
        if name == "scan-rate":
            draft = draft.answering(factor, rating=int(value) if value not in ("", None) else None)
        elif name == "scan-doubt" and value:
            draft = draft.answering(factor, doubt=value)
    if "scan-audiences" in state:
        draft = replace(draft, audiences=tuple(state["scan-audiences"] or ()))
    if "scan-heavy" in state:
        draft = replace(draft, heavy=tuple(state["scan-heavy"] or ()))
    if state.get("scan-fulcrum"):
        chosen = state["scan-fulcrum"]
        draft = replace(draft, fulcrum=None if chosen == "own" else float(chosen))
    if state.get("scan-fulcrum-doubt"):
        draft = replace(draft, fulcrum_doubt=state["scan-fulcrum-doubt"])
    if "scan-line" in state:
        draft = replace(draft, red_line="met" in (state["scan-line"] or ()))
    if "scan-words" in state:
        draft = replace(draft, words=state["scan-words"] or "")
    return draft


def _key(turn: Turn, pilot: str, stage: str) -> str:
    return f"{pilot}/{turn.person.member.id}/{stage}"


def _which(turn: Turn, titles: Mapping[str, str]) -> Message:
    """Return the question which pilot is meant."""
    words = turn.person.words
    if not titles:
        said = words.say("You take part in no running pilot, so there is nothing to scan.")
        return Message(text=said, blocks=(blocks.section(said),))
    said = words.say("Which pilot do you want to scan?")
    buttons = [
        blocks.button(words.button("Scan {pilot}", pilot=title), f"scan-start:{name}", name)
        for name, title in list(titles.items())[:25]
    ]
    return Message(text=said, blocks=(blocks.section(said), blocks.actions(*buttons, block="scan")))
