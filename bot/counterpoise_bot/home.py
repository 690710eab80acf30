"""Home: what needs a person's answer, their drafts, their records, their pilots in words, their settings."""

from collections.abc import Awaitable, Callable, Sequence

from counterpoise.application.faces import Refusal
from counterpoise_bot import blocks
from counterpoise_bot.chat import Chat
from counterpoise_bot.commands import OFFERED, line, offers
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import Drafts
from counterpoise_bot.message import Block
from counterpoise_bot.records import Records, listed
from counterpoise_bot.surroundings import Around, Pilot
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Words, later

Part = Callable[[Turn], Awaitable[Sequence[Block]]]
"""A feature's part of Home: what of its own waits for the person."""

MOST = 5
ROOM = 95
"""Blocks on a Home, of the hundred Slack allows."""

STAGES = {
    "framing": later("framing"),
    "design": later("design"),
    "invitation": later("invitation"),
    "trial": later("trial"),
    "messaging": later("messaging after the trial"),
}
SIGNS = {"framing": "①", "design": "②", "invitation": "③", "trial": "④", "messaging": "⑤"}


class Home:
    """Draws Home whenever it is opened, and again when something of the person's changed."""

    def __init__(
        self, chat: Chat, drafts: Drafts, around: Around, records: Records, needs: Sequence[Part]
    ) -> None:
        self._chat = chat
        self._drafts = drafts
        self._around = around
        self._records = records
        self._needs = needs
        self._doors = Doors()

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        self._doors = doors
        doors.event("app_home_opened", self.opened)
        doors.action("pilot-balance", self.balance)

    async def opened(self, turn: Turn) -> None:
        """Draw Home for whoever opens it."""
        if turn.value not in {"home", ""}:
            return
        try:
            await self.draw(turn)
        except Refusal:
            await self._read_only(turn)

    async def balance(self, turn: Turn) -> None:
        """Answer with the balance of the pilot beside which the button stood."""
        around = await self._around.of(turn.person.member)
        turn.text = around.titles.get(turn.value, "")
        await self._doors.words["balance"](turn)

    async def draw(self, turn: Turn) -> None:
        """Draw a person's Home."""
        words = turn.person.words
        shown: list[Block] = [blocks.header(words.say("Counterpoise"))]
        shown.append(offers(words, OFFERED))
        needed = [block for part in self._needs for block in await part(turn)]
        shown += _headed(words.say("Needs my answer"), needed, words.say("Nothing waits for you."))
        shown += _headed(words.say("Drafts"), self._unfinished(turn), words.say("No drafts."))
        records = await self._records.own(turn)
        listing = [block for row in records[:MOST] for block in listed(words, row, turn.person.zone)]
        shown += _headed(words.say("My last records"), listing, words.say("You have recorded nothing yet."))
        around = await self._around.of(turn.person.member)
        pilots = [_pilot(words, pilot) for pilot in around.pilots.values() if not pilot.closed]
        shown += _headed(words.say("Pilots"), pilots[:20], words.say("You are on no pilot."))
        shown.append(
            blocks.actions(
                blocks.button(words.button("Change settings"), "word-open:settings", "settings"),
                blocks.button(words.button("Write privately"), "word-open:private", "private"),
                block="home-end",
            )
        )
        await self._chat.out.publish(turn.person.account, blocks.home(shown[:ROOM]), workspace=turn.team)

    async def _read_only(self, turn: Turn) -> None:
        """Draw what is at hand while the records are out of reach."""
        words = turn.person.words
        said = words.say("I cannot reach my records just now: this page is read-only. Your drafts are kept.")
        shown = [blocks.header(words.say("Counterpoise")), blocks.section(f":warning: {said}")]
        shown += _headed(words.say("Drafts"), self._unfinished(turn), words.say("No drafts."))
        await self._chat.out.publish(turn.person.account, blocks.home(shown), workspace=turn.team)

    def _unfinished(self, turn: Turn) -> list[Block]:
        drafts = [draft for draft in self._drafts.of(turn.person.member.id) if draft.status == "open"]
        return [block for draft in drafts[:MOST] for block in line(turn.person.words, draft)]


def _headed(head: str, shown: Sequence[Block], empty: str) -> list[Block]:
    return [blocks.divider(), blocks.section(f"*{head}*"), *(shown or [blocks.context(empty)])]


def _pilot(words: Words, pilot: Pilot) -> Block:
    """Return a pilot as a line: its title, where it stands in words and a sign, what runs."""
    stage = words.say(STAGES[pilot.stage]) if pilot.stage in STAGES else pilot.stage
    running = [str(step["title"]) for step in pilot.steps if step["status"] == "started"]
    steps = (
        words.say("running: {steps}", steps=", ".join(running))
        if running
        else words.say("no step is running")
    )
    text = f"*{blocks.safe(pilot.title)}*\n{SIGNS.get(pilot.stage, '')} {stage}; {blocks.safe(steps)}"
    button = blocks.button(
        words.button("See balance"),
        "pilot-balance",
        pilot.id,
        says=words.button("See balance of {pilot}", pilot=pilot.title),
    )
    return blocks.section(text, beside=button)
