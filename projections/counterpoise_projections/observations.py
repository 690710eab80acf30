"""Observations: what the log holds that says something of an actor's conduct, ready to be weighed as evidence."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.concerns import ConcernRaised, ConcernResolved, ConcernWithdrawn
from counterpoise.domain.events import Event
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import PilotProposed, VisibilityChanged
from counterpoise.domain.reflections import ReflectionRecorded
from counterpoise.domain.steps import RedLineCrossed, StepCompleted, StepPlanned
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import TheatreOpened
from counterpoise_projections import evidence, histories, interactions, scales

OBSERVED: dict[str, Any] = {
    **evidence.OBSERVATIONS,
    "recorded_at": pl.Int64,  # when it began to count: a scan does when its stage opens
    "audience": pl.String,  # narrative: whom it was told; empty: nobody in particular
}
"""One row an event, holder and actor it is about; `position` is where it began to count."""


def observations(
    log: pl.LazyFrame,
    tables: Tables,
    *,
    position: int | None = None,
    context: scales.Context | None = None,
) -> pl.LazyFrame:
    """One row an event, holder and actor it is about: OBSERVED, by (day, id, actor, holder).

    What happened in a theatre whose opening is not among the rows is left out: its clock is not known. `context`
    saves the reading of the scans where that was done already.
    """
    rows = histories.standing_at(log, position)
    found = [shaped(part(rows)) for part in PARTS]
    scanned = shaped(scans(context or scales.Context(rows, tables), tables))
    opened = frame.of(rows, TheatreOpened).select("theatre")
    foreign = frame.of(rows, InteractionObserved).select(theatre="source_home")
    return combined([*found, scanned], theatres=pl.concat([opened, foreign]))


def combined(parts: Iterable[pl.LazyFrame], *, theatres: pl.LazyFrame) -> pl.LazyFrame:
    """Return observations of all kinds as one table, without those in theatres that are not known."""
    together = pl.concat(parts).join(theatres, on="theatre", how="semi")
    return together.sort("day", "id", "actor", "holder")


def shaped(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows with every column of OBSERVED, null where they have none."""
    present = rows.collect_schema()
    return rows.select(
        (pl.col(name) if name in present else pl.lit(None)).cast(kind).alias(name)
        for name, kind in OBSERVED.items()
    )


def _marks() -> dict[str, pl.Expr]:
    return {"id": frame.event_id(), "day": histories.day()}


