"""What people try around pilots: theatres, actors, members, stories, corrections."""

from collections.abc import Iterator
from random import Random
from typing import Any

from counterpoise.domain import actors, corrections, lessons, members, narratives, theatres
from counterpoise.domain.concerns import ConcernRaised, ConcernResolved
from counterpoise.domain.events import LABELS, Event
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.lessons import LessonDrafted, LessonMarkedUseful
from counterpoise.domain.narratives import NarrativeFirstSighted, NarrativeSighted
from counterpoise.domain.pilots import PositionTaken, ReadingObserved, SignalNoted, TweakAdopted
from counterpoise.domain.reflections import ReflectionRecorded
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.steps import RedLineCrossed, RedLineWaived, StepCompleted
from tests.lives import ACTORS, PILOTS, THEATRES, Life, Move, Told

AUDIENCES = ("donors", "staff", "media", "host_population", *ACTORS)
STEPS = ("scout", "trial")


def share(chance: Random) -> float:
    """Return a number on 0..1, often a round one."""
    return chance.choice((0.0, 0.25, 0.5, 0.75, 1.0, round(chance.random(), 3)))


def some(chance: Random, names: tuple[str, ...], most: int = 3) -> tuple[str, ...]:
    """Return a few of the names."""
    return tuple(chance.sample(names, chance.randint(0, min(most, len(names)))))


def open_theatre(life: Life, chance: Random) -> Iterator[Event]:
    """Open a theatre of a random mixture."""
    name = chance.choice(THEATRES)
    yield theatres.open_theatre(
        life.theatre(name), theatre_id=name, **_context(life, chance), name=name.title(),
        act=life.act(chance),
    )  # fmt: skip


def shift_context(life: Life, chance: Random) -> Iterator[Event]:
    """Shift a theatre's context, sometimes without a new mixture; now and then close the theatre."""
    if chance.random() < 0.05:
        theatre = life.theatre(chance.choice(THEATRES))
        yield theatres.close_theatre(theatre, reason="Over", act=life.act(chance))
        return
    context = _context(life, chance)
    if chance.random() < 0.5:
        context |= {"kinds": None}
    yield theatres.shift_context(
        life.theatre(chance.choice(THEATRES)), **context, reason="Storms", act=life.act(chance)
    )


def _context(life: Life, chance: Random) -> dict[str, Any]:
    kinds = chance.sample(life.tables.words("kinds"), chance.randint(1, 2))
    conditions = some(chance, life.tables.words("conditions"))
    return {
        "kinds": {kind: chance.choice((1.0, 2.0, 3.0)) for kind in kinds},
        "conditions": {condition: share(chance) for condition in conditions},
        "audiences": some(chance, AUDIENCES),
        "visibility_cap": chance.choice(("", "low", "public", "cobranded")),
        "tables": life.tables,
    }


def register(life: Life, chance: Random) -> Iterator[Event]:
    """Register an organisation of one or two categories."""
    name = chance.choice(ACTORS)
    categories = tuple(chance.sample(life.tables.words("categories"), chance.randint(1, 2)))
    yield actors.register(
        life.actor(name), actor_id=name, name=name.title(), categories=categories, tables=life.tables,
        act=life.act(chance, name),
    )  # fmt: skip


def describe_actor(life: Life, chance: Random) -> Iterator[Event]:
    """Clarify a mandate, or set audiences or a fulcrum."""
    name = chance.choice(ACTORS)
    actor, act = life.actor(name), life.act(chance, name)
    match chance.randrange(3):
        case 0:
            yield actors.clarify_mandate(
                actor, mandate="To help", incentives="", fears="To be late", sources_of_legitimacy=("values",),
                tables=life.tables, act=act,
            )  # fmt: skip
        case 1:
            weights = {audience: 1.0 + share(chance) for audience in some(chance, AUDIENCES)}
            yield actors.set_audiences(actor, weights=weights, act=act)
        case _:
            fulcrum = chance.choice((0.5, 1.0, 1.5, 3.0))
            yield actors.set_fulcrum(actor, fulcrum=fulcrum, doubt=0.1, reason="So we see it", act=act)


