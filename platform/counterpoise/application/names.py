"""Names: what a reader may call actors, theatres, pilots, steps and members, and what they meant by a name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process, utils

from counterpoise import frame
from counterpoise.application.shown import Shown
from counterpoise.domain.actors import ActorRegistered
from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.lessons import LessonDrafted, LessonReleased
from counterpoise.domain.members import MemberEnrolled
from counterpoise.domain.narratives import NarrativeFirstSighted
from counterpoise.domain.pilots import PilotProposed, TweakAdopted
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.steps import StepPlanned
from counterpoise.domain.theatres import TheatreOpened

SHORTEST_PREFIX = 6
CLOSE_ENOUGH = 82.0
"""The least likeness (0..100) of a name that is taken to be meant."""
CLEARLY_AHEAD = 8.0
"""By how much the best must beat the second."""
SHORTEST_PART, PART = 5, 0.95
"""Characters of the shortest text that is compared with parts of names, and what a part counts for."""

NAMED = {
    ActorRegistered.TOPIC: ("actor", "name", "actor"),
    TheatreOpened.TOPIC: ("theatre", "name", "theatre"),
    PilotProposed.TOPIC: ("pilot", "title", "pilot"),
    MemberEnrolled.TOPIC: ("member", "name", ""),
    StepPlanned.TOPIC: ("step", "title", "step"),
    TweakAdopted.TOPIC: ("tweak", "change", "tweak"),
    ConcernRaised.TOPIC: ("concern", "words", ""),
    LessonDrafted.TOPIC: ("lesson", "title", ""),
    LessonReleased.TOPIC: ("lesson", "title", ""),
    NarrativeFirstSighted.TOPIC: ("narrative", "story", ""),
}
"""Topic to the kind of thing it names, the field of its words, and the field of its id (empty: the stream's own)."""


class NoSuchName(Refusal):
    """Nothing the reader may see bears that name."""

    rule = "no-such-name"


@dataclass(frozen=True)
class Named:
    """One thing with a name."""

    kind: str
    id: str
    name: str
    pilot: str


class Names:
    """Every name a reader may know."""

    def __init__(self, shown: Shown) -> None:
        self._all = [
            Named(kind, _id_of(row, field), shown.words(row, words), row["pilot"])
            for row in shown.each(*NAMED)
            for kind, words, field in [NAMED[row["topic"]]]
        ]
        self._all += _coded(shown.rows.value)
        self._names = {(each.kind, each.id): each.name for each in self._all}

    def of(self, kind: str, name: str) -> str:
        """Return what a thing is called; its id where the reader may not know, or it has none."""
        return self._names.get((kind, name)) or name

    def all(self, kind: str) -> Mapping[str, str]:
        """Return id to name for every thing of a kind."""
        return {each.id: each.name for each in self._all if each.kind == kind}

    def find(self, kind: str, text: str, *, pilot: str = "") -> str:
        """Return the id meant: `text` is an id, its start, a name, a part of one name alone, or close to one."""
        known = {each.id: each.name for each in self._all if each.kind == kind and pilot in ("", each.pilot)}
        if text in known:
            return text
        started = [name for name in known if len(text) >= SHORTEST_PREFIX and name.startswith(text)]
        if len(started) == 1:
            return started[0]
        wanted = text.casefold()
        same = [name for name, words in known.items() if words.casefold() == wanted]
        holding = [name for name, words in known.items() if wanted and wanted in words.casefold()]
        for alone in (same, holding):
            if len(alone) == 1:
                return alone[0]
        return _closest(kind, text, known)


def _coded(rows: pl.LazyFrame) -> list[Named]:
    """Return the parties and homes of coded interactions: each is called what its data call it."""
    seen = frame.of(rows, InteractionObserved).select("source_party", "target_party", "source_home").collect()
    parties = pl.concat([seen["source_party"], seen["target_party"]]).unique().sort()
    homes = seen["source_home"].unique().sort()
    return [
        Named(kind, name, name, "")
        for kind, names in (("actor", parties), ("theatre", homes))
        for name in names
        if name
    ]


def likeness(text: str, name: str, **_: object) -> float:
    """Return how alike what was typed and a name are, 0..100: whole, in another order of words, or as a part of it.

    Words that both have by chance ("at", "the") make nothing alike.
    """
    part = PART * fuzz.partial_ratio(text, name) if SHORTEST_PART <= len(text) <= len(name) else 0.0
    return max(fuzz.ratio(text, name), fuzz.token_sort_ratio(text, name), part)


def _closest(kind: str, text: str, known: Mapping[str, str]) -> str:
    ranked = process.extract(text, known, scorer=likeness, processor=utils.default_process, limit=3)
    if ranked and ranked[0][1] >= CLOSE_ENOUGH:
        clear = len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= CLEARLY_AHEAD
        if clear:
            return str(ranked[0][2])
    suggestions = " or ".join(repr(words) for words, _, _ in ranked)
    remedy = f"Did you mean {suggestions}?" if suggestions else f"There is no {kind} yet that you may see."
    raise NoSuchName(f"No {kind} is called {text!r}.", owner="you", remedy=remedy)


def _id_of(row: Mapping[str, str], field: str) -> str:
    if not field:
        return row["stream"].partition(":")[2]
    return row[field] if field in row else str(json.loads(row["body"])[field])
