"""What journeys share: a small world that is built once, and a copy of it for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.application.world import World, build, copied, open_world


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world whose organisations let everything but RED pass through chat."""
    world = open_world(Path(tmp_path_factory.mktemp("built")))
    with world.application:
        build(world)
        for who in ("omar", "kurt", "vera"):
            world.say(who, "actors.set_chat_ceiling", ceiling="AMBER+STRICT")
    return world


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    """Lend a copy of the world."""
    with copied(built, tmp_path) as copy:
        yield copy
