"""The lock: requirements.txt pins, by hash, all that pyproject.toml asks for."""

import re
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import ROOT, pyproject

PIN = re.compile(
    r"^(\S+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """Read the version of each pinned package that has at least one hash."""
    return {name: version for name, version, _ in PIN.findall((ROOT / "requirements.txt").read_text())}


def _asked() -> Iterator[Requirement]:
    project, build = pyproject()["project"], pyproject()["build-system"]
    lists = (project["dependencies"], build["requires"], *project["optional-dependencies"].values())
    return (Requirement(line) for lines in lists for line in lines)


def test_every_line_of_the_lock_is_a_pin_with_its_hashes() -> None:
    rest = PIN.sub("", (ROOT / "requirements.txt").read_text())

    assert [line for line in rest.splitlines() if not line.lstrip().startswith("#")] == []


def test_everything_asked_for_is_pinned_in_its_range(pins: dict[str, str]) -> None:
    unmet = [each for each in _asked() if pins.get(canonicalize_name(each.name), "") not in each.specifier]

    assert unmet == []


def test_extras_are_pinned_too(pins: dict[str, str]) -> None:
    assert {"psycopg-binary", "psycopg-pool"} <= pins.keys()
