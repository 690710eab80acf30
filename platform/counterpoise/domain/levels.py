"""Levels of co-operation: which one a balance reaches, and what keeps it from going deeper."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from counterpoise.domain.tables import Tables

NEUTRAL = 0.5
"""What a condition is where nobody said."""


def reached(prudent: float, tables: Tables) -> str:
    """Return the level a prudent balance reaches: the first it stays below."""
    levels: Mapping[str, Any] = tables["levels"]
    in_order = sorted(levels, key=lambda level: int(levels[level]["rank"]))
    return next((level for level in in_order if prudent < levels[level].get("below", math.inf)), in_order[-1])


def capped(
    level: str,
    tables: Tables,
    *,
    red_line: bool,
    categories: Iterable[str],
    conditions: Mapping[str, float],
) -> tuple[str, str]:
    """Return the deepest level the caps allow, and the cap that set it: `red_line`, a condition, or nothing."""
    named = frozenset(categories)
    allowed, cause = level, ""
    for cap, reason in _caps(tables, red_line=red_line, categories=named, conditions=conditions):
        if tables.rank("levels", cap) < tables.rank("levels", allowed):
            allowed, cause = cap, reason
    return allowed, cause


def _caps(
    tables: Tables, *, red_line: bool, categories: frozenset[str], conditions: Mapping[str, float]
) -> Iterator[tuple[str, str]]:
    caps: Iterable[Mapping[str, Any]] = tables.entries["level_caps"]
    for cap in caps:
        if cap["when"] == "red_line" and red_line:
            yield cap["level"], "red_line"
        if cap["when"] == "condition" and cap["category"] in categories:
            condition = cap["condition"]
            if conditions.get(condition, NEUTRAL) >= cap["at_least"]:
                yield cap["level"], condition
