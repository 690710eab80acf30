"""Trust in an actor in words: the figure with its interval, where it is going, and the events behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot.answers_balance import basis
from counterpoise_bot.answers_events import Reason, lines, told
from counterpoise_bot.answers_form import ROWS, Answer, Cell, Table
from counterpoise_bot.answers_names import Called, between, called, day, figure, signed
from counterpoise_bot.answers_native import SERIES, chart
from counterpoise_bot.answers_question import Question
from counterpoise_bot.labels import strictest
from counterpoise_bot.people import Person
from counterpoise_bot.words import Words, later

Row = Mapping[str, Any]
Key = tuple[str, str]

POINTS = 20
"""Points of a trajectory: as many as Slack's own chart takes."""
WEEKS = 6
"""How far back the direction is told."""
STEADY = 0.01
"""A change of trust that is smaller than this is none to speak of."""
DAY_SECONDS = 86_400
PRIOR = 0.5
"""Where trust stands before there is any evidence; what contributions are counted from."""
TOLD = 3
"""Figures that are told in sentences where many were asked for; the table has them all."""

READINGS = {"trusted": later("trusted"), "distrusted": later("distrusted"), "open": later("open")}


@dataclass(frozen=True)
class Found:
    """What was found out about trust: a row an actor and theatre, the same weeks ago, and how it moved."""

    question: Question
    rows: tuple[Row, ...]
    before: Mapping[Key, float]
    trajectories: Mapping[Key, tuple[Row, ...]]
    called: Called
    label: str
    events: frozenset[str]
    items: int
    behind: tuple[Row, ...] = ()


def ask(application: Application, reader: Member, question: Question) -> Found:
    """Ask for trust, what it was some weeks ago, and its trajectory."""
    behind = application.questions.behind
    found = behind.standing(
        reader,
        actor=question.actor,
        theatre=question.theatre,
        before=7.0 * WEEKS,
        points=POINTS,
        most=ROWS,
        as_of=question.as_of,
    )
    trajectories: dict[Key, list[Row]] = {}
    for point in found.value["trajectories"]:
        trajectories.setdefault(_key(point), []).append(point)
    events = frozenset(row["event"] for row in found.value["events"])
    circles = behind.circles(reader, events=events, as_of=question.as_of).value
    return Found(
        question=question,
        rows=found.value["figures"],
        before={_key(row): row["trust"] for row in found.value["before"]},
        trajectories={key: tuple(points) for key, points in trajectories.items()},
        called=called(application, reader),
        label=strictest(row["label"] for row in circles),
        events=events,
        items=found.items or 0,
        behind=found.value["events"],
    )


def answer(person: Person, found: Found) -> Answer:
    """Return the answer: a sentence a figure, a row each, and how they moved."""
    words = person.words
    if not found.rows:
        return Answer(found.label, (_nothing(words, found),), basis=basis(words, found.items))
    first = [sentence(words, row, found) for row in found.rows[:TOLD]]
    more = len(found.rows) - len(first)
    others = [
        words.count("{number} more figure is in the table.", "{number} more figures are in the table.", more)
    ]
    when = words.say("As of {day}.", day=day(words, found.rows[0]["day"], person.zone))
    return Answer(
        label=found.label,
        sentences=(*first, *(others if more else ()), when),
        table=_table(words, found),
        chart=_chart(words, found),
        drawing=_drawing(words, found, person.zone),
        basis=basis(words, found.items),
        events=found.events,
    )


def sentence(words: Words, row: Row, found: Found) -> str:
    """Return one figure in a sentence, with its interval and which way it went."""
    return words.say(
        "Trust in {actor} in {theatre}: {trust} ({range}), {reading}; {direction}.",
        actor=found.called.name("actor", row["actor"]),
        theatre=found.called.name("theatre", row["theatre"]),
        trust=words.number(row["trust"], 2),
        range=between(words, row["low"], row["high"], 2),
        reading=words.say(READINGS[row["reading"]]),
        direction=_direction(words, row, found),
    )


