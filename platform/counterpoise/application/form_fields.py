"""What a one-time form asks, and what becomes of it: plain values, for the pages that show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

RESTRICTED, ANONYMOUS = "restricted", "anonymous"
KINDS = (RESTRICTED, ANONYMOUS)
LABELS: Mapping[str, tuple[str, ...]] = {
    RESTRICTED: ("RED", "AMBER+STRICT", "AMBER", "GREEN"),
    ANONYMOUS: ("GREEN", "RED"),
}
"""What may be chosen on a form of a kind; the first one is chosen already."""


@dataclass(frozen=True)
class Reader:
    """Somebody who may be named as a reader. `name` is empty where whoever writes may not know it."""

    member: str
    name: str
    actor: str
    role: str


@dataclass(frozen=True)
class Form:
    """What a form asks, of whom: ids or keys to names or words, in order. `language` is that of whoever opened it."""

    kind: str
    pilot: str
    title: str
    language: str
    labels: tuple[str, ...]
    readers: tuple[Reader, ...]
    actors: Mapping[str, str]
    steps: Mapping[str, str]
    concern_kinds: Mapping[str, str]
    severities: Mapping[str, str]
    languages: Mapping[str, str]
    may_show_actor: bool
    actor_name: str
    until: int


@dataclass(frozen=True)
class Handed:
    """What became of a form: the receipt code of an anonymous concern, or the id of the event."""

    code: str = field(default="", repr=False)
    event: str = ""
