"""Block elements: what a person can press, choose or fill in, and the places each may stand."""

from collections.abc import Mapping
from typing import Any

from counterpoise_sandbox.checks.composition import (
    CHOICE_OPTION,
    CONFIRM,
    DISPATCH,
    FILTER,
    IDENTIFIER,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SLACK_FILE,
    TYPE,
    URL,
    WORKFLOW,
    plain,
)
from counterpoise_sandbox.checks.rich_text import RICH_TEXT
from counterpoise_sandbox.checks.shapes import (
    Check,
    boolean,
    both,
    choice,
    integer,
    items,
    record,
    rule,
    string,
)

PEOPLE = items(string(255), 10)
_ACTION = {"action_id": IDENTIFIER}
_ASKED = {**_ACTION, "confirm": CONFIRM}
_FIELD = {**_ASKED, "focus_on_load": boolean}
_HINTED = {**_FIELD, "placeholder": plain(150)}
_TYPED = {"placeholder": plain(150), **_ACTION, "dispatch_action_config": DISPATCH, "focus_on_load": boolean}
_MANY = {"max_selected_items": integer(1)}
_STYLE = choice("primary", "danger")


def _element(required: Mapping[str, Check] | None = None, /, *rules: Check, **optional: Check) -> Check:
    """Return a check of an element with these fields besides its type."""
    return both(record({"type": TYPE, **(required or {})}, optional), *rules)


def _offered(element: Mapping[str, Any]) -> list[Any]:
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def _chosen(element: Mapping[str, Any]) -> list[Any]:
    one = element.get("initial_option")
    return [*([one] if one else []), *(element.get("initial_options") or [])]


def _values(options: list[Any]) -> list[Any]:
    return [option["value"] for option in options]


