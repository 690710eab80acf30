"""Evidence: what the visible part of a log says of actors, ready for the model."""

from collections.abc import Sequence

import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections import evidence, histories, observations, trust


class Evidence:
    """Items of evidence and the theatres they happened in, from rows a reader may read."""

    def __init__(self, rows: pl.LazyFrame, tables: Tables) -> None:
        self.tables = tables
        self.observations = observations.observations(rows, tables).collect().lazy()
        self.items = evidence.weigh(self.observations, tables).collect().lazy()
        self.theatres = histories.theatres(rows, tables).collect().lazy()

    def lowest_trust(
        self, holder: str, partners: Sequence[str], *, theatre: str, day: float
    ) -> tuple[float | None, float]:
        """Return the lowest trust of `holder` in its partners in a theatre, and its deviation; None if it has none.

        A partner the holder has no evidence of, own or imported, does not count.
        """
        asked = pl.LazyFrame(
            {
                "theatre": [theatre] * len(partners),
                "actor": list(partners),
                "day": [day] * len(partners),
                "holder": [holder] * len(partners),
            },
            schema={**trust.QUESTIONS, "holder": pl.String},
        )
        known = trust.figures(self.items, self.theatres, asked, self.tables).filter(
            pl.col("own") + pl.col("imported") > 0
        )
        lowest = known.sort("trust", "actor").head(1).select("trust", "trust_sd").collect()
        return lowest.row(0) if lowest.height else (None, 0.0)
