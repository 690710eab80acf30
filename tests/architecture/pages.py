"""Pages of docs/ that are written from the code, so that they cannot drift: run as a module to write them."""

import dataclasses
import inspect
import sys
import typing
from pathlib import Path

from counterpoise import frame
from counterpoise.cli import record
from counterpoise.cli.commands import COMMANDS
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


COMMANDS_OPENING = """# Commands

What can be typed. Written from the commands by `.venv/bin/python -m tests.architecture.pages`; a test holds the two
equal. Each has `--help`.

`--store sqlite:///PATH` (four slashes from the root) or `postgresql://USER@HOST/DATABASE` says where the log is, or
`COUNTERPOISE_STORE`. `--as MEMBER` says who asks or acts, a handle or an id, or `COUNTERPOISE_MEMBER`; without one only
what is CLEAR is seen. `--json` answers with one document, ids and names in it. Organisations, theatres, pilots, steps
and people are named as people name them: a part of a name that belongs to one alone, an id, or the start of one.

| it ends with | when |
|---|---|
| 0 | it is done |
| 1 | a rule refused it, or a check failed |
| 2 | it was not understood |
| 3 | the store or its keys cannot be used |
| 130 | it was stopped |

A refusal says what happened, the rule's name, whose it is to change, and what would satisfy it; under `--json` as a
document on the standard error.
"""


def commands_page() -> str:
    """Return docs/commands.md as the commands give it."""
    parts = [COMMANDS_OPENING]
    groups = {group.name: group for _, group, _, _ in COMMANDS}
    for name in sorted(groups, key=lambda each: str(groups[each].sort_key)):
        parts.append(f"## {name}\n\n| command | what it does |\n|---|---|")
        parts.extend(f"| `{word}` | {does} |" for word, group, _, does in COMMANDS if group.name == name)
        parts.append("")
    parts.append("## Every verb of `record`\n\n| command | what it records |\n|---|---|")
    parts.extend(
        f"| `record {noun} {verb}` | {_sentence(method.__doc__)} |"
        for noun, verb, _, method in record.verbs()
    )
    return "\n".join([*parts, ""])


def _row(event: type[Event]) -> str:
    fields = ", ".join(_field(event, field) for field in frame.own_fields(event)) or "none"
    return f"| `{event.TOPIC}` | {event.SCHEMA} | {fields} | {_sentence(event.__doc__)} |"


def _field(event: type[Event], field: dataclasses.Field[object]) -> str:
    sealed = typing.get_type_hints(event)[field.name] is Sealed
    return f"{field.name} *(sealed)*" if sealed else field.name


def _sentence(text: str | None) -> str:
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


if __name__ == "__main__":
    for page, written in (("events.md", events_page()), ("commands.md", commands_page())):
        DOCS.joinpath(page).write_text(written, encoding="utf-8")
        sys.stdout.write(f"docs/{page} is written\n")
