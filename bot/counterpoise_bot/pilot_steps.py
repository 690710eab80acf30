"""A pilot's step as people see it: its card in the channel, their own view of it, what is missing in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise_bot import blocks
from counterpoise_bot.blocks import Element
from counterpoise_bot.labels import shown_label
from counterpoise_bot.message import Block, Message
from counterpoise_bot.words import Name, Words, later

STATES = {
    "planned": ("◇", later("planned")),
    "started": ("▶", later("running")),
    "paused": ("‖", later("paused")),
    "completed": ("✓", later("done")),
    "abandoned": ("✕", later("abandoned")),
}
ENDED = frozenset({"completed", "abandoned"})
POSITIONS = {
    "consent": later("Consents: {actors}."),
    "reservation": later("Consents with a reservation: {actors}."),
    "objection": later("Objects: {actors}."),
    "abstention": later("Abstains: {actors}."),
}
GATES = {
    "scan": later("{owner} records its scan of this stage"),
    "invitation": later("{owner} answers its invitation"),
    "charter": later("a coordinator sets the charter"),
    "charter/": later("{owner} accepts the newest edition of the charter"),
    "mandate": later("{owner} acknowledges the mandate of {about}"),
    "level": later("a coordinator chooses a level no deeper than the scans advise"),
    "visibility": later("the pilot and the step become no more visible than their theatre allows"),
}
"""What would satisfy a gate, by the first part of its rule; a charter that stands is accepted by somebody."""

TOUCHED = {
    "co_location": later("no co-location"),
    "joint_branding": later("no joint branding"),
    "shared_data": later("no sharing of such data"),
    "military_lead": later("no military lead"),
    "escort": later("no armed escort"),
    "publication": later("no publication"),
}
OUTCOMES = {
    "confirmed": later("confirmed", fits=75),
    "partly": later("partly confirmed", fits=75),
    "refuted": later("refuted", fits=75),
    "undecided": later("undecided", fits=75),
}
MISSING = 8
"""Gates that a card names; of more it says how many."""

LISTED = 10


@dataclass(frozen=True)
class Part:
    """What a person may do with a step: whose they are, whether they coordinate, where its page is."""

    actor: str
    coordinates: bool
    takes_part: bool


def place_of(card: Mapping[str, Any]) -> str:
    """Return what names a step in a button."""
    return f"{card['pilot']}/{card['step']}"


def state(words: Words, card: Mapping[str, Any]) -> str:
    """Return where a step stands: a sign and a word."""
    sign, text = STATES[card["status"]]
    return f"{sign} {words.say(text)}"


def next_decision(words: Words, card: Mapping[str, Any]) -> str:
    """Return what is to be decided next, and by whom."""
    if card["status"] == "completed":
        done = bool(card["outcome"])
        return (
            words.say("Everybody who took part reflects on it.")
            if done
            else words.say("A coordinator states what came of it.")
        )
    if card["status"] == "abandoned":
        return words.say("Nothing is to be decided any more.")
    if card["status"] == "started":
        return words.say("A coordinator completes it, or lets it rest.")
    if any(not line["waived"] for line in card["lines"]):
        return words.say("The owner of the red line waives it for this step, or the step changes.")
    if any(not gate["open"] for gate in card["gates"]):
        return words.say("What is missing is done by those named below.")
    return words.say("A coordinator starts it.")


def consent(words: Words, card: Mapping[str, Any]) -> list[str]:
    """Return who has said what so far, organisation by organisation, in sentences."""
    said: list[str] = []
    for position, text in POSITIONS.items():
        actors = [
            Name(each["name"]) for each in card["positions"] if each["position"] == position and each["name"]
        ]
        if actors:
            said.append(words.say(text, actors=words.list_of(actors)))
    return said or [words.say("Nobody has taken a position yet.")]


def lines(words: Words, card: Mapping[str, Any]) -> list[str]:
    """Return the red lines that stop a step: whose, what, and what would satisfy it."""
    return [_line(words, line) for line in card["lines"] if not line["waived"]]


def _line(words: Words, line: Mapping[str, Any]) -> str:
    owner = Name(line["owner_name"])
    kept = words.say(TOUCHED[line["touch"]]) if line["touch"] in TOUCHED else line["red_line"]
    said = words.say("Red line of {owner}: {kept}.", owner=owner, kept=kept)
    wording = words.say("In their words: {words}", words=Name(line["words"])) if line["words"] else ""
    way = words.say(
        "The step stops here until {owner} waives the line for this step, or the step no longer touches it. "
        "Nobody else can lift it.",
        owner=owner,
    )
    return " ".join(part for part in (said, wording, way) if part)


def missing(words: Words, card: Mapping[str, Any]) -> list[str]:
    """Return what is missing before a step can start, and by whom."""
    return [gate_words(words, gate) for gate in card["gates"] if not gate["open"]]


def gate_words(words: Words, gate: Mapping[str, Any]) -> str:
    """Return what would satisfy a gate."""
    kind, _, rest = gate["rule"].partition("/")
    text = GATES.get(f"{kind}/" if kind == "charter" and rest else kind)
    if text is None:
        return str(gate["remedy"])
    return words.say(text, owner=Name(gate["owner_name"]), about=Name(gate["about_name"]))


def face(words: Words, card: Mapping[str, Any], *, web: str = "") -> Message:
    """Return the card of a step for its channel."""
    told = _told(words, card)
    shown = [*_top(words, card), *_blocks(words, card)]
    if card["status"] not in ENDED:
        shown.append(blocks.actions(*_positions(words, card), block="step-positions"))
    more = [
        blocks.button(words.button("Open this step"), "step-show", place_of(card)),
        blocks.button(words.button("In my language"), "step-mine", place_of(card)),
    ]
    if any(gate["rule"].startswith("scan/") and not gate["satisfied"] for gate in card["gates"]):
        more.append(blocks.button(words.button("Start scan"), "scan-start", card["pilot"]))
    if web:
        more.append(blocks.button(words.button("Open on the web"), "step-web", url=page(web, card)))
    shown.append(blocks.actions(*more, block="step-more"))
    return Message(text=" ".join(told), blocks=tuple(shown))


def page(web: str, card: Mapping[str, Any]) -> str:
    """Return the address of a step's page."""
    return f"{web}/pilots/{card['pilot']}#step-{card['step']}"


