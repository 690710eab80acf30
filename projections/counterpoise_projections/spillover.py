"""Spill-over: how trust gained or lost in one theatre moves trust in another."""

from typing import Any

import numpy as np
import polars as pl
from scipy.special import betaincinv, ndtri

from counterpoise.domain.tables import Tables
from counterpoise_projections.trust import Attribution

CELLS: dict[str, Any] = {
    "actor": pl.String,
    "from": pl.String,  # theatre where it happened
    "to": pl.String,  # theatre it reaches
    "day": pl.Float64,
    "net": pl.Float64,  # points of trust; what was gained plus what was lost
    "gained": pl.Float64,
    "lost": pl.Float64,  # 0 or less
    "low": pl.Float64,  # interval of the net, if the items from there were all there is
    "high": pl.Float64,
    "sd": pl.Float64,
    "items": pl.Int64,
    "events": pl.List(pl.String),  # ids of the leading ones
    "points": pl.List(pl.Float64),  # what each of them contributes
}
"""One row a cell: an actor, where its standing comes from, and where it reaches."""

MATRIX: dict[str, Any] = {
    **{name: kind for name, kind in CELLS.items() if name not in {"actor", "sd"}},
    "actors": pl.Int64,
}
"""One row a pair of theatres: the cells of all actors together."""

CARRIERS: dict[str, Any] = {
    "holder": pl.String,  # whose experience it is; empty: nobody's
    **{name: kind for name, kind in CELLS.items() if name not in {"actor", "low", "high", "sd"}},
}
"""One row a holder and pair of theatres."""

LEADING = 5
"""Events that are named in a cell: those that contribute most, one way or the other."""

ENOUGH = 400
SIGNIFICANT = 0.05


def cells(
    items: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables
) -> pl.LazyFrame:
    """One row a question's actor and day, theatre that lends and theatre asked about: CELLS, in that order.

    A cell's interval is the opinion that its items alone would give, at their weight in the whole one; its mean
    is the net. A theatre none of whose items reaches the other has no cell.
    """
    sums = _with_interval(_summed(items, theatres, questions, tables).collect(), tables)
    return sums.lazy().select(*CELLS).sort("actor", "from", "to", "day")


def carriers(
    items: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables
) -> pl.LazyFrame:
    """One row a holder, theatre that lends, theatre asked about and day: CARRIERS, in that order."""
    by = ["holder", "from", "to", "day"]
    each = _summed(items, theatres, questions, tables, "holder")
    return each.group_by(by, maintain_order=True).agg(*_together()).select(*CARRIERS).sort(by)


def matrix(cells: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """One row a theatre that lends, one that borrows and a day: MATRIX, in that order, over all actors' cells."""
    by = ["from", "to", "day"]
    low, high = (float(ndtri(end)) for end in tables["trust"]["interval"])
    return (
        cells.group_by(by, maintain_order=True)
        .agg(
            *_together(),
            actors=pl.col("actor").n_unique().cast(pl.Int64),
            sd=(pl.col("sd") ** 2).sum().sqrt(),
        )
        .with_columns(low=pl.col("net") + low * pl.col("sd"), high=pl.col("net") + high * pl.col("sd"))
        .select(*MATRIX)
        .sort(by)
    )


def everywhere(items: pl.LazyFrame, theatres: pl.LazyFrame, *, day: float) -> pl.LazyFrame:
    """One row an actor that was ever seen and a theatre: trust.QUESTIONS as of a day, by actor and theatre."""
    where = theatres.select("theatre").unique()
    actors = items.select("actor").unique()
    return where.join(actors, how="cross").with_columns(day=pl.lit(day)).sort("actor", "theatre")


def label(travelled: int, permutation_p: float | None) -> str:
    """Return what spill-over may be called: shown by the log, or assumed.

    `travelled` counts items about actors that were seen in two or more theatres; `permutation_p` is None if no
    permutation test was made.
    """
    shown = travelled >= ENOUGH and permutation_p is not None and permutation_p < SIGNIFICANT
    return "shown" if shown else "assumed (prior from ICEWS)"


def _summed(
    items: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables, *by: str
) -> pl.LazyFrame:
    """Return the sums of imported contributions of each question by its source theatre and `by`."""
    asked = questions.collect()
    attribution = Attribution(items, theatres, asked, tables)
    slices = attribution.some_at_a_time(asked) if asked.height else [asked]
    keys = ["question", "actor", "day", pl.col("source").alias("from"), pl.col("theatre").alias("to"), *by]
    each = (
        attribution.parts(some, "imported")
        .sort("question", "source", "id", *by)
        .group_by(keys, maintain_order=True)
        .agg(*_sums())
        .collect()
        for some in slices
    )
    return pl.concat(each).lazy()


def _sums() -> list[pl.Expr]:
    points = pl.col("contribution")
    largest = pl.struct(-points.abs().round(12), "day", "id")
    return [
        points.sum().alias("net"),
        points.filter(points > 0).sum().alias("gained"),
        points.filter(points < 0).sum().alias("lost"),
        pl.col("weight").sum(),
        pl.col("share").sum(),
        pl.len().cast(pl.Int64).alias("items"),
        pl.col("id").sort_by(largest).head(LEADING).alias("events"),
        points.sort_by(largest).head(LEADING).alias("points"),
    ]


def _together() -> list[pl.Expr]:
    events, points = pl.col("events").explode(), pl.col("points").explode()
    largest = pl.struct(-points.abs().round(12), events)
    return [
        pl.col("net", "gained", "lost", "items").sum(),
        events.sort_by(largest).head(LEADING).alias("events"),
        points.sort_by(largest).head(LEADING).alias("points"),
    ]


def _with_interval(sums: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Add `low`, `high` and `sd` of the net, by the opinion of the cell's items alone."""
    figure = tables["trust"]
    prior, middle = figure["prior_weight"], figure["prior"]
    weight, share, net = (sums[name].to_numpy() for name in ("weight", "share", "net"))
    evidence = np.divide(weight, share, out=np.full_like(weight, np.inf), where=share > 0)
    scale = (prior + weight) / evidence
    mean = middle + np.divide(net, scale, out=np.zeros_like(net), where=scale > 0)
    certainty = (prior + weight) / (1 + (prior + weight) / figure["certainty_discount"])
    low, high = (betaincinv(certainty * mean, certainty * (1 - mean), end) for end in figure["interval"])
    return sums.with_columns(
        low=(low - middle) * scale,
        high=(high - middle) * scale,
        sd=np.sqrt(mean * (1 - mean) / (certainty + 1)) * scale,
    )
