"""Turns: one thing that somebody did in Slack, who it was, and how they are answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Message, Place
from counterpoise_bot.people import Person

P = ParamSpec("P")
T = TypeVar("T")
Body = Mapping[str, Any]
DIRECT = "D"
"""What the id of a conversation between two begins with."""


@dataclass
class Turn:
    """One thing a person did. Fields that do not apply are empty.

    `place` and `thread` are where it was done, `message` the ts of the message acted on, `trigger` what opens a dialog
    within 3 s, `url` a response_url, `key` what makes its repetition harmless. `state` holds the inputs of the view or
    message by action id, as plain values; `meta` the view's private metadata.
    """

    chat: Chat
    person: Person
    key: str
    body: Body
    place: Place | None = None
    team: str = ""
    thread: str = ""
    message: str = ""
    trigger: str = ""
    url: str = ""
    text: str = ""
    value: str = ""
    state: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    view: Body = field(default_factory=dict)
    page: asyncio.Future[Body] | None = field(default=None, repr=False)
    _later: list[Coroutine[Any, Any, None]] = field(default_factory=list, repr=False)

    async def ask(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the application; its refusals pass through and are put into words by whoever called."""
        return await self.chat.inside(ask, *args, **kwargs)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something once this turn is answered."""
        self._later.append(work)

    async def finish(self) -> None:
        """Do what was put off."""
        while self._later:
            await self._later.pop(0)

    @property
    def direct_place(self) -> bool:
        """Whether the turn stands in a conversation between the person and the bot."""
        return self.place is not None and self.place.channel.startswith(DIRECT)

    async def whisper(self, message: Message) -> None:
        """Answer so that nobody else sees it."""
        out = self.chat.out
        if self.url and await out.respond(self.url, message, replace=False):
            return
        if self.place is None:
            await self.direct(message)
        elif self.direct_place:
            await out.post(self.place, message, key=f"{self.key}/answer", thread=self.thread)
        else:
            await out.whisper(self.place, self.person.account.user, message, thread=self.thread)

    async def replace(self, message: Message) -> None:
        """Put another message in the place of the one that was acted on; answer anew where that cannot be."""
        acted_on = self.url and self.body.get("message", self.body.get("container"))
        if acted_on and await self.chat.out.respond(self.url, message, replace=True):
            return
        if self.place is not None and self.message and self.direct_place:
            await self.chat.out.update(self.place, self.message, message, card=self.message)
        else:
            await self.whisper(message)

    async def clear(self) -> None:
        """Take away the message that was acted on."""
        if self.url and await self.chat.out.clear(self.url):
            return
        if self.place is not None and self.message:
            await self.chat.out.remove(self.place, self.message)

    async def direct(self, message: Message, *, about: str = "") -> None:
        """Write to the person in the conversation between them and the bot."""
        await self.chat.out.direct(
            self.person.account,
            message,
            key=f"{self.key}/direct/{about}",
            workspace=self.team,
            person=self.person.member.id,
        )

    async def open(self, view: Body) -> None:
        """Open a dialog; where its time has run out the person is told in words."""
        await self.chat.out.open(self.team, self.trigger, view, person=self.person)

    async def push(self, view: Body) -> None:
        """Lay a dialog over the one that stands."""
        await self.chat.out.push(self.team, self.trigger, view, person=self.person)

    async def show(self, view: Body) -> None:
        """Put another page into the dialog that stands: with its acknowledgement, while that is not given yet."""
        if self.page is not None and not self.page.done():
            self.page.set_result(view)
            return
        await self.chat.out.update_view(self.team, str(self.view.get("id", "")), view)


async def given(turn: Turn, work: Callable[[Turn], Awaitable[None]]) -> None:
    """Run a listener and then what it put off."""
    await work(turn)
    await turn.finish()


def inputs(body: Body) -> Mapping[str, Any]:
    """Return what stands in the inputs of a view or message, by action id: text, option values, days, ids."""
    state = (body.get("view") or {}).get("state") or body.get("state") or {}
    values = state.get("values") or {}
    return {
        action: _entered(element) for block in values.values() for action, element in block.items() if element
    }


def _entered(element: Body) -> object:
    """Return the plain value of one input; None where nothing was chosen."""
    match element.get("type"):
        case "plain_text_input" | "number_input" | "email_text_input" | "url_text_input":
            return element.get("value") or ""
        case "rich_text_input":
            return _words(element.get("rich_text_value") or {})
        case "static_select" | "external_select" | "radio_buttons" | "overflow":
            return (element.get("selected_option") or {}).get("value", "")
        case "multi_static_select" | "multi_external_select" | "checkboxes":
            return [each["value"] for each in element.get("selected_options") or []]
        case "multi_users_select":
            return list(element.get("selected_users") or [])
        case "users_select":
            return element.get("selected_user") or ""
        case "conversations_select" | "channels_select":
            return element.get("selected_conversation") or element.get("selected_channel") or ""
        case "datepicker":
            return element.get("selected_date") or ""
        case "timepicker":
            return element.get("selected_time") or ""
        case "datetimepicker":
            return element.get("selected_date_time") or 0
        case _:
            return element.get("value") or ""


def _words(rich: Body) -> str:
    """Return rich text as the words in it, a line a paragraph."""
    lines: list[str] = []
    for part in rich.get("elements", ()):
        inner: Sequence[Body] = part.get("elements", ())
        if part.get("type") == "rich_text_list":
            lines += [f"- {_words({'elements': [each]})}" for each in inner]
        else:
            lines.append("".join(each.get("text") or each.get("url") or "" for each in inner))
    return "\n".join(lines).strip()


def meta_of(view: Body) -> Mapping[str, Any]:
    """Return a view's private metadata; nothing where it is not ours."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def packed(**meta: object) -> str:
    """Return private metadata or a button's value: small, and neither words nor names."""
    return json.dumps(meta, separators=(",", ":"), sort_keys=True)


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do several things at once, each to its end, and raise the first error there was."""
    ended = await asyncio.gather(*works, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
