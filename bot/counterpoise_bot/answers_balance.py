"""The balance of a pilot in words: gains against identity risks, the level that advises, and what carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterpoise.application.faces import Application, Member
from counterpoise_bot.answers_events import Reason, lines, told
from counterpoise_bot.answers_form import Answer, Cell, Table
from counterpoise_bot.answers_names import NINETY, Called, between, called, day, figure, signed
from counterpoise_bot.answers_native import chart
from counterpoise_bot.answers_question import Question
from counterpoise_bot.labels import strictest
from counterpoise_bot.people import Person
from counterpoise_bot.words import Words, later

Row = Mapping[str, Any]

VERDICTS = {
    "association": later("association"),
    "dissociation": later("dissociation"),
    "in_between": later("in between"),
}
CARRYING = 5
"""Factors that are told in a sentence."""
RED_LINE = "red_line"


@dataclass(frozen=True)
class Found:
    """What was found out about a pilot's balances. `advice` is None where no actor that takes part has one."""

    question: Question
    rows: tuple[Row, ...]
    advice: Row | None
    parts: tuple[Row, ...]
    behind: tuple[Row, ...]
    called: Called
    label: str
    events: frozenset[str]
    items: int

    @property
    def leading(self) -> Row | None:
        """The balance to speak of first: the one asked about, else the one that sets the level."""
        wanted = self.question.actor or (self.advice["actor"] if self.advice else "")
        return next((row for row in self.rows if row["actor"] == wanted), self.rows[0] if self.rows else None)


def ask(application: Application, reader: Member, question: Question) -> Found:
    """Ask for the balances of a pilot and what they stand on."""
    behind = application.questions.behind
    found = behind.pilot(reader, pilot=question.pilot, as_of=question.as_of)
    events = frozenset(row["event"] for row in found.value["events"])
    circles = behind.circles(reader, events=events, as_of=question.as_of).value
    return Found(
        question=question,
        rows=found.value["balances"],
        advice=next(iter(found.value["advice"]), None),
        parts=found.value["contributions"],
        behind=found.value["events"],
        called=called(application, reader),
        label=strictest(row["label"] for row in circles),
        events=events,
        items=found.items or 0,
    )


def answer(person: Person, found: Found) -> Answer:
    """Return the answer: the sentence, the level, a row and a sentence an actor."""
    words, leading = person.words, found.leading
    pilot = found.called.name("pilot", found.question.pilot)
    if leading is None:
        said = words.say("There is no balance of {pilot} that you may see: no scan is open yet.", pilot=pilot)
        return Answer(found.label, (said,), basis=basis(words, found.items))
    others = [row for row in found.rows if row is not leading]
    when = words.say("{pilot}, as of {day}.", pilot=pilot, day=day(words, leading["day"], person.zone))
    return Answer(
        label=found.label,
        sentences=(
            sentence(words, leading, found.called),
            *_level(words, found),
            *(sentence(words, row, found.called) for row in others),
            *_notes(words, leading),
            when,
        ),
        table=_table(words, found),
        chart=_chart(words, found),
        drawing=_drawing(words, found),
        basis=basis(words, found.items),
        events=found.events,
    )


def sentence(words: Words, row: Row, called: Called) -> str:
    """Return one actor's balance in a sentence, with what is likely of both pans."""
    return words.say(
        "{actor}: gains {gains} ({gains_range}) against identity risks {risks} ({risks_range}): {verdict}.",
        actor=called.name("actor", row["actor"]),
        gains=words.number(row["gains"], 1),
        gains_range=_range(words, row, "gains"),
        risks=words.number(row["risks"], 1),
        risks_range=_range(words, row, "risks"),
        verdict=verdict(words, row),
    )


def verdict(words: Words, row: Row) -> str:
    """Return what the scale says, and how surely; "not decided" where another verdict is nearly as likely."""
    if row["red_line"]:
        return words.say("dissociation, because a red line would be crossed")
    likeliest = words.say(VERDICTS[row["verdict"]])
    if not row["contested"]:
        return likeliest
    chance = words.percent(row["probability"])
    return words.say("not decided, {verdict} is the likeliest ({chance})", verdict=likeliest, chance=chance)


def basis(words: Words, items: int) -> tuple[str, ...]:
    """Return what every figure says of itself: from how many items, and whose ratings are not in it."""
    return (
        words.count(
            "Computed from the {number} item you may read.",
            "Computed from the {number} items you may read.",
            items,
        ),
        words.say("Ratings that members of other organisations have not shared with you are left out."),
        words.say("Brackets hold what is 90 % likely."),
    )


def _range(words: Words, row: Row, pan: str) -> str:
    half = NINETY * row[f"{pan}_sd"]
    return between(words, max(0.0, row[pan] - half), row[pan] + half)


