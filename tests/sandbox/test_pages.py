"""The pages without a script: complete to read, and every act a plain form."""

import re
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from counterpoise_sandbox import pages
from counterpoise_sandbox.guide import Guide, Step
from counterpoise_sandbox.running import Sandbox, started
from tests.sandbox.blockkit import actions, button, plain
from tests.sandbox.bots import client, over_socket
from tests.sandbox.showroom import MANIFEST, script

BO, AMAL, CHLOE = "U0BO", "U0AMAL", "U0CHLOE"
GENERAL = "/as/U0BO/C0GENERAL"
GUIDE = Guide(
    title="First steps",
    welcome="Welcome.",
    steps=(Step(text="Greet everybody", suggestion="/greet everybody", channel="C0GENERAL"),),
    start="bo",
    channel="pilot-river",
)


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Run the showroom with its pages."""
    async with (
        started(apps=[MANIFEST], routes=lambda engine: pages.routes(engine, GUIDE)) as running,
        over_socket(running, script),
    ):
        yield running


async def read(sandbox: Sandbox, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}{path}") as answer:
        assert answer.status == 200
        return await answer.text()


async def post(sandbox: Sandbox, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str]:
    """Post a form as a browser without a script does; return the status and the page it leads to."""
    address = f"{sandbox.url}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=fields, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def do(sandbox: Sandbox, user: str, verb: str, **fields: str) -> str:
    held = {"back": f"/as/{user}/C0GENERAL", **fields, "verb": verb}
    status, page = await post(sandbox, f"/as/{user}/do", held)
    assert status == 200
    return page


async def test_every_page_keeps_to_itself(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/", GENERAL, "/both/U0BO/U0AMAL", "/inspector", "/faults", "/as/U0BO/A0SANDBOX1"):
            async with session.get(f"{sandbox.url}{path}") as answer:
                policy, page = answer.headers["Content-Security-Policy"], await answer.text()

            assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/static/)", page)


async def test_the_first_page_offers_everybody_and_the_guides_beginner(sandbox: Sandbox) -> None:
    page = await read(sandbox, "/")

    assert "Begin as Bo" in page
    assert all(name in page for name in ("Amal", "Bo", "Chloé", "Dieter", "Elena", "Farah"))


async def test_a_newcomer_begins_in_the_guides_channel_with_its_words_at_hand(sandbox: Sandbox) -> None:
    page = await read(sandbox, "/as/U0BO")

    assert '<h1 dir="auto">#pilot-river</h1>' in page
    assert "Write this for me: <bdi>/greet everybody</bdi>" in page
    assert "/as/U0BO/C0GENERAL?tab=messages&amp;draft=%2Fgreet+everybody" in page


@pytest.mark.parametrize(
    "path", ["/as/bo/general", "/as/U0BO/C0GENERAL", "/as/bo%40riverside.example/general"]
)
async def test_people_and_places_go_by_their_names_too(sandbox: Sandbox, path: str) -> None:
    assert "Message #general" in await read(sandbox, path)


async def test_a_conversation_with_somebody_begins_with_the_first_words(sandbox: Sandbox) -> None:
    before = await read(sandbox, "/as/bo/chloe")
    after = await do(sandbox, BO, "say", where=CHLOE, text="Bonjour", back="/as/U0BO/U0CHLOE")

    assert "Nothing has been said here yet." in before
    assert "Bonjour" in after
    assert "Bonjour" in await read(sandbox, "/as/chloe/bo")


async def test_the_guide_can_be_put_away_and_fetched_back(sandbox: Sandbox) -> None:
    assert "Greet everybody" not in await do(sandbox, BO, "guided")
    assert "Greet everybody" in await read(sandbox, "/as/U0AMAL")
    assert "Greet everybody" in await do(sandbox, BO, "guide")


async def test_a_message_is_said_edited_reacted_to_and_deleted_by_forms(sandbox: Sandbox) -> None:
    said = await do(sandbox, BO, "say", where="C0GENERAL", text="Hello *all* <b>")
    ts = sandbox.screen("bo").messages("general")[-1]["ts"]
    edited = await do(sandbox, BO, "edit", channel="C0GENERAL", ts=ts, text="Hello again")
    reacted = await do(sandbox, AMAL, "toggle", channel="C0GENERAL", ts=ts, name="tada")
    deleted = await do(sandbox, BO, "delete", channel="C0GENERAL", ts=ts)

    assert "Hello <strong>all</strong> &lt;b&gt;" in said
    assert "Hello again" in edited
    assert "(edited)" in edited
    assert "Amal reacted with tada." in reacted
    assert "Hello again" not in deleted


async def test_a_command_answers_without_a_script(sandbox: Sandbox) -> None:
    page = await do(sandbox, BO, "say", where="C0GENERAL", text="/greet Amal")

    assert "Hello, Amal!" in page
    assert "Only visible to you" in page


async def test_an_unknown_command_is_told_and_can_be_put_away(sandbox: Sandbox) -> None:
    assert "/nothing is not a valid command." in await do(
        sandbox, BO, "say", where="C0GENERAL", text="/nothing"
    )
    assert "/nothing is not a valid command." not in await do(sandbox, BO, "heed")


async def test_a_modal_is_filled_refused_and_sent_by_forms(sandbox: Sandbox) -> None:
    opened = await do(sandbox, BO, "shortcut", callback_id="new")
    view = sandbox.screen("bo").modal()
    assert view is not None
    held = {"surface": f"view:{view['id']}", "back": GENERAL, "submit": "1"}
    _, empty = await post(sandbox, "/as/U0BO/act", {**held, "v:words:words": ""})
    _, short = await post(sandbox, "/as/U0BO/act", {**held, "v:words:words": "short"})
    await post(
        sandbox, "/as/U0BO/act", {**held, "v:words:words": "Drones at night", "v:gravity:chosen": "high"}
    )

    assert 'role="dialog"' in opened
    assert "Please complete this required field." in empty
    assert "Say a little more than that." in short
    assert sandbox.screen("bo").modals() == []
    assert "Recorded: Drones at night" in await read(sandbox, "/as/U0BO/A0SANDBOX1?tab=messages")


async def test_what_was_chosen_is_sent_with_the_modal(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "shortcut", callback_id="new")
    view = sandbox.screen("bo").modal()
    assert view is not None
    held = {"surface": f"view:{view['id']}", "back": GENERAL, "submit": "1"}
    await post(sandbox, "/as/U0BO/act", {**held, "v:words:words": "short", "v:gravity:chosen": "high"})
    after = sandbox.screen("bo").modal()

    assert after is not None
    assert after["state"]["values"]["gravity"]["chosen"]["selected_option"]["value"] == "high"


async def test_every_field_of_a_form_is_sent_as_slack_sends_it(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "say", where="C0GENERAL", text="/form")
    view = sandbox.screen("bo").modal()
    assert view is not None
    surface = {"surface": f"view:{view['id']}", "back": GENERAL}
    looked = {**surface, "look": "external_select:it:", "q:external_select:it": "river"}
    _, found = await post(sandbox, "/as/U0BO/act", looked)
    filled = {
        "plain_text_input": "Two\r\nlines",
        "number_input": "7",
        "email_text_input": "bo@example.test",
        "url_text_input": "https://example.test",
        "static_select": "b",
        "external_select": "river-1",
        "users_select": AMAL,
        "channels_select": "C0GENERAL",
        "conversations_select": "C0PLANNING",
        "multi_static_select": "b",
        "multi_users_select": CHLOE,
        "radio_buttons": "b",
        "datepicker": "2026-06-01",
        "timepicker": "09:30",
        "datetimepicker": "2026-06-01T09:30",
        "rich_text_input": "Rich",
    }
    fields = {f"v:{name}:it": value for name, value in filled.items()}
    await post(sandbox, "/as/U0BO/act", {**surface, **fields, "asked": "v:checkboxes:it", "submit": "1"})
    state = sandbox.record.since()[-1].request["view"]["state"]["values"]
    values = {name: {k: v for k, v in held["it"].items() if k != "type"} for name, held in state.items()}

    assert "river 1" in found
    assert values["plain_text_input"] == {"value": "Two\nlines"}
    assert values["number_input"] == {"value": "7"}
    assert values["static_select"]["selected_option"]["value"] == "b"
    assert values["external_select"]["selected_option"]["text"]["text"] == "river 1"
    assert values["users_select"] == {"selected_user": AMAL}
    assert values["channels_select"] == {"selected_channel": "C0GENERAL"}
    assert values["conversations_select"] == {"selected_conversation": "C0PLANNING"}
    assert [one["value"] for one in values["multi_static_select"]["selected_options"]] == ["b"]
    assert values["multi_users_select"] == {"selected_users": [CHLOE]}
    assert values["checkboxes"] == {"selected_options": []}
    assert values["radio_buttons"]["selected_option"]["value"] == "b"
    assert values["datepicker"] == {"selected_date": "2026-06-01"}
    assert values["timepicker"] == {"selected_time": "09:30"}
    assert values["datetimepicker"] == {"selected_date_time": 1_780_302_600}
    assert values["rich_text_input"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "Rich"
    assert values["file_input"] == {"files": []}


async def test_somebody_of_another_organisation_is_marked(sandbox: Sandbox) -> None:
    await sandbox.person("farah").say("joint-clinic", "Hello from the clinic")
    ours, theirs = await read(sandbox, "/as/bo/joint-clinic"), await read(sandbox, "/as/farah/joint-clinic")

    assert "<bdi>Delta Clinic</bdi>" in ours
    assert "<bdi>Delta Clinic</bdi>" not in theirs


async def test_bookmarks_of_a_channel_are_links(sandbox: Sandbox) -> None:
    sandbox.workspace.channel("general").bookmarks.append(
        {"title": "Balance", "link": "https://example.test/b"}
    )

    assert 'href="https://example.test/b"' in await read(sandbox, GENERAL)


async def test_a_file_is_sent_with_a_message_and_into_a_form(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "say", where="C0GENERAL", text="/form")
    view = sandbox.screen("bo").modal()
    assert view is not None
    said, filled = aiohttp.FormData(), aiohttp.FormData()
    for name, value in {"verb": "say", "where": "C0GENERAL", "text": "Minutes", "back": GENERAL}.items():
        said.add_field(name, value)
    for name, value in {"surface": f"view:{view['id']}", "submit": "1", "back": GENERAL}.items():
        filled.add_field(name, value)
    said.add_field("file", b"Who came", filename="minutes.txt", content_type="text/plain")
    filled.add_field("v:file_input:it", b"A map", filename="map.txt", content_type="text/plain")
    async with aiohttp.ClientSession() as session:
        await session.post(f"{sandbox.url}/as/U0BO/act", data=filled)
        await session.post(f"{sandbox.url}/as/U0BO/do", data=said)
    submitted = next(one for one in reversed(sandbox.record.since()) if one.name == "view_submission")

    assert "minutes.txt" in await read(sandbox, GENERAL)
    assert submitted.request["view"]["state"]["values"]["file_input"]["it"]["files"][0]["name"] == "map.txt"


async def test_a_long_conversation_shows_its_newest_messages_first(sandbox: Sandbox) -> None:
    for number in range(102):
        await sandbox.person("chloe").say("general", f"Message number {number}.")

    page, older = await read(sandbox, GENERAL), await read(sandbox, f"{GENERAL}?older=1")

    assert "Show 3 older messages" in page
    assert "Message number 101." in page
    assert "Message number 1." not in page
    assert "Message number 1." in older


async def test_buttons_in_an_attachment_act_as_well(sandbox: Sandbox) -> None:
    held = [{"blocks": [actions(button(text=plain("Why?"), action_id="why"), block_id="b")]}]
    await client(sandbox).chat_postMessage(channel="C0GENERAL", text="Attached", attachments=held)
    ts = sandbox.screen("bo").messages("general")[-1]["ts"]
    _, page = await post(
        sandbox, "/as/U0BO/act", {"surface": f"message:C0GENERAL:{ts}", "press": "b:why:", "back": GENERAL}
    )

    assert 'value="b:why:"' in page
    assert "Because of four events." in page


async def test_a_private_answer_is_on_no_other_persons_page(sandbox: Sandbox) -> None:
    mine = await do(sandbox, BO, "say", where="C0GENERAL", text="/whisper a secret")

    assert "Between us: a secret" in mine
    assert "a secret" not in await read(sandbox, "/as/U0AMAL/C0GENERAL")


async def test_a_private_channel_is_not_found_by_those_outside_it(sandbox: Sandbox) -> None:
    await sandbox.person("bo").say("planning", "Only for us")

    assert "planning" not in await read(sandbox, "/as/U0AMAL")
    assert "Only for us" not in await read(sandbox, "/as/U0AMAL/C0PLANNING")


async def test_a_form_of_another_site_is_refused(sandbox: Sandbox) -> None:
    status, _ = await post(sandbox, "/reset", {}, Origin="https://evil.example")

    assert status == 403


async def test_a_form_never_leads_away_from_the_sandbox(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        fields = {"verb": "heed", "back": "//evil.example/"}
        async with session.post(f"{sandbox.url}/as/U0BO/do", data=fields, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/"


async def test_the_page_of_somebody_who_reads_from_right_to_left_runs_that_way(sandbox: Sandbox) -> None:
    assert '<html lang="en" dir="rtl"' in await read(sandbox, "/as/U0AMAL")
    assert '<html lang="en" dir="ltr"' in await read(sandbox, GENERAL)


async def test_people_read_the_clock_in_their_own_zone_and_hours(sandbox: Sandbox) -> None:
    sandbox.clock.set(1_780_000_000)  # 2026-05-28 20:26:40 UTC

    assert "<time>21:26</time>" in await read(sandbox, GENERAL)
    assert (
        "<time>11:26\u202fم</time>" in (page := await read(sandbox, "/as/U0AMAL"))
        or "<time>11:26 م</time>" in page
    )


@pytest.mark.parametrize(("to", "told"), [("tomorrow", "Sun 09:00"), ("friday", "Fri 09:00")])
async def test_the_clock_moves_to_a_morning_in_a_persons_zone(sandbox: Sandbox, to: str, told: str) -> None:
    sandbox.clock.set(1_780_150_000)  # Saturday 2026-05-30 14:06:40 UTC
    _, page = await post(sandbox, "/clock", {"to": to, "zone": "Asia/Beirut", "back": "/as/U0AMAL"})

    assert told in page


async def test_the_clock_returns_to_real_time(sandbox: Sandbox) -> None:
    sandbox.clock.set(1_780_150_000)
    await post(sandbox, "/clock", {"to": "now", "zone": "UTC", "back": "/"})

    assert abs(sandbox.clock.now() - time.time()) < 5


async def test_the_clock_moves_on_by_hours_and_to_any_moment(sandbox: Sandbox) -> None:
    sandbox.clock.set(1_780_000_000)
    _, later = await post(sandbox, "/clock", {"move": "3600", "zone": "UTC", "back": "/"})
    _, then = await post(sandbox, "/clock", {"when": "2027-01-05T08:30", "zone": "UTC", "back": "/"})

    assert "Thu 21:26" in later
    assert "Tue 08:30" in then


async def test_faults_are_switched_and_cleared(sandbox: Sandbox) -> None:
    await post(sandbox, "/faults", {"verb": "switch", "late_acks": "on", "retries": "2", "refused": "table"})
    await post(sandbox, "/faults", {"verb": "blow", "fault": "ratelimited", "method": "chat.postMessage"})
    on = sandbox.faults.shown()
    await post(sandbox, "/faults", {"verb": "clear"})

    assert (on["late_acks"], on["retries"], on["refused_blocks"]) == (True, 2, ["table"])
    assert on["blows"][0]["method"] == "chat.postMessage"
    assert not any(sandbox.faults.shown().values())


async def test_an_app_that_answers_too_late_is_told_to_the_person(sandbox: Sandbox) -> None:
    await post(sandbox, "/faults", {"verb": "switch", "late_acks": "on"})

    assert "operation_timeout" in await do(sandbox, BO, "say", where="C0GENERAL", text="/greet")


async def test_the_inspector_shows_what_went_both_ways_and_finds_it_again(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "say", where="C0GENERAL", text="/gallery")
    everything = await read(sandbox, "/inspector")
    calls = await read(sandbox, "/inspector?way=api&words=gallery")

    assert "chat.postMessage" in everything
    assert "/gallery" in everything
    assert "chat.postMessage" in calls
    assert "interaction</span>" not in calls


async def test_a_run_is_exported_and_played_again(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "say", where="C0GENERAL", text="@Showroom are you there?")
    await sandbox.quiet()
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/control/case") as exported:
            case = await exported.read()
        form = aiohttp.FormData()
        form.add_field("case", case, filename="sandbox-case.json", content_type="application/json")
        async with session.post(f"{sandbox.url}/inspector/replay", data=form) as answer:
            page = await answer.text()

    assert "/control/case" in await read(sandbox, "/inspector")
    assert "The apps asked for the same things as before." in page


async def test_a_page_under_a_strange_name_is_refused(sandbox: Sandbox) -> None:
    named = aiohttp.ClientSession(headers={"Host": "evil.example"})
    async with named as session, session.get(f"{sandbox.url}/inspector") as answer:
        assert answer.status == 403


async def test_a_reset_returns_to_the_beginning(sandbox: Sandbox) -> None:
    await do(sandbox, BO, "say", where="C0GENERAL", text="Soon gone")
    await post(sandbox, "/reset", {})

    assert "Soon gone" not in await read(sandbox, GENERAL)


async def test_a_public_channel_can_be_read_and_joined(sandbox: Sandbox) -> None:
    await sandbox.person("elena").leave("general")
    before = await read(sandbox, "/as/U0ELENA/C0GENERAL")
    after = await do(sandbox, "U0ELENA", "join", channel="C0GENERAL")

    assert "Join #general" in before
    assert "Message #general" in after


async def test_nobody_has_no_page(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/as/nobody") as answer:
        assert answer.status == 404
