"""Rounds of reflection as people see them: the prompt, the list, the dialogs, the mirror. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.blocks import Element
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.scan_pages import rich
from counterpoise_bot.turns import packed
from counterpoise_bot.words import Name, Words, later

REFLECTION, CHOOSE, WHY = "round-reflection", "round-choose", "round-why"
"""The dialogs: a reflection, the choice of a step and phase, why a round is skipped."""

HEADS = {
    "before": later("Before {step} ({pilot}): what do you expect?"),
    "during": later("During {step} ({pilot}): one question, one minute."),
    "after": later("After {step} ({pilot}): what came of it?"),
}
FIRST = {
    "before": later("What do you expect of this step?"),
    "during": later("What do you notice right now?"),
    "after": later("What came of what you expected?"),
}
SECOND = {
    "before": later("What could it cost, and whom?"),
    "after": later("What did it cost, and whom?"),
}
PHASES = {
    "before": later("Before the step", fits=75),
    "during": later("During the step", fits=75),
    "after": later("After the step", fits=75),
}
SNOOZES = {
    "hour": later("In an hour", fits=75),
    "tomorrow": later("Tomorrow", fits=75),
    "monday": later("On Monday", fits=75),
}
CONFIDENCE = {
    "1": later("1: not at all", fits=75),
    "2": later("2: a little", fits=75),
    "3": later("3: half", fits=75),
    "4": later("4: rather", fits=75),
    "5": later("5: fully", fits=75),
}
PARTNER = {
    "1": later("1: broke with what we agreed", fits=75),
    "2": later("2: fell short", fits=75),
    "3": later("3: as agreed", fits=75),
    "4": later("4: better than agreed", fits=75),
    "5": later("5: earned our trust", fits=75),
}
DIFFERENCES = {
    "2": later("Much better than I expected", fits=75),
    "1": later("Better than I expected", fits=75),
    "0": later("As I expected", fits=75),
    "-1": later("Worse than I expected", fits=75),
    "-2": later("Much worse than I expected", fits=75),
}
LISTED = 5
SHOWN = 150


@dataclass(frozen=True)
class Round:
    """A step at a phase, in words. `id` is `pilot/step/phase`."""

    pilot: str
    step: str
    phase: str
    pilot_title: str
    step_title: str

    @property
    def id(self) -> str:
        """What names the round."""
        return f"{self.pilot}/{self.step}/{self.phase}"


@dataclass(frozen=True)
class Reflecting:
    """What a reflection's dialog is made of. `before` is the author's own answer before the step, empty without one."""

    words: Words
    round: Round
    draft: str
    label: str
    partners: Mapping[str, str]
    initial: tuple[str, str] = ("", "")
    before: tuple[str, str] = ("", "")
    over: bool = False


def head(words: Words, about: Round) -> str:
    """Return what a round asks, about which step."""
    said = words.say(HEADS[about.phase], step=Name(about.step_title), pilot=Name(about.pilot_title))
    return blocks.safe(said)


def prompt(words: Words, about: Round) -> Message:
    """Return the question, with what can be done about it."""
    said = head(words, about)
    why = words.say("One a day at most, in your working hours. Only you see this.")
    buttons = (
        blocks.button(words.button("Answer now"), "round-answer", about.id, style="primary"),
        snooze(words, about),
        blocks.button(words.button("Skip this round"), "round-skip", about.id),
        blocks.button(words.button("Fewer of these"), "round-fewer", about.id),
    )
    shown = (blocks.section(f"*{said}*"), blocks.context(why), blocks.actions(*buttons, block="round"))
    return Message(text=f"{said} {why}", blocks=shown)


def snooze(words: Words, about: Round) -> Element:
    """Return the menu of times to be asked again."""
    options = [blocks.option(words.say(text), f"{name}|{about.id}") for name, text in SNOOZES.items()]
    return blocks.select(
        f"round-snooze:{about.id}"[:255], options, placeholder=words.placeholder("Ask me again later")
    )


def listing(
    words: Words, rounds: Sequence[Round], last: Sequence[tuple[str, str]], *, more: int = 0
) -> Message:
    """Return what waits for a person, their last reflections (event id and words), and how to begin one."""
    said = (
        words.count("{number} round waits for you.", "{number} rounds wait for you.", len(rounds) + more)
        if rounds
        else words.say("No round waits for you.")
    )
    shown: list[Block] = [blocks.section(f"*{said}*")]
    told = [said]
    for about in rounds[:LISTED]:
        shown += [blocks.section(head(words, about)), _row(words, about)]
        told.append(head(words, about))
    if last:
        past = words.say("Your last reflections:")
        lines = [f"• {blocks.safe(text[:SHOWN])}" for _, text in last[:LISTED]]
        shown += [blocks.divider(), blocks.section("\n".join([f"*{past}*", *lines]))]
        told += [past, *(text[:SHOWN] for _, text in last[:LISTED])]
    begin = blocks.button(words.button("Begin a reflection"), "reflect-start")
    shown.append(blocks.actions(begin, block="reflect"))
    return Message(text=" ".join(told), blocks=tuple(shown))


def _row(words: Words, about: Round) -> Block:
    """Return a round's button, and its menu of what else can be done."""
    answer = blocks.button(
        words.button("Answer: {step}", step=Name(about.step_title)), f"round-answer:{about.id}", about.id
    )
    others = [
        *((name, words.say(text)) for name, text in SNOOZES.items()),
        ("skip", words.option("Skip this round")),
        ("fewer", words.option("Fewer of these")),
    ]
    menu = {
        "type": "overflow",
        "action_id": f"round-more:{about.id}",
        "options": [blocks.option(text, f"{name}|{about.id}") for name, text in others],
    }
    return blocks.actions(answer, menu, block=f"round-{about.id}")


