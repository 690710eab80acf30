"""Every question can be asked at the terminal: in words with charts, or as one JSON document with ids and names."""

from typing import Any

import pytest

from counterpoise.application.operations import opened
from counterpoise.application.operations_seed import seed
from tests.cli.terminal import Terminal

BY = "ines"
NEEDS = "Shared needs assessments"
AGENCY = "Almadine Relief"
KESSOU = "Kessou corridor"

QUESTIONS = [
    ("balance",),
    ("balance", NEEDS, "--why"),
    ("balance", "--actor", AGENCY, "--as-of", "2024-12-31", "--at", "2025-06-01"),
    ("trust",),
    ("trust", AGENCY, "--theatre", KESSOU, "--why"),
    ("trust", AGENCY, "--holder", "Corridor Task Force"),
    ("trust", "--pooled"),
    ("trust", "--trajectory"),
    ("spillover",),
    ("spillover", "--actor", AGENCY, "--why"),
    ("spillover", "--matrix"),
    ("spillover", "--carriers"),
    ("divergence",),
    ("divergence", NEEDS),
    ("pilot", "list"),
    ("pilot", "show", NEEDS),
    ("replay", NEEDS, "--after", "45", "--limit", "4"),
    ("replay", NEEDS, "--as-of", "200", "--limit", "3"),
    ("replay", NEEDS, "--compare", "150"),
    ("concerns",),
    ("concerns", NEEDS),
    ("lessons", "trust"),
    ("log",),
    ("log", "--pilot", NEEDS, "--limit", "5", "--words"),
    ("mine",),
    ("actor", "list"),
    ("theatre", "list"),
    ("member", "list"),
]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a store that holds the seeded history; it is only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('history') / 'log.db'}"
    seed(lambda clock, ids: opened(url, make=True, clock=clock, ids=ids)).application.close()
    return url


@pytest.fixture
def seeded(history: str, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(history, capsys)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_question_is_answered_for_people_on_a_narrow_terminal(
    seeded: Terminal, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    answer = seeded(*words, by=BY)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.strip() not in {"", "nothing"}
    assert "\x1b" not in answer.out
    assert max(len(line.rstrip()) for line in answer.out.splitlines()) <= 80


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_question_is_answered_as_one_document(seeded: Terminal, words: tuple[str, ...]) -> None:
    answer = seeded(*(word for word in words if word != "--words"), "--json", by=BY)

    assert answer.json
    assert answer.out.isascii()


@pytest.mark.parametrize(
    "words",
    [
        ("balance",),
        ("trust", "--trajectory"),
        ("spillover",),
        ("spillover", "--matrix"),
        ("spillover", "--carriers"),
    ],
    ids=" ".join,
)
def test_the_same_question_gives_the_same_bytes(seeded: Terminal, words: tuple[str, ...]) -> None:
    assert len({seeded(*words, "--json", by=BY).out for _ in range(3)}) == 1


REFUSED = [
    (("balance", "Nowhere at all"), 1, "no-such-name"),
    (("balance", "--why"), 2, "usage"),
    (("balance", "--at", "yesterday"), 1, "bad-value"),
    (("trust", "Nobody known"), 1, "no-such-name"),
    (("trust", "--why"), 2, "usage"),
    (("spillover", "--actor", "Nobody known"), 1, "no-such-name"),
    (("spillover", "--matrix", "--carriers"), 2, "usage"),
    (("divergence", "Nowhere at all"), 1, "no-such-name"),
    (("pilot", "show", "Nowhere at all"), 1, "no-such-name"),
    (("replay", "Nowhere at all"), 1, "no-such-name"),
    (("replay", NEEDS, "--limit", "-1"), 2, "usage"),
    (("concerns", "Nowhere at all"), 1, "no-such-name"),
    (("log", "--after", "-1"), 2, "usage"),
    (("log", "--pilot", "Nowhere at all"), 1, "no-such-name"),
    (("actor", "list", "--as-of", "yesterday"), 1, "bad-value"),
    (("pilot", "show", ""), 2, "usage"),
    (("pilot", "show", NEEDS, "--as-of", "3"), 2, "usage"),
    (("log", "--limit", "9" * 30), 2, "usage"),
    (("log", "--pilot", "\udcff"), 2, "usage"),
    (("replay", NEEDS, "--compare", "9" * 30), 1, "bad-value"),
    (("backtest", "--seed", "-1"), 2, "usage"),
    (("proof", "pilot:none#1"), 1, "no-such-event"),
]


@pytest.mark.parametrize(("words", "code", "rule"), REFUSED, ids=str)
def test_a_question_that_has_no_answer_is_refused(
    seeded: Terminal, words: tuple[str, ...], code: int, rule: str
) -> None:
    answer = seeded(*words, "--json", by="" if words[0] == "backtest" else BY)

    assert (answer.code, answer.refused["rule"]) == (code, rule)


def test_a_stranger_asks_nothing(seeded: Terminal) -> None:
    answer = seeded("balance", "--json", by="eve")

    assert (answer.code, answer.refused["rule"]) == (1, "no-such-speaker")


def test_what_is_held_about_nobody_is_not_asked(seeded: Terminal) -> None:
    assert seeded("mine").code == 2


@pytest.mark.parametrize("words", [("log",), ("balance",), ("trust",), ("pilot", "list"), ("concerns",)])
def test_whoever_names_nobody_sees_what_is_clear(seeded: Terminal, words: tuple[str, ...]) -> None:
    answer = seeded(*words, "--json")

    assert answer.code == 0
    labels = {event["label"] for event in answer.json.get("events", [])}
    assert labels <= {"CLEAR"}


def test_the_contributions_to_a_balance_sum_to_it(seeded: Terminal) -> None:
    answer: Any = seeded.done("balance", NEEDS, "--actor", AGENCY, "--why", by=BY)

    (row,) = answer["balances"]
    assert sum(part["value"] for part in answer["contributions"]) == pytest.approx(row["balance"], abs=1e-12)
    assert row["actor_name"] == AGENCY


def test_an_answer_says_what_it_was_computed_from(seeded: Terminal) -> None:
    assert "items you may read" in seeded("trust", by=BY).out


def test_a_replay_ends_where_the_log_is_cut(seeded: Terminal) -> None:
    whole = seeded.done("replay", NEEDS, "--limit", "20", by=BY)["events"]
    cut = seeded.done("replay", NEEDS, "--limit", "20", "--as-of", "2024-03-05", by=BY)["events"]

    assert [event["event"] for event in cut] == [event["event"] for event in whole[: len(cut)]]
    assert 0 < len(cut) < len(whole)


def test_a_terminal_without_colour_shows_signs_and_words(seeded: Terminal) -> None:
    answer = seeded.apart(
        "balance", "--actor", AGENCY, "--history", by=BY, NO_COLOR="1", FORCE_COLOR="1", TERM="xterm"
    )

    assert "\x1b[3" not in answer.out
    assert "dissociation" in answer.out
    assert "+0." in answer.out
    assert "-0." in answer.out


def test_a_terminal_of_plain_ascii_is_answered_in_it(seeded: Terminal) -> None:
    answer = seeded.apart("trust", "--trajectory", by=BY, PYTHONIOENCODING="ascii")

    assert answer.code == 0
    assert answer.out.isascii()


def test_a_reader_that_goes_away_is_no_fault(seeded: Terminal) -> None:
    answer = seeded.piped("log", "--limit", "0", by=BY)

    assert answer.err == ""
