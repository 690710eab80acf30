"""Canaries: a text of its own in every private field of every verb, by three organisations, under every label."""

import inspect
from collections.abc import Mapping
from itertools import count
from typing import Any

from counterpoise.domain.steps import Touch
from tests.application.world import DAY, NOON, World, how

CANARY = "canary-{}-"

PRIVATE = frozenset(
    {
        "action", "branding", "change", "channel", "contact", "data_ownership", "fears", "framing", "hypothesis",
        "incentives", "information_limits", "limits", "mandate", "message", "misunderstanding", "name", "plan",
        "preferred_framing", "public_messaging", "reason", "reasons", "title", "words",
    }
)  # fmt: skip
"""What verbs are given and keep in sealed fields. Of `conditions` only those of an answer are words."""

UNDER: Mapping[str, Mapping[str, Any]] = {
    "CLEAR": {"label": "CLEAR"},
    "GREEN": {"label": "GREEN"},
    "AMBER, a client": {"label": "AMBER", "clients": ("firm",)},
    "AMBER+STRICT": {"label": "AMBER+STRICT"},
    "AMBER+STRICT, a group": {"label": "AMBER+STRICT", "group": ("brigade", "agency")},
    "RED": {"label": "RED"},
    "RED, a reader": {"label": "RED", "recipients": ("kurt",)},
}
ORGANISATIONS = {"omar": "agency", "kurt": "brigade", "sol": "firm"}
"""Who speaks under every label, and for whom."""


