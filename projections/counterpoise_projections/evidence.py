"""What counts as evidence of an actor's conduct, and how much each piece of it weighs."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from counterpoise.domain.refusals import Refusal
from counterpoise.domain.tables import Tables

OBSERVATIONS: dict[str, Any] = {
    "id": pl.String,  # of the event
    "position": pl.Int64,
    "day": pl.Float64,  # it occurred: microseconds / 86.4e9
    "theatre": pl.String,
    "actor": pl.String,  # it is about
    "holder": pl.String,  # whose experience or judgement it is; empty: nobody's
    "visibility": pl.String,
    "type": pl.String,  # a word of tables["observations"]
    "rating": pl.Int64,  # reflection: 1..5
    "phase": pl.String,  # reflection
    "achieved": pl.Float64,  # pilot step: share of what was aimed at
    "stake": pl.String,  # pilot step
    "soft": pl.Boolean,  # pilot step: safe to fail
    "severity": pl.String,  # concern
    "days_open": pl.Float64,  # concern resolved
    "balance": pl.Float64,  # scan: B, made without trust
    "confidence": pl.Float64,  # scan: probability of its verdict
    "valence": pl.Float64,  # narrative: -1..1
    "credibility": pl.Float64,  # narrative
    "reach": pl.String,  # narrative
    "story": pl.String,  # narrative; empty: a story of its own
    "x": pl.Float64,  # interaction: 1 friendly, 0 hostile, null neither
}
"""One row an event, holder and actor it is about; null where a type has no use for a column."""

LARGEST = 1e9
"""Weight of an item; more is a mistake."""

ITEMS: dict[str, Any] = {
    **OBSERVATIONS,
    "omega": pl.Float64,  # share of it that fades slowly
    "w_undivided": pl.Float64,  # weight of a first telling
    "telling": pl.Int64,  # the r-th of its story about this actor in this theatre; 1 without a story
    "w": pl.Float64,  # weight
}
"""One row an item: OBSERVATIONS, its outcome `x` in 0..1, its weight and its memory."""


def weigh(observations: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """One row an item of evidence, by (day, id, actor, holder).

    An observation that lacks what its type asks for, is of no known type, or whose outcome lies outside 0..1 or
    weight below 0, is no evidence and falls out.
    """
    kinds = tables["observations"]
    memory = {name: kind["memory"] for name, kind in kinds.items()}
    return (
        observations.with_columns(x=_by_type(_outcomes()))
        .with_columns(
            omega=_figure("type", memory),
            w_undivided=_by_type(_weights(tables)) * _figure("type", _of(kinds, "weight")),
        )
        .filter(pl.col("x").is_between(0, 1) & pl.col("w_undivided").is_between(0, LARGEST))
        .with_columns(telling=_telling())
        .with_columns(w=pl.col("w_undivided") / pl.col("telling"))
        .select(*ITEMS)
        .sort("day", "id", "actor", "holder")
    )


def rate(mixture: Mapping[str, float], tables: Tables) -> float:
    """Return half-lives a day of a theatre with this mixture of kinds: the mean of 1/h by their shares."""
    shares = {tables.check("kinds", kind): share for kind, share in mixture.items()}
    total = sum(shares.values())
    if total <= 0 or min(shares.values()) < 0:
        raise NoMixture
    pace: float = sum(share / tables["kinds"][kind]["half_life"] for kind, share in shares.items()) / total
    return pace


class NoMixture(Refusal):
    """A theatre is of at least one kind, and no share is negative."""

    rule = "no-mixture"

    def __init__(self) -> None:
        super().__init__(
            "The theatre's mixture has no kind with a positive share, or a negative share.",
            owner="you",
            remedy="Give each kind a share of 0 or more, at least one above 0.",
        )


def _outcomes() -> dict[str, pl.Expr]:
    return {
        "scan": ((1 + pl.col("balance")) / 2).clip(0, 1),  # a balance may lie as low as -(1 + phi)
        "pilot_step": pl.col("achieved"),
        "reflection": (pl.col("rating") - 1) / 4,
        "concern_raised": pl.lit(0.0),
        "concern_resolved": pl.lit(1.0),
        "red_line_crossed": pl.lit(0.0),
        "interaction": pl.col("x"),
        "narrative": (1 + pl.col("valence")) / 2,
    }


def _weights(tables: Tables) -> dict[str, pl.Expr]:
    """Return what the base weight of each type is multiplied with."""
    kinds = tables["observations"]
    poor = pl.col("x") < 0.5  # noqa: PLR2004  the middle of the outcome's scale
    soft = pl.col("soft").fill_null(value=False) & poor
    severity = _figure("severity", _of(tables["severities"], "weight"))
    return {
        "scan": pl.col("confidence"),
        "pilot_step": _figure("stake", _of(tables["stakes"], "weight"))
        * pl.when(soft).then(kinds["pilot_step"]["soft_failure"]).otherwise(1.0),
        "reflection": _figure("phase", _of(tables["phases"], "weight"))
        * pl.when(poor).then(kinds["reflection"]["loss"]).otherwise(1.0),
        "concern_raised": severity,
        "concern_resolved": severity
        * (pl.lit(2.0) ** (-pl.col("days_open") / kinds["concern_resolved"]["half_life"])),
        "red_line_crossed": pl.lit(1.0),
        "interaction": pl.lit(1.0),
        "narrative": pl.col("credibility") * _figure("reach", _of(tables["reaches"], "weight")),
    }


def _telling() -> pl.Expr:
    """Return how often the story was told about the actor in the theatre, by (day, id); one event tells once."""
    a_story = (pl.col("type") == "narrative") & (pl.col("story").fill_null("") != "")
    count = pl.struct("day", "id").rank("dense").over("type", "story", "actor", "theatre")
    return pl.when(a_story).then(count).otherwise(1).cast(pl.Int64)


def _by_type(expressions: Mapping[str, pl.Expr]) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col("type") == name).then(expression) for name, expression in expressions.items()
    ).cast(pl.Float64)


def _of(words: Mapping[str, Any], figure: str) -> dict[str, float]:
    return {word: entry[figure] for word, entry in words.items()}


def _figure(column: str, figures: Mapping[str, float]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(figures), default=None, return_dtype=pl.Float64)