def _direction(words: Words, row: Row, found: Found) -> str:
    before = found.before.get(_key(row))
    if before is None:
        return words.say("there was no evidence of it {weeks} weeks before", weeks=WEEKS)
    moved = row["trust"] - before
    if abs(moved) < STEADY:
        return words.say("steady over the last {weeks} weeks", weeks=WEEKS)
    points = words.number(abs(moved), 2)
    if moved > 0:
        return words.say("up by {points} over the last {weeks} weeks", points=points, weeks=WEEKS)
    return words.say("down by {points} over the last {weeks} weeks", points=points, weeks=WEEKS)


def _nothing(words: Words, found: Found) -> str:
    if found.question.actor:
        actor = found.called.name("actor", found.question.actor)
        return words.say("There is no evidence on {actor} there that you may see.", actor=actor)
    return words.say("There is no evidence on anybody there that you may see.")


def _table(words: Words, found: Found) -> Table:
    columns = (
        words.say("Organisation"),
        words.say("Theatre"),
        words.say("Trust"),
        words.say("Range"),
        words.say("Reading"),
        words.say("Over six weeks"),
        words.say("Evidence"),
        words.say("Belief"),
        words.say("Disbelief"),
        words.say("Uncertainty"),
        words.say("Norm there"),
    )
    return Table(words.say("Trust"), columns, tuple(_cells(words, row, found) for row in found.rows))


def _cells(words: Words, row: Row, found: Found) -> tuple[Cell, ...]:
    before = found.before.get(_key(row))
    return (
        found.called.name("actor", row["actor"]),
        found.called.name("theatre", row["theatre"]),
        figure(words, row["trust"]),
        between(words, row["low"], row["high"], 2),
        words.say(READINGS[row["reading"]]),
        signed(words, None if before is None else row["trust"] - before),
        figure(words, row["evidence"], 1),
        figure(words, row["belief"]),
        figure(words, row["disbelief"]),
        figure(words, row["uncertainty"]),
        figure(words, row["norm"]),
    )


def _series(found: Found) -> Mapping[str, tuple[Row, ...]]:
    """Return the trajectories that are drawn, by what tells them apart, those with most evidence first."""
    keys = [_key(row) for row in found.rows if _key(row) in found.trajectories][:SERIES]
    actors, theatres = {actor for actor, _ in keys}, {theatre for _, theatre in keys}
    return {
        _named(found.called, key, actors=len(actors), theatres=len(theatres)): found.trajectories[key]
        for key in keys
    }


def _named(called: Called, key: Key, *, actors: int, theatres: int) -> str:
    actor, theatre = str(called.name("actor", key[0])), str(called.name("theatre", key[1]))
    if actors == 1:
        return theatre
    return actor if theatres == 1 else f"{actor}, {theatre}"


def _chart(words: Words, found: Found) -> Any:  # noqa: ANN401  a block, or none
    shown = _series(found)
    series = {name: [point["trust"] for point in points] for name, points in shown.items()}
    days = [_iso(point["day"]) for point in next(iter(shown.values()), ())]
    return chart("line", words.say("Trust over time"), days, series, up=words.say("trust, 0 to 1"))


def _drawing(words: Words, found: Found, zone: str) -> Mapping[str, Any] | None:
    """Return what the picture is drawn from: a row a series and day, with its interval."""
    series = _series(found)
    if not series:
        return None
    rows = [
        {
            "series": name,
            "day": _iso(point["day"]),
            "trust": point["trust"],
            "low": point["low"],
            "high": point["high"],
        }
        for name, points in series.items()
        for point in points
    ]
    said = " ".join(_trend(words, name, points, zone) for name, points in series.items())
    return {
        "kind": "trust",
        "rows": rows,
        "titles": (words.say("Trust over time"), words.say("trust, 0 to 1")),
        "alt": words.say("Line chart of trust over time. {said}", said=said),
    }


