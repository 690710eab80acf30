"""A chat account leads to a member by proof of possession: a code, made for one member, typed from one account."""

import logging

import pytest

from counterpoise.application.accounts import CODE_LIFE, MOST_TRIES, PAUSE, BadCode, Code, TooManyTries
from counterpoise.application.desk import NoSuchSpeaker, RoleMissing
from counterpoise.domain.members import MemberLinked, MemberUnlinked, NoSuchMember
from counterpoise.store.keys import AlreadyTaken
from tests.application.world import World, link, refused
from tests.store.kept import traces

HOME, KURT = "T0HOME", "UKURT"


def code(world: World, by: str, member: str) -> Code:
    return world.application.members.code(world.by(by), member=world[member])


def type_in(world: World, text: str, *, team: str = HOME, user: str = KURT) -> str:
    return world.application.members.link(code=text, team=team, user=user).id


def test_a_code_typed_from_an_account_joins_it_to_the_member(world: World) -> None:
    made = code(world, "ada", "kurt")

    assert type_in(world, made.code) == world["kurt"]

    found = world.application.speaker_at(HOME, KURT)
    assert found == world.by("kurt")
    (linked,) = world.events(MemberLinked)
    assert isinstance(linked, MemberLinked)
    assert (linked.account, linked.actor, linked.member) == ("slack", world["brigade"], world["ada"])
    assert linked.label == "AMBER+STRICT"


def test_a_code_has_128_bits_in_groups_that_people_can_type(world: World) -> None:
    made = code(world, "kurt", "kurt")

    assert len(made.code.replace("-", "")) == 26
    assert type_in(world, f" {made.code.lower().replace('-', ' ').replace('o', '0').replace('i', '1')}\n")


def test_everybody_gets_a_code_for_themself_and_administrators_for_anybody(world: World) -> None:
    with refused(RoleMissing):
        code(world, "omar", "kurt")
    with refused(RoleMissing):
        code(world, "ines", "omar")
    with refused(NoSuchMember):
        code(world, "ada", "gone")

    assert code(world, "omar", "omar").until == world.clock.now + CODE_LIFE


def test_a_code_is_used_once_and_within_ten_minutes(world: World) -> None:
    first = code(world, "kurt", "kurt")
    type_in(world, first.code)
    with refused(BadCode):
        type_in(world, first.code)

    late = code(world, "kurt", "kurt")
    world.clock.now = late.until
    with refused(BadCode):
        type_in(world, late.code)


def test_a_new_code_makes_the_one_before_it_void(world: World) -> None:
    first = code(world, "ada", "kurt")
    second = code(world, "kurt", "kurt")

    with refused(BadCode):
        type_in(world, first.code)
    assert type_in(world, second.code) == world["kurt"]


def test_after_five_wrong_codes_an_account_waits_also_with_the_right_one(world: World) -> None:
    made = code(world, "kurt", "kurt")
    for _ in range(MOST_TRIES):
        with refused(BadCode):
            type_in(world, "AAAA-BBBB")

    with refused(TooManyTries):
        type_in(world, made.code)
    assert type_in(world, made.code, user="UOTHER") == world["kurt"]

    world.clock.now += PAUSE
    again = code(world, "kurt", "kurt")
    assert type_in(world, again.code) == world["kurt"]


@pytest.mark.parametrize(
    ("team", "user"),
    [(HOME, "UOTHER"), ("T0GUEST", KURT), ("E0GRID", KURT), (HOME, ""), ("", KURT), (KURT, HOME), (HOME, KURT.lower())],
)  # fmt: skip
def test_an_account_is_its_home_team_and_its_user_together(world: World, team: str, user: str) -> None:
    link(world, "kurt")

    assert world.application.speaker_at(team, user) is None


def test_an_account_that_is_anothers_is_not_taken_over(world: World) -> None:
    link(world, "kurt")
    made = code(world, "omar", "omar")

    with refused(AlreadyTaken):
        type_in(world, made.code)

    assert len(world.events(MemberLinked)) == 1
    assert type_in(world, made.code, user="UOMAR") == world["omar"]


def test_a_member_has_one_account_the_newest(world: World) -> None:
    link(world, "kurt")
    link(world, "kurt", user="UNEW")

    assert world.application.speaker_at(HOME, KURT) is None
    assert world.application.speaker_at(HOME, "UNEW") == world.by("kurt")


def test_an_unlinked_account_leads_to_nobody(world: World) -> None:
    link(world, "kurt")

    with refused(RoleMissing):
        world.application.members.unlink(world.by("omar"), member=world["kurt"])
    world.application.members.unlink(world.by("ada"), member=world["kurt"])

    assert world.application.speaker_at(HOME, KURT) is None
    assert [each.TOPIC for each in world.events(MemberUnlinked)] == ["member.unlinked"]


def test_an_account_that_its_workspace_closed_is_unlinked(world: World) -> None:
    link(world, "kurt")
    members = world.application.members

    assert members.deactivated(team=HOME, user=KURT)
    assert not members.deactivated(team=HOME, user=KURT)
    assert world.application.speaker_at(HOME, KURT) is None
    assert len(world.events(MemberUnlinked)) == 1


@pytest.mark.parametrize("verb", ["members.leave", "records.erase"])
def test_who_leaves_or_is_erased_has_no_account_and_no_code(world: World, verb: str) -> None:
    link(world, "kurt")
    made = code(world, "kurt", "kurt")

    world.say("ada", verb, member=world["kurt"])

    assert world.application.speaker_at(HOME, KURT) is None
    with refused(BadCode):
        type_in(world, made.code, user="UNEW")
    assert world.application.keys.linked("slack", f"{HOME}/{KURT}") is None


def test_codes_and_accounts_stand_in_no_file_and_no_log_line(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = code(world, "kurt", "kurt")
    bare = made.code.replace("-", "")
    waiting = traces(world.folder, bare.encode(), made.code.encode())
    type_in(world, made.code)

    assert waiting == traces(world.folder, bare.encode(), made.code.encode(), KURT.encode()) == []
    assert made.code not in repr(made)
    assert KURT not in caplog.text


def test_who_was_deactivated_here_does_not_speak_from_their_account(world: World) -> None:
    link(world, "kurt")
    world.say("ada", "members.leave", member=world["kurt"])

    with refused(NoSuchSpeaker):
        world.by("kurt")
    assert world.application.speaker_at(HOME, KURT) is None
