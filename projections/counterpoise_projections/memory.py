"""Memory: what was read of a log at some positions, kept by the last event that could have changed it."""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import chain

import numpy as np
import polars as pl

from counterpoise import frame
from counterpoise.domain.deployments import PolicyChanged
from counterpoise.domain.events import Event
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise_projections import evidence, histories, observations, scales
from counterpoise_projections.balances import Known
from counterpoise_projections.fading import Integers

Events = tuple[type[Event], ...]

CLOCKS: Events = (TheatreOpened, ContextShifted, InteractionObserved)
"""What the clocks of theatres are read from."""

CONDUCT: Events = tuple(dict.fromkeys([*chain(*observations.PARTS.values()), *scales.READS, *CLOCKS]))
"""What balances and trust are read from."""

REMEMBERED = 256
"""Positions of which a reading is kept."""


class Memory:
    """Reads a log at positions. `read` gives the rows as they stand at one; without it they are all the log's."""

    def __init__(
        self,
        log: pl.LazyFrame,
        tables: Callable[[int], Tables],
        *,
        read: Callable[[int], pl.LazyFrame] | None = None,
    ) -> None:
        """Take a log and the tables in force at each position of it."""
        self._recorded = (
            log.select("position", "topic", "pilot", day=histories.day("recorded_at"))
            .sort("position")
            .collect()
        )
        self._read = read or partial(histories.standing_at, log)
        self.tables = lru_cache(maxsize=REMEMBERED)(tables)
        self.rows = lru_cache(maxsize=REMEMBERED)(lambda position: self._read(position).collect().lazy())
        self.known = lru_cache(maxsize=REMEMBERED)(self._known)
        self._positions = lru_cache(maxsize=REMEMBERED)(self._positions_of)
        self._part = lru_cache(maxsize=REMEMBERED)(self._part_at)
        self._context = lru_cache(maxsize=REMEMBERED)(self._context_at)
        self._scans = lru_cache(maxsize=REMEMBERED)(self._scans_at)
        self._theatres = lru_cache(maxsize=REMEMBERED)(self._theatres_at)

    def last(self, kinds: Events, position: int, *, pilot: str = "") -> int:
        """Return the last position up to `position` that could change what is read from these kinds of events.

        Corrections and changes of tables always can. If a pilot is named, only events of it or of none.
        """
        positions = self._positions(kinds, pilot)
        place = int(np.searchsorted(positions, position, side="right"))
        return int(positions[place - 1]) if place else 0

    def day(self, position: int) -> float:
        """Return the day the last event up to a position was recorded; 0 where there is none."""
        days = self._recorded.filter(pl.col("position") <= position)["day"]
        return float(days[-1]) if len(days) else 0.0

    def _positions_of(self, kinds: Events, pilot: str) -> Integers:
        topics = [*(kind.TOPIC for kind in kinds), PolicyChanged.TOPIC, *frame.CORRECTIONS]
        named = pl.col("pilot").is_in([pilot, ""]) if pilot else pl.lit(value=True)
        return self._recorded.filter(pl.col("topic").is_in(topics) & named)["position"].to_numpy()

    def _known(self, position: int) -> Known:
        """Return what bears on balances at a position; of the observations, only what changed is read anew."""
        parts = [self._part(part, self.last(reads, position)) for part, reads in observations.PARTS.items()]
        scanned = self.last(scales.READS, position)
        theatres = self._theatres(self.last(CLOCKS, position))
        found = observations.combined([*parts, self._scans(scanned)], theatres=theatres)
        items = evidence.weigh(found, self.tables(position)).collect().lazy()
        return Known.of(self._context(scanned), items, theatres)

    def _part_at(self, part: Callable[[pl.LazyFrame], pl.LazyFrame], position: int) -> pl.LazyFrame:
        return observations.shaped(part(self.rows(position))).collect().lazy()

    def _context_at(self, position: int) -> scales.Context:
        return scales.Context(self.rows(position), self.tables(position))

    def _scans_at(self, position: int) -> pl.LazyFrame:
        found = observations.scans(self._context(position), self.tables(position))
        return observations.shaped(found).collect().lazy()

    def _theatres_at(self, position: int) -> pl.LazyFrame:
        return histories.theatres(self.rows(position), self.tables(position)).collect().lazy()
