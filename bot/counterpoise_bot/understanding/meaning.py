"""The meaning of a sentence: what its writer wants of the bot, about what, how grave, and how surely that is known."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from counterpoise_bot.understanding.cues import Cues
from counterpoise_bot.understanding.dates import meant_date
from counterpoise_bot.understanding.intents import THRESHOLD, Heard, hear, ranked
from counterpoise_bot.understanding.names import NOTHING, Guess, named
from counterpoise_bot.understanding.tables import model

NAMED = 0.6
"""A pilot, actor, factor or severity less sure than this is left open."""

ASKED_ABOUT_TIME = frozenset({"balance", "trust", "spillover"})
"""Intents that may carry a day."""


@dataclass(frozen=True)
class Understanding:
    """What a text may mean. `intent` is the likeliest; whoever acts on it asks first where `asks` is true.

    `pilot`, `step` and `about` are ids of those given; `factor`, `kind` and `severity` are words of the vocabularies;
    `side` is gain or risk; each is empty where nothing was sure. `remainder` is the text without what only addressed
    the bot: a concern or reflection as it was written after its opening, a search or question as its own words.
    """

    language: str
    confidence: float
    intent: str
    intent_confidence: float
    pilot: Guess = NOTHING
    step: Guess = NOTHING
    factor: Guess = NOTHING
    severity: Guess = NOTHING
    about: Guess = NOTHING
    kind: Guess = NOTHING
    side: Guess = NOTHING
    as_of: date | None = None
    remainder: str = ""
    intents: tuple[tuple[str, float], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the intent is too unsure to act upon, even as a draft."""
        return self.intent_confidence < THRESHOLD


def understood(
    text: str,
    *,
    pilots: Mapping[str, str],
    actors: Mapping[str, str],
    steps: Mapping[str, str] | None = None,
    language_hint: str = "",
    today: date | None = None,
) -> Understanding:
    """Return what a text means. `pilots`, `actors` and `steps` are titles by id; `today` dates "last Friday"."""
    heard = hear(text, language_hint)
    pilot, at = named(heard.reading, pilots, heard.spoken)
    about, _ = named(heard.reading, actors, heard.spoken)
    step, _ = named(heard.reading, steps or {}, heard.spoken)
    pilot, about, step = _sure(pilot), _sure(about), _sure(step)
    order = ranked(heard, names_somebody=bool(pilot or about or step))
    intent, confidence = order[0]
    factor = _best(heard, "factors")
    language = heard.spoken.language
    return Understanding(
        language=language,
        confidence=round(heard.likely[language], 3),
        intent=intent,
        intent_confidence=confidence,
        pilot=pilot,
        step=step,
        factor=factor,
        severity=_best(heard, "severities"),
        about=about,
        kind=_kind(heard, factor),
        side=_side(heard, factor),
        as_of=meant_date(text, language, today) if today and intent in ASKED_ABOUT_TIME else None,
        remainder=_remainder(heard, intent, at if pilot else frozenset()),
        intents=order[:3],
    )


def _best(heard: Heard, table: str) -> Guess:
    """Return what most cues of a table speak for; even numbers leave it open."""
    votes: defaultdict[str, set[int]] = defaultdict(set)
    for spoken in heard.tongues:
        cues: Cues = getattr(spoken, table)
        for hit in cues.found(heard.spelt.words):
            votes[hit.cue.speaks_for].update(hit.places)
    order = sorted(votes, key=lambda value: -len(votes[value]))
    if not order:
        return NOTHING
    first = len(votes[order[0]])
    second = len(votes[order[1]]) if len(order) > 1 else 0
    return _sure(Guess(order[0], round(1 - 0.2 ** (first - second), 3)))


def _kind(heard: Heard, factor: Guess) -> Guess:
    said = _best(heard, "kinds")
    if said or factor.value not in model().kind_of:
        return said
    return Guess(model().kind_of[factor.value], factor.confidence)


def _side(heard: Heard, factor: Guess) -> Guess:
    said = _best(heard, "sides")
    if said or not factor:
        return said
    return Guess("gain" if factor.value in model().gains else "risk", factor.confidence)


def _sure(guess: Guess) -> Guess:
    return guess if guess.confidence >= NAMED else NOTHING


def _remainder(heard: Heard, intent: str, named_at: frozenset[int]) -> str:
    reading, spoken = heard.reading, heard.spoken
    if intent in model().told:
        ends = [max(hit.places) + 1 for hit in spoken.openings.found(reading.words) if min(hit.places) <= 1]
        after = max(ends, default=0)
        return reading.text[reading.tokens[after].start if after < len(reading.tokens) else 0 :].strip()
    taken = {place for hit in heard.hits if hit.cue.speaks_for == intent for place in hit.places} | named_at
    taken |= {place for place, word in enumerate(reading.words) if word in spoken.common}
    return reading.without(tuple(taken))
