"""People who ask everything and press whatever the answers offer, and a transcript of all that reached each of them."""

import contextlib
import json
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any

from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.record import Exchange
from tests.journeys.office import PILOT_CHANNEL, Office, account

Wire = Mapping[str, Any]

SPARED = (
    "record-withdraw", "record-undo", "source-withdraw", "draft-discard", "scan-discard", "pilot-part", "figure-web"
)  # fmt: skip
"""What would take something away that others still ask for, and what leads out of Slack."""
MOST_PAGES = 14
"""Pages of dialogs that one press leads through, at most."""
PLAIN = "A harmless remark about the weather at the pier"
COMMANDS = (
    ("/counterpoise", ""),
    ("/counterpoise", "help"),
    ("/counterpoise", "wurzel"),
    ("/counterpoise", "records"),
    ("/counterpoise", "trust"),
    ("/counterpoise", "spillover"),
    ("/counterpoise", "lessons canary"),
    ("/counterpoise", "steps"),
    ("/counterpoise", "scan"),
    ("/counterpoise", "settings"),
    ("/counterpoise", "language"),
    ("/counterpoise", "private"),
    ("/counterpoise", "anonymous"),
    ("/counterpoise", "pilot"),
    ("/balance", ""),
    ("/balance", "The radio"),
    ("/balance", "The ferry as of yesterday"),
    ("/reflect", ""),
    ("/concern", ""),
    ("/concern", PLAIN),
)
"""Every command, and every word of the umbrella."""
SAID = ("How does the balance of the ferry stand?", "I am afraid that canary families lose trust", "Hm, well")
"""What is written to the bot in one's own words."""


class Transcript:
    """What reached each person: whatever was sent to them alone, or to a conversation they are in."""

    def __init__(self, here: Office) -> None:
        self._here = here
        self._seen = len(here.sandbox.record.since(0))
        self.told: dict[str, list[str]] = defaultdict(list)
        self.sent: list[Exchange] = []

    def note(self, acting: str) -> None:
        """Add what was sent since the last note, while somebody acted."""
        fresh = self._here.sandbox.record.since(self._seen)
        self._seen += len(fresh)
        for each in fresh:
            if each.way in {"api", "response_url", "command", "interaction", "options"}:
                self.sent.append(each)
                text = json.dumps(outward(each), ensure_ascii=False)
                for user in self._hearers(each, acting):
                    self.told[user].append(f"{each.name}: {text}")

    def look(self, *people: str) -> None:
        """Add what these people see on their whole screen."""
        for who in people:
            screen = json.dumps(self._here.screen(who).everything(), ensure_ascii=False)
            self.told[account(who)].append(f"screen: {screen}")

    def _hearers(self, each: Exchange, acting: str) -> Sequence[str]:
        request = each.request
        if each.way == "response_url" and request.get("response_type") != "in_channel":
            return [each.user]
        if each.name == "chat.postEphemeral":
            return [str(request["user"])]
        if each.name == "views.publish":
            return [str(request["user_id"])]
        channel = self._here.sandbox.workspace.channels.get(
            str(request.get("channel") or request.get("channel_id"))
        )
        if (
            each.way == "api"
            and channel is not None
            and each.name.startswith(("chat.", "files.", "reactions."))
        ):
            return list(channel.members)
        if each.way == "api" and not each.name.startswith("views."):
            return []
        return [account(acting)]


def outward(each: Exchange) -> Wire:
    """Return what the bot sent: requests of its calls, answers to what it was asked."""
    return each.request if each.way in {"api", "response_url"} else each.answer


