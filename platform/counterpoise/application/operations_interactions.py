"""The operator's work on interactions: rows of coded files go in as events, each once."""

import dataclasses
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from counterpoise.application.circumstances import Clock
from counterpoise.application.coded import EPOCH, Coded, read
from counterpoise.application.sheets import BadRow
from counterpoise.domain.events import Event
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.refusals import Refusal
from counterpoise.store.log import Log

DAY = 86_400_000_000
"""Microseconds in a day."""

BUFFER = 16_384
"""Rows turned into Python's values at once."""

STREAM_DIGITS = 16
"""Hex digits of a file's SHA-256 that name its stream."""


class BadRows(Refusal):
    """A file with rows that cannot be used is imported only if that is asked for."""

    rule = "bad-rows"

    def __init__(self, file: Path, bad: tuple[BadRow, ...], good: int) -> None:
        super().__init__(
            f"{len(bad)} rows of {file} cannot be used, so none of its {good + len(bad)} was imported.",
            owner="you",
            remedy="Mend them, or give --keep-good to import the others.",
        )
        self.bad = bad


@dataclass(frozen=True)
class Imported:
    """What became of a file: its SHA-256 (hex), its layout, and its rows by what was done with them."""

    sha256: str
    layout: str
    recorded: int
    repeated: int
    lone: int
    bad: tuple[BadRow, ...]


def import_interactions(
    log: Log,
    file: Path,
    *,
    values: Path | None = None,
    day_zero: date = EPOCH,
    keep_good: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    clock: Clock,
) -> Imported:
    """Record each row of a coded file once, and return how many there were; cut short, it goes on when repeated.

    `progress` is told how many rows are done, of how many. BadRows (unless `keep_good`), and what `coded.read`
    refuses.
    """
    coded = read(file, values=values, day_zero=day_zero)
    if coded.bad and not keep_good:
        raise BadRows(file, coded.bad, coded.rows.height)
    progress(0, coded.rows.height)
    with _uncollected():
        imported = log.append_many(
            _commands(coded, clock()),
            told=lambda done: progress(done.recorded + done.repeated, coded.rows.height),
        )
    return Imported(
        sha256=coded.sha256,
        layout=coded.layout,
        recorded=imported.recorded,
        repeated=imported.repeated,
        lone=coded.lone,
        bad=coded.bad,
    )


def stream_of(sha256: str) -> str:
    """Return the stream of a file's interactions."""
    return f"interaction:{sha256[:STREAM_DIGITS]}"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: events have none, and looking would take a tenth of the whole import."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _commands(coded: Coded, at: int) -> Iterator[tuple[tuple[str, int], Event]]:
    """Yield each row as the key of its file and line, and its event."""
    shared = _envelope(coded.sha256, at)
    columns = ("line", "day", "source", "source_home", "relation", "target", "target_home", "goldstein")
    for line, day, source, source_home, relation, target, target_home, goldstein in coded.rows.select(
        columns
    ).iter_rows(buffer_size=BUFFER):
        fields = shared | {
            "occurred_at": day * DAY,
            "line": line,
            "day": day,
            "source_party": source,
            "source_home": source_home,
            "relation": relation,
            "target_party": target,
            "target_home": target_home,
            "goldstein": goldstein,
        }
        event = object.__new__(InteractionObserved)
        object.__setattr__(
            event, "__dict__", fields
        )  # its own __init__ would take a third of the whole import
        yield (coded.sha256, line), event


def _envelope(sha256: str, at: int) -> dict[str, object]:
    """Return the fields that every interaction of a file has alike."""
    one = InteractionObserved(
        stream=stream_of(sha256),
        recorded_at=at,
        occurred_at=at,
        label="CLEAR",
        source="import",
        file=sha256,
        line=0,
        day=0,
        source_party="",
        source_home="",
        relation="",
        target_party="",
        target_home="",
        goldstein=0.0,
    )
    return dataclasses.asdict(one)
