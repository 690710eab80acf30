"""Narratives that travel: a photograph, nine days, and drones that were or were not spying."""

from counterpoise.application.storytelling import Story, Teller


def escort_photograph(tell: Teller) -> Story:
    """Tell of a picture from the corridor, told again where nobody has been there."""
    yield "2024-05-20"
    tell("djeneba").narratives.sight(
        called="photograph",
        theatre="kessou",
        words="Une photo : notre ambulance derrière un blindé, au carrefour de Dara. 'Les médecins roulent avec eux.'",
        about=("clinics", "force"),
        valence=-0.8,
        credibility=0.7,
        reach="national",
        audience="host_population",
        carrier="a cousin's telephone",
        occurred_at="2024-05-18T19:00",
    )
    yield "2024-06-05"
    tell("adaeze").narratives.sight(
        narrative="photograph",
        theatre="kessou",
        words="Now with a caption: 'Relief for the army'. The agency's lorry is not in the picture, its name is.",
        about=("clinics", "force", "relief"),
        valence=-0.9,
        credibility=0.5,
        reach="national",
        audience="host_population",
        carrier="market radio",
    )
    yield "2024-06-20"
    tell("ines", source="web").narratives.adjust_to(
        narrative="photograph",
        theatre="kessou",
        action="The clinics paint their roofs; patrols wait for an empty road before a crossing.",
        because_of="yard",
    )
    yield from _photograph_abroad(tell)


def _photograph_abroad(tell: Teller) -> Story:
    yield "2024-07-09"
    tell("sefa").narratives.sight(
        narrative="photograph",
        theatre="tavai",
        words="The same picture, in a church group: 'this is how they came to another poor country'.",
        about=("force",),
        valence=-0.7,
        credibility=0.4,
        reach="local",
        audience="host_population",
        carrier="diaspora groups",
    )
    yield "2024-10-21"
    tell("ebru").narratives.sight(
        narrative="photograph",
        theatre="nordmark",
        words="A broadcaster from across the water shows it in a film on 'humanitarian cover'.",
        about=("force", "relief"),
        valence=-0.6,
        credibility=0.3,
        reach="international",
        audience="adversaries",
        carrier="foreign broadcaster",
    )


def nine_days(tell: Teller) -> Story:
    """Tell of a good story: it travels too, more slowly."""
    yield "2024-06-10"
    tell("lani").narratives.sight(
        called="nine-days",
        theatre="tavai",
        words="'They asked the chief, and on the ninth day my daughter called.'",
        about=("telecom", "ministry"),
        valence=0.9,
        credibility=0.9,
        reach="national",
        audience="host_population",
        carrier="island radio",
    )
    yield "2024-09-02"
    tell("oskar").narratives.sight(
        narrative="nine-days",
        theatre="nordmark",
        words="Die Geschichte mit der Tochter steht in der Kundenzeitschrift. Diesmal stimmt sie.",
        about=("telecom",),
        valence=0.7,
        credibility=0.7,
        reach="national",
        audience="customers",
        carrier="customer magazine",
    )


def spying_drones(tell: Teller) -> Story:
    """Tell how what was flown for roofs is remembered as something else."""
    yield "2025-03-24"
    tell("sefa").narratives.sight(
        called="drones",
        theatre="tavai",
        words="'The roof drones counted fishing boats for the navy.' It began the week the cable was cut.",
        about=("guard", "force", "ministry"),
        valence=-0.8,
        credibility=0.5,
        reach="national",
        audience="host_population",
        carrier="forged notices",
    )
    yield "2025-04-14"
    tell("tobias").narratives.sight(
        narrative="drones",
        theatre="nordmark",
        words="Jetzt auch hier: 'Was sie auf den Inseln übten, tun sie jetzt mit uns.'",
        about=("guard",),
        valence=-0.5,
        credibility=0.3,
        reach="international",
        audience="adversaries",
        carrier="foreign broadcaster",
    )
    tell("lani").narratives.adjust_to(
        narrative="drones",
        theatre="tavai",
        action="The flight log of 2024 is read out on the radio, flight by flight. It takes two evenings.",
        because_of="school",
    )
    yield from _drones_in_the_corridor(tell)


def _drones_in_the_corridor(tell: Teller) -> Story:
    yield "2025-06-18"
    tell("amara").narratives.sight(
        narrative="drones",
        theatre="kessou",
        words="A driver has heard that the boats count people for the task force. He has it from an islander.",
        about=("force",),
        valence=-0.6,
        credibility=0.4,
        reach="local",
        audience="host_population",
        carrier="drivers",
    )
