"""Every page as axe reads it: at a desk and on a telephone, in light and in dark."""

import pytest
from playwright.async_api import Page

from counterpoise_sandbox import pages
from counterpoise_sandbox.running import Sandbox, started
from tests.browser import NARROW, WIDE, Scheme, chromium, complaints
from tests.sandbox.bots import over_socket
from tests.sandbox.showroom import MANIFEST, script

GENERAL = "/as/U0BO/C0GENERAL"


async def furnish(sandbox: Sandbox) -> str:
    """Fill the workspace with one of everything; return the ts of a message with a thread."""
    bo, chloe = sandbox.person("bo"), sandbox.person("chloe")
    said = await chloe.say("general", "Bonjour *à tous* :scales: @bo <https://example.test|ici>")
    await bo.say("general", "Why?", thread_ts=said["ts"])
    await bo.react("general", said["ts"], "eyes")
    await sandbox.person("amal").say("general", "مرحبا بالجميع")
    await bo.command("/gallery", channel="general")
    await bo.command("/whisper", "a secret", channel="general")
    await bo.open_home("Showroom")
    await sandbox.quiet()
    return str(said["ts"])


async def open_menus(page: Page) -> None:
    await page.get_by_role("button", name="Commands").click()


async def open_clock(page: Page) -> None:
    await page.get_by_role("button", name="Clock").click()


async def open_exchange(page: Page) -> None:
    await page.locator(".exchanges summary").first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desk", "telephone"])
async def test_axe_finds_nothing_wrong_with_any_page(size: tuple[int, int], scheme: Scheme) -> None:
    async with (
        started(apps=[MANIFEST], routes=pages.routes) as sandbox,
        over_socket(sandbox, script),
        chromium() as browser,
    ):
        ts = await furnish(sandbox)
        asked = [
            ("/", None),
            (GENERAL, None),
            (GENERAL, open_menus),
            (GENERAL, open_clock),
            (f"{GENERAL}?thread={ts}", None),
            (f"{GENERAL}?react={ts}", None),
            ("/as/U0AMAL/C0GENERAL", None),
            ("/as/U0BO/A0SANDBOX1", None),
            ("/as/U0BO/A0SANDBOX1?tab=about", None),
            ("/both/U0BO/U0AMAL", None),
            ("/inspector", open_exchange),
            ("/faults", None),
        ]
        found = {
            path: wrong
            for path, before in asked
            if (
                wrong := await complaints(
                    browser, sandbox.url + path, size=size, scheme=scheme, before=before
                )
            )
        }
        await sandbox.person("bo").shortcut("new")
        await sandbox.quiet()
        await sandbox.person("bo").submit({"words": "short"})
        found["modal"] = await complaints(browser, sandbox.url + GENERAL, size=size, scheme=scheme)

        assert found == {"modal": []}
