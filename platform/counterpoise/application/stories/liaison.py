"""The liaison cell in the Kessou corridor: the least that people who keep apart have to tell each other."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller
from counterpoise.domain.steps import Touch


def liaison_cell(tell: Teller) -> Story:
    """Tell of a table, two telephones, and what became of them in two years."""
    yield "2024-01-22"
    _proposed(tell)
    _answered(tell)
    yield "2024-01-25"
    _agreed(tell)
    yield "2024-02-01"
    _first_meetings(tell)
    yield "2024-03-18"
    _meetings_end(tell)
    yield "2024-03-26"
    _notices_begin(tell)
    yield "2024-05-14T16:10"
    _the_yard(tell)
    yield "2024-05-23"
    _the_bend(tell)
    yield "2024-06-10"
    _notices_go_on(tell)
    yield "2024-08-01"
    _notices_end(tell)
    yield "2024-11-12"
    _dara_is_cut_off(tell)
    yield "2024-11-15"
    _dara_is_emptied(tell)
    yield "2025-06-04"
    _boats(tell)
    yield "2025-06-12"
    _boats_end(tell)
    yield "2025-11-10"
    _the_end(tell)


def _proposed(tell: Teller) -> None:
    wanjiru = tell("wanjiru", source="web")
    wanjiru.pilots.propose(
        called="liaison",
        theatre="kessou",
        title="De-confliction liaison cell",
        hypothesis="A weekly hour at one table halves the number of times our movements surprise each other.",
        format="liaison_cell",
        visibility="closed",
    )
    take_parts(
        tell,
        "liaison",
        by="wanjiru",
        ines="coordinator",
        amara="participant",
        djeneba="participant",
        kaspar="participant",
        tomas="auditor",
    )
    ines = tell("ines", on="liaison", source="web")
    for actor in ("relief", "clinics", "force"):
        ines.pilots.invite(
            actor=actor,
            framing="Not co-operation. Traffic: who is on which road, and what must not be hit.",
            visibility="closed",
        )


def _answered(tell: Teller) -> None:
    tell("kaspar", on="liaison").pilots.answer(
        reply="join", reasons="We would rather hear it from you than see it from the air."
    )
    tell("djeneba", on="liaison").pilots.answer(
        reply="observe",
        reason_codes=("neutrality", "safety"),
        reasons="Nous écoutons. Nos horaires, nous les donnons à la mission, qui les donne à qui elle veut.",
        preferred_framing="Une liste de lieux à épargner, tenue par des civils.",
    )
    tell("amara", on="liaison").pilots.answer(
        reply="join",
        reason_codes=("safety",),
        reasons="Two of our trucks were turned round at gunpoint in December by people who had not been told.",
        accepted_format="liaison_cell",
    )


def _agreed(tell: Teller) -> None:
    ines = tell("ines", on="liaison", source="web")
    ines.pilots.link_channel(channel="C0LIAISON")
    ines.pilots.set_charter(
        data_ownership="What is said at the table belongs to whoever said it. No recording, one page of minutes.",
        branding="None. The room has no flag and the minutes have no letterhead.",
        public_messaging="No partner mentions the cell unless all have agreed to the sentence.",
        information_limits="Roads, times and places to be spared. Never people.",
    )
    ines.scans.record(
        **scales.of(scales.OFFICE), words="If we fail at this we need not try anything else here."
    )
    tell("kaspar", on="liaison").scans.record(
        **scales.of(scales.FORCE, resources=0.3), words="Kostet wenig, bringt Übersicht."
    )
    tell("amara", on="liaison").scans.record(
        **scales.relief(resources=0.3, expertise=0.4, standing=0.2, neutrality=0.5, safety=0.5),
        words="We gain little but quiet roads. That is already something.",
    )
    agree(tell, "liaison", office="ines", relief="amara", force="kaspar")
    ines.pilots.choose_level(
        level="coexist", reason="What the agency's balance advises, and all that is needed."
    )


def _first_meetings(tell: Teller) -> None:
    ines = tell("ines", on="liaison", source="web")
    ines.steps.plan(
        called="meetings",
        title="Six weekly meetings",
        hypothesis="Six meetings are enough to know whether anybody comes to the seventh.",
        kind="discovery",
        stake="low",
        safe_to_fail=True,
        touches=(Touch(touch="co_location"),),
        measures={"meetings held": 6, "surprises on the road": 3},
    )
    ines.pilots.open_round(step="meetings", phase="before")
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="meetings",
        phase="before",
        words="I expect courtesy and maps. I do not expect to be told anything I could not guess.",
        confidence=4,
        force=3,
        office=4,
    )
    ines.pilots.close_round(step="meetings", phase="before")
    with tell.refused("red-line/relief/no_co_location"):
        ines.steps.start(step="meetings")
    tell("amara", on="liaison").steps.waive_red_line(
        step="meetings",
        red_line="no_co_location",
        reason="The mission's hall is the only room with a roof. Six meetings, Mondays, nobody in uniform outside.",
    )
    ines.steps.start(step="meetings")


def _meetings_end(tell: Teller) -> None:
    ines = tell("ines", on="liaison", source="web")
    ines.steps.complete(
        step="meetings",
        achieved=0.8,
        results={"meetings held": 5, "surprises on the road": 2},
        words="Five of six held; the one that was not fell to a sandstorm.",
    )
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="meetings",
        phase="after",
        words="They wrote down what we said and kept to it. The coffee was terrible. I will go again.",
        confidence=4,
        called="coffee",
        force=4,
        office=4,
    )
    reflect(
        tell,
        by="kaspar",
        on="liaison",
        step="meetings",
        phase="after",
        words="Man redet anders, wenn keiner mitschreibt. Zwei Zwischenfälle weniger, das kann ich belegen.",
        language="de",
        relief=4,
        office=5,
    )


def _notices_begin(tell: Teller) -> None:
    take_parts(tell, "liaison", by="ines", noor="participant")
    ines = tell("ines", on="liaison", source="web")
    ines.steps.plan(
        called="notices",
        title="Movement notices by telephone",
        hypothesis="A call the evening before is kept to in nine cases of ten.",
        touches=(Touch(touch="shared_data", of="logistics"),),
        measures={"notices kept to": 0.9},
    )
    ines.steps.start(step="notices")
    ines.consents.ask(called="nine-of-ten", author="noor", message="C0LIAISON/1711440122.000200")
    tell("noor", on="liaison").consents.give(consent="nine-of-ten", mode="pseudonymous")
    ines.consents.ask(called="aside", author="kaspar", message="C0LIAISON/1711440480.000300")
    tell("kaspar", on="liaison").consents.refuse(consent="aside")


def _the_yard(tell: Teller) -> None:
    amara = tell("amara", on="liaison")
    amara.steps.cross_red_line(
        red_line="no_co_location",
        owner="relief",
        by_actor="force",
        step="notices",
        words="A patrol drove into our yard in Dara and parked there for two hours, in front of the queue.",
        occurred_at="2024-05-14T09:30",
    )
    amara.concerns.raise_one(
        called="yard",
        words="Forty families saw armed men lean on our gate. Half of them were not there the next morning.",
        kind="neutrality",
        severity="high",
        factor="neutrality",
        about="force",
        step="notices",
        label="GREEN",
    )
    amara.concerns.raise_one(
        called="driver",
        words="Our driver was asked by name about 'his friends in the grey cars'. He asks to be moved. So do I.",
        kind="safety",
        severity="high",
        factor="safety",
        step="notices",
        label="RED",
        recipients=("ines",),
    )
    tell("ines", on="liaison").concerns.acknowledge(
        concern="driver", words="Moved him to the coast road as of tonight. Nobody else knows why."
    )
    tell("ines", on="liaison", source="web").steps.pause(
        step="notices", reason="Until we know how a notice became an invitation."
    )


def _the_bend(tell: Teller) -> None:
    tell("noor", on="liaison").concerns.acknowledge(
        concern="yard", words="It was ours. The patrol had the notice and read it as a meeting place."
    )
    ines = tell("ines", on="liaison", source="web")
    ines.pilots.adopt_tweak(
        called="bend",
        because_of="yard",
        step="notices",
        change="Notices name roads, never addresses; patrols stop at the bend and liaison comes on foot, unarmed.",
        safeguards=("no armed vehicle within 500 m of a distribution",),
    )
    tell("noor", on="liaison").concerns.answer(
        concern="yard",
        tweak="bend",
        words="The order is signed and the drivers have a photograph of the bend.",
    )
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="notices",
        phase="during",
        words="They apologised within the day, which I did not expect. The queue does not know about apologies.",
        force=2,
        office=4,
    )


def _notices_go_on(tell: Teller) -> None:
    tell("ines", on="liaison", source="web").steps.start(step="notices")
    amara = tell("amara", on="liaison")
    amara.concerns.resolve(concern="yard", words="Four weeks, nobody past the bend.")
    amara.pilots.note_stance(
        towards="force",
        stance="dissociation",
        words="In the room we nod. At headquarters we say: no further than this.",
    )


def _notices_end(tell: Teller) -> None:
    tell("ines", on="liaison", source="web").steps.complete(
        step="notices",
        achieved=0.55,
        results={"notices kept to": 0.71},
        words="Kept to until May and after June. The weeks between count too.",
    )
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="notices",
        phase="after",
        words="Seven of ten. The three were the ones that mattered.",
        force=2,
        office=4,
    )
    reflect(
        tell,
        by="noor",
        on="liaison",
        step="notices",
        phase="after",
        words="We rotate every four months. Whoever learnt this in March was home in May. That is on us.",
        relief=4,
    )


def _dara_is_cut_off(tell: Teller) -> None:
    ines = tell("ines", on="liaison", source="web")
    ines.steps.plan(
        called="dara",
        title="Bring the Dara staff out",
        hypothesis="Eleven people can be brought through a mined road once, with an escort, and no picture of it.",
        kind="demonstration",
        stake="high",
        touches=(Touch(touch="escort"),),
        measures={"people out": 11},
    )
    with tell.refused("red-line/relief/no_escort"):
        ines.steps.start(step="dara")
    ines.steps.grant_exception(
        step="dara",
        touch=Touch(touch="escort"),
        reason="The only other road was mined on Sunday. Two of the eleven are wounded.",
        limits="One convoy, one day, engineers in front and nobody behind. No cameras.",
        until="2024-11-18",
    )
    tell("amara", on="liaison").steps.waive_red_line(
        step="dara",
        red_line="no_escort",
        reason="Last resort. I have called the director; she has called the board.",
    )
    ines.steps.start(step="dara")


def _dara_is_emptied(tell: Teller) -> None:
    tell("ines", on="liaison", source="web").steps.complete(
        step="dara", achieved=1.0, results={"people out": 11}, words="All eleven, by noon."
    )
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="dara",
        phase="after",
        words="They were brave and exact. By two the footage was on the task force's channel. We had one condition.",
        called="footage",
        force=1,
        office=4,
    )
    reflect(
        tell,
        by="kaspar",
        on="liaison",
        step="dara",
        phase="after",
        words="Das Video war ein Fehler der Presseabteilung. Es ist gelöscht. Gesehen wurde es trotzdem.",
        language="de",
        relief=5,
    )
    amara = tell("amara", on="liaison")
    amara.concerns.raise_one(
        called="hasty",
        words="The minutes name our drivers.",
        kind="data",
        severity="medium",
        about="office",
        step="dara",
        label="GREEN",
    )
    amara.concerns.withdraw(
        concern="hasty", reason="I had the draft. In the minutes they are 'driver 1, driver 2'."
    )


def _boats(tell: Teller) -> None:
    ines = tell("ines", on="liaison", source="web")
    ines.steps.plan(
        called="boats",
        title="Lanes for boats and helicopters",
        hypothesis="With lanes agreed at six every morning, no boat is swamped by a rotor.",
        stake="high",
        touches=(Touch(touch="shared_data", of="logistics"),),
        measures={"days without an incident": 7},
    )
    ines.steps.start(step="boats")


def _boats_end(tell: Teller) -> None:
    reflect(
        tell,
        by="amara",
        on="liaison",
        step="boats",
        phase="during",
        words="Six o'clock, every morning, also after the night nobody slept. They came with dry maps for us.",
        confidence=4,
        force=4,
        office=5,
    )
    tell("ines", on="liaison", source="web").steps.complete(
        step="boats",
        achieved=0.95,
        results={"days without an incident": 7},
        words="Seven days. One near thing on the fifth, called off by a twelve-year-old with a torch.",
    )


def _the_end(tell: Teller) -> None:
    amara = tell("amara", on="liaison")
    amara.lessons.draft(
        called="address",
        title="Tell them the road, never the address",
        words="In May 2024 a patrol read our notice as a meeting place. Since notices name roads only, none has.",
        because_of="yard",
        consent_of=("force",),
        factors=("neutrality", "safety"),
        step="notices",
    )
    amara.lessons.consent(lesson="address")
    tell("kaspar", on="liaison").lessons.consent(lesson="address")
    ines = tell("ines", on="liaison", source="web")
    ines.lessons.release(
        lesson="address",
        title="Tell them the road, never the address",
        words="A movement notice that named a place was read as an invitation to it. Notices that name roads were not.",
    )
    tell("lani").lessons.mark_useful(lesson="address")
    tell("signe").lessons.mark_useful(lesson="address", useful=False)
    ines.pilots.state_outcome(
        outcome="partly",
        words="Fewer surprises by half, as hoped; the ones that remained cost more than all the others had.",
    )
    ines.pilots.unlink_channel(channel="C0LIAISON")
    ines.pilots.close(
        reason="The cell has become a telephone number everybody has. It needs no pilot any more."
    )
