"""Verbs on settings: theatres, actors, members and the tables of the deployment."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import Desk, RoleMissing, require_administrator
from counterpoise.application.seen import Seen
from counterpoise.domain import actors, deployments, members, theatres
from counterpoise.domain.events import Act, Event
from counterpoise.domain.pilots import running
from counterpoise.policy import Member
from counterpoise.store.keys import AlreadyErased, AlreadyTaken
from counterpoise.store.log import Receipt


class Theatres:
    """What is done with theatres: by administrators, and by coordinators of any pilot."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(
        self,
        by: Member,
        *,
        name: str,
        kinds: Mapping[str, float],
        conditions: Mapping[str, float] | None = None,
        audiences: tuple[str, ...] = (),
        visibility_cap: str = "",
        invited_by_host: bool = False,
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Open a theatre with a mixture of kinds; conditions not given come from the kinds."""
        _require_setting(by)
        theatre = self._desk.ids()
        given = {"name": name, "kinds": kinds, "conditions": conditions or {}, "audiences": audiences}
        return self._desk.record(
            by,
            "theatre-open",
            lambda seen, act: [
                theatres.open_theatre(
                    seen.theatre(theatre),
                    theatre_id=theatre,
                    name=name,
                    kinds=kinds,
                    conditions=conditions or {},
                    audiences=audiences,
                    visibility_cap=visibility_cap,
                    tables=seen.tables,
                    act=act,
                    invited_by_host=invited_by_host,
                )
            ],
            given={**given, "cap": visibility_cap, "invited": invited_by_host},
            how=how,
            answer={"theatre": theatre},
        )

    def shift(
        self,
        by: Member,
        *,
        theatre: str,
        reason: str,
        kinds: Mapping[str, float] | None = None,
        conditions: Mapping[str, float] | None = None,
        audiences: tuple[str, ...] | None = None,
        visibility_cap: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Shift a theatre's context from now on; what is not given stays."""
        _require_setting(by)
        return self._desk.record(
            by,
            "theatre-shift",
            lambda seen, act: [
                theatres.shift_context(
                    seen.theatre(theatre),
                    kinds=kinds,
                    conditions=conditions or {},
                    audiences=audiences,
                    visibility_cap=visibility_cap,
                    reason=reason,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={
                "theatre": theatre,
                "kinds": kinds,
                "conditions": conditions,
                "audiences": audiences,
                "cap": visibility_cap,
                "reason": reason,
            },
            how=how,
            answer={"theatre": theatre},
        )

    def close(self, by: Member, *, theatre: str, reason: str, how: Circumstances = PLAIN) -> Receipt:
        """Close a theatre."""
        _require_setting(by)
        return self._desk.record(
            by,
            "theatre-close",
            lambda seen, act: [theatres.close_theatre(seen.theatre(theatre), reason=reason, act=act)],
            given={"theatre": theatre, "reason": reason},
            how=how,
            answer={"theatre": theatre},
        )


class Actors:
    """What is done with actors: registered by administrators, described by their own members."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def register(
        self, by: Member, *, name: str, categories: tuple[str, ...], how: Circumstances = PLAIN
    ) -> Receipt:
        """Register an organisation of one or more categories."""
        require_administrator(by)
        actor = self._desk.ids()
        return self._desk.record(
            by,
            "actor-register",
            lambda seen, act: [
                actors.register(
                    seen.actor(actor),
                    actor_id=actor,
                    name=name,
                    categories=categories,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"name": name, "categories": categories},
            how=how,
            answer={"actor": actor},
        )

    def clarify_mandate(
        self,
        by: Member,
        *,
        mandate: str,
        incentives: str = "",
        fears: str = "",
        sources_of_legitimacy: tuple[str, ...] = (),
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Say what one's own organisation is for, hopes and fears."""
        return self._desk.record(
            by,
            "actor-mandate",
            lambda seen, act: [
                actors.clarify_mandate(
                    seen.actor(by.actor),
                    mandate=mandate,
                    incentives=incentives,
                    fears=fears,
                    sources_of_legitimacy=sources_of_legitimacy,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"mandate": mandate, "incentives": incentives, "fears": fears, "of": sources_of_legitimacy},
            how=how,
            answer={"actor": by.actor},
        )

    def set_audiences(
        self, by: Member, *, weights: Mapping[str, float], how: Circumstances = PLAIN
    ) -> Receipt:
        """Set whose judgement one's own organisation depends on."""
        return self._desk.record(
            by,
            "actor-audiences",
            lambda seen, act: [actors.set_audiences(seen.actor(by.actor), weights=weights, act=act)],
            given={"weights": weights},
            how=how,
            answer={"actor": by.actor},
        )

    def set_fulcrum(
        self, by: Member, *, fulcrum: float, reason: str, doubt: float = 0.05, how: Circumstances = PLAIN
    ) -> Receipt:
        """Set by how much gains must outweigh risks for one's own organisation."""
        return self._desk.record(
            by,
            "actor-fulcrum",
            lambda seen, act: [
                actors.set_fulcrum(seen.actor(by.actor), fulcrum=fulcrum, doubt=doubt, reason=reason, act=act)
            ],
            given={"fulcrum": fulcrum, "doubt": doubt, "reason": reason},
            how=how,
            answer={"actor": by.actor},
        )

    def declare_red_line(
        self,
        by: Member,
        *,
        red_line: str,
        touch: str,
        of: str = "",
        only_in: str = "",
        words: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Declare a limit one's own organisation will not cross."""
        return self._desk.record(
            by,
            "actor-red-line",
            lambda seen, act: [
                actors.declare_red_line(
                    seen.actor(by.actor),
                    red_line=red_line,
                    touch=touch,
                    of=of,
                    only_in=only_in,
                    words=words,
                    tables=seen.tables,
                    act=act,
                )
            ],
            given={"line": red_line, "touch": touch, "of": of, "in": only_in, "words": words},
            how=how,
            answer={"actor": by.actor, "red_line": red_line},
        )

    def lift_red_line(self, by: Member, *, red_line: str, reason: str, how: Circumstances = PLAIN) -> Receipt:
        """Lift a red line of one's own organisation."""
        return self._desk.record(
            by,
            "actor-lift-red-line",
            lambda seen, act: [
                actors.lift_red_line(seen.actor(by.actor), red_line=red_line, reason=reason, act=act)
            ],
            given={"line": red_line, "reason": reason},
            how=how,
            answer={"actor": by.actor, "red_line": red_line},
        )


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
        """End a membership: one's own, or anybody's for an administrator."""
        if by.id != member:
            require_administrator(by)
        return self._desk.record(
            by,
            "member-leave",
            lambda seen, act: [members.leave(seen.member(member), reason=reason, act=act)],
            given={"member": member, "reason": reason},
            how=how,
            answer={"member": member},
        )


class Deployment:
    """What is done with the deployment itself: by administrators."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def change_policy(
        self, by: Member, *, changes: Mapping[str, Any], reason: str, how: Circumstances = PLAIN
    ) -> Receipt:
        """Change the tables: widen a vocabulary, or set a figure; every later figure names the new version."""
        require_administrator(by)
        return self._desk.record(
            by,
            "policy-change",
            lambda seen, act: [
                deployments.change_policy(seen.deployment(), changes=changes, reason=reason, act=act)
            ],
            given={"changes": changes, "reason": reason},
            how=how,
            label="CLEAR",
        )


def _theatre_of(seen: Seen, pilot: str) -> str:
    """Return the theatre of a pilot, also of one that is over; empty where none is named, a refusal for no pilot."""
    found = seen.pilot(pilot) if pilot else None
    return (found or running(found)).theatre if pilot else ""


def _require_setting(by: Member) -> None:
    coordinates = any("coordinator" in roles for roles in by.roles.values())
    if not coordinates:
        require_administrator(by)


def _require_granting(by: Member, pilot: str) -> None:
    if pilot and "coordinator" in by.roles.get(pilot, frozenset()):
        return
    if not by.administrator:
        raise RoleMissing(
            "You do not grant this role.",
            owner="administrator",
            remedy="An administrator or coordinator does.",
        )
