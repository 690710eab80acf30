"""Lessons: what was learnt and released, how useful it was found, and which of it bears on some words."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import polars as pl
from rapidfuzz import fuzz

from counterpoise import frame
from counterpoise.domain.lessons import LessonConsented, LessonDrafted, LessonMarkedUseful, LessonReleased
from counterpoise.domain.pilots import PilotProposed
from counterpoise_projections import histories

LESSONS: dict[str, Any] = {
    "lesson": pl.String,  # its stream
    "event": pl.String,  # that holds its words
    "position": pl.Int64,
    "day": pl.Float64,
    "pilot": pl.String,
    "theatre": pl.String,
    "actor": pl.String,  # who drafted it; empty: it was released without names
    "format": pl.String,  # of its pilot; empty: not known
    "because_of": pl.String,  # stream of the reflection or concern; empty: none was named
    "step": pl.String,
    "factors": pl.List(pl.String),
    "released": pl.Boolean,
    "consented": pl.List(pl.String),  # actors, in order; none: it was released without names
    "useful": pl.Int64,
    "not_useful": pl.Int64,
}
"""One row a lesson; its words stay sealed in the event it names."""

ENOUGH = 55.0
"""The least likeness (0..100) of a lesson that bears on the words asked about."""


def lessons(log: pl.LazyFrame, *, drafts: bool = False, position: int | None = None) -> pl.LazyFrame:
    """One row a released lesson (with `drafts`, also one that is not): LESSONS, by the position of its words."""
    rows = histories.standing_at(log, position)
    drafted = frame.of(rows, LessonDrafted).select(
        "stream",
        "actor",
        "because_of",
        "step",
        "factors",
        *_words(),
        named=pl.lit(value=True),
        released=pl.lit(value=False),
    )
    released = frame.of(rows, LessonReleased).select(
        "stream", "factors", *_words(), "named", released=pl.lit(value=True)
    )
    origin = drafted.select("stream", "because_of", "step", drafted_by="actor", drafted_at="position")
    formats = frame.of(rows, PilotProposed).select("pilot", "format")
    latest = (
        pl.concat([drafted.drop("because_of", "step", "actor"), released])
        .sort("released", "position")
        .unique("stream", keep="last", maintain_order=True)
    )
    found = latest if drafts else latest.filter("released")
    return (
        found.join(origin, on="stream", how="left")
        .join(_consents(rows, origin), on="stream", how="left")
        .join(formats, on="pilot", how="left")
        .join(_marks(rows), on="stream", how="left")
        .with_columns(
            pl.col("because_of", "step", "format").fill_null(""),
            pl.col("useful", "not_useful").fill_null(0).cast(pl.Int64),
            consented=pl.when("named").then("consented").fill_null([]),
            actor=pl.when("named").then("drafted_by").fill_null(""),
            lesson="stream",
        )
        .select(*LESSONS)
        .sort("position")
    )


def search(
    found: pl.LazyFrame,
    texts: Mapping[str, str],
    *,
    asked: str,
    factor: str = "",
    format: str = "",  # noqa: A002  the word of the field
    least: float = ENOUGH,
) -> pl.LazyFrame:
    """Add `likeness` (0..100) to the lessons that bear on `asked`, the likeliest first, then the newest.

    `texts` maps an event to its opened words. Case, accents and the order of words do not matter. Without words,
    every lesson (on the factor, from pilots of the format) is as likely as the next.
    """
    rows = found.filter(pl.col("factors").list.contains(factor)) if factor else found
    rows = rows.filter(pl.col("format") == format) if format else rows
    wanted = folded(asked)
    scores = {event: likeness(wanted, folded(text)) for event, text in texts.items()}
    return (
        rows.with_columns(
            likeness=pl.col("event").replace_strict(scores, default=0.0, return_dtype=pl.Float64)
            if scores
            else pl.lit(0.0)
        )
        .filter((pl.col("likeness") >= least) | pl.lit(not wanted))
        .sort("likeness", "position", descending=True)
    )


def likeness(wanted: str, text: str) -> float:
    """Return how well a folded text bears on folded words: the mean over the words of each one's best match."""
    words = wanted.split()
    if not words:
        return 0.0
    return sum(fuzz.partial_ratio(word, text) if len(word) > 2 else 100.0 * (word in text.split())  # noqa: PLR2004
               for word in words) / len(words)  # fmt: skip


def folded(text: str) -> str:
    """Return a text without case and accents, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _words() -> list[pl.Expr]:
    return [
        pl.col("pilot"),
        pl.col("theatre"),
        pl.col("position"),
        histories.day().alias("day"),
        frame.event_id().alias("event"),
    ]


def _consents(rows: pl.LazyFrame, origin: pl.LazyFrame) -> pl.LazyFrame:
    """Return who consented to each lesson since it was drafted."""
    return (
        frame.of(rows, LessonConsented)
        .join(origin.select("stream", "drafted_at"), on="stream", how="left")
        .filter(pl.col("position") > pl.col("drafted_at").fill_null(0))
        .sort("position")
        .group_by("stream")
        .agg(consented=pl.col("actor").unique(maintain_order=True))
    )


def _marks(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return how many found a lesson useful and not; a member's last word counts."""
    return (
        frame.of(rows, LessonMarkedUseful)
        .sort("position")
        .unique(["stream", "member"], keep="last")
        .group_by("stream")
        .agg(useful=pl.col("useful").sum(), not_useful=(~pl.col("useful")).sum())
    )
