"""Whole payloads: messages, views and bare blocks, with the rules that hold across their blocks."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterpoise_sandbox.checks.blocks import BLOCK, HOME, MESSAGE, MODAL
from counterpoise_sandbox.checks.composition import plain
from counterpoise_sandbox.checks.problem import Json, Problem, failed
from counterpoise_sandbox.checks.shapes import Check, boolean, choice, items, record, string

BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
ATTACHMENTS = 100
CHARACTERS = 13_200
MARKDOWN = 12_000
VIEW_BYTES = 250_000
CHARTS = 2
# Fields whose strings steer and are not read.
_UNREAD = frozenset(
    {
        *(
            "type",
            "block_id",
            "action_id",
            "value",
            "style",
            "level",
            "width",
            "icon",
            "source",
            "external_id",
        ),
        *("url", "image_url", "video_url", "thumbnail_url", "title_url", "provider_icon_url", "icon_url"),
        *("auth_url", "disconnect_url", "call_id", "user_id", "channel_id", "usergroup_id", "team_id"),
    }
)
_VIEW = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_ENVELOPES: dict[str, Check] = {
    MODAL: record(
        {"type": choice(MODAL), "title": plain(24), "blocks": items(BLOCK[MODAL], BLOCKS[MODAL], least=0)},
        {
            **_VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    HOME: record(
        {"type": choice(HOME), "blocks": items(BLOCK[HOME], BLOCKS[HOME], least=0)},
        {**_VIEW, "title": plain(24), "submit": plain(24), "close": plain(24)}
        | dict.fromkeys(("clear_on_close", "notify_on_close"), boolean),
    ),
}


def check_blocks(blocks: Json, surface: str, pointer: str = "") -> list[Problem]:
    """Return the problems of a list of blocks on a surface: "message", "modal" or "home"."""
    shaped = items(BLOCK[surface], BLOCKS[surface], least=0)(blocks, pointer)
    return [*shaped, *_across(blocks, surface, pointer)]


def check_message(payload: Mapping[str, Any], pointer: str = "") -> list[Problem]:
    """Return the problems of a message: whether it has content, its blocks and its attachments."""
    blocks, attachments = payload.get("blocks") or [], payload.get("attachments") or []
    problems = check_blocks(blocks, MESSAGE, f"{pointer}/blocks")
    if not isinstance(attachments, Sequence) or isinstance(attachments, str):
        return [*problems, failed(f"{pointer}/attachments", "must provide an array", type="array")]
    if len(attachments) > ATTACHMENTS:
        words = f"no more than {ATTACHMENTS} items allowed"
        problems.append(Problem(f"{pointer}/attachments", "too_many_attachments", words))
    for place, attachment in enumerate(attachments):
        if isinstance(attachment, Mapping) and attachment.get("blocks"):
            below = f"{pointer}/attachments/{place}/blocks"
            problems += check_blocks(attachment["blocks"], MESSAGE, below)
    if not (blocks or attachments or payload.get("text") or payload.get("markdown_text")):
        problems.append(Problem(f"{pointer}/text", "no_text", "message has no text, blocks or attachments"))
    return problems


def check_view(view: Json, pointer: str = "") -> list[Problem]:
    """Return the problems of a modal or a Home."""
    if not isinstance(view, Mapping):
        return [failed(pointer, "must provide an object", type="object")]
    kind = view.get("type")
    if kind not in (MODAL, HOME):
        return [failed(f"{pointer}/type", f"unsupported type: {kind}", type="enum", expected=[MODAL, HOME])]
    problems = [*_ENVELOPES[kind](view, pointer)]
    blocks = view.get("blocks")
    problems += _across(blocks, kind, f"{pointer}/blocks")
    if kind == MODAL and not view.get("submit") and any(_type(block) == "input" for block in _list(blocks)):
        problems.append(
            failed(pointer, "missing required field: submit (a view with an input block needs it)")
        )
    size = len(json.dumps(view, separators=(",", ":"), ensure_ascii=False).encode())
    if size > VIEW_BYTES:
        problems.append(Problem(pointer, "view_too_large", f"must be less than {VIEW_BYTES + 1} bytes"))
    return problems


def _list(value: Json) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _type(block: Json) -> Json:
    return block.get("type") if isinstance(block, Mapping) else None


def _across(blocks: Json, surface: str, pointer: str) -> Iterator[Problem]:
    """Yield the broken rules that concern several blocks at once."""
    yield from _unique_ids(_list(blocks), pointer)
    yield from _one_focus(blocks, pointer)
    flat = [*_flat(_list(blocks))]
    kinds = Counter(_type(block) for block in flat)
    if surface == MESSAGE and kinds["table"] > 1:
        yield Problem(pointer, "only_one_table_allowed", "only one table is allowed in a message")
    if kinds["data_visualization"] > CHARTS:
        yield failed(pointer, f"no more than {CHARTS} data_visualization blocks allowed")
    marked = (block.get("text") for block in flat if _type(block) == "markdown")
    if sum(len(text) for text in marked if isinstance(text, str)) > MARKDOWN:
        yield failed(pointer, f"all markdown text must be less than {MARKDOWN + 1} characters")
    if surface == MESSAGE and read_length(blocks) > CHARACTERS:
        words = f"all blocks together must be less than {CHARACTERS + 1} characters"
        yield Problem(pointer, "msg_blocks_too_long", words)


def _flat(blocks: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every block, those inside containers too."""
    for block in blocks:
        if isinstance(block, Mapping):
            yield block
            yield from _flat(_list(block.get("child_blocks")))


def _unique_ids(blocks: Sequence[Any], pointer: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        if not isinstance(block, Mapping):
            continue
        below = f"{pointer}/{place}"
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield failed(f"{below}/block_id", f"`block_id` {block_id} already exists", unique=True)
        seen.add(str(block_id or below))
        named = Counter(_action_ids(block))
        for action_id, times in named.items():
            if times > 1:
                yield failed(below, f"`action_id` {action_id} already exists in this block", unique=True)


def _action_ids(value: Json) -> Iterator[str]:
    """Yield the `action_id` of every element below `value`."""
    if isinstance(value, Mapping):
        if isinstance(value.get("action_id"), str):
            yield value["action_id"]
        # The blocks in a container have their own ids each.
        for name, held in value.items():
            yield from () if name == "child_blocks" else _action_ids(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _action_ids(held)


def _one_focus(blocks: Json, pointer: str) -> Iterator[Problem]:
    elements = [block.get("element") for block in _list(blocks) if isinstance(block, Mapping)]
    focused = [
        element for element in elements if isinstance(element, Mapping) and element.get("focus_on_load")
    ]
    if len(focused) > 1:
        yield failed(pointer, "only one element can have focus_on_load")


def read_length(value: Json) -> int:
    """Return how many characters of blocks a person reads or hears: texts, labels, captions, alternative texts."""
    if isinstance(value, Mapping):
        return sum(read_length(held) for name, held in value.items() if name not in _UNREAD or _nested(held))
    if isinstance(value, str):
        return len(value)
    return sum(read_length(held) for held in value) if isinstance(value, list | tuple) else 0


def _nested(held: Json) -> bool:
    return isinstance(held, Mapping | list | tuple)
