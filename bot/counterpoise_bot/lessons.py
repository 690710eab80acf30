"""Lessons: searched by words in any language, rated, and offered before somebody records the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from rapidfuzz import fuzz, utils

from counterpoise.application.faces import Application, Circumstances, Member
from counterpoise_bot import blocks
from counterpoise_bot.answers_events import passes
from counterpoise_bot.answers_names import Called, called, day
from counterpoise_bot.blocks import plain, safe
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Draft
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.people import Person
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import BUTTON, Name, Words, later, shortened

Row = Mapping[str, Any]

SHOWN = 3
ASKED = "lessons-asked"
ASKED_FOR = 86_400_000_000
"""How long the words of a search are remembered, sealed, so that more can be shown; in microseconds."""

HINTED = 2
CLOSE = 75.0
"""How well a lesson must bear on a draft's words to be offered, 0..100; a search asks for less."""
SAME = 70.0
"""How alike an earlier concern must be to be the same, 0..100."""
TELLING, MOST_WORDS = 5, 12
"""Letters from which on a word tells something, and how many of them are looked for."""
QUOTED = 400

BECAME = {
    "raised": later("It is still open."),
    "acknowledged": later("It was acknowledged."),
    "answered": later("It was answered by a change."),
    "resolved": later("It was resolved."),
    "withdrawn": later("You withdrew it."),
}
"""What became of a concern."""


@dataclass(frozen=True)
class Found:
    """Lessons that bear on some words, the likeliest first, with the label each is under."""

    rows: tuple[Row, ...]
    labels: Mapping[str, str]
    called: Called
    ceiling: str


class Lessons:
    """Hears searches, and whether what was found was useful."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("lessons", self.search)
        doors.action("lesson-more", self.more)
        doors.action("lesson-rate", self.rate)

    async def search(self, turn: Turn) -> None:
        """Show the three lessons that bear most on some words; without words, the newest."""
        await self._show(turn, turn.text, start=0)

    async def more(self, turn: Turn) -> None:
        """Show the next three."""
        name, _, start = turn.value.partition("/")
        asked = self._chat.kept.get(ASKED, name)
        if asked is None or asked["member"] != turn.person.member.id:
            said = turn.person.words.say("I no longer have that search: ask again, please.")
            await turn.whisper(Message(said, (blocks.section(said),)))
            return
        await self._show(turn, asked["text"], start=int(start or 0), name=name)

    async def rate(self, turn: Turn) -> None:
        """Record whether a lesson was useful."""
        lesson, _, said = turn.value.rpartition("/")
        how = Circumstances(key=turn.key, source="chat")
        lessons = self._chat.application.lessons
        await turn.ask(
            lessons.mark_useful, turn.person.member, lesson=lesson, useful=said == "useful", how=how
        )
        thanks = turn.person.words.say("Thank you. Your answer is recorded with the lesson.")
        await turn.whisper(Message(thanks, (blocks.section(thanks),)))

    async def _show(self, turn: Turn, text: str, *, start: int, name: str = "") -> None:
        member = turn.person.member
        found = await turn.ask(ask, self._chat.application, member, text)
        rest = len(found.rows) - start - SHOWN
        if rest > 0 and not name:
            name, until = str(uuid4()), self._chat.clock() + ASKED_FOR
            self._chat.kept.put(
                ASKED, name, {"member": member.id, "text": text}, person=member.id, until=until
            )
        following = f"{name}/{start + SHOWN}" if rest > 0 else ""
        await turn.whisper(answer(turn.person, found, start=start, following=following))


class LessonHints:
    """Knows lessons that bear on what somebody is about to record, and whether they raised it before."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def about(self, person: Person, draft: Draft) -> Sequence[Block]:
        """Return what to show with a draft."""
        return await self.hints(person, draft.pilot, draft.words)

    async def hints(self, person: Person, pilot: str, words: str) -> Sequence[Block]:
        """Return lessons that match some words, and the person's own earlier concern on a pilot that says the same."""
        found = await self._chat.inside(hinted, self._chat.application, person.member, pilot, words)
        return shown_hints(person, found)


# Asking


def ask(application: Application, reader: Member, text: str, *, least: float = 0.0) -> Found:
    """Ask for the lessons that bear on some words, at least so well (0..100)."""
    rows = tuple(
        row
        for row in application.questions.pilots.lessons(reader, words=text).value
        if row["likeness"] >= least
    )
    if not rows:
        return Found((), {}, Called({}), "")
    events = application.questions.ledger.events(reader, only=[row["event"] for row in rows]).value
    labels = {row["event"]: row["label"] for row in events}
    return Found(rows, labels, called(application, reader), application.chat_ceiling(reader.actor))


