"""Layouts of coded event files: which columns are read, how days are written, where values stand."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from counterpoise.application.sheets import delimiter_of, header_of
from counterpoise.domain.refusals import Refusal

FORMATS = (
    "Read are: CSV with the columns day or date, source, relation, target; the raw ICEWS layout (Event Date, "
    "Source Name, CAMEO Code, Intensity, Target Name and others); GDELT 2 events (61 tab-separated columns)."
)


class UnknownFormat(Refusal):
    """That file is in none of the formats of coded events that are read."""

    rule = "unknown-format"


@dataclass(frozen=True)
class Layout:
    """Where a file keeps what is read: place and own title of each column, its width, how days are written.

    `count` days are whole numbers from a day zero, `iso` 2014-01-31, `compact` 20140131. Relations are told
    by their name or by their CAMEO code. `intensity` among the places is a Goldstein value the file carries.
    """

    name: str
    width: int
    places: Mapping[str, int]
    titles: Mapping[str, str]
    days: Literal["count", "iso", "compact"]
    relations: Literal["name", "code"]
    dialect: Mapping[str, Any]
    headed: bool


GDELT = Layout(
    name="GDELT 2",
    width=61,
    places={
        "day": 1,
        "source_code": 5,
        "source": 6,
        "source_country": 7,
        "target_code": 15,
        "target": 16,
        "target_country": 17,
        "relation": 26,
        "intensity": 30,
    },
    titles={
        "day": "SQLDATE",
        "source": "Actor1Name",
        "target": "Actor2Name",
        "relation": "EventCode",
        "intensity": "GoldsteinScale",
    },
    days="compact",
    relations="code",
    dialect={"delimiter": "\t", "quoting": csv.QUOTE_NONE},
    headed=False,
)
"""Places as in the GDELT 2.0 event codebook; such a file has no header."""

_RAW_ICEWS = {
    "day": "Event Date",
    "source": "Source Name",
    "target": "Target Name",
    "relation": "CAMEO Code",
    "intensity": "Intensity",
}


def layout_of(lines: Sequence[str]) -> Layout:
    """Return the layout a file shows by its header, or by its shape where it has none; else UnknownFormat."""
    header = header_of(lines)
    if {"source", "relation", "target"} <= set(header) and {"day", "date"} & set(header):
        day = "date" if "date" in header else "day"
        titles = {"day": day, "source": "source", "target": "target", "relation": "relation"}
        return _headed("named columns", lines, titles, days="iso" if day == "date" else "count")
    if {title.lower() for title in _RAW_ICEWS.values()} <= set(header):
        return _headed("raw ICEWS", lines, _RAW_ICEWS, days="iso", relations="code")
    if any(line.count("\t") == GDELT.width - 1 for line in lines[:20]):
        return GDELT
    raise UnknownFormat("This file is in none of the formats that are read.", owner="you", remedy=FORMATS)


def _headed(
    name: str,
    lines: Sequence[str],
    titles: Mapping[str, str],
    *,
    days: Literal["count", "iso"],
    relations: Literal["name", "code"] = "name",
) -> Layout:
    header = header_of(lines)
    return Layout(
        name=name,
        width=len(header),
        places={word: header.index(title.lower()) for word, title in titles.items()},
        titles=titles,
        days=days,
        relations=relations,
        dialect={"delimiter": delimiter_of(lines), "strict": True},
        headed=True,
    )
