"""The events behind a figure: which, whose, when, what each does to it; their words where they may be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterpoise.application.faces import LABELS, Application, Member
from counterpoise_bot.answers_names import Called, short
from counterpoise_bot.labels import shown_label
from counterpoise_bot.words import Name, Words, later, shortened

LEADING = 6
"""Events that are named; they are those that weigh most."""
QUOTED = 300
"""Characters of somebody's words that are quoted beside an event."""

KINDS: Mapping[str, str] = {
    "scan.recorded": later("scan"),
    "scan.revised": later("scan, revised"),
    "reflection.recorded": later("reflection"),
    "concern.raised": later("concern raised"),
    "concern.resolved": later("concern resolved"),
    "pilot.step-completed": later("step completed"),
    "pilot.step-abandoned": later("step abandoned"),
    "pilot.red-line-crossed": later("red line crossed"),
    "narrative.first-sighted": later("story sighted"),
    "narrative.sighted": later("story told again"),
    "interaction.observed": later("interaction observed"),
}
RATING = "reflection.recorded"
SCANS = frozenset({"scan.recorded", "scan.revised"})
"""What keeps its words under a label of their own, which may be RED, when its scores are opened under another."""
LOWEST, NEVER = "GREEN", "RED"
"""What passes through Slack where nobody said otherwise, and what never does."""
HIDDEN = "[not yours to read]"
"""What the application writes in place of words that may not be read."""


@dataclass(frozen=True)
class Reason:
    """An event and what it contributes to a figure; None where it is the ground the figure stands on."""

    event: str
    contribution: float | None = None


def told(
    application: Application, reader: Member, reasons: Sequence[Reason], *, as_of: str = ""
) -> Mapping[str, Mapping[str, Any]]:
    """Ask for the leading events, as far as their reader may see them, by id; `passes` says that Slack may have them.

    Nothing under RED passes, and of an organisation nothing above the highest label it lets through.
    """
    only = [reason.event for reason in reasons[:LEADING]]
    if not only:
        return {}
    ceilings = application.questions.chat.ceilings(reader).value
    rows = application.questions.ledger.events(reader, only=only, as_of=as_of).value
    return {
        row["event"]: {**row, "passes": passes(row["label"], ceilings.get(row.get("actor") or "", LOWEST))}
        for row in rows
    }


def passes(label: str, ceiling: str) -> bool:
    """Whether something under a label may pass through Slack, where `ceiling` is the highest that may."""
    return label != NEVER and LABELS.index(label) <= LABELS.index(ceiling or LOWEST)


def lines(
    words: Words,
    reasons: Sequence[Reason],
    events: Mapping[str, Mapping[str, Any]],
    called: Called,
    *,
    reader: Member,
    zone: str,
) -> list[str]:
    """Return a line an event: short id, organisation, day, kind, what it does, and its words."""
    return [
        _line(words, reason, events[reason.event], called, reader=reader, zone=zone)
        for reason in reasons[:LEADING]
        if reason.event in events
    ]


def _line(
    words: Words, reason: Reason, event: Mapping[str, Any], called: Called, *, reader: Member, zone: str
) -> str:
    if event["label"] == NEVER:
        return words.say("• An event under {label} is not shown in Slack.", label=shown_label(words, NEVER))
    known = event["topic"]
    kind = words.say(KINDS[known]) if known in KINDS else known.replace(".", " ").replace("-", " ")
    whose = called.name("actor", event["actor"]) if event.get("actor") else words.say("source not shown")
    said = words.say(
        "• {event}, {whose}, {day}: {kind}",
        event=Name(short(reason.event)),
        whose=whose,
        day=words.date(event["occurred_at"], zone),
        kind=kind,
    )
    return f"{said}{_effect(words, reason, event, reader)}{_quoted(words, event)}"


def _effect(words: Words, reason: Reason, event: Mapping[str, Any], reader: Member) -> str:
    """Return what an event does to the figure; of one member's rating only to their own organisation."""
    if reason.contribution is None:
        return ""
    if event["topic"] == RATING and event.get("actor") != reader.actor:
        return words.say("; what one member's rating does is shown to their own organisation alone")
    return words.say("; {points} points of trust", points=words.signed(reason.contribution, 3))


def _quoted(words: Words, event: Mapping[str, Any]) -> str:
    said = str((event.get("fields") or {}).get("words") or "")
    if not event.get("readable") or said == HIDDEN:
        return words.say(". Its words are not yours to read.")
    if event["topic"] in SCANS:
        return "."
    if said and not event["passes"]:
        return words.say(
            ". Its words do not pass through Slack ({label}).", label=shown_label(words, event["label"])
        )
    return words.say(": “{words}”", words=Name(shortened(" ".join(said.split()), QUOTED))) if said else "."
