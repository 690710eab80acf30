"""Questions about what stands behind figures: the events, and the circles in which those may be read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.evidence import Evidence
from counterpoise.application.shown import Shown, tables_of
from counterpoise.domain.events import LABELS
from counterpoise.domain.tables import Tables
from counterpoise.policy import Member, Visible
from counterpoise_projections import balances, trust

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]

ASKED = {**trust.QUESTIONS, "holder": pl.String}

OWN_ONLY = "AMBER+STRICT"
"""The loosest label that an unopened scan is as good as under."""


class Behind:
    """What a member may ask about the reasons of a figure."""

    def __init__(self, shown: Showing) -> None:
        self._shown = shown

    def pilot(
        self, reader: Member, *, pilot: str, as_of: str = "", at: str = ""
    ) -> Visible[Mapping[str, Rows]]:
        """Return a pilot's `balances`, their `advice` and `contributions`, and the `events` that bear on them.

        One row an event by (actor, part, weight): `actor` is whose balance it is, `part` is `scan`, or `trust` for
        evidence on the partner `about` whom the actor trusts least; `contribution` is in points of that trust.
        """
        shown = self._shown(reader, as_of=as_of, at=at)
        rows, tables = shown.rows.value, tables_of(shown.rows.value)
        known = Evidence(rows, tables)
        weighed = balances.weighed(known, tables, day=shown.day, own=reader.actor, pilot=pilot)
        found = {
            "balances": tuple(balances.table(weighed, tables).collect().to_dicts()),
            "advice": tuple(balances.advised_by(weighed, tables).collect().to_dicts()),
            "contributions": tuple(
                {"actor": reading["actor"], **vars(each)}
                for reading, balance in weighed
                for each in balance.contributions
            ),
            "events": _events([reading for reading, _ in weighed], known, tables),
        }
        return policy.computed(found, basis=shown.rows)

    def standing(
        self,
        reader: Member,
        *,
        actor: str = "",
        theatre: str = "",
        before: float = 42.0,
        points: int = 20,
        most: int = 24,
        as_of: str = "",
    ) -> Visible[Mapping[str, Rows]]:
        """Return `figures` of trust, those with most evidence first; what they were; and the `events` behind them.

        `before` are the same some days before, `trajectories` at as many points from the first evidence on.
        """
        shown = self._shown(reader, as_of=as_of)
        rows, tables = shown.rows.value, tables_of(shown.rows.value)
        known, day = Evidence(rows, tables), shown.day
        pairs = _pairs(known, day, actor=actor, theatre=theatre)
        today = trust.figures(known.items, known.theatres, pairs.with_columns(day=pl.lit(day)), tables)
        figures = today.sort("evidence", descending=True, maintain_order=True).head(most).collect().lazy()
        first = known.items.select(pl.col("day").min()).collect().item()
        days = (
            [first + (day - first) * place / max(points - 1, 1) for place in range(points)] if first else []
        )
        moments = pl.LazyFrame({"day": [day - before, *days], "then": [True] + [False] * len(days)})
        asked = figures.select("theatre", "actor").join(moments, how="cross", maintain_order="left")
        moved = trust.figures(known.items, known.theatres, asked, tables).collect()
        found = {
            "figures": tuple(figures.collect().to_dicts()),
            "before": tuple(moved.filter("then", pl.col("own") + pl.col("imported") > 0).to_dicts()),
            "trajectories": tuple(moved.filter(~pl.col("then")).to_dicts()),
            "events": _on_trust(known, figures.select("theatre", "actor", "day"), tables),
        }
        return policy.computed(found, basis=shown.rows)

    def trust(
        self, reader: Member, *, pairs: Collection[tuple[str, str]], as_of: str = "", at: str = ""
    ) -> Visible[Rows]:
        """One row an event that bears on trust in an actor in a theatre, for each such pair, the largest first.

        `contribution` is in points of trust, all its parts together; `about` another actor where it is the norm.
        """
        shown = self._shown(reader, as_of=as_of, at=at)
        rows, tables = shown.rows.value, tables_of(shown.rows.value)
        asked = pl.LazyFrame(
            [(theatre, actor, shown.day) for actor, theatre in sorted(set(pairs))],
            schema=trust.QUESTIONS,
            orient="row",
        )
        return policy.computed(_on_trust(Evidence(rows, tables), asked, tables), basis=shown.rows)

    def circles(self, reader: Member, *, events: Collection[str], as_of: str = "") -> Visible[Rows]:
        """One row a label and pilot that some events are under, by both: who else may read them.

        What its reader may not read is not among them; an unopened scan is AMBER+STRICT at least.
        """
        shown = self._shown(reader, as_of=as_of)
        looser = LABELS[: LABELS.index(OWN_ONLY)]
        kept = pl.col("unopened") & pl.col("label").is_in(looser)
        found = (
            shown.rows.value.filter(frame.event_id().is_in(sorted(events)))
            .select("pilot", label=pl.when(kept).then(pl.lit(OWN_ONLY)).otherwise("label"))
            .unique()
            .sort("label", "pilot")
        )
        return policy.computed(tuple(found.collect().to_dicts()), basis=shown.rows)

    def all_read(self, readers: Collection[Member], *, events: Collection[str]) -> Visible[bool]:
        """Whether every one of some members may read all of some events, as they stand now."""
        named = sorted(set(events))
        found = all(self._reads(reader, named) for reader in readers)
        return policy.public(found)

    def _reads(self, reader: Member, events: Sequence[str]) -> bool:
        read = self._shown(reader).rows.value.filter(frame.event_id().is_in(events))
        return int(read.select(pl.len()).collect().item()) == len(events)


def _pairs(known: Evidence, day: float, *, actor: str, theatre: str) -> pl.LazyFrame:
    """Return actors and the theatres they were seen in by a day; or a named one in a named theatre, seen or not."""
    seen = known.items.filter(pl.col("day") <= day).select("theatre", "actor").unique()
    if actor and theatre:
        seen = known.theatres.select("theatre").unique().join(seen.select("actor").unique(), how="cross")
    wanted = [pl.col(name) == word for name, word in (("actor", actor), ("theatre", theatre)) if word]
    return (seen.filter(*wanted) if wanted else seen).sort("actor", "theatre")


def _events(readings: Sequence[Mapping[str, Any]], known: Evidence, tables: Tables) -> Rows:
    """Return one row an event that bears on readings of scans: the scan, and the trust that went into it."""
    scans = [
        {
            "actor": reading["actor"],
            "part": "scan",
            "event": reading["event"],
            "about": "",
            "contribution": None,
        }
        for reading in readings
    ]
    pairs = [reading for reading in readings if reading["trust_in"]]
    asked = pl.LazyFrame(
        {
            "theatre": [reading["theatre"] for reading in pairs],
            "actor": [reading["trust_in"] for reading in pairs],
            "day": [reading["day"] for reading in pairs],
            "holder": [reading["actor"] for reading in pairs],
        },
        schema=ASKED,
    )
    parts = _parts(trust.contributions(known.items, known.theatres, asked, tables)) if pairs else []
    on_trust = [part | {"actor": pairs[part.pop("question")]["actor"], "part": "trust"} for part in parts]
    return tuple(
        sorted(
            [*scans, *on_trust],
            key=lambda row: (row["actor"], row["part"], -abs(row["contribution"] or 0.0), row["event"]),
        )
    )


def _on_trust(known: Evidence, asked: pl.LazyFrame, tables: Tables) -> Rows:
    """Return one row a question's actor, theatre and event that bears on it, the largest first."""
    parts = trust.contributions(known.items, known.theatres, asked, tables)
    found = (
        parts.group_by("actor", "theatre", "id", maintain_order=True)
        .agg(pl.col("about", "holder", "type", "source").first(), pl.col("contribution").sum())
        .rename({"id": "event"})
        .sort(
            "actor",
            "theatre",
            pl.col("contribution").abs(),
            "event",
            descending=[False, False, True, False],
        )
    )
    return tuple(found.collect().to_dicts())


def _parts(found: pl.LazyFrame) -> list[dict[str, Any]]:
    """Return one row a question and event, its items together."""
    together = (
        found.group_by("question", "id", maintain_order=True)
        .agg(pl.col("contribution").sum(), about=pl.col("actor").first())
        .rename({"id": "event"})
    )
    return together.collect().to_dicts()
