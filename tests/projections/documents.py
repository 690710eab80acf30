"""Vectors as the slow model would publish them: any log, in the published form."""

import dataclasses
from collections import defaultdict
from typing import Any

from tests.projections.logs import ACTORS
from tests.projections.references import Model, Regimes, Row, as_of, x_w_omega

FIGURES = (
    "trust",
    "low",
    "high",
    "evidence",
    "own",
    "imported",
    "import_raw",
    "certainty",
    "trust_sd",
    "norm",
    "belief",
    "disbelief",
    "uncertainty",
)


def document(log: list[Row], theatres: Regimes, day: float) -> dict[str, Any]:
    """Return vectors of everything the model says of a log on a day, and of the same log without its first event."""
    asked = [(actor, theatre) for actor in ACTORS for theatre in theatres]
    model = as_of(log, theatres, day)
    return {
        "balance": [],
        "theatres": {name: _theatre(theatres, name) for name in theatres},
        "events": [
            {name: value for name, value in event.items() if value is not None and name != "position"}
            for event in log
        ],
        "opinions": [_opinion(model, actor, theatre, day) for actor, theatre in asked],
        "what_if": [_what_if(log, theatres, asked[0], day)] if log else [],
        "spillover": [row for actor, theatre in asked for row in _cells(model, actor, theatre, day)],
        "evidence": [{"id": event["id"], "x_w_omega": list(x_w_omega(event))} for event in log],
    }


def _theatre(theatres: Regimes, name: str) -> dict[str, Any]:
    first, *shifts = theatres[name]
    (kind, *others) = first.mixture
    return {
        **({"mixture": dict(first.mixture)} if others else {"kind": kind}),
        "audiences": list(first.audiences),
        "shifts": [
            {"day": shift.since, "kinds": dict(shift.mixture), "audiences": list(shift.audiences)}
            for shift in shifts
        ],
    }


def _opinion(model: Model, actor: str, theatre: str, day: float) -> dict[str, Any]:
    asked = {"actor": actor, "theatre": theatre, "day": day}
    figures = dataclasses.asdict(model.opinion(actor, theatre, day))
    points = model.contributions(actor, theatre, day)
    by_source: defaultdict[str, float] = defaultdict(float)
    for (_, source, part), value in points.items():
        by_source[f"imported from {source}" if part == "imported" else part] += value
    expected = {
        **asked,
        **{name: round(figures[name], 12) for name in FIGURES},
        "contributions": [[*name, round(value, 12)] for name, value in points.items()],
    }
    return {**asked, "expected": expected, "by_source": dict(by_source)}


def _what_if(log: list[Row], theatres: Regimes, asked: tuple[str, str], day: float) -> dict[str, Any]:
    dropped, *rest = log
    before, after = (as_of(each, theatres, day).opinion(*asked, day) for each in (log, rest))
    return {
        "actor": asked[0],
        "theatre": asked[1],
        "day": day,
        "drop": [dropped["id"]],
        "expected": {
            "before": before.trust,
            "after": after.trust,
            "delta": after.trust - before.trust,
            "low": after.low,
            "high": after.high,
        },
    }


def _cells(model: Model, actor: str, theatre: str, day: float) -> list[list[Any]]:
    nets: defaultdict[str, float] = defaultdict(float)
    for (_, source, part), value in model.contributions(actor, theatre, day).items():
        if part == "imported":
            nets[source] += value
    return [[actor, source, theatre, round(net, 12)] for source, net in nets.items() if net]
