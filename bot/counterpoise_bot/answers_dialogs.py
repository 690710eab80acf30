"""Buttons below an answer, and the dialogs they open: another moment, a comparison, which pilot."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.answers_question import BALANCE, SPILLOVER, Question
from counterpoise_bot.blocks import Element
from counterpoise_bot.message import Block, Message, Place
from counterpoise_bot.turns import packed
from counterpoise_bot.words import OPTION, Name, Words, shortened

CHOICES = 100
VALUE = 150


def buttons(words: Words, question: Question, *, web: str = "", channel: bool = False) -> tuple[Element, ...]:
    """Return what can be done with an answer; to show it in the channel only where there is one."""
    value = question.packed()
    found = [
        blocks.button(words.button("Why?"), "figure-why", value, says=words.button("Why is the figure so?")),
        blocks.button(
            words.button("As of…"), "figure-as-of", value, says=words.button("See it at another moment")
        ),
        blocks.button(
            words.button("Compare…"), "figure-compare", value, says=words.button("Compare with another")
        ),
    ]
    if channel:
        found.append(blocks.button(words.button("Show in channel"), "figure-share", value))
    if web:
        found.append(blocks.button(words.button("Open on the web"), "figure-web", url=address(web, question)))
    return tuple(found)


def public(words: Words, question: Question, *, web: str = "") -> tuple[Element, ...]:
    """Return what everybody can do with an answer that a channel was shown; each is answered privately."""
    value = question.packed()
    found = [
        blocks.button(words.button("Why?"), "figure-why", value, says=words.button("Why is the figure so?")),
        blocks.button(words.button("In my language"), "figure-mine", value),
    ]
    if web:
        found.append(blocks.button(words.button("Open on the web"), "figure-web", url=address(web, question)))
    return tuple(found)


def address(web: str, question: Question) -> str:
    """Return the page that shows the same."""
    root = web.rstrip("/")
    if question.kind == BALANCE:
        return f"{root}/pilots/{question.pilot}"
    if question.kind == SPILLOVER:
        return f"{root}/spillover"
    return f"{root}/actors/{question.actor}" if question.actor else f"{root}/trust"


def sending(words: Words, question: Question) -> Element:
    """Return the button that sends the chart as a picture."""
    return blocks.button(words.button("Send me the chart"), "figure-picture", question.packed())


def asks_pilot(words: Words, question: Question, pilots: Mapping[str, str]) -> Message:
    """Return the question which pilot is meant."""
    if not pilots:
        said = words.say("You are on no pilot yet, so there is no balance to show.")
        return Message(said, (blocks.section(said),))
    asked = words.say("Which pilot do you mean?")
    menu = blocks.select(
        f"figure-pilot:{question.as_of}",
        [blocks.option(shortened(title, OPTION), id_) for id_, title in list(pilots.items())[:CHOICES]],
        placeholder=words.placeholder("Pilot to see the balance of"),
    )
    told = " ".join([asked, *(blocks.safe(title) for title in pilots.values())])
    return Message(told, (blocks.section(asked), blocks.actions(menu)))


def moment(
    words: Words, question: Question, steps: Sequence[Mapping[str, Any]], place: Place | None
) -> Block:
    """Return the dialog that asks for another moment: a day, or before a step began."""
    fields = [
        blocks.field(
            words.say("Day"),
            blocks.date_input("day", placeholder=words.placeholder("Day to see it as of")),
            block="day",
            optional=True,
        )
    ]
    if steps:
        fields.append(_steps(words, steps))
    return blocks.modal(
        words.title("As of…"),
        fields,
        callback="figure-moment",
        meta=_meta(question, place),
        submit=words.title("Show"),
        close=words.title("Cancel"),
    )


def comparison(words: Words, question: Question, actors: Mapping[str, str], place: Place | None) -> Block:
    """Return the dialog that asks what to compare: two moments, or two organisations at one."""
    said = words.say("Choose an earlier day, or a second organisation. What you leave empty stays as it is.")
    days = [
        blocks.field(
            label,
            blocks.date_input(name, placeholder=placeholder),
            block=name,
            optional=True,
        )
        for name, label, placeholder in (
            ("before", words.say("Earlier day"), words.placeholder("Day to compare with")),
            ("day", words.say("Later day"), words.placeholder("Later day, empty for now")),
        )
    ]
    chosen = [
        blocks.field(
            label,
            blocks.select(name, _options(actors), placeholder=placeholder, chosen=chosen),
            block=name,
            optional=True,
        )
        for name, label, placeholder, chosen in (
            ("actor", words.say("Organisation"), words.placeholder("First organisation"), question.actor),
            (
                "other",
                words.say("Second organisation"),
                words.placeholder("Organisation to compare with"),
                "",
            ),
        )
        if actors and question.kind != SPILLOVER
    ]
    return blocks.modal(
        words.title("Compare…"),
        [blocks.section(said), *days, *chosen],
        callback="figure-comparison",
        meta=_meta(question, place),
        submit=words.title("Compare"),
        close=words.title("Cancel"),
    )


def cells(words: Words, question: Question, named: Sequence[tuple[str, str]]) -> Element:
    """Return the menu of cells of spill-over that can be explained; a value is its two theatres and actor."""
    return blocks.select(
        f"figure-cell:{question.as_of}",
        [
            blocks.option(shortened(name, OPTION), value)
            for value, name in named[:CHOICES]
            if len(value) <= VALUE
        ],
        placeholder=words.placeholder("Pair of theatres to explain"),
    )


def _options(names: Mapping[str, str]) -> list[Element]:
    return [blocks.option(shortened(name, OPTION), id_) for id_, name in list(names.items())[:CHOICES]]


def _steps(words: Words, steps: Sequence[Mapping[str, Any]]) -> Block:
    menu = blocks.select(
        "step",
        [
            blocks.option(words.option("Before {step}", step=Name(step["title"])), str(step["step"]))
            for step in steps[:CHOICES]
        ],
        placeholder=words.placeholder("Step that had not begun"),
    )
    return blocks.field(words.say("Or before a step began"), menu, block="step", optional=True)


def _meta(question: Question, place: Place | None) -> str:
    return packed(question=question.packed(), channel=place.channel if place else "")
