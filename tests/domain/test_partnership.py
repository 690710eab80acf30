"""Partners are invited, answer, accept the charter, acknowledge mandates, and may withdraw."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import partnership
from counterpoise.domain.actors import Actor, NoSuchActor
from counterpoise.domain.events import NOTHING
from counterpoise.domain.partnership import AlreadyJoined, NoCharter, NotInvited, NotJoined
from counterpoise.domain.pilots import (
    ActorInvited,
    ActorWithdrew,
    CharterAccepted,
    CharterSet,
    InvitationAnswered,
    MandateAcknowledged,
    NoSuchPilot,
    PilotIsClosed,
)
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from tests.domain.scene import (
    AGENCY,
    BRIGADE,
    CLOSED,
    FERRY,
    FIRM,
    TABLES,
    act,
    document,
    on_ferry,
    refused,
)

INVITED = replace(FERRY, invited=frozenset({"firm"}))
BY_FIRM = act("firm")
INVITATION: dict[str, Any] = {"framing": "Come and see", "visibility": "low", "tables": TABLES, "act": act()}
REPLY: dict[str, Any] = {
    "reply": "join",
    "reason_codes": ("speed",),
    "reasons": "",
    "conditions": "Unarmed",
    "accepted_format": "table_top",
    "preferred_framing": "",
    "tables": TABLES,
    "act": BY_FIRM,
}
PARTING: dict[str, Any] = {"reason_codes": ("brand",), "reasons": "", "tables": TABLES, "act": act("brigade")}
CHARTER: dict[str, Any] = {
    "data_ownership": "Whose it was",
    "branding": "None",
    "public_messaging": "Together",
    "information_limits": "",
    "act": act(),
}


def test_an_actor_is_invited_under_a_framing_and_a_visibility() -> None:
    invited = partnership.invite(FERRY, FIRM, **INVITATION)

    assert invited == ActorInvited(
        **on_ferry(), invited="firm", framing=document("Come and see"), visibility="low"
    )


@pytest.mark.parametrize(
    ("guest", "said", "refusal"),
    [
        (None, {}, NoSuchActor),
        (BRIGADE, {}, AlreadyJoined),
        (FIRM, {"framing": " "}, BadValue),
        (FIRM, {"visibility": "secret"}, UnknownWord),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(
    guest: Actor | None, said: dict[str, str], refusal: type[Refusal]
) -> None:
    with refused(refusal):
        partnership.invite(FERRY, guest, **INVITATION | said)


def test_an_invitation_is_answered_under_the_vocabulary_of_the_day() -> None:
    answered = partnership.answer(INVITED, **REPLY)

    assert answered == InvitationAnswered(
        **on_ferry(BY_FIRM),
        reply="join",
        joins=True,
        reason_codes=("speed",),
        reasons=NOTHING,
        conditions=document("Unarmed", "firm"),
        accepted_format="table_top",
        preferred_framing=NOTHING,
    )


@pytest.mark.parametrize(
    ("reply", "joins"),
    [
        ("join", True),
        ("join_on_conditions", True),
        ("observe", False),
        ("parallel", False),
        ("decline", False),
    ],
)
def test_a_reply_makes_a_partner_or_not(reply: str, *, joins: bool) -> None:
    assert partnership.answer(INVITED, **REPLY | {"reply": reply}).joins is joins


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"act": act("mission")}, NotInvited),
        ({"reply": "perhaps"}, UnknownWord),
        ({"reason_codes": ("mood",)}, UnknownWord),
        ({"accepted_format": "party"}, UnknownWord),
        ({"reply": "decline", "reason_codes": ()}, BadValue),
        ({"reply": "observe", "reason_codes": (), "reasons": " "}, BadValue),
    ],
)
def test_an_answer_that_cannot_be_is_refused(said: dict[str, Any], refusal: type[Refusal]) -> None:
    with refused(refusal):
        partnership.answer(INVITED, **REPLY | said)


def test_whoever_joins_need_not_say_why() -> None:
    assert partnership.answer(INVITED, **REPLY | {"reason_codes": ()}).joins


def test_a_partner_withdraws_for_a_reason() -> None:
    withdrew = partnership.withdraw(FERRY, **PARTING)

    assert withdrew == ActorWithdrew(**on_ferry(act("brigade")), reason_codes=("brand",), reasons=NOTHING)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"act": BY_FIRM}, NotJoined),
        ({"reason_codes": ("mood",)}, UnknownWord),
        ({"reason_codes": ()}, BadValue),
    ],
)
def test_nobody_withdraws_who_is_not_there_or_without_a_reason(
    said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with refused(refusal):
        partnership.withdraw(FERRY, **PARTING | said)


def test_a_charter_is_set_in_a_new_edition() -> None:
    charter = partnership.set_charter(replace(FERRY, charter=1), **CHARTER)

    assert charter == CharterSet(
        **on_ferry(),
        edition=2,
        data_ownership=document("Whose it was"),
        branding=document("None"),
        public_messaging=document("Together"),
        information_limits=NOTHING,
    )


@pytest.mark.parametrize("rule", ["data_ownership", "branding", "public_messaging"])
def test_a_charter_says_who_owns_what_is_seen_and_is_told(rule: str) -> None:
    with refused(BadValue, owner="you"):
        partnership.set_charter(FERRY, **CHARTER | {rule: ""})


@pytest.mark.parametrize("edition", [0, 2])
def test_the_newest_edition_of_the_charter_is_accepted(edition: int) -> None:
    accepted = partnership.accept_charter(replace(FERRY, charter=2), edition=edition, act=act())

    assert accepted == CharterAccepted(**on_ferry(), edition=2)


@pytest.mark.parametrize(("charter", "edition"), [(0, 0), (2, 1), (2, 3)])
def test_an_edition_that_does_not_stand_is_not_accepted(charter: int, edition: int) -> None:
    with refused(NoCharter, owner="coordinator"):
        partnership.accept_charter(replace(FERRY, charter=charter), edition=edition, act=act())


def test_only_a_partner_accepts_the_charter() -> None:
    with refused(NotJoined, owner="firm"):
        partnership.accept_charter(replace(FERRY, charter=1), edition=0, act=BY_FIRM)


def test_a_partners_mandate_is_acknowledged_in_its_edition_with_what_is_not_understood() -> None:
    acknowledged = partnership.acknowledge_mandate(
        FERRY, replace(BRIGADE, mandate_edition=3), misunderstanding="Who commands?", act=act()
    )

    assert acknowledged == MandateAcknowledged(
        **on_ferry(), partner="brigade", edition=3, misunderstanding=document("Who commands?")
    )


@pytest.mark.parametrize(
    ("partner", "who", "refusal"),
    [
        (None, "agency", NoSuchActor),
        (replace(AGENCY, mandate_edition=1), "agency", BadValue),
        (replace(FIRM, mandate_edition=1), "agency", BadValue),
        (BRIGADE, "agency", BadValue),
        (replace(BRIGADE, mandate_edition=1), "firm", NotJoined),
    ],
)
def test_a_mandate_is_acknowledged_by_one_partner_of_another(
    partner: Actor | None, who: str, refusal: type[Refusal]
) -> None:
    with refused(refusal):
        partnership.acknowledge_mandate(FERRY, partner, misunderstanding="", act=act(who))


@pytest.mark.parametrize(("pilot", "refusal"), [(None, NoSuchPilot), (CLOSED, PilotIsClosed)])
def test_there_is_no_partnership_on_a_pilot_that_does_not_run(
    pilot: Any,  # noqa: ANN401  a pilot or none
    refusal: type[Refusal],
) -> None:
    with refused(refusal, owner="coordinator"):
        partnership.invite(pilot, FIRM, **INVITATION)
    with refused(refusal, owner="coordinator"):
        partnership.answer(pilot, **REPLY)
    with refused(refusal, owner="coordinator"):
        partnership.withdraw(pilot, **PARTING)
    with refused(refusal, owner="coordinator"):
        partnership.set_charter(pilot, **CHARTER)
    with refused(refusal, owner="coordinator"):
        partnership.accept_charter(pilot, edition=0, act=act())
    with refused(refusal, owner="coordinator"):
        partnership.acknowledge_mandate(pilot, BRIGADE, misunderstanding="", act=act())
