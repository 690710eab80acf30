"""Who may say what: roles on a pilot, administrators, members for their own; who is not there is told of nothing."""

from typing import Any

import pytest

from counterpoise.application.desk import NoSuchSpeaker, RoleMissing
from counterpoise.domain.concerns import NoSuchConcern
from counterpoise.domain.corrections import NothingToCorrect
from counterpoise.domain.lessons import NoSuchLesson
from counterpoise.domain.members import NoSuchMember
from counterpoise.domain.narratives import NoSuchNarrative
from counterpoise.domain.pilots import NoSuchPilot
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.theatres import NoSuchTheatre
from counterpoise.store.keys import AlreadyTaken
from tests.application.saying import FERRY, Saying, meant
from tests.application.sayings import SAYINGS, ready
from tests.application.world import World, how, refused

GRANTING = ("members.grant", "members.revoke")
ON_FERRY = {
    name: saying
    for name, saying in SAYINGS.items()
    if "pilot" in saying.given and saying.verb not in GRANTING
}
"""What is said of the ferry pilot."""

COORDINATORS_ALONE = {
    "stage",
    "level",
    "visibility",
    "tweak",
    "analysis",
    "outcome",
    "round",
    "close a round",
    "channel",
    "unlink",
    "close",
    "charter",
    "invite",
    "open scans",
    "plan",
    "take up",
    "pause",
    "complete",
    "abandon",
    "override",
    "exception",
    "release",
}
ADMINISTRATORS_ALONE = ("register", "enrol", "policy")
MADE_BEFORE = frozenset({"concern", "lesson", "consent", "tweak", "reflection", "before"})
"""What a saying names that another saying made; who may say nothing comes to no look at it."""

NOWHERE = "11111111-2222-4333-8444-555555555555"
NOBODY = ("ada", "wim", "pat")
"""An administrator, somebody of another pilot, somebody without a role."""


def told(caught: pytest.ExceptionInfo[Refusal]) -> tuple[type[Refusal], str, str, str]:
    """Return everything a refusal tells."""
    refusal = caught.value
    return type(refusal), refusal.sentence, refusal.owner, refusal.remedy


def said_by(world: World, name: str, saying: Saying, **other: Any) -> Any:  # noqa: ANN401  a receipt
    """Let another than usual say something."""
    return world.say(name, saying.verb, None, **meant(world, dict(saying.given) | other))


def test_who_is_not_on_a_pilot_is_told_of_it_what_is_told_of_one_that_is_not_there(world: World) -> None:
    world.known |= {"c1": NOWHERE, "concern": NOWHERE}
    for name, saying in ON_FERRY.items():
        given = {word: "@scout" if word in MADE_BEFORE else value for word, value in saying.given.items()}
        unseen = Saying(verb=saying.verb, by="", given=given, topics=(), fields={})
        for stranger in NOBODY:
            with refused(NoSuchPilot) as yours:
                said_by(world, stranger, unseen)
            with refused(NoSuchPilot) as absent:
                said_by(world, stranger, unseen, pilot=NOWHERE)

            assert told(yours) == told(absent), name


def test_an_auditor_reads_and_does_nothing(world: World) -> None:
    world.known["concern"] = NOWHERE
    for saying in ON_FERRY.values():
        given = {word: "@scout" if word in MADE_BEFORE else value for word, value in saying.given.items()}
        with refused(RoleMissing):
            said_by(world, "vera", Saying(verb=saying.verb, by="", given=given, topics=(), fields={}))


def test_who_coordinates_steers_the_pilot_alone(world: World) -> None:
    for name in COORDINATORS_ALONE:
        given = {word: "@scout" if word == "lesson" else value for word, value in SAYINGS[name].given.items()}
        with refused(RoleMissing) as caught:
            said_by(world, "omar", Saying(verb=SAYINGS[name].verb, by="", given=given, topics=(), fields={}))

        assert caught.value.sentence == "This asks for the role coordinator."


def test_what_is_not_for_coordinators_alone_was_said_by_a_participant_somewhere(world: World) -> None:
    participants = {saying.verb for saying in ON_FERRY.values() if saying.by in {"omar", "kurt"}}
    coordinated = {SAYINGS[name].verb for name in COORDINATORS_ALONE}
    either = {"concerns.answer", "concerns.resolve"}
    either |= {"consents.give", "consents.refuse", "consents.record"}  # by the author, whoever that is

    assert {saying.verb for saying in ON_FERRY.values()} == participants | coordinated | either
    for name in ("answer a concern", "resolve"):
        ready(world, SAYINGS[name])
        assert said_by(world, "omar", SAYINGS[name]).events


