"""Members act for one actor, hold roles on pilots, and leave."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import members
from counterpoise.domain.events import Sealed
from counterpoise.domain.members import (
    Member,
    MemberEnrolled,
    MemberExists,
    MemberLeft,
    MemberLinked,
    MemberUnlinked,
    NoSuchMember,
    NotLinked,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
)
from counterpoise.domain.refusals import UnknownWord
from tests.domain.scene import NAME, act, document, folded, refused

BO = Member(id="bo", actor="agency", name=NAME, language="en")
OFFICE = act("office")
ON_FERRY: dict[str, Any] = {"role": "participant", "pilot": "ferry", "theatre": "coast", "act": OFFICE}
OWN = replace(OFFICE, actor="agency")


def test_a_person_is_enrolled_for_an_actor_under_a_key_of_their_own() -> None:
    enrolled = members.enrol(
        None, member_id="bo", actor="agency", name="Bo", contact="bo@agency.org", language="fr", act=OFFICE
    )

    assert enrolled == MemberEnrolled(
        **OWN.on("member:bo"),
        name=Sealed("Bo", keeper="bo"),
        contact=Sealed("bo@agency.org", keeper="bo"),
        language="fr",
    )


def test_a_name_is_shared_with_no_organisation_but_the_persons_own() -> None:
    within = replace(OFFICE, label="AMBER+STRICT", group=("office",), clients=("firm",))

    enrolled = members.enrol(
        None, member_id="bo", actor="agency", name="Bo", contact="", language="en", act=within
    )

    assert (enrolled.actor, enrolled.group, enrolled.clients) == ("agency", ("agency",), ())


def test_a_person_is_enrolled_once() -> None:
    with refused(MemberExists):
        members.enrol(BO, member_id="bo", actor="agency", name="Bo", contact="", language="en", act=OFFICE)


def test_an_account_is_noted_by_its_kind_alone() -> None:
    linked = members.link(BO, account="slack", act=OFFICE)

    assert linked == MemberLinked(**OWN.on("member:bo"), account="slack")


def test_an_account_that_is_linked_is_unlinked_once() -> None:
    unlinked = members.unlink(replace(BO, accounts=frozenset({"slack"})), account="slack", act=OFFICE)

    assert unlinked == MemberUnlinked(**OWN.on("member:bo"), account="slack")
    with refused(NotLinked):
        members.unlink(BO, account="slack", act=OFFICE)


def test_a_role_is_granted_on_a_pilot() -> None:
    granted = members.grant(BO, **ON_FERRY)

    assert granted == RoleGranted(**OWN.on("member:bo", theatre="coast", pilot="ferry"), role="participant")


def test_administration_is_granted_on_the_deployment() -> None:
    granted = members.grant(BO, role="administrator", pilot="", theatre="", act=OFFICE)

    assert granted == RoleGranted(**OWN.on("member:bo"), role="administrator")


@pytest.mark.parametrize(
    ("role", "pilot", "refusal"),
    [
        ("administrator", "ferry", RoleNotHeld),
        ("auditor", "", RoleNotHeld),
        ("captain", "ferry", UnknownWord),
    ],
)
def test_a_role_is_held_where_it_belongs(role: str, pilot: str, refusal: type[RoleNotHeld]) -> None:
    with refused(refusal):
        members.grant(BO, role=role, pilot=pilot, theatre="", act=OFFICE)


def test_a_role_is_revoked() -> None:
    holding = replace(BO, roles={"ferry": frozenset({"participant"})})

    revoked = members.revoke(holding, **ON_FERRY)

    assert revoked == RoleRevoked(**OWN.on("member:bo", theatre="coast", pilot="ferry"), role="participant")


@pytest.mark.parametrize(
    "roles", [{}, {"ferry": frozenset({"auditor"})}, {"radio": frozenset({"participant"})}]
)
def test_a_role_that_is_not_held_is_not_revoked(roles: dict[str, frozenset[str]]) -> None:
    with refused(RoleNotHeld):
        members.revoke(replace(BO, roles=roles), **ON_FERRY)


def test_a_member_leaves() -> None:
    left = members.leave(BO, reason="A new post", act=OFFICE)

    assert left == MemberLeft(**OWN.on("member:bo"), reason=document("A new post"))


@pytest.mark.parametrize("nobody", [None, replace(BO, active=False)])
def test_who_is_not_here_gets_no_role_link_or_farewell(nobody: Member | None) -> None:
    with refused(NoSuchMember, owner="administrator"):
        members.link(nobody, account="slack", act=OFFICE)
    with refused(NoSuchMember, owner="administrator"):
        members.grant(nobody, **ON_FERRY)
    with refused(NoSuchMember, owner="administrator"):
        members.revoke(nobody, **ON_FERRY)
    with refused(NoSuchMember, owner="administrator"):
        members.leave(nobody, reason="", act=OFFICE)


def test_a_member_has_the_accounts_that_were_linked_and_not_unlinked() -> None:
    enrolled = members.enrol(
        None, member_id="bo", actor="agency", name="Bo", contact="", language="en", act=OFFICE
    )
    linked = members.link(BO, account="slack", act=OFFICE)
    having = replace(BO, accounts=frozenset({"slack"}))

    assert folded(enrolled, linked) == replace(having, name=Sealed("Bo", keeper="bo"))
    assert (
        folded(enrolled, linked, members.unlink(having, account="slack", act=OFFICE)).accounts == frozenset()
    )


def test_a_member_holds_what_was_granted_and_not_revoked() -> None:
    enrolled = members.enrol(
        None, member_id="bo", actor="agency", name="Bo", contact="", language="en", act=OFFICE
    )
    coordinator = members.grant(BO, **ON_FERRY | {"role": "coordinator"})
    participant = members.grant(BO, **ON_FERRY)
    revoked = members.revoke(
        replace(BO, roles={"ferry": frozenset({"coordinator"})}), **ON_FERRY | {"role": "coordinator"}
    )

    after = folded(
        enrolled,
        members.link(BO, account="slack", act=OFFICE),
        coordinator,
        participant,
        revoked,
        members.leave(BO, reason="", act=OFFICE),
    )

    assert after == Member(
        id="bo",
        actor="agency",
        name=Sealed("Bo", keeper="bo"),
        language="en",
        active=False,
        roles={"ferry": frozenset({"participant"})},
    )