class Walker:
    """Somebody who tries every door and presses everything once."""

    def __init__(self, here: Office, who: str, transcript: Transcript, *, rooms: Sequence[str]) -> None:
        self._here = here
        self._who = who
        self._person = here.person(who)
        self._screen = here.screen(who)
        self._transcript = transcript
        self._rooms = rooms
        self._pressed: set[str] = set()

    async def walk(self, *, turn: int = 0, every: int = 1) -> None:
        """Try every door, or every so-manieth beginning at a turn, and press what is then to be seen."""
        for place, (command, text) in enumerate(COMMANDS):
            if (place + turn) % every == 0:
                room = (*self._rooms, "")[place % (len(self._rooms) + 1)]
                await self._try(self._person.command(command, text, channel=room))
        for text in SAID:
            await self._try(self._person.say("Counterpoise", text))
        await self._try(self._person.open_home())
        for name in ("new-concern", "new-reflection"):
            await self._try(self._person.shortcut(name))
        await self._messages()

    async def again(self) -> None:
        """Press everything that stands on the screen from before, once more."""
        self._pressed = set()
        await self._press()

    async def _messages(self) -> None:
        """Write in the pilot's channel with a mention, mark it, and use a shortcut on it and on what another wrote."""
        said = await self._person.say(PILOT_CHANNEL, f"@Counterpoise {PLAIN}")
        await self._try(self._person.react(PILOT_CHANNEL, str(said["ts"]), "scales"))
        written = [each for each in self._screen.messages(PILOT_CHANNEL) if not each.get("bot_id")]
        for each in (written[0], written[-1]):
            ts = str(each["ts"])
            await self._try(self._person.message_shortcut("record-concern", PILOT_CHANNEL, ts))

    async def _try(self, deed: Coroutine[Any, Any, object]) -> None:
        """Do what can be done: somebody of another workspace has no commands of the bot's."""
        with contextlib.suppress(Impossible):
            await deed
        await self._press()

    async def _settled(self) -> None:
        await self._here.quiet()
        self._transcript.note(self._who)

    async def _press(self) -> None:
        """Press what is to be seen and was not pressed before, until nothing is new."""
        await self._settled()
        while (found := next(self._unpressed(), None)) is not None:
            place, element = found
            self._pressed.add(_family(element))
            try:
                await self._do(element, place)
            except Impossible:
                continue
            await self._settled()
            await self._through_dialogs()

    def _unpressed(self) -> Iterator[tuple[dict[str, str], Wire]]:
        seen = [one for channel in self._screen.channels() for one in self._screen.messages(channel["id"])]
        places: list[tuple[dict[str, str], Sequence[Wire]]] = [
            ({"channel": str(one["channel"]), "ts": str(one["ts"])}, one.get("blocks") or [])
            for one in sorted(seen, key=lambda one: -int(one["number"]))
        ]
        home = self._screen.home()
        if home is not None:
            places.append(({"home": "Counterpoise"}, home["blocks"]))
        for place, blocks in places:
            for element in _elements(blocks):
                if _family(element) not in self._pressed and not element["action_id"].startswith(SPARED):
                    yield place, element

    async def _do(self, element: Wire, place: Mapping[str, str]) -> None:
        action = str(element["action_id"])
        if element["type"] == "button":
            await self._person.click(action, value=str(element.get("value", "")), **place)
        elif element["type"] == "feedback_buttons":
            await self._person.click(action, **place)
        elif (value := _value(element)) is not None:
            await self._person.choose(action, value, **place)

    async def _through_dialogs(self) -> None:
        """Fill in and send every dialog that stands, page after page; close what does not let go."""
        for _ in range(MOST_PAGES):
            view = self._screen.modal()
            if view is None:
                return
            for element in _elements(view["blocks"]):
                if element["type"] == "button" and _family(element) not in self._pressed:
                    self._pressed.add(_family(element))
                    if not element.get("url"):
                        await self._person.click(
                            str(element["action_id"]), value=str(element.get("value", ""))
                        )
                        await self._settled()
                    break
            view = self._screen.modal()
            if view is None:
                return
            if view.get("submit") is None:
                await self._person.close()
            else:
                answer = await self._person.submit(_filled(view))
                await self._settled()
                if answer["errors"]:
                    break
            await self._settled()
        while self._screen.modal() is not None:
            await self._person.close()
            await self._settled()


def _family(element: Wire) -> str:
    return str(element["action_id"]) if element["action_id"].startswith("word-") else _plain(element)


def _plain(element: Wire) -> str:
    return str(element["action_id"]).partition(":")[0]


def _elements(blocks: Sequence[Wire]) -> Iterator[Wire]:
    """Yield everything that can be pressed, chosen from or written into."""
    for block in blocks:
        beside = [block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict)]
        for element in (*block.get("elements", ()), *beside):
            if isinstance(element, dict) and element.get("action_id"):
                yield element


def _filled(view: Wire) -> dict[str, Any]:
    inputs = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    values = {str(element["action_id"]): _value(element) for element in inputs}
    return {name: value for name, value in values.items() if value is not None}


def _value(element: Wire) -> object:
    """Return something that fits an input; None where it is left as it is."""
    options = [
        *element.get("options", ()),
        *(option for group in element.get("option_groups", ()) for option in group["options"]),
    ]
    kind = str(element["type"])
    if kind == "plain_text_input":
        return element.get("initial_value") or PLAIN
    if kind == "datepicker":
        return "2024-10-02"
    if kind == "number_input":
        return "1"
    if kind in {"checkboxes", "multi_static_select"}:
        return [options[0]["value"]] if options else None
    return options[-1]["value"] if options else None
