"""What is done with what was recorded: corrections from their position on, withdrawals, erasure for good."""

from typing import Any

import pytest

from counterpoise.application.desk import RoleMissing
from counterpoise.domain.corrections import NothingToCorrect, NotYours, TextErased
from counterpoise.domain.keys import KeyErased, KeyMade
from counterpoise.domain.members import MemberLeft, NoSuchMember
from counterpoise.store import tree
from counterpoise.store.keys import AlreadyErased
from tests.application.sayings import SAYINGS, ready
from tests.application.world import World, how, left, open_world, refused


def item(world: World, name: str, event: str, **asked: str) -> dict[str, Any]:
    """Return an event as somebody reads it."""
    return dict(world.application.questions.ledger.event(world.by(name), event=event, **asked).value)


def words(world: World, name: str, event: str, **asked: str) -> str:
    said: str = item(world, name, event, **asked)["fields"]["words"]
    return said


def concern(world: World, **said: Any) -> str:  # noqa: ANN401  any circumstance
    """Let Omar raise a concern that everybody on the pilot reads; return the id of its event."""
    receipt = SAYINGS["concern"].say(world, how(**{"label": "GREEN"} | said))
    return f"concern:{world.remember('concern', receipt)}#1"


def test_a_correction_reads_from_its_position_on_and_not_before(world: World) -> None:
    event = concern(world)
    before = world.size()
    world.say(
        "omar",
        "records.correct",
        event=event,
        changes={"severity": "low"},
        field="words",
        words="Close",
        reason="A slip",
    )

    now, then = item(world, "kurt", event), item(world, "kurt", event, as_of=str(before))

    assert (now["fields"]["severity"], now["fields"]["words"]) == ("low", "Close")
    assert (then["fields"]["severity"], then["fields"]["words"]) == ("high", "Too close")
    assert now["corrected_at"] > before
    assert then["corrected_at"] is None


def test_a_second_correction_goes_on_from_the_first(world: World) -> None:
    event = concern(world)
    for said in ({"severity": "low"}, {"kind": "data"}):
        world.say("omar", "records.correct", event=event, changes=said)

    fields = item(world, "kurt", event)["fields"]

    assert (fields["severity"], fields["kind"]) == ("low", "data")


def test_a_colleague_corrects_and_another_organisation_does_not(world: World) -> None:
    event = concern(world)

    with refused(NotYours):
        world.say("kurt", "records.correct", event=event, changes={"severity": "low"})
    assert world.say("ines", "records.correct", event=event, changes={"severity": "low"}).events


def test_a_withdrawn_event_is_gone_now_and_was_there_before(world: World) -> None:
    event = concern(world)
    before = world.size()
    world.say("omar", "records.withdraw", event=event)

    assert words(world, "kurt", event, as_of=str(before)) == "Too close"
    with refused(NothingToCorrect):
        world.say("omar", "records.correct", event=event, changes={"severity": "low"})


@pytest.mark.parametrize(
    "event", ["", "concern", "concern:1#", "concern:1#one", "#1", "concern:1#0", "concern:1#1"]
)
def test_what_is_no_event_is_not_corrected(world: World, event: str) -> None:
    with refused(NothingToCorrect):
        world.say("omar", "records.correct", event=event, changes={"severity": "low"})


def test_an_erased_persons_words_are_read_by_nobody(world: World) -> None:
    event = concern(world)
    SAYINGS["acknowledge"].say(world)
    follow_up = f"concern:{world['concern']}#2"
    world.say("ada", "records.erase", member=world["omar"])

    for name in ("ines", "kurt", "vera"):
        assert words(world, name, event) == "[erased]"
        assert words(world, name, follow_up) == "Heard"


def test_what_was_erased_is_gone_from_the_past_too(world: World) -> None:
    event = concern(world)
    before = world.size()
    world.say("ada", "records.erase", member=world["omar"])

    assert words(world, "kurt", event, as_of=str(before)) == "[erased]"


def test_erasing_one_leaves_their_organisations_documents(world: World) -> None:
    ready(world, SAYINGS["consent to an own lesson"])
    world.say("ada", "records.erase", member=world["omar"])

    assert words(world, "kurt", f"lesson:{world['own lesson']}#1") == "Wait first"


def test_proofs_hold_after_an_erasure(world: World) -> None:
    event = concern(world)
    log, ledger = world.application.log, world.application.questions.ledger
    before = ledger.proof(world.by("kurt"), event=event).value
    world.say("ada", "records.erase", member=world["omar"])

    after = ledger.proof(world.by("kurt"), event=event, size=before.size).value

    path = [bytes.fromhex(step) for step in after.path]
    assert after == before
    assert tree.verify_inclusion(
        bytes.fromhex(after.leaf), after.index, after.size, path, log.root(after.size)
    )


