"""Sheets: the rows of a delimited file as text, with the lines they stand on, and what is no row of it."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from counterpoise.domain.refusals import Refusal

LARGEST = 1 << 30
"""Bytes of the most that is unpacked: a small file can hold an endless one."""

SPAN = 8
"""Lines of the longest row: a quote left open would swallow the good rows after it."""

SHOWN = 60
"""Characters of a bad value that are shown."""


_NO_TEXT = re.compile("[\ud800-\udfff]")
"""What stands for bytes that are not UTF-8."""


class UnreadableFile(Refusal):
    """That file cannot be read."""

    rule = "unreadable-file"


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used: its first line, the file's name of the column (empty: the whole row)."""

    line: int
    column: str
    why: str
    value: str


def bad_row(line: int, column: str, why: str, value: str) -> BadRow:
    """Return a bad row whose value is shortened to be shown, bytes that are no text as escapes."""
    plain = value.strip().encode("utf-8", "backslashreplace").decode()
    return BadRow(line, column, why, plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…")


def unpacked(path: Path) -> bytes:
    """Return a file's bytes; of a gzip file (told by its first bytes, not by its name) those within."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            content = gzip.GzipFile(fileobj=file).read(LARGEST + 1) if packed else file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            f"{path} cannot be read: {error}.", owner="you", remedy="Check the path and the file."
        ) from error
    if len(content) > LARGEST:
        raise UnreadableFile(
            f"{path} holds more than {LARGEST >> 20} MiB.", owner="you", remedy="Split it into smaller files."
        )
    return content


def lines_of(content: bytes) -> list[str]:
    """Return the lines as CSV counts them; bytes that are not UTF-8 stay as surrogates, to be named later."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return list(io.StringIO(text, newline=""))


def header_of(lines: Sequence[str]) -> list[str]:
    """Return the names in the first line, trimmed and in lower case; none where it is no CSV."""
    if not lines:
        return []
    try:
        return [
            name.strip().lower() for name in next(csv.reader(lines[:1], delimiter=delimiter_of(lines)), [])
        ]
    except csv.Error:
        return []


def delimiter_of(lines: Sequence[str]) -> str:
    """Return what stands between the columns: a tab where the first line has one, else a comma."""
    return "\t" if "\t" in lines[0] else ","


def text_of(
    lines: Sequence[str],
    *,
    places: Mapping[str, int],
    width: int,
    start: int,
    dialect: Mapping[str, Any],
) -> tuple[pl.DataFrame, list[BadRow]]:
    """Return the rows from index `start` on: `line` (1-based) and the columns at `places`, trimmed text.

    Also returns what is no row of `width` columns: malformed, of another width, or not UTF-8.
    """
    rows = quickly(lines, start=start, dialect=dialect)
    if rows is None:
        rows, bad = carefully(lines, width=width, start=start, dialect=dialect)
    else:
        told = rows.filter(pl.col("fields").list.len() != width).iter_rows()
        bad = [bad_row(line, "", _fault(fields, width), lines[line - 1]) for line, fields in told]
    fields = pl.col("fields").list
    table = rows.filter(fields.len() == width).select(
        "line", **{word: fields.get(place) for word, place in places.items()}
    )
    return table.with_columns(pl.col(pl.String).str.strip_chars()), bad


RECORDS: dict[str, Any] = {"line": pl.Int64, "fields": pl.List(pl.String)}


def quickly(lines: Sequence[str], *, start: int, dialect: Mapping[str, Any]) -> pl.DataFrame | None:
    """Return every row (RECORDS) of lines that are a row each; None where a row may go over several, or is none.

    Lines without a quote are split all at once.
    """
    try:
        text = pl.Series(lines[start:], dtype=pl.String)
    except UnicodeEncodeError:
        return None
    if (text.str.len_bytes() > csv.field_size_limit()).any():
        return None
    numbered = pl.DataFrame(
        {
            "line": pl.int_range(start + 1, len(lines) + 1, eager=True),
            "text": text.str.strip_chars_end("\r\n"),
        }
    ).filter(pl.col("text") != "")
    quotes = pl.lit(dialect.get("quoting") != csv.QUOTE_NONE) & pl.col("text").str.contains('"', literal=True)
    try:
        quoted = [
            (line, next(csv.reader([row], **dialect))) for line, row in numbered.filter(quotes).iter_rows()
        ]
    except csv.Error:
        return None
    split = pl.col("text").str.split(dialect.get("delimiter", ","))
    plain = numbered.filter(~quotes).select("line", fields=split)
    return pl.concat([plain, pl.DataFrame(quoted, schema=RECORDS, orient="row")]).sort("line")


def carefully(
    lines: Sequence[str], *, width: int, start: int, dialect: Mapping[str, Any]
) -> tuple[pl.DataFrame, list[BadRow]]:
    """Return the rows (RECORDS) of any lines, and what is no row of `width` columns."""
    good: list[tuple[int, list[str]]] = []
    bad: list[BadRow] = []
    for line, record in _records(lines, width=width, start=start, dialect=dialect):
        why = _fault(record, width)
        if record is None or why:
            bad.append(bad_row(line, "", why, lines[line - 1]))
        else:
            good.append((line, record))
    return pl.DataFrame(good, schema=RECORDS, orient="row"), bad


def _records(
    lines: Sequence[str], *, width: int, start: int, dialect: Mapping[str, Any]
) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the first line of each row and its fields, None for what is no CSV; empty lines are no rows.

    A row that turns out wrong is left at its first line and reading goes on with the next, so that a stray
    quote costs one row and not the rows it would swallow, and a file of stray quotes costs SPAN times a sound
    one.
    """
    at = start

    def following() -> Iterator[str]:
        for index in range(at, len(lines)):
            if index - at >= SPAN:
                raise csv.Error
            yield lines[index]

    while at < len(lines):
        base = at
        reader = csv.reader(following(), **dialect)
        try:
            for record in reader:
                end = base + reader.line_num
                if end - at > 1 and len(record) != width:
                    raise csv.Error  # noqa: TRY301  the same remedy as for a row the reader itself refuses
                if record:
                    yield at + 1, record
                at = end
        except csv.Error:
            yield at + 1, None
            at += 1


def _fault(record: list[str] | None, width: int) -> str:
    if record is None:
        return "has a quote that is not closed or not doubled, or a field without end"
    if len(record) != width:
        return f"has {len(record)} columns instead of {width}"
    joined = "".join(record)
    if not joined.isascii() and _NO_TEXT.search(joined):
        return "is not UTF-8"
    return ""
