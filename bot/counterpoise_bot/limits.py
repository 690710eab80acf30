"""What Slack takes and where: the limits of Block Kit as tables, and one checker of messages and views. Pure.

Where Slack's pages give two figures, the smaller one stands here. Characters are counted as UTF-16 does, which is
never fewer than Slack counts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

MESSAGE, MODAL, HOME = "message", "modal", "home"

SURFACES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "section",
            "header",
            "divider",
            "image",
            "context",
            "actions",
            "input",
            "rich_text",
            "video",
            "card",
        ),
        frozenset({MESSAGE, MODAL, HOME}),
    ),
    **dict.fromkeys(
        ("table", "data_table", "data_visualization", "carousel", "container"), frozenset({MESSAGE, HOME})
    ),
    **dict.fromkeys(
        ("markdown", "plan", "task_card", "context_actions", "file"),
        frozenset({MESSAGE}),
    ),
    "alert": frozenset({MODAL}),
}
"""Where each block may stand."""


class Limit(NamedTuple):
    """The most and least of one field: characters of a text, items of a list, or the number itself."""

    of: str
    field: str
    most: int
    least: int = 0


ANY = "*"
"""Any block or element."""

LIMITS = (
    Limit(ANY, "block_id", 255),
    Limit(ANY, "action_id", 255),
    Limit(ANY, "placeholder", 150, 1),
    Limit(ANY, "accessibility_label", 75),
    Limit("section", "text", 3000, 1),
    Limit("section", "fields", 10, 1),
    Limit("header", "text", 150, 1),
    Limit("markdown", "text", 12_000, 1),
    Limit("context", "elements", 10, 1),
    Limit("actions", "elements", 25, 1),
    Limit("context_actions", "elements", 5, 1),
    Limit("input", "label", 2000, 1),
    Limit("input", "hint", 2000, 1),
    Limit("image", "alt_text", 2000, 1),
    Limit("image", "title", 2000, 1),
    Limit("image", "image_url", 3000),
    Limit("alert", "text", 200, 1),
    Limit("card", "title", 150, 1),
    Limit("card", "subtitle", 150, 1),
    Limit("card", "body", 200, 1),
    Limit("card", "actions", 3, 1),
    Limit("carousel", "elements", 10, 1),
    Limit("container", "child_blocks", 10, 1),
    Limit("container", "title", 150, 1),
    Limit("container", "subtitle", 150, 1),
    Limit("plan", "tasks", 50),
    Limit("table", "rows", 100, 1),
    Limit("data_table", "rows", 101, 2),
    Limit("data_table", "page_size", 100, 1),
    Limit("data_table", "caption", 2000, 1),
    Limit("data_visualization", "title", 50, 1),
    Limit("button", "text", 75, 1),
    Limit("button", "value", 2000),
    Limit("button", "url", 3000),
    Limit("confirm", "title", 100, 1),
    Limit("confirm", "text", 300, 1),
    Limit("confirm", "confirm", 30, 1),
    Limit("confirm", "deny", 30, 1),
    Limit("option", "text", 75, 1),
    Limit("option", "value", 150, 1),
    Limit("option", "description", 75),
    Limit("option_group", "label", 75, 1),
    Limit("option_group", "options", 100, 1),
    Limit("static_select", "options", 100, 1),
    Limit("static_select", "option_groups", 100, 1),
    Limit("multi_static_select", "options", 100, 1),
    Limit("multi_static_select", "option_groups", 100, 1),
    Limit("overflow", "options", 5, 1),
    Limit("radio_buttons", "options", 10, 1),
    Limit("checkboxes", "options", 10, 1),
    Limit("plain_text_input", "max_length", 3000, 1),
    Limit("plain_text_input", "initial_value", 3000),
    Limit("rich_text_input", "max_lines", 100, 1),
    Limit("chart", "series", 6, 1),
    Limit("chart", "segments", 6, 1),
    Limit("series", "name", 20, 1),
    Limit("series", "data", 20, 1),
    Limit("point", "label", 20, 1),
    Limit("axes", "categories", 20, 1),
    Limit("axes", "x_label", 50),
    Limit("axes", "y_label", 50),
    Limit("message", "text", 40_000, 1),
    Limit("message", "blocks", 50),
    Limit("message", "attachments", 100),
    Limit("view", "title", 24, 1),
    Limit("view", "submit", 24, 1),
    Limit("view", "close", 24, 1),
    Limit("view", "blocks", 100),
    Limit("view", "private_metadata", 3000),
    Limit("view", "callback_id", 255),
    Limit("view", "external_id", 255),
)

EACH = (
    Limit("section", "fields", 2000, 1),
    Limit("table", "rows", 20, 1),
    Limit("data_table", "rows", 20, 1),
    Limit("axes", "categories", 20, 1),
)
"""Limits of each item of a list."""

ADVISED_TEXT = 4_000
"""Characters of a message without blocks that are shown whole."""

WHOLE_BLOCKS = 13_200
"""Characters of all blocks of a message together, above which Slack answers `msg_blocks_too_long`."""

WHOLE_MARKDOWN = 12_000
WHOLE_VIEW = 250_000
"""Bytes of a view."""

DATA_TABLE_CHARACTERS = 10_000
TOGETHER = {"table": 1, "data_visualization": 2}
"""How many of these blocks one message may hold."""

ROLES = {
    "confirm": "confirm",
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "option_group",
    "chart": "chart",
    "axis_config": "axes",
    "series": "series",
    "data": "point",
    "segments": "point",
}
"""What an object is by the field it stands in; any other is what its `type` says."""

BLOCK_LISTS = frozenset({"blocks", "child_blocks"})
TEXTS = frozenset({"plain_text", "mrkdwn"})


class Problem(NamedTuple):
    """Something Slack would refuse or cut: where in the payload (a JSON pointer), why, and how much may stand there."""

    pointer: str
    why: str
    most: int = 0


class OverLimit(Exception):  # noqa: N818  it says what the payload is
    """A payload that Slack would refuse or cut. `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer} {problem.why}" for problem in problems))
        self.problems = tuple(problems)


def length(text: str) -> int:
    """Return how many characters a text has as UTF-16 counts them."""
    return len(text) + sum(character > "\uffff" for character in text)


def problems(payload: Mapping[str, Any]) -> list[Problem]:
    """Return everything wrong with a message (`text`, `blocks`) or a view (`type` is modal or home)."""
    surface = str(payload["type"]) if payload.get("type") in {MODAL, HOME} else MESSAGE
    whole = "message" if surface == MESSAGE else "view"
    return [*_object(payload, whole, surface, ""), *_whole(payload, whole)]


def _object(given: Mapping[str, Any], what: str, surface: str, at: str) -> Iterator[Problem]:
    """Yield the problems of one object and of everything in it."""
    yield from _measured(given, what, at)
    for field, value in given.items():
        here = f"{at}/{field}"
        if isinstance(value, Mapping):
            yield from _object(value, _role(field, value), surface, here)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            if field in BLOCK_LISTS:
                yield from _placed(value, surface, here)
            yield from _items(value, field, surface, here)
    rule = _RULES.get(what)
    if rule is not None:
        yield from rule(given, at)


def _items(values: Sequence[Any], field: str, surface: str, at: str) -> Iterator[Problem]:
    for place, value in enumerate(values):
        here = f"{at}/{place}"
        if isinstance(value, Mapping):
            yield from _object(value, _role(field, value), surface, here)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _items(value, field, surface, here)


def _role(field: str, value: Mapping[str, Any]) -> str:
    return ROLES.get(field) or str(value.get("type", ""))


def _measured(given: Mapping[str, Any], what: str, at: str) -> Iterator[Problem]:
    for limit in _OF.get(what, ()) + (_OF[ANY] if "type" in given else ()):
        value = given.get(limit.field)
        if value is not None:
            yield from _bounded(value, limit, f"{at}/{limit.field}")
    for limit in _EACH_OF.get(what, ()):
        for place, value in enumerate(given.get(limit.field) or ()):
            yield from _bounded(value, limit, f"{at}/{limit.field}/{place}")
    if what in TEXTS and not given.get("text"):
        yield Problem(f"{at}/text", "is empty")


def _bounded(value: object, limit: Limit, at: str) -> Iterator[Problem]:
    size, unit = _size(value)
    if size > limit.most:
        yield Problem(at, f"has {size} {unit} where {limit.most} are allowed", limit.most)
    elif size < limit.least:
        yield Problem(at, f"has {size} {unit} where {limit.least} are needed")


def _size(value: object) -> tuple[int, str]:
    if isinstance(value, Mapping):
        value = value.get("text") or ""
    if isinstance(value, str):
        return length(value), "characters"
    if isinstance(value, Sequence):
        return len(value), "items"
    return (value, "as its value") if isinstance(value, int) else (0, "characters")


def _placed(blocks: Sequence[Any], surface: str, at: str) -> Iterator[Problem]:
    """Yield blocks that may not stand on this surface, and names given twice."""
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        kind = block.get("type", "")
        if kind not in SURFACES:
            yield Problem(f"{at}/{place}", f"is no known block: {kind!r}")
        elif surface not in SURFACES[kind]:
            yield Problem(f"{at}/{place}", f"is a {kind}, which may not stand in a {surface}")
        named = block.get("block_id")
        if named and named in seen:
            yield Problem(f"{at}/{place}/block_id", "is given twice")
        seen.add(named or "")
        yield from _actions_once(block, f"{at}/{place}")


def _actions_once(block: Mapping[str, Any], at: str) -> Iterator[Problem]:
    names = [each.get("action_id") for each in block.get("elements") or () if isinstance(each, Mapping)]
    given = [name for name in names if name]
    if len(given) != len(set(given)):
        yield Problem(f"{at}/elements", "name an action twice")


def _whole(payload: Mapping[str, Any], whole: str) -> Iterator[Problem]:
    blocks = payload.get("blocks") or ()
    if whole == "view":
        size = len(json.dumps(payload, ensure_ascii=False).encode())
        if size > WHOLE_VIEW:
            yield Problem("", f"has {size} bytes where {WHOLE_VIEW} are allowed")
        return
    if not payload.get("text"):
        yield Problem("/text", "is missing: who cannot see blocks reads it")
    if (size := _characters(blocks)) > WHOLE_BLOCKS:
        yield Problem("/blocks", f"have {size} characters where {WHOLE_BLOCKS} are allowed")
    marked = sum(length(block.get("text", "")) for block in blocks if block.get("type") == "markdown")
    if marked > WHOLE_MARKDOWN:
        yield Problem("/blocks", f"have {marked} characters of markdown where {WHOLE_MARKDOWN} are allowed")
    for kind, most in TOGETHER.items():
        count = sum(block.get("type") == kind for block in blocks)
        if count > most:
            yield Problem("/blocks", f"hold {count} of {kind} where {most} are allowed")


def _characters(value: object) -> int:
    """Return how many characters people read in a part of a payload."""
    if isinstance(value, Mapping):
        own = value.get("text")
        shown = length(own) if isinstance(own, str) else 0
        return shown + sum(_characters(held) for held in value.values() if not isinstance(held, str))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(_characters(held) for held in value)
    return 0


def _data_table(table: Mapping[str, Any], at: str) -> Iterator[Problem]:
    rows = table.get("rows") or ()
    if not table.get("caption"):
        yield Problem(f"{at}/caption", "is missing")
    if len({len(row) for row in rows}) > 1:
        yield Problem(f"{at}/rows", "are not of one length")
    if (size := _characters(rows)) > DATA_TABLE_CHARACTERS:
        yield Problem(f"{at}/rows", f"have {size} characters where {DATA_TABLE_CHARACTERS} are allowed")


def _chart(chart: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if any(not segment.get("value", 0) > 0 for segment in chart.get("segments") or ()):
        yield Problem(f"{at}/segments", "are not all above zero")
    series = chart.get("series") or ()
    if len({each.get("name") for each in series}) != len(series):
        yield Problem(f"{at}/series", "do not have names of their own")
    categories = sorted((chart.get("axis_config") or {}).get("categories") or ())
    if any(sorted(point["label"] for point in each.get("data") or ()) != categories for each in series):
        yield Problem(f"{at}/series", "do not have one value for every category")


_RULES = {"data_table": _data_table, "chart": _chart}

_OF = {name: tuple(each for each in LIMITS if each.of == name) for name in {limit.of for limit in LIMITS}}
_EACH_OF = {name: tuple(each for each in EACH if each.of == name) for name in {limit.of for limit in EACH}}
