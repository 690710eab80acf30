"""Tables, data tables and charts as HTML; a chart is an SVG with its values told beside it."""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from counterpoise_sandbox.render.place import Place
from counterpoise_sandbox.render.tags import Json, joined, tag
from counterpoise_sandbox.render.texts import rich

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 520, 268, 48, 52, 12
LETTER, LINE = 6.4, 14
"""Width of a letter and height of a line below a chart; names that would touch stand on two lines, in turn."""
_MARKS = ("circle", "square", "diamond", "triangle", "cross", "ring")


def cell(held: Mapping[str, Json], place: Place) -> Markup:
    """Return what one cell of a table shows."""
    if held.get("type") == "rich_text":
        return rich(held, place.reader)
    return tag("span", str(held.get("text", "")), dir="auto")


def table(block: Mapping[str, Json], place: Place) -> Markup:
    """Return a table block; its first row is its head."""
    settings = block.get("column_settings") or []
    rows = block.get("rows", [])
    head = _row(rows[:1], "th", settings, place)
    body = _row(rows[1:], "td", settings, place)
    shown = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", shown, class_="scroll", tabindex=0, role="group", aria_label="Table")


def _row(rows: Sequence[Json], name: str, settings: Sequence[Json], place: Place) -> Markup:
    def drawn(held: Json, column: int) -> Markup:
        setting = (settings[column] if column < len(settings) else None) or {}
        classes = [f"align-{setting['align']}"] if setting.get("align") else []
        classes += ["wrapped"] if setting.get("is_wrapped") else []
        scope = "col" if name == "th" else None
        return tag(name, cell(held, place), class_=" ".join(classes) or None, scope=scope)

    return joined(tag("tr", joined(drawn(held, column) for column, held in enumerate(row))) for row in rows)


def data_table(block: Mapping[str, Json], place: Place) -> Markup:
    """Return a data table: with a script its columns sort and its pages turn, without one every row is shown."""
    rows = block.get("rows", [])
    key = int(block.get("row_header_column_index") or 0)
    sortable = (tag("button", cell(held, place), type="button", class_="sort") for held in rows[0])
    head = tag("tr", joined(tag("th", button, scope="col", aria_sort="none") for button in sortable))
    body = joined(_data_row(row, key, place) for row in rows[1:])
    caption = str(block.get("caption", ""))
    shown = tag("table", tag("caption", caption, dir="auto"), tag("thead", head), tag("tbody", body))
    region = tag("div", shown, class_="scroll", tabindex=0, role="group", aria_label=caption)
    return tag("div", region, class_="data-table", data_page=int(block.get("page_size") or 5))


def _data_row(row: Sequence[Json], key: int, place: Place) -> Markup:
    def drawn(held: Mapping[str, Json], column: int) -> Markup:
        number = held.get("type") == "raw_number"
        value = str(held.get("value")) if number else None
        shape = "number" if number else None
        if column == key:
            return tag("th", cell(held, place), scope="row", data_value=value, class_=shape)
        return tag("td", cell(held, place), data_value=value, class_=shape)

    return tag("tr", joined(drawn(held, column) for column, held in enumerate(row)))


def chart(block: Mapping[str, Json], place: Place) -> Markup:
    """Return a chart: a picture, its key, and the same values as a table."""
    drawn = block.get("chart", {})
    title = str(block.get("title", ""))
    kind = str(drawn.get("type", ""))
    picture = _pie(drawn, title) if kind == "pie" else _plot(drawn, title)
    names = (
        [str(segment["label"]) for segment in drawn["segments"]]
        if kind == "pie"
        else [str(series["name"]) for series in drawn["series"]]
    )
    legend = tag("ul", joined(_entry(place_, name) for place_, name in enumerate(names)), class_="legend")
    values = tag("details", tag("summary", "Show the values as a table"), _values(drawn), class_="values")
    caption = tag("figcaption", title, dir="auto")
    scroll = tag("div", picture, class_="scroll", tabindex=0, role="group", aria_label=title)
    return tag("figure", caption, scroll, legend, values, class_="chart", id=place.id("chart"))


def _entry(series: int, name: str) -> Markup:
    swatch = tag("svg", _mark(series, 8, 8), width=16, height=16, aria_hidden="true")
    return tag("li", swatch, " ", tag("bdi", name))


