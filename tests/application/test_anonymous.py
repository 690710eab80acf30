"""An anonymous concern: nothing tells whose it is, nothing of it is lost, and its holder comes back to it."""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from counterpoise.application.anonymous import BATCH, RELEASED_AT, BadReceiptCode, NoReaders
from counterpoise.application.desk import RoleMissing
from counterpoise.application.phases import SpokenAlready
from counterpoise.domain.concerns import (
    ConcernAcknowledged,
    ConcernAddedTo,
    ConcernEnded,
    ConcernRaised,
    ConcernResolved,
    ConcernWithdrawn,
    OnlyWhoRaisedIt,
)
from counterpoise.domain.corrections import NotYours
from counterpoise.domain.members import NoSuchMember
from counterpoise.domain.pilots import NoSuchPilot
from counterpoise.domain.refusals import BadValue, UnknownWord
from tests.application.sayings import SAYINGS
from tests.application.world import DAY, World, left, plain, refused
from tests.store.kept import traces

WORDS = "left-canary: the night guard is armed"


def leave(world: World, name: str, /, **said: Any) -> str:  # noqa: ANN401  anything a concern says
    return world.application.concerns.leave(
        world.by(name), **{"pilot": world["ferry"], "words": WORDS} | said
    )


def come_back(world: World, code: str, deed: str, words: str = "") -> None:
    world.application.concerns.come_back(code, deed=deed, words=words)


def returned(world: World, code: str) -> Any:  # noqa: ANN401  what a holder is told
    return world.application.concerns.returned(code).value


def release(world: World, after: int = 2 * DAY) -> tuple[str, ...]:
    return world.application.concerns.release(world.clock.now + after)


def enter(world: World) -> None:
    for name in ("ines", "kurt"):
        world.say(name, "scans.record", pilot=world["ferry"], scores={"speed": 0.8, "neutrality": 0.4})
    world.say("ines", "pilots.enter_stage", pilot=world["ferry"], stage="design")


def close(world: World) -> None:
    world.say("ines", "pilots.close", pilot=world["ferry"], reason="Done")


# What the log tells


def test_what_is_left_names_nobody_and_no_hour(world: World) -> None:
    SAYINGS["reflection"].say(world)  # under the name that he bears on the pilot
    left(world, "omar", words=WORDS, about=world["brigade"], kind="neutrality")

    (event,) = world.events(ConcernRaised)
    said = plain(event)
    assert (said["member"], said["actor"], said["shown_actor"], said["label"]) == ("", "", "", "GREEN")
    assert (said["words"], said["anonymous"], said["source"]) == (WORDS, True, "web")
    assert said["recorded_at"] % DAY == said["occurred_at"] % DAY == 0
    assert not {world["omar"], world.name("omar"), world["agency"]} & {*map(str, said.values())}


def test_the_key_of_its_words_is_made_without_an_hour_too(world: World) -> None:
    left(world, "omar")

    recorded = list(world.application.log.read())[-2:]
    assert [each.event.TOPIC for each in recorded] == ["key.made", "concern.raised"]
    assert all(each.event.recorded_at % DAY == 0 for each in recorded)


def test_nothing_is_recorded_of_who_leaves_it_nor_when(world: World) -> None:
    size = world.size()

    leave(world, "omar")

    assert world.size() == size
    assert world.application.concerns.waiting() == 1


