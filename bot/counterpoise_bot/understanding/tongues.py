"""Which of our languages a sentence is in, told by its common words, its letters and its cues."""

import math
from collections.abc import Mapping

from counterpoise_bot.understanding.reading import ARABIC, Reading
from counterpoise_bot.understanding.tables import LANGUAGES, Tongue, tongue

COMMON, LETTER, CUE, HINT = 1.0, 1.5, 0.7, 0.6
"""What a common word, a letter of its own, a cue and the reader's own setting weigh."""


def languages(reading: Reading, hint: str) -> Mapping[str, float]:
    """Return how likely each language is; the parts add up to one. `hint` is where the odds are even."""
    if ARABIC.search(reading.text):
        letters = [letter for letter in reading.text if letter.isalpha()]
        share = sum(bool(ARABIC.match(letter)) for letter in letters) / max(len(letters), 1)
        return {language: share if language == "ar" else (1 - share) / 4 for language in LANGUAGES}
    weights = {
        language: _weight(reading, tongue(language)) + HINT * (language == hint)
        for language in LANGUAGES[:-1]
    }
    total = sum(math.exp(weight) for weight in weights.values())
    return {language: math.exp(weight) / total for language, weight in weights.items()} | {"ar": 0.0}


def _weight(reading: Reading, candidate: Tongue) -> float:
    small = reading.text.casefold()
    common = sum(word in candidate.common for word in reading.words)
    letters = sum(letter in small for letter in candidate.letters)
    cues = {hit.cue for hit in candidate.intents.found(reading.words)}
    return COMMON * common + LETTER * letters + CUE * len(cues)
