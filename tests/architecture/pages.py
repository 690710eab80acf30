"""Pages of docs/ that are written from the code, so that they cannot drift: run as a module to write them."""

import dataclasses
import inspect
import sys
import typing
from pathlib import Path

from counterpoise import frame
from counterpoise.domain.events import Event, Sealed
from counterpoise.domain.vocabulary import EVENTS, ROOMS

DOCS = Path(__file__).parents[2] / "docs"

OPENING = """# Events

Every fact Counterpoise keeps, by the stream it stands in. Written from the vocabulary by
`.venv/bin/python -m tests.architecture.pages`; a test holds the two equal.

A topic is stored with each event and never changes. Every event carries an envelope: {envelope}; the log adds its
position, its version in the stream, a salt and the receipt of the command. *Sealed* fields are encrypted wherever
they rest; all others can be read by the views.
"""


def events_page() -> str:
    """Return docs/events.md as the vocabulary gives it."""
    envelope = ", ".join(f"`{name}`" for name in frame.ENVELOPE)
    parts = [OPENING.format(envelope=envelope)]
    for room in ROOMS:
        found = [event for event in EVENTS if event.__module__ == room.__name__]
        if found:
            parts.append(f"## {_sentence(room.__doc__)}\n")
            parts.append("| topic | schema | fields | what it says |\n|---|---|---|---|")
            parts.extend(_row(event) for event in found)
            parts.append("")
    return "\n".join(parts)


def _row(event: type[Event]) -> str:
    fields = ", ".join(_field(event, field) for field in frame.own_fields(event)) or "none"
    return f"| `{event.TOPIC}` | {event.SCHEMA} | {fields} | {_sentence(event.__doc__)} |"


def _field(event: type[Event], field: dataclasses.Field[object]) -> str:
    sealed = typing.get_type_hints(event)[field.name] is Sealed
    return f"{field.name} *(sealed)*" if sealed else field.name


def _sentence(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


if __name__ == "__main__":
    DOCS.joinpath("events.md").write_text(events_page(), encoding="utf-8")
    sys.stdout.write("docs/events.md is written\n")
