"""What one person sees of the workspace, as plain values for the templates."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from markupsafe import Markup

from counterpoise_sandbox import modals, mrkdwn, wire
from counterpoise_sandbox.address import Address
from counterpoise_sandbox.emoji import named
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.mrkdwn import Reader
from counterpoise_sandbox.render import Place, blocks
from counterpoise_sandbox.workspace import (
    App,
    Channel,
    Message,
    Person,
    Unknown,
    View,
    Wire,
    Workspace,
    seconds,
)

AT_ONCE = 100
"""Messages of a conversation a page shows until somebody asks for the older ones."""
Found = dict[tuple[str, str, str, str], list[Wire]]
"""Options found for external selects: (person, surface, block, action), then each with the words it was found by."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry of the list of places: its address, name, kind, unread messages, and whether it is open."""

    address: str
    name: str
    kind: str
    unread: int = 0
    current: bool = False
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A message, Home or modal with its controls drawn; `name` says in a form which one it is."""

    name: str
    html: Markup
    active: bool


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """A reaction under a message."""

    name: str
    drawn: str
    count: int
    mine: bool
    who: str


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file under a message; `picture` is its address if it can be shown."""

    name: str
    kind: str
    size: int
    words: str
    address: str
    picture: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One message as a person sees it."""

    ts: str
    key: str
    author: str
    author_id: str
    guest: str
    app: bool
    initials: str
    hue: int
    day: str
    time: str
    moment: str
    surface: Surface | None
    words: Markup
    bare: str
    files: tuple[Attached, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    replies: int = 0
    edited: bool = False
    private: bool = False
    mine: bool = False
    small: bool = False
    streaming: bool = False
    editing: bool = False
    attachments: tuple[Surface, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """The modal on top of a person's stack."""

    id: str
    title: str
    submit: str
    close: str
    surface: Surface
    depth: int
    under: str
    trouble: str
    app: str
    disabled: bool
    wrong: bool


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command a person can use here."""

    name: str
    hint: str
    about: str
    app: str


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A shortcut of an app."""

    name: str
    app: str
    app_id: str
    callback_id: str


def direction(locale: str) -> str:
    """Return "rtl" for a locale written from right to left, else "ltr"."""
    try:
        return str(Locale.parse(locale, sep="-").text_direction)
    except (ValueError, LookupError):
        return "ltr"


def shown_name(person: Person) -> str:
    """Return the name a person goes by."""
    return person.display_name or person.real_name or person.name


def initials(name: str) -> str:
    """Return the letters that stand for a name in its little square."""
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"


def hue(name: str) -> int:
    """Return which of eight colours a name's square has."""
    return sum(map(ord, name)) % 8


def reader(engine: Engine, person: Person, address: Address | None = None) -> Reader:
    """Return how a person reads: names, zone, hours and language."""
    workspace = engine.workspace
    zone = ZoneInfo(person.tz)

    def leads(channel: str) -> str:
        return address.to(place=channel, thread="", tab="") if address else ""

    return Reader(
        people={one.id: shown_name(one) for one in workspace.people.values()},
        channels={one.id: one.name for one in workspace.channels.values() if sees(one, person)},
        zone=zone,
        hours=person.hours,
        locale=person.locale,
        now=engine.clock.moment().astimezone(zone),
        me=person.id,
        channel_address=leads if address else None,
    )


def sees(channel: Channel, person: Person) -> bool:
    """Return whether a person finds a conversation: they are in it, or it is public in their team."""
    return person.id in channel.members or (channel.kind == "public" and person.team in channel.teams)


def told_time(moment: datetime, person: Person) -> str:
    """Return a time of day by a person's hours and language."""
    pattern = "HH:mm" if person.hours == 24 else "h:mm a"  # noqa: PLR2004 (hours of a day)
    return format_time(moment, pattern, locale=Reader(locale=person.locale).language)


def told_day(moment: datetime, person: Person) -> str:
    """Return a day in a person's language."""
    return format_date(moment, "full", locale=Reader(locale=person.locale).language)


def people(workspace: Workspace) -> list[Person]:
    """Return everybody who is a person and no bot, in the order they were made."""
    return [
        one
        for one in workspace.people.values()
        if not one.is_bot and not one.deleted and one.id != "USLACKBOT"
    ]


def known_place(workspace: Workspace, named: str) -> str:
    """Return the id of the channel, app or person that goes by an id or a name; the words themselves if none does."""
    for find in (workspace.channel, workspace.app, workspace.person):
        with contextlib.suppress(Unknown):
            return find(named).id if named else ""
    return named


def apps_for(workspace: Workspace, person: Person) -> list[App]:
    """Return the apps installed where a person is."""
    return [one for one in workspace.apps.values() if workspace.installation(one.id, person.team)]


def commands(workspace: Workspace, person: Person) -> list[Command]:
    """Return the slash commands a person can use, by name."""
    offered = [
        Command(
            name=str(one["command"]),
            hint=str(one.get("usage_hint") or ""),
            about=str(one.get("description") or ""),
            app=app.bot_name,
        )
        for app in apps_for(workspace, person)
        for one in app.commands
    ]
    return sorted(offered, key=lambda one: one.name)


