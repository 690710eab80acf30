"""Interactions as evidence: what coded acts say of the one acted upon, in the country of the one who acts."""

from typing import Any

import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise.frame import event_id
from counterpoise_projections import evidence
from counterpoise_projections.clocks import THEATRES

INTERACTIONS: dict[str, Any] = {
    "position": pl.Int64,
    "stream": pl.String,
    "version": pl.Int64,
    "day": pl.Int64,  # since 1970-01-01
    "source_party": pl.String,
    "source_home": pl.String,  # empty: none
    "target_party": pl.String,
    "target_home": pl.String,  # empty: none
    "goldstein": pl.Float64,  # -10 conflict .. +10 cooperation
}
"""The columns of interaction events that are read here; one row an event."""

KIND = "other"
"""The kind of every theatre of coded interactions."""


def observations(interactions: pl.LazyFrame) -> pl.LazyFrame:
    """One row a friendly or hostile interaction across a border, as evidence.OBSERVATIONS, by position.

    The theatre is the source's home, the actor the target, the holder the source. A row counts when the
    source has a home other than "International", the target is neither that country nor at home in it, and
    the Goldstein value is not zero.
    """
    home = pl.col("source_home")
    known: dict[str, Any] = {
        "id": event_id(),
        "day": pl.col("day").cast(pl.Float64),
        "theatre": home,
        "actor": "target_party",
        "holder": "source_party",
        "visibility": pl.lit("public"),
        "type": pl.lit("interaction"),
        "x": (pl.col("goldstein") > 0).cast(pl.Float64),
    }
    unused = {
        name: pl.lit(None, dtype=kind)
        for name, kind in evidence.OBSERVATIONS.items()
        if name not in {*known, "position"}
    }
    return (
        interactions.filter(
            ~home.is_in(["", "International"]),
            pl.col("target_party") != home,
            pl.col("target_home") != home,
            pl.col("goldstein") != 0,
        )
        .sort("position")
        .select("position", **known, **unused)
        .select(*evidence.OBSERVATIONS)
    )


def theatres(observed: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """One row a theatre of these observations, as clocks.THEATRES, by theatre; kind other, no audiences."""
    return (
        observed.select(pl.col("theatre").unique().sort())
        .with_columns(
            since=pl.lit(0.0),
            rate=pl.lit(evidence.rate({KIND: 1.0}, tables)),
            audiences=pl.lit([], dtype=THEATRES["audiences"]),
        )
        .select(*THEATRES)
    )
