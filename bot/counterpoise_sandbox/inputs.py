"""What people have entered: the state of inputs, and what a client checks before it submits."""

import copy
from collections.abc import Iterator

from counterpoise_sandbox.workspace import Wire

VALUES = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "checkboxes": "selected_options",
    "radio_buttons": "selected_option",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
"""Every element that keeps a value, and the name of that value in a view's state."""

INITIAL = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}

NESTS = ("accessory", "element", "elements", "actions", "blocks", "child_blocks", "children", "cards", "rows")
"""Where blocks keep elements and other blocks."""

REQUIRED = "Please complete this required field."


def elements(blocks: list[Wire]) -> Iterator[tuple[Wire, Wire]]:
    """Yield every interactive element with the block it is in."""
    for block in blocks:
        for element in _inside(block):
            if "action_id" in element:
                yield block, element


def find(blocks: list[Wire], action_id: str, block_id: str = "", value: str = "") -> tuple[Wire, Wire] | None:
    """Return an element and its block by action_id and, where they are said, block_id and a button's value."""
    found = [
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == action_id and block_id in ("", block["block_id"])
    ]
    if value:
        found = [(block, element) for block, element in found if value in _values(element)]
    return next(iter(found), None)


def _values(element: Wire) -> list[object]:
    """Return what a button can be told apart by, its value and text; those of both in a pair for feedback."""
    buttons = [element[one] for one in ("positive_button", "negative_button") if one in element] or [element]
    return [said for one in buttons for said in (one.get("value"), (one.get("text") or {}).get("text"))]


def initial(blocks: list[Wire]) -> Wire:
    """Return the state of freshly shown inputs: block_id, then action_id, then type and value."""
    state: Wire = {}
    for block, element in elements(blocks):
        name = VALUES.get(element["type"])
        if name is not None:
            given = copy.deepcopy(element.get(INITIAL.get(name, ""), [] if _several(name) else None))
            state.setdefault(block["block_id"], {})[element["action_id"]] = {
                "type": element["type"],
                name: given,
            }
            if element["type"] == "timepicker" and "timezone" in element:
                state[block["block_id"]][element["action_id"]]["timezone"] = element["timezone"]
    return state


def carried(blocks: list[Wire], before: Wire) -> Wire:
    """Return the state of updated blocks: what was entered stays where its ids and type stay."""
    state = initial(blocks)
    for block_id, actions in state.items():
        for action_id, fresh in actions.items():
            old = before.get(block_id, {}).get(action_id)
            if old is not None and old["type"] == fresh["type"]:
                actions[action_id] = old
    return state


def missing(blocks: list[Wire], state: Wire) -> dict[str, str]:
    """Return what a client itself complains of before it submits, by block_id."""
    complaints = {}
    for block, element in elements(blocks):
        name = VALUES.get(element["type"])
        if block["type"] != "input" or name is None:
            continue
        value = state.get(block["block_id"], {}).get(element["action_id"], {}).get(name)
        complaint = _complaint(block, element, value)
        if complaint:
            complaints[block["block_id"]] = complaint
    return complaints


def _complaint(block: Wire, element: Wire, value: object) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    text = value if isinstance(value, str) else ""
    if element["type"] == "plain_text_input" and len(text) < int(element.get("min_length", 0)):
        return f"This entry must be at least {element['min_length']} characters long."
    if element["type"] == "plain_text_input" and len(text) > int(element.get("max_length", 3000)):
        return f"This entry must be at most {element.get('max_length', 3000)} characters long."
    if element["type"] == "number_input":
        return _number(element, text)
    if element["type"] == "email_text_input" and "@" not in text:
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in text:
        return "Please enter a valid URL."
    return ""


def _number(element: Wire, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "Please enter a valid number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""


def _several(name: str) -> bool:
    return name in (
        "selected_options",
        "selected_users",
        "selected_conversations",
        "selected_channels",
        "files",
    )


def _inside(node: object) -> Iterator[Wire]:
    if isinstance(node, list):
        for each in node:
            yield from _inside(each)
    elif isinstance(node, dict):
        if "action_id" in node and "type" in node:
            yield node
            return
        for key in NESTS:
            yield from _inside(node.get(key))
