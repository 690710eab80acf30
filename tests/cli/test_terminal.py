"""The terminal itself: quick to start, safe from hostile text, one place for settings, an exit code for every end."""

from pathlib import Path

import pytest

from counterpoise.cli import commands, paper
from tests.cli.terminal import Terminal

HOSTILE = {
    "colours": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "markup": "[bold red]shout[/bold red] [link=http://x]here[/link]",
    "bidi": "invoice\u202egpj.exe",
    "isolate": "a\u2066b\u2069c",
    "erase": "harmless\r\x1b[2Khidden",
    "bell": "ring\x07\x08\x7f",
    "c1": "a\x9b31mb",
    "lines": "one\u2028two\u0085three",
    "hidden": "a\u200bb\ufeffc\u00add",
    "tags": "a\U000e0041b",
    "wide": "界" * 200,
}


def acts(text: str) -> list[str]:
    """Return the characters of a text that would do something to a terminal."""
    return [
        character
        for character in text
        if (ord(character) < 32 and character != "\n")
        or 0x7F <= ord(character) <= 0x9F
        or character in "\u200b\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
        or 0xE0000 <= ord(character) <= 0xE007F
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_do_nothing_to_a_terminal(piloted: Terminal, name: str) -> None:
    text = HOSTILE[name]
    actor = piloted.said("actor", "register", by="bo", name=text, categories="military", label="CLEAR")[
        "actor"
    ]
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words=text, about=actor)
    piloted.said("theatre", "open", by="bo", name=text, kinds="other=1", label="CLEAR")

    shown = [
        piloted(*words, by="bo")
        for words in (
            ("log",),
            ("log", "--words"),
            ("concerns",),
            ("actor", "list"),
            ("theatre", "list"),
            ("mine",),
        )
    ]

    assert [answer.code for answer in shown] == [0] * 6
    assert [acts(answer.out + answer.err) for answer in shown] == [[]] * 6


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_come_back_whole_in_a_document(piloted: Terminal, name: str) -> None:
    text = HOSTILE[name]
    piloted.said("concern", "raise", by="bo", pilot="convoy map", words=text)

    answer = piloted("log", "--json", by="bo")

    assert acts(answer.out) == []
    assert answer.json["events"][-1]["fields"]["words"] == text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_refused_without_harm(piloted: Terminal, name: str) -> None:
    answer = piloted("pilot", "show", HOSTILE[name], by="bo")

    assert answer.code == 1
    assert acts(answer.err) == []


def test_words_of_other_scripts_are_left_as_they_are() -> None:
    persian, flag, arabic = "می\u200cخواهیم", "👩\u200d🚒", "تركوا فراغا"  # noqa: RUF001  Persian and Arabic

    assert [paper.plain(text) for text in (persian, flag, arabic)] == [persian, flag, arabic]


def test_help_loads_no_more_than_it_shows(terminal: Terminal) -> None:
    answer = terminal.alone("--help")

    assert answer.code == 0
    assert all(name in answer.out for name, *_ in commands.COMMANDS)
    assert terminal.loaded("--help").isdisjoint({"polars", "scipy", "numpy", "eventsourcing", "psycopg"})


@pytest.mark.parametrize("command", [name for name, *_ in commands.COMMANDS])
def test_every_command_says_what_it_takes(terminal: Terminal, command: str) -> None:
    answer = terminal.alone(command, "--help")

    assert answer.code == 0
    assert "Usage" in answer.out


def test_the_version_is_told(terminal: Terminal) -> None:
    assert terminal.alone("--version").out.strip() == "0.1.0"


def test_options_for_all_commands_may_stand_before_them(piloted: Terminal) -> None:
    answer = piloted.alone("--store", piloted.url, "--as", "bo", "--json", "log")

    assert answer.code == 0
    assert answer.json["events"]


def test_settings_say_where_and_who(piloted: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOISE_STORE", piloted.url)
    monkeypatch.setenv("COUNTERPOISE_MEMBER", "bo")

    answer = piloted.alone("log", "--json")

    assert answer.json["events"]


def test_an_option_is_before_a_setting(founded: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPOISE_STORE", "sqlite:///nowhere.db")

    assert founded("log").code == 0


def test_a_store_is_named(terminal: Terminal) -> None:
    answer = terminal.alone("log", "--json")

    assert (answer.code, answer.refused["rule"]) == (2, "usage")
    assert "COUNTERPOISE_STORE" in answer.refused["sentence"]


def test_a_folder_that_is_not_there_is_store_trouble(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    terminal = Terminal(f"sqlite:///{tmp_path / 'none' / 'log.db'}", capsys)

    answer = terminal("seed", "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "bad-address")
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_store_is_store_trouble(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear all, " * 500)

    answer = Terminal(f"sqlite:///{file}", capsys)("log", "--json")

    assert (answer.code, answer.refused["rule"]) == (3, "not-a-store")


def test_a_key_file_that_is_gone_is_store_trouble(founded: Terminal) -> None:
    Path(f"{founded.url.removeprefix('sqlite:///')}.kek").unlink()

    answer = founded("log", "--json", by="bo")

    assert (answer.code, answer.refused["rule"]) == (3, "key-file-missing")


def test_what_is_clear_is_read_without_keys(piloted: Terminal) -> None:
    for ending in (".keys", ".kek"):
        Path(f"{piloted.url.removeprefix('sqlite:///')}{ending}").unlink()

    (opened,) = piloted.done("log")["events"]

    assert (opened["topic"], opened["fields"]["name"]) == ("theatre.opened", "[erased]")


@pytest.mark.parametrize("width", [20, 40, 80])
def test_columns_that_are_cut_share_what_is_left(width: int) -> None:
    fitted = paper.widths([30, 8, 50], [False, True, False], width)

    assert fitted[1] == 8
    assert fitted[0] >= paper.LEAST
    assert fitted[2] >= fitted[0]
    assert width < 40 or sum(fitted) <= width


def test_figures_that_are_none_are_null() -> None:
    assert paper.document({"b": float("nan"), "a": [float("inf"), 1.5]}) == '{"a":[null,1.5],"b":null}'