def _values(chart_: Mapping[str, Json]) -> Markup:
    if chart_.get("type") == "pie":
        total = sum(segment["value"] for segment in chart_["segments"])
        head = _heads("Part", "Value", "Share")
        body = joined(
            _cells(str(one["label"]), _number(one["value"]), f"{one['value'] / total:.0%}")
            for one in chart_["segments"]
        )
    else:
        series = chart_["series"]
        head = _heads(
            str(chart_["axis_config"].get("x_label") or "Category"), *(str(one["name"]) for one in series)
        )
        body = joined(
            _cells(str(category), *(_number(_value(one, category)) for one in series))
            for category in chart_["axis_config"]["categories"]
        )
    return tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="scroll", tabindex=0)


def _heads(*names: str) -> Markup:
    return tag("tr", joined(tag("th", tag("bdi", name), scope="col") for name in names))


def _cells(first: str, *others: str) -> Markup:
    numbers = joined(tag("td", other, class_="number") for other in others)
    return tag("tr", tag("th", tag("bdi", first), scope="row"), numbers)


def _value(series: Mapping[str, Json], category: Json) -> float:
    return next((float(point["value"]) for point in series["data"] if point["label"] == category), math.nan)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:g}"


def _told(chart_: Mapping[str, Json], title: str) -> str:
    """Say in a sentence what the picture shows: for each series where it starts and ends."""
    if chart_.get("type") == "pie":
        parts = ", ".join(f"{one['label']} {_number(one['value'])}" for one in chart_["segments"])
        return f"Pie chart: {title}. {parts}."
    categories = chart_["axis_config"]["categories"]
    first, last = categories[0], categories[-1]
    parts = "; ".join(
        f"{one['name']} from {_number(_value(one, first))} ({first}) to {_number(_value(one, last))} ({last})"
        for one in chart_["series"]
    )
    return f"{str(chart_.get('type', '')).capitalize()} chart: {title}. {parts}."


def _pie(chart_: Mapping[str, Json], title: str) -> Markup:
    segments = chart_["segments"]
    total = sum(float(one["value"]) for one in segments)
    turn = 0.0
    parts = []
    for place, one in enumerate(segments):
        share = float(one["value"]) / total
        parts.append(_slice(place, turn, turn + share, str(one["label"])))
        turn += share
    return _svg(joined(parts), _told(chart_, title), 260, HEIGHT)


def _slice(place: int, start: float, end: float, label: str) -> Markup:
    radius, centre = 100, 130
    if end - start >= 1:
        return tag("circle", cx=centre, cy=centre, r=radius, class_=f"area s{place}")

    def at(turn: float, reach: float = radius) -> str:
        angle = 2 * math.pi * turn - math.pi / 2
        return f"{centre + reach * math.cos(angle):.1f} {centre + reach * math.sin(angle):.1f}"

    large = int(end - start > 1 / 2)
    path = f"M{centre} {centre} L{at(start)} A{radius} {radius} 0 {large} 1 {at(end)} Z"
    x, y = at((start + end) / 2, radius * 0.66).split()
    name = (
        tag("text", label, x=x, y=y, class_="slice", text_anchor="middle") if end - start > 1 / 12 else None
    )
    return joined((tag("path", d=path, class_=f"area s{place}"), name))


