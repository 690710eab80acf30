"""Advice: when the scans of a stage open, each actor's balance is weighed and its level recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from counterpoise.application.coming import Coming
from counterpoise.application.desk import Desk
from counterpoise.application.evidence import Evidence
from counterpoise.application.seen import Seen
from counterpoise.application.shown import DAY, Moment, Shown
from counterpoise.domain import scans
from counterpoise.domain.actors import registered
from counterpoise.domain.balance import Balance, heaviest_risk, weigh
from counterpoise.domain.events import LABELS, Act, Event
from counterpoise.domain.pilots import LevelAdvised, Pilot, evolve, on, running
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.theatres import opened
from counterpoise.domain.weighings import weighing
from counterpoise.policy import Member

Reading = ScanRecorded | ScanRevised


def opening(
    desk: Desk,
    seen: Seen,
    act: Act,
    *,
    pilot: str,
    added: Sequence[Event],
    reason: str = "",
    must: bool = False,
) -> list[Event]:
    """Return what follows once `added` happened: the stage's scans open if none is missing, and levels are advised.

    With `must` they open for a reason, or are refused. A scan of a stage that is open already is advised on at once.
    """
    standing = running(seen.pilot(pilot))
    for event in added:
        standing = running(evolve(standing, event))
    readings = _readings(seen, standing, added)
    if standing.stage in standing.opened_stages and not must:
        weighed = Weighed(desk, seen, standing, act, coming=added)
        late = [event for event in added if isinstance(event, ScanRecorded | ScanRevised)]
        return [weighed.advice(scan.actor, scan) for scan in late if scan.actor in standing.joined]
    if not must and (not readings or scans.missing(standing, tuple(readings))):
        return []
    open_to_all = scans.open_together(standing, scanned_by=tuple(readings), reason=reason, act=_shared(act))
    weighed = Weighed(desk, seen, standing, act, coming=[*added, open_to_all])
    advised = [weighed.advice(actor, scan) for actor, scan in readings.items() if actor in standing.joined]
    return [open_to_all, *advised]


class Weighed:
    """The balances of one pilot's scans, from what everybody on the pilot may read once the `coming` events are in."""

    def __init__(self, desk: Desk, seen: Seen, pilot: Pilot, act: Act, *, coming: Sequence[Event]) -> None:
        self._log = Coming(desk.log, seen, coming)
        self._seen = seen
        self._pilot = pilot
        self._act = act

    def advice(self, actor: str, scan: Reading) -> LevelAdvised:
        """Return the level one actor's scan advises, with the factor that weighs most and the trust that went in."""
        others = [each for each in self._pilot.joined if each != actor]
        trust, deviation = self._evidence.lowest_trust(
            actor, others, theatre=self._pilot.theatre, day=self._act.at / DAY
        )
        balance = self._balance(actor, scan, trust, deviation)
        return LevelAdvised(
            **on(self._pilot, _told(self._act, scan, label=self._pilot.scan_label)),
            stage=self._pilot.stage,
            about=actor,
            level=balance.level,
            set_by=balance.capped_by or heaviest_risk(balance),
            balance=balance.balance,
            deviation=balance.sd,
            verdict=balance.verdict,
            probability=balance.probability,
            tables=self._seen.tables.version,
            trust=trust,
            trust_deviation=None if trust is None else deviation,
        )

    def _balance(self, actor: str, scan: Reading, trust: float | None, deviation: float) -> Balance:
        ready = weighing(
            scan,
            registered(self._seen.actor(actor)),
            conditions=opened(self._seen.theatre(self._pilot.theatre)).conditions,
            visibility=self._pilot.visibility,
            tables=self._seen.tables,
            trust=trust,
            trust_sd=deviation,
        )
        return weigh(ready, self._seen.tables)

    @cached_property
    def _evidence(self) -> Evidence:
        everybody = Member(id="", actor="", roles={self._pilot.id: frozenset({"auditor"})})
        moment = Moment(position=self._log.position, day=self._act.at / DAY)
        return Evidence(Shown(self._log, None, everybody, moment).rows.value, self._seen.tables)


def _readings(seen: Seen, pilot: Pilot, added: Sequence[Event]) -> Mapping[str, Reading]:
    """Return the stage's scans by actor, those just added included, in a fixed order."""
    around = sorted({*pilot.joined, *pilot.invited})
    standing = {actor: seen.scan(pilot.id, actor, pilot.stage) for actor in around}
    read: dict[str, Reading] = {actor: scan.reading for actor, scan in standing.items() if scan is not None}
    read |= {event.actor: event for event in added if isinstance(event, ScanRecorded | ScanRevised)}
    return dict(sorted(read.items()))


def _told(act: Act, scan: Reading, *, label: str) -> Act:
    """Return the act under the label that open scans have, for whoever reads this one; GREEN at most."""
    if LABELS.index(label) <= LABELS.index("GREEN"):
        return _shared(act)
    readers = (scan.member,) if label == "RED" else ()
    group = () if label == "RED" else (scan.actor,)
    return replace(act, member="", actor=scan.actor, label=label, recipients=readers, group=group, clients=())


def _shared(act: Act) -> Act:
    """Return the act under the label everybody on the pilot reads."""
    return replace(act, label="GREEN", recipients=(), group=(), clients=())
