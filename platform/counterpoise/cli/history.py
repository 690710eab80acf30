"""`log`, `mine`: the events themselves, each as far as its reader may see it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.called import Called
from counterpoise.cli.door import SOMEONE, Who

COLUMNS = ("number#", "recorded!", "event!", "by~", "where~", "what~")


def log(
    *,
    pilot: str = "",
    after: int = 0,
    limit: int = 40,
    as_of: str = "",
    words: Annotated[bool, Parameter(negative="")] = False,
    door: Who = SOMEONE,
) -> None:
    """Show the events you may see, in their order; those you may not read as bare outlines.

    Parameters
    ----------
    pilot
        Only events of this pilot.
    after
        Only events after this number.
    limit
        At most so many; 0 for all of them.
    as_of
        What was recorded up to a position or a time.
    words
        Each event with everything it says.
    """
    if after < 0 or limit < 0:
        raise Misused("--after and --limit are not below 0.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        chosen = called.id("pilot", pilot)
        listed = questions.ledger.events(
            reader, pilot=chosen, after=after, limit=limit or None, as_of=as_of
        ).value
    sheet = door.paper
    if door.json:
        sheet.document({"events": [_document(event, called) for event in listed]})
        return
    if words:
        for event in listed:
            _told(event, called, sheet)
        return
    sheet.table(COLUMNS, [_row(event, called) for event in listed])
    if limit and len(listed) == limit:
        sheet.aside(f"More may follow: --after {listed[-1]['number']}")


def mine(*, door: Who = SOMEONE) -> None:
    """Show every event you recorded, under whichever pseudonym: what is held about you."""
    if not door.member:
        raise Misused("Nobody is named: give --as HANDLE.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        listed = questions.ledger.mine(reader).value
    if door.json:
        door.paper.document({"events": [_document(event, called) for event in listed]})
        return
    door.paper.table(COLUMNS, [_row(event, called) for event in listed])


def _row(event: Mapping[str, Any], called: Called) -> list[object]:
    what = said(event, called) if event["readable"] else Text("not yours to read", style="dim")
    return [
        event["number"],
        paper.moment(event["recorded_at"])[:10],
        event["topic"],
        called.name("actor", event.get("actor", "")),
        called.name("pilot", event["pilot"]) or called.name("theatre", event["theatre"]),
        what,
    ]


def _told(event: Mapping[str, Any], called: Called, sheet: paper.Paper) -> None:
    """Print one event with everything it says."""
    sheet.heading(f"{event['number']}  {event['topic']}", event["event"], paper.moment(event["recorded_at"]))
    sheet.facts({name: called.anything(value) for name, value in _spoken(event)})


def said(event: Mapping[str, Any], called: Called) -> str:
    """Return what an event says, in one line: its fields that say something."""
    return "; ".join(f"{name} {called.anything(value)}" for name, value in _spoken(event))


def _spoken(event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in event.get("fields", {}).items():
        if value not in ("", [], None):
            yield name.replace("_", " "), value


def _document(event: Mapping[str, Any], called: Called) -> dict[str, Any]:
    """Return an event with the names of what it names, and its times in the ISO form as well."""
    names = {
        f"{kind}_name": called.name(kind, event[kind])
        for kind in ("actor", "pilot", "theatre")
        if event.get(kind)
    }
    times = {f"{name}_time": paper.iso(event[name]) for name in ("recorded_at", "occurred_at")}
    return {**event, **names, **times}
