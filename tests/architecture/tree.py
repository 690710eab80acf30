"""The repository's own files, found as git would list them."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = ("platform", "projections", "bot")
PACKAGES = (
    "platform/counterpoise",
    "projections/counterpoise_projections",
    "bot/counterpoise_bot",
    "bot/counterpoise_sandbox",
)


def pyproject() -> dict[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def files() -> list[Path]:
    """Return every file that is not ignored, in order; without git, every file in no hidden folder."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listing.stdout.split("\0") if listing.returncode == 0 else _by_hand()
    return sorted(path for name in names if (path := ROOT / name).is_file())


def modules(*folders: str) -> list[Path]:
    """Return the Python files below the folders, or all of them."""
    homes = [ROOT / folder for folder in folders or (".",)]
    return [
        path for path in files() if path.suffix == ".py" and any(path.is_relative_to(home) for home in homes)
    ]


def imports(module: Path) -> Iterator[str]:
    """Yield the top-level name of everything the module imports by its full name."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a module or a line of Python with this interpreter, in an environment that holds nothing else."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def _by_hand() -> list[str]:
    relative = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
    return [
        str(path) for path in relative if not any(part.startswith((".", "__")) for part in path.parts[:-1])
    ]
