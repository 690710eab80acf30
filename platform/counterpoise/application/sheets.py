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
    good: list[tuple[int, list[str]]] = []
    bad: list[BadRow] = []
    for line, record in _records(lines, width=width, start=start, dialect=dialect):
        why = _fault(record, width)
        if record is None or why:
            bad.append(bad_row(line, "", why, lines[line - 1]))
        else:
            good.append((line, record))
    table = pl.DataFrame(
        {"line": [line for line, _ in good]}
        | {word: [record[place] for _, record in good] for word, place in places.items()},
        schema={"line": pl.Int64} | dict.fromkeys(places, pl.String),
    )
    return table.with_columns(pl.col(pl.String).str.strip_chars()), bad


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
