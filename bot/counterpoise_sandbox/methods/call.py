"""A call of a Web API method: who calls, with which arguments, and how it is refused."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.events import granted
from counterpoise_sandbox.workspace import (
    App,
    Channel,
    Installation,
    Message,
    Person,
    Token,
    Unknown,
    Wire,
    Workspace,
)

Coverage = Literal["wholly", "partly"]

TS = re.compile(r"^\d+\.\d+$")
TRUE = ("true", "1", "yes")


class Refused(Exception):  # noqa: N818 - it says what happened
    """A method's answer is an error: Slack's code and whatever goes with it."""

    def __init__(self, error: str, **more: Any) -> None:  # noqa: ANN401 - any JSON goes with an error
        super().__init__(error)
        self.error = error
        self.more: Wire = more


def badly(*messages: str) -> Refused:
    """Return the refusal of arguments that are not as the method wants them."""
    return Refused("invalid_arguments", response_metadata={"messages": list(messages)})


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method that is played, and how far."""

    name: str
    function: Callable[["Call"], Wire]
    scopes: tuple[str, ...]
    """One of these is needed; none: any token will do."""
    arguments: dict[str, str]
    """Name to kind (text, flag, number, seconds, json, list, ts, raw); an exclamation mark where it must be there."""
    tier: int
    coverage: Coverage
    tokens: tuple[str, ...]
    """Kinds of token it takes; none: it wants no token."""


METHODS: dict[str, Method] = {}


def method(
    name: str,
    arguments: str = "",
    *,
    scopes: str = "",
    tier: int = 3,
    coverage: Coverage = "wholly",
    tokens: str = "bot user",
) -> Callable[[Callable[["Call"], Wire]], Callable[["Call"], Wire]]:
    """Enter a function into the table of methods; words are separated by spaces, kinds follow a colon."""

    def enter(function: Callable[["Call"], Wire]) -> Callable[["Call"], Wire]:
        METHODS[name] = Method(
            name=name,
            function=function,
            scopes=tuple(scopes.split()),
            arguments=dict(_argument(word) for word in arguments.split()),
            tier=tier,
            coverage=coverage,
            tokens=tuple(tokens.split()),
        )
        return function

    return enter


def _argument(word: str) -> tuple[str, str]:
    name, _, kind = word.partition(":")
    must = "!" if name.endswith("!") else ""
    return name.removesuffix("!"), (kind or "text") + must


