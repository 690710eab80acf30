"""What people try on pilots: partners, scans, steps, reflections, concerns; and whole lives of such tries."""

from collections.abc import Iterator
from functools import partial
from random import Random

from counterpoise.domain import concerns, conduct, partnership, reflections, scans, steps
from counterpoise.domain.events import Event
from counterpoise.domain.pilots import LevelAdvised, Pilot, on
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.steps import Touch
from tests.lives import ACTORS, DAY, PILOTS, THEATRES, Life, Move, lives
from tests.moves import (
    AROUND,
    AUDIENCES,
    STEPS,
    describe_actor,
    draw_red_line,
    open_theatre,
    register,
    share,
    some,
)


def begin(life: Life, chance: Random) -> Iterator[Event]:
    """Open a theatre, register everybody, propose a pilot and let some join it."""
    partners = (propose, *[invite] * 4, *[answer] * 3, plan, set_charter)
    founding = (open_theatre, *[register] * 10, *[draw_red_line] * 2, *[describe_actor] * 3, *partners)
    for move in founding:
        yield from _tried(move, life, chance)


def _tried(move: Move, life: Life, chance: Random) -> Iterator[Event]:
    try:
        yield from move(life, chance)
    except Refusal as refusal:
        life.refused.append(refusal)


def _running(life: Life, chance: Random) -> Pilot | None:
    pilots = [pilot for name in PILOTS if (pilot := life.pilot(name))]
    return chance.choice(pilots) if pilots and chance.random() < 0.95 else None


def _step(pilot: Pilot | None, chance: Random) -> str:
    if pilot is None or not pilot.steps or chance.random() < 0.1:
        return chance.choice(STEPS)
    begun = sorted(step.id for step in pilot.steps.values() if step.status == "started")
    return chance.choice(begun or sorted(pilot.steps))


def _joined(pilot: Pilot | None, chance: Random) -> str:
    names = pilot.joined if pilot and pilot.joined and chance.random() < 0.9 else ACTORS
    return chance.choice(names)


def propose(life: Life, chance: Random) -> Iterator[Event]:
    """Propose a pilot, for an actor that is registered."""
    owners = [name for name in ACTORS if life.actor(name)]
    if not owners:
        return
    name = chance.choice(PILOTS)
    theatre = next((found for each in THEATRES if (found := life.theatre(each))), None)
    yield conduct.propose(
        life.pilot(name), theatre, pilot_id=name, title="Ferries", hypothesis="Faster together",
        format="technical_trial", visibility=chance.choice(("closed", "low", "public", "cobranded")),
        tables=life.tables, act=life.act(chance, chance.choice(owners)),
    )  # fmt: skip


def invite(life: Life, chance: Random) -> Iterator[Event]:
    """Invite an actor."""
    yield partnership.invite(
        _running(life, chance), life.actor(chance.choice(ACTORS)), framing="Come and see", visibility="low",
        tables=life.tables, act=life.act(chance, chance.choice(ACTORS)),
    )  # fmt: skip


def answer(life: Life, chance: Random) -> Iterator[Event]:
    """Answer an invitation, more often than not by joining."""
    pilot = _running(life, chance)
    invited = sorted(pilot.invited) if pilot and pilot.invited else list(ACTORS)
    reply = chance.choice(("join", "join", "join_on_conditions", "decline", "observe"))
    yield partnership.answer(
        pilot, reply=reply, reason_codes=("speed",), reasons="", conditions="Unarmed", accepted_format="",
        preferred_framing="", tables=life.tables, act=life.act(chance, chance.choice(invited)),
    )  # fmt: skip


def part(life: Life, chance: Random) -> Iterator[Event]:
    """Let a partner take part no longer."""
    pilot = _running(life, chance)
    act = life.act(chance, _joined(pilot, chance))
    yield partnership.withdraw(pilot, reason_codes=("brand",), reasons="", tables=life.tables, act=act)


def set_charter(life: Life, chance: Random) -> Iterator[Event]:
    """Set the charter, in a first or a new edition."""
    yield partnership.set_charter(
        _running(life, chance), data_ownership="Whose it was", branding="None", public_messaging="Together",
        information_limits="", act=life.act(chance, chance.choice(ACTORS)),
    )  # fmt: skip


def scan(life: Life, chance: Random) -> Iterator[Event]:
    """Record a scan, or revise the one that stands."""
    pilot = _running(life, chance)
    yield _scan(life, chance, pilot, _joined(pilot, chance))


