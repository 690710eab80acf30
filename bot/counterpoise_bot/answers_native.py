"""Charts as Slack draws them itself: bars and lines, series told apart by their names."""

from collections.abc import Mapping, Sequence

from counterpoise_bot.message import Block
from counterpoise_bot.words import shortened

TITLE, AXIS, LABEL = 50, 50, 20
SERIES, POINTS = 6, 20
DIGITS = 3


def chart(
    kind: str,
    title: str,
    categories: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    across: str = "",
    up: str = "",
) -> Block | None:
    """Return a chart of `kind` (bar, line, area) with a value of each series for each category; None if it is too big.

    Labels are cut to what Slack takes, and numbered where two would be the same.
    """
    if not (0 < len(categories) <= POINTS and 0 < len(series) <= SERIES):
        return None
    labels, names = distinct(categories), distinct(tuple(series))
    return {
        "type": "data_visualization",
        "title": shortened(title, TITLE),
        "chart": {
            "type": kind,
            "series": [
                {
                    "name": name,
                    "data": [
                        {"label": label, "value": round(value, DIGITS)}
                        for label, value in zip(labels, values, strict=True)
                    ],
                }
                for name, values in zip(names, series.values(), strict=True)
            ],
            "axis_config": {
                "categories": list(labels),
                **({"x_label": shortened(across, AXIS)} if across else {}),
                **({"y_label": shortened(up, AXIS)} if up else {}),
            },
        },
    }


def distinct(labels: Sequence[str], limit: int = LABEL) -> tuple[str, ...]:
    """Return labels of at most `limit` characters, no two the same."""
    found: list[str] = []
    for label in labels:
        cut, number = shortened(label, limit), 1
        while cut in found:
            number += 1
            ending = f" {number}"
            cut = shortened(label, limit - len(ending)) + ending
        found.append(cut)
    return tuple(found)
