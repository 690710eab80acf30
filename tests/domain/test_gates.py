"""Gates: each rule shut, open and overridden; a red line is waived by its owner and overridden by nobody."""

from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain.actors import Actor, RedLine
from counterpoise.domain.events import NOTHING
from counterpoise.domain.gates import Gate, Standing, gates, touched
from counterpoise.domain.pilots import Pilot, Step
from tests.domain.scene import AGENCY, BRIGADE, FERRY, SCOUT, TABLES

READY = replace(
    FERRY,
    charter=2,
    accepted={"agency": 2, "brigade": 2},
    level="coordinate",
    advised={"agency": "coordinate", "brigade": "integrate"},
)
LEVEL = "a coordinator chooses coordinate or less, as the balance of agency advises"


def standing(
    pilot: Pilot = READY, step: Step = SCOUT, *, agency: Actor = AGENCY, brigade: Actor = BRIGADE, **changed: Any  # noqa: ANN401
) -> Standing:  # fmt: skip
    """Return what the gates look at, where everything is as it should be, as changed."""
    plain = Standing(
        pilot=pilot,
        step=step,
        actors={"agency": agency, "brigade": brigade},
        scanned=frozenset({"agency", "brigade"}),
        visibility_cap="low",
        tables=TABLES,
    )
    return replace(plain, **changed)


def shut(standing: Standing) -> dict[str, tuple[str, str]]:
    """Return who opens each gate that is shut, and how."""
    return {gate.rule: (gate.owner, gate.remedy) for gate in gates(standing) if not gate.open}


def line(*, touch: str = "shared_data", of: str = "", only_in: str = "") -> RedLine:
    """Return a red line of the agency."""
    return RedLine(id="r1", owner="agency", touch=touch, of=of, only_in=only_in, words=NOTHING)


def holding(**changed: str) -> Actor:
    """Return the agency with that red line."""
    return replace(AGENCY, red_lines={"r1": line(**changed)})


NEEDS = replace(SCOUT, touches=(("shared_data", "needs"),))


def test_every_gate_is_named_in_a_fixed_order_also_when_it_is_open() -> None:
    found = gates(standing())

    assert [(gate.rule, gate.open) for gate in found] == [
        ("scan/agency", True),
        ("scan/brigade", True),
        ("charter/agency", True),
        ("charter/brigade", True),
        ("level", True),
        ("visibility", True),
    ]


def test_each_joined_actor_scans_at_this_stage() -> None:
    assert shut(standing(scanned=frozenset({"agency"}))) == {
        "scan/brigade": ("brigade", "brigade records a scan at the stage framing")
    }


def test_an_invited_actor_that_says_nothing_keeps_the_step_waiting() -> None:
    invited = replace(READY, invited=frozenset({"firm", "agency"}))

    assert shut(standing(invited)) == {"invitation/firm": ("firm", "firm answers the invitation")}


@pytest.mark.parametrize("reply", ["decline", "observe", "parallel", "withdrew"])
def test_an_invited_actor_that_gave_its_answer_keeps_nobody_waiting(reply: str) -> None:
    answered = replace(READY, invited=frozenset({"firm"}), replies={"firm": reply})

    assert shut(standing(answered)) == {}


def test_an_invited_actor_that_scanned_keeps_nobody_waiting() -> None:
    invited = replace(READY, invited=frozenset({"firm"}))

    assert shut(standing(invited, scanned=frozenset({"agency", "brigade", "firm"}))) == {}


def test_a_touched_red_line_is_shut_until_its_owner_waives_it() -> None:
    assert shut(standing(step=NEEDS, agency=holding())) == {
        "red-line/agency/r1": (
            "agency",
            "agency waives its red line r1 for this step, or the step no longer touches it",
        )
    }


def test_a_waived_red_line_lets_the_step_pass() -> None:
    waived = replace(NEEDS, waived=frozenset({"agency/r1"}))

    assert shut(standing(step=waived, agency=holding())) == {}


def test_a_waiver_of_anothers_line_of_the_same_name_opens_nothing() -> None:
    waived = replace(NEEDS, waived=frozenset({"brigade/r1", "agency/r2"}))

    assert list(shut(standing(step=waived, agency=holding()))) == ["red-line/agency/r1"]


def test_a_red_line_is_never_overridden() -> None:
    overridden = replace(NEEDS, overridden=frozenset({"red-line/agency/r1"}))

    assert list(shut(standing(step=overridden, agency=holding()))) == ["red-line/agency/r1"]


