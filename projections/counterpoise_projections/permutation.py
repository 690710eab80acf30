"""The permutation test of spill-over: do actors' own foreign records foretell them better than others' do."""

from collections.abc import Callable

import numpy as np
import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections import scores
from counterpoise_projections.fading import Floats
from counterpoise_projections.foresight import Foresight

LEARNT_FROM, SCORED_FROM = 0.15, 0.65
"""Shares of the items: what is learnt from lies between, what is scored comes after."""

SWAPS = 200

BANDS = 20
"""Of actors by volume; records are swapped within a band."""

COUPLINGS = (0.0, 0.02, 0.1, 0.3)
CAPS = (0.1, 0.4, 1.2)
"""What is chosen anew after each swap, so that no record is judged by figures fitted to another."""


def p_value(
    items: pl.DataFrame,
    theatres: pl.LazyFrame,
    tables: Tables,
    *,
    generator: np.random.Generator,
    swaps: int = SWAPS,
    swapped: Callable[[], object] = lambda: None,
) -> float | None:
    """Return how likely so great a gain of imports is when foreign records are swapped between actors.

    `items` stand in the order of time. Coupling and cap are chosen on those between LEARNT_FROM and
    SCORED_FROM, the gain is told on the rest; own evidence and norm stay as they are. `swapped` is called
    after each swap. None where there is nothing to learn from or to tell.
    """
    skip, first = int(LEARNT_FROM * items.height), int(SCORED_FROM * items.height)
    learnt = first - skip
    if not learnt:
        return None
    x = items["x"].slice(skip).to_numpy()
    foresight = Foresight.of(items, theatres, tables, skip=skip)
    bands = bands_of(items)
    observed = gain(foresight, x, learnt)
    as_great = 0
    for _ in range(swaps):
        lent = foresight.with_foreign_records_of(swap(bands, generator))
        as_great += gain(lent, x, learnt) >= observed
        swapped()
    return (1 + as_great) / (1 + swaps)


def gain(foresight: Foresight, x: Floats, learnt: int) -> float:
    """Return by how many nats an event the best coupling and cap of the first part do better on the rest."""
    alone = scores.surprise(foresight.expected(coupling=0.0), x)
    best = min(_losses(foresight, x), key=lambda loss: float(loss[:learnt].mean()))
    return float((alone[learnt:] - best[learnt:]).mean())


def _losses(foresight: Foresight, x: Floats) -> list[Floats]:
    grid = [(coupling, cap) for coupling in COUPLINGS for cap in (CAPS if coupling else CAPS[:1])]
    return [scores.surprise(foresight.expected(coupling=c, cap=m), x) for c, m in grid]


def bands_of(items: pl.DataFrame) -> pl.DataFrame:
    """One row an actor, by band and name: `actor` and `band`, from 0; bands hold equally many, by volume."""
    return (
        items.group_by("actor")
        .agg(volume=pl.len())
        .sort("volume", "actor")
        .select("actor", band=pl.int_range(pl.len()) * BANDS // pl.len())
        .sort("band", "actor")
    )


def swap(bands: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """One row an actor: `actor` and `other`, another or the same of its band; each is given once."""
    drawn = bands.with_columns(draw=generator.random(bands.height)).sort("band", "draw")
    return bands.select("actor", other=drawn["actor"])
