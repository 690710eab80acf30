"""The views again, slow and obvious: loops over the events that stand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from counterpoise.domain import corrections, streams
from counterpoise.domain.actors import Actor, ActorRegistered, AudiencesSet, FulcrumSet
from counterpoise.domain.balance import Balance, weigh
from counterpoise.domain.concerns import ConcernRaised, ConcernResolved, ConcernWithdrawn
from counterpoise.domain.events import NOTHING, Event
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import Pilot, PilotProposed, ScansOpened, StageEntered, VisibilityChanged
from counterpoise.domain.reflections import ReflectionRecorded
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.steps import RedLineCrossed, StepCompleted, StepPlanned
from counterpoise.domain.tables import starting_tables
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise.domain.weighings import weighing
from counterpoise_projections.observations import OBSERVED
from tests.lives import Told

Row = dict[str, Any]
Kind = TypeVar("Kind", bound=Event)
Reading = ScanRecorded | ScanRevised

TABLES = starting_tables()
END = 2**62
UNUSED: Row = dict.fromkeys(OBSERVED)


def standing(told: Sequence[Told]) -> list[Told]:
    """Return the events that stand, as they read, in the order of the log."""
    histories: dict[str, list[Event]] = {}
    for each in told:
        histories.setdefault(each.event.stream, []).append(each.event)
    reading = {stream: corrections.standing(events) for stream, events in histories.items()}
    found = ((each, reading[each.event.stream][each.version - 1]) for each in told)
    return [replace(each, event=event) for each, event in found if event is not None]


def corrected_at(told: Sequence[Told], one: Told) -> int:
    """Return the position of the last correction of an event; 0 if there is none."""
    of = [t.position for t in told if isinstance(t.event, corrections.Corrected)
          and (t.event.stream, t.event.of) == (one.event.stream, one.version)]  # fmt: skip
    return max(of, default=0)


def day(event: Event) -> float:
    """Return the day an event occurred."""
    return event.occurred_at / 86_400_000_000.0


def state(told: Sequence[Told], stream: str) -> Any:  # noqa: ANN401  a state of the stream's kind
    """Return the state of a stream after these events."""
    folded: streams.Folded | None = None
    for each in told:
        if each.event.stream == stream:
            folded = streams.evolve(folded, each.event)
    return folded.state if folded else None


class Reference:
    """The views of a log, by hand."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.told = list(told)
        self.stands = standing(told)

    def each(self, *kinds: type[Kind]) -> Iterator[tuple[Told, Kind]]:
        """Yield the standing events of some kinds."""
        for told in self.stands:
            if isinstance(told.event, kinds):
                yield told, told.event

    def pilot(self, name: str, position: int = END) -> Pilot:
        """Return a pilot as it was at a position."""
        pilot: Pilot = state([told for told in self.told if told.position <= position], f"pilot:{name}")
        return pilot

    def last(
        self,
        *kinds: type[Kind],
        where: Callable[[Kind], bool],
        position: int,
        on_day: float,
        first: bool = False,
    ) -> Kind | None:
        """Return what held on a day as known at a position: the last event by day; else, if asked, the first."""
        known = [
            (day(e), told.position, e)
            for told, e in self.each(*kinds)
            if where(e) and told.position <= position
        ]
        before = [each for each in known if each[0] <= on_day]
        if before:
            return max(before, key=lambda each: each[:2])[2]
        return min(known, key=lambda each: each[:2])[2] if known and first else None

    def conditions(self, theatre: str, position: int, on_day: float) -> dict[str, float]:
        """Return the conditions of a theatre."""
        setting = self.last(
            TheatreOpened, ContextShifted, where=lambda e: e.theatre == theatre, position=position,
            on_day=on_day, first=True,
        )  # fmt: skip
        assert isinstance(setting, TheatreOpened | ContextShifted)
        return {each.condition: each.value for each in setting.conditions}

    def visibility(self, pilot: str, position: int, on_day: float) -> str:
        """Return the visibility of a pilot."""
        given = self.last(
            PilotProposed, VisibilityChanged, where=lambda e: e.pilot == pilot, position=position,
            on_day=on_day, first=True,
        )  # fmt: skip
        assert isinstance(given, PilotProposed | VisibilityChanged)
        return given.visibility

    def actor(self, name: str, position: int, on_day: float) -> Actor:
        """Return an actor with the audiences and the fulcrum it had set."""

        def last(kind: type[Kind]) -> Kind | None:
            return self.last(kind, where=lambda e: e.actor == name, position=position, on_day=on_day)

        (registered,) = [e for _, e in self.each(ActorRegistered) if e.actor == name]
        heard, fulcrum = last(AudiencesSet), last(FulcrumSet)
        return Actor(
            id=name, name=NOTHING, categories=registered.categories,
            audiences=heard.audiences if heard else (),
            fulcrum=fulcrum.fulcrum if fulcrum else None,
            fulcrum_doubt=fulcrum.doubt if fulcrum else None,
        )  # fmt: skip

    def balance(
        self, scan: Reading, position: int, on_day: float, trust: float | None = None, trust_sd: float = 0.0
    ) -> Balance:
        """Return the balance of a scan in the context of a moment."""
        return weigh(
            weighing(
                scan, self.actor(scan.actor, position, on_day),
                conditions=self.conditions(scan.theatre, position, on_day),
                visibility=self.visibility(scan.pilot, position, on_day), tables=TABLES, trust=trust,
                trust_sd=trust_sd,
            ),
            TABLES,
        )  # fmt: skip

    def opened(self) -> list[tuple[Told, Told, float]]:
        """Return each reading of a scan that is open, with the event that opened it and the day of that."""
        openings: dict[tuple[str, str], Told] = {}
        waiting: dict[str, Told] = {}
        found: list[tuple[Told, Told, float]] = []
        for told in self.stands:
            match told.event:
                case ScanRecorded(pilot=pilot, stage=stage) | ScanRevised(pilot=pilot, stage=stage):
                    if (pilot, stage) in openings:
                        opening = openings[pilot, stage]
                        found.append((told, told, max(day(told.event), day(opening.event))))
                    else:
                        waiting[told.event.stream] = told
                case StageEntered(pilot=pilot, stage=stage):
                    openings.pop((pilot, stage), None)
                case ScansOpened(pilot=pilot, stage=stage, scans=scans):
                    openings[pilot, stage] = told
                    ready = [stream for stream in scans if stream in waiting]
                    found += [(waiting.pop(stream), told, day(told.event)) for stream in ready]
                    for stream in [
                        s for s in waiting if waiting[s].event.pilot == pilot and _stage(waiting[s]) == stage
                    ]:
                        del waiting[stream]
        return found

    def observations(self) -> list[Row]:
        """Return the observations, by (day, id, actor, holder)."""
        kinds = (
            self._steps,
            self._reflections,
            self._concerns,
            self._resolved,
            self._crossings,
            self._stories,
            self._scans,
        )
        rows = [{**UNUSED, **row} for kind in kinds for row in kind()]
        return sorted(rows, key=lambda row: (row["day"], row["id"], row["actor"], row["holder"]))

    def _row(self, told: Told, **fields: Any) -> Row:  # noqa: ANN401  values of any column
        event = told.event
        envelope = {"id": told.id, "position": told.position, "day": day(event), "theatre": event.theatre}
        return {**envelope, "recorded_at": event.recorded_at, **fields}

    def _plan(self, pilot: str, step: str) -> StepPlanned | None:
        plans = [e for _, e in self.each(StepPlanned) if (e.pilot, e.step) == (pilot, step)]
        return plans[0] if plans else None

    def _visible(self, told: Told, step: str) -> str:
        plan = self._plan(told.event.pilot, step)
        return plan.visibility if plan else self.visibility(told.event.pilot, told.position, day(told.event))

    def _steps(self) -> Iterator[Row]:
        for told, event in self.each(StepCompleted):
            plan = self._plan(event.pilot, event.step)
            assert plan is not None
            for holder in set(event.took_part):
                for actor in set(event.took_part) - {holder}:
                    yield self._row(
                        told, type="pilot_step", actor=actor, holder=holder, visibility=plan.visibility,
                        achieved=event.achieved, stake=plan.stake, soft=plan.safe_to_fail,
                    )  # fmt: skip

    def _reflections(self) -> Iterator[Row]:
        for told, event in self.each(ReflectionRecorded):
            for rating in event.ratings:
                yield self._row(
                    told, type="reflection", actor=rating.actor, holder=event.actor, rating=rating.rating,
                    phase=event.phase, visibility=self._visible(told, event.step),
                )  # fmt: skip

    def _taken_back(self, stream: str) -> bool:
        return any(event.stream == stream for _, event in self.each(ConcernWithdrawn))

    def _concerns(self) -> Iterator[Row]:
        for told, event in self.each(ConcernRaised):
            if event.about and not self._taken_back(event.stream):
                yield self._row(
                    told, type="concern_raised", actor=event.about, holder=event.actor,
                    severity=event.severity, visibility=self._visible(told, event.step),
                )  # fmt: skip

    def _resolved(self) -> Iterator[Row]:
        for told, event in self.each(ConcernResolved):
            for raised, concern in self.each(ConcernRaised):
                own = corrected_at(self.told, told) > corrected_at(self.told, raised)
                about, severity = (event.about, event.severity) if own else (concern.about, concern.severity)
                if (
                    concern.stream == event.stream
                    and concern.about
                    and about
                    and not self._taken_back(event.stream)
                ):
                    yield self._row(
                        told, type="concern_resolved", actor=about, holder=event.actor, severity=severity,
                        days_open=day(event) - day(concern), visibility=self._visible(told, concern.step),
                    )  # fmt: skip

    def _crossings(self) -> Iterator[Row]:
        for told, event in self.each(RedLineCrossed):
            yield self._row(
                told, type="red_line_crossed", actor=event.by, holder=event.owner,
                visibility=self._visible(told, event.step),
            )  # fmt: skip

    def _stories(self) -> Iterator[Row]:
        for told, event in self.each(NarrativeFirstSighted, NarrativeSighted):
            assert isinstance(event, NarrativeFirstSighted | NarrativeSighted)
            for actor in set(event.about):
                yield self._row(
                    told, type="narrative", actor=actor, holder="", visibility=event.visibility,
                    valence=event.valence, credibility=event.credibility, reach=event.reach,
                    audience=event.audience, story=event.stream,
                )  # fmt: skip

    def _scans(self) -> Iterator[Row]:
        for told, opening, from_day in self.opened():
            scan = told.event
            assert isinstance(scan, ScanRecorded | ScanRevised)
            balance = self.balance(scan, opening.position, from_day)
            for partner in set(self.pilot(scan.pilot, opening.position).joined) - {scan.actor}:
                yield self._row(
                    told, type="scan", actor=partner, holder=scan.actor, balance=balance.balance,
                    confidence=balance.probability, position=opening.position, day=from_day,
                    recorded_at=opening.event.recorded_at,
                    visibility=self.visibility(scan.pilot, opening.position, from_day),
                )  # fmt: skip


def _stage(told: Told) -> str:
    stage: str = getattr(told.event, "stage", "")
    return stage
