"""The model in slow and obvious words: one loop a sum, nothing shared with the views."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.special import betaincinv

STAKES = {"low": 0.5, "normal": 1.0, "high": 1.5}
PHASES = {"before": 0.5, "during": 0.75, "after": 1.0}
SEVERITIES = {"low": 0.5, "medium": 1.0, "high": 2.0}
REACHES = {"local": 0.5, "national": 1.0, "international": 1.5}
TRAVELS = {"closed": 0.0, "low": 0.3, "public": 1.0, "cobranded": 1.0}
HALF_LIVES = {"stabilisation": 90.0, "disaster_relief": 45.0, "territorial_defence": 180.0, "other": 90.0}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Regime:
    since: float
    mixture: Mapping[str, float]
    audiences: Sequence[str]


Regimes = Mapping[str, Sequence[Regime]]


@dataclass(frozen=True)
class Item:
    id: str
    day: float
    theatre: str
    actor: str
    holder: str
    visibility: str
    x: float
    w: float
    omega: float


@dataclass(frozen=True)
class Opinion:
    trust: float
    low: float
    high: float
    evidence: float
    own: float
    own_x: float
    imported: float
    imported_x: float
    import_raw: float
    import_raw_x: float
    certainty: float
    trust_sd: float
    norm: float
    belief: float
    disbelief: float
    uncertainty: float
    reading: str


def x_w_omega(event: Row) -> tuple[float, float, float]:
    match event["type"]:
        case "scan":
            return (1 + event["balance"]) / 2, 0.5 * event["confidence"], 0.2
        case "pilot_step":
            soft = event["soft"] and event["achieved"] < 0.5
            return event["achieved"], STAKES[event["stake"]] * (0.5 if soft else 1), 0.2
        case "reflection":
            x = (event["rating"] - 1) / 4
            return x, PHASES[event["phase"]] * (3 if x < 0.5 else 1), 0.2
        case "concern_raised":
            return 0.0, SEVERITIES[event["severity"]], 0.2
        case "concern_resolved":
            return 1.0, 0.6 * SEVERITIES[event["severity"]] * 2 ** (-event["days_open"] / 60), 0.2
        case "red_line_crossed":
            return 0.0, 4.0, 1.0
        case "interaction":
            return event["x"], 1.0, 0.2
        case "narrative":
            return (1 + event["valence"]) / 2, 0.3 * event["credibility"] * REACHES[event["reach"]], 0.0
    raise AssertionError(event)


def items(events: Iterable[Row]) -> list[Item]:
    told: dict[tuple[str, str, str], int] = {}
    known = []
    for event in sorted(events, key=lambda event: (event["day"], event["id"])):
        x, w, omega = x_w_omega(event)
        if event["type"] == "narrative" and event["story"]:
            story = (event["story"], event["actor"], event["theatre"])
            told[story] = told.get(story, 0) + 1
            w /= told[story]
        where = {name: event[name] for name in ("id", "day", "theatre", "actor", "holder", "visibility")}
        known.append(Item(**where, x=x, w=w, omega=omega))
    return known


def regime(regimes: Sequence[Regime], day: float) -> Regime:
    begun = [regime for regime in regimes if regime.since <= day]
    return begun[-1] if begun else regimes[0]


def half_lives(regimes: Sequence[Regime], start: float, end: float) -> float:
    """Walk from start to end, one regime after the other, and count the half-lives that pass."""
    stops = [start, *(regime.since for regime in regimes[1:] if start < regime.since < end), end]
    passed = 0.0
    for begin, stop in itertools.pairwise(stops):
        mixture = regime(regimes, begin).mixture
        pace = sum(share / HALF_LIVES[kind] for kind, share in mixture.items()) / sum(mixture.values())
        passed += (stop - begin) * pace
    return passed


def jaccard(one: Iterable[str], other: Iterable[str]) -> float:
    either = set(one) | set(other)
    return len(set(one) & set(other)) / len(either) if either else 0.0


@dataclass(frozen=True)
class Model:
    """Everything known, and the formulas over it."""

    items: Sequence[Item]
    theatres: Regimes

    def fast(self, item: Item, day: float) -> float:
        return 2 ** -half_lives(self.theatres[item.theatre], item.day, day)

    def slow(self, item: Item, day: float) -> float:
        return 2 ** -((day - item.day) / 1825)

    def kept(self, item: Item, day: float) -> float:
        return (1 - item.omega) * self.fast(item, day) + item.omega * self.slow(item, day)

    def lasting(self, item: Item, day: float) -> float:
        return self.fast(item, day) if item.omega == 0 else self.slow(item, day)

    def coupling(self, item: Item, theatre: str, day: float) -> float:
        here = regime(self.theatres[theatre], day).audiences
        there = regime(self.theatres[item.theatre], day).audiences
        heard = 1.0 if item.holder in here else TRAVELS[item.visibility]
        return 0.2 * (0.5 + 0.5 * jaccard(here, there)) * heard

    def norm(self, theatre: str, day: float, *, but: str | None = None) -> float:
        others = [item for item in self.items if item.theatre == theatre and item.actor != but]
        weights = [item.w * self.lasting(item, day) for item in others]
        friendly = math.fsum(weight * item.x for weight, item in zip(weights, others, strict=True))
        return (5 * 0.5 + friendly) / (5 + math.fsum(weights))

    def opinion(self, actor: str, theatre: str, day: float, holder: str | None = None) -> Opinion:
        about = [item for item in self.items if item.actor == actor and holder in (None, item.holder)]
        own = [(item.w * self.kept(item, day), item.x) for item in about if item.theatre == theatre]
        abroad = [
            (self.coupling(item, theatre, day) * item.w * self.lasting(item, day), item.x)
            for item in about
            if item.theatre != theatre
        ]
        n, r = math.fsum(w for w, _ in own), math.fsum(w * x for w, x in own)
        raw, raw_x = math.fsum(w for w, _ in abroad), math.fsum(w * x for w, x in abroad)
        squeeze = 1 / (1 + raw / 1.0)
        norm = self.norm(theatre, day, but=actor)
        total = 1.0 + n + squeeze * raw
        trust = (norm + r + squeeze * raw_x) / total
        certainty = total / (1 + total / 10)
        low, high = (float(betaincinv(certainty * trust, certainty * (1 - trust), p)) for p in (0.05, 0.95))
        return Opinion(
            trust=trust,
            low=low,
            high=high,
            evidence=total,
            own=n,
            own_x=r,
            imported=squeeze * raw,
            imported_x=squeeze * raw_x,
            import_raw=raw,
            import_raw_x=raw_x,
            certainty=certainty,
            trust_sd=math.sqrt(trust * (1 - trust) / (certainty + 1)),
            norm=norm,
            belief=(r + squeeze * raw_x) / total,
            disbelief=(n + squeeze * raw - r - squeeze * raw_x) / total,
            uncertainty=1 / total,
            reading="trusted" if low > 0.5 else "distrusted" if high < 0.5 else "open",
        )

    def contributions(self, actor: str, theatre: str, day: float) -> dict[tuple[str, str, str], float]:
        """Return points of trust by id, source and part; several items of one event in one part add up."""
        opinion = self.opinion(actor, theatre, day)
        others = [item for item in self.items if item.theatre == theatre and item.actor != actor]
        norm_weight = 5 + math.fsum(item.w * self.lasting(item, day) for item in others)
        points: dict[tuple[str, str, str], float] = {}
        for item in self.items:
            lasting = item.w * self.lasting(item, day)
            if item.actor == actor and item.theatre == theatre:
                part, weight = "own", item.w * self.kept(item, day)
            elif item.actor == actor:
                coupling = self.coupling(item, theatre, day)
                part, weight = "imported", coupling * lasting / (1 + opinion.import_raw)
                if coupling == 0:
                    continue
            elif item.theatre == theatre:
                part, weight = "norm", lasting / norm_weight
            else:
                continue
            key = (item.id, item.theatre, part)
            points[key] = points.get(key, 0.0) + (item.x - 0.5) * weight / opinion.evidence
        return points


def as_of(events: Iterable[Row], theatres: Regimes, day: float, *, before: bool = False) -> Model:
    """Return the model of what is known at a day, or before it. Tellings are counted over the whole log."""
    known = [item for item in items(events) if item.day < day or (item.day == day and not before)]
    return Model(known, theatres)
