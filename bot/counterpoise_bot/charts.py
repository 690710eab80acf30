"""Charts as Vega-Lite specifications: built once in Python without rows, which are put in as a named data set.

Nothing is told by colour alone: series differ by mark and dash as well and are named where they end.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import altair as alt

Spec = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]

ROWS = "rows"
"""The name of the data set that a specification reads."""

FONT = "DejaVu Sans, Noto Sans, Noto Sans Arabic, sans-serif"
COLOURS = ("#0b5394", "#a64d00", "#38761d", "#741b47", "#134f5c", "#5f4b00")
"""Dark on white, and dark enough beside each other; the same in print without colour by their marks."""

PANS = ("#b4a7d6", "#f7f7f7", "#f9cb9c")
"""Lost, even, gained: all light enough for dark figures."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 2])
WIDTH, ROW, HEIGHT, CELL = 620, 46, 300, 90
GAP = 0.055
"""How far apart names beside lines stand, as a share of the height."""


def specification(drawing: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be drawn, its rows in it: `kind`, `rows` and `titles` as the answers give them."""
    kind, titles = drawing["kind"], tuple(drawing["titles"])
    rows: Rows = drawing["rows"]
    names = tuple(dict.fromkeys(str(row["series"]) for row in rows)) if kind == "trust" else ()
    built = BUILT[kind](titles, names) if names else BUILT[kind](titles)
    return {**built, "datasets": {ROWS: [dict(row) for row in _placed(kind, rows)]}}


def _placed(kind: str, rows: Rows) -> Rows:
    """Return the rows with what only a picture needs: a series is named at its last point."""
    if kind != "trust":
        return rows
    last = {str(row["series"]): row for row in rows}
    places = apart({name: float(row["trust"]) for name, row in last.items()})
    ends = {id(row): {"end": name, "place": places[name]} for name, row in last.items()}
    return [{**row, **ends.get(id(row), {"end": "", "place": None})} for row in rows]


def apart(ends: Mapping[str, float], gap: float = GAP) -> dict[str, float]:
    """Return where names stand beside the ends of lines: as near as it goes, none closer than `gap` to the next."""
    found: dict[str, float] = {}
    lowest = 0.0
    for name, end in sorted(ends.items(), key=lambda each: each[1]):
        found[name] = max(end, lowest)
        lowest = found[name] + gap
    highest = 1.0
    for name in reversed(found):
        found[name] = min(found[name], highest)
        highest = found[name] - gap
    return found


@lru_cache
def balance(titles: tuple[str, ...]) -> Spec:
    """Return gains and risks side by side, each with its range: `actor`, `pan`, `value`, `low`, `high`, `told`."""
    title, axis, gains, risks = titles
    order = [gains, risks]
    legend = alt.Legend(title=None)
    base = alt.Chart(alt.NamedData(ROWS)).encode(
        y=alt.Y("actor:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("pan:N", sort=order),
        color=alt.Color("pan:N", scale=_scale((gains, risks), COLOURS), legend=legend),
    )
    ticks = alt.Axis(tickCount=6, labelFlush=False)
    ranges = base.mark_rule(strokeWidth=3, opacity=0.55).encode(
        x=alt.X("low:Q", title=axis, axis=ticks), x2="high:Q"
    )
    marks = base.mark_point(size=110, filled=True, opacity=1).encode(
        x=alt.X("value:Q", title=axis, axis=ticks),
        shape=alt.Shape("pan:N", scale=_scale((gains, risks), SHAPES), legend=legend),
    )
    told = base.mark_text(align="left", dx=8, fontSize=12).encode(
        x=alt.X("high:Q", title=axis, axis=ticks), text="told:N"
    )
    layers = alt.layer(ranges, marks, told).properties(
        width=WIDTH - 200, height=alt.Step(ROW // 2), title=title
    )
    return _built(layers)


@lru_cache
def trust(titles: tuple[str, ...], names: tuple[str, ...]) -> Spec:
    """Return trust over time, a line a series that is named at its end: `series`, `day`, `trust`, `low`, `high`."""
    title, axis = titles
    base = alt.Chart(alt.NamedData(ROWS)).encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(labelFlush=True, tickCount=8)),
        color=alt.Color("series:N", scale=_scale(names, COLOURS), legend=None),
    )
    scale = alt.Scale(domain=[0, 1])
    layers = [
        base.mark_line(strokeWidth=2.5).encode(
            y=alt.Y("trust:Q", title=axis, scale=scale),
            strokeDash=alt.StrokeDash("series:N", scale=_scale(names, DASHES), legend=None),
        ),
        base.mark_point(size=55, filled=True, opacity=1).encode(
            y=alt.Y("trust:Q", title=axis, scale=scale),
            shape=alt.Shape("series:N", scale=_scale(names, SHAPES), legend=None),
        ),
    ]
    if len(names) == 1:
        band = base.mark_area(opacity=0.18).encode(y=alt.Y("low:Q", title=axis, scale=scale), y2="high:Q")
        layers.insert(0, band)
    named = (
        base.transform_filter("datum.end != ''")
        .mark_text(align="left", dx=10, fontSize=12, limit=220)
        .encode(y=alt.Y("place:Q", title=axis, scale=scale), text="end:N")
    )
    properties = {"width": WIDTH, "height": HEIGHT, "title": title}
    return _built(alt.layer(*layers, named).properties(**properties))


@lru_cache
def spillover(titles: tuple[str, ...]) -> Spec:
    """Return a matrix of theatres, each cell with its figure in it: `from`, `to`, `net`, `told`."""
    title, lends, borrows = titles
    base = alt.Chart(alt.NamedData(ROWS)).encode(
        x=alt.X("to:N", title=borrows, axis=alt.Axis(labelAngle=0, labelLimit=160, orient="top")),
        y=alt.Y("from:N", title=lends, axis=alt.Axis(labelLimit=200)),
    )
    colour = alt.Color("net:Q", scale=alt.Scale(range=list(PANS), domainMid=0), legend=None, title=None)
    cells = base.mark_rect(stroke="#666666").encode(color=colour)
    told = base.mark_text(fontSize=15, fontWeight="bold", color="#111111").encode(text="told:N")
    size = {"width": alt.Step(CELL * 2), "height": alt.Step(CELL), "title": title}
    return _built(alt.layer(cells, told).properties(**size))


BUILT = {"balance": balance, "trust": trust, "spillover": spillover}


def _scale(names: tuple[str, ...], range_: Sequence[Any]) -> alt.Scale:
    return alt.Scale(domain=list(names), range=list(range_[: len(names)]))


def _built(chart: alt.LayerChart | alt.FacetChart) -> Spec:
    configured = (
        chart.configure(background="white", font=FONT, padding=12)
        .configure_title(fontSize=16, anchor="start")
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor="#dddddd", labelColor="#222222")
        .configure_legend(labelFontSize=12, orient="top", symbolSize=110)
        .configure_view(stroke=None)
    )
    found: dict[str, Any] = configured.to_dict(validate=False)
    found.pop("datasets", None)
    return found