def _level(words: Words, found: Found) -> list[str]:
    if found.advice is None:
        return []
    entry = found.called.entry("levels", found.advice["level"])
    return [
        words.say(
            "Level advised: {level} ({spectrum}), set by {actor} through {factor}.",
            level=found.called.word(words, "levels", found.advice["level"]),
            spectrum=words.term(str(entry.get("spectrum", ""))),
            actor=found.called.name("actor", found.advice["actor"]),
            factor=_cause(words, found.advice["factor"], found.called),
        )
    ]


def _cause(words: Words, key: str, called: Called) -> str:
    if key == RED_LINE:
        return words.say("a red line")
    section = "conditions" if called.entry("conditions", key) else "factors"
    return called.word(words, section, key) if key else words.say("no risk at all")


def _notes(words: Words, row: Row) -> list[str]:
    """Return what is worth knowing about a scan that is not open, or whose actor has left."""
    notes = []
    if not row["opened"]:
        notes.append(words.say("Your organisation's scan is not open yet: others do not see it."))
    if not row["joined"]:
        notes.append(words.say("It takes part no longer, so it does not bear on the level."))
    return notes


def _table(words: Words, found: Found) -> Table:
    columns = (
        words.say("Organisation"),
        words.say("Gains"),
        words.say("Gains, range"),
        words.say("Risks"),
        words.say("Risks, range"),
        words.say("Balance"),
        words.say("Deviation"),
        words.say("Verdict"),
        words.say("Likelihood"),
        words.say("Level"),
        words.say("Set by"),
        words.say("Standing"),
        words.say("Gains must be"),
        words.say("Least trust"),
        words.say("Stage"),
    )
    title = found.called.name("pilot", found.question.pilot)
    caption = words.say("Balances of {pilot}", pilot=title)
    return Table(caption, columns, tuple(_cells(words, row, found.called) for row in found.rows))


def _cells(words: Words, row: Row, called: Called) -> tuple[Cell, ...]:
    fulcrum = words.number(row["fulcrum"], 2)
    return (
        called.name("actor", row["actor"]),
        figure(words, row["gains"]),
        _range(words, row, "gains"),
        figure(words, row["risks"]),
        _range(words, row, "risks"),
        signed(words, row["balance"]),
        figure(words, row["sd"]),
        words.say(VERDICTS[row["verdict"]]),
        words.percent(row["probability"]),
        called.word(words, "levels", row["level"]),
        _cause(words, row["capped_by"] or row["heaviest_risk"], called),
        signed(words, row["standing"]),
        words.say("{fulcrum} times the risks", fulcrum=fulcrum),
        figure(words, row["trust"]),
        called.word(words, "stages", row["stage"]),
    )


def _chart(words: Words, found: Found) -> Any:  # noqa: ANN401  a block, or none
    actors = [str(found.called.name("actor", row["actor"])) for row in found.rows]
    series = {
        words.say("Gains"): [row["gains"] for row in found.rows],
        words.say("Identity risks"): [row["risks"] for row in found.rows],
    }
    title = words.say("Gains and identity risks")
    return chart("bar", title, actors, series, up=words.say("load on the scale"))


def _drawing(words: Words, found: Found) -> Mapping[str, Any]:
    """Return what the picture is drawn from: a row an actor and pan, each with its interval."""
    gains, risks = words.say("Gains"), words.say("Identity risks")
    rows = [
        {
            "actor": str(found.called.name("actor", row["actor"])),
            "pan": name,
            "value": row[pan],
            "low": max(0.0, row[pan] - NINETY * row[f"{pan}_sd"]),
            "high": row[pan] + NINETY * row[f"{pan}_sd"],
            "told": words.number(row[pan], 2),
        }
        for row in found.rows
        for pan, name in (("gains", gains), ("risks", risks))
    ]
    said = " ".join(sentence(words, row, found.called) for row in found.rows)
    title = words.say("Gains and identity risks")
    return {
        "kind": "balance",
        "rows": rows,
        "titles": (title, words.say("load on the scale"), gains, risks),
        "alt": words.say("Chart of gains and identity risks with their ranges. {said}", said=said),
    }


# Why


@dataclass(frozen=True)
class Reasons:
    """What carries a balance: factors and audiences, and the events behind it."""

    found: Found
    parts: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    told: Mapping[str, Row]


def ask_why(application: Application, reader: Member, question: Question) -> Reasons:
    """Ask for the contributions to one actor's balance, and for the events behind it."""
    found = ask(application, reader, question)
    actor = found.leading["actor"] if found.leading else ""
    parts = tuple(part for part in found.parts if part["actor"] == actor)
    reasons = tuple(
        Reason(each["event"], each["contribution"]) for each in found.behind if each["actor"] == actor
    )
    return Reasons(found, parts, reasons, told(application, reader, reasons, as_of=question.as_of))


