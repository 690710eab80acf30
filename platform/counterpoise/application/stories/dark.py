"""Dark harbour, on the Nordmark coast: a war game that is allowed to fail."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller


def war_game(tell: Teller) -> Story:
    """Tell of a night without power, played until it goes wrong."""
    yield "2025-09-01"
    _proposed(tell)
    yield "2025-09-08"
    _scanned(tell)
    yield "2025-10-20T19:00"
    tell("tobias", on="dark", source="web").steps.start(step="night")
    yield "2025-10-21T02:10"
    _the_night(tell)
    yield "2025-10-27"
    _the_morning(tell)
    yield "2025-12-15"
    tell("ragna", on="dark").pilots.take_position(
        position="consent", reason="Again next autumn, with the school's generator this time."
    )


def _proposed(tell: Teller) -> None:
    tell("tobias", source="web").pilots.propose(
        called="dark",
        theatre="nordmark",
        title="Dark harbour: a war game",
        hypothesis="The town holds two nights without power if the first two hours are right.",
        format="war_game",
        visibility="closed",
        fictional=True,
    )
    take_parts(
        tell,
        "dark",
        by="tobias",
        ines="coordinator",
        ragna="participant",
        pilar="participant",
        tomas="auditor",
    )
    tobias = tell("tobias", on="dark", source="web")
    for actor in ("council", "grid"):
        tobias.pilots.invite(actor=actor, framing="A winter night, a cut cable, your town. You may lose.")
    tell("ragna", on="dark").pilots.answer(
        reply="join", reasons="We lose every winter. It would be good to see why."
    )
    tell("pilar", on="dark").pilots.answer(
        reply="join", reasons="En un juego puedo equivocarme sin que me multen."
    )
    tobias.pilots.set_charter(
        data_ownership="The game's log belongs to all three.",
        branding="None.",
        public_messaging="That it was played; not how it ended.",
        information_limits="No true switch, no true key.",
    )


def _scanned(tell: Teller) -> None:
    tell("ragna", on="dark").scans.record(
        **scales.of(scales.COUNCIL, safety=0.7, autonomy=0.8),
        words="If soldiers run the pump house once, they will again.",
    )
    tell("ragna", on="dark").scans.record(
        **scales.of(scales.COUNCIL, autonomy=0.3),
        words="They say the harbour master leads. Then it is a different scan.",
    )
    tell("pilar", on="dark").scans.record(**scales.of(scales.GRID, legal=0.2, liabilities=0.2))
    tell("tobias", on="dark").scans.record(**scales.of(scales.GUARD, operational_credibility=0.5))
    agree(tell, "dark", guard="tobias", council="ragna", grid="pilar")
    tobias = tell("tobias", on="dark", source="web")
    tobias.pilots.choose_level(
        level="coordinate", reason="It is a game; nobody needs to be one with anybody."
    )
    tobias.steps.plan(
        called="night",
        title="One night, eleven hours, the harbour master leads",
        hypothesis="With the harbour master in the lead the pumps run till morning.",
        kind="hypothesis_test",
        stake="normal",
        safe_to_fail=True,
        measures={"hours the pumps run": 11},
    )


def _the_night(tell: Teller) -> None:
    reflect(
        tell,
        by="pilar",
        on="dark",
        step="night",
        phase="during",
        words="A las dos de la mañana nadie sabía de quién era la bomba tres. Era nuestra.",
        language="es",
        council=4,
        guard=4,
    )
    tobias = tell("tobias", on="dark", source="web")
    tobias.steps.complete(
        step="night",
        achieved=0.35,
        results={"hours the pumps run": 4},
        words="Four hours. Then the cellar filled.",
    )
    tobias.pilots.open_round(step="night", phase="after")


def _the_morning(tell: Teller) -> None:
    reflect(
        tell,
        by="ragna",
        on="dark",
        step="night",
        phase="after",
        words="We drowned at half past two, with a plan in every pocket. I have never learnt so much in one night.",
        confidence=4,
        called="drowned",
        guard=5,
        grid=4,
    )
    tobias = tell("tobias", on="dark", source="web")
    tobias.pilots.close_round(step="night", phase="after")
    tobias.pilots.adopt_tweak(
        called="pump-three",
        because_of="drowned",
        change="Every pump has a name, a key and an owner painted on its door.",
    )
    reflect(
        tell,
        by="tobias",
        on="dark",
        step="night",
        phase="after",
        words="Die Hafenmeisterin hat geführt. Ich habe zwei Stunden geschwiegen. Es war richtig.",
        language="de",
        council=5,
        grid=3,
        label="AMBER+STRICT",
    )
    tobias.pilots.state_outcome(
        outcome="undecided", words="One night of two, and the first two hours were not right."
    )