class Choir:
    """Lets people say things, each private word of which is a canary."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._numbers = count(1)

    def canary(self) -> str:
        """Return a text that no other text is."""
        return CANARY.format(next(self._numbers))

    def __call__(self, name: str, verb: str, called: str = "", /, **given: Any) -> str:  # noqa: ANN401
        """Say something; return the id of what was made, and remember it if it is `called` something."""
        takes = inspect.signature(self.world.verb(verb)).parameters
        private = PRIVATE | ({"conditions"} if verb == "pilots.answer" else set())
        canaries = {word: self.canary() for word in takes if word in private and word not in given}
        circumstances = given.pop("how", None)
        receipt = self.world.say(name, verb, circumstances, **canaries, **given)
        known = dict(self.world.known)
        made = self.world.remember(called or "made", receipt)
        if not called:
            self.world.known = known
        return made


def sing(world: World) -> None:
    """Let everything be said that a verb can say: once plainly, and what can be said again under every label."""
    choir = Choir(world)
    _settings(choir)
    _pilot(choir, {"pilot": world["ferry"]})
    _voices(choir, {"pilot": world["ferry"]})
    people, turns = list(ORGANISATIONS), count()
    for circumstances in UNDER.values():
        for spoken in (_concern, _reflection, _stance, _position, _signal, _reading, _lesson, _story):
            spoken(choir, people[next(turns) % len(people)], circumstances)
        next(turns)
    _difference(choir, {"pilot": world["ferry"], "step": world["scout"]})
    _undone(choir, {"pilot": world["ferry"]})


def _settings(choir: Choir) -> None:
    world = choir.world
    choir("ada", "theatres.open", "delta", kinds={"other": 1.0})
    choir("ada", "theatres.shift", theatre=world["delta"])
    choir("ada", "theatres.close", theatre=world["delta"])
    choir("ada", "actors.register", categories=("governmental",))
    choir("ada", "members.enrol", "sol", actor=world["firm"], handle="sol")
    choir("ada", "members.enrol", "gil", actor=world["firm"], handle="gil")
    choir("ada", "members.leave", member=world["gil"])
    choir("ada", "deployment.change_policy", changes={"trust": {"prior": 0.45}})
    for name in ("kurt", "ines"):
        choir(name, "actors.clarify_mandate")
        choir(name, "actors.set_fulcrum", fulcrum=1.5)
        choir(name, "actors.declare_red_line", red_line=f"r-{name}", touch="escort")
    choir("kurt", "actors.declare_red_line", red_line="old", touch="publication")
    choir("kurt", "actors.lift_red_line", red_line="old")


def _pilot(choir: Choir, ferry: dict[str, str]) -> None:
    world = choir.world
    step = {"step": world["scout"]} | ferry
    choir("omar", "pilots.propose", theatre=world["coast"])
    choir("ines", "members.grant", member=world["sol"], role="participant", **ferry)
    choir("ines", "pilots.invite", actor=world["firm"], **ferry)
    choir("sol", "pilots.answer", reply="join", **ferry)
    choir("ines", "pilots.set_charter", **ferry)
    choir("ines", "pilots.plan_analysis", **ferry)
    choir("ines", "pilots.link_channel", **ferry)
    parted = choir.canary()
    choir("ines", "pilots.link_channel", channel=parted, **ferry)
    choir("ines", "pilots.unlink_channel", channel=parted, **ferry)
    choir("ines", "pilots.choose_level", level="compete", **ferry)
    choir("ines", "pilots.change_visibility", visibility="closed", **ferry)
    choir("ines", "pilots.acknowledge_mandate", partner=world["brigade"], **ferry)
    choir("ines", "pilots.adopt_tweak", "tweak", because_of="concern:c1", **ferry)
    choir("ines", "steps.plan", "crossing", touches=(Touch(touch="escort"),), **ferry)
    choir("ines", "steps.grant_exception", touch=Touch(touch="escort"), until=NOON + 9 * DAY, **step)
    for name in ("ines", "kurt"):
        choir(name, "scans.record", scores={"speed": 0.8, "neutrality": 0.4}, **ferry)
    choir("ines", "pilots.open_scans", **ferry)
    choir("sol", "scans.record", scores={"speed": 0.123456, "neutrality": 0.4}, **ferry)
    choir("sol", "scans.record", scores={"speed": 0.8, "neutrality": 0.4}, **ferry)
    choir("kurt", "steps.waive_red_line", red_line="r-kurt", **ferry | {"step": world["crossing"]})
    choir(
        "kurt",
        "steps.cross_red_line",
        red_line="r-kurt",
        owner=world["brigade"],
        by_actor=world["firm"],
        **ferry,
    )
    for gate in world.application.questions.pilots.readiness(world.by("ines"), pilot=world["ferry"]).value:
        if gate["step"] == world["scout"] and not gate["open"]:
            choir("ines", "steps.override_gate", gate=gate["rule"], **step)
    world.say("ines", "steps.start", **step)
    choir("ines", "steps.pause", **step)
    world.say("ines", "steps.start", **step)
    choir("ines", "steps.complete", achieved=0.5, **step)
    choir("ines", "steps.abandon", **ferry | {"step": world["crossing"]})
    choir("ines", "pilots.state_outcome", outcome="partly", **ferry)
    choir("ines", "pilots.enter_stage", stage="design", **ferry)
    choir(
        "kurt", "scans.record", scores={"speed": 0.654321, "neutrality": 0.4}, how=how(label="GREEN"), **ferry
    )


def _voices(choir: Choir, ferry: dict[str, str]) -> None:
    world = choir.world
    choir("omar", "concerns.raise_one", "concern", about=world["brigade"], **ferry)
    concern = {"concern": world["concern"]} | ferry
    choir("kurt", "concerns.acknowledge", **concern)
    choir("kurt", "concerns.answer", tweak=world["tweak"], **concern)
    choir("omar", "concerns.resolve", **concern)
    choir("kurt", "concerns.raise_one", "taken back", **ferry)
    choir("kurt", "concerns.withdraw", **ferry | {"concern": world["taken back"]})
    _nameless(choir, ferry)
    choir("omar", "lessons.draft", "lesson", **ferry)
    world.say("omar", "lessons.consent", lesson=world["lesson"], **ferry)
    choir("ines", "lessons.release", lesson=world["lesson"], **ferry)
    choir("kurt", "narratives.sight", "story", theatre=world["coast"], about=(world["firm"],))
    choir("kurt", "narratives.sight", narrative=world["story"], theatre=world["coast"])
    choir("kurt", "narratives.adjust_to", narrative=world["story"], theatre=world["coast"])
    choir("omar", "consents.ask", "asked", author=world["ines"], **ferry)
    choir("wim", "pilots.choose_level", level="coexist", pilot=world["radio"])


def _nameless(choir: Choir, ferry: dict[str, str]) -> None:
    """Let three concerns be left and come back to: for everybody on the pilot, for named readers, and taken back."""
    concerns, world = choir.world.application.concerns, choir.world
    red: Any = {"label": "RED", "recipients": (world["kurt"],)}
    left = [
        concerns.leave(world.by(name), words=choir.canary(), pilot=ferry["pilot"], **more)
        for name, more in (("sol", {}), ("omar", red), ("ines", {}))
    ]
    for code, deed in zip(left, ("add", "resolve", "withdraw"), strict=True):
        concerns.come_back(code, deed=deed, words=choir.canary())
    concerns.release(world.clock.now + 2 * DAY)


def _others(choir: Choir, name: str) -> str:
    """Return the organisation that somebody speaks of."""
    own = choir.world[ORGANISATIONS[name]]
    return next(choir.world[each] for each in ORGANISATIONS.values() if choir.world[each] != own)


def _under(choir: Choir, circumstances: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ferry pilot, and circumstances with the ids of those they name."""
    named = {
        word: tuple(choir.world[each] for each in names)
        for word, names in circumstances.items()
        if word != "label"
    }
    return {"pilot": choir.world["ferry"], "how": how(label=circumstances["label"], **named)}


