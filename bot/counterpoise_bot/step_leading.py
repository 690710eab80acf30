"""Leading a step: coordinators start, pause, complete and abandon it, and answer concerns with a tweak."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from counterpoise.application.faces import Circumstances, Receipt, Refusal
from counterpoise_bot import blocks, pilot_steps, step_dialogs
from counterpoise_bot.card_passing import passing_rows
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.message import Block, Message
from counterpoise_bot.pilot_cards import PilotCards, moved_on, said_why
from counterpoise_bot.round_pages import plainly
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Name, Words, later

WAITING = frozenset({"raised", "acknowledged"})
"""Concerns that nobody has answered yet."""

OPEN_ALREADY = "round-state"
LISTED = 8
SHOWN = 600
DONE = {
    "start": later("{step} runs."),
    "pause": later("{step} rests."),
    "complete": later("{step} is done. The round after it is open."),
    "abandon": later("{step} will not be done."),
}


class StepLeading:
    """What coordinators do with steps, and with the concerns that are raised about them."""

    def __init__(self, chat: Chat, cards: PilotCards) -> None:
        self._chat = chat
        self._cards = cards

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.action("step-start", self.start)
        doors.action("step-pause", self.pause)
        doors.action("step-complete", self.complete)
        doors.action("step-abandon", self.abandon)
        doors.action("step-concerns", self.concerns)
        doors.action("concern-acknowledge", self.acknowledge)
        doors.action("concern-tweak", self.tweak)
        doors.view("step-reason", self.reasoned, check=said_why)
        doors.view("step-completed", self.completed)
        doors.view("concern-tweaked", self.tweaked)

    async def start(self, turn: Turn) -> None:
        """Start a step; while something holds it, say in words what, and who can let it go."""
        card = await self._card(turn, turn.value, "planned", "paused")
        if not card:
            return
        words = turn.person.words
        stops = [*pilot_steps.lines(words, card), *pilot_steps.missing(words, card)]
        if stops:
            head = words.say("This step cannot start yet:")
            listed = "\n".join(f"• {blocks.safe(each)}" for each in stops[:12])
            shown = (blocks.section(f"*{head}*\n{listed}"[:2990]),)
            await turn.whisper(
                Message(text=f"{head} {' '.join(blocks.safe(each) for each in stops)}", blocks=shown)
            )
            return
        await self._led(turn, card, "start")

    async def pause(self, turn: Turn) -> None:
        """Ask why a step rests."""
        await self._ask(turn, "pause")

    async def abandon(self, turn: Turn) -> None:
        """Ask why a step will not be done."""
        await self._ask(turn, "abandon")

    async def complete(self, turn: Turn) -> None:
        """Ask what came of a step."""
        await turn.open(step_dialogs.completed(turn.person.words, about=turn.value))

    async def reasoned(self, turn: Turn) -> None:
        """Pause or abandon a step, with its reason."""
        kind, name = str(turn.meta["kind"]), str(turn.meta["about"])
        states = ("started",) if kind == "pause" else ("planned", "started", "paused")
        card = await self._card(turn, name, *states)
        if card:
            await self._led(turn, card, kind, reason=str(turn.state.get("reason") or ""))

    async def completed(self, turn: Turn) -> None:
        """Complete a step, state what came of it, and open the round after it: each once."""
        name = str(turn.meta["about"])
        pilot, _, step = name.partition("/")
        pilots, member = self._chat.application.pilots, turn.person.member

        def how(part: str) -> Circumstances:
            return Circumstances(key=f"{part}/{name}/{turn.view.get('id')}", source="chat")

        await turn.ask(
            self._chat.application.steps.complete,
            member,
            pilot=pilot,
            step=step,
            achieved=float(turn.state["achieved"]),
            how=how("complete"),
        )
        statement = str(turn.state.get("statement") or "")
        outcome = str(turn.state["outcome"])
        await turn.ask(
            pilots.state_outcome,
            member,
            pilot=pilot,
            step=step,
            outcome=outcome,
            words=statement,
            how=how("outcome"),
        )
        await self._open_round(turn, pilot, step, how("after"))
        await self._say(turn, name, "complete")

    async def concerns(self, turn: Turn) -> None:
        """List the concerns about a step, and about its pilot as a whole, that the coordinator may read."""
        pilot, _, step = turn.value.partition("/")
        rows = await self._concerns(turn, pilot)
        open_ = [row for row in rows if row["status"] in WAITING and row["step"] in {"", step}]
        await turn.whisper(concerns(turn.person.words, open_, step=step))

    async def acknowledge(self, turn: Turn) -> None:
        """Take a concern up."""
        pilot, _, concern = turn.value.partition("/")
        await turn.ask(
            self._chat.application.concerns.acknowledge,
            turn.person.member,
            pilot=pilot,
            concern=concern,
            how=Circumstances(key=f"acknowledge/{concern}", source="chat"),
        )
        said = turn.person.words.say("Acknowledged. Who raised it can see that you have taken it up.")
        await turn.whisper(plainly(said))

    async def tweak(self, turn: Turn) -> None:
        """Ask what changes because of a concern."""
        pilot, concern, step = turn.value.split("/")
        rows = await self._concerns(turn, pilot)
        row = next((row for row in rows if row["concern"] == f"concern:{concern}"), None)
        words = turn.person.words
        if row is None:
            await turn.whisper(plainly(words.say("There is no such concern, or none that you may read.")))
            return
        dialog = step_dialogs.tweak(words, concern, about=f"{pilot}/{step}", said=row["words"][:SHOWN])
        await turn.open(dialog)

    async def tweaked(self, turn: Turn) -> None:
        """Adopt the change, and answer the concern with it."""
        concern = str(turn.meta["concern"])
        pilot, _, step = str(turn.meta["about"]).partition("/")
        member, mark = turn.person.member, f"{concern}/{turn.view.get('id')}"
        adopted = await turn.ask(
            self._chat.application.pilots.adopt_tweak,
            member,
            pilot=pilot,
            because_of=f"concern:{concern}",
            change=str(turn.state.get("change") or ""),
            step=step,
            how=Circumstances(key=f"tweak/{mark}", source="chat"),
        )
        await turn.ask(
            self._chat.application.concerns.answer,
            member,
            pilot=pilot,
            concern=concern,
            tweak=json.loads(adopted.result)["tweak"],
            words=str(turn.state.get("answer") or ""),
            how=Circumstances(key=f"answer/{mark}", source="chat"),
        )
        said = turn.person.words.say("The change is adopted, and the concern is answered with it.")
        await turn.whisper(plainly(said))

    async def _concerns(self, turn: Turn, pilot: str) -> list[Mapping[str, Any]]:
        """Return the concerns of a pilot that the coordinator may read, and that may pass through Slack."""
        member, questions = turn.person.member, self._chat.application.questions
        found = (await turn.ask(questions.pilots.concerns, member, pilot=pilot)).value
        events = (await turn.ask(questions.ledger.events, member, pilot=pilot)).value
        told = {row["event"]: row for row in events if row["readable"]}
        rows = [
            {**row, "actor": told[row["event"]]["actor"], "label": told[row["event"]]["label"]}
            for row in found
            if row["event"] in told
        ]
        return await passing_rows(self._chat, rows)

    async def _ask(self, turn: Turn, kind: str) -> None:
        dialog = step_dialogs.reason(turn.person.words, kind, about=turn.value, callback="step-reason")
        await turn.open(dialog)

    async def _card(self, turn: Turn, name: str, *states: str) -> Mapping[str, Any]:
        """Return a step that is in one of these states; else show where it is, and return nothing."""
        card = await self._cards.card(turn.person.member, name)
        if card and card["status"] in states:
            return card
        await self._cards.shown(turn, name, head=moved_on(turn))
        return {}

    async def _led(self, turn: Turn, card: Mapping[str, Any], verb: str, **said: str) -> None:
        steps = self._chat.application.steps
        verbs: Mapping[str, Callable[..., Receipt]] = {
            "start": steps.start,
            "pause": steps.pause,
            "abandon": steps.abandon,
        }
        name = pilot_steps.place_of(card)
        key = turn.key if verb == "start" else f"{verb}/{name}/{turn.view.get('id')}"
        how = Circumstances(key=f"{key}/{card['status']}", source="chat")
        await turn.ask(
            verbs[verb],
            turn.person.member,
            pilot=card["pilot"],
            step=card["step"],
            how=how,
            **said,
        )
        await self._say(turn, name, verb)

    async def _open_round(self, turn: Turn, pilot: str, step: str, how: Circumstances) -> None:
        """Open the round after a step, unless somebody has."""
        try:
            await turn.ask(
                self._chat.application.pilots.open_round,
                turn.person.member,
                pilot=pilot,
                step=step,
                phase="after",
                how=how,
            )
        except Refusal as refusal:
            if refusal.rule != OPEN_ALREADY:
                raise

    async def _say(self, turn: Turn, name: str, verb: str) -> None:
        card = await self._cards.card(turn.person.member, name)
        said = turn.person.words.say(DONE[verb], step=Name(card["title"]))
        await turn.whisper(plainly(said))
        turn.later(self._cards.draw(card["pilot"]))


def concerns(words: Words, rows: Sequence[Mapping[str, Any]], *, step: str) -> Message:
    """Return concerns that wait, each with what a coordinator can do."""
    if not rows:
        said = words.say("No concern that you may read waits for an answer.")
        return plainly(said)
    head = words.say("Concerns that wait for an answer")
    shown: list[Block] = [blocks.section(f"*{head}*")]
    told = [head]
    for row in rows[:LISTED]:
        concern = str(row["concern"]).removeprefix("concern:")
        place = f"{row['pilot']}/{concern}"
        acknowledge = blocks.button(
            words.button("Acknowledge concern"), f"concern-acknowledge:{concern}", place
        )
        answer = blocks.button(
            words.button("Answer with a tweak"), f"concern-tweak:{concern}", f"{place}/{step}"
        )
        first = [acknowledge] if row["status"] == "raised" else []
        shown += [
            blocks.quote(row["words"][:SHOWN]),
            blocks.actions(*first, answer, block=f"concern-{concern}"),
        ]
        told.append(row["words"][:SHOWN])
    return Message(text=" ".join(blocks.safe(each) for each in told), blocks=tuple(shown))
