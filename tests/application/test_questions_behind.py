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
    for row in questions.behind.balance(reader, pilot=pilot).value:
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
    found = questions.behind.balance(told.application.speaker("lani"), pilot=told.cast.pilots["needs"])

    assert found.value == ()


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
        row["event"] for row in questions.behind.balance(told.application.speaker("ines"), pilot=pilot).value
    ]

    circles = questions.behind.circles(told.application.speaker("lani"), events=events).value

    assert pilot not in {row["pilot"] for row in circles}


def test_events_are_asked_for_by_their_ids(told: Told, questions: Questions) -> None:
    reader = told.application.speaker("ines")
    wanted = [told.cast.events["coffee"], told.cast.events["beach"]]

    found = questions.ledger.events(reader, only=wanted).value

    assert sorted(row["event"] for row in found) == sorted(wanted)
