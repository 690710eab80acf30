"""The bridge at Sélou, in a country that does not exist: what nobody would say about the corridor."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller


def table_top(tell: Teller) -> Story:
    """Tell of two days in the land of Orvane."""
    yield "2024-09-09"
    _proposed(tell)
    yield "2024-09-16"
    _agreed(tell)
    yield "2024-10-14"
    tell("adaeze", on="bridge", source="web").steps.start(step="orvane")
    yield "2024-10-15T17:30"
    _orvane_ends(tell)
    _somebody_writes(tell)
    yield "2024-10-16"
    tell.released(called="uniforms")
    yield "2024-10-22"
    _orvane_is_read(tell)


def _proposed(tell: Teller) -> None:
    adaeze = tell("adaeze", source="web")
    adaeze.pilots.propose(
        called="bridge",
        theatre="kessou",
        title="The bridge at Sélou: a table-top in the land of Orvane",
        hypothesis="Over a bridge that is not there, partners name the lines they keep quiet about at a real one.",
        format="table_top",
        visibility="closed",
        fictional=True,
    )
    take_parts(
        tell,
        "bridge",
        by="adaeze",
        ines="coordinator",
        noor="participant",
        lucia="participant",
        tomas="auditor",
    )
    adaeze = tell("adaeze", on="bridge", source="web")
    for actor in ("force", "relief"):
        adaeze.pilots.invite(
            actor=actor, framing="Two days, a map of a country that is not there, no titles."
        )
    tell("noor", on="bridge").pilots.answer(
        reply="join", reasons="Nobody has ever asked us to be wrong in private."
    )
    tell("lucia", on="bridge").pilots.answer(
        reply="join", reasons="Con mapa inventado, sí.", accepted_format="table_top"
    )


def _agreed(tell: Teller) -> None:
    adaeze = tell("adaeze", on="bridge", source="web")
    adaeze.pilots.set_charter(
        data_ownership="The scenario belongs to the mission, what is said in it to nobody.",
        branding="None; the country is not there either.",
        public_messaging="That it took place, no more.",
        information_limits="No true place, unit or name, not even as a joke.",
    )
    adaeze.scans.record(**scales.of(scales.MISSION, neutrality=0.2, independence=0.2))
    tell("noor", on="bridge").scans.record(
        **scales.of(scales.FORCE, operational_credibility=0.6, standing=0.5)
    )
    tell("lucia", on="bridge").scans.record(
        **scales.relief(resources=0.3, speed=0.2, safety=0.2, brand=0.3),
        words="Lo peor que puede pasar es una foto.",
    )
    agree(tell, "bridge", mission="adaeze", force="noor", relief="lucia")
    adaeze.pilots.choose_level(
        level="coexist", reason="As the agency's balance says, and the table is round enough."
    )
    adaeze.steps.plan(
        called="orvane",
        title="Two days in Orvane",
        hypothesis="By the second evening every partner has named one line aloud.",
        safe_to_fail=True,
        stake="low",
        measures={"lines named": 3},
    )


def _orvane_ends(tell: Teller) -> None:
    tell("adaeze", on="bridge", source="web").steps.complete(
        step="orvane",
        achieved=0.75,
        results={"lines named": 4},
        words="Four lines, one of them a surprise to its owner.",
    )
    reflect(
        tell,
        by="lucia",
        on="bridge",
        step="orvane",
        phase="after",
        words="En Orvane el coronel nos pidió perdón. En Kessou todavía no.",
        language="es",
        confidence=3,
        called="perdon",
        force=3,
        mission=5,
    )
    reflect(
        tell,
        by="noor",
        on="bridge",
        step="orvane",
        phase="after",
        words="I played the aid worker. I lost my temper with my own army in ten minutes.",
        confidence=5,
        called="own-army",
        relief=4,
        mission=2,
    )
    reflect(
        tell,
        by="adaeze",
        on="bridge",
        step="orvane",
        phase="after",
        words="On a ri, puis plus personne n'a ri. C'est là que l'exercice a commencé.",
        language="fr",
        force=4,
        relief=4,
    )


def _somebody_writes(tell: Teller) -> None:
    tell("lucia", on="bridge", source="web").concerns.leave(
        kind="militarisation",
        severity="low",
        factor="professional_identity",
        words="By the second day the humanitarians at the table were speaking in 'objectives' and 'assets'. Me too.",
    )


def _orvane_is_read(tell: Teller) -> None:
    tell("noor", on="bridge").records.correct(
        event="own-army",
        changes={"ratings": [_rating(tell, "relief", 4), _rating(tell, "mission", 5)]},
        reason="A slip of the thumb: the mission was the best of us.",
    )
    ines = tell("ines", on="bridge", source="web")
    ines.concerns.acknowledge(concern="uniforms", words="Whoever you are: thank you. It was audible.")
    ines.pilots.adopt_tweak(
        called="plain-words",
        because_of="uniforms",
        change="A plain-words keeper sits at the table and rings a bell at every borrowed term.",
    )
    ines.concerns.answer(concern="uniforms", tweak="plain-words")
    tell("lucia", on="bridge").records.relabel(event="perdon", label="AMBER+STRICT")
    adaeze = tell("adaeze", on="bridge", source="web")
    adaeze.pilots.state_outcome(
        outcome="confirmed", step="orvane", words="Named aloud, in Orvane. Whether they hold here is open."
    )
    adaeze.pilots.close(reason="The bridge has been crossed by everybody who wanted to.")


def _rating(tell: Teller, actor: str, rating: int) -> dict[str, object]:
    return {"actor": tell.cast.actors[actor], "rating": rating}
