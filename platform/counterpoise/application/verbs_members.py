"""Verbs on members: enrolling, roles, leaving; and the chat accounts that lead to them."""

import os
from base64 import b32encode
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import Desk, RoleMissing, require_administrator
from counterpoise.application.seen import Seen
from counterpoise.domain import actors, members
from counterpoise.domain.events import Act, Event
from counterpoise.domain.pilots import running
from counterpoise.domain.refusals import Refusal
from counterpoise.policy import Member
from counterpoise.store.keys import AlreadyErased, AlreadyTaken
from counterpoise.store.log import Receipt

SLACK = "slack"
"""The kind of account that a Slack person holds."""
SLACK_ACCOUNT = "Slack account"

CODES, TRIES = "codes", "tries"
"""Drawers of the key store: codes that were made, and how often an account typed a wrong one."""

MINUTE = 60_000_000
CODE_BYTES = 16
CODE_LIFE = 10 * MINUTE
GROUP = 4
MOST_TRIES = 5
PAUSE = 15 * MINUTE


class BadCode(Refusal):
    """This code joins nothing: it is wrong, was used, or is too old."""

    rule = "bad-code"


class TooManyTries(Refusal):
    """Too many wrong codes came from this account."""

    rule = "too-many-tries"


@dataclass(frozen=True)
class Code:
    """A code to be typed once, and until when it can be (microseconds UTC)."""

    code: str = field(repr=False)
    until: int


