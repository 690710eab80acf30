"""Who takes part, where, and how the settings themselves changed over two years."""

from typing import NamedTuple

from counterpoise.application.storytelling import Story, Teller


class Founder(NamedTuple):
    """The first organisation and its first member, who administers the deployment."""

    actor: str
    categories: tuple[str, ...]
    name: str
    handle: str
    contact: str


FOUNDER = Founder(
    actor="Civil-Military Coordination Office",
    categories=("intergovernmental", "humanitarian"),
    name="Wanjiru Halvorsen",
    handle="wanjiru",
    contact="wanjiru@coordination.example",
)

ACTORS = {
    "board": ("Independent Review Board", ("intergovernmental",)),
    "relief": ("Almadine Relief", ("humanitarian",)),
    "clinics": ("Kessou Mobile Clinics", ("humanitarian",)),
    "force": ("Corridor Task Force", ("military",)),
    "mission": ("Joint Mission in Kessou", ("intergovernmental",)),
    "guard": ("Nordmark National Guard", ("military", "governmental")),
    "ministry": ("Ministry of Civil Protection of Tavai", ("governmental",)),
    "council": ("Skarvik Harbour Council", ("local_authority",)),
    "telecom": ("Veidra Telecom", ("commercial",)),
    "grid": ("Skerra Grid", ("commercial",)),
}
"""Short name to name and categories; the office that founds the deployment is `office`."""

MEMBERS = {
    "ines": ("office", "Inês Okonjo-Ferraz", "en"),
    "tomas": ("board", "Tomáš Achterberg", "en"),
    "amara": ("relief", "Amara Delacroix-Nwosu", "en"),
    "lucia": ("relief", "Lucía Benavente", "es"),
    "samira": ("relief", "Samira Haddad-Quill", "ar"),
    "djeneba": ("clinics", "Djeneba Courvoisier", "fr"),
    "idriss": ("clinics", "Idriss Maalouf", "ar"),
    "kaspar": ("force", "Kaspar Wendtland", "de"),
    "noor": ("force", "Noor van Aalst", "en"),
    "adaeze": ("mission", "Adaeze Strömberg", "fr"),
    "signe": ("guard", "Signe Okafor-Dahl", "en"),
    "tobias": ("guard", "Tobias Rauch", "de"),
    "lani": ("ministry", "Lani Tupou-Marsh", "en"),
    "sefa": ("ministry", "Sefa Ilolahia", "en"),
    "ragna": ("council", "Ragna Bjelland", "en"),
    "ebru": ("telecom", "Ebru Sørby", "en"),
    "oskar": ("telecom", "Oskar Demirel", "de"),
    "pilar": ("grid", "Pilar Engstrand", "es"),
}
"""Handle to actor, name and language."""

SPOKES = (
    *("ines", "tomas", "amara", "djeneba", "kaspar", "adaeze"),
    *("signe", "lani", "ragna", "ebru", "pilar"),
)
"""One member of each organisation, who speaks for it."""

KESSOU_AUDIENCES = ("host_population", "host_government", "donors", "member_states", "relief")
TAVAI_AUDIENCES = ("host_population", "host_government", "donors", "media", "relief")
NORDMARK_AUDIENCES = ("customers", "shareholders", "member_states", "media", "adversaries")


def gathering(tell: Teller) -> Story:
    """Gather organisations, people and theatres, before anything is tried."""
    yield "2024-01-08T10:00"
    wanjiru = tell("wanjiru", source="cli")
    for short, (name, categories) in ACTORS.items():
        wanjiru.actors.register(called=short, name=name, categories=categories)
    for handle, (actor, name, language) in MEMBERS.items():
        contact = f"{handle}@{actor}.example"
        wanjiru.members.enrol(
            called=handle, actor=actor, handle=handle, name=name, contact=contact, language=language
        )
    yield "2024-01-09"
    wanjiru.theatres.open(
        called="kessou",
        name="Kessou corridor",
        kinds={"stabilisation": 1.0},
        audiences=KESSOU_AUDIENCES,
        invited_by_host=True,
    )
    wanjiru.theatres.open(
        called="nordmark",
        name="Nordmark coast",
        kinds={"territorial_defence": 1.0},
        audiences=NORDMARK_AUDIENCES,
    )
    yield "2024-01-11"
    _mandates_of_the_corridor(tell)
    yield "2024-01-16"
    _mandates_of_the_coast(tell)
    yield "2024-01-18"
    _red_lines(tell)
    yield "2024-03-11T06:30"
    wanjiru.theatres.open(
        called="tavai",
        name="Tavai islands",
        kinds={"disaster_relief": 1.0},
        audiences=TAVAI_AUDIENCES,
        invited_by_host=True,
    )
    _mandate_of_the_islands(tell)


