"""Evidence: what the visible part of a log says of actors, ready for the model."""

from collections.abc import Sequence

import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections import observations, trust
from counterpoise_projections.balances import Known


class Evidence(Known):
    """Items of evidence and the theatres they happened in, from rows a reader may read."""

    def __init__(self, rows: pl.LazyFrame, tables: Tables) -> None:
        super().__init__(rows, tables)
        self.rows = rows
        self.tables = tables

    def observations(self) -> pl.LazyFrame:
        """Return what was observed, before it is weighed: what-if questions change it."""
        return observations.observations(self.rows, self.tables)

    def lowest_trust(
        self, holder: str, partners: Sequence[str], *, theatre: str, day: float
    ) -> tuple[float | None, float]:
        """Return the lowest trust of `holder` in its partners in a theatre, and its deviation.

        A partner the holder has no evidence of, own or imported, does not count; None if it has none of any.
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
