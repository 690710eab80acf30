"""The operator's rebuild: every view computed from the log anew, beside what grew with it event by event."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from polars.testing import assert_frame_equal

from counterpoise import frame
from counterpoise.application.evidence import Evidence
from counterpoise.application.operations_stores import without_keys
from counterpoise.application.shown import DAY, tables_of
from counterpoise.store.log import Log, Quarantined
from counterpoise_projections import (
    balances,
    concerns,
    directory,
    divergence,
    lessons,
    readiness,
    spillover,
    trust,
)

WITHIN = 1e-9
"""How far a figure may be from itself: sums may be taken in another order."""

TAIL = 1_000
"""Events that come one by one at the end of what grows, in this many steps."""


@dataclass(frozen=True)
class Rebuilt:
    """One view: how many rows it has, the seconds it took, whether what grew is the same."""

    view: str
    rows: int
    seconds: float
    same: bool


@dataclass(frozen=True)
class Rebuild:
    """What a rebuild has shown: the events, every view, and the events that cannot be read."""

    events: int
    views: tuple[Rebuilt, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def sound(self) -> bool:
        """Whether every event can be read and every view is the same."""
        return not self.quarantined and all(view.same for view in self.views)


class Whole:
    """Everything the log says, for no reader: what the views are computed from."""

    def __init__(self, log: pl.LazyFrame) -> None:
        self.log = log
        self.rows = frame.standing(log).collect().lazy()
        self.tables = tables_of(self.rows)
        self.day = float(log.select(pl.col("recorded_at").max()).collect().item() or 0) / DAY
        self.known = Evidence(self.rows, self.tables)

    def seen(self) -> pl.LazyFrame:
        """Return every actor where it was seen, as of the last day: trust.QUESTIONS."""
        asked = self.known.items.select("theatre", "actor").unique()
        return asked.with_columns(day=pl.lit(self.day)).sort("actor", "theatre")


VIEWS: Mapping[str, Callable[[Whole], pl.LazyFrame]] = {
    "log": lambda whole: whole.log,
    "standing": lambda whole: whole.rows,
    "evidence": lambda whole: whole.known.items,
    "trust": lambda whole: trust.figures(whole.known.items, whole.known.theatres, whole.seen(), whole.tables),
    "spill-over": lambda whole: spillover.cells(
        whole.known.items, whole.known.theatres, whole.seen(), whole.tables
    ),
    "balances": lambda whole: balances.balances(whole.rows, whole.tables, day=whole.day, known=whole.known),
    "balances as opened": lambda whole: balances.history(whole.rows, whole.tables, known=whole.known),
    "divergence": lambda whole: divergence.divergence(balances.fulcra(whole.rows, whole.tables)),
    "readiness": lambda whole: readiness.readiness(whole.rows, whole.tables),
    "concerns": lambda whole: concerns.concerns(whole.rows, day=whole.day),
    "lessons": lambda whole: lessons.lessons(whole.rows, drafts=True),
    "pilots": lambda whole: directory.pilots(whole.rows),
    "steps": lambda whole: directory.steps(whole.rows),
    "actors": lambda whole: directory.actors(whole.rows),
    "theatres": lambda whole: directory.theatres(whole.rows),
    "members": lambda whole: directory.members(whole.rows),
}
"""Every view of a whole log, by what it shows."""


def rebuilt(url: str, *, told: Callable[[int, int], None] = lambda _done, _of: None) -> Rebuild:
    """Compute every view from the log alone, and compare it with one over rows that came a few at a time."""
    with without_keys(url) as log, without_keys(url) as growing:
        start = time.perf_counter()
        fresh = Whole(log.frame().collect().lazy())
        reading = time.perf_counter() - start
        grown = Whole(_grown(growing, log.size()).lazy())
        views = tuple(_each(fresh, grown, reading, told))
        return Rebuild(log.size(), views, tuple(log.quarantined[place] for place in sorted(log.quarantined)))


def _grown(log: Log, size: int) -> pl.DataFrame:
    """Return the frame as one has it that has followed the log: most of it long ago, the rest bit by bit."""
    steps: Sequence[int] = [size // 2, max(0, size - TAIL), *range(max(0, size - TAIL), size, 100)]
    for position in steps:
        log.frame(position).collect()
    return log.frame(size).collect()


def _each(fresh: Whole, grown: Whole, reading: float, told: Callable[[int, int], None]) -> Iterator[Rebuilt]:
    for done, (name, view) in enumerate(VIEWS.items(), start=1):
        start = time.perf_counter()
        rows = view(fresh).collect()
        seconds = time.perf_counter() - start + (reading if name == "log" else 0.0)
        yield Rebuilt(name, rows.height, seconds, _same(rows, view(grown).collect()))
        told(done, len(VIEWS))


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    try:
        assert_frame_equal(one, other, check_exact=False, rel_tol=WITHIN, abs_tol=WITHIN)
    except AssertionError:
        return False
    return True
