"""Agents and assistants: Bolt's own assistant, and what somebody looks at."""

from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncAssistant, AsyncSay, AsyncSetStatus, AsyncSetSuggestedPrompts

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import over_socket
from tests.sandbox.listening import listening

Json = dict[str, Any]


async def test_bolts_assistant_greets_offers_and_answers(sandbox: Sandbox) -> None:
    assistant = AsyncAssistant()

    @assistant.thread_started
    async def greet(say: AsyncSay, set_suggested_prompts: AsyncSetSuggestedPrompts) -> None:
        await say("How can I help?")
        await set_suggested_prompts(prompts=["What is balance?"])

    @assistant.user_message
    async def answer(payload: Json, set_status: AsyncSetStatus, say: AsyncSay) -> None:
        await set_status("is weighing…")
        await say(f"You asked: {payload['text']}")

    def script(app: AsyncApp) -> None:
        app.use(assistant)

    sandbox.app().manifest["features"]["assistant_view"] = {"assistant_description": "Weighs"}
    async with over_socket(sandbox, script):
        bo = sandbox.person("bo")
        await bo.open_home(tab="messages")
        await sandbox.quiet()
        opened = sandbox.screen("bo").direct("Sandbox App")[0]
        await bo.say("Sandbox App", "What is balance?", thread_ts=opened["ts"])
        await sandbox.quiet()

    seen = sandbox.screen("bo").direct("Sandbox App")
    texts = ["New Assistant Thread", "How can I help?", "What is balance?", "You asked: What is balance?"]
    assert [one["text"] for one in seen] == texts
    assert seen[0]["assistant"]["prompts"] == [{"title": "What is balance?", "message": "What is balance?"}]
    assert seen[0]["assistant"]["status"] == ""


async def test_an_assistant_hears_what_somebody_looks_at_beside_its_thread(sandbox: Sandbox) -> None:
    sandbox.app().manifest["features"]["assistant_view"] = {"assistant_description": "Weighs"}
    async with listening(sandbox) as listener:
        bo = sandbox.person("bo")
        await bo.look_at("general")
        await bo.open_home(tab="messages")
        await bo.look_at("pilot-river")
        await sandbox.quiet()

    turned = listener.events("assistant_thread_context_changed")
    assert [one["event"]["assistant_thread"]["context"]["channel_id"] for one in turned] == ["C0PILOT"]
    assert listener.events("app_context_changed") == []


async def test_an_agent_hears_it_without_a_thread(sandbox: Sandbox) -> None:
    sandbox.app().manifest["features"]["agent_view"] = {"agent_description": "Weighs"}
    async with listening(sandbox) as listener:
        await sandbox.person("bo").look_at("general")
        await sandbox.person("bo").open_home(tab="messages")
        await sandbox.quiet()

    turned = listener.events("app_context_changed")
    assert turned[0]["event"]["context"]["entities"][0]["value"] == "C0GENERAL"
    assert [one["event"]["tab"] for one in listener.events("app_home_opened")] == ["messages"]
