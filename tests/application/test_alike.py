"""What is shared between readers is what each would have been told alone, and is told anew once something changes."""

from counterpoise.application.questions import Questions
from tests.application.world import PEOPLE, World


def alone(world: World, name: str) -> object:
    """Return what somebody is told by questions that nobody else has asked."""
    application = world.application
    return Questions(application.log, application.keys).pilots.around(world.by(name)).value


def shared(world: World, name: str) -> object:
    return world.application.questions.pilots.around(world.by(name)).value


def test_everybody_is_told_what_they_would_be_told_alone(world: World) -> None:
    everybody = [*(each for each in PEOPLE if each != "gone"), "ada"]

    for name in (*everybody, *reversed(everybody)):
        assert shared(world, name) == alone(world, name)


def test_two_of_one_organisation_and_role_share_an_answer(world: World) -> None:
    world.make("olga", "ada", "members.enrol", actor=world["agency"], handle="olga", name="Olga of agency")
    world.say("ines", "members.grant", member=world["olga"], role="participant", pilot=world["ferry"])

    first = world.application.questions.pilots.around(world.by("omar"))
    assert world.application.questions.pilots.around(world.by("olga")) is first
    assert world.application.questions.pilots.around(world.by("kurt")) is not first


def test_a_new_step_and_a_lost_role_are_told_at_once(world: World) -> None:
    before = shared(world, "omar")

    world.make("ferry-step", "ines", "steps.plan", pilot=world["ferry"], title="Mend the pier")
    after = shared(world, "omar")
    world.say("ines", "members.revoke", member=world["omar"], role="participant", pilot=world["ferry"])

    assert "Mend the pier" in str(after)
    assert "Mend the pier" not in str(before)
    assert shared(world, "omar") == alone(world, "omar") != after


def test_an_erasure_is_told_at_once(world: World) -> None:
    shared(world, "omar")
    world.application.records.erase(world.by("ada"), member=world["kurt"])

    assert shared(world, "omar") == alone(world, "omar")
