"""Keys that close words: made with a commitment, erased for good."""

from dataclasses import dataclass
from typing import ClassVar

from counterpoise.domain.events import Event


@dataclass(frozen=True, kw_only=True)
class KeyMade(Event):
    """A data key exists. The commitment, SHA-256 in hex, keeps its holder from opening words to another text."""

    TOPIC: ClassVar[str] = "key.made"
    key: str
    commitment: str


@dataclass(frozen=True, kw_only=True)
class KeyErased(Event):
    """A data key is gone, and every text it closed with it."""

    TOPIC: ClassVar[str] = "key.erased"
    key: str


def key_made(*, key: str, commitment: str, pilot: str, at: int) -> KeyMade:
    """Return the fact that a key was made; it names neither the person nor the organisation."""
    return KeyMade(
        stream=f"key:{key}",
        recorded_at=at,
        occurred_at=at,
        pilot=pilot,
        label="RED",  # read by nobody: that somebody spoke for the first time is not for all to know
        key=key,
        commitment=commitment,
    )