def test_an_erasure_notes_every_key_that_is_gone_and_names_nobody(world: World) -> None:
    concern(world)
    names = {world["omar"], world.name("omar")}
    made = {event.key for event in world.events(KeyMade) if isinstance(event, KeyMade)}

    receipt = world.say("ada", "records.erase", member=world["omar"])

    *gone, left_then, erased = world.recorded(receipt)
    keys = [event.key for event in gone if isinstance(event, KeyErased)]
    assert len(keys) == len(gone) == 2
    assert isinstance(left_then, MemberLeft)
    assert set(keys) <= made
    assert isinstance(erased, TextErased)
    assert erased.keys == tuple(keys)
    assert (erased.member, erased.actor) == ("", "")
    assert not names & {event.member for event in (*gone, left_then)}


def test_who_is_erased_has_left_and_the_end_of_their_keys_is_told_to_nobody(world: World) -> None:
    concern(world)
    world.say("ada", "records.erase", member=world["omar"])
    world.say("ada", "records.erase", member=world["omar"])

    assert [event.stream for event in world.events(MemberLeft)].count(f"member:{world['omar']}") == 1
    for name in ("ines", "kurt", "vera", "ada"):
        told = world.application.questions.ledger.events(world.by(name)).value
        assert not {row["topic"] for row in told} & {"key.erased", "text-erased"}


def test_who_audits_or_takes_part_no_longer_corrects_nothing(world: World) -> None:
    event = concern(world, label="GREEN")
    world.say("ines", "members.grant", member=world["omar"], role="auditor", pilot=world["ferry"])
    world.say("ines", "members.revoke", member=world["omar"], role="participant", pilot=world["ferry"])

    with refused(RoleMissing):
        world.say("omar", "records.correct", event=event, changes={"severity": "low"})
    with refused(RoleMissing):
        world.say("omar", "records.withdraw", event=event)


def test_who_is_erased_is_found_by_no_name_and_says_nothing_more(world: World) -> None:
    concern(world)
    session, person = world.by("omar"), world["omar"]
    world.say("omar", "records.erase", member=person)
    keys = world.application.keys

    assert keys.person_named("omar") is None
    assert keys.pseudonyms(person) == {}
    with refused(AlreadyErased):
        world.application.concerns.raise_one(session, pilot=world["ferry"], words="Still here")


def test_an_erasure_cut_short_between_key_and_log_is_finished_by_asking_again(world: World) -> None:
    concern(world)
    erased = world.application.keys.erase(world["omar"])

    again = world.recorded(world.say("ada", "records.erase", member=world["omar"]))
    size = world.size()
    once_more = world.recorded(world.say("ada", "records.erase", member=world["omar"]))

    assert [event.key for event in again if isinstance(event, KeyErased)] == sorted(erased)
    assert [event.TOPIC for event in once_more] == ["text-erased"]
    assert world.size() == size + 1


def test_an_erasure_cut_short_is_noted_by_the_next_one(world: World) -> None:
    concern(world)
    cut_short = world.application.keys.erase(world["omar"])

    recorded = world.recorded(world.say("kurt", "records.erase", member=world["kurt"]))

    assert set(cut_short) < {event.key for event in recorded if isinstance(event, KeyErased)}


def test_an_erasure_holds_when_the_store_is_opened_again(world: World) -> None:
    event = concern(world)
    world.say("ada", "records.erase", member=world["omar"])
    world.application.close()

    with open_world(world.folder).application as again:
        reader = again.speaker("kurt")
        row = again.questions.ledger.event(reader, event=event).value

        assert row["fields"]["words"] == "[erased]"


def test_only_oneself_or_an_administrator_erases_and_only_whom_there_is(world: World) -> None:
    size = world.size()

    for name in ("ines", "kurt", "wim"):
        with refused(RoleMissing):
            world.say(name, "records.erase", member=world["omar"])
    with refused(NoSuchMember):
        world.say("ada", "records.erase", member="nobody")

    assert world.size() == size


def test_an_anonymous_concern_outlives_the_erasure_of_whoever_raised_it(world: World) -> None:
    code, event = left(world, "omar", words="Too close")

    world.say("ada", "records.erase", member=world["omar"])

    assert words(world, "kurt", event) == "Too close"
    assert world.application.concerns.returned(code).value["said"] == ("Too close",)


def test_what_is_held_about_oneself_is_told_to_oneself(world: World) -> None:
    event = concern(world, label="RED")
    left(world, "omar")

    mine = world.application.questions.ledger.mine(world.by("omar")).value

    assert [row["event"] for row in mine] == [event]


def test_without_its_key_store_a_log_is_read_with_its_words_closed(world: World) -> None:
    event = concern(world)
    questions = type(world.application.questions)(world.application.log, None)

    row = questions.ledger.event(world.by("kurt"), event=event).value

    assert row["fields"]["words"] == "[erased]"
