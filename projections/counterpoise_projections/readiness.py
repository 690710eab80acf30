"""Readiness: every gate of every step that is not ended: open or shut, whose it is, and what would satisfy it."""

from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.domain.actors import MandateClarified
from counterpoise.domain.pilots import (
    ActorWithdrew,
    CharterAccepted,
    CharterSet,
    InvitationAnswered,
    LevelAdvised,
    MandateAcknowledged,
    StageEntered,
)
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.steps import GateOverridden, RedLineWaived
from counterpoise.domain.tables import Tables
from counterpoise_projections import directory, histories

GATES: dict[str, Any] = {
    "pilot": pl.String,
    "step": pl.String,
    "rule": pl.String,
    "owner": pl.String,  # who can satisfy it
    "satisfied": pl.Boolean,
    "open": pl.Boolean,  # satisfied, or overridden where that may be
    "overridable": pl.Boolean,
    "overridden": pl.Boolean,
    "remedy": pl.String,  # what would satisfy it
    "event": pl.String,  # the gate is about: a scan, an invitation, a charter, ...; null: there is none yet
}
"""One row a gate."""

ENDED = ("completed", "abandoned")
ORDER = ("pilot", "step", "gate", "place", "second")
"""Gates stand in the order of the domain's rules; of one rule, by when its actors joined, else by name."""

ABSENT = {
    "owner": pl.lit("coordinator"),
    "overridable": pl.lit(value=True),
    "event": pl.lit(None, pl.String),
    "place": pl.lit(0, pl.Int64),
    "second": pl.lit(0, pl.Int64),
}


def readiness(log: pl.LazyFrame, tables: Tables, *, position: int | None = None) -> pl.LazyFrame:
    """One row a gate of a step that is neither ended nor on a closed pilot: GATES, by pilot, step and rule's order."""
    rows = histories.standing_at(log, position)
    pilots = _pilots(rows).collect().lazy()
    steps = _steps(rows, pilots).collect().lazy()
    joined = _joined(rows, steps).collect().lazy()
    rules = (
        scans(rows, joined),
        invitations(rows, steps),
        red_lines(rows, joined),
        charter(rows, steps, joined),
        mandates(rows, joined),
        level(rows, steps, joined, tables),
        visibility(steps, tables),
    )
    gates = pl.concat(_shaped(rule.with_columns(gate=pl.lit(number))) for number, rule in enumerate(rules))
    overridden = frame.of(rows, GateOverridden).select("pilot", "step", rule="gate").unique()
    return (
        gates.join(
            overridden.with_columns(overridden=pl.lit(value=True)), on=["pilot", "step", "rule"], how="left"
        )
        .with_columns(pl.col("overridden").fill_null(value=False))
        .with_columns(open=pl.col("satisfied") | (pl.col("overridable") & pl.col("overridden")))
        .sort(*ORDER)
        .select(*GATES)
    )


def _shaped(rule: pl.LazyFrame) -> pl.LazyFrame:
    """Return the gates of a rule with every column; what the rule does not say is as ABSENT has it."""
    said = rule.collect_schema()
    stated = ("pilot", "step", "rule", "satisfied", "remedy", "gate")
    return rule.select(
        *stated,
        *(
            (pl.coalesce(name, absent) if name in said else absent).alias(name)
            for name, absent in ABSENT.items()
        ),
    )


