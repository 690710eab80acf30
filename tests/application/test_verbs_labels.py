"""Circumstances of a recording: labels and who is named under them, times, doors, erasure and relabelling."""

from typing import Any

import pytest

from counterpoise.application.desk import SKEW
from counterpoise.domain.concerns import ConcernAcknowledged, ConcernRaised
from counterpoise.domain.corrections import LabelNarrowed, LabelUnchanged, LabelWidened, NotYours
from counterpoise.domain.events import LABELS
from counterpoise.domain.members import NoSuchMember
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from tests.application.saying import meant
from tests.application.sayings import SAYINGS
from tests.application.world import DAY, HOUR, World, how, plain, refused

CONCERN = SAYINGS["concern"]


def people(world: World, *names: str) -> tuple[str, ...]:
    return tuple(world[name] for name in names)


def raised(world: World, **said: Any) -> dict[str, Any]:  # noqa: ANN401  any circumstance
    """Return a concern of Omar's as it was recorded under these circumstances."""
    receipt = CONCERN.say(world, how(**said))
    world.remember("concern", receipt)
    (event,) = world.recorded(receipt)
    return plain(event)


def item(world: World, *, as_of: str = "") -> dict[str, Any]:
    """Return the concern's first event as each of the people reads it: in full, as a skeleton, or not at all."""
    event = f"concern:{world['concern']}#1"
    seen: dict[str, Any] = {}
    for name in ("ines", "omar", "kurt", "lena", "vera", "wim"):
        rows = world.application.questions.ledger.events(world.by(name), as_of=as_of).value
        row = next((row for row in rows if row["event"] == event), None)
        seen[name] = None if row is None else row["fields"]["words"] if row["readable"] else "skeleton"
    return seen


WORDS = "Too close"
READ_BY: dict[str, dict[str, Any]] = {
    "CLEAR": dict.fromkeys(("ines", "omar", "kurt", "lena", "vera", "wim"), WORDS),
    "GREEN": {**dict.fromkeys(("ines", "omar", "kurt", "lena", "vera"), WORDS), "wim": None},
    "AMBER": {
        **dict.fromkeys(("ines", "omar"), WORDS),
        **dict.fromkeys(("kurt", "lena", "vera"), "skeleton"),
        "wim": None,
    },
    "RED": {"omar": WORDS, "vera": "skeleton", **dict.fromkeys(("ines", "kurt", "lena", "wim"))},
}
READ_BY["AMBER+STRICT"] = READ_BY["AMBER"]


@pytest.mark.parametrize("label", LABELS)
def test_a_label_says_who_reads_what_and_who_knows_that_it_is_there(world: World, label: str) -> None:
    raised(world, label=label)

    assert item(world) == READ_BY[label]


def test_red_is_read_by_those_it_names_under_their_pseudonyms(world: World) -> None:
    said = raised(world, label="RED", recipients=people(world, "kurt", "ines"))

    assert said["recipients"] == (world.name("kurt"), world.name("ines"))
    assert item(world) == READ_BY["RED"] | {"kurt": WORDS, "ines": WORDS}


@pytest.mark.parametrize("name", ["vera", "wim", "pat", "gone", "ada"])
def test_red_names_nobody_who_does_not_take_part(world: World, name: str) -> None:
    with refused(NoSuchMember):
        raised(world, label="RED", recipients=people(world, name))


