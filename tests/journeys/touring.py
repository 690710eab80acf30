"""The demo as a newcomer meets it: the seeded history, the workspace, the bot and a browser, all of them real."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from counterpoise.cli.demonstrating import Demo, demonstrated
from counterpoise.cli.pretence import CHANNELS, account
from tests.browser import chromium
from tests.telling import tell_into

SURVEY = CHANNELS["survey"][0]


@dataclass(frozen=True)
class History:
    """A seeded store that is closed: where it is, and its pilots by their short names."""

    url: str
    pilots: Mapping[str, str]


@dataclass(frozen=True)
class Tour:
    """A demo that runs, and a browser beside it."""

    demo: Demo
    browser: Browser

    async def quiet(self) -> None:
        """Wait until everything that was begun has ended, on both sides."""
        await self.demo.sandbox.quiet(patience=60.0)
        await self.demo.bot.quiet()
        await self.demo.sandbox.quiet(patience=60.0)


def history(folder: Path) -> History:
    """Tell the history into a folder."""
    told = tell_into(folder)
    with told.application:
        return History(f"sqlite:///{folder / 'told.db'}", dict(told.cast.pilots))


@asynccontextmanager
async def toured(told: History) -> AsyncIterator[Tour]:
    """Open the demo over a history of the caller's own."""
    async with demonstrated(told.url, told.pilots) as demo, chromium() as browser:
        yield Tour(demo, browser)


def place(who: str, channel: str = SURVEY) -> str:
    """Return the page on which somebody sees a channel."""
    return f"/as/{account(who)}/{channel}"


async def write(within: Page | Locator, words: str) -> None:
    """Write into the message field that is in sight, and send with Enter."""
    field = within.locator("textarea[data-composer]").first
    await field.fill(words)
    await field.press("Enter")


async def press(within: Page | Locator, name: str) -> None:
    """Press the newest button of a name."""
    await within.get_by_role("button", name=name, exact=True).last.click()


def private(within: Page | Locator, words: str = "") -> Locator:
    """Return the messages for one's own eyes alone, those that hold some words."""
    return within.locator(".message.private", has_text=words) if words else within.locator(".message.private")
