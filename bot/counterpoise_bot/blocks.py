"""Block Kit, built: one pure function a block or element, the words already in the reader's language.

What people wrote goes into `quote` and `plain`, which Slack does not interpret. Where their words or names stand in
`mrkdwn`, they come through `safe`. Limits are checked where things are sent, see `limits`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpoise_bot.message import Block

Element = Mapping[str, Any]
BROADCAST = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
JOINER = "\u2060"
"""A word joiner: after it `@channel` calls nobody."""


def safe(text: str) -> str:
    """Return somebody's words as mrkdwn that shows them and does nothing: no link, no mention."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return BROADCAST.sub(f"@{JOINER}", escaped)


def plain(text: str) -> Element:
    """Return a text that Slack does not interpret."""
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str, *, beside: Element | None = None, block: str = "") -> Block:
    """Return a paragraph of mrkdwn, with a button or picture beside it."""
    return _named({"type": "section", "text": {"type": "mrkdwn", "text": text}}, block, accessory=beside)


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Return names and values side by side, ten pairs at most; both are mrkdwn."""
    shown = [{"type": "mrkdwn", "text": f"*{name}*\n{value}"} for name, value in pairs]
    return {"type": "section", "fields": shown}


def quote(text: str) -> Block:
    """Return somebody's words as a quotation, exactly as they wrote them."""
    words = [{"type": "text", "text": text or " "}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": words}]}


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(text)}


def context(*texts: str) -> Block:
    """Return small print in mrkdwn, ten parts at most."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in texts]}


def divider() -> Block:
    """Return a line."""
    return {"type": "divider"}


def actions(*elements: Element, block: str = "") -> Block:
    """Return a row of buttons and selects."""
    return _named({"type": "actions", "elements": list(elements)}, block)


def button(
    text: str,
    action: str,
    value: str = "",
    *,
    style: str = "",
    url: str = "",
    says: str = "",
    sure: Element | None = None,
) -> Element:
    """Return a button: verb and object. `says` is read aloud where `text` repeats, `sure` asks before it acts."""
    made = {"type": "button", "text": plain(text), "action_id": action}
    given = {"value": value, "style": style, "url": url, "accessibility_label": says, "confirm": sure}
    return {**made, **{name: each for name, each in given.items() if each}}


def sure(title: str, text: str, *, yes: str, no: str) -> Element:
    """Return a question that is asked before a button acts."""
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no)}


def option(text: str, value: str, *, description: str = "") -> Element:
    """Return one choice."""
    made = {"text": plain(text), "value": value}
    return {**made, "description": plain(description)} if description else made


def select(
    action: str, options: Sequence[Element], *, placeholder: str, chosen: str = "", says: str = ""
) -> Element:
    """Return a menu of 1 to 100 choices; the placeholder describes the field, since screen readers read it."""
    picked = next((each for each in options if each["value"] == chosen), None)
    made = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder),
        "options": list(options),
    }
    given = {"initial_option": picked, "accessibility_label": says}
    return {**made, **{name: each for name, each in given.items() if each}}


def radios(action: str, options: Sequence[Element], *, chosen: str = "") -> Element:
    """Return up to ten choices of which one is taken."""
    picked = next((each for each in options if each["value"] == chosen), None)
    made = {"type": "radio_buttons", "action_id": action, "options": list(options)}
    return {**made, "initial_option": picked} if picked else made


def checks(action: str, options: Sequence[Element], *, chosen: Iterable[str] = ()) -> Element:
    """Return up to ten boxes to tick."""
    ticked = [each for each in options if each["value"] in set(chosen)]
    made = {"type": "checkboxes", "action_id": action, "options": list(options)}
    return {**made, "initial_options": ticked} if ticked else made


def text_input(
    action: str, *, placeholder: str = "", initial: str = "", lines: bool = True, most: int = 3000
) -> Element:
    """Return a field for words."""
    made = {"type": "plain_text_input", "action_id": action, "multiline": lines, "max_length": most}
    given = {"initial_value": initial, "placeholder": plain(placeholder) if placeholder else None}
    return {**made, **{name: each for name, each in given.items() if each}}


def date_input(action: str, *, placeholder: str, initial: str = "") -> Element:
    """Return a field for a day, YYYY-MM-DD."""
    made = {"type": "datepicker", "action_id": action, "placeholder": plain(placeholder)}
    return {**made, "initial_date": initial} if initial else made


def field(
    label: str, element: Element, *, block: str, hint: str = "", optional: bool = False, at_once: bool = False
) -> Block:
    """Return a labelled field of a form; `at_once` sends a choice as soon as it is made."""
    made = {
        "type": "input",
        "label": plain(label),
        "element": element,
        "optional": optional,
        "dispatch_action": at_once,
    }
    return _named(made, block, hint=plain(hint) if hint else None)


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback: str,
    meta: str = "",
    submit: str = "",
    close: str = "",
    told_when_closed: bool = False,
) -> Mapping[str, Any]:
    """Return a dialog; `meta` comes back with it and holds neither words nor names."""
    made = {
        "type": "modal",
        "title": plain(title),
        "blocks": list(blocks),
        "callback_id": callback,
        "private_metadata": meta,
        "notify_on_close": told_when_closed,
    }
    given = {
        "submit": plain(submit) if submit else None,
        "close": plain(close) if close else None,
    }
    return {**made, **{name: each for name, each in given.items() if each}}


def home(blocks: Sequence[Block], *, meta: str = "") -> Mapping[str, Any]:
    """Return what a person's Home shows."""
    return {"type": "home", "blocks": list(blocks), "private_metadata": meta}


def _named(made: dict[str, Any], block: str, **parts: object) -> Block:
    given = {"block_id": block, **parts}
    return {**made, **{name: each for name, each in given.items() if each}}
