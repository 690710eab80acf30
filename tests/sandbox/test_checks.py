"""What messages, views, blocks and manifests must have, may hold and may not say twice."""

from typing import Any

import pytest

from counterpoise_sandbox.checks import (
    Problem,
    check_blocks,
    check_manifest,
    check_message,
    check_view,
    error_of,
)
from tests.sandbox.blockkit import (
    EVERY_BLOCK,
    Block,
    Json,
    actions,
    button,
    card,
    chart,
    container,
    data_table,
    field,
    home,
    modal,
    option,
    pie,
    plain,
    plot,
    rich_text,
    section,
    select,
    series,
    table,
    text_input,
    video,
)

MESSAGE_ONLY = {"markdown", "plan", "task_card", "context_actions", "file", "call"}
NOT_IN_MODALS = MESSAGE_ONLY | {"table", "data_table", "data_visualization", "carousel", "container"}
ABSENT = {"message": {"alert"}, "modal": NOT_IN_MODALS, "home": MESSAGE_ONLY | {"alert"}}


@pytest.mark.parametrize("surface", ABSENT)
@pytest.mark.parametrize("kind", EVERY_BLOCK)
def test_a_block_stands_on_its_own_surfaces_only(kind: str, surface: str) -> None:
    problems = check_blocks([EVERY_BLOCK[kind]], surface)

    assert [problem.pointer for problem in problems] == (["/0/type"] if kind in ABSENT[surface] else [])


def first(problems: list[Problem]) -> tuple[str, str]:
    return problems[0].pointer, problems[0].message


BROKEN: dict[str, tuple[Block, str, str]] = {
    "unknown block": ({"type": "marquee"}, "/0/type", "unsupported type: marquee"),
    "no type": ({"text": plain()}, "/0", "missing required field: type"),
    "no text": ({"type": "header"}, "/0", "missing required field: text"),
    "header in mrkdwn": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "/0/text/type",
        "unsupported type: mrkdwn",
    ),
    "empty section": ({"type": "section"}, "/0", "must provide at least one of `text`, `fields`"),
    "empty text": (section(text=plain("")), "/0/text/text", "must be more than 0 characters"),
    "unknown field": (section(colour="red"), "/0", "invalid additional property: colour"),
    "number for text": (section(text={"type": "mrkdwn", "text": 7}), "/0/text/text", "must provide a string"),
    "text as a string": (section(text="x"), "/0/text", "must provide an object"),
    "input element among actions": (
        actions(text_input()),
        "/0/elements/0/type",
        "unsupported type: plain_text_input",
    ),
    "button in an input": (field(button()), "/0/element/type", "unsupported type: button"),
    "strange style": (actions(button(style="loud")), "/0/elements/0/style", "unsupported value: loud"),
    "same action twice": (
        actions(button(), button()),
        "/0",
        "`action_id` withdraw already exists in this block",
    ),
    "both lists": (
        actions(select(option_groups=[{"label": plain(), "options": [option()]}], options=[option()])),
        "/0/elements/0",
        "must provide exactly one of `options` or `option_groups`",
    ),
    "initial option from elsewhere": (
        actions(select(initial_option=option("z"))),
        "/0/elements/0",
        "initial option must be one of the options",
    ),
    "same value twice": (
        actions(select(options=[option(), option()])),
        "/0/elements/0",
        "option values must be unique",
    ),
    "image without a source": (
        {"type": "image", "alt_text": "x"},
        "/0",
        "must provide exactly one of `image_url` or `slack_file`",
    ),
    "image without words": (
        {"type": "image", "image_url": "https://example.test"},
        "/0",
        "missing required field: alt_text",
    ),
    "bad date": (
        actions({"type": "datepicker", "initial_date": "2026/05/01"}),
        "/0/elements/0/initial_date",
        "does not have the expected format",
    ),
    "ragged data table": (
        {**data_table(), "rows": [data_table()["rows"][0], data_table()["rows"][0][:1]]},
        "/0",
        "all rows must have the same number of values",
    ),
    "data table without caption": (
        {"type": "data_table", "rows": data_table()["rows"]},
        "/0",
        "missing required field: caption",
    ),
    "rich text in a header cell": (
        {**data_table(1, 1), "rows": [[rich_text()], [rich_text()]]},
        "/0",
        "rich_text cannot be used for header cells",
    ),
    "data table of a header alone": (data_table(1), "/0/rows", "must have at least 2 items"),
    "page of nothing": (data_table(page_size=0), "/0/page_size", "must be greater than or equal to 1"),
    "unknown chart": (chart({"type": "radar"}), "/0/chart/type", "unsupported type: radar"),
    "series of one name": (
        chart({**plot(), "series": [series(), series()]}),
        "/0/chart",
        "series names must be unique",
    ),
    "labels that are no categories": (
        chart({**plot(), "series": [series(labels=["May", "July"])]}),
        "/0/chart",
        "data labels must match axis_config.categories",
    ),
    "slice of nothing": (chart(pie(value=0)), "/0/chart/segments/0/value", "must be greater than 0"),
    "plain http film": (
        video(video_url="http://example.test/v"),
        "/0/video_url",
        "does not have the expected format",
    ),
    "empty card": (
        {"type": "card", "subtitle": plain()},
        "/0",
        "must provide at least one of `hero_image`, `title`, `actions`, `body`",
    ),
    "untitled container": (
        {"type": "container", "child_blocks": [section()]},
        "/0",
        "must provide at least one of `title`, `rich_text_title`",
    ),
    "container in a container": (
        container(container()),
        "/0/child_blocks/0/type",
        "unsupported type: container",
    ),
    "unknown task status": (
        {"type": "task_card", "task_id": "t", "title": "x", "status": "late"},
        "/0/status",
        "unsupported value: late",
    ),
    "icon of a rocket": (
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "rocket", "text": plain()}]},
        "/0/elements/0/icon",
        "unsupported value: rocket",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_block_is_told_where_and_why(name: str) -> None:
    block, pointer, message = BROKEN[name]

    assert first(check_blocks([block], "message")) == (pointer, message)


