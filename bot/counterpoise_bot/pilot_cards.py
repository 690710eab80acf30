"""Pilot cards: one a step in the pilot's channel, drawn from the log, with the positions people take on it."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counterpoise.application.faces import Circumstances, Member
from counterpoise_bot import pilot_steps, step_dialogs
from counterpoise_bot.card_passing import passing_cards
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Doors
from counterpoise_bot.drafts import through_chat
from counterpoise_bot.message import Account, Message, Place
from counterpoise_bot.people import People
from counterpoise_bot.pilot_steps import ENDED, Part
from counterpoise_bot.places import Places
from counterpoise_bot.round_pages import plainly
from counterpoise_bot.surroundings import Around
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Name, later

KIND = "card"
OLD = 14 * 86_400_000_000
"""The age from which a card is no longer where things are, in microseconds."""

Shareable = Callable[[Place, str], Awaitable[bool]]
"""Whether everybody in a place may read what has a label."""

TAKEN = {
    "consent": later("Your organisation consents to {step}."),
    "reservation": later("Your organisation consents to {step} with a reservation."),
    "objection": later("Your organisation objects to {step}. The coordinators are asked to look for a way."),
    "abstention": later("Your organisation abstains on {step}."),
}
PART = frozenset({"participant", "coordinator"})


class PilotCards:
    """Posts and redraws the cards of steps, and hears what people say to them."""

    def __init__(
        self, chat: Chat, around: Around, places: Places, people: People, *, shareable: Shareable
    ) -> None:
        self._chat = chat
        self._people = people
        self._around = around
        self._places = places
        self._shareable = shareable

    def listen(self, doors: Doors) -> None:
        """Name the doors."""
        doors.word("steps", self.steps)
        doors.action("step-show", self.show)
        doors.action("step-mine", self.show)
        doors.action("step-consent", self.consent)
        doors.action("step-abstain", self.abstain)
        doors.action("step-reserve", self.reserve)
        doors.action("step-object", self.object)
        doors.view("step-position", self.reasoned, check=said_why)

    async def follow(self, position: int) -> int:
        """Draw what changed after a position of the log, and return the position up to which it is drawn."""
        asked = self._chat.application.questions.steps.touched
        touched = (await self._chat.inside(asked, after=position)).value
        for pilot in touched["pilots"]:
            await self.draw(pilot)
        return int(touched["position"])

    async def draw(self, pilot: str) -> None:
        """Post and redraw the cards of a pilot in each of its channels."""
        places = await self._places.of_pilot(pilot)
        if not places:
            return
        cards = await self._cards(everybody(pilot), pilot)
        for place in places:
            for card in cards:
                await self._draw(place, card)

    async def card(self, reader: Member, name: str) -> Mapping[str, Any]:
        """Return a step, named `pilot/step`, as a member may see it; empty where they may not."""
        pilot, _, step = name.partition("/")
        asked = self._chat.application.questions.steps.card
        found = (await self._chat.inside(asked, reader, pilot=pilot, step=step)).value
        passing = await passing_cards(self._chat, [found] if found else [])
        return passing[0] if passing else {}

    async def steps(self, turn: Turn) -> None:
        """List the steps of a person's pilots, privately; those of the channel's pilot first."""
        around = await self._around.of(turn.person.member)
        here = await self._around.pilot_here(turn.place)
        pilots = sorted(
            (pilot for pilot in around.pilots.values() if not pilot.closed),
            key=lambda pilot: (pilot.id != here, pilot.title),
        )
        cards = [card for pilot in pilots for card in await self._cards(turn.person.member, pilot.id)]
        live = [card for card in cards if card["status"] not in ENDED]
        ended = [card for card in cards if card["status"] in ENDED]
        await turn.whisper(pilot_steps.listing(turn.person.words, [*live, *reversed(ended)]))

    async def show(self, turn: Turn) -> None:
        """Show a step to one person, in their language, with what they may do."""
        await self.shown(turn, turn.value)

    async def shown(self, turn: Turn, name: str, *, head: str = "") -> None:
        """Show a step, named `pilot/step`, under a sentence."""
        card = await self.card(turn.person.member, name)
        words = turn.person.words
        if not card:
            await turn.whisper(plainly(words.say("There is no such step, or none that you may see.")))
            return
        await turn.whisper(
            pilot_steps.own_view(words, card, part_of(turn, card), head=head, web=self._chat.web)
        )

    async def consent(self, turn: Turn) -> None:
        """Consent for one's organisation."""
        if await self._open(turn, turn.value):
            await self._take(turn, turn.value, "consent")

    async def abstain(self, turn: Turn) -> None:
        """Abstain for one's organisation."""
        if await self._open(turn, turn.value):
            await self._take(turn, turn.value, "abstention")

    async def reserve(self, turn: Turn) -> None:
        """Ask for the reservation."""
        await self._ask(turn, "reservation")

    async def object(self, turn: Turn) -> None:
        """Ask for the reason of an objection."""
        await self._ask(turn, "objection")

    async def reasoned(self, turn: Turn) -> None:
        """Take the position with its reason."""
        kind, name = str(turn.meta["kind"]), str(turn.meta["about"])
        await self._take(turn, name, kind, reason=str(turn.state.get("reason") or ""))

    async def _ask(self, turn: Turn, kind: str) -> None:
        """Open the dialog at once: what opens it lasts three seconds."""
        words = turn.person.words
        dialog = step_dialogs.reason(words, kind, about=turn.value, callback="step-position")
        await turn.open(dialog)

    async def _take(self, turn: Turn, name: str, position: str, *, reason: str = "") -> None:
        """Take a position, once for the one it takes the place of; say it again where it stands already."""
        card = await self.card(turn.person.member, name)
        words = turn.person.words
        if not card or card["status"] in ENDED:
            await self.shown(turn, name, head=moved_on(turn))
            return
        standing = next(
            (each for each in card["positions"] if each["actor"] == turn.person.member.actor), None
        )
        if standing is None or (standing["position"], standing["reason"]) != (position, reason):
            label = await self._label(turn)
            before = standing["event"] if standing else ""
            await turn.ask(
                self._chat.application.pilots.take_position,
                turn.person.member,
                pilot=card["pilot"],
                step=card["step"],
                position=position,
                reason=reason,
                how=Circumstances(
                    key=f"position/{name}/{position}/{before}/{_mark(reason)}", source="chat", label=label
                ),
            )
        said = words.say(TAKEN[position], step=Name(card["title"]))
        later_ = words.say("You can change it until the step ends.")
        await turn.whisper(plainly(f"{said} {later_}"))
        turn.later(self.draw(card["pilot"]))

    async def _label(self, turn: Turn) -> str:
        """Return the label of a position: the whole pilot's, or wider where chat takes nothing narrower."""
        ceiling = await turn.ask(self._chat.application.chat_ceiling, turn.person.member.actor)
        return "GREEN" if "GREEN" in through_chat(ceiling) else "CLEAR"

    async def _open(self, turn: Turn, name: str) -> bool:
        """Whether a card that was pressed is where things are; else it is said, and shown where they are."""
        pressed = float(turn.message or 0) * 1_000_000
        if pressed and self._chat.clock() - pressed > OLD:
            await self.shown(turn, name, head=moved_on(turn))
            return False
        return True

    async def _cards(self, reader: Member, pilot: str) -> Sequence[Mapping[str, Any]]:
        asked = self._chat.application.questions.steps.cards
        return await passing_cards(self._chat, (await self._chat.inside(asked, reader, pilot=pilot)).value)

    async def _draw(self, place: Place, card: Mapping[str, Any]) -> None:
        """Post a card, or redraw it if it looks otherwise than before; what ended unposted is left."""
        name = pilot_steps.place_of(card)
        key = f"{place.team}/{place.channel}/{name}"
        kept = self._chat.kept.get(KIND, key)
        if kept is None and card["status"] in ENDED:
            return
        if not await self._shareable(place, card["label"]):
            return
        words = await self._places.words_of(place)
        message = pilot_steps.face(words, card, web=self._chat.web)
        mark = _mark(json.dumps(asdict(message), sort_keys=True, default=str))
        if kept is None or not kept["ts"]:
            posted = await self._chat.out.post(place, message, key=f"card/{key}")
            kept = {"ts": posted.ts, "face": mark}
        elif kept["face"] != mark:
            await self._chat.out.update(place, kept["ts"], message, card=key)
            kept = {**kept, "face": mark}
        self._chat.kept.put(KIND, key, kept)
        if kept["ts"]:
            await self._details(place, card, kept["ts"])

    async def _details(self, place: Place, card: Mapping[str, Any], ts: str) -> None:
        """Put into a card's thread what was said about it: reasons, and what came of it."""
        words = await self._places.words_of(place)
        for position in card["positions"]:
            if position["position"] not in {"objection", "reservation"} or not position["name"]:
                continue
            if position["position"] == "reservation" and not position["reason"]:
                continue
            post = f"position/{position['event']}/{place.team}/{place.channel}"
            if self._chat.kept.get("spoken", post) is not None:
                continue
            called = await self._leading(card, position) if position["position"] == "objection" else []
            tags = [each.account.user for each in called if each.tagged and each.account.team == place.team]
            await self._say(place, pilot_steps.spoken(words, position, tags=tags), post=post, thread=ts)
            await self._write(place, position, [each for each in called if not each.tagged])
        if card["outcome"]:
            post = f"outcome/{card['outcome_event']}/{place.team}/{place.channel}"
            if self._chat.kept.get("spoken", post) is None:
                await self._say(place, pilot_steps.stated(words, card), post=post, thread=ts)

    async def _say(self, place: Place, message: Message, *, post: str, thread: str) -> None:
        await self._chat.out.post(place, message, key=post, thread=thread)
        self._chat.kept.put("spoken", post, {})

    async def _write(self, place: Place, position: Mapping[str, Any], called: Sequence["Called"]) -> None:
        """Tell coordinators who are not to be called in the channel of an objection, directly."""
        for each in called:
            person = await self._people.person(each.account, workspace=place.team)
            if person is not None:
                message = pilot_steps.spoken(person.words, position, tags=())
                key = f"position/{position['event']}/{each.member}"
                await self._chat.out.direct(
                    each.account, message, key=key, workspace=place.team, person=each.member
                )

    async def _leading(self, card: Mapping[str, Any], position: Mapping[str, Any]) -> list["Called"]:
        """Return the coordinators to call: nobody of the organisation that acted."""
        linked = await self._chat.inside(self._chat.application.linked_accounts)
        found: list[Called] = []
        for person, account in linked.items():
            member = await self._chat.inside(self._chat.application.speaker_at, *account)
            if member is None or "coordinator" not in member.roles.get(card["pilot"], frozenset()):
                continue
            settings = self._chat.kept.get("person", person) or {}
            if member.actor != position["actor"]:
                tagged = settings.get("where", "channel") == "channel"
                found.append(Called(person, Account(*account), tagged=tagged))
        return found


@dataclass(frozen=True)
class Called:
    """A coordinator whose help is asked for: by name in the channel, or directly."""

    member: str
    account: Account
    tagged: bool


def everybody(pilot: str) -> Member:
    """Return a reader who may read what everybody on a pilot may, and nothing else."""
    return Member(id="", actor="", roles={pilot: frozenset({"participant"})})


def part_of(turn: Turn, card: Mapping[str, Any]) -> Part:
    """Return what a person is to a step."""
    held = turn.person.member.roles.get(card["pilot"], frozenset())
    return Part(
        actor=turn.person.member.actor,
        coordinates="coordinator" in held,
        takes_part=bool(PART & held),
    )


def moved_on(turn: Turn) -> str:
    """Return what is said of a card that things have left behind."""
    return turn.person.words.say("This step has moved on. Here it is:")


def said_why(turn: Turn) -> Mapping[str, str]:
    """Return what is missing where a reason is owed."""
    owed = turn.meta.get("kind") not in step_dialogs.FREELY
    if owed and not str(turn.state.get("reason") or "").strip():
        return {"reason": turn.person.words.say("Please say why, in a few words.")}
    return {}


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
