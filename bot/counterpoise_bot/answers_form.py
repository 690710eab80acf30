"""The form of an answer: sentences, a table with every value, a chart; and as a message with its plainer forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise_bot.blocks import Element, actions, context, plain, safe, section
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message, Picture
from counterpoise_bot.words import Words

SECTION = 2900
"""Characters of one section, with room for what escaping adds."""
ROOM = 10_000
"""Characters that all paragraphs may have together, beside buttons; the text of a message holds more."""
ROWS = 24
"""Rows of a table that are shown; the web and the command line have all."""
PAGE = 12
NOTHING = "\u2013"


@dataclass(frozen=True)
class Figure:
    """A number in a cell, and how it is written."""

    value: float
    text: str


Cell = str | Figure


@dataclass(frozen=True)
class Table:
    """Rows under their columns; the first cell of a row says what it is about."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def told(self) -> list[str]:
        """The rows as sentences, for who cannot see a table."""
        return [
            f"{written(row[0])}: "
            + "; ".join(
                f"{name} {written(cell)}" for name, cell in zip(self.columns[1:], row[1:], strict=True)
            )
            for row in self.rows
        ]


@dataclass(frozen=True)
class Answer:
    """An answer before it is a message, in plain words. `label` is the strictest of everything it draws on.

    `chart` is a native block, `drawing` what `charts` draws it from where Slack refuses that. `basis` says what it was
    computed from, `events` are the ids of that.
    """

    label: str
    sentences: tuple[str, ...]
    table: Table | None = None
    chart: Block | None = None
    drawing: Mapping[str, Any] | None = None
    basis: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    after: tuple[Block, ...] = ()
    events: frozenset[str] = frozenset()


def message(
    words: Words, answer: Answer, *, picture: Picture | None = None, sends: Element | None = None
) -> Message:
    """Return an answer as a message: with its chart; else as a picture beside a plain table; else in words alone.

    `sends` is a button that sends the picture, for places where none can be shown to one person alone.
    """
    said = _opening(words, answer)
    lines = [*said, *(answer.table.told if answer.table else ()), *answer.basis]
    text = safe("\n".join(lines))
    shown = _sections(lines if len(text) <= ROOM else said)
    worded = Message(text, (*shown, *_ends(answer)), picture)
    if answer.table is None:
        return worded
    opening, small = _sections(said), _small(answer.basis)
    ends = _ends(answer, *([sends] if sends else []))
    tabled = Message(text, (*opening, plain_table(answer.table), *small, *ends), picture, plainer=worded)
    charts = () if answer.chart is None else (answer.chart,)
    whole = (*opening, data_table(answer.table), *charts, *small, *_ends(answer))
    return Message(text, whole, plainer=tabled)


def _opening(words: Words, answer: Answer) -> list[str]:
    first, *rest = answer.sentences
    return [f"{shown_label(words, answer.label)} {first}", *rest]


def _sections(lines: Sequence[str]) -> list[Block]:
    """Return lines as few sections as hold them; a line that is too long for one is cut into several."""
    found: list[str] = []
    for line in (part for whole in lines for part in _parts(safe(whole))):
        if found and len(found[-1]) + len(line) + 1 <= SECTION:
            found[-1] = f"{found[-1]}\n{line}"
        else:
            found.append(line)
    return [section(each) for each in found if each.strip()]


def _parts(line: str) -> list[str]:
    return [line[at : at + SECTION] for at in range(0, len(line), SECTION)]


def _small(basis: Sequence[str]) -> list[Block]:
    return [context(safe(" ".join(basis)))] if basis else []


def _ends(answer: Answer, *more: Element) -> tuple[Block, ...]:
    elements = (*answer.elements, *more)
    return (*((actions(*elements),) if elements else ()), *answer.after)


def written(cell: Cell) -> str:
    """Return a cell as text."""
    return cell.text if isinstance(cell, Figure) else cell or NOTHING


def data_table(table: Table) -> Block:
    """Return the table that Slack lets people sort and page through."""
    head = [_raw(name) for name in table.columns]
    return {
        "type": "data_table",
        "caption": table.caption,
        "page_size": PAGE,
        "row_header_column_index": 0,
        "rows": [head, *([_cell(cell) for cell in row] for row in table.rows[:ROWS])],
    }


def plain_table(table: Table) -> Block:
    """Return the table as Slack showed tables before: text in every cell."""
    head = [_raw(name) for name in table.columns]
    numbers = [any(isinstance(row[at], Figure) for row in table.rows) for at in range(len(table.columns))]
    return {
        "type": "table",
        "rows": [head, *([_raw(written(cell)) for cell in row] for row in table.rows[:ROWS])],
        "column_settings": [{"align": "right" if is_number else "left"} for is_number in numbers],
    }


def _cell(cell: Cell) -> Element:
    if isinstance(cell, Figure):
        return {"type": "raw_number", "value": cell.value, "text": cell.text}
    return _raw(cell or NOTHING)


def _raw(text: str) -> Element:
    return {"type": "raw_text", "text": str(text)}


def rating(words: Words, kind: str) -> Block:
    """Return the question whether an answer helped; only how many said what is kept."""
    ends = {
        name: {"text": plain(said), "value": f"{kind}/{value}", "accessibility_label": said}
        for name, said, value in (
            ("positive_button", words.button("This answer helped"), "helped"),
            ("negative_button", words.button("This answer did not help"), "did-not"),
        )
    }
    buttons = {"type": "feedback_buttons", "action_id": "answer-rate", **ends}
    return {"type": "context_actions", "elements": [buttons]}
