"""Holds decayed sums rebuilt from a log of a million events against the library's replay with a Python fold."""

import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import polars as pl
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent

from counterpoise import frame
from counterpoise.domain.events import Event
from counterpoise.domain.keys import KeyMade
from counterpoise.store.keys import KeyStore
from counterpoise.store.opening import make_log, open_log

ROWS, STREAMS, PARTIES = 1_000_000, 1_000, 100
HALF_LIFE = 90.0  # days
RATIO = 7.0

Sums = dict[tuple[str, str], tuple[float, float, float]]
"""Friendly, hostile and all acts of one party towards another, faded to the last day."""

Row = tuple[int, str, str, float]
"""Day, source, target, Goldstein value."""


@dataclass(frozen=True, kw_only=True)
class Observed(Event):
    """One did something to the other: the fields the library's event has, in the envelope every event has."""

    TOPIC: ClassVar[str] = "dyad.observed"
    day: int
    party: str
    target: str
    goldstein: float


VOCABULARY = {kind.TOPIC: kind for kind in (Observed, KeyMade)}


class Dyad(Aggregate):
    """The library's aggregate: what two parties did to each other."""

    class Observed(Aggregate.Event):
        """One did something to the other."""

        day: int
        source: str
        target: str
        goldstein: float

    def observe(self, row: Row) -> None:
        """Note one interaction."""
        day, source, target, goldstein = row
        self.trigger_event(self.Observed, day=day, source=source, target=target, goldstein=goldstein)


def main() -> None:
    """Print the seconds of both; exit 1 if the sums differ or the bar is missed."""
    with tempfile.TemporaryDirectory() as made:
        print(f"recording {ROWS:,} events twice", flush=True)
        theirs = library(Path(made) / "library.db")
        ours = log(Path(made))
        slow, expected = timed(theirs)
        fast, found = timed(ours)
    same = expected.keys() == found.keys() and all(
        math.isclose(mine, other, rel_tol=1e-9, abs_tol=1e-12)
        for pair, figures in expected.items()
        for mine, other in zip(found[pair], figures, strict=True)
    )
    ratio = slow / fast
    print(f"replay and fold  {slow:>8.2f} s")
    print(f"log.frame        {fast:>8.2f} s   sums {'agree' if same else 'DIFFER'}")
    print(f"ratio            {ratio:>8.1f}     bar {RATIO}: {'met' if ratio >= RATIO else 'MISSED'}")
    sys.exit(not (same and ratio >= RATIO))


def rows() -> Iterator[Row]:
    """Yield the interactions that both record, in order of their days."""
    chance = random.Random(1)
    for number in range(ROWS):
        source, target = chance.randrange(PARTIES), chance.randrange(PARTIES)
        yield number // 1_000, f"party {source}", f"party {target}", chance.randint(-100, 100) / 10


def log(folder: Path) -> Callable[[], Sums]:
    """Record the rows in a log; return what opens it afresh and computes the sums from its frame."""
    url, keys = f"sqlite:///{folder / 'log.db'}", folder / "keys.db"
    with KeyStore(keys) as words, make_log(url, vocabulary=VOCABULARY, evolve=count, words=words) as made:
        made.append_many((("rows", number), interaction(number, row)) for number, row in enumerate(rows()))

    def rebuild() -> Sums:
        with (
            KeyStore(keys) as words,
            open_log(url, vocabulary=VOCABULARY, evolve=count, words=words) as opened,
        ):
            observed = frame.of(opened.frame(), Observed)
            fade = 2.0 ** ((pl.col("day") - pl.col("day").max()) / HALF_LIFE)
            weight = pl.col("goldstein").abs() * pl.col("fade")
            sums = (
                observed.with_columns(fade=fade)
                .group_by("party", "target")
                .agg(
                    friendly=weight.filter(pl.col("goldstein") > 0).sum(),
                    hostile=weight.filter(pl.col("goldstein") < 0).sum(),
                    acts=pl.col("fade").sum(),
                )
            )
            return {(party, target): (*figures,) for party, target, *figures in sums.collect().iter_rows()}

    return rebuild


def count(before: int | None, _event: Event) -> int:
    """Fold a stream into how many events it has."""
    return (before or 0) + 1


def interaction(number: int, row: Row) -> Observed:
    """Return a row as the product records it."""
    day, source, target, goldstein = row
    return Observed(
        stream=f"dyad:{number % STREAMS}",
        recorded_at=number,
        occurred_at=day * 86_400_000_000,
        label="CLEAR",
        source="import",
        day=day,
        party=source,
        target=target,
        goldstein=goldstein,
    )


def library(path: Path) -> Callable[[], Sums]:
    """Record the rows in the library's application; return what replays them and folds the sums."""
    application = Application[UUID](
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}
    )
    stored = library_events(application)
    while batch := list(islice(stored, 5_000)):
        application.recorder.insert_events(batch)

    def replay() -> Sums:
        sums: dict[tuple[str, str], tuple[int, float, float, float]] = {}
        for observed in replayed(application):
            pair = observed.source, observed.target
            day, friendly, hostile, acts = sums.get(pair, (observed.day, 0.0, 0.0, 0.0))
            fade = 2.0 ** ((day - observed.day) / HALF_LIFE)
            goldstein = observed.goldstein
            sums[pair] = (
                observed.day,
                friendly * fade + max(goldstein, 0.0),
                hostile * fade + max(-goldstein, 0.0),
                acts * fade + 1.0,
            )
        last = max(day for day, *_ in sums.values())
        faded = {pair: 2.0 ** ((day - last) / HALF_LIFE) for pair, (day, *_) in sums.items()}
        return {
            pair: (friendly * faded[pair], hostile * faded[pair], acts * faded[pair])
            for pair, (_, friendly, hostile, acts) in sums.items()
        }

    return replay


def library_events(application: Application[UUID]) -> Iterator[StoredEvent]:
    """Yield the rows as the library stores them."""
    dyads = [Dyad() for _ in range(STREAMS)]
    for number, row in enumerate(rows()):
        dyad = dyads[number % STREAMS]
        dyad.observe(row)
        yield from map(application.mapper.to_stored_event, dyad.collect_events())


def replayed(application: Application[UUID]) -> Iterator[Dyad.Observed]:
    """Yield every observed event through the library's recorder and mapper, in order."""
    start = 1
    while found := application.recorder.select_notifications(start, 1_000):
        for notification in found:
            observed = application.mapper.to_domain_event(notification)
            if isinstance(observed, Dyad.Observed):
                yield observed
        start = found[-1].id + 1


def timed(call: Callable[[], Sums]) -> tuple[float, Sums]:
    """Return the seconds a call takes, and what it returns."""
    begun = time.perf_counter()
    sums = call()
    return time.perf_counter() - begun, sums


if __name__ == "__main__":
    main()
