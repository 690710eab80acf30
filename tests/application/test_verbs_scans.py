"""Scans: unopened until all are in, opened together, each with the level that its balance advises."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from counterpoise.domain.corrections import LabelWidened
from counterpoise.domain.keys import KeyMade
from counterpoise.domain.pilots import LevelAdvised, ScansOpened
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.scans import ScanRecorded, ScanRevised, ScansAreOpen, ScansMissing
from counterpoise.domain.steps import RedLineCrossed
from tests.application.saying import FERRY, meant
from tests.application.sayings import SAYINGS, ready
from tests.application.world import SCORES, World, how, refused, scan, start


def opened(world: World) -> list[ScansOpened]:
    return [event for event in world.events(ScansOpened) if isinstance(event, ScansOpened)]


def advised(world: World) -> list[LevelAdvised]:
    return [event for event in world.events(LevelAdvised) if isinstance(event, LevelAdvised)]


def seen_by(world: World, name: str) -> str:
    """Return everything a member is told of the pilot's scans, as JSON."""
    questions, reader = world.application.questions, world.by(name)
    events = questions.ledger.events(reader).value
    told = [
        [dict(row, number=0) for row in events if row["topic"] != KeyMade.TOPIC],  # an auditor knows of keys
        questions.balances(reader).value,
    ]
    return json.dumps(told, default=str)


