"""An app is let in by a form, gets its tokens for a code, and fresh ones for a refresh token."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import pytest_asyncio
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.running import Sandbox, started
from tests.sandbox.bots import client, refusal
from tests.sandbox.listening import listening

Json = dict[str, Any]

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk sends it so

RETURN = "http://127.0.0.1:9/slack/oauth_redirect"
FILE: Json = {
    "teams": [
        {"id": "T1", "name": "One", "domain": "one", "enterprise_id": "E1", "enterprise_name": "Every"},
    ],
    "people": [{"id": "U1", "name": "bo", "team": "T1"}],
    "apps": [
        {
            "id": "A1",
            "name": "Guest",
            "client_id": "1.1",
            "client_secret": "hush",
            "scopes": ["chat:write", "users:read"],
            "redirect_urls": [RETURN],
            "token_rotation": True,
            "installations": [],
        }
    ],
}


@pytest_asyncio.fixture
async def empty() -> AsyncIterator[Sandbox]:
    """Run a workspace whose app is installed nowhere."""
    async with started(FILE) as running:
        yield running


async def consent(sandbox: Sandbox, answer: str = "allow", **more: str) -> dict[str, list[str]]:
    """Fill in the form and return what the browser is sent back with."""
    form = {"person": "U1", "answer": answer, "whole": more.pop("whole", "")}
    query = {"client_id": "1.1", "scope": "chat:write,users:read", "state": "s1", "redirect_uri": RETURN}
    query |= more
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{sandbox.url}/oauth/v2/authorize",
            params=query,
            data=form,
            allow_redirects=False,
        ) as response,
    ):
        assert response.status == 302
        assert response.headers["Location"].startswith(RETURN)
        return parse_qs(urlsplit(response.headers["Location"]).query)


async def installed(sandbox: Sandbox, **more: str) -> Json:
    code = (await consent(sandbox, **more))["code"][0]
    anybody = AsyncWebClient(base_url=sandbox.api_url)
    answer = await anybody.oauth_v2_access(
        client_id="1.1", client_secret="hush", code=code, redirect_uri=RETURN
    )
    return dict(answer.data) if isinstance(answer.data, dict) else {}


async def asked(sandbox: Sandbox, **query: str) -> tuple[int, str]:
    """Return the status and the words of the form."""
    address = f"{sandbox.url}/oauth/v2/authorize"
    async with aiohttp.ClientSession() as session, session.get(address, params=query) as answer:
        return answer.status, await answer.text()


async def test_the_form_names_the_app_and_what_it_asks(empty: Sandbox) -> None:
    _, page = await asked(empty, client_id="1.1", scope="chat:write")

    assert "<h1>Let Guest in?</h1>" in page
    assert "<li>chat:write</li>" in page
    assert '<label for="person">' in page


async def test_who_declines_is_sent_back_with_that(empty: Sandbox) -> None:
    assert await consent(empty, "deny") == {"error": ["access_denied"], "state": ["s1"]}


@pytest.mark.parametrize("wrong", [{"client_id": "9.9"}, {"redirect_uri": "http://127.0.0.1:9/elsewhere"}])
async def test_a_stranger_or_another_way_back_is_refused(empty: Sandbox, wrong: dict[str, str]) -> None:
    query = {"client_id": "1.1", "scope": "chat:write", "redirect_uri": RETURN, **wrong}

    assert (await asked(empty, **query))[0] == 400


async def test_a_code_is_worth_a_token_that_works(empty: Sandbox) -> None:
    got = await installed(empty, user_scope="users:read")

    whose = await client(empty, got["access_token"]).auth_test()
    assert (got["team"], got["enterprise"]) == ({"id": "T1", "name": "One"}, {"id": "E1", "name": "Every"})
    assert got["authed_user"]["id"] == "U1"
    assert got["authed_user"]["access_token"].startswith("xoxe.xoxp-")
    assert whose["user_id"] == got["bot_user_id"]
    assert got["expires_in"] == 43200


async def test_a_code_is_good_once_and_for_its_app(empty: Sandbox) -> None:
    code = (await consent(empty))["code"][0]
    anybody = AsyncWebClient(base_url=empty.api_url)
    wrong = await refusal(anybody.oauth_v2_access(client_id="1.1", client_secret="guess", code=code))
    await anybody.oauth_v2_access(client_id="1.1", client_secret="hush", code=code)

    again = anybody.oauth_v2_access(client_id="1.1", client_secret="hush", code=code)

    assert wrong == "bad_client_secret"
    assert await refusal(again) == "code_already_used"


async def test_a_rotating_token_expires_after_twelve_hours_and_is_refreshed(empty: Sandbox) -> None:
    got = await installed(empty)
    empty.clock.move(12 * 3600 + 1)
    expired = await refusal(client(empty, got["access_token"]).auth_test())
    anybody = AsyncWebClient(base_url=empty.api_url)
    fresh = await anybody.oauth_v2_access(
        client_id="1.1", client_secret="hush", grant_type="refresh_token", refresh_token=got["refresh_token"]
    )
    spent = anybody.oauth_v2_access(
        client_id="1.1", client_secret="hush", grant_type="refresh_token", refresh_token=got["refresh_token"]
    )

    assert expired == "token_expired"
    assert (await client(empty, fresh["access_token"]).auth_test())["user_id"] == got["bot_user_id"]
    assert await refusal(spent) == "invalid_refresh_token"


async def test_the_official_rotator_turns_the_tokens(empty: Sandbox) -> None:
    got = await installed(empty)
    rotator = AsyncTokenRotator(
        client_id="1.1", client_secret="hush", client=AsyncWebClient(base_url=empty.api_url)
    )
    kept = Installation(
        user_id="U1",
        team_id="T1",
        bot_token=got["access_token"],
        bot_refresh_token=got["refresh_token"],
        bot_token_expires_in=got["expires_in"],
    )

    turned = await rotator.perform_token_rotation(installation=kept, minutes_before_expiration=60 * 24)

    assert turned is not None
    assert turned.bot_token != got["access_token"]
    assert (await client(empty, turned.bot_token).auth_test())["ok"]


async def test_a_lasting_token_is_exchanged_once(empty: Sandbox) -> None:
    lasting = empty.settings.install(person="bo")
    official = client(empty, lasting)

    fresh = await official.oauth_v2_exchange(token=lasting, client_id="1.1", client_secret="hush")

    again = client(empty, fresh["access_token"]).oauth_v2_exchange(
        token=fresh["access_token"], client_id="1.1", client_secret="hush"
    )
    assert fresh["expires_in"] == 43200
    assert await refusal(official.auth_test()) == "token_revoked"
    assert await refusal(again) == "token_already_exchanged"


async def test_an_uninstalled_app_hears_of_it_and_its_tokens_end(sandbox: Sandbox) -> None:
    official, app = client(sandbox), sandbox.app()
    async with listening(sandbox) as listener:
        await official.apps_uninstall(client_id=app.client_id, client_secret=app.client_secret)
        await sandbox.quiet()

    assert {one["event"]["type"] for one in listener.events()} == {"app_uninstalled", "tokens_revoked"}
    assert await refusal(official.auth_test()) == "token_revoked"


async def test_an_app_in_a_whole_organisation_has_no_team_of_its_own(empty: Sandbox) -> None:
    empty.app().manifest["settings"]["org_deploy_enabled"] = True

    got = await installed(empty, whole="1")

    whose = await client(empty, got["access_token"]).auth_test()
    assert (got["team"], got["is_enterprise_install"], got["enterprise"]["id"]) == (None, True, "E1")
    assert whose["is_enterprise_install"] is True
