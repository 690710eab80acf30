"""The first two minutes in a browser: a concern recorded, seen and undone, a figure and why, in five languages."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from counterpoise.cli.demonstrating import CONCERN
from tests.browser import window
from tests.journeys.touring import History, Tour, history, place, press, private, toured, write

WORDS = CONCERN.removeprefix("/concern ")
AT_ONCE = 10
"""Things a newcomer does, at most: ten seconds for each of them are within two minutes."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return the seeded history, told once."""
    return history(tmp_path_factory.mktemp("toured"))


@pytest_asyncio.fixture
async def tour(whole: History, tmp_path: Path) -> AsyncIterator[Tour]:
    """Run the demo over a copy of the history."""
    folder = tmp_path / "demo"
    shutil.copytree(Path(whole.url.removeprefix("sqlite:///")).parent, folder)
    async with toured(replace(whole, url=f"sqlite:///{folder / 'told.db'}")) as running:
        yield running


async def test_a_newcomer_records_sees_and_undoes_a_concern_and_asks_why(tour: Tour) -> None:
    async with window(tour.browser, tour.demo.sandbox.url) as page:
        await page.goto("/")
        steps = ["opens the workspace"]
        await page.get_by_role("link", name="Begin as Lani").click()
        steps.append("begins")
        await page.get_by_role("link", name=f"Write this for me: {CONCERN}").click()
        steps.append("takes the words")
        await page.locator("textarea[data-composer]").press("Enter")
        steps.append("sends them")
        await expect(private(page, "Only you see this").last).to_contain_text(WORDS)
        await press(page, "Record concern")
        steps.append("records")
        await expect(private(page, "Recorded: a concern").last).to_contain_text(WORDS)
        await press(page, "Undo this record")
        steps.append("undoes")
        await expect(private(page, "Withdrawn. It counts no longer").last).to_be_visible()
        await write(page, "/balance")
        steps.append("asks")
        await expect(private(page, "Gains").last).to_be_visible()
        await press(page, "Why is the figure so?")
        steps.append("asks why")
        await expect(private(page, "What carries the balance").last).to_be_visible()

        assert len(steps) <= AT_ONCE


async def test_what_was_recorded_stands_on_home_until_it_is_undone(tour: Tour) -> None:
    async with window(tour.browser, tour.demo.sandbox.url) as page:
        await page.goto(place("lani"))
        await write(page, CONCERN)
        await press(page, "Record concern")
        await expect(private(page, "Recorded: a concern").last).to_be_visible()
        await page.get_by_role("navigation").get_by_role("link", name="Counterpoise").click()
        await page.get_by_role("link", name="Home", exact=True).click()

        await expect(page.locator(".home")).to_contain_text("My last records")
        await expect(page.locator(".home")).to_contain_text(WORDS[:100])


async def test_another_persons_pane_never_shows_a_private_draft(tour: Tour) -> None:
    async with window(tour.browser, tour.demo.sandbox.url) as page:
        await page.goto("/both/U0LANI/U0SEFA?l.place=C0SURVEY&r.place=C0SURVEY")
        lani = page.get_by_role("region", name="Lani\u2019s window")
        sefa = page.get_by_role("region", name="Sefa\u2019s window")
        await write(lani, CONCERN)

        await expect(private(lani, "Only you see this").last).to_contain_text(WORDS)
        await tour.quiet()
        await expect(sefa.locator(".log")).not_to_contain_text(WORDS)
        await expect(private(sefa)).to_have_count(0)


LANGUAGES = {
    "djeneba": ("C0NEEDS", "/concern", "Que voulez-vous faire"),
    "kaspar": ("C0NEEDS", "/concern", "Was möchten Sie tun"),
    "lucia": ("C0NEEDS", "/concern", "¿Qué"),
    "samira": ("C0GENERAL", "/concern", "؟"),
}


@pytest.mark.parametrize("who", LANGUAGES)
async def test_everybody_is_answered_in_their_language(tour: Tour, who: str) -> None:
    channel, command, says = LANGUAGES[who]
    async with window(tour.browser, tour.demo.sandbox.url) as page:
        await page.goto(place(who, channel))
        await write(page, command)

        await expect(private(page).last).to_contain_text(says)
        direction = "rtl" if who == "samira" else "ltr"
        await expect(page.locator(".pane").first).to_have_attribute("dir", direction)
