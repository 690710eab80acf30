"""The scale: what one actor's scan says when its gains are weighed against its risks to identity.

A lever with its pans at +1 and -1 and its fulcrum at phi. Each audience puts its own weight on what it cares
about, the context weighs on whole pans, visibility and distrust on the risks.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

from counterpoise.domain.levels import NEUTRAL, capped, reached
from counterpoise.domain.refusals import BadValue, within
from counterpoise.domain.tables import Tables

GAIN, RISK = "gain", "risk"
STANDING = "standing"
"""The factor that is the legitimacy expected to spill over from the partner; shown as a term of its own."""


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whose judgement counts: its weight among the audiences, and how much it cares about factors, 0..1 (1)."""

    weight: float = 1.0
    care: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """One actor's scan and all that bears on it.

    `doubts` are standard deviations of scores, none where missing; `weights` of factors are 1 where missing,
    `conditions` neutral (0.5). The fulcrum is `phi` (-1..1), or `fulcrum`, by how much gains must outweigh
    risks, or where both are missing the highest that the categories start from. `trust` is the actor's trust
    in the partner here: the lowest of several, None where there is none.
    """

    scores: Mapping[str, float]
    audiences: Mapping[str, Audience]
    visibility: str
    doubts: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    conditions: Mapping[str, float] = field(default_factory=dict)
    phi: float | None = None
    fulcrum: float | None = None
    phi_sd: float = 0.0
    trust: float | None = None
    trust_sd: float = 0.0
    red_line: bool = False
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What a factor adds to the balance through one audience; negative on the risk side."""

    pan: str
    factor: str
    audience: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Lever:
    """The one change that would move the balance most: a factor scored `score`, or an audience left out."""

    kind: str  # factor or audience
    name: str
    score: float | None
    balance: float  # after the change
    moves: float  # the change of the balance


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What the scale says, and everything the figure is made of."""

    gains: float
    risks: float
    gains_sd: float  # by the doubts about scores, and of the risks about trust
    risks_sd: float
    balance: float  # between -(1 + phi) and 1 - phi; the contributions sum to it
    sd: float
    association: float  # probabilities
    dissociation: float
    in_between: float
    verdict: str
    probability: float  # of the likeliest, whatever a red line makes of it
    contested: bool
    prudent: float
    level: str
    capped_by: str  # red_line, a condition, or nothing
    by_audience: Mapping[str, float]
    spread: float  # between the highest and the lowest audience
    contributions: tuple[Contribution, ...]  # the largest first
    standing: float  # part of the balance that is standing gained from the partner
    highest_visibility: str  # at which the level still holds
    lever: Lever | None  # None where nothing can be changed


@dataclass(frozen=True)
class Advice:
    """The level advised for a pilot: the shallowest of its actors', who sets it, and its heaviest risk."""

    level: str
    actor: str
    factor: str


@dataclass(frozen=True)
class _Scale:
    """The scale at rest: loads on both pans, their sum with kappa, the balance, and its deviation."""

    units: Mapping[
        str, Mapping[tuple[str, str], float]
    ]  # load per unit of score: by pan, factor and audience
    loads: Mapping[str, Mapping[tuple[str, str], float]]
    gains: float
    risks: float
    gains_sd: float
    risks_sd: float
    total: float
    phi: float
    balance: float
    sd: float

    def arm(self, pan: str) -> float:
        """Return what a unit of load on a pan adds to the balance as it stands."""
        return (1 - self.phi if pan == GAIN else -(1 + self.phi)) / self.total