def test_no_file_and_no_log_line_holds_words_code_or_person(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    code = leave(world, "omar")
    release(world)

    assert traces(world.folder, b"left-canary", code.encode()) == []
    assert "left-canary" not in caplog.text
    assert code not in caplog.text
    assert world["omar"] not in caplog.text


def test_what_is_anonymous_is_corrected_by_nobody_with_a_name(world: World) -> None:
    _, event = left(world, "omar")

    for name in ("omar", "ines", "kurt"):
        with refused(NotYours):
            world.say(name, "records.correct", event=event, changes={"severity": "low"})
        with refused(NotYours):
            world.say(name, "records.withdraw", event=event)
        with refused(OnlyWhoRaisedIt):
            concern = event.partition(":")[2].partition("#")[0]
            world.say(name, "concerns.resolve", pilot=world["ferry"], concern=concern)


# When it is recorded


def test_where_three_wait_on_a_pilot_they_are_recorded_at_once(world: World) -> None:
    for name in ("omar", "kurt"):
        leave(world, name)
    assert world.events(ConcernRaised) == []

    leave(world, "lena")

    assert len(world.events(ConcernRaised)) == BATCH
    assert world.application.concerns.waiting() == 0


def test_fewer_wait_until_six_oclock_of_the_next_day(world: World) -> None:
    leave(world, "omar")
    due = world.clock.now // DAY * DAY + DAY + RELEASED_AT

    assert world.application.concerns.release(due - 1) == ()
    assert len(world.application.concerns.release(due)) == 1
    assert world.application.concerns.release(due) == ()


def test_what_was_left_today_does_not_go_with_what_was_left_before(world: World) -> None:
    leave(world, "omar", words="First")
    world.clock.now += DAY
    leave(world, "kurt", words="Second")

    world.application.concerns.release(world.clock.now)

    (event,) = world.events(ConcernRaised)
    assert plain(event)["words"] == "First"


def test_a_batch_is_recorded_in_an_order_drawn_by_lot(world: World) -> None:
    concerns = world.application.concerns
    leave(world, "omar")
    (row,) = map(json.loads, world.application.keys.drawers.all(f"waiting:{world['ferry']}"))
    for number in range(20):
        concerns._put(row | {"id": f"{number:02d}", "concern": f"c{number:02d}"})

    drawn = [
        [each["concern"] for each in concerns._batch(f"waiting:{world['ferry']}", world.clock.now)]
        for _ in range(2)
    ]

    assert drawn[0] != drawn[1]
    assert sorted(drawn[0]) == sorted(drawn[1])


def test_a_release_that_was_cut_short_records_the_rest_and_nothing_twice(world: World) -> None:
    drawer = f"waiting:{world['ferry']}"
    drawers = world.application.keys.drawers
    leave(world, "omar", words="First")
    leave(world, "kurt", words="Second")
    rows = drawers.all(drawer)
    release(world)
    for row in rows:  # as if it had been killed between the log and the key store
        drawers.put(drawer, json.loads(row)["id"], row)

    assert len(release(world)) <= len(rows)

    assert sorted(plain(each)["words"] for each in world.events(ConcernRaised)) == ["First", "Second"]
    assert world.application.concerns.waiting() == 0


def test_what_waits_is_recorded_though_the_pilot_is_closed_meanwhile(world: World) -> None:
    leave(world, "omar")
    world.say("ines", "pilots.close", pilot=world["ferry"], reason="Done")

    assert len(release(world)) == 1


def test_what_waits_survives_the_erasure_of_another(world: World) -> None:
    code = leave(world, "omar")
    world.say("ada", "records.erase", member=world["kurt"])

    assert returned(world, code)["said"] == (WORDS,)
    assert len(release(world)) == 1


# One voice a person a phase


def test_one_person_leaves_one_concern_a_phase(world: World) -> None:
    leave(world, "omar")
    with refused(SpokenAlready) as caught:
        leave(world, "omar")
    assert "this phase" in caught.value.sentence

    enter(world)
    leave(world, "omar")
    assert world.application.concerns.waiting() == 2


def test_after_a_phase_nothing_is_left_of_who_spoke_in_it(world: World) -> None:
    leave(world, "omar")
    assert world.application.keys.drawers.names("phase:")

    enter(world)

    assert world.application.keys.drawers.names("phase:") == []


def test_the_end_of_a_pilot_ends_its_phase(world: World) -> None:
    leave(world, "omar")

    world.say("ines", "pilots.close", pilot=world["ferry"], reason="Done")

    assert world.application.keys.drawers.names("phase:") == []


def test_a_phase_whose_end_was_missed_ends_when_the_next_voice_is_heard(world: World) -> None:
    leave(world, "omar")
    before = world.application.keys.drawers.all(f"phase:{world['ferry']}")
    enter(world)
    for number, text in enumerate(before):
        world.application.keys.drawers.put(
            f"phase:{world['ferry']}", "key" if text else f"token {number}", text
        )

    leave(world, "omar")

    after = world.application.keys.drawers.all(f"phase:{world['ferry']}")
    assert not {*filter(None, before)} & {*after}


@pytest.mark.parametrize("moved", [enter, close])
def test_a_phase_whose_end_was_cut_short_is_forgotten_with_the_next_release(
    world: World, moved: Callable[[World], None]
) -> None:
    drawer, drawers = f"phase:{world['ferry']}", world.application.keys.drawers
    leave(world, "omar")
    release(world)
    kept = drawers.look(drawer, "key")
    assert kept is not None

    release(world)
    assert drawers.names("phase:") == [drawer]
    moved(world)
    drawers.put(drawer, "key", kept.text)
    release(world)

    assert drawers.names("phase:") == []


def test_a_stage_is_entered_though_the_key_file_cannot_be_replaced(world: World) -> None:
    leave(world, "omar")
    (world.folder / "log.db.kek.next").mkdir()

    enter(world)
    assert len(release(world)) == 1
    assert world.application.keys.drawers.names("phase:")

    (world.folder / "log.db.kek.next").rmdir()
    release(world)
    assert world.application.keys.drawers.names("phase:") == []


def test_a_refused_concern_uses_up_no_voice(world: World) -> None:
    for wrong, why in (
        ({"words": " "}, BadValue),
        ({"kind": "x"}, UnknownWord),
        ({"label": "AMBER"}, BadValue),
    ):
        with refused(why):
            leave(world, "omar", **wrong)

    assert len(leave(world, "omar")) == 16


@pytest.mark.parametrize(("name", "why"), [("vera", RoleMissing), ("wim", NoSuchPilot), ("pat", NoSuchPilot)])
def test_only_who_takes_part_has_a_voice(world: World, name: str, why: type[NoSuchPilot]) -> None:
    with refused(why):
        leave(world, name)


# Whom it is for, and from where


def test_a_red_one_is_read_by_named_people_and_its_holder_alone(world: World) -> None:
    code, event = left(world, "omar", label="RED", recipients=(world["kurt"],), words=WORDS)
    ask = world.application.questions.ledger.events

    for name in ("omar", "ines", "lena", "vera"):
        assert WORDS not in str(ask(world.by(name)).value)
    assert WORDS in str(ask(world.by("kurt")).value)
    assert returned(world, code)["said"] == (WORDS,)
    concern = event.partition(":")[2].partition("#")[0]
    world.say("kurt", "concerns.acknowledge", pilot=world["ferry"], concern=concern, words="Heard")
    assert [each["words"] for each in returned(world, code)["replies"]] == ["Heard"]
    (heard,) = world.events(ConcernAcknowledged)
    assert "" not in heard.recipients


def test_a_red_one_names_readers_who_take_part(world: World) -> None:
    with refused(NoReaders):
        leave(world, "omar", label="RED")
    with refused(NoSuchMember):
        leave(world, "omar", label="RED", recipients=(world["vera"],))


def test_an_organisation_is_shown_where_five_of_it_take_part_and_the_author_chose_so(world: World) -> None:
    with refused(BadValue):
        leave(world, "omar", show_actor=True)
    for number in range(3):
        person = world.make(
            f"p{number}", "ada", "members.enrol", actor=world["agency"], handle=f"p{number}", name="P"
        )
        world.say("ines", "members.grant", member=person, role="participant", pilot=world["ferry"])

    left(world, "omar", show_actor=True)
    left(world, "ines")

    shown = [plain(each)["shown_actor"] for each in world.events(ConcernRaised)]
    assert shown == [world["agency"], ""]
    assert all(each.actor == "" for each in world.events(ConcernRaised))


def test_an_organisation_that_has_shrunk_meanwhile_is_not_shown(world: World) -> None:
    for number in range(3):
        person = world.make(
            f"p{number}", "ada", "members.enrol", actor=world["agency"], handle=f"p{number}", name="P"
        )
        world.say("ines", "members.grant", member=person, role="participant", pilot=world["ferry"])
    leave(world, "omar", show_actor=True)
    world.say("ada", "members.leave", member=world["p0"])

    release(world)

    (event,) = world.events(ConcernRaised)
    assert plain(event)["shown_actor"] == ""


# Its holder comes back


def test_its_holder_is_told_what_became_of_it(world: World) -> None:
    code = leave(world, "omar")
    assert (returned(world, code)["status"], returned(world, code)["said"]) == ("waiting", (WORDS,))

    (event,) = release(world)
    told = returned(world, code)
    assert (told["status"], told["label"], told["title"]) == ("raised", "GREEN", "The ferry")

    concern = event.partition(":")[2].partition("#")[0]
    world.say("kurt", "concerns.acknowledge", pilot=world["ferry"], concern=concern, words="Thank you")
    told = returned(world, " ".join(code[at : at + 4] for at in range(0, 16, 4)))
    assert (told["status"], told["replies"][0]["words"]) == ("acknowledged", "Thank you")
    assert told["replies"][0]["day"] % DAY == 0


@pytest.mark.parametrize("code", ["", "1234", "0" * 16, "words", "\u0660" * 15])
def test_a_code_that_is_not_one_is_refused(world: World, code: str) -> None:
    leave(world, "omar")

    with refused(BadReceiptCode):
        world.application.concerns.returned(code)
    with refused(BadReceiptCode):
        come_back(world, code, "withdraw")


def test_what_its_holder_adds_and_settles_is_of_nobody_and_of_no_hour(world: World) -> None:
    code, _ = left(world, "omar")
    come_back(world, code, "add", "Also by day")
    come_back(world, code, "resolve", "The guard went home")
    assert returned(world, code)["waits"] == ("add", "resolve")

    release(world)

    added, resolved = [each for each in world.events() if each.TOPIC.startswith("concern.")][-2:]
    assert [type(added), type(resolved)] == [ConcernAddedTo, ConcernResolved]
    for event in (added, resolved):
        said = plain(event)
        assert (said["member"], said["actor"], said["label"]) == ("", "", "GREEN")
        assert said["recorded_at"] % DAY == said["occurred_at"] % DAY == 0
    told = returned(world, code)
    assert (told["status"], told["said"][1:]) == ("resolved", ("Also by day", "The guard went home"))
    with refused(ConcernEnded):
        come_back(world, code, "add", "Too late")


def test_what_is_added_is_told_with_the_concern_to_those_who_read_it(world: World) -> None:
    code, event = left(world, "omar")
    come_back(world, code, "add", "Also by day")
    release(world)
    ask = world.application.questions.pilots.concerns

    (row,) = ask(world.by("kurt"), pilot=world["ferry"]).value
    assert (row["status"], row["added"]) == ("raised", ("Also by day",))
    assert row["events"] == [event, event.replace("#1", "#2")]
    assert ask(world.by("wim")).value == ()


def test_what_still_waits_is_added_to_as_it_waits(world: World) -> None:
    code = leave(world, "omar", words="First")

    come_back(world, code, "add", "Second")
    release(world)

    (event,) = world.events(ConcernRaised)
    assert plain(event)["words"] == "First\n\nSecond"


@pytest.mark.parametrize("deed", ["withdraw", "resolve"])
def test_what_still_waits_is_taken_back_before_anybody_reads_it(world: World, deed: str) -> None:
    code = leave(world, "omar")

    come_back(world, code, deed)

    assert release(world) == ()
    assert world.events(ConcernRaised) == []
    assert returned(world, code)["status"].startswith(deed[:6])
    with refused(ConcernEnded):
        come_back(world, code, "add", "More")


def test_what_was_recorded_is_taken_back_once(world: World) -> None:
    code, _ = left(world, "omar")
    come_back(world, code, "withdraw", "It was a shadow")
    with refused(ConcernEnded):
        come_back(world, code, "resolve")

    release(world)

    (event,) = world.events(ConcernWithdrawn)
    assert plain(event)["reason"] == "It was a shadow"
    assert returned(world, code)["status"] == "withdrawn"


def test_what_comes_back_waits_as_what_was_left(world: World) -> None:
    code, _ = left(world, "omar")
    world.clock.now += DAY
    size = world.size()

    come_back(world, code, "add", "Also by day")

    assert world.application.concerns.release(world.clock.now) == ()
    assert world.size() == size


def test_nobody_else_is_told_who_a_holder_is(world: World) -> None:
    SAYINGS["reflection"].say(world)
    code, event = left(world, "omar", label="RED", recipients=(world["kurt"],))
    come_back(world, code, "add", "More")
    release(world)

    own = [each for each in world.events() if each.stream == event.partition("#")[0]]
    names = {world["omar"], world.name("omar"), world["agency"]}
    for each in own:
        assert not names & {str(getattr(each, field.name)) for field in fields(each)}
        assert not names & {*each.recipients, *each.group, *each.clients}


def test_concerns_left_in_any_order_are_all_recorded_once(world: World) -> None:
    chance = random.Random(7)
    people = ["omar", "kurt", "lena", "ines"]
    chance.shuffle(people)

    for name in people:
        leave(world, name, words=f"By {name}")
    release(world)
    release(world)

    words = sorted(plain(each)["words"] for each in world.events(ConcernRaised))
    assert words == sorted(f"By {name}" for name in people)
