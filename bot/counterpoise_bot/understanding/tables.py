"""What each language's tables hold, read once: cues of intents, factors, kinds and severities, and common words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from counterpoise_bot.understanding.cues import Cues, parts_of
from counterpoise_bot.understanding.reading import compared

LANGUAGES = ("en", "fr", "de", "es", "ar")
STRENGTHS = {"strong": 3.0, "clear": 2.0, "weak": 1.0, "against": -2.0, "never": -4.0}


@dataclass(frozen=True)
class Tongue:
    """One language: its common words, and the cues by what they tell."""

    language: str
    common: frozenset[str]
    letters: str
    negations: frozenset[str]
    asking: Cues
    intents: Cues
    factors: Cues
    kinds: Cues
    severities: Cues
    sides: Cues
    openings: Cues
    glossary: Cues
    tone: Cues
    spelling: tuple[str, ...]
    spelt: frozenset[str]
    dates: Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """What holds in every language: see `model.toml` and, fitted, `weights.toml`."""

    intents: tuple[str, ...]
    told: frozenset[str]
    gains: frozenset[str]
    kind_of: Mapping[str, str]
    name_words: frozenset[str]
    cue_weights: Mapping[str, float]
    feature_weights: Mapping[str, Mapping[str, float]]


@cache
def model() -> Model:
    """Return what holds in every language."""
    table, weights = _table("model"), _table("weights")
    return Model(
        intents=tuple(table["intents"]),
        told=frozenset(table["told"]),
        gains=frozenset(table["gains"]),
        kind_of=table["kind_of"],
        name_words=frozenset(compared(word) for word in table["name_words"].split()),
        cue_weights=weights["cues"],
        feature_weights=weights["features"],
    )


@cache
def tongue(language: str) -> Tongue:
    """Return the tables of a language."""
    table = _table(language)
    intents = _graded(table["intents"])
    return Tongue(
        language=language,
        common=_words(table["common"]),
        letters=table["letters"],
        negations=_words(table["negations"]),
        asking=_plain({"asking": table["asking"]}),
        intents=intents,
        factors=_plain(table["factors"]),
        kinds=_plain(table["kinds"]),
        severities=_plain(table["severities"]),
        sides=_plain(table["sides"]),
        openings=_plain({"opening": table["openings"]}),
        glossary=_plain(table["glossary"]),
        tone=_plain({key: words.split() for key, words in table["tone"].items()}),
        spelling=_spelling(table, intents),
        spelt=_every(table),
        dates=table["dates"],
    )


def _table(name: str) -> dict[str, Any]:
    source = files("counterpoise_bot") / "understanding" / "tables" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _words(text: str) -> frozenset[str]:
    return frozenset(compared(part) for part in text.split())


def _graded(table: Mapping[str, Mapping[str, list[str]]]) -> Cues:
    cues = Cues()
    for intent, grades in table.items():
        for grade, phrases in grades.items():
            cues.add(phrases, intent, STRENGTHS[grade])
    return cues


def _plain(table: Mapping[str, list[str]]) -> Cues:
    cues = Cues()
    for meant, phrases in table.items():
        cues.add(phrases, meant, 1.0)
    return cues


def _spelling(table: Mapping[str, Any], intents: Cues) -> tuple[str, ...]:
    """Words long enough that one wrong letter can be seen through."""
    spelt = {word for phrase in table["spelling"] for word in parts_of(phrase)} | intents.vocabulary()
    return tuple(sorted(word for word in spelt if len(word) >= LONG))


def _every(table: Any) -> frozenset[str]:  # noqa: ANN401 - any part of a table
    """Every word that stands anywhere in a table: spelt as it should be."""
    if isinstance(table, str):
        return frozenset(part for part in parts_of(table) if "*" not in part)
    parts = table.values() if isinstance(table, Mapping) else table
    return frozenset().union(*(_every(part) for part in parts))


LONG = 6
"""Letters from which on a misspelt word is taken for the cue one letter away."""
