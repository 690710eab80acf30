"""The same rules over columns: which rows of a frame a member may read."""

from collections.abc import Iterator

import polars as pl

from counterpoise.domain.events import LABELS
from counterpoise.policy.rules import LAW, READS, ROLES, TAKING_PART, Action, Member

MARKS = ("anonymous", "chatham", "credited", "erased", "unopened")
"""Boolean columns the rules read beside those of the frame. A missing one is an error, never a yes."""


def marked(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with each absent mark added as the events alone give it.

    That is: anonymous where neither member nor actor stands, and no other mark. Right for rows of a kind that
    cannot be erased or unopened; other rows bring those marks along.
    """
    nobody = (pl.col("member") == "") & (pl.col("actor") == "")
    plain = {mark: nobody if mark == "anonymous" else pl.lit(False) for mark in MARKS}
    present = rows.collect_schema().names()
    return rows.with_columns(**{mark: value for mark, value in plain.items() if mark not in present})


def readable(member: Member | None, action: Action = Action.READ_CONTENT, *, label: str = "label") -> pl.Expr:
    """Return the expression that holds where `decide(member, action, item)` allows.

    Reads the columns pilot, actor, member, recipients, group, clients, the marks, and the label from the
    column named `label` (a scan's scores have a label of their own). A null reads as the stricter answer.
    """
    if member is None or not member.active:
        return (pl.lit(False) & pl.col(label).is_not_null()).alias("allowed")
    holds = _relations(member)
    granted = pl.any_horizontal(
        pl.col(label).is_in(labels) & holds[relation] for relation, labels in _counted(action)
    )
    return (granted & ~_barred(action, own=holds["own"])).fill_null(False).alias("allowed")


def known_pilot(member: Member | None) -> pl.Expr:
    """Return the pilot column, empty where the member may not learn that the pilot exists."""
    pilots = _pilots(member, ROLES) if member is not None and member.active else []
    return pl.when(pl.col("pilot").is_in(pilots)).then("pilot").otherwise(pl.lit("")).alias("pilot")


def _counted(action: Action) -> Iterator[tuple[str, list[str]]]:
    """Yield each relation that counts for an action, with the labels it counts under."""
    law = LAW[action]
    for relation in sorted({relation for row in law.values() for relation in row}):
        yield relation, [label for label in LABELS if relation in law[label]]


def _relations(member: Member) -> dict[str, pl.Expr]:
    on_pilot = pl.col("pilot").is_in(_pilots(member, ROLES))
    community = on_pilot | _unbound(member, ROLES)
    taking_part = pl.col("pilot").is_in(_pilots(member, TAKING_PART)) | _unbound(member, TAKING_PART)
    coordinating = frozenset({"coordinator"})
    leading = pl.col("pilot").is_in(_pilots(member, coordinating)) | _unbound(member, coordinating)
    own = taking_part & _is(member.actor, pl.col("actor"))
    name = _pseudonym(member)
    return {
        "author": taking_part & (name != "") & (pl.col("member") == name) & ~_mark("anonymous"),
        "recipient": taking_part & (name != "") & pl.col("recipients").list.contains(name),
        "group": own | (taking_part & _among(member.actor, "group")),
        "client": taking_part & _among(member.actor, "clients"),
        "pilot": on_pilot,
        "auditor": pl.col("pilot").is_in(_pilots(member, frozenset({"auditor"}))),
        "community": community,
        "credited": pl.col("credited").fill_null(False),
        "anyone": pl.lit(True),
        "coordinator": leading & own,
        "own": own,
    }


def _pilots(member: Member, roles: frozenset[str]) -> list[str]:
    return [pilot for pilot, held in member.roles.items() if pilot and held & roles]


def _unbound(member: Member, roles: frozenset[str]) -> pl.Expr:
    """Return where a row belongs to no pilot, if the member holds one of the roles anywhere."""
    return (pl.col("pilot") == "") & pl.lit(any(held & roles for held in member.roles.values()))


def _is(actor: str, column: pl.Expr) -> pl.Expr:
    return (column == actor) if actor else pl.lit(False)


def _among(actor: str, column: str) -> pl.Expr:
    return pl.col(column).list.contains(actor) if actor else pl.lit(False)


def _pseudonym(member: Member) -> pl.Expr:
    """Return the name the member bears in the pilot of each row; empty where there is none."""
    if not member.pseudonyms:
        return pl.lit("")
    pilots, names = list(member.pseudonyms), list(member.pseudonyms.values())
    return pl.col("pilot").replace_strict(pilots, names, default="", return_dtype=pl.String)


def _barred(action: Action, *, own: pl.Expr) -> pl.Expr:
    bars = [pl.lit(False)]
    if action in {Action.READ_CONTENT, Action.READ_ATTRIBUTION, Action.WIDEN}:
        bars.append(_mark("erased"))
    if action in READS:
        bars.append(_mark("unopened") & ~own)
    if action is Action.READ_ATTRIBUTION:
        bars += [_mark("anonymous"), _mark("chatham")]
    return pl.any_horizontal(bars)


def _mark(name: str) -> pl.Expr:
    return pl.col(name).fill_null(True)
