"""The ideal cases of the paper, read out of the seeded history: what the scale said of whom, where and when."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from counterpoise.application.operations_seed import Told
from counterpoise.domain.balance import Balance, weigh
from counterpoise.domain.deployments import PolicyChanged
from counterpoise.domain.pilots import LevelAdvised, LevelChosen, PilotProposed, ScansOpened
from counterpoise.domain.scans import ScanRecorded
from counterpoise.domain.tables import starting_tables
from counterpoise.domain.theatres import ContextShifted, TheatreOpened
from counterpoise.domain.weighings import weighing
from tests.telling import each, recordings

TABLES = starting_tables()
FLOOD = "2025-06-02"
"""The day on which the Kessou corridor turns from a stabilisation mission into a disaster."""


@dataclass(frozen=True)
class Opening:
    """What an actor's scan said when a stage of a pilot opened."""

    scan: ScanRecorded
    advice: LevelAdvised
    position: int


def opening(told: Told, pilot: str, stage: str, actor: str) -> Opening:
    """Return an actor's scan of a stage, the level it advised and the position of that advice."""
    who = told.cast.actors[actor]
    (scan,) = [
        scan for scan in each(told, ScanRecorded, pilot=pilot) if (scan.actor, scan.stage) == (who, stage)
    ]
    ((position, advice),) = [
        (recorded.position, recorded.event)
        for recorded in recordings(told, LevelAdvised, pilot=pilot)
        if isinstance(recorded.event, LevelAdvised)
        and (recorded.event.about, recorded.event.stage) == (who, stage)
    ]
    return Opening(scan, advice, position)


def weighed(told: Told, pilot: str, actor: str, at: Opening, trust: float | None = None) -> Balance:
    """Return the balance of a scan in the context of its moment, by hand: with some trust, or none at all."""
    theatre = told.cast.theatres[_theatre(told, pilot)]
    contexts = [
        recorded.event
        for recorded in recordings(told)
        if isinstance(recorded.event, TheatreOpened | ContextShifted)
        and recorded.event.theatre == theatre
        and recorded.position < at.position
    ]
    (proposed,) = each(told, PilotProposed, pilot=pilot)
    conditions = {each.condition: each.value for each in contexts[-1].conditions}
    known = told.application.log.state(f"actor:{told.cast.actors[actor]}").state
    ready = weighing(
        at.scan, known, conditions=conditions, visibility=proposed.visibility, tables=TABLES, trust=trust
    )
    return weigh(ready, TABLES)


def seen_by_ines(told: Told, pilot: str, actor: str, at: Opening) -> dict[str, Any]:
    """Return the balance as the coordinator of all pilots sees it at that moment."""
    ines = told.application.speaker("ines")
    (row,) = told.application.questions.balances(
        ines, pilot=told.cast.pilots[pilot], actor=told.cast.actors[actor], as_of=str(at.position)
    ).value
    return dict(row)


def rank(level: str) -> int:
    return TABLES.rank("levels", level)


def test_in_a_stabilisation_mission_the_agency_dissociates(told: Told) -> None:
    asked = opening(told, "needs", "framing", "relief").advice

    assert asked.verdict == "dissociation"
    assert asked.probability > 0.9
    assert rank(asked.level) <= rank("coexist")


def test_its_figures_are_those_of_the_published_example(told: Told) -> None:
    asked = opening(told, "needs", "framing", "relief")

    without_trust = weighed(told, "needs", "relief", asked)

    assert without_trust.balance == pytest.approx(-0.402246083789, abs=1e-9)


def test_the_coordinator_sees_the_same_there(told: Told) -> None:
    asked = opening(told, "needs", "framing", "relief")

    seen = seen_by_ines(told, "needs", "relief", asked)

    assert (seen["verdict"], seen["level"]) == (asked.advice.verdict, asked.advice.level)
    assert rank(seen["level"]) <= rank("coexist")


def test_what_is_tried_there_keeps_apart(told: Told) -> None:
    kessou = told.cast.theatres["kessou"]
    tried = [proposed for proposed in each(told, PilotProposed) if proposed.theatre == kessou]
    run = {name: next(each(told, LevelChosen, pilot=name)) for name in ("liaison", "notebooks", "bridge")}

    assert {proposed.format for proposed in tried} >= {"parallel_pilots", "liaison_cell", "table_top"}
    assert all(proposed.fictional for proposed in tried if proposed.format == "table_top")
    assert {chosen.level for chosen in run.values()} == {"coexist"}


def test_a_level_deeper_than_advised_was_refused_and_corrected(told: Told) -> None:
    levels = [chosen.level for chosen in each(told, LevelChosen, pilot="needs")]

    assert levels[:2] == ["cooperate", "coexist"]
    assert any("level" in refusal.sentence for refusal in told.refusals)


def test_in_a_sudden_disaster_the_same_agency_associates(told: Told) -> None:
    asked = opening(told, "survey", "framing", "relief").advice

    assert asked.verdict == "association"
    assert asked.probability > 0.9
    assert asked.level in {"cooperate", "integrate"}


def test_it_gave_the_same_scores_in_both(told: Told) -> None:
    stabilisation = opening(told, "needs", "framing", "relief").scan
    disaster = opening(told, "survey", "framing", "relief").scan

    assert stabilisation.scores == disaster.scores


