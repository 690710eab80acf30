"""Each organisation says how much of its own may pass through Slack; where it has not, GREEN and no more."""

from tests.application.world import NOON, World


def test_an_organisation_that_has_set_nothing_lets_green_pass(world: World) -> None:
    assert world.application.chat_ceiling(world["agency"]) == "GREEN"
    assert world.application.chat_ceiling("") == world.application.chat_ceiling("nobody") == "GREEN"


def test_an_organisation_sets_its_own_ceiling_and_no_others(world: World) -> None:
    world.say("kurt", "actors.set_chat_ceiling", ceiling="AMBER+STRICT")

    assert world.application.chat_ceiling(world["brigade"]) == "AMBER+STRICT"
    assert world.application.chat_ceiling(world["agency"]) == "GREEN"


def test_ceilings_are_told_to_those_who_know_the_organisations(world: World) -> None:
    world.say("kurt", "actors.set_chat_ceiling", ceiling="AMBER")
    ceilings = world.application.questions.chat.ceilings

    assert ceilings(world.by("omar")).value[world["brigade"]] == "AMBER"
    assert ceilings(world.by("omar")).value[world["agency"]] == "GREEN"
    assert ceilings(world.by("pat")).value == {}
    assert world.clock.now > NOON
