"""Partners: what only one's own organisation can do: answer an invitation, accept the charter, waive a red line."""

from collections.abc import Mapping
from typing import Any

from counterpoise.application.faces import Circumstances
from counterpoise_bot import step_dialogs
from counterpoise_bot.card_passing import passing_rows
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.pilot_cards import PilotCards, said_why
from counterpoise_bot.round_pages import plainly
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Name

JOINS = frozenset({"join", "join_on_conditions"})


class Partners:
    """Lets people speak for their organisation towards its partners."""

    def __init__(self, chat: Chat, around: Around, cards: PilotCards) -> None:
        self._chat = chat
        self._around = around
        self._cards = cards

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.action("invitation-read", self.invitation)
        doors.action("charter-read", self.charter)
        doors.action("mandate-read", self.mandates)
        doors.action("line-waive", self.waive)
        doors.view("invitation-answered", self.answered, check=said_reasons)
        doors.view("charter-accepted", self.accepted)
        doors.view("mandate-acknowledged", self.acknowledged)
        doors.view("line-waived", self.waived, check=said_why)

    async def invitation(self, turn: Turn) -> None:
        """Show an invitation, with the answers there are."""
        words, member = turn.person.words, turn.person.member
        asked = await turn.ask(self._chat.application.questions.steps.invitation, member, pilot=turn.value)
        if not asked.value or not await passing_rows(self._chat, [asked.value]):
            await turn.whisper(plainly(words.say("Your organisation is not invited to this pilot.")))
            return
        vocabulary = self._chat.application.questions.vocabulary
        factors, formats = await turn.ask(vocabulary, "factors"), await turn.ask(vocabulary, "formats")
        dialog = step_dialogs.invitation(
            words,
            turn.value,
            await self._title(turn, turn.value),
            asked.value,
            factors=factors.value,
            formats=formats.value,
        )
        await turn.open(dialog)

    async def answered(self, turn: Turn) -> None:
        """Answer the invitation."""
        pilot, state = str(turn.meta["pilot"]), turn.state
        await turn.ask(
            self._chat.application.pilots.answer,
            turn.person.member,
            pilot=pilot,
            reply=str(state["reply"]),
            reason_codes=tuple(state.get("reasons") or ()),
            reasons=str(state.get("why") or ""),
            conditions=str(state.get("conditions") or ""),
            accepted_format=str(state.get("format") or ""),
            preferred_framing=str(state.get("framing") or ""),
            how=Circumstances(key=f"invitation/{pilot}/{turn.view.get('id')}", source="chat"),
        )
        said = turn.person.words.say(
            "Your organisation's answer is recorded: {answer}.",
            answer=turn.person.words.say(step_dialogs.REPLIES[str(state["reply"])]),
        )
        await self._done(turn, pilot, said)

    async def charter(self, turn: Turn) -> None:
        """Show the newest edition of the charter."""
        words = turn.person.words
        rules = await turn.ask(
            self._chat.application.questions.pilots.charter, turn.person.member, pilot=turn.value
        )
        if not rules.value["edition"]:
            await turn.whisper(plainly(words.say("No charter is set yet: a coordinator sets it.")))
            return
        title = await self._title(turn, turn.value)
        await turn.open(step_dialogs.charter(words, turn.value, title, rules.value))

    async def accepted(self, turn: Turn) -> None:
        """Accept the edition that was shown."""
        pilot, edition = str(turn.meta["pilot"]), int(turn.meta["edition"])
        await turn.ask(
            self._chat.application.pilots.accept_charter,
            turn.person.member,
            pilot=pilot,
            edition=edition,
            how=Circumstances(key=f"charter/{pilot}/{edition}", source="chat"),
        )
        said = turn.person.words.say(
            "Your organisation accepts the charter, edition {edition}.", edition=edition
        )
        await self._done(turn, pilot, said)

    async def mandates(self, turn: Turn) -> None:
        """Show the mandates of the partners."""
        words = turn.person.words
        found = await turn.ask(
            self._chat.application.questions.steps.mandates, turn.person.member, pilot=turn.value
        )
        partners = await passing_rows(self._chat, found.value)
        if not partners:
            said = words.say("No partner has clarified a mandate that you may read.")
            await turn.whisper(plainly(said))
            return
        await turn.open(step_dialogs.mandates(words, turn.value, partners))

    async def acknowledged(self, turn: Turn) -> None:
        """Acknowledge the mandates that were understood, each with what is unclear in it."""
        pilot = str(turn.meta["pilot"])
        for partner in turn.state.get("partners") or ():
            await turn.ask(
                self._chat.application.pilots.acknowledge_mandate,
                turn.person.member,
                pilot=pilot,
                partner=partner,
                misunderstanding=str(turn.state.get(f"unclear:{partner}") or ""),
                how=Circumstances(key=f"mandate/{pilot}/{partner}/{turn.view.get('id')}", source="chat"),
            )
        await self._done(turn, pilot, turn.person.words.say("The mandates are acknowledged."))

    async def waive(self, turn: Turn) -> None:
        """Ask why a red line is waived."""
        dialog = step_dialogs.reason(turn.person.words, "waive", about=turn.value, callback="line-waived")
        await turn.open(dialog)

    async def waived(self, turn: Turn) -> None:
        """Waive a red line of one's own organisation for one step."""
        pilot, step, line = str(turn.meta["about"]).split("/", 2)
        await turn.ask(
            self._chat.application.steps.waive_red_line,
            turn.person.member,
            pilot=pilot,
            step=step,
            red_line=line,
            reason=str(turn.state.get("reason") or ""),
            how=Circumstances(key=f"waive/{pilot}/{step}/{line}", source="chat"),
        )
        card = await self._cards.card(turn.person.member, f"{pilot}/{step}")
        said = turn.person.words.say(
            "The red line is waived for {step}, and for nothing else.", step=Name(card["title"])
        )
        await self._done(turn, pilot, said)

    async def _title(self, turn: Turn, pilot: str) -> str:
        around = await self._around.of(turn.person.member)
        return around.titles.get(pilot, pilot[:8])

    async def _done(self, turn: Turn, pilot: str, said: str) -> None:
        await turn.whisper(plainly(said))
        turn.later(self._cards.draw(pilot))


def said_reasons(turn: Turn) -> Mapping[str, Any]:
    """Return what is missing where an organisation does not join: its reasons."""
    state = turn.state
    if state.get("reply") in JOINS or state.get("reasons") or str(state.get("why") or "").strip():
        return {}
    return {"why": turn.person.words.say("Please say why, here or by choosing reasons.")}