def _mandates_of_the_corridor(tell: Teller) -> None:
    amara = tell("amara")
    amara.actors.clarify_mandate(
        mandate="Food, water and shelter for whoever needs them most, on either side of the corridor.",
        incentives="Roads that are open, and needs that are known in time.",
        fears="That people stop coming to our distributions because of who stood beside us.",
        sources_of_legitimacy=("values", "performance"),
    )
    amara.actors.set_audiences(weights={"donors": 0.3, "host_population": 0.4, "staff": 0.3})
    amara.actors.set_fulcrum(
        fulcrum=1.5,
        reason="We have worked beside soldiers for nineteen years. Half as much again in gains is what we ask.",
    )
    djeneba = tell("djeneba")
    djeneba.actors.clarify_mandate(
        mandate="Soigner sans demander à personne de quel bord il est.",
        incentives="Arriver vivants dans les villages, et en repartir.",
        fears="Qu'une ambulance soit prise pour un véhicule de l'armée.",
        sources_of_legitimacy=("values",),
    )
    djeneba.actors.set_audiences(weights={"host_population": 0.6, "staff": 0.3, "donors": 0.1})
    kaspar = tell("kaspar")
    kaspar.actors.clarify_mandate(
        mandate="Keep the corridor open and the armed groups off it, at the invitation of the government.",
        incentives="Civilians who see that the corridor is of use to them.",
        fears="Information that we act on too late because nobody told us.",
        sources_of_legitimacy=("mandate", "performance"),
    )
    kaspar.actors.set_audiences(weights={"member_states": 0.6, "host_government": 0.2, "staff": 0.2})
    tell("adaeze").actors.clarify_mandate(
        mandate="Support the peace agreement, report on it, and protect civilians where the parties do not.",
        incentives="One picture of needs that the parties cannot bend.",
        fears="That our good offices are mistaken for the task force's.",
        sources_of_legitimacy=("mandate", "procedure"),
    )


def _mandates_of_the_coast(tell: Teller) -> None:
    signe = tell("signe")
    signe.actors.clarify_mandate(
        mandate="Defend the coast, and help the civil authorities when they ask.",
        incentives="To know within minutes what still works when something fails.",
        fears="A town that hears of us for the first time when it is dark.",
        sources_of_legitimacy=("mandate",),
    )
    signe.actors.set_audiences(weights={"member_states": 0.5, "host_population": 0.5})
    ragna = tell("ragna")
    ragna.actors.clarify_mandate(
        mandate="Run the harbour and its town for those who live in it.",
        incentives="Power and telephones for the pumps, the school and the home for the old.",
        fears="That the harbour becomes a target because of what is stored in it.",
        sources_of_legitimacy=("performance", "procedure"),
    )
    ebru = tell("ebru")
    ebru.actors.clarify_mandate(
        mandate="Keep four million connections up, and answer to those who pay for them.",
        incentives="Warning before a cable is touched, and crews that are let through.",
        fears="To be called an arm of the state in a market where we are one of five.",
        sources_of_legitimacy=("performance",),
    )
    ebru.actors.set_audiences(weights={"customers": 0.45, "shareholders": 0.35, "staff": 0.2})
    pilar = tell("pilar")
    pilar.actors.set_fulcrum(
        fulcrum=1.75,
        doubt=0.08,
        reason="Our regulator fines twice: for what fails and for who was told of it.",
    )


