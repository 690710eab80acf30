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

from counterpoise.domain.events import Event
from counterpoise.domain.keys import KeyMade
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Outcome, Recorded
from counterpoise.store.opening import make_log

TURNS, WARM = 2_000, 100
RATIO = 1.5


@dataclass(frozen=True, kw_only=True)
class Noted(Event):
    """A note of one figure, in the envelope every event has."""

    TOPIC: ClassVar[str] = "note.noted"
    figure: float
    words: str


def main() -> None:
    """Print the median and the 99th percentile of both, in milliseconds; exit 1 if the bar is missed."""
    with tempfile.TemporaryDirectory() as made:
        append = bare(Path(made))
        show = visible(Path(made))
        bares, shown = [], []
        for turn in range(TURNS):  # in turns, so that both meet the same disk
            bares.append(milliseconds(append, turn))
            shown.append(milliseconds(show, turn))
    mine, other = spread(shown[WARM:]), spread(bares[WARM:])
    ratio = mine[0] / other[0]
    print(f"visible      p50 {mine[0]:>8.3f} ms   p99 {mine[1]:.3f} ms")
    print(f"bare append  p50 {other[0]:>8.3f} ms   p99 {other[1]:.3f} ms")
    print(f"ratio        {ratio:>12.2f}      bar {RATIO}: {'met' if ratio <= RATIO else 'MISSED'}")
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
    """Return a call that appends the same bytes to a table of events, durably and with nothing else."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, stream TEXT, version INTEGER, topic TEXT, state BLOB)"
    )
    state = bytes(450)

    def call(turn: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO events (stream, version, topic, state) VALUES (?, ?, ?, ?)",
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


def spread(waits: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    cuts = quantiles(waits, n=100)
    return cuts[49], cuts[98]


if __name__ == "__main__":
    main()
