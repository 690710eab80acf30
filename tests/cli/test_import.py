"""Coded files go in once, whole or not at all unless asked otherwise, also when the import was killed."""

import csv
import gzip
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.cli.terminal import Terminal

VALUES = "code,name,goldstein\n040,Consult,1\n112,Accuse,-2\n010,Make statement,0\n"
ROWS = [
    "0,Clinic (Arland),Consult,Court (Borland)",
    "1,Arland,Accuse,Wanderer",
    "2,Borland,Make statement,Arland",
]
KILLED_ROWS = 40_000


@pytest.fixture
def values(tmp_path: Path) -> Path:
    table = tmp_path / "values.csv"
    table.write_text(VALUES)
    return table


def written(folder: Path, *rows: str, name: str = "events.csv") -> Path:
    file = folder / name
    file.write_text("\n".join(["day,source,relation,target", *rows]) + "\n")
    return file


def test_every_row_becomes_an_event(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    file = written(tmp_path, *ROWS)

    imported = terminal.done("import", "interactions", str(file), "--values", str(values))

    events = terminal.done("log")["events"]
    assert (imported["recorded"], imported["repeated"], imported["bad"]) == (3, 0, [])
    assert [event["fields"]["relation"] for event in events] == ["Consult", "Accuse", "Make statement"]
    assert [event["version"] for event in events] == [1, 2, 3]
    assert {(event["label"], event["source"], event["theatre"]) for event in events} == {
        ("CLEAR", "import", "")
    }
    assert events[1]["occurred_at_time"] == "1970-01-02T00:00:00.000000Z"


def test_a_file_is_imported_once_packed_or_not(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    file = written(tmp_path, *ROWS)
    packed = tmp_path / "again.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    terminal.done("import", "interactions", str(file), "--values", str(values))

    again = terminal.done("import", "interactions", str(packed), "--values", str(values))

    assert (again["recorded"], again["repeated"]) == (0, 3)


def test_day_zero_is_the_day_that_is_told(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    file = written(tmp_path, *ROWS)

    terminal.done("import", "interactions", str(file), "--values", str(values), "--day-zero", "2014-01-01")

    first, *_ = terminal.done("log")["events"]
    assert first["occurred_at_time"] == "2014-01-01T00:00:00.000000Z"


def test_nothing_is_imported_of_a_file_with_a_bad_row(
    terminal: Terminal, tmp_path: Path, values: Path
) -> None:
    file = written(tmp_path, *ROWS, "3,Arland,Conslut,Borland")

    answer = terminal("import", "interactions", str(file), "--values", str(values), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "bad-rows")
    assert answer.refused["bad"] == [
        {"column": "relation", "line": 5, "value": "Conslut", "why": "is not in the table of values"}
    ]
    assert terminal.done("log") == {"events": []}


def test_bad_rows_are_named_to_people_too(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    file = written(tmp_path, *ROWS, "x,Arland,Consult,Borland")

    answer = terminal("import", "interactions", str(file), "--values", str(values))

    assert answer.code == 1
    assert "line 5, day: 'x' is not a whole number of days" in answer.err


def test_the_good_rows_are_kept_where_that_is_asked(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    file = written(tmp_path, *ROWS, "3,Arland,Conslut,Borland")

    imported = terminal.done("import", "interactions", str(file), "--values", str(values), "--keep-good")

    assert (imported["recorded"], len(imported["bad"])) == (3, 1)


def test_named_relations_need_their_values(terminal: Terminal, tmp_path: Path) -> None:
    answer = terminal("import", "interactions", str(written(tmp_path, *ROWS)), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "values-missing")


def test_a_day_zero_that_is_none_is_a_misuse(terminal: Terminal, tmp_path: Path) -> None:
    answer = terminal("import", "interactions", str(written(tmp_path)), "--day-zero", "yesterday")

    assert answer.code == 2


def test_an_import_that_was_killed_goes_on_where_it_was(
    terminal: Terminal, tmp_path: Path, values: Path
) -> None:
    file = tmp_path / "many.csv"
    with file.open("w", newline="") as opened:
        rows = ((n // 100, f"Clinic {n} (Arland)", "Consult", "Court (Borland)") for n in range(KILLED_ROWS))
        csv.writer(opened).writerows([("day", "source", "relation", "target"), *rows])
    importing = terminal.start("import", "interactions", str(file), "--values", str(values))
    store = Path(terminal.url.removeprefix("sqlite:///"))
    _wait_until(lambda: _recorded(store) > 2_000)
    os.kill(importing.pid, signal.SIGKILL)
    importing.communicate()

    again = terminal.done("import", "interactions", str(file), "--values", str(values))

    assert 0 < again["repeated"] < KILLED_ROWS
    assert again["recorded"] + again["repeated"] == KILLED_ROWS
    terminal.done("export", str(tmp_path / "log.parquet"), "--full")
    lines = pl.read_parquet(tmp_path / "log.parquet")["body"].str.json_path_match("$.line")
    assert lines.cast(pl.Int64).to_list() == list(range(2, KILLED_ROWS + 2))
    assert terminal("verify").code == 0


def test_the_backtest_answers_with_its_keys(terminal: Terminal, tmp_path: Path, values: Path) -> None:
    rows = (
        f"{n // 5},Clinic (Arland),{'Consult' if n % 3 else 'Accuse'},Court {n % 4} (Borland)"
        for n in range(200)
    )
    terminal.done("import", "interactions", str(written(tmp_path, *rows)), "--values", str(values))

    figures = terminal.done("backtest", "--swaps", "2", "--seed", "7")

    assert sorted(figures) == [
        "auc",
        "calibration_error",
        "coverage_90",
        "gain",
        "gain_high",
        "gain_low",
        "kept",
        "log_loss",
        "permutation_p",
        "scored",
    ]
    assert (figures["kept"], figures["scored"]) == (200, 70)
    assert terminal.done("backtest", "--swaps", "2", "--seed", "7") == figures


def test_the_backtest_of_no_store_is_store_trouble(terminal: Terminal) -> None:
    answer = terminal("backtest", "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "not-a-store")


def _recorded(store: Path) -> int:
    """Return how many rows another process has committed, by the store's own file."""
    if not store.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM log_leaf").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
