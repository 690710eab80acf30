"""The floors: the contracts of pyproject.toml hold, and each of them bites."""

import re
import shutil
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.tree import PACKAGES, ROOT, SOURCE_ROOTS, imports, modules, pyproject, run

COMMAND = "from importlinter.cli import lint_imports_command; lint_imports_command()"
LINT = ("-c", COMMAND, "--no-logo", "--no-cache")
ROOMS = {
    "counterpoise": "cli http application store/__init__ store/log policy frame domain",
    "counterpoise_projections": "view",
    "counterpoise_bot": "",
    "counterpoise_sandbox": "",
}
BREACHES = [
    ("floors", "counterpoise/domain", "import counterpoise.store"),
    ("floors", "counterpoise_projections/view", "import counterpoise.store"),
    ("rooms", "counterpoise/attic", ""),
    ("circles", "counterpoise/store/log", "import counterpoise.cli, eventsourcing"),
    ("domain", "counterpoise/domain", "import numpy"),
    ("purity", "counterpoise/domain", "import secrets"),
    ("purity", "counterpoise_projections/view", "import time"),
    ("events", "counterpoise/application", "import eventsourcing.domain"),
    ("columns", "counterpoise/http", "import polars"),
    ("chat", "counterpoise/http", "import slack_sdk"),
    ("door", "counterpoise_bot/__init__", "import counterpoise.store"),
    ("island", "counterpoise_sandbox/__init__", "import counterpoise.domain"),
    ("ferry", "counterpoise/application", "import counterpoise_sandbox"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build an empty house with the product's floors; its command line and its store import what they alone may."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package, rooms in ROOMS.items():
        for room in ("__init__", *rooms.split()):
            module = tmp_path / package / f"{room}.py"
            module.parent.mkdir(parents=True, exist_ok=True)
            module.touch()
    (tmp_path / "counterpoise" / "cli.py").write_text("import counterpoise.store, counterpoise_sandbox\n")
    (tmp_path / "counterpoise" / "store" / "log.py").write_text("import eventsourcing\n")
    return tmp_path


def test_every_contract_is_kept() -> None:
    answer = run(*LINT, cwd=ROOT)

    assert answer.returncode == 0, answer.stdout


def test_an_empty_house_keeps_every_contract(house: Path) -> None:
    answer = run(*LINT, cwd=house, PYTHONPATH=str(house))

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(("contract", "room", "line"), BREACHES)
def test_a_breach_is_seen(house: Path, contract: str, room: str, line: str) -> None:
    (house / f"{room}.py").write_text(f"{line}\n")

    answer = run(*LINT, "--contract", contract, cwd=house, PYTHONPATH=str(house))

    assert "Contracts: 0 kept, 1 broken." in answer.stdout, answer.stdout


def test_every_contract_is_shown_to_bite() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]

    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in BREACHES}


def test_decisions_and_views_ask_no_clock() -> None:
    pure = modules("platform/counterpoise/domain", "platform/counterpoise/policy", "projections")
    clock = re.compile(r"\.(now|utcnow|today|local_now)\(")

    assert [path for path in pure if clock.search(path.read_text())] == []


def test_what_is_imported_is_declared() -> None:
    ours = {Path(package).name for package in PACKAGES}
    foreign = (
        {name for module in modules(*SOURCE_ROOTS) for name in imports(module)}
        - sys.stdlib_module_names
        - ours
    )

    assert foreign <= _declared()


def test_the_domain_is_kept_from_every_dependency() -> None:
    contracts = {contract["id"]: contract for contract in pyproject()["tool"]["importlinter"]["contracts"]}

    assert _declared() <= set(contracts["domain"]["forbidden_modules"])


def _declared() -> set[str]:
    """Return the names under which the dependencies of pyproject.toml are imported."""
    wanted = [Requirement(line) for line in pyproject()["project"]["dependencies"]]
    names = {each.name for each in wanted} | {
        f"{each.name}-{extra}" for each in wanted for extra in each.extras
    }
    homes = {canonicalize_name(name) for name in names}
    return {
        module
        for module, sources in packages_distributions().items()
        if homes & {canonicalize_name(source) for source in sources}
        if module.isidentifier() and not module.startswith("_")
    }
