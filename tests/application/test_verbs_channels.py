"""A channel belongs to one pilot: its coordinators say so, and nobody learns of another's from being refused."""

import pytest

from counterpoise.application.desk import RoleMissing
from counterpoise.domain.conduct import ChannelState
from counterpoise.domain.pilots import NoSuchPilot
from tests.application.world import World, how, refused

TEAM, CHANNEL = "T1", "C1"


def join(world: World, by: str = "ines", pilot: str = "ferry", channel: str = CHANNEL) -> None:
    world.say(by, "pilots.link_channel", pilot=world[pilot], team=TEAM, channel=channel)


def test_a_channel_that_is_linked_leads_to_its_pilot_until_it_is_unlinked(world: World) -> None:
    join(world)

    assert world.application.channel_pilot(TEAM, CHANNEL) == world["ferry"]
    assert world.application.channel_pilot("T2", CHANNEL) == ""
    assert world.application.pilot_channels(world["ferry"]) == ((TEAM, CHANNEL),)

    world.say("ines", "pilots.unlink_channel", pilot=world["ferry"], team=TEAM, channel=CHANNEL)
    assert world.application.channel_pilot(TEAM, CHANNEL) == ""


def test_a_pilot_may_have_several_channels_and_a_channel_one_pilot(world: World) -> None:
    join(world)
    join(world, channel="C0")

    assert world.application.pilot_channels(world["ferry"]) == ((TEAM, "C0"), (TEAM, CHANNEL))
    with refused(ChannelState):
        join(world)
    with refused(ChannelState) as caught:
        join(world, by="wim", pilot="radio")
    assert world["ferry"] not in f"{caught.value.sentence} {caught.value.owner} {caught.value.remedy}"


def test_a_channel_of_a_pilot_that_is_over_is_free(world: World) -> None:
    join(world)
    world.say("ines", "pilots.close", pilot=world["ferry"], reason="Done")

    join(world, by="wim", pilot="radio")

    assert world.application.channel_pilot(TEAM, CHANNEL) == world["radio"]


@pytest.mark.parametrize(("name", "why"), [("omar", RoleMissing), ("wim", NoSuchPilot), ("ada", NoSuchPilot)])
def test_only_a_coordinator_of_the_pilot_links_its_channels(
    world: World, name: str, why: type[RoleMissing]
) -> None:
    with refused(why):
        join(world, by=name)

    assert world.application.channel_pilot(TEAM, CHANNEL) == ""


def test_a_channel_that_is_not_linked_is_not_unlinked(world: World) -> None:
    with refused(ChannelState):
        world.say("ines", "pilots.unlink_channel", pilot=world["ferry"], team=TEAM, channel=CHANNEL)


def test_a_linking_that_was_cut_short_is_finished_by_asking_again(world: World) -> None:
    join(world)
    world.application.keys.drawers.empty("channels")

    with refused(ChannelState):
        join(world)

    assert world.application.channel_pilot(TEAM, CHANNEL) == world["ferry"]


def test_linked_again_under_the_first_key_it_stays_as_it_is_now(world: World) -> None:
    channel = {"pilot": world["ferry"], "team": TEAM, "channel": CHANNEL}
    world.say("ines", "pilots.link_channel", how(key="k"), **channel)
    world.say("ines", "pilots.unlink_channel", **channel)

    world.say("ines", "pilots.link_channel", how(key="k"), **channel)

    assert world.application.channel_pilot(TEAM, CHANNEL) == ""


@pytest.mark.parametrize(("name", "rows"), [("kurt", 1), ("vera", 1), ("wim", 0), ("ada", 0)])
def test_channels_are_listed_to_those_who_know_the_pilot(world: World, name: str, rows: int) -> None:
    join(world)
    join(world, channel="C0")
    world.say("ines", "pilots.unlink_channel", pilot=world["ferry"], team=TEAM, channel="C0")

    listed = world.application.questions.chat.channels(world.by(name)).value

    assert len(listed) == rows
    assert all(row["title"] == "The ferry" and row["channel"] == CHANNEL for row in listed)
