"""Interactions: observed acts of one party towards another, imported from coded event data."""

from dataclasses import dataclass
from typing import ClassVar

from counterpoise.domain.events import Event


@dataclass(frozen=True, kw_only=True)
class InteractionObserved(Event):
    """One row of a coded file: who did what to whom on which day, and the Goldstein value of it (-10..10).

    `file` is the SHA-256 (hex) of the uncompressed file and `line` the row's line in it, counted from 1. A party's
    home is a country's name, empty where it has none. `day` counts from 1970-01-01.
    """

    TOPIC: ClassVar[str] = "interaction.observed"
    file: str
    line: int
    day: int
    source_party: str
    source_home: str
    relation: str
    target_party: str
    target_home: str
    goldstein: float
