"""A campaign on the Nordmark coast: the same firm, asked to be seen."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def campaign(tell: Teller) -> Story:
    """Tell of a poster that was never printed."""
    yield "2024-10-07"
    _asked(tell)
    yield "2024-10-14"
    _weighed(tell)
    yield "2024-10-28"
    _between_a_frigate_and_a_flag(tell)
    yield "2024-11-18"
    _not_printed(tell)


def _asked(tell: Teller) -> None:
    tell("tobias", source="web").pilots.propose(
        called="campaign",
        theatre="nordmark",
        title="Ready together: a joint communication campaign",
        hypothesis="Posters with all our names make one household in three keep water and a radio.",
        format="living_lab",
        visibility="cobranded",
    )
    take_parts(tell, "campaign", by="tobias", ines="coordinator", ebru="participant", tomas="auditor")
    tobias = tell("tobias", on="campaign", source="web")
    tobias.pilots.invite(
        actor="telecom",
        framing="One poster, all our names: the coast stands together.",
        visibility="cobranded",
    )
    tell("ebru", on="campaign").pilots.answer(
        reply="join_on_conditions",
        reason_codes=("brand", "neutrality"),
        reasons="Marketing says yes, everybody else says wait.",
        conditions="We see the poster before it is printed, and may take our name off.",
        preferred_framing="Advice on batteries, by each firm, in its own words.",
    )
    tobias.pilots.set_charter(
        data_ownership="Nothing but postcodes.",
        branding="All names at the same height.",
        public_messaging="Jointly, in one sentence.",
    )


def _weighed(tell: Teller) -> None:
    tobias = tell("tobias", on="campaign", source="web")
    tell("tobias", on="campaign").scans.record(**scales.of(scales.GUARD, standing=0.9))
    tell("ebru", on="campaign").scans.record(
        **scales.of(scales.TELECOM_CAMPAIGN),
        words="In three markets we are 'the northern firm'. With a helmet beside our name we are something else.",
    )
    tobias.pilots.choose_level(
        level="cooperate", reason="A campaign that is only coordinated is four campaigns."
    )
    tobias.steps.plan(
        called="posters",
        title="Posters on two hundred bus stops",
        hypothesis="People who wait for a bus read to the end.",
        kind="demonstration",
        touches=(Touch(touch="joint_branding"), Touch(touch="publication")),
        measures={"households with a radio": 0.33},
    )
    with tell.refused("visibility"):
        tobias.steps.start(step="posters")


def _between_a_frigate_and_a_flag(tell: Teller) -> None:
    reflect(
        tell,
        by="ebru",
        on="campaign",
        step="posters",
        phase="before",
        words="The draft has our logo between a frigate and a flag. Nobody meant harm. That is how it happens.",
        guard=3,
    )
    ebru = tell("ebru", on="campaign")
    ebru.pilots.withdraw(
        reason_codes=("brand", "neutrality"),
        reasons="We send our own leaflet about batteries with the November bill. Same advice, one name.",
    )
    ebru.pilots.note_signal(
        signal="refusal",
        towards="guard",
        audience="customers",
        words="Our leaflet, our name, their advice in it.",
    )


def _not_printed(tell: Teller) -> None:
    tobias = tell("tobias", on="campaign", source="web")
    tobias.steps.abandon(step="posters", reason="Not without the firm, and not above the cap of this coast.")
    tobias.pilots.observe_reading(about="telecom", audience="shareholders", expected=0.4, observed=0.6)
    tobias.pilots.state_outcome(
        outcome="refuted", words="Not tried. The leaflet reached more kitchens than our posters would have."
    )
    tobias.pilots.close(reason="Everybody says the same thing now, each in its own voice.")