def test_amber_reaches_the_group_and_plain_amber_the_clients_too(world: World) -> None:
    brigade = (world["brigade"],)
    read = READ_BY["AMBER"] | {"kurt": WORDS, "lena": WORDS}

    said = raised(world, label="AMBER+STRICT", group=brigade, clients=(world["firm"],))
    strict = item(world)
    raised(world, label="AMBER", clients=brigade)

    assert (said["group"], said["clients"]) == ((world["agency"], world["brigade"]), ())
    assert (strict, item(world)) == (read, read)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"label": "WHITE"}, UnknownWord),
        ({"source": "pigeon"}, UnknownWord),
        ({"recipients": ("nobody",), "label": "RED"}, NoSuchMember),
    ],
)
def test_circumstances_that_cannot_be_are_refused(
    world: World, said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with refused(refusal):
        raised(world, **said)


def test_nothing_is_recorded_that_has_not_occurred_yet(world: World) -> None:
    with refused(BadValue) as caught:
        raised(world, occurred_at=world.clock.now + SKEW + 2_000_000)

    assert caught.value.sentence == "That has not occurred yet."


def test_clocks_may_differ_by_a_little(world: World) -> None:
    said = raised(world, occurred_at=world.clock.now + SKEW)

    assert said["occurred_at"] - said["recorded_at"] <= SKEW


def test_what_occurred_a_while_ago_is_recorded_now(world: World) -> None:
    said = raised(world, occurred_at=world.clock.now - DAY)

    assert said["recorded_at"] == world.clock.now
    assert said["recorded_at"] - said["occurred_at"] == DAY + 1_000_000


def test_red_about_no_pilot_names_its_readers(world: World) -> None:
    with refused(BadValue):
        SAYINGS["story"].say(world, how(label="RED"))


def test_an_anonymous_concern_leaves_nobody_and_no_hour(world: World) -> None:
    receipt = CONCERN.say(world, how(source="web"), anonymous=True, about="")
    (event,) = world.recorded(receipt)

    said = plain(event)
    assert (said["member"], said["actor"], said["label"], said["words"]) == ("", "", "GREEN", WORDS)
    assert said["recorded_at"] == said["occurred_at"] == world.clock.now // DAY * DAY
    assert not {world["omar"], world.name("omar"), world["agency"]} & {*map(str, said.values())}


def test_follow_ups_go_to_whoever_reads_the_concern_and_to_whoever_says_them(world: World) -> None:
    raised(world, label="RED", recipients=people(world, "kurt"))

    acknowledgement = SAYINGS["acknowledge"]
    (event,) = world.recorded(acknowledgement.say(world))

    assert event.label == "RED"
    assert set(event.recipients) == {world.name("kurt"), world.name("omar")}


def test_a_follow_up_of_a_narrowed_concern_is_as_narrow(world: World) -> None:
    raised(world, label="GREEN")
    world.say(
        "omar", "records.relabel", how(label="RED", recipients=people(world, "kurt")), event=concern(world)
    )

    (event,) = world.recorded(SAYINGS["acknowledge"].say(world))

    assert event.label == "RED"


def concern(world: World) -> str:
    return f"concern:{world['concern']}#1"


def relabel(world: World, name: str, **said: Any) -> None:  # noqa: ANN401  any circumstance
    world.say(name, "records.relabel", how(**said), event=concern(world))


def test_its_source_widens_a_label(world: World) -> None:
    raised(world)

    relabel(world, "omar", label="GREEN")

    assert item(world) == READ_BY["GREEN"]


@pytest.mark.parametrize("name", ["ines", "kurt", "vera"])
def test_nobody_but_its_source_widens_a_label(world: World, name: str) -> None:
    raised(world, label="GREEN")

    with refused(NotYours):
        relabel(world, name, label="CLEAR")


@pytest.mark.parametrize("name", ["omar", "ines"])
def test_its_source_or_its_organisations_coordinator_narrows_a_label(world: World, name: str) -> None:
    raised(world, label="GREEN")

    relabel(world, name, label="AMBER+STRICT")

    assert item(world) == READ_BY["AMBER+STRICT"]


@pytest.mark.parametrize("name", ["kurt", "lena", "vera"])
def test_another_organisation_narrows_nothing(world: World, name: str) -> None:
    raised(world, label="GREEN")

    with refused(NotYours):
        relabel(world, name, label="AMBER+STRICT")


def test_its_source_narrows_what_its_organisation_reads_to_somebody_it_names(world: World) -> None:
    raised(world)

    relabel(world, "omar", label="RED", recipients=people(world, "kurt"))

    assert world.events(LabelNarrowed)
    assert item(world) == READ_BY["RED"] | {"kurt": WORDS}


def test_a_coordinator_narrows_to_colleagues_who_read_it_already_and_to_nobody_new(world: World) -> None:
    raised(world)

    with refused(NotYours):
        relabel(world, "ines", label="RED", recipients=people(world, "kurt"))
    relabel(world, "ines", label="RED", recipients=people(world, "ines"))

    assert item(world) == READ_BY["RED"] | {"ines": WORDS}


def test_more_people_under_the_same_label_are_a_wider_audience(world: World) -> None:
    raised(world)

    relabel(world, "omar", label="AMBER+STRICT", group=(world["brigade"],))

    assert world.events(LabelWidened)
    assert item(world) == READ_BY["AMBER"] | {"kurt": WORDS, "lena": WORDS}


def test_a_label_that_changes_nothing_is_refused(world: World) -> None:
    raised(world)

    with refused(LabelUnchanged):
        relabel(world, "omar", label="AMBER+STRICT")


def test_a_change_of_label_names_the_label(world: World) -> None:
    raised(world)

    with refused(UnknownWord):
        relabel(world, "omar", recipients=people(world, "ines"))


def test_what_narrowed_takes_its_corrections_along(world: World) -> None:
    raised(world, label="GREEN")
    world.say(
        "omar",
        "records.correct",
        event=concern(world),
        field="words",
        words="Much too close",
        reason="More so",
    )
    relabel(world, "omar", label="RED", recipients=people(world, "ines"))

    correction = f"concern:{world['concern']}#2"
    for name in ("kurt", "lena", "wim"):
        rows = world.application.questions.ledger.events(world.by(name)).value

        assert correction not in {row["event"] for row in rows}


def test_who_may_read_the_past_is_a_matter_of_today(world: World) -> None:
    raised(world, label="GREEN")
    before = world.size()
    relabel(world, "omar", label="AMBER+STRICT")

    assert item(world, as_of=str(before)) == READ_BY["AMBER+STRICT"]


def test_acknowledgements_carry_the_time_they_occurred(world: World) -> None:
    raised(world)
    SAYINGS["acknowledge"].say(world, how(occurred_at=world.clock.now - HOUR))

    (event,) = world.events(ConcernAcknowledged)
    (first,) = world.events(ConcernRaised)
    assert event.occurred_at < first.recorded_at < event.recorded_at


def test_everything_under_a_label_of_ones_own_choice(world: World) -> None:
    spoken = [
        name for name, saying in SAYINGS.items() if saying.verb.startswith("pilots.") and not saying.after
    ]

    for name in ("stage", "level", "stance", "charter"):
        assert name in spoken
        (event,) = world.recorded(SAYINGS[name].say(world, how(label="AMBER+STRICT")))

        assert (event.label, event.group) == (
            "AMBER+STRICT",
            (meant(world, f"@{actor_of(SAYINGS[name].by)}"),),
        )


def actor_of(name: str) -> str:
    return {"ines": "agency", "lena": "brigade", "kurt": "brigade", "omar": "agency"}[name]
