"""A workspace: its teams, people, channels and apps, and everything said in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Wire = dict[str, Any]
"""One JSON object as Slack sends or takes it."""

Kind = Literal["public", "private", "im", "mpim"]


class Unknown(Exception):  # noqa: N818 - it says what happened
    """There is no such team, person, channel, app or message."""


@dataclass(kw_only=True)
class Team:
    """A workspace of Slack's; several may share channels, and an enterprise may own several."""

    id: str
    name: str
    domain: str
    enterprise_id: str = ""
    enterprise_name: str = ""


@dataclass(kw_only=True)
class Person:
    """Somebody in a team, or an app's bot user."""

    id: str
    team: str
    name: str
    real_name: str
    display_name: str = ""
    email: str = ""
    locale: str = "en-US"
    tz: str = "Etc/UTC"
    hours: int = 24
    """12 or 24: how this person reads the clock."""
    title: str = ""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    presence: str = "active"
    bot_id: str = ""
    app_id: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    deleted: bool = False
    updated: int = 0

    @property
    def is_bot(self) -> bool:
        """Whether this is an app's bot user."""
        return bool(self.bot_id)


@dataclass(kw_only=True)
class Message:
    """Something said; `body` holds text, blocks, attachments, metadata, files and who it came from."""

    number: int
    """Its place among all messages ever said here, from 1; a replay finds it by this."""
    ts: str
    channel: str
    user: str
    body: Wire
    thread_ts: str = ""
    broadcast: bool = False
    subtype: str = ""
    app_id: str = ""
    edited: Wire = field(default_factory=dict)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    stream: Wire = field(default_factory=dict)
    """What was streamed so far, while it is."""
    seen_only_by: str = ""
    """The one person an ephemeral message is for."""
    state: Wire = field(default_factory=dict)
    """What people have chosen in its inputs: person, then block, then action."""

    stopped: bool = False
    """Whether a person stopped it while it grew."""

    @property
    def streaming(self) -> bool:
        """Whether it is still growing."""
        return bool(self.stream)


@dataclass(kw_only=True)
class Channel:
    """A public or private channel, a direct message or a group of direct messages."""

    id: str
    name: str
    kind: Kind
    team: str
    members: list[str]
    shared_with: list[str] = field(default_factory=list)
    """Other teams that take part in it (Slack Connect)."""
    creator: str = ""
    created: int = 0
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    general: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    stamps: set[str] = field(default_factory=set)
    """Every timestamp ever given out here."""
    answers: dict[str, list[str]] = field(default_factory=dict)
    """The replies to each message, by timestamps, oldest first."""
    bookmarks: list[Wire] = field(default_factory=list)
    pins: list[Wire] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    may_invite: list[str] = field(default_factory=list)
    """Other teams that may invite into it."""
    canvas: Wire = field(default_factory=dict)
    closed_for: list[str] = field(default_factory=list)
    threads: dict[str, Wire] = field(default_factory=dict)
    """What an assistant shows in a thread: title, status, prompts; by thread_ts."""

    @property
    def shared(self) -> bool:
        """Whether another organisation takes part."""
        return bool(self.shared_with)

    @property
    def teams(self) -> list[str]:
        """Every team that takes part, the owner first."""
        return [self.team, *self.shared_with]

    def keep(self, message: Message) -> None:
        """Take a message in, and know it as a reply where it is one."""
        self.messages[message.ts] = message
        self.stamps.add(message.ts)
        if message.thread_ts and message.thread_ts != message.ts:
            self.answers.setdefault(message.thread_ts, []).append(message.ts)

    def ordered(self) -> list[Message]:
        """Return its messages, oldest first."""
        return [self.messages[ts] for ts in sorted(self.messages, key=seconds)]


@dataclass(kw_only=True)
class File:
    """An uploaded file."""

    id: str
    user: str
    team: str
    name: str
    title: str
    mimetype: str
    content: bytes
    created: int
    alt_txt: str = ""
    channels: list[str] = field(default_factory=list)
    shares: dict[str, list[str]] = field(default_factory=dict)
    shared: bool = False
    """Whether the upload was completed."""
    app_id: str = ""
    deleted: bool = False


@dataclass(kw_only=True)
class View:
    """A modal or a Home as it stands for one person."""

    id: str
    user: str
    team: str
    app_id: str
    bot_id: str
    body: Wire
    hash: str
    state: Wire = field(default_factory=dict)
    root_id: str = ""
    previous_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""
    response_urls: Wire = field(default_factory=dict)


