"""`actor`, `theatre`, `member`: who and what there is, as far as you may know, and whose a chat account is."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cyclopts import App

from counterpoise.cli.called import Called
from counterpoise.cli.door import SOMEONE, Door, Who
from counterpoise.cli.meant import Meant
from counterpoise.cli.paper import iso

Row = Mapping[str, Any]

actors = App(name="actor", help="Organisations that take part.")
theatres = App(name="theatre", help="Settings in which pilots run.")
members = App(
    name="member", help="Persons who act for an organisation, and the chat accounts that lead to them."
)


@actors.command(name="list")
def actor_list(*, as_of: str = "", door: Who = SOMEONE) -> None:
    """List the organisations you may know of: what they are, their audiences, fulcrum and red lines.

    Parameters
    ----------
    as_of
        What was recorded up to a position or a time.
    """
    columns = ("actor~", "categories~", "fulcrum#", "audiences~", "red lines~")
    _listed("actor", columns, _actor, as_of=as_of, door=door)


def _actor(row: Row, called: Called) -> list[object]:
    return [
        row["name"],
        ", ".join(row["categories"]),
        "-" if row["fulcrum"] is None else f"{row['fulcrum']:g}",
        ", ".join(
            f"{called.anything(each['audience'])} {each['weight']:g}" for each in row["audiences"] or ()
        ),
        ", ".join(_line(each) for each in row["red_lines"] or ()),
    ]


def _line(line: Row) -> str:
    return f"{line['touch']}:{line['of']}" if line["of"] else line["touch"]


@theatres.command(name="list")
def theatre_list(*, as_of: str = "", door: Who = SOMEONE) -> None:
    """List the theatres you may know of: their mixture of kinds, audiences and how visible a pilot may be.

    Parameters
    ----------
    as_of
        What was recorded up to a position or a time.
    """
    columns = ("theatre~", "kinds*", "at most!", "audiences*", "state!")
    _listed("theatre", columns, _theatre, as_of=as_of, door=door)


def _theatre(row: Row, called: Called) -> list[object]:
    return [
        row["name"],
        ", ".join(f"{each['kind'].replace('_', ' ')} {each['share']:.0%}" for each in row["kinds"] or ()),
        row["visibility_cap"],
        ", ".join(called.anything(each) for each in row["audiences"] or ()),
        "closed" if row["closed"] else "open",
    ]


@members.command(name="link")
def member_link(member: str, *, door: Who = SOMEONE) -> None:
    """Print a code that joins a Slack account to a member: it is typed there, once, as /counterpoise link CODE.

    Administrators get one for anybody, everybody for themself. It lives for ten minutes.

    Parameters
    ----------
    member
        A handle or an id.
    """
    with door.application() as (application, by):
        person = Meant(application, by).one("member", member)
        code = application.members.code(by, member=person)
    if door.json:
        door.paper.document({"code": code.code, "member": person, "until": iso(code.until)})
        return
    door.paper.facts({"code": code.code, "until": iso(code.until)})
    door.paper.aside(f"In Slack: /counterpoise link {code.code}")


@members.command(name="unlink")
def member_unlink(member: str, *, door: Who = SOMEONE) -> None:
    """Let no Slack account lead to a member any more.

    Parameters
    ----------
    member
        A handle or an id.
    """
    with door.application() as (application, by):
        receipt = application.members.unlink(by, member=Meant(application, by).one("member", member))
    if door.json:
        door.paper.document({"answer": msgspec.json.decode(receipt.result), "events": receipt.events})
        return
    door.paper.facts({"unlinked": member, "events": " ".join(receipt.events)})


@members.default
@members.command(name="list")
def member_list(*, as_of: str = "", door: Who = SOMEONE) -> None:
    """List the members you may know of: who they act for, and their roles.

    Parameters
    ----------
    as_of
        What was recorded up to a position or a time.
    """
    _listed("member", ("member~", "actor~", "state!", "roles~"), _member, as_of=as_of, door=door)


def _member(row: Row, called: Called) -> list[object]:
    roles = (
        f"{each['role']} of {called.name('pilot', each['pilot'])}" if each["pilot"] else each["role"]
        for each in row["roles"] or ()
    )
    return [
        row["name"],
        called.name("actor", row["actor"]),
        "active" if row["active"] else "left",
        ", ".join(roles),
    ]


def _listed(
    kind: str,
    columns: tuple[str, ...],
    shown: Callable[[Row, Called], list[object]],
    *,
    as_of: str,
    door: Door,
) -> None:
    with door.questions() as (questions, reader):
        called = Called(questions, reader)
        found = questions.pilots.directory(reader, kind=kind, as_of=as_of)
    if door.json:
        door.paper.document({f"{kind}s": found.value, "basis": found.basis})
        return
    door.paper.table(columns, [shown(row, called) for row in found.value])
    door.paper.aside(found.basis)