def own_view(words: Words, card: Mapping[str, Any], part: Part, *, head: str = "", web: str = "") -> Message:
    """Return a step for one person's eyes, with what they may do with it."""
    shown: list[Block] = [blocks.section(head)] if head else []
    shown += [*_top(words, card), *_blocks(words, card)]
    rows = [
        _positions(words, card) if part.takes_part and card["status"] not in ENDED else [],
        _owed(words, card, part),
        _leading(words, card) if part.coordinates else [],
        [blocks.button(words.button("Open on the web"), "step-web", url=page(web, card))] if web else [],
    ]
    shown += [blocks.actions(*row, block=f"step-{number}") for number, row in enumerate(rows) if row]
    return Message(text=" ".join([*([head] if head else []), *_told(words, card)]), blocks=tuple(shown))


def _top(words: Words, card: Mapping[str, Any]) -> list[Block]:
    label = shown_label(words, card["label"])
    title = words.say("Step: {step} ({pilot})", step=Name(card["title"]), pilot=Name(card["pilot_title"]))
    return [
        blocks.section(f"*{label}*  *{blocks.safe(title)}*"),
        blocks.fields(
            [
                (words.say("State"), state(words, card)),
                (words.say("Owner"), blocks.safe(card["owner_name"])),
                (words.say("Next decision"), next_decision(words, card)),
                (words.say("Consent so far"), blocks.safe(" ".join(consent(words, card)))[:1900]),
            ]
        ),
        *([blocks.quote(card["hypothesis"])] if card["hypothesis"] else []),
    ]


