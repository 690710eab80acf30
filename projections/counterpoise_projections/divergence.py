"""Divergence: how far apart the actors of a pilot put the fulcrum of the scale."""

from typing import Any

import polars as pl

FULCRA: dict[str, Any] = {
    "pilot": pl.String,
    "actor": pl.String,
    "fulcrum": pl.Float64,  # lambda: gains must be this many times the risks
    "phi": pl.Float64,  # its place on the lever, (lambda - 1) / (lambda + 1)
    "phi_sd": pl.Float64,  # doubt about that place
    "source": pl.String,  # where it was taken from: scan, actor or category
}
"""One row a pilot and actor: the latest fulcrum. Further columns are left alone."""

DIVERGENCE: dict[str, Any] = {
    "pilot": pl.String,
    "actor": pl.String,  # the one who asks for more
    "other": pl.String,
    "fulcrum": pl.Float64,
    "other_fulcrum": pl.Float64,
    "phi": pl.Float64,
    "other_phi": pl.Float64,
    "apart": pl.Float64,  # phi less the other's, 0 or more
    "apart_sd": pl.Float64,
    "source": pl.String,
    "other_source": pl.String,
    "spread": pl.Float64,  # between the outermost actors of the pilot
}
"""One row a pilot and pair of its actors."""


def divergence(fulcra: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot and pair of its actors: DIVERGENCE, the most apart first, then by pilot and actors."""
    others = fulcra.select("pilot", pl.exclude("pilot").name.prefix("other_"))
    asks_more = (pl.col("phi") > pl.col("other_phi")) | (
        (pl.col("phi") == pl.col("other_phi")) & (pl.col("actor") < pl.col("other_actor"))
    )
    return (
        fulcra.join(others, on="pilot")
        .filter(asks_more)
        .join(spread(fulcra), on="pilot")
        .with_columns(
            other="other_actor",
            apart=pl.col("phi") - pl.col("other_phi"),
            apart_sd=(pl.col("phi_sd") ** 2 + pl.col("other_phi_sd") ** 2).sqrt(),
        )
        .select(*DIVERGENCE)
        .sort("apart", "pilot", "actor", "other", descending=[True, False, False, False])
    )


def spread(fulcra: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot, the widest `spread` of places first: who asks for most and for least, how many actors."""
    by_place = pl.col("actor").sort_by("phi", "actor", descending=[True, False])
    return (
        fulcra.group_by("pilot")
        .agg(
            spread=pl.col("phi").max() - pl.col("phi").min(),
            most=by_place.first(),
            least=by_place.last(),
            actors=pl.len().cast(pl.Int64),
        )
        .sort("spread", "pilot", descending=[True, False])
    )
