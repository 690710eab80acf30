"""How every test runs: hypothesis on slow machines; one PostgreSQL and one seeded history for those who ask."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from counterpoise.application.operations_seed import Told
from tests.postgres import Postgres, postgres
from tests.telling import tell_into

FEW = 30
"""Examples a property in `make test`, which is to stay below five minutes; `make torture` tries a thousand."""

settings.register_profile("here", deadline=None, max_examples=FEW)
settings.register_profile("ci", deadline=None, max_examples=FEW, derandomize=True, print_blob=True)
settings.register_profile("torture", deadline=None, max_examples=1000)

if os.environ.get("COUNTERPOISE_TORTURE"):
    settings.load_profile("torture")
else:
    settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """Lend the PostgreSQL server that this session's tests share; who crashes one starts its own."""
    with postgres() as running:
        yield running


@pytest.fixture
def postgres_url(server: Postgres) -> str:
    """Return the address of an empty database of the test's own."""
    return server.create(f"test_{uuid4().hex}")


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Lend the seeded history, told once; nobody records anything in it."""
    history = tell_into(Path(tmp_path_factory.mktemp("told")))
    with history.application:
        yield history
