"""A scan on the scale: what it leaves open comes from its actor, else from the tables."""

from dataclasses import replace
from typing import Any

from counterpoise.domain.actors import Actor, Hearing
from counterpoise.domain.balance import Audience, Weighing
from counterpoise.domain.scans import Care, ScanRecorded, Score
from counterpoise.domain.weighings import EVERYBODY, weighing
from tests.domain.scene import AGENCY, TABLES, beside

SCAN = ScanRecorded(
    **beside("scan:ferry/agency/framing"),
    stage="framing",
    scores=(
        Score(factor="speed", score=0.8, doubt=0.2, weight=2.0),
        Score(factor="neutrality", score=0.4, doubt=0.1),
    ),
)
OUTSPOKEN = replace(
    AGENCY, audiences=(Hearing(audience="donors", weight=3.0),), fulcrum=2.5, fulcrum_doubt=0.02
)


def on_the_scale(scan: ScanRecorded = SCAN, actor: Actor = AGENCY, **more: Any) -> Weighing:  # noqa: ANN401
    return weighing(scan, actor, conditions={"urgency": 0.9}, visibility="low", tables=TABLES, **more)


def test_a_bare_scan_is_weighed_for_everybody_with_the_doubt_of_the_tables() -> None:
    assert on_the_scale() == Weighing(
        scores={"speed": 0.8, "neutrality": 0.4},
        doubts={"speed": 0.2, "neutrality": 0.1},
        weights={"speed": 2.0, "neutrality": 1.0},
        audiences={EVERYBODY: Audience(weight=1.0, care={})},
        conditions={"urgency": 0.9},
        visibility="low",
        fulcrum=None,
        phi_sd=TABLES["balance"]["phi_sd"],
        trust=None,
        trust_sd=0.0,
        red_line=False,
        categories=("humanitarian",),
    )


def test_an_actor_brings_its_audiences_its_fulcrum_and_the_doubt_about_it() -> None:
    ready = on_the_scale(actor=OUTSPOKEN)

    assert (ready.audiences, ready.fulcrum, ready.phi_sd) == ({"donors": Audience(weight=3.0)}, 2.5, 0.02)


def test_a_scan_goes_before_its_actor() -> None:
    scan = replace(
        SCAN,
        audiences=(Hearing(audience="staff", weight=1.0),),
        fulcrum=1.5,
        fulcrum_doubt=0.3,
        red_line=True,
    )

    ready = on_the_scale(scan, OUTSPOKEN)

    assert (ready.audiences, ready.fulcrum, ready.phi_sd, ready.red_line) == (
        {"staff": Audience(weight=1.0)},
        1.5,
        0.3,
        True,
    )


def test_a_fulcrum_of_the_scan_without_a_doubt_does_not_borrow_the_actors() -> None:
    assert on_the_scale(replace(SCAN, fulcrum=1.5), OUTSPOKEN).phi_sd == TABLES["balance"]["phi_sd"]


def test_a_care_is_that_of_an_audience_that_is_heard() -> None:
    cares = (
        Care(audience="donors", factor="neutrality", care=0.2),
        Care(audience="nobody", factor="speed", care=0.9),
    )

    ready = on_the_scale(replace(SCAN, cares=cares), OUTSPOKEN)

    assert ready.audiences == {"donors": Audience(weight=3.0, care={"neutrality": 0.2})}


def test_trust_is_put_on_the_scale_with_its_deviation() -> None:
    ready = on_the_scale(trust=0.7, trust_sd=0.1)

    assert (ready.trust, ready.trust_sd) == (0.7, 0.1)
