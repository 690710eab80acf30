"""The model is held against worked examples at the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT
from tests.cli.terminal import Terminal

VECTORS = ROOT / "tests" / "vectors" / "model_public.json"


def changed(folder: Path, change: str) -> Path:
    document: dict[str, Any] = json.loads(VECTORS.read_text())
    expected = document["balance"][0]["expected"]
    match change:
        case "number":
            expected["B"] += 1e-6
        case "word":
            expected["verdict"] = "association"
        case "key":
            del expected["G"]
    file = folder / "vectors.json"
    file.write_text(json.dumps(document))
    return file


def test_the_model_meets_the_public_vectors(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal("", capsys)

    answer = terminal.alone("check-model", str(VECTORS), "--json")

    assert answer.code == 0
    assert answer.json["holds"]
    assert max(answer.json["differences"].values()) <= 1e-9
    assert set(answer.json["differences"]) >= {
        "balance",
        "opinions",
        "quantiles",
        "what_if",
        "spillover",
        "evidence",
    }


@pytest.mark.parametrize("change", ["number", "word", "key"])
def test_what_differs_from_the_vectors_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: str
) -> None:
    terminal = Terminal("", capsys)

    answer = terminal.alone("check-model", str(changed(tmp_path, change)))

    assert answer.code == 1
    assert "1 differences" in answer.out


@pytest.mark.parametrize(("text", "rule"), [("not a document", "not-json"), ("{}", "not-vectors")])
def test_what_is_no_document_of_vectors_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, rule: str
) -> None:
    terminal = Terminal("", capsys)
    file = tmp_path / "vectors.json"
    file.write_text(text)

    answer = terminal.alone("check-model", str(file), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, rule)


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = Terminal("", capsys).alone("check-model", str(tmp_path / "none.json"), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "unreadable-file")