def _pilots(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return running pilots: stage, level, charter, visibility, and the theatre's cap with the event that set it."""
    caps = directory.theatres(rows).select("theatre", "visibility_cap", cap_event="context_event")
    return (
        directory.pilots(rows)
        .filter(~pl.col("closed"))
        .select("pilot", "theatre", "stage", "level", "charter", pilot_visibility="visibility")
        .join(caps, on="theatre")
    )


def _steps(rows: pl.LazyFrame, pilots: pl.LazyFrame) -> pl.LazyFrame:
    planned = directory.steps(rows).filter(~pl.col("status").is_in(ENDED))
    return planned.select("pilot", "step", "touches", step_visibility="visibility").join(pilots, on="pilot")


def _joined(rows: pl.LazyFrame, steps: pl.LazyFrame) -> pl.LazyFrame:
    """One row a step and partner, with its place in the order of joining."""
    stays = histories.memberships(rows).filter(pl.col("until").is_null())
    return steps.join(stays.select("pilot", "actor", place="since"), on="pilot")


def _scanned(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot, stage and actor whose scan stands, with its newest reading."""
    return (
        pl.concat(
            frame.of(rows, kind).select("pilot", "stage", "actor", "position", event=frame.event_id())
            for kind in (ScanRecorded, ScanRevised)
        )
        .sort("position")
        .unique(["pilot", "stage", "actor"], keep="last")
        .drop("position")
    )


def scans(rows: pl.LazyFrame, joined: pl.LazyFrame) -> pl.LazyFrame:
    """Each joined actor has scanned at this stage."""
    return joined.join(_scanned(rows), on=["pilot", "stage", "actor"], how="left").with_columns(
        rule=frame.phrase("scan/{}", "actor"),
        owner="actor",
        satisfied=pl.col("event").is_not_null(),
        remedy=frame.phrase("{} records a scan at the stage {}", "actor", "stage"),
    )


def invitations(rows: pl.LazyFrame, steps: pl.LazyFrame) -> pl.LazyFrame:
    """No invited actor's scan is missing without a reason: it scanned, joined or gave its answer."""
    stays = histories.memberships(rows).filter(pl.col("until").is_null())
    invited = directory.invitations(rows).join(stays, on=["pilot", "actor"], how="anti")
    scanned = _scanned(rows).select("pilot", "stage", "actor", scanned=pl.lit(value=True))
    return (
        steps.join(invited, on="pilot")
        .join(scanned, on=["pilot", "stage", "actor"], how="left")
        .with_columns(
            rule=frame.phrase("invitation/{}", "actor"),
            owner="actor",
            satisfied=pl.col("answered") | pl.col("scanned").is_not_null(),
            remedy=frame.phrase("{} answers the invitation", "actor"),
            place=_place("actor"),
        )
    )


def red_lines(rows: pl.LazyFrame, joined: pl.LazyFrame) -> pl.LazyFrame:
    """No unwaived red line of a joined actor is touched. No coordinator overrides this."""
    lines = directory.red_lines(rows)
    waived = (
        frame.of(rows, RedLineWaived).select("pilot", "step", "actor", "red_line").unique()
    ).with_columns(waived=pl.lit(value=True))
    here = (pl.col("only_in") == "") | (pl.col("only_in") == pl.col("theatre"))
    named = (pl.col("of") == pl.col("touched_of")) | (pl.col("of") == "") | (pl.col("touched_of") == "")
    return (
        joined.explode("touches", empty_as_null=False)
        .with_columns(
            touch=pl.col("touches").struct.field("touch"), touched_of=pl.col("touches").struct.field("of")
        )
        .join(lines, on=["actor", "touch"])
        .filter(here & named)
        .unique(["pilot", "step", "actor", "red_line"])
        .join(waived, on=["pilot", "step", "actor", "red_line"], how="left")
        .with_columns(
            rule=frame.phrase("red-line/{}/{}", "actor", "red_line"),
            owner="actor",
            satisfied=pl.col("waived").is_not_null(),
            overridable=pl.lit(value=False),
            remedy=frame.phrase(
                "{} waives its red line {} for this step, or the step no longer touches it",
                "actor",
                "red_line",
            ),
            second=_place("red_line"),
        )
    )


def charter(rows: pl.LazyFrame, steps: pl.LazyFrame, joined: pl.LazyFrame) -> pl.LazyFrame:
    """There is a charter, and each joined actor accepts its newest edition."""
    none = steps.filter(pl.col("charter") == 0).with_columns(
        rule=pl.lit("charter"), satisfied=pl.lit(value=False), remedy=pl.lit("a coordinator sets the charter")
    )
    editions = directory.newest(rows, CharterSet, by="pilot").select("pilot", event=frame.event_id())
    accepted = directory.newest(rows, CharterAccepted, by=("pilot", "actor"))
    asked = (
        joined.filter(pl.col("charter") > 0)
        .join(editions, on="pilot", how="left")
        .join(accepted.select("pilot", "actor", "edition"), on=["pilot", "actor"], how="left")
        .with_columns(
            rule=frame.phrase("charter/{}", "actor"),
            owner="actor",
            satisfied=(pl.col("edition") == pl.col("charter")).fill_null(value=False),
            remedy=frame.phrase("{} accepts edition {} of the charter", "actor", "charter"),
        )
    )
    return pl.concat([none, asked], how="diagonal")


def mandates(rows: pl.LazyFrame, joined: pl.LazyFrame) -> pl.LazyFrame:
    """Each joined actor has acknowledged the newest mandate of each partner that has clarified one."""
    clarified = directory.newest(rows, MandateClarified, by="actor").select(
        partner="actor", newest="edition", event=frame.event_id()
    )
    partners = joined.select("pilot", "step", partner="actor", second="place").join(clarified, on="partner")
    keys = ["pilot", "actor", "partner"]
    acknowledged = directory.newest(rows, MandateAcknowledged, by=("pilot", "actor", "partner"))
    return (
        joined.join(partners, on=["pilot", "step"])
        .filter(pl.col("actor") != pl.col("partner"))
        .join(acknowledged.select(*keys, "edition"), on=keys, how="left")
        .with_columns(
            rule=frame.phrase("mandate/{}/{}", "actor", "partner"),
            owner="actor",
            satisfied=(pl.col("edition") == pl.col("newest")).fill_null(value=False),
            remedy=frame.phrase("{} acknowledges the mandate of {}", "actor", "partner"),
        )
    )


def level(rows: pl.LazyFrame, steps: pl.LazyFrame, joined: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Require that a level is chosen, and that it is not deeper than the shallowest advised at this stage."""
    shallowest = (
        _advised(rows)
        .join(joined.select("pilot", about="actor").unique(), on=["pilot", "about"], how="semi")
        .with_columns(depth=_rank("advised", "levels", tables))
        .sort("depth", "about")
        .unique("pilot", keep="first")
    )
    unchosen, unadvised = pl.col("level") == "", pl.col("advised").is_null()
    return steps.join(shallowest, on="pilot", how="left").with_columns(
        rule=pl.lit("level"),
        satisfied=(_rank("level", "levels", tables) <= pl.col("depth")).fill_null(value=False),
        remedy=pl.when(unchosen)
        .then(pl.lit("a coordinator chooses a level"))
        .when(unadvised)
        .then(frame.phrase("the scans of the stage {} open, so that a level is advised", "stage"))
        .otherwise(
            frame.phrase("a coordinator chooses {} or less, as the balance of {} advises", "advised", "about")
        ),
    )


def _advised(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row a pilot and actor: the level advised last, since the stage was entered and the actor last parted."""
    entered = frame.of(rows, StageEntered).group_by("pilot").agg(entered=pl.col("position").max())
    left = (
        pl.concat(
            [
                frame.of(rows, InvitationAnswered)
                .filter(~pl.col("joins"))
                .select("pilot", "actor", "position"),
                frame.of(rows, ActorWithdrew).select("pilot", "actor", "position"),
            ]
        )
        .group_by("pilot", about="actor")
        .agg(left=pl.col("position").max())
    )
    since = pl.max_horizontal("entered", "left").fill_null(0)
    return (
        directory.newest(rows, LevelAdvised, by=("pilot", "about"))
        .join(entered, on="pilot", how="left")
        .join(left, on=["pilot", "about"], how="left")
        .filter(pl.col("position") > since)
        .select("pilot", "about", advised="level", event=frame.event_id())
    )


def visibility(steps: pl.LazyFrame, tables: Tables) -> pl.LazyFrame:
    """Neither the pilot nor the step is more visible than the theatre allows."""
    widest = pl.max_horizontal(
        *(_rank(f"{of}_visibility", "visibilities", tables) for of in ("pilot", "step"))
    )
    return steps.with_columns(
        rule=pl.lit("visibility"),
        satisfied=widest <= _rank("visibility_cap", "visibilities", tables),
        remedy=frame.phrase("the pilot and the step are at most {}, the theatre's cap", "visibility_cap"),
        event="cap_event",
    )


def _place(column: str) -> pl.Expr:
    return pl.col(column).rank("dense").cast(pl.Int64)


def _rank(column: str, section: str, tables: Tables) -> pl.Expr:
    """Return the place of a word in an ordered section; null for one that is not of it."""
    ranks = {word: tables.rank(section, word) for word in tables.words(section)}
    return pl.col(column).replace_strict(ranks, default=None, return_dtype=pl.Int64)