def weigh(weighing: Weighing, tables: Tables) -> Balance:
    """Return the balance of a scan; BadValue or UnknownWord, with what to do, if it cannot be weighed."""
    _check(weighing, tables)
    scale = _scale(weighing, tables)
    prudent, level, capped_by = _level(scale, weighing, tables)
    chances = _chances(scale, tables["balance"]["delta"])
    likeliest = max(chances, key=lambda verdict: chances[verdict])
    by_audience = {name: _alone(name, weighing, tables) for name in weighing.audiences}
    contributions = _contributions(scale)
    return Balance(
        gains=scale.gains,
        risks=scale.risks,
        gains_sd=scale.gains_sd,
        risks_sd=scale.risks_sd,
        balance=scale.balance,
        sd=scale.sd,
        **chances,
        verdict="dissociation" if weighing.red_line else likeliest,
        probability=chances[likeliest],
        contested=chances[likeliest] < tables["balance"]["contested_below"],
        prudent=prudent,
        level=level,
        capped_by=capped_by,
        by_audience=by_audience,
        spread=max(by_audience.values()) - min(by_audience.values()),
        contributions=contributions,
        standing=math.fsum(each.value for each in contributions if each.factor == STANDING),
        highest_visibility=_highest_visibility(level, weighing, tables),
        lever=_lever(scale, weighing, tables),
    )


def advised(balances: Mapping[str, Balance], tables: Tables) -> Advice:
    """Return the level advised to actors together; BadValue if there is none."""
    if not balances:
        raise BadValue(
            "No actor has a balance.", owner="participant", remedy="A joined actor records a scan."
        )
    actor = min(balances, key=lambda name: (tables.rank("levels", balances[name].level), name))
    return Advice(balances[actor].level, actor, heaviest_risk(balances[actor]))


def heaviest_risk(balance: Balance) -> str:
    """Return the factor that weighs most on the risk side, over all audiences; empty if none is scored."""
    weights: dict[str, float] = {}
    for each in balance.contributions:
        if each.pan == RISK:
            weights[each.factor] = weights.get(each.factor, 0.0) - each.value
    return max(weights, key=lambda factor: weights[factor], default="")


def phi_of(fulcrum: float) -> float:
    """Return where the fulcrum stands on the lever, if gains must be `fulcrum` times the risks."""
    return (fulcrum - 1) / (fulcrum + 1)


def starting_fulcrum(categories: Iterable[str], tables: Tables) -> float:
    """Return the fulcrum an actor of these categories starts from: the highest; BadValue if there are none."""
    fulcra = [float(tables["categories"][tables.check("categories", name)]["fulcrum"]) for name in categories]
    if not fulcra:
        raise BadValue("There is no fulcrum.", owner="you", remedy="Give one, or the actor's categories.")
    return max(fulcra)


def _scale(weighing: Weighing, tables: Tables) -> _Scale:
    figures = tables["balance"]
    units = {pan: _units(pan, weighing, tables) for pan in (GAIN, RISK)}
    loads = {
        pan: {(factor, name): unit * weighing.scores[factor] for (factor, name), unit in on_pan.items()}
        for pan, on_pan in units.items()
    }
    gains, risks = (math.fsum(loads[pan].values()) for pan in (GAIN, RISK))
    total, phi = gains + risks + figures["kappa"], _phi(weighing, tables)
    balance = _at_rest(gains, risks, phi=phi, kappa=figures["kappa"])
    slopes = {GAIN: ((1 - phi) - balance) / total, RISK: (-(1 + phi) - balance) / total}
    doubts = {pan: _doubts(on_pan, weighing) for pan, on_pan in units.items()}
    of_phi = (gains + risks) / total * weighing.phi_sd
    of_trust = 2 * math.log(2) * figures["eta"] * risks * _trust_sd(weighing)
    gains_sd, risks_sd = math.hypot(*doubts[GAIN]), math.hypot(*doubts[RISK], of_trust)
    sd = math.hypot(slopes[GAIN] * gains_sd, slopes[RISK] * risks_sd, of_phi)
    return _Scale(units, loads, gains, risks, gains_sd, risks_sd, total, phi, balance, sd)


def _doubts(on_pan: Mapping[tuple[str, str], float], weighing: Weighing) -> list[float]:
    """Return the deviation of a pan's load by each factor on it."""
    doubts: dict[str, float] = {}
    for (factor, _), unit in on_pan.items():
        doubts[factor] = doubts.get(factor, 0.0) + unit * weighing.doubts.get(factor, 0.0)
    return list(doubts.values())


