"""Flows of slack-bolt's own making, the same over HTTP and in Socket Mode."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import Script, over_http, over_socket

Way = Callable[[Sandbox, Script], AbstractAsyncContextManager[object]]
Json = dict[str, Any]

BUTTONS = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "withdraw",
                "value": "42",
                "text": {"type": "plain_text", "text": "Withdraw"},
            }
        ],
    }
]
MODAL = {
    "type": "modal",
    "callback_id": "concern",
    "private_metadata": "draft-7",
    "title": {"type": "plain_text", "text": "A concern"},
    "submit": {"type": "plain_text", "text": "Record"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Your words"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
def way(request: pytest.FixtureRequest) -> Way:
    """Lend one way of reaching a bot after the other."""
    chosen: Way = request.param
    return chosen


async def test_a_message_is_answered_in_its_thread(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.message("drones")
        async def answer(message: Json, say: AsyncSay) -> None:
            await say(text="Noted", thread_ts=message["ts"])

    async with way(sandbox, script):
        said = await sandbox.person("bo").say("pilot-river", "The drones again")
        await sandbox.quiet()

    thread = sandbox.screen("chloe").thread("pilot-river", said["ts"])
    assert [one["text"] for one in thread] == ["The drones again", "Noted"]


async def test_a_mention_reaches_the_bot_that_is_named(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def answer(event: Json, say: AsyncSay) -> None:
            await say(f"You said: {event['text']}")

        @app.event("message")
        async def ignore() -> None: ...

    async with way(sandbox, script):
        await sandbox.person("dieter").say("general", "@Sandbox App guten Tag")
        await sandbox.quiet()

    bot = sandbox.installation().bot_user
    assert sandbox.screen("bo").texts("general")[-1] == f"You said: <@{bot}> guten Tag"


async def test_a_command_shows_its_acknowledgement_and_what_follows_by_response_url(
    sandbox: Sandbox, way: Way
) -> None:
    def script(app: AsyncApp) -> None:
        @app.command("/sandbox")
        async def answer(ack: AsyncAck, respond: AsyncRespond, command: Json) -> None:
            await ack("One moment")
            await respond(f"Done with {command['text']}")
            await respond(text="Everybody, look", response_type="in_channel")

    async with way(sandbox, script):
        await sandbox.person("bo").command("/sandbox", "the bridge", channel="general")
        await sandbox.quiet()

    private = {one["text"] for one in sandbox.screen("bo").ephemerals("general")}
    assert private == {"One moment", "Done with the bridge"}
    assert sandbox.screen("chloe").texts("general")[-1] == "Everybody, look"
    assert sandbox.screen("chloe").ephemerals() == []


async def test_a_modal_keeps_its_input_beside_the_fields_errors(sandbox: Sandbox, way: Way) -> None:
    submitted: list[Json] = []

    def script(app: AsyncApp) -> None:
        @app.shortcut("record")
        async def open_modal(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=shortcut["trigger_id"], view=MODAL)

        @app.view("concern")
        async def submit(ack: AsyncAck, view: Json) -> None:
            submitted.append(view)
            words = view["state"]["values"]["words"]["text"]["value"]
            if len(words) < 5:
                await ack(response_action="errors", errors={"words": "A little more, please"})
            else:
                await ack()

    manifest = sandbox.app().manifest
    manifest["features"]["shortcuts"] = [{"name": "Record", "type": "global", "callback_id": "record"}]
    async with way(sandbox, script):
        amal = sandbox.person("amal")
        await amal.shortcut("record")
        await amal.submit({"text": "no"})
        refused = sandbox.screen("amal").modal()
        await amal.submit({"text": "Drones over the clinic"})

    assert refused is not None
    assert refused["errors"] == {"words": "A little more, please"}
    assert refused["state"]["values"]["words"]["text"]["value"] == "no"
    assert submitted[-1]["private_metadata"] == "draft-7"
    assert sandbox.screen("amal").modal() is None


async def test_a_button_replaces_the_message_it_was_in(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def offer(say: AsyncSay) -> None:
            await say(text="Recorded", blocks=BUTTONS)

        @app.event("message")
        async def ignore() -> None: ...

        @app.action("withdraw")
        async def withdraw(ack: AsyncAck, respond: AsyncRespond, action: Json) -> None:
            await ack()
            await respond(text=f"Withdrawn: {action['value']}", replace_original=True)

    async with way(sandbox, script):
        elena = sandbox.person("elena")
        await elena.say("general", "@Sandbox App hola")
        await sandbox.quiet()
        await elena.click("withdraw")
        await sandbox.quiet()

    assert sandbox.screen("bo").texts("general")[-1] == "Withdrawn: 42"
    assert "blocks" not in sandbox.screen("bo").messages("general")[-1]
