"""Words as they are compared: small letters, no accents, Arabic without marks and prefixes; and where each stood."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

QUESTION = "?"
HEARD = 400
"""Words of a text that are listened to; what it means is said before."""

TOKEN = re.compile(r"[\w*\u0300-\u036f\u064b-\u065f\u0670]+|[?؟]|\.\.\.")
ASIDE = re.compile(r"<[@#!][^>]*>|<(?:https?|mailto):[^>]*>|https?://\S+|:[a-z0-9_+-]+:")
"""What Slack writes between signs: mentions, channels, links, emoji by name. Nobody's words."""

ARABIC = re.compile(r"[\u0600-\u06ff]")
MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640\u200c-\u200f\u2066-\u2069]")
LETTERS = str.maketrans("أإآٱىةؤئ٠١٢٣٤٥٦٧٨٩", "اااايهوي0123456789")  # noqa: RUF001 - Arabic is meant
PREFIXES = ("وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و")
STEM = 3
"""Letters an Arabic word keeps at least when a prefix is taken off it."""

SPELT_OUT = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "\u2019": "'"})


@dataclass(frozen=True)
class Token:
    """One word of a text: as compared, and its first and past-the-last character there."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A text and its words in order; a question mark is a word of its own."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words as compared."""
        return tuple(token.word for token in self.tokens)

    @property
    def asked(self) -> bool:
        """Whether a question mark stands in it."""
        return any(token.word == QUESTION for token in self.tokens)

    def without(self, taken: Sequence[int]) -> str:
        """Return the words as written, but for those at the places taken."""
        gone = set(taken)
        kept = [token for place, token in enumerate(self.tokens) if place not in gone]
        return " ".join(self.text[token.start : token.end] for token in kept if token.word != QUESTION)


def read(text: str) -> Reading:
    """Return the words of a text; what Slack put between signs is blanked out, at the same length."""
    plain = ASIDE.sub(lambda aside: " " * len(aside[0]), text)
    found = (
        Token(compared(match[0].strip("*_")), match.start(), match.end()) for match in TOKEN.finditer(plain)
    )
    return Reading(text, tuple(islice((token for token in found if token.word.strip(".")), HEARD)))


@lru_cache(maxsize=20_000)
def compared(word: str) -> str:
    """Return a word as it is compared with another."""
    if word == "؟":
        return QUESTION
    if ARABIC.search(word):
        return _arabic(word)
    small = word.casefold().translate(SPELT_OUT)
    bare = unicodedata.normalize("NFKD", small)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _arabic(word: str) -> str:
    plain = MARKS.sub("", word).translate(LETTERS)
    for prefix in PREFIXES:
        if plain.startswith(prefix) and len(plain.replace("*", "")) - len(prefix) >= STEM:
            return plain.removeprefix(prefix)
    return plain
