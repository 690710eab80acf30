"""The record: every request and answer in either direction, and every thing a person did."""

import copy
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from counterpoise_sandbox.workspace import Wire

Way = Literal[
    "api",
    "event",
    "command",
    "interaction",
    "options",
    "response_url",
    "upload",
    "socket",
    "oauth",
    "person",
    "setting",
]


@dataclass(kw_only=True)
class Exchange:
    """One request and its answer: `api`, `upload`, `response_url` and `oauth` came in, the rest went out."""

    number: int
    at: float
    """The sandbox's time, in seconds since 1970."""
    way: Way
    name: str
    """The method, event type, command, interaction type or what a person did."""
    app: str = ""
    team: str = ""
    user: str = ""
    request: Wire = field(default_factory=dict)
    answer: Wire = field(default_factory=dict)
    headers: Wire = field(default_factory=dict)
    """What went out beside the body: signature, retry number."""
    status: int = 0
    """The HTTP status; 0 while unanswered or where there was none."""
    trouble: str = ""


class Record:
    """All exchanges, oldest first, numbered from 1."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []

    def begin(self, way: Way, name: str, *, at: float, request: Wire, app: str = "", **said: str) -> Exchange:
        """Note a request; who asks fills in the answer. `said` is team, user."""
        exchange = Exchange(
            number=len(self._exchanges) + 1,
            at=at,
            way=way,
            name=name,
            app=app,
            team=said.get("team", ""),
            user=said.get("user", ""),
            request=copy.deepcopy(request),
        )
        self._exchanges.append(exchange)
        return exchange

    def since(self, number: int = 0) -> list[Exchange]:
        """Return the exchanges after a number."""
        return self._exchanges[number:]

    def calls(self, method: str = "", *, app: str = "") -> list[Exchange]:
        """Return the calls of the Web API, of one method or all."""
        return [
            one
            for one in self._exchanges
            if one.way == "api" and method in ("", one.name) and app in ("", one.app)
        ]

    def shown(self, number: int = 0) -> Iterator[Wire]:
        """Yield the exchanges after a number as JSON objects."""
        for exchange in self.since(number):
            yield asdict(exchange)

    def forget(self) -> None:
        """Begin an empty record."""
        self._exchanges.clear()
