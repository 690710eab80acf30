"""The desk every verb is recorded at: who speaks, may they, what is decided, the receipt."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from counterpoise import frame
from counterpoise.application.circumstances import Circumstances, Clock, Ids
from counterpoise.application.seen import Seen
from counterpoise.domain.events import SOURCES, Act, Event, known_label
from counterpoise.domain.members import Member as Enrolled
from counterpoise.domain.members import NoSuchMember, RoleGranted
from counterpoise.domain.pilots import running
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.streams import Folded, evolve
from counterpoise.policy import Member
from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Command, Log, Outcome, Receipt
from counterpoise.store.reading import Reading

TAKING_PART = ("participant", "coordinator")
COORDINATING = ("coordinator",)
ANYBODY: tuple[str, ...] = ()
"""The verb asks for no role on the pilot; it may ask for something else."""

Decision = Callable[[Seen, Act], Sequence[Event]]
SKEW = 60_000_000
"""How far ahead of our clock something may have occurred, in microseconds."""


class NoSuchSpeaker(Refusal):
    """Nobody by that name acts here."""

    rule = "no-such-speaker"


class RoleMissing(Refusal):
    """The verb asks for a role the member does not hold."""

    rule = "role-missing"


class Desk:
    """Turns what a member says into events, once, under the rules. Built once, at the door."""

    def __init__(self, log: Log, keys: KeyStore, *, clock: Clock, ids: Ids) -> None:
        self.log = log
        self.keys = keys
        self.clock = clock
        self.ids = ids

    def speaker(self, name: str) -> Member:
        """Return the member of that id or handle, with roles and pseudonyms as they are now."""
        person = self.keys.person_named(name) or name
        return _speaking(self.enrolled(person), name, {**self.keys.pseudonyms(person), "": person})

    def enrolled(self, person: str) -> Enrolled | None:
        """Return a member's state, None if there is none."""
        folded: Folded | None = None
        for recorded in self.log.history(f"member:{person}"):
            folded = evolve(folded, recorded.event)
        return folded.state if folded is not None else None

    def taking_part(self, pilot: str) -> list[Enrolled]:
        """Return the active members who take part in a pilot, in the order of their ids."""
        granted = frame.of(self.log.frame(), RoleGranted).filter(pilot=pilot).select("stream").unique()
        people = sorted(stream.partition(":")[2] for (stream,) in granted.collect().iter_rows())
        return [
            found
            for person in people
            if (found := self.enrolled(person)) is not None
            and found.active
            and found.roles.get(pilot, frozenset()).intersection(TAKING_PART)
        ]

    def record(
        self,
        by: Member,
        verb: str,
        decision: Decision,
        *,
        given: Mapping[str, Any],
        how: Circumstances,
        pilot: str = "",
        role: Collection[str] = ANYBODY,
        label: str = "GREEN",
        answer: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """Decide and record. `given` is what was said (the same key with other words is refused).

        Who speaks is looked at twice: as they came in, and as they are when it is decided.
        `label` is the verb's own where `how` names none. `answer` is what the receipt gives back, every time.
        """
        require(by, pilot, role)
        act = self.act(by, pilot=pilot, how=how, label=label)
        body = msgspec.json.encode([verb, by.id, dict(given), how], order="deterministic").decode()
        result = msgspec.json.encode(answer or {}, order="deterministic").decode()

        def decide(reading: Reading) -> Outcome:
            seen = Seen(reading)
            if by.id:
                now = _speaking(seen.member(by.id), by.id, by.pseudonyms)
                require(now, pilot, role)
                if by.administrator:
                    require_administrator(now)
            return Outcome(events=tuple(decision(seen, act)), result=result)

        return self.log.decide(Command(key=self._scoped(by, how.key), body=body), decide)

    def act(self, by: Member, *, pilot: str, how: Circumstances, label: str) -> Act:
        """Return the circumstances as events carry them: pseudonyms for members, our clock for the record."""
        now = self.clock()
        occurred = now if how.occurred_at is None else how.occurred_at
        if occurred > now + SKEW:
            raise BadValue("That has not occurred yet.", owner="you", remedy="Give a time that is past.")
        chosen = known_label(how.label or label)
        if how.source not in SOURCES:
            raise UnknownWord("sources", how.source, SOURCES)
        if chosen == "RED" and not (how.recipients or pilot):
            raise BadValue("RED names its readers.", owner="you", remedy="Name at least one recipient.")
        return Act(
            at=now,
            occurred_at=occurred,
            member=self.pseudonym(by.id, pilot),
            actor=by.actor,
            label=chosen,
            recipients=self.readers(how.recipients, pilot),
            group=tuple(dict.fromkeys([by.actor, *how.group])) if chosen.startswith("AMBER") else (),
            clients=how.clients if chosen == "AMBER" else (),
            source=how.source,
        )

    def named(self, by: Member, act: Act, pilot: str, recipients: Collection[str]) -> Act:
        """Return the act under the names that its people bear on a pilot that is known only now."""
        return replace(act, member=self.pseudonym(by.id, pilot), recipients=self.readers(recipients, pilot))

    def readers(self, people: Collection[str], pilot: str) -> tuple[str, ...]:
        """Return the names of those who are to read RED; NoSuchMember for who could not."""
        for person in people:
            enrolled = self.enrolled(person)
            here = enrolled.roles.get(pilot, frozenset()) if enrolled and enrolled.active else frozenset()
            if enrolled is None or (pilot and not here.intersection(TAKING_PART)):
                raise NoSuchMember(
                    "There is no such member, or not on this pilot.",
                    owner="you",
                    remedy="Name members by their ids; on a pilot, those who take part.",
                )
        return tuple(self.pseudonym(person, pilot) for person in people)

    def pseudonym(self, person: str, pilot: str) -> str:
        """Return the name a person bears in a pilot's events; in events of no pilot, the member id."""
        return self.keys.pseudonym(person, pilot, self.ids) if pilot and person else person

    def _scoped(self, by: Member, key: str) -> str:
        """Return the command's key: one member's keys never meet another's."""
        return f"{by.id}/{key}" if key else ""


def _speaking(enrolled: Enrolled | None, name: str, pseudonyms: Mapping[str, str]) -> Member:
    """Return an enrolled person as the rules see them; NoSuchSpeaker where there is none, or they left."""
    if enrolled is None or not enrolled.active:
        raise NoSuchSpeaker(
            f"{name!r} is no member here.",
            owner="administrator",
            remedy="Check the name, or enrol the person.",
        )
    return Member(
        id=enrolled.id,
        actor=enrolled.actor,
        roles=enrolled.roles,
        administrator="administrator" in enrolled.roles.get("", frozenset()),
        pseudonyms=pseudonyms,
    )


def require(by: Member, pilot: str, roles: Collection[str]) -> None:
    """Refuse a verb to whoever holds none of the roles; who is not on the pilot is told that there is none."""
    held = by.roles.get(pilot, frozenset())
    if pilot and not held:
        running(None)
    if roles and not held.intersection(roles):
        raise RoleMissing(
            f"This asks for the role {' or '.join(roles)}.",
            owner="coordinator",
            remedy="A coordinator of the pilot grants the role.",
        )


def require_administrator(by: Member) -> None:
    """Refuse a verb to whoever does not administer the deployment."""
    if not by.administrator:
        raise RoleMissing(
            "This asks for the role administrator.", owner="administrator", remedy="An administrator does it."
        )
