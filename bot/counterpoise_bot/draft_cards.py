"""What a draft looks like: the preview, the dialog with every detail, the receipt. Pure."""

from collections.abc import Mapping, Sequence

from counterpoise_bot import blocks
from counterpoise_bot.drafts import UNDO_FOR, Draft
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.surroundings import Surroundings
from counterpoise_bot.turns import packed
from counterpoise_bot.words import OPTION, Name, Words, later, shortened

HEADS = {"concern": later("Draft of a concern"), "reflection": later("Draft of a reflection")}
RECORD = {
    "concern": later("Record concern", fits=75),
    "reflection": later("Record reflection", fits=75),
}
DISCARD = {
    "concern": later("Discard concern", fits=75),
    "reflection": later("Discard reflection", fits=75),
}
RECORDED = {
    "concern": later("Recorded: a concern on {pilot}, {label}."),
    "reflection": later("Recorded: a reflection on {pilot}, {label}."),
}
WITHDRAW = {
    "concern": later("Withdraw concern", fits=75),
    "reflection": later("Withdraw reflection", fits=75),
}
CORRECT = {
    "concern": later("Correct concern", fits=75),
    "reflection": later("Correct reflection", fits=75),
}
PANS = {"gain": later("a gain"), "risk": later("a risk")}
AUDIENCES = {
    "CLEAR": later("Everyone with an account may read it."),
    "GREEN": later("Everyone on the pilot may read it."),
    "AMBER": later("Your organisation and its clients may read it."),
    "AMBER+STRICT": later("Only your organisation may read it."),
    "RED": later("Only the people you name may read it."),
}
"""Who may read what stands under a label, in a sentence."""

NAMED = later("named: everyone who may read this sees your name")
PSEUDONYMOUS = later("pseudonymous: a stable alias")


def audience(words: Words, label: str) -> str:
    """Return who may read what stands under a label."""
    return words.say(AUDIENCES[label])


def preview(
    words: Words, draft: Draft, around: Surroundings, *, labels: Sequence[str], hints: Sequence[Block] = ()
) -> Message:
    """Return a draft for its author's eyes: their words, what was guessed of them, and what can be done."""
    head = words.say(HEADS[draft.kind])
    only = words.say("Only you see this. Nothing is recorded until you say so.")
    facts = _facts(words, draft, around)
    needed = _needed(words, draft)
    shown: list[Block] = [
        blocks.section(f"*{head}*  {only}"),
        blocks.quote(draft.words),
        blocks.fields([(name, blocks.safe(value)) for name, value in facts]),
        *hints,
        *([blocks.section(needed)] if needed else []),
        blocks.actions(*_menus(words, draft, around, labels), block="draft-menus"),
        blocks.actions(*_buttons(words, draft), block="draft-buttons"),
    ]
    told = " ".join(f"{name}: {value}." for name, value in facts)
    return Message(text=f"{head}. {only} {draft.words} {told} {needed}".strip(), blocks=tuple(shown))


def details(
    words: Words, draft: Draft, around: Surroundings, *, labels: Sequence[str], at_once: bool
) -> Mapping[str, object]:
    """Return the dialog in which every part of a draft can be changed; `at_once`: sending it records."""
    pilots = [
        blocks.option(words.option("{title}", title=title), name) for name, title in _pilots(around).items()
    ]
    shown: list[Block] = [
        blocks.field(
            words.say("Your words"),
            blocks.text_input(
                "words", initial=draft.words[:3000], placeholder=words.placeholder("Your words")
            ),
            block="words",
        ),
        blocks.field(
            words.say("Pilot"),
            blocks.select(
                "pilot", pilots, placeholder=words.placeholder("Choose a pilot"), chosen=draft.pilot
            ),
            block="pilot",
        ),
    ]
    if draft.kind == "concern":
        shown += [
            _choice(
                words, around, "concern_kinds", words.say("What it threatens"), "kind", draft.concern_kind
            ),
            _choice(words, around, "severities", words.say("How severe"), "severity", draft.severity),
            _choice(words, around, "factors", words.say("Factor"), "factor", draft.factor, optional=True),
            *_about(words, draft, around),
        ]
    if draft.kind == "reflection":
        shown += _step_field(words, draft, around)
    shown += [_label_field(words, draft, labels), _names_field(words, draft)]
    return blocks.modal(
        words.title("New concern") if draft.kind == "concern" else words.title("New reflection"),
        shown,
        callback="draft-details",
        meta=packed(draft=draft.id),
        submit=words.title("Record") if at_once else words.title("Keep changes"),
        close=words.title("Back"),
    )


