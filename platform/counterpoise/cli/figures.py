"""`balance`, `trust`, `spillover`, `divergence`: figures with their intervals, and the events behind them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from counterpoise.application.questions import Questions
from counterpoise.cli import paper
from counterpoise.cli.answers import Misused
from counterpoise.cli.called import Called
from counterpoise.cli.door import SOMEONE, Who
from counterpoise.policy import Member, Visible

Row = Mapping[str, Any]
Flag = Annotated[bool, Parameter(negative="")]

ASSUMED = "A share of present trust, not what would be without it. Assumed, not shown: see docs/model.md."

LEADING = 12
"""Rows of reasons that are shown to people; --json has them all."""


def balance(
    pilot: str = "",
    *,
    actor: str = "",
    as_of: str = "",
    at: str = "",
    why: Flag = False,
    history: Flag = False,
    door: Who = SOMEONE,
) -> None:
    """Weigh gains against identity risks: the balance of each actor's scan, its verdict and the level it advises.

    Parameters
    ----------
    pilot
        Only this pilot.
    actor
        Only this actor.
    as_of
        What was recorded up to a position or a time.
    at
        The day the model is evaluated at; else when the last event was recorded.
    why
        What each factor and audience contributes; they sum to the balance.
    history
        Every reading as it was weighed when it opened, in the context of that day.
    """
    if why and not pilot:
        raise Misused("--why asks about one pilot: name it.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        asked = {
            "pilot": called.id("pilot", pilot),
            "actor": called.id("actor", actor),
            "as_of": as_of,
            "at": at,
        }
        weighed = questions.balance_history if history else questions.balances
        found = weighed(reader, **asked)
        parts = questions.balance_contributions(reader, **asked) if why else None
    if door.json:
        contributions = _named(parts, called) if parts else None
        _document(door.paper, "balances", found, called, contributions=contributions)
        return
    sheet = door.paper
    chart = ("-1    0    +1!",) if sheet.wide else ()
    columns = ("pilot~", "actor~", *chart, "balance#", "verdict!", "level!", "set by~")
    if history:
        columns = ("opened!", *columns)
    rows = sorted(found.value, key=lambda row: row["day"]) if history else found.value
    days = [[paper.day(row["day"])] if history else [] for row in rows]
    cells = [_balance(row, called, charted=sheet.wide) for row in rows]
    sheet.table(columns, [[*day, *row] for day, row in zip(days, cells, strict=True)])
    if any(row["contested"] for row in found.value):
        sheet.aside("* contested: another verdict is nearly as likely")
    if parts:
        sheet.blank()
        sheet.table(("actor~", "pan!", "factor~", "audience~", "contributes#"), _weights(parts.value, called))
    sheet.aside(found.basis)


def _balance(row: Row, called: Called, *, charted: bool) -> list[object]:
    contested = "*" if row["contested"] else ""
    return [
        called.name("pilot", row["pilot"]),
        called.name("actor", row["actor"]),
        *([paper.balance_bar(row["balance"], width=13)] if charted else []),
        f"{row['balance']:+.2f}±{row['sd']:.2f}",
        f"{row['verdict'].replace('_', ' ')} {row['probability']:.0%}{contested}",
        row["level"],
        (row["capped_by"] or row["heaviest_risk"]).replace("_", " "),
    ]


def _weights(rows: Sequence[Row], called: Called) -> list[list[object]]:
    return [
        [
            called.name("actor", row["actor"]),
            row["pan"],
            row["factor"].replace("_", " "),
            called.anything(row["audience"]).replace("_", " "),
            paper.signed(row["value"]),
        ]
        for row in rows[:LEADING]
    ]


def trust(
    actor: str = "",
    *,
    theatre: str = "",
    holder: str = "",
    pooled: Flag = False,
    trajectory: Flag = False,
    as_of: str = "",
    at: str = "",
    why: Flag = False,
    door: Who = SOMEONE,
) -> None:
    """Show trust in each actor where it was seen: the figure, its 90 % interval, and how it reads.

    Parameters
    ----------
    actor
        Only trust in this actor.
    theatre
        Only in this theatre.
    holder
        As this actor knows it: the pair.
    pooled
        One figure an actor, over its theatres, by the evidence in each.
    trajectory
        How it moved, from the first evidence on.
    as_of
        What was recorded up to a position or a time.
    at
        The day the model is evaluated at; else when the last event was recorded.
    why
        The events behind it and what each contributes; asks for an actor and a theatre.
    """
    if why and not (actor and theatre):
        raise Misused("--why asks about one actor in one theatre: name both.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        asked = {
            "actor": called.id("actor", actor),
            "theatre": called.id("theatre", theatre),
            "holder": called.id("actor", holder),
            "as_of": as_of,
            "at": at,
        }
        kind = "pooled" if pooled else "trajectory" if trajectory else "trust"
        found = _asked(questions, reader, kind, asked)
        parts = questions.trust_contributions(reader, **asked) if why else None
    if door.json:
        contributions = _named(parts, called) if parts else None
        _document(door.paper, "trust", found, called, contributions=contributions)
        return
    {"pooled": _pooled, "trajectory": _trajectories, "trust": _opinions}[kind](
        found.value, called, door.paper
    )
    if parts:
        door.paper.blank()
        columns = ("kind!", "event!", "part!", "from~", "held by~", "contributes#")
        door.paper.table(columns, _reasons(parts.value, called))
    door.paper.aside(found.basis)


def _asked(
    questions: Questions, reader: Member, kind: str, asked: Mapping[str, str]
) -> Visible[tuple[Row, ...]]:
    """Ask for trust of one kind; what that kind does not take must not be given."""
    fits = {
        "trust": tuple(asked),
        "pooled": ("actor", "as_of", "at"),
        "trajectory": ("actor", "theatre", "as_of", "at"),
    }
    given = [name for name, words in asked.items() if words and name not in fits[kind]]
    if given:
        raise Misused(f"--{given[0]} does not go with --{kind}.")
    taken = {name: asked[name] for name in fits[kind]}
    if kind == "pooled":
        return questions.trust_pooled(reader, **taken)
    if kind == "trajectory":
        return questions.trajectory(
            reader, actor=asked["actor"], theatre=asked["theatre"], as_of=asked["as_of"], at=asked["at"]
        )
    return questions.trust(reader, **taken)


def _pooled(rows: Sequence[Row], called: Called, sheet: paper.Paper) -> None:
    """Print one figure an actor, over its theatres."""
    cells = [
        [
            called.name("actor", row["actor"]),
            paper.share(row["trust"]),
            row["theatres"],
            f"{row['evidence']:.1f}",
        ]
        for row in rows
    ]
    sheet.table(("actor~", "trust#", "theatres#", "evidence#"), cells)


def _opinions(rows: Sequence[Row], called: Called, sheet: paper.Paper) -> None:
    """Print one figure an actor and theatre, with its interval."""
    columns = ("actor~", "theatre~", "0   trust   1!", "trust#", "90 %!", "reads!", "evidence#")
    sheet.table(columns, [_opinion(row, called) for row in rows])


def _opinion(row: Row, called: Called) -> list[object]:
    return [
        called.name("actor", row["actor"]),
        called.name("theatre", row["theatre"]),
        paper.bar(row["trust"], row["low"], row["high"], width=15),
        paper.share(row["trust"]),
        f"{row['low']:.2f}-{row['high']:.2f}",
        row["reading"],
        f"{row['evidence']:.1f}",
    ]


def _trajectories(rows: Sequence[Row], called: Called, sheet: paper.Paper) -> None:
    """Print a line an actor and theatre: how its trust moved over the grid of days."""
    lines: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        lines.setdefault((row["actor"], row["theatre"]), []).append(row)
    cells = [
        [
            called.name("actor", actor),
            called.name("theatre", theatre),
            paper.sparkline([point["trust"] for point in points]),
            paper.share(points[0]["trust"]),
            paper.share(points[-1]["trust"]),
            f"{points[-1]['low']:.2f}-{points[-1]['high']:.2f}",
            points[-1]["reading"],
        ]
        for (actor, theatre), points in lines.items()
    ]
    span = f"{paper.day(rows[0]['day'])} to {paper.day(rows[-1]['day'])}!" if rows else "days!"
    sheet.table(("actor~", "theatre~", span, "first#", "last#", "90 %!", "reads!"), cells)


def _reasons(rows: Sequence[Row], called: Called) -> list[list[object]]:
    return [
        [
            row["type"].replace("_", " "),
            paper.event(row["id"]),
            row["part"],
            called.name("theatre", row["source"]),
            called.name("actor", row["holder"]) if row["holder"] else "nobody",
            paper.signed(row["contribution"], digits=4),
        ]
        for row in rows[:LEADING]
    ]


def spillover(
    actor: str = "",
    *,
    matrix: Flag = False,
    carriers: Flag = False,
    as_of: str = "",
    at: str = "",
    why: Flag = False,
    door: Who = SOMEONE,
) -> None:
    """Show how trust gained or lost in one theatre moves trust in another, in points of trust.

    Parameters
    ----------
    actor
        Only what spills over about this actor.
    matrix
        All actors together: one row a pair of theatres.
    carriers
        Who carries it: one row a holder and pair of theatres.
    as_of
        What was recorded up to a position or a time.
    at
        The day the model is evaluated at; else when the last event was recorded.
    why
        The leading events behind each cell.
    """
    if matrix and carriers:
        raise Misused("--matrix and --carriers are two answers: ask for one.")
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        when = {"as_of": as_of, "at": at}
        if matrix:
            found = questions.spillover_matrix(reader, **when)
        elif carriers:
            found = questions.spillover_carriers(reader, **when)
        else:
            found = questions.spillover(reader, actor=called.id("actor", actor), **when)
    if door.json:
        _document(door.paper, "spillover", found, called)
        return
    sheet = door.paper
    about = "pair!" if matrix else "carried by~" if carriers else "actor~"
    rows = [_cell(row, called, matrix=matrix) for row in found.value]
    sheet.table((about, "from~", "to~", "net#", "gained#", "lost#", "items#"), rows)
    if why:
        sheet.blank()
        reasons = [
            [
                called.name("theatre", row["from"]),
                called.name("theatre", row["to"]),
                event,
                paper.signed(points),
            ]
            for row in found.value
            for event, points in zip(row["events"], row["points"], strict=True)
        ]
        sheet.table(("from~", "to~", "event!", "contributes#"), reasons)
    if found.value:
        sheet.aside(ASSUMED)
    sheet.aside(found.basis)


def _cell(row: Row, called: Called, *, matrix: bool) -> list[object]:
    who = "all" if matrix else called.name("actor", row.get("actor") or row.get("holder") or "")
    return [
        who or "nobody",
        called.name("theatre", row["from"]),
        called.name("theatre", row["to"]),
        paper.signed(row["net"]),
        paper.signed(row["gained"]),
        paper.signed(row["lost"]),
        row["items"],
    ]


def divergence(pilot: str = "", *, as_of: str = "", at: str = "", door: Who = SOMEONE) -> None:
    """Show how far apart the actors of a pilot put the fulcrum: by how much gains must outweigh risks for each.

    Parameters
    ----------
    pilot
        Only this pilot.
    as_of
        What was recorded up to a position or a time.
    at
        The day the model is evaluated at; else when the last event was recorded.
    """
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        found = questions.divergence(reader, pilot=called.id("pilot", pilot), as_of=as_of, at=at)
    if door.json:
        _document(door.paper, "divergence", found, called)
        return
    columns = ("pilot~", "asks for more~", "asks for less~", "fulcrum#", "other#", "apart#")
    door.paper.table(columns, [_apart(row, called) for row in found.value])
    door.paper.aside(found.basis)


def _apart(row: Row, called: Called) -> list[object]:
    return [
        called.name("pilot", row["pilot"]),
        called.name("actor", row["actor"]),
        called.name("actor", row["other"]),
        f"{row['fulcrum']:g} ({row['source']})",
        f"{row['other_fulcrum']:g} ({row['other_source']})",
        Text(f"{row['apart']:.2f} ± {row['apart_sd']:.2f}"),
    ]


KINDS = {
    **dict.fromkeys(("actor", "other", "holder", "about", "trust_in"), "actor"),
    **dict.fromkeys(("theatre", "source", "from", "to"), "theatre"),
    "pilot": "pilot",
}
"""Columns that hold ids, and of what."""


def _document(
    sheet: paper.Paper,
    name: str,
    found: Visible[tuple[Row, ...]],
    called: Called,
    *,
    contributions: list[Row] | None = None,
) -> None:
    """Print an answer as one document: its rows with names beside ids, and what it was computed from."""
    more = {} if contributions is None else {"contributions": contributions}
    sheet.document({name: _named(found, called), "basis": found.basis, "items": found.items, **more})


def _named(found: Visible[tuple[Row, ...]], called: Called) -> list[Row]:
    return [
        {**row, **{f"{key}_name": called.name(kind, row[key]) for key, kind in KINDS.items() if row.get(key)}}
        for row in found.value
    ]
