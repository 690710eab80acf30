"""Why a command is not recorded: each refusal is named for its rule, says who owns it and what would satisfy it."""

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class Refusal(Exception):  # noqa: N818  a refusal keeps a rule; it is no error of the program
    """A rule was kept. `rule` is its fixed name, `owner` who can satisfy it, `remedy` what would."""

    rule: ClassVar[str] = "refused"

    def __init__(self, sentence: str, *, owner: str = "", remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.owner = owner
        self.remedy = remedy


class UnknownWord(Refusal):
    """That word is not in this vocabulary."""

    rule = "unknown-word"

    def __init__(self, section: str, word: str, choices: Iterable[str]) -> None:
        known = list(choices)
        close = get_close_matches(word, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Choose one of: {', '.join(known)}."
        super().__init__(f"{word!r} is not in the vocabulary {section!r}.", owner="you", remedy=hint)


class BadValue(Refusal):
    """A value is outside what can be recorded."""

    rule = "bad-value"


def within(value: float, low: float, high: float, *, what: str) -> float:
    """Return `value` if it lies in [low, high]; BadValue, naming `what`, if not (or if it is no number)."""
    if not low <= value <= high:  # also catches NaN
        raise BadValue(f"{what} is {value}.", owner="you", remedy=f"Give a number from {low} to {high}.")
    return value


def once(names: Iterable[str], *, what: str) -> None:
    """BadValue, naming `what`, if one of the names stands twice."""
    counted = Counter(names)
    if twice := [name for name, count in counted.items() if count > 1]:
        raise BadValue(f"{what} {twice[0]} stands twice.", owner="you", remedy="Say it once.")


def said(text: str | None, *, what: str) -> None:
    """BadValue if words that must be there are missing."""
    if text is not None and not text.strip():
        raise BadValue(f"{what} is empty.", owner="you", remedy=f"Say {what.lower()} in a few words.")