def receipt(
    words: Words, draft: Draft, around: Surroundings, *, now: int, zone: str, again: bool = False
) -> Message:
    """Return what tells a person that it is recorded, where, under which label, and how to take it back."""
    pilot = Name(around.titles.get(draft.pilot, draft.pilot))
    said = words.say(RECORDED[draft.kind], pilot=pilot, label=shown_label(words, draft.label))
    when = words.moment(draft.recorded_at, zone)
    already = words.say("This was recorded already: {when}.", when=when) if again else ""
    who = audience(words, draft.label)
    undo = [
        blocks.button(words.button("Undo"), "record-undo", draft.id, says=words.button("Undo this record"))
    ]
    buttons = [
        *(undo if now - draft.recorded_at < UNDO_FOR else []),
        blocks.button(words.button(CORRECT[draft.kind]), "record-correct", draft.event),
        blocks.button(words.button(WITHDRAW[draft.kind]), "record-withdraw", draft.event),
    ]
    text = " ".join(part for part in (already, said, who) if part)
    shown = (
        blocks.section(
            f"{blocks.safe(said)}\n{who}" if not again else f"{already}\n{blocks.safe(said)}\n{who}"
        ),
        blocks.quote(draft.words),
        blocks.actions(*buttons, block="record-buttons"),
    )
    return Message(text=f"{text} {draft.words}", blocks=shown)


def gone(words: Words, draft: Draft, *, when: str = "") -> Message:
    """Return what stands where something was withdrawn or discarded."""
    if draft.status == "withdrawn":
        said = (
            words.say("Already withdrawn: {when}.", when=when)
            if when
            else words.say("Withdrawn. It counts no longer; that it was recorded stays in the history.")
        )
    else:
        said = words.say("Discarded. Nothing was recorded.")
    return Message(text=said, blocks=(blocks.section(said),))


def echo(words: Words, draft: Draft, around: Surroundings, *, link: str, name: str = "") -> Message:
    """Return what the pilot's channel is shown of a record that everybody in it may read."""
    head = (
        words.say("A concern was recorded")
        if draft.kind == "concern"
        else words.say("A reflection was recorded")
    )
    if name:
        head = words.say("{head}, by {name}", head=head, name=Name(name))
    label = shown_label(words, draft.label)
    pilot = Name(around.titles.get(draft.pilot, draft.pilot))
    shown: list[Block] = [
        blocks.section(f"*{label}*  {blocks.safe(head)}: {blocks.safe(pilot)}"),
        blocks.quote(draft.words),
        *([blocks.context(f"<{link}|{words.say('Open on the web')}>")] if link else []),
        blocks.actions(
            blocks.button(words.button("In my language"), "echo-mine", draft.event), block="echo-buttons"
        ),
    ]
    return Message(text=f"{label} {head}: {pilot}. {draft.words}", blocks=tuple(shown))


def _facts(words: Words, draft: Draft, around: Surroundings) -> list[tuple[str, str]]:
    nobody = words.say("not chosen")
    facts = [(words.say("Pilot"), around.titles.get(draft.pilot, nobody))]
    if draft.kind == "concern":
        facts += [
            (words.say("What it threatens"), words.term(around.word("concern_kinds", draft.concern_kind))),
            (words.say("How severe"), words.term(around.word("severities", draft.severity))),
        ]
        if draft.factor:
            pan = str(around.vocabulary.get("factors", {}).get(draft.factor, {}).get("pan", "risk"))
            factor = words.term(around.word("factors", draft.factor))
            facts.append((words.say("Factor"), f"{factor} ({words.say(PANS[pan])})"))
        if draft.about:
            facts.append((words.say("About"), around.actors.get(draft.about, draft.about)))
    if draft.step:
        facts.append((words.say("Step"), step_title(around, draft.pilot, draft.step) or nobody))
    if draft.phase:
        facts.append((words.say("When"), words.term(around.word("phases", draft.phase))))
    facts.append((words.say("Label"), shown_label(words, draft.label) if draft.label else nobody))
    facts.append((words.say("Shown as"), words.say(NAMED if draft.named else PSEUDONYMOUS)))
    return facts


def step_title(around: Surroundings, pilot: str, step: str) -> str:
    """Return a step's title, empty where the person knows of none."""
    steps = around.pilots[pilot].steps if pilot in around.pilots else ()
    return next((str(each["title"]) for each in steps if each["step"] == step), "")


def _needed(words: Words, draft: Draft) -> str:
    if not draft.pilot:
        return words.say("Which pilot is this about? Choose one.")
    if draft.kind == "reflection" and not draft.step:
        return words.say("Which step is this about? Choose one.")
    if not draft.label:
        return words.say(
            "Words for your own organisation only do not pass through chat here. Choose a label that everyone on the "
            "pilot may read, or write it on the private page."
        )
    return ""


