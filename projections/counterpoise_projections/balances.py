"""Balances: what the scale says of each actor's part in each pilot, and the level that advises."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from counterpoise.domain.balance import Balance, advised, heaviest_risk, phi_of, starting_fulcrum
from counterpoise.domain.tables import Tables
from counterpoise_projections import divergence, evidence, histories, scales, trust
from counterpoise_projections.observations import observations

BALANCES: dict[str, Any] = {
    "pilot": pl.String,
    "actor": pl.String,
    "theatre": pl.String,
    "stage": pl.String,
    "event": pl.String,  # the reading of the scan
    "opened": pl.Boolean,
    "joined": pl.Boolean,  # still takes part
    "day": pl.Float64,  # it is evaluated at
    "gains": pl.Float64,
    "risks": pl.Float64,
    "gains_sd": pl.Float64,
    "risks_sd": pl.Float64,
    "balance": pl.Float64,
    "sd": pl.Float64,
    "association": pl.Float64,
    "dissociation": pl.Float64,
    "in_between": pl.Float64,
    "verdict": pl.String,
    "probability": pl.Float64,
    "contested": pl.Boolean,
    "prudent": pl.Float64,
    "level": pl.String,
    "capped_by": pl.String,
    "heaviest_risk": pl.String,
    "standing": pl.Float64,
    "spread": pl.Float64,
    "by_audience": pl.List(pl.Struct({"audience": pl.String, "balance": pl.Float64})),
    "highest_visibility": pl.String,
    "lever_kind": pl.String,
    "lever": pl.String,
    "lever_score": pl.Float64,
    "lever_moves": pl.Float64,
    "visibility": pl.String,  # the pilot's, that it was weighed at
    "red_line": pl.Boolean,
    "fulcrum": pl.Float64,
    "phi": pl.Float64,
    "phi_sd": pl.Float64,
    "fulcrum_from": pl.String,  # scan, actor or category
    "trust": pl.Float64,  # the lowest in a partner; null: no evidence of any
    "trust_sd": pl.Float64,
    "trust_in": pl.String,  # that partner
}
"""One row a pilot and actor."""

CONTRIBUTIONS: dict[str, Any] = {
    "pilot": pl.String,
    "actor": pl.String,
    "event": pl.String,
    "pan": pl.String,
    "factor": pl.String,
    "audience": pl.String,
    "value": pl.Float64,
}
"""One row a pilot, actor, factor and audience; the values sum to the balance."""

ADVICE: dict[str, Any] = {
    "pilot": pl.String,
    "level": pl.String,
    "actor": pl.String,  # who sets it
    "factor": pl.String,  # what sets it: its cap, else its heaviest risk
    "stage": pl.String,
    "events": pl.List(pl.String),  # of all scans it was drawn from
}
"""One row a pilot."""

FULCRA: dict[str, Any] = {
    **divergence.FULCRA,
    "event": pl.String,  # that gave it
}
"""One row a pilot and actor that takes part in it."""

END = 2**62
"""A position after every event."""


class Known:
    """What rows say that bears on balances: scans in their context, the items of evidence, the theatres' clocks."""

    def __init__(self, rows: pl.LazyFrame, tables: Tables) -> None:
        self.context = scales.Context(rows, tables)
        observed = observations(rows, tables, context=self.context)
        self.items = evidence.weigh(observed, tables).collect().lazy()
        self.theatres = histories.theatres(rows, tables).collect().lazy()

    @classmethod
    def of(cls, context: scales.Context, items: pl.LazyFrame, theatres: pl.LazyFrame) -> "Known":
        """Return what was read already as one."""
        known = cls.__new__(cls)
        known.context, known.items, known.theatres = context, items, theatres
        return known


Weighed = list[tuple[dict[str, Any], Balance]]
"""Readings of scans in their context, each with its balance."""


def balances(
    log: pl.LazyFrame,
    tables: Tables,
    *,
    day: float,
    own: str = "",
    position: int | None = None,
    known: Known | None = None,
) -> pl.LazyFrame:
    """One row a pilot and actor whose scan is open, or is `own`: BALANCES, by (pilot, actor).

    The newest reading of the newest stage it scanned counts, in the context of `day`. `known` saves the reading of
    the evidence where it was read already.
    """
    read = known or Known(histories.standing_at(log, position), tables)
    return table(weighed(read, tables, day=day, own=own), tables)


