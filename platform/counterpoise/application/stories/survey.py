"""Shared logistics and a damage survey in Tavai: deep at once, and then, when the waters are contested, too visible."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def logistics_and_survey(tell: Teller) -> Story:
    """Tell of boats at dawn, a map for everybody, and a year later the question who it was drawn for."""
    yield "2024-03-20"
    _asked(tell)
    _agreed(tell)
    yield "2024-03-23"
    _one_room(tell)
    yield "2024-03-29"
    _first_boats_end(tell)
    yield "2024-04-08"
    _survey(tell)
    yield "2024-05-02"
    _school(tell)
    yield "2024-05-02T14:00"
    _only_roofs(tell)
    yield "2024-05-27"
    _survey_ends(tell)
    _slip(tell)
    yield "2024-07-15"
    _map(tell)
    yield "2024-08-12"
    _map_hangs(tell)
    yield "2025-03-10"
    _contested(tell)
    yield "2025-03-17"
    _less_visible(tell)
    _forged(tell)
    yield "2025-05-12"
    _handed_over(tell)


def _asked(tell: Teller) -> None:
    tell("lani", source="web").pilots.propose(
        called="survey",
        theatre="tavai",
        title="Shared logistics and damage survey",
        hypothesis="One pool of boats and one survey bring help to the last island a week sooner.",
        format="field_trial",
        visibility="public",
    )
    take_parts(
        tell,
        "survey",
        by="lani",
        ines="coordinator",
        sefa="participant",
        samira="participant",
        signe="participant",
        noor="participant",
        tomas="auditor",
    )
    lani = tell("lani", on="survey", source="web")
    for actor in ("relief", "guard", "force"):
        lani.pilots.invite(
            actor=actor,
            framing="Your boats and eyes, our islands, one board in the fish market.",
            visibility="public",
        )
    tell("samira", on="survey").pilots.answer(
        reply="join",
        reason_codes=("resources", "speed", "reach"),
        reasons="People are drinking from the school's rain tank. Yes.",
        accepted_format="field_trial",
    )
    tell("signe", on="survey").pilots.answer(
        reply="join",
        reasons="Two transport aircraft, eleven boats, sixty hands, until the ministry says thank you.",
    )


def _agreed(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.pilots.set_charter(
        data_ownership="The survey belongs to the ministry and is open to whoever helps.",
        branding="The ministry's seal; helpers' emblems small, in a row, by alphabet.",
        public_messaging="A daily bulletin of the ministry names all partners.",
        information_limits="Photographs of houses, not of faces.",
    )
    lani.pilots.plan_analysis(
        plan="Damage by survey against damage as the family claims it, every fifth house, before any map is shown.",
        measures=("houses alike",),
    )
    agree(tell, "survey", ministry="lani", relief="samira", guard="signe")
    tell("lani", on="survey").scans.record(**scales.of(scales.MINISTRY))
    tell("signe", on="survey").scans.record(**scales.of(scales.GUARD, legal=0.2, mandate=0.1))
    tell("samira", on="survey").scans.record(
        **scales.relief(),
        words="الأرقام هي نفسها، والبحر هو الذي تغيّر. هنا لا نخاف على اسمنا، نخاف أن نصل متأخرين.",
    )


def _one_room(tell: Teller) -> None:
    ines = tell("ines", on="survey", source="web")
    ines.pilots.open_scans(
        reason="The task force has not answered since Wednesday, and the boats leave at dawn."
    )
    ines.pilots.choose_level(
        level="unite", reason="For the search there is one room, one list, one voice on the radio."
    )
    ines.steps.plan(
        called="first-boats",
        title="The first boats",
        hypothesis="Every island is reached within seventy-two hours.",
        stake="high",
        touches=(
            Touch(touch="shared_data", of="logistics"),
            Touch(touch="co_location"),
            Touch(touch="military_lead"),
        ),
        measures={"islands reached": 31, "hours": 72},
    )
    with tell.refused("level"):
        ines.steps.start(step="first-boats")
    ines.steps.override_gate(
        step="first-boats",
        gate="level",
        reason="Deeper than the agency's balance carries, for seventy-two hours and for the search alone. It agrees.",
    )
    with tell.refused("invitation/force"):
        ines.steps.start(step="first-boats")
    tell("noor", on="survey").pilots.answer(
        reply="decline",
        reason_codes=("resources", "mandate"),
        reasons="Twenty engineers are all we were lent. Sorry to be late with a no.",
    )
    ines.steps.start(step="first-boats")


def _first_boats_end(tell: Teller) -> None:
    ines = tell("ines", on="survey", source="web")
    ines.steps.complete(
        step="first-boats",
        achieved=0.9,
        results={"islands reached": 30, "hours": 69},
        words="Thirty of thirty-one. Nobody lived on the last, it turned out.",
    )
    ines.pilots.choose_level(
        level="integrate", reason="The seventy-two hours are over. Back to what the scans carry."
    )
    reflect(
        tell,
        by="samira",
        on="survey",
        step="first-boats",
        phase="after",
        words="ثلاث ليالٍ بلا نوم، ولم يسألنا أحد من أي جهة نحن. هكذا يجب أن تكون الكارثة، إن كان لا بد منها.",
        language="ar",
        confidence=5,
        guard=5,
        ministry=5,
    )
    reflect(
        tell,
        by="signe",
        on="survey",
        step="first-boats",
        phase="after",
        words="A minister with a megaphone, and everybody listens. At home we rehearse that for years, in vain.",
        ministry=5,
        relief=5,
    )


def _survey(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.steps.plan(
        called="houses",
        title="Damage survey, house by house",
        hypothesis="What the drone sees and what the family says agree on five houses of six.",
        touches=(Touch(touch="shared_data", of="imagery"),),
        measures={"houses alike": 0.85, "houses": 6000},
    )
    tell("signe", on="survey").pilots.take_position(position="consent", step="houses")
    tell("sefa", on="survey").pilots.take_position(
        position="abstention", step="houses", reason="My own house is in it. Let the others judge."
    )
    lani.steps.start(step="houses")


def _school(tell: Teller) -> None:
    tell("samira", on="survey").concerns.raise_one(
        called="school",
        words="The drone's pictures of the girls' school are on the open board. Roofs, yes. Also the yard at noon.",
        kind="data",
        severity="medium",
        factor="legal",
        about="guard",
        step="houses",
        label="GREEN",
    )
    lani = tell("lani", on="survey", source="web")
    lani.steps.pause(step="houses", reason="Until the board is gone through, picture by picture.")
    tell("signe", on="survey").concerns.acknowledge(
        concern="school", words="Two hours, and we are through all of it."
    )


def _only_roofs(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.pilots.adopt_tweak(
        called="dawn-flights",
        because_of="school",
        step="houses",
        change="Flights before six in the morning only; a person of the island looks at every picture first.",
        safeguards=("no faces", "flights before six"),
    )
    tell("signe", on="survey").concerns.answer(concern="school", tweak="dawn-flights")
    tell("samira", on="survey").concerns.resolve(
        concern="school", words="Seen the board this afternoon. Only roofs."
    )
    lani.steps.start(step="houses")


def _survey_ends(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.steps.complete(
        step="houses",
        achieved=0.85,
        results={"houses alike": 0.88, "houses": 5720},
        words="Five thousand seven hundred and twenty houses. Where we differ, the family was right more often.",
    )
    reflect(
        tell,
        by="samira",
        on="survey",
        step="houses",
        phase="after",
        words="They listened within two hours and flew at dawn ever after. That is more than an apology.",
        confidence=4,
        guard=5,
        ministry=4,
    )


def _slip(tell: Teller) -> None:
    slip = reflect(
        tell,
        by="sefa",
        on="survey",
        step="houses",
        phase="after",
        words="Best map we ever had of ourselves.",
        guard=2,
        relief=5,
    )
    tell("sefa", on="survey").records.withdraw(
        event=slip, reason="Two was meant to be five. I write it again."
    )
    reflect(
        tell,
        by="sefa",
        on="survey",
        step="houses",
        phase="after",
        words="Best map we ever had of ourselves.",
        guard=5,
        relief=5,
    )


def _map(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.steps.plan(
        called="map",
        title="The map in every church and shop",
        hypothesis="A map people can touch is corrected by them within a month.",
        kind="demonstration",
        stake="normal",
        touches=(Touch(touch="publication"), Touch(touch="joint_branding")),
        measures={"islands with a map": 31},
    )
    lani.steps.start(step="map")


def _map_hangs(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.steps.complete(step="map", achieved=1.0, results={"islands with a map": 31})
    tell("signe", on="survey").pilots.note_signal(
        signal="co_branding",
        towards="ministry",
        audience="host_population",
        words="Three emblems in a row, by alphabet.",
    )
    lani.pilots.observe_reading(
        about="relief",
        audience="host_population",
        expected=0.8,
        observed=0.85,
        words="'The ones with the map.'",
    )


def _contested(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    for stage in ("design", "invitation", "trial"):
        lani.pilots.enter_stage(stage=stage)
    lani.scans.record(**scales.of(scales.MINISTRY, speed=0.6, autonomy=0.7, dispensability=0.2))
    tell("signe", on="survey").scans.record(
        **scales.of(scales.GUARD, legal=0.6), words="We are now also what they look at."
    )
    tell("samira", on="survey").scans.record(
        **scales.relief(), words="كل شيء كما كان في العام الماضي، إلا معنى أن نقف على الرصيف نفسه معهم."
    )


def _less_visible(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.pilots.choose_level(
        level="coordinate", reason="What the agency's balance says now. The row of emblems comes down."
    )
    lani.steps.plan(
        called="handover",
        title="Hand the survey over to the districts",
        hypothesis="A district that keeps the book needs nobody from outside to read it.",
        touches=(Touch(touch="shared_data", of="imagery"),),
        visibility="low",
        measures={"districts trained": 6},
    )
    with tell.refused("visibility"):
        lani.steps.start(step="handover")
    lani.pilots.change_visibility(
        visibility="low", reason="No bulletin with foreign names while boats without names lie off the reef."
    )


def _forged(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    tell("sefa", on="survey").concerns.raise_one(
        called="forged",
        words="A notice with our seal, forged: the survey lists 'who owns what, for the army'. In four villages.",
        kind="disinformation",
        severity="high",
        factor="brand",
        label="GREEN",
    )
    lani.concerns.acknowledge(
        concern="forged", words="On the radio tonight, in person, with the real seal on the table."
    )
    lani.pilots.adopt_tweak(
        called="open-book",
        because_of="forged",
        change="Each district keeps the survey's book in the church, open, for anybody to turn the pages.",
    )
    tell("sefa", on="survey").concerns.answer(concern="forged", tweak="open-book")
    lani.steps.start(step="handover")
    aside = reflect(
        tell,
        by="samira",
        on="survey",
        step="handover",
        phase="during",
        words="لم نعد نجلس بجانب الطيار. لا لأنه أساء، بل لأن من ينظر إلينا تغيّر.",
        language="ar",
        label="AMBER+STRICT",
        guard=3,
        ministry=4,
    )
    tell("samira", on="survey").records.relabel(event=aside, label="GREEN")


def _handed_over(tell: Teller) -> None:
    lani = tell("lani", on="survey", source="web")
    lani.steps.complete(step="handover", achieved=0.65, results={"districts trained": 4})
    reflect(
        tell,
        by="lani",
        on="survey",
        step="handover",
        phase="after",
        words="Four of six. The other two want no foreigner's tablet.",
        guard=4,
        relief=4,
    )
    tell("samira", on="survey").pilots.note_signal(
        signal="parallel_structure",
        towards="guard",
        audience="host_population",
        words="Our own boats, our own jetty, from this month.",
    )
    lani.pilots.observe_reading(about="guard", audience="host_population", expected=0.7, observed=0.4)
    tell("sefa", on="survey").concerns.resolve(
        concern="forged", words="The books are greasy from thumbs. Nobody asks any more."
    )
    lani.pilots.state_outcome(
        outcome="partly", words="A week sooner, in the first year. In the second, slower and safer."
    )