def view(world: World, name: str, **asked: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the balances of the ferry pilot by actor, as a member is told of them."""
    rows = world.application.questions.balances(world.by(name), pilot=world["ferry"], **asked).value
    return {row["actor"]: row for row in rows}


def agrees(event: LevelAdvised, row: Mapping[str, Any]) -> bool:
    """Return whether what was recorded as advised is what the view says."""
    figures = (event.balance, event.deviation, event.probability, event.trust, event.trust_deviation)
    shown = (row["balance"], row["sd"], row["probability"], row["trust"], row["trust_sd"])
    words = (event.level, event.verdict, event.set_by, event.stage)
    return words == (
        row["level"],
        row["verdict"],
        row["capped_by"] or row["heaviest_risk"],
        row["stage"],
    ) and figures == pytest.approx(shown, abs=1e-12)


def test_the_first_scan_opens_nothing(world: World) -> None:
    scan(world, "ines")

    assert opened(world) == []


def test_the_last_scan_opens_all_of_them_at_once(world: World) -> None:
    scan(world, "ines")
    recorded = world.recorded(scan(world, "kurt"))

    assert [event.TOPIC for event in recorded] == [
        "scan.recorded",
        "pilot.scans-opened",
        "pilot.level-advised",
        "pilot.level-advised",
    ]
    (opening,) = opened(world)
    streams = {f"scan:{world['ferry']}/{world[actor]}/framing" for actor in ("agency", "brigade")}
    assert (set(opening.scans), opening.forced, opening.label) == (streams, False, "GREEN")


def test_an_invitation_keeps_scans_shut_until_it_is_answered_whatever_the_answer(world: World) -> None:
    world.say("ines", "pilots.invite", actor=world["firm"], framing="Come too", **meant(world, FERRY))
    world.say("ines", "members.grant", member=world["wim"], role="participant", **meant(world, FERRY))
    scan(world, "ines")
    scan(world, "kurt")
    before = len(opened(world))

    world.say("wim", "pilots.answer", reply="decline", reason_codes=("brand",), **meant(world, FERRY))

    assert (before, len(opened(world))) == (0, 1)
    assert {event.about for event in advised(world)} == {world["agency"], world["brigade"]}


def test_scans_open_when_the_one_that_is_missing_leaves(world: World) -> None:
    scan(world, "ines")

    world.say("kurt", "pilots.withdraw", reasons="Ordered home", **meant(world, FERRY))

    assert [event.about for event in advised(world)] == [world["agency"]]


def test_a_coordinator_opens_scans_early_for_a_reason_alone(world: World) -> None:
    with refused(ScansMissing):
        world.say("ines", "pilots.open_scans", **meant(world, FERRY), reason="Now")
    scan(world, "ines")
    with refused(ScansMissing):
        world.say("ines", "pilots.open_scans", **meant(world, FERRY))
    world.say("ines", "pilots.open_scans", **meant(world, FERRY), reason="The storm is here")

    (opening,) = opened(world)
    assert opening.forced
    with refused(ScansAreOpen):
        world.say("ines", "pilots.open_scans", **meant(world, FERRY), reason="Again")


@pytest.mark.parametrize(("name", "label"), [("kurt", "AMBER+STRICT"), ("kurt", "GREEN"), ("vera", "GREEN")])
def test_an_unopened_scan_is_seen_by_its_own_organisation_alone(world: World, name: str, label: str) -> None:
    blank = seen_by(world, name)

    world.say("ines", "scans.record", how(label=label), scores=SCORES, words="Canary", **meant(world, FERRY))

    assert seen_by(world, name) == blank
    assert "Canary" in seen_by(world, "omar")


def test_what_corrects_an_unopened_scan_is_as_unopened(world: World) -> None:
    blank = seen_by(world, "kurt")
    world.say("ines", "scans.record", how(label="GREEN"), scores=SCORES, **meant(world, FERRY))
    event = f"scan:{world['ferry']}/{world['agency']}/framing#1"

    world.say("ines", "records.correct", event=event, changes={"red_line": True}, reason="Canary")
    world.say("ines", "records.relabel", how(label="CLEAR"), event=event)

    assert world.events(LabelWidened)
    assert seen_by(world, "kurt") == blank


def test_nobody_asks_for_an_unopened_scan_by_its_name(world: World) -> None:
    world.say("ines", "scans.record", how(label="GREEN"), scores=SCORES, **meant(world, FERRY))
    told = []
    for actor in ("agency", "brigade"):
        event = f"scan:{world['ferry']}/{world[actor]}/framing#1"
        with pytest.raises(Refusal) as correcting:
            world.say("lena", "records.correct", event=event, changes={"red_line": True})
        with pytest.raises(Refusal) as proving:
            world.application.questions.ledger.proof(world.by("lena"), event=event)
        told.append([(caught.type, str(caught.value)) for caught in (correcting, proving)])

    assert told[0] == told[1]


def test_a_scan_is_revised_before_it_opens_and_only_its_newest_reading_ever_does(world: World) -> None:
    scan(world, "ines", scores={"speed": 0.111, "neutrality": 0.4})
    scan(world, "ines")
    scan(world, "kurt")

    assert [type(event) for event in world.events(ScanRecorded, ScanRevised)] == [
        ScanRecorded,
        ScanRevised,
        ScanRecorded,
    ]
    assert "0.111" not in seen_by(world, "kurt")


def test_open_scans_are_read_by_everybody_on_the_pilot_and_their_words_are_not(world: World) -> None:
    scan(world, "ines", words="Canary")
    scan(world, "kurt")

    told = {name: seen_by(world, name) for name in ("omar", "kurt", "vera")}
    assert all("0.4, " in each for each in told.values())
    assert [name for name, each in told.items() if "Canary" in each] == ["omar"]


def test_each_level_that_is_advised_is_what_the_balances_say_of_it(world: World) -> None:
    scan(world, "ines")
    scan(world, "kurt", scores={"speed": 0.4, "neutrality": 0.9}, doubts={"speed": 0.2})

    first, second = advised(world)

    rows = view(world, "vera")
    assert agrees(first, rows[first.about])
    assert agrees(second, rows[second.about])


def test_advice_counts_what_was_seen_of_partners_before(world: World) -> None:
    SAYINGS["red line"].say(world)
    SAYINGS["cross"].say(world)
    scan(world, "ines")
    scan(world, "kurt")

    assert world.events(RedLineCrossed)
    for event in advised(world):
        assert event.trust is not None
        assert agrees(event, view(world, "vera")[event.about])


def test_a_late_scan_is_open_and_advised_upon_at_once(world: World) -> None:
    scan(world, "ines")
    world.say("ines", "pilots.open_scans", **meant(world, FERRY), reason="The storm is here")

    recorded = world.recorded(scan(world, "kurt"))

    assert [event.TOPIC for event in recorded] == ["scan.recorded", "pilot.level-advised"]
    assert agrees(advised(world)[-1], view(world, "ines")[world["brigade"]])


def test_a_revision_of_an_open_scan_is_advised_upon_at_once(world: World) -> None:
    scan(world, "ines")
    scan(world, "kurt")

    scan(world, "kurt", scores={"speed": 0.1, "neutrality": 0.9})

    assert agrees(advised(world)[-1], view(world, "ines")[world["brigade"]])


def test_a_stage_that_is_entered_asks_for_scans_of_its_own(world: World) -> None:
    start(world)
    world.say("ines", "pilots.enter_stage", stage="design", **meant(world, FERRY))
    world.say("ines", "scans.record", scores={"speed": 0.111, "neutrality": 0.4}, **meant(world, FERRY))

    assert len(opened(world)) == 1
    assert "0.111" not in seen_by(world, "kurt")
    assert set(view(world, "kurt")) == {world["agency"], world["brigade"]}


@pytest.mark.parametrize("label", ["AMBER+STRICT", "RED"])
def test_scans_of_a_pilot_may_open_to_nobody_else_and_the_advice_says_no_more(
    world: World, label: str
) -> None:
    buoys = world.make(
        "buoys", "omar", "pilots.propose", theatre=world["coast"], title="Buoys", scan_label=label
    )
    world.say("omar", "members.grant", member=world["kurt"], role="participant", pilot=buoys)
    world.say("omar", "pilots.invite", actor=world["brigade"], framing="Come", pilot=buoys)
    world.say("kurt", "pilots.answer", reply="join", pilot=buoys)
    for name in ("omar", "kurt"):
        world.say(name, "scans.record", scores=SCORES | {"speed": 0.7654321}, pilot=buoys)

    assert len(advised(world)) == 2
    for name, own in (("omar", "agency"), ("kurt", "brigade")):
        rows = world.application.questions.ledger.events(world.by(name), pilot=buoys).value
        about = {
            row["fields"]["about"] for row in rows if row["topic"] == LevelAdvised.TOPIC and row["readable"]
        }

        assert about <= {world[own]}
        weighed = world.application.questions.balances(world.by(name), pilot=buoys).value
        assert {row["actor"] for row in weighed} == {world[own]}


def test_steps_start_on_what_was_advised(world: World) -> None:
    ready(world, SAYINGS["complete"])
    level = min(advised(world), key=lambda event: event.balance).level

    world.say("ines", "pilots.choose_level", level=level, **meant(world, FERRY))
    world.say("ines", "steps.pause", step=world["scout"], **meant(world, FERRY))

    assert world.say("ines", "steps.start", step=world["scout"], **meant(world, FERRY)).events