def _scan(life: Life, chance: Random, pilot: Pilot | None, actor: str) -> Event:
    stage = pilot.stage if pilot else "framing"
    standing = life.state(scans.stream_of(pilot.id if pilot else "", actor, stage))
    gains, risks = (
        some(chance, ("resources", "speed", "standing")),
        some(chance, ("neutrality", "brand", "legal")),
    )
    fulcrum = chance.choice((None, None, 1.0, 2.0))
    heard = {audience: 0.5 + share(chance) for audience in some(chance, AUDIENCES)}
    decide = scans.record if standing is None else scans.revise
    return decide(
        pilot, standing, scores={name: share(chance) for name in ("expertise", *gains, "safety", *risks)},
        doubts={"safety": chance.choice((0.0, 0.05, 0.25))}, weights={"expertise": 1.0 + share(chance)},
        audiences=heard, cares={name: {"safety": share(chance)} for name in heard}, fulcrum=fulcrum,
        fulcrum_doubt=0.1 if fulcrum else None, red_line=chance.random() < 0.1, words="As we see it",
        tables=life.tables, act=life.act(chance, actor),
    )  # fmt: skip


def open_scans(life: Life, chance: Random) -> Iterator[Event]:
    """Open the scans of the stage, at times by force, and record an advised level for each."""
    pilot = _running(life, chance)
    scanned = life.scanned(pilot) if pilot else ()
    reason = chance.choice(("", "", "The storm is here"))
    yield scans.open_together(
        pilot, scanned_by=scanned, reason=reason, act=life.act(chance, chance.choice(ACTORS))
    )
    for actor in scanned:
        yield _advised(life, chance, pilot, actor)


def _advised(life: Life, chance: Random, pilot: Pilot | None, actor: str) -> Event:
    assert pilot is not None
    return LevelAdvised(
        **on(pilot, life.act(chance)), stage=pilot.stage, about=actor, set_by="neutrality",
        level=chance.choice(life.tables.words("levels")), balance=0.1, deviation=0.1, verdict="in_between",
        probability=0.7, tables=life.tables.version,
    )  # fmt: skip


def steer(life: Life, chance: Random) -> Iterator[Event]:
    """Enter a stage, choose a level, change the visibility, or close the pilot."""
    pilot, act, tables = _running(life, chance), life.act(chance, chance.choice(ACTORS)), life.tables
    match chance.randrange(16):
        case 0:
            yield conduct.close(pilot, reason="Done", act=act)
        case 1 | 2 | 3 | 4 | 5:
            stage = chance.choice(tables.words("stages")[:3])
            yield conduct.enter_stage(pilot, stage=stage, tables=tables, act=act)
        case 6 | 7 | 8 | 9 | 10:
            level = chance.choice(tables.words("levels"))
            yield conduct.choose_level(pilot, level=level, reason="", tables=tables, act=act)
        case _:
            visibility = chance.choice(tables.words("visibilities"))
            yield conduct.change_visibility(pilot, visibility=visibility, reason="", tables=tables, act=act)


def plan(life: Life, chance: Random) -> Iterator[Event]:
    """Plan a step that touches a thing or two."""
    touches = (Touch(touch="co_location"), Touch(touch="shared_data", of="needs"), Touch(touch="shared_data"))
    yield steps.plan(
        _running(life, chance), step=chance.choice(STEPS), title="Cross", hypothesis="", kind="discovery",
        stake=chance.choice(life.tables.words("stakes")), safe_to_fail=chance.random() < 0.5,
        visibility=chance.choice(("", "", "closed", "public")),
        touches=tuple(chance.sample(touches, chance.randint(0, 2))), measures={"hours": 3.0},
        tables=life.tables, act=life.act(chance, chance.choice(ACTORS)),
    )  # fmt: skip


def go_on(life: Life, chance: Random) -> Iterator[Event]:
    """Start a step, or pause, complete or abandon it."""
    pilot = _running(life, chance)
    step, act = _step(pilot, chance), life.act(chance, _joined(pilot, chance))
    match chance.randrange(12):
        case 0:
            yield steps.abandon(pilot, step=step, reason="Too late", act=act)
        case 1 | 2:
            yield steps.pause(pilot, step=step, reason="Rain", act=act)
        case 3 | 4 | 5 | 6 | 7:
            took_part = tuple(pilot.joined[:2]) if pilot and chance.random() < 0.3 else ()
            yield steps.complete(
                pilot, step=step, achieved=share(chance), took_part=took_part, results={"hours": 4.0}, words="",
                act=act,
            )  # fmt: skip
        case _:
            shut = life.gates(pilot, step) if pilot and step in pilot.steps else ()
            yield steps.start(pilot, step=step, gates=shut, act=act)


