"""conversations.*: every method through the official client."""

from typing import Any

import pytest

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, refusal

Json = dict[str, Any]


async def test_a_public_channel_is_known_to_all_and_a_private_one_to_its_members(sandbox: Sandbox) -> None:
    official = client(sandbox)

    listed = await official.conversations_list(types="public_channel,private_channel")

    assert {one["name"] for one in listed["channels"]} == {"general", "pilot-river", "joint-clinic"}
    assert await refusal(official.conversations_info(channel="C0PLANNING")) == "channel_not_found"
    assert (await official.conversations_info(channel="C0GENERAL"))["channel"]["is_member"] is True


async def test_a_shared_channel_says_with_whom(sandbox: Sandbox) -> None:
    about = (await client(sandbox).conversations_info(channel="C0JOINT", include_num_members=True))["channel"]

    assert about["is_ext_shared"] is True
    assert about["connected_team_ids"] == ["T0DELTA"]
    assert about["num_members"] == 4


async def test_a_thread_is_read_apart_from_the_channel(sandbox: Sandbox) -> None:
    official = client(sandbox)
    first = await official.chat_postMessage(channel="C0PILOT", text="First")
    for text in ("One", "Two"):
        await official.chat_postMessage(channel="C0PILOT", text=text, thread_ts=first["ts"])
    await official.chat_postMessage(
        channel="C0PILOT", text="All", thread_ts=first["ts"], reply_broadcast=True
    )

    history = await official.conversations_history(channel="C0PILOT", oldest=first["ts"], inclusive=True)
    thread = await official.conversations_replies(channel="C0PILOT", ts=first["ts"])

    assert [one["text"] for one in history["messages"]] == ["All", "First"]
    assert [one["text"] for one in thread["messages"]] == ["First", "One", "Two", "All"]
    assert thread["messages"][0]["reply_count"] == 3
    assert thread["messages"][1]["parent_user_id"] == sandbox.installation().bot_user


async def test_history_comes_newest_first_and_in_pages(sandbox: Sandbox) -> None:
    official = client(sandbox)
    for number in range(5):
        await official.chat_postMessage(channel="C0PILOT", text=str(number))

    first = await official.conversations_history(channel="C0PILOT", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await official.conversations_history(channel="C0PILOT", limit=2, cursor=cursor)

    assert first["has_more"] is True
    assert [one["text"] for one in (*first["messages"], *second["messages"])] == ["4", "3", "2", "1"]


async def test_metadata_is_read_where_it_is_asked_for(sandbox: Sandbox) -> None:
    official = client(sandbox)
    metadata = {"event_type": "card", "event_payload": {"step": 7}}
    await official.chat_postMessage(channel="C0PILOT", text="x", metadata=metadata)

    bare = await official.conversations_history(channel="C0PILOT", limit=1)
    whole = await official.conversations_history(channel="C0PILOT", limit=1, include_all_metadata=True)

    assert "metadata" not in bare["messages"][0]
    assert whole["messages"][0]["metadata"] == metadata


async def test_a_history_without_its_scope_or_membership_is_closed(sandbox: Sandbox) -> None:
    official = client(sandbox)
    sandbox.workspace.channels["C0PILOT"].members.remove(sandbox.installation().bot_user)
    outside = await refusal(official.conversations_history(channel="C0PILOT"))
    sandbox.workspace.tokens[sandbox.bot_token()].scopes.remove("channels:history")

    assert outside == "not_in_channel"
    assert await refusal(official.conversations_history(channel="C0GENERAL")) == "missing_scope"


async def test_a_channel_lives_from_creation_to_archive(sandbox: Sandbox) -> None:
    official = client(sandbox)
    made = (await official.conversations_create(name="step-two", is_private=True))["channel"]

    await official.conversations_invite(channel=made["id"], users=["U0BO", "U0CHLOE"])
    await official.conversations_rename(channel=made["id"], name="step-three")
    await official.conversations_setTopic(channel=made["id"], topic="The ferry")
    await official.conversations_setPurpose(channel=made["id"], purpose="To decide")
    await official.conversations_kick(channel=made["id"], user="U0CHLOE")
    members = (await official.conversations_members(channel=made["id"]))["members"]
    about = (await official.conversations_info(channel=made["id"]))["channel"]
    await official.conversations_archive(channel=made["id"])

    assert members == [sandbox.installation().bot_user, "U0BO"]
    assert (about["name"], about["topic"]["value"], about["purpose"]["value"]) == (
        "step-three",
        "The ferry",
        "To decide",
    )
    assert await refusal(official.chat_postMessage(channel=made["id"], text="x")) == "is_archived"
    await official.conversations_unarchive(channel=made["id"])
    await official.conversations_mark(channel=made["id"], ts="1.000001")
    await official.conversations_leave(channel=made["id"])


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("general", "name_taken"),
        ("x" * 81, "invalid_name_maxlength"),
        ("With Capitals", "invalid_name_specials"),
        ("", "invalid_name_required"),
    ],
)
async def test_a_channels_name_keeps_slacks_rules(sandbox: Sandbox, name: str, error: str) -> None:
    assert await refusal(client(sandbox).conversations_create(name=name)) == error


