"""Answers about figures: balance, trust and spill-over, asked for, followed to their events, compared and shown."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from types import ModuleType
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot import answers_balance, answers_dialogs, answers_spillover, answers_trust, blocks
from counterpoise_bot.answers_events import NEVER, passes
from counterpoise_bot.answers_form import Answer, message, rating
from counterpoise_bot.answers_question import (
    BALANCE,
    SPILLOVER,
    TRUST,
    Named,
    Question,
    just_before,
    read,
    today,
)
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message, Picture, Place
from counterpoise_bot.pictures import Pictures
from counterpoise_bot.places import Places
from counterpoise_bot.streaming import Stream
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Words

FIGURES: Mapping[str, ModuleType] = {
    BALANCE: answers_balance,
    TRUST: answers_trust,
    SPILLOVER: answers_spillover,
}
"""What asks and tells each kind: `ask`, `answer`, `ask_why`, `why`, `compared`."""

COUNTED_FOR = 86_400_000_000
"""How long it is remembered that an answer was rated, in microseconds, so that a second click counts nothing."""


@dataclass(frozen=True)
class Told:
    """An answer, and what it was built from, so that it can be said in another language."""

    found: Any
    answer: Answer


class Answers:
    """Hears questions about figures and what is done with their answers. Answers are private until they are shown."""

    def __init__(self, chat: Chat, around: Around, places: Places, pictures: Pictures) -> None:
        self._chat = chat
        self._around = around
        self._places = places
        self._pictures = pictures

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.command("balance", self.balance)
        for word, heard in ((BALANCE, self.balance), (TRUST, self.trust), (SPILLOVER, self.spillover)):
            doors.word(word, heard)
        doors.action("figure-pilot", self.pilot)
        doors.action("figure-why", self.why)
        doors.action("figure-cell", self.cell)
        doors.action("figure-as-of", self.as_of)
        doors.action("figure-compare", self.compare)
        doors.action("figure-share", self.share)
        doors.action("figure-mine", self.mine)
        doors.action("figure-picture", self.picture)
        doors.action("answer-rate", self.rate)
        doors.view("figure-moment", self.moment, check=self.needs_moment)
        doors.view("figure-comparison", self.comparison, check=self.needs_comparison)

    # Asking

    async def balance(self, turn: Turn) -> None:
        """Answer what the balance of a pilot is: the one named, the channel's, the only one running, or ask which."""
        question = await self._read(turn, BALANCE)
        around = await self._around.of(turn.person.member)
        pilot = question.pilot or await self._around.pilot_here(turn.place)
        if not pilot and len(around.running) == 1:
            (pilot,) = around.running
        if pilot not in around.pilots:
            await turn.whisper(answers_dialogs.asks_pilot(turn.person.words, question, around.titles))
            return
        await self._tell(turn, question.about(pilot=pilot, theatre=""))

    async def trust(self, turn: Turn) -> None:
        """Answer how far an actor is trusted in a theatre; where none is named, who is on the channel's pilot."""
        question = await self._read(turn, TRUST)
        if not (question.actor or question.theatre):
            question = question.about(theatre=await self._theatre_here(turn))
        await self._tell(turn, question.about(pilot=""))

    async def spillover(self, turn: Turn) -> None:
        """Answer how trust moves between theatres, about an actor or about all."""
        question = await self._read(turn, SPILLOVER)
        await self._tell(turn, question.about(pilot="", theatre=""))

    async def pilot(self, turn: Turn) -> None:
        """Take the answer to which pilot is meant."""
        await self._tell(turn, Question(BALANCE, pilot=turn.value, as_of=_beside(turn)))

    # What can be done with an answer

    async def why(self, turn: Turn) -> None:
        """Say what carries a figure, and which events are behind it."""
        await self._why(turn, _question(turn))

    async def cell(self, turn: Turn) -> None:
        """Say which events are behind one cell of spill-over."""
        source, theatre, actor = (*turn.value.split(answers_spillover.BETWEEN), "", "")[:3]
        question = Question(SPILLOVER, actor=actor, theatre=theatre, source=source, as_of=_beside(turn))
        await self._why(turn, question)

    async def as_of(self, turn: Turn) -> None:
        """Ask for which moment."""
        question = _question(turn)
        steps = await self._begun(turn, question)
        await turn.open(answers_dialogs.moment(turn.person.words, question, steps, turn.place))

    async def moment(self, turn: Turn) -> None:
        """Answer as of the moment that was chosen."""
        question = self._returned(turn)
        as_of = str(turn.state.get("day") or "")
        if step := turn.state.get("step"):
            steps = await self._begun(turn, question)
            as_of = next((just_before(row["started_at"]) for row in steps if row["step"] == step), as_of)
        await self._tell(turn, question.about(as_of=as_of))

    def needs_moment(self, turn: Turn) -> Mapping[str, str]:
        """Return what is wrong with a moment: none was chosen, or it has not been."""
        words, chosen = turn.person.words, str(turn.state.get("day") or "")
        if not (chosen or turn.state.get("step")):
            return {"day": words.say("Choose a day.")}
        return {"day": words.say("That day has not been yet.")} if self._to_come(turn, chosen) else {}

    async def compare(self, turn: Turn) -> None:
        """Ask what to compare with."""
        question = _question(turn)
        around = await self._around.of(turn.person.member)
        actors = around.actors
        if question.pilot in around.pilots:
            joined = around.pilots[question.pilot].joined
            actors = {actor: around.actors.get(actor, actor) for actor in joined}
        await turn.open(answers_dialogs.comparison(turn.person.words, question, actors, turn.place))

    def needs_comparison(self, turn: Turn) -> Mapping[str, str]:
        """Return what is wrong with a comparison: nothing to compare with, or days in the wrong order."""
        words, state = turn.person.words, turn.state
        before, day = str(state.get("before") or ""), str(state.get("day") or "")
        if not before and not state.get("other"):
            return {"before": words.say("Choose an earlier day, or a second organisation.")}
        if self._to_come(turn, before) or (before and day and before >= day):
            return {"before": words.say("Choose a day before the later one.")}
        return {"day": words.say("That day has not been yet.")} if self._to_come(turn, day) else {}

    async def comparison(self, turn: Turn) -> None:
        """Say what is different, in words and side by side."""
        given = self._returned(turn)
        figures = FIGURES[given.kind]
        later = given.about(
            actor=str(turn.state.get("actor") or given.actor), as_of=str(turn.state.get("day") or given.as_of)
        )
        second = await turn.ask(figures.ask, self._chat.application, turn.person.member, later)
        if other := str(turn.state.get("other") or ""):
            earlier, first = later.about(actor=other), second
            second = await turn.ask(figures.ask, self._chat.application, turn.person.member, earlier)
        else:
            earlier = later.about(actor=_same(second), as_of=str(turn.state["before"]))
            first = await turn.ask(figures.ask, self._chat.application, turn.person.member, earlier)
        compared: Answer = figures.compared(turn.person, first, second)
        await self._say(turn, later, compared)

    async def share(self, turn: Turn) -> None:
        """Show an answer to the channel, if everybody there may read all that it was computed from."""
        question, words = _question(turn), turn.person.words
        place = turn.place
        if place is None or turn.direct_place:
            return
        told = await self._answered(turn, question)
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        if not (passes(told.answer.label, ceiling) and await self._readable(place, told.answer)):
            said = words.say(
                "Not everybody in this channel may read what this was computed from ({label}), "
                "so it stays between us.",
                label=shown_label(words, told.answer.label),
            )
            await turn.whisper(Message(said, (blocks.section(said),)))
            return
        spoken = replace(turn.person, words=await self._places.words_of(place))
        shown: Answer = FIGURES[question.kind].answer(spoken, told.found)
        elements = answers_dialogs.public(spoken.words, question, web=self._chat.web)
        picture = await self._drawn(shown, spoken.words)
        posted = message(spoken.words, replace(shown, elements=elements), picture=picture)
        await self._chat.out.post(place, posted, key=f"{turn.key}/share", thread=turn.thread)

    async def mine(self, turn: Turn) -> None:
        """Answer somebody privately what a channel was shown: in their language, from what they may read."""
        await self._tell(turn, _question(turn))

    async def picture(self, turn: Turn) -> None:
        """Send the chart as a picture, to the person alone."""
        told = await self._answered(turn, _question(turn))
        picture = await self._drawn(told.answer, turn.person.words)
        if picture is None:
            said = turn.person.words.say("I could not draw the chart. Its figures are in the table.")
            await turn.whisper(Message(said, (blocks.section(said),)))
            return
        await turn.direct(Message(blocks.safe(picture.alt), picture=picture), about="picture")

    async def rate(self, turn: Turn) -> None:
        """Count whether an answer helped; who said so is not kept."""
        kind, _, said = turn.value.partition("/")
        once = hashlib.sha256(turn.key.encode()).hexdigest()
        if kind in FIGURES and self._chat.kept.claim("rated", once, until=self._chat.clock() + COUNTED_FOR):
            self._chat.kept.change("helped", f"{kind}/{said}", _one_more)
        thanks = turn.person.words.say("Thank you. I keep how many said so, not who.")
        await turn.whisper(Message(thanks, (blocks.section(thanks),)))

    # How it is answered

    async def _read(self, turn: Turn, kind: str) -> Question:
        """Return the question that a text asks."""
        around = await self._around.of(turn.person.member)
        theatres = await turn.ask(_theatres, self._chat.application, turn.person.member)
        named = Named(around.titles, around.actors, theatres)
        day = today(self._chat.clock(), turn.person.zone)
        return read(turn.text, kind, named, language=turn.person.words.language, today=day)

    async def _tell(self, turn: Turn, question: Question) -> None:
        """Ask, and answer the person alone."""
        async with self._streamed(turn) as stream:
            told = await self._answered(turn, question)
            after = rating(turn.person.words, question.kind)
            await self._say(turn, question, told.answer, after=after, found=told.found, stream=stream)

    async def _why(self, turn: Turn, question: Question) -> None:
        figures = FIGURES[question.kind]
        async with self._streamed(turn) as stream:
            reasons = await turn.ask(figures.ask_why, self._chat.application, turn.person.member, question)
            await self._say(turn, question, figures.why(turn.person, reasons), stream=stream)

    @asynccontextmanager
    async def _streamed(self, turn: Turn) -> AsyncIterator[Stream | None]:
        """Show in a direct conversation what is being done; nothing stays of it where it comes to nothing."""
        if turn.place is None or not turn.direct_place or turn.url or not turn.message:
            yield None
            return
        words = turn.person.words
        stream = Stream(self._chat.out, turn.place, turn.thread or turn.message)
        begun = await stream.begin(words.say("Working out your answer"), words.say("Read the record"))
        try:
            yield stream if begun else None
        except Exception:
            if begun:
                await stream.drop()
            raise

    async def _answered(self, turn: Turn, question: Question) -> Told:
        figures = FIGURES[question.kind]
        found = await turn.ask(figures.ask, self._chat.application, turn.person.member, question)
        return Told(found, figures.answer(turn.person, found))

    async def _say(
        self,
        turn: Turn,
        question: Question,
        answer: Answer,
        *,
        after: Block | None = None,
        found: Any = None,  # noqa: ANN401  what any kind of figure was found
        stream: Stream | None = None,
    ) -> None:
        """Answer the person alone, with what can be done with the answer; or say that it may not pass through Slack."""
        words, here = turn.person.words, turn.place is not None and not turn.direct_place
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        if not passes(answer.label, ceiling):
            await self._put(turn, self._withheld(words, question, answer.label), stream)
            return
        elements = answers_dialogs.buttons(
            words, question, web=self._chat.web, channel=here and after is not None
        )
        if found is not None and question.kind == SPILLOVER and (named := answers_spillover.cells(found)):
            elements = (*elements, answers_dialogs.cells(words, question, named))
        whole = replace(answer, elements=elements, after=(after,) if after else ())
        posted = turn.direct_place and not turn.url
        if stream is not None and answer.drawing is not None:
            await stream.turn_to(words.say("Draw the chart"))
        picture = await self._drawn(answer, words) if posted else None
        sends = None if posted or answer.drawing is None else answers_dialogs.sending(words, question)
        await self._put(turn, message(words, whole, picture=picture, sends=sends), stream)

    async def _put(self, turn: Turn, answer: Message, stream: Stream | None) -> None:
        if stream is None or not await stream.end(answer):
            await turn.whisper(answer)

    def _withheld(self, words: Words, question: Question, label: str) -> Message:
        """Return what is said in place of a figure that may not pass through Slack."""
        said = words.say(
            "This draws on something under {label}, which your organisation does not let pass through Slack.",
            label=shown_label(words, label),
        )
        elsewhere = (
            words.say("You can see it on the web.")
            if self._chat.web
            else words.say("Ask for it at the command line, or ask your coordinator.")
        )
        shown: list[Block] = [blocks.section(f"{said} {elsewhere}")]
        if self._chat.web:
            url = answers_dialogs.address(self._chat.web, question)
            shown.append(
                blocks.actions(blocks.button(words.button("Open on the web"), "figure-web", url=url))
            )
        return Message(f"{said} {elsewhere}", tuple(shown))

    async def _drawn(self, answer: Answer, words: Words) -> Picture | None:
        """Return the chart as a picture that bears its label, as do the words beside it."""
        if answer.drawing is None:
            return None
        label = shown_label(words, answer.label)
        title, *axes = answer.drawing["titles"]
        labelled = {"titles": (f"{label}  {title}", *axes), "alt": f"{label} {answer.drawing['alt']}"}
        return await self._pictures.picture({**answer.drawing, **labelled}, words.language)

    async def _readable(self, place: Place, answer: Answer) -> bool:
        """Whether everybody in a conversation may read all that an answer draws on."""
        members = await self._places.members(place)
        if members is None or answer.label == NEVER:
            return False
        behind = self._chat.application.questions.behind
        reads = await self._chat.inside(behind.all_read, members, events=answer.events)
        return reads.value

    async def _theatre_here(self, turn: Turn) -> str:
        """Return the theatre of the channel's pilot, empty where there is none the person knows of."""
        pilot = await self._around.pilot_here(turn.place)
        return await turn.ask(_theatre_of, self._chat.application, turn.person.member, pilot) if pilot else ""

    async def _begun(self, turn: Turn, question: Question) -> list[Mapping[str, Any]]:
        """Return the steps of a pilot that began, in their order; none where no pilot is asked about."""
        around = await self._around.of(turn.person.member)
        pilot = around.pilots.get(question.pilot)
        begun = [step for step in pilot.steps if step["started_at"]] if pilot else []
        return sorted(begun, key=lambda step: int(step["started_at"]))

    def _returned(self, turn: Turn) -> Question:
        """Return the question a dialog was opened about; the turn goes on where that was."""
        channel = str(turn.meta.get("channel") or "")
        turn.place = Place(turn.team, channel) if channel else None
        return _unpacked(str(turn.meta.get("question") or ""))

    def _to_come(self, turn: Turn, day: str) -> bool:
        return bool(day) and date.fromisoformat(day) > today(self._chat.clock(), turn.person.zone)


def _question(turn: Turn) -> Question:
    return _unpacked(turn.value)


def _unpacked(value: str) -> Question:
    """Return the question that a button or dialog carries."""
    given = json.loads(value or "{}")
    return Question.of(given if given.get("kind") in FIGURES else {"kind": BALANCE})


def _beside(turn: Turn) -> str:
    """Return what stands behind the colon of the name of what was chosen from."""
    action: Mapping[str, Any] = (turn.body.get("actions") or [{}])[0]
    return str(action.get("action_id", "")).partition(":")[2]


def _same(found: Any) -> str:  # noqa: ANN401  what any kind of figure was found
    """Return the actor an answer speaks of first: a comparison of two moments is about one actor."""
    leading = getattr(found, "leading", None)
    return str(leading["actor"]) if leading else found.question.actor


def _one_more(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"count": int((kept or {}).get("count", 0)) + 1}


def _theatres(application: Application, reader: Member) -> Mapping[str, str]:
    return application.questions.names(reader).value["theatre"]


def _theatre_of(application: Application, reader: Member, pilot: str) -> str:
    rows = application.questions.pilots.all(reader).value
    return next((str(row["theatre"]) for row in rows if row["pilot"] == pilot), "")
