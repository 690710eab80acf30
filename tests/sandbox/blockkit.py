"""Small whole payloads of every kind, for tests that change one thing in them."""

from typing import Any, TypeAlias

Json: TypeAlias = Any
Block = dict[str, Any]


def plain(text: str = "Words") -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "*Words*") -> Block:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "a", text: str = "Option A") -> Block:
    return {"text": plain(text), "value": value}


def options(count: int) -> list[Block]:
    return [option(str(place), f"Option {place}") for place in range(count)]


def rich_text(text: str = "Words", **style: bool) -> Block:
    run = {"type": "text", "text": text, **({"style": style} if style else {})}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def button(**fields: Json) -> Block:
    return {"type": "button", "text": plain("Withdraw concern"), "action_id": "withdraw", **fields}


def image(**fields: Json) -> Block:
    return {"type": "image", "alt_text": "A harbour", "image_url": "https://example.test/a.png", **fields}


def section(**fields: Json) -> Block:
    return {"type": "section", "text": mrkdwn(), **fields}


def actions(*elements: Block, **fields: Json) -> Block:
    return {"type": "actions", "elements": list(elements or [button()]), **fields}


def field(element: Block | None = None, **fields: Json) -> Block:
    return {"type": "input", "label": plain("Your words"), "element": element or text_input(), **fields}


def text_input(**fields: Json) -> Block:
    return {"type": "plain_text_input", "action_id": "words", **fields}


def select(kind: str = "static_select", **fields: Json) -> Block:
    listed = {} if "option_groups" in fields else {"options": options(3)}
    return {"type": kind, "action_id": "chosen", **listed, **fields}


def confirm(**fields: Json) -> Block:
    words = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}
    return {**words, **fields}


def raw(text: str = "cell") -> Block:
    return {"type": "raw_text", "text": text}


def table(rows: int = 2, columns: int = 2, **fields: Json) -> Block:
    return {"type": "table", "rows": [[raw() for _ in range(columns)] for _ in range(rows)], **fields}


def data_table(rows: int = 2, columns: int = 2, text: str = "cell", **fields: Json) -> Block:
    cells = [[raw(text) for _ in range(columns)] for _ in range(rows)]
    return {"type": "data_table", "caption": "Balances", "rows": cells, **fields}


def series(name: str = "Trust", labels: list[str] | None = None) -> Block:
    points = [{"label": label, "value": place} for place, label in enumerate(labels or ["May", "June"])]
    return {"name": name, "data": points}


def plot(kind: str = "line", count: int = 1, labels: list[str] | None = None, **axes: Json) -> Block:
    categories = labels or ["May", "June"]
    named = [series(f"Series {place}", categories) for place in range(count)]
    return {"type": kind, "series": named, "axis_config": {"categories": categories, **axes}}


def pie(count: int = 2, value: float = 1) -> Block:
    return {"type": "pie", "segments": [{"label": f"Part {n}", "value": value} for n in range(count)]}


def chart(drawn: Block | None = None, **fields: Json) -> Block:
    return {"type": "data_visualization", "title": "Trust", "chart": drawn or plot(), **fields}


def task(**fields: Json) -> Block:
    return {"type": "task_card", "task_id": "t", "title": "Ask", "status": "pending", **fields}


def card(**fields: Json) -> Block:
    return {"type": "card", "title": mrkdwn("A card"), **fields}


def container(*children: Block, **fields: Json) -> Block:
    return {"type": "container", "title": plain(), "child_blocks": list(children or [section()]), **fields}


def modal(*blocks: Block, **fields: Json) -> Block:
    return {"type": "modal", "title": plain(), "blocks": list(blocks or [section()]), **fields}


def home(*blocks: Block, **fields: Json) -> Block:
    return {"type": "home", "blocks": list(blocks or [section()]), **fields}


def feedback(**fields: Json) -> Block:
    good, bad = {"text": plain("Good"), "value": "1"}, {"text": plain("Bad"), "value": "0"}
    return {"type": "feedback_buttons", "positive_button": good, "negative_button": bad, **fields}


def icon_button(**fields: Json) -> Block:
    return {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "bin", **fields}


def video(**fields: Json) -> Block:
    shown = {"alt_text": "A film", "title": plain("Film")}
    urls = {"video_url": "https://example.test/v", "thumbnail_url": "https://example.test/t.png"}
    return {"type": "video", **shown, **urls, **fields}


EVERY_BLOCK: dict[str, Block] = {
    "section": section(),
    "header": {"type": "header", "text": plain()},
    "divider": {"type": "divider"},
    "image": image(),
    "context": {"type": "context", "elements": [mrkdwn()]},
    "actions": actions(),
    "input": field(),
    "rich_text": rich_text(),
    "video": video(),
    "markdown": {"type": "markdown", "text": "**Words**"},
    "table": table(),
    "data_table": data_table(),
    "data_visualization": chart(),
    "plan": {"type": "plan", "title": "Plan", "tasks": [task()]},
    "task_card": task(),
    "context_actions": {"type": "context_actions", "elements": [feedback()]},
    "card": card(),
    "carousel": {"type": "carousel", "elements": [card()]},
    "container": container(),
    "alert": {"type": "alert", "text": plain()},
    "file": {"type": "file", "external_id": "F", "source": "remote"},
    "call": {"type": "call", "call_id": "R"},
}
