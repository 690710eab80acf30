"""What is put on the terminal: tables, small charts, sentences; and how hostile text is kept from acting there."""

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

SHORT_ID = 8
"""Characters of an id that are shown where its name is not known."""

GAP, LEAST = 2, 10
"""Blanks between two columns, and the least width of one that is cut."""

WIDE = 100
"""Columns of a terminal from which on tables have charts."""

_RAMP = "▁▂▃▄▅▆▇█"
_ASCII_RAMP = "_.-~=+*#"

_DISGUISES = frozenset("\u2028\u2029\ufeff\ufff9\ufffa\ufffb\u115f\u1160\u3164\uffa0")
"""Characters that are no control characters and yet break lines, hide, or fill space that looks empty."""

_JOINERS = frozenset("\u200c\u200d")
"""Format characters that Persian, Indic scripts and emoji are written with; they reorder nothing."""


def plain(text: object) -> str:
    """Return text in one line that cannot act on a terminal: what would control or hide is shown as its code."""
    line = " ".join(str(text).splitlines()) if "\n" in str(text) else str(text)
    if line.isascii() and line.isprintable():
        return line
    return "".join(f"<U+{ord(character):04X}>" if _acts(character) else character for character in line)


def _acts(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    if character in _JOINERS:
        return False
    return character in _DISGUISES or unicodedata.category(character)[0] == "C"


def console(*, error: bool = False) -> Console:
    """Return the console of the standard output, or of the errors; it takes no markup and colours no words."""
    return Console(
        file=sys.stderr if error else sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=False
    )


class Paper:
    """One command's output: for people, or as one JSON document."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._console = console()

    @property
    def wide(self) -> bool:
        """Whether a chart finds room beside the figures of a table."""
        return self._console.width >= WIDE

    def document(self, value: object) -> None:
        """Print one JSON document: sorted, compact, plain ASCII."""
        write(sys.stdout, document(value))

    def heading(self, words: str, *more: str) -> None:
        """Print a heading, and quieter words behind it."""
        line = Text(plain(words), style="bold")
        for each in more:
            line.append(f"  {plain(each)}", style="not bold dim")
        self._console.print(line)

    def say(self, words: str, *, style: str = "") -> None:
        """Print a sentence."""
        self._console.print(Text(plain(words), style=style))

    def exactly(self, text: str) -> None:
        """Print a text of ours as it is, to be copied: a signed note."""
        write(sys.stdout, text.rstrip("\n"))

    def put(self, line: Text) -> None:
        """Print a line of ours; whatever came from outside was made plain before."""
        self._console.print(line)

    def aside(self, words: str) -> None:
        """Print a quieter sentence, if there is one: what a figure is computed from, what to type next."""
        if words:
            self._console.print(Text(plain(words), style="dim"))

    def blank(self) -> None:
        """Print an empty line."""
        self._console.print()

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows under their columns. A cell may be a Text of ours.

        A column whose name ends in `#` holds numbers, in `!` what is never broken, in `~` what is cut to fit,
        in `*` what goes over several lines.
        """
        cells = [[cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row] for row in rows]
        if not cells:
            self._console.print(Text("nothing", style="dim"))
            return
        natural = [
            max(len(name) - 1, *(cell.cell_len for cell in held))
            for name, held in zip(columns, zip(*cells, strict=True), strict=True)
        ]
        fixed = [name[-1] in "#!" for name in columns]
        fitted = widths(natural, fixed, self._console.width - GAP * (len(columns) - 1))
        table = Table(
            box=box.SIMPLE_HEAD if _unicode() else box.ASCII_DOUBLE_HEAD,
            padding=(0, GAP - 1, 0, 0),
            pad_edge=False,
            show_edge=False,
        )
        for name, width in zip(columns, fitted, strict=True):
            table.add_column(
                name.rstrip("#!~*"),
                width=width,
                justify="right" if name[-1] == "#" else "left",
                no_wrap=name[-1] in "#!~",
                overflow="ellipsis" if name[-1] == "~" else "fold",
            )
        for row in cells:
            table.add_row(*row)
        self._console.print(table)

    def facts(self, facts: Mapping[str, object]) -> None:
        """Print names and what they are, a line each."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in facts.items():
            grid.add_row(Text(plain(name)), value if isinstance(value, Text) else Text(plain(value)))
        self._console.print(grid)


def widths(natural: Sequence[int], fixed: Sequence[bool], room: int) -> list[int]:
    """Return the width of each column: its own where it is fixed or small, else a share; the last has two."""
    fitted = list(natural)
    yielding = [place for place, stays in enumerate(fixed) if not stays]
    shares = {place: 2 if place == yielding[-1] else 1 for place in yielding}
    left = room - sum(width for width, stays in zip(natural, fixed, strict=True) if stays)
    for place in sorted(yielding, key=lambda place: natural[place] / shares[place]):
        share = left * shares[place] // sum(shares.values())
        fitted[place] = min(natural[place], max(LEAST, share))
        left -= fitted[place]
        del shares[place]
    return fitted


def document(value: object) -> str:
    """Return a value as one line of JSON: keys sorted, no spaces, plain ASCII; numbers that are none as null."""
    return json.dumps(sound(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def sound(value: Any) -> Any:  # noqa: ANN401  any value of a view
    """Return a value as JSON has it: sets sorted, dates as ISO, no NaN."""
    if isinstance(value, Mapping):
        return {str(key): sound(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((sound(each) for each in value), key=str)
    if isinstance(value, list | tuple):
        return [sound(each) for each in value]
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return sound(dataclasses.asdict(value))
    return [sound(each) for each in value] if isinstance(value, Iterable) else str(value)


def write(file: TextIO, line: str) -> None:
    """Write a line as it is."""
    file.write(line + "\n")
    file.flush()


def moment(microseconds: int) -> str:
    """Return a time in microseconds UTC as people read it, to the minute."""
    return f"{datetime.fromtimestamp(microseconds / 1e6, UTC):%Y-%m-%d %H:%M}"


def iso(microseconds: int) -> str:
    """Return a time in microseconds UTC in the ISO form."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06}Z"


def day(since_1970: float) -> str:
    """Return a day of the model as a date."""
    return f"{datetime.fromtimestamp(since_1970 * 86_400, UTC):%Y-%m-%d}"


def short(name: str) -> str:
    """Return the beginning of an id, enough to name it by."""
    return name if len(name) <= SHORT_ID + 1 else f"{name[:SHORT_ID]}…"


def event(event_id: str) -> str:
    """Return an event's id, short: its kind, the beginning of its stream's id, and its version."""
    stream, _, version = event_id.rpartition("#")
    kind, _, name = stream.partition(":")
    return f"{kind}:{name[:SHORT_ID]}#{version}"


def signed(value: float | None, *, digits: int = 3) -> Text:
    """Return a figure with its sign, coloured beside it: good ones green, bad ones red."""
    if value is None:
        return Text("—", style="dim")
    style = "green" if value > 0 else "red" if value < 0 else ""
    return Text(f"{value:+.{digits}f}", style=style)


def share(value: float | None, *, digits: int = 2) -> str:
    """Return a figure between 0 and 1."""
    return "—" if value is None else f"{value:.{digits}f}"


def bar(value: float, low: float, high: float, *, width: int = 20) -> str:
    """Return a line from 0 to 1 with an interval as a bar and the figure as a mark in it."""
    line = ["·" if _unicode() else "."] * width
    first, last = (_cell(each, width) for each in (low, high))
    for place in range(first, last + 1):
        line[place] = "─" if _unicode() else "-"
    line[_cell(value, width)] = "●" if _unicode() else "o"
    return "".join(line)


def balance_bar(value: float, *, width: int = 21) -> str:
    """Return a line from -1 to +1 with its middle marked, filled from there to the figure."""
    middle = width // 2
    line = ["·" if _unicode() else "."] * width
    place = max(0, min(width - 1, middle + round(value * middle)))
    for at in range(min(middle, place), max(middle, place) + 1):
        line[at] = "█" if _unicode() else "="
    line[middle] = "│" if _unicode() else "|"
    return "".join(line)


def sparkline(values: Sequence[float | None], *, low: float = 0.0, high: float = 1.0) -> str:
    """Return one character a value, higher ones fuller; a blank where there is none."""
    ramp = _RAMP if _unicode() else _ASCII_RAMP
    return "".join(
        " " if value is None else ramp[_cell((value - low) / (high - low), len(ramp))] for value in values
    )


def _cell(share_of_line: float, width: int) -> int:
    return max(0, min(width - 1, int(share_of_line * width)))


def _unicode() -> bool:
    """Whether the terminal draws more than ASCII."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return encoding.startswith("utf")
