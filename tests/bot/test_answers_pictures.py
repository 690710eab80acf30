"""Pictures of charts: drawn in a process of their own, kept, in every language and script."""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from counterpoise_bot.charts import ROWS, apart, specification
from counterpoise_bot.pictures import Pictures
from counterpoise_bot.words import LANGUAGES

PNG = b"\x89PNG\r\n\x1a\n"
BALANCE: dict[str, Any] = {
    "kind": "balance",
    "rows": [
        {"actor": "Relief", "pan": "Gains", "value": 1.0, "low": 0.9, "high": 1.1, "told": "1.00"},
        {"actor": "Relief", "pan": "Risks", "value": 0.5, "low": 0.4, "high": 0.6, "told": "0.50"},
    ],
    "titles": ("Gains and risks", "load", "Gains", "Risks"),
    "alt": "Chart of gains and risks. Relief: gains 1.0, risks 0.5.",
}
TRUST: dict[str, Any] = {
    "kind": "trust",
    "rows": [
        {"series": name, "day": f"2025-0{month}-01", "trust": 0.1 * month, "low": 0.0, "high": 1.0}
        for name in ("Relief", "إغاثة المدينة")
        for month in range(1, 5)
    ],
    "titles": ("الثقة", "trust"),
    "alt": "Line chart of trust.",
}
SPILLOVER: dict[str, Any] = {
    "kind": "spillover",
    "rows": [
        {"from": "Coast", "to": "Delta", "net": 0.1, "told": "+0.10"},
        {"from": "Delta", "to": "Coast", "net": None, "told": "too few"},
    ],
    "titles": ("Spill-over", "happened in", "reaches"),
    "alt": "Matrix of spill-over.",
}


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    """Lend one process that draws."""
    drawing = Pictures()
    yield drawing
    drawing.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("drawing", [BALANCE, TRUST, SPILLOVER], ids=lambda drawing: str(drawing["kind"]))
async def test_a_chart_becomes_a_picture_in_every_language(
    pictures: Pictures, drawing: dict[str, Any], language: str
) -> None:
    picture = await pictures.picture(drawing, language)

    assert picture is not None
    assert picture.png.startswith(PNG)
    assert picture.alt == drawing["alt"]


async def test_the_same_chart_is_drawn_once(pictures: Pictures) -> None:
    first = await pictures.picture(BALANCE, "en")
    again = await pictures.picture({**BALANCE}, "en")

    assert first is not None
    assert again is not None
    assert first.png is again.png


async def test_others_are_answered_while_a_picture_is_drawn() -> None:
    drawing, answered = Pictures(), 0

    under_way = asyncio.create_task(drawing.picture(TRUST, "en"))
    while not under_way.done():
        await asyncio.to_thread(str)
        answered += 1
    await asyncio.to_thread(drawing.close)

    assert answered > 5


async def test_a_process_that_was_ended_is_started_again() -> None:
    drawing = Pictures()
    await drawing.picture(SPILLOVER, "en")
    drawing.close()

    picture = await drawing.picture(SPILLOVER, "fr")
    drawing.close()

    assert picture is not None


def test_a_specification_holds_its_rows_as_a_named_data_set() -> None:
    drawn = specification(TRUST)

    assert drawn["config"]["background"] == "white"
    assert [row["end"] for row in drawn["datasets"][ROWS] if row["end"]] == ["Relief", "إغاثة المدينة"]


def test_series_differ_by_mark_and_dash_as_well_as_by_colour() -> None:
    told = str(specification(TRUST))

    assert "strokeDash" in told
    assert "'shape'" in told


def test_names_beside_lines_do_not_cover_each_other() -> None:
    places = apart({"a": 0.99, "b": 0.98, "c": 0.5, "d": 0.51}, gap=0.1)

    ordered = sorted(places.values())
    assert all(second - first >= 0.1 - 1e-9 for first, second in itertools.pairwise(ordered))
    assert ordered[-1] <= 1.0
