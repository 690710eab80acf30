"""Every limit of Block Kit, kept at the limit and broken one past it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from counterpoise_sandbox.checks import check_blocks, check_manifest, check_message, check_view
from tests.sandbox.blockkit import (
    Block,
    Json,
    actions,
    button,
    card,
    chart,
    confirm,
    container,
    data_table,
    field,
    home,
    icon_button,
    image,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    plot,
    raw,
    section,
    select,
    table,
    task,
    text_input,
)


def message(*blocks: Block) -> list[Any]:
    return check_message({"text": "Words", "blocks": list(blocks)})


def in_modal(*blocks: Block) -> list[Any]:
    return check_view(modal(*blocks, submit=plain("Send")))


def url(length: int) -> str:
    return "https://example.test/".ljust(length, "u")


def command(**fields: Json) -> Block:
    return {"command": "/concern", "description": "Record a concern", "url": "https://example.test", **fields}


def manifest(name: str = "Counterpoise", **fields: Json) -> Block:
    return {"display_information": {"name": name}, **fields}


def features(**fields: Json) -> list[Any]:
    return check_manifest(manifest(features=fields))


def shortcut(place: int) -> Block:
    return {"name": "Record", "type": "global", "callback_id": f"c{place}", "description": "Records it"}


LIMITS: dict[str, tuple[int, Callable[[int], list[Any]]]] = {
    "message blocks": (50, lambda n: message(*[section(text=plain("x"))] * n)),
    "all blocks together": (
        13_200,
        lambda n: message(*[section(text=plain("x" * 2640))] * 4, section(text=plain("x" * (n - 10_560)))),
    ),
    "attachments": (100, lambda n: check_message({"attachments": [{"text": "Words"}] * n})),
    "section text": (3000, lambda n: message(section(text=mrkdwn("x" * n)))),
    "section fields": (10, lambda n: message({"type": "section", "fields": [plain()] * n})),
    "section field": (2000, lambda n: message({"type": "section", "fields": [plain("x" * n)]})),
    "header": (150, lambda n: message({"type": "header", "text": plain("x" * n)})),
    "markdown": (12_000, lambda n: message({"type": "markdown", "text": "x" * n})),
    "markdown over the payload": (
        12_000,
        lambda n: message(*({"type": "markdown", "text": "x" * m} for m in (6000, n - 6000))),
    ),
    "context elements": (10, lambda n: message({"type": "context", "elements": [plain("x")] * n})),
    "actions elements": (25, lambda n: message(actions(*(button(action_id=f"a{i}") for i in range(n))))),
    "context_actions elements": (
        5,
        lambda n: message(
            {"type": "context_actions", "elements": [icon_button(action_id=f"a{i}") for i in range(n)]}
        ),
    ),
    "block_id": (255, lambda n: message(section(block_id="b" * n))),
    "action_id": (255, lambda n: message(actions(button(action_id="a" * n)))),
    "button text": (75, lambda n: message(actions(button(text=plain("x" * n))))),
    "button value": (2000, lambda n: message(actions(button(value="x" * n)))),
    "button url": (3000, lambda n: message(actions(button(url=url(n))))),
    "button accessibility_label": (75, lambda n: message(actions(button(accessibility_label="x" * n)))),
    "button visible_to_user_ids": (10, lambda n: message(actions(button(visible_to_user_ids=["U"] * n)))),
    "confirm title": (100, lambda n: message(actions(button(confirm=confirm(title=plain("x" * n)))))),
    "confirm text": (300, lambda n: message(actions(button(confirm=confirm(text=plain("x" * n)))))),
    "confirm confirm": (30, lambda n: message(actions(button(confirm=confirm(confirm=plain("x" * n)))))),
    "confirm deny": (30, lambda n: message(actions(button(confirm=confirm(deny=plain("x" * n)))))),
    "option text": (75, lambda n: message(actions(select(options=[option(text="x" * n)])))),
    "option value": (150, lambda n: message(actions(select(options=[option(value="x" * n)])))),
    "option description": (
        75,
        lambda n: message(actions(select(options=[{**option(), "description": plain("x" * n)}]))),
    ),
    "select options": (100, lambda n: message(actions(select(options=options(n))))),
    "select groups": (
        100,
        lambda n: message(
            actions(
                select(option_groups=[{"label": plain("x"), "options": [option(str(i))]} for i in range(n)])
            )
        ),
    ),
    "select group label": (
        75,
        lambda n: message(actions(select(option_groups=[{"label": plain("x" * n), "options": options(1)}]))),
    ),
    "select placeholder": (150, lambda n: message(actions(select(placeholder=plain("x" * n))))),
    "overflow": (5, lambda n: message(actions(select("overflow", options=options(n))))),
    "radio options": (10, lambda n: message(actions(select("radio_buttons", options=options(n))))),
    "checkbox options": (10, lambda n: message(actions(select("checkboxes", options=options(n))))),
    "input label": (2000, lambda n: in_modal(field(label=plain("x" * n)))),
    "input hint": (2000, lambda n: in_modal(field(hint=plain("x" * n)))),
    "plain_text_input max_length": (3000, lambda n: in_modal(field(text_input(max_length=n)))),
    "rich_text_input max_lines": (
        100,
        lambda n: in_modal(field({"type": "rich_text_input", "max_lines": n})),
    ),
    "file_input max_files": (10, lambda n: in_modal(field({"type": "file_input", "max_files": n}))),
    "image alt_text": (2000, lambda n: message(image(alt_text="x" * n))),
    "image title": (2000, lambda n: message(image(title=plain("x" * n)))),
    "image url": (3000, lambda n: message(image(image_url=url(n)))),
    "alert text": (200, lambda n: in_modal({"type": "alert", "text": plain("x" * n)})),
    "card title": (150, lambda n: message(card(title=plain("x" * n)))),
    "card body": (200, lambda n: message(card(body=plain("x" * n)))),
    "card subtitle": (150, lambda n: message(card(subtitle=plain("x" * n)))),
    "card actions": (3, lambda n: message(card(actions=[button(action_id=f"a{i}") for i in range(n)]))),
    "carousel cards": (10, lambda n: message({"type": "carousel", "elements": [card()] * n})),
    "container children": (10, lambda n: message(container(*[section()] * n))),
    "container title": (150, lambda n: message(container(title=plain("x" * n)))),
    "table rows": (100, lambda n: message(table(rows=n))),
    "table columns": (20, lambda n: message(table(columns=n))),
    "tables": (1, lambda n: message(*[table()] * n)),
    "data_table rows": (101, lambda n: message(data_table(rows=n))),
    "data_table columns": (20, lambda n: message(data_table(columns=n))),
    "data_table characters": (
        10_000,
        lambda n: message({**data_table(2, 1), "rows": [[raw("x")], [raw("x" * (n - 1))]]}),
    ),
    "data_table page_size": (100, lambda n: message(data_table(page_size=n))),
    "chart title": (50, lambda n: message(chart(title="x" * n))),
    "charts": (2, lambda n: message(*[chart()] * n)),
    "chart series": (6, lambda n: message(chart(plot("bar", count=n)))),
    "chart segments": (6, lambda n: message(chart(pie(n)))),
    "chart points": (20, lambda n: message(chart(plot(labels=[str(i) for i in range(n)])))),
    "chart labels": (20, lambda n: message(chart(plot(labels=["x" * n])))),
    "chart axis labels": (50, lambda n: message(chart(plot(x_label="x" * n)))),
    "plan tasks": (50, lambda n: message({"type": "plan", "title": "Plan", "tasks": [task()] * n})),
    "view title": (24, lambda n: check_view(modal(title=plain("x" * n)))),
    "view submit": (24, lambda n: check_view(modal(submit=plain("x" * n)))),
    "view close": (24, lambda n: check_view(modal(close=plain("x" * n)))),
    "view blocks": (100, lambda n: check_view(home(*[section()] * n))),
    "view private_metadata": (3000, lambda n: check_view(modal(private_metadata="x" * n))),
    "view callback_id": (255, lambda n: check_view(modal(callback_id="x" * n))),
    "view external_id": (255, lambda n: check_view(modal(external_id="x" * n))),
    "manifest name": (35, lambda n: check_manifest(manifest("x" * n))),
    "manifest description": (
        140,
        lambda n: check_manifest({"display_information": {"name": "x", "description": "x" * n}}),
    ),
    "manifest agent_description": (300, lambda n: features(agent_view={"agent_description": "x" * n})),
    "manifest suggested prompts": (
        4,
        lambda n: features(
            agent_view={"agent_description": "x", "suggested_prompts": [{"title": "x", "message": "x"}] * n}
        ),
    ),
    "slash command name": (32, lambda n: features(slash_commands=[command(command="/".ljust(n, "c"))])),
    "slash commands": (50, lambda n: features(slash_commands=[command(command=f"/c{i}") for i in range(n)])),
    "shortcuts": (10, lambda n: features(shortcuts=[shortcut(place) for place in range(n)])),
    "manifest events": (
        100,
        lambda n: check_manifest(
            manifest(
                settings={
                    "socket_mode_enabled": True,
                    "event_subscriptions": {"bot_events": ["message.im"] * n},
                }
            )
        ),
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_stands_at_a_limit_is_accepted(name: str) -> None:
    limit, checked = LIMITS[name]

    assert checked(limit) == []


@pytest.mark.parametrize("name", LIMITS)
def test_what_stands_one_past_a_limit_is_refused(name: str) -> None:
    limit, checked = LIMITS[name]

    assert checked(limit + 1) != []


def size(view: Block) -> int:
    return len(json.dumps(view, separators=(",", ":")).encode())


def test_a_view_of_250_kilobytes_is_accepted_and_one_byte_more_is_too_large() -> None:
    view = modal(*[section(text=plain("x" * 2500))] * 97, private_metadata="")
    room = 250_000 - size(view)
    full, over = ({**view, "private_metadata": "m" * length} for length in (room, room + 1))

    assert check_view(full) == []
    assert [problem.code for problem in check_view(over)] == ["view_too_large"]


def test_fifty_sections_in_a_list_of_bare_blocks_are_accepted() -> None:
    assert check_blocks([section()] * 50, "message") == []
    assert check_blocks([section()] * 51, "message")[0].pointer == ""
