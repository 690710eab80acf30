"""Enterprises and shared channels: whose app, whose token, whose person; and Bolt's own installation."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from counterpoise_sandbox.installing import shorthand
from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.running import Sandbox, started
from tests.sandbox.bots import client
from tests.sandbox.listening import listening

Json = dict[str, Any]

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]
GRID: Json = {
    "teams": [
        {"id": "T1", "name": "One", "domain": "one", "enterprise_id": "E1", "enterprise_name": "Every"},
        {"id": "T2", "name": "Two", "domain": "two", "enterprise_id": "E1", "enterprise_name": "Every"},
        {"id": "T3", "name": "Three", "domain": "three"},
    ],
    "people": [
        {"id": "U1", "name": "ana", "team": "T1"},
        {"id": "U2", "name": "ben", "team": "T2"},
        {"id": "U3", "name": "cy", "team": "T3"},
    ],
    "channels": [
        {"id": "C1", "name": "one", "team": "T1", "members": ["U1"]},
        {"id": "C2", "name": "two", "team": "T2", "members": ["U2", "U3"], "shared_with": ["T3"]},
    ],
    "apps": [
        {
            "id": "A1",
            "name": "Whole",
            "commands": ["/whole"],
            "installations": [
                {"team": "T1", "org_wide": True, "enterprise_id": "E1", "channels": ["one", "two"]}
            ],
        }
    ],
}


@pytest_asyncio.fixture
async def grid() -> AsyncIterator[Sandbox]:
    """Run an enterprise of two teams with one app in all of it, and a third organisation."""
    async with started(GRID) as running:
        yield running


@pytest.mark.parametrize(
    ("who", "where", "sender", "context"),
    [("ana", "one", "T1", "T1"), ("ben", "two", "T2", "T2"), ("cy", "two", "T3", "T2")],
)
async def test_an_app_in_a_whole_enterprise_hears_of_all_its_teams(
    grid: Sandbox, who: str, where: str, sender: str, context: str
) -> None:
    async with listening(grid) as listener:
        await grid.person(who).say(where, "Hello")
        await grid.quiet()

    envelope = listener.events("message")[0]
    assert (envelope["team_id"], envelope["context_team_id"]) == (sender, context)
    assert envelope["context_enterprise_id"] == "E1"
    assert envelope["is_ext_shared_channel"] is (where == "two")
    authorization = envelope["authorizations"][0]
    assert (authorization["enterprise_id"], authorization["is_enterprise_install"]) == ("E1", True)


async def test_a_command_in_an_enterprise_names_it(grid: Sandbox) -> None:
    async with listening(grid) as listener:
        await grid.person("ben").command("/whole", channel="two")

    said = listener.heard[0].payload
    assert (said["team_id"], said["enterprise_id"], said["is_enterprise_install"]) == ("T2", "E1", "true")


async def test_an_interaction_of_an_org_wide_app_names_no_team(grid: Sandbox) -> None:
    async with listening(grid) as listener:
        await client(grid).chat_postMessage(channel="C2", text="Go", blocks=BLOCKS)
        await grid.person("ben").click("go")

    said = listener.heard[-1].payload
    assert (said["team"], said["enterprise"]["id"], said["is_enterprise_install"]) == (None, "E1", True)
    assert said["user"]["team_id"] == "T2"


async def test_somebody_of_another_organisation_clicks_in_their_own_name(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        await client(sandbox).chat_postMessage(channel="C0JOINT", text="Go", blocks=BLOCKS)
        await sandbox.person("farah").click("go")

    said = listener.heard[-1].payload
    assert said["user"] == {"id": "U0FARAH", "username": "farah", "name": "farah", "team_id": "T0DELTA"}
    assert said["team"]["id"] == "T0RIVERSIDE"


async def test_a_command_is_known_where_its_app_is_installed_alone(sandbox: Sandbox) -> None:
    with pytest.raises(Impossible, match="not a valid command"):
        await sandbox.person("farah").command("/sandbox", channel="joint-clinic")


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk sends it so
async def test_bolt_installs_itself_and_then_answers(tmp_path: Path) -> None:
    guest = {
        "name": "Guest",
        "client_id": "1.1",
        "client_secret": "hush",
        "signing_secret": "s",
        "commands": ["/guest"],
    }
    file: Json = {
        "teams": [{"id": "T1", "name": "One", "domain": "one"}],
        "people": [{"id": "U1", "name": "ana"}],
        "channels": [{"id": "C1", "name": "one", "members": ["U1"]}],
        "apps": [{**guest, "manifest": {**shorthand(guest)}, "installations": []}],
    }
    async with started(file) as sandbox:
        runner, address = await guest_bot(sandbox, tmp_path)
        try:
            await install(address, person="U1")
            told = await sandbox.person("ana").command("/guest", "hello", channel="one")
        finally:
            await runner.cleanup()

        assert told["acknowledged"]
        assert sandbox.screen("ana").texts("one") == ["Hello from a guest"]


async def guest_bot(sandbox: Sandbox, folder: Path) -> tuple[web.AppRunner, str]:
    """Serve a bot that holds no token and installs itself by OAuth."""
    official = AsyncWebClient(base_url=sandbox.api_url)
    settings = AsyncOAuthSettings(
        client_id="1.1",
        client_secret="hush",
        scopes=["commands"],
        install_page_rendering_enabled=False,
        authorization_url=f"{sandbox.url}/oauth/v2/authorize",
        installation_store=FileInstallationStore(base_dir=str(folder)),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder)),
    )
    app = AsyncApp(
        client=official, signing_secret="s", oauth_flow=AsyncOAuthFlow(client=official, settings=settings)
    )

    @app.command("/guest")
    async def greet(ack: AsyncAck) -> None:
        await ack("Hello from a guest")

    runner = web.AppRunner(
        app.server(port=0, path="/slack/events", host="127.0.0.1").web_app, access_log=None
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sandbox.serve_events_at(f"{address}/slack/events")
    sandbox.app().manifest["oauth_config"]["redirect_urls"] = [f"{address}/slack/oauth_redirect"]
    settings.redirect_uri = f"{address}/slack/oauth_redirect"
    return runner, address


async def install(address: str, *, person: str) -> None:
    """Go through the whole installation as a browser does."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(address))
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(f"{address}/slack/install") as form:
            assert form.status == 200
            asked = form.url
        async with session.post(asked, data={"person": person, "answer": "allow"}) as answer:
            assert answer.status == 200
            assert urlsplit(str(answer.url)).path == "/slack/oauth_redirect"


async def test_an_app_in_both_teams_of_a_channel_hears_once_and_can_ask_who_else(sandbox: Sandbox) -> None:
    sandbox.settings.install(person="farah")
    partner = sandbox.installation(team="T0DELTA")
    sandbox.workspace.channels["C0JOINT"].members.append(partner.bot_user)
    async with listening(sandbox) as listener:
        await sandbox.person("farah").say("joint-clinic", "Hello, all")
        await sandbox.quiet()

    heard = listener.events("message")
    official = client(sandbox, sandbox.app_token())
    listed = await official.apps_event_authorizations_list(event_context=heard[0]["event_context"])
    assert len(heard) == 1
    assert {one["team_id"] for one in listed["authorizations"]} == {"T0RIVERSIDE", "T0DELTA"}