def history(
    log: pl.LazyFrame, tables: Tables, *, position: int | None = None, known: Known | None = None
) -> pl.LazyFrame:
    """One row an opened reading of a scan, as it was weighed when it opened: BALANCES, by (pilot, actor, day).

    Context, partners and trust are those of that moment.
    """
    read = known or Known(histories.standing_at(log, position), tables)
    opened = read.context.readings.filter(pl.col("opened_at").is_not_null())
    moments = opened.with_columns(position="opened_at", day="opened_day")
    return table(_weighed(moments, read, tables), tables)


def contributions(
    log: pl.LazyFrame,
    tables: Tables,
    *,
    day: float,
    own: str = "",
    position: int | None = None,
    known: Known | None = None,
) -> pl.LazyFrame:
    """One row a pilot, actor, factor and audience: CONTRIBUTIONS, by (pilot, actor), the largest first."""
    read = known or Known(histories.standing_at(log, position), tables)
    return pl.LazyFrame(
        [
            {**{name: reading[name] for name in ("pilot", "actor", "event")}, **vars(each)}
            for reading, balance in weighed(read, tables, day=day, own=own)
            for each in balance.contributions
        ],
        schema=CONTRIBUTIONS,
    ).sort("pilot", "actor", maintain_order=True)


def advice(
    log: pl.LazyFrame,
    tables: Tables,
    *,
    day: float,
    own: str = "",
    position: int | None = None,
    known: Known | None = None,
) -> pl.LazyFrame:
    """One row a pilot with a balance of an actor that takes part: ADVICE, by pilot."""
    read = known or Known(histories.standing_at(log, position), tables)
    return advised_by(weighed(read, tables, day=day, own=own), tables)


def weighed(
    known: Known,
    tables: Tables,
    *,
    day: float,
    own: str = "",
    pilot: str = "",
    pairs: pl.LazyFrame | None = None,
) -> Weighed:
    """Return the newest reading of each pilot (or of one) and actor with its balance, for several tables at once.

    `pairs` are trust.figures of every holder and actor that matter, where they are there already.
    """
    readings = known.context.readings
    asked = readings.filter(pl.col("pilot") == pilot) if pilot else readings
    newest = _newest(asked, own=own).with_columns(position=pl.lit(END), day=pl.lit(day))
    return _weighed(newest, known, tables, pairs)


def advised_by(weighed: Weighed, tables: Tables) -> pl.LazyFrame:
    """One row a pilot of what was weighed: ADVICE, by pilot."""
    by_pilot: dict[str, dict[str, tuple[Mapping[str, Any], Balance]]] = {}
    for reading, balance in weighed:
        if reading["joined"]:
            by_pilot.setdefault(reading["pilot"], {})[reading["actor"]] = (reading, balance)
    return pl.LazyFrame(
        [_advice(pilot, of_actors, tables) for pilot, of_actors in sorted(by_pilot.items())], schema=ADVICE
    )


def _advice(
    pilot: str, weighed: Mapping[str, tuple[Mapping[str, Any], Balance]], tables: Tables
) -> dict[str, Any]:
    found = advised({actor: balance for actor, (_, balance) in weighed.items()}, tables)
    reading, balance = weighed[found.actor]
    return {
        "pilot": pilot,
        "level": found.level,
        "actor": found.actor,
        "factor": balance.capped_by or found.factor,
        "stage": reading["stage"],
        "events": sorted(each["event"] for each, _ in weighed.values()),
    }


def fulcra(
    log: pl.LazyFrame,
    tables: Tables,
    *,
    day: float = float("inf"),
    own: str = "",
    position: int | None = None,
) -> pl.LazyFrame:
    """One row a pilot and actor that takes part: FULCRA, by both: its scan's, else its own, else its categories'.

    Scans count while open, or of the actor `own`.
    """
    rows = histories.standing_at(log, position)
    scanned = _newest(scales.readings(rows), own=own).select(
        "pilot", "actor", "event", "fulcrum", "fulcrum_doubt"
    )
    moments = (
        histories.memberships(rows)
        .filter(pl.col("until").is_null())
        .select("pilot", "actor")
        .join(scanned, on=["pilot", "actor"], how="left")
        .with_columns(position=pl.lit(END), day=pl.lit(day))
    )
    actors = ("actor", "position", "day")
    set_by_actor = histories.fulcra(rows).select(
        *actors, set_fulcrum="fulcrum", set_doubt="doubt", set_event="event"
    )
    registered = histories.categories(rows).select(*actors, "categories", registered="event")
    there = histories.held(
        histories.held(moments, set_by_actor, on="actor"), registered, on="actor", reaching_back=True
    )
    found = [_fulcrum(each, tables) for each in there.sort("pilot", "actor").collect().iter_rows(named=True)]
    return pl.LazyFrame([each for each in found if each["fulcrum"] is not None], schema=FULCRA)


