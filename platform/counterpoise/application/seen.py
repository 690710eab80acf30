"""What a decision sees: the states of the streams it reads, by their nouns."""

from typing import Any, TypeVar, cast

from counterpoise.domain import scans
from counterpoise.domain.actors import Actor, registered
from counterpoise.domain.concerns import Concern
from counterpoise.domain.consents import Consent
from counterpoise.domain.corrections import standing
from counterpoise.domain.deployments import STREAM, Deployment, starting
from counterpoise.domain.events import Event
from counterpoise.domain.gates import Gate, Standing, gates
from counterpoise.domain.lessons import Lesson
from counterpoise.domain.members import Member
from counterpoise.domain.narratives import Narrative
from counterpoise.domain.pilots import Pilot, running
from counterpoise.domain.reflections import Reflection
from counterpoise.domain.scans import Scan
from counterpoise.domain.steps import known
from counterpoise.domain.streams import Folded
from counterpoise.domain.tables import Tables
from counterpoise.domain.theatres import Theatre, opened
from counterpoise.policy import Action, Item, decide
from counterpoise.policy import Member as Speaker
from counterpoise.store.reading import Reading

State = TypeVar("State")


class Seen:
    """Reads streams for a decision. The log remembers each, and commits only if none has moved."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def pilot(self, pilot: str) -> Pilot | None:
        """Return a pilot's state, None if there is none."""
        return self._state(f"pilot:{pilot}", Pilot)

    def theatre(self, theatre: str) -> Theatre | None:
        """Return a theatre's state, None if there is none."""
        return self._state(f"theatre:{theatre}", Theatre)

    def actor(self, actor: str) -> Actor | None:
        """Return an actor's state, None if there is none."""
        return self._state(f"actor:{actor}", Actor)

    def member(self, member: str) -> Member | None:
        """Return a member's state, None if there is none."""
        return self._state(f"member:{member}", Member)

    def scan(self, pilot: str, actor: str, stage: str) -> Scan | None:
        """Return an actor's scan of a pilot at a stage, None if there is none."""
        return self._state(scans.stream_of(pilot, actor, stage), Scan)

    def reflection(self, reflection: str) -> Reflection | None:
        """Return a reflection, None if there is none."""
        return self._state(f"reflection:{reflection}", Reflection)

    def concern(self, concern: str) -> Concern | None:
        """Return a concern, None if there is none."""
        return self._state(f"concern:{concern}", Concern)

    def lesson(self, lesson: str) -> Lesson | None:
        """Return a lesson, None if there is none."""
        return self._state(f"lesson:{lesson}", Lesson)

    def narrative(self, narrative: str) -> Narrative | None:
        """Return a story, None if there is none."""
        return self._state(f"narrative:{narrative}", Narrative)

    def consent(self, consent: str) -> Consent | None:
        """Return a recording request, None if there is none."""
        return self._state(f"consent:{consent}", Consent)

    def deployment(self) -> Deployment:
        """Return the deployment's state."""
        return self._state(STREAM, Deployment) or starting()

    @property
    def tables(self) -> Tables:
        """The tables in force."""
        return self.deployment().tables

    def events(self, stream: str) -> tuple[Event, ...]:
        """Return every event of a stream, by version from 1."""
        folded = self._folded(stream)
        return folded.events if folded is not None else ()

    def standing(self, stream: str) -> list[Event | None]:
        """Return the events of a stream as they read now, by version from 1; None where one is withdrawn."""
        return standing(self.events(stream))

    def knows(self, by: Speaker, stream: str) -> bool:
        """Return whether a member may know of anything that stands in a stream."""
        found = (event for event in self.standing(stream) if event is not None)
        return any(decide(by, Action.READ_SKELETON, Item.of(event)).allowed for event in found)

    def scanned_by(self, pilot: Pilot) -> tuple[str, ...]:
        """Return the actors whose scan of the pilot's stage stands, in a fixed order."""
        around = sorted({*pilot.joined, *pilot.invited})
        return tuple(actor for actor in around if self.scan(pilot.id, actor, pilot.stage) is not None)

    def theatre_of(self, pilot: str) -> str:
        """Return the theatre of a pilot; empty where no pilot is named or there is none."""
        found = self.pilot(pilot) if pilot else None
        return found.theatre if found is not None else ""

    def gates(self, pilot_id: str, step: str) -> tuple[Gate, ...]:
        """Return the gates of a step as they stand."""
        pilot = running(self.pilot(pilot_id))
        return gates(
            Standing(
                pilot=pilot,
                step=known(pilot, step),
                actors={actor: registered(self.actor(actor)) for actor in pilot.joined},
                scanned=frozenset(self.scanned_by(pilot)),
                visibility_cap=opened(self.theatre(pilot.theatre)).visibility_cap,
                tables=self.tables,
            )
        )

    def _folded(self, stream: str) -> Folded | None:
        return cast("Folded | None", self._reading.state(stream))

    def _state(self, stream: str, kind: type[State]) -> State | None:
        folded = self._folded(stream)
        state: Any = folded.state if folded is not None else None
        return state if isinstance(state, kind) else None
