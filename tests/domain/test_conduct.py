"""A pilot is proposed, goes through its stages, is steered by its coordinators, and ends."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from counterpoise.domain import conduct
from counterpoise.domain.conduct import (
    AnalysisBeforeResults,
    ChannelState,
    PilotExists,
    RoundState,
    StagesInOrder,
    TweakExists,
)
from counterpoise.domain.events import NOTHING, Event
from counterpoise.domain.pilots import (
    AnalysisPlanned,
    ChannelLinked,
    ChannelUnlinked,
    LevelChosen,
    NoSuchPilot,
    OutcomeStated,
    PilotClosed,
    PilotIsClosed,
    PilotProposed,
    PositionTaken,
    ReadingObserved,
    RoundClosed,
    RoundOpened,
    SignalNoted,
    StageEntered,
    StanceNoted,
    TweakAdopted,
    VisibilityChanged,
)
from counterpoise.domain.refusals import BadValue, Refusal, UnknownWord
from counterpoise.domain.steps import NoSuchStep
from counterpoise.domain.theatres import NoSuchTheatre, TheatreIsClosed
from tests.domain.scene import CLOSED, COAST, FERRY, TABLES, act, document, on_ferry, refused, words

ACT: dict[str, Any] = {"act": act()}
SPOKEN: dict[str, Any] = {"tables": TABLES} | ACT
PROPOSAL: dict[str, Any] = {
    "pilot_id": "ferry",
    "title": "Ferries",
    "hypothesis": "Faster together",
    "format": "table_top",
    "visibility": "low",
} | SPOKEN
TWEAK: dict[str, Any] = {
    "tweak": "t1",
    "because_of": "concern:c1",
    "change": "No uniforms",
    "step": "scout",
    "safeguards": ("plain clothes",),
} | ACT
SIGNAL: dict[str, Any] = {
    "signal": "joint_statement",
    "by": "agency",
    "towards": "brigade",
    "audience": "media",
    "words": "Side by side",
} | SPOKEN
STANCE: dict[str, Any] = {"towards": "brigade", "stance": "dissociation", "words": "We doubt it"} | SPOKEN
POSITION: dict[str, Any] = {"position": "objection", "step": "scout", "reason": "Too soon"} | SPOKEN
OUTCOME: dict[str, Any] = {"outcome": "partly", "step": "", "words": "Half of it"} | SPOKEN
READING: dict[str, Any] = {
    "about": "agency",
    "audience": "donors",
    "expected": 0.5,
    "observed": 1.0,
    "words": "Warmly",
} | ACT
ROUND: dict[str, Any] = {"step": "scout", "phase": "before"} | SPOKEN
ROUND_OPEN = replace(FERRY, rounds=frozenset({("scout", "before")}))


def proposed(**said: Any) -> PilotProposed:  # noqa: ANN401  any of a proposal's words
    return conduct.propose(None, COAST, **PROPOSAL | said)


def test_a_pilot_is_proposed_in_an_open_theatre() -> None:
    assert proposed() == PilotProposed(
        **on_ferry(),
        title=document("Ferries"),
        hypothesis=document("Faster together"),
        format="table_top",
        visibility="low",
        fictional=False,
        parallel_to="",
        scan_label="GREEN",
    )


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"title": ""}, BadValue),
        ({"format": "party"}, UnknownWord),
        ({"visibility": "secret"}, UnknownWord),
        ({"scan_label": "PURPLE"}, UnknownWord),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(said: dict[str, str], refusal: type[Refusal]) -> None:
    with refused(refusal, owner="you"):
        proposed(**said)


def test_a_pilot_is_proposed_once_and_where_something_may_begin() -> None:
    with refused(PilotExists):
        conduct.propose(FERRY, COAST, **PROPOSAL)
    with refused(NoSuchTheatre):
        conduct.propose(None, None, **PROPOSAL)
    with refused(TheatreIsClosed):
        conduct.propose(None, replace(COAST, closed=True), **PROPOSAL)


def test_the_next_stage_is_entered() -> None:
    assert conduct.enter_stage(FERRY, stage="design", **SPOKEN) == StageEntered(**on_ferry(), stage="design")


STAGES = TABLES.words("stages")


@pytest.mark.parametrize("here", STAGES)
@pytest.mark.parametrize("there", STAGES)
def test_stages_follow_one_another_and_may_be_gone_back_to(here: str, there: str) -> None:
    pilot = replace(FERRY, stage=here)
    steps_ahead = STAGES.index(there) - STAGES.index(here)

    if steps_ahead == 1 or steps_ahead < 0:
        assert conduct.enter_stage(pilot, stage=there, **SPOKEN).stage == there
    else:
        with refused(StagesInOrder, owner="coordinator"):
            conduct.enter_stage(pilot, stage=there, **SPOKEN)


def test_a_refused_stage_names_the_one_to_enter() -> None:
    with refused(StagesInOrder) as caught:
        conduct.enter_stage(FERRY, stage="trial", **SPOKEN)

    assert caught.value.remedy == "Enter design next."


def test_a_level_is_chosen_for_a_reason() -> None:
    chosen = conduct.choose_level(FERRY, level="coordinate", reason="Trust grew", **SPOKEN)

    assert chosen == LevelChosen(**on_ferry(), level="coordinate", reason=document("Trust grew"))


def test_a_pilot_is_made_more_or_less_visible() -> None:
    changed = conduct.change_visibility(FERRY, visibility="public", reason="", **SPOKEN)

    assert changed == VisibilityChanged(**on_ferry(), visibility="public", reason=NOTHING)


def test_a_tweak_names_the_concern_behind_it() -> None:
    assert conduct.adopt_tweak(FERRY, **TWEAK) == TweakAdopted(
        **on_ferry(),
        tweak="t1",
        because_of="concern:c1",
        change=document("No uniforms"),
        step="scout",
        safeguards=("plain clothes",),
    )


def test_a_tweak_is_adopted_once() -> None:
    with refused(TweakExists):
        conduct.adopt_tweak(replace(FERRY, tweaks=frozenset({"t1"})), **TWEAK)


def test_the_stance_of_a_signal_follows_from_the_vocabulary() -> None:
    assert conduct.note_signal(FERRY, **SIGNAL) == SignalNoted(
        **on_ferry(),
        signal="joint_statement",
        by="agency",
        towards="brigade",
        stance="association",
        audience="media",
        words=words("Side by side"),
    )


def test_a_private_stance_is_noted_apart_from_what_is_signalled() -> None:
    assert conduct.note_stance(FERRY, **STANCE) == StanceNoted(
        **on_ferry(), towards="brigade", stance="dissociation", words=words("We doubt it")
    )


def test_a_position_is_taken_on_a_step() -> None:
    assert conduct.take_position(FERRY, **POSITION) == PositionTaken(
        **on_ferry(), position="objection", step="scout", reason=words("Too soon")
    )


@pytest.mark.parametrize("position", [word for word in TABLES.words("positions") if word != "objection"])
def test_only_an_objection_owes_a_reason(position: str) -> None:
    taken = conduct.take_position(FERRY, **POSITION | {"position": position, "reason": ""})

    assert taken.reason == NOTHING


def test_an_outcome_is_stated() -> None:
    assert conduct.state_outcome(FERRY, **OUTCOME) == OutcomeStated(
        **on_ferry(), outcome="partly", step="", words=document("Half of it")
    )


def test_how_results_are_read_is_set_down_before_there_are_any() -> None:
    planned = conduct.plan_analysis(FERRY, plan="Count the hours", measures=("hours",), act=act())

    assert planned == AnalysisPlanned(**on_ferry(), plan=document("Count the hours"), measures=("hours",))


def test_no_analysis_is_planned_once_results_are_in() -> None:
    with refused(AnalysisBeforeResults, owner="coordinator"):
        conduct.plan_analysis(replace(FERRY, results_in=True), plan="Count", measures=(), act=act())


def test_what_an_audience_thought_stands_beside_what_was_expected() -> None:
    assert conduct.observe_reading(FERRY, **READING) == ReadingObserved(
        **on_ferry(), about="agency", audience="donors", expected=0.5, observed=1.0, words=words("Warmly")
    )


def test_a_channel_is_linked_once_and_unlinked_once() -> None:
    linked = conduct.link_channel(FERRY, channel="C1", act=act())
    other = conduct.link_channel(FERRY, channel="C2", act=act(), joined=("C1",))

    assert conduct.channels([linked, other]) == ("C1", "C2")
    unlinked = conduct.unlink_channel(FERRY, channel="C1", act=act(), joined=("C1", "C2"))
    assert conduct.channels([linked, other, unlinked]) == ("C2",)
    with refused(ChannelState, owner="coordinator"):
        conduct.link_channel(FERRY, channel="C1", act=act(), joined=("C1",))
    with refused(ChannelState, owner="coordinator"):
        conduct.unlink_channel(FERRY, channel="C1", act=act(), joined=())
    with refused(BadValue, owner="you"):
        conduct.link_channel(FERRY, channel=" ", act=act())


def test_a_channel_is_linked_and_unlinked() -> None:
    assert conduct.link_channel(FERRY, channel="C1", act=act()) == ChannelLinked(
        **on_ferry(), channel=document("C1")
    )
    assert conduct.unlink_channel(FERRY, channel="C1", joined=("C1",), act=act()) == ChannelUnlinked(
        **on_ferry(), channel=document("C1")
    )


def test_a_round_is_opened_and_closed() -> None:
    assert conduct.open_round(FERRY, **ROUND) == RoundOpened(**on_ferry(), step="scout", phase="before")
    assert conduct.close_round(ROUND_OPEN, **ROUND) == RoundClosed(**on_ferry(), step="scout", phase="before")


def test_a_round_is_not_opened_twice_nor_closed_when_it_is_not_open() -> None:
    with refused(RoundState, owner="coordinator"):
        conduct.open_round(ROUND_OPEN, **ROUND)
    with refused(RoundState, owner="coordinator"):
        conduct.close_round(FERRY, **ROUND)


def test_a_pilot_is_closed_for_a_reason() -> None:
    assert conduct.close(FERRY, reason="Done", act=act()) == PilotClosed(
        **on_ferry(), reason=document("Done")
    )


@pytest.mark.parametrize(
    ("decide", "said", "refusal"),
    [
        (conduct.enter_stage, {"stage": "party"} | SPOKEN, UnknownWord),
        (conduct.choose_level, {"level": "merge", "reason": ""} | SPOKEN, UnknownWord),
        (conduct.change_visibility, {"visibility": "secret", "reason": ""} | SPOKEN, UnknownWord),
        (conduct.adopt_tweak, TWEAK | {"change": ""}, BadValue),
        (conduct.adopt_tweak, TWEAK | {"step": "nowhere"}, NoSuchStep),
        (conduct.adopt_tweak, TWEAK | {"because_of": "whim:1"}, BadValue),
        (conduct.adopt_tweak, TWEAK | {"because_of": ""}, BadValue),
        (conduct.note_signal, SIGNAL | {"signal": "wink"}, UnknownWord),
        (conduct.note_signal, SIGNAL | {"towards": "agency"}, BadValue),
        (conduct.note_stance, STANCE | {"stance": "aloof"}, UnknownWord),
        (conduct.take_position, POSITION | {"position": "shrug"}, UnknownWord),
        (conduct.take_position, POSITION | {"step": "nowhere"}, NoSuchStep),
        (conduct.take_position, POSITION | {"reason": ""}, BadValue),
        (conduct.state_outcome, OUTCOME | {"outcome": "fine"}, UnknownWord),
        (conduct.state_outcome, OUTCOME | {"step": "nowhere"}, NoSuchStep),
        (conduct.plan_analysis, {"plan": " ", "measures": ()} | ACT, BadValue),
        (conduct.observe_reading, READING | {"expected": -0.1}, BadValue),
        (conduct.observe_reading, READING | {"observed": 1.1}, BadValue),
        (conduct.observe_reading, READING | {"observed": float("nan")}, BadValue),
        (conduct.open_round, ROUND | {"step": "nowhere"}, NoSuchStep),
        (conduct.open_round, ROUND | {"phase": "never"}, UnknownWord),
        (conduct.close, {"reason": ""} | ACT, BadValue),
    ],
)
def test_what_cannot_be_done_with_a_pilot_is_refused(
    decide: Callable[..., Event], said: dict[str, Any], refusal: type[Refusal]
) -> None:
    with refused(refusal, owner="you"):
        decide(FERRY, **said)


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (conduct.enter_stage, {"stage": "design"} | SPOKEN),
        (conduct.choose_level, {"level": "coexist", "reason": ""} | SPOKEN),
        (conduct.change_visibility, {"visibility": "low", "reason": ""} | SPOKEN),
        (conduct.adopt_tweak, TWEAK),
        (conduct.note_signal, SIGNAL),
        (conduct.note_stance, STANCE),
        (conduct.take_position, POSITION),
        (conduct.state_outcome, OUTCOME),
        (conduct.plan_analysis, {"plan": "Count", "measures": ()} | ACT),
        (conduct.observe_reading, READING),
        (conduct.link_channel, {"channel": "C1"} | ACT),
        (conduct.unlink_channel, {"channel": "C1", "joined": ("C1",)} | ACT),
        (conduct.open_round, ROUND),
        (conduct.close_round, ROUND),
        (conduct.close, {"reason": "Done"} | ACT),
    ],
)
def test_nothing_is_done_with_a_pilot_that_does_not_run(
    decide: Callable[..., Event], said: dict[str, Any]
) -> None:
    with refused(NoSuchPilot, owner="coordinator"):
        decide(None, **said)
    with refused(PilotIsClosed, owner="coordinator"):
        decide(CLOSED, **said)
