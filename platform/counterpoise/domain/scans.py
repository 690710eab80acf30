"""Scans: one actor's legitimacy scan of a pilot at a stage, unopened until all are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain.actors import Hearing
from counterpoise.domain.events import NOTHING, Act, Event, Sealed
from counterpoise.domain.partnership import NotJoined
from counterpoise.domain.pilots import Pilot, ScansOpened, on, running
from counterpoise.domain.refusals import BadValue, Refusal, once, within
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Score:
    """One factor on 0..1, the deviation of the doubt about it, and its weight within its pan."""

    factor: str
    score: float
    doubt: float
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Care:
    """How much an audience cares about a factor, 0..1; 1 where nothing is said."""

    audience: str
    factor: str
    care: float


@dataclass(frozen=True, kw_only=True)
class ScanRecorded(Event):
    """A scan: scores with doubt, whose judgement weighs how much, the fulcrum, and whether a red line is met.

    Without `audiences` the actor's own hold; without `fulcrum` the actor's, else its categories'.
    """

    TOPIC: ClassVar[str] = "scan.recorded"
    stage: str
    scores: tuple[Score, ...]
    audiences: tuple[Hearing, ...] = ()
    cares: tuple[Care, ...] = ()
    fulcrum: float | None = None
    fulcrum_doubt: float | None = None
    red_line: bool = False
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class ScanRevised(Event):
    """The whole scan again, as it reads from now on; the earlier reading stays in the history."""

    TOPIC: ClassVar[str] = "scan.revised"
    stage: str
    scores: tuple[Score, ...]
    audiences: tuple[Hearing, ...] = ()
    cares: tuple[Care, ...] = ()
    fulcrum: float | None = None
    fulcrum_doubt: float | None = None
    red_line: bool = False
    words: Sealed = NOTHING


@dataclass(frozen=True)
class Scan:
    """A scan as it reads now."""

    stream: str
    pilot: str
    actor: str
    stage: str
    reading: ScanRecorded | ScanRevised


class ScanStands(Refusal):
    """The actor has scanned this stage already."""

    rule = "scan-stands"


class NoScan(Refusal):
    """There is no scan to revise."""

    rule = "no-scan"


class ScansMissing(Refusal):
    """Scans open together, when all are in or a coordinator says why not."""

    rule = "scans-missing"


class ScansAreOpen(Refusal):
    """The scans of this stage are open."""

    rule = "scans-open"


def stream_of(pilot: str, actor: str, stage: str) -> str:
    """Return the stream of an actor's scan of a pilot at a stage; there is one."""
    return f"scan:{pilot}/{actor}/{stage}"


def evolve(scan: Scan | None, event: Event) -> Scan | None:
    """Return the scan after `event`."""
    match event, scan:
        case (
            ScanRecorded() | ScanRevised(),
            None,
        ):  # a revision stands alone where what it revised is withdrawn
            return Scan(event.stream, event.pilot, event.actor, event.stage, event)
        case ScanRevised(), Scan():
            return replace(scan, reading=event)
        case _:
            return scan


def record(
    pilot: Pilot | None,
    scan: Scan | None,
    *,
    tables: Tables,
    act: Act,
    **reading: Any,  # noqa: ANN401  as `scanned` types them
) -> ScanRecorded:
    """Record the acting organisation's scan at the pilot's stage; `reading` as `scanned` takes it."""
    standing = _scanning(pilot, act.actor)
    if scan is not None:
        raise ScanStands(
            f"{act.actor} has scanned the stage {standing.stage}.",
            owner="you",
            remedy="Revise the scan instead.",
        )
    return ScanRecorded(**scanned(standing, tables=tables, act=act, **reading))


def revise(
    pilot: Pilot | None,
    scan: Scan | None,
    *,
    tables: Tables,
    act: Act,
    **reading: Any,  # noqa: ANN401  as `scanned` types them
) -> ScanRevised:
    """Revise the acting organisation's scan at the pilot's stage."""
    standing = _scanning(pilot, act.actor)
    if scan is None:
        raise NoScan(
            f"{act.actor} has not scanned the stage {standing.stage}.", owner="you", remedy="Record it."
        )
    return ScanRevised(**scanned(standing, tables=tables, act=act, **reading))


