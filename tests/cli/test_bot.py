"""`counterpoise bot`: it says where it listens, hears Slack, stops when it is told to, and says what is not set."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from counterpoise.application.operations import found, opened
from counterpoise_bot.manifest import manifest
from counterpoise_bot.settings import NAMES, Mode
from counterpoise_sandbox.running import Sandbox, started
from tests.cli.terminal import PROGRAM, Terminal


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Return the address of a store with one administrator."""
    url = f"sqlite:///{tmp_path / 'log.db'}"
    with opened(url, make=True) as application:
        found(application, actor="Clinic", categories=("humanitarian",), name="Bo", handle="bo")
    return url


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@dataclass
class Bot:
    """A bot that runs, and what it said when it began."""

    process: asyncio.subprocess.Process
    said: dict[str, Any]

    async def stop(self) -> tuple[int, str]:
        """Stop it as an operator does; return its exit code, and what it said on the standard error."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = await self.process.communicate()
        return self.process.returncode or 0, errors.decode()


async def begun(store: str, sandbox: Sandbox, mode: Mode, **given: str) -> asyncio.subprocess.Process:
    """Begin to run a bot of the sandbox's app."""
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": sandbox.bot_token(),
        "SLACK_APP_TOKEN": sandbox.app_token(),
        "SLACK_SIGNING_SECRET": sandbox.app().signing_secret,
        "SLACK_API_URL": sandbox.api_url,
        "COUNTERPOISE_SLACK_MODE": mode,
        **given,
    }
    words = ("bot", "--port", "0", "--json", "--store", store)
    return await asyncio.create_subprocess_exec(
        PROGRAM, *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


@asynccontextmanager
async def run(store: str, sandbox: Sandbox, mode: Mode) -> AsyncIterator[Bot]:
    """Run a bot of the sandbox's app until the caller is done."""
    process = await begun(store, sandbox, mode)
    assert process.stdout is not None
    try:
        yield Bot(process, json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_over_http_it_says_where_it_listens_and_answers_there(store: str) -> None:
    async with started(apps=[manifest(mode="http")]) as sandbox, run(store, sandbox, "http") as bot:
        sandbox.serve_events_at(bot.said["addresses"]["events"])
        answered = await sandbox.person("bo").command("/concern", "Drones over the clinic", channel="general")
        await sandbox.quiet()

        assert answered["acknowledged"]
        assert "I do not know you here yet" in sandbox.screen("bo").ephemerals()[-1]["text"]
        async with ClientSession() as http, http.get(bot.said["addresses"]["ready"]) as ready:
            assert (await ready.json())["ready"]
        assert await bot.stop() == (0, "")


async def test_in_socket_mode_it_connects_and_answers(store: str) -> None:
    async with started(apps=[manifest(mode="socket")]) as sandbox, run(store, sandbox, "socket") as bot:
        await sandbox.connected()
        answered = await sandbox.person("bo").command("/concern", "Drones over the clinic", channel="general")
        await sandbox.quiet()

        assert answered["acknowledged"]
        assert "I do not know you here yet" in sandbox.screen("bo").ephemerals()[-1]["text"]
        assert "events" not in bot.said["addresses"]
        code, _ = await bot.stop()
        assert code == 0


async def test_a_token_that_slack_refuses_is_named(store: str) -> None:
    async with started(apps=[manifest(mode="http")]) as sandbox:
        process = await begun(store, sandbox, "http", SLACK_BOT_TOKEN="xoxb-wrong")
        _, errors = await process.communicate()

    refused = json.loads(errors)["refused"]
    assert process.returncode == 3
    assert refused["rule"] == "token-refused"
    assert "SLACK_BOT_TOKEN" in refused["sentence"]


def test_what_is_not_set_is_named(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Terminal(store, capsys).alone("bot", "--json", "--store", store)

    assert answer.code == 3
    assert answer.refused["rule"] == "unset-setting"
    assert "SLACK_BOT_TOKEN" in answer.refused["remedy"]


def test_a_port_that_is_taken_is_said(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "signed")
    monkeypatch.setenv("COUNTERPOISE_SLACK_MODE", "http")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = Terminal(store, capsys).alone("bot", "--port", port, "--json", "--store", store)

    assert answer.code == 3
    assert "in use" in answer.refused["sentence"]
