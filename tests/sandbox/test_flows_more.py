"""More flows of slack-bolt, the same over HTTP and in Socket Mode: reactions, Home, shortcuts, files, time, streams."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import Script, client, over_http, over_socket

Way = Callable[[Sandbox, Script], AbstractAsyncContextManager[object]]
Json = dict[str, Any]


@pytest.fixture(params=[over_http, over_socket], ids=["http", "socket"])
def way(request: pytest.FixtureRequest) -> Way:
    """Lend one way of reaching a bot after the other."""
    chosen: Way = request.param
    return chosen


async def test_a_reaction_is_answered_with_a_reaction(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("reaction_added")
        async def answer(event: Json, client: AsyncWebClient) -> None:
            item = event["item"]
            await client.reactions_add(channel=item["channel"], timestamp=item["ts"], name="white_check_mark")

        @app.event("message")
        async def ignore() -> None: ...

    async with way(sandbox, script):
        bo = sandbox.person("bo")
        said = await bo.say("general", "The drones again")
        await bo.react("general", said["ts"], "scales")
        await sandbox.quiet()

    reactions = sandbox.screen("chloe").messages("general")[-1]["reactions"]
    assert [one["name"] for one in reactions] == ["scales", "white_check_mark"]


async def test_an_opened_home_is_filled_for_who_opened_it(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("app_home_opened")
        async def fill(event: Json, client: AsyncWebClient) -> None:
            about = (await client.users_info(user=event["user"], include_locale=True))["user"]
            words = {"type": "mrkdwn", "text": f"{about['locale']} {about['tz']}"}
            view = {"type": "home", "blocks": [{"type": "section", "text": words}]}
            await client.views_publish(user_id=event["user"], view=view)

    async with way(sandbox, script):
        await sandbox.person("dieter").open_home()
        await sandbox.quiet()

    home = sandbox.screen("dieter").home()
    assert home is not None
    assert home["blocks"][0]["text"]["text"] == "de-DE Europe/Berlin"
    assert sandbox.screen("bo").home() is None


async def test_a_message_shortcut_answers_the_person_alone(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.shortcut("note")
        async def note(ack: AsyncAck, respond: AsyncRespond, shortcut: Json) -> None:
            await ack()
            await respond(f"Noted: {shortcut['message']['text']}")

        @app.event("message")
        async def ignore() -> None: ...

    described = {"name": "Note", "type": "message", "callback_id": "note", "description": "Note"}
    sandbox.app().manifest["features"]["shortcuts"] = [described]
    async with way(sandbox, script):
        said = await sandbox.person("chloe").say("general", "Les drones")
        await sandbox.person("bo").message_shortcut("note", "general", said["ts"])
        await sandbox.quiet()

    assert [one["text"] for one in sandbox.screen("bo").ephemerals()] == ["Noted: Les drones"]
    assert sandbox.screen("chloe").ephemerals() == []


async def test_a_chart_is_uploaded_into_the_thread_that_asked(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def draw(event: Json, client: AsyncWebClient) -> None:
            await client.files_upload_v2(
                channel=event["channel"],
                thread_ts=event["ts"],
                filename="trust.png",
                content=b"\x89PNG",
                alt_txt="Trust rises",
            )

        @app.event("message")
        async def ignore() -> None: ...

        @app.event("file_shared")
        async def ignore_files() -> None: ...

    async with way(sandbox, script):
        asked = await sandbox.person("bo").say("general", "@Sandbox App the trust, please")
        await sandbox.quiet()

    answer = sandbox.screen("chloe").thread("general", asked["ts"])[-1]
    assert answer["files"][0]["alt_txt"] == "Trust rises"


async def test_a_reminder_is_planned_and_comes_in_its_time(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.command("/sandbox")
        async def plan(ack: AsyncAck, command: Json, client: AsyncWebClient) -> None:
            when = int(sandbox.clock.now()) + 3600
            await client.chat_scheduleMessage(channel=command["user_id"], post_at=when, text="How did it go?")
            await ack("I will ask in an hour")

        @app.event("message")
        async def ignore() -> None: ...

    async with way(sandbox, script):
        await sandbox.person("elena").command("/sandbox", channel="general")
        before = [one["text"] for one in sandbox.screen("elena").direct("Sandbox App")]
        sandbox.clock.move(3601)
        await sandbox.quiet()

    assert before == []
    assert [one["text"] for one in sandbox.screen("elena").direct("Sandbox App")] == ["How did it go?"]


async def test_a_long_answer_is_streamed_into_the_thread(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def explain(event: Json, client: AsyncWebClient, context: Json) -> None:
            stream = await client.chat_stream(
                channel=event["channel"],
                thread_ts=event["ts"],
                recipient_team_id=context["team_id"],
                recipient_user_id=event["user"],
            )
            for word in ("Gains ", "outweigh ", "risks."):
                await stream.append(markdown_text=word)
            await stream.stop()

        @app.event("message")
        async def ignore() -> None: ...

    async with way(sandbox, script):
        asked = await sandbox.person("bo").say("general", "@Sandbox App why?")
        await sandbox.quiet()

    assert sandbox.screen("bo").thread("general", asked["ts"])[-1]["text"] == "Gains outweigh risks."


async def test_a_direct_message_is_answered_in_it(sandbox: Sandbox, way: Way) -> None:
    def script(app: AsyncApp) -> None:
        @app.message()
        async def answer(say: AsyncSay, message: Json) -> None:
            await say(f"You wrote: {message['text']}")

    async with way(sandbox, script):
        await sandbox.person("amal").say("Sandbox App", "مرحبا")
        await sandbox.quiet()

    texts = [one["text"] for one in sandbox.screen("amal").direct("Sandbox App")]
    assert texts == ["مرحبا", "You wrote: مرحبا"]


async def test_twenty_clicks_at_once_are_twenty_interactions(sandbox: Sandbox, way: Way) -> None:
    heard: list[str] = []
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}

    def script(app: AsyncApp) -> None:
        @app.action("go")
        async def go(ack: AsyncAck, body: Json) -> None:
            heard.append(body["trigger_id"])
            await ack()

        @app.event("message")
        async def ignore() -> None: ...

    async with way(sandbox, script):
        blocks = [{"type": "actions", "elements": [button]}]
        await client(sandbox).chat_postMessage(channel="C0GENERAL", text="Go", blocks=blocks)
        told = await asyncio.gather(*(sandbox.person("bo").click("go") for _ in range(20)))

    assert all(one["acknowledged"] for one in told)
    assert len(set(heard)) == 20
