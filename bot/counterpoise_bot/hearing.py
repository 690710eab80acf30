"""Hearing: every request Slack makes becomes a turn at one door, is acknowledged first, and is answered in words.

Bolt is given one listener a kind of request, which hears all of them: no command, button or dialog, however old, is
left without an answer.
"""

import asyncio
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from counterpoise.application.faces import Refusal
from counterpoise_bot.blocks import home, modal, section
from counterpoise_bot.chat import Chat
from counterpoise_bot.doors import Dialog, Doors, Listener
from counterpoise_bot.linking import Linking
from counterpoise_bot.message import Account, Block, Message, Place
from counterpoise_bot.people import People, Person, account_of
from counterpoise_bot.refused import broken, moved_on, refused
from counterpoise_bot.turns import Body, Turn, given, inputs, meta_of
from counterpoise_bot.words import of

log = logging.getLogger(__name__)
Hear = Callable[[dict[str, Any], AsyncAck], Awaitable[None]]

UNSAID, UNSAID_FOR = "unsaid", 7 * 86_400_000_000
"""Where what was said while the records were out of reach waits, sealed, and for how long (microseconds)."""

READ_ONLY = "I cannot reach my records just now, so nothing was recorded. Please try again in a few minutes."
KEPT_FOR_LATER = (
    "I cannot reach my records just now. I have kept your words, sealed, and will show them to you as a draft as soon "
    "as I can. Nothing is recorded yet."
)
"""Said in English: whose language it would be cannot be found out either."""

EVERY = re.compile(r".*", re.DOTALL)
SOON = 1.5
"""Seconds a dialog that stands waits for its next page before it says that it is working; Slack waits for three."""

REMEMBERED = 20_000
"""How many requests that were answered are known again; beyond a restart a draft's id and the outbox know them."""

WORDS = {"/concern": "concern", "/reflect": "reflect", "/balance": "balance"}
"""Slash commands, and the word each is short for; every other command is the umbrella."""


@dataclass(frozen=True)
class Request:
    """What is the same in every kind of request: whose, where, and what makes its repetition harmless."""

    body: Body
    account: Account
    team: str
    key: str


