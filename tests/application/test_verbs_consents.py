"""Another's words are recorded as theirs when they agree, whichever organisation asked, and not otherwise."""

import pytest

from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.consents import ConsentGiven, NotTheAuthor, SourceDeleted
from counterpoise.domain.corrections import NothingToCorrect
from counterpoise.domain.members import NoSuchMember
from tests.application.world import World, how, plain, refused


def ask(world: World, author: str = "kurt") -> str:
    """Let Omar of the agency ask an author of the brigade."""
    return world.make(
        "asked", "omar", "consents.ask", pilot=world["ferry"], author=world[author], message="T1/C1/42.1"
    )


def test_the_author_in_another_organisation_reads_the_request_and_the_asker_the_answer(world: World) -> None:
    consent = ask(world)
    world.say("kurt", "consents.give", pilot=world["ferry"], consent=consent, mode="named")

    events = world.application.questions.ledger.events
    for name in ("kurt", "omar"):
        told = {
            row["topic"]: row for row in events(world.by(name)).value if row["stream"] == f"consent:{consent}"
        }
        assert told["consent.asked"]["fields"]["message"] == "T1/C1/42.1"
        assert told["consent.given"]["fields"]["mode"] == "named"
    told_wim = str(events(world.by("wim")).value)
    assert "T1/C1/42.1" not in told_wim


@pytest.mark.parametrize("author", ["vera", "wim", "pat"])
def test_only_who_takes_part_is_asked(world: World, author: str) -> None:
    with refused(NoSuchMember):
        ask(world, author)


def test_agreed_words_are_the_authors_own_concern(world: World) -> None:
    consent = ask(world)
    receipt = world.say(
        "kurt",
        "consents.record",
        pilot=world["ferry"],
        consent=consent,
        mode="pseudonymous",
        words="They were too close",
    )

    given, raised = world.recorded(receipt)
    assert isinstance(given, ConsentGiven)
    assert isinstance(raised, ConcernRaised)
    assert (given.mode, set(given.group)) == ("pseudonymous", {world["agency"], world["brigade"]})
    assert (raised.member, raised.actor) == (world.name("kurt"), world["brigade"])
    assert raised.group == (world["brigade"],)
    assert plain(raised)["words"] == "They were too close"


def test_nobody_else_has_an_authors_words_recorded(world: World) -> None:
    consent = ask(world)
    said = {"pilot": world["ferry"], "consent": consent, "mode": "named", "words": "They were too close"}

    with refused(NotTheAuthor):
        world.say("omar", "consents.record", **said)
    world.say("kurt", "consents.refuse", pilot=world["ferry"], consent=consent)
    with refused(NotTheAuthor):
        world.say("kurt", "consents.record", **said)

    assert world.events(ConcernRaised) == []


def test_agreeing_twice_under_one_key_records_once(world: World) -> None:
    consent = ask(world)
    said = {"pilot": world["ferry"], "consent": consent, "mode": "named", "words": "They were too close"}

    first = world.say("kurt", "consents.record", how(key="k"), **said)
    again = world.say("kurt", "consents.record", how(key="k"), **said)

    assert again.repeated
    assert again.result == first.result
    assert len(world.events(ConcernRaised)) == 1


def test_a_deleted_source_is_noted_under_the_label_of_its_record(world: World) -> None:
    red = how(label="RED", recipients=(world["kurt"],))
    raised = world.say("omar", "concerns.raise_one", red, pilot=world["ferry"], words="Close")
    concern = world.remember("concern", raised)

    world.say("omar", "consents.note_deletion", pilot=world["ferry"], event=f"concern:{concern}#1")

    (noted,) = world.events(SourceDeleted)
    assert (noted.label, noted.recipients) == ("RED", (world.name("kurt"),))


def test_only_ones_own_records_are_noted_upon(world: World) -> None:
    concern = world.make("concern", "omar", "concerns.raise_one", pilot=world["ferry"], words="Close")

    for name in ("ines", "kurt"):
        for event in (f"concern:{concern}#1", f"concern:{concern}#9", "concern"):
            with refused(NothingToCorrect):
                world.say(name, "consents.note_edit", pilot=world["ferry"], event=event)
