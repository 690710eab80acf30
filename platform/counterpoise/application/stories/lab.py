"""The island network lab in Tavai: a firm from the north and a ministry make telephones ring again."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def network_lab(tell: Teller) -> Story:
    """Tell of nine islands and ten days."""
    yield "2024-04-15"
    _proposed(tell)
    _agreed(tell)
    yield "2024-04-29"
    tell("lani", on="lab", source="web").steps.start(step="nine")
    yield "2024-05-08"
    _islands_back(tell)
    yield "2024-06-12"
    _told(tell)


def _proposed(tell: Teller) -> None:
    lani = tell("lani", source="web")
    lani.pilots.propose(
        called="lab",
        theatre="tavai",
        title="Island network lab",
        hypothesis="A mast on a trailer and a ministry with a list reconnect an island in three days.",
        format="living_lab",
        visibility="low",
    )
    take_parts(
        tell, "lab", by="lani", ines="coordinator", sefa="participant", oskar="participant", tomas="auditor"
    )
    lani = tell("lani", on="lab", source="web")
    lani.pilots.invite(
        actor="telecom", framing="Bring masts. We bring the list of who is cut off.", visibility="low"
    )
    tell("oskar", on="lab").pilots.answer(
        reply="join",
        reason_codes=("standing", "expertise"),
        reasons="Unser Chef war dreißig Jahre auf See. Er hat nicht gezögert.",
    )


def _agreed(tell: Teller) -> None:
    lani = tell("lani", on="lab", source="web")
    lani.pilots.set_charter(
        data_ownership="Network data stays with the firm, the list with the ministry.",
        branding="The firm's name on the mast, one hand wide.",
        public_messaging="After an island is back, both may say so.",
    )
    lani.scans.record(**scales.of(scales.MINISTRY, autonomy=0.3))
    tell("oskar", on="lab").scans.record(
        **scales.of(scales.TELECOM_RELIEF), words="Selten, dass alle Zeiger nach rechts stehen."
    )
    agree(tell, "lab", ministry="lani", telecom="oskar")
    lani.pilots.choose_level(level="cooperate", reason="Enough for a trailer and a list.")
    lani.steps.plan(
        called="nine",
        title="Nine islands in nine days",
        hypothesis="Who is asked before the digging starts does not ask for it to stop.",
        stake="high",
        touches=(Touch(touch="shared_data", of="network"),),
        measures={"islands back": 9},
    )


def _islands_back(tell: Teller) -> None:
    tell("lani", on="lab", source="web").steps.complete(
        step="nine", achieved=0.95, results={"islands back": 9}
    )
    reflect(
        tell,
        by="sefa",
        on="lab",
        step="nine",
        phase="after",
        words="They asked each chief before they dug. The mast on Lofa stands where the chief's brother wanted it.",
        confidence=5,
        telecom=5,
    )
    reflect(
        tell,
        by="oskar",
        on="lab",
        step="nine",
        phase="after",
        words="Die Liste stimmte. Das habe ich in zwanzig Jahren nicht erlebt.",
        language="de",
        confidence=5,
        ministry=5,
    )


def _told(tell: Teller) -> None:
    lani = tell("lani", on="lab", source="web")
    lani.pilots.change_visibility(visibility="public", reason="It worked, and people ask who it was.")
    tell("oskar", on="lab").pilots.note_signal(
        signal="joint_statement",
        towards="ministry",
        audience="media",
        words="Ein Satz, zwei Logos, kein Foto vom Chef.",
    )
    lani.pilots.observe_reading(about="telecom", audience="host_population", expected=0.6, observed=0.9)
    lani.pilots.state_outcome(
        outcome="confirmed", words="Nine islands, ten days. The tenth day was a funeral."
    )
    lani.pilots.close(reason="All islands that had a mast have one again.")
