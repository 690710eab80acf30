"""Holds durable appends by 32 callers, with receipt and tree, against the library's own save() in the same run."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread
from typing import ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from counterpoise.domain.events import Event
from counterpoise.domain.keys import KeyMade
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log, Outcome
from counterpoise.store.opening import make_log
from counterpoise.store.reading import Reading

CALLERS, CALLS, ROUNDS = 32, 200, 5
RATIO = 3.0
P99 = 25.0

Call = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """A note of one figure, in the envelope every event has."""

    TOPIC: ClassVar[str] = "note.noted"
    figure: float
    words: str


class Notes(Aggregate):
    """The library's aggregate of notes: what it saves has one figure and one line of words as well."""

    figure = 0.0
    words = ""

    @event("Noted")
    def note(self, figure: float, words: str) -> None:
        """Take a note."""
        self.figure = figure
        self.words = words


def main() -> None:
    """Print appends a second of both, in turns, and how long callers waited; exit 1 if a bar is missed."""
    ours: list[float] = []
    theirs: list[float] = []
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as made:
        for turn in range(ROUNDS):
            folder = Path(made) / str(turn)
            folder.mkdir()
            theirs.append(rate(library(folder))[0])
            a_second, waited = rate(log(folder))
            ours.append(a_second)
            waits.extend(waited)
    ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
    cuts = quantiles(waits, n=100)
    print(f"log          {median(ours):>10,.0f} appends/s   p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms")
    print(f"save()       {median(theirs):>10,.0f} appends/s")
    print(f"ratio        {ratio:>10.2f}          bar {RATIO}: {'met' if ratio >= RATIO else 'MISSED'}")
    print(f"p99          {cuts[98]:>10.1f} ms       bar {P99}: {'met' if cuts[98] <= P99 else 'MISSED'}")
    sys.exit(not (ratio >= RATIO and cuts[98] <= P99))


def log(folder: Path) -> Call:
    """Return a call that decides on a stream and records one event in it, under a key of its own."""
    keys = KeyStore(folder / "keys.db")
    opened: Log = make_log(
        f"sqlite:///{folder / 'log.db'}",
        vocabulary={kind.TOPIC: kind for kind in (Noted, KeyMade)},
        evolve=lambda count, _event: (count or 0) + 1,
        words=keys,
    )

    def call(caller: int, turn: int) -> None:
        def decision(reading: Reading) -> Outcome:
            stream = f"note:{caller}"
            reading.version(stream)
            return Outcome([noted(stream, turn)])

        opened.decide(Command(f"{caller}-{turn}", "body"), decision)

    return call


def noted(stream: str, turn: int) -> Noted:
    """Return a note with the envelope of an event of a pilot."""
    return Noted(
        stream=stream,
        recorded_at=turn,
        occurred_at=turn,
        member="m-3f1c",
        actor="actor:7",
        theatre="theatre:2",
        pilot="pilot:5",
        figure=turn / 8,
        words="met at the bridge",
    )


def library(folder: Path) -> Call:
    """Return a call that saves one event of an aggregate that is held in memory."""
    application = Application[UUID](
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "library.db")}
    )
    held = [Notes() for _ in range(CALLERS)]
    application.save(*held)

    def call(caller: int, turn: int) -> None:
        held[caller].note(figure=turn / 8, words="met at the bridge")
        application.save(held[caller])

    return call


def rate(call: Call) -> tuple[float, Sequence[float]]:
    """Return calls a second from all callers at once, and the milliseconds each call took; one call warms up."""
    start = Barrier(CALLERS + 1)
    waits: list[float] = []

    def caller(number: int) -> None:
        call(number, CALLS)
        start.wait()
        for turn in range(CALLS):
            begun = time.perf_counter()
            call(number, turn)
            waits.append((time.perf_counter() - begun) * 1e3)

    threads = [Thread(target=caller, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return CALLERS * CALLS / (time.perf_counter() - begun), waits


if __name__ == "__main__":
    main()
