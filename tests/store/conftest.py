"""Both kinds of store, and the keys that close words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterpoise.store.keys import KeyStore
from counterpoise.store.log import Log
from tests.store.logbook import made


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[KeyStore]:
    with KeyStore(tmp_path / "keys.db") as store:
        yield store


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a store that is not there yet, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def log(url: str, keys: KeyStore) -> Iterator[Log]:
    with made(url, keys) as log:
        yield log