def test_in_territorial_defence_sharing_data_tips_to_a_discreet_association(told: Told) -> None:
    asked = opening(told, "status", "framing", "telecom").advice
    (proposed,) = each(told, PilotProposed, pilot="status")

    assert asked.verdict == "association"
    assert asked.level in {"coordinate", "cooperate"}
    assert (proposed.format, proposed.visibility) == ("technical_trial", "low")


def test_a_joint_campaign_of_the_same_firm_does_not(told: Told) -> None:
    asked = opening(told, "campaign", "framing", "telecom").advice

    assert asked.verdict in {"in_between", "dissociation"}
    assert rank(asked.level) <= rank("coordinate")


def test_after_the_flood_the_same_scan_moves_towards_association(told: Told) -> None:
    before, after = (opening(told, "needs", stage, "relief") for stage in ("framing", "trial"))

    assert after.scan.scores == before.scan.scores
    assert after.advice.balance > before.advice.balance + 0.3
    assert after.advice.verdict == "association"
    assert rank(after.advice.level) > rank(before.advice.level)


def test_distrust_from_before_the_flood_holds_it_back(told: Told) -> None:
    after = opening(told, "needs", "trial", "relief")

    without = weighed(told, "needs", "relief", after)

    assert after.advice.trust is not None
    assert after.advice.trust < 0.5
    assert after.advice.balance < without.balance - 0.03
    assert rank(after.advice.level) < rank(without.level)


def test_what_the_coordinator_sees_after_the_flood_is_held_back_too(told: Told) -> None:
    after = opening(told, "needs", "trial", "relief")

    seen = seen_by_ines(told, "needs", "relief", after)

    assert seen["trust_in"] == told.cast.actors["force"]
    assert seen["balance"] < weighed(told, "needs", "relief", after).balance


def test_distrust_from_before_the_flood_is_told_apart_from_what_came_since(told: Told) -> None:
    before, since, imported = _evidence_of_the_force(told, as_of="2025-07-31")

    assert before < 0
    assert since > 0
    assert imported < 0


def test_distrust_from_another_theatre_bears_on_the_day_of_the_new_scan(told: Told) -> None:
    after = opening(told, "needs", "trial", "relief")

    before, _, imported = _evidence_of_the_force(told, as_of=str(after.position))

    assert before < 0
    assert imported < 0


def test_when_the_disaster_zone_becomes_a_hybrid_arena_the_balance_falls(told: Told) -> None:
    before, after = (opening(told, "survey", stage, "relief") for stage in ("framing", "trial"))

    assert after.scan.scores == before.scan.scores
    assert after.advice.balance < before.advice.balance - 0.3
    assert after.advice.verdict != "association"
    assert rank(after.advice.level) < rank(before.advice.level)


def test_trust_from_the_disaster_holds_it_up_there(told: Told) -> None:
    after = opening(told, "survey", "trial", "relief")

    assert after.advice.trust is not None
    assert after.advice.trust > 0.5
    assert after.advice.balance > weighed(told, "survey", "relief", after).balance


def test_the_advice_that_was_recorded_is_what_the_scale_says_by_hand(told: Told) -> None:
    for pilot, stage in (("needs", "trial"), ("survey", "trial")):
        at = opening(told, pilot, stage, "relief")

        again = weighed(told, pilot, "relief", at, trust=at.advice.trust)

        assert at.advice.balance == pytest.approx(again.balance, abs=1e-9)


def test_the_change_of_the_tables_touched_no_figure_of_the_cases(told: Told) -> None:
    (change,) = each(told, PolicyChanged)

    assert set(json.loads(change.changes)) == {"concern_kinds"}


def test_every_opening_advised_every_partner_that_had_scanned(told: Told) -> None:
    for pilot in told.cast.pilots:
        opened = list(each(told, ScansOpened, pilot=pilot))
        advised = list(each(told, LevelAdvised, pilot=pilot))

        assert len(advised) == sum(len(each.scans) for each in opened)


def _theatre(told: Told, pilot: str) -> str:
    (proposed,) = each(told, PilotProposed, pilot=pilot)
    return next(name for name, theatre in told.cast.theatres.items() if theatre == proposed.theatre)


def _evidence_of_the_force(told: Told, *, as_of: str) -> tuple[float, float, float]:
    """Return what the agency's trust in the force owes to own evidence before the flood, since, and to elsewhere."""
    ines = told.application.speaker("ines")
    found = told.application.questions.trust_contributions(
        ines,
        actor=told.cast.actors["force"],
        theatre=told.cast.theatres["kessou"],
        holder=told.cast.actors["relief"],
        as_of=as_of,
    ).value
    days = {recorded.event_id: recorded.event.occurred_at for recorded in recordings(told)}
    flood = datetime.fromisoformat(FLOOD).replace(tzinfo=UTC).timestamp() * 1e6
    own = [row for row in found if row["part"] == "own"]
    return (
        sum(row["contribution"] for row in own if days[row["id"]] < flood),
        sum(row["contribution"] for row in own if days[row["id"]] >= flood),
        sum(row["contribution"] for row in found if row["part"] == "imported"),
    )
