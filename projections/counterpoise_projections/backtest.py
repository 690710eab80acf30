"""The backtest: each day's interactions foretold from earlier days alone, with the figures as shipped."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections import evidence, interactions, permutation, scores, trust
from counterpoise_projections.foresight import in_order


@dataclass(frozen=True)
class Backtest:
    """How well conduct was foretold. None stands for what too few rows cannot tell."""

    kept: int  # interactions that count
    scored: int
    log_loss: float | None  # nats an interaction
    auc: float | None
    calibration_error: float | None
    coverage_90: float | None  # of the next ten outcomes of the actor in the theatre
    gain: float | None  # log loss with imports off, less log loss
    gain_low: float | None  # 95 % interval
    gain_high: float | None
    permutation_p: float | None


def backtest(
    observed: pl.LazyFrame,
    tables: Tables,
    *,
    seed: int,
    swaps: int = permutation.SWAPS,
    swapped: Callable[[], object] = lambda: None,
) -> Backtest:
    """Return the backtest of interactions.INTERACTIONS; nothing is tuned, `seed` draws blocks and swaps.

    `swapped` is called after each of the swaps: all but a moment of the time goes into them.
    """
    observations = interactions.observations(observed)
    theatres = interactions.theatres(observations, tables)
    items = in_order(evidence.weigh(observations, tables))
    first = int(permutation.SCORED_FROM * items.height)
    rows = _foretold(items, theatres, tables).slice(first)
    p, x = rows["trust"].to_numpy(), rows["x"].to_numpy()
    gains = scores.surprise(rows["alone"].to_numpy(), x) - scores.surprise(p, x)
    blocks, exchanges = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2))
    low, high = scores.spread(gains, blocks)
    return Backtest(
        kept=items.height,
        scored=rows.height,
        log_loss=scores.mean(scores.surprise(p, x)),
        auc=scores.auc(p, x),
        calibration_error=scores.calibration_error(p, x),
        coverage_90=_coverage(rows.drop_nulls("ahead"), tables),
        gain=scores.mean(gains),
        gain_low=low,
        gain_high=high,
        permutation_p=permutation.p_value(
            items,
            theatres,
            tables,
            generator=exchanges,
            swaps=swaps,
            swapped=swapped,
        ),
    )


def _foretold(items: pl.DataFrame, theatres: pl.LazyFrame, tables: Tables) -> pl.DataFrame:
    """One row an item, in the items' order: its x, the `trust` and `certainty` of the days before, and more.

    `alone` is that trust with imports off, `ahead` the sum of this and the next outcomes of the actor in the
    theatre, AHEAD in all; null where there are fewer.
    """
    ahead = pl.col("x").reverse().rolling_sum(scores.AHEAD).reverse().over("actor", "theatre")
    asked = items.lazy().select("actor", "theatre", "day", "x", ahead=ahead)
    isolated = tables.amended({"spillover": {"coupling": 0.0}})
    alone = trust.figures(items.lazy(), theatres, asked, isolated, before=True).select(alone="trust")
    joined = trust.figures(items.lazy(), theatres, asked, tables, before=True)
    return pl.concat([joined.collect(), alone.collect()], how="horizontal")


def _coverage(rows: pl.DataFrame, tables: Tables) -> float | None:
    low, high = tables["trust"]["interval"]
    friendly = rows["ahead"].round().cast(pl.Int64).to_numpy()
    return scores.coverage(rows["trust"].to_numpy(), rows["certainty"].to_numpy(), friendly, (low, high))
