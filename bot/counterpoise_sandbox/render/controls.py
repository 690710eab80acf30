"""Block elements as controls of a plain HTML form: buttons, menus, choices, pickers and fields."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from counterpoise_sandbox.mrkdwn import SCHEMES
from counterpoise_sandbox.render.place import Named, Place
from counterpoise_sandbox.render.tags import Attribute, Json, joined, tag
from counterpoise_sandbox.render.texts import bare, flat, words

Element = Mapping[str, Json]
Drawn = Callable[[Element, Place], Markup]
_TALL = 6


def control(element: Element, place: Place) -> Markup:
    """Return an element as a control; one that is not known is named honestly."""
    drawn = _CONTROLS.get(str(element.get("type")))
    return drawn(element, place) if drawn else unknown(element)


def unknown(held: Mapping[str, Json]) -> Markup:
    """Return a placeholder for what this sandbox cannot draw, with its JSON."""
    kind = str(held.get("type", "nothing"))
    summary = tag("summary", "This sandbox cannot draw ", tag("code", kind), ": see its JSON")
    return tag(
        "details", summary, tag("pre", json.dumps(held, indent=2, ensure_ascii=False)), class_="unknown"
    )


def image(held: Element, place: Place, *, shape: str = "thumbnail") -> Markup:
    """Return a picture if it lies in the sandbox, else a frame that says what it would show and where it lies."""
    alternative = str(held.get("alt_text", ""))
    address = place.picture(held)
    if address:
        return tag("img", src=address, alt=alternative, class_=shape, loading="lazy")
    lies = str(held.get("image_url") or "the files of the workspace")
    told = tag(
        "span", tag("strong", alternative, dir="auto"), tag("small", " Picture not fetched from ", lies)
    )
    return tag("span", told, role="img", aria_label=alternative, class_=f"frame {shape}")


def _action(element: Element) -> str:
    return str(element.get("action_id", ""))


def _placeholder(element: Element, otherwise: str) -> str:
    return bare(element.get("placeholder")) or otherwise


def _named(element: Element, place: Place, otherwise: str) -> dict[str, Attribute]:
    """Return what ties a control to its words: its id, its label and what describes it."""
    told = None if place.label else _placeholder(element, otherwise)
    return {
        "id": place.id(_action(element)),
        "aria_label": told,
        "aria_describedby": place.described or None,
        "aria_invalid": "true" if place.block in place.errors else None,
        "required": place.required,
        "autofocus": bool(element.get("focus_on_load")),
    }


def _sent(element: Element, place: Place) -> tuple[str | None, Markup | None]:
    """Return the id of the button that sends a choice, and the button: shown where no script sends it."""
    if not place.pressed:
        return None, None
    key = place.id(_action(element), "send")
    button = tag(
        "button",
        "Choose",
        type="submit",
        name="press",
        value=place.press(_action(element)),
        id=key,
        class_="unscripted",
    )
    return key, button


def _pressing(
    element: Element, place: Place, value: str, label: Markup | str, **attributes: Attribute
) -> Markup:
    """Return a button that acts, behind a question if the element has one."""
    pressed = place.press(_action(element), value)
    told = str(element.get("accessibility_label") or "") or None
    confirm = element.get("confirm")
    if not confirm:
        return tag(
            "button",
            label,
            type="submit",
            name="press",
            value=pressed,
            formnovalidate=True,
            aria_label=told,
            **attributes,
        )
    key = place.id(_action(element), value, "confirm")
    opener = tag("button", label, type="button", popovertarget=key, aria_label=told, **attributes)
    return joined((opener, _question(confirm, key, pressed, place)))


def _question(confirm: Element, key: str, pressed: str, place: Place) -> Markup:
    style = "danger" if confirm.get("style") == "danger" else "primary"
    yes = tag(
        "button",
        bare(confirm.get("confirm")) or "Yes",
        type="submit",
        name="press",
        value=pressed,
        formnovalidate=True,
        class_=style,
    )
    no = tag(
        "button",
        bare(confirm.get("deny")) or "No",
        type="button",
        popovertarget=key,
        popovertargetaction="hide",
        autofocus=True,
    )
    heading = tag("strong", bare(confirm.get("title")), id=f"{key}-title", dir="auto")
    text = tag("p", words(confirm.get("text"), place.reader), dir="auto")
    buttons = tag("div", no, yes, class_="buttons")
    return tag(
        "div",
        heading,
        text,
        buttons,
        id=key,
        popover=True,
        role="dialog",
        aria_labelledby=f"{key}-title",
        class_="question",
    )


def button(element: Element, place: Place) -> Markup:
    """Return a button, or a link dressed as one when it leads somewhere."""
    seen_by = element.get("visible_to_user_ids")
    if seen_by and place.reader.me not in seen_by:
        return Markup()
    label = tag("span", words(element.get("text"), place.reader), dir="auto")
    style = str(element.get("style") or "") or None
    address = str(element.get("url") or "")
    key = place.id(_action(element), str(element.get("value") or ""))
    if not address.lower().startswith(SCHEMES):
        return _pressing(element, place, str(element.get("value") or ""), label, class_=style, id=key)
    sends = f"{key}-send"
    told = str(element.get("accessibility_label") or "") or None
    link = tag(
        "a",
        label,
        tag("span", " (opens in a new tab)", class_="hidden"),
        href=address,
        target="_blank",
        rel="noopener noreferrer",
        class_=f"button {style or ''}".strip(),
        aria_label=told and f"{told} (opens in a new tab)",
        data_press=sends,
        id=key,
    )
    pressed = place.press(_action(element), str(element.get("value") or ""))
    sender = tag("button", "Tell the app", type="submit", name="press", value=pressed, id=sends, hidden=True)
    return joined((link, sender))


def _workflow(element: Element, place: Place) -> Markup:
    address = str(((element.get("workflow") or {}).get("trigger") or {}).get("url", ""))
    told = str(element.get("accessibility_label") or "") or None
    label = tag("span", words(element.get("text"), place.reader), dir="auto")
    return tag("button", label, type="button", disabled=True, aria_label=told, title=f"Would start {address}")


def _feedback(element: Element, place: Place) -> Markup:
    def one(side: str) -> Markup:
        half = element.get(f"{side}_button") or {}
        joint = {**half, "action_id": _action(element)}
        label = tag(
            "span", "👍 " if side == "positive" else "👎 ", words(half.get("text"), place.reader), dir="auto"
        )
        return _pressing(joint, place, str(half.get("value", "")), label, class_="quiet")

    return tag(
        "span", one("positive"), one("negative"), role="group", aria_label="Feedback", class_="buttons"
    )


def _icon_button(element: Element, place: Place) -> Markup:
    seen_by = element.get("visible_to_user_ids")
    if seen_by and place.reader.me not in seen_by:
        return Markup()
    label = joined((tag("span", "🗑️ ", aria_hidden="true"), bare(element.get("text"))))
    return _pressing(element, place, str(element.get("value") or ""), label, class_="quiet")


def _overflow(element: Element, place: Place) -> Markup:
    key = place.id(_action(element), "menu")
    opener = tag(
        "button",
        tag("span", "⋯", aria_hidden="true"),
        tag("span", str(element.get("accessibility_label") or "More choices"), class_="hidden"),
        type="button",
        popovertarget=key,
        class_="quiet icon",
    )
    entries = joined(tag("li", _entry(element, option, place)) for option in element.get("options", ()))
    return joined((opener, tag("div", tag("ul", entries), id=key, popover=True, class_="menu")))


def _entry(element: Element, option: Element, place: Place) -> Markup:
    label = tag("span", bare(option.get("text")), dir="auto")
    return _pressing(
        {**element, "accessibility_label": None}, place, str(option.get("value", "")), label, class_="quiet"
    )


def _offers(element: Element) -> list[tuple[str, Sequence[Element]]]:
    """Return the options by the label of their group; those without a group come under ""."""
    groups = element.get("option_groups") or ()
    return [
        ("", element.get("options") or ()),
        *((bare(one.get("label")), one.get("options", ())) for one in groups),
    ]


def _picked(element: Element, place: Place) -> list[str]:
    """Return the values that stand chosen: what the person chose, else what the app began with."""
    chosen = place.chosen(_action(element))
    source = chosen if chosen is not None else element
    values: list[str] = []
    for name, held in source.items():
        if held and name.startswith(("selected_", "initial_")):
            several = held if isinstance(held, list | tuple) else [held]
            values += [str(one["value"] if isinstance(one, Mapping) else one) for one in several]
    return values


def _menu(element: Element, place: Place, offers: Sequence[tuple[str, Named]], otherwise: str) -> Markup:
    """Return a select; `offers` holds (label of the group, (value, words))."""
    picked = _picked(element, place)
    words_ = _placeholder(element, otherwise)
    key, sender = _sent(element, place)

    def options(named: Named) -> Markup:
        return joined(tag("option", text, value=value, selected=value in picked) for value, text in named)

    groups = joined(
        tag("optgroup", options(named), label=label) if label else options(named) for label, named in offers
    )
    empty = tag("option", words_, value="", selected=not picked)
    menu = tag(
        "select",
        empty,
        groups,
        name=place.name(_action(element)),
        data_press=key,
        **_named(element, place, otherwise),
    )
    return joined((menu, sender))


def _boxes(
    element: Element,
    place: Place,
    offers: Sequence[tuple[str, Named]],
    otherwise: str,
    kind: str = "checkbox",
) -> Markup:
    """Return choices one below the other: check boxes, or radio buttons."""
    picked = _picked(element, place)
    key, sender = _sent(element, place)
    described = {option["value"]: option.get("description") for _, one in _offers(element) for option in one}

    def box(value: str, text: str) -> Markup:
        chosen = tag(
            "input",
            type=kind,
            name=place.name(_action(element)),
            value=value,
            checked=value in picked,
            data_press=key,
        )
        more = described.get(value)
        below = tag("small", words(more, place.reader), dir="auto") if more else None
        option = next((one for _, group in _offers(element) for one in group if one["value"] == value), None)
        label = words(option["text"], place.reader) if option else tag("bdi", text)
        return tag("label", chosen, tag("span", tag("span", label, dir="auto"), below), class_="choice")

    groups = joined(
        joined((tag("strong", label) if label else None, joined(box(value, text) for value, text in named)))
        for label, named in offers
    )
    many = sum(len(named) for _, named in offers) > _TALL
    told = {
        "aria_label": None if place.label else _placeholder(element, otherwise),
        "aria_labelledby": place.label or None,
        "aria_describedby": place.described or None,
    }
    role = "radiogroup" if kind == "radio" else "group"
    marker = tag("input", type="hidden", name="asked", value=place.name(_action(element)))
    group = tag(
        "div",
        groups,
        role=role,
        class_="choices tall" if many else "choices",
        id=place.id(_action(element)),
        **told,
    )
    return joined((marker, group, sender))


def _static(element: Element, _place: Place) -> list[tuple[str, Named]]:
    return [
        (label, [(str(one["value"]), bare(one["text"])) for one in options])
        for label, options in _offers(element)
    ]


def _external(element: Element, place: Place) -> list[tuple[str, Named]]:
    found = list(place.found.get((place.block, _action(element)), ()))
    chosen = place.chosen(_action(element)) or {}
    for name in ("selected_option", "initial_option", "selected_options", "initial_options"):
        held = chosen.get(name) or element.get(name) or ()
        found += [held] if isinstance(held, Mapping) else held
    unique = {str(one["value"]): bare(one["text"]) for one in found}
    return [("", list(unique.items()))]


def _found(element: Element, place: Place, shown: Markup) -> Markup:
    """Return an external select: words to look for, and a menu of what was found."""
    least = int(element.get("min_query_length", 3))
    action = _action(element)
    hint = f"Search: {_placeholder(element, 'options')}"
    name = place.name(action).replace("v:", "q:", 1)
    query = tag("input", type="search", name=name, aria_label=hint, placeholder=hint, minlength=least or None)
    look = tag("button", "Search", type="submit", name="look", value=place.press(action), formnovalidate=True)
    return tag("span", query, look, shown, class_="lookup")


def _among(people: Callable[[Place], Named], otherwise: str, *, many: bool) -> Drawn:
    def drawn(element: Element, place: Place) -> Markup:
        offers = [("", people(place))]
        return _boxes(element, place, offers, otherwise) if many else _menu(element, place, offers, otherwise)

    return drawn


def _field(kind: str, otherwise: str, **fixed: Attribute) -> Drawn:
    def drawn(element: Element, place: Place) -> Markup:
        key, sender = _sent(element, place)
        on_enter = "on_enter_pressed" in (
            (element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ()
        )
        attributes: dict[str, Attribute] = {
            **fixed,
            "name": place.name(_action(element)),
            "placeholder": bare(element.get("placeholder")) or None,
            "minlength": element.get("min_length"),
            "maxlength": element.get("max_length") or (3000 if kind == "text" else None),
            "min": element.get("min_value"),
            "max": element.get("max_value"),
            "data_enter": key if on_enter else None,
            "data_press": key if kind in ("date", "time", "datetime-local") else None,
            "dir": "auto" if kind in ("text", "search") else None,
            **_named(element, place, otherwise),
        }
        if kind == "number":
            attributes["step"] = "any" if element.get("is_decimal_allowed") else "1"
        value = _written(element, place)
        if element.get("multiline") or fixed.get("rows"):
            rows = fixed.get("rows") or 4
            return joined((tag("textarea", "\n" + value, **{**attributes, "rows": rows}), sender))
        return joined((tag("input", type=kind, value=value, **attributes), sender))

    return drawn


def _written(element: Element, place: Place) -> str:
    """Return what stands in a field: what the person wrote, else what the app began with."""
    chosen = place.chosen(_action(element))
    if chosen is not None:
        names = ("value", "selected_date", "selected_time", "selected_date_time", "rich_text_value")
        held = next((chosen[name] for name in names if chosen.get(name) is not None), "")
    else:
        begun = ("initial_value", "initial_date", "initial_time", "initial_date_time")
        held = next((element[name] for name in begun if element.get(name) is not None), "")
    if isinstance(held, Mapping):
        return flat(held)
    if element.get("type") == "datetimepicker" and held:
        return datetime.fromtimestamp(int(held), place.reader.zone).strftime("%Y-%m-%dT%H:%M")
    return str(held)


def _file(element: Element, place: Place) -> Markup:
    several = int(element.get("max_files") or 10) > 1
    kinds = ",".join(f".{kind}" for kind in element.get("filetypes") or ()) or None
    told = _named(element, place, "Files")
    return tag(
        "input", type="file", name=place.name(_action(element)), multiple=several, accept=kinds, **told
    )


def _people(place: Place) -> Named:
    return place.people


def _conversations(place: Place) -> Named:
    return place.conversations


def _channels(place: Place) -> Named:
    return place.channels


_CONTROLS: dict[str, Drawn] = {
    "button": button,
    "image": image,
    "workflow_button": _workflow,
    "feedback_buttons": _feedback,
    "icon_button": _icon_button,
    "overflow": _overflow,
    "static_select": lambda element, place: _menu(element, place, _static(element, place), "Choose one"),
    "external_select": lambda element, place: _found(
        element, place, _menu(element, place, _external(element, place), "Choose one")
    ),
    "users_select": _among(_people, "Choose a person", many=False),
    "conversations_select": _among(_conversations, "Choose a conversation", many=False),
    "channels_select": _among(_channels, "Choose a channel", many=False),
    "multi_static_select": lambda element, place: _boxes(element, place, _static(element, place), "Choose"),
    "multi_external_select": lambda element, place: _found(
        element, place, _boxes(element, place, _external(element, place), "Choose")
    ),
    "multi_users_select": _among(_people, "Choose people", many=True),
    "multi_conversations_select": _among(_conversations, "Choose conversations", many=True),
    "multi_channels_select": _among(_channels, "Choose channels", many=True),
    "checkboxes": lambda element, place: _boxes(element, place, _static(element, place), "Choices"),
    "radio_buttons": lambda element, place: _boxes(
        element, place, _static(element, place), "Choice", "radio"
    ),
    "datepicker": _field("date", "Date"),
    "timepicker": _field("time", "Time"),
    "datetimepicker": _field("datetime-local", "Date and time"),
    "plain_text_input": _field("text", "Words"),
    "rich_text_input": _field("text", "Words", rows=5),
    "number_input": _field("number", "Number"),
    "email_text_input": _field("email", "E-mail"),
    "url_text_input": _field("url", "Address"),
    "file_input": _file,
}
GROUPS = frozenset(
    {"checkboxes", "radio_buttons"} | {kind for kind in _CONTROLS if kind.startswith("multi_")}
)
"""The elements that are several controls, labelled as a group."""
