"""The seed: a fresh deployment is founded, and the stories of three theatres are told into it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import polars as pl

from counterpoise.application.circumstances import Clock, Ids
from counterpoise.application.house import Application
from counterpoise.application.operations import found
from counterpoise.application.stories.cast import FOUNDER
from counterpoise.application.stories.whole import stories
from counterpoise.application.storytelling import Calendar, Cast, NamedIds, Teller
from counterpoise.domain.refusals import Refusal


class HoldsAHistory(Refusal):
    """A store that holds events already is not seeded: two histories would be told into one."""

    rule = "holds-a-history"


CHANCE = 2024
"""What ids and the pace of the days are drawn from: the same every time."""


@dataclass(frozen=True)
class Told:
    """What was told: into which application, about whom, how many events of each topic, what was refused on the way."""

    application: Application
    cast: Cast
    counts: Mapping[str, int]
    refusals: Sequence[Refusal]

    @property
    def events(self) -> int:
        """How many events there are now."""
        return sum(self.counts.values())


def seed(make: Callable[[Clock, Ids], Application]) -> Told:
    """Tell the seeded history into the application that `make` builds over an empty store, by the story's own clock.

    The same events, ids, times and answers come out every time; salts, keys and boxes differ. HoldsAHistory
    where the store is not empty.
    """
    calendar, ids = Calendar(CHANCE), NamedIds(CHANCE)
    application = make(calendar, ids)
    if size := application.log.size():
        raise HoldsAHistory(
            f"This store holds {size} events already.",
            owner="operator",
            remedy="Seed a store of its own: name a place where nothing is yet.",
        )
    teller = Teller(application, calendar)
    receipt = found(application, **FOUNDER._asdict(), clock=calendar, ids=ids)
    first = msgspec.json.decode(receipt.result)
    teller.cast.actors["office"] = first["actor"]
    teller.cast.members[FOUNDER.handle] = first["member"]
    teller.tell(stories(teller))
    return Told(application, teller.cast, _counts(application), tuple(teller.refusals))


def _counts(application: Application) -> Mapping[str, int]:
    counted = application.log.frame().group_by("topic").agg(events=pl.len()).sort("topic").collect()
    return dict(counted.iter_rows())