def draw_red_line(life: Life, chance: Random) -> Iterator[Event]:
    """Declare a red line, or lift one."""
    name = chance.choice(ACTORS)
    line, act = chance.choice(("r1", "r2")), life.act(chance, name)
    if chance.random() < 0.25:
        yield actors.lift_red_line(life.actor(name), red_line=line, reason="Times change", act=act)
        return
    touch, of = chance.choice((("co_location", ""), ("shared_data", "needs"), ("shared_data", "")))
    yield actors.declare_red_line(
        life.actor(name), red_line=line, touch=touch, of=of, only_in=chance.choice(("", "", *THEATRES)),
        words="Not with us", tables=life.tables, act=act,
    )  # fmt: skip


def enrol(life: Life, chance: Random) -> Iterator[Event]:
    """Enrol a member, change its roles, or let it leave."""
    name, actor = chance.choice(("m1", "m2", "m3")), chance.choice(ACTORS)
    member, act = life.state(f"member:{name}"), life.act(chance, actor)
    role, pilot = chance.choice(members.ROLES), chance.choice(("", *PILOTS))
    match chance.randrange(8):
        case 0:
            yield members.leave(member, reason="A new post", act=act)
        case 1 | 2:
            yield members.revoke(member, role=role, pilot=pilot, theatre="", act=act)
        case 3 | 4 | 5:
            yield members.grant(member, role=role, pilot=pilot, theatre="", act=act)
        case _:
            yield members.enrol(
                member, member_id=name, actor=actor, name="Ada", contact="a@b.c", language="en", act=act
            )


def sight(life: Life, chance: Random) -> Iterator[Event]:
    """Hear a story for the first time or again, or act upon it."""
    name = chance.choice(("n1", "n2"))
    narrative = life.state(f"narrative:{name}")
    theatre, act = life.theatre(chance.choice(THEATRES)), life.act(chance, chance.choice(ACTORS))
    if chance.random() < 0.2:
        yield narratives.adjust_to(narrative, theatre, action="A visit", because_of="", act=act)
        return
    yield narratives.sight(
        narrative, theatre, narrative_id=name, words="They came in the night", about=some(chance, ACTORS),
        valence=2 * share(chance) - 1, credibility=share(chance),
        reach=chance.choice(life.tables.words("reaches")), audience=chance.choice(("", "donors", "firm")),
        carrier="", visibility=chance.choice(life.tables.words("visibilities")), tables=life.tables, act=act,
    )  # fmt: skip


def interact(life: Life, chance: Random) -> Iterator[Event]:
    """Observe an interaction between parties, as an import does."""
    act = life.act(chance)
    line = sum(told.event.stream.startswith("interaction:") for told in life.told) + 1
    homes = ("Chad", "Mali", "International", "")
    yield InteractionObserved(
        **act.on(f"interaction:{line}"), file="f" * 64, line=line, day=act.occurred_at // 86_400_000_000,
        source_party=chance.choice(("Police (Chad)", "Envoy")), source_home=chance.choice(homes),
        relation="Consult", target_party=chance.choice(("Army (Mali)", "Mali", "agency")),
        target_home=chance.choice(homes), goldstein=chance.choice((-5.0, 0.0, 3.4)),
    )  # fmt: skip


def learn(life: Life, chance: Random) -> Iterator[Event]:
    """Draft a lesson, consent to it, release it or say whether it was useful."""
    lesson_id, name = chance.choice(("l1", "l2")), chance.choice(ACTORS)
    lesson, act = life.state(f"lesson:{lesson_id}"), life.act(chance, name)
    if lesson is None:
        yield lessons.draft(
            life.pilot(chance.choice(PILOTS)), lesson, lesson_id=lesson_id, title="Ask first",
            words="Asking the harbour first saved a week", because_of="concern:c1",
            consent_of=some(chance, ACTORS, 1), factors=some(chance, ("speed", "neutrality")), step="",
            language=chance.choice(("en", "fr")), act=act,
        )  # fmt: skip
        return
    for actor in sorted(lesson.consent_of - lesson.consented):
        if chance.random() < 0.8:
            yield lessons.consent(life.state(lesson.stream), act=life.act(chance, actor))
    if not lesson.released and chance.random() < 0.7:
        yield lessons.release(
            life.state(lesson.stream), title="Ask first", words="Ask the harbour", named=chance.random() < 0.5,
            act=life.act(chance, name),
        )  # fmt: skip
    yield lessons.mark_useful(life.state(lesson.stream), useful=chance.random() < 0.7, act=act)


