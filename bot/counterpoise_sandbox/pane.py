"""One pane of a page: everything one person sees at once, put together for the template."""

from dataclasses import dataclass, field, replace

from counterpoise_sandbox import showing
from counterpoise_sandbox.address import Address, Look
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.guide import Guide, Step
from counterpoise_sandbox.mrkdwn import SCHEMES
from counterpoise_sandbox.showing import (
    Command,
    Dialog,
    Eyes,
    Found,
    Line,
    Row,
    Shortcut,
    Surface,
    shown_name,
)
from counterpoise_sandbox.workspace import App, Channel, Person, seconds


@dataclass(kw_only=True)
class Pane:
    """What the template draws; `where` is whom or what a person writes to from here."""

    key: str
    person: Person
    address: Address
    person_name: str
    initials: str
    hue: int
    direction: str
    team: str
    clock: str
    title: str = ""
    about: str = ""
    where: str = ""
    channel: str = ""
    app: App | None = None
    app_about: str = ""
    tab: str = ""
    channels: list[Line] = field(default_factory=list)
    directs: list[Line] = field(default_factory=list)
    apps: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    left_out: int = 0
    thread: list[Row] = field(default_factory=list)
    thread_ts: str = ""
    home: Surface | None = None
    dialog: Dialog | None = None
    react: Row | None = None
    commands: list[Command] = field(default_factory=list)
    global_shortcuts: list[Shortcut] = field(default_factory=list)
    message_shortcuts: list[Shortcut] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    bookmarks: list[tuple[str, str]] = field(default_factory=list)
    writable: bool = True
    joinable: bool = False
    draft: str = ""
    status: str = ""
    prompts: list[tuple[str, str]] = field(default_factory=list)
    guide: Guide | None = None
    guide_closed: bool = False

    def suggested(self, step: Step) -> str:
        """Return the address at which a step's words stand in the message field."""
        place = step.channel or self.address.look.place
        return self.address.to(place=place, thread="", tab="messages", draft=step.suggestion)


def pane(engine: Engine, address: Address, found: Found, key: str) -> Pane:
    """Return what the person of an address sees there; raises Unknown for nobody."""
    person = engine.workspace.person(address.look.user)
    eyes = Eyes(engine, person, address, found, key)
    name = shown_name(person)
    shown = Pane(
        key=key,
        person=person,
        address=address,
        person_name=name,
        initials=showing.initials(name),
        hue=showing.hue(name),
        direction=showing.direction(person.locale),
        team=engine.workspace.teams[person.team].name,
        clock=showing.told_time(engine.clock.moment().astimezone(eyes.reader.zone), person),
        draft=address.look.draft,
        dialog=eyes.dialog(),
        commands=showing.commands(engine.workspace, person),
        global_shortcuts=showing.shortcuts(engine.workspace, person, "global"),
        message_shortcuts=showing.shortcuts(engine.workspace, person, "message"),
        notices=[str(one["text"]) for one in engine.workspace.notices.get(person.id, ())],
    )
    _list_places(shown, eyes)
    _fill(shown, eyes)
    return shown


def _list_places(shown: Pane, eyes: Eyes) -> None:
    """List channels, people and apps; conversations with a bot stand under its app."""
    workspace, person = eyes.workspace, eyes.person
    mine = [one for one in workspace.channels.values() if showing.sees(one, person) and not one.archived]
    shown.channels = sorted(
        (eyes.line(one) for one in mine if one.kind in ("public", "private")), key=lambda line: line.name
    )
    groups = [eyes.line(one) for one in mine if one.kind == "mpim"]
    shown.directs = [
        *(_person_line(one, eyes) for one in showing.people(workspace) if one != person),
        *groups,
    ]
    shown.apps = [_app_line(app, eyes) for app in showing.apps_for(workspace, person)]
    if eyes.address.beside is None:
        shown.others = [
            Line(
                address=f"/as/{one.id}",
                name=shown_name(one),
                kind="person",
                beside=replace(eyes.address, beside=Look(one.id)).written(),
            )
            for one in showing.people(workspace)
            if one != person
        ]


def _person_line(other: Person, eyes: Eyes) -> Line:
    known = eyes.workspace.direct(eyes.person.id, other.id)
    return Line(
        address=eyes.address.to(place=other.id, thread="", tab=""),
        name=shown_name(other),
        kind="im",
        unread=eyes.line(known).unread if known and eyes.address.look.place != other.id else 0,
        current=eyes.address.look.place == other.id,
    )