@dataclass(kw_only=True)
class Trigger:
    """The right to open one modal for one person, for three seconds."""

    id: str
    app_id: str
    user: str
    team: str
    expires: float
    view: str = ""
    used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    """An address that answers one interaction: five times, for thirty minutes."""

    id: str
    app_id: str
    user: str
    channel: str
    expires: float
    ts: str = ""
    thread_ts: str = ""
    ephemeral: bool = False
    uses: int = 0


@dataclass(kw_only=True)
class Scheduled:
    """A message to be posted later."""

    id: str
    app_id: str
    channel: str
    user: str
    post_at: int
    created: int
    arguments: Wire


@dataclass(kw_only=True)
class Token:
    """What a caller of the Web API shows."""

    value: str
    app_id: str
    kind: Literal["bot", "user", "app", "refresh"]
    user: str = ""
    team: str = ""
    enterprise_id: str = ""
    scopes: list[str] = field(default_factory=list)
    expires: float = 0.0
    """Seconds since 1970; 0 never."""
    revoked: bool = False
    pair: str = ""
    """The refresh token of an access token, and the other way round."""

    @property
    def org_wide(self) -> bool:
        """Whether it stands for a whole enterprise."""
        return bool(self.enterprise_id) and not self.team


@dataclass(kw_only=True)
class App:
    """An app: its ids, its secrets, and a manifest that says all else, as Slack's manifests do."""

    id: str
    client_id: str
    client_secret: str
    signing_secret: str
    verification_token: str
    manifest: Wire
    app_tokens: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The app's name."""
        return str(self._of("display_information").get("name", self.id))

    @property
    def bot_name(self) -> str:
        """The name its bot user shows."""
        user = self._of("features").get("bot_user") or {}
        return str(user.get("display_name", self.name))

    @property
    def socket_mode(self) -> bool:
        """Whether it is reached over sockets that it opens itself."""
        return bool(self._of("settings").get("socket_mode_enabled"))

    @property
    def rotates(self) -> bool:
        """Whether its tokens expire and are refreshed."""
        return bool(self._of("settings").get("token_rotation_enabled"))

    @property
    def bot_scopes(self) -> list[str]:
        """The scopes of its bot token, the optional ones too."""
        scopes = self._of("oauth_config").get("scopes") or {}
        return [*scopes.get("bot", []), *scopes.get("bot_optional", [])]

    @property
    def user_scopes(self) -> list[str]:
        """The scopes it asks of a person."""
        scopes = self._of("oauth_config").get("scopes") or {}
        return [*scopes.get("user", []), *scopes.get("user_optional", [])]

    @property
    def redirect_urls(self) -> list[str]:
        """Where OAuth may send people back to."""
        return list(self._of("oauth_config").get("redirect_urls") or [])

    @property
    def events(self) -> list[str]:
        """The events its bot has subscribed to."""
        return list(self._subscriptions.get("bot_events") or [])

    @property
    def events_url(self) -> str:
        """Where events go by HTTP."""
        return str(self._subscriptions.get("request_url") or "")

    @property
    def interactivity_url(self) -> str:
        """Where interactions go by HTTP."""
        return str((self._of("settings").get("interactivity") or {}).get("request_url") or "")

    @property
    def options_url(self) -> str:
        """Where questions for options go by HTTP."""
        said = (self._of("settings").get("interactivity") or {}).get("message_menu_options_url")
        return str(said or self.interactivity_url)

    @property
    def commands(self) -> list[Wire]:
        """Its slash commands: command, description, usage_hint, url."""
        return list(self._of("features").get("slash_commands") or [])

    @property
    def shortcuts(self) -> list[Wire]:
        """Its shortcuts: name, type (global or message), callback_id, description."""
        return list(self._of("features").get("shortcuts") or [])

    @property
    def unfurl_domains(self) -> list[str]:
        """The domains whose links it wants to hear of."""
        return list(self._of("features").get("unfurl_domains") or [])

    @property
    def has_home(self) -> bool:
        """Whether people find a Home tab."""
        return bool((self._of("features").get("app_home") or {}).get("home_tab_enabled"))

    @property
    def is_agent(self) -> bool:
        """Whether it declares an agent or assistant view."""
        features = self._of("features")
        return "agent_view" in features or "assistant_view" in features

    @property
    def is_assistant(self) -> bool:
        """Whether it declares the older of the two, with threads of its own."""
        return "assistant_view" in self._of("features")

    @property
    def takes_messages(self) -> bool:
        """Whether people may write to it."""
        home = self._of("features").get("app_home") or {}
        return bool(home.get("messages_tab_enabled", True)) and not home.get("messages_tab_read_only_enabled")

    def point(self, url: str) -> None:
        """Send everything for it to one URL by HTTP, or to its sockets where there is none."""
        settings = self.manifest.setdefault("settings", {})
        settings["socket_mode_enabled"] = not url
        settings.setdefault("event_subscriptions", {})["request_url"] = url
        settings.setdefault("interactivity", {}).update(request_url=url, message_menu_options_url=url)
        for command in self.commands:
            command["url"] = url

    @property
    def _subscriptions(self) -> Wire:
        return self._of("settings").get("event_subscriptions") or {}

    def _of(self, section: str) -> Wire:
        return self.manifest.get(section) or {}


