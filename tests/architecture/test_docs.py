"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

import counterpoise_projections
from counterpoise.domain.vocabulary import VOCABULARY
from tests.architecture.pages import DOCS, commands_page, events_page

PRIORITY_A = 67
"""How many requirements of the first priority the source paper holds; each has its row."""

PRESETS = ("R03", "R04", "R82")
"""Requirements that are answered by words of a vocabulary alone."""

REQUIREMENTS = DOCS.joinpath("requirements.md").read_text(encoding="utf-8")
VIEWS = Path(next(iter(counterpoise_projections.__path__)))
ROW = re.compile(r"^\| (R\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_of_events_equals_the_vocabulary() -> None:
    assert DOCS.joinpath("events.md").read_text(encoding="utf-8") == events_page()


def test_the_page_of_commands_equals_the_commands() -> None:
    assert DOCS.joinpath("commands.md").read_text(encoding="utf-8") == commands_page()


def test_every_requirement_of_priority_a_leads_somewhere() -> None:
    led = {name: lead for name, _, lead in ROW.findall(REQUIREMENTS)}

    assert len(led) == PRIORITY_A
    assert all(lead.strip() for lead in led.values())


@pytest.mark.parametrize(
    ("name", "lead"), [pytest.param(name, lead, id=name) for name, _, lead in ROW.findall(REQUIREMENTS)]
)
def test_what_a_requirement_leads_to_exists(name: str, lead: str) -> None:
    events = re.findall(r"event `([^`]+)`", lead)
    views = re.findall(r"view `([^`]+)`", lead)

    assert set(events) <= set(VOCABULARY)
    assert set(views) <= {path.stem for path in VIEWS.glob("*.py")}
    assert events or views or "surface" in lead or "later" in lead.casefold() or name in PRESETS
