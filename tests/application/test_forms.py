"""A one-time form: opened for one member on one pilot, looked at, sent in once, and then gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from counterpoise.application.anonymous import NoReaders
from counterpoise.application.desk import NoSuchSpeaker, RoleMissing
from counterpoise.application.forms import LIFE, FormGone
from counterpoise.application.phases import SpokenAlready
from counterpoise.domain.concerns import ConcernRaised
from counterpoise.domain.pilots import NoSuchPilot
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from tests.application.world import DAY, World, plain, refused
from tests.store.kept import traces

WORDS = "form-canary: they asked for the lists"


def opened(world: World, name: str = "omar", kind: str = "restricted") -> str:
    return world.application.forms.open(world.by(name), pilot=world["ferry"], kind=kind)


def test_a_restricted_form_records_what_named_people_may_read(world: World) -> None:
    handed = world.application.forms.submit(opened(world), words=WORDS, recipients=(world["kurt"],))

    (event,) = world.events(ConcernRaised)
    said = plain(event)
    assert (said["words"], said["label"], said["member"], said["source"]) == (
        WORDS,
        "RED",
        world.name("omar"),
        "web",
    )
    assert said["recipients"] == (world.name("kurt"),)
    assert handed.event == f"{event.stream}#1"


def test_an_anonymous_form_gives_a_receipt_code(world: World) -> None:
    handed = world.application.forms.submit(opened(world, kind="anonymous"), words=WORDS)

    assert len(handed.code) == 16
    assert handed.code not in repr(handed)
    assert world.application.concerns.returned(handed.code).value["said"] == (WORDS,)
    (event,) = world.application.concerns.release(world.clock.now + 2 * DAY)
    assert event.startswith("concern:")


@pytest.mark.parametrize("kind", ["restricted", "anonymous"])
def test_a_form_is_sent_in_once(world: World, kind: str) -> None:
    token = opened(world, kind=kind)
    world.application.forms.submit(token, words=WORDS, label="GREEN")

    for ask in (
        world.application.forms.look,
        lambda each: world.application.forms.submit(each, words="More"),
    ):
        with refused(FormGone):
            ask(token)


@pytest.mark.parametrize("kind", ["restricted", "anonymous"])
def test_a_form_sent_in_many_times_at_once_is_taken_once(world: World, kind: str) -> None:
    token = opened(world, kind=kind)

    def send(number: int) -> str:
        try:
            handed = world.application.forms.submit(token, words=f"{WORDS} {number}", label="GREEN")
        except Refusal as refusal:
            return refusal.rule
        return handed.code or handed.event

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    world.application.concerns.release(world.clock.now + 2 * DAY)

    assert sum(answer not in {"form-gone", "spoken-already"} for answer in answers) == 1
    assert len(world.events(ConcernRaised)) == 1


def test_a_form_lives_for_half_an_hour(world: World) -> None:
    token = opened(world)
    assert world.application.forms.look(token).value.until == world.clock.now - 1_000_000 + LIFE

    world.clock.now += LIFE
    with refused(FormGone):
        world.application.forms.look(token)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "../forms"])
def test_a_link_that_is_none_is_told_what_a_used_one_is(world: World, token: str) -> None:
    with refused(FormGone) as caught:
        world.application.forms.look(token)

    assert "used" in caught.value.sentence


def test_a_refused_form_may_be_sent_again(world: World) -> None:
    forms, token = world.application.forms, opened(world)
    with refused(NoReaders):
        forms.submit(token, words=WORDS)
    with refused(BadValue):
        forms.submit(token, words=" ", recipients=(world["kurt"],))
    with refused(UnknownWord):
        forms.submit(token, words=WORDS, label="CLEAR")

    assert forms.submit(token, words=WORDS, recipients=(world["kurt"],)).event


def test_a_second_anonymous_form_in_a_phase_is_refused_and_stays_open(world: World) -> None:
    world.application.forms.submit(opened(world, kind="anonymous"), words=WORDS)
    token = opened(world, kind="anonymous")

    with refused(SpokenAlready):
        world.application.forms.submit(token, words=WORDS)
    assert world.application.forms.look(token).value.kind == "anonymous"


@pytest.mark.parametrize(("name", "why"), [("vera", RoleMissing), ("wim", NoSuchPilot), ("ada", NoSuchPilot)])
def test_only_who_takes_part_opens_a_form(world: World, name: str, why: type[Refusal]) -> None:
    with refused(why):
        opened(world, name)


def test_a_form_names_readers_as_far_as_its_writer_may_know_them(world: World) -> None:
    form = world.application.forms.look(opened(world)).value

    assert [(each.name, each.actor, each.role) for each in form.readers] == [
        ("Ines of agency", "The agency", "coordinator"),
        ("", "The brigade", "coordinator"),
        ("", "The brigade", "participant"),
    ]
    assert {each.member for each in form.readers} == {world["ines"], world["kurt"], world["lena"]}
    assert (form.title, form.actor_name, form.may_show_actor) == ("The ferry", "The agency", False)
    assert form.actors == {world["brigade"]: "The brigade"}
    assert form.steps == {world["scout"]: "Scout the pier"}


def test_who_left_meanwhile_sends_nothing_in(world: World) -> None:
    token = opened(world)
    world.say("ada", "members.leave", member=world["omar"])

    with refused(NoSuchSpeaker):
        world.application.forms.submit(token, words=WORDS, label="GREEN")


def test_who_is_erased_has_no_open_form(world: World) -> None:
    token = opened(world)
    world.say("ada", "records.erase", member=world["omar"])

    with refused(FormGone):
        world.application.forms.look(token)


def test_neither_token_nor_words_stand_in_any_file(world: World) -> None:
    token = opened(world, kind="anonymous")
    assert traces(world.folder, token.encode()) == []

    world.application.forms.submit(token, words=WORDS)

    assert traces(world.folder, token.encode(), b"form-canary") == []
