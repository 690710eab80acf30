"""Actors are registered once, describe themselves, and hold red lines."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import actors
from counterpoise.domain.actors import (
    Actor,
    ActorExists,
    ActorRegistered,
    AudiencesSet,
    ChatCeilingSet,
    FulcrumSet,
    Hearing,
    MandateClarified,
    NoSuchActor,
    NoSuchRedLine,
    RedLine,
    RedLineDeclared,
    RedLineHeld,
    RedLineLifted,
)
from counterpoise.domain.events import NOTHING
from counterpoise.domain.refusals import BadValue, UnknownWord
from tests.domain.scene import AGENCY, TABLES, act, document, folded, refused

ENVELOPE = act().on("actor:agency")
LINE: dict[str, Any] = {
    "red_line": "no-guns",
    "touch": "shared_data",
    "of": "positions",
    "only_in": "coast",
    "words": "Never positions",
    "tables": TABLES,
    "act": act(),
}
MANDATE: dict[str, Any] = {
    "mandate": "To help",
    "incentives": "",
    "fears": "To be late",
    "sources_of_legitimacy": ("values",),
    "tables": TABLES,
    "act": act(),
}
HOLDING = replace(AGENCY, red_lines={"no-guns": RedLine("no-guns", "agency", "escort", "", "", NOTHING)})


def test_an_actor_is_registered_under_its_own_key_with_each_category_once() -> None:
    registered = actors.register(
        None,
        actor_id="agency",
        name="The agency",
        categories=("humanitarian", "intergovernmental", "humanitarian"),
        tables=TABLES,
        act=act("office"),
    )

    assert registered == ActorRegistered(
        **replace(act("office"), actor="agency").on("actor:agency"),
        name=document("The agency"),
        categories=("humanitarian", "intergovernmental"),
    )


@pytest.mark.parametrize(
    ("standing", "categories", "refusal"),
    [
        (AGENCY, ("military",), ActorExists),
        (None, (), BadValue),
        (None, ("pirate",), UnknownWord),
    ],
)
def test_who_cannot_be_registered_is_told_why(
    standing: Actor | None, categories: tuple[str, ...], refusal: type[BadValue]
) -> None:
    with refused(refusal):
        actors.register(
            standing, actor_id="agency", name="The agency", categories=categories, tables=TABLES, act=act()
        )


def test_each_mandate_is_an_edition_of_its_own() -> None:
    clarified = actors.clarify_mandate(replace(AGENCY, mandate_edition=2), **MANDATE)

    assert clarified == MandateClarified(
        **ENVELOPE,
        edition=3,
        mandate=document("To help"),
        incentives=NOTHING,
        fears=document("To be late"),
        sources_of_legitimacy=("values",),
    )


def test_legitimacy_comes_from_a_source_of_the_vocabulary() -> None:
    with refused(UnknownWord):
        actors.clarify_mandate(AGENCY, **MANDATE | {"sources_of_legitimacy": ("luck",)})


def test_audiences_are_heard_by_their_weights() -> None:
    heard = actors.set_audiences(AGENCY, weights={"donors": 2.0, "brigade": 1.0}, act=act())

    assert heard == AudiencesSet(
        **ENVELOPE,
        audiences=(Hearing(audience="donors", weight=2.0), Hearing(audience="brigade", weight=1.0)),
    )


@pytest.mark.parametrize("weights", [{}, {"donors": 0.0}, {"donors": -1.0}, {"donors": float("nan")}])
def test_somebody_is_heard(weights: dict[str, float]) -> None:
    with refused(BadValue, owner="you"):
        actors.set_audiences(AGENCY, weights=weights, act=act())


def test_a_fulcrum_is_set_with_its_doubt() -> None:
    set_to = actors.set_fulcrum(AGENCY, fulcrum=2.5, doubt=0.1, reason="We are watched", act=act())

    assert set_to == FulcrumSet(**ENVELOPE, fulcrum=2.5, doubt=0.1, reason=document("We are watched"))


@pytest.mark.parametrize(("fulcrum", "doubt"), [(0.09, 0.1), (10.1, 0.1), (1.0, -0.1), (1.0, 0.51)])
def test_a_fulcrum_stays_on_the_lever(fulcrum: float, doubt: float) -> None:
    with refused(BadValue, owner="you"):
        actors.set_fulcrum(AGENCY, fulcrum=fulcrum, doubt=doubt, reason="", act=act())


def test_a_red_line_names_its_touch_its_class_and_where_it_holds() -> None:
    declared = actors.declare_red_line(AGENCY, **LINE)

    assert declared == RedLineDeclared(
        **ENVELOPE,
        red_line="no-guns",
        touch="shared_data",
        of="positions",
        only_in="coast",
        words=document("Never positions"),
    )


@pytest.mark.parametrize("said", [{"touch": "handshake"}, {"of": "gossip"}, {"touch": "escort"}])
def test_a_red_line_is_drawn_at_a_touch_of_the_vocabulary(said: dict[str, str]) -> None:
    with refused(UnknownWord):
        actors.declare_red_line(AGENCY, **LINE | said)


def test_a_red_line_is_declared_once() -> None:
    with refused(RedLineHeld):
        actors.declare_red_line(HOLDING, **LINE)


def test_a_red_line_is_lifted() -> None:
    lifted = actors.lift_red_line(HOLDING, red_line="no-guns", reason="Times change", act=act())

    assert lifted == RedLineLifted(**ENVELOPE, red_line="no-guns", reason=document("Times change"))


def test_a_line_that_is_not_held_is_not_lifted() -> None:
    with refused(NoSuchRedLine, owner="agency"):
        actors.lift_red_line(HOLDING, red_line="no-flags", reason="", act=act())


def test_nobody_unregistered_describes_itself() -> None:
    with refused(NoSuchActor, owner="administrator"):
        actors.clarify_mandate(None, **MANDATE)
    with refused(NoSuchActor, owner="administrator"):
        actors.set_audiences(None, weights={"donors": 1.0}, act=act())
    with refused(NoSuchActor, owner="administrator"):
        actors.set_fulcrum(None, fulcrum=1.0, doubt=0.1, reason="", act=act())
    with refused(NoSuchActor, owner="administrator"):
        actors.declare_red_line(None, **LINE)
    with refused(NoSuchActor, owner="administrator"):
        actors.lift_red_line(None, red_line="no-guns", reason="", act=act())


def test_an_actor_is_what_it_last_said_of_itself() -> None:
    registered = actors.register(
        None, actor_id="agency", name="Agency", categories=("military",), tables=TABLES, act=act()
    )
    bare = folded(registered)

    after = folded(
        registered,
        actors.clarify_mandate(bare, **MANDATE),
        actors.set_audiences(bare, weights={"donors": 2.0}, act=act()),
        actors.set_fulcrum(bare, fulcrum=2.0, doubt=0.1, reason="", act=act()),
        actors.declare_red_line(bare, **LINE | {"red_line": "first"}),
        actors.declare_red_line(bare, **LINE),
        actors.lift_red_line(
            replace(bare, red_lines=HOLDING.red_lines), red_line="no-guns", reason="", act=act()
        ),
    )

    assert after == Actor(
        id="agency",
        name=document("Agency"),
        categories=("military",),
        mandate_edition=1,
        audiences=(Hearing(audience="donors", weight=2.0),),
        fulcrum=2.0,
        fulcrum_doubt=0.1,
        red_lines={
            "first": RedLine(
                "first", "agency", "shared_data", "positions", "coast", document("Never positions")
            )
        },
    )


def test_no_label_but_red_is_too_high_for_the_chat() -> None:
    for label in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT"):
        assert actors.set_chat_ceiling(AGENCY, ceiling=label, act=act("agency")) == ChatCeilingSet(
            **act("agency").on("actor:agency"), ceiling=label
        )
    with refused(BadValue):
        actors.set_chat_ceiling(AGENCY, ceiling="RED", act=act("agency"))
    with refused(UnknownWord):
        actors.set_chat_ceiling(AGENCY, ceiling="WHITE", act=act("agency"))
    with refused(NoSuchActor):
        actors.set_chat_ceiling(None, ceiling="GREEN", act=act("agency"))


def test_an_actor_that_set_no_ceiling_lets_green_pass_and_the_last_one_set_holds() -> None:
    highest = [
        actors.set_chat_ceiling(AGENCY, ceiling=label, act=act("agency")) for label in ("AMBER", "CLEAR")
    ]

    assert AGENCY.chat_ceiling == "GREEN"
    assert actors.evolve(actors.evolve(AGENCY, highest[0]), highest[1]) == replace(
        AGENCY, chat_ceiling="CLEAR"
    )
