"""Circumstances: what comes with a recording beside its words: label, people, time, door, the command's key."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], int]
"""Gives the time: microseconds UTC."""

Ids = Callable[[], str]
"""Gives a fresh id that cannot be guessed."""


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
