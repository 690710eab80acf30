"""Recording consent: another person's words are recorded only when their author says so."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.pilots import Pilot, running
from counterpoise.domain.refusals import Refusal, UnknownWord

MODES = ("named", "pseudonymous")


@dataclass(frozen=True, kw_only=True)
class ConsentAsked(Event):
    """The author of a message is asked whether it may be recorded; `message` is its address, contact data."""

    TOPIC: ClassVar[str] = "consent.asked"
    author: str
    message: Sealed


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    """The author agrees, and says whether under the name or a pseudonym."""

    TOPIC: ClassVar[str] = "consent.given"
    mode: str


@dataclass(frozen=True, kw_only=True)
class ConsentRefused(Event):
    """The author does not agree; nothing of the message is recorded."""

    TOPIC: ClassVar[str] = "consent.refused"


@dataclass(frozen=True, kw_only=True)
class SourceEdited(Event):
    """The message behind a record was edited where it came from; the record stays as it is."""

    TOPIC: ClassVar[str] = "consent.source-edited"
    record: str


@dataclass(frozen=True, kw_only=True)
class SourceDeleted(Event):
    """The message behind a record was deleted where it came from, and its author did not take the record back."""

    TOPIC: ClassVar[str] = "consent.source-deleted"
    record: str


@dataclass(frozen=True)
class Consent:
    """What decisions need to know of a request. `asker` is the organisation that asked."""

    stream: str
    pilot: str
    theatre: str
    author: str
    asker: str = ""
    answer: str = ""


class ConsentAskedAlready(Refusal):
    """The author was asked, and is not asked twice."""

    rule = "consent-asked"


class NotTheAuthor(Refusal):
    """Only the author answers, and once."""

    rule = "not-the-author"


def evolve(consent: Consent | None, event: Event) -> Consent | None:
    """Return the request after `event`."""
    match event, consent:
        case ConsentAsked(), None:
            return Consent(event.stream, event.pilot, event.theatre, event.author, asker=event.actor)
        case ConsentGiven(mode=mode), Consent():
            return replace(consent, answer=mode)
        case ConsentRefused(), Consent():
            return replace(consent, answer="refused")
        case _:
            return consent


def ask(
    consent: Consent | None,
    pilot: Pilot | None,
    *,
    consent_id: str,
    author: str,
    author_actor: str,
    message: str,
    act: Act,
) -> ConsentAsked:
    """Ask an author (a pseudonym, and whom they act for) whether a message may be recorded; both sides read it."""
    standing = running(pilot)
    if consent is not None:
        raise ConsentAskedAlready("The author was asked already.", owner="you", remedy="Wait for the answer.")
    envelope = _between(act, author_actor).on(
        f"consent:{consent_id}", theatre=standing.theatre, pilot=standing.id
    )
    return ConsentAsked(**envelope, author=author, message=Sealed(message, keeper=author))


def give(consent: Consent | None, *, mode: str, act: Act) -> ConsentGiven:
    """Agree to be recorded."""
    if mode not in MODES:
        raise UnknownWord("consent modes", mode, MODES)
    return ConsentGiven(**_answering(consent, act), mode=mode)


def refuse(consent: Consent | None, *, act: Act) -> ConsentRefused:
    """Do not agree."""
    return ConsentRefused(**_answering(consent, act))


def note_edit(pilot: Pilot | None, *, consent_id: str, record: str, act: Act) -> SourceEdited:
    """Note that the message behind `record` (an event id) was edited."""
    standing = running(pilot)
    envelope = act.on(f"consent:{consent_id}", theatre=standing.theatre, pilot=standing.id)
    return SourceEdited(**envelope, record=record)


def note_deletion(pilot: Pilot | None, *, consent_id: str, record: str, act: Act) -> SourceDeleted:
    """Note that the message behind `record` (an event id) was deleted."""
    standing = running(pilot)
    envelope = act.on(f"consent:{consent_id}", theatre=standing.theatre, pilot=standing.id)
    return SourceDeleted(**envelope, record=record)


def _answering(consent: Consent | None, act: Act) -> dict[str, Any]:
    if consent is None or consent.author != act.member or consent.answer:
        raise NotTheAuthor(
            "This is not yours to answer, or is answered.", owner="the author", remedy="Nothing to do."
        )
    return _between(act, consent.asker).on(consent.stream, theatre=consent.theatre, pilot=consent.pilot)


def _between(act: Act, other: str) -> Act:
    """Return the act shared with the other side's organisation too, where it is kept within organisations at all."""
    return replace(act, group=tuple(dict.fromkeys((*act.group, other)))) if act.group and other else act
