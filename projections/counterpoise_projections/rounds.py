"""Rounds: which steps members are asked to reflect on now, because a coordinator asks or the step itself does."""

from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.pilots import PilotClosed, RoundClosed, RoundOpened
from counterpoise.domain.reflections import ReflectionRecorded
from counterpoise.domain.steps import StepCompleted, StepPlanned, StepStarted
from counterpoise_projections import directory

ROUNDS: dict[str, Any] = {
    "pilot": pl.String,
    "step": pl.String,
    "phase": pl.String,
    "since": pl.Int64,  # recorded
    "opened": pl.Boolean,  # by a coordinator; else the step asks by itself
}
"""One row a round that is open."""

ASKS = {StepPlanned: "before", StepStarted: "during", StepCompleted: "after"}
"""The phase that members are asked about once this happened to a step."""

ASKS_FOR = 14 * 86_400_000_000
"""For how long a step asks by itself, in microseconds; what a coordinator opened lasts until it is closed."""

WHILE = {
    "before": ("planned",),
    "during": ("started", "paused"),
    "after": ("started", "completed", "abandoned"),
}
"""The states of a step in which a phase of it can be answered; in others its round is moot."""

KEYS = ("pilot", "step", "phase")


def rounds(log: pl.LazyFrame, *, now: int) -> pl.LazyFrame:
    """One row a round that is open at `now` (microseconds UTC): ROUNDS, the oldest first.

    `log` holds the pilots' streams as they stand. A round that was closed does not open by itself again.
    """
    said = _said(log)
    begun = _begun(log, now).join(said.select(*KEYS), on=KEYS, how="anti")
    opened = said.filter("opened")
    status = directory.steps(log).select("pilot", "step", "status")
    over = frame.of(log, PilotClosed).select("pilot").unique()
    able = pl.DataFrame(
        [(phase, state) for phase, states in WHILE.items() for state in states],
        schema=["phase", "status"],
        orient="row",
    ).lazy()
    return (
        pl.concat([opened, begun])
        .join(over, on="pilot", how="anti")
        .join(status, on=["pilot", "step"])
        .join(able, on=["phase", "status"], how="semi")
        .select(*ROUNDS)
        .sort("since", *KEYS)
    )


def answers(log: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot, step, phase and pseudonym that reflected on it: KEYS, member; by these."""
    return frame.of(log, ReflectionRecorded).select(*KEYS, "member").unique().sort(*KEYS, "member")


def _said(log: pl.LazyFrame) -> pl.LazyFrame:
    """Return each round that a coordinator opened or closed, as it was left."""
    both = (
        frame.of(log, kind).select(*KEYS, "position", since="recorded_at", opened=pl.lit(kind is RoundOpened))
        for kind in (RoundOpened, RoundClosed)
    )
    return pl.concat(both).sort("position").unique(KEYS, keep="last", maintain_order=True).select(*ROUNDS)


def _begun(log: pl.LazyFrame, now: int) -> pl.LazyFrame:
    """Return the rounds that steps ask for by themselves, since they last came to it."""
    each = (
        directory.newest(log, kind, by=("pilot", "step")).select(
            "pilot", "step", phase=pl.lit(phase), since="recorded_at", opened=pl.lit(value=False)
        )
        for kind, phase in ASKS.items()
    )
    return pl.concat(each).filter(pl.col("since") > now - ASKS_FOR).select(*ROUNDS)