def _mandate_of_the_islands(tell: Teller) -> None:
    lani = tell("lani")
    lani.actors.clarify_mandate(
        mandate="Lead and coordinate all response in the islands. Whoever comes, comes to our table.",
        incentives="Boats, pilots and eyes that we do not have.",
        fears="Helpers who stay longer than they were asked to.",
        sources_of_legitimacy=("mandate", "performance"),
    )
    lani.actors.set_audiences(weights={"host_population": 0.7, "media": 0.1, "donors": 0.2})


def _red_lines(tell: Teller) -> None:
    amara = tell("amara")
    amara.actors.declare_red_line(
        red_line="beneficiary_lists",
        touch="shared_data",
        of="beneficiaries",
        words="No name, no village, no number of those we serve reaches anybody who carries arms.",
    )
    amara.actors.declare_red_line(
        red_line="no_co_location",
        touch="co_location",
        only_in="kessou",
        words="In the corridor we do not work from a place where soldiers work.",
    )
    amara.actors.declare_red_line(
        red_line="no_escort",
        touch="escort",
        only_in="kessou",
        words="We travel unarmed and unescorted. Last resort is a decision, not a habit.",
    )
    tell("djeneba").actors.declare_red_line(
        red_line="no_escort",
        touch="escort",
        words="Aucune escorte armée, jamais, pour un véhicule qui porte notre nom.",
    )
    tell("ebru").actors.declare_red_line(
        red_line="customer_positions",
        touch="shared_data",
        of="positions",
        words="Where a customer's telephone is stays with us, unless a court asks.",
    )
    tell("ragna").actors.declare_red_line(
        red_line="civil_lead",
        touch="military_lead",
        words="In town the harbour master leads, also on the worst night.",
    )


def contexts(tell: Teller) -> Story:
    """Tell how the theatres become other places."""
    yield "2024-06-17"
    tell("wanjiru", source="cli").deployment.change_policy(
        changes={"concern_kinds": {"disinformation": {"words": "disinformation"}}},
        reason="The photograph is the second rumour in a month that no kind of concern fits.",
    )
    ines = tell("ines", source="web")
    yield "2024-09-30"
    ines.theatres.shift(
        theatre="kessou",
        conditions={"local_consent": 0.1, "media_scrutiny": 0.75},
        reason="Two market bombings, and a governor who blames 'foreigners of every kind'. Consent is thinner.",
    )
    yield "2025-03-03"
    ines.theatres.shift(
        theatre="tavai",
        kinds={"disaster_relief": 0.25, "territorial_defence": 0.4, "stabilisation": 0.35},
        conditions={"belligerence": 0.7, "neutrality_salience": 0.8},
        reason=(
            "Unmarked vessels among the outer islands, a cut cable, forged ministry notices. The recovery goes on, "
            "but who stands beside whom is now read as taking sides."
        ),
    )
    yield "2025-05-19"
    ines.theatres.shift(
        theatre="nordmark",
        conditions={"belligerence": 0.55, "media_scrutiny": 0.7},
        reason="The second cable in a month. The papers print maps.",
    )
    yield "2025-06-02T05:40"
    ines.theatres.shift(
        theatre="kessou",
        kinds={"stabilisation": 0.3, "disaster_relief": 0.7},
        reason=(
            "The dam at Ouré is overtopped. Ninety thousand people are on the move and the truce holds "
            "because everybody is bailing."
        ),
    )


def chat_ceilings(tell: Teller) -> Story:
    """Tell of organisations that let what is kept within them pass through the chat, once it has come to all."""
    yield "2025-12-15T18:00"
    for handle in SPOKES:
        tell(handle, source="web").actors.set_chat_ceiling(ceiling="AMBER+STRICT")


def comings_and_goings(tell: Teller) -> Story:
    """Tell of people who change posts, and of one who asks to be forgotten."""
    yield "2024-03-29"
    tell("wanjiru", source="web").members.revoke(member="wanjiru", role="coordinator", pilot="liaison")
    yield "2025-02-10"
    tell("idriss").members.leave(member="idriss", reason="Changement de poste.")
    yield "2025-02-24"
    tell("wanjiru", source="cli").records.erase(member="idriss")
    yield "2025-07-07"
    tell("amara").actors.lift_red_line(
        red_line="no_co_location",
        reason="There is one dry roof in Dara. We will not be the ones who leave it empty out of principle.",
    )