_ONE_LIST = rule(
    lambda element: bool(element.get("options")) != bool(element.get("option_groups")),
    "must provide exactly one of `options` or `option_groups`",
)
_AMONG = rule(
    lambda element: set(_values(_chosen(element))) <= set(_values(_offered(element))),
    "initial option must be one of the options",
)
_DIFFERENT = rule(
    lambda element: len(set(_values(_offered(element)))) == len(_offered(element)),
    "option values must be unique",
)
IMAGE = _element(
    {"alt_text": string(2000)},
    rule(
        lambda image: bool(image.get("image_url")) != bool(image.get("slack_file")),
        "must provide exactly one of `image_url` or `slack_file`",
    ),
    image_url=URL,
    slack_file=SLACK_FILE,
)
BUTTON = _element(
    {"text": plain(75)},
    **_ASKED,
    url=URL,
    value=string(2000, least=0),
    style=_STYLE,
    accessibility_label=string(75),
    visible_to_user_ids=PEOPLE,
    agent_prompt=string(4000),
    agent_prompt_display=string(75),
)
_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_STATIC = {
    "options": items(SELECT_OPTION, 100),
    "option_groups": items(OPTION_GROUP, 100),
}
_CHOICES = {"options": items(CHOICE_OPTION, 10)}
_INITIAL = items(SELECT_OPTION, 100)
_NUMERAL = string(255, form=r"-?\d+(\.\d+)?")
_IDS = items(string(255))

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "image": IMAGE,
    "workflow_button": _element(
        {"text": plain(75), "workflow": WORKFLOW, "action_id": IDENTIFIER},
        style=_STYLE,
        accessibility_label=string(75),
    ),
    "overflow": _element({"options": items(OVERFLOW_OPTION, 5)}, _DIFFERENT, **_ASKED),
    "checkboxes": _element(_CHOICES, _AMONG, _DIFFERENT, **_FIELD, initial_options=items(CHOICE_OPTION, 10)),
    "radio_buttons": _element(_CHOICES, _AMONG, _DIFFERENT, **_FIELD, initial_option=CHOICE_OPTION),
    "datepicker": _element(**_HINTED, initial_date=string(10, form=r"\d{4}-[01]\d-[0-3]\d")),
    "timepicker": _element(**_HINTED, initial_time=string(5, form=r"[0-2]\d:[0-5]\d"), timezone=string(255)),
    "datetimepicker": _element(**_FIELD, initial_date_time=integer(1_000_000_000, 9_999_999_999)),
    "static_select": _element(
        None, _ONE_LIST, _AMONG, _DIFFERENT, **_HINTED, **_STATIC, initial_option=SELECT_OPTION
    ),
    "multi_static_select": _element(
        None, _ONE_LIST, _AMONG, _DIFFERENT, **_HINTED, **_STATIC, **_MANY, initial_options=_INITIAL
    ),
    "external_select": _element(**_HINTED, initial_option=SELECT_OPTION, min_query_length=integer(0)),
    "multi_external_select": _element(
        **_HINTED, **_MANY, initial_options=_INITIAL, min_query_length=integer(0)
    ),
    "users_select": _element(**_HINTED, initial_user=string(255)),
    "multi_users_select": _element(**_HINTED, **_MANY, initial_users=_IDS),
    "conversations_select": _element(
        **_HINTED,
        initial_conversation=string(255),
        default_to_current_conversation=boolean,
        response_url_enabled=boolean,
        filter=FILTER,
    ),
    "multi_conversations_select": _element(
        **_HINTED, **_MANY, initial_conversations=_IDS, default_to_current_conversation=boolean, filter=FILTER
    ),
    "channels_select": _element(**_HINTED, initial_channel=string(255), response_url_enabled=boolean),
    "multi_channels_select": _element(**_HINTED, **_MANY, initial_channels=_IDS),
    "plain_text_input": _element(
        None,
        rule(
            lambda field: (field.get("min_length") or 0) <= (field.get("max_length") or 3000),
            "min_length must not be greater than max_length",
        ),
        **_TYPED,
        initial_value=string(3000, least=0),
        multiline=boolean,
        min_length=integer(0, 3000),
        max_length=integer(1, 3000),
    ),
    "rich_text_input": _element(
        **_TYPED, initial_value=RICH_TEXT, min_lines=integer(1, 100), max_lines=integer(1, 100)
    ),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        **_TYPED,
        initial_value=_NUMERAL,
        min_value=_NUMERAL,
        max_value=_NUMERAL,
    ),
    "email_text_input": _element(**_TYPED, initial_value=string(3000)),
    "url_text_input": _element(**_TYPED, initial_value=URL),
    "file_input": _element(**_ACTION, filetypes=items(string(255)), max_files=integer(1, 10)),
    "feedback_buttons": _element({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, **_ACTION),
    "icon_button": _element(
        {"icon": choice("trash"), "text": plain(75)},
        **_ASKED,
        value=string(2000, least=0),
        accessibility_label=string(75),
        visible_to_user_ids=PEOPLE,
    ),
}
SELECTS = frozenset(
    {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = SELECTS | {f"multi_{kind}" for kind in SELECTS} | {"checkboxes", "radio_buttons"}
FIELDS = frozenset(
    {"plain_text_input", "rich_text_input", "number_input", "email_text_input", "url_text_input"}
)
PLACES: dict[str, frozenset[str]] = {
    "accessory": CHOICES | {"button", "workflow_button", "overflow", "image", "datepicker", "timepicker"},
    "actions": CHOICES | PICKERS | {"button", "workflow_button", "overflow", "rich_text_input"},
    "input": CHOICES | PICKERS | FIELDS | {"file_input"},
    "context_actions": frozenset({"feedback_buttons", "icon_button"}),
}


def standing(place: str, *, without: frozenset[str] = frozenset()) -> dict[str, Check]:
    """Return the elements that may stand in a place of `PLACES`."""
    return {kind: ELEMENTS[kind] for kind in PLACES[place] - without}
