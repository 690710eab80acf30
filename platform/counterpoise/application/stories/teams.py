"""Mixed assessment teams in Tavai: engineers and aid workers in one boat, until it is wanted elsewhere."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def mixed_teams(tell: Teller) -> Story:
    """Tell of engineers and aid workers who assess houses together; on the outer islands it goes wrong in public."""
    yield "2024-03-13"
    _proposed(tell)
    _agreed(tell)
    yield "2024-04-15"
    _planned(tell)
    yield "2024-04-22"
    tell("ines", on="teams", source="web").steps.start(step="outer")
    yield "2024-04-26"
    _left_on_the_beach(tell)
    _two_of_eight(tell)
    yield "2024-05-08"
    _the_end(tell)


def _proposed(tell: Teller) -> None:
    tell("ines", source="web").pilots.propose(
        called="teams",
        theatre="tavai",
        title="Mixed assessment teams",
        hypothesis="An engineer and an aid worker in one boat judge a house once instead of twice.",
        format="scenario_exercise",
        visibility="public",
    )
    take_parts(
        tell,
        "teams",
        by="ines",
        samira="participant",
        noor="participant",
        lani="participant",
        tomas="auditor",
    )
    ines = tell("ines", on="teams", source="web")
    for actor in ("relief", "force", "ministry"):
        ines.pilots.invite(
            actor=actor,
            framing="Four hundred roofs a day need looking at. We bring people who look together, under the ministry.",
            visibility="public",
        )
    tell("samira", on="teams").pilots.answer(
        reply="join",
        reason_codes=("speed", "expertise"),
        reasons="Nobody here shoots at anybody. Roofs first.",
    )
    tell("noor", on="teams").pilots.answer(
        reply="join",
        reasons="Twenty engineers, two boats, a month. After that they are needed in the corridor.",
    )
    tell("lani", on="teams").pilots.answer(
        reply="observe",
        reason_codes=("autonomy",),
        reasons="We lead the response. We do not need to lead every boat.",
    )


def _agreed(tell: Teller) -> None:
    ines = tell("ines", on="teams", source="web")
    ines.pilots.set_charter(
        data_ownership="Every judgement of a house goes to the ministry and to the family that lives in it.",
        branding="Orange vests. No uniforms on the islands, no logos on the boats.",
        public_messaging="The ministry speaks.",
        information_limits="Damage, never persons.",
    )
    tell("ines", on="teams").scans.record(**scales.of(scales.OFFICE))
    tell("samira", on="teams").scans.record(
        **scales.relief(), words="نفس الأسئلة التي أجبنا عنها في كيسو، والجواب هنا مختلف تماماً."
    )
    tell("noor", on="teams").scans.record(**scales.of(scales.FORCE, operational_credibility=0.2))
    agree(tell, "teams", office="ines", relief="samira", force="noor")
    ines.pilots.choose_level(
        level="cooperate", reason="Deeper was advised. Four weeks are too short for deeper."
    )


def _planned(tell: Teller) -> None:
    ines = tell("ines", on="teams", source="web")
    ines.steps.plan(
        called="outer",
        title="Eight days on the outer islands",
        hypothesis="Teams that agreed on one street can do eight islands.",
        stake="high",
        touches=(Touch(touch="co_location"), Touch(touch="shared_data", of="imagery")),
        measures={"islands assessed": 8},
    )


def _left_on_the_beach(tell: Teller) -> None:
    tell("samira", on="teams").concerns.raise_one(
        called="beach",
        words="تركوا فريقنا على الشاطئ يومين بلا ماء لأن القارب طُلب لتصوير وزير زائر.",
        kind="safety",
        severity="high",
        factor="safety",
        about="force",
        step="outer",
        label="GREEN",
        language="ar",
    )
    tell("lani", on="teams").concerns.raise_one(
        called="drone",
        words="Drones over three islands whose chiefs had said no. I was asked afterwards.",
        kind="autonomy",
        severity="medium",
        factor="autonomy",
        about="force",
        step="outer",
        label="GREEN",
    )
    tell("noor", on="teams").concerns.acknowledge(
        concern="beach",
        words="Two boats, three tasks. Somebody above me chose, and chose wrongly. I am sorry.",
    )


def _two_of_eight(tell: Teller) -> None:
    tell("ines", on="teams", source="web").steps.complete(
        step="outer",
        achieved=0.25,
        results={"islands assessed": 2},
        words="Two islands of eight. The boats went elsewhere.",
    )
    reflect(
        tell,
        by="samira",
        on="teams",
        step="outer",
        phase="after",
        words="وعدوا بقارب فجاؤوا بكاميرا. لن أضع اسمي بجانب اسمهم مرة ثانية هذا العام.",
        language="ar",
        confidence=5,
        called="camera",
        force=1,
        office=3,
    )
    reflect(
        tell,
        by="ines",
        on="teams",
        step="outer",
        phase="after",
        words="I signed for those boats. I should have slept on one.",
        force=2,
        relief=4,
    )


def _the_end(tell: Teller) -> None:
    ines = tell("ines", on="teams", source="web")
    ines.pilots.adopt_tweak(
        called="own-boat",
        because_of="beach",
        change="Nobody is landed by a boat they do not command themselves.",
        safeguards=("own transport", "a radio per team"),
    )
    tell("noor", on="teams").concerns.answer(concern="beach", tweak="own-boat")
    tell("noor", on="teams").pilots.withdraw(
        reason_codes=("operational_credibility",),
        reasons="The engineers go back to the corridor on Friday. We leave less here than we brought.",
    )
    tell("samira", on="teams").pilots.note_signal(
        signal="criticism",
        towards="force",
        audience="media",
        words="One sentence, on the evening news: 'we waited two days'.",
    )
    ines.pilots.observe_reading(about="force", audience="media", expected=0.7, observed=0.2)
    ines.pilots.state_outcome(outcome="refuted", words="One street does not make eight islands.")
    ines.pilots.close(reason="Two partners are left and no boat.")
