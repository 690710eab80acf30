"""How hard a sentence is to read: the school grade after Flesch and Kincaid, for English."""

import re

WORD = re.compile(r"[A-Za-z]+(?:['\u2019][a-z]+)?")
SENTENCE = re.compile(r"[.!?:;](?:\s|$)")
UNSAID = re.compile(r"`[^`]*`|\{[^}]*\}|/[a-z]+|TLP:[A-Z+]+")
VOWELS = re.compile(r"[aeiouy]+")
HOUSE = re.compile(
    r"^(organisation|reflection|concern|coordinator|administrator|deployment|pilot|balance|spill|theatre|anonymous"
    r"|association|dissociation|identity|legitimacy|evidence|audience|lesson|counterpoise|record|language|member"
    r"|interaction|recorded|correction|alias|settings|position|reservation|consent|objection|nobody|everybody|particular)s?$"
)
"""Words that the product is about: learnt once, then easy."""


def grade(text: str) -> float:
    """Return the years of schooling that a text asks of its reader; 0 for one without a sentence's worth of words."""
    plain = UNSAID.sub("it", text)
    words = WORD.findall(plain)
    if not words:
        return 0.0
    sentences = max(len([part for part in SENTENCE.split(plain) if WORD.search(part)]), 1)
    spoken = sum(syllables(word.lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59


def syllables(word: str) -> int:
    """Return how many syllables a word has, about; a word of the house has two."""
    if HOUSE.match(word):
        return 2
    groups = len(VOWELS.findall(word.removesuffix("es").removesuffix("ed") if len(word) > 4 else word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(groups - silent, 1)
