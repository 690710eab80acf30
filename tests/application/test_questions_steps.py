"""What a step's card, a stage's scans and a scan about to be recorded say, to whom."""

import pytest

from counterpoise.domain.pilots import NoSuchPilot
from counterpoise.domain.refusals import BadValue
from counterpoise.domain.steps import Touch
from counterpoise.policy import Member
from tests.application.world import SCORES, World, how, scan, start


def test_a_card_tells_the_newest_position_of_each_organisation(world: World) -> None:
    place = {"pilot": world["ferry"], "step": world["scout"]}
    world.say("omar", "pilots.take_position", position="consent", **place)
    for position in ("objection", "consent", "objection"):
        world.say("kurt", "pilots.take_position", position=position, reason="Too close", **place)

    card = world.application.questions.steps.card(world.by("vera"), **place).value

    told = [(each["name"], each["position"], each["reason"]) for each in card["positions"]]
    assert told == [("The agency", "consent", ""), ("The brigade", "objection", "Too close")]


def test_a_card_tells_what_stops_its_step_and_whose_it_is(world: World) -> None:
    card = world.application.questions.steps.card(
        world.by("omar"), pilot=world["ferry"], step=world["scout"]
    ).value

    shut = {
        (gate["owner_name"], gate["rule"].partition("/")[0]) for gate in card["gates"] if not gate["open"]
    }
    assert {("The agency", "scan"), ("The brigade", "scan"), ("coordinator", "level")} <= shut


def test_a_red_line_is_told_in_its_owners_words(world: World) -> None:
    ferry = world["ferry"]
    line = {"red_line": "no_escort", "touch": "escort", "words": "Nobody armed near us"}
    world.say("ines", "actors.declare_red_line", how(label="GREEN"), **line)
    step = world.make(
        "convoy", "ines", "steps.plan", pilot=ferry, title="Convoy", touches=(Touch(touch="escort"),)
    )

    (told,) = world.application.questions.steps.card(world.by("kurt"), pilot=ferry, step=step).value["lines"]

    assert (told["owner_name"], told["touch"], told["words"], told["waived"]) == (
        "The agency",
        "escort",
        "Nobody armed near us",
        False,
    )


def test_an_objection_for_ones_own_eyes_is_not_on_anothers_card(world: World) -> None:
    place = {"pilot": world["ferry"], "step": world["scout"]}
    world.say(
        "omar", "pilots.take_position", how(label="AMBER+STRICT"), position="objection", reason="No", **place
    )
    steps = world.application.questions.steps

    channel = Member(id="", actor="", roles={world["ferry"]: frozenset({"participant"})})
    assert steps.card(channel, **place).value["positions"] == ()
    assert len(steps.card(world.by("ines"), **place).value["positions"]) == 1


def test_whose_scan_is_in_is_told_and_not_what_it_says(world: World) -> None:
    scan(world, "kurt", words="Between us")

    told = world.application.questions.steps.scans(world.by("omar"), pilot=world["ferry"]).value

    assert told["done"] == (world["brigade"],)
    assert set(told["asked"]) == {world["agency"], world["brigade"]}
    assert (told["opened"], told["own"]) == (False, None)


def test_ones_own_organisations_scan_can_be_read_back(world: World) -> None:
    scan(world, "kurt", words="Between us", fulcrum=1.5)

    own = world.application.questions.steps.scans(world.by("lena"), pilot=world["ferry"]).value["own"]

    assert {each["factor"]: each["score"] for each in own["scores"]} == SCORES
    assert (own["fulcrum"], own["words"]) == (1.5, "Between us")


def test_scans_that_are_all_in_are_open(world: World) -> None:
    start(world)

    assert world.application.questions.steps.scans(world.by("omar"), pilot=world["ferry"]).value["opened"]


def test_a_preview_is_the_balance_the_scan_will_have_and_records_nothing(world: World) -> None:
    before = world.size()
    steps = world.application.questions.steps
    seen = steps.preview(world.by("ines"), pilot=world["ferry"], scores=SCORES).value
    assert world.size() == before

    scan(world, "ines")
    (recorded,) = world.application.questions.balances(
        world.by("ines"), pilot=world["ferry"], actor=world["agency"]
    ).value
    assert (seen["balance"], seen["verdict"]) == (pytest.approx(recorded["balance"]), recorded["verdict"])


def test_a_preview_of_a_scan_with_an_empty_pan_is_refused(world: World) -> None:
    with pytest.raises(BadValue):
        world.application.questions.steps.preview(
            world.by("ines"), pilot=world["ferry"], scores={"speed": 1.0}
        )


def test_an_invitation_is_told_to_who_is_invited(world: World) -> None:
    told = world.application.questions.steps.invitation(world.by("kurt"), pilot=world["ferry"]).value

    assert (told["framing"], told["by"]) == ("Come and see", "The agency")
    assert world.application.questions.steps.invitation(world.by("omar"), pilot=world["ferry"]).value == {}


def test_partners_mandates_are_told_by_name(world: World) -> None:
    said = {"mandate": "Keep the peace", "incentives": "Speed", "fears": "Blame"}
    world.say("lena", "actors.clarify_mandate", how(label="GREEN"), **said)

    (told,) = world.application.questions.steps.mandates(world.by("omar"), pilot=world["ferry"]).value

    assert (told["name"], told["mandate"], told["fears"]) == ("The brigade", "Keep the peace", "Blame")


def test_a_pilot_one_is_not_on_looks_as_if_it_were_not_there(world: World) -> None:
    with pytest.raises(NoSuchPilot):
        world.application.questions.steps.card(world.by("wim"), pilot=world["ferry"], step=world["scout"])