def shortcuts(workspace: Workspace, person: Person, kind: str) -> list[Shortcut]:
    """Return the shortcuts of a kind, "global" or "message"."""
    return [
        Shortcut(name=str(one["name"]), app=app.bot_name, app_id=app.id, callback_id=str(one["callback_id"]))
        for app in apps_for(workspace, person)
        for one in app.shortcuts
        if one["type"] == kind
    ]


class Eyes:
    """One person's view of the workspace at one moment."""

    def __init__(self, engine: Engine, person: Person, address: Address, found: Found, key: str) -> None:
        self.engine = engine
        self.workspace = engine.workspace
        self.person = person
        self.address = address
        self.reader = reader(engine, person, address)
        self._found = found
        self._key = key
        self._level = 2 if address.beside is None else 3

    def place(self, surface: str, state: Wire, errors: dict[str, str] | None = None) -> Place:
        """Return the place of a message, Home or modal."""
        found = {
            (block, action): [one["option"] for one in options]
            for (user, where, block, action), options in self._found.items()
            if (user, where) == (self.person.id, surface)
        }
        return replace(
            self._anywhere, key=f"{self._key}|{surface}", state=state, found=found, errors=errors or {}
        )

    @cached_property
    def _anywhere(self) -> Place:
        """What is the same at every place: who and what can be chosen, and how a person reads."""
        mine = [one for one in self.workspace.channels.values() if sees(one, self.person)]
        return Place(
            reader=self.reader,
            people=[(one.id, shown_name(one)) for one in people(self.workspace)],
            conversations=[(one.id, self.title(one)) for one in mine],
            channels=[(one.id, f"#{one.name}") for one in mine if one.kind in ("public", "private")],
            picture=self.picture,
            level=self._level,
        )

    def title(self, channel: Channel) -> str:
        """Return the name of a conversation: its own, or those of the others in it."""
        if channel.kind in ("public", "private"):
            return f"#{channel.name}"
        others = [one for one in channel.members if one != self.person.id] or [self.person.id]
        return ", ".join(shown_name(self.workspace.people[one]) for one in others)

    def picture(self, image: Mapping[str, Any]) -> str:
        """Return the address of an image that lies in the sandbox, else ""."""
        held = image.get("slack_file") or {}
        address = str(held.get("url") or image.get("image_url") or "")
        identifier = str(held.get("id") or "")
        base = f"{self.workspace.address}/files/"
        if not identifier and address.startswith(base):
            identifier = address.removeprefix(base).partition("/")[0]
        return f"/files/{identifier}?as={self.person.id}" if identifier in self.workspace.files else ""

    def rows(self, channel: Channel) -> tuple[list[Row], int]:
        """Return the messages of a conversation outside its threads, oldest first, and how many are left out."""
        said = [one for one in channel.ordered() if not _in_thread(one) or one.broadcast]
        private = [
            one for one in channel.ephemerals if one.seen_only_by == self.person.id and not one.thread_ts
        ]
        everything = sorted([*said, *private], key=lambda one: seconds(one.ts))
        left_out = 0 if self.address.look.older else max(len(everything) - AT_ONCE, 0)
        return [self.row(one) for one in everything[left_out:]], left_out

    def thread(self, channel: Channel, ts: str) -> list[Row]:
        """Return a message and its replies, oldest first."""
        said = [one for one in channel.ordered() if ts in (one.ts, one.thread_ts)]
        private = [
            one for one in channel.ephemerals if one.seen_only_by == self.person.id and one.thread_ts == ts
        ]
        return [self.row(one, "t") for one in sorted([*said, *private], key=lambda one: seconds(one.ts))]

    def row(self, message: Message, within: str = "m") -> Row:
        """Return one message as it is shown."""
        body = message.body
        moment = datetime.fromtimestamp(seconds(message.ts)[0], self.reader.zone)
        author, is_app = self._author(message)
        surface = self._surface(message, within)
        text = str(body.get("text") or "")
        return Row(
            ts=message.ts,
            key=f"{within}{message.ts.replace('.', '-')}-{self._key}",
            author=author,
            author_id=message.user,
            guest=self._guest(message.user),
            app=is_app,
            initials=initials(author),
            hue=hue(author),
            day=told_day(moment, self.person),
            time=told_time(moment, self.person),
            moment=moment.isoformat(),
            surface=surface,
            words=Markup() if surface else mrkdwn.html(text, self.reader),
            bare=mrkdwn.unescaped(text),
            files=tuple(self._files(body)),
            reactions=tuple(self._reactions(message)),
            replies=0 if message.seen_only_by else len(wire.replies(self.workspace, message)),
            edited=bool(message.edited),
            private=bool(message.seen_only_by),
            mine=message.user == self.person.id and not is_app,
            small=message.subtype
            in ("channel_join", "group_join", "channel_leave", "channel_topic", "tombstone"),
            streaming=message.streaming,
            editing=self.address.look.edit == message.ts,
            attachments=tuple(self._attachments(message, within)),
        )

    def _author(self, message: Message) -> tuple[str, bool]:
        body = message.body
        person = self.workspace.people.get(message.user)
        is_app = bool(message.app_id or body.get("bot_id") or (person and person.is_bot))
        given = body.get("username") or (body.get("bot_profile") or {}).get("name")
        return str(given or (shown_name(person) if person else "Slackbot")), is_app

    def _guest(self, user: str) -> str:
        """Return the organisation of somebody who is not of the reader's own, else ""."""
        author = self.workspace.people.get(user)
        foreign = author is not None and author.team != self.person.team
        return self.workspace.teams[author.team].name if author is not None and foreign else ""

    def _surface(self, message: Message, within: str) -> Surface | None:
        held = message.body.get("blocks")
        if not held or (not message.app_id and message.body.get("client_msg_id")):
            return None  # what a person typed is drawn from its text, where their emphasis stands
        name = f"message:{message.channel}:{message.ts}"
        state = message.state.get(self.person.id) or {}
        place = self.place(name, state)
        level = place.level + (within == "t")
        drawn = blocks(held, replace(place, key=f"{place.key}|{within}", level=level))
        return Surface(name=name, html=drawn, active=_acts(drawn))

    def _attachments(self, message: Message, within: str) -> Iterator[Surface]:
        name = f"message:{message.channel}:{message.ts}"
        state = message.state.get(self.person.id) or {}
        for number, one in enumerate(message.body.get("attachments") or ()):
            if one.get("blocks"):
                place = self.place(name, state)
                drawn = blocks(one["blocks"], replace(place, key=f"{place.key}|{within}|a{number}"))
            else:
                parts = (str(one.get(part) or "") for part in ("pretext", "title", "text"))
                said = "\n".join(part for part in parts if part) or str(one.get("fallback") or "")
                drawn = mrkdwn.html(said, self.reader)
            yield Surface(name=name, html=drawn, active=_acts(drawn))

    def _files(self, body: Wire) -> Iterator[Attached]:
        for identifier in body.get("files") or ():
            file = self.workspace.files.get(str(identifier))
            if file is None or file.deleted:
                continue
            yield Attached(
                name=file.title or file.name,
                kind=file.mimetype,
                size=len(file.content),
                words=file.alt_txt,
                address=f"/files/{file.id}?as={self.person.id}",
                picture=file.mimetype.startswith("image/"),
            )

    def _reactions(self, message: Message) -> Iterator[Reaction]:
        for name, who in message.reactions.items():
            names = ", ".join(self.reader.people.get(one, one) for one in who)
            mine = self.person.id in who
            yield Reaction(name=name, drawn=named(name) or f":{name}:", count=len(who), mine=mine, who=names)

    def home(self, app: App) -> Surface | None:
        """Return an app's Home, if it has published one for this person."""
        view = self.workspace.views.get(self.workspace.homes.get((app.id, self.person.id), ""))
        if view is None:
            return None
        name = f"view:{view.id}"
        drawn = blocks(view.body["blocks"], self.place(name, view.state))
        return Surface(name=name, html=drawn, active=True)

    def dialog(self) -> Dialog | None:
        """Return the modal on top, if one is open."""
        stack = modals.stack(self.engine, self.person.id)
        if not stack:
            return None
        top = stack[-1]
        name = f"view:{top.id}"
        drawn = blocks(top.body["blocks"], replace(self.place(name, top.state, top.errors), level=3))
        return Dialog(
            id=top.id,
            title=_title(top),
            submit=_text(top.body.get("submit")),
            close=_text(top.body.get("close")) or "Cancel",
            surface=Surface(name=name, html=drawn, active=True),
            depth=len(stack),
            under=_title(stack[-2]) if len(stack) > 1 else "",
            trouble=top.trouble,
            app=self.workspace.apps[top.app_id].bot_name,
            disabled=bool(top.body.get("submit_disabled")),
            wrong=bool(top.errors),
        )

    def line(self, channel: Channel) -> Line:
        """Return a conversation's entry in the list of places."""
        last = channel.read.get(self.person.id, "")
        unread = sum(
            1
            for one in channel.messages.values()
            if one.user != self.person.id and not _in_thread(one) and seconds(one.ts) > seconds(last)
        )
        unread += sum(
            1
            for one in channel.ephemerals
            if one.seen_only_by == self.person.id and seconds(one.ts) > seconds(last)
        )
        current = self.address.look.place == channel.id
        return Line(
            address=self.address.to(place=channel.id, thread="", tab=""),
            name=self.title(channel).removeprefix("#"),
            kind=channel.kind,
            unread=0 if current else unread,
            current=current,
        )


def _in_thread(message: Message) -> bool:
    return bool(message.thread_ts) and message.thread_ts != message.ts


def _acts(drawn: Markup) -> bool:
    return 'name="' in drawn


def _title(view: View) -> str:
    return _text(view.body.get("title"))


def _text(held: Wire | None) -> str:
    return mrkdwn.unescaped(str((held or {}).get("text") or ""))