def _concern(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    choir(name, "concerns.raise_one", about=_others(choir, name), **_under(choir, circumstances))


def _reflection(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    rated = {"step": choir.world["scout"], "phase": "after", "ratings": {_others(choir, name): 2}}
    choir(name, "reflections.record", **rated, **_under(choir, circumstances))


def _difference(choir: Choir, scout: dict[str, str]) -> None:
    world, expected = choir.world, how(occurred_at=NOON)
    choir("omar", "reflections.record", "expected", phase="before", how=expected, **scout)
    choir("omar", "reflections.record", "learnt", phase="after", **scout)
    of = {"reflection": world["learnt"], "before": world["expected"], "pilot": scout["pilot"]}
    choir("omar", "reflections.note_difference", than_expected=1, **of)


def _stance(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    stance = {"towards": _others(choir, name), "stance": "dissociation"}
    choir(name, "pilots.note_stance", **stance, **_under(choir, circumstances))


def _position(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    choir(name, "pilots.take_position", position="objection", **_under(choir, circumstances))


def _signal(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    signal = {"signal": "criticism", "towards": _others(choir, name)}
    choir(name, "pilots.note_signal", **signal, **_under(choir, circumstances))


def _reading(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    reading = {"about": _others(choir, name), "audience": "media", "expected": 0.5, "observed": 0.5}
    choir(name, "pilots.observe_reading", **reading, **_under(choir, circumstances))


def _lesson(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    choir(name, "lessons.draft", **_under(choir, circumstances))


def _story(choir: Choir, name: str, circumstances: Mapping[str, Any]) -> None:
    under = _under(choir, circumstances)
    del under["pilot"]
    if under["how"].label == "RED" and not under["how"].recipients:
        return  # RED about no pilot names its readers
    choir(name, "narratives.sight", theatre=choir.world["coast"], about=(_others(choir, name),), **under)


def _undone(choir: Choir, ferry: dict[str, str]) -> None:
    world = choir.world
    for label in ("GREEN", "AMBER+STRICT"):
        choir("omar", "concerns.raise_one", label, how=how(label=label), **ferry)
        event = f"concern:{world[label]}#1"
        choir("omar", "records.correct", event=event, field="words")
        choir("omar", "records.correct", event=event, changes={"severity": "low"}, words="")
    choir("omar", "records.withdraw", event=f"concern:{world['AMBER+STRICT']}#1")
    choir("sol", "pilots.withdraw", **ferry)
    choir("wim", "pilots.close", pilot=world["radio"])
