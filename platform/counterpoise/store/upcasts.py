"""Old shapes of events, and how each is brought up to the next; one table for every way of reading."""

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
Upcasts = Mapping[tuple[str, int], Callable[[Body], Body]]
"""(topic, schema) -> the function from a body of that schema to a body of the next."""

UPCASTS: Upcasts = {}
"""Every step there is. No event has a second schema yet; the first that has one adds its step here."""


class NoWayUp(ValueError):  # noqa: N818  it says what is missing
    """A body's schema cannot be brought up to the current one."""


def brought_up(body: Body, *, topic: str, schema: int, upcasts: Upcasts) -> Body:
    """Return `body` in `schema`, step by step; its own entry "schema" says where it starts.

    NoWayUp if it is of a newer schema, of none, or a step is missing.
    """
    start = body.get("schema")
    if not isinstance(start, int) or not 1 <= start <= schema:
        raise NoWayUp(f"schema {start!r} of {topic} is not among 1 to {schema}, which this version reads")
    for step in range(start, schema):
        if (topic, step) not in upcasts:
            raise NoWayUp(f"nothing brings {topic} from schema {step} to {step + 1}")
        body = {**upcasts[topic, step](body), "schema": step + 1}
    return body
