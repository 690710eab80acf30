"""The control API: every deed and sight over HTTP, the record, settings, changes, cases."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.control import DEEDS, SIGHTS
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.running import Sandbox
from counterpoise_sandbox.seen import Screen
from tests.architecture.tree import ROOT
from tests.sandbox.bots import client, over_socket
from tests.sandbox.listening import listening

Json = dict[str, Any]


class Driver:
    """A program that knows the control API alone."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._base = f"{sandbox.url}/control/"
        self._session = session

    async def post(self, path: str, *, headers: Json | None = None, **said: object) -> Json:
        """Post an object and return the answer, with its status."""
        async with self._session.post(self._base + path, json=said, headers=headers) as answer:
            return {**await answer.json(), "status": answer.status}

    async def get(self, path: str, **query: str) -> Json:
        """Return what is read."""
        async with self._session.get(self._base + path, params=query) as answer:
            return {**await answer.json(), "status": answer.status}

    async def delete(self, path: str) -> Json:
        """Delete, and return the answer."""
        async with self._session.delete(self._base + path) as answer:
            return {**await answer.json(), "status": answer.status}


@pytest_asyncio.fixture
async def driver(sandbox: Sandbox) -> AsyncIterator[Driver]:
    """Lend a driver."""
    async with aiohttp.ClientSession() as session:
        yield Driver(sandbox, session)