def _trend(words: Words, name: str, points: tuple[Row, ...], zone: str) -> str:
    first, last = points[0], points[-1]
    lowest, highest = (choose(points, key=lambda point: point["trust"]) for choose in (min, max))
    return words.say(
        "{name}: from {first} on {first_day} to {last} on {last_day}, lowest {lowest}, highest {highest}.",
        name=name,
        first=words.number(first["trust"], 2),
        first_day=day(words, first["day"], zone),
        last=words.number(last["trust"], 2),
        last_day=day(words, last["day"], zone),
        lowest=words.number(lowest["trust"], 2),
        highest=words.number(highest["trust"], 2),
    )


# Why


@dataclass(frozen=True)
class Reasons:
    """What stands behind one figure of trust."""

    found: Found
    reasons: tuple[Reason, ...]
    told: Mapping[str, Row]


def ask_why(application: Application, reader: Member, question: Question) -> Reasons:
    """Ask for the events behind the figure that was asked about, or the one with most evidence."""
    found = ask(application, reader, question)
    key = _key(found.rows[0]) if found.rows else ("", "")
    reasons = tuple(Reason(part["event"], part["contribution"]) for part in found.behind if _key(part) == key)
    return Reasons(found, reasons, told(application, reader, reasons, as_of=question.as_of))


def why(person: Person, asked: Reasons) -> Answer:
    """Return one figure of trust, then the events that move it most."""
    words, found = person.words, asked.found
    if not found.rows:
        return Answer(found.label, (_nothing(words, found),))
    opening = sentence(words, found.rows[0], found)
    began = words.say(
        "It stands at {prior} where nothing is known. These events move it most:",
        prior=words.number(PRIOR, 1),
    )
    behind = lines(words, asked.reasons, asked.told, found.called, reader=person.member, zone=person.zone)
    return Answer(
        found.label, (opening, began, *behind), basis=basis(words, found.items), events=found.events
    )


# Comparing


def compared(person: Person, first: Found, second: Found) -> Answer:
    """Return the difference of trust in words: at two moments, or in two actors."""
    words = person.words
    label = strictest((first.label, second.label))
    if not first.rows or not second.rows:
        said = words.say("There is no evidence on one of the two, so there is nothing to compare.")
        return Answer(label, (said,))
    one = first.rows[0]
    two = next((row for row in second.rows if row["theatre"] == one["theatre"]), second.rows[0])
    names = [_which(words, found, row, person.zone) for found, row in ((first, one), (second, two))]
    table = _table(words, first)
    rows = tuple(
        (name, *_cells(words, row, found)[1:])
        for name, found, row in zip(names, (first, second), (one, two), strict=True)
    )
    return Answer(
        label,
        (
            words.say("{first} against {second}.", first=names[0], second=names[1]),
            *_difference(words, one, two),
        ),
        table=Table(table.caption, table.columns, rows),
        basis=basis(words, second.items),
        events=first.events | second.events,
    )


def _difference(words: Words, one: Row, two: Row) -> tuple[str, str]:
    said = words.say(
        "Trust: {first} ({first_range}), then {second} ({second_range}): {difference}.",
        first=words.number(one["trust"], 2),
        first_range=between(words, one["low"], one["high"], 2),
        second=words.number(two["trust"], 2),
        second_range=between(words, two["low"], two["high"], 2),
        difference=words.signed(two["trust"] - one["trust"], 2),
    )
    if one["high"] < two["low"] or two["high"] < one["low"]:
        return said, words.say("The two ranges do not overlap.")
    return said, words.say("The two ranges overlap, so this may be chance.")


def _which(words: Words, found: Found, row: Row, zone: str) -> str:
    return words.say(
        "{actor} in {theatre} as of {day}",
        actor=found.called.name("actor", row["actor"]),
        theatre=found.called.name("theatre", row["theatre"]),
        day=day(words, row["day"], zone),
    )


def _key(row: Row) -> Key:
    return (row["actor"], row["theatre"])


def _iso(since_1970: float) -> str:
    return datetime.fromtimestamp(since_1970 * DAY_SECONDS, UTC).date().isoformat()
