"""A small world of its own for each test of the bot, copied from one that was built once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.application.world import World, build, copied, open_world


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Build the world once, its organisations letting words for their own people pass through chat."""
    world = open_world(tmp_path_factory.mktemp("spoken"))
    with world.application:
        build(world)
        for who in ("omar", "kurt"):
            world.say(who, "actors.set_chat_ceiling", ceiling="AMBER+STRICT")
    return world


@pytest.fixture
def small(spoken: World, tmp_path: Path) -> Iterator[World]:
    """Lend a copy of the world as it was built, an hour later."""
    with copied(spoken, tmp_path) as copy:
        yield copy
