"""People, reactions, files, bookmarks, pins, assistants, teams and validation, through the official client."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, refusal

Json = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


async def test_a_person_is_told_with_locale_and_time_zone(sandbox: Sandbox) -> None:
    user = (await client(sandbox).users_info(user="U0CHLOE", include_locale=True))["user"]

    assert (user["locale"], user["tz"]) == ("fr-FR", "Europe/Paris")
    assert user["tz_offset"] in (3600, 7200)
    assert "locale" not in (await client(sandbox).users_info(user="U0CHLOE"))["user"]


async def test_an_email_is_told_to_those_who_may_read_it(sandbox: Sandbox) -> None:
    official = client(sandbox)
    found = await official.users_lookupByEmail(email="Chloe@riverside.example")
    unknown = await refusal(official.users_lookupByEmail(email="nobody@riverside.example"))
    sandbox.workspace.tokens[sandbox.bot_token()].scopes.remove("users:read.email")

    assert found["user"]["profile"]["email"] == "chloe@riverside.example"
    assert unknown == "users_not_found"
    assert await refusal(official.users_lookupByEmail(email="bo@riverside.example")) == "missing_scope"
    assert "email" not in (await official.users_info(user="U0BO"))["user"]["profile"]


async def test_somebody_of_another_organisation_is_known_by_little(sandbox: Sandbox) -> None:
    farah = (await client(sandbox).users_info(user="U0FARAH"))["user"]

    assert farah["team_id"] == "T0DELTA"
    assert "email" not in farah["profile"]
    assert "is_admin" not in farah


async def test_people_have_profiles_presence_and_conversations(sandbox: Sandbox) -> None:
    official = client(sandbox)

    profile = (await official.users_profile_get(user="U0DIETER"))["profile"]
    conversations = await official.users_conversations(user="U0DIETER", types="public_channel")
    await official.users_setPresence(presence="away")

    assert profile["real_name"] == "Dieter Vogt"
    assert {one["name"] for one in conversations["channels"]} == {"general", "pilot-river"}
    assert (await official.users_getPresence(user="U0BO"))["presence"] == "active"
    assert (await official.users_getPresence(user=sandbox.installation().bot_user))["presence"] == "away"


async def test_a_reaction_counts_once_a_person(sandbox: Sandbox) -> None:
    official = client(sandbox)
    said = await sandbox.person("bo").say("general", "Drones")
    item = {"channel": "C0GENERAL", "timestamp": said["ts"]}

    await official.reactions_add(name="scales", **item)
    await sandbox.person("chloe").react("general", said["ts"], "scales")
    shown = (await official.reactions_get(**item))["message"]["reactions"]
    again = await refusal(official.reactions_add(name="scales", **item))
    listed = await official.reactions_list()
    await official.reactions_remove(name="scales", **item)

    assert shown == [{"name": "scales", "users": [sandbox.installation().bot_user, "U0CHLOE"], "count": 2}]
    assert again == "already_reacted"
    assert listed["items"][0]["message"]["ts"] == said["ts"]
    assert await refusal(official.reactions_remove(name="scales", **item)) == "no_reaction"


async def test_an_upload_goes_through_both_steps_and_keeps_its_words(sandbox: Sandbox) -> None:
    official = client(sandbox)

    sent = await official.files_upload_v2(
        channel="C0GENERAL",
        content=PNG,
        filename="trust.png",
        title="Trust",
        alt_txt="Trust rises from March to June",
        initial_comment="As asked",
    )

    message = sandbox.screen("chloe").messages("general")[-1]
    about = (await official.files_info(file=sent["file"]["id"]))["file"]
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {official.token}"}
        async with session.get(about["url_private"], headers=headers) as answer:
            content = await answer.read()
        async with session.get(about["url_private"]) as answer:
            closed = answer.status
    assert message["text"] == "As asked"
    assert message["files"][0]["alt_txt"] == "Trust rises from March to June"
    assert (about["title"], about["size"], about["channels"]) == ("Trust", len(PNG), ["C0GENERAL"])
    assert (content, closed) == (PNG, 404)


async def test_the_synchronous_client_uploads_too(sandbox: Sandbox) -> None:
    official = WebClient(token=sandbox.bot_token(), base_url=sandbox.api_url)

    sent = await asyncio.to_thread(
        official.files_upload_v2, channel="C0GENERAL", content="One, two", filename="list.txt"
    )

    listed = await client(sandbox).files_list(channel="C0GENERAL")
    assert [one["id"] for one in listed["files"]] == [sent["file"]["id"]]


async def test_a_deleted_file_is_a_tombstone(sandbox: Sandbox) -> None:
    official = client(sandbox)
    sent = await official.files_upload_v2(channel="C0GENERAL", content="x", filename="x.txt")

    await official.files_delete(file=sent["file"]["id"])

    assert await refusal(official.files_info(file=sent["file"]["id"])) == "file_deleted"
    assert sandbox.screen("bo").messages("general")[-1]["files"] == [
        {"id": sent["file"]["id"], "mode": "tombstone"}
    ]


async def test_an_upload_that_never_came_is_not_found(sandbox: Sandbox) -> None:
    official = client(sandbox)
    begun = await official.files_getUploadURLExternal(filename="x.txt", length=3)

    assert (
        await refusal(official.files_completeUploadExternal(files=[{"id": begun["file_id"]}]))
        == "file_not_found"
    )


async def test_a_bookmark_is_added_changed_and_removed(sandbox: Sandbox) -> None:
    official = client(sandbox)
    made = await official.bookmarks_add(
        channel_id="C0PILOT", title="Web", type="link", link="https://counterpoise.example", emoji=":scales:"
    )
    name = made["bookmark"]["id"]

    await official.bookmarks_edit(bookmark_id=name, channel_id="C0PILOT", title="The web")
    listed = (await official.bookmarks_list(channel_id="C0PILOT"))["bookmarks"]
    await official.bookmarks_remove(bookmark_id=name, channel_id="C0PILOT")

    assert [one["title"] for one in listed] == ["The web"]
    assert (await official.bookmarks_list(channel_id="C0PILOT"))["bookmarks"] == []
    wrong = official.bookmarks_add(channel_id="C0PILOT", title="x", type="link", link="nowhere")
    assert await refusal(wrong) == "invalid_link"


async def test_a_pin_is_added_listed_and_removed(sandbox: Sandbox) -> None:
    official = client(sandbox)
    posted = await official.chat_postMessage(channel="C0PILOT", text="The card")

    await official.pins_add(channel="C0PILOT", timestamp=posted["ts"])
    listed = (await official.pins_list(channel="C0PILOT"))["items"]
    await official.pins_remove(channel="C0PILOT", timestamp=posted["ts"])

    assert [one["message"]["text"] for one in listed] == ["The card"]
    assert await refusal(official.pins_remove(channel="C0PILOT", timestamp=posted["ts"])) == "no_pin"


async def test_an_assistant_shows_status_title_and_prompts_until_it_answers(sandbox: Sandbox) -> None:
    official = client(sandbox)
    said = await sandbox.person("bo").say("Sandbox App", "What is balance?")
    thread = {"channel_id": said["channel"], "thread_ts": said["ts"]}

    await official.assistant_threads_setStatus(status="is weighing…", **thread)
    await official.assistant_threads_setTitle(title="Balance", **thread)
    await official.assistant_threads_setSuggestedPrompts(
        prompts=[{"title": "Why?", "message": "Why?"}], **thread
    )
    thinking = sandbox.screen("bo").messages("Sandbox App")[0]["assistant"]
    await official.chat_postMessage(channel=said["channel"], thread_ts=said["ts"], text="Gains 3.2")

    assert (thinking["status"], thinking["title"]) == ("is weighing…", "Balance")
    assert thinking["prompts"] == [{"title": "Why?", "message": "Why?"}]
    assert sandbox.screen("bo").messages("Sandbox App")[0]["assistant"]["status"] == ""


async def test_a_status_goes_by_itself_after_two_minutes(sandbox: Sandbox) -> None:
    said = await sandbox.person("bo").say("Sandbox App", "What is balance?")
    await client(sandbox).assistant_threads_setStatus(
        channel_id=said["channel"], thread_ts=said["ts"], status="is weighing…"
    )

    sandbox.clock.move(121)

    assert sandbox.screen("bo").messages("Sandbox App")[0]["assistant"]["status"] == ""


async def test_team_bot_and_emoji_are_told(sandbox: Sandbox) -> None:
    official = client(sandbox)

    assert (await official.team_info())["team"]["name"] == "Riverside"
    assert (await official.team_info(team="T0DELTA"))["team"]["domain"] == "delta-clinic"
    assert (await official.bots_info(bot=sandbox.installation().bot_id))["bot"]["app_id"] == sandbox.app().id
    assert (await official.emoji_list())["emoji"] == {}
    assert [one["id"] for one in (await official.auth_teams_list())["teams"]] == ["T0RIVERSIDE"]


@pytest.mark.parametrize("part", ["blocks", "message", "view"])
async def test_validation_points_at_the_fault(sandbox: Sandbox, part: str) -> None:
    wrong = [{"type": "section", "text": {"type": "nonsense", "text": "x"}}]
    given: Json = {
        "blocks": wrong,
        "message": {"text": "x", "blocks": wrong},
        "view": {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": wrong},
    }

    with pytest.raises(SlackApiError) as refused:
        await client(sandbox).blocks_validate(**{part: given[part]})

    answer = refused.value.response
    assert answer["error"] == f"invalid_{part}"
    assert answer["errors"][0]["pointer"].endswith("/0/text/type")


async def test_validation_wants_exactly_one_thing_and_finds_good_blocks_good(sandbox: Sandbox) -> None:
    official = client(sandbox)

    assert await refusal(official.blocks_validate()) == "invalid_arguments"
    assert (await official.blocks_validate(blocks=[{"type": "divider"}]))["ok"] is True