def why(person: Person, asked: Reasons) -> Answer:
    """Return what carries a balance, the largest first, then the events behind it."""
    words, found, row = person.words, asked.found, asked.found.leading
    if row is None:
        return Answer(found.label, (words.say("There is no balance here that you may see."),))
    actor = found.called.name("actor", row["actor"])
    carried = [_part(words, part, found.called) for part in asked.parts[:CARRYING]]
    opening = words.say(
        "What carries the balance of {actor} ({balance}): {parts}.",
        actor=actor,
        balance=words.signed(row["balance"], 2),
        parts=words.list_of(carried),
    )
    behind = lines(words, asked.reasons, asked.told, found.called, reader=person.member, zone=person.zone)
    return Answer(
        label=found.label,
        sentences=(opening, *_lever(words, row, found.called), words.say("The events behind it:"), *behind),
        table=_contributions(words, asked, actor),
        basis=basis(words, found.items),
        events=found.events,
    )


def _part(words: Words, part: Row, called: Called) -> str:
    return words.say(
        "{factor} for {audience} {value}",
        factor=called.word(words, "factors", part["factor"]),
        audience=called.audience(words, part["audience"]),
        value=words.signed(part["value"], 2),
    )


def _lever(words: Words, row: Row, called: Called) -> list[str]:
    """Return the one change that would move the balance most."""
    if row["lever"] is None:
        return []
    moves = words.signed(row["lever_moves"], 2)
    if row["lever_kind"] == "factor":
        score = words.number(1 + 4 * row["lever_score"])
        name = called.word(words, "factors", row["lever"])
        return [
            words.say(
                "{factor} scored {score} of 5 would move it most ({moves}).",
                factor=name,
                score=score,
                moves=moves,
            )
        ]
    name = called.audience(words, row["lever"])
    return [words.say("Without {audience} it would move most ({moves}).", audience=name, moves=moves)]


def _contributions(words: Words, asked: Reasons, actor: str) -> Table | None:
    if not asked.parts:
        return None
    pans = {"gain": words.say("gain"), "risk": words.say("risk")}
    columns = (words.say("Factor"), words.say("Audience"), words.say("Pan"), words.say("Contributes"))
    rows = tuple(
        (
            asked.found.called.word(words, "factors", part["factor"]),
            asked.found.called.audience(words, part["audience"]),
            pans[part["pan"]],
            signed(words, part["value"], 3),
        )
        for part in asked.parts
    )
    return Table(words.say("What carries the balance of {actor}", actor=actor), columns, rows)


# Comparing


def compared(person: Person, first: Found, second: Found) -> Answer:
    """Return the difference of two balances in words: of two moments, or of two actors at one."""
    words, one, two = person.words, first.leading, second.leading
    label = strictest((first.label, second.label))
    if one is None or two is None:
        said = words.say("One of the two has no balance that you may see, so there is nothing to compare.")
        return Answer(label, (said,))
    names = [_which(words, found, row, person.zone) for found, row in ((first, one), (second, two))]
    sentences = [
        words.say("{first} against {second}.", first=names[0], second=names[1]),
        _moved(words, words.say("Gains"), one["gains"], two["gains"]),
        _moved(words, words.say("Identity risks"), one["risks"], two["risks"]),
        words.say(
            "Balance: {first} and {second}, {difference}.",
            first=words.signed(one["balance"], 2),
            second=words.signed(two["balance"], 2),
            difference=words.signed(two["balance"] - one["balance"], 2),
        ),
        words.say("Verdict: {first}, then {second}.", first=verdict(words, one), second=verdict(words, two)),
        words.say(
            "Level: {first}, then {second}.",
            first=first.called.word(words, "levels", one["level"]),
            second=second.called.word(words, "levels", two["level"]),
        ),
    ]
    table = _table(words, first)
    both = tuple(
        (name, *_cells(words, row, found.called)[1:])
        for name, found, row in zip(names, (first, second), (one, two), strict=True)
    )
    return Answer(
        label,
        tuple(sentences),
        table=Table(table.caption, table.columns, both),
        basis=basis(words, second.items),
        events=first.events | second.events,
    )


def _which(words: Words, found: Found, row: Row, zone: str) -> str:
    return words.say(
        "{actor} as of {day}",
        actor=found.called.name("actor", row["actor"]),
        day=day(words, row["day"], zone),
    )


def _moved(words: Words, what: str, one: float, two: float) -> str:
    difference = words.number(abs(two - one), 2)
    ends = {
        "what": what,
        "first": words.number(one, 2),
        "second": words.number(two, 2),
        "difference": difference,
    }
    if round(one, 2) == round(two, 2):
        return words.say("{what}: {first} both times.", **ends)
    if two > one:
        return words.say("{what}: {first}, then {second}, {difference} more.", **ends)
    return words.say("{what}: {first}, then {second}, {difference} less.", **ends)