def _menus(words: Words, draft: Draft, around: Surroundings, labels: Sequence[str]) -> list[blocks.Element]:
    pilots = [
        blocks.option(words.option("{title}", title=title), f"{draft.id}/{name}")
        for name, title in _pilots(around).items()
    ]
    menus = []
    if pilots:
        chosen = f"{draft.id}/{draft.pilot}"
        menus.append(
            blocks.select(
                "draft-pilot", pilots, placeholder=words.placeholder("Choose a pilot"), chosen=chosen
            )
        )
    if draft.kind == "concern":
        severities = [
            blocks.option(words.term(str(each["words"])), f"{draft.id}/{key}")
            for key, each in around.vocabulary["severities"].items()
        ]
        menus.append(
            blocks.select(
                "draft-severity",
                severities,
                placeholder=words.placeholder("Choose how severe it is"),
                chosen=f"{draft.id}/{draft.severity}",
            )
        )
    steps = around.pilots[draft.pilot].steps if draft.pilot in around.pilots else ()
    if draft.kind == "reflection" and steps:
        chosen = f"{draft.id}/{draft.step}"
        titles = [
            blocks.option(words.option("{title}", title=str(step["title"])), f"{draft.id}/{step['step']}")
            for step in steps[:100]
        ]
        menus.append(
            blocks.select("draft-step", titles, placeholder=words.placeholder("Choose a step"), chosen=chosen)
        )
    kept = [blocks.option(shown_label(words, label), f"{draft.id}/{label}") for label in labels]
    menus.append(
        blocks.select(
            "draft-label",
            kept,
            placeholder=words.placeholder("Choose who may read it"),
            chosen=f"{draft.id}/{draft.label}",
        )
    )
    return menus


def _buttons(words: Words, draft: Draft) -> list[blocks.Element]:
    record = blocks.button(words.button(RECORD[draft.kind]), "draft-record", draft.id, style="primary")
    return [
        *([record] if draft.ready else []),
        blocks.button(words.button("Change details"), "draft-change", draft.id),
        blocks.button(words.button("Write it on the private page"), "draft-private", draft.id),
        blocks.button(words.button(DISCARD[draft.kind]), "draft-discard", draft.id),
    ]


def _pilots(around: Surroundings) -> Mapping[str, str]:
    return {name: pilot.title for name, pilot in list(around.running.items())[:100]}


def _choice(
    words: Words,
    around: Surroundings,
    section: str,
    label: str,
    name: str,
    chosen: str,
    *,
    optional: bool = False,
) -> Block:
    options = [
        blocks.option(words.term(str(each["words"])), key)
        for key, each in list(around.vocabulary[section].items())[:100]
    ]
    menu = blocks.select(name, options, placeholder=label, chosen=chosen)
    return blocks.field(label, menu, block=name, optional=optional)


def _about(words: Words, draft: Draft, around: Surroundings) -> list[Block]:
    partners = around.partners(draft.pilot, "")
    if not partners:
        return []
    options = [
        blocks.option(words.option("{name}", name=name), actor)
        for actor, name in list(partners.items())[:100]
    ]
    menu = blocks.select(
        "about", options, placeholder=words.placeholder("Choose an organisation"), chosen=draft.about
    )
    hint = words.say("Leave it empty where it is about nobody in particular.")
    return [blocks.field(words.say("About"), menu, block="about", hint=hint, optional=True)]


def _step_field(words: Words, draft: Draft, around: Surroundings) -> list[Block]:
    options = [
        blocks.option(words.option("{title}", title=str(step["title"])), str(step["step"]))
        for pilot in (
            [around.pilots[draft.pilot]] if draft.pilot in around.pilots else around.running.values()
        )
        for step in pilot.steps
    ][:100]
    if not options:
        return []
    menu = blocks.select("step", options, placeholder=words.placeholder("Choose a step"), chosen=draft.step)
    return [blocks.field(words.say("Step"), menu, block="step")]


def _label_field(words: Words, draft: Draft, labels: Sequence[str]) -> Block:
    options = [
        blocks.option(shown_label(words, label), label, description=shortened(audience(words, label), OPTION))
        for label in labels
    ]
    return blocks.field(
        words.say("Who may read it"), blocks.radios("label", options, chosen=draft.label), block="label"
    )


def _names_field(words: Words, draft: Draft) -> Block:
    options = [
        blocks.option(
            words.option("Under an alias"),
            "pseudonymous",
            description=words.option("The link to you is destroyed when the pilot ends."),
        ),
        blocks.option(
            words.option("With my name"),
            "named",
            description=words.option("Everyone who may read this sees your name."),
        ),
        blocks.option(
            words.option("Anonymous"),
            "anonymous",
            description=words.option("On a private web page: nobody can link it to you."),
        ),
    ]
    return blocks.field(
        words.say("Shown as"),
        blocks.radios("shown", options, chosen="named" if draft.named else "pseudonymous"),
        block="shown",
    )
