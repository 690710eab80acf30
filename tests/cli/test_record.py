"""Every verb can be typed, with names for what it names, and is answered in words or in JSON."""

import inspect

import pytest

from counterpoise.application.house import Application
from counterpoise.cli import record
from tests.cli.terminal import Terminal


def test_the_first_administrator_is_enrolled_once(founded: Terminal) -> None:
    again = founded(
        "found", "--actor", "Others", "--categories", "military", "--name", "Eve", "--handle", "eve", "--json"
    )

    assert (again.code, again.refused["rule"]) == (1, "already-founded")


def test_founding_again_in_the_same_words_finishes_what_was_begun(terminal: Terminal) -> None:
    words = ("--actor", "Clinic", "--categories", "humanitarian", "--name", "Bo", "--handle", "bo")
    first = terminal.done("found", *words)

    assert terminal.done("found", *words) == first


def test_a_store_is_not_founded_in_a_category_nobody_knows(terminal: Terminal) -> None:
    answer = terminal("found", "--actor", "A", "--categories", "humanitarion", "--name", "B", "--handle", "b")

    assert answer.code == 1
    assert "Did you mean 'humanitarian'?" in answer.err


def test_what_is_recorded_is_in_the_log(piloted: Terminal) -> None:
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words="We are seen with escorts")

    events = piloted.done("log", "--pilot", "Shared convoy map", by="bo")["events"]

    raised = events[-1]
    assert raised["topic"] == "concern.raised"
    assert raised["fields"]["words"] == "We are seen with escorts"
    assert raised["pilot_name"] == "Shared convoy map"


def test_the_same_key_is_recorded_once(piloted: Terminal) -> None:
    words = ("record", "concern", "raise", "--pilot", "Shared convoy map", "--words", "Late", "--key", "k1")
    first = piloted.done(*words, by="bo")

    again = piloted.done(*words, by="bo")

    assert again == first | {"repeated": True}


def test_a_refusal_says_what_happened_and_what_would_satisfy_it(piloted: Terminal) -> None:
    answer = piloted("record", "pilot", "enter-stage", "--pilot", "convoy map", "--stage", "tral", by="bo")

    assert answer.code == 1
    assert "'tral' is not in the vocabulary 'stages'" in answer.err
    assert "Did you mean 'trial'?" in answer.err
    assert "unknown-word" in answer.err


def test_a_name_that_is_close_to_none_is_refused_with_what_comes_close(piloted: Terminal) -> None:
    answer = piloted("record", "pilot", "close", "--pilot", "Dam", "--reason", "Done", "--json", by="bo")

    assert (answer.code, answer.refused["rule"]) == (1, "no-such-name")


def test_the_start_of_an_id_is_enough(piloted: Terminal) -> None:
    pilot = piloted.done("log", by="bo")["events"][-1]["pilot"]

    answer = piloted.said("concern", "raise", by="bo", pilot=pilot[:8], words="Late")

    assert answer["concern"]


def test_pairs_and_touches_are_read_as_they_are_typed(piloted: Terminal) -> None:
    piloted.said(
        "step",
        "plan",
        by="bo",
        pilot="convoy map",
        title="Trial week",
        touches="shared_data:logistics,escort",
        measures="minutes=12.5",
    )

    planned = piloted.done("log", by="bo")["events"][-1]["fields"]

    assert planned["touches"] == [{"touch": "shared_data", "of": "logistics"}, {"touch": "escort", "of": ""}]
    assert planned["measures"] == [{"measure": "minutes", "target": 12.5}]


def test_times_are_typed_as_dates(piloted: Terminal) -> None:
    piloted.said(
        "concern", "raise", by="bo", pilot="convoy map", words="Late", occurred_at="2020-02-03T04:05"
    )

    raised = piloted.done("log", by="bo")["events"][-1]

    assert raised["occurred_at_time"] == "2020-02-03T04:05:00.000000Z"


@pytest.mark.parametrize("time", ["9" * 25, "10000-01-01", "yesterday"])
def test_a_time_that_is_none_is_not_recorded(piloted: Terminal, time: str) -> None:
    answer = piloted(
        "record",
        "concern",
        "raise",
        "--pilot",
        "convoy map",
        "--words",
        "Late",
        "--occurred-at",
        time,
        by="bo",
    )

    assert answer.code in {1, 2}
    assert "Traceback" not in answer.err


def test_a_figure_that_is_none_is_a_misuse(piloted: Terminal) -> None:
    answer = piloted("record", "scan", "record", "--pilot", "convoy map", "--scores", "reach=much", by="bo")

    assert answer.code == 2
    assert "'much' is not a number" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("record", "concern", "raise", "--pilot", "x"),
        ("record", "concern", "rise"),
        ("record", "concern", "raise", "--pilot", "x", "--words", "y", "--colour", "red"),
        ("nonsense",),
    ],
)
def test_what_is_not_understood_ends_with_two(terminal: Terminal, words: tuple[str, ...]) -> None:
    answer = terminal(*words)

    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_nobody_records_without_a_name(founded: Terminal) -> None:
    answer = founded("record", "theatre", "open", "--name", "X", "--kinds", "other=1", "--json")

    assert (answer.code, answer.refused["rule"]) == (2, "usage")


def test_a_stranger_records_nothing(founded: Terminal) -> None:
    answer = founded("record", "theatre", "open", "--name", "X", "--kinds", "other=1", "--json", by="eve")

    assert (answer.code, answer.refused["rule"]) == (1, "no-such-speaker")


def test_every_verb_of_the_application_can_be_typed(terminal: Terminal) -> None:
    for noun, verb, attribute, method in record.verbs():
        answer = terminal("record", noun, verb, "--help")

        assert answer.code == 0
        assert attribute in inspect.getsource(Application.__init__)
        for parameter in set(inspect.signature(method).parameters) - {"self", "by", "how"}:
            assert f"--{parameter.replace('_', '-')}" in answer.out
