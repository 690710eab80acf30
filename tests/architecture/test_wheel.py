"""The wheel: what somebody who installs the product gets, and nothing besides."""

import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, pyproject, run


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and name the files in it."""
    folder = tmp_path_factory.mktemp("wheel")
    answer = run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = folder.iterdir()
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_the_four_packages_and_no_platform(shipped: set[str]) -> None:
    name, version = pyproject()["project"]["name"], pyproject()["project"]["version"]
    tops = {file.partition("/")[0] for file in shipped}

    assert tops == {Path(package).name for package in PACKAGES} | {f"{name}-{version}.dist-info"}


def test_the_wheel_tells_checkers_that_it_is_typed(shipped: set[str]) -> None:
    assert {f"{Path(package).name}/py.typed" for package in PACKAGES} <= shipped


def test_the_wheel_carries_the_starting_tables_and_the_licence(shipped: set[str]) -> None:
    assert "counterpoise/domain/tables.toml" in shipped
    assert any(file.endswith("licenses/LICENSE") for file in shipped)