@dataclass(kw_only=True)
class Installation:
    """One app in one team, or in a whole enterprise when `team` is empty."""

    app_id: str
    team: str
    bot_user: str
    bot_id: str
    installer: str = ""
    enterprise_id: str = ""
    people: list[str] = field(default_factory=list)
    """Who gave the app a user token."""


@dataclass(kw_only=True)
class Workspace:
    """All there is; a reset replaces the whole of it."""

    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    installations: list[Installation] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[str]] = field(default_factory=dict)
    """Each person's stack of open modals, by view id, the top one last."""
    homes: dict[tuple[str, str], str] = field(default_factory=dict)
    """The view id of an app's Home for a person: (app, person)."""
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)
    codes: dict[str, Wire] = field(default_factory=dict)
    invites: dict[str, Wire] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    """One-time upload addresses and socket addresses: ticket, then file or app."""
    notices: dict[str, list[Wire]] = field(default_factory=dict)
    """What went wrong before a person's eyes, such as a button whose app did not answer."""
    address: str = ""
    """Where the sandbox answers, such as http://127.0.0.1:8085."""
    minted: int = 0
    said: int = 0

    def mint(self, prefix: str) -> str:
        """Return a new id, such as C0SB000000A."""
        self.minted += 1
        return f"{prefix}0SB{_base36(self.minted):0>7}"

    def person(self, named: str) -> Person:
        """Find a person or bot by id or name; raises Unknown."""
        if named in self.people:
            return self.people[named]
        plain = named.removeprefix("@").casefold()
        for person in self.people.values():
            if plain in (person.name.casefold(), person.email.casefold()):
                return person
        raise Unknown(f"There is no person {named!r}.")

    def channel(self, named: str) -> Channel:
        """Find a channel by id or name; raises Unknown."""
        if named in self.channels:
            return self.channels[named]
        for channel in self.channels.values():
            if channel.kind in ("public", "private") and channel.name == named.removeprefix("#"):
                return channel
        raise Unknown(f"There is no channel {named!r}.")

    def app(self, named: str) -> App:
        """Find an app by id or name; with an empty name the only or first one; raises Unknown."""
        for app in self.apps.values():
            if named in ("", app.id, app.name, app.bot_name):
                return app
        raise Unknown(f"There is no app {named!r}.")

    def installation(self, app_id: str, team: str) -> Installation | None:
        """Return how an app stands in a team, its own installation before its enterprise's."""
        enterprise = self.teams[team].enterprise_id if team in self.teams else ""
        ours = [one for one in self.installations if one.app_id == app_id]
        return next((one for one in ours if one.team == team), None) or next(
            (one for one in ours if not one.team and one.enterprise_id and one.enterprise_id == enterprise),
            None,
        )

    def direct(self, *members: str) -> Channel | None:
        """Return the direct message of exactly these people, if it was ever opened."""
        wanted = set(members)
        return next(
            (
                one
                for one in self.channels.values()
                if one.kind in ("im", "mpim") and set(one.members) == wanted
            ),
            None,
        )

    def bots(self, channel: Channel) -> Iterator[Person]:
        """Yield the bots that are members of a channel."""
        for member in channel.members:
            person = self.people.get(member)
            if person is not None and person.is_bot:
                yield person


def seconds(ts: str) -> tuple[int, int]:
    """Return a Slack timestamp as numbers that sort."""
    whole, _, rest = ts.partition(".")
    return int(whole or 0), int(rest or 0)


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    shown = ""
    while number:
        number, rest = divmod(number, 36)
        shown = digits[rest] + shown
    return shown or "0"
