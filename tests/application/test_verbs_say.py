"""Each verb records what it says, once for its key, under its own label."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from counterpoise.domain.steps import Touch
from counterpoise.store.log import KeyReused, Receipt
from tests.application.saying import Saying, meant
from tests.application.sayings import SAYINGS, ready
from tests.application.world import World, copied, how, plain, refused

EXAMPLES: Mapping[str, Any] = {
    "kinds": {"stabilisation": 1.0},
    "scores": {"speed": 0.7, "neutrality": 0.4},
    "conditions": {"urgency": 0.9},
    "audiences": {"media": 1.0},
    "visibility_cap": "closed",
    "measures": {"days": 1.0},
    "results": {"days": 1.0},
    "doubts": {"speed": 0.01},
    "weights": {"speed": 2.0},
    "cares": {"media": {"speed": 0.5}},
    "fulcrum": 1.25,
    "fulcrum_doubt": 0.1,
    "ratings": {"@agency": 1},
    "changes": {"kind": "data"},
}
"""Another value for what a verb may be given, where its default says too little."""


NOT_LAST = [name for name in SAYINGS if name not in {"erase", "leave"}]
"""What is said by somebody who is still there afterwards."""


def other(name: str, value: Any) -> Any:  # noqa: ANN401  a verb takes values of any kind
    """Return another value than this, of its kind."""
    match value:
        case Touch():
            return Touch(touch="publication")
        case bool():
            return not value
        case str() if "#" in value:
            return value.replace("#1", "#2")
        case str():
            return f"{value}x"
        case int() | float():
            return value * 2 + 1
        case tuple():
            return (*value, "media") if name != "touches" else (Touch(touch="publication"),)
        case _:
            return EXAMPLES[name]


def takes(world: World, saying: Saying) -> Mapping[str, Any]:
    """Return everything the verb may be given, as it is given here or by default."""
    parameters = inspect.signature(world.verb(saying.verb)).parameters
    return {
        name: meant(world, saying.given.get(name, parameter.default))
        for name, parameter in parameters.items()
        if name not in {"by", "how", "pilot"}  # whose pilot it is comes before any key
    }


def is_verb(method: Callable[..., Any]) -> bool:
    """Whether a method is a verb: somebody says something, and gets a receipt."""
    said = inspect.signature(method)
    return said.return_annotation is Receipt and "by" in said.parameters


def test_every_verb_of_the_application_is_said_here(world: World) -> None:
    verbs = {
        f"{noun}.{name}"
        for noun, room in vars(world.application).items()
        for name, method in inspect.getmembers(room, inspect.ismethod)
        if not name.startswith("_") and is_verb(method)
    }

    assert verbs == {saying.verb for saying in SAYINGS.values()}


@dataclass(frozen=True)
class Said:
    """A saying that was said under a key, in a world of its own."""

    world: World
    saying: Saying
    receipt: Receipt
    size: int


@pytest.fixture(scope="module", params=SAYINGS)
def said(
    request: pytest.FixtureRequest, built: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Said]:
    saying = SAYINGS[request.param]
    with copied(built, tmp_path_factory.mktemp("said")) as world:
        ready(world, saying)
        receipt = saying.say(world, how(key="k1"))
        yield Said(world, saying, receipt, world.size())


def test_a_verb_records_what_it_says_under_its_own_label(said: Said) -> None:
    recorded = said.world.recorded(said.receipt)

    first = plain(recorded[0])
    expected = meant(said.world, said.saying.fields)
    assert tuple(event.TOPIC for event in recorded) == said.saying.topics
    assert {field: first[field] for field in expected} == expected
    assert first["label"] == said.saying.label
    assert first["recorded_at"] == first["occurred_at"] == said.world.clock.now


@pytest.mark.parametrize("said", NOT_LAST, indirect=True)
def test_a_repeated_key_gives_the_first_answer_and_records_nothing(said: Said) -> None:
    again = said.saying.say(said.world, how(key="k1"))

    assert again == said.receipt._replace(repeated=True)
    assert said.world.size() == said.size


@pytest.mark.parametrize("said", NOT_LAST, indirect=True)
def test_a_key_that_was_used_for_something_else_is_refused(said: Said) -> None:
    for argument, value in takes(said.world, said.saying).items():
        with refused(KeyReused):
            said.saying.say(said.world, how(key="k1"), **{argument: other(argument, value)})
    assert said.world.size() == said.size