@pytest.mark.parametrize(
    ("drawn", "touches", "crossed"),
    [
        ({}, (("shared_data", "needs"),), True),
        ({"of": "needs"}, (("shared_data", "needs"),), True),
        ({"of": "positions"}, (("shared_data", "needs"),), False),
        ({"of": "positions"}, (("shared_data", ""),), True),
        ({"of": "positions"}, (("shared_data", "needs"), ("shared_data", "positions")), True),
        ({"touch": "escort"}, (("shared_data", "needs"),), False),
        ({"touch": "escort"}, (("escort", ""),), True),
        ({"only_in": "coast"}, (("shared_data", "needs"),), True),
        ({"only_in": "delta"}, (("shared_data", "needs"),), False),
        ({}, (), False),
    ],
)
def test_a_line_is_touched_by_its_touch_its_class_and_where_it_holds(
    drawn: dict[str, str], touches: tuple[tuple[str, str], ...], *, crossed: bool
) -> None:
    step = replace(SCOUT, touches=touches)

    assert touched(holding(**drawn), step, theatre="coast") == ((line(**drawn),) if crossed else ())


def test_the_line_of_an_actor_that_has_not_joined_holds_nothing_up() -> None:
    alone = replace(READY, joined=("brigade",))

    assert shut(standing(alone, NEEDS, agency=holding())) == {}


def test_without_a_charter_a_coordinator_sets_one() -> None:
    assert shut(standing(replace(READY, charter=0))) == {
        "charter": ("coordinator", "a coordinator sets the charter")
    }


@pytest.mark.parametrize("accepted", [{"agency": 2}, {"agency": 2, "brigade": 1}])
def test_each_joined_actor_accepts_the_newest_edition(accepted: dict[str, int]) -> None:
    assert shut(standing(replace(READY, accepted=accepted))) == {
        "charter/brigade": ("brigade", "brigade accepts edition 2 of the charter")
    }


@pytest.mark.parametrize("edition", [None, 2])
def test_the_newest_mandate_of_each_partner_is_acknowledged(edition: int | None) -> None:
    acknowledged = {} if edition is None else {("agency", "brigade"): edition}

    assert shut(
        standing(replace(READY, acknowledged=acknowledged), brigade=replace(BRIGADE, mandate_edition=3))
    ) == {"mandate/agency/brigade": ("agency", "agency acknowledges the mandate of brigade")}


def test_an_acknowledged_mandate_lets_the_step_pass() -> None:
    acknowledged = replace(READY, acknowledged={("agency", "brigade"): 3})

    assert shut(standing(acknowledged, brigade=replace(BRIGADE, mandate_edition=3))) == {}


@pytest.mark.parametrize(
    ("pilot", "remedy"),
    [
        (replace(READY, level=""), "a coordinator chooses a level"),
        (replace(READY, advised={}), "the scans of the stage framing open, so that a level is advised"),
        (
            replace(READY, advised={"firm": "unite"}),
            "the scans of the stage framing open, so that a level is advised",
        ),
        (replace(READY, level="cooperate"), LEVEL),
        (replace(READY, level="unite"), LEVEL),
    ],
)
def test_the_level_is_chosen_and_no_deeper_than_the_shallowest_advised(pilot: Pilot, remedy: str) -> None:
    assert shut(standing(pilot)) == {"level": ("coordinator", remedy)}


@pytest.mark.parametrize("level", ["compete", "coexist", "coordinate"])
def test_a_level_as_deep_as_advised_or_shallower_lets_the_step_pass(level: str) -> None:
    assert shut(standing(replace(READY, level=level))) == {}


def test_who_left_sets_the_level_no_more() -> None:
    left = replace(READY, joined=("brigade",), level="integrate")

    assert shut(standing(left)) == {}


@pytest.mark.parametrize(("of_pilot", "of_step"), [("public", "low"), ("low", "public")])
def test_neither_pilot_nor_step_is_more_visible_than_the_theatre_allows(of_pilot: str, of_step: str) -> None:
    seen = standing(replace(READY, visibility=of_pilot), replace(SCOUT, visibility=of_step))

    assert shut(seen) == {
        "visibility": ("coordinator", "the pilot and the step are at most low, the theatre's cap")
    }


BARE = replace(FERRY, joined=("agency",), invited=frozenset({"firm"}), visibility="public")
EVERY_RULE = ("scan/agency", "invitation/firm", "charter", "level", "visibility")


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_an_overridden_gate_is_open_and_says_that_it_is_not_satisfied(rule: str) -> None:
    overridden = replace(SCOUT, overridden=frozenset({rule}))

    found = {gate.rule: gate for gate in gates(standing(BARE, overridden, scanned=frozenset()))}

    assert (found[rule].open, found[rule].satisfied, found[rule].overridden) == (True, False, True)
    assert {name for name, gate in found.items() if not gate.open} == {*EVERY_RULE} - {rule}


def test_a_satisfied_gate_is_open_whether_or_not_it_may_be_overridden() -> None:
    assert Gate(rule="r", owner="o", satisfied=True, remedy="m", overridable=False).open