@dataclass(frozen=True)
class Hinted:
    """What may help before somebody records: lessons that match, and an earlier concern of their own."""

    lessons: Found
    earlier: Row | None = None


def hinted(application: Application, reader: Member, pilot: str, words: str) -> Hinted:
    """Ask for what matches some words: lessons of any pilot, and an earlier concern on this pilot."""
    telling = [word for word in utils.default_process(words).split() if len(word) >= TELLING]
    if not telling:
        return Hinted(Found((), {}, Called({}), ""))
    lessons = ask(application, reader, " ".join(telling[:MOST_WORDS]), least=CLOSE)
    return Hinted(replace(lessons, rows=lessons.rows[:HINTED]), _earlier(application, reader, pilot, words))


def _earlier(application: Application, reader: Member, pilot: str, words: str) -> Row | None:
    """Return the reader's own concern whose words are most like these, of those that may pass through Slack."""
    ceiling = application.chat_ceiling(reader.actor)
    own = {
        row["event"]
        for row in application.questions.ledger.mine(reader).value
        if passes(row["label"], ceiling)
    }
    raised = application.questions.pilots.concerns(reader, pilot=pilot).value
    likely = [
        (fuzz.token_set_ratio(words, row["words"], processor=utils.default_process), row)
        for row in raised
        if row["event"] in own
    ]
    score, row = max(likely, key=lambda each: each[0], default=(0.0, None))
    return row if score >= SAME else None


# Showing


def answer(person: Person, found: Found, *, start: int = 0, following: str = "") -> Message:
    """Return three lessons, each with where it comes from, its label, and the question whether it was useful."""
    words, rows = person.words, found.rows[start : start + SHOWN]
    if not rows:
        said = words.say("No lesson bears on that. Fewer or other words may find one.")
        return Message(said, (blocks.section(said),))
    opening = words.count("{number} lesson bears on it.", "{number} lessons bear on it.", len(found.rows))
    told = [_told(person, row, found) for row in rows]
    shown: list[Block] = [blocks.section(opening)]
    for row, lines in zip(rows, told, strict=True):
        shown += [blocks.section("\n".join(lines)), _rating(words, row)]
    if following:
        shown.append(
            blocks.actions(blocks.button(words.button("Show more lessons"), "lesson-more", following))
        )
    return Message("\n".join([opening, *("\n".join(lines) for lines in told)]), tuple(shown))


def _told(person: Person, row: Row, found: Found) -> list[str]:
    words, label = person.words, found.labels.get(row["event"], "GREEN")
    first = f"{shown_label(words, label)} *{safe(row['title'])}*"
    if not passes(label, found.ceiling):
        return [shown_label(words, label), words.say("This lesson does not pass through Slack.")]
    return [first, safe(shortened(row["words"], QUOTED)), safe(_source(person, row, found.called))]


def _source(person: Person, row: Row, names: Called) -> str:
    """Return where a lesson comes from, as far as the reader may know: step, theatre, day, factors."""
    words = person.words
    told = [
        words.say("step {step}", step=names.name("step", row["step"])) if row["step"] else "",
        names.name("theatre", row["theatre"]) if row["theatre"] else "",
        day(words, row["day"], person.zone),
        *(names.word(words, "factors", factor) for factor in row["factors"]),
    ]
    return " · ".join(part for part in told if part)


def _rating(words: Words, row: Row) -> Block:
    lesson = row["lesson"].partition(":")[2]
    title = Name(row["title"])
    ends = {
        name: {
            "text": plain(said),
            "value": f"{lesson}/{value}",
            "accessibility_label": shortened(says, BUTTON),
        }
        for name, said, says, value in (
            (
                "positive_button",
                words.button("Useful"),
                words.button("Useful: {title}", title=title),
                "useful",
            ),
            (
                "negative_button",
                words.button("Not useful"),
                words.button("Not useful: {title}", title=title),
                "not-useful",
            ),
        )
    }
    buttons = {"type": "feedback_buttons", "action_id": f"lesson-rate:{lesson}", **ends}
    return {"type": "context_actions", "elements": [buttons]}


def shown_hints(person: Person, found: Hinted) -> tuple[Block, ...]:
    """Return what may help, a paragraph each; nothing where nothing does."""
    words, shown = person.words, []
    if found.earlier is not None:
        row = found.earlier
        said = words.say(
            "You raised this before, on {day}: “{words}”",
            day=words.date(row["raised_at"], person.zone),
            words=Name(shortened(row["words"], QUOTED)),
        )
        shown.append(blocks.section(f"{safe(said)} {words.say(BECAME[row['status']])}"))
    for row in found.lessons.rows:
        head = words.say("A lesson that may bear on this:")
        shown.append(blocks.section("\n".join([head, *_told(person, row, found.lessons)])))
    return tuple(shown)