@pytest.mark.parametrize("name", ADMINISTRATORS_ALONE)
def test_only_an_administrator_registers_enrols_and_changes_the_tables(world: World, name: str) -> None:
    for other in ("ines", "omar", "vera", "pat"):
        with refused(RoleMissing):
            said_by(world, other, SAYINGS[name])


def test_theatres_are_set_by_coordinators_and_administrators(world: World) -> None:
    for other in ("omar", "vera", "pat"):
        for name in ("theatre", "shift", "close a theatre"):
            with refused(RoleMissing):
                said_by(world, other, SAYINGS[name])


def test_roles_on_a_pilot_are_granted_by_its_coordinators_and_by_administrators(world: World) -> None:
    for other in ("omar", "vera", "wim", "pat"):
        for name in ("grant", "revoke"):
            with refused(RoleMissing) as yours:
                said_by(world, other, SAYINGS[name])
            with refused(RoleMissing) as absent:
                said_by(world, other, SAYINGS[name], pilot=NOWHERE)

            assert told(yours) == told(absent)
    for other in ("ada", "lena"):
        assert said_by(world, other, SAYINGS["grant"]).events


def test_only_an_administrator_makes_administrators(world: World) -> None:
    with refused(RoleMissing):
        world.say("ines", "members.grant", member=world["ines"], role="administrator")


def test_no_role_is_granted_on_a_pilot_that_is_not_there_or_to_nobody(world: World) -> None:
    with refused(NoSuchPilot):
        said_by(world, "ada", SAYINGS["grant"], pilot=NOWHERE)
    with refused(NoSuchMember):
        said_by(world, "ada", SAYINGS["grant"], member=NOWHERE)


def test_who_holds_no_role_proposes_no_pilot(world: World) -> None:
    with refused(RoleMissing):
        said_by(world, "pat", SAYINGS["propose"])


def test_whoever_proposes_a_pilot_coordinates_it(world: World) -> None:
    buoys = world.make("buoys", "omar", "pilots.propose", theatre=world["coast"], title="Buoys")

    assert world.by("omar").roles[buoys] == {"coordinator"}
    assert world.say("omar", "pilots.enter_stage", pilot=buoys, stage="design").events


def test_a_member_leaves_by_themselves_or_is_sent_by_an_administrator(world: World) -> None:
    with refused(RoleMissing):
        world.say("ines", "members.leave", member=world["kurt"])
    assert world.say("ada", "members.leave", member=world["kurt"]).events


def test_who_left_and_who_never_was_are_told_the_same(world: World) -> None:
    with refused(NoSuchSpeaker) as left:
        world.by("gone")
    with refused(NoSuchSpeaker) as never:
        world.by("nemo")

    assert told(left)[1:] == tuple(part.replace("nemo", "gone") for part in told(never)[1:])


def test_a_revoked_role_bites_at_once_also_in_a_session_that_holds_it(world: World) -> None:
    session = world.by("kurt")
    world.say("ines", "members.revoke", member=world["kurt"], role="participant", pilot=world["ferry"])

    with refused(NoSuchPilot):
        world.application.pilots.take_position(session, pilot=world["ferry"], position="consent")


def test_who_left_says_nothing_more_also_in_a_session_that_is_open(world: World) -> None:
    session = world.by("kurt")
    world.say("ada", "members.leave", member=world["kurt"])

    with refused(NoSuchSpeaker):
        world.application.actors.set_fulcrum(session, fulcrum=1.0, reason="Late")


def test_an_administrator_no_more_administers_nothing_more(world: World) -> None:
    world.say("ada", "members.grant", member=world["ines"], role="administrator")
    session = world.by("ines")
    world.say("ada", "members.revoke", member=world["ines"], role="administrator")

    with refused(RoleMissing):
        world.application.actors.register(session, name="The club", categories=("commercial",))


def test_a_role_granted_on_one_pilot_does_nothing_on_another(world: World) -> None:
    with refused(NoSuchPilot):
        world.say("ines", "pilots.close", pilot=world["radio"], reason="Done")


def test_a_lesson_of_another_pilot_is_neither_consented_to_nor_released(world: World) -> None:
    ready(world, SAYINGS["release"])
    lesson = {"lesson": world["own lesson"]}
    world.say("ada", "members.grant", member=world["ines"], role="coordinator", pilot=world["radio"])

    with refused(NoSuchLesson):
        world.say("ines", "lessons.consent", pilot=world["radio"], **lesson)
    with refused(NoSuchLesson):
        world.say("ines", "lessons.release", pilot=world["radio"], title="T", words="W", **lesson)


