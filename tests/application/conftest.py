"""A world of its own for each test, copied from one that was built once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.application.world import World, build, copied, open_world


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Build the world once; its store is closed, and copied by those who ask."""
    world = open_world(tmp_path_factory.mktemp("world"))
    build(world)
    world.application.close()
    return world


@pytest.fixture
def world(built: World, tmp_path: Path) -> Iterator[World]:
    """Lend a copy of the world as it was built, an hour later."""
    with copied(built, tmp_path) as copy:
        yield copy