class Hearing:
    """Acknowledges, finds out who speaks, opens the door, and puts into words what goes wrong."""

    def __init__(self, chat: Chat, doors: Doors, people: People, linking: Linking) -> None:
        self._chat = chat
        self._doors = doors
        self._people = people
        self._linking = linking
        self._now: set[str] = set()
        self._past: OrderedDict[str, None] = OrderedDict()

    def attend(self, app: AsyncApp) -> None:
        """Listen to everything an app may be sent."""
        app.event(EVERY)(self._safely(self.event))
        app.command(EVERY)(self._safely(self.command))
        app.shortcut(EVERY)(self._safely(self.shortcut))
        app.action(EVERY)(self._safely(self.action))
        app.view(EVERY)(self._safely(self.view))
        app.view_closed(EVERY)(self._safely(self.closing))
        app.options(EVERY)(self.menu)

    async def catch_up(self) -> None:
        """Make drafts of what was said while the records could not be reached; each comes directly."""
        for key, unsaid in self._chat.kept.all(UNSAID):
            account = Account(*unsaid["account"])
            request = Request({}, account, unsaid["team"], key)
            person = await self._person(request)
            if self._chat.kept.drop(UNSAID, key) and person is not None:
                turn = _turn(self._chat, person, request, text=unsaid["text"])
                await self._turn(turn, self._doors.words["concern"])

    async def event(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear an event, once, however often and under whatever id Slack sends it."""
        await ack()
        event = body.get("event") or {}
        if await self._of_slack(body, event):
            return
        listeners = self._doors.events.get(str(event.get("type")), [])
        request = _request(body, _event_key(body, event))
        if not listeners or request is None or self._ours(event):
            return
        if self._heard(request.key):
            return
        try:
            person = await self._person(request)
            if person is None:
                await self._stranger(request, event)
                return
            for listener in listeners:
                await self._turn(_event_turn(self._chat, person, request, event), listener)
        finally:
            self._now.discard(request.key)
        self._remember(request.key)

    async def command(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear a slash command."""
        await ack()
        request = _request(body, f"command/{body.get('user_id')}/{body.get('trigger_id')}")
        if request is None or self._heard(request.key):
            return
        try:
            name, text = str(body.get("command", "")), str(body.get("text") or "").strip()
            if name == "/counterpoise" and (code := self._linking.code_in(text)) is not None:
                await self._link(request, code)
                return
            person = await self._person(request)
            if person is None:
                await self._told(request, self._linking.stranger())
                return
            turn = _turn(self._chat, person, request, text=text)
            word = WORDS.get(name, "")
            listener = self._doors.words.get(word, self._doors.commands["umbrella"])
            await self._turn(turn, listener)
        finally:
            self._now.discard(request.key)
        self._remember(request.key)

    async def shortcut(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear a shortcut, global or on a message."""
        await ack()
        name = str(body.get("callback_id", ""))
        key = f"shortcut/{_user(body)}/{body.get('trigger_id')}"
        await self._acted(body, key, self._doors.shortcuts.get(name))

    async def action(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear a button or a choice. One that is pressed again is answered again, and does nothing twice."""
        await ack()
        action = (body.get("actions") or [{}])[0]
        name = str(action.get("action_id", ""))
        if action.get("type") == "button" and action.get("url"):
            return
        container = body.get("container") or {}
        where = container.get("message_ts") or container.get("view_id") or ""
        value = _chosen(action)
        key = f"action/{_user(body)}/{where}/{name}/{value}"
        listener = self._doors.actions.get(name) or self._doors.actions.get(name.partition(":")[0])
        await self._acted(body, key, listener, value=value)

    async def view(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear a dialog that was sent: look at it, let it close or wait, then do what it asks."""
        view = body.get("view") or {}
        dialog = self._doors.dialogs.get(str(view.get("callback_id", "")))
        meta = meta_of(view)
        key = f"view/{meta.get('draft') or view.get('id')}/{view.get('callback_id')}/{_user(body)}"
        request = _request(body, key)
        person = await self._person(request) if request is not None else None
        if request is None or person is None or dialog is None:
            await ack(response_action="clear")
            if request is not None:
                await self._told(request, self._linking.stranger() if person is None else moved_on(person))
            return
        turn = _turn(self._chat, person, request, text="")
        if dialog.check is not None and (wrong := dialog.check(turn)):
            await ack(response_action="errors", errors=dict(wrong))
            return
        if dialog.waits:
            await self._waited(turn, dialog, ack)
            return
        await ack()
        await self._turn(turn, dialog.heard)

    async def closing(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear a dialog that was closed unsent: what was typed in it is kept by whoever opened it."""
        await ack()
        view = body.get("view") or {}
        listener = self._doors.closings.get(str(view.get("callback_id", "")))
        if listener is not None:
            await self._acted(body, f"closed/{view.get('id')}/{_user(body)}", listener)

    async def menu(self, body: dict[str, Any], ack: AsyncAck) -> None:
        """Hear what somebody types into a menu, and offer choices."""
        choices = self._doors.menus.get(str(body.get("action_id", "")))
        request = _request(body, "")
        person = await self._person(request) if request is not None else None
        if choices is None or person is None or request is None:
            await ack(options=[])
            return
        turn = _turn(self._chat, person, request, text=str(body.get("value") or ""))
        try:
            offered = [dict(each) for each in await choices(turn)][:100]
        except Refusal:
            offered = []
        await ack(options=offered)

    def _safely(self, hear: Hear) -> Hear:
        """Return a listener that answers even where it cannot be found out who speaks: the records are out of reach."""

        async def heard(body: dict[str, Any], ack: AsyncAck) -> None:
            try:
                await hear(body, ack)
            except Exception as trouble:  # noqa: BLE001  whatever it is, the person is told
                log.error("a request could not be heard: %s", type(trouble).__name__)  # noqa: TRY400  no words in logs
                await self._out_of_reach(body)

        return heard

    async def _out_of_reach(self, body: Body) -> None:
        """Keep a concern that was typed until the records can be reached, and say so; nothing else is kept."""
        request = _request(body, f"unsaid/{body.get('trigger_id') or body.get('event_id')}")
        event = body.get("event") or {}
        if request is not None and event.get("type") == "app_home_opened":
            page = home([section(READ_ONLY)])
            await self._chat.out.publish(request.account, page, workspace=request.team)
        if request is None or (event and not _spoken_to(event)):
            return
        text = str(body.get("text") or "").strip() if body.get("command") == "/concern" else ""
        if text:
            unsaid = {"account": list(request.account), "team": request.team, "text": text}
            until = self._chat.clock() + UNSAID_FOR
            self._chat.kept.put(UNSAID, request.key, unsaid, until=until)
        await self._told(request, Message(KEPT_FOR_LATER if text else READ_ONLY))

    async def _acted(self, body: Body, key: str, listener: Listener | None, *, value: str = "") -> None:
        """Take a turn that a person began by pressing something."""
        request = _request(body, key)
        if request is None:
            return
        person = await self._person(request)
        if person is None:
            await self._told(request, self._linking.stranger())
            return
        turn = _turn(self._chat, person, request, value=value)
        if listener is None:
            await turn.whisper(moved_on(person))
            return
        await self._turn(turn, listener)

    async def _turn(self, turn: Turn, listener: Listener, *, waits: bool = False) -> None:
        """Take a turn to its end; whatever goes wrong is said, and what was kept, and what to do."""
        try:
            await given(turn, listener)
        except Refusal as refusal:
            await self._say(turn, refused(turn.person, refusal), waits=waits)
        except Exception:
            reference = secrets.token_hex(2).upper()
            log.exception("a turn failed, reference %s", reference)
            await self._say(turn, broken(turn.person, reference), waits=waits)

    async def _say(self, turn: Turn, message: Message, *, waits: bool) -> None:
        try:
            if waits:
                words = turn.person.words
                page: list[Block] = list(message.blocks) or [section(message.text)]
                await turn.show(
                    modal(words.title("Not done"), page, callback="told", close=words.title("Close"))
                )
                return
            await turn.whisper(message)
        except Exception:
            log.exception("an answer could not be given")

    async def _waited(self, turn: Turn, dialog: Dialog, ack: AsyncAck) -> None:
        """Acknowledge a dialog that stands with its next page, or, where that takes longer, say so until it is there.

        A page that is sent beside the acknowledgement could be overtaken by it, and be lost.
        """
        turn.page = page = asyncio.get_running_loop().create_future()
        work = asyncio.create_task(self._turn(turn, dialog.heard, waits=True))
        await asyncio.wait([page, work], timeout=SOON, return_when=asyncio.FIRST_COMPLETED)
        words = turn.person.words
        waiting = modal(words.title("One moment"), [section(words.say("Working on it."))], callback="working")
        if page.done():
            await ack(response_action="update", view=dict(self._chat.out.checked(page.result())))
        elif work.done():
            await ack()
        else:
            page.cancel()
            await ack(response_action="update", view=dict(waiting))
        await work

    async def _person(self, request: Request) -> Person | None:
        return await self._people.person(request.account, workspace=request.team)

    async def _of_slack(self, body: Body, event: Mapping[str, Any]) -> bool:
        """Hear what Slack says of itself: the bot came into a channel, a person's profile changed."""
        kind = event.get("type")
        if kind == "member_joined_channel" and event.get("user") in _bots(body):
            for arrived in self._doors.arrivals:
                await arrived(Place(str(event.get("team") or body.get("team_id")), str(event["channel"])))
            return True
        if kind != "user_change":
            return False
        account = account_of(body)
        if account is not None:
            self._people.forget(account)
            if (event.get("user") or {}).get("deleted"):
                ended = self._chat.application.members.deactivated
                await self._chat.inside(ended, team=account.team, user=account.user)
        return True

    async def _stranger(self, request: Request, event: Mapping[str, Any]) -> None:
        """Answer somebody who is linked to no member, if it was the bot they spoke to; keep nothing but a count."""
        self._linking.count()
        if _spoken_to(event):
            await self._told(request, self._linking.stranger())

    async def _link(self, request: Request, code: str) -> None:
        try:
            await self._linking.link(request.account, code)
        except Refusal as refusal:
            await self._told(request, self._linking.refused(refusal))
            return
        person = await self._person(request)
        await self._told(request, self._linking.linked(person.words if person is not None else of("en")))

    async def _told(self, request: Request, message: Message) -> None:
        """Tell somebody who may be no member something, privately."""
        url = str(request.body.get("response_url") or "")
        if url:
            await self._chat.out.respond(url, message, replace=False)
            return
        await self._chat.out.direct(
            request.account, message, key=f"{request.key}/told", workspace=request.team
        )

    def _ours(self, event: Mapping[str, Any]) -> bool:
        """Whether the bot hears itself, or another bot."""
        said = event.get("message") if isinstance(event.get("message"), Mapping) else event
        return bool((said or {}).get("bot_id")) or event.get("subtype") == "bot_message"

    def _heard(self, key: str) -> bool:
        """Whether this was heard before, or is being heard; from now on it is."""
        if key in self._now or key in self._past:
            return True
        self._now.add(key)
        return False

    def _remember(self, key: str) -> None:
        self._past[key] = None
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)


def _request(body: Body, key: str) -> Request | None:
    account = account_of(body)
    if account is None:
        return None
    team = body.get("team_id") or (body.get("team") or {}).get("id") or account.team
    return Request(body, account, str(team), key)


def _turn(chat: Chat, person: Person, request: Request, *, text: str = "", value: str = "") -> Turn:
    """Return the turn of a command, a shortcut, a button or a dialog."""
    body = request.body
    container, message, view = (body.get(part) or {} for part in ("container", "message", "view"))
    channel = (
        body.get("channel_id") or container.get("channel_id") or (body.get("channel") or {}).get("id") or ""
    )
    return Turn(
        chat=chat,
        person=person,
        key=request.key,
        body=body,
        place=Place(request.team, channel) if channel else None,
        team=request.team,
        thread=str(container.get("thread_ts") or message.get("thread_ts") or ""),
        message=str(container.get("message_ts") or message.get("ts") or body.get("message_ts") or ""),
        trigger=str(body.get("trigger_id") or ""),
        url=str(body.get("response_url") or ""),
        text=text,
        value=value,
        state=inputs(body),
        meta=meta_of(view),
        view=view,
    )


def _event_turn(chat: Chat, person: Person, request: Request, event: Mapping[str, Any]) -> Turn:
    """Return the turn of an event."""
    item = event.get("item") or {}
    channel = event.get("channel") or item.get("channel") or ""
    if isinstance(channel, Mapping):
        channel = channel.get("id") or ""
    return Turn(
        chat=chat,
        person=person,
        key=request.key,
        body=request.body,
        place=Place(request.team, str(channel)) if channel else None,
        team=request.team,
        thread=str(event.get("thread_ts") or ""),
        message=str(event.get("ts") or item.get("ts") or ""),
        text=str(event.get("text") or ""),
        value=str(event.get("reaction") or event.get("tab") or ""),
    )


def _event_key(body: Body, event: Mapping[str, Any]) -> str:
    """Return what is the same however often an event is sent: its place and time, not its id, where it has them."""
    item = event.get("item") or {}
    channel = event.get("channel") or item.get("channel") or ""
    at = event.get("event_ts") or event.get("ts")
    if not (channel and at):
        return f"event/{body.get('event_id')}"
    parts = (body.get("team_id"), channel, at, event.get("type"), event.get("subtype"), event.get("user"))
    return "event/" + "/".join(str(part or "") for part in parts)


def _spoken_to(event: Mapping[str, Any]) -> bool:
    """Whether an event is somebody who speaks to the bot."""
    to_us = event.get("type") == "app_mention" or event.get("channel_type") == "im"
    return to_us and not event.get("subtype") and not event.get("bot_id")


def _bots(body: Body) -> set[str]:
    """Return the user ids under which the bot itself is known where a request comes from."""
    return {str(each.get("user_id")) for each in body.get("authorizations") or [] if each.get("is_bot")}


def _user(body: Body) -> str:
    user = body.get("user") or {}
    return f"{user.get('team_id') or ''}.{user.get('id') or ''}"


def _chosen(action: Mapping[str, Any]) -> str:
    """Return the value of what was pressed or chosen."""
    if option := action.get("selected_option"):
        return str(option.get("value", ""))
    if "selected_options" in action:
        return ",".join(str(each["value"]) for each in action["selected_options"] or [])
    for name in ("value", "selected_date", "selected_conversation", "selected_user", "selected_time"):
        if action.get(name):
            return str(action[name])
    return ""
