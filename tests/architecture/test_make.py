"""The Makefile on a machine that lacks what it needs: one line says what."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

BARE = "#!/bin/sh\ncase $2 in *ensurepip*) exit 1 ;; esac\n"
OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Lay out what make reads in a fresh clone, in a folder whose name has a space in it."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def _check(clone: Path, **pythons: str) -> list[str]:
    """Return what `make check` complains of where these scripts are the only programs."""
    programs = clone / "programs"
    programs.mkdir()
    for name, script in pythons.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    make = shutil.which("make") or "make"
    answer = subprocess.run(
        [make, "check"], cwd=clone, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2, answer.stdout
    return [line for line in answer.stderr.splitlines() if not line.startswith("make: ***")]


def test_make_asks_for_python_where_there_is_none(clone: Path) -> None:
    assert _check(clone) == ["No Python 3.11 or newer here: install python3"]


def test_make_asks_for_python_where_it_is_old(clone: Path) -> None:
    assert _check(clone, python3=OLD) == ["No Python 3.11 or newer here: install python3"]


def test_make_asks_for_venv_where_python_comes_without(clone: Path) -> None:
    assert _check(clone, python3=BARE) == ["python3 has no venv: install python3-venv"]
