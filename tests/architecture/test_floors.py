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

LINT = (
    "-c",
    "from importlinter.cli import lint_imports_command; lint_imports_command()",
    "--no-logo",
    "--no-cache",
)
ROOMS = {
    "counterpoise": ("cli", "http", "application", "store", "policy", "frame", "domain"),
    "counterpoise_projections": ("view",),
    "counterpoise_bot": (),
    "counterpoise_sandbox": (),
}
BREACHES = [
    ("up", "counterpoise/domain", "import counterpoise.store", "Imports go down the floors"),
    ("sideways", "counterpoise_projections/view", "import counterpoise.store", "Imports go down the floors"),
    ("homeless", "counterpoise/attic", "", "Every room has a floor"),
    ("round", "counterpoise/store", "import counterpoise.cli", "No room imports in a circle"),
    ("foreign", "counterpoise/domain", "import numpy", "The domain is the standard library alone"),
    ("clock", "counterpoise_projections/view", "import time", "Decisions and views know no clock"),
    ("chance", "counterpoise/domain", "import secrets", "Decisions and views know no clock"),
    (
        "library",
        "counterpoise/application",
        "import eventsourcing.domain",
        "Only the store knows the event library",
    ),
    ("columns", "counterpoise/http", "import polars", "Only rooms that answer questions know columns"),
    ("chat", "counterpoise/http", "import slack_sdk", "Only the bot knows Slack's library"),
    (
        "backdoor",
        "counterpoise_bot/__init__",
        "import counterpoise.store",
        "The bot enters by the application",
    ),
    (
        "bridge",
        "counterpoise_sandbox/__init__",
        "import counterpoise.domain",
        "The sandbox imports nothing of ours",
    ),
    (
        "ferry",
        "counterpoise/application",
        "import counterpoise_sandbox",
        "Only the command line reaches the sandbox",
    ),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build an empty house with the product's floors; only its command line imports anything."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package, rooms in ROOMS.items():
        (tmp_path / package).mkdir()
        for room in ("__init__", *rooms):
            (tmp_path / package / f"{room}.py").touch()
    (tmp_path / "counterpoise" / "cli.py").write_text("import counterpoise.store, counterpoise_sandbox\n")
    return tmp_path


def test_every_contract_is_kept() -> None:
    answer = run(*LINT, cwd=ROOT)

    assert answer.returncode == 0, answer.stdout


def test_an_empty_house_keeps_every_contract(house: Path) -> None:
    answer = run(*LINT, cwd=house, PYTHONPATH=str(house))

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"), [breach[1:] for breach in BREACHES], ids=[breach[0] for breach in BREACHES]
)
def test_a_breach_is_seen(house: Path, room: str, line: str, contract: str) -> None:
    (house / f"{room}.py").write_text(f"{line}\n")

    answer = run(*LINT, cwd=house, PYTHONPATH=str(house))

    assert answer.returncode == 1
    broken = [verdict for verdict in answer.stdout.splitlines() if verdict.endswith("BROKEN")]
    assert any(verdict.startswith(contract) for verdict in broken), answer.stdout


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
