"""What Slack takes: every limit at its edge and one past it, every block where it may stand, long words never lost."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise_bot import blocks
from counterpoise_bot.fitting import pieces, shortened
from counterpoise_bot.limits import EACH, LIMITS, SURFACES, Limit, length, problems

PLAIN = {"type": "plain_text", "text": "Words"}
MARKED = {"type": "mrkdwn", "text": "Words"}
OPTION = {"text": PLAIN, "value": "1"}
BUTTON = {"type": "button", "text": PLAIN, "action_id": "act"}
CELL = {"type": "raw_text", "text": "3"}
POINT = {"label": "May", "value": 1.0}
SERIES = {"name": "Gains", "data": [POINT]}
AXES = {"categories": ["May"]}

Whole = dict[str, Any]
Part = Mapping[str, Any]


def message(*given: Part) -> Whole:
    return {"text": "Words", "blocks": list(given)}


def modal(*given: Part) -> Whole:
    return {"type": "modal", "title": PLAIN, "blocks": list(given)}


def in_actions(element: Whole) -> Whole:
    return message({"type": "actions", "elements": [element]})


def in_input(element: Whole) -> Whole:
    return modal({"type": "input", "label": PLAIN, "element": element})


def charted(chart: Whole) -> Whole:
    return message({"type": "data_visualization", "title": "Balance", "chart": chart})


STANDS: dict[str, Callable[[Whole], Whole]] = {
    "*": lambda part: (
        in_actions({**BUTTON, **part}) if "block_id" not in part else message({"type": "divider", **part})
    ),
    "section": lambda part: message({"type": "section", "text": MARKED, **part}),
    "header": lambda part: message({"type": "header", **part}),
    "markdown": lambda part: message({"type": "markdown", **part}),
    "context": lambda part: message({"type": "context", **part}),
    "actions": lambda part: message({"type": "actions", **part}),
    "context_actions": lambda part: message({"type": "context_actions", **part}),
    "input": lambda part: modal({"type": "input", "label": PLAIN, "element": BUTTON, **part}),
    "image": lambda part: message({"type": "image", "alt_text": "A chart", **part}),
    "alert": lambda part: modal({"type": "alert", **part}),
    "card": lambda part: message({"type": "card", **part}),
    "carousel": lambda part: message({"type": "carousel", **part}),
    "container": lambda part: message({"type": "container", "child_blocks": [{"type": "divider"}], **part}),
    "plan": lambda part: message({"type": "plan", "title": "Plan", **part}),
    "table": lambda part: message({"type": "table", **part}),
    "data_table": lambda part: message(
        {"type": "data_table", "caption": "Figures", "rows": [[CELL], [CELL]], **part}
    ),
    "data_visualization": lambda part: message(
        {"type": "data_visualization", "chart": {"type": "pie", "segments": [POINT]}, **part}
    ),
    "button": lambda part: in_actions({**BUTTON, **part}),
    "confirm": lambda part: in_actions(
        {**BUTTON, "confirm": {"title": PLAIN, "text": PLAIN, "confirm": PLAIN, "deny": PLAIN, **part}}
    ),
    "option": lambda part: in_actions({"type": "overflow", "options": [{**OPTION, **part}]}),
    "option_group": lambda part: in_actions(
        {"type": "static_select", "option_groups": [{"label": PLAIN, "options": [OPTION], **part}]}
    ),
    "static_select": lambda part: in_actions({"type": "static_select", **part}),
    "multi_static_select": lambda part: in_input({"type": "multi_static_select", **part}),
    "overflow": lambda part: in_actions({"type": "overflow", **part}),
    "radio_buttons": lambda part: in_actions({"type": "radio_buttons", **part}),
    "checkboxes": lambda part: in_actions({"type": "checkboxes", **part}),
    "plain_text_input": lambda part: in_input({"type": "plain_text_input", **part}),
    "rich_text_input": lambda part: in_input({"type": "rich_text_input", **part}),
    "chart": lambda part: charted(
        {"type": "line" if "series" in part else "pie", **part, "axis_config": AXES}
        if "series" in part
        else {"type": "pie", **part}
    ),
    "series": lambda part: charted({"type": "line", "series": [{**SERIES, **part}], "axis_config": AXES}),
    "point": lambda part: charted({"type": "pie", "segments": [{**POINT, **part}]}),
    "axes": lambda part: charted({"type": "line", "axis_config": {**AXES, **part}}),
    "message": lambda part: {"text": "Words", "blocks": [], **part},
    "view": lambda part: {"type": "modal", "title": PLAIN, "blocks": [], **part},
}
"""A payload in which an object of each kind stands, with some of its fields as given."""

NUMBERS = {"max_length", "max_lines", "page_size"}
ITEMS: dict[str, Callable[[int], Any]] = {
    "fields": lambda _: MARKED,
    "elements": lambda n: {**BUTTON, "action_id": f"act-{n}"},
    "options": lambda _: OPTION,
    "option_groups": lambda _: {"label": PLAIN, "options": [OPTION]},
    "child_blocks": lambda _: {"type": "divider"},
    "blocks": lambda _: {"type": "divider"},
    "actions": lambda _: BUTTON,
    "tasks": lambda n: {"type": "task_card", "task_id": str(n), "title": "Ask", "status": "pending"},
    "rows": lambda _: [CELL],
    "series": lambda n: {"name": f"Series {n}", "data": [POINT]},
    "segments": lambda _: POINT,
    "data": lambda _: POINT,
    "categories": lambda n: f"Month {n}",
    "attachments": lambda _: {},
}
TEXTS = {
    "text",
    "title",
    "label",
    "hint",
    "description",
    "placeholder",
    "confirm",
    "deny",
    "subtitle",
    "body",
}
BARE = {
    ("markdown", "text"),
    ("message", "text"),
    ("data_visualization", "title"),
    ("container", "title"),
}


def filled(limit: Limit, size: int) -> object:
    """Return a value of this size for the field of a limit."""
    if limit.field in NUMBERS:
        return size
    if limit.field in ITEMS:
        return [ITEMS[limit.field](n) for n in range(size)]
    words = "w" * size
    bare = limit.field not in TEXTS or (limit.of, limit.field) in BARE
    return words if bare else {"type": "plain_text", "text": words}


def said(limit: Limit, size: int) -> list[str]:
    """Return where a payload is wrong whose field has this size."""
    payload = STANDS[limit.of]({limit.field: filled(limit, size)})
    return [problem.pointer for problem in problems(payload) if problem.pointer.endswith(f"/{limit.field}")]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: f"{limit.of}.{limit.field}")
def test_a_limit_holds_at_its_edge_and_not_one_past_it(limit: Limit) -> None:
    unequal = (limit.of, limit.field) in {("series", "data"), ("axes", "categories")}
    at_edge = [] if unequal else said(limit, limit.most)

    assert at_edge == []
    assert len(said(limit, limit.most + 1)) == 1


@pytest.mark.parametrize(
    "limit", [each for each in LIMITS if each.least], ids=lambda limit: f"{limit.of}.{limit.field}"
)
def test_what_must_not_be_empty_is_missed(limit: Limit) -> None:
    assert said(limit, limit.least - 1)


@pytest.mark.parametrize(
    ("limit", "item"),
    [
        (EACH[0], {"type": "mrkdwn", "text": "w"}),
        (EACH[1], [CELL]),
        (EACH[2], [CELL]),
        (EACH[3], "w"),
    ],
    ids=lambda given: getattr(given, "of", ""),
)
def test_each_item_of_a_list_has_a_limit_of_its_own(limit: Limit, item: Whole | list[Whole] | str) -> None:
    def wrong(size: int) -> list[str]:
        value = {**item, "text": "w" * size} if isinstance(item, dict) else item * size
        rows = [value, value] if limit.of == "data_table" else [value]
        found = problems(STANDS[limit.of]({limit.field: rows}))
        return [each.pointer for each in found if f"/{limit.field}/" in each.pointer]

    assert wrong(limit.most) == []
    assert wrong(limit.most + 1)


@pytest.mark.parametrize("kind", SURFACES)
def test_a_block_stands_only_where_it_may(kind: str) -> None:
    def misplaced(payload: Whole) -> bool:
        return any("may not stand" in problem.why for problem in problems(payload))

    assert misplaced(message({"type": kind})) == ("message" not in SURFACES[kind])
    assert misplaced(modal({"type": kind})) == ("modal" not in SURFACES[kind])
    assert misplaced({"type": "home", "blocks": [{"type": kind}]}) == ("home" not in SURFACES[kind])


def test_an_unknown_block_is_named() -> None:
    assert "no known block" in problems(message({"type": "hologram"}))[0].why


def test_a_message_has_words_for_those_who_see_no_blocks() -> None:
    assert any(problem.pointer == "/text" for problem in problems({"text": "", "blocks": []}))


def test_all_blocks_together_have_a_limit() -> None:
    def paragraphs(sizes: list[int]) -> Whole:
        return message(*(blocks.section("w" * size) for size in sizes))

    assert problems(paragraphs([3_000, 3_000, 3_000, 3_000, 1_200])) == []
    assert problems(paragraphs([3_000, 3_000, 3_000, 3_000, 1_201]))


def test_one_table_and_two_charts_stand_in_a_message() -> None:
    table = {"type": "table", "rows": [[CELL]]}
    chart = {"type": "data_visualization", "title": "B", "chart": {"type": "pie", "segments": [POINT]}}

    assert problems(message(table, chart, chart)) == []
    assert problems(message(table, table))
    assert problems(message(chart, chart, chart))


def test_rows_of_a_data_table_are_of_one_length() -> None:
    assert problems(STANDS["data_table"]({"rows": [[CELL], [CELL, CELL]]}))


def test_the_cells_of_a_data_table_have_a_limit_together() -> None:
    def table(size: int) -> Whole:
        return STANDS["data_table"]({"rows": [[{"type": "raw_text", "text": "w" * size}], [CELL]]})

    assert problems(table(9_999)) == []
    assert problems(table(10_000))


def test_a_chart_has_names_of_its_own_values_for_all_and_nothing_below_zero() -> None:
    twice = {"type": "line", "series": [SERIES, SERIES], "axis_config": AXES}
    gap = {"type": "line", "series": [SERIES], "axis_config": {"categories": ["May", "June"]}}
    nothing = {"type": "pie", "segments": [{"label": "None", "value": 0}]}

    assert all(problems(charted(chart)) for chart in (twice, gap, nothing))


def test_names_are_given_once() -> None:
    twice = message({"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"})

    assert problems(twice)
    assert problems(message({"type": "actions", "elements": [BUTTON, BUTTON]}))


def test_a_view_has_a_size() -> None:
    field = {"type": "context", "elements": [{"type": "mrkdwn", "text": "w" * 26_000}] * 10}

    assert any("bytes" in problem.why for problem in problems(modal(field)))


def test_emoji_count_twice() -> None:
    assert length("a😀") == 3


@given(st.text(alphabet="ab \n😀", max_size=400))
def test_pieces_hold_every_word_and_no_piece_is_too_long(text: str) -> None:
    parts = pieces(text, most=40)

    assert all(length(part) <= 40 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.integers(1, 60), st.integers(1, 4_000))
def test_a_shortened_view_is_within_its_limits(title: int, words: int) -> None:
    view = modal(blocks.section("w" * words))
    made = shortened({**view, "title": {"type": "plain_text", "text": "t" * title}})

    assert problems(made) == []
