"""Coded event files: machine-read acts of one party towards another, read into rows fit to be recorded."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from counterpoise import frame
from counterpoise.application.layouts import GDELT, Layout, layout_of
from counterpoise.application.sheets import BadRow, bad_row, header_of, lines_of, text_of, unpacked
from counterpoise.domain.refusals import Refusal

ROWS: dict[str, Any] = {
    "line": pl.Int64,  # of the file, 1-based, the header counted; of a row on several lines the first
    "day": pl.Int64,  # since 1970-01-01
    "source": pl.String,
    "relation": pl.String,
    "target": pl.String,
    "goldstein": pl.Float64,  # -10 conflict .. +10 cooperation
    "source_home": pl.String,  # empty: none
    "target_home": pl.String,
}
"""The columns of the rows read, in the order of their lines."""

EPOCH = date(1970, 1, 1)

LONGEST = 400
"""Characters of the longest party."""

Rule = tuple[str, pl.Expr, str]
"""What makes a row bad: the column it is seen in, when, and why."""

_FIRST_DAY = date.min.toordinal() - EPOCH.toordinal()
_LAST_DAY = date.max.toordinal() - EPOCH.toordinal()

_DAY_FORMS = {
    "count": "is not a whole number of days",
    "iso": "is not a date like 2014-01-31",
    "compact": "is not a date like 20140131",
}


class ValuesMissing(Refusal):
    """That file names its relations; their values stand in a table of their own."""

    rule = "values-missing"


class UnreadableValues(Refusal):
    """That table of values cannot be read."""

    rule = "unreadable-values"


@dataclass(frozen=True)
class Coded:
    """What a file of coded events holds: `rows` as ROWS, and one entry in `bad` for each row that is none.

    `sha256` is that of the uncompressed bytes, in hex. `lone` counts the GDELT events that name one party
    alone: they are sound but no interaction, and stand neither in `rows` nor in `bad`.
    """

    sha256: str
    layout: str
    rows: pl.DataFrame
    bad: tuple[BadRow, ...]
    lone: int


def read(path: Path, *, values: Path | None = None, day_zero: date = EPOCH) -> Coded:
    """Return what a file of coded events holds, plain or gzip.

    `values` is the table of Goldstein values, a CSV with the columns code, name, goldstein. Named relations
    need it; raw ICEWS rows take the value of their CAMEO code from it where it is given, so that a log holds
    one value a relation, else the intensity they carry; GDELT rows keep their own. Whole numbers in a column
    `day` count from `day_zero`. Refuses with UnreadableFile, UnknownFormat, ValuesMissing, UnreadableValues.
    """
    table = None if values is None else values_in(unpacked(values))
    return coded(unpacked(path), values=table, day_zero=day_zero)


def coded(content: bytes, *, values: pl.DataFrame | None = None, day_zero: date = EPOCH) -> Coded:
    """Return what the uncompressed bytes of a file hold; `values` as from `values_in`."""
    lines = lines_of(content)
    layout = layout_of(lines)
    text, broken = text_of(
        lines, places=layout.places, width=layout.width, start=int(layout.headed), dialect=layout.dialect
    )
    pairs = text.filter(pl.col("source") != "", pl.col("target") != "") if layout is GDELT else text
    known = pairs.pipe(_dated, layout, day_zero).pipe(_valued, layout, values).pipe(_at_home, layout)
    judged = known.with_columns(fault=_fault(_rules(layout, values)))
    bad = [*broken, *_faults(judged, _rules(layout, values), layout)]
    return Coded(
        sha256=hashlib.sha256(content).hexdigest(),
        layout=layout.name,
        rows=judged.filter(pl.col("fault").is_null()).with_columns(day="since").select(ROWS.keys()),
        bad=tuple(sorted(bad, key=lambda row: row.line)),
        lone=text.height - pairs.height,
    )


def values_in(content: bytes) -> pl.DataFrame:
    """Return a table of relations, in its order: code, name, key (letters alone, lower case), goldstein."""
    lines = lines_of(content)
    header = header_of(lines)
    wanted = ("code", "name", "goldstein")
    if not set(wanted) <= set(header):
        raise UnreadableValues(
            "The table of values has not the columns code, name and goldstein.",
            owner="you",
            remedy="Give a CSV whose first line names them.",
        )
    places = {word: header.index(word) for word in wanted}
    text, broken = text_of(lines, places=places, width=len(header), start=1, dialect={"strict": True})
    table = text.select("line", "code", "name", key=_letters("name"), goldstein=_number("goldstein"))
    wrong = [row.line for row in broken] + table.filter(pl.col("goldstein").is_null())["line"].to_list()
    if wrong:
        raise UnreadableValues(
            f"Line {min(wrong)} of the table of values is no row of it, or its value no number.", owner="you"
        )
    return table.drop("line")


def _dated(text: pl.DataFrame, layout: Layout, day_zero: date) -> pl.DataFrame:
    """Add `since`: days since 1970-01-01, null where the day cannot be read."""
    day = pl.col("day")
    if layout.days == "count":
        whole = pl.when(day.str.contains(r"^[+-]?[0-9]{1,7}$")).then(day)
        since = whole.cast(pl.Int64, strict=False) + (day_zero - EPOCH).days
    else:
        shape = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" if layout.days == "iso" else r"^[0-9]{8}$"
        form = "%Y-%m-%d" if layout.days == "iso" else "%Y%m%d"
        since = pl.when(day.str.contains(shape)).then(day).str.to_date(form, strict=False).cast(pl.Int64)
    return text.with_columns(since=pl.when(since.is_between(_FIRST_DAY, _LAST_DAY)).then(since))


def _valued(text: pl.DataFrame, layout: Layout, values: pl.DataFrame | None) -> pl.DataFrame:
    """Add `goldstein`, null where there is none; a code the table knows is written as the relation's name.

    Names are matched on letters alone, lower case; where the table has a name or a code twice, its first
    row wins.
    """
    if values is None:
        if layout.relations == "name":
            raise ValuesMissing(
                "This file names its relations; their Goldstein values stand in a table of their own.",
                owner="you",
                remedy="Give it with --values: a CSV with the columns code, name, goldstein.",
            )
        return text.with_columns(goldstein=_number("intensity"))
    word, told = ("key", _letters("relation")) if layout.relations == "name" else ("code", pl.col("relation"))
    table = values.filter(pl.col(word) != "").unique(word, keep="first", maintain_order=True)
    found = text.with_columns(told.alias("told")).join(
        table.select(pl.col(word).alias("told"), "goldstein", "name"),
        on="told",
        how="left",
        maintain_order="left",
    )
    if layout.relations == "code":
        found = found.with_columns(relation=pl.coalesce("name", "relation"))
    return found.with_columns(goldstein=_number("intensity")) if layout is GDELT else found


def _at_home(text: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Add the homes of the parties, empty where there is none.

    A party's home is the country in the brackets its name ends with; a party whose whole name is such a
    country, one in brackets somewhere in the file, is at home there. GDELT tells countries by codes: they
    are the homes, and are put in brackets behind the names, which it uses for parties of many countries.
    """
    sides = ("source", "target")
    if layout is GDELT:
        return text.with_columns(
            *(pl.col(f"{side}_country").alias(f"{side}_home") for side in sides),
            *(
                pl.when(pl.col(f"{side}_country") != "", pl.col(f"{side}_country") != pl.col(f"{side}_code"))
                .then(frame.phrase("{} ({})", side, f"{side}_country"))
                .otherwise(pl.col(side))
                for side in sides
            ),
        )
    bracketed = text.with_columns(
        pl.col(side).str.extract(r"\(([^()]*)\)$").str.strip_chars().fill_null("").alias(f"{side}_home")
        for side in sides
    )
    countries = pl.concat([bracketed["source_home"], bracketed["target_home"]]).unique()
    return bracketed.with_columns(
        pl.when(pl.col(f"{side}_home") == "", pl.col(side).is_in(countries.implode()))
        .then(pl.col(side))
        .otherwise(pl.col(f"{side}_home"))
        .alias(f"{side}_home")
        for side in sides
    )


