"""What one may not read changes nothing of what one is told: two worlds, and the same answers in both."""

import inspect
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.application.readers import answered, arguments, questions, reader
from tests.application.saying import FERRY, meant
from tests.application.world import DAY, HOUR, World, copied, how, open_world, scan, start

UNTOLD = ("kurt", "lena", "ines", "wim", "pat", "onlooker")
"""Who may not know of what Omar keeps to himself: partners, colleagues, others. An auditor may know that it is."""

OWN = {"ledger.proof", "replays.position"}
"""What is of the log as a whole: a proof names the tree's size, an operator its positions."""

PLACES = {"position", "corrected_at", "version"}
EVERY = 1 if os.environ.get("COUNTERPOISE_TORTURE") else len(UNTOLD)


@pytest.fixture(scope="module")
def begun(built: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which scans are open and a step has begun; its store is closed."""
    with copied(built, tmp_path_factory.mktemp("begun")) as world:
        start(world)
    return world


@pytest.fixture(scope="module")
def without(begun: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with copied(begun, tmp_path_factory.mktemp("without")) as world:
        _goes_on(world)
        yield world


@pytest.fixture(scope="module")
def within(begun: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Lend a world in which Omar has kept things to himself before others went on, and after."""
    with copied(begun, tmp_path_factory.mktemp("with")) as world:
        _keeps_to_himself(world, seed=98)
        _goes_on(world)
        world.clock.now += 9 * DAY
        _keeps_to_himself(world, seed=99)
        yield world


def _goes_on(world: World) -> None:
    world.say("kurt", "pilots.take_position", position="consent", **meant(world, FERRY))
    scan(world, "kurt", scores={"speed": 0.5, "neutrality": 0.5})
    world.say("ines", "narratives.sight", theatre=world["coast"], about=(world["brigade"],), words="By day")


def _keeps_to_himself(world: World, *, seed: int) -> None:
    """Let Omar speak by another door, under RED: nobody else's ids or clock are touched."""
    door = open_world(world.folder, now=world.clock.now + HOUR, seed=seed)
    door.known = world.known
    ferry, brigade = meant(world, FERRY), world["brigade"]
    red, own = how(label="RED"), how(label="RED", recipients=(world["omar"],))
    with door.application:
        door.say("omar", "concerns.raise_one", red, words="Unsafe", about=brigade, severity="high", **ferry)
        reflection = {"step": world["scout"], "phase": "during", "ratings": {brigade: 1}}
        door.say("omar", "reflections.record", red, **reflection, **ferry)
        door.say("omar", "pilots.note_stance", red, towards=brigade, stance="dissociation", **ferry)
        door.say("omar", "pilots.note_signal", red, signal="criticism", towards=brigade, **ferry)
        door.say("omar", "lessons.draft", red, title="Beware", words="Beware of them", **ferry)
        door.say("omar", "narratives.sight", own, theatre=world["coast"], about=(brigade,), words="At night")
        door.say("omar", "actors.set_fulcrum", own, fulcrum=9.0, reason="Between us")
        door.say(
            "omar",
            "actors.declare_red_line",
            own,
            red_line=f"secret-{seed}",
            touch="publication",
            words="Between us",
        )


def heard(text: str) -> Any:  # noqa: ANN401  an answer of any form
    """Return an answer without places in the log: positions, and the versions that event ids end with."""
    return _without_places(json.loads(text))


def _without_places(value: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        return {name: _without_places(each) for name, each in value.items() if name not in PLACES}
    if isinstance(value, list):
        return [_without_places(each) for each in value]
    return value.partition("#")[0] if isinstance(value, str) and ":" in value else value


def asked() -> list[tuple[str, int]]:
    """Return which reader asks every how-manieth question, from which on."""
    return [(name, place % EVERY) for place, name in enumerate(UNTOLD)]


@pytest.mark.parametrize(("name", "turn"), asked())
def test_what_one_may_not_read_changes_no_answer(without: World, within: World, name: str, turn: int) -> None:
    there = dict(questions(within))
    for place, (title, question) in enumerate(questions(without)):
        if (place % EVERY != turn and title != "ledger.events") or title in OWN:
            continue
        ways = (arguments(world, _parameters(question)) for world in (without, within))
        for plainly, kept_from in zip(*ways, strict=True):
            plain = answered(reader(without, name), question, **plainly)
            kept = answered(reader(within, name), there[title], **kept_from)

            assert heard(plain) == heard(kept), title


def _parameters(question: Any) -> Any:  # noqa: ANN401  a method's
    return inspect.signature(question).parameters


def test_whoever_kept_it_sees_the_difference(without: World, within: World) -> None:
    there = dict(questions(within))
    differing = [
        title
        for title, question in questions(without)
        if title in {"ledger.events", "trust", "balances", "pilots.concerns", "names"}
        for given in arguments(without, _parameters(question))
        if heard(answered(reader(without, "omar"), question, **given))
        != heard(answered(reader(within, "omar"), there[title], **given))
    ]

    assert differing == ["balances", "names", "trust", "ledger.events", "pilots.concerns"]
