"""The workspace FILE: read, written, refused; an app by its manifest; the program that runs it all."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from counterpoise_sandbox.__main__ import file_of, main
from counterpoise_sandbox.first_workspace import first_workspace
from counterpoise_sandbox.running import started
from counterpoise_sandbox.workspace_file import Unreadable, build, shown
from tests.sandbox.bots import client

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Greeter"},
    "features": {
        "bot_user": {"display_name": "Greeter", "always_online": True},
        "slash_commands": [{"command": "/greet", "description": "Greets", "usage_hint": "[whom]"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}
FULL: Json = {
    "teams": [
        {"id": "T1", "name": "One", "domain": "one", "enterprise_id": "E1", "enterprise_name": "Every"},
        {"id": "T2", "name": "Two", "domain": "two"},
    ],
    "people": [
        {
            "id": "U1",
            "name": "bo",
            "team": "T1",
            "locale": "fr-FR",
            "tz": "Europe/Paris",
            "hours": 12,
            "is_admin": True,
        },
        {"id": "U2", "name": "farah", "team": "T2", "email": "farah@two.example"},
    ],
    "channels": [
        {
            "id": "C1",
            "name": "joint",
            "team": "T1",
            "shared_with": ["T2"],
            "members": ["U1", "U2"],
            "messages": [{"user": "U1", "text": "Hello", "ts": "1735689600.000100"}],
        },
        {"id": "D1", "kind": "im", "team": "T1", "members": ["U1", "U0BOT"]},
    ],
    "apps": [
        {
            "id": "A1",
            "client_id": "1.2",
            "client_secret": "c",
            "signing_secret": "s",
            "verification_token": "v",
            "app_tokens": ["xapp-1"],
            "manifest": MANIFEST,
            "installations": [
                {
                    "team": "T1",
                    "bot_user": "U0BOT",
                    "bot_id": "B0BOT",
                    "bot_token": "xoxb-1",
                    "scopes": ["chat:write"],
                    "user_tokens": {"U1": "xoxp-1"},
                    "channels": ["joint"],
                }
            ],
        },
        {
            "id": "A2",
            "name": "Short",
            "scopes": ["chat:write"],
            "request_url": "http://127.0.0.1:9/",
            "commands": ["/s"],
        },
    ],
}


def test_a_file_fixes_every_id_token_and_secret() -> None:
    workspace = build(json.loads(json.dumps(FULL)))

    app = workspace.apps["A1"]
    assert (app.client_id, app.client_secret, app.signing_secret, app.app_tokens) == (
        "1.2",
        "c",
        "s",
        ["xapp-1"],
    )
    assert app.socket_mode
    assert workspace.tokens["xoxb-1"].scopes == ["chat:write"]
    assert workspace.tokens["xoxp-1"].user == "U1"
    assert workspace.people["U0BOT"].bot_id == "B0BOT"
    assert workspace.channels["C1"].members == ["U1", "U2", "U0BOT"]
    assert workspace.apps["A2"].events_url == "http://127.0.0.1:9/"
    assert not workspace.apps["A2"].socket_mode


@pytest.mark.parametrize("file", [FULL, first_workspace()], ids=["full", "built in"])
def test_what_is_printed_is_a_file_again(file: Json) -> None:
    printed = shown(build(json.loads(json.dumps(file))))

    again = shown(build(json.loads(json.dumps(printed))))

    assert again == printed


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": [{"id": "U1", "name": "bo"}]},
        {"teams": [{"id": "T1"}]},
        {**FULL, "people": [{"id": "U1", "name": "bo", "team": "T9"}]},
        {**FULL, "apps": [{"installations": [{"channels": ["nowhere"]}]}]},
        {**FULL, "people": [{"id": "U1", "name": "bo", "tz": "Europe/Nowhere"}]},
        {**FULL, "channels": [{"id": "C1", "kind": "secret"}]},
    ],
    ids=[
        "no team",
        "a nameless team",
        "an unknown team",
        "an unknown channel",
        "an unknown time zone",
        "no kind",
    ],
)
def test_a_file_that_makes_no_workspace_is_refused(wrong: Json) -> None:
    with pytest.raises(Unreadable):
        build(json.loads(json.dumps(wrong)))


async def test_both_apps_of_a_file_are_served_side_by_side() -> None:
    async with started(json.loads(json.dumps(FULL))) as sandbox:
        one = await client(sandbox, app="A1").auth_test()
        two = await client(sandbox, app="A2").auth_test()

    assert (one["user_id"], one["enterprise_id"]) == ("U0BOT", "E1")
    assert two["user_id"] != "U0BOT"


def test_a_manifest_is_added_to_a_workspace(tmp_path: Path) -> None:
    manifest, file = tmp_path / "manifest.json", tmp_path / "workspace.json"
    manifest.write_text(json.dumps(MANIFEST))
    file.write_text(json.dumps(FULL))

    alone = build(file_of(None, [manifest]))
    beside = build(file_of(file, [manifest]))

    assert [app.name for app in alone.apps.values()] == ["Greeter"]
    assert len(beside.apps) == 3


@pytest.mark.parametrize("said", ["{", "[]", '{"display_information": {"name": ""}}'])
def test_a_manifest_that_slack_would_refuse_ends_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(said)

    assert main(["--app", str(manifest)]) == 2
    assert str(manifest) in capsys.readouterr().err


async def test_the_program_prints_what_an_app_needs_and_ends_on_sigterm(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps(FULL))
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "counterpoise_sandbox", "--port", "0", "--json", "--workspace", str(file)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    async with asyncio.timeout(60):
        said = json.loads(await program.stdout.readline())
    headers = {"Authorization": "Bearer xoxb-1"}
    address = f"{said['api_url']}auth.test"
    async with aiohttp.ClientSession(headers=headers) as session, session.post(address) as answer:
        whose = await answer.json()
    program.send_signal(signal.SIGTERM)
    _, complaints = await program.communicate()

    assert said["apps"][0]["signing_secret"] == "s"
    assert whose["bot_id"] == "B0BOT"
    assert (program.returncode, complaints) == (0, b"")


def test_an_app_in_short_is_installed_as_its_own_fields_say() -> None:
    short = {
        "name": "Short",
        "app_token": "xapp-9",
        "bot_token": "xoxb-9",
        "bot_user": "U9",
        "channels": ["joint"],
    }

    workspace = build(json.loads(json.dumps({**FULL, "apps": [short], "channels": FULL["channels"][:1]})))

    printed = shown(workspace)["apps"][0]
    assert (printed["bot_token"], printed["app_tokens"], printed["bot_user"]) == ("xoxb-9", ["xapp-9"], "U9")
    assert "U9" in workspace.channels["C1"].members
