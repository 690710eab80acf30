"""Questions about figures: what they ask about, as small as a button's value, and as people write them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from counterpoise_bot.turns import packed
from counterpoise_bot.understanding import meant_date, understood

BALANCE, TRUST, SPILLOVER = "balance", "trust", "spillover"


@dataclass(frozen=True)
class Question:
    """A question about one kind of figure: ids, and moments as the application takes them.

    `other` is a second actor and `before` a second, earlier moment to compare with. `source` is the theatre that lends
    where one cell of spill-over is asked about, `theatre` the one it reaches.
    """

    kind: str
    pilot: str = ""
    actor: str = ""
    theatre: str = ""
    as_of: str = ""
    other: str = ""
    before: str = ""
    source: str = ""

    def packed(self, **more: object) -> str:
        """Return it as a button's value; fields that are empty are left out."""
        return packed(**{name: value for name, value in asdict(self).items() if value}, **more)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Return the question a button or dialog carries; what is not ours is left out."""
        known = {name: str(given.get(name) or "") for name in cls.__dataclass_fields__}
        return cls(**known)

    def about(self, **changes: str) -> Self:
        """Return the same question about something else."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Named:
    """What may be named in a question: titles and names by id."""

    pilots: Mapping[str, str]
    actors: Mapping[str, str]
    theatres: Mapping[str, str]


def read(text: str, kind: str, named: Named, *, language: str, today: date) -> Question:
    """Return the question a text asks; what it does not name surely is left open."""
    about = understood(text, pilots=named.pilots, actors=named.actors, language_hint=language)
    where = understood(text, pilots={}, actors=named.theatres, language_hint=language)
    as_of = meant_date(text, about.language, today)
    return Question(
        kind,
        pilot=about.pilot.value,
        actor=about.about.value,
        theatre=where.about.value,
        as_of=as_of.isoformat() if as_of else "",
    )


def today(micros: int, zone: str) -> date:
    """Return the day it is at a moment in a time zone."""
    return datetime.fromtimestamp(micros / 1e6, ZoneInfo(zone)).date()


def just_before(micros: int) -> str:
    """Return the moment before something happened, as the application takes it."""
    return datetime.fromtimestamp((micros - 1) // 1_000_000, UTC).isoformat()
