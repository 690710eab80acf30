"""Blocks that show figures: tables, data tables and charts."""

from collections.abc import Iterator, Mapping

from counterpoise_sandbox.checks.composition import IDENTIFIER, TYPE
from counterpoise_sandbox.checks.problem import Json, Problem
from counterpoise_sandbox.checks.rich_text import RICH_TEXT_BLOCK
from counterpoise_sandbox.checks.shapes import (
    Check,
    boolean,
    both,
    choice,
    integer,
    items,
    number,
    record,
    rule,
    string,
    typed,
)

COLUMNS = 20
DATA_TABLE_CHARACTERS = 10_000
_BLOCK: dict[str, Check] = {"block_id": IDENTIFIER}
_RAW = {
    "raw_text": record({"type": TYPE, "text": string()}),
    "raw_number": record({"type": TYPE, "value": number(), "text": string()}),
}
_CELL = typed({**_RAW, "rich_text": RICH_TEXT_BLOCK})
_SETTING = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _setting(value: Json, pointer: str) -> Iterator[Problem]:
    return iter(()) if value is None else _SETTING(value, pointer)


def characters(value: Json) -> int:
    """Return how many characters the cells below `value` show."""
    if isinstance(value, Mapping):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(held) for held in value.values() if not isinstance(held, str))
    return sum(characters(held) for held in value) if isinstance(value, list | tuple) else 0


TABLE = record(
    {"type": TYPE, "rows": items(items(_CELL, COLUMNS), 100)},
    {**_BLOCK, "column_settings": items(_setting, COLUMNS, least=0)},
)
DATA_TABLE = both(
    record(
        {"type": TYPE, "caption": string(), "rows": items(items(_CELL, COLUMNS), 101, least=2)},
        {**_BLOCK, "page_size": integer(1, 100), "row_header_column_index": integer(0, COLUMNS - 1)},
    ),
    rule(
        lambda table: len({len(row) for row in table["rows"]}) == 1,
        "all rows must have the same number of values",
    ),
    rule(
        lambda table: all(cell["type"] in _RAW for cell in table["rows"][0]),
        "rich_text cannot be used for header cells",
    ),
    rule(
        lambda table: characters(table["rows"]) <= DATA_TABLE_CHARACTERS,
        f"must be less than {DATA_TABLE_CHARACTERS + 1} characters across all cells",
    ),
    rule(
        lambda table: (table.get("row_header_column_index") or 0) < len(table["rows"][0]),
        "row_header_column_index must name a column",
    ),
)
_LABEL = string(20)
_SERIES = record({"name": _LABEL, "data": items(record({"label": _LABEL, "value": number()}), 20)})
_AXES = record({"categories": items(_LABEL, 20)}, {"x_label": string(50), "y_label": string(50)})
_PLOT = both(
    record({"type": TYPE, "series": items(_SERIES, 6), "axis_config": _AXES}),
    rule(
        lambda chart: len({series["name"] for series in chart["series"]}) == len(chart["series"]),
        "series names must be unique",
    ),
    rule(
        lambda chart: all(
            sorted(point["label"] for point in series["data"]) == sorted(chart["axis_config"]["categories"])
            for series in chart["series"]
        ),
        "data labels must match axis_config.categories",
    ),
)
_PIE = record({"type": TYPE, "segments": items(record({"label": _LABEL, "value": number(above=0)}), 6)})
DATA_VISUALIZATION = record(
    {
        "type": TYPE,
        "title": string(50),
        "chart": typed({"bar": _PLOT, "line": _PLOT, "area": _PLOT, "pie": _PIE}),
    },
    {**_BLOCK},
)
