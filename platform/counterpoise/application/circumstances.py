"""Circumstances: what comes with a recording beside its words: label, people, time, door, the command's key."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], int]
"""Gives the time: microseconds UTC."""

Ids = Callable[[], str]
"""Gives a fresh id that cannot be guessed."""


def now() -> int:
    """Return the time by this machine's clock, in microseconds UTC."""
    return time.time_ns() // 1000


def fresh_id() -> str:
    """Return an id that cannot be guessed."""
    return str(uuid.uuid4())


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """How something is recorded. Everything has a default; `label` empty means the verb's own.

    `key` names the command: the same key again gives the first answer and records nothing. `occurred_at` is in
    microseconds UTC, None for now. `recipients` are member ids, `group` and `clients` actor ids.
    """

    key: str = ""
    label: str = ""
    recipients: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    occurred_at: int | None = None
    source: str = "cli"


PLAIN = Circumstances()
