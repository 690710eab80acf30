"""The agency is asked to share its needs assessments with a force that is party to the conflict; then the dam goes."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def needs_and_logistics(tell: Teller) -> Story:
    """Tell of what is refused in one season, wanted in another, by the same people."""
    yield "2024-03-04"
    _asked(tell)
    _answered(tell)
    yield "2024-03-07"
    _weighed(tell)
    yield "2024-03-12T09:00"
    _too_deep(tell)
    yield "2024-04-02"
    _road_board(tell)
    yield "2024-05-06"
    _road_board_ends(tell)
    yield "2024-05-21"
    _the_slide(tell)
    yield "2024-06-03"
    _apart(tell)
    yield "2025-06-09"
    _asked_again(tell)
    yield "2025-06-16"
    _weighed_again(tell)
    yield "2025-06-23"
    _boat_pool(tell)
    yield "2025-07-08"
    _one_roof(tell)
    yield "2025-07-21"
    _boat_pool_ends(tell)
    yield "2025-09-15"
    _one_roof_ends(tell)
    yield "2025-10-06"
    _what_to_say_of_it(tell)


def _asked(tell: Teller) -> None:
    kaspar = tell("kaspar", source="web")
    kaspar.pilots.propose(
        called="needs",
        theatre="kessou",
        title="Shared needs assessments and logistics",
        hypothesis="One picture of needs and one pool of lorries reach the villages two days sooner.",
        format="technical_interface",
        visibility="public",
    )
    take_parts(
        tell,
        "needs",
        by="kaspar",
        ines="coordinator",
        amara="participant",
        lucia="participant",
        adaeze="participant",
        djeneba="participant",
        tomas="auditor",
    )
    kaspar = tell("kaspar", on="needs", source="web")
    for actor in ("relief", "mission", "clinics"):
        kaspar.pilots.invite(
            actor=actor,
            framing="You know who needs what. We have aircraft, engineers and a secure road. Let us put that together.",
            visibility="public",
        )


def _answered(tell: Teller) -> None:
    tell("adaeze", on="needs").pilots.answer(
        reply="join", reasons="Better one picture that we can check than three we cannot."
    )
    tell("djeneba", on="needs").pilots.answer(
        reply="parallel",
        reason_codes=("neutrality", "independence"),
        reasons="Nos chiffres ne voyagent pas en hélicoptère. Nous ferons notre évaluation, à côté.",
        accepted_format="parallel_pilots",
        preferred_framing="Deux carnets, que l'on compare après.",
    )
    tell("amara", on="needs").pilots.answer(
        reply="join_on_conditions",
        reason_codes=("resources", "neutrality", "safety"),
        reasons="The airlift would feed Dara for a month. The picture of us beside it would close Dara for a year.",
        conditions="Totals by district, never villages; nothing about people; we may leave the room at any time.",
        accepted_format="table_top",
        preferred_framing="De-confliction of lorries, not a shared picture.",
    )


def _weighed(tell: Teller) -> None:
    tell("kaspar", on="needs", source="web").pilots.set_charter(
        data_ownership="Assessments belong to who made them; the task force may keep what it was shown.",
        branding="A common header on the weekly sheet, with all three emblems.",
        public_messaging="The task force may speak of the pilot.",
    )
    tell("kaspar", on="needs").scans.record(
        **scales.of(scales.FORCE), words="Viel zu gewinnen, wenig zu verlieren."
    )
    tell("adaeze", on="needs").scans.record(
        **scales.of(scales.MISSION), words="Our risk is to be read as the task force's clerk."
    )
    tell("amara", on="needs").scans.record(
        **scales.relief(),
        words="Technically it is the best offer we ever had. That is why it took us a week to be sure of no.",
    )


def _too_deep(tell: Teller) -> None:
    agree(
        tell,
        "needs",
        unclear={
            (
                "force",
                "relief",
            ): "We took 'impartial' to mean 'on nobody's side'. It means: by need alone, on every side."
        },
        force="kaspar",
        mission="adaeze",
        relief="amara",
    )
    kaspar = tell("kaspar", on="needs", source="web")
    kaspar.pilots.choose_level(level="cooperate", reason="Otherwise it is not worth the aircraft.")
    kaspar.pilots.plan_analysis(
        plan="Days from a need being reported to the first lorry, against the same weeks of 2023, village by village.",
        measures=("days to first lorry",),
    )
    kaspar.steps.plan(
        called="board",
        title="A weekly road board",
        hypothesis="Posting which bridges carry ten tonnes saves each partner a day a week.",
        touches=(Touch(touch="shared_data", of="logistics"),),
        measures={"days to first lorry": 3.0},
    )
    with tell.refused("level"):
        kaspar.steps.start(step="board")
    tell("ines", on="needs", source="web").pilots.choose_level(
        level="coexist",
        reason="The agency's balance carries no more than this, and the road board needs no more.",
    )


def _road_board(tell: Teller) -> None:
    kaspar = tell("kaspar", on="needs", source="web")
    kaspar.steps.start(step="board")
    kaspar.steps.plan(
        called="feed",
        title="Needs feed to the operations room",
        hypothesis="With needs by household the airlift plans itself.",
        kind="demonstration",
        stake="high",
        touches=(Touch(touch="shared_data", of="beneficiaries"), Touch(touch="military_lead")),
    )
    amara = tell("amara", on="needs")
    amara.pilots.take_position(
        position="objection",
        step="feed",
        reason="By household means by name. A list like that has been left in a vehicle before, in another country.",
    )
    tell("adaeze", on="needs").pilots.take_position(
        position="reservation", step="feed", reason="By district we could live with, under our lead."
    )
    with tell.refused("red-line/relief/beneficiary_lists"):
        kaspar.steps.start(step="feed")
    reflect(
        tell,
        by="lucia",
        on="needs",
        step="board",
        phase="during",
        words="El tablero ayuda. Lo que no ayuda es que cada lunes pregunten otra vez por los nombres.",
        language="es",
        force=2,
        mission=4,
    )


def _road_board_ends(tell: Teller) -> None:
    tell("kaspar", on="needs", source="web").steps.complete(
        step="board",
        achieved=0.6,
        results={"days to first lorry": 4.2},
        words="A day and a half sooner than last year.",
    )
    reflect(
        tell,
        by="amara",
        on="needs",
        step="board",
        phase="after",
        words="The board works because it knows nothing about people.",
        called="board-works",
        force=3,
        mission=4,
    )
    reflect(
        tell,
        by="adaeze",
        on="needs",
        step="board",
        phase="after",
        words="Useful. And in every village they now ask which of us is the army.",
        force=3,
        relief=4,
    )
    tell("ines", on="needs", source="web").pilots.observe_reading(
        about="relief",
        audience="host_population",
        expected=0.6,
        observed=0.3,
        words="Market talk in three towns, by our monitors: 'the food people went to the soldiers' meeting'.",
    )


def _the_slide(tell: Teller) -> None:
    amara = tell("amara", on="needs")
    amara.steps.cross_red_line(
        red_line="beneficiary_lists",
        owner="relief",
        by_actor="force",
        step="board",
        words="Our distribution points, with family counts, on a slide shown to forty officers and one camera.",
        occurred_at="2024-05-17T11:00",
    )
    amara.concerns.raise_one(
        called="slide",
        words="We never sent counts. Somebody stood at our queue and counted, then put our name under it.",
        kind="neutrality",
        severity="high",
        factor="neutrality",
        about="force",
        step="board",
        label="GREEN",
    )
    tell("lucia", on="needs").concerns.raise_one(
        called="header",
        words="La cabecera con los tres emblemas: en Ouré la usan como prueba de que trabajamos para ellos.",
        kind="brand",
        severity="medium",
        factor="brand",
        about="force",
        label="GREEN",
        language="es",
    )
    tell("kaspar", on="needs").concerns.acknowledge(
        concern="slide",
        words="Stimmt. Die Folie ist zurückgezogen, der Offizier versetzt. Es bleibt unsere Schuld.",
    )
    tell("kaspar", on="needs", source="web").steps.abandon(
        step="feed",
        reason="Refused by the agency's red line, and after the slide we would refuse it ourselves.",
    )


def _apart(tell: Teller) -> None:
    ines = tell("ines", on="needs", source="web")
    ines.pilots.adopt_tweak(
        called="bare-sheet",
        because_of="header",
        change="The weekly sheet carries no emblem and no name; it is a table of bridges.",
        safeguards=("no common header",),
    )
    tell("kaspar", on="needs").concerns.answer(concern="header", tweak="bare-sheet")
    tell("lucia", on="needs").concerns.resolve(
        concern="header", words="Visto en Ouré: la hoja nueva, sin nada arriba."
    )
    amara = tell("amara", on="needs")
    amara.pilots.note_signal(
        signal="mandate_stressed",
        towards="force",
        audience="host_population",
        words="On the radio, in two languages: we belong to no army, we carry nobody's list.",
    )


def _asked_again(tell: Teller) -> None:
    ines = tell("ines", on="needs", source="web")
    for stage in ("design", "invitation", "trial"):
        ines.pilots.enter_stage(stage=stage)
    ines.pilots.set_charter(
        data_ownership="Boats, fuel and landing places are pooled. Everything else stays where it is.",
        branding="White flags on every boat, nothing else.",
        public_messaging="Each for itself, about itself.",
        information_limits="No counts, no names, no places of people. The flood committee of Ouré chairs.",
    )


def _weighed_again(tell: Teller) -> None:
    for handle in ("kaspar", "adaeze", "amara"):
        tell(handle, on="needs", source="web").pilots.accept_charter()
    tell("kaspar", on="needs").scans.record(
        **scales.of(scales.FORCE, resources=0.4, operational_credibility=0.2),
        words="Diesmal haben wir mehr zu geben.",
    )
    tell("adaeze", on="needs").scans.record(
        **scales.of(scales.MISSION, neutrality=0.3, salience=0.9),
        words="Nobody asks whose boat it is, this week.",
    )
    tell("amara", on="needs").scans.record(
        **scales.relief(),
        words="The same scores as last year; I checked. The water has changed. What we remember has not.",
    )


def _boat_pool(tell: Teller) -> None:
    ines = tell("ines", on="needs", source="web")
    ines.pilots.choose_level(
        level="coordinate",
        reason="One step deeper than last year, and a step short of what the river alone would allow.",
    )
    ines.steps.plan(
        called="pool",
        title="A pool of boats and fuel",
        hypothesis="Pooled, eleven boats do the work of twenty.",
        stake="high",
        touches=(Touch(touch="shared_data", of="logistics"),),
        measures={"people moved a day": 900, "boats idle": 2},
    )
    ines.steps.start(step="pool")
    ines.steps.plan(
        called="roof",
        title="One roof in Dara",
        hypothesis="A store shared with engineers stays dry, and stays ours.",
        touches=(Touch(touch="co_location"), Touch(touch="shared_data", of="logistics")),
        measures={"tonnes kept dry": 140},
    )
    with tell.refused("red-line/relief/no_co_location"):
        ines.steps.start(step="roof")


def _one_roof(tell: Teller) -> None:
    tell("ines", on="needs", source="web").steps.start(step="roof")
    reflect(
        tell,
        by="lucia",
        on="needs",
        step="roof",
        phase="during",
        words="Comparten el techo, no la mesa. Los soldados entran por el lado del río y se quitan las botas.",
        language="es",
        confidence=4,
        force=4,
        mission=4,
    )


def _boat_pool_ends(tell: Teller) -> None:
    tell("ines", on="needs", source="web").steps.complete(
        step="pool",
        achieved=0.85,
        results={"people moved a day": 780, "boats idle": 1},
        words="Eleven boats, seven hundred and eighty people a day, two engines drowned.",
    )
    reflect(
        tell,
        by="amara",
        on="needs",
        step="pool",
        phase="after",
        words="They took orders from a schoolteacher with a whistle. I would not have believed it in May of last year.",
        confidence=4,
        called="whistle",
        force=4,
        mission=5,
    )
    reflect(
        tell,
        by="kaspar",
        on="needs",
        step="pool",
        phase="after",
        words="Wir haben nichts gefilmt, nichts gezählt, nichts behalten. Es ging.",
        language="de",
        relief=5,
        mission=4,
    )
    tell("ines", on="needs", source="web").pilots.observe_reading(
        about="relief",
        audience="host_population",
        expected=0.4,
        observed=0.65,
        words="Same monitors, same towns: 'everybody who had a boat'.",
    )


def _one_roof_ends(tell: Teller) -> None:
    ines = tell("ines", on="needs", source="web")
    ines.steps.complete(
        step="roof", achieved=0.7, results={"tonnes kept dry": 98}, words="Dry until the second crest."
    )
    reflect(
        tell,
        by="adaeze",
        on="needs",
        step="roof",
        phase="after",
        words="It held because everyone knew the day it would end.",
        force=4,
        relief=4,
    )
    ines.pilots.state_outcome(
        outcome="partly",
        words="Two days sooner, with boats. With needs it was never tried, and that was right.",
    )
    tell("amara", on="needs").concerns.resolve(
        concern="slide",
        words="Resolved after sixteen months, not forgotten. Nobody has counted our queue since.",
    )


def _what_to_say_of_it(tell: Teller) -> None:
    ines = tell("ines", on="needs", source="web")
    ines.pilots.enter_stage(stage="messaging")
    tell("kaspar", on="needs").scans.record(**scales.of(scales.FORCE, reach=0.5, standing=0.9))
    tell("amara", on="needs").scans.record(
        **scales.relief(speed=0.3, brand=0.7),
        words="To be seen with them now is all risk. The water is gone.",
    )
    tell("kaspar", on="needs").pilots.note_signal(
        signal="public_praise",
        towards="relief",
        audience="member_states",
        words="Im Jahresbericht, mit Namen. Wir hatten vorher gefragt; die Antwort kam nach Druckschluss.",
    )