def steps(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a completed step and ordered pair of those who took part in it."""
    plans = histories.plans(rows).select("pilot", "step", "visibility", "stake", soft="safe_to_fail")
    done = (
        frame.of(rows, StepCompleted)
        .with_columns(pl.col("took_part").list.unique(), **_marks())
        .join(plans, on=["pilot", "step"], how="left")
    )
    return (
        done.with_columns(type=pl.lit("pilot_step"), holder="took_part", actor="took_part")
        .explode("holder", empty_as_null=False)
        .explode("actor", empty_as_null=False)
        .filter(pl.col("holder") != pl.col("actor"))
    )


def reflections(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a rating of a reflection, held by the reflecting member's actor; as visible as the step."""
    rated = (
        frame.of(rows, ReflectionRecorded)
        .with_columns(type=pl.lit("reflection"), holder="actor", **_marks())
        .explode("ratings", empty_as_null=False)
        .drop("actor", "confidence")  # of the member in the own words; that of an observation is another
        .unnest("ratings")
    )
    return _as_visible(rated, rows)


def concerns_raised(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a concern about an actor, held by who raised it; none once it is taken back."""
    raised = _concerns(rows).with_columns(type=pl.lit("concern_raised"), holder="actor", actor="about")
    return _as_visible(raised, rows)


def concerns_resolved(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a concern about an actor that is settled; about whom and how severe as it was last corrected."""
    raised = _concerns(rows).select(
        "stream",
        "step",
        raised_about="about",
        raised_severity="severity",
        raised_day="day",
        raised_corrected=pl.col("corrected_at").fill_null(0),
    )
    resolved = frame.of(rows, ConcernResolved).join(raised, on="stream")
    own = pl.col("corrected_at").fill_null(0) > pl.col("raised_corrected")
    settled = resolved.with_columns(
        type=pl.lit("concern_resolved"),
        holder="actor",
        actor=pl.when(own).then("about").otherwise("raised_about"),
        severity=pl.when(own).then("severity").otherwise("raised_severity"),
        days_open=histories.day() - pl.col("raised_day"),
        **_marks(),
    )
    return _as_visible(settled.filter(pl.col("actor") != ""), rows)


def _concerns(rows: pl.LazyFrame) -> pl.LazyFrame:
    taken_back = frame.of(rows, ConcernWithdrawn).select("stream")
    return (
        frame.of(rows, ConcernRaised)
        .with_columns(**_marks())
        .filter(pl.col("about") != "")
        .join(taken_back, on="stream", how="anti")
    )


def crossings(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a red line crossed: about who crossed it, held by its owner."""
    crossed = frame.of(rows, RedLineCrossed).with_columns(
        type=pl.lit("red_line_crossed"), holder="owner", actor="by", **_marks()
    )
    return _as_visible(crossed, rows)


def narratives(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a sighting and actor the story names; nobody's experience."""
    fields = ("theatre", "about", "valence", "credibility", "reach", "audience", "visibility")
    return (
        pl.concat(
            frame.of(rows, kind).select(*fields, "position", "recorded_at", story="stream", **_marks())
            for kind in (NarrativeFirstSighted, NarrativeSighted)
        )
        .with_columns(type=pl.lit("narrative"), holder=pl.lit(""), actor=pl.col("about").list.unique())
        .explode("actor", empty_as_null=False)
    )


def observed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a friendly or hostile interaction, as `interactions.observations` reads it."""
    recorded = rows.select("position", "recorded_at")
    return interactions.observations(frame.of(rows, InteractionObserved)).join(
        recorded, on="position", how="left"
    )


def scans(context: scales.Context, tables: Tables) -> pl.LazyFrame:
    """One row an opened reading of a scan and partner of its actor: the balance, made without trust.

    Everything is as it was when the reading opened: partners, conditions, visibility, audiences, fulcrum. A revision
    after that opens at once, and counts beside the reading it revises.
    """
    opened = context.readings.filter(pl.col("opened_at").is_not_null()).with_columns(
        position="opened_at", day="opened_day", recorded_at="opened_recorded_at"
    )
    weighed = _weighed(context.at(opened).collect(), tables)
    return (
        histories.partners(context.stays, weighed.lazy())
        .filter(pl.col("partner") != pl.col("actor"))
        .with_columns(type=pl.lit("scan"), id="event", holder="actor", actor="partner")
    )


def _weighed(moments: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    balances = [scales.balance(reading, tables) for reading in moments.iter_rows(named=True)]
    return moments.with_columns(
        balance=pl.Series([each.balance for each in balances], dtype=pl.Float64),
        confidence=pl.Series([each.probability for each in balances], dtype=pl.Float64),
    )


def _as_visible(found: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add the visibility of the step an event is about, else of its pilot at the time."""
    plans = histories.plans(rows).select("pilot", "step", of_step="visibility")
    pilots = histories.visibilities(rows).drop("event")
    return histories.held(
        found.join(plans, on=["pilot", "step"], how="left"), pilots, on="pilot", reaching_back=True
    ).with_columns(visibility=pl.coalesce("of_step", "visibility"))


SEEN = (PilotProposed, VisibilityChanged, StepPlanned)
"""What says how visible something was."""

PARTS: Mapping[Callable[[pl.LazyFrame], pl.LazyFrame], tuple[type[Event], ...]] = {
    steps: (StepCompleted, StepPlanned),
    reflections: (ReflectionRecorded, *SEEN),
    concerns_raised: (ConcernRaised, ConcernWithdrawn, *SEEN),
    concerns_resolved: (ConcernRaised, ConcernResolved, ConcernWithdrawn, *SEEN),
    crossings: (RedLineCrossed, *SEEN),
    narratives: (NarrativeFirstSighted, NarrativeSighted),
    observed: (InteractionObserved,),
}
"""Each kind of observation but scans, and the events it is read from."""
