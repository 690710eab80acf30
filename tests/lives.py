"""Random lives of pilots: events that the domain's own decisions let happen, numbered as the log numbers them."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from counterpoise import frame
from counterpoise.domain import streams
from counterpoise.domain.actors import Actor
from counterpoise.domain.events import LABELS, Act, Event, Sealed
from counterpoise.domain.gates import Gate, Standing, gates
from counterpoise.domain.pilots import Pilot
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.scans import Scan
from counterpoise.domain.tables import Tables, starting_tables
from counterpoise.domain.theatres import Theatre

HOUR = 3_600_000_000
DAY = 24 * HOUR
BEGINNING = 20_000 * DAY
THEATRES = ("coast", "delta", "ridge")
ACTORS = ("agency", "brigade", "council", "firm")
PILOTS = ("ferry", "radio")


@dataclass(frozen=True)
class Told:
    """An event with the numbers a log gives it."""

    position: int
    version: int
    event: Event

    @property
    def id(self) -> str:
        """The name of the event that people follow."""
        return f"{self.event.stream}#{self.version}"


class Life:
    """What has happened so far, and the streams folded from it."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.folded: dict[str, streams.Folded] = {}
        self.tables: Tables = starting_tables()
        self.now = BEGINNING
        self.refused: list[Refusal] = []

    def __repr__(self) -> str:
        """Tell the life in few words: a failing test prints it."""
        return "; ".join(f"{told.position} {told.id} {told.event.TOPIC}" for told in self.told)

    def tell(self, event: Event) -> None:
        """Append an event."""
        before = self.folded.get(event.stream)
        version = len(before.events) + 1 if before else 1
        self.folded[event.stream] = streams.evolve(before, event)
        self.told.append(Told(len(self.told) + 1, version, event))

    def state(self, stream: str) -> Any:  # noqa: ANN401  a state of the stream's kind
        """Return the state of a stream; None if nothing is known of it."""
        return self.folded[stream].state if stream in self.folded else None

    def history(self, stream: str) -> tuple[Event, ...]:
        """Return the events of a stream."""
        events: tuple[Event, ...] = self.folded[stream].events if stream in self.folded else ()
        return events

    def theatre(self, name: str) -> Theatre | None:
        """Return a theatre."""
        theatre: Theatre | None = self.state(f"theatre:{name}")
        return theatre

    def actor(self, name: str) -> Actor | None:
        """Return an actor."""
        actor: Actor | None = self.state(f"actor:{name}")
        return actor

    def pilot(self, name: str) -> Pilot | None:
        """Return a pilot."""
        pilot: Pilot | None = self.state(f"pilot:{name}")
        return pilot

    def scanned(self, pilot: Pilot) -> tuple[str, ...]:
        """Return the actors whose scan of the pilot's stage stands, by name."""
        states = (folded.state for stream, folded in self.folded.items() if stream.startswith("scan:"))
        scans = (state for state in states if isinstance(state, Scan))
        return tuple(sorted(s.actor for s in scans if (s.pilot, s.stage) == (pilot.id, pilot.stage)))

    def gates(self, pilot: Pilot, step: str) -> tuple[Gate, ...]:
        """Return the gates of a step as the domain sees them."""
        actors = {name: self.actor(name) for name in pilot.joined}
        theatre = self.theatre(pilot.theatre)
        assert theatre is not None
        return gates(
            Standing(
                pilot=pilot,
                step=pilot.steps[step],
                actors={name: actor for name, actor in actors.items() if actor},
                scanned=frozenset(self.scanned(pilot)),
                visibility_cap=theatre.visibility_cap,
                tables=self.tables,
            )
        )

    def act(self, chance: Random, actor: str = "") -> Act:
        """Return the circumstances of the next command; now and then of something that occurred a while ago."""
        self.now += chance.choice((0, 1, HOUR, DAY, 9 * DAY))
        ago = chance.choice((0, 0, 0, 0, HOUR, 3 * DAY, 30 * DAY))
        label = chance.choice(LABELS)
        return Act(
            at=self.now,
            occurred_at=self.now - ago,
            member=f"m-{actor}" if actor else "",
            actor=actor,
            label=label,
            recipients=("m-firm",) if label == "RED" else (),
            source=chance.choice(("chat", "web", "cli")),
        )


Move = Callable[[Life, Random], Iterable[Event]]
"""Something people try: it yields the events of each decision in turn, and may be refused at any of them."""


def attempt(life: Life, move: Move, chance: Random) -> None:
    """Try a move: what a decision allows is told before the next one decides; a refusal ends the move."""
    try:
        for event in move(life, chance):
            life.tell(event)
    except Refusal as refusal:
        life.refused.append(refusal)


def replay(told: Sequence[Told]) -> Life:
    """Return the life that these events make, folded anew."""
    life = Life()
    for each in told:
        life.tell(each.event)
    return life


def lives(moves: dict[str, Move], beginning: Move, *, longest: int = 60) -> st.SearchStrategy[Life]:
    """Return lives that begin with `beginning` and go on with any of the moves; few of them, when shrunk."""
    tried = st.tuples(st.sampled_from(sorted(moves)), st.integers(0, 2**32 - 1))
    as_many = st.integers(0, longest).flatmap(lambda size: st.lists(tried, min_size=size, max_size=size))
    return st.builds(lambda seed, many: _lived(seed, many, moves, beginning), st.integers(0, 2**16), as_many)


def _lived(seed: int, tried: list[tuple[str, int]], moves: dict[str, Move], beginning: Move) -> Life:
    life = Life()
    attempt(life, beginning, Random(seed))
    for name, luck in tried:
        attempt(life, moves[name], Random(f"{name} {luck}"))
    return life


def frame_of(told: Iterable[Told]) -> pl.LazyFrame:
    """Return events as a frame: sealed words as boxes that name their event and field, none as nothing."""
    rows = [_row(each) for each in told]
    return pl.LazyFrame(rows, schema=frame.FRAME, orient="row")


def _row(told: Told) -> dict[str, Any]:
    event = told.event
    envelope = {name: getattr(event, name) for name in frame.ENVELOPE}
    numbers = {"position": told.position, "version": told.version, "topic": event.TOPIC}
    row = {**envelope, **numbers, "schema": event.SCHEMA, "body": json.dumps(_body(told))}
    return {name: row[name] for name in frame.FRAME}


def _body(told: Told) -> dict[str, Any]:
    values = {each.name: getattr(told.event, each.name) for each in frame.own_fields(type(told.event))}
    return {
        name: box(told, name) if isinstance(value, Sealed) and value.text else _plain(value)
        for name, value in values.items()
    }


def box(told: Told, name: str) -> str:
    """Return the stored form of sealed words in a frame of these tests."""
    return f"sealed:1:k:{told.id}/{name}"


def _plain(value: object) -> object:
    if isinstance(value, Sealed):
        return ""
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return value