def _units(pan: str, weighing: Weighing, tables: Tables) -> dict[tuple[str, str], float]:
    """Return the load per unit of score of each factor on a pan and audience, in the vocabulary's order."""
    factors = tables["factors"]
    weights = {
        factor: weighing.weights.get(factor, 1.0)
        for factor, entry in factors.items()
        if factor in weighing.scores and entry["pan"] == pan
    }
    on_pan = math.fsum(weights.values()) or 1.0
    heard = math.fsum(audience.weight for audience in weighing.audiences.values())
    context = _context(pan, weighing, tables)
    shown = tables["visibilities"][weighing.visibility]["weight"] if pan == RISK else 1.0
    return {
        (factor, name): context
        * (shown if factors[factor].get("visible") else 1.0)
        * (weight / on_pan)
        * (audience.weight / heard * audience.care.get(factor, 1.0))
        for factor, weight in weights.items()
        for name, audience in weighing.audiences.items()
    }


def _context(pan: str, weighing: Weighing, tables: Tables) -> float:
    """Return what the conditions, and on the risks trust, make of a whole pan."""
    exponent = math.fsum(
        condition[pan] * (2 * weighing.conditions.get(name, NEUTRAL) - 1)
        for name, condition in tables["conditions"].items()
        if pan in condition
    )
    if pan == RISK and weighing.trust is not None:
        exponent -= tables["balance"]["eta"] * (2 * weighing.trust - 1)
    return float(2**exponent)


def _phi(weighing: Weighing, tables: Tables) -> float:
    if weighing.phi is not None:
        return weighing.phi
    if weighing.fulcrum is not None:
        return phi_of(weighing.fulcrum)
    return phi_of(starting_fulcrum(weighing.categories, tables))


def _trust_sd(weighing: Weighing) -> float:
    return 0.0 if weighing.trust is None else weighing.trust_sd


def _level(scale: _Scale, weighing: Weighing, tables: Tables) -> tuple[float, str, str]:
    """Return the prudent balance, the level it reaches under the caps, and the cap if one set it."""
    prudent = scale.balance - tables["balance"]["prudent_z"] * scale.sd
    level, cause = capped(
        reached(prudent, tables),
        tables,
        red_line=weighing.red_line,
        categories=weighing.categories,
        conditions=weighing.conditions,
    )
    return prudent, level, cause


def _chances(scale: _Scale, delta: float) -> dict[str, float]:
    if scale.sd == 0:
        above, below = float(scale.balance > delta), float(scale.balance < -delta)
    else:
        normal = NormalDist()
        above = normal.cdf((scale.balance - delta) / scale.sd)
        below = normal.cdf((-delta - scale.balance) / scale.sd)
    return {"association": above, "dissociation": below, "in_between": max(0.0, 1 - above - below)}


def _contributions(scale: _Scale) -> tuple[Contribution, ...]:
    """Return what each load adds; those that differ by rounding only stay in the vocabulary's order."""
    each = [
        Contribution(pan=pan, factor=factor, audience=name, value=load * scale.arm(pan))
        for pan, loads in scale.loads.items()
        for (factor, name), load in loads.items()
    ]
    return tuple(sorted(each, key=lambda contribution: -round(abs(contribution.value), 12)))


def _alone(name: str, weighing: Weighing, tables: Tables) -> float:
    """Return the balance if only this audience counted."""
    only = {name: replace(weighing.audiences[name], weight=1.0)}
    return _scale(replace(weighing, audiences=only), tables).balance


def _highest_visibility(level: str, weighing: Weighing, tables: Tables) -> str:
    ranked = sorted(tables.words("visibilities"), key=lambda word: -tables.rank("visibilities", word))
    for visibility in ranked:
        other = replace(weighing, visibility=visibility)
        _, reachable, _ = _level(_scale(other, tables), other, tables)
        if tables.rank("levels", reachable) >= tables.rank("levels", level):
            return visibility
    return weighing.visibility


