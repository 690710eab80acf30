"""Holds decayed sums rebuilt from a log of a million events against the library's replay with a Python fold."""

import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

import polars as pl
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent

from counterpoise import frame
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.streams import evolve
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log
from counterpoise.store.opening import make_log, open_log

ROWS, STREAMS, PARTIES = 100_000, 1_000, 100
HALF_LIFE = 90.0  # days
RATIO = 7.0

Sums = dict[str, float]
Row = tuple[int, str, str, float]
"""Day, source, target, Goldstein value."""


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
        math.isclose(found[party], value, rel_tol=1e-9) for party, value in expected.items()
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
    with KeyStore(keys) as words, made_log(url, words) as made:
        made.append_many((("rows", number), interaction(number, row)) for number, row in enumerate(rows()))

    def rebuild() -> Sums:
        with (
            KeyStore(keys) as words,
            open_log(url, vocabulary=VOCABULARY, evolve=evolve, words=words) as opened,
        ):
            observed = frame.of(opened.frame(), InteractionObserved)
            age = (pl.col("day") - pl.col("day").max()) / HALF_LIFE
            sums = (
                observed.select("source_party", x=pl.col("goldstein") * 2.0**age)
                .group_by("source_party")
                .agg(pl.col("x").sum())
            )
            return dict(sums.collect().iter_rows())

    return rebuild


def made_log(url: str, words: KeyStore) -> Log:
    """Return a log of the product's own vocabulary, made."""
    return make_log(url, vocabulary=VOCABULARY, evolve=evolve, words=words)


def interaction(number: int, row: Row) -> InteractionObserved:
    """Return a row as the product records it."""
    day, source, target, goldstein = row
    return InteractionObserved(
        stream=f"interaction:{number % STREAMS}",
        recorded_at=number,
        occurred_at=day * 86_400_000_000,
        label="CLEAR",
        source="import",
        file="0" * 64,
        line=number,
        day=day,
        source_party=source,
        source_home="",
        relation="Make statement",
        target_party=target,
        target_home="",
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
        sums: Sums = {}
        latest = 0
        for observed in replayed(application):
            if observed.day > latest:
                fade = 2.0 ** ((latest - observed.day) / HALF_LIFE)
                latest = observed.day
                sums = {party: value * fade for party, value in sums.items()}
            sums[observed.source] = sums.get(observed.source, 0.0) + observed.goldstein
        return sums

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
