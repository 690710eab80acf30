"""What stands behind a figure: the events, and who else may read them."""

from typing import Any

import pytest

from counterpoise.application.operations_seed import Told
from counterpoise.application.questions import Questions
from counterpoise.policy import Member

PRIOR = 0.5


@pytest.fixture
def questions(told: Told) -> Questions:
    """Lend the questions about the seeded history."""
    return told.application.questions


def _by_actor(questions: Questions, reader: Member, pilot: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in questions.behind.pilot(reader, pilot=pilot).value["events"]:
        found.setdefault(row["actor"], []).append(dict(row))
    return found


def test_a_balance_stands_on_its_scan_and_on_the_evidence_on_the_partner_least_trusted(
    told: Told, questions: Questions
) -> None:
    pilot, reader = told.cast.pilots["needs"], told.application.speaker("ines")

    behind = _by_actor(questions, reader, pilot)

    for row in questions.balances(reader, pilot=pilot).value:
        rows = behind[row["actor"]]
        assert [each["event"] for each in rows if each["part"] == "scan"] == [row["event"]]
        on_trust = [each for each in rows if each["part"] == "trust"]
        assert {each["about"] for each in on_trust} == {row["trust_in"]}
        assert sum(each["contribution"] for each in on_trust) == pytest.approx(row["trust"] - PRIOR)


def test_nothing_stands_behind_what_a_reader_does_not_know_of(told: Told, questions: Questions) -> None:
    found = questions.behind.pilot(told.application.speaker("lani"), pilot=told.cast.pilots["needs"])

    assert set(found.value.values()) == {()}


def test_a_scan_that_is_not_open_is_read_by_its_own_organisation_alone(
    told: Told, questions: Questions
) -> None:
    reader, pilot = told.application.speaker("kaspar"), told.cast.pilots["needs"]
    own = [row for row in questions.balances(reader, pilot=pilot).value if not row["opened"]]

    circles = questions.behind.circles(reader, events=[row["event"] for row in own]).value

    assert circles == ({"pilot": pilot, "label": "AMBER+STRICT"},)


def test_a_reader_is_told_of_no_circle_they_are_not_in(told: Told, questions: Questions) -> None:
    pilot = told.cast.pilots["needs"]
    events = [
        row["event"]
        for row in questions.behind.pilot(told.application.speaker("ines"), pilot=pilot).value["events"]
    ]

    circles = questions.behind.circles(told.application.speaker("lani"), events=events).value

    assert pilot not in {row["pilot"] for row in circles}


def test_events_are_asked_for_by_their_ids(told: Told, questions: Questions) -> None:
    reader = told.application.speaker("ines")
    wanted = [told.cast.events["coffee"], told.cast.events["beach"]]

    found = questions.ledger.events(reader, only=wanted).value

    assert sorted(row["event"] for row in found) == sorted(wanted)


def test_a_pilot_is_weighed_as_each_question_alone_weighs_it(told: Told, questions: Questions) -> None:
    reader, pilot = told.application.speaker("ines"), told.cast.pilots["needs"]

    found = questions.behind.pilot(reader, pilot=pilot).value

    assert found["balances"] == questions.balances(reader, pilot=pilot).value
    assert found["advice"] == questions.advice(reader, pilot=pilot).value
    parts = questions.balance_contributions(reader, pilot=pilot).value
    assert [each["value"] for each in found["contributions"]] == [each["value"] for each in parts]


def test_trust_stands_as_each_question_alone_has_it(told: Told, questions: Questions) -> None:
    reader, actor = told.application.speaker("ines"), told.cast.actors["force"]

    found = questions.behind.standing(reader, actor=actor, points=24).value

    by_theatre = {row["theatre"]: row for row in questions.trust(reader, actor=actor).value}
    assert {row["theatre"]: row for row in found["figures"]} == by_theatre
    trajectory = {
        (row["theatre"], row["day"]): row["trust"] for row in questions.trajectory(reader, actor=actor).value
    }
    assert {(row["theatre"], row["day"]): row["trust"] for row in found["trajectories"]} == pytest.approx(
        trajectory
    )
    for row in found["figures"]:
        parts = [each["contribution"] for each in found["events"] if each["theatre"] == row["theatre"]]
        assert sum(parts) == pytest.approx(row["trust"] - PRIOR)


def test_everybody_must_read_everything_behind_a_figure(told: Told, questions: Questions) -> None:
    ines, lani = (told.application.speaker(name) for name in ("ines", "lani"))
    events = questions.behind.pilot(ines, pilot=told.cast.pilots["needs"]).value["events"]
    named = {row["event"] for row in events}

    assert questions.behind.all_read([ines], events=named).value
    assert not questions.behind.all_read([ines, lani], events=named).value
