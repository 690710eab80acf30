"""How calls are made and refused, whatever the method: tokens, scopes, arguments, transport."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.running import Sandbox, started
from tests.sandbox.bots import client, refusal

Json = dict[str, Any]


async def raw(sandbox: Sandbox, way: str, method: str, **how: Any) -> Json:  # noqa: ANN401 - what aiohttp takes
    async with (
        aiohttp.ClientSession() as session,
        session.request(way, sandbox.api_url + method, **how) as answer,
    ):
        said: Json = await answer.json()
        return said


@pytest.mark.parametrize(
    "how",
    [
        {"params": {"token": "TOKEN", "user": "U0BO"}},
        {"data": {"token": "TOKEN", "user": "U0BO"}},
        {"data": {"user": "U0BO"}, "headers": {"Authorization": "Bearer TOKEN"}},
        {"json": {"user": "U0BO"}, "headers": {"Authorization": "Bearer TOKEN"}},
    ],
    ids=["query", "form", "header", "json"],
)
async def test_arguments_and_token_are_taken_from_wherever_they_are(sandbox: Sandbox, how: Json) -> None:
    said = json.loads(json.dumps(how).replace("TOKEN", sandbox.bot_token()))

    answer = await raw(sandbox, "POST", "users.info", **said)

    assert answer["user"]["name"] == "bo"


async def test_a_get_is_answered_as_a_post(sandbox: Sandbox) -> None:
    answer = await raw(sandbox, "GET", "auth.test", params={"token": sandbox.bot_token()})

    assert answer["ok"]
    assert answer["user_id"] == sandbox.installation().bot_user


async def test_the_synchronous_client_is_served_too(sandbox: Sandbox) -> None:
    official = WebClient(token=sandbox.bot_token(), base_url=sandbox.api_url)

    answer = await asyncio.to_thread(official.chat_postMessage, channel="general", text="Hello")

    assert answer["message"]["text"] == "Hello"
    assert sandbox.screen("bo").texts("general")[-1] == "Hello"


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), (None, "missing_scope")]
)
async def test_a_call_without_the_right_token_is_refused(token: str | None, error: str) -> None:
    narrow: Json = {
        "teams": [{"id": "T1", "name": "One", "domain": "one"}],
        "people": [{"id": "U1", "name": "bo"}],
        "apps": [{"name": "Narrow", "scopes": ["chat:write"]}],
    }
    async with started(narrow) as sandbox:
        answer = await raw(
            sandbox, "POST", "users.list", data={"token": sandbox.bot_token() if token is None else token}
        )

    assert answer["error"] == error


async def test_a_missing_scope_is_named_beside_what_was_given() -> None:
    narrow: Json = {
        "teams": [{"id": "T1", "name": "One", "domain": "one"}],
        "people": [{"id": "U1", "name": "bo"}],
        "apps": [{"name": "Narrow", "scopes": ["chat:write", "commands"]}],
    }
    async with started(narrow) as sandbox:
        answer = await raw(sandbox, "POST", "users.list", data={"token": sandbox.bot_token()})

    assert (answer["needed"], answer["provided"]) == ("users:read", "chat:write,commands")


async def test_an_app_level_token_opens_sockets_alone(sandbox: Sandbox) -> None:
    assert await refusal(client(sandbox, sandbox.app_token()).auth_test()) == "not_allowed_token_type"
    assert (
        await refusal(client(sandbox).apps_connections_open(app_token=sandbox.bot_token()))
        == "not_allowed_token_type"
    )


async def test_arguments_are_checked_before_the_state(sandbox: Sandbox) -> None:
    answer = await raw(
        sandbox, "POST", "reactions.add", data={"token": sandbox.bot_token(), "channel": "nowhere"}
    )

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: name",
        "[ERROR] missing required field: timestamp",
    ]


async def test_a_number_that_is_none_is_an_invalid_argument(sandbox: Sandbox) -> None:
    answer = await raw(sandbox, "GET", "users.list", params={"token": sandbox.bot_token(), "limit": "many"})

    assert answer["response_metadata"]["messages"] == ["[ERROR] must be a number [json-pointer:/limit]"]


async def test_a_body_that_is_not_json_is_refused(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {sandbox.bot_token()}"}

    answer = await raw(sandbox, "POST", "chat.postMessage", data=b"{", headers=headers)

    assert answer == {"ok": False, "error": "invalid_json"}


async def test_the_answer_says_which_scopes_there_are(sandbox: Sandbox) -> None:
    answer = await client(sandbox).users_info(user="U0BO")

    assert "users:read" in answer.headers["x-oauth-scopes"].split(",")
    assert answer.headers["x-accepted-oauth-scopes"] == "users:read"


async def test_a_long_list_comes_in_pages(sandbox: Sandbox) -> None:
    names: list[str] = []
    async for page in await client(sandbox).users_list(limit=3):
        assert len(page["members"]) <= 3
        names += [member["name"] for member in page["members"]]

    assert {"amal", "bo", "chloe", "dieter", "elena", "farah"} < set(names)


async def test_a_cursor_of_ones_own_making_is_refused(sandbox: Sandbox) -> None:
    assert await refusal(client(sandbox).users_list(cursor="!")) == "invalid_cursor"


async def test_a_revoked_token_is_refused_as_such(sandbox: Sandbox) -> None:
    official = client(sandbox)

    assert (await official.auth_revoke(test=True))["revoked"] is False
    assert (await official.auth_revoke())["revoked"] is True
    assert await refusal(official.auth_test()) == "token_revoked"


async def test_a_test_call_repeats_what_it_was_told(sandbox: Sandbox) -> None:
    official = AsyncWebClient(base_url=sandbox.api_url)

    with pytest.raises(SlackApiError, match="my_error"):
        await official.api_test(error="my_error")
    assert (await official.api_test(foo="bar"))["args"] == {"foo": "bar"}


async def test_the_sandbox_answers_under_names_of_this_machine_alone(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Host": "elsewhere.example"}
        async with session.get(f"{sandbox.url}/control/workspace", headers=headers) as answer:
            assert answer.status == 403


async def test_a_method_that_breaks_says_so_in_slacks_words(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.workspace.teams.clear()

    assert await refusal(client(sandbox).auth_test()) == "internal_error"
    assert "auth.test broke" in caplog.text
