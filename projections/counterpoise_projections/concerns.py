"""Concerns: what threatens an identity, and what became of it."""

from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.concerns import (
    ConcernAcknowledged,
    ConcernAddedTo,
    ConcernAnswered,
    ConcernRaised,
    ConcernResolved,
    ConcernWithdrawn,
)
from counterpoise_projections import histories

CONCERNS: dict[str, Any] = {
    "concern": pl.String,  # its stream
    "pilot": pl.String,
    "theatre": pl.String,
    "step": pl.String,  # empty: the pilot as a whole
    "kind": pl.String,
    "severity": pl.String,
    "factor": pl.String,
    "about": pl.String,  # empty: nobody is named
    "owner": pl.String,  # who raised it; empty: anonymous
    "anonymous": pl.Boolean,
    "status": pl.String,  # raised, acknowledged, answered, resolved or withdrawn
    "tweak": pl.String,  # that answered it last
    "raised_at": pl.Int64,  # all times: when it occurred, microseconds UTC
    "acknowledged_at": pl.Int64,  # first
    "answered_at": pl.Int64,  # last
    "resolved_at": pl.Int64,
    "withdrawn_at": pl.Int64,
    "recorded_at": pl.Int64,  # that it was raised
    "days_open": pl.Float64,  # until it was resolved or withdrawn, else until the day asked about
    "event": pl.String,  # that raised it
    "events": pl.List(pl.String),  # all of it, in order
}
"""One row a concern."""

BECAME = {
    ConcernAcknowledged: "acknowledged",
    ConcernAnswered: "answered",
    ConcernResolved: "resolved",
    ConcernWithdrawn: "withdrawn",
}
"""What becomes of a concern."""


def concerns(log: pl.LazyFrame, *, day: float, position: int | None = None) -> pl.LazyFrame:
    """One row a concern that was raised: CONCERNS, by when it was raised, then by its stream."""
    rows = histories.standing_at(log, position)
    raised = frame.of(rows, ConcernRaised).with_columns(
        concern="stream", owner="actor", raised_at="occurred_at", event=frame.event_id()
    )
    followed = _followed(rows, raised)
    ended = histories.day("ended_at")
    return (
        raised.join(followed, on="stream", how="left")
        .with_columns(
            status=pl.col("status").fill_null("raised"),
            tweak=pl.col("tweak").fill_null(""),
            events=pl.concat_list(pl.concat_list("event"), pl.col("events").fill_null([])),
            days_open=pl.coalesce(ended, pl.lit(day)) - histories.day("raised_at"),
        )
        .select(*CONCERNS)
        .sort("raised_at", "concern")
    )


def _followed(rows: pl.LazyFrame, raised: pl.LazyFrame) -> pl.LazyFrame:
    """One row a concern after which something was recorded: its status, times, last tweak and events."""
    since = raised.select("stream", since="position")
    known = pl.concat(
        [
            frame.of(rows, kind).select(
                "stream",
                "position",
                "occurred_at",
                pl.col("tweak") if kind is ConcernAnswered else pl.lit(None, pl.String).alias("tweak"),
                status=pl.lit(status, pl.String),
                event=frame.event_id(),
            )
            for kind, status in (*BECAME.items(), (ConcernAddedTo, None))
        ]
    )

    def at(status: str) -> pl.Expr:
        return pl.col("occurred_at").filter(pl.col("status") == status)

    ends = pl.col("status").is_in(["resolved", "withdrawn"])
    return (
        known.join(since, on="stream")
        .filter(pl.col("position") > pl.col("since"))
        .sort("position")
        .group_by("stream")
        .agg(
            pl.col("status").drop_nulls().last(),
            pl.col("tweak").drop_nulls().last(),
            acknowledged_at=at("acknowledged").first(),
            answered_at=at("answered").last(),
            resolved_at=at("resolved").last(),
            withdrawn_at=at("withdrawn").last(),
            ended_at=pl.col("occurred_at").filter(ends).last(),
            events="event",
        )
    )
