"""Spill-over in words: which theatre's events moved trust elsewhere, by how much, and which events those were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot.answers_balance import basis
from counterpoise_bot.answers_events import Reason, lines, told
from counterpoise_bot.answers_form import ROWS, Answer, Cell, Figure, Table
from counterpoise_bot.answers_names import Called, called, day, figure, signed
from counterpoise_bot.answers_native import POINTS, chart
from counterpoise_bot.answers_question import Question
from counterpoise_bot.labels import strictest
from counterpoise_bot.people import Person
from counterpoise_bot.words import Words

Row = Mapping[str, Any]

ENOUGH = 5
"""Items behind a cell from which on it is told; fewer are too few to say anything."""
STRONGEST = 3
"""Cells that are told in sentences."""
BETWEEN = "|"
"""What stands between the ids that name a cell."""


@dataclass(frozen=True)
class Found:
    """What was found out about spill-over: a row an actor and pair of theatres; the pairs over all that was asked."""

    question: Question
    rows: tuple[Row, ...]
    matrix: tuple[Row, ...]
    called: Called
    label: str
    events: frozenset[str]
    items: int

    @property
    def telling(self) -> list[Row]:
        """The cells with enough behind them, the strongest first."""
        return sorted((row for row in self.rows if row["items"] >= ENOUGH), key=lambda row: -abs(row["net"]))

    @property
    def cell(self) -> Row | None:
        """The cell asked about, else the strongest."""
        wanted = (self.question.actor, self.question.source, self.question.theatre)
        for row in self.rows:
            if (row["actor"], row["from"], row["to"]) == wanted:
                return row
        return next(iter(self.telling), None)


def ask(application: Application, reader: Member, question: Question) -> Found:
    """Ask for spill-over about an actor, or about all."""
    questions, as_of = application.questions, question.as_of
    found = questions.spillover(reader, actor=question.actor, as_of=as_of)
    matrix = found.value if question.actor else questions.spillover_matrix(reader, as_of=as_of).value
    pairs = {(row["actor"], row["to"]) for row in found.value}
    behind = questions.behind.trust(reader, pairs=pairs, as_of=as_of).value if pairs else ()
    events = frozenset(row["event"] for row in behind)
    circles = questions.behind.circles(reader, events=events, as_of=as_of).value
    return Found(
        question=question,
        rows=found.value,
        matrix=matrix,
        called=called(application, reader),
        label=strictest(row["label"] for row in circles),
        events=events,
        items=found.items or 0,
    )


def answer(person: Person, found: Found) -> Answer:
    """Return the strongest cells in sentences, what they are not, and all of them as a table."""
    words = person.words
    strongest = found.telling[:STRONGEST]
    if not strongest:
        said = words.say("No theatre's events have moved trust elsewhere enough to speak of.")
        return Answer(found.label, (said,), basis=basis(words, found.items))
    when = words.say("As of {day}.", day=day(words, strongest[0]["day"], person.zone))
    return Answer(
        label=found.label,
        sentences=(*(sentence(words, row, found.called) for row in strongest), caution(words), when),
        table=_table(words, found),
        chart=_chart(words, found),
        drawing=_drawing(words, found),
        basis=basis(words, found.items),
        events=found.events,
    )


def sentence(words: Words, row: Row, called: Called) -> str:
    """Return one cell in a sentence: from where, to where, about whom, by how much."""
    told = {
        "source": called.name("theatre", row["from"]),
        "theatre": called.name("theatre", row["to"]),
        "actor": called.name("actor", row["actor"]),
        "points": words.number(abs(row["net"]), 2),
        "gained": words.number(row["gained"], 2),
        "lost": words.number(abs(row["lost"]), 2),
    }
    if row["net"] >= 0:
        return words.say(
            "What happened in {source} goes with {points} more trust in {actor} in {theatre} "
            "(gained {gained}, lost {lost}).",
            **told,
        )
    return words.say(
        "What happened in {source} goes with {points} less trust in {actor} in {theatre} "
        "(gained {gained}, lost {lost}).",
        **told,
    )


def caution(words: Words) -> str:
    """Return what spill-over is not."""
    return words.say(
        "This is association, not cause: a share of present trust under an assumption of the model, "
        "not what trust would be without it."
    )


def _table(words: Words, found: Found) -> Table:
    rows = found.telling if found.question.actor else found.matrix
    about = () if not found.question.actor else (words.say("Organisation"),)
    columns = (words.say("From"), words.say("To"), *about, *_figures(words))
    cells = tuple(_cells(words, row, found) for row in rows[:ROWS])
    return Table(words.say("Spill-over between theatres, in points of trust"), columns, cells)


def _figures(words: Words) -> tuple[str, ...]:
    return words.say("Net"), words.say("Gained"), words.say("Lost"), words.say("Items")


def _cells(words: Words, row: Row, found: Found) -> tuple[Cell, ...]:
    about = () if not found.question.actor else (found.called.name("actor", row["actor"]),)
    return (
        found.called.name("theatre", row["from"]),
        found.called.name("theatre", row["to"]),
        *about,
        *figures(words, row),
    )


def figures(words: Words, row: Row) -> tuple[Cell, ...]:
    """Return what a cell says; "too few" in place of it where next to nothing is behind it."""
    if row["items"] < ENOUGH:
        few = words.say("too few")
        return few, few, few, few
    return (
        signed(words, row["net"], 3),
        signed(words, row["gained"], 3),
        signed(words, row["lost"], 3),
        Figure(row["items"], words.number(row["items"])),
    )


def _chart(words: Words, found: Found) -> Any:  # noqa: ANN401  a block, or none
    shown = _shown(found)
    names = [pair_of(found.called, row, short=True) for row in shown]
    series = {
        words.say("Gained"): [row["gained"] for row in shown],
        words.say("Lost"): [row["lost"] for row in shown],
    }
    title = words.say("Spill-over between theatres")
    return chart("bar", title, names, series, up=words.say("points of trust"))


def _shown(found: Found) -> Sequence[Row]:
    return [row for row in found.matrix if row["items"] >= ENOUGH][:POINTS]


def pair_of(called: Called, row: Row, *, short: bool = False) -> str:
    """Return two theatres with an arrow from the one that lends; each by its first word where it is to be short."""
    ends = [str(called.name("theatre", row[end])) for end in ("from", "to")]
    first, second = (end.split()[0] if short and end.split() else end for end in ends)
    return f"{first} → {second}"


def _drawing(words: Words, found: Found) -> Mapping[str, Any]:
    """Return what the picture is drawn from: a row a pair of theatres."""
    few = words.say("too few")
    rows = [
        {
            "from": str(found.called.name("theatre", row["from"])),
            "to": str(found.called.name("theatre", row["to"])),
            "net": row["net"] if row["items"] >= ENOUGH else None,
            "told": words.signed(row["net"], 2) if row["items"] >= ENOUGH else few,
        }
        for row in found.matrix
    ]
    said = " ".join(
        words.say(
            "From {source} to {theatre}: {net}.",
            source=found.called.name("theatre", row["from"]),
            theatre=found.called.name("theatre", row["to"]),
            net=each["told"] or few,
        )
        for row, each in zip(found.matrix, rows, strict=True)
    )
    return {
        "kind": "spillover",
        "rows": rows,
        "titles": (words.say("Spill-over between theatres"), words.say("happened in"), words.say("reaches")),
        "alt": words.say("Matrix of spill-over, in points of trust. {said}", said=said),
    }


def cells(found: Found) -> list[tuple[str, str]]:
    """Return the cells that can be explained, the strongest first: the ids of two theatres and an actor, and a name."""
    return [
        (
            BETWEEN.join((row["from"], row["to"], row["actor"])),
            f"{pair_of(found.called, row, short=True)}: {found.called.name('actor', row['actor'])}",
        )
        for row in found.telling
    ]


# Why


@dataclass(frozen=True)
class Reasons:
    """What stands behind one cell."""

    found: Found
    reasons: tuple[Reason, ...]
    told: Mapping[str, Row]


def ask_why(application: Application, reader: Member, question: Question) -> Reasons:
    """Ask for the leading events behind a cell."""
    found = ask(application, reader, question.about(actor="") if question.source else question)
    exact = Found(**{**vars(found), "question": question})
    cell = exact.cell
    reasons = () if cell is None else _reasons(cell)
    return Reasons(exact, reasons, told(application, reader, reasons, as_of=question.as_of))


def _reasons(cell: Row) -> tuple[Reason, ...]:
    """Return the events of a cell, each once."""
    points: dict[str, float] = {}
    for event, each in zip(cell["events"], cell["points"], strict=True):
        points[event] = points.get(event, 0.0) + each
    return tuple(Reason(event, each) for event, each in points.items())


def why(person: Person, asked: Reasons) -> Answer:
    """Return one cell in a sentence, and the events behind it."""
    words, found, cell = person.words, asked.found, asked.found.cell
    if cell is None:
        return Answer(found.label, (words.say("There is too little behind it to say why."),))
    behind = lines(words, asked.reasons, asked.told, found.called, reader=person.member, zone=person.zone)
    opening = sentence(words, cell, found.called)
    return Answer(
        found.label,
        (opening, words.say("The events behind it that weigh most:"), *behind, caution(words)),
        basis=basis(words, found.items),
        events=found.events,
    )


# Comparing


def compared(person: Person, first: Found, second: Found) -> Answer:
    """Return how spill-over changed between two moments, pair of theatres by pair."""
    words = person.words
    before = {(row["from"], row["to"]): row for row in first.matrix}
    rows = [row for row in second.matrix if row["items"] >= ENOUGH and (row["from"], row["to"]) in before]
    if not rows:
        return Answer(second.label, (words.say("There is too little at one of the two moments to compare."),))
    told_rows = [_change(words, before[row["from"], row["to"]], row, second.called) for row in rows]
    columns = (
        words.say("From"),
        words.say("To"),
        words.say("Before"),
        words.say("After"),
        words.say("Change"),
    )
    cells = tuple(
        (
            second.called.name("theatre", row["from"]),
            second.called.name("theatre", row["to"]),
            signed(words, before[row["from"], row["to"]]["net"], 3),
            figure(words, row["net"], 3),
            signed(words, row["net"] - before[row["from"], row["to"]]["net"], 3),
        )
        for row in rows
        if before[row["from"], row["to"]]["items"] >= ENOUGH
    )
    return Answer(
        strictest((first.label, second.label)),
        (*told_rows[:STRONGEST], caution(words)),
        table=Table(words.say("Spill-over at two moments"), columns, cells) if cells else None,
        basis=basis(words, second.items),
        events=first.events | second.events,
    )


def _change(words: Words, before: Row, after: Row, called: Called) -> str:
    return words.say(
        "From {source} to {theatre}: {before}, then {after}.",
        source=called.name("theatre", after["from"]),
        theatre=called.name("theatre", after["to"]),
        before=words.signed(before["net"], 2) if before["items"] >= ENOUGH else words.say("too few"),
        after=words.signed(after["net"], 2),
    )