def _plot(chart_: Mapping[str, Json], title: str) -> Markup:
    categories, series = chart_["axis_config"]["categories"], chart_["series"]
    values = [_value(one, category) for one in series for category in categories]
    known = [value for value in values if not math.isnan(value)] or [0.0]
    low, high = min(0.0, *known), max(0.0, *known)
    ticks = _ticks(low, high)
    low, high = min(low, ticks[0]), max(high, ticks[-1])

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    band = (WIDTH - LEFT - 8) / len(categories)
    grid = joined(
        joined(
            (
                tag("line", x1=LEFT, x2=WIDTH - 8, y1=f"{y(tick):.1f}", y2=f"{y(tick):.1f}", class_="grid"),
                tag("text", _number(tick), x=LEFT - 6, y=f"{y(tick) + 4:.1f}", text_anchor="end"),
            )
        )
        for tick in ticks
    )
    step = math.ceil(len(categories) / 8)
    crowded = max(len(str(name)) for name in categories[::step]) * LETTER > band * step
    names = joined(
        tag(
            "text",
            str(name),
            x=f"{min(LEFT + band * (place + 0.5), WIDTH - len(str(name)) * LETTER / 2):.1f}",
            y=HEIGHT - BOTTOM + (16 + LINE * (place // step % 2) if crowded else 16),
            text_anchor="middle",
        )
        for place, name in enumerate(categories)
        if place % step == 0
    )
    kind = str(chart_.get("type"))
    points = [
        [(LEFT + band * (p + 0.5), y(_value(one, c))) for p, c in enumerate(categories)] for one in series
    ]
    draw = {"bar": _bars, "area": _areas}.get(kind, _lines)
    return _svg(
        joined((grid, names, draw(points, y(0), band), _axes(chart_))), _told(chart_, title), WIDTH, HEIGHT
    )


def _axes(chart_: Mapping[str, Json]) -> Markup:
    axes = chart_["axis_config"]
    across = tag(
        "text", str(axes.get("x_label") or ""), x=WIDTH / 2, y=HEIGHT - 8, text_anchor="middle", class_="axis"
    )
    middle = (HEIGHT - BOTTOM) / 2
    turned = f"rotate(-90 12 {middle})"
    up = tag(
        "text",
        str(axes.get("y_label") or ""),
        x=12,
        y=middle,
        text_anchor="middle",
        class_="axis",
        transform=turned,
    )
    return joined((across, up))


def _ticks(low: float, high: float) -> list[float]:
    """Return four to seven round values that span from `low` to `high`."""
    span = (high - low) or 1.0
    rough = span / 5
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first = math.floor(low / step)
    last = math.ceil(high / step) if high > low else first + 1
    return [round(step * place, 10) for place in range(first, last + 1)]


Points = Sequence[Sequence[tuple[float, float]]]


def _whole(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if not math.isnan(y)]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _lines(points: Points, _zero: float, _band: float) -> Markup:
    return joined(
        joined(
            (
                tag("path", d=_path(_whole(line)), class_=f"line s{place}"),
                joined(_mark(place, x, y) for x, y in _whole(line)),
            )
        )
        for place, line in enumerate(points)
        if _whole(line)
    )


def _areas(points: Points, zero: float, _band: float) -> Markup:
    def closed(line: Sequence[tuple[float, float]]) -> str:
        return f"{_path(line)} L{line[-1][0]:.1f} {zero:.1f} L{line[0][0]:.1f} {zero:.1f} Z"

    filled = joined(
        tag("path", d=closed(_whole(line)), class_=f"area faint s{place}")
        for place, line in enumerate(points)
        if _whole(line)
    )
    return joined((filled, _lines(points, zero, 0)))


def _bars(points: Points, zero: float, band: float) -> Markup:
    width = band * 0.7 / len(points)
    return joined(
        tag(
            "rect",
            x=f"{x - band * 0.35 + width * place:.1f}",
            y=f"{min(y, zero):.1f}",
            width=f"{width:.1f}",
            height=f"{abs(zero - y):.1f}",
            class_=f"area s{place}",
        )
        for place, line in enumerate(points)
        for x, y in _whole(line)
    )


def _mark(series: int, x: float, y: float) -> Markup:
    """Draw the mark of a series: series differ in shape, not in colour alone."""
    shape, classes = _MARKS[series % len(_MARKS)], f"mark s{series}"
    across, down = round(x, 1), round(y, 1)
    if shape in ("circle", "ring"):
        return tag("circle", cx=across, cy=down, r=4.5, class_=f"{classes} {shape}")
    if shape == "square":
        return tag("rect", x=across - 4, y=down - 4, width=8, height=8, class_=classes)
    corners = {
        "diamond": ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)),
        "triangle": ((0, -5), (5, 4), (-5, 4)),
        "cross": (
            (-5, -2),
            (-2, -2),
            (-2, -5),
            (2, -5),
            (2, -2),
            (5, -2),
            (5, 2),
            (2, 2),
            (2, 5),
            (-2, 5),
            (-2, 2),
            (-5, 2),
        ),
    }[shape]
    return tag(
        "polygon", points=" ".join(f"{across + a:.1f},{down + b:.1f}" for a, b in corners), class_=classes
    )


def _svg(inside: Markup, told: str, width: int, height: int) -> Markup:
    return tag(
        "svg",
        inside,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=told,
    )
