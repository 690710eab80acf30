"""The operator's work on interactions: rows of coded files go in as events, each once."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from counterpoise.application.circumstances import Clock
from counterpoise.application.coded import EPOCH, Coded, read
from counterpoise.application.sheets import BadRow
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.refusals import Refusal
from counterpoise.store.bulk import encoded
from counterpoise.store.log import Log
from counterpoise.store.mapper import Encoded

DAY = 86_400_000_000
"""Microseconds in a day."""

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


def _commands(coded: Coded, at: int) -> Iterator[tuple[tuple[str, int], Encoded]]:
    """Yield each row as the key of its file and line, and its event, made column by column."""
    nobody = pl.lit([], pl.List(pl.String))
    rows = coded.rows.select(
        recorded_at=pl.lit(at, pl.Int64),
        occurred_at=pl.col("day") * DAY,
        **dict.fromkeys(("member", "actor", "theatre", "pilot"), pl.lit("")),
        label=pl.lit("CLEAR"),
        **dict.fromkeys(("recipients", "group", "clients"), nobody),
        source=pl.lit("import"),
        file=pl.lit(coded.sha256),
        line="line",
        day="day",
        source_party="source",
        source_home="source_home",
        relation="relation",
        target_party="target",
        target_home="target_home",
        goldstein="goldstein",
    )
    keys = ((coded.sha256, line) for line in rows["line"])
    return zip(keys, encoded(InteractionObserved, stream_of(coded.sha256), rows), strict=True)