def choose(words: Words, steps: Sequence[Round], *, meta: str) -> Mapping[str, Any]:
    """Return the dialog in which a step and a phase are chosen; `steps` are rounds of any phase."""
    options = [
        blocks.option(
            words.option("{step} ({pilot})", step=about.step_title, pilot=about.pilot_title),
            f"{about.pilot}/{about.step}",
        )
        for about in steps[:100]
    ]
    phases = [blocks.option(words.say(text), name) for name, text in PHASES.items()]
    return blocks.modal(
        words.title("New reflection"),
        [
            blocks.field(
                words.say("Step"),
                blocks.select("reflect-step", options, placeholder=words.placeholder("Choose a step")),
                block="step",
            ),
            blocks.field(
                words.say("When"), blocks.radios("reflect-phase", phases, chosen="before"), block="phase"
            ),
        ],
        callback=CHOOSE,
        meta=meta,
        submit=words.title("Next"),
        close=words.title("Close"),
    )


def reflection(asked: Reflecting) -> Mapping[str, Any]:
    """Return the dialog in which a round is answered."""
    words, about = asked.words, asked.round
    shown: list[Block] = [
        blocks.section(f"*{head(words, about)}*"),
        blocks.context(f"{shown_label(words, asked.label)}  {_readers(words, asked.label)}"),
        *_answers(asked),
    ]
    if about.phase == "before":
        shown.append(_scale(words, "reflect-confidence", words.say("How confident are you?"), CONFIDENCE))
    if about.phase == "after" and any(asked.before):
        question = words.say("Against what you expected, how did it come out?")
        shown.append(_scale(words, "reflect-difference", question, DIFFERENCES))
    if about.phase == "after":
        shown += [
            _scale(
                words, f"reflect-rate:{actor}", words.say("How was {partner}?", partner=Name(name)), PARTNER
            )
            for actor, name in list(asked.partners.items())[:20]
        ]
    shown.append(_day(asked))
    meta = packed(draft=asked.draft, pilot=about.pilot, step=about.step, phase=about.phase)
    return blocks.modal(
        words.title("Reflection"),
        shown,
        callback=REFLECTION,
        meta=meta,
        submit=words.title("Record reflection"),
        close=words.title("Close, keep draft"),
        told_when_closed=True,
    )


