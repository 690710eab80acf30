"""Cues: the small patterns of words that tell what a sentence is about, found quickly in a reading.

A cue is written as people write: `worried about`, `worr*` (a stem), `*sorge*` (inside a compound), `how ... going`
(up to six words between); `^` and `$` are the ends of the sentence. Accents, capitals and Arabic prefixes do not
matter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from counterpoise_bot.understanding.reading import TOKEN, compared

GAP = "..."
START, END = "^", "$"
PART = re.compile(rf"{TOKEN.pattern}|[\^$]")
FARTHEST = 6
"""Words a gap may span at most."""


@dataclass(frozen=True)
class Cue:
    """A pattern, what it speaks for, and how strongly."""

    parts: tuple[str, ...]
    speaks_for: str
    weight: float


@dataclass(frozen=True)
class Hit:
    """A cue found: the places of the words it took."""

    cue: Cue
    places: tuple[int, ...]


@dataclass(frozen=True)
class Cues:
    """Many cues, kept by their first word so that a sentence is read once."""

    _exact: dict[str, list[Cue]] = field(default_factory=dict)
    _stems: dict[str, list[Cue]] = field(default_factory=dict)
    _inside: list[Cue] = field(default_factory=list)

    def add(self, phrases: Iterable[str], speaks_for: str, weight: float) -> None:
        """Take in phrases that all speak for the same thing."""
        for phrase in phrases:
            self._keep(Cue(parts_of(phrase), speaks_for, weight))

    def found(self, words: Sequence[str]) -> Iterator[Hit]:
        """Yield every cue that stands in the words."""
        bounded = (START, *words, END)
        for place, word in enumerate(bounded):
            for cue in self._at(word):
                if (places := _matched(cue.parts, bounded, place)) is not None:
                    yield Hit(cue, tuple(at - 1 for at in places if 0 < at <= len(words)))

    def vocabulary(self) -> set[str]:
        """Return every whole word that a cue spells out."""
        every = [*self._exact.values(), *self._stems.values(), self._inside]
        return {
            part for cues in every for cue in cues for part in cue.parts if "*" not in part and part != GAP
        }

    def _keep(self, cue: Cue) -> None:
        first = cue.parts[0]
        if first.startswith("*"):
            self._inside.append(cue)
        elif first.endswith("*"):
            self._stems.setdefault(first[:2], []).append(cue)
        else:
            self._exact.setdefault(first, []).append(cue)

    def _at(self, word: str) -> Iterator[Cue]:
        yield from self._exact.get(word, ())
        for cue in self._stems.get(word[:2], ()):
            if word.startswith(cue.parts[0][:-1]):
                yield cue
        for cue in self._inside:
            if fits(cue.parts[0], word):
                yield cue


def parts_of(phrase: str) -> tuple[str, ...]:
    """Return a phrase as the words it is compared by."""
    return tuple(part if part == GAP else compared(part) for part in PART.findall(phrase))


def fits(pattern: str, word: str) -> bool:
    """Tell whether a word is the pattern's, with `*` at either end for anything."""
    core = pattern.strip("*")
    match pattern.startswith("*"), pattern.endswith("*"):
        case True, True:
            return core in word
        case True, False:
            return word.endswith(core)
        case False, True:
            return word.startswith(core)
        case _:
            return word == core


def _matched(parts: Sequence[str], words: Sequence[str], place: int) -> tuple[int, ...] | None:
    """Return the places of the words that match, the first being at `place`."""
    places: list[int] = []
    reach = 0
    for part in parts:
        if part == GAP:
            reach = FARTHEST
            continue
        upto = min(place + reach + 1, len(words))
        here = next((at for at in range(place, upto) if fits(part, words[at])), None)
        if here is None:
            return None
        places.append(here)
        place, reach = here + 1, 0
    return tuple(places)