def clear_the_way(life: Life, chance: Random) -> Iterator[Event]:
    """Do what the gates of a step ask for, one after the other, and start it; at times leave one kind of them."""
    pilot = _running(life, chance)
    if pilot is None or not pilot.steps:
        return
    step = chance.choice(sorted(pilot.steps))
    left = chance.choice(
        ("", "", "", "scan", "invitation", "red-line", "red-line", "charter", "mandate", "level")
    )
    for _ in range(30):
        pilot = life.pilot(pilot.id)
        assert pilot is not None
        shut = [gate for gate in life.gates(pilot, step) if not gate.open and gate.rule.split("/")[0] != left]
        if not shut:
            break
        yield from _tried(partial(_remedy, pilot=pilot, step=step, rule=shut[0].rule), life, chance)
    yield steps.start(life.pilot(pilot.id), step=step, gates=life.gates(pilot, step), act=life.act(chance))
    if chance.random() < 0.5:
        yield steps.complete(
            life.pilot(pilot.id), step=step, achieved=share(chance), took_part=(), results={}, words="",
            act=life.act(chance),
        )  # fmt: skip


def _remedy(life: Life, chance: Random, pilot: Pilot, *, step: str, rule: str) -> Iterator[Event]:
    kind, _, rest = rule.partition("/")
    owner, _, other = rest.partition("/")
    act = life.act(chance, owner or chance.choice(ACTORS))
    match kind:
        case "scan":
            yield _scan(life, chance, pilot, owner)
        case "red-line":
            yield steps.waive_red_line(pilot, red_line=other, owner=owner, step=step, reason="Once", act=act)
        case "charter" if owner:
            yield partnership.accept_charter(pilot, edition=0, act=act)
        case "charter":
            yield from set_charter(life, chance)
        case "mandate":
            yield partnership.acknowledge_mandate(pilot, life.actor(other), misunderstanding="", act=act)
        case "level" if pilot.level and not pilot.advised:
            yield from open_scans(life, chance)
        case "level":
            yield conduct.choose_level(pilot, level="compete", reason="", tables=life.tables, act=act)
        case "visibility" if pilot.visibility != "closed":
            yield conduct.change_visibility(
                pilot, visibility="closed", reason="", tables=life.tables, act=act
            )
        case _:
            yield steps.override_gate(
                pilot, gate=rule, step=step, gates=life.gates(pilot, step), reason="Lives", act=act
            )


def override(life: Life, chance: Random) -> Iterator[Event]:
    """Try to override any gate of a step, a red line too."""
    pilot = _running(life, chance)
    if pilot is not None and pilot.steps:
        step = chance.choice(sorted(pilot.steps))
        found = life.gates(pilot, step)
        gate = chance.choice(found).rule if found else "level"
        act = life.act(chance, chance.choice(ACTORS))
        yield steps.override_gate(pilot, gate=gate, step=step, gates=found, reason="Lives", act=act)


def cross_or_waive(life: Life, chance: Random) -> Iterator[Event]:
    """Cross a red line, waive one (at times another's), or grant an exception."""
    pilot, owner = _running(life, chance), chance.choice(ACTORS)
    step, line = _step(pilot, chance), chance.choice(("r1", "r2"))
    act = life.act(chance, owner if chance.random() < 0.8 else "firm")
    match chance.randrange(4):
        case 0:
            yield steps.grant_exception(
                pilot, step=step, touch=Touch(touch="escort"), reason="Once", limits="A day", until=act.at + DAY,
                tables=life.tables, act=act,
            )  # fmt: skip
        case 1:
            yield steps.cross_red_line(
                pilot, red_line=line, owner=owner, by=_joined(pilot, chance), step=chance.choice(("", step)),
                words="", act=act,
            )  # fmt: skip
        case _:
            yield steps.waive_red_line(pilot, red_line=line, owner=owner, step=step, reason="Once", act=act)


