"""Reflections: a member's structured look at a step before, during or after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.pilots import Pilot, Step, running
from counterpoise.domain.refusals import BadValue, Refusal, once, within
from counterpoise.domain.steps import known
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Rating:
    """How a partner was found, 1 to 5."""

    actor: str
    rating: int


@dataclass(frozen=True, kw_only=True)
class ReflectionRecorded(Event):
    """A reflection on a step at a phase: ratings of partners, confidence 1 to 5 (0: none given), and words.

    `named` says that its author chose to be called by their name wherever this may be read.
    """

    TOPIC: ClassVar[str] = "reflection.recorded"
    step: str
    phase: str
    ratings: tuple[Rating, ...]
    words: Sealed
    confidence: int = 0
    language: str = "en"
    late: bool = False
    named: bool = False


@dataclass(frozen=True, kw_only=True)
class DifferenceNoted(Event):
    """How a step came out for its author, who reflected on it `before` (a stream): -2 much worse, 2 much better."""

    TOPIC: ClassVar[str] = "reflection.difference-noted"
    before: str
    than_expected: int
    words: Sealed = NOTHING


@dataclass(frozen=True)
class Reflection:
    """A reflection that stands."""

    stream: str
    pilot: str
    reading: ReflectionRecorded
    compared: bool = False


class ReflectionExists(Refusal):
    """A reflection is recorded once; later thoughts are another, or a correction."""

    rule = "reflection-exists"


class NoSuchReflection(Refusal):
    """There is no such reflection, or it is somebody else's."""

    rule = "no-such-reflection"


class AlreadyCompared(Refusal):
    """How a reflection differs from what was expected is noted once."""

    rule = "already-compared"


class PhaseNotReached(Refusal):
    """A step is reflected on during and after it only once it has begun."""

    rule = "phase-not-reached"


def evolve(reflection: Reflection | None, event: Event) -> Reflection | None:
    """Return the reflection after `event`."""
    match event, reflection:
        case ReflectionRecorded(), None:
            return Reflection(event.stream, event.pilot, event)
        case DifferenceNoted(), Reflection():
            return replace(reflection, compared=True)
        case _:
            return reflection


def record(
    pilot: Pilot | None,
    reflection: Reflection | None,
    *,
    reflection_id: str,
    step: str,
    phase: str,
    ratings: Mapping[str, int],
    words: str,
    confidence: int,
    language: str,
    tables: Tables,
    act: Act,
    named: bool = False,
) -> ReflectionRecorded:
    """Record a reflection. It is late where its round was closed."""
    standing = running(pilot)
    if reflection is not None:
        raise ReflectionExists(
            "This reflection is recorded.", owner="you", remedy="Correct it, or record another."
        )
    _check_phase(known(standing, step), phase, act.occurred_at)
    recorded = ReflectionRecorded(
        **act.on(f"reflection:{reflection_id}", theatre=standing.theatre, pilot=standing.id),
        step=step,
        phase=phase,
        ratings=tuple(Rating(actor=actor, rating=rating) for actor, rating in ratings.items()),
        words=act.words(words),
        confidence=confidence,
        language=language,
        late=(step, phase) in standing.rounds_over,
        named=named,
    )
    check(recorded, tables)
    return recorded


def note_difference(
    after: Reflection | None, before: Reflection | None, *, than_expected: int, words: str, act: Act
) -> DifferenceNoted:
    """Note how a step came out against what its author expected: both reflections are the acting member's own."""
    own, earlier = _own(after, act), _own(before, act)
    if own.compared:
        raise AlreadyCompared("This difference is noted.", owner="you", remedy="Correct it instead.")
    in_turn = earlier.reading.phase == "before" != own.reading.phase
    if not in_turn or earlier.reading.step != own.reading.step:
        raise BadValue(
            "These are not a reflection before a step and a later one on it.",
            owner="you",
            remedy="Name your reflections on one step, the one before it second.",
        )
    noted = DifferenceNoted(
        **act.on(own.stream, theatre=own.reading.theatre, pilot=own.pilot),
        before=earlier.stream,
        than_expected=than_expected,
        words=act.words(words),
    )
    check_difference(noted)
    return noted


def check_difference(noted: DifferenceNoted) -> None:
    """Refuse a difference off the scale."""
    within(noted.than_expected, -2, 2, what="The difference")


def _own(reflection: Reflection | None, act: Act) -> Reflection:
    """Return a reflection of the acting member's; one of another's is refused as one that is not there."""
    if reflection is None or not act.member or reflection.reading.member != act.member:
        raise NoSuchReflection("There is no such reflection of yours.", owner="you", remedy="Check its id.")
    return reflection


def check(reading: ReflectionRecorded, tables: Tables) -> None:
    """Refuse a reflection whose values cannot be weighed."""
    tables.check("phases", reading.phase)
    tables.check("languages", reading.language)
    once((rating.actor for rating in reading.ratings), what="The rating of")
    for rating in reading.ratings:
        if not 1 <= rating.rating <= 5:  # noqa: PLR2004  the five-point scale
            raise BadValue(
                f"The rating of {rating.actor} is {rating.rating}.", owner="you", remedy="Rate 1 to 5."
            )
        if rating.actor == reading.actor:
            raise BadValue("An actor does not rate itself.", owner="you", remedy="Rate the partners.")
    if not 0 <= reading.confidence <= 5:  # noqa: PLR2004  the five-point scale
        raise BadValue(
            f"The confidence is {reading.confidence}.", owner="you", remedy="Give 1 to 5, or none."
        )
    if not reading.ratings and reading.words.text == "":
        raise BadValue("The reflection is empty.", owner="you", remedy="Rate a partner or say something.")


def _check_phase(step: Step, phase: str, occurred_at: int) -> None:
    if phase != "before" and (step.started_at is None or occurred_at < step.started_at):
        raise PhaseNotReached(
            f"The step {step.id} had not begun.",
            owner="coordinator",
            remedy="Reflect on it before, or start it.",
        )
    if phase == "before" and step.started_at is not None and occurred_at > step.started_at:
        raise PhaseNotReached(
            f"The step {step.id} has begun.",
            owner="you",
            remedy="Reflect during or after, or say when it occurred.",
        )
