"""A scan being written: its answers so far, kept sealed, and what they come to as the verb takes it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import uuid4

from counterpoise_bot.words import Words

STEPS = 4
"""A rating of 1 to 5 is a score of 0, 1/4, 1/2, 3/4 and 1."""

DONT_KNOW = 0
"""The rating of who does not know: the factor is left out, and named among the open points."""

DOUBTS = ("sure", "fair", "unsure")
FULCRUM_DOUBTS = {"sure": 0.02, "fair": 0.05, "unsure": 0.15}
"""The deviation of the doubt about the fulcrum, by how sure somebody is of it."""

HEAVY = 2.0
"""The weight of an audience that weighs double."""

PER_PAGE = 8
"""Factors on one page."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one factor. `exact` is the score a scan had before, kept while its rating stays."""

    rating: int | None = None
    doubt: str = "fair"
    link: str = ""
    words: str = ""
    exact: float | None = None
    exact_doubt: float | None = None

    @property
    def rated(self) -> bool:
        """Whether it has a score."""
        return self.rating is not None and self.rating != DONT_KNOW

    @property
    def score(self) -> float:
        """The score on 0..1."""
        if self.exact is not None and rating_of(self.exact) == self.rating:
            return self.exact
        return ((self.rating or 1) - 1) / STEPS


@dataclass(frozen=True, kw_only=True)
class ScanDraft:
    """A person's draft of their organisation's scan of a pilot at a stage. `id` names the command it becomes.

    Once `recorded` it is kept as it was, so that it can be sent again without being recorded again.
    """

    id: str
    pilot: str
    member: str
    stage: str
    page: int = 1
    answers: Mapping[str, Answer] = field(default_factory=dict)
    audiences: tuple[str, ...] = ()
    heavy: tuple[str, ...] = ()
    cares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    fulcrum: float | None = None
    fulcrum_doubt: str = "fair"
    red_line: bool = False
    words: str = ""
    recorded: bool = False

    def answer(self, factor: str) -> Answer:
        """Return what is said of a factor so far."""
        return self.answers.get(factor, Answer())

    def answering(self, factor: str, **said: Any) -> "ScanDraft":  # noqa: ANN401  the fields of an answer
        """Return the draft with something said of a factor."""
        return replace(self, answers={**self.answers, factor: replace(self.answer(factor), **said)})

    @property
    def begun(self) -> bool:
        """Whether anything is said yet."""
        return bool(self.answers or self.audiences or self.words or self.red_line or self.fulcrum)

    def said(self, tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return what the scan says, as `scans.record` takes it, without its words."""
        rated = {factor: each for factor, each in self.answers.items() if each.rated}
        return {
            "scores": {factor: each.score for factor, each in rated.items()},
            "doubts": {factor: _doubt(each, tables["doubts"]) for factor, each in rated.items()},
            "audiences": self._hearings(),
            "cares": {name: dict(cares) for name, cares in self.cares.items() if cares},
            "fulcrum": self.fulcrum,
            "fulcrum_doubt": None if self.fulcrum is None else FULCRUM_DOUBTS[self.fulcrum_doubt],
            "red_line": self.red_line,
        }

    def told(self, words: Words, factors: Mapping[str, Mapping[str, Any]]) -> str:
        """Return the words of the scan: its author's own, then what they wrote and linked, factor by factor."""
        lines = [self.words] if self.words else []
        for factor, each in self.answers.items():
            parts = [part for part in (each.words, each.link) if part]
            if parts:
                lines.append(f"{words.term(str(factors[factor]['words']))}: {' '.join(parts)}")
        return "\n".join(lines)

    def _hearings(self) -> dict[str, float]:
        chosen = dict.fromkeys((*self.audiences, *self.heavy))
        kept = {name: self.weights.get(name, 1.0) for name in chosen}
        return {name: max(weight, HEAVY) if name in self.heavy else weight for name, weight in kept.items()}


def rating_of(score: float) -> int:
    """Return the rating nearest to a score on 0..1."""
    return round(score * STEPS) + 1


def fresh(pilot: str, member: str, stage: str, own: Mapping[str, Any] | None) -> ScanDraft:
    """Return a draft to begin with: what the organisation's scan says already, where there is one."""
    blank = ScanDraft(id=str(uuid4()), pilot=pilot, member=member, stage=stage)
    if own is None:
        return blank
    cares: dict[str, dict[str, float]] = {}
    for care in own["cares"] or ():
        cares.setdefault(care["audience"], {})[care["factor"]] = care["care"]
    return replace(
        blank,
        answers={each["factor"]: _scored(each) for each in own["scores"]},
        audiences=tuple(each["audience"] for each in own["audiences"] or ()),
        heavy=tuple(each["audience"] for each in own["audiences"] or () if each["weight"] >= HEAVY),
        weights={each["audience"]: each["weight"] for each in own["audiences"] or ()},
        cares=cares,
        fulcrum=own["fulcrum"],
        fulcrum_doubt=_nearest(own["fulcrum_doubt"], FULCRUM_DOUBTS),
        red_line=bool(own["red_line"]),
        words=own["words"],
    )


def unpacked(found: Mapping[str, Any]) -> ScanDraft:
    """Return a draft from what was kept of it."""
    answers = {factor: Answer(**each) for factor, each in found["answers"].items()}
    lists = {name: tuple(found[name]) for name in ("audiences", "heavy")}
    return ScanDraft(**{**found, **lists, "answers": answers})


def packed(draft: ScanDraft) -> Mapping[str, Any]:
    """Return a draft as it is kept."""
    return asdict(draft)


def groups(factors: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the pages of factors: gains, risks that visibility weighs on, other risks; eight at most on each."""
    gains = [name for name, each in factors.items() if each["pan"] == "gain"]
    seen = [name for name, each in factors.items() if each["pan"] == "risk" and each.get("visible")]
    other = [name for name, each in factors.items() if each["pan"] == "risk" and not each.get("visible")]
    named = (("gain", gains), ("visible", seen), ("risk", other))
    return tuple((kind, part) for kind, names in named for part in _parts(names))


def _parts(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(names), PER_PAGE):
        yield tuple(names[start : start + PER_PAGE])


def _scored(row: Mapping[str, Any]) -> Answer:
    exact = float(row["score"])
    return Answer(rating=rating_of(exact), exact=exact, exact_doubt=row["doubt"], doubt="")


def _doubt(answer: Answer, doubts: Mapping[str, Any]) -> float:
    """Return the deviation of a doubt: by its word, else as the scan before had it."""
    if not answer.doubt and answer.exact_doubt is not None:
        return answer.exact_doubt
    return float(doubts[answer.doubt or "fair"])


def _nearest(value: float | None, words: Mapping[str, float]) -> str:
    return "fair" if value is None else min(words, key=lambda word: abs(words[word] - value))
