"""What things are called in an answer: names beside ids, words of the vocabularies, figures as people write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot.answers_form import NOTHING, Figure
from counterpoise_bot.words import FIRST_STRONG, POP, Name, Words

SECTIONS = ("levels", "factors", "conditions", "audiences", "visibilities", "stages")
SHORT = 8
"""Characters of an id that are shown where its name is not known."""

NINETY = 1.6448536269514722
"""Deviations on either side that hold 90 % of a normal distribution."""

MICROS = 86_400_000_000
DASH = "\u2013"


@dataclass(frozen=True)
class Called:
    """Names one reader may know, by kind and id, and the words of the vocabularies by section and key."""

    names: Mapping[str, Mapping[str, str]]
    vocabulary: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    def name(self, kind: str, id_: str) -> Name:
        """Return what a thing is called; the beginning of its id where the reader may not know."""
        return Name(self.names.get(kind, {}).get(id_) or id_[:SHORT])

    def word(self, words: Words, section: str, key: str) -> str:
        """Return a word of a vocabulary in the reader's language; what a deployment added as it was written."""
        return words.term(str(self.entry(section, key).get("words", key.replace("_", " "))))

    def entry(self, section: str, key: str) -> Mapping[str, Any]:
        """Return what a vocabulary says of a word; nothing where it does not know it."""
        return self.vocabulary.get(section, {}).get(key, {})

    def audience(self, words: Words, key: str) -> str:
        """Return an audience: a word of the vocabulary, an organisation, or everybody."""
        if key == "all":
            return words.say("all audiences")
        if key in self.names.get("actor", {}):
            return self.name("actor", key)
        return self.word(words, "audiences", key)


def called(application: Application, reader: Member) -> Called:
    """Ask for everything an answer may name."""
    questions = application.questions
    return Called(questions.names(reader).value, questions.vocabularies(*SECTIONS).value)


def short(event: str) -> str:
    """Return an event's id short: its kind, the beginning of its stream's id, its version."""
    stream, _, version = event.rpartition("#")
    kind, _, id_ = stream.partition(":")
    return f"{kind}:{id_[:SHORT]}#{version}"


def day(words: Words, since_1970: float, zone: str = "UTC") -> str:
    """Return a day of the model as a date."""
    return words.date(int(since_1970 * MICROS), zone)


def between(words: Words, low: float, high: float, digits: int = 1) -> str:
    """Return an interval whose ends are not below nought, isolated in text that is written from right to left."""
    text = f"{words.number(low, digits)}{DASH}{words.number(high, digits)}"
    return f"{FIRST_STRONG}{text}{POP}" if words.direction == "rtl" else text


def figure(words: Words, value: float | None, digits: int = 2) -> Figure | str:
    """Return a cell that holds a number."""
    return (
        NOTHING if value is None else Figure(near := round(value, digits) + 0.0, words.number(near, digits))
    )


def signed(words: Words, value: float | None, digits: int = 2) -> Figure | str:
    """Return a cell that holds a gain or loss."""
    return NOTHING if value is None else Figure(round(value, digits), words.signed(value, digits))
