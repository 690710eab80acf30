"""The dialogs about a step and its partners: reasons, outcomes, tweaks, invitations, charters, mandates. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.message import Block
from counterpoise_bot.pilot_steps import OUTCOMES
from counterpoise_bot.scan_pages import several
from counterpoise_bot.turns import packed
from counterpoise_bot.words import Name, Words, later

REASONS = {
    "objection": (
        later("Object", fits=24),
        later("Why does your organisation object, and what would satisfy it?"),
        later("Object", fits=24),
    ),
    "reservation": (
        later("Reservation", fits=24),
        later("What is your organisation's reservation?"),
        later("Consent", fits=24),
    ),
    "pause": (later("Pause step", fits=24), later("Why does the step rest?"), later("Pause step", fits=24)),
    "abandon": (
        later("Abandon step", fits=24),
        later("Why will the step not be done?"),
        later("Abandon step", fits=24),
    ),
    "waive": (
        later("Waive red line", fits=24),
        later("Why do you waive it for this step?"),
        later("Waive red line", fits=24),
    ),
}
"""What asks for a reason: the dialog's title, its question, the button that sends it."""

FREELY = frozenset({"reservation", "pause"})
"""What may go without a reason."""

SHARES = (
    ("1.0", later("All of it", fits=75)),
    ("0.75", later("Three quarters", fits=75)),
    ("0.5", later("Half", fits=75)),
    ("0.25", later("A quarter", fits=75)),
    ("0.0", later("None of it", fits=75)),
)
REPLIES = {
    "join": later("We join", fits=75),
    "join_on_conditions": later("We join on conditions", fits=75),
    "observe": later("We observe", fits=75),
    "parallel": later("We run a parallel pilot", fits=75),
    "decline": later("We decline", fits=75),
}
RULES = {
    "data_ownership": later("Data ownership"),
    "branding": later("Branding"),
    "public_messaging": later("Public messaging"),
    "information_limits": later("Limits on information"),
}
MANDATE = {
    "mandate": later("Mandate"),
    "incentives": later("What it hopes for"),
    "fears": later("What it fears"),
}


def reason(words: Words, kind: str, *, about: str, callback: str) -> Mapping[str, Any]:
    """Return the dialog that asks for a reason; `about` is what it is of."""
    title, question, submit = REASONS[kind]
    return blocks.modal(
        words.title(title),
        [
            blocks.field(
                words.say(question),
                blocks.text_input("reason", placeholder=words.placeholder("In your own words")),
                block="reason",
                hint=words.say("Everybody on the pilot may read this."),
                optional=kind in FREELY,
            )
        ],
        callback=callback,
        meta=packed(kind=kind, about=about),
        submit=words.title(submit),
        close=words.title("Back"),
    )


def completed(words: Words, *, about: str) -> Mapping[str, Any]:
    """Return the dialog that completes a step: how much was achieved, and what came of its hypothesis."""
    shares = [blocks.option(words.say(text), value) for value, text in SHARES]
    outcomes = [blocks.option(words.say(text), value) for value, text in OUTCOMES.items()]
    return blocks.modal(
        words.title("Complete step"),
        [
            blocks.field(
                words.say("How much was achieved?"),
                blocks.select("achieved", shares, placeholder=words.placeholder("How much was achieved")),
                block="achieved",
            ),
            blocks.field(
                words.say("What came of its hypothesis?"),
                blocks.select(
                    "outcome", outcomes, placeholder=words.placeholder("What came of its hypothesis")
                ),
                block="outcome",
            ),
            blocks.field(
                words.say("Outcome statement"),
                blocks.text_input(
                    "statement", placeholder=words.placeholder("What came of it, in a few words")
                ),
                block="statement",
                hint=words.say(
                    "Everybody on the pilot may read this. The round after the step opens with it."
                ),
            ),
        ],
        callback="step-completed",
        meta=packed(about=about),
        submit=words.title("Complete step"),
        close=words.title("Back"),
    )


def tweak(words: Words, concern: str, *, about: str, said: str) -> Mapping[str, Any]:
    """Return the dialog that answers a concern with a change of design."""
    return blocks.modal(
        words.title("Answer concern"),
        [
            blocks.quote(said),
            blocks.field(
                words.say("What changes because of it?"),
                blocks.text_input("change", placeholder=words.placeholder("The change, in a few words")),
                block="change",
                hint=words.say("Everybody on the pilot may read the change: name nobody in it."),
            ),
            blocks.field(
                words.say("Your words to who raised it"),
                blocks.text_input("answer", placeholder=words.placeholder("In your own words")),
                block="answer",
                optional=True,
            ),
        ],
        callback="concern-tweaked",
        meta=packed(concern=concern, about=about),
        submit=words.title("Answer concern"),
        close=words.title("Back"),
    )


