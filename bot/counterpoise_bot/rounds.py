"""Rounds: what waits for a person's reflection, answering it, putting it off, skipping it, wanting fewer."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from counterpoise.application.faces import Circumstances
from counterpoise_bot import blocks, round_pages
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import through_chat
from counterpoise_bot.message import Block
from counterpoise_bot.passing import passing
from counterpoise_bot.prompts import EPOCH, Habits, until
from counterpoise_bot.prompts_kept import PromptsKept, habits_of
from counterpoise_bot.recording import Recording, Said
from counterpoise_bot.round_pages import CHOOSE, REFLECTION, WHY, Reflecting, Round, joined, parted
from counterpoise_bot.surroundings import Around, Surroundings
from counterpoise_bot.turns import Turn, packed

REFLECTED = "reflection.recorded"
DRAFT = "reflection"
KEPT_FOR = 60 * 86_400_000_000
NOON = 12


class Rounds:
    """Lets a person answer the rounds of their pilots, in their own time."""

    def __init__(self, chat: Chat, around: Around, recording: Recording) -> None:
        self._chat = chat
        self._around = around
        self._recording = recording
        self._prompts = PromptsKept(chat)

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.command("reflect", self.asked)
        doors.word("reflect", self.asked)
        doors.action("reflect-start", self.start)
        doors.action("round-answer", self.answer)
        doors.action("round-snooze", self.more)
        doors.action("round-more", self.more)
        doors.action("round-skip", self.skip)
        doors.action("round-why", self.why)
        doors.action("round-fewer", self.fewer)
        doors.action("round-often", self.often)
        doors.view(CHOOSE, self.chosen, waits=True)
        doors.view(REFLECTION, self.record, check=self.said_anything, waits=True)
        doors.view(WHY, self.reasoned)
        doors.closed(REFLECTION, self.closed)

    async def asked(self, turn: Turn) -> None:
        """Begin a reflection with the words behind the command; without any, show what waits."""
        if turn.text:
            said = Said(kind="reflection", words=turn.text, door="slash", key=turn.key)
            draft = await self._recording.begin(turn, said)
            await turn.whisper(await self._recording.preview(turn, draft))
            return
        rounds = await self._open(turn)
        last = await self._last(turn)
        more = max(0, len(rounds) - round_pages.LISTED)
        shown = rounds[: round_pages.LISTED]
        await turn.whisper(round_pages.listing(turn.person.words, shown, last, more=more))

    async def part(self, turn: Turn) -> Sequence[Block]:
        """Return the rounds that wait for a person, for their Home."""
        rounds = await self._open(turn)
        words = turn.person.words
        return [
            blocks.section(
                round_pages.head(words, about),
                beside=blocks.button(
                    words.button("Answer"),
                    f"round-answer:{about.id}",
                    about.id,
                    says=words.button("Answer: {step}", step=about.step_title),
                ),
            )
            for about in rounds[: round_pages.LISTED]
        ]

    async def start(self, turn: Turn) -> None:
        """Ask which step, and when."""
        around = await self._around.of(turn.person.member)
        steps = [
            Round(pilot.id, str(step["step"]), "before", pilot.title, str(step["title"]))
            for pilot in around.running.values()
            for step in pilot.steps
        ]
        words = turn.person.words
        if not steps:
            said = words.say("There is no step to reflect on yet: a coordinator plans the first.")
            await turn.whisper(round_pages.plainly(said))
            return
        await turn.open(round_pages.choose(words, steps, meta=packed(door="reflect")))

    async def chosen(self, turn: Turn) -> None:
        """Show the questions of the step and phase that were chosen."""
        pilot, _, step = str(turn.state["reflect-step"]).partition("/")
        await turn.show(await self._dialog(turn, f"{pilot}/{step}/{turn.state['reflect-phase']}"))

    async def answer(self, turn: Turn) -> None:
        """Open a round's questions."""
        words = turn.person.words
        waiting = blocks.modal(
            words.title("Reflection"), [blocks.section(words.say("One moment."))], callback="round-waiting"
        )
        view = await self._chat.out.open(turn.team, turn.trigger, waiting, person=turn.person)
        if view:
            await self._chat.out.update_view(turn.team, view, await self._dialog(turn, turn.value))

    async def more(self, turn: Turn) -> None:
        """Put a round off, or do what else its menu offers."""
        what, _, name = turn.value.partition("|")
        turn.value = name
        if what == "skip":
            await self.skip(turn)
        elif what == "fewer":
            await self.fewer(turn)
        else:
            await self._snooze(turn, what)

    async def skip(self, turn: Turn) -> None:
        """Ask about a round no more."""
        self._prompts.change(turn.value, turn.person.member.id, self._chat.clock(), skipped=True)
        words = turn.person.words
        said = words.say("Skipped: I ask about this round no more.")
        button = blocks.button(words.button("Say why you skip"), "round-why", turn.value)
        await turn.replace(round_pages.plainly(said, button))

    async def why(self, turn: Turn) -> None:
        """Ask for the reason."""
        await turn.open(round_pages.why(turn.person.words, turn.value))

    async def reasoned(self, turn: Turn) -> None:
        """Keep the reason of a skip."""
        person = turn.person.member.id
        kept = self._prompts.change(str(turn.meta["round"]), person, self._chat.clock(), skipped=True)
        self._prompts.put(replace(kept, reason=str(turn.state.get("skip-reason") or "")))

    async def fewer(self, turn: Turn) -> None:
        """Ask this person once a week at most, and remind them of nothing."""
        self._set(turn, fewer=True)
        words = turn.person.words
        said = words.say("From now on I ask you once a week at most, and remind you of nothing.")
        button = blocks.button(words.button("Ask me as before"), "round-often", turn.value)
        await turn.replace(round_pages.plainly(said, button))

    async def often(self, turn: Turn) -> None:
        """Ask this person as often as others."""
        self._set(turn, fewer=False)
        said = turn.person.words.say("From now on I ask you once a day at most.")
        await turn.replace(round_pages.plainly(said))

    def said_anything(self, turn: Turn) -> Mapping[str, str]:
        """Return what is missing: words, or the rating of a partner."""
        rated = any(name.startswith("reflect-rate:") and value for name, value in turn.state.items())
        if rated or any((turn.state.get(f"reflect-{number}") or "").strip() for number in (0, 1)):
            return {}
        return {"answer-0": turn.person.words.say("Say something, in a few words.")}

    async def record(self, turn: Turn) -> None:
        """Record a reflection: once, however often it is sent."""
        about = await self._round(turn, "/".join(str(turn.meta[part]) for part in ("pilot", "step", "phase")))
        words, state = turn.person.words, turn.state
        occurred = self._occurred(turn)
        label = await self._label(turn)
        receipt = await turn.ask(
            self._chat.application.reflections.record,
            turn.person.member,
            pilot=about.pilot,
            step=about.step,
            phase=about.phase,
            ratings=_ratings(state),
            words=joined(state.get("reflect-0") or "", state.get("reflect-1") or ""),
            confidence=int(state.get("reflect-confidence") or 0),
            language=words.language,
            how=Circumstances(
                key=f"reflection/{turn.meta['draft']}", source="chat", label=label, occurred_at=occurred
            ),
        )
        await self._compare(turn, about, json.loads(receipt.result)["reflection"], label)
        self._chat.kept.drop(DRAFT, f"{about.id}/{turn.person.member.id}")
        event = f"reflection:{json.loads(receipt.result)['reflection']}#1"
        zone = turn.person.zone
        told = round_pages.recorded(
            words,
            about,
            event,
            label=label,
            occurred=words.date(occurred, zone) if occurred is not None else "",
            noted=words.date(self._chat.clock(), zone),
        )
        await turn.show(
            blocks.modal(
                words.title("Reflection"),
                [blocks.section(blocks.safe(told.text))],
                callback="round-done",
                close=words.title("Close"),
            )
        )
        await turn.direct(told, about=event)

    async def closed(self, turn: Turn) -> None:
        """Keep what was typed, where Slack says what that was."""
        answers = [turn.state.get(f"reflect-{number}") or "" for number in (0, 1)]
        about = "/".join(str(turn.meta.get(part, "")) for part in ("pilot", "step", "phase"))
        if not any(answers):
            return
        person = turn.person.member.id
        value = {"answers": answers, "draft": str(turn.meta.get("draft"))}
        due = self._chat.clock() + KEPT_FOR
        self._chat.kept.put(DRAFT, f"{about}/{person}", value, person=person, until=due)
        words = turn.person.words
        button = blocks.button(words.button("Go on with the reflection"), "round-answer", about)
        said = words.say("I keep what you wrote as a draft. Nothing is recorded.")
        await turn.direct(round_pages.plainly(said, button), about=f"closed/{turn.view.get('id')}")

    async def _dialog(self, turn: Turn, name: str) -> Mapping[str, Any]:
        about = await self._round(turn, name)
        around = await self._around.of(turn.person.member)
        kept = self._chat.kept.get(DRAFT, f"{about.id}/{turn.person.member.id}") or {}
        first, second = kept.get("answers") or ("", "")
        rounds = await self._rows(turn)
        return round_pages.reflection(
            Reflecting(
                words=turn.person.words,
                round=about,
                draft=kept.get("draft") or str(uuid4()),
                label=await self._label(turn),
                partners=around.partners(about.pilot, turn.person.member.actor),
                initial=(first, second),
                before=await self._before(turn, about) if about.phase == "after" else ("", ""),
                over=about.id not in {_name(row) for row in rounds},
            )
        )

    async def _compare(self, turn: Turn, about: Round, reflection: str, label: str) -> None:
        """Note how the step came out against what its author expected, where they say so."""
        chosen = turn.state.get("reflect-difference")
        before = await self._earlier(turn, about)
        if not chosen or before is None:
            return
        await turn.ask(
            self._chat.application.reflections.note_difference,
            turn.person.member,
            pilot=about.pilot,
            reflection=reflection,
            before=str(before["stream"]).removeprefix("reflection:"),
            than_expected=int(chosen),
            how=Circumstances(key=f"difference/{turn.meta['draft']}", source="chat", label=label),
        )

    async def _before(self, turn: Turn, about: Round) -> tuple[str, str]:
        """Return what the author answered before the step: theirs alone to see."""
        found = await self._earlier(turn, about)
        return parted(found["fields"]["words"]) if found else ("", "")

    async def _earlier(self, turn: Turn, about: Round) -> Mapping[str, Any] | None:
        """Return the author's own newest reflection before a step."""
        mine = [
            row
            for row in await self._own(turn)
            if row["fields"]["step"] == about.step and row["fields"]["phase"] == "before"
        ]
        return mine[-1] if mine else None

    async def _own(self, turn: Turn) -> list[Mapping[str, Any]]:
        """Return the person's own reflections, in order."""
        mine = await turn.ask(self._chat.application.questions.ledger.mine, turn.person.member)
        return await passing(turn, [row for row in mine.value if row["topic"] == REFLECTED])

    async def _last(self, turn: Turn) -> list[tuple[str, str]]:
        own = [(str(row["event"]), str(row["fields"]["words"])) for row in await self._own(turn)]
        return [each for each in reversed(own) if each[1]][: round_pages.LISTED]

    async def _rows(self, turn: Turn) -> tuple[Mapping[str, Any], ...]:
        found = await turn.ask(
            self._chat.application.questions.steps.rounds, [turn.person.member], now=self._chat.clock()
        )
        return found.value

    async def _open(self, turn: Turn) -> list[Round]:
        """Return the rounds that wait for a person and were not skipped."""
        around = await self._around.of(turn.person.member)
        person = turn.person.member.id
        waiting = [row for row in await self._rows(turn) if not row["answered"]]
        kept = {name: self._prompts.of(name, person) for name in map(_name, waiting)}
        skipped = {name for name, each in kept.items() if each is not None and each.sent.skipped}
        return [in_words(around, _name(row)) for row in waiting if _name(row) not in skipped]

    async def _round(self, turn: Turn, name: str) -> Round:
        return in_words(await self._around.of(turn.person.member), name)

    async def _label(self, turn: Turn) -> str:
        """Return the narrowest label that may pass through chat: the words stay within the organisation if they can."""
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        return through_chat(ceiling)[-1]

    async def _snooze(self, turn: Turn, what: str) -> None:
        settings = self._chat.kept.get("person", turn.person.member.id)
        habits: Habits = habits_of(settings, turn.person.zone)
        now = self._chat.clock()
        back = until(what, habits, now)
        self._prompts.change(turn.value, turn.person.member.id, now, snoozed_until=back)
        words = turn.person.words
        said = words.say(
            "I ask you again, in your working hours, from {when}.", when=words.moment(back, habits.zone)
        )
        await turn.replace(round_pages.plainly(said))

    def _occurred(self, turn: Turn) -> int | None:
        """Return noon of the day that was chosen, on the person's clock; None for now."""
        with suppress(ValueError):
            day = date.fromisoformat(str(turn.state.get("reflect-day") or ""))
            noon = datetime(day.year, day.month, day.day, NOON, tzinfo=ZoneInfo(turn.person.zone))
            return min((noon - EPOCH) // timedelta(microseconds=1), self._chat.clock())
        return None

    def _set(self, turn: Turn, **changed: object) -> None:
        person = turn.person.member.id
        self._chat.kept.change("person", person, lambda old: {**(old or {}), **changed}, person=person)


def in_words(around: Surroundings, name: str) -> Round:
    """Return a round of its id, in the words of who reads it."""
    pilot, step, phase = name.split("/")
    known = around.pilots.get(pilot)
    steps = known.steps if known else ()
    title = next((str(each["title"]) for each in steps if each["step"] == step), step[:8])
    return Round(pilot, step, phase, known.title if known else pilot[:8], title)


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['pilot']}/{row['step']}/{row['phase']}"


def _ratings(state: Mapping[str, Any]) -> dict[str, int]:
    return {
        name.partition(":")[2]: int(value)
        for name, value in state.items()
        if name.startswith("reflect-rate:") and value
    }