def reflect(life: Life, chance: Random) -> Iterator[Event]:
    """Reflect on a step, or open or close a round of reflections."""
    pilot, tables = _running(life, chance), life.tables
    actor, phase = _joined(pilot, chance), chance.choice(tables.words("phases"))
    step = _step(pilot, chance)
    act, reflection = life.act(chance, actor), f"f{chance.randrange(6)}"
    match chance.randrange(8):
        case 0:
            yield conduct.open_round(pilot, step=step, phase=phase, tables=tables, act=act)
        case 1:
            yield conduct.close_round(pilot, step=step, phase=phase, tables=tables, act=act)
        case _:
            yield reflections.record(
                pilot, life.state(f"reflection:{reflection}"), reflection_id=reflection, step=step, phase=phase,
                ratings={name: chance.randint(1, 5) for name in some(chance, ACTORS)}, words="Slow at first",
                confidence=chance.randint(0, 5), language="en", tables=tables, act=act,
            )  # fmt: skip


def worry(life: Life, chance: Random) -> Iterator[Event]:
    """Raise a concern, or do something about the one that stands."""
    name, pilot = f"c{chance.randrange(3)}", _running(life, chance)
    concern = life.state(f"concern:{name}")
    if concern is None:
        yield concerns.raise_concern(
            pilot, concern, concern_id=name, kind="neutrality",
            severity=chance.choice(life.tables.words("severities")), words="Too close to the base", factor="",
            about=chance.choice(("", *ACTORS)), step="", anonymous=chance.random() < 0.25, language="en",
            tables=life.tables, act=life.act(chance, _joined(pilot, chance)),
        )  # fmt: skip
        return
    act = life.act(chance, concern.owner if chance.random() < 0.8 else chance.choice(ACTORS))
    match chance.randrange(6):
        case 0:
            yield concerns.withdraw(concern, reason="Seen wrong", act=act)
        case 1 | 2:
            yield concerns.resolve(concern, words="", act=act)
        case 3:
            yield concerns.acknowledge(concern, words="", act=act)
        case _:
            on_it = life.pilot(concern.pilot)
            tweaks = sorted(on_it.tweaks) if on_it else []
            yield concerns.answer(concern, on_it, tweak=chance.choice(tweaks or ["none"]), words="", act=act)


def tell_the_pilot(life: Life, chance: Random) -> Iterator[Event]:
    """Adopt a tweak, or note a signal, a stance, a position, an outcome, a reading, a plan or a channel."""
    pilot, tables = _running(life, chance), life.tables
    actor, step = _joined(pilot, chance), chance.choice(("", *STEPS))
    act, towards = life.act(chance, actor), chance.choice(ACTORS)
    match chance.randrange(10):
        case 0 | 1 | 2:
            yield conduct.adopt_tweak(
                pilot, tweak=f"t{chance.randrange(5)}", because_of="concern:c1", change="No uniforms", step=step,
                safeguards=(), act=act,
            )  # fmt: skip
        case 3:
            yield conduct.note_signal(
                pilot, signal="refusal", by=actor, towards=towards, audience="media", words="", tables=tables,
                act=act,
            )  # fmt: skip
        case 4:
            yield conduct.note_stance(
                pilot, towards=towards, stance="association", words="", tables=tables, act=act
            )
        case 5:
            yield conduct.take_position(
                pilot, position="consent", step=step, reason="", tables=tables, act=act
            )
        case 6:
            yield conduct.state_outcome(pilot, outcome="partly", step=step, words="", tables=tables, act=act)
        case 7:
            yield conduct.observe_reading(
                pilot, about=actor, audience="donors", expected=share(chance), observed=share(chance), words="",
                act=act,
            )  # fmt: skip
        case 8:
            yield conduct.plan_analysis(pilot, plan="Count the hours", measures=("hours",), act=act)
        case _:
            yield conduct.link_channel(pilot, channel="C1", act=act)


MOVES: dict[str, Move] = {
    **AROUND,
    "propose": propose,
    "invite": invite,
    "answer": answer,
    "part": part,
    "set a charter": set_charter,
    "scan": scan,
    "scan too": scan,
    "open scans": open_scans,
    "steer": steer,
    "plan": plan,
    "plan too": plan,
    "go on": go_on,
    "clear the way": clear_the_way,
    "clear the way again": clear_the_way,
    "override": override,
    "cross or waive": cross_or_waive,
    "reflect": reflect,
    "reflect too": reflect,
    "worry": worry,
    "worry again": worry,
    "tell the pilot": tell_the_pilot,
    "go on again": go_on,
    "go on still": go_on,
}
"""Every move there is; some stand twice, for they are made more often."""

any_life = lives(MOVES, begin)
"""Lives of a few pilots, in a few theatres, among a few actors."""
