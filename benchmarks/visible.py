"""Holds the time from asking to have an event recorded until a view shows it, against a bare durable append."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import ClassVar

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from counterpoise.domain.events import Event
from counterpoise.domain.keys import KeyMade
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Outcome, Recorded
from counterpoise.store.opening import make_log

TURNS, WARM = 2_000, 500
RATIO = 1.5


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """A note of one figure, in the envelope every event has."""

    TOPIC: ClassVar[str] = "note.noted"
    figure: float
    words: str


def main() -> None:
    """Print the median and the 99th percentile of each, in milliseconds; exit 1 if the bar is missed."""
    with tempfile.TemporaryDirectory() as made:
        calls = {
            "visible": visible(Path(made)),
            "bare append": bare(Path(made)),
            "sqlite3 alone": alone(Path(made)),
        }
        waits: dict[str, list[float]] = {name: [] for name in calls}
        for turn in range(TURNS):  # in turns, so that all meet the same disk
            for name, call in calls.items():
                waits[name].append(milliseconds(call, turn))
    medians = {}
    for name, of_one in waits.items():
        cuts = quantiles(of_one[WARM:], n=100)
        medians[name] = cuts[49]
        print(f"{name:13} p50 {cuts[49]:>8.3f} ms   p99 {cuts[98]:.3f} ms")
    ratio = medians["visible"] / medians["bare append"]
    print(f"ratio         {ratio:>12.2f}      bar {RATIO}: {'met' if ratio <= RATIO else 'MISSED'}")
    sys.exit(ratio > RATIO)


def visible(folder: Path) -> Callable[[int], None]:
    """Return a call that has one event recorded, and checks that a view has it by then."""
    log = make_log(
        f"sqlite:///{folder / 'log.db'}",
        vocabulary={kind.TOPIC: kind for kind in (Noted, KeyMade)},
        evolve=lambda count, _event: (count or 0) + 1,
        words=KeyStore(folder / "keys.db"),
    )
    seen: dict[str, float] = {}

    def view(batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            assert isinstance(recorded.event, Noted)
            seen[recorded.event_id] = recorded.event.figure

    def call(turn: int) -> None:
        stream = f"note:{turn % 20}"
        receipt = log.decide(Command(str(turn), "body"), lambda _: Outcome([noted(stream, turn)]))
        assert receipt.events[0] in seen

    log.subscribe(view)
    return call


def bare(folder: Path) -> Callable[[int], None]:
    """Return a call that appends the same bytes, ready to be stored, through the library's own recorder."""
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "bare.db"), originator_id_type="text"))
    recorder.create_table()
    state = bytes(450)

    def call(turn: int) -> None:
        recorder.insert_events([StoredEvent(f"note:{turn % 20}", turn // 20 + 1, Noted.TOPIC, state)])

    return call


def alone(folder: Path) -> Callable[[int], None]:
    """Return a call that appends the same bytes with nothing between it and SQLite: what the disk alone costs."""
    connection = sqlite3.connect(folder / "alone.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE events (stream TEXT, version INTEGER, topic TEXT, state BLOB, PRIMARY KEY (stream, version))"
    )
    state = bytes(450)

    def call(turn: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?)",
            (f"note:{turn % 20}", turn // 20 + 1, Noted.TOPIC, state),
        )
        connection.execute("COMMIT")

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


def milliseconds(call: Callable[[int], None], turn: int) -> float:
    """Return how long a call took."""
    begun = time.perf_counter()
    call(turn)
    return (time.perf_counter() - begun) * 1e3


if __name__ == "__main__":
    main()
