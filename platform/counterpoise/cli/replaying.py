"""`replay`: a pilot's history event by event, with what each event changed; or two positions side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.called import Called
from counterpoise.cli.door import SOMEONE, Who

Row = Mapping[str, Any]

WORTH_SAYING = 0.005
"""Numbers that moved by less are counted, not listed."""

MOST = 6
"""Changes of one event that are listed; --json has all of them."""

FIGURES = ("balance", "trust")
"""Fields that are listed when they move; their intervals and deviations move along."""


def replay(
    pilot: str,
    *,
    as_of: str = "",
    compare: int = 0,
    after: int = 0,
    limit: int = 0,
    door: Who = SOMEONE,
) -> None:
    """Replay a pilot event by event: what each one said, and what it changed.

    Parameters
    ----------
    pilot
        Its title, id, or the start of one.
    as_of
        Only what was recorded up to a position or a time.
    compare
        Instead: what is not the same at this position and at --as-of, or at the end.
    after
        Only events after this number.
    limit
        At most so many events; 0 for all.
    """
    if after < 0 or limit < 0 or compare < 0:
        raise Misused("--after, --limit and --compare are not below 0.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        name = called.id("pilot", pilot)
        if compare:
            last = questions.replays.position(reader, as_of=as_of).value
            found = questions.replays.compare(reader, pilot=name, first=compare, second=last)
            _compared(found.value, called, door, positions=(compare, last))
            return
        steps = questions.replays.steps(reader, pilot=name, as_of=as_of, after=after, limit=limit or None)
    if door.json:
        door.paper.document({"pilot": name, "title": called.name("pilot", name), "events": steps.value})
        return
    sheet = door.paper
    sheet.heading(called.name("pilot", name), f"{len(steps.value)} events")
    for event in steps.value:
        _told(event, called, sheet)
    sheet.aside("Each figure as it was on the day of its event, from what you may read.")


def _told(event: Row, called: Called, sheet: paper.Paper) -> None:
    """Print one event: when, what, by whom, in which words, and what it changed."""
    marks = [mark for mark in ("corrected", "withdrawn") if event[f"{mark}_at"]]
    sheet.heading(
        f"{event['number']:>3}  {paper.moment(event['recorded_at'])[:10]}  {event['topic']}",
        called.name("actor", event["actor"]) if event["actor"] else "",
        "around the pilot" if event["surroundings"] else "",
        *(f"{mark} at {event[f'{mark}_at']}" for mark in marks),
    )
    if not event["readable"]:
        sheet.aside("     not yours to read")
    for words in event["words"].values():
        sheet.say(f"     “{words}”")
    for line in _changed(event["changes"], called):
        sheet.put(line)


def _changed(changes: Sequence[Row], called: Called) -> Iterator[Text]:
    """Yield a line for each change worth saying, the largest first, and one that counts the rest."""
    said = [change for change in changes if _worth(change)]
    ranked = sorted(said, key=lambda change: -_moved(change))
    for change in ranked[:MOST]:
        yield _change(change, called)
    rest = len(changes) - len(ranked[:MOST])
    if rest:
        yield Text(f"     and {rest} smaller change{'s' if rest > 1 else ''}", style="dim")


def _worth(change: Row) -> bool:
    if change["view"] == "gate":
        return "shut" in (change["before_word"], change["after_word"]) and change["after_word"] is not None
    if change["before_word"] is not None or change["after_word"] is not None:
        begins = change["view"] == "pilot" and change["before_word"] is None
        return not begins and (change["before_word"] or "") != (change["after_word"] or "")
    return change["field"] in FIGURES and _moved(change) >= WORTH_SAYING


def _moved(change: Row) -> float:
    """Return how far a number moved; words, and numbers that were not there, come first."""
    if change["before"] is None or change["after"] is None:
        return 2.0
    return float(abs(change["after"] - change["before"]))


def _change(change: Row, called: Called) -> Text:
    before, after = _side(change, "before", called), _side(change, "after", called)
    line = Text(f"     {_subject(change, called)}  ", style="dim")
    line.append(f"{before} → ", style="not dim")
    worse = (
        change["after"] is not None and change["before"] is not None and change["after"] < change["before"]
    )
    line.append(after, style="not dim red" if worse else "not dim green")
    return line


def _subject(change: Row, called: Called) -> str:
    subject, other = called.anything(change["subject"]), called.anything(change["other"])
    match change["view"]:
        case "trust":
            return f"trust in {subject}" + (f", as {other} knows it" if other else "")
        case "balance":
            return (
                f"{change['field']} of {subject}"
                if change["field"] == "balance"
                else (f"{change['field']} in the balance of {subject}")
            )
        case "gate":
            named = " ".join(called.anything(part) for part in change["other"].split("/"))
            return f"gate {named}, step {subject}"
        case "step":
            return f"step {subject}"
        case view:
            return f"{view} {change['field']}"


def _side(change: Row, side: str, called: Called) -> str:
    word, number = change[f"{side}_word"], change[side]
    if number is not None:
        return f"{number:+.2f}" if change["view"] == "balance" else f"{number:.2f}"
    if not word:
        return "none"
    return paper.plain(", ".join(called.anything(part).replace("_", " ") for part in word.split(", ")))


def _compared(rows: Sequence[Row], called: Called, door: Who, *, positions: tuple[int, int]) -> None:
    first, second = positions
    if door.json:
        door.paper.document({"first": first, "second": second, "differences": rows})
        return
    listed = sorted((row for row in rows if _worth(row)), key=lambda row: (row["view"], -_moved(row)))
    cells = [
        [row["view"], _subject(row, called), _side(row, "before", called), _side(row, "after", called)]
        for row in listed
    ]
    door.paper.table(("view!", "of~", f"at {first}#", f"at {second}#"), cells)
