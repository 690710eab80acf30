"""The layout: three source roots that shadow nothing, tests in packages, files a person can read."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, SOURCE_ROOTS, files, modules, run

LINES = 600
# Spelt with classes of one, or this file would name what it forbids.
INDEX = re.compile(
    r"pypi[.]org|pythonhosted[.]org|debian[.]org|npmjs[.]|--(extra-)?index[-]url|--find[-]links|--trusted[-]host"
)


@pytest.mark.parametrize("root", [".", *SOURCE_ROOTS])
def test_platform_stays_pythons_own(root: str) -> None:
    answer = run(
        "-c", "import platform; print(platform.python_version())", cwd=ROOT, PYTHONPATH=str(ROOT / root)
    )

    assert answer.stdout.startswith("3."), answer.stderr


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_a_source_root_holds_packages_alone(root: str) -> None:
    here = {path.relative_to(ROOT).parts[1] for path in files() if path.is_relative_to(ROOT / root)}

    assert here == {Path(package).name for package in PACKAGES if package.startswith(root)}


def test_tests_are_a_package_all_the_way_down() -> None:
    folders = {path.parent for path in modules("tests")}

    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_a_module_opens_with_one_sentence() -> None:
    texts = {path.relative_to(ROOT): path.read_text() for path in modules()}
    openings = {path: ast.get_docstring(ast.parse(text)) or "" for path, text in texts.items() if text}

    assert [path for path, words in openings.items() if not re.match(r"\S.*[.?](\n|$)", words)] == []


def test_no_file_is_too_long_to_read() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in modules()}

    assert {path: length for path, length in lengths.items() if length > LINES} == {}


def test_no_file_names_where_packages_come_from() -> None:
    texts = {path: path.read_bytes().decode(errors="replace") for path in files()}

    assert [path for path, text in texts.items() if INDEX.search(text)] == []


def test_no_test_is_left_out() -> None:
    away = re.compile(r"\b(pytest|mark|unittest)\.(skip|skipif|skipUnless|xfail|importorskip)\b")

    assert [path for path in modules("tests") if away.search(path.read_text())] == []


def test_only_tests_and_benchmarks_import_the_tests() -> None:
    shipped = modules(*SOURCE_ROOTS, "deploy")

    assert [
        path for path in shipped if re.search(r"^\s*(from|import) tests\b", path.read_text(), re.MULTILINE)
    ] == []
