"""Concerns: what threatens an identity, from being raised to what became of it."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.pilots import Pilot, running
from counterpoise.domain.refusals import BadValue, Refusal, said
from counterpoise.domain.steps import known
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class ConcernRaised(Event):
    """Something threatens an identity. `about` is the actor it concerns, empty where nobody is named.

    `shown_actor` is the organisation of an anonymous author who chose that it be shown; `named` says that an author
    chose to be called by their name wherever this may be read.
    """

    TOPIC: ClassVar[str] = "concern.raised"
    kind: str
    severity: str
    words: Sealed
    factor: str = ""
    about: str = ""
    step: str = ""
    anonymous: bool = False
    language: str = "en"
    shown_actor: str = ""
    named: bool = False


@dataclass(frozen=True, kw_only=True)
class ConcernAddedTo(Event):
    """Whoever raised the concern anonymously comes back with their receipt code, and adds words to it."""

    TOPIC: ClassVar[str] = "concern.added-to"
    words: Sealed


@dataclass(frozen=True, kw_only=True)
class ConcernAcknowledged(Event):
    """Somebody has taken the concern up."""

    TOPIC: ClassVar[str] = "concern.acknowledged"
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ConcernAnswered(Event):
    """A tweak answers the concern."""

    TOPIC: ClassVar[str] = "concern.answered"
    tweak: str
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ConcernResolved(Event):
    """The concern is settled, in the judgement of the organisation that raised it."""

    TOPIC: ClassVar[str] = "concern.resolved"
    about: str
    severity: str
    raised_at: int
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ConcernWithdrawn(Event):
    """The organisation that raised the concern takes it back; that it was raised stays in the history."""

    TOPIC: ClassVar[str] = "concern.withdrawn"
    reason: Sealed


@dataclass(frozen=True)
class Concern:
    """What decisions need to know of a concern."""

    stream: str
    pilot: str
    theatre: str
    owner: str
    about: str
    severity: str
    raised_at: int
    anonymous: bool
    status: str = "raised"


class ConcernExists(Refusal):
    """A concern is raised once."""

    rule = "concern-exists"


class NoSuchConcern(Refusal):
    """There is no such concern."""

    rule = "no-such-concern"


class ConcernEnded(Refusal):
    """The concern is resolved or withdrawn."""

    rule = "concern-ended"


class OnlyWhoRaisedIt(Refusal):
    """Only the organisation that raised a concern says that it is settled."""

    rule = "only-who-raised-it"


class NoSuchTweak(Refusal):
    """The pilot has adopted no such tweak."""

    rule = "no-such-tweak"


def evolve(concern: Concern | None, event: Event) -> Concern | None:
    """Return the concern after `event`."""
    match event, concern:
        case ConcernRaised(), None:
            return Concern(
                stream=event.stream,
                pilot=event.pilot,
                theatre=event.theatre,
                owner=event.actor,
                about=event.about,
                severity=event.severity,
                raised_at=event.occurred_at,
                anonymous=event.anonymous,
            )
        case ConcernAcknowledged(), Concern():
            return replace(concern, status="acknowledged")
        case ConcernAnswered(), Concern():
            return replace(concern, status="answered")
        case ConcernResolved(), Concern():
            return replace(concern, status="resolved")
        case ConcernWithdrawn(), Concern():
            return replace(concern, status="withdrawn")
        case _:
            return concern


def raise_concern(
    pilot: Pilot | None,
    concern: Concern | None,
    *,
    concern_id: str,
    kind: str,
    severity: str,
    words: str,
    factor: str,
    about: str,
    step: str,
    anonymous: bool,
    language: str,
    tables: Tables,
    act: Act,
    shown_actor: str = "",
    named: bool = False,
    late: bool = False,
) -> ConcernRaised:
    """Raise a concern. An anonymous one carries neither member nor actor, and the day for its time.

    One that was left while the pilot ran, and waited for others to be recorded with it, may come `late`.
    """
    standing = pilot if late and pilot is not None else running(pilot)
    if concern is not None:
        raise ConcernExists(
            "This concern is raised already.", owner="you", remedy="Raise another, or correct it."
        )
    if step:
        known(standing, step)
    own = unnamed(act) if anonymous else act
    keeper = f"concern:{concern_id}" if anonymous else own.member
    raised = ConcernRaised(
        **own.on(f"concern:{concern_id}", theatre=standing.theatre, pilot=standing.id),
        kind=kind,
        severity=severity,
        words=Sealed(words, keeper=keeper),
        factor=factor,
        about=about,
        step=step,
        anonymous=anonymous,
        language=language,
        shown_actor=shown_actor if anonymous else "",
        named=named and not anonymous,
    )
    check(raised, tables)
    return raised


def check(raised: ConcernRaised, tables: Tables) -> None:
    """Refuse a concern that says nothing, not in the vocabulary, or about the organisation that raises it."""
    said(raised.words.text, what="The concern")
    tables.check("concern_kinds", raised.kind)
    tables.check("severities", raised.severity)
    tables.check("languages", raised.language)
    if raised.factor:
        tables.check("factors", raised.factor)
    if raised.about and raised.about in {raised.actor, raised.shown_actor}:
        raise BadValue(
            "The concern is about its own organisation.", owner="you", remedy="Name a partner or nobody."
        )


def unnamed(act: Act) -> Act:
    """Return the act without member and actors, its times rounded down to the day; BadValue if its label names one."""
    if act.label in {"AMBER", "AMBER+STRICT"}:
        raise BadValue(
            "This label keeps the concern within an organisation, and so names it.",
            owner="you",
            remedy="Choose GREEN, or RED with those who may read it.",
        )
    day = 86_400_000_000
    return replace(
        act,
        at=act.at // day * day,
        occurred_at=act.occurred_at // day * day,
        member="",
        actor="",
        group=(),
        clients=(),
    )


def add(concern: Concern | None, *, words: str, act: Act) -> ConcernAddedTo:
    """Add words to an anonymous concern, with the code that its author was given."""
    standing = _own(concern, act)
    said(words, what="What you add")
    return ConcernAddedTo(**_on(standing, act), words=_words(standing, act, words))


def acknowledge(concern: Concern | None, *, words: str, act: Act) -> ConcernAcknowledged:
    """Take a concern up."""
    return ConcernAcknowledged(**_on(_open(concern), act), words=act.words(words))


def answer(
    concern: Concern | None, pilot: Pilot | None, *, tweak: str, words: str, act: Act
) -> ConcernAnswered:
    """Answer a concern with a tweak the pilot has adopted."""
    standing = _open(concern)
    tweaks = running(pilot).tweaks
    if tweak not in tweaks:
        raise NoSuchTweak(
            f"{tweak!r} is no tweak of this pilot.",
            owner="coordinator",
            remedy=f"Its tweaks: {', '.join(sorted(tweaks)) or 'none yet; adopt it first'}.",
        )
    return ConcernAnswered(**_on(standing, act), tweak=tweak, words=act.words(words))


def resolve(concern: Concern | None, *, words: str, act: Act) -> ConcernResolved:
    """Say that a concern is settled."""
    standing = _own(concern, act)
    if act.occurred_at < standing.raised_at:
        raise BadValue(
            "The concern was not raised yet.", owner="you", remedy="Give a time after it was raised."
        )
    return ConcernResolved(
        **_on(standing, act),
        about=standing.about,
        severity=standing.severity,
        raised_at=standing.raised_at,
        words=_words(standing, act, words),
    )


def withdraw(concern: Concern | None, *, reason: str, act: Act) -> ConcernWithdrawn:
    """Take a concern back."""
    standing = _own(concern, act)
    return ConcernWithdrawn(**_on(standing, act), reason=_words(standing, act, reason))


def _open(concern: Concern | None) -> Concern:
    if concern is None:
        raise NoSuchConcern("There is no such concern.", owner="you", remedy="Check its id.")
    if concern.status in ("resolved", "withdrawn"):
        raise ConcernEnded(f"The concern is {concern.status}.", owner="you", remedy="Raise it anew.")
    return concern


def _own(concern: Concern | None, act: Act) -> Concern:
    standing = _open(concern)
    if act.actor != standing.owner or (standing.anonymous and act.member):
        raise OnlyWhoRaisedIt(
            "Another organisation raised this concern.",
            owner="whoever raised it",  # not everybody who knows of the concern may know whose it is
            remedy="It says when it is settled.",
        )
    return standing


def _words(concern: Concern, act: Act, text: str) -> Sealed:
    """Close words under who says them; those of nobody, under the key of their concern."""
    return act.words(text) if act.member else Sealed(text, keeper=concern.stream) if text else NOTHING


def _on(concern: Concern, act: Act) -> dict[str, Any]:
    return act.on(concern.stream, theatre=concern.theatre, pilot=concern.pilot)
