"""Every block type, its fields, and the surfaces it may stand on."""

from collections.abc import Iterator

from counterpoise_sandbox.checks.composition import HTTPS, IDENTIFIER, SLACK_FILE, TYPE, URL, plain, text
from counterpoise_sandbox.checks.elements import BUTTON, IMAGE, standing
from counterpoise_sandbox.checks.figures import DATA_TABLE, DATA_VISUALIZATION, TABLE
from counterpoise_sandbox.checks.problem import Json, Problem, failed
from counterpoise_sandbox.checks.rich_text import RICH_TEXT, RICH_TEXT_BLOCK
from counterpoise_sandbox.checks.shapes import (
    Check,
    anything,
    boolean,
    both,
    choice,
    items,
    record,
    rule,
    string,
    typed,
)

MESSAGE, MODAL, HOME = "message", "modal", "home"
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
_SHOWN = frozenset({MESSAGE, HOME})
_POSTED = frozenset({MESSAGE})
SURFACES: dict[str, frozenset[str]] = {
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
        EVERYWHERE,
    ),
    **dict.fromkeys(("table", "data_table", "data_visualization", "carousel", "container"), _SHOWN),
    **dict.fromkeys(("markdown", "plan", "task_card", "context_actions", "file", "call"), _POSTED),
    "alert": frozenset({MODAL}),
    "auth_provider": EVERYWHERE,
}


def _block(required: dict[str, Check] | None = None, /, *rules: Check, **optional: Check) -> Check:
    return both(record({"type": TYPE, **(required or {})}, {"block_id": IDENTIFIER, **optional}), *rules)


def _either(*names: str) -> Check:
    quoted = ", ".join(f"`{name}`" for name in names)
    return rule(
        lambda block: any(block.get(name) for name in names), f"must provide at least one of {quoted}"
    )


_SOURCE = record({"type": choice("url"), "url": URL, "text": string()})
_TASK = _block(
    {
        "task_id": string(255),
        "title": string(),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    details=RICH_TEXT,
    output=RICH_TEXT,
    sources=items(_SOURCE, least=0),
)
_IMAGE_ELEMENT = typed({"image": IMAGE})
_CARD = _block(
    None,
    _either("hero_image", "title", "actions", "body"),
    hero_image=_IMAGE_ELEMENT,
    icon=_IMAGE_ELEMENT,
    title=text(150),
    subtitle=text(150),
    body=text(200),
    actions=items(typed({"button": BUTTON}), 3),
)
_COMMON: dict[str, Check] = {
    "section": _block(
        None,
        _either("text", "fields"),
        text=text(3000),
        fields=items(text(2000), 10),
        accessory=typed(standing("accessory")),
        expand=boolean,
    ),
    "header": _block({"text": plain(150)}),
    "divider": _block(),
    "image": _block(
        {"alt_text": string(2000)},
        rule(
            lambda image: bool(image.get("image_url")) != bool(image.get("slack_file")),
            "must provide exactly one of `image_url` or `slack_file`",
        ),
        image_url=URL,
        slack_file=SLACK_FILE,
        title=plain(2000),
    ),
    "context": _block(
        {"elements": items(typed({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10)}
    ),
    "context_actions": _block({"elements": items(typed(standing("context_actions")), 5)}),
    "actions": _block({"elements": items(typed(standing("actions")), 25)}),
    "rich_text": RICH_TEXT_BLOCK,
    "markdown": _block({"text": string(12_000)}),
    "video": _block(
        {"alt_text": string(2000), "video_url": HTTPS, "thumbnail_url": URL, "title": plain(199)},
        title_url=HTTPS,
        description=plain(200),
        provider_icon_url=URL,
        provider_name=string(255),
        author_name=string(49),
    ),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "task_card": _TASK,
    "plan": _block({"title": string()}, tasks=items(typed({"task_card": _TASK}), 50, least=0)),
    "card": _CARD,
    "carousel": _block({"elements": items(typed({"card": _CARD}), 10)}),
    "alert": _block({"text": text(200)}, level=choice("default", "info", "warning", "error", "success")),
    "file": _block({"external_id": string(255), "source": choice("remote")}),
    "call": _block({"call_id": string(255)}, api_decoration_available=boolean, call=anything),
}


def _input(surface: str) -> Check:
    without = frozenset() if surface == MODAL else frozenset({"file_input"})
    return _block(
        {"label": plain(2000), "element": typed(standing("input", without=without))},
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    )


def _auth_provider(child: Check) -> Check:
    return _block(
        {"value": string(150), "name": plain(75), "is_connected": boolean},
        description=plain(150),
        icon_url=URL,
        auth_url=URL,
        disconnect_url=URL,
        connected_identity=plain(75),
        connected_context=plain(75),
        accessory=typed({"overflow": standing("accessory")["overflow"]}),
        fallback=items(child, least=0),
    )


def _container(child: Check) -> Check:
    return _block(
        {"child_blocks": items(child, 10)},
        _either("title", "rich_text_title"),
        rule(
            lambda block: not (block.get("is_collapsible") and block.get("has_header_divider")),
            "has_header_divider cannot be set when is_collapsible is true",
        ),
        rule(
            lambda block: not block.get("default_collapsed") or bool(block.get("is_collapsible")),
            "default_collapsed requires is_collapsible",
        ),
        title=plain(150),
        rich_text_title=RICH_TEXT,
        subtitle=text(150),
        width=choice("narrow", "standard", "wide", "full"),
        icon=_IMAGE_ELEMENT,
        is_collapsible=boolean,
        default_collapsed=boolean,
        has_header_divider=boolean,
    )


def _kinds(surface: str) -> dict[str, Check]:
    """Return the checks of every known block, those that hold other blocks included."""
    flat = {**_COMMON, "input": _input(surface)}
    child = _placed(flat, surface)
    return {**flat, "container": _container(child), "auth_provider": _auth_provider(child)}


def _placed(kinds: dict[str, Check], surface: str) -> Check:
    """Return a check of one block that may stand on this surface."""
    known = typed(kinds)

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind in kinds and surface not in SURFACES[kind]:
            allowed = sorted(name for name in kinds if surface in SURFACES[name])
            yield failed(f"{pointer}/type", f"unsupported type: {kind}", type="enum", expected=allowed)
        else:
            yield from known(value, pointer)

    return check


BLOCK: dict[str, Check] = {surface: _placed(_kinds(surface), surface) for surface in sorted(EVERYWHERE)}
