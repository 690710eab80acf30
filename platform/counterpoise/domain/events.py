"""What every event carries, what closes its words, and the circumstances it is recorded under."""

from dataclasses import dataclass
from typing import Any, ClassVar

from counterpoise.domain.refusals import UnknownWord

LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
"""TLP 2.0, from the widest audience to the narrowest (SECURITY: FIRST's definitions)."""

SOURCES = ("chat", "web", "cli", "import")


class Sealed:
    """Words that are encrypted wherever they rest, and readable only while their key lives.

    `text` is None once the key is gone or where it was not opened. `keeper` names whose data key closes the
    words (a member's pseudonym, or `actor:<id>` for an organisation's documents) until the log has sealed
    them; `box` is the stored form, `sealed:1:<key id>:<base64>`, once it has.
    """

    __slots__ = ("box", "keeper", "text")

    def __init__(self, text: str | None, *, keeper: str = "", box: str = "") -> None:
        self.text = text
        self.keeper = keeper
        self.box = box

    @property
    def key(self) -> str:
        """The id of the key that opens these words; empty before they are sealed."""
        return self.box.split(":")[2] if self.box else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.text, self.keeper, self.box) == (
            other.text,
            other.keeper,
            other.box,
        )

    def __hash__(self) -> int:
        return hash((self.text, self.keeper, self.box))

    def __repr__(self) -> str:
        """Never shows the words: a log line or a traceback must not leak them."""
        return f"Sealed(key={self.key!r}, keeper={self.keeper!r}, open={self.text is not None})"


NOTHING = Sealed("")
"""No words at all; stored as an empty string, under no key."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. Frozen, flat, complete in itself; positions, versions and salts are given by the log.

    `recorded_at` and `occurred_at` are integer microseconds UTC. `member` is a pseudonym (per pilot; per
    deployment in member streams), `actor` the organisation that owns the item. Anonymous events have neither.
    `recipients` are pseudonyms named for RED, `group` the actors an AMBER item is shared with (the owner is
    always of them), `clients` the further actors a plain AMBER item may reach.
    """

    TOPIC: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    stream: str
    recorded_at: int
    occurred_at: int
    member: str = ""
    actor: str = ""
    theatre: str = ""
    pilot: str = ""
    label: str = "AMBER+STRICT"
    recipients: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    source: str = "cli"


@dataclass(frozen=True, kw_only=True)
class Act:
    """The circumstances of one recording: who, for which actor, when, under which label, by which door."""

    at: int
    occurred_at: int
    member: str = ""
    actor: str = ""
    label: str = "AMBER+STRICT"
    recipients: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    source: str = "cli"

    def on(self, stream: str, *, theatre: str = "", pilot: str = "") -> dict[str, Any]:
        """Return the envelope of an event on `stream`."""
        return {
            "stream": stream,
            "recorded_at": self.at,
            "occurred_at": self.occurred_at,
            "member": self.member,
            "actor": self.actor,
            "theatre": theatre,
            "pilot": pilot,
            "label": self.label,
            "recipients": self.recipients,
            "group": self.group,
            "clients": self.clients,
            "source": self.source,
        }

    def words(self, text: str) -> Sealed:
        """Close `text` under the acting member's key: it goes when the member is erased."""
        return Sealed(text, keeper=self.member) if text else NOTHING

    def document(self, text: str) -> Sealed:
        """Close `text` under the acting organisation's key: it outlives the member who typed it."""
        return Sealed(text, keeper=f"actor:{self.actor}") if text else NOTHING


def known_label(label: str) -> str:
    """Return `label` if it is one of TLP 2.0; UnknownWord, naming the choices, if not."""
    if label not in LABELS:
        raise UnknownWord("labels", label, LABELS)
    return label


def kind(stream: str) -> str:
    """Return what a stream is about: `pilot` of `pilot:7f…`."""
    return stream.partition(":")[0]