def _blocks(words: Words, card: Mapping[str, Any]) -> list[Block]:
    shown: list[Block] = [
        blocks.section(f"⛔ {blocks.safe(line)}"[:2990]) for line in lines(words, card)[:MISSING]
    ]
    gates = missing(words, card) if card["status"] not in ENDED else []
    if gates:
        listed = "\n".join(f"• {blocks.safe(each)}" for each in gates[:MISSING])
        more = (
            "\n" + words.count("and {number} more", "and {number} more", len(gates) - MISSING)
            if len(gates) > MISSING
            else ""
        )
        shown.append(blocks.section(f"*{words.say('Missing before it can start:')}*\n{listed}{more}"[:2990]))
    if card["outcome"]:
        said = words.say(OUTCOMES[card["outcome"]]) if card["outcome"] in OUTCOMES else card["outcome"]
        shown.append(blocks.section(words.say("What came of it: {outcome}", outcome=said)))
        if card["outcome_words"]:
            shown.append(blocks.quote(card["outcome_words"]))
    return shown


def _told(words: Words, card: Mapping[str, Any]) -> list[str]:
    """Return everything a card says, as sentences for those who cannot see blocks."""
    title = words.say("Step: {step} ({pilot})", step=Name(card["title"]), pilot=Name(card["pilot_title"]))
    outcome = words.say(OUTCOMES[card["outcome"]]) if card["outcome"] in OUTCOMES else card["outcome"]
    said = [
        f"{shown_label(words, card['label'])} {title}: {state(words, card)}.",
        words.say("Owner: {owner}.", owner=Name(card["owner_name"])),
        card["hypothesis"],
        next_decision(words, card),
        *consent(words, card),
        *lines(words, card),
        *(missing(words, card) if card["status"] not in ENDED else []),
        words.say("What came of it: {outcome}", outcome=outcome) if outcome else "",
        card["outcome_words"],
    ]
    return [blocks.safe(part) for part in said if part]


def _positions(words: Words, card: Mapping[str, Any]) -> list[Element]:
    place = place_of(card)
    title = Name(card["title"])
    return [
        blocks.button(
            words.button("Consent"), "step-consent", place, says=words.button("Consent to {step}", step=title)
        ),
        blocks.button(words.button("Consent with reservation"), "step-reserve", place),
        blocks.button(
            words.button("Object"), "step-object", place, says=words.button("Object to {step}", step=title)
        ),
        blocks.button(
            words.button("Abstain"), "step-abstain", place, says=words.button("Abstain on {step}", step=title)
        ),
    ]


def _owed(words: Words, card: Mapping[str, Any], part: Part) -> list[Element]:
    """Return what only this person's organisation can do."""
    if not part.takes_part:
        return []
    owed = [gate for gate in card["gates"] if gate["owner"] == part.actor and not gate["satisfied"]]
    found: dict[str, Element] = {}
    for gate in owed:
        kind = gate["rule"].partition("/")[0]
        if kind == "scan":
            found["scan"] = blocks.button(words.button("Start scan"), "scan-start", card["pilot"])
        elif kind == "charter":
            found["charter"] = blocks.button(words.button("Read the charter"), "charter-read", card["pilot"])
        elif kind == "mandate":
            found["mandate"] = blocks.button(
                words.button("Read partners' mandates"), "mandate-read", card["pilot"]
            )
        elif kind == "invitation":
            found["invitation"] = blocks.button(
                words.button("Answer the invitation"), "invitation-read", card["pilot"]
            )
    waivable = [line for line in card["lines"] if line["owner"] == part.actor and not line["waived"]]
    for number, line in enumerate(waivable[:5]):
        found[f"line{number}"] = blocks.button(
            words.button("Waive red line {line}", line=line["red_line"]),
            f"line-waive:{number}",
            f"{place_of(card)}/{line['red_line']}",
        )
    return list(found.values())


