"""Weighings: a scan as it is put on the scale, with what its actor, its theatre and its pilot say beside it."""

from collections.abc import Mapping

from counterpoise.domain.actors import Actor
from counterpoise.domain.balance import Audience, Weighing
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.tables import Tables

EVERYBODY = "all"
"""The one audience of an actor that has named none."""


def weighing(
    scan: ScanRecorded | ScanRevised,
    actor: Actor,
    *,
    conditions: Mapping[str, float],
    visibility: str,
    tables: Tables,
    trust: float | None = None,
    trust_sd: float = 0.0,
) -> Weighing:
    """Return a scan ready to be weighed.

    What the scan leaves open comes from the actor: its audiences, its fulcrum and the doubt about it; else from
    its categories and the tables. `trust` is the lowest the actor has in a partner, None where there is none.
    """
    hearings = scan.audiences or actor.audiences
    weights = {each.audience: each.weight for each in hearings} or {EVERYBODY: 1.0}
    cares: dict[str, dict[str, float]] = {name: {} for name in weights}
    for care in scan.cares:
        cares.get(care.audience, {})[care.factor] = care.care
    unsaid = scan.fulcrum is None and scan.fulcrum_doubt is None
    doubt = actor.fulcrum_doubt if unsaid else scan.fulcrum_doubt
    return Weighing(
        scores={each.factor: each.score for each in scan.scores},
        doubts={each.factor: each.doubt for each in scan.scores},
        weights={each.factor: each.weight for each in scan.scores},
        audiences={name: Audience(weight=weight, care=cares[name]) for name, weight in weights.items()},
        conditions=conditions,
        visibility=visibility,
        fulcrum=actor.fulcrum if scan.fulcrum is None else scan.fulcrum,
        phi_sd=float(tables["balance"]["phi_sd"]) if doubt is None else doubt,
        trust=trust,
        trust_sd=trust_sd,
        red_line=scan.red_line,
        categories=actor.categories,
    )