def scanned(
    pilot: Pilot,
    *,
    scores: Mapping[str, float],
    doubts: Mapping[str, float],
    weights: Mapping[str, float],
    audiences: Mapping[str, float],
    cares: Mapping[str, Mapping[str, float]],
    fulcrum: float | None,
    fulcrum_doubt: float | None,
    red_line: bool,
    words: str,
    tables: Tables,
    act: Act,
) -> dict[str, Any]:
    """Return the checked fields of a scan. Scores and cares are 0..1; doubts are deviations, fair where missing."""
    fair = float(tables["doubts"]["fair"])
    fields = {
        **act.on(stream_of(pilot.id, act.actor, pilot.stage), theatre=pilot.theatre, pilot=pilot.id),
        "stage": pilot.stage,
        "scores": tuple(
            Score(factor=name, score=score, doubt=doubts.get(name, fair), weight=weights.get(name, 1.0))
            for name, score in scores.items()
        ),
        "audiences": tuple(Hearing(audience=name, weight=weight) for name, weight in audiences.items()),
        "cares": tuple(
            Care(audience=name, factor=factor, care=care)
            for name, factors in cares.items()
            for factor, care in factors.items()
        ),
        "fulcrum": fulcrum,
        "fulcrum_doubt": fulcrum_doubt,
        "red_line": red_line,
        "words": act.words(words),
    }
    check(ScanRecorded(**fields), tables)
    return fields


def check(reading: ScanRecorded | ScanRevised, tables: Tables) -> None:
    """Refuse a scan whose values cannot be weighed."""
    once((score.factor for score in reading.scores), what="The score of")
    once((hearing.audience for hearing in reading.audiences), what="The weight of")
    once((f"{care.audience} about {care.factor}" for care in reading.cares), what="The care of")
    for score in reading.scores:
        tables.check("factors", score.factor)
        within(score.score, 0.0, 1.0, what=f"The score of {score.factor}")
        within(score.doubt, 0.0, 0.5, what=f"The doubt about {score.factor}")
        within(score.weight, 0.0, 1e6, what=f"The weight of {score.factor}")
    for pan in ("gain", "risk"):
        weighing = (s for s in reading.scores if s.weight > 0 and tables["factors"][s.factor]["pan"] == pan)
        if not any(weighing):
            raise BadValue(
                f"Nothing is scored on the {pan} pan.", owner="you", remedy=f"Score one {pan} at least."
            )
    for care in reading.cares:
        tables.check("factors", care.factor)
        within(care.care, 0.0, 1.0, what=f"The care of {care.audience} about {care.factor}")
    for hearing in reading.audiences:
        within(hearing.weight, 0.0, 1e6, what=f"The weight of {hearing.audience}")
    if reading.audiences and not any(hearing.weight > 0 for hearing in reading.audiences):
        raise BadValue(
            "No audience weighs anything.", owner="you", remedy="Give one audience a weight above 0."
        )
    if reading.fulcrum is not None:
        within(reading.fulcrum, 0.1, 10.0, what="The fulcrum")
    if reading.fulcrum_doubt is not None:
        within(reading.fulcrum_doubt, 0.0, 0.5, what="The doubt about the fulcrum")


def missing(pilot: Pilot, scanned_by: Sequence[str]) -> tuple[str, ...]:
    """Return the actors whose scan or answer the stage still waits for, in a fixed order."""
    unscanned = [actor for actor in pilot.joined if actor not in scanned_by]
    unanswered = [
        actor for actor in pilot.invited if actor not in pilot.joined and actor not in pilot.replies
    ]
    return tuple(sorted({*unscanned, *unanswered}))


def open_together(pilot: Pilot | None, *, scanned_by: Sequence[str], reason: str, act: Act) -> ScansOpened:
    """Open the scans of the pilot's stage: when none is missing, or for a coordinator's reason."""
    standing = running(pilot)
    if standing.stage in standing.opened_stages:
        raise ScansAreOpen(f"The scans of {standing.stage} are open.", owner="you", remedy="Nothing to do.")
    waiting = missing(standing, scanned_by)
    if waiting and not reason.strip():
        raise ScansMissing(
            f"Scans or answers are missing from: {', '.join(waiting)}.",
            owner=waiting[0],
            remedy="They record their scan or answer, or a coordinator opens the scans with a reason.",
        )
    if not scanned_by:
        raise ScansMissing(
            "There is no scan yet.", owner="participant", remedy="A joined actor records a scan."
        )
    return ScansOpened(
        **on(standing, act),
        stage=standing.stage,
        scans=tuple(stream_of(standing.id, actor, standing.stage) for actor in scanned_by),
        forced=bool(waiting),
        reason=act.document(reason),
    )


def _scanning(pilot: Pilot | None, actor: str) -> Pilot:
    standing = running(pilot)
    if actor not in standing.joined and actor not in standing.invited:
        raise NotJoined(
            f"{actor} is not on this pilot.", owner="coordinator", remedy="A coordinator invites it."
        )
    return standing
