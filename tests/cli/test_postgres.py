"""The same commands on PostgreSQL: the log in the database, the keys in a file that the settings name."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

FOUND = ("found", "--actor", "Clinic", "--categories", "humanitarian", "--name", "Bo", "--handle", "bo")


@pytest.fixture
def terminal(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    """Return a terminal at an empty database, the keys in a folder of the test's own."""
    monkeypatch.setenv("COUNTERPOISE_KEYS", str(tmp_path / "log.keys"))
    return Terminal(postgres_url, capsys)


def test_what_is_recorded_is_read_back_and_verifies(piloted: Terminal) -> None:
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words="We are seen with escorts")

    raised = piloted.done("log", by="bo")["events"][-1]

    assert raised["fields"]["words"] == "We are seen with escorts"
    assert piloted.done("verify")["sound"]
    assert piloted.done("rebuild")["sound"]


def test_settings_of_the_server_are_looked_over(piloted: Terminal) -> None:
    found = {each["what"]: each for each in piloted.done("doctor")["findings"]}

    assert found["synchronous_commit"]["ok"]
    assert found["data_checksums"]["found"] == "on"
    assert found["key store"]["ok"]


def test_a_checkpoint_holds_across_processes(piloted: Terminal, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    piloted.done("checkpoint", "--out", str(note))
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words="Late")

    answer = piloted.apart("verify", "--against", str(note), "--json")

    assert answer.json["against"]["finding"] == "extends"


def test_the_file_is_imported_once(terminal: Terminal, tmp_path: Path) -> None:
    values, file = tmp_path / "values.csv", tmp_path / "events.csv"
    values.write_text("code,name,goldstein\n040,Consult,1\n")
    file.write_text("day,source,relation,target\n" + "0,Clinic (Arland),Consult,Court (Borland)\n" * 700)

    one, two = (terminal.done("import", "interactions", str(file), "--values", str(values)) for _ in range(2))

    assert (one["recorded"], two["repeated"]) == (700, 700)
    assert terminal.done("verify")["size"] == 700


def test_the_keys_of_a_database_are_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTERPOISE_KEYS")

    answer = terminal(*FOUND, "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "no-keys-named")


def test_what_is_clear_is_read_where_no_keys_are_named(
    piloted: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERPOISE_KEYS")

    (opened,) = piloted.done("log")["events"]

    assert opened["topic"] == "theatre.opened"


def test_a_database_makes_its_own_copies(piloted: Terminal, tmp_path: Path) -> None:
    answer = piloted("backup", str(tmp_path / "copies"), "--json")

    assert (answer.code, answer.refused["rule"]) == (1, "copied-elsewhere")
    assert "pg_dump" in answer.refused["remedy"]


def test_a_server_that_does_not_answer_is_store_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Terminal("postgresql://nobody@/none?host=/nowhere", capsys)("verify", "--json")

    assert answer.code == 3


def test_the_librarys_database_functions_are_refused(
    piloted: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "1")

    answer = piloted("log", "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "unsafe-setting")
