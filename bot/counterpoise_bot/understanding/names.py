"""Names in a sentence: pilots, organisations and steps, however shortened, misspelt or translated."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from counterpoise_bot.understanding.reading import Reading, read
from counterpoise_bot.understanding.tables import Tongue, model

ALIKE = 84.0
"""Percent by which two words are taken for the same, from five letters on."""

SHORT = 5
PROPER, ORDINARY = 3.0, 1.0
ADJACENT = 0.35
"""What two words of a name beside each other add."""

CLOSE = 0.6
"""From this share of the best fit on, a second name makes the first doubtful."""

TELLING = 3
"""Letters from which on a word of a name tells something."""

ENOUGH = 72.0
"""Percent by which a word is near enough to a choice to ask whether it was meant."""


@dataclass(frozen=True)
class Guess:
    """What was understood, and how surely (0..1); "" when nothing was."""

    value: str = ""
    confidence: float = 0.0

    def __bool__(self) -> bool:
        """Tell whether there is a guess at all."""
        return bool(self.value)


NOTHING = Guess()


def named(reading: Reading, names: Mapping[str, str], spoken: Tongue) -> tuple[Guess, frozenset[int]]:
    """Return whom or what a sentence names, of `names` by their id, and the places of the words that named it.

    Two names that fit nearly as well halve each other's confidence: a word that several share names none of them.
    """
    split = {key: _telling(title, spoken) for key, title in names.items()}
    shared = Counter(word for words in split.values() for word in set(words))
    runs = [tuple(enumerate(reading.words)), *_translated(reading, spoken)]
    fits: list[tuple[float, str, frozenset[int]]] = []
    for key, words in split.items():
        share, places = max((_fit(words, shared, run) for run in runs), key=lambda fit: fit[0])
        fits.append((share, key, places))
    fits.sort(key=lambda fit: -fit[0])
    if not fits or fits[0][0] <= 0:
        return NOTHING, frozenset()
    best, key, places = fits[0]
    second = fits[1][0] if len(fits) > 1 else 0.0
    return Guess(key, round(min(best, 1.0) * (1 - _doubt(best, second)), 3)), places


def nearest(word: str, choices: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return what somebody may have meant by a word, most alike first; nothing where nothing is near."""
    found = process.extract(
        word, list(choices), scorer=fuzz.WRatio, processor=_plain, limit=limit, score_cutoff=ENOUGH
    )
    return tuple(choice for choice, _, _ in found)


def _doubt(best: float, second: float) -> float:
    return 0.5 * max(second / best - CLOSE, 0.0) / (1 - CLOSE)


def _plain(text: str) -> str:
    return " ".join(read(text).words)


def _telling(title: str, spoken: Tongue) -> tuple[str, ...]:
    """Return the words of a name that can be told apart: before its colon, without articles."""
    head = title.partition(":")[0].replace("-", "")
    return tuple(word for word in read(head).words if len(word) >= TELLING and word not in spoken.common)


def _translated(reading: Reading, spoken: Tongue) -> Iterable[tuple[tuple[int, str], ...]]:
    for hit in spoken.glossary.found(reading.words):
        place = hit.places[0]
        yield tuple((place, word) for word in read(hit.cue.speaks_for).words)


def _fit(
    words: Sequence[str], shared: Counter[str], run: Sequence[tuple[int, str]]
) -> tuple[float, frozenset[int]]:
    ordinary = model().name_words
    weights = {word: (ORDINARY if word in ordinary else PROPER) / shared[word] for word in words}
    whole = sum((ORDINARY if word in ordinary else PROPER) for word in words)
    found = {word: at for word in words if (at := _where(word, run)) is not None}
    if not found or not whole:
        return 0.0, frozenset()
    together = sum(
        1
        for first, second in pairwise(words)
        if first in found and second in found and found[second] - found[first] == 1
    )
    share = sum(weights[word] for word in found) / whole + ADJACENT * min(together, 2)
    return share, frozenset(run[at][0] for at in found.values())


def _where(word: str, run: Sequence[tuple[int, str]]) -> int | None:
    for at, (_, said) in enumerate(run):
        if said == word:
            return at
        if len(word) >= SHORT and len(said) >= SHORT - 1 and fuzz.ratio(word, said) >= ALIKE:
            return at
    return None
