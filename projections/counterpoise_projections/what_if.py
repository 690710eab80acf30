"""What if: the same questions to a log in which something had not happened, or had happened otherwise."""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from counterpoise.domain.refusals import Refusal, UnknownWord
from counterpoise.domain.tables import Tables
from counterpoise_projections import trust
from counterpoise_projections.evidence import OBSERVATIONS

DIFFERENCE: dict[str, Any] = {
    "before": pl.Float64,
    "after": pl.Float64,
    "delta": pl.Float64,
    "before_low": pl.Float64,
    "before_high": pl.Float64,
    "low": pl.Float64,  # the new interval
    "high": pl.Float64,
}
"""What `difference` adds to a question: trust as it is, as it would be, and the difference."""


class NothingToChange(Refusal):
    """Only what was observed can be dropped or replaced."""

    rule = "nothing-to-change"

    def __init__(self, event: str) -> None:
        super().__init__(
            f"There is no observation {event!r} to drop or to replace.",
            owner="you",
            remedy="Name an event that the figure's contributions lead to.",
        )


def changed(
    observations: pl.LazyFrame,
    *,
    drop: Collection[str] = (),
    replace: Mapping[str, Mapping[str, Any]] | None = None,
    add: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Return OBSERVATIONS without the events `drop`, with columns of the events `replace` as given, and `add`.

    NothingToChange if an event was not observed, UnknownWord if a column is none of OBSERVATIONS.
    """
    others = replace or {}
    known = set(observations.select(pl.col("id").unique()).collect()["id"])
    for event in (*drop, *others):
        if event not in known:
            raise NothingToChange(event)
    kept = observations.filter(~pl.col("id").is_in(list(drop))).with_columns(_replaced(others))
    return kept if add is None else pl.concat([kept, add.select(*OBSERVATIONS)])


def difference(
    before: pl.LazyFrame, after: pl.LazyFrame, theatres: pl.LazyFrame, questions: pl.LazyFrame, tables: Tables
) -> pl.LazyFrame:
    """One row a question, in the questions' order: its columns and DIFFERENCE between two sets of items.

    The items are weighed anew in each: a story whose first telling is gone is told for the first time later.
    """
    now = trust.figures(before, theatres, questions, tables)
    then = trust.figures(after, theatres, questions, tables).select(after="trust", low="low", high="high")
    asked = pl.col(questions.collect_schema().names())
    return (
        pl.concat(
            [now.rename({"trust": "before", "low": "before_low", "high": "before_high"}), then],
            how="horizontal",
        )
        .with_columns(delta=pl.col("after") - pl.col("before"))
        .select(asked, *DIFFERENCE)
    )


def _replaced(others: Mapping[str, Mapping[str, Any]]) -> list[pl.Expr]:
    """Return the columns that are given anew for some events, each as an expression."""
    columns: dict[str, dict[str, Any]] = {}
    for event, fields in others.items():
        for column, value in fields.items():
            if column not in OBSERVATIONS:
                raise UnknownWord("observation", column, OBSERVATIONS)
            columns.setdefault(column, {})[event] = value
    return [
        pl.col("id")
        .replace_strict(
            list(values),
            pl.Series(list(values.values()), dtype=OBSERVATIONS[column], strict=False),
            default=pl.col(column),
            return_dtype=OBSERVATIONS[column],
        )
        .alias(column)
        for column, values in columns.items()
    ]
