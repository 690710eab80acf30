"""Long answers in pages, with a cursor for the next."""

import base64
import binascii

from counterpoise_sandbox.methods.call import Call, Refused
from counterpoise_sandbox.workspace import Wire

MOST = 1000


def page(call: Call, name: str, everything: list[Wire] | list[str], *, otherwise: int = 100) -> Wire:
    """Return one page under a name, and the cursor of the next; `otherwise` is how many where none are asked."""
    limit = call.number("limit") or otherwise
    if limit < 0:
        raise Refused("invalid_limit")
    start = _start(call.text("cursor"))
    end = start + min(limit, MOST)
    more = end < len(everything)
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if more else ""
    return {name: everything[start:end], "response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor.encode(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_cursor") from None
    if word != "next" or not number.isdigit():
        raise Refused("invalid_cursor")
    return int(number)
