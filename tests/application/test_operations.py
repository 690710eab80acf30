"""A deployment is founded once, by whoever is first; its keys are where the settings say, and never begun anew."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from counterpoise.application.circumstances import Circumstances
from counterpoise.application.house import Application
from counterpoise.application.operations import AlreadyFounded, administrators, found, opened
from counterpoise.application.operations_stores import KeysMissing, NoKeysNamed, key_file_of, keys_of
from counterpoise.store.opening import BadAddress

SAID: dict[str, Any] = {"actor": "Clinic", "categories": ("humanitarian",), "name": "Bo", "handle": "bo"}


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COUNTERPOISE_KEYS", "COUNTERPOISE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


def test_the_first_administrator_administers(url: str) -> None:
    with opened(url, make=True) as application:
        found(application, **SAID)

        bo = application.speaker("bo")
        assert bo.administrator
        assert administrators(application.log) == [bo.id]


def test_of_many_who_found_at_once_one_does(url: str) -> None:
    opened(url, make=True).close()

    def founding(name: str) -> bool:
        with opened(url) as application:
            try:
                found(application, **SAID | {"name": name, "handle": name.lower()})
            except AlreadyFounded:
                return False
            return True

    with ThreadPoolExecutor(8) as people:
        founded = list(people.map(founding, [f"Person {n}" for n in range(8)]))

    assert sum(founded) == 1
    with opened(url) as application:
        assert len(administrators(application.log)) == 1


def test_a_founding_that_was_cut_short_is_finished_by_the_same_words(url: str) -> None:
    with opened(url, make=True) as application:
        receipt = found(application, **SAID)
        application.keys.unlink("handle", "bo")

        again = found(application, **SAID)

        assert again.repeated
        assert application.speaker("bo").id == msgspec.json.decode(receipt.result)["member"]


def test_once_every_administrator_has_left_another_is_found(url: str) -> None:
    with opened(url, make=True) as application:
        found(application, **SAID)
        bo = application.speaker("bo")
        application.members.leave(bo, member=bo.id)

        found(application, **SAID | {"name": "Ada", "handle": "ada"})

        assert application.speaker("ada").administrator


def test_an_administrator_who_was_revoked_counts_no_longer(url: str) -> None:
    with opened(url, make=True) as application:
        found(application, **SAID)
        bo = application.speaker("bo")
        application.members.revoke(bo, member=bo.id, role="administrator", how=Circumstances(key="k"))

        found(application, **SAID | {"name": "Ada", "handle": "ada"})

        assert len(administrators(application.log)) == 2


def test_keys_rest_beside_an_sqlite_store(url: str, tmp_path: Path) -> None:
    assert keys_of(url) == tmp_path / "log.db.keys"
    assert key_file_of(keys_of(url)) == tmp_path / "log.db.kek"


def test_the_setting_says_where_keys_are(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOISE_KEYS", str(tmp_path / "apart" / "mine.keys"))

    with opened(url, make=True) as application:
        found(application, **SAID)

    assert (tmp_path / "apart" / "mine.keys").exists()
    assert not (tmp_path / "log.db.keys").exists()


@pytest.mark.parametrize("address", ["postgresql:///log", "postgres://u@h/log"])
def test_a_database_does_not_say_where_keys_are(address: str) -> None:
    with pytest.raises(NoKeysNamed):
        keys_of(address)


def test_a_log_with_events_is_given_no_new_keys(url: str, tmp_path: Path) -> None:
    with opened(url, make=True) as application:
        found(application, **SAID)
    for ending in ("keys", "kek"):
        (tmp_path / f"log.db.{ending}").unlink()

    with pytest.raises(KeysMissing, match="5 events"):
        opened(url)

    assert not (tmp_path / "log.db.keys").exists()


def test_nothing_is_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadAddress):
        opened(f"sqlite:///{tmp_path / 'none' / 'log.db'}", make=True)

    assert not (tmp_path / "none").exists()


def test_everything_that_is_made_is_for_its_owner_alone(url: str, tmp_path: Path) -> None:
    with opened(url, make=True) as application:
        found(application, **SAID)

        assert isinstance(application, Application)
        assert {file.name: file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {
            file.name: 0 for file in tmp_path.iterdir()
        }