def _app_line(app: App, eyes: Eyes) -> Line:
    bot = _bot(app, eyes)
    known = eyes.workspace.direct(eyes.person.id, bot.id) if bot else None
    current = eyes.address.look.place == app.id
    return Line(
        address=eyes.address.to(place=app.id, thread="", tab=""),
        name=app.bot_name,
        kind="app",
        unread=eyes.line(known).unread if known and not current else 0,
        current=current,
    )


def _bot(app: App, eyes: Eyes) -> Person | None:
    installation = eyes.workspace.installation(app.id, eyes.person.team)
    return eyes.workspace.people.get(installation.bot_user) if installation else None


def _fill(shown: Pane, eyes: Eyes) -> None:
    """Fill in the middle: a channel, a person, or an app with its tabs."""
    place = eyes.address.look.place
    workspace = eyes.workspace
    shown.where = place
    if place in workspace.channels:
        channel = workspace.channels[place]
        bot = next(workspace.bots(channel), None) if channel.kind == "im" else None
        if bot is not None and bot.app_id in workspace.apps:
            _fill_app(shown, eyes, workspace.apps[bot.app_id])
        else:
            _fill_channel(shown, eyes, channel)
    elif place in workspace.apps:
        _fill_app(shown, eyes, workspace.apps[place])
    elif place in workspace.people:
        other = workspace.people[place]
        shown.title, shown.about = shown_name(other), _about(other)
        known = workspace.direct(eyes.person.id, place)
        if known is not None:
            _fill_channel(shown, eyes, known)
    else:
        shown.title, shown.writable = "Nothing here", False


def _about(person: Person) -> str:
    return " · ".join(part for part in (person.title, person.status_text, person.tz) if part)


def _fill_app(shown: Pane, eyes: Eyes, app: App) -> None:
    shown.app, shown.title = app, app.bot_name
    shown.tab = eyes.address.look.tab or ("home" if app.has_home else "messages")
    about = app.manifest.get("display_information") or {}
    shown.app_about = str(
        about.get("long_description") or about.get("description") or "This app says nothing of itself."
    )
    shown.where = app.id
    bot = _bot(app, eyes)
    known = eyes.workspace.direct(eyes.person.id, bot.id) if bot else None
    if known is not None and shown.tab == "messages":
        _fill_channel(shown, eyes, known)
        shown.title = app.bot_name
    shown.writable = app.takes_messages
    shown.home = eyes.home(app) if shown.tab == "home" else None


def _fill_channel(shown: Pane, eyes: Eyes, channel: Channel) -> None:
    shown.channel = channel.id
    if not shown.app:
        shown.where = channel.id
    shown.title = eyes.title(channel)
    if channel.kind in ("public", "private"):
        shown.about = channel.topic or channel.purpose
        names = [
            shown_name(eyes.workspace.people[one]) for one in channel.members if one in eyes.workspace.people
        ]
        shown.members = sorted(names)
        links = ((str(one.get("title")), str(one.get("link") or "")) for one in channel.bookmarks)
        shown.bookmarks = [(title, link) for title, link in links if link.lower().startswith(SCHEMES)]
    if eyes.person.id not in channel.members:
        shown.joinable = channel.kind == "public"
        shown.writable = False
        if not shown.joinable:
            return
    shown.rows, shown.left_out = eyes.rows(channel)
    shown.thread_ts = eyes.address.look.thread
    if shown.thread_ts:
        shown.thread = eyes.thread(channel, shown.thread_ts)
    shown.react = next(
        (row for row in [*shown.rows, *shown.thread] if row.ts == eyes.address.look.react), None
    )
    _fill_assistant(shown, channel)
    if channel.archived:
        shown.writable = False
    _mark_read(channel, eyes.person)


def _fill_assistant(shown: Pane, channel: Channel) -> None:
    held = (
        channel.threads.get(shown.thread_ts)
        or (channel.threads.get("") if not shown.thread_ts else None)
        or {}
    )
    if not held and channel.threads and not shown.thread_ts:
        held = channel.threads[max(channel.threads)]
    status = str(held.get("status") or "")
    shown.status = f"{shown.title} {status}" if status else ""
    prompts = held.get("prompts") or ()
    shown.prompts = [(str(one.get("title")), str(one.get("message"))) for one in prompts]


def _mark_read(channel: Channel, person: Person) -> None:
    stamps = [one.ts for one in channel.messages.values()]
    stamps += [one.ts for one in channel.ephemerals if one.seen_only_by == person.id]
    if stamps and person.id in channel.members:
        channel.read[person.id] = max(stamps, key=seconds)
