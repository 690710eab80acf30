"""chat.*: every method through the official client."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import TaskUpdateChunk

from counterpoise_sandbox.installing import grant
from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, refusal

Json = dict[str, Any]

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "Gains *3.2*"}}


async def test_a_message_reads_back_as_it_was_posted(sandbox: Sandbox) -> None:
    official = client(sandbox)

    posted = await official.chat_postMessage(channel="C0GENERAL", text="Gains 3.2", blocks=[SECTION])

    history = await official.conversations_history(channel="C0GENERAL", limit=1)
    assert history["messages"][0]["ts"] == posted["ts"]
    assert history["messages"][0]["blocks"][0]["text"] == {
        "type": "mrkdwn",
        "text": "Gains *3.2*",
        "verbatim": False,
    }
    assert history["messages"][0]["bot_id"] == sandbox.installation().bot_id


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"channel": "C0GENERAL"}, "no_text"),
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0PLANNING", "text": "x"}, "channel_not_found"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": "C0GENERAL", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
    ],
)
async def test_a_message_is_refused_with_slacks_own_word(sandbox: Sandbox, said: Json, error: str) -> None:
    assert await refusal(client(sandbox).api_call("chat.postMessage", json=said)) == error


async def test_refused_blocks_are_pointed_at(sandbox: Sandbox) -> None:
    long = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}

    with pytest.raises(SlackApiError) as refused:
        await client(sandbox).chat_postMessage(channel="C0GENERAL", text="x", blocks=[SECTION, long])

    assert "[json-pointer:/blocks/1/text/text]" in refused.value.response["response_metadata"]["messages"][0]


async def test_a_channel_without_the_bot_takes_no_message(sandbox: Sandbox) -> None:
    token = sandbox.workspace.tokens[sandbox.bot_token()]
    token.scopes.remove("chat:write.public")
    sandbox.workspace.channels["C0PILOT"].members.remove(sandbox.installation().bot_user)

    assert await refusal(client(sandbox).chat_postMessage(channel="C0PILOT", text="x")) == "not_in_channel"


async def test_a_persons_id_is_their_direct_message(sandbox: Sandbox) -> None:
    await client(sandbox).chat_postMessage(channel="U0CHLOE", text="Bonjour")

    assert [one["text"] for one in sandbox.screen("chloe").direct("Sandbox App")] == ["Bonjour"]


async def test_a_whisper_is_seen_by_one_person_alone(sandbox: Sandbox) -> None:
    official = client(sandbox)

    await official.chat_postEphemeral(channel="C0GENERAL", user="U0BO", text="Between us")

    assert [one["text"] for one in sandbox.screen("bo").ephemerals()] == ["Between us"]
    assert "Between us" not in sandbox.screen("chloe").texts("general")
    history = await official.conversations_history(channel="C0GENERAL")
    assert "Between us" not in [one["text"] for one in history["messages"]]


async def test_a_whisper_to_somebody_elsewhere_is_refused(sandbox: Sandbox) -> None:
    call = client(sandbox).chat_postEphemeral(channel="C0GENERAL", user="U0FARAH", text="x")

    assert await refusal(call) == "user_not_in_channel"


async def test_an_update_keeps_the_blocks_it_does_not_name(sandbox: Sandbox) -> None:
    official = client(sandbox)
    posted = await official.chat_postMessage(channel="C0GENERAL", text="One", blocks=[SECTION])

    changed = await official.chat_update(channel="C0GENERAL", ts=posted["ts"], text="Two")

    assert (changed["text"], len(changed["message"]["blocks"])) == ("Two", 1)
    assert changed["message"]["edited"]["user"] == sandbox.installation().bot_user


async def test_anothers_message_can_be_neither_changed_nor_deleted(sandbox: Sandbox) -> None:
    said = await sandbox.person("bo").say("general", "Mine")
    official = client(sandbox)

    update = official.chat_update(channel="C0GENERAL", ts=said["ts"], text="Yours")
    delete = official.chat_delete(channel="C0GENERAL", ts=said["ts"])

    assert await refusal(update) == "cant_update_message"
    assert await refusal(delete) == "cant_delete_message"


async def test_an_update_of_more_than_4000_characters_is_too_long(sandbox: Sandbox) -> None:
    official = client(sandbox)
    posted = await official.chat_postMessage(channel="C0GENERAL", text="One")

    call = official.chat_update(channel="C0GENERAL", ts=posted["ts"], text="x" * 4001)

    assert await refusal(call) == "msg_too_long"


async def test_a_deleted_message_is_gone_and_one_with_replies_leaves_a_tombstone(sandbox: Sandbox) -> None:
    official = client(sandbox)
    alone = await official.chat_postMessage(channel="C0GENERAL", text="Alone")
    answered = await official.chat_postMessage(channel="C0GENERAL", text="Answered")
    await sandbox.person("bo").say("general", "Yes", thread_ts=answered["ts"])

    for one in (alone, answered):
        await official.chat_delete(channel="C0GENERAL", ts=one["ts"])

    texts = sandbox.screen("bo").texts("general")
    assert "Alone" not in texts
    assert texts[-2:] == ["This message was deleted.", "Yes"]


async def test_a_permalink_leads_to_the_sandbox(sandbox: Sandbox) -> None:
    official = client(sandbox)
    posted = await official.chat_postMessage(channel="C0GENERAL", text="Here")

    link = await official.chat_getPermalink(channel="C0GENERAL", message_ts=posted["ts"])

    async with aiohttp.ClientSession() as session, session.get(link["permalink"]) as answer:
        page = await answer.text()
    assert link["permalink"] == f"{sandbox.url}/archives/C0GENERAL/p{posted['ts'].replace('.', '')}"
    assert '<a href="/as/U0BO/C0GENERAL">Bo Lindqvist</a>' in page
    assert "U0FARAH" not in page


async def test_a_me_message_says_so(sandbox: Sandbox) -> None:
    await client(sandbox).chat_meMessage(channel="C0GENERAL", text="waves")

    assert sandbox.screen("bo").messages("general")[-1]["subtype"] == "me_message"


async def test_a_link_is_unfurled_below_the_message(sandbox: Sandbox) -> None:
    said = await sandbox.person("bo").say("general", "See https://counterpoise.example/1")

    await client(sandbox).chat_unfurl(
        channel="C0GENERAL", ts=said["ts"], unfurls={"https://counterpoise.example/1": {"blocks": [SECTION]}}
    )

    preview = sandbox.screen("chloe").messages("general")[-1]["attachments"][0]
    assert preview["from_url"] == "https://counterpoise.example/1"


async def test_a_planned_message_comes_when_the_clock_gets_there(sandbox: Sandbox) -> None:
    official = client(sandbox)
    later = int(sandbox.clock.now()) + 3600

    planned = await official.chat_scheduleMessage(channel="C0GENERAL", post_at=later, text="Good afternoon")
    waiting = await official.chat_scheduledMessages_list()
    sandbox.clock.move(3601)

    assert [one["id"] for one in waiting["scheduled_messages"]] == [planned["scheduled_message_id"]]
    assert sandbox.screen("bo").texts("general")[-1] == "Good afternoon"
    assert (await official.chat_scheduledMessages_list())["scheduled_messages"] == []


async def test_a_planned_message_with_metadata_never_comes(sandbox: Sandbox) -> None:
    later = int(sandbox.clock.now()) + 60
    metadata = {"event_type": "draft", "event_payload": {}}

    await client(sandbox).chat_scheduleMessage(
        channel="C0GENERAL", post_at=later, text="Never", metadata=metadata
    )
    sandbox.clock.move(61)

    assert "Never" not in sandbox.screen("bo").texts("general")


async def test_a_plan_can_be_called_off(sandbox: Sandbox) -> None:
    official = client(sandbox)
    later = int(sandbox.clock.now()) + 60
    planned = await official.chat_scheduleMessage(channel="C0GENERAL", post_at=later, text="Never")

    await official.chat_deleteScheduledMessage(
        channel="C0GENERAL", scheduled_message_id=planned["scheduled_message_id"]
    )
    sandbox.clock.move(61)

    assert "Never" not in sandbox.screen("bo").texts("general")


@pytest.mark.parametrize(("ahead", "error"), [(-60, "time_in_past"), (121 * 86400, "time_too_far")])
async def test_a_plan_lies_within_120_days(sandbox: Sandbox, ahead: int, error: str) -> None:
    when = int(sandbox.clock.now()) + ahead

    call = client(sandbox).chat_scheduleMessage(channel="C0GENERAL", post_at=when, text="x")

    assert await refusal(call) == error


async def test_five_minutes_hold_thirty_planned_messages(sandbox: Sandbox) -> None:
    official = client(sandbox)
    window = (int(sandbox.clock.now()) // 300 + 2) * 300
    for second in range(30):
        await official.chat_scheduleMessage(channel="C0GENERAL", post_at=window + second, text="x")

    one_more = official.chat_scheduleMessage(channel="C0GENERAL", post_at=window + 31, text="x")

    assert await refusal(one_more) == "restricted_too_many"


async def test_a_stream_grows_before_peoples_eyes(sandbox: Sandbox) -> None:
    asked = await sandbox.person("bo").say("general", "Why?")
    stream = await client(sandbox).chat_stream(
        channel="C0GENERAL",
        thread_ts=asked["ts"],
        recipient_team_id="T0RIVERSIDE",
        recipient_user_id="U0BO",
        buffer_size=1,
    )

    await stream.append(markdown_text="Because ")
    half = sandbox.screen("bo").texts("general")[-1]
    await stream.append(chunks=[TaskUpdateChunk(id="1", title="Weighing", status="in_progress")])
    await stream.append(markdown_text="of the bridge.")
    await stream.stop(blocks=[SECTION], chunks=[TaskUpdateChunk(id="1", title="Weighing", status="complete")])

    whole = sandbox.screen("bo").messages("general")[-1]
    assert half == "Because "
    assert whole["text"] == "Because of the bridge."
    assert [block["type"] for block in whole["blocks"]] == ["markdown", "task_card", "section"]
    assert whole["blocks"][1]["status"] == "complete"


async def test_a_stream_in_a_channel_says_for_whom(sandbox: Sandbox) -> None:
    official = client(sandbox)

    assert (
        await refusal(official.api_call("chat.startStream", json={"channel": "C0GENERAL"}))
        == "missing_recipient_team_id"
    )


async def test_a_stream_that_was_stopped_or_left_alone_takes_no_more(sandbox: Sandbox) -> None:
    official = client(sandbox)
    direct = (await official.conversations_open(users="U0BO"))["channel"]["id"]
    ts = (await official.chat_postMessage(channel=direct, text="Hello"))["ts"]
    stopped = await official.chat_startStream(channel=direct, thread_ts=ts, markdown_text="One")
    await official.chat_stopStream(channel=direct, ts=stopped["ts"])
    left = await official.chat_startStream(channel=direct, thread_ts=ts, markdown_text="Two")
    sandbox.clock.move(301)

    for one in (stopped, left):
        more = official.chat_appendStream(channel=direct, ts=one["ts"], markdown_text="more")
        assert await refusal(more) == "message_not_in_streaming_state"


async def test_a_chunk_of_no_known_kind_is_refused(sandbox: Sandbox) -> None:
    official = client(sandbox)
    direct = (await official.conversations_open(users="U0BO"))["channel"]["id"]
    ts = (await official.chat_postMessage(channel=direct, text="Hello"))["ts"]
    stream = await official.chat_startStream(channel=direct, thread_ts=ts)

    call = official.chat_appendStream(channel=direct, ts=stream["ts"], chunks=[{"type": "poem"}])

    assert await refusal(call) == "invalid_chunks"


async def test_a_stream_that_a_person_stops_takes_no_more(sandbox: Sandbox) -> None:
    official = client(sandbox)
    direct = (await official.conversations_open(users="U0BO"))["channel"]["id"]
    ts = (await official.chat_postMessage(channel=direct, text="Hello"))["ts"]
    stream = await official.chat_startStream(channel=direct, thread_ts=ts, markdown_text="On and on")

    await sandbox.person("bo").stop(direct, stream["ts"])

    more = official.chat_appendStream(channel=direct, ts=stream["ts"], markdown_text="and on")
    assert await refusal(more) == "stopped_by_user"


async def test_a_text_past_40000_characters_is_cut_with_a_warning(sandbox: Sandbox) -> None:
    posted = await client(sandbox).chat_postMessage(channel="C0GENERAL", text="x" * 40_001)

    assert posted["warning"] == "message_truncated"
    assert len(posted["message"]["text"]) == 40_000


async def test_a_thread_that_cannot_be_one_is_refused(sandbox: Sandbox) -> None:
    call = client(sandbox).chat_postMessage(channel="C0GENERAL", text="x", thread_ts="yesterday")

    assert await refusal(call) == "invalid_thread_ts"


async def test_a_persons_token_speaks_in_their_name(sandbox: Sandbox) -> None:
    token = grant(
        sandbox.workspace, sandbox.installation(), ["chat:write", "users.profile:write"], person="U0BO"
    )
    as_bo = client(sandbox, token.value)

    await as_bo.chat_postMessage(channel="C0GENERAL", text="In my own name")
    await as_bo.users_profile_set(profile={"status_text": "Out"})

    said = sandbox.screen("chloe").messages("general")[-1]
    assert (said["user"], said.get("bot_id")) == ("U0BO", None)
    assert sandbox.workspace.people["U0BO"].status_text == "Out"
    assert await refusal(as_bo.chat_postMessage(channel="C0JOINT", text="x")) == ""
    assert (
        await refusal(as_bo.chat_startStream(channel="C0GENERAL", thread_ts=said["ts"]))
        == "not_allowed_token_type"
    )


async def test_a_bot_takes_another_name_where_it_may(sandbox: Sandbox) -> None:
    official = client(sandbox)
    await official.chat_postMessage(channel="C0GENERAL", text="1", username="Scales", icon_emoji=":scales:")
    sandbox.workspace.tokens[sandbox.bot_token()].scopes.remove("chat:write.customize")
    await official.chat_postMessage(channel="C0GENERAL", text="2", username="Scales")

    first, second = sandbox.screen("bo").messages("general")[-2:]
    assert (first["username"], first["icons"]) == ("Scales", {"emoji": ":scales:"})
    assert "username" not in second
