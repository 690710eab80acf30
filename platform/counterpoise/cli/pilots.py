"""`pilot`, `concerns`, `lessons`: what there is on a pilot, what it lacks, what worries, what was learnt."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.text import Text

from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.called import Called
from counterpoise.cli.door import SOMEONE, Who

Row = Mapping[str, Any]
Flag = Annotated[bool, Parameter(negative="")]

app = App(name="pilot")


@app.command(name="list")
def listed(*, as_of: str = "", door: Who = SOMEONE) -> None:
    """List the pilots you are on.

    Parameters
    ----------
    as_of
        What was recorded up to a position or a time.
    """
    with door.questions() as (questions, reader):
        found = questions.pilots.all(reader, as_of=as_of)
    if door.json:
        door.paper.document({"pilots": found.value, "basis": found.basis})
        return
    columns = ("pilot~", "theatre~", "format~", "stage!", "level!", "visibility!", "joined~")
    door.paper.table(columns, [_pilot(row) for row in found.value])


def _pilot(row: Row) -> list[object]:
    return [
        row["title"],
        row["theatre_name"],
        row["format"].replace("_", " "),
        "closed" if row["closed"] else row["stage"],
        row["level"] or "-",
        row["visibility"],
        ", ".join(row["joined_names"]),
    ]


@app.command
def show(pilot: str, *, as_of: str = "", door: Who = SOMEONE) -> None:
    """Show a pilot: where it stands, its steps, and every gate with what is missing and by whom.

    Parameters
    ----------
    pilot
        Its title, id, or the start of one.
    as_of
        What was recorded up to a position or a time.
    """
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        name = called.id("pilot", pilot)
        known = {each["pilot"]: each for each in questions.pilots.all(reader, as_of=as_of).value}
        if name not in known:
            raise Misused(f"There is no pilot {pilot!r} there and then.")
        row = known[name]
        steps = questions.pilots.steps(reader, pilot=name, as_of=as_of).value
        gates = questions.pilots.readiness(reader, pilot=name, as_of=as_of)
        charter = questions.pilots.charter(reader, pilot=name, as_of=as_of).value
        advice = questions.advice(reader, pilot=name, as_of=as_of).value
    if door.json:
        door.paper.document(
            {"pilot": row, "steps": steps, "gates": gates.value, "charter": charter, "advice": advice}
        )
        return
    sheet = door.paper
    sheet.heading(row["title"], row["theatre_name"])
    sheet.facts(_facts(row, charter, advice, called))
    sheet.blank()
    sheet.table(("step~", "kind~", "status!", "achieved#", "touches~"), [_step(each) for each in steps])
    missing = [gate for gate in gates.value if not gate["open"]]
    sheet.blank()
    sheet.heading("What is missing" if missing else "Every gate is open")
    if missing:
        sheet.table(
            ("step~", "gate~", "whose~", "what would satisfy it~"), [_gate(each, called) for each in missing]
        )


def _facts(row: Row, charter: Row, advice: Sequence[Row], called: Called) -> dict[str, object]:
    advised = advice[0] if advice else None
    return {
        "format": row["format"].replace("_", " ") + (" (fictional)" if row["fictional"] else ""),
        "stage": "closed" if row["closed"] else row["stage"],
        "visibility": row["visibility"],
        "joined": ", ".join(row["joined_names"]) or "nobody",
        "unanswered": ", ".join(called.name("actor", actor) for actor in row["unanswered"]) or "none",
        "level chosen": row["level"] or "none yet",
        "level advised": f"{advised['level']}, set by {called.name('actor', advised['actor'])}"
        f" ({advised['factor'].replace('_', ' ')})" if advised else "none yet",
        "charter": f"edition {charter['edition']}: {charter['data_ownership']}" if charter["edition"] else "none",
    }  # fmt: skip


def _step(row: Row) -> list[object]:
    touches = [f"{each['touch']} {each['of']}".strip().replace("_", " ") for each in row["touches"]]
    return [
        row["title"],
        row["kind"].replace("_", " "),
        row["status"],
        paper.share(row["achieved"]),
        ", ".join(touches) or "nothing",
    ]


def _gate(row: Row, called: Called) -> list[object]:
    rule, _, rest = row["rule"].partition("/")
    named = ", ".join(called.anything(part) for part in rest.split("/") if part)
    return [row["step_title"], f"{rule} {named}".strip(), row["owner_name"], row["remedy"]]


def concerns(pilot: str = "", *, as_of: str = "", at: str = "", door: Who = SOMEONE) -> None:
    """Show concerns, and what became of them.

    Parameters
    ----------
    pilot
        Only of this pilot.
    as_of
        What was recorded up to a position or a time.
    at
        The day until which an open one has been open.
    """
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        found = questions.pilots.concerns(reader, pilot=called.id("pilot", pilot), as_of=as_of, at=at)
    if door.json:
        door.paper.document({"concerns": found.value, "basis": found.basis})
        return
    columns = ("raised!", "by~", "about~", "kind~", "severity!", "status!", "days#", "words~")
    door.paper.table(columns, [_concern(row, called) for row in found.value])
    door.paper.aside(found.basis)


def _concern(row: Row, called: Called) -> list[object]:
    marks = {"resolved": "green", "raised": "red"}
    return [
        paper.moment(row["raised_at"])[:10],
        called.name("actor", row["owner"]) if row["owner"] else "nobody named",
        called.name("actor", row["about"]) if row["about"] else "nobody",
        row["kind"].replace("_", " "),
        row["severity"],
        Text(row["status"], style=marks.get(row["status"], "")),
        f"{row['days_open']:.0f}",
        "\n".join((row["words"], *row["added"])),
    ]


def lessons(
    words: str = "", *, factor: str = "", drafts: Flag = False, as_of: str = "", door: Who = SOMEONE
) -> None:
    """Search the lessons that were released, in any of their languages.

    Parameters
    ----------
    words
        What to look for; without words, all of them.
    factor
        Only lessons on this factor.
    drafts
        Drafts you may read as well.
    as_of
        What was recorded up to a position or a time.
    """
    with door.questions() as (questions, reader):
        found = questions.pilots.lessons(reader, words=words, factor=factor, drafts=drafts, as_of=as_of)
    if door.json:
        door.paper.document({"lessons": found.value, "basis": found.basis})
        return
    sheet = door.paper
    for row in found.value:
        useful = f"useful to {row['useful']}" if row["useful"] else ""
        sheet.heading(row["title"], "" if row["released"] else "draft", useful, ", ".join(row["factors"]))
        sheet.say(row["words"])
        sheet.blank()
    if not found.value:
        sheet.aside("No lesson bears on that.")