def test_an_unsupported_type_names_the_supported_ones() -> None:
    problem = check_blocks([section(text={"type": "html", "text": "x"})], "message")[0]

    assert problem.told() == {
        "pointer": "/0/text/type",
        "code": "failed_constraint",
        "message": "unsupported type: html",
        "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"]},
    }
    assert problem.line() == "[ERROR] unsupported type: html [json-pointer:/0/text/type]"


def test_a_message_needs_something_to_say() -> None:
    assert error_of(check_message({"blocks": []})) == "no_text"


@pytest.mark.parametrize(
    "content", [{"text": "x"}, {"blocks": [section()]}, {"attachments": [{"text": "x"}]}]
)
def test_text_blocks_or_attachments_are_each_enough(content: dict[str, Any]) -> None:
    assert check_message(content) == []


def test_blocks_in_an_attachment_are_checked_too() -> None:
    problems = check_message({"attachments": [{"blocks": [{"type": "marquee"}]}]})

    assert problems[0].pointer == "/attachments/0/blocks/0/type"


def test_one_block_id_stands_once_in_a_message() -> None:
    problems = check_message({"blocks": [section(block_id="b"), section(block_id="b")]})

    assert first(problems) == ("/blocks/1/block_id", "`block_id` b already exists")


def test_one_action_id_may_stand_in_two_blocks() -> None:
    assert check_message({"blocks": [actions(), actions()]}) == []


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([table(), table()], "only_one_table_allowed"),
        ([section(text=plain("x" * 2900))] * 5, "msg_blocks_too_long"),
        ([{"type": "marquee"}], "invalid_blocks"),
    ],
)
def test_a_refused_message_has_slacks_error(blocks: list[Block], error: str) -> None:
    assert error_of(check_message({"blocks": blocks})) == error


def test_technical_strings_do_not_count_as_words() -> None:
    buttons = actions(*(button(action_id=f"a{place}", value="v" * 2000) for place in range(10)))

    assert check_message({"blocks": [buttons]}) == []


def test_a_modal_with_a_field_needs_a_submit_button() -> None:
    refused = check_view(modal(field()), "/view")

    assert refused[0].pointer == "/view"
    assert "submit" in refused[0].message
    assert check_view(modal(field(), submit=plain("Send"))) == []


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({"type": "window", "blocks": []}, "/type"),
        ({"type": "modal", "blocks": []}, ""),
        (modal(title={"type": "mrkdwn", "text": "x"}), "/title/type"),
        (home(callback_id=7), "/callback_id"),
        (modal(notify_on_close="yes"), "/notify_on_close"),
        ("modal", ""),
    ],
)
def test_a_broken_view_is_told_where(view: Json, pointer: str) -> None:
    assert check_view(view)[0].pointer == pointer


def test_only_one_field_takes_the_focus() -> None:
    eager = text_input(focus_on_load=True)

    assert check_view(modal(field(eager), field(eager), submit=plain()))[0].pointer == "/blocks"


def test_a_file_is_asked_for_in_modals_only() -> None:
    asked = field({"type": "file_input"})

    assert check_view(modal(asked, submit=plain())) == []
    assert check_view(home(asked))[0].pointer == "/blocks/0/element/type"


def test_charts_and_cards_in_a_container_count_as_well() -> None:
    assert check_message({"blocks": [chart(), container(chart(), chart(), card())]}) != []


def test_a_manifest_says_what_it_lacks() -> None:
    lacking: Block = {
        "display_information": {"name": "Counterpoise"},
        "features": {"slash_commands": [{"command": "/concern", "description": "Record"}]},
        "settings": {
            "event_subscriptions": {"bot_events": ["message.im"]},
            "interactivity": {"is_enabled": True},
        },
    }
    enough = {**lacking, "settings": {**lacking["settings"], "socket_mode_enabled": True}}

    assert [problem.pointer for problem in check_manifest(lacking)] == [
        "/settings/event_subscriptions",
        "/settings/interactivity",
        "/features/slash_commands/0",
    ]
    assert check_manifest(enough) == []


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"display_information": {"name": "x"}, "feature": {}},
        {"display_information": {"name": "x"}, "features": {"slash_commands": [{"command": "concern"}]}},
    ],
)
def test_a_broken_manifest_is_refused(manifest: Block) -> None:
    assert check_manifest(manifest) != []
