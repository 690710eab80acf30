"""The documents say what the code does."""

import re

import pytest

import counterpoise_projections
from counterpoise.domain.vocabulary import VOCABULARY
from tests.architecture.pages import DOCS, events_page

PRIORITY_A = (
    "R01 R02 R03 R04 R05 R06 R07 R09 R10 R11 R12 R13 R14 R15 R16 R17 R18 R20 R21 R22 R24 R25 R26 R27 R29 R30 R31 "
    "R39 R40 R41 R42 R43 R44 R45 R46 R50 R51 R54 R55 R56 R57 R58 R60 R61 R62 R63 R64 R65 R69 R70 R72 R76 R80 R81 "
    "R82 R83 R84 R85 R86 R87 R88 R89 R90 R92 R93 R96 R97"
).split()
ROW = re.compile(r"^\| (R\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_page_of_events_equals_the_vocabulary() -> None:
    assert DOCS.joinpath("events.md").read_text(encoding="utf-8") == events_page()


def test_every_requirement_of_priority_a_leads_somewhere() -> None:
    led = {name: lead for name, _, lead in ROW.findall(_requirements())}

    assert set(PRIORITY_A) <= set(led)
    assert all(lead.strip() for lead in led.values())


@pytest.mark.parametrize(("name", "lead"), [(name, lead) for name, _, lead in ROW.findall(
    DOCS.joinpath("requirements.md").read_text(encoding="utf-8")
)])
def test_what_a_requirement_leads_to_exists(name: str, lead: str) -> None:
    del name
    views = {path.stem for path in _views()}
    events = re.findall(r"event `([^`]+)`", lead)
    named_views = re.findall(r"view `([^`]+)`", lead)

    assert all(topic in VOCABULARY for topic in events)
    assert all(view in views for view in named_views)
    assert events or named_views or "surface" in lead or "later" in lead


def _requirements() -> str:
    return DOCS.joinpath("requirements.md").read_text(encoding="utf-8")


def _views() -> list[object]:
    from pathlib import Path

    return list(Path(next(iter(counterpoise_projections.__path__))).glob("*.py"))
