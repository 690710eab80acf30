"""The operator's work on copies for others: the log as JSON lines with proofs, as Parquet, as CSV."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from counterpoise import frame
from counterpoise.application.moments import moment
from counterpoise.application.operations_proof import Signed
from counterpoise.application.shown import Shown
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import ONLOOKER, Member
from counterpoise.store.export import Row, export_log, export_part
from counterpoise.store.log import Log

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  the wide forms count as well
"""What a cell begins with that a spreadsheet would compute."""

PEOPLE = ("recipients", "group", "clients")
SOURCE = ("member", "actor", "source")


class UnknownExport(Refusal):
    """The log is handed out as JSON lines, Parquet or CSV."""

    rule = "unknown-export"


@dataclass(frozen=True)
class Exported:
    """What was written: how many events, and of how many of them the content is withheld."""

    form: str
    events: int
    withheld: int


def form_of(path: Path, form: str) -> str:
    """Return the form that is asked for, or that a file's name ends with: jsonl, parquet or csv."""
    name = path.name.removesuffix(".gz")
    told = form or name.rpartition(".")[2]
    if told not in {"jsonl", "parquet", "csv"} or (told != "jsonl" and path.name.endswith(".gz")):
        raise UnknownExport(
            f"{told!r} is no form the log is handed out in.",
            owner="you",
            remedy="Name a file with the ending .jsonl, .jsonl.gz, .parquet or .csv.",
        )
    return told


def whole(path: Path, log: Log, *, signed: Signed, full: bool) -> Exported:
    """Write the whole log as JSON lines under a checkpoint; unless `full`, what is not CLEAR to all is withheld."""
    readable = None if full else _readable(log, ONLOOKER)
    written = export_log(path, log.stored(), checkpoint=signed.note, vkey=signed.vkey, shown=_among(readable))
    return Exported("jsonl", written, 0 if readable is None else written - _upto(readable, signed.size))


def part(path: Path, log: Log, reader: Member, *, signed: Signed) -> Exported:
    """Write the events a reader may know of as JSON lines, each with its proof; what they may not read is withheld."""
    readable = _readable(log, reader)
    known = set(_shown(log, reader).skeletons.value.select("position").collect()["position"])
    rows = (row for row in log.stored(upto=signed.size) if row.position in known)
    written = export_part(
        path, rows, checkpoint=signed.note, vkey=signed.vkey, prove=log.inclusion, shown=_among(readable)
    )
    return Exported("jsonl", written, written - _upto(readable, signed.size))


def table(path: Path, log: Log, reader: Member, *, form: str, full: bool) -> Exported:
    """Write events as rows of the frame, those a reader may read or (`full`) all; sealed words stay closed."""
    rows = log.frame().collect() if full else _seen(log, reader).collect()
    with _appearing(path) as growing:
        if form == "parquet":
            rows.write_parquet(growing)
        else:
            _cells(rows).write_csv(growing)
    return Exported(form, rows.height, 0)


def _shown(log: Log, reader: Member) -> Shown:
    return Shown(log, None, reader, moment(log.frame(), as_of="", at=""))


def _seen(log: Log, reader: Member) -> pl.LazyFrame:
    """Return the rows a reader may read, without their source where that is not theirs to know."""
    rows = _shown(log, reader).rows.value
    hidden = ~pl.col("attributed")
    nobody = pl.lit([], pl.List(pl.String))
    bare = dict.fromkeys(SOURCE, pl.lit("")) | dict.fromkeys(PEOPLE, nobody)
    cleared = {name: pl.when(hidden).then(value).otherwise(pl.col(name)) for name, value in bare.items()}
    return rows.with_columns(**cleared).select(*frame.FRAME).sort("position")


def _readable(log: Log, reader: Member) -> frozenset[int]:
    """Return the positions of events whose whole state a reader may have: content, and source if there is one."""
    nobody = (pl.col("member") == "") & (pl.col("actor") == "")
    rows = _shown(log, reader).rows.value.filter(pl.col("attributed") | nobody)
    return frozenset(rows.select("position").collect()["position"])


def _upto(positions: frozenset[int], size: int) -> int:
    return sum(position <= size for position in positions)


def _among(positions: frozenset[int] | None) -> Callable[[Row], bool] | None:
    return None if positions is None else lambda row: row[0] in positions


def _cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as a spreadsheet takes them: lists in one cell, and no cell that would be computed."""
    flat = rows.with_columns(pl.col(pl.List(pl.String)).list.join(" "))
    return flat.with_columns(_harmless(name) for name, kind in flat.schema.items() if kind == pl.String)


def _harmless(column: str) -> pl.Expr:
    text = pl.col(column)
    computed = pl.any_horizontal(text.str.starts_with(mark) for mark in FORMULAS)
    return pl.when(computed).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """Lend a file of mode 0600 that takes its name when all of it is written, and goes if it is not."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    os.close(opened)
    growing = Path(name)
    try:
        yield growing
        growing.replace(path)
    finally:
        growing.unlink(missing_ok=True)