def _fulcrum(reading: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    source, fulcrum, doubt = _source(reading, tables)
    events = {"scan": "event", "actor": "set_event", "category": "registered"}
    return {
        "pilot": reading["pilot"],
        "actor": reading["actor"],
        "fulcrum": fulcrum,
        "phi": None if fulcrum is None else phi_of(fulcrum),
        "phi_sd": doubt,
        "source": source,
        "event": reading.get(events[source]),
    }


def _source(reading: Mapping[str, Any], tables: Tables) -> tuple[str, float | None, float]:
    """Return where the fulcrum of a reading comes from, the fulcrum, and the doubt about phi."""
    usual = float(tables["balance"]["phi_sd"])
    own, set_by_actor = reading["fulcrum"], reading["set_fulcrum"]
    if own is not None:
        return "scan", own, _given(reading["fulcrum_doubt"], usual)
    if set_by_actor is not None:
        return "actor", set_by_actor, _given(reading["set_doubt"], usual)
    categories = [each for each in reading["categories"] or [] if each in tables["categories"]]
    return "category", starting_fulcrum(categories, tables) if categories else None, usual


def _given(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _newest(readings: pl.LazyFrame, *, own: str) -> pl.LazyFrame:
    """One row a pilot and actor: its newest reading that is open, or newest at all where the actor is `own`."""
    counts = pl.col("opened_at").is_not_null() | (pl.col("actor") == own)
    return (
        readings.filter(counts)
        .sort(pl.coalesce("opened_at", "position"), "position")
        .unique(["pilot", "actor"], keep="last", maintain_order=True)
    )


def _weighed(
    moments: pl.LazyFrame, known: Known, tables: Tables, pairs: pl.LazyFrame | None = None
) -> Weighed:
    """Return readings, each at its moment, with their context, the lowest trust in a partner, and the balance."""
    there = known.context.at(moments).with_row_index("row").collect().lazy()
    met = histories.partners(
        known.context.stays, there.select("row", "pilot", "position", "theatre", "actor", "day")
    )
    joined = met.filter(pl.col("partner") == pl.col("actor")).select("row", joined=pl.lit(value=True))
    complete = (
        there.join(joined, on="row", how="left")
        .join(_lowest_trust(met, known, tables, pairs), on="row", how="left")
        .with_columns(pl.col("joined").fill_null(value=False))
        .sort("pilot", "actor", "day", "position")
    )
    return [
        (
            reading,
            scales.balance(reading, tables, trust=reading["trust"], trust_sd=reading["trust_sd"] or 0.0),
        )
        for reading in complete.collect().iter_rows(named=True)
    ]


def _lowest_trust(
    met: pl.LazyFrame, known: Known, tables: Tables, pairs: pl.LazyFrame | None
) -> pl.LazyFrame:
    """One row a reading whose actor has evidence of a partner, own or imported: the lowest trust of all."""
    asked = met.filter(pl.col("partner") != pl.col("actor")).select(
        "row", "theatre", "day", actor="partner", holder="actor"
    )
    clocks = known.theatres.select("theatre").unique()
    there = asked.join(clocks, on="theatre", how="semi")
    figures = (
        trust.figures(known.items, known.theatres, there, tables)
        if pairs is None
        else there.join(pairs, on=["theatre", "day", "actor", "holder"])
    )
    return (
        figures.filter(pl.col("own") + pl.col("imported") > 0)
        .sort("row", "trust", "actor")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "trust", "trust_sd", trust_in="actor")
    )


def table(weighed: Weighed, tables: Tables) -> pl.LazyFrame:
    """One row a reading that was weighed, in their order: BALANCES."""
    rows = [dict(_row(reading, balance, tables)) for reading, balance in weighed]
    return pl.LazyFrame([{name: row[name] for name in BALANCES} for row in rows], schema=BALANCES)


def _row(reading: Mapping[str, Any], balance: Balance, tables: Tables) -> Iterator[tuple[str, Any]]:
    yield from reading.items()
    yield from vars(balance).items()
    yield "opened", reading["opened_at"] is not None
    yield "heaviest_risk", heaviest_risk(balance)
    yield "by_audience", [{"audience": name, "balance": each} for name, each in balance.by_audience.items()]
    source, fulcrum, doubt = _source(reading, tables)
    yield from {"fulcrum_from": source, "fulcrum": fulcrum, "phi_sd": doubt}.items()
    yield "phi", None if fulcrum is None else phi_of(fulcrum)
    lever = balance.lever
    yield "lever_kind", lever and lever.kind
    yield "lever", lever and lever.name
    yield "lever_score", lever and lever.score
    yield "lever_moves", lever and lever.moves
