"""Sharing labels as people read them: a sign and the words of TLP 2.0, never a colour alone."""

from collections.abc import Iterable

from counterpoise.application.faces import LABELS
from counterpoise_bot.words import FIRST_STRONG, POP, Words

SIGNS = dict(zip(LABELS, "○◔◑◕●", strict=True))
"""A circle the fuller, the fewer may read."""


def shown_label(words: Words, label: str) -> str:
    """Return a label as sign and text, `◔ TLP:GREEN`, isolated in text that is written from right to left."""
    text = f"{SIGNS[label]} TLP:{label}"
    return f"{FIRST_STRONG}{text}{POP}" if words.direction == "rtl" else text


def strictest(labels: Iterable[str]) -> str:
    """Return the label with the narrowest audience; CLEAR where there is none."""
    return max(labels, key=LABELS.index, default=LABELS[0])
