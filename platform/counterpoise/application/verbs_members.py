"""Verbs on members: enrolling, roles, leaving, unlinking their chat accounts."""

from contextlib import suppress
from dataclasses import replace

import msgspec

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import Desk, RoleMissing, require_administrator
from counterpoise.application.seen import Seen
from counterpoise.domain import actors, members
from counterpoise.domain.events import Act, Event
from counterpoise.domain.pilots import running
from counterpoise.policy import Member
from counterpoise.store.keys import AlreadyErased, AlreadyTaken
from counterpoise.store.log import Receipt

SLACK = "slack"
"""The kind of account that a Slack person holds."""

CODES = "codes"
"""The drawer of the key store with the codes that were made and not yet used."""


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