class Members:
    """What is done with members: by administrators, roles on a pilot by its coordinators too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def enrol(
        self,
        by: Member,
        *,
        actor: str,
        handle: str,
        name: str,
        contact: str = "",
        language: str = "en",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Enrol a person for an actor. The handle, by which the person signs, stands in the key store only."""
        require_administrator(by)
        person = self._desk.ids()

        def decision(seen: Seen, act: Act) -> list[Event]:
            if self._desk.keys.person_named(handle) is not None:
                raise AlreadyTaken("handle")
            actors.registered(seen.actor(actor))
            seen.tables.check("languages", language)
            return [
                members.enrol(
                    seen.member(person),
                    member_id=person,
                    actor=actor,
                    name=name,
                    contact=contact,
                    language=language,
                    act=act,
                )
            ]

        receipt = self._desk.record(
            by,
            "member-enrol",
            decision,
            given={"actor": actor, "handle": handle, "name": name, "contact": contact, "language": language},
            how=how,
            label="AMBER+STRICT",
            answer={"member": person},
        )
        with suppress(AlreadyErased):  # a repeat, of a command whose person is gone since
            self._desk.keys.name(msgspec.json.decode(receipt.result)["member"], handle)
        return receipt

    def grant(
        self, by: Member, *, member: str, role: str, pilot: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Grant a role on a pilot (its coordinators and administrators), or administration (administrators)."""
        _require_granting(by, pilot)
        return self._desk.record(
            by,
            "member-grant",
            lambda seen, act: [
                members.grant(
                    seen.member(member),
                    role=role,
                    pilot=pilot,
                    theatre=_theatre_of(seen, pilot),
                    act=replace(act, member=by.id),
                )
            ],
            given={"member": member, "role": role, "pilot": pilot},
            how=how,
            answer={"member": member, "role": role},
        )

    def revoke(
        self, by: Member, *, member: str, role: str, pilot: str = "", how: Circumstances = PLAIN
    ) -> Receipt:
        """Revoke a role; it bites at once."""
        _require_granting(by, pilot)
        return self._desk.record(
            by,
            "member-revoke",
            lambda seen, act: [
                members.revoke(
                    seen.member(member),
                    role=role,
                    pilot=pilot,
                    theatre=_theatre_of(seen, pilot),
                    act=replace(act, member=by.id),
                )
            ],
            given={"member": member, "role": role, "pilot": pilot},
            how=how,
            answer={"member": member, "role": role},
        )

    def leave(self, by: Member, *, member: str, reason: str = "", how: Circumstances = PLAIN) -> Receipt:
        """End a membership: one's own, or anybody's for an administrator. Its chat accounts lead to nobody then."""
        if by.id != member:
            require_administrator(by)
        receipt = self._desk.record(
            by,
            "member-leave",
            lambda seen, act: [members.leave(seen.member(member), reason=reason, act=act)],
            given={"member": member, "reason": reason},
            how=how,
            answer={"member": member},
        )
        self._desk.keys.part(member, SLACK)
        self._desk.keys.drawers.empty(CODES, person=member)
        return receipt

    # Chat accounts

    def code(self, by: Member, *, member: str) -> Code:
        """Return a code that joins the chat account it is typed from to the member; any before it is void.

        Administrators get one for anybody, everybody for themself. It is told once, and only its mark is kept.
        """
        if by.id != member:
            require_administrator(by)
        members.enrolled(self._desk.enrolled(member))
        text = b32encode(os.urandom(CODE_BYTES)).decode().rstrip("=")
        until = self._desk.clock() + CODE_LIFE
        drawers = self._desk.keys.drawers
        row = msgspec.json.encode({"member": member, "issuer": by.id}).decode()
        with drawers.turn():
            drawers.empty(CODES, person=member)
            drawers.put(CODES, text, row, person=member, until=until)
        return Code(code="-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP)), until=until)

    def link(self, *, code: str, team: str, user: str, how: Circumstances = PLAIN) -> Member:
        """Join the chat account of whoever typed the code to its member: they hold both, which is the proof.

        `team` is the account's home team, `user` its id there, on Enterprise Grid the enterprise's. BadCode,
        TooManyTries, AlreadyTaken. A code joins one account, once.
        """
        address, typed = _address(team, user), _typed(code)
        row = self._found(address, typed)
        person: str = row["member"]
        by = self._desk.speaker(person)
        if self._desk.keys.linked(SLACK, address) not in {None, person}:
            raise AlreadyTaken(SLACK_ACCOUNT)
        proved = sha256(typed.encode()).hexdigest()
        self._desk.record(
            by,
            "member-link",
            lambda seen, act: [
                members.link(seen.member(person), account=SLACK, act=replace(act, member=row["issuer"]))
            ],
            given={"member": person},
            how=replace(how, key=f"link {proved}"),
            label="AMBER+STRICT",
            answer={"member": person},
        )
        with self._desk.keys.drawers.turn():
            self._desk.keys.part(person, SLACK)  # one account a member: a new one takes the place of the old
            self._desk.keys.link(person, SLACK, address)
            self._desk.keys.drawers.take(CODES, typed)
            self._desk.keys.drawers.take(TRIES, address)
        return self._desk.speaker(person)

    def unlink(self, by: Member, *, member: str, how: Circumstances = PLAIN) -> Receipt:
        """Let no chat account lead to a member: one's own, or anybody's for an administrator."""
        if by.id != member:
            require_administrator(by)
        receipt = self._desk.record(
            by,
            "member-unlink",
            lambda seen, act: [members.unlink(seen.member(member), account=SLACK, act=act)],
            given={"member": member},
            how=how,
            label="AMBER+STRICT",
            answer={"member": member},
        )
        self._desk.keys.part(member, SLACK)
        self._desk.keys.drawers.empty(CODES, person=member)
        return receipt

    def deactivated(self, *, team: str, user: str, how: Circumstances = PLAIN) -> bool:
        """Unlink the member of an account that its chat workspace has closed; False where it leads to nobody."""
        by = self.at(team, user)
        if by is not None:
            with suppress(members.NotLinked):
                self.unlink(by, member=by.id, how=how)
        self._desk.keys.unlink(SLACK, _address(team, user))
        return by is not None

    def at(self, team: str, user: str) -> Member | None:
        """Return the member whom a chat account leads to; None for whoever is not linked, or has left."""
        person = self._desk.keys.linked(SLACK, _address(team, user)) if team and user else None
        enrolled = self._desk.enrolled(person) if person else None
        return self._desk.speaker(enrolled.id) if enrolled is not None and enrolled.active else None

    def _found(self, address: str, typed: str) -> dict[str, str]:
        """Return what a code was made for. A wrong one is counted, and the account it came from pauses for a while."""
        drawers, now = self._desk.keys.drawers, self._desk.clock()
        with drawers.turn():
            drawers.sweep(now)
            tries = drawers.look(TRIES, address)
            wrong = int(tries.text) if tries else 0
            if wrong >= MOST_TRIES:
                raise TooManyTries(
                    "That were too many wrong codes.",
                    owner="you",
                    remedy="Wait a quarter of an hour, then try a new code.",
                )
            kept = drawers.look(CODES, typed, now=now)
            if kept is None:
                drawers.put(TRIES, address, str(wrong + 1), until=now + PAUSE)
        if kept is None:
            raise BadCode(
                "This code is wrong, was used, or is older than ten minutes.",
                owner="administrator",
                remedy="Ask an administrator for a new one: `counterpoise member link`.",
            )
        row: dict[str, str] = msgspec.json.decode(kept.text)
        return row


def _address(team: str, user: str) -> str:
    return f"{team}/{user}"


def _typed(code: str) -> str:
    """Return a code as it was made: whatever people put between its letters, and what they take letters for."""
    bare = "".join(each for each in code.upper() if each.isalnum())
    return bare.translate(str.maketrans("018", "OIB"))


def _theatre_of(seen: Seen, pilot: str) -> str:
    """Return the theatre of a pilot, also of one that is over; empty where none is named, a refusal for no pilot."""
    found = seen.pilot(pilot) if pilot else None
    return (found or running(found)).theatre if pilot else ""


def _require_granting(by: Member, pilot: str) -> None:
    if pilot and "coordinator" in by.roles.get(pilot, frozenset()):
        return
    if not by.administrator:
        raise RoleMissing(
            "You do not grant this role.",
            owner="administrator",
            remedy="An administrator or coordinator does.",
        )
