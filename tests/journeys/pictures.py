"""The main cards as pictures for documents: `python -m tests.journeys.pictures docs/pictures` draws them anew."""

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from counterpoise.cli.demonstrating import CONCERN
from tests.browser import window
from tests.journeys.touring import Tour, history, place, press, private, toured, write

TALL, SMALL = (1340, 2400), (1080, 1000)
"""Windows in CSS pixels: so tall that a whole answer fits; and one for dialogs and pages."""
LARGEST = 150_000
"""Bytes of a picture, at most."""
ARABIC = "/concern الطائرات المسيّرة فوق المدرسة تخيف العائلات ليلاً"
HOME = "/as/{}/A0COUNTERPOISE?tab=home"
Draw = Callable[[Tour, Page], Awaitable[Locator]]


async def draft(_: Tour, page: Page) -> Locator:
    """Draft a concern."""
    await page.goto(place("lani"))
    await write(page, CONCERN)
    await expect(private(page, "Only you see this")).to_be_visible()
    return private(page).last


async def receipt(tour: Tour, page: Page) -> Locator:
    """Record it."""
    await draft(tour, page)
    await press(page, "Record concern")
    await expect(private(page, "Recorded: a concern").last).to_be_visible()
    return private(page, "Recorded: a concern").last


async def balance(_: Tour, page: Page) -> Locator:
    """Ask how a pilot stands."""
    return await _asked(page, "lani", "C0SURVEY", "/balance", "Gains")


async def trust(_: Tour, page: Page) -> Locator:
    """Ask how far somebody is trusted."""
    return await _asked(page, "ines", "C0SURVEY", "/counterpoise trust Almadine Relief", "Computed from")


async def spillover(_: Tour, page: Page) -> Locator:
    """Ask how trust moves between theatres."""
    return await _asked(page, "ines", "C0SURVEY", "/counterpoise spillover", "Computed from")


async def home(tour: Tour, page: Page) -> Locator:
    """Open Home."""
    await page.goto(HOME.format("U0LANI"))
    await tour.quiet()
    return page.locator(".home .blocks").first


async def arabic(_: Tour, page: Page) -> Locator:
    """Draft a concern in Arabic."""
    await page.goto(place("samira"))
    await write(page, ARABIC)
    await expect(private(page).last).to_be_visible()
    return private(page).last


async def scan(tour: Tour, page: Page) -> Locator:
    """Begin a scan."""
    await page.goto(place("ines"))
    await write(page, "/counterpoise scan")
    await tour.quiet()
    if not await page.locator(".modal").count():
        await private(page).last.get_by_role("button").first.click()
    await expect(page.locator(".modal").last).to_be_visible()
    return page.locator(".modal").last


async def reflection(tour: Tour, page: Page) -> Locator:
    """Answer what waits for an answer."""
    await home(tour, page)
    await page.get_by_role("button", name=re.compile("^Answer")).first.click()
    await expect(page.locator(".modal").last).to_be_visible()
    return page.locator(".modal").last


async def step(tour: Tour, page: Page) -> Locator:
    """Open the next step of a pilot."""
    asked = await _asked(page, "lani", "C0SURVEY", "/counterpoise steps", "Steps of your pilots")
    before = await private(page).count()
    await asked.get_by_role("button", name=re.compile("^Open")).first.click()
    await tour.quiet()
    await expect(private(page)).to_have_count(before + 1)
    return private(page).last


async def form(tour: Tour, page: Page) -> Locator:
    """Open the page for what Slack must not see."""
    await tour.demo.sandbox.person("lani").command("/counterpoise", "private", channel="C0SURVEY")
    await tour.quiet()
    shown = tour.demo.sandbox.screen("lani").ephemerals("C0SURVEY")[-1]
    link = next(word for word in str(shown["text"]).split() if "/form/" in word)
    await page.goto(link.strip("<>"))
    return page.locator("main")


PICTURES: dict[str, Draw] = {
    "draft": draft,
    "receipt": receipt,
    "balance": balance,
    "trust": trust,
    "spillover": spillover,
    "home": home,
    "arabic": arabic,
    "step": step,
    "form": form,
    "scan": scan,
    "reflection": reflection,
}


async def _asked(page: Page, who: str, channel: str, command: str, says: str) -> Locator:
    await page.goto(place(who, channel))
    await write(page, command)
    await expect(private(page, says).last).to_be_visible()
    return private(page, says).last


async def draw(folder: Path, *names: str) -> None:
    """Draw the pictures of these names, or all of them."""
    with tempfile.TemporaryDirectory() as told:
        async with toured(history(Path(told))) as tour:
            for name in names or PICTURES:
                at = tour.demo.bot.url if name == "form" else tour.demo.sandbox.url
                async with window(
                    tour.browser, at, size=SMALL if name in {"scan", "form", "reflection"} else TALL
                ) as page:
                    await _drawn(tour, page, folder / f"{name}.png", PICTURES[name])


async def _drawn(tour: Tour, page: Page, path: Path, picture: Draw) -> None:
    page.context.set_default_timeout(60_000)
    shown = await picture(tour, page)
    await tour.quiet()
    await page.mouse.move(0, 0)  # what only a pointer shows is left out
    written = await shown.screenshot(path=path, type="png")
    assert len(written) <= LARGEST, f"{path.name} has {len(written)} bytes"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(draw(target, *sys.argv[2:]))