async def test_a_bot_joins_what_is_public_alone(sandbox: Sandbox) -> None:
    official = client(sandbox)
    bot = sandbox.installation().bot_user
    sandbox.workspace.channels["C0PILOT"].members.remove(bot)

    joined = await official.conversations_join(channel="C0PILOT")
    again = await official.conversations_join(channel="C0PILOT")

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"
    assert await refusal(official.conversations_join(channel="C0PLANNING")) == "channel_not_found"


async def test_a_direct_message_is_opened_once(sandbox: Sandbox) -> None:
    official = client(sandbox)

    first = await official.conversations_open(users="U0BO", return_im=True)
    again = await official.conversations_open(users=["U0BO"])
    group = await official.conversations_open(users=["U0BO", "U0CHLOE"], return_im=True)
    await official.conversations_close(channel=first["channel"]["id"])

    assert again["already_open"] is True
    assert again["channel"]["id"] == first["channel"]["id"]
    assert first["channel"]["user"] == "U0BO"
    assert group["channel"]["is_mpim"] is True


async def test_somebody_invited_twice_is_there_already(sandbox: Sandbox) -> None:
    official = client(sandbox)

    again = official.conversations_invite(channel="C0GENERAL", users="U0BO")
    stranger = official.conversations_invite(channel="C0GENERAL", users="U0FARAH")

    assert await refusal(again) == "already_in_channel"
    assert await refusal(stranger) == "org_user_not_in_team"


async def test_a_channel_is_shared_once_both_sides_agree(sandbox: Sandbox) -> None:
    scopes = ("conversations.connect:write", "conversations.connect:manage")
    sandbox.workspace.tokens[sandbox.bot_token()].scopes += scopes
    official = client(sandbox)
    partner = client(sandbox, sandbox.settings.install(person="farah"))
    sandbox.workspace.tokens[partner.token or ""].scopes += scopes

    invite = await official.conversations_inviteShared(channel="C0PILOT", emails="farah@delta-clinic.example")
    await partner.conversations_acceptSharedInvite(channel_name="pilot-river", invite_id=invite["invite_id"])
    before = list(sandbox.workspace.channels["C0PILOT"].teams)
    await official.conversations_approveSharedInvite(invite_id=invite["invite_id"])
    listed = await official.conversations_listConnectInvites()

    assert before == ["T0RIVERSIDE"]
    assert sandbox.workspace.channels["C0PILOT"].teams == ["T0RIVERSIDE", "T0DELTA"]
    assert "U0FARAH" in sandbox.workspace.channels["C0PILOT"].members
    assert listed["invites"][0]["status"] == "approved"
    await official.conversations_externalInvitePermissions_set(
        channel="C0PILOT", target_team="T0DELTA", action="upgrade"
    )


async def test_a_persons_wish_to_share_is_approved_or_denied(sandbox: Sandbox) -> None:
    sandbox.workspace.tokens[sandbox.bot_token()].scopes.append("conversations.connect:manage")
    official, bo = client(sandbox), sandbox.person("bo")
    wishes = [await bo.ask_to_share("pilot-river", f"{name}@delta-clinic.example") for name in ("a", "b")]
    listed = await official.conversations_requestSharedInvite_list()

    await official.conversations_requestSharedInvite_approve(invite_id=wishes[0])
    await official.conversations_requestSharedInvite_deny(invite_id=wishes[1])
    again = official.conversations_requestSharedInvite_deny(invite_id=wishes[1])

    assert {one["id"] for one in listed["invite_requests"]} == set(wishes)
    assert await refusal(again) == "invite_already_denied"


async def test_a_channel_has_one_canvas(sandbox: Sandbox) -> None:
    sandbox.workspace.tokens[sandbox.bot_token()].scopes.append("canvases:write")
    official = client(sandbox)
    content = {"type": "markdown", "markdown": "# Plan"}

    made = await official.conversations_canvases_create(channel_id="C0PILOT", document_content=content)
    again = official.conversations_canvases_create(channel_id="C0PILOT", document_content=content)

    assert made["canvas_id"].startswith("F")
    assert await refusal(again) == "channel_canvas_already_exists"
