"""A headless Chromium for journeys: pages of a sandbox as people open them, and axe as their strictest reader."""

import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

Scheme = Literal["light", "dark"]
Before = Callable[[Page], Awaitable[None]]
"""What is done on a page before it is judged."""
PATIENCE = 20_000
"""Milliseconds a journey waits for what it expects, on a machine that does much else."""
expect.set_options(timeout=PATIENCE)
WIDE, NARROW = (1280, 860), (420, 860)
"""Window sizes in CSS pixels: a desk, and a telephone."""
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Lend a browser; a machine without Chromium fails here, for the journeys are part of the product."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "Install chromium: the journeys run in it."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def window(
    browser: Browser, url: str, *, size: tuple[int, int] = WIDE, scheme: Scheme = "light", script: bool = True
) -> AsyncIterator[Page]:
    """Lend a page that fails the test if a script on it fails, or if anything is refused or sought outside."""
    context = await browser.new_context(
        base_url=url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on(
        "request", lambda request: troubles.append(request.url) if not _inside(request.url, url) else None
    )
    try:
        yield page
    finally:
        await _close(context)
    assert troubles == []


def _inside(address: str, url: str) -> bool:
    return address.startswith((url, "data:", "about:", "blob:"))


async def _close(context: BrowserContext) -> None:
    for page in context.pages:
        await page.goto("about:blank")
    await context.close()


async def complaints(
    browser: Browser, address: str, *, size: tuple[int, int], scheme: Scheme, before: Before | None = None
) -> list[str]:
    """Return what axe finds wrong with a page, one line for each rule and element; nothing is what it should be."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    try:
        page = await context.new_page()
        await page.goto(address)
        await page.wait_for_selector("html[data-live]", state="attached")
        if before is not None:
            await before(page)
        await page.evaluate(AXE)
        found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
    finally:
        await _close(context)