def test_a_concern_of_another_pilot_is_not_there(world: World) -> None:
    ready(world, SAYINGS["acknowledge"])
    world.say("ada", "members.grant", member=world["ines"], role="coordinator", pilot=world["radio"])

    with refused(NoSuchConcern) as elsewhere:
        world.say("ines", "concerns.acknowledge", pilot=world["radio"], concern=world["concern"])
    with refused(NoSuchConcern) as absent:
        world.say("ines", "concerns.acknowledge", pilot=world["radio"], concern=NOWHERE)

    assert told(elsewhere) == told(absent)


RED, GREEN = how(label="RED"), how(label="GREEN")


@pytest.mark.parametrize(
    ("verb", "refusal", "given"),
    [
        ("concerns.acknowledge", NoSuchConcern, {"concern": "@concern"} | FERRY),
        ("concerns.answer", NoSuchConcern, {"concern": "@concern", "tweak": "t1"} | FERRY),
        ("concerns.resolve", NoSuchConcern, {"concern": "@concern"} | FERRY),
        ("concerns.withdraw", NoSuchConcern, {"concern": "@concern"} | FERRY),
        ("records.correct", NothingToCorrect, {"event": "concern:@concern#1", "changes": {"kind": "data"}}),
        ("records.withdraw", NothingToCorrect, {"event": "concern:@concern#1"}),
        ("records.relabel", NothingToCorrect, {"event": "concern:@concern#1", "how": GREEN}),
    ],
)
def test_a_concern_one_may_not_know_of_is_told_as_one_that_is_not_there(
    world: World, verb: str, refusal: type[Refusal], given: dict[str, Any]
) -> None:
    follow_up = Saying(verb=verb, by="kurt", given=given, topics=(), fields={})
    concern = world.remember("concern", SAYINGS["concern"].say(world, RED))

    told_of = []
    for there in (concern, NOWHERE):
        world.known["concern"] = there
        with refused(refusal) as caught:
            follow_up.say(world)
        told_of.append(told(caught))

    assert told_of[0] == told_of[1]


def test_a_story_and_a_theatre_one_may_not_know_of_are_told_as_if_they_were_not_there(world: World) -> None:
    within = how(label="AMBER+STRICT")
    world.remember("story", SAYINGS["story"].say(world, within))
    world.remember("delta", SAYINGS["theatre"].say(world, within))
    sighting = {"words": "Again", "about": (world["firm"],)}

    for stranger in ("kurt", "wim"):
        told_of = []
        for story in (world["story"], NOWHERE):
            with refused(NoSuchNarrative) as caught:
                world.say(stranger, "narratives.sight", theatre=world["coast"], narrative=story, **sighting)
            told_of.append(told(caught))
        for theatre in (world["delta"], NOWHERE):
            with refused(NoSuchTheatre) as caught:
                world.say(stranger, "narratives.sight", theatre=theatre, **sighting)
            told_of.append(told(caught))
            with refused(NoSuchTheatre) as caught:
                world.say(stranger, "pilots.propose", theatre=theatre, title="There")
            told_of.append(told(caught))

        assert (told_of[0], told_of[2], told_of[3]) == (told_of[1], told_of[4], told_of[5])


def test_who_holds_no_role_tells_no_stories(world: World) -> None:
    with refused(NoSuchTheatre):
        said_by(world, "pat", SAYINGS["story"])


def test_a_red_line_one_may_not_know_of_is_told_as_one_that_is_not_drawn(world: World) -> None:
    SAYINGS["red line"].say(world, how(label="AMBER+STRICT"))
    crossing = {"owner": world["brigade"], "by_actor": world["brigade"], "pilot": world["ferry"]}

    with pytest.raises(Refusal) as yours:
        world.say("omar", "steps.cross_red_line", red_line="r1", **crossing)
    with pytest.raises(Refusal) as absent:
        world.say("omar", "steps.cross_red_line", red_line="r2", **crossing)

    assert told(yours)[1:] == tuple(part.replace("r2", "r1") for part in told(absent)[1:])
    assert "r1" not in yours.value.remedy


def test_a_handle_is_one_persons(world: World) -> None:
    size = world.size()

    with refused(AlreadyTaken):
        said_by(world, "ada", SAYINGS["enrol"], handle="kurt")
    assert world.size() == size


def test_a_handle_that_a_crash_left_out_is_given_when_the_command_comes_again(world: World) -> None:
    keys = world.application.keys
    SAYINGS["enrol"].say(world, how(key="k1"))
    person = keys.person_named("bo")
    assert person is not None
    keys.unlink("handle", "bo")

    SAYINGS["enrol"].say(world, how(key="k1"))

    assert keys.person_named("bo") == person


def test_pilots_that_are_over_still_have_roles(world: World) -> None:
    world.say("ines", "pilots.close", reason="Done", **meant(world, FERRY))

    assert said_by(world, "ines", SAYINGS["grant"]).events