def correct(life: Life, chance: Random) -> Iterator[Event]:
    """Correct an event of one's own."""
    told = _revocable(life, chance)
    if told is None:
        return
    changes = _changes(told.event, chance)
    words = (
        {"field": "words", "words": "Said otherwise"} if chance.random() < 0.3 else {"field": "", "words": ""}
    )
    yield corrections.correct(
        life.history(told.event.stream), of=told.version, changes=changes, **words, reason="A slip",
        tables=life.tables, act=life.act(chance, told.event.actor),
    )  # fmt: skip


def withdraw_event(life: Life, chance: Random) -> Iterator[Event]:
    """Withdraw an event of one's own."""
    told = _revocable(life, chance)
    if told is not None:
        yield corrections.withdraw(
            life.history(told.event.stream), of=told.version, reason="Not so",
            act=life.act(chance, told.event.actor),
        )  # fmt: skip


def relabel(life: Life, chance: Random) -> Iterator[Event]:
    """Widen or narrow the label of an event."""
    if life.told:
        told = chance.choice(life.told)
        act = life.act(chance, told.event.actor)
        change = corrections.widen if LABELS.index(act.label) < 2 else corrections.narrow
        yield change(life.history(told.event.stream), of=told.version, act=act)


def _revocable(life: Life, chance: Random) -> Told | None:
    named = [told for told in life.told if type(told.event) in corrections.REVOCABLE]
    return chance.choice(named) if named else None


def _changes(event: Event, chance: Random) -> dict[str, Any]:
    """Return changes that may fit the event, now and then ones that do not."""
    if chance.random() < 0.1:
        return chance.choice(({"step": "nowhere"}, {"stage": "nowhere"}, {"achieved": 7.0}, {"by": 3}))
    match event:
        case ScanRecorded() | ScanRevised():
            return chance.choice(({"red_line": True}, {"fulcrum": 2.0}, {"fulcrum": None}))
        case ReflectionRecorded():
            return {"ratings": [{"actor": chance.choice(ACTORS), "rating": chance.randint(1, 5)}]}
        case ConcernRaised():
            return chance.choice(({"severity": "high"}, {"about": chance.choice(ACTORS)}, {"kind": "data"}))
        case ConcernResolved():
            return chance.choice(({"severity": "low"}, {"about": chance.choice(ACTORS)}))
        case NarrativeFirstSighted() | NarrativeSighted():
            return chance.choice(({"valence": 0.5}, {"about": [chance.choice(ACTORS)]}, {"reach": "local"}))
        case LessonDrafted():
            return {"factors": ["brand"]}
        case LessonMarkedUseful():
            return {"useful": chance.random() < 0.5}
        case StepCompleted():
            return chance.choice(({"achieved": share(chance)}, {"took_part": list(some(chance, ACTORS))}))
        case RedLineCrossed():
            return {"by": chance.choice(ACTORS)}
        case RedLineWaived():
            return {"red_line": chance.choice(("r1", "r2"))}
        case TweakAdopted():
            return {"safeguards": ["no uniforms"]}
        case SignalNoted():
            return {"audience": "media"}
        case PositionTaken():
            return {"position": "abstention"}
        case ReadingObserved():
            return {"observed": share(chance)}
        case _:
            return {}


AROUND: dict[str, Move] = {
    "open a theatre": open_theatre,
    "shift a context": shift_context,
    "register": register,
    "describe an actor": describe_actor,
    "draw a red line": draw_red_line,
    "enrol": enrol,
    "sight a story": sight,
    "interact": interact,
    "learn": learn,
    "correct": correct,
    "correct again": correct,
    "withdraw an event": withdraw_event,
    "relabel": relabel,
}
"""The moves of this module."""
