"""Two organisations live through a pilot at the terminal: what is recorded is what the questions answer."""

from typing import Any

import pytest

from tests.cli.terminal import Terminal

GAINS = ("resources", "expertise", "reach", "speed", "standing")
RISKS = ("neutrality", "safety", "autonomy", "brand", "legal")


@pytest.fixture
def together(piloted: Terminal) -> Terminal:
    """Return a terminal at a pilot that an agency (Bo) and a task force (Kim) have joined, both scanned."""
    force = piloted.said("actor", "register", by="bo", name="Corridor Force", categories="military")["actor"]
    piloted.said("member", "enrol", by="bo", actor=force, handle="kim", name="Kim Osei")
    piloted.said("member", "grant", by="bo", member="kim", role="participant", pilot="convoy map")
    piloted.said("pilot", "invite", by="bo", pilot="convoy map", actor="Corridor Force", framing="One map")
    piloted.said("pilot", "answer", by="kim", pilot="convoy map", reply="join")
    scan(piloted, "bo", gains=0.7, risks=0.4)
    scan(piloted, "kim", gains=0.6, risks=0.2)
    return piloted


def scan(terminal: Terminal, by: str, *, gains: float, risks: float) -> None:
    scores = [f"{factor}={gains}" for factor in GAINS] + [f"{factor}={risks}" for factor in RISKS]
    terminal.said(
        "scan", "record", by=by, pilot="convoy map", scores=",".join(scores), words="What we think of it"
    )


def events(terminal: Terminal, by: str, *topics: str) -> list[Any]:
    listed = terminal.done("log", "--limit", "0", by=by)["events"]
    return [event for event in listed if event["topic"] in topics]


def test_scans_open_together_and_are_weighed(together: Terminal) -> None:
    balances = together.done("balance", "convoy map", by="kim")["balances"]

    assert {row["actor_name"] for row in balances} == {"Corridor Force", "Lake Relief Agency"}
    assert {len(events(together, by, "pilot.scans-opened")) for by in ("bo", "kim")} == {1}


def test_the_words_of_a_scan_stay_within_its_organisation(together: Terminal) -> None:
    read = {
        event["actor_name"]: event["fields"]["words"] for event in events(together, "kim", "scan.recorded")
    }

    assert read == {"Corridor Force": "What we think of it", "Lake Relief Agency": "[not yours to read]"}


def test_a_step_goes_through_its_gates(together: Terminal) -> None:
    together.said("step", "plan", by="bo", pilot="convoy map", title="Trial week")

    refused = together(
        "record", "step", "start", "--pilot", "convoy map", "--step", "Trial week", "--json", by="bo"
    )

    assert (refused.code, refused.refused["rule"]) == (1, "gate-shut")
    assert {gate["rule"] for gate in refused.refused["shut"]} == {"charter", "level"}
    shown = together.done("pilot", "show", "convoy map", by="bo")
    assert any(not gate["open"] for gate in shown["gates"])


def test_a_refusal_names_organisations_to_people_and_ids_to_programs(together: Terminal) -> None:
    together.said("actor", "declare-red-line", by="kim", red_line="escort", touch="escort")
    together.said("step", "plan", by="bo", pilot="convoy map", title="Trial week", touches="escort")
    words = ("record", "step", "start", "--pilot", "convoy map", "--step", "Trial week")

    people, programs = together(*words, by="bo"), together(*words, "--json", by="bo")

    assert "Corridor Force waives its red line escort" in " ".join(people.err.split())
    (red_line,) = [gate for gate in programs.refused["shut"] if gate["rule"].startswith("red-line")]
    assert programs.refused["names"][red_line["owner"]] == "Corridor Force"


def test_a_reflection_moves_trust_and_the_replay_says_so(together: Terminal) -> None:
    opened(together)
    together.said(
        "reflection",
        "record",
        by="bo",
        pilot="convoy map",
        step="Trial week",
        phase="during",
        ratings="Corridor Force=5",
        words="They kept their word",
        label="GREEN",
    )

    trust = together.done("trust", "Corridor Force", by="bo")["trust"]
    steps = together.done("replay", "convoy map", by="bo")["events"]

    assert trust[0]["trust"] > 0.5
    (reflected,) = [step for step in steps if step["topic"] == "reflection.recorded"]
    assert any(change["view"] == "trust" for change in reflected["changes"])


def opened(terminal: Terminal) -> None:
    """Plan a step and start it, overriding the gates that nobody has seen to."""
    terminal.said("step", "plan", by="bo", pilot="convoy map", title="Trial week")
    shown = terminal.done("pilot", "show", "convoy map", by="bo")
    for gate in {gate["rule"] for gate in shown["gates"] if not gate["open"]}:
        terminal.said(
            "step",
            "override-gate",
            by="bo",
            pilot="convoy map",
            step="Trial week",
            gate=gate,
            reason="A drill",
        )
    terminal.said("step", "start", by="bo", pilot="convoy map", step="Trial week")


def test_a_concern_is_followed_by_name(together: Terminal) -> None:
    together.said(
        "concern",
        "raise",
        by="bo",
        pilot="convoy map",
        words="Drones above the clinic",
        about="Corridor Force",
        label="GREEN",
    )
    together.said("concern", "acknowledge", by="kim", pilot="convoy map", concern="Drones above")
    together.said(
        "pilot",
        "adopt-tweak",
        by="bo",
        pilot="convoy map",
        because_of="concern:Drones above",
        change="No flights within a mile",
    )
    together.said("concern", "answer", by="kim", pilot="convoy map", concern="Drones", tweak="No flights")
    together.said("concern", "resolve", by="bo", pilot="convoy map", concern="Drones", words="Held since May")

    (row,) = together.done("concerns", "convoy map", by="kim")["concerns"]

    assert (row["words"], row["status"]) == ("Drones above the clinic", "resolved")


def test_what_is_said_can_be_corrected_relabelled_and_taken_back(together: Terminal) -> None:
    words = ("concern", "raise")
    one, two = (together.said(*words, by="bo", pilot="convoy map", words=text) for text in ("Late", "Loud"))
    first, second = (f"concern:{each['concern']}#1" for each in (one, two))

    together.said(
        "event", "correct", by="bo", event=first, changes="severity=high", reason="Worse than we thought"
    )
    together.said("event", "relabel", by="bo", event=first, label="GREEN")
    together.said("event", "withdraw", by="bo", event=second, reason="Not ours")

    (row,) = together.done("concerns", "convoy map", by="kim")["concerns"]
    assert (row["words"], row["severity"]) == ("Late", "high")


def test_an_erased_person_is_gone_and_the_proofs_hold(together: Terminal) -> None:
    together.said("concern", "raise", by="kim", pilot="convoy map", words="We are filmed", label="GREEN")
    signed = together.done("checkpoint")

    together.said("event", "erase", by="bo", member="kim")

    (row,) = together.done("concerns", "convoy map", by="bo")["concerns"]
    assert row["words"] == "[erased]"
    assert together("log", by="kim").code == 1
    assert together.done("verify")["sound"]
    assert together.done("checkpoint")["size"] > signed["size"]
    assert together.done("doctor")["sound"]


def test_what_is_held_about_oneself_is_shown_to_oneself(together: Terminal) -> None:
    mine = together.done("mine", by="kim")["events"]

    assert {event["topic"] for event in mine} >= {"pilot.invitation-answered", "scan.recorded"}
    assert {event["actor_name"] for event in mine} == {"Corridor Force"}
