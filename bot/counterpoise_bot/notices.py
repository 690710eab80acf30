"""Notices: what happened on a person's pilots, once a week in one message, or at once for those who chose so."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise.application.faces import Member, Refusal
from counterpoise_bot import blocks
from counterpoise_bot.card_passing import passing_rows
from counterpoise_bot.chat import Chat
from counterpoise_bot.labels import shown_label, strictest
from counterpoise_bot.message import Account, Block, Message
from counterpoise_bot.people import People
from counterpoise_bot.prompts import HOUR
from counterpoise_bot.prompts_kept import habits_of
from counterpoise_bot.words import Name, Words, later

KIND = "notice"
WEEK = 7 * 24 * HOUR
CHOICES = ("weekly", "single", "none")
SHOWN = 20
"""Things that one message tells; of more it says how many."""

TURNS = {
    "pilot.step-planned": later("{step} was planned."),
    "pilot.step-started": later("{step} began."),
    "pilot.step-paused": later("{step} rests."),
    "pilot.step-completed": later("{step} is done."),
    "pilot.step-abandoned": later("{step} will not be done."),
    "pilot.outcome-stated": later("What came of {step} was stated."),
    "pilot.stage-entered": later("The pilot entered the next stage: every partner scans it."),
    "pilot.scans-opened": later("The scans of the stage are open."),
    "pilot.level-chosen": later("The level of working together was chosen."),
    "pilot.charter-set": later("The charter has a new edition: every partner accepts it anew."),
    "pilot.closed": later("The pilot is over."),
}
OBJECTED = later("{actor} objects to {step}.")
"""What an event says; positions other than objections are on the step's card."""


class Notices:
    """Tells people what happened: weekly on their first working hour of the week, unless they chose otherwise."""

    def __init__(self, chat: Chat, people: People) -> None:
        self._chat = chat
        self._people = people

    async def run_due(self, linked: Mapping[str, Account], now: int) -> int:
        """Send the notices that are due at a moment, and return how many."""
        sent = 0
        for person, account in linked.items():
            settings = self._chat.kept.get("person", person) or {}
            choice = settings.get("digest") or "weekly"
            mark = self._chat.kept.get(KIND, person)
            if mark is None:
                self._mark(person, now)
                continue
            if choice == "none" or (choice == "weekly" and now - mark["at"] < WEEK - 24 * HOUR):
                continue
            sent += await self._tell(person, account, settings, since=mark["at"], now=now, choice=choice)
        return sent

    async def _tell(
        self, member: str, account: Account, settings: Mapping[str, Any], *, since: int, now: int, choice: str
    ) -> int:
        """Tell one person what happened since they were last told, if it is their time."""
        zone = settings.get("zone") or (
            self._chat.kept.get("profile", f"{account.team}/{account.user}") or {}
        ).get("tz", "UTC")
        habits = habits_of(settings, zone)
        monday = habits.at(now).isocalendar()[:2] != habits.at(since).isocalendar()[:2]
        if not habits.working(now) or (choice == "weekly" and not monday):
            return 0
        person = await self._people.person(account, workspace=account.team)
        if person is None:
            return 0
        rows = await passing_rows(
            self._chat, await self._chat.inside(self._happened, person.member, since, now)
        )
        if not rows:
            self._mark(member, now)
            return 0
        await self._chat.out.direct(
            account,
            digest(person.words, rows, weekly=choice == "weekly"),
            key=f"notice/{member}/{since}",
            workspace=account.team,
            person=member,
        )
        self._mark(member, now)
        return 1

    def _happened(self, reader: Member, since: int, now: int) -> Sequence[Mapping[str, Any]]:
        try:
            rows = self._chat.application.questions.steps.happened(reader, after=since, until=now).value
        except Refusal:
            return ()
        return tuple(row for row in rows if told(row))

    def _mark(self, person: str, now: int) -> None:
        self._chat.kept.put(KIND, person, {"at": now}, person=person)


def told(row: Mapping[str, Any]) -> str:
    """Return the sentence an event is told in, as a msgid; empty for what is not told."""
    if row["topic"] == "pilot.position-taken":
        return OBJECTED if row["position"] == "objection" and row["actor_name"] and row["step"] else ""
    return TURNS.get(row["topic"], "")


def digest(words: Words, rows: Sequence[Mapping[str, Any]], *, weekly: bool) -> Message:
    """Return what happened, pilot by pilot, under the strictest label of it."""
    head = words.say("What happened on your pilots this week") if weekly else words.say("News of your pilots")
    label = shown_label(words, strictest(row["label"] for row in rows))
    pilots: dict[str, list[str]] = {}
    for row in rows[-SHOWN:]:
        said = words.say(told(row), step=Name(row["step_title"]), actor=Name(row["actor_name"]))
        pilots.setdefault(row["pilot_title"], []).append(said)
    shown: list[Block] = [blocks.section(f"*{label}*  *{head}*")]
    for title, lines in pilots.items():
        listed = "\n".join(f"• {blocks.safe(line)}" for line in lines)
        shown.append(blocks.section(f"*{blocks.safe(title)}*\n{listed}"))
    left = len(rows) - SHOWN
    if left > 0:
        shown.append(
            blocks.context(words.count("and {number} thing before", "and {number} things before", left))
        )
    shown.append(
        blocks.actions(
            blocks.button(words.button("See steps"), "word-open:steps", "steps"),
            blocks.button(words.button("Change settings"), "word-open:settings", "settings"),
            block="notice",
        )
    )
    text = " ".join(f"{title}: {' '.join(lines)}" for title, lines in pilots.items())
    return Message(text=f"{label} {head}. {text}", blocks=tuple(shown))