def script(app: AsyncApp) -> None:
    """Answer a mention with a button, a click with words, a command with a modal."""

    @app.event("app_mention")
    async def offer(say: AsyncSay) -> None:
        button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        await say(text="Ready", blocks=[{"type": "actions", "elements": [button]}])

    @app.action("go")
    async def go(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        await say("Gone")

    @app.command("/sandbox")
    async def open_modal(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        words = {"type": "plain_text", "text": "Words"}
        block = {
            "type": "input",
            "label": words,
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
        view = {"type": "modal", "callback_id": "form", "title": words, "submit": words, "blocks": [block]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("form")
    async def submit(ack: AsyncAck) -> None:
        await ack()

    @app.event("message")
    async def ignore() -> None: ...


async def test_a_whole_conversation_goes_over_http(sandbox: Sandbox, driver: Driver) -> None:
    async with over_socket(sandbox, script):
        said = await driver.post("people/bo/say", where="general", text="@Sandbox App hello")
        await driver.post("quiet", settle=0.05)
        clicked = await driver.post("people/chloe/click", action_id="go")
        await driver.post("quiet", settle=0.05)
        await driver.post("people/bo/command", name="/sandbox")
        refused = await driver.post("people/bo/submit")
        done = await driver.post("people/bo/submit", values={"words": "Drones"})
        seen = await driver.get("people/dieter/messages", channel="general")

    assert said["result"]["text"] == f"<@{sandbox.installation().bot_user}> hello"
    assert clicked["result"]["acknowledged"] is True
    assert list(refused["result"]["errors"].values()) == ["Please complete this required field."]
    assert done["result"]["acknowledged"] is True
    assert [one["text"] for one in seen["result"]][-2:] == ["Ready", "Gone"]
    assert (await driver.get("people/bo/modals"))["result"] == []


async def test_one_persons_screen_is_not_anothers(sandbox: Sandbox, driver: Driver) -> None:
    await client(sandbox).chat_postEphemeral(channel="C0GENERAL", user="U0BO", text="Between us")

    bo = await driver.get("people/bo/everything")
    chloe = await driver.get("people/chloe/everything")

    assert "Between us" in json.dumps(bo)
    assert "Between us" not in json.dumps(chloe)


async def test_a_file_is_uploaded_and_shared(driver: Driver) -> None:
    content = base64.b64encode(b"One, two").decode()
    name = (await driver.post("people/bo/upload", name="notes.txt", content=content))["result"]

    await driver.post("people/bo/say", where="planning", text="", files=[name])

    assert [one["id"] for one in (await driver.get("people/chloe/files"))["result"]] == [name]


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("people/nobody/say", {"where": "general", "text": "x"}, 404),
        ("people/bo/fly", {}, 404),
        ("people/bo/say", {"text": "x"}, 400),
        ("people/bo/click", {"action_id": "nothing"}, 409),
        ("people/dieter/say", {"where": "planning", "text": "x"}, 409),
        ("people/bo/upload", {"name": "x", "content": "%"}, 400),
        ("faults", {"nonsense": True}, 400),
        ("clock", {"set": "2026-03-01T09:00:00"}, 400),
        ("clock", {}, 400),
        ("apps/nothing/cut", {}, 404),
        ("replay", {"case": {}}, 409),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    driver: Driver, path: str, said: Json, status: int
) -> None:
    answer = await driver.post(path, **said)

    assert (answer["ok"], answer["status"]) == (False, status)
    assert len(answer["error"]) > 5


async def test_a_page_of_another_site_is_refused(driver: Driver) -> None:
    answer = await driver.post("reset", headers={"Origin": "https://elsewhere.example"})

    assert answer["status"] == 403


async def test_the_record_tells_both_directions(sandbox: Sandbox, driver: Driver) -> None:
    async with over_socket(sandbox, script):
        before = len(sandbox.record.since())
        await driver.post("people/bo/say", where="general", text="@Sandbox App hello")
        await driver.post("quiet", settle=0.05)

    told = (await driver.get("record", after=str(before)))["exchanges"]
    assert {(one["way"], one["name"]) for one in told} >= {
        ("person", "say"),
        ("event", "app_mention"),
        ("api", "chat.postMessage"),
    }
    posted = next(one for one in told if one["name"] == "chat.postMessage")
    assert posted["answer"]["ok"] is True
    assert "token" not in posted["request"]


async def test_clock_and_faults_are_set_and_read(driver: Driver) -> None:
    await driver.post("clock", set="2026-03-06T09:00:00+01:00")
    moved = await driver.post("clock", move=3600)
    await driver.post("faults", tiers=True, blows=[{"fault": "ratelimited", "method": "auth.test"}])
    switched = (await driver.get("faults"))["faults"]
    cleared = (await driver.delete("faults"))["faults"]

    assert moved["moment"].startswith("2026-03-06T09:00")
    assert (switched["tiers"], switched["blows"][0]["method"]) == (True, "auth.test")
    assert (cleared["tiers"], cleared["blows"]) == (False, [])


async def test_an_app_is_pointed_verified_installed_and_taken_out(sandbox: Sandbox, driver: Driver) -> None:
    async with listening(sandbox) as listener:
        pointed = await driver.post("apps/A0SANDBOX1/urls", request_url=sandbox.app().events_url)
        verified = await driver.post("apps/A0SANDBOX1/verify")
        installed = await driver.post("apps/A0SANDBOX1/install", person="farah")
        await driver.post("apps/A0SANDBOX1/uninstall", team="T0DELTA")
        await driver.post("quiet", settle=0.05)

    assert pointed["socket_mode"] is False
    assert verified["verified"] is False
    assert installed["result"].startswith("xoxb-")
    assert {one["event"]["type"] for one in listener.events()} == {"app_uninstalled", "tokens_revoked"}


async def test_the_workspace_is_told_with_all_an_app_needs(sandbox: Sandbox, driver: Driver) -> None:
    told = await driver.get("workspace")

    app = told["workspace"]["apps"][0]
    assert told["api_url"] == sandbox.api_url
    assert app["installations"][0]["bot_token"] == sandbox.bot_token()
    assert app["app_tokens"] == [sandbox.app_token()]


async def test_changes_are_waited_for(sandbox: Sandbox, driver: Driver) -> None:
    number = (await driver.get("changes"))["number"]
    sandbox.clock.at(sandbox.clock.now() + 0.05, lambda: sandbox.engine.changed("news", user="U0BO"))

    told = await driver.get("changes", after=str(number), wait="10")

    assert [one["kind"] for one in told["changes"]] == ["news"]


async def test_changes_come_as_a_stream(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/control/stream?after=0") as stream,
    ):
        sandbox.engine.changed("news")
        line = await stream.content.readline()
        said = await stream.content.readline()

    assert line.startswith(b"id: ")
    assert b'"kind": "news"' in said


async def test_a_run_is_written_out_and_played_again(sandbox: Sandbox, driver: Driver) -> None:
    async with over_socket(sandbox, script):
        await driver.post("people/bo/say", where="general", text="@Sandbox App hello")
        await driver.post("quiet", settle=0.05)
        await driver.post("people/chloe/click", action_id="go")
        await driver.post("quiet", settle=0.05)
        said = await driver.post("people/bo/say", where="Sandbox App", text="Just us")
        await driver.post("people/bo/edit", channel="", ts=said["result"]["ts"], text="Only us")
        await driver.post("people/bo/command", name="/sandbox")
        await driver.post("people/bo/submit", values={"words": "Drones"})
        await driver.post("clock", move=60)
        await driver.post("quiet", settle=0.05)
        case = (await driver.get("case"))["case"]
        again = await driver.post("replay", case=case, settle=0.05)
        altered = json.loads(json.dumps(case).replace('"Gone"', '"Stayed"'))
        differing = await driver.post("replay", case=altered, settle=0.05)

    assert [step["does"] for step in case["steps"]][:3] == ["say", "click", "say"]
    assert (again["same"], again["missing"], again["unexpected"]) == (True, [], [])
    assert differing["same"] is False
    assert differing["missing"][0]["arguments"]["text"] == "Stayed"


def test_every_deed_and_sight_exists_and_is_told_in_the_page() -> None:
    page = ROOT.joinpath("docs/sandbox.md").read_text(encoding="utf-8")

    assert [deed for deed in DEEDS if not hasattr(Somebody, deed) or f"`{deed}`" not in page] == []
    assert [sight for sight in SIGHTS if not hasattr(Screen, sight) or f"`{sight}" not in page] == []
    public = {name for name in vars(Somebody) if not name.startswith("_")} - {"person", "id"}
    assert public == set(DEEDS)