def invitation(
    words: Words,
    pilot: str,
    title: str,
    asked: Mapping[str, Any],
    *,
    factors: Mapping[str, Mapping[str, Any]],
    formats: Mapping[str, Mapping[str, Any]],
) -> Mapping[str, Any]:
    """Return the dialog in which an invitation is answered."""
    said = words.say("{by} invites your organisation to {pilot}.", by=Name(asked["by"]), pilot=Name(title))
    return blocks.modal(
        words.title("Invitation"),
        [
            blocks.section(blocks.safe(said)),
            blocks.quote(asked["framing"]),
            *_answer(words, factors=factors, formats=formats),
        ],
        callback="invitation-answered",
        meta=packed(pilot=pilot),
        submit=words.title("Answer"),
        close=words.title("Back"),
    )


def _answer(
    words: Words, *, factors: Mapping[str, Mapping[str, Any]], formats: Mapping[str, Mapping[str, Any]]
) -> list[Block]:
    """Return the fields of an answer: whether, why, on which conditions, in which format."""
    replies = [blocks.option(words.say(text), value) for value, text in REPLIES.items()]
    reasons = [
        blocks.option(words.option("{reason}", reason=words.term(str(each["words"]))), name)
        for name, each in factors.items()
    ]
    kinds = [
        blocks.option(words.option("{format}", format=words.term(str(each["words"]))), name)
        for name, each in formats.items()
    ]
    return [
        blocks.field(words.say("Your answer"), blocks.radios("reply", replies, chosen="join"), block="reply"),
        blocks.field(
            words.say("Reasons"),
            several("reasons", reasons[:100], words.placeholder("What it is about"), ()),
            block="reasons",
            hint=words.say("Whoever does not join says why: here, or in words below."),
            optional=True,
        ),
        _words(words, "why", words.say("Reasons in your own words")),
        _words(words, "conditions", words.say("Your conditions")),
        blocks.field(
            words.say("A format you would accept"),
            blocks.select("format", kinds, placeholder=words.placeholder("A format you would accept")),
            block="format",
            optional=True,
        ),
        _words(words, "framing", words.say("How you would put it to your own people")),
    ]


def charter(words: Words, pilot: str, title: str, rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the dialog in which a charter is read and accepted."""
    head = words.say("Charter of {pilot}, edition {edition}", pilot=Name(title), edition=rules["edition"])
    shown: list[Block] = [blocks.section(f"*{blocks.safe(head)}*")]
    for rule, text in RULES.items():
        if rules.get(rule):
            shown += [blocks.section(f"*{words.say(text)}*"), blocks.quote(rules[rule])]
    shown.append(blocks.context(words.say("You accept it for your organisation.")))
    return blocks.modal(
        words.title("Charter"),
        shown,
        callback="charter-accepted",
        meta=packed(pilot=pilot, edition=rules["edition"]),
        submit=words.title("Accept charter"),
        close=words.title("Not now"),
    )


def mandates(words: Words, pilot: str, partners: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the dialog in which one partner's mandate after the other is read and acknowledged."""
    shown: list[Block] = []
    for each in partners[:10]:
        shown.append(blocks.section(f"*{blocks.safe(Name(each['name']))}*"))
        for field, text in MANDATE.items():
            if each[field]:
                shown += [blocks.context(words.say(text)), blocks.quote(each[field])]
        shown.append(
            _words(words, f"unclear:{each['actor']}", words.say("What you do not understand, if anything"))
        )
    names = [
        blocks.option(words.option("{partner}", partner=Name(each["name"])), each["actor"])
        for each in partners[:10]
    ]
    shown.append(
        blocks.field(
            words.say("I have understood the mandate of"),
            blocks.checks("partners", names),
            block="partners",
        )
    )
    return blocks.modal(
        words.title("Mandates"),
        shown,
        callback="mandate-acknowledged",
        meta=packed(pilot=pilot),
        submit=words.title("Acknowledge"),
        close=words.title("Not now"),
    )


def _words(words: Words, action: str, label: str) -> Block:
    field = blocks.text_input(action, placeholder=words.placeholder("In your own words"))
    return blocks.field(label, field, block=action, optional=True)
