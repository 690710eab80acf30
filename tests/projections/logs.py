"""Logs and theatres that hypothesis invents, and the frames the views take them in."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

from counterpoise.domain.tables import starting_tables
from counterpoise_projections import evidence
from counterpoise_projections.clocks import THEATRES
from tests.projections.references import (
    HALF_LIVES,
    PHASES,
    REACHES,
    SEVERITIES,
    STAKES,
    TRAVELS,
    Regime,
    Regimes,
    Row,
)

TABLES = starting_tables()
NAMES = ("alfa", "bravo", "charlie", "delta")
ACTORS = ("army", "ngo", "firm")
HOLDERS = ("", "donors", "ministry", "staff", "ngo")

shares = st.integers(0, 20).map(lambda twentieths: twentieths / 20)
days = st.one_of(st.integers(0, 12).map(float), st.integers(0, 4000).map(lambda tenths: tenths / 10))
"""Days that often fall together, and days that do not."""

OWN_FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "scan": {"balance": shares.map(lambda share: 2 * share - 1), "confidence": shares},
    "pilot_step": {
        "achieved": shares,
        "stake": st.sampled_from(sorted(STAKES)),
        "soft": st.one_of(st.none(), st.booleans()),
    },
    "reflection": {"rating": st.integers(1, 5), "phase": st.sampled_from(sorted(PHASES))},
    "concern_raised": {"severity": st.sampled_from(sorted(SEVERITIES))},
    "concern_resolved": {"severity": st.sampled_from(sorted(SEVERITIES)), "days_open": days},
    "red_line_crossed": {},
    "interaction": {"x": st.sampled_from([0.0, 1.0])},
    "narrative": {
        "valence": shares.map(lambda share: 2 * share - 1),
        "credibility": shares,
        "reach": st.sampled_from(sorted(REACHES)),
        "story": st.sampled_from(["", "s1", "s2"]),
    },
}

UNUSED: dict[str, Any] = dict.fromkeys(evidence.OBSERVATIONS)


@st.composite
def events(draw: st.DrawFn, theatres: Sequence[str]) -> Row:
    kind = draw(st.sampled_from(sorted(OWN_FIELDS)))
    return {
        **UNUSED,
        "type": kind,
        "day": draw(days),
        "theatre": draw(st.sampled_from(theatres)),
        "actor": draw(st.sampled_from(ACTORS)),
        "holder": draw(st.sampled_from(HOLDERS)),
        "visibility": draw(st.sampled_from(sorted(TRAVELS))),
        **{name: draw(strategy) for name, strategy in OWN_FIELDS[kind].items()},
    }


@st.composite
def regimes(draw: st.DrawFn) -> list[Regime]:
    sinces = sorted(draw(st.sets(st.integers(0, 300), min_size=1, max_size=3)))
    mixtures = st.dictionaries(st.sampled_from(sorted(HALF_LIVES)), st.integers(1, 4), min_size=1, max_size=3)
    audiences = st.lists(st.sampled_from(HOLDERS[1:]), max_size=3)
    return [Regime(float(since), draw(mixtures), draw(audiences)) for since in sinces]


alike = st.just([Regime(0.0, {"other": 1}, [])])
"""Theatres of one class, as in coded event files."""


@st.composite
def worlds(draw: st.DrawFn, *, max_events: int = 25) -> tuple[list[Row], Regimes]:
    """Return a log and its theatres."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    theatres = {name: draw(st.one_of(regimes(), alike)) for name in names}
    log = draw(st.lists(events(names), max_size=max_events))
    return [{**event, "id": f"e{number:02}"} for number, event in enumerate(log)], theatres


def observed(log: Sequence[Row]) -> pl.LazyFrame:
    return pl.LazyFrame(list(log), schema=evidence.OBSERVATIONS)


def weighed(log: Sequence[Row]) -> pl.LazyFrame:
    return evidence.weigh(observed(log), TABLES)


def opened(theatres: Regimes) -> pl.LazyFrame:
    rows = [
        {
            "theatre": name,
            "since": regime.since,
            "rate": evidence.rate(regime.mixture, TABLES),
            "audiences": regime.audiences,
        }
        for name, all_regimes in theatres.items()
        for regime in all_regimes
    ]
    return pl.LazyFrame(rows, schema=THEATRES)


def everyone(theatres: Regimes, on: Sequence[float]) -> pl.LazyFrame:
    """Return a question for each actor, theatre and day."""
    return pl.LazyFrame(
        [(theatre, actor, day) for theatre in theatres for actor in ACTORS for day in on],
        schema={"theatre": pl.String, "actor": pl.String, "day": pl.Float64},
        orient="row",
    )
