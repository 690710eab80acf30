"""Names in a sentence: pilots, organisations and steps, however shortened, misspelt or translated."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from counterpoise_bot.understanding.reading import Reading, read
from counterpoise_bot.understanding.tables import Tongue, model, tongue

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
    split = {key: _telling(title, spoken.language) for key, title in names.items()}
    shared = Counter(word for words in split.values() for word in set(words))
    fits: dict[str, tuple[float, str, frozenset[int]]] = {}
    for places, run in [(range(len(reading.words)), reading.words), *_translated(reading, spoken)]:
        at = _where(shared, run)
        for key, words in split.items():
            told = frozenset(places[at[word]] for word in words if word in at)
            fit = (_fit(words, shared, at), key, told)
            fits[key] = max(fits.get(key, fit), fit, key=lambda one: one[0])
    order = sorted(fits.values(), key=lambda fit: -fit[0])
    if not order or order[0][0] <= 0:
        return NOTHING, frozenset()
    best, key, told = order[0]
    second = order[1][0] if len(order) > 1 else 0.0
    return Guess(key, round(min(best, 1.0) * (1 - _doubt(best, second)), 3)), told


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


@lru_cache(maxsize=5_000)
def _telling(title: str, language: str) -> tuple[str, ...]:
    """Return the words of a name that can be told apart: before its colon, without articles."""
    head = title.partition(":")[0].replace("-", "")
    return tuple(
        word for word in read(head).words if len(word) >= TELLING and word not in tongue(language).common
    )


def _translated(reading: Reading, spoken: Tongue) -> Iterable[tuple[Sequence[int], tuple[str, ...]]]:
    """Yield the English of each phrase of the glossary, with the place of the phrase for each of its words."""
    for hit in spoken.glossary.found(reading.words):
        said = read(hit.cue.speaks_for).words
        yield [hit.places[0]] * len(said), said


def _fit(words: Sequence[str], shared: Counter[str], at: Mapping[str, int]) -> float:
    """Return how much of a name stands where `at` says; a word that several names share tells less."""
    ordinary = model().name_words
    weights = {word: ORDINARY if word in ordinary else PROPER for word in words}
    found = [word for word in words if word in at]
    beside = sum(
        at.get(second, -1) - at.get(first, -1) == 1 for first, second in pairwise(words) if first in at
    )
    share = sum(weights[word] / shared[word] for word in found) / (sum(weights.values()) or 1)
    return share + ADJACENT * min(beside, 2) if found else 0.0


def _where(words: Iterable[str], run: Sequence[str]) -> Mapping[str, int]:
    """Return where each word stands in a run of words, exactly or, if it is long, nearly."""
    first = {said: at for at, said in reversed(list(enumerate(run)))}
    longer = [said if len(said) >= SHORT - 1 else "" for said in run]
    found: dict[str, int] = {}
    for word in words:
        if word in first:
            found[word] = first[word]
        elif len(word) >= SHORT:
            near = process.extractOne(word, longer, scorer=fuzz.ratio, score_cutoff=ALIKE)
            if near:
                found[word] = near[2]
    return found