def _rules(layout: Layout, values: pl.DataFrame | None) -> list[Rule]:
    """Return what makes a row bad: the column it is seen in, when, and why."""
    unknown = pl.col("goldstein").is_null()
    value = (
        ("intensity", unknown, "is not a number")
        if values is None or layout is GDELT
        else ("relation", unknown, "is not in the table of values")
    )
    return [
        ("day", pl.col("since").is_null(), _DAY_FORMS[layout.days]),
        *((word, pl.col(word) == "", "is empty") for word in ("source", "relation", "target")),
        *(
            (word, pl.col(word).str.len_chars() > LONGEST, f"is longer than {LONGEST} characters")
            for word in ("source", "relation", "target")
        ),
        value,
    ]


def _fault(rules: list[Rule]) -> pl.Expr:
    return pl.coalesce(pl.when(broken).then(pl.lit(index)) for index, (_, broken, _) in enumerate(rules))


def _faults(judged: pl.DataFrame, rules: list[Rule], layout: Layout) -> list[BadRow]:
    rows = judged.filter(pl.col("fault").is_not_null()).iter_rows(named=True)
    found = [(row, *rules[row["fault"]]) for row in rows]
    return [bad_row(row["line"], layout.titles[word], why, row[word]) for row, word, _, why in found]


def _letters(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.replace_all(r"\P{L}", "")


def _number(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)
