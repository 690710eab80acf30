"""HTML elements as values: everything put into one is escaped unless it is markup already."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from markupsafe import Markup, escape

Inside: TypeAlias = Markup | str | None
Attribute: TypeAlias = str | int | float | bool | None
Json: TypeAlias = Any
_VOID = frozenset({"input", "img", "br", "hr"})


def tag(name: str, /, *inside: Inside, **attributes: Attribute) -> Markup:
    """Return an element; `aria_label` is written aria-label and `class_` class; None and False are left out."""
    written = "".join(
        _attribute(key, value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    start = f"<{name}{written}>"
    return Markup(start if name in _VOID else f"{start}{joined(inside)}</{name}>")  # noqa: S704 (every part is escaped)


def joined(parts: Iterable[Inside]) -> Markup:
    """Return the parts one after the other; those that are not markup are escaped."""
    return Markup().join(part for part in parts if part is not None)


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-") if key != "viewBox" else key
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