@dataclass(kw_only=True)
class Call:
    """One call; arguments are read by kind and are absent rather than None."""

    engine: Engine
    method: Method
    arguments: Wire
    token: Token
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.engine.workspace

    @property
    def app(self) -> App:
        """The calling app."""
        return self.workspace.apps[self.token.app_id]

    @property
    def user(self) -> str:
        """Who acts: the bot user, or the person whose token it is."""
        return self.token.user

    @property
    def me(self) -> Person:
        """Who acts, as a person."""
        return self.workspace.people[self.token.user]

    @property
    def team(self) -> str:
        """The team the call is about."""
        return self.token.team or str(self.arguments.get("team_id") or "") or self._first_team()

    @property
    def installation(self) -> Installation:
        """How the app is installed there."""
        found = self.workspace.installation(self.token.app_id, self.team)
        if found is None:
            raise Refused("team_not_found")
        return found

    @property
    def now(self) -> float:
        """The sandbox's time in seconds since 1970."""
        return self.engine.clock.now()

    def has(self, name: str) -> bool:
        """Return whether an argument was given."""
        return name in self.arguments

    def text(self, name: str, otherwise: str = "") -> str:
        """Return an argument as text."""
        return str(self.arguments.get(name, otherwise))

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return an argument as true or false."""
        return bool(self.arguments.get(name, otherwise))

    def seconds(self, name: str, otherwise: float = 0.0) -> float:
        """Return an argument as seconds since 1970; nothing, empty or 0 is `otherwise`."""
        return float(self.arguments.get(name) or otherwise)

    def number(self, name: str, otherwise: int = 0) -> int:
        """Return an argument as a whole number."""
        return int(self.arguments.get(name, otherwise))

    def granted(self, scope: str) -> bool:
        """Return whether the token has a scope."""
        return scope in self.token.scopes

    def need(self, *scopes: str) -> None:
        """Refuse the call unless the token has one of these scopes."""
        if scopes and not set(scopes) & set(self.token.scopes):
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(self.token.scopes))

    def sees(self, channel: Channel) -> bool:
        """Return whether the caller may know of a channel."""
        return self.user in channel.members or (channel.kind == "public" and self.team in channel.teams)

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel an argument names; a person's id means the direct message with them."""
        try:
            channel = self.workspace.channel(self.text(name))
        except Unknown:
            raise Refused("channel_not_found") from None
        if not self.sees(channel):
            raise Refused("channel_not_found")
        return channel

    def message(self, channel: Channel, name: str = "ts", error: str = "message_not_found") -> Message:
        """Return the message of a channel that an argument names."""
        message = channel.messages.get(self.text(name))
        if message is None:
            raise Refused(error)
        return message

    def person(self, name: str = "user", error: str = "user_not_found") -> Person:
        """Return the person an argument names, if the caller may know of them."""
        person = self.workspace.people.get(self.text(name))
        if person is None or not self.knows(person):
            raise Refused(error)
        return person

    def knows(self, person: Person) -> bool:
        """Return whether somebody is of the caller's organisation or shares a channel with it."""
        mine = self.workspace.teams[self.team]
        theirs = self.workspace.teams[person.team]
        if mine.id == theirs.id or (mine.enterprise_id and mine.enterprise_id == theirs.enterprise_id):
            return True
        return any(
            person.id in one.members and self.team in one.teams for one in self.workspace.channels.values()
        )

    def scopes_of_bot(self) -> set[str]:
        """Return what the app's bot may do here."""
        return granted(self.workspace, self.installation)

    def _first_team(self) -> str:
        enterprise = self.token.enterprise_id
        of_mine = (one.id for one in self.workspace.teams.values() if one.enterprise_id == enterprise)
        return next(of_mine, "")


def coerced(wanted: dict[str, str], given: Wire) -> Wire:
    """Return the arguments by kind; raises Refused with every complaint at once."""
    complaints: list[str] = []
    arguments: Wire = {}
    for name, kind in wanted.items():
        value = given.get(name)
        if kind == "ts" and value in ("", None):
            continue
        if name == "thread_ts" and kind == "ts" and not TS.match(str(value)):
            told = {"messages": [f"[ERROR] {value} is not a valid thread_ts"]}
            raise Refused("invalid_thread_ts", response_metadata=told)
        if value is None:
            if kind.endswith("!"):
                complaints.append(f"[ERROR] missing required field: {name}")
            continue
        try:
            arguments[name] = _READERS[kind.removesuffix("!")](value)
        except (TypeError, ValueError):
            complaints.append(f"[ERROR] {_COMPLAINTS[kind.removesuffix('!')]} [json-pointer:/{name}]")
    if complaints:
        raise badly(*complaints)
    return arguments | {"team_id": given["team_id"]} if given.get("team_id") else arguments


def _text(value: object) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    return str(value)


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else str(value).casefold() in TRUE


def _number(value: object) -> int:
    return int(str(value))


def _seconds(value: object) -> float:
    return float(str(value or 0))


def _json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    said = str(value)
    if said.startswith("["):
        return [str(each) for each in json.loads(said)]
    return [each.strip() for each in said.split(",") if each.strip()]


def _ts(value: object) -> str:
    if not TS.match(str(value)):
        raise ValueError
    return str(value)


_READERS: dict[str, Callable[[object], object]] = {
    "text": _text,
    "flag": _flag,
    "number": _number,
    "json": _json,
    "list": _list,
    "ts": _ts,
    "seconds": _seconds,
    "raw": lambda value: value,
}
_COMPLAINTS = {
    "text": "must be a string",
    "flag": "must be a boolean",
    "number": "must be a number",
    "seconds": "must be a number",
    "json": "must be valid JSON",
    "list": "must be a list",
    "ts": "must be a valid timestamp",
}
