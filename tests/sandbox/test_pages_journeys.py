"""Journeys through the pages in a real browser: what a person does, and what they then see."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from counterpoise_sandbox import pages
from counterpoise_sandbox.guide import Guide, Step
from counterpoise_sandbox.running import Sandbox, started
from tests.browser import NARROW, chromium, window
from tests.sandbox.bots import over_socket
from tests.sandbox.showroom import MANIFEST, script

BO, AMAL = "U0BO", "U0AMAL"
GENERAL = "/as/U0BO/C0GENERAL"
GUIDE = Guide(
    title="First steps",
    steps=(Step(text="Greet everybody", suggestion="/greet everybody", channel="C0GENERAL"),),
    start="bo",
    channel="general",
)


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Run the showroom with its pages."""
    async with (
        started(apps=[MANIFEST], routes=lambda engine: pages.routes(engine, GUIDE)) as running,
        over_socket(running, script),
    ):
        yield running


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """Lend a browser."""
    async with chromium() as lent:
        yield lent


async def write(page: Page, words: str, label: str = "Message #general") -> None:
    """Type into a message field and send with Enter."""
    field = page.get_by_label(label, exact=True)
    await field.fill(words)
    await field.press("Enter")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_a_newcomer_finds_the_first_words_and_sends_them(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto("/")
        await page.get_by_role("link", name="Begin as Bo").click()
        await page.get_by_role("link", name="Write this for me").click()
        await expect(page.get_by_label("Message #general", exact=True)).to_have_value("/greet everybody")
        await page.get_by_label("Message #general", exact=True).press("Enter")

        await expect(page.locator(".message.private")).to_contain_text("Hello, everybody!")
        await press(page, "Put these steps away")
        await expect(page.get_by_text("Greet everybody")).to_have_count(0)


async def test_a_message_and_its_answer_come_without_a_reload(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await page.evaluate("() => { document.body.marked = true; }")
        await write(page, "@Showroom are you there?")

        await expect(page.locator(".message", has_text="are you there?")).to_be_visible()
        await page.get_by_role("link", name="1 reply").click()
        thread = page.get_by_role("region", name="Thread in Bo\u2019s window")
        await expect(thread).to_contain_text("I am here, @Bo.")
        await write(page, "Good.", label="Reply in the thread")
        await expect(thread.locator(".message", has_text="Good.")).to_be_visible()
        await expect(page.get_by_role("link", name="2 replies")).to_be_visible()
        assert await page.evaluate("() => document.body.marked") is True


async def test_what_others_say_arrives_by_itself_and_words_being_written_stay(
    sandbox: Sandbox, browser: Browser
) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        field = page.get_by_label("Message #general", exact=True)
        await field.fill("Half a sent")
        await sandbox.person("chloe").say("general", "Bonjour")

        await expect(page.locator(".message", has_text="Bonjour")).to_be_visible()
        await expect(field).to_have_value("Half a sent")
        await expect(field).to_be_focused()


async def test_a_late_answer_never_takes_somebody_back(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        asked, released = asyncio.Event(), asyncio.Event()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            asked.set()
            await released.wait()
            await route.fulfill(response=answer)

        await page.route(f"{sandbox.url}{GENERAL}", hold, times=1)
        await sandbox.person("chloe").say("general", "Bonjour")
        await asked.wait()
        await page.get_by_role("link", name="pilot-river").click()
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text("#pilot-river")
        released.set()
        await sandbox.person("chloe").say("pilot-river", "Encore")

        await expect(page.locator(".message", has_text="Encore")).to_be_visible()
        await expect(heading).to_have_text("#pilot-river")


async def test_a_slash_offers_commands_with_their_hints(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        field = page.get_by_label("Message #general", exact=True)
        await field.press_sequentially("/g")
        offered = page.get_by_role("option")
        await expect(offered).to_have_count(2)
        await expect(offered.nth(1)).to_contain_text("/greet [name] Greets somebody")
        await field.press("Escape")
        await expect(offered).to_have_count(0)
        await field.press_sequentially("r")
        await field.press("Enter")
        await expect(field).to_have_value("/greet ")
        await field.press_sequentially("Elena")
        await field.press("Enter")

        await expect(page.locator(".message.private")).to_contain_text("Only visible to you")
        await expect(page.locator(".message.private")).to_contain_text("Hello, Elena!")
        await expect(field).to_have_value("")


async def test_buttons_menus_and_questions_act(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await write(page, "/gallery")
        await press(page, "Why?")
        await expect(page.locator(".message.private")).to_contain_text("Because of four events.")
        await page.get_by_label("Choose a range").select_option(label="Year")
        await expect(page.locator(".message", has_text="Range: Year")).to_be_visible()
        await press(page, "More choices")
        await press(page, "As a table")
        await expect(page.locator(".message", has_text="More: csv")).to_be_visible()
        await press(page, "Withdraw")
        question = page.get_by_role("dialog", name="Withdraw it?")
        await question.get_by_role("button", name="Yes").click()

        await expect(page.locator(".message", has_text="Withdrawn.")).to_be_visible()
        await expect(page.get_by_role("button", name="Why?")).to_have_count(0)


async def test_a_table_sorts_and_turns_its_pages(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await write(page, "/gallery")
        rows = page.locator(".data-table tbody tr:visible")
        await expect(rows).to_have_count(5)
        await press(page, "Gains")
        await expect(rows.first).to_contain_text("Pilot 7")
        await press(page, "Next rows")

        await expect(rows).to_have_count(3)
        await expect(page.get_by_role("columnheader", name="Gains")).to_have_attribute(
            "aria-sort", "ascending"
        )


async def test_a_modal_keeps_words_marks_errors_and_stacks(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await press(page, "Shortcuts")
        await press(page, "New concern")
        words = page.get_by_label("Your words")
        await expect(words).to_be_focused()
        await words.fill("short")
        await press(page, "Record")
        await expect(page.get_by_text("Say a little more than that.")).to_be_visible()
        await expect(words).to_be_focused()
        await expect(words).to_have_attribute("aria-invalid", "true")
        await press(page, "Ask about labels")
        await expect(page.get_by_role("dialog", name="Labels")).to_contain_text("2 of at most 3 views")
        await page.keyboard.press("Escape")
        await expect(words).to_have_value("short")
        await words.fill("Drones over the clinic")
        await press(page, "Record")

        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("link", name="Showroom 1 unread").click()
        await page.get_by_role("link", name="Messages", exact=True).click()
        await expect(page.locator(".message", has_text="Recorded: Drones over the clinic")).to_be_visible()


async def test_a_message_shortcut_starts_from_the_message(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        said = page.locator(".message", has_text="Good morning, everybody.")
        await said.hover()
        await said.get_by_role("button", name="More about the message of Bo").click()
        await press(page, "Record as concern")

        await expect(page.get_by_label("Your words")).to_have_value("Good morning, everybody.")


async def test_a_message_is_edited_and_deleted_from_its_menu(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await write(page, "Frist words")
        said = page.locator(".message", has_text="Frist words")
        await said.hover()
        await said.get_by_role("button", name="More about").click()
        await page.get_by_role("link", name="Edit message").click()
        await page.get_by_label("Your message").fill("First words")
        await press(page, "Save")
        said = page.locator(".message", has_text="First words")
        await expect(said).to_contain_text("(edited)")
        await said.hover()
        await said.get_by_role("button", name="More about").click()
        await press(page, "Delete message")

        await expect(said).to_have_count(0)


async def test_home_shows_what_the_app_published_and_its_buttons_work(
    sandbox: Sandbox, browser: Browser
) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await page.get_by_role("link", name="Showroom").click()
        await expect(page.get_by_role("region", name="Home of Showroom")).to_contain_text(
            "Welcome home, @Bo."
        )
        await press(page, "Answer now")

        await expect(page.get_by_role("dialog", name="New concern")).to_be_visible()


async def test_a_reaction_is_picked_shown_and_taken_back(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        said = page.locator(".message", has_text="Good morning, everybody.")
        await said.hover()
        await said.get_by_role("link", name="React to").click()
        await press(page, "scales")
        await expect(said.get_by_role("button", name="Bo reacted with scales.")).to_be_visible()
        await expect(
            said.get_by_role("button", name="Showroom reacted with white_check_mark.")
        ).to_be_visible()
        await said.get_by_role("button", name="Bo reacted with scales.").click()

        await expect(said.get_by_role("button", name="scales")).to_have_count(0)


async def test_two_people_side_by_side_see_each_their_own(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url, size=(1500, 860)) as page:
        await page.goto("/")
        await page.get_by_label("First person").select_option(label="Bo")
        await page.get_by_label("Second person").select_option(label="Amal")
        await press(page, "Open side by side")
        bo, amal = page.locator("#p1"), page.locator("#p2")
        await bo.get_by_role("button", name="Bo\u2019s conversations").click()
        await bo.get_by_role("link", name="general").click()
        await expect(bo.get_by_role("heading", name="#general")).to_be_visible()
        field = bo.get_by_label("Message #general", exact=True)
        await field.fill("/whisper only me")
        await field.press("Enter")
        await expect(bo.locator(".message.private")).to_contain_text("Between us: only me")
        await sandbox.person("amal").shortcut("new")
        await expect(amal.get_by_role("dialog", name="New concern")).to_be_visible()
        await field.fill("Hello, Amal")
        await field.press("Enter")

        await expect(amal.locator(".message", has_text="Hello, Amal")).to_have_count(1)
        await expect(bo.get_by_role("dialog")).to_have_count(0)
        assert "only me" not in await amal.inner_text()


async def test_an_arabic_reader_has_a_window_from_right_to_left(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto("/as/U0AMAL/C0GENERAL")
        await write(page, "مرحبا @Bo")
        said = page.locator(".message", has_text="مرحبا")
        places, middle = page.locator(".places"), page.locator(".middle")
        words = await said.locator(".words").evaluate("one => getComputedStyle(one).direction")
        left, right = await middle.bounding_box(), await places.bounding_box()

        assert words == "rtl"
        assert left is not None
        assert right is not None
        assert left["x"] < right["x"]


async def test_everything_can_be_done_by_keyboard_alone(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the conversation")).to_be_focused()
        await page.keyboard.press("Enter")
        await tab_to(page, "Shortcuts")
        await page.keyboard.press("Enter")
        await tab_to(page, "New concern")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Your words")).to_be_focused()
        await page.keyboard.type("Families are afraid")
        await tab_to(page, "Record")
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("dialog")).to_have_count(0)
        await sandbox.quiet()
        assert sandbox.record.calls("chat.postMessage")[-1].request["text"] == "Recorded: Families are afraid"


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        told = await page.evaluate("() => document.activeElement.innerText ?? ''")
        if told.strip().startswith(name):
            return
    raise AssertionError(f"Tab never came to {name}")


async def test_a_telephone_shows_the_list_of_places_on_demand(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url, size=NARROW) as page:
        await page.goto(GENERAL)
        await expect(page.get_by_role("link", name="pilot-river")).to_have_count(0)
        await press(page, "Bo\u2019s conversations")
        await page.get_by_role("link", name="pilot-river").click()

        await expect(page.get_by_role("heading", name="#pilot-river")).to_be_visible()
        assert await page.evaluate("() => document.documentElement.scrollWidth") == NARROW[0]


async def test_a_picture_is_shown_with_its_words(sandbox: Sandbox, browser: Browser) -> None:
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
    bo = sandbox.person("bo")
    identifier = await bo.upload("trust.png", picture, title="Trust", mimetype="image/png")
    sandbox.workspace.files[identifier].alt_txt = "Trust rises from May to June"
    await bo.say("general", "Look", files=[identifier])
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        shown = page.get_by_role("img", name="Trust rises from May to June")

        await expect(shown).to_be_visible()
        assert await shown.evaluate("one => one.complete && one.naturalWidth > 0")


async def test_the_clock_and_the_inspector_work_in_the_page(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url) as page:
        await page.goto(GENERAL)
        before = sandbox.clock.now()
        await page.get_by_role("button", name="Clock").click()
        await press(page, "1 hour on")
        await expect(page.get_by_role("dialog", name="Clock")).to_have_count(0)
        await write(page, "/greet")
        await page.get_by_role("link", name="Inspector").click()
        entry = page.locator(".exchanges details", has_text="/greet").first
        await entry.locator("summary").click()

        await expect(entry).to_contain_text('"command": "/greet"')
        assert sandbox.clock.now() - before > 3500


async def test_a_page_without_a_script_is_enough_to_talk(sandbox: Sandbox, browser: Browser) -> None:
    async with window(browser, sandbox.url, script=False) as page:
        await page.goto(GENERAL)
        await page.get_by_label("Message #general", exact=True).fill("/gallery")
        await press(page, "Send")
        await press(page, "Why?")

        await expect(page.locator(".message.private")).to_contain_text("Because of four events.")