def _answers(asked: Reflecting) -> list[Block]:
    """Return the questions of a phase; after a step each with what its author answered before."""
    words, phase = asked.words, asked.round.phase
    shown: list[Block] = []
    for number, questions in enumerate((FIRST, SECOND)):
        if phase not in questions:
            continue
        if phase == "after" and asked.before[number]:
            question = (FIRST, SECOND)[number]["before"]
            said = words.say("Before the step you were asked: {question}", question=words.say(question))
            shown += [blocks.context(said), blocks.quote(asked.before[number])]
        shown.append(
            blocks.field(
                words.say(questions[phase]),
                rich(
                    f"reflect-{number}",
                    asked.initial[number],
                    placeholder=words.placeholder("In your own words"),
                ),
                block=f"answer-{number}",
                optional=True,
            )
        )
    return shown


def _scale(words: Words, action: str, label: str, degrees: Mapping[str, str]) -> Block:
    options = [blocks.option(words.say(text), value) for value, text in degrees.items()]
    menu = blocks.select(action, options, placeholder=words.placeholder("Choose one of five"))
    return blocks.field(label, menu, block=action, optional=True)


def _day(asked: Reflecting) -> Block:
    words = asked.words
    hint = (
        words.say("This round is over: say when it was, and both times are kept.")
        if asked.over
        else words.say("Leave it out for now; else both times are kept: when it was, and when you wrote it.")
    )
    picker = blocks.date_input("reflect-day", placeholder=words.placeholder("The day this was so"))
    return blocks.field(words.say("When was this so?"), picker, block="day", hint=hint, optional=True)


def _readers(words: Words, label: str) -> str:
    if label == "AMBER+STRICT":
        return words.say("Only your organisation reads this.")
    return words.say("Everybody on the pilot may read this.")


def recorded(
    words: Words, about: Round, event: str, *, label: str, occurred: str = "", noted: str = ""
) -> Message:
    """Return what tells that a reflection is recorded; a late one with both of its times."""
    said = words.say(
        "Recorded: your reflection on {step} ({pilot}), {label}.",
        step=Name(about.step_title),
        pilot=Name(about.pilot_title),
        label=shown_label(words, label),
    )
    times = (
        words.say("It is of {occurred}, and was written down {noted}.", occurred=occurred, noted=noted)
        if occurred
        else ""
    )
    buttons = (
        blocks.button(words.button("Correct reflection"), "record-correct", event),
        blocks.button(words.button("Withdraw reflection"), "record-withdraw", event),
    )
    shown = (
        blocks.section("\n".join(part for part in (blocks.safe(said), times) if part)),
        blocks.actions(*buttons, block="record-buttons"),
    )
    return Message(text=f"{said} {times}".strip(), blocks=shown)


def plainly(text: str, *elements: Element) -> Message:
    """Return a sentence, with what can be done about it."""
    rows = (blocks.actions(*elements, block="round"),) if elements else ()
    return Message(text=text, blocks=(blocks.section(text), *rows))


def why(words: Words, about: str) -> Mapping[str, Any]:
    """Return the dialog that asks why a round is skipped."""
    return blocks.modal(
        words.title("Skip with a reason"),
        [
            blocks.field(
                words.say("Why do you skip this round?"),
                blocks.text_input(
                    "skip-reason", placeholder=words.placeholder("In your own words"), most=500
                ),
                block="reason",
                hint=words.say("Kept for you alone; nobody else reads it."),
            )
        ],
        callback=WHY,
        meta=packed(round=about),
        submit=words.title("Skip"),
        close=words.title("Back"),
    )


def joined(first: str, second: str) -> str:
    """Return two answers as one text; `parted` takes it apart again."""
    one, two = ("\n".join(line for line in each.splitlines() if line.strip()) for each in (first, second))
    return f"{one}\n\n{two}" if two else one


def parted(text: str) -> tuple[str, str]:
    """Return the two answers that a text was joined from."""
    first, _, second = text.partition("\n\n")
    return first, second
