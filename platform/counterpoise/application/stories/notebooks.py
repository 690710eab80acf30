"""Two notebooks in the Kessou corridor: needs assessed side by side, apart, and compared at the end."""

from counterpoise.application.stories import scales
from counterpoise.application.stories.rites import agree, reflect, take_parts
from counterpoise.application.storytelling import Story, Teller


def parallel_assessments(tell: Teller) -> Story:
    """Tell of two organisations that look at the same villages without looking at each other's numbers."""
    yield "2024-03-27"
    _proposed(tell)
    _agreed(tell)
    yield "2024-04-10"
    _seventh_village(tell)
    yield "2024-06-10"
    _under_the_tree(tell)
    yield "2024-06-24"
    _told(tell)


def _proposed(tell: Teller) -> None:
    djeneba = tell("djeneba", source="web")
    djeneba.pilots.propose(
        called="notebooks",
        theatre="kessou",
        title="Two notebooks: parallel needs assessments",
        hypothesis="Two assessments made apart agree within a tenth, and nobody has to be shown either.",
        format="parallel_pilots",
        visibility="low",
        parallel_to="needs",
    )
    take_parts(
        tell,
        "notebooks",
        by="djeneba",
        ines="coordinator",
        idriss="participant",
        lucia="participant",
        tomas="auditor",
    )
    djeneba = tell("djeneba", on="notebooks")
    djeneba.pilots.invite(
        actor="relief",
        framing="Chacun son carnet, douze villages, et l'on compare sous l'arbre à la fin.",
        visibility="low",
    )
    tell("lucia", on="notebooks").pilots.answer(
        reply="join", reason_codes=("independence",), reasons="Así se debería hacer siempre."
    )


def _agreed(tell: Teller) -> None:
    djeneba = tell("djeneba", on="notebooks")
    djeneba.pilots.set_charter(
        data_ownership="Chacune garde ses chiffres. On ne compare que des totaux.",
        branding="Aucune.",
        public_messaging="Rien avant la comparaison.",
        information_limits="Ni noms ni hameaux, pas même entre nous.",
    )
    djeneba.scans.record(
        **scales.of(scales.CLINICS, neutrality=0.2, safety=0.3, independence=0.1, brand=0.1),
        words="Avec des voisins, on respire.",
    )
    tell("lucia", on="notebooks").scans.record(
        **scales.relief(resources=0.4, neutrality=0.2, safety=0.4, autonomy=0.1, brand=0.2, legal=0.1)
    )
    agree(tell, "notebooks", clinics="djeneba", relief="lucia")
    djeneba.pilots.choose_level(level="coexist", reason="Côte à côte. C'est tout le sens de l'affaire.")


def _seventh_village(tell: Teller) -> None:
    djeneba = tell("djeneba", on="notebooks")
    djeneba.steps.plan(
        called="villages",
        title="Twelve villages, two notebooks",
        hypothesis="Les deux totaux diffèrent de moins d'un dixième.",
        kind="hypothesis_test",
        safe_to_fail=True,
        measures={"difference of totals": 0.1},
    )
    djeneba.steps.start(step="villages")
    reflect(
        tell,
        by="idriss",
        on="notebooks",
        step="villages",
        phase="during",
        words="في القرية السابعة سألتنا عجوز: لماذا تأتون مرتين؟ قلنا: حتى لا نخطئ. ضحكت وقالت: إذن تعالوا ثلاثاً.",
        language="ar",
        confidence=4,
        called="three-times",
        relief=5,
    )


def _under_the_tree(tell: Teller) -> None:
    djeneba = tell("djeneba", on="notebooks")
    djeneba.steps.complete(
        step="villages",
        achieved=0.9,
        results={"difference of totals": 0.07},
        words="Sept pour cent d'écart, dont cinq pour un seul marché.",
    )
    reflect(
        tell,
        by="djeneba",
        on="notebooks",
        step="villages",
        phase="after",
        words="Personne ne nous a demandé pour qui nous comptions. C'est la première fois depuis un an.",
        language="fr",
        confidence=5,
        relief=5,
    )
    djeneba.pilots.observe_reading(about="clinics", audience="host_population", expected=0.7, observed=0.8)
    djeneba.lessons.draft(
        called="apart",
        title="Comparer après, pas pendant",
        words="Deux évaluations séparées, comparées en totaux : l'écart est petit et personne n'a rien dû livrer.",
        because_of="three-times",
        consent_of=("relief",),
        factors=("independence", "neutrality"),
        language="fr",
    )


def _told(tell: Teller) -> None:
    tell("djeneba", on="notebooks").lessons.consent(lesson="apart")
    tell("lucia", on="notebooks").lessons.consent(lesson="apart")
    tell("ines", on="notebooks", source="web").lessons.release(
        lesson="apart",
        title="Compare afterwards, not meanwhile",
        words="Two assessments made apart, compared as totals, differed by seven per cent. Nobody handed over a list.",
    )
    tell("samira").lessons.mark_useful(lesson="apart")
    djeneba = tell("djeneba", on="notebooks", source="web")
    djeneba.pilots.state_outcome(outcome="confirmed", words="Sous l'arbre, en vingt minutes.")
    djeneba.pilots.close(reason="Les carnets sont comparés, l'arbre est toujours là.")
