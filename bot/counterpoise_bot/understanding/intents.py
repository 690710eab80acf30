"""What somebody wants of the bot: cues and the tone of a text, weighed against each other."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from counterpoise_bot.understanding.cues import Hit
from counterpoise_bot.understanding.reading import QUESTION, Reading, Token, read
from counterpoise_bot.understanding.tables import LONG, Tongue, model, tongue
from counterpoise_bot.understanding.tongues import languages

THRESHOLD = 0.7
"""An intent less sure than this is asked for, never guessed."""

HALF = 0.5
"""How sure an intent is at most where the text may hide another."""

STRONG = 3.0
"""What a cue weighs that is enough by itself."""

MOST, LEAST = 5.0, -4.0
"""What the cues of one intent weigh together at most and at least."""

TONES = ("field", "bad", "good", "judging", "request", "comparing", "saying", "everyday")
"""Kinds of words that say little alone: of the work, bad, good, told in hindsight, asking, comparing, reporting, of
everyday life."""

FEW = 4
"""Words from which on a text is more than a note."""

COUNTED = 3
"""Words of one tone that count at most."""

LENGTHY = 12
"""Words from which on a text is no shorter for being longer."""

SECOND = 0.15
"""From this likelihood on, a second language's cues are heard as well: teams mix."""

BEFORE = 2
"""Words between a negation and the cue that it denies, at most."""

CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]{4}-[A-Z0-9]{4}\b")
"""A one-time code as the bot hands it out."""

Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Heard:
    """A text as it was heard: in which languages, likeliest first, with which cues."""

    reading: Reading
    spelt: Reading
    likely: Mapping[str, float]
    tongues: tuple[Tongue, ...]
    hits: tuple[Hit, ...]

    @property
    def spoken(self) -> Tongue:
        """The likeliest language."""
        return self.tongues[0]

    @property
    def question(self) -> bool:
        """Whether it ends or begins as a question."""
        begins = any(0 in hit.places for hit in self.spoken.asking.found(self.spelt.words[:2]))
        return self.spelt.asked or begins


def hear(text: str, language_hint: str = "") -> Heard:
    """Hear a text; `language_hint` decides where its language is even."""
    reading = read(text)
    likely = languages(reading, language_hint)
    ranked = sorted(likely, key=lambda code: -likely[code])
    tongues = tuple(tongue(code) for code in ranked if code == ranked[0] or likely[code] >= SECOND)
    spelt = _spelt(reading, tongues[0])
    hits = tuple(hit for each in tongues for hit in each.intents.found(spelt.words))
    return Heard(reading, spelt, likely, tongues, hits)


def scores(heard: Heard) -> Mapping[str, float]:
    """Return what the cues weigh for each intent; a word counts once for an intent, by its strongest cue."""
    sums: defaultdict[str, float] = defaultdict(float)
    taken: defaultdict[str, set[int]] = defaultdict(set)
    for hit in sorted(heard.hits, key=lambda hit: (-abs(hit.cue.weight), -len(hit.places))):
        intent = hit.cue.speaks_for
        if taken[intent].intersection(hit.places):
            continue
        taken[intent].update(hit.places)
        denied = intent == "concern" and hit.cue.weight > 0 and _denied(heard, hit)
        sums[intent] += -hit.cue.weight if denied else hit.cue.weight
    if CODE.search(heard.reading.text):
        sums["link"] += STRONG
    return {intent: max(min(weight, MOST), LEAST) for intent, weight in sums.items()}


def features(heard: Heard) -> Mapping[str, float]:
    """Return what is true of a text whatever it wants, each between 0 and 1."""
    tones: defaultdict[str, set[int]] = defaultdict(set)
    for hit in heard.spoken.tone.found(heard.spelt.words):
        tones[hit.cue.speaks_for].update(hit.places)
    told = {tone: min(len(tones[tone]), COUNTED) / COUNTED for tone in TONES}
    question = heard.question
    statement = not question
    nothing = not told["field"] and not any(
        hit.cue.speaks_for != "none" and hit.cue.weight > 1 for hit in heard.hits
    )
    return {
        "always": 1.0,
        **{f"{tone}_told": share * statement for tone, share in told.items()},
        **{f"{tone}_asked": share * question for tone, share in told.items()},
        "question": float(question),
        "bad_in_field": told["bad"] * (told["field"] > 0) * statement,
        "bad_alone": float(told["bad"] > 0 and not told["good"]) * statement,
        "good_alone": float(told["good"] > 0 and not told["bad"]) * statement,
        "both": float(told["bad"] > 0 and told["good"] > 0) * statement,
        "plain": float(not (told["bad"] or told["good"] or told["judging"])) * statement,
        "length": min(len(heard.spelt.words), LENGTHY) / LENGTHY,
        "nothing": float(nothing),
        "nothing_asked": float(nothing and question),
    }


def ranked(heard: Heard, *, names_somebody: bool = False) -> Ranked:
    """Return intents with their likelihood, likeliest first.

    A text that ends as a question, or a few words without a strong cue, are never surely a concern or a reflection;
    what names a pilot or an organisation is never surely chat: the bot asks.
    """
    weighed = scores(heard)
    first, *others = chances(weighed, features(heard))
    intent, chance = first
    ends_asking = heard.spelt.words[-1:] == (QUESTION,)
    hidden = ends_asking and weighed.get("concern", 0) >= max(STRONG, weighed.get(intent, 0))
    unsaid = ends_asking or (len(heard.spelt.words) < FEW and weighed.get(intent, 0) < STRONG)
    if (intent in model().told and unsaid) or hidden or (intent == "none" and names_somebody):
        chance = min(chance, HALF)
    return ((intent, chance), *others)


def chances(weighed: Mapping[str, float], true: Mapping[str, float]) -> Ranked:
    """Return the logistic choice over what the cues weigh and what is true of the text; its weights were fitted."""
    fitted = model()
    heights = {
        intent: fitted.cue_weights[intent] * weighed.get(intent, 0.0)
        + sum(fitted.feature_weights[intent][name] * value for name, value in true.items())
        for intent in fitted.intents
    }
    highest = max(heights.values())
    odds = {intent: math.exp(height - highest) for intent, height in heights.items()}
    total = sum(odds.values())
    return tuple(
        (intent, round(odds[intent] / total, 3)) for intent in sorted(odds, key=lambda one: -odds[one])
    )


def _denied(heard: Heard, hit: Hit) -> bool:
    first = hit.places[0]
    return any(word in heard.spoken.negations for word in heard.spelt.words[max(first - BEFORE, 0) : first])


def _spelt(reading: Reading, spoken: Tongue) -> Reading:
    """See through one wrong letter in a long word that no table knows."""
    tokens = tuple(
        _respelt(token, spoken) if len(token.word) >= LONG and token.word not in spoken.spelt else token
        for token in reading.tokens
    )
    return replace(reading, tokens=tokens)


def _respelt(token: Token, spoken: Tongue) -> Token:
    found = process.extractOne(token.word, spoken.spelling, scorer=OSA.distance, score_cutoff=1)
    return replace(token, word=found[0]) if found else token