def _lever(scale: _Scale, weighing: Weighing, tables: Tables) -> Lever | None:
    kappa = tables["balance"]["kappa"]
    levers = [
        Lever(**change, balance=after, moves=after - scale.balance)
        for change, gains, risks in (*_scored_otherwise(scale), *_unheard(scale, weighing))
        for after in [_at_rest(gains, risks, phi=scale.phi, kappa=kappa)]
    ]
    return max(levers, key=lambda lever: round(abs(lever.moves), 12), default=None)


def _scored_otherwise(scale: _Scale) -> Iterator[tuple[dict[str, Any], float, float]]:
    """Return what is on the pans if one factor is scored at either end of its scale."""
    for pan, units in scale.units.items():
        full: dict[str, float] = {}
        now: dict[str, float] = {}
        for (factor, name), unit in units.items():
            full[factor] = full.get(factor, 0.0) + unit
            now[factor] = now.get(factor, 0.0) + scale.loads[pan][factor, name]
        for factor, score in itertools.product(full, (0.0, 1.0)):
            change = {"kind": "factor", "name": factor, "score": score}
            more = score * full[factor] - now[factor]
            yield change, scale.gains + more * (pan == GAIN), scale.risks + more * (pan == RISK)


def _unheard(scale: _Scale, weighing: Weighing) -> Iterator[tuple[dict[str, Any], float, float]]:
    """Return what is on the pans if one audience is left out and the others weigh as much among themselves."""
    heard = math.fsum(audience.weight for audience in weighing.audiences.values())
    for name, audience in weighing.audiences.items():
        if audience.weight < heard:
            rest = (
                math.fsum(load for (_, other), load in scale.loads[pan].items() if other != name)
                for pan in (GAIN, RISK)
            )
            gains, risks = (load * heard / (heard - audience.weight) for load in rest)
            yield {"kind": "audience", "name": name, "score": None}, gains, risks


def _at_rest(gains: float, risks: float, *, phi: float, kappa: float) -> float:
    return (gains * (1 - phi) - risks * (1 + phi)) / (gains + risks + kappa)


def _check(weighing: Weighing, tables: Tables) -> None:
    tables.check("visibilities", weighing.visibility)
    cares = (audience.care for audience in weighing.audiences.values())
    for factor in (
        *weighing.scores,
        *weighing.doubts,
        *weighing.weights,
        *(name for care in cares for name in care),
    ):
        tables.check("factors", factor)
    for condition in weighing.conditions:
        tables.check("conditions", condition)
    for category in weighing.categories:
        tables.check("categories", category)
    for what, value, low, high in _bounds(weighing):
        within(value, low, high, what=what)
    if not any(audience.weight > 0 for audience in weighing.audiences.values()):
        remedy = "Give one audience a weight above 0."
        raise BadValue("No audience weighs anything.", owner="you", remedy=remedy)


def _bounds(weighing: Weighing) -> Iterator[tuple[str, float, float, float]]:
    """Return every number of the input: what it is, and the range it may lie in."""
    largest = 1e6
    for factor, score in weighing.scores.items():
        yield f"The score of {factor}", score, 0.0, 1.0
    for factor, doubt in weighing.doubts.items():
        yield f"The doubt about {factor}", doubt, 0.0, largest
    for factor, weight in weighing.weights.items():
        yield f"The weight of {factor}", weight, 0.0, largest
    for condition, value in weighing.conditions.items():
        yield f"The condition {condition}", value, 0.0, 1.0
    for name, audience in weighing.audiences.items():
        yield f"The weight of {name}", audience.weight, 0.0, largest
        for factor, care in audience.care.items():
            yield f"The care of {name} about {factor}", care, 0.0, 1.0
    yield "The doubt about the fulcrum", weighing.phi_sd, 0.0, largest
    yield "The doubt about trust", weighing.trust_sd, 0.0, largest
    if weighing.trust is not None:
        yield "Trust in the partner", weighing.trust, 0.0, 1.0
    if weighing.phi is not None:
        yield "The place of the fulcrum", weighing.phi, -0.999999, 0.999999
    if weighing.fulcrum is not None:
        yield "The fulcrum", weighing.fulcrum, 1e-6, largest
