"""Lessons: what was learnt, and its way into the shared library by consent."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain.events import Act, Event, Sealed
from counterpoise.domain.pilots import Pilot, running
from counterpoise.domain.refusals import Refusal, said


@dataclass(frozen=True, kw_only=True)
class LessonDrafted(Event):
    """A lesson, from a reflection, concern or step (`because_of`, a stream), and the actors that must consent."""

    TOPIC: ClassVar[str] = "lesson.drafted"
    title: Sealed
    words: Sealed
    because_of: str
    consent_of: tuple[str, ...]
    factors: tuple[str, ...] = ()
    step: str = ""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class LessonConsented(Event):
    """An actor the lesson draws on consents to its release."""

    TOPIC: ClassVar[str] = "lesson.consented"


@dataclass(frozen=True, kw_only=True)
class LessonReleased(Event):
    """The lesson stands in the shared library, without actor names where `named` is not set."""

    TOPIC: ClassVar[str] = "lesson.released"
    title: Sealed
    words: Sealed
    factors: tuple[str, ...]
    named: bool


@dataclass(frozen=True, kw_only=True)
class LessonMarkedUseful(Event):
    """Somebody found the lesson useful, or not."""

    TOPIC: ClassVar[str] = "lesson.marked-useful"
    useful: bool


@dataclass(frozen=True)
class Lesson:
    """What decisions need to know of a lesson."""

    stream: str
    pilot: str
    theatre: str
    consent_of: frozenset[str]
    consented: frozenset[str] = frozenset()
    released: bool = False
    draft: LessonDrafted | None = None


class LessonExists(Refusal):
    """A lesson is drafted once."""

    rule = "lesson-exists"


class NoSuchLesson(Refusal):
    """There is no such lesson, or it is not at that point."""

    rule = "no-such-lesson"


class ConsentMissing(Refusal):
    """A lesson is released when every actor it draws on has consented."""

    rule = "consent-missing"


def evolve(lesson: Lesson | None, event: Event) -> Lesson | None:
    """Return the lesson after `event`."""
    match event, lesson:
        case LessonDrafted(), None:
            return Lesson(event.stream, event.pilot, event.theatre, frozenset(event.consent_of), draft=event)
        case LessonConsented(actor=actor), Lesson():
            return replace(lesson, consented=lesson.consented | {actor})
        case LessonReleased(), Lesson():
            return replace(lesson, released=True)
        case LessonReleased(), None:  # what was released stands, though its draft be withdrawn
            return Lesson(event.stream, event.pilot, event.theatre, frozenset(), released=True)
        case _:
            return lesson


def draft(
    pilot: Pilot | None,
    lesson: Lesson | None,
    *,
    lesson_id: str,
    title: str,
    words: str,
    because_of: str,
    consent_of: tuple[str, ...],
    factors: tuple[str, ...],
    step: str,
    language: str,
    act: Act,
) -> LessonDrafted:
    """Draft a lesson; the drafting organisation's own consent is needed too."""
    standing = running(pilot)
    if lesson is not None:
        raise LessonExists(
            "This lesson is drafted already.", owner="you", remedy="Draft another, or correct it."
        )
    drafted = LessonDrafted(
        **act.on(f"lesson:{lesson_id}", theatre=standing.theatre, pilot=standing.id),
        title=act.document(title),
        words=act.document(words),
        because_of=because_of,
        consent_of=tuple(dict.fromkeys([act.actor, *consent_of])),
        factors=factors,
        step=step,
        language=language,
    )
    check(drafted)
    return drafted


def check(lesson: LessonDrafted | LessonReleased) -> None:
    """Refuse a lesson without a title or words."""
    said(lesson.title.text, what="The title")
    said(lesson.words.text, what="The lesson")


def consent(lesson: Lesson | None, *, act: Act) -> LessonConsented:
    """Consent to a lesson's release for the acting organisation."""
    standing = _drafted(lesson)
    if act.actor not in standing.consent_of:
        raise ConsentMissing("Your consent is not asked for.", owner="you", remedy="Nothing to do.")
    return LessonConsented(**_on(standing, act))


def release(lesson: Lesson | None, *, title: str, words: str, named: bool, act: Act) -> LessonReleased:
    """Release a lesson, in words that may say less than its draft."""
    standing = _drafted(lesson)
    lacking = sorted(standing.consent_of - standing.consented)
    if lacking:
        raise ConsentMissing(
            f"Consent is missing from: {', '.join(lacking)}.",
            owner=lacking[0],
            remedy="They consent, or it stays.",
        )
    factors = standing.draft.factors if standing.draft else ()
    released = LessonReleased(
        **_on(standing, act),
        title=act.document(title),
        words=act.document(words),
        factors=factors,
        named=named,
    )
    check(released)
    return released


def mark_useful(lesson: Lesson | None, *, useful: bool, act: Act) -> LessonMarkedUseful:
    """Say whether a released lesson was useful."""
    if lesson is None or not lesson.released:
        raise NoSuchLesson("There is no such released lesson.", owner="you", remedy="Check its id.")
    return LessonMarkedUseful(**_on(lesson, act), useful=useful)


def _drafted(lesson: Lesson | None) -> Lesson:
    if lesson is None or lesson.released:
        raise NoSuchLesson("There is no such draft.", owner="you", remedy="Check its id, or draft it.")
    return lesson


def _on(lesson: Lesson, act: Act) -> dict[str, Any]:
    return act.on(lesson.stream, theatre=lesson.theatre, pilot=lesson.pilot)
