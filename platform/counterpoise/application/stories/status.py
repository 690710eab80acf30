"""Network status on the Nordmark coast: machines that tell each other what still works, and nobody's logo on it."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def network_status(tell: Teller) -> Story:
    """Tell of a technical trial that nobody speaks of, which is why it lasts."""
    yield "2024-05-27"
    _asked(tell)
    yield "2024-06-03"
    _agreed(tell)
    yield "2024-06-24"
    _masts(tell)
    yield "2024-09-16"
    _masts_end(tell)
    _nobody_noticed(tell)
    yield "2025-02-17"
    _handsets(tell)
    yield "2025-05-16T03:20"
    _cable(tell)
    yield "2025-05-30"
    _repaired(tell)
    yield "2025-11-24"
    _year_end(tell)


def _asked(tell: Teller) -> None:
    tell("signe", source="web").pilots.propose(
        called="status",
        theatre="nordmark",
        title="Network status between operators and guard",
        hypothesis="Sharing what is down, and never who calls whom, finds a cut cable in minutes instead of hours.",
        format="technical_trial",
        visibility="low",
    )
    take_parts(
        tell,
        "status",
        by="signe",
        ines="coordinator",
        ebru="participant",
        oskar="participant",
        pilar="participant",
        tobias="participant",
        tomas="auditor",
    )
    signe = tell("signe", on="status", source="web")
    for actor in ("telecom", "grid"):
        signe.pilots.invite(
            actor=actor,
            framing="An interface, two test benches, no press. What is down, since when, until when.",
            visibility="low",
        )
    tell("ebru", on="status").pilots.answer(
        reply="join_on_conditions",
        reason_codes=("legal", "brand"),
        reasons="Our engineers want it. Our lawyers want it in writing.",
        conditions="Status only; a switch on our side; no mention of us in any speech.",
        accepted_format="technical_trial",
        preferred_framing="An interface like the one we have with the road authority.",
    )
    tell("pilar", on="status").pilots.answer(
        reply="join",
        reason_codes=("expertise", "liabilities"),
        reasons="Con la misma condición que la telefónica: interruptor nuestro.",
    )


def _agreed(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.pilots.set_charter(
        data_ownership="Each operator owns its status; what was received is deleted after a day.",
        branding="None.",
        public_messaging="None. If asked: 'technical contacts, as with every authority'.",
        information_limits="Masts, cables, substations. No customers, no traffic, no positions.",
    )
    agree(
        tell,
        "status",
        unclear={
            ("guard", "telecom"): "We had thought of them as national. Three owners in four live elsewhere."
        },
        guard="signe",
        telecom="ebru",
        grid="pilar",
    )
    signe.scans.record(**scales.of(scales.GUARD))
    tell("pilar", on="status").scans.record(
        **scales.of(scales.GRID), words="El riesgo es legal, y los abogados son caros."
    )
    tell("ebru", on="status").scans.record(
        **scales.of(scales.TELECOM_DATA),
        words="If nobody sees it, it is engineering. If somebody does, it is politics.",
    )
    signe.pilots.choose_level(
        level="coordinate", reason="As shallow as the operators ask, as deep as a cable needs."
    )
    signe.pilots.plan_analysis(
        plan="Minutes from first alarm to a common map, for every fault, against the year before.",
        measures=("minutes to a common map",),
    )


def _masts(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.steps.plan(
        called="masts",
        title="Status of forty masts and nine substations",
        hypothesis="A common map of what is down within fifteen minutes of the first alarm.",
        touches=(Touch(touch="shared_data", of="network"),),
        visibility="closed",
        measures={"minutes to a common map": 15},
    )
    reflect(
        tell,
        by="oskar",
        on="status",
        step="masts",
        phase="before",
        words="Technisch ein Nachmittag. Juristisch vier Monate. Genau so ist es gekommen.",
        language="de",
        confidence=4,
        guard=3,
        grid=4,
    )
    signe.steps.start(step="masts")


def _masts_end(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.steps.complete(
        step="masts",
        achieved=0.8,
        results={"minutes to a common map": 19},
        words="From three hours to nineteen minutes.",
    )
    reflect(
        tell,
        by="oskar",
        on="status",
        step="masts",
        phase="after",
        words="Neunzehn Minuten. Und kein einziges Mal hat jemand nach einem Kunden gefragt.",
        language="de",
        confidence=4,
        guard=4,
        grid=4,
    )
    reflect(
        tell,
        by="pilar",
        on="status",
        step="masts",
        phase="after",
        words="El interruptor es nuestro y no hizo falta. Así da gusto.",
        language="es",
        guard=5,
        telecom=4,
    )


def _nobody_noticed(tell: Teller) -> None:
    tell("ebru", on="status").pilots.note_stance(
        towards="guard",
        stance="association",
        words="We would do this without a pilot by now. We would still not say so.",
        label="AMBER",
        clients=("grid",),
    )
    tell("signe", on="status", source="web").pilots.observe_reading(
        about="telecom",
        audience="customers",
        expected=0.5,
        observed=0.5,
        words="Nobody noticed. That is the result.",
    )


def _handsets(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.steps.plan(
        called="handsets",
        title="Positions of test handsets",
        hypothesis="Forty handsets on a ferry show where coverage fails, before people do.",
        kind="discovery",
        stake="low",
        safe_to_fail=True,
        touches=(Touch(touch="shared_data", of="positions"),),
        visibility="closed",
        measures={"holes found": 5},
    )
    with tell.refused("red-line/telecom/customer_positions"):
        signe.steps.start(step="handsets")
    tell("ebru", on="status").steps.waive_red_line(
        step="handsets",
        red_line="customer_positions",
        reason="Forty handsets of our own, in a box, on a ferry. No customer's. This once.",
    )
    signe.steps.start(step="handsets")


def _cable(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.steps.pause(
        step="handsets", reason="The cable to Skarvik was cut at 02:51. Nobody has time for ferries."
    )
    tell("oskar", on="status").concerns.raise_one(
        called="combatants",
        words="Unsere Leute flicken nachts neben einem Marineboot. Sind sie dann noch Zivilisten?",
        kind="legal",
        severity="high",
        factor="legal",
        about="guard",
        language="de",
        label="GREEN",
    )
    signe.concerns.acknowledge(
        concern="combatants", words="A fair question, and not one for a guess at four in the morning."
    )


def _repaired(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.pilots.adopt_tweak(
        called="apart-at-sea",
        because_of="combatants",
        change="Repair crews sail on their own ship, the guard keeps two miles off, and the charter says so.",
        safeguards=("two nautical miles", "own ship"),
    )
    signe.concerns.answer(concern="combatants", tweak="apart-at-sea")
    tell("oskar", on="status").concerns.resolve(
        concern="combatants", words="Der Anwalt nickt. Das tut er selten."
    )
    signe.steps.abandon(
        step="handsets", reason="The ferry season is over and the coverage was found the hard way."
    )
    reflect(
        tell,
        by="ebru",
        on="status",
        step="handsets",
        phase="during",
        words="Twelve minutes to a common map, on the real night. We owe them a dinner nobody may know about.",
        confidence=5,
        guard=5,
        grid=4,
    )


def _year_end(tell: Teller) -> None:
    signe = tell("signe", on="status", source="web")
    signe.pilots.state_outcome(
        outcome="confirmed", words="Nineteen minutes on a calm day, twelve on a bad night."
    )
    tell("ebru", on="status").lessons.draft(
        called="switch",
        title="Who holds the switch",
        words="We joined because the switch was on our side. In eighteen months we never touched it.",
        because_of="combatants",
        consent_of=("guard",),
        factors=("autonomy", "legal"),
    )
    tell("ebru", on="status").lessons.consent(lesson="switch")
    signe.lessons.consent(lesson="switch")
    signe.lessons.release(
        lesson="switch",
        title="Who holds the switch",
        words="A partner that can leave at any moment, by a switch of its own, is a partner that stays.",
        named=True,
    )
    tell("kaspar").lessons.mark_useful(lesson="switch")
