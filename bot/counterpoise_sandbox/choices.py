"""What choosing and typing make of an element: the value it keeps and the action it sends."""

import copy
from typing import Any

from counterpoise_sandbox.inputs import VALUES
from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.workspace import Unknown, Wire, Workspace

PEOPLE = ("selected_user", "selected_users")
CONVERSATIONS = ("selected_conversation", "selected_conversations", "selected_channel", "selected_channels")


def options(element: Wire) -> list[Wire]:
    """Return the options an element offers, those of its groups too."""
    found = list(element.get("options", []))
    for group in element.get("option_groups", []):
        found += group.get("options", [])
    return found


def option(offered: list[Wire], wanted: object) -> Wire:
    """Return the option with a value or a visible text; raises Impossible."""
    for one in offered:
        if wanted in (one.get("value"), one["text"]["text"]) or wanted == one:
            return copy.deepcopy(one)
    raise Impossible(f"There is no option {wanted!r}.")


def kept(workspace: Workspace, element: Wire, value: object, offered: list[Wire]) -> Wire:
    """Return what an element keeps once somebody chose `value`: a text, an id or name, or a list of these."""
    name = VALUES.get(element["type"])
    if name is None:
        raise Impossible(f"Nothing can be entered into a {element['type']}.")
    entered: Wire = {"type": element["type"], name: _value(workspace, name, value, offered)}
    if element["type"] == "timepicker" and "timezone" in element:
        entered["timezone"] = element["timezone"]
    return entered


def _value(workspace: Workspace, name: str, value: object, offered: list[Wire]) -> Any:  # noqa: ANN401 - any JSON
    if value is None:
        return None
    if name == "selected_option":
        return option(offered, value)
    if name == "selected_options":
        return [option(offered, one) for one in _several(value)]
    if name in PEOPLE:
        ids = [_found(workspace, one, people=True) for one in _several(value)]
        return ids if name == "selected_users" else ids[0]
    if name in CONVERSATIONS:
        ids = [_found(workspace, one, people=False) for one in _several(value)]
        return ids if name.endswith("s") else ids[0]
    if name == "rich_text_value" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    if name == "selected_date_time":
        return int(str(value))
    return copy.deepcopy(value) if isinstance(value, list | dict) else str(value)


def action(block: Wire, element: Wire, entered: Wire, *, at: str) -> Wire:
    """Return the action an element sends: who it is, what it now holds, and what it held at first."""
    sent: Wire = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        **{key: value for key, value in entered.items() if key != "type"},
        "action_ts": at,
    }
    if element["type"] in ("button", "workflow_button"):
        sent["text"] = element["text"]
    for name in ("value", "style", "placeholder", "confirm"):
        if (
            name in element
            and name not in sent
            and (name != "value" or element["type"] in ("button", "icon_button"))
        ):
            sent[name] = element[name]
    sent |= {name: value for name, value in element.items() if name.startswith("initial_")}
    return sent


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _found(workspace: Workspace, named: object, *, people: bool) -> str:
    try:
        return workspace.person(str(named)).id if people else workspace.channel(str(named)).id
    except Unknown as unknown:
        raise Impossible(str(unknown)) from None
