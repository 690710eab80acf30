"""Whatever people try on pilots, no state breaks a gate."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given

from counterpoise.domain import actors, corrections, streams
from counterpoise.domain import pilots as on_pilots
from counterpoise.domain import steps as on_steps
from counterpoise.domain import theatres as in_theatres
from counterpoise.domain.corrections import TextErased, Withdrawn
from counterpoise.domain.events import Event, kind
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.tables import starting_tables
from tests.lives import Life, Told, replay
from tests.pilot_moves import any_life

TABLES = starting_tables()


def standing(told: list[Told]) -> list[Event]:
    """Return the events that stand, as they read, in the order of the log."""
    histories: dict[str, list[Event]] = {}
    for each in told:
        histories.setdefault(each.event.stream, []).append(each.event)
    reading = {stream: corrections.standing(events) for stream, events in histories.items()}
    events = (reading[each.event.stream][each.version - 1] for each in told)
    return [event for event in events if event is not None]


@dataclass
class Partners:
    """Who is on a pilot, by hand."""

    joined: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    advised: dict[str, str] = field(default_factory=dict)
    stage: str = "framing"

    @classmethod
    def of(cls, events: list[Event]) -> "Partners":
        """Follow a pilot's own events."""
        partners = cls()
        for event in events:
            partners.follow(event)
        return partners

    def follow(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case on_pilots.PilotProposed():
                self.joined = [event.actor]
            case on_pilots.ActorInvited(invited=invited):
                self.unanswered.add(invited)
            case on_pilots.InvitationAnswered(actor=actor, joins=True):
                self.unanswered.discard(actor)
                self.joined += [actor] if actor not in self.joined else []
            case on_pilots.InvitationAnswered() | on_pilots.ActorWithdrew():
                self.unanswered.discard(event.actor)
                self.joined = [each for each in self.joined if each != event.actor]
                self.advised.pop(event.actor, None)
            case on_pilots.StageEntered(stage=stage):
                self.stage, self.advised = stage, {}
            case on_pilots.LevelAdvised(about=about, level=level):
                self.advised[about] = level


def last(events: list[Event], *kinds: type[Event]) -> Event | None:
    """Return the last event of some kinds."""
    return next((event for event in reversed(events) if isinstance(event, kinds)), None)


def shut(events: list[Event], pilot: str, step: str) -> set[str]:
    """Return the gates of a step that are not satisfied, from the standing events before it; by hand."""
    own = [event for event in events if event.stream == f"pilot:{pilot}"]
    partners = Partners.of(own)
    scanned = {
        event.actor
        for event in events
        if isinstance(event, ScanRecorded | ScanRevised)
        and (event.pilot, event.stage) == (pilot, partners.stage)
    }
    return {
        *(f"scan/{actor}" for actor in partners.joined if actor not in scanned),
        *(f"invitation/{actor}" for actor in partners.unanswered - scanned),
        *crossing(events, own, partners, step),
        *unaccepted(own, partners),
        *unacknowledged(events, own, partners),
        *too_deep(own, partners),
        *too_visible(events, own, step),
    }


def crossing(events: list[Event], own: list[Event], partners: Partners, step: str) -> set[str]:
    """Return the red lines a step touches that nobody waived."""
    lines: dict[str, actors.RedLineDeclared] = {}
    for event in events:
        if isinstance(event, actors.RedLineDeclared):
            lines[f"{event.actor}/{event.red_line}"] = event
        if isinstance(event, actors.RedLineLifted):
            del lines[f"{event.actor}/{event.red_line}"]
    (plan,) = [e for e in own if isinstance(e, on_steps.StepPlanned) and e.step == step]
    waived = {
        f"{e.actor}/{e.red_line}" for e in own if isinstance(e, on_steps.RedLineWaived) and e.step == step
    }
    return {
        f"red-line/{name}"
        for name, line in lines.items()
        if line.actor in partners.joined and line.only_in in ("", plan.theatre) and name not in waived
        for touch in plan.touches
        if touch.touch == line.touch and (line.of == touch.of or not line.of or not touch.of)
    }


def unaccepted(own: list[Event], partners: Partners) -> set[str]:
    """Return the gates of a charter that is not there or not accepted."""
    charter = last(own, on_pilots.CharterSet)
    if not isinstance(charter, on_pilots.CharterSet):
        return {"charter"}
    accepted = {
        event.actor
        for event in own
        if isinstance(event, on_pilots.CharterAccepted) and event.edition == charter.edition
    }
    return {f"charter/{actor}" for actor in partners.joined if actor not in accepted}


def unacknowledged(events: list[Event], own: list[Event], partners: Partners) -> set[str]:
    """Return the gates of mandates that partners did not acknowledge in their newest edition."""
    editions = {e.actor: e.edition for e in events if isinstance(e, actors.MandateClarified)}
    known = {(e.actor, e.partner): e.edition for e in own if isinstance(e, on_pilots.MandateAcknowledged)}
    return {
        f"mandate/{actor}/{partner}"
        for actor in partners.joined
        for partner in partners.joined
        if actor != partner and partner in editions and known.get((actor, partner)) != editions[partner]
    }


def too_deep(own: list[Event], partners: Partners) -> set[str]:
    """Return the gate of the level if it is not chosen, not advised, or deeper than the shallowest advised."""
    chosen = last(own, on_pilots.LevelChosen)
    depths = [
        TABLES.rank("levels", level) for actor, level in partners.advised.items() if actor in partners.joined
    ]
    if not isinstance(chosen, on_pilots.LevelChosen) or not depths:
        return {"level"}
    return {"level"} if TABLES.rank("levels", chosen.level) > min(depths) else set()


def too_visible(events: list[Event], own: list[Event], step: str) -> set[str]:
    """Return the gate of visibility if the pilot or the step is more visible than the theatre's cap."""
    pilot = last(own, on_pilots.PilotProposed, on_pilots.VisibilityChanged)
    (plan,) = [e for e in own if isinstance(e, on_steps.StepPlanned) and e.step == step]
    there = [event for event in events if event.stream == f"theatre:{plan.theatre}"]
    setting = last(there, in_theatres.TheatreOpened, in_theatres.ContextShifted)
    assert isinstance(pilot, on_pilots.PilotProposed | on_pilots.VisibilityChanged)
    assert isinstance(setting, in_theatres.TheatreOpened | in_theatres.ContextShifted)
    ranks = [TABLES.rank("visibilities", each.visibility) for each in (pilot, plan)]
    return {"visibility"} if max(ranks) > TABLES.rank("visibilities", setting.visibility_cap) else set()


def moments(life: Life, kind_of_event: type[Event]) -> list[tuple[list[Event], Event]]:
    """Return each event of a kind with what stood before it."""
    return [
        (standing(life.told[:place]), told.event)
        for place, told in enumerate(life.told)
        if isinstance(told.event, kind_of_event)
    ]


@given(any_life)
def test_no_step_starts_while_a_gate_of_it_is_shut(life: Life) -> None:
    for before, event in moments(life, on_steps.StepStarted):
        assert isinstance(event, on_steps.StepStarted)
        own = [each for each in before if each.stream == event.stream]
        overridden = {e.gate for e in own if isinstance(e, on_steps.GateOverridden) and e.step == event.step}

        assert shut(before, event.pilot, event.step) <= overridden


@given(any_life)
def test_no_red_line_is_overridden(life: Life) -> None:
    gates = [told.event.gate for told in life.told if isinstance(told.event, on_steps.GateOverridden)]

    assert [gate for gate in gates if gate.startswith("red-line/")] == []


@given(any_life)
def test_a_red_line_is_waived_by_its_owner_alone(life: Life) -> None:
    for told in life.told:
        if isinstance(told.event, on_steps.RedLineWaived):
            assert told.event.member == f"m-{told.event.actor}"


@given(any_life)
def test_scans_open_when_none_is_missing_or_for_a_reason(life: Life) -> None:
    for before, event in moments(life, on_pilots.ScansOpened):
        assert isinstance(event, on_pilots.ScansOpened)
        partners = Partners.of([each for each in before if each.stream == event.stream])
        scanned = {scan.split("/")[1] for scan in event.scans}

        assert event.forced == bool(set(partners.joined) - scanned or partners.unanswered)
        assert event.reason.text or not event.forced


@given(any_life)
def test_scans_open_once_each_time_their_stage_is_entered(life: Life) -> None:
    for name in ("ferry", "radio"):
        entered_or_opened = [
            event
            for event in life.history(f"pilot:{name}")
            if isinstance(event, on_pilots.ScansOpened | on_pilots.StageEntered)
        ]

        assert not any(
            isinstance(one, on_pilots.ScansOpened) and isinstance(next_one, on_pilots.ScansOpened)
            for one, next_one in pairwise(entered_or_opened)
        )


@given(any_life)
def test_only_who_proposed_or_answered_that_it_joins_is_a_partner(life: Life) -> None:
    for name in ("ferry", "radio"):
        pilot = life.pilot(name)
        partners = Partners.of(list(life.history(f"pilot:{name}")))

        assert pilot is None or pilot.joined == tuple(partners.joined)
        assert pilot is None or pilot.advised == partners.advised


@given(any_life)
def test_nothing_happens_on_a_pilot_that_is_closed(life: Life) -> None:
    for told in life.told:
        if isinstance(told.event, on_pilots.PilotClosed):
            after = [t.event for t in life.told[told.position :] if t.event.stream == told.event.stream]
            undoing = corrections.Corrected | Withdrawn | corrections.LabelWidened | corrections.LabelNarrowed

            assert [event for event in after if not isinstance(event, undoing)] == []


@given(any_life)
def test_a_withdrawn_event_leaves_the_state_as_if_it_had_never_been(life: Life) -> None:
    for told in life.told:
        if isinstance(told.event, Withdrawn):
            stream, of = told.event.stream, told.event.of
            history = list(life.history(stream)[: told.version])
            without = [
                _blank(each) if of in (version, _names(each)) else each
                for version, each in enumerate(history, 1)
            ]

            assert _fold(history) == _fold(without)


def _names(event: Event) -> int | None:
    of: int | None = getattr(event, "of", None)
    return of if isinstance(of, int) else None


def _blank(event: Event) -> Event:
    return TextErased(stream=event.stream, recorded_at=0, occurred_at=0, keys=())


def _fold(events: list[Event]) -> object:
    folded: streams.Folded | None = None
    for event in events:
        folded = streams.evolve(folded, event)
    return folded.state if folded else None


@given(any_life)
def test_folding_anew_gives_the_same_states(life: Life) -> None:
    assert replay(life.told).folded == life.folded


@given(any_life)
def test_every_refusal_names_its_rule_its_owner_and_a_remedy(life: Life) -> None:
    for refusal in life.refused:
        assert refusal.rule != "refused"
        assert refusal.sentence
        assert refusal.owner
        assert refusal.remedy


@given(any_life)
def test_every_event_is_of_a_kind_of_stream_that_folds(life: Life) -> None:
    assert {kind(told.event.stream) for told in life.told} <= set(streams.FOLDS)
