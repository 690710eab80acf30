"""The coupling that a log itself speaks for, and whether it shows spill-over at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import norm

from counterpoise.domain.tables import Tables
from counterpoise_projections import permutation, scores
from counterpoise_projections.fading import Floats
from counterpoise_projections.foresight import Foresight, in_order

GRID = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
PRIOR_OF_NONE = 0.1
PRIOR_MEDIAN, PRIOR_SD = 0.15, 0.9
"""Of the coupling, log-normal, if there is any: as fitted to coded political events."""

ENOUGH = 400
"""Items of actors seen in two or more theatres; with fewer the log shows nothing."""

SIGNIFICANT = 0.05

POSTERIOR: dict[str, Any] = {
    "coupling": pl.Float64,
    "prior": pl.Float64,
    "loss": pl.Float64,  # nats, over all items, each foretold from earlier days
    "posterior": pl.Float64,
}
"""One row a coupling of the grid, ascending."""


@dataclass(frozen=True)
class Coupling:
    """What the log says of spill-over: `mean` is the expected coupling, `travelled` counts the items that tell.

    `permutation_p` is None where too few items tell. `shown` is whether spill-over may be called shown;
    otherwise it is assumed, from the prior.
    """

    mean: float
    travelled: int
    permutation_p: float | None
    shown: bool


def coupling(
    items: pl.LazyFrame,
    theatres: pl.LazyFrame,
    tables: Tables,
    *,
    seed: int,
    swaps: int = permutation.SWAPS,
    swapped: Callable[[], object] = lambda: None,
) -> Coupling:
    """Return what the items say of spill-over; `seed` draws the swaps, `swapped` is called after each."""
    ordered = in_order(items)
    telling = travelled(ordered)
    likely = posterior(ordered, theatres, tables)
    p = None
    if telling >= ENOUGH:
        generator = np.random.default_rng(seed)
        p = permutation.p_value(ordered, theatres, tables, generator=generator, swaps=swaps, swapped=swapped)
    return Coupling(
        mean=float((likely["coupling"] * likely["posterior"]).sum()),
        travelled=telling,
        permutation_p=p,
        shown=p is not None and p < SIGNIFICANT,
    )


def travelled(items: pl.DataFrame) -> int:
    """Return how many items are about actors that have been seen in two or more theatres."""
    return items.filter(pl.col("theatre").n_unique().over("actor") > 1).height


def posterior(items: pl.DataFrame, theatres: pl.LazyFrame, tables: Tables) -> pl.DataFrame:
    """One row a coupling of the grid: POSTERIOR, proportional to the prior times exp(-loss)."""
    prior = _prior()
    foresight, x = Foresight.of(items, theatres, tables), items["x"].to_numpy()
    loss = np.array([scores.surprise(foresight.expected(coupling=c), x).sum() for c in GRID])
    weight = prior * np.exp(loss.min() - loss)
    columns = {"coupling": GRID, "prior": prior, "loss": loss, "posterior": weight / weight.sum()}
    return pl.DataFrame(columns, schema=POSTERIOR)


def _prior() -> Floats:
    """Return the prior of the grid: each coupling above none stands for all nearer to it, by their logarithm."""
    logs = np.log(GRID[1:])
    edges = np.concatenate([[-np.inf], (logs[1:] + logs[:-1]) / 2, [np.inf]])
    some = np.diff(norm.cdf((edges - np.log(PRIOR_MEDIAN)) / PRIOR_SD))
    return np.concatenate([[PRIOR_OF_NONE], (1 - PRIOR_OF_NONE) * some])