def _leading(words: Words, card: Mapping[str, Any]) -> list[Element]:
    """Return what a coordinator can do with a step where it stands."""
    place = place_of(card)
    by_state = {
        "planned": ("step-start", "step-abandon"),
        "started": ("step-complete", "step-pause", "step-abandon"),
        "paused": ("step-start", "step-abandon"),
    }
    texts = {
        "step-start": words.button("Start step")
        if card["status"] == "planned"
        else words.button("Go on with step"),
        "step-pause": words.button("Pause step"),
        "step-complete": words.button("Complete step"),
        "step-abandon": words.button("Abandon step"),
    }
    leading = [blocks.button(texts[action], action, place) for action in by_state.get(card["status"], ())]
    return [*leading, blocks.button(words.button("See concerns"), "step-concerns", place)]


def listing(words: Words, cards: Sequence[Mapping[str, Any]]) -> Message:
    """Return the steps of a person's pilots, each with a button that opens it."""
    if not cards:
        said = words.say("No step is planned on your pilots.")
        return Message(text=said, blocks=(blocks.section(said),))
    head = words.say("Steps of your pilots")
    shown: list[Block] = [blocks.section(f"*{head}*")]
    told = [head]
    for card in cards[:LISTED]:
        line = words.say(
            "{step} ({pilot}): {state}. {next}",
            step=Name(card["title"]),
            pilot=Name(card["pilot_title"]),
            state=state(words, card),
            next=next_decision(words, card),
        )
        button = blocks.button(
            words.button("Open step"),
            f"step-show:{card['step']}",
            place_of(card),
            says=words.button("Open step {step}", step=Name(card["title"])),
        )
        shown.append(blocks.section(blocks.safe(line), beside=button))
        told.append(line)
    if len(cards) > LISTED:
        shown.append(
            blocks.context(words.count("and {number} more", "and {number} more", len(cards) - LISTED))
        )
    return Message(text=" ".join(blocks.safe(each) for each in told), blocks=tuple(shown))


def spoken(words: Words, position: Mapping[str, Any], *, tags: Sequence[str]) -> Message:
    """Return what stands in a card's thread when somebody objects, or has a reservation: the reason, and who leads."""
    text = (
        later("{actor} objects.")
        if position["position"] == "objection"
        else later("{actor} has a reservation.")
    )
    said = words.say(text, actor=Name(position["name"]))
    asked = (
        words.say("What would satisfy it? Please look for a way together, here.")
        if position["position"] == "objection"
        else ""
    )
    label = shown_label(words, position["label"])
    called = " ".join(f"<@{user}>" for user in tags)
    shown: list[Block] = [
        blocks.section(f"*{label}*  {blocks.safe(said)}"),
        *([blocks.quote(position["reason"])] if position["reason"] else []),
        *([blocks.section(f"{called} {asked}".strip())] if asked else []),
    ]
    text_ = f"{label} {blocks.safe(said)} {blocks.safe(position['reason'])} {called} {asked}"
    return Message(text=" ".join(text_.split()), blocks=tuple(shown))


def stated(words: Words, card: Mapping[str, Any]) -> Message:
    """Return the outcome statement for a card's thread."""
    outcome = words.say(OUTCOMES[card["outcome"]]) if card["outcome"] in OUTCOMES else card["outcome"]
    said = words.say("What came of it: {outcome}", outcome=outcome)
    asks = words.say("The round after the step is open: type /reflect.")
    quoted = [blocks.quote(card["outcome_words"])] if card["outcome_words"] else []
    shown = (blocks.section(f"*{shown_label(words, card['label'])}*  {said}"), *quoted, blocks.context(asks))
    return Message(text=f"{said} {blocks.safe(card['outcome_words'])} {asks}", blocks=shown)
