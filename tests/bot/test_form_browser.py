"""The private pages in a browser: without script, as axe reads them, and from the link to the receipt code and back."""

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect

from counterpoise_bot.form import mounted
from tests.application.world import World
from tests.browser import AXE, NARROW, WIDE, Scheme, chromium, window

WORDS = "They asked for the lists"


def link(small: World, kind: str, language: str) -> str:
    return "/form/" + small.application.forms.open(
        small.by("omar"), pilot=small["ferry"], kind=kind, language=language
    )


async def send_nobody(page: Page) -> None:
    await page.locator("#words").fill(WORDS)
    await page.locator("main button").click()


async def test_without_script_a_concern_is_left_and_come_back_to(small: World) -> None:
    async with (
        TestServer(mounted(small.application)) as server,
        chromium() as browser,
        window(browser, str(server.make_url("/")), script=False) as page,
    ):
        await page.goto(link(small, "anonymous", "en"))
        await page.get_by_label("What threatens whom, and how?").fill(WORDS)
        await page.get_by_label("high").check()
        await page.get_by_role("button", name="Leave this concern").click()
        code = await page.locator("output").inner_text()

        await page.get_by_role("link", name="Come back with a receipt code").click()
        await page.get_by_label("Your receipt code, sixteen digits").fill(code)
        await page.get_by_role("button", name="Show what became of it").click()
        await expect(page.get_by_text(WORDS)).to_be_visible()
        await page.get_by_role("button", name="Take the concern back").click()
        await expect(page.get_by_text("It was taken back.")).to_be_visible()

    assert small.application.concerns.waiting() == 0


@pytest.mark.parametrize(
    ("language", "scheme", "size"), [("en", "light", WIDE), ("ar", "dark", NARROW)], ids=["en", "ar"]
)
async def test_axe_finds_nothing_wrong_with_the_private_pages(
    small: World, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    async with TestServer(mounted(small.application)) as server, chromium() as browser:
        asked = [
            (link(small, "restricted", language), None),
            (link(small, "restricted", language), send_nobody),
            (link(small, "anonymous", language), send_nobody),
            (f"/form/return?language={language}", None),
            ("/form/none", None),
        ]
        context = await browser.new_context(
            base_url=str(server.make_url("/")),
            color_scheme=scheme,
            viewport={"width": size[0], "height": size[1]},
            bypass_csp=True,
        )
        page = await context.new_page()
        for path, before in asked:
            await page.goto(path)
            if before is not None:
                await before(page)
                await page.wait_for_load_state()
            await page.evaluate(AXE)
            found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
            assert [rule["id"] for rule in found["violations"]] == []
        await context.close()
