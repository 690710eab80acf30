"""A terminal at an empty place, at a founded store, and at one where a pilot runs."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no setting of whoever tests to the commands."""
    for name in ("COUNTERPOISE_STORE", "COUNTERPOISE_MEMBER", "COUNTERPOISE_KEYS", "COUNTERPOISE_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


@pytest.fixture
def terminal(url: str, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Return a terminal at a store that is not there yet."""
    return Terminal(url, capsys)


@pytest.fixture
def founded(terminal: Terminal) -> Terminal:
    """Return a terminal at a store that Bo of the Lake Relief Agency administers."""
    terminal.done(
        "found",
        *("--actor", "Lake Relief Agency", "--categories", "humanitarian"),
        *("--name", "Bo Lindqvist", "--handle", "bo"),
    )
    return terminal


@pytest.fixture
def piloted(founded: Terminal) -> Terminal:
    """Return a terminal at a store where Bo coordinates the pilot "Shared convoy map" in the Lake Basin."""
    founded.said(
        "theatre",
        "open",
        by="bo",
        name="Lake Basin",
        kinds="stabilisation=1",
        audiences="donors",
        label="CLEAR",
    )
    founded.said("pilot", "propose", by="bo", theatre="Lake Basin", title="Shared convoy map")
    return founded
