"""The manifest: the files are what the code says, and the code asks for no more than it hears and does."""

from pathlib import Path

import pytest

from counterpoise_bot.manifest import (
    COMMANDS,
    EVENT_SCOPES,
    OPTIONAL_EVENTS,
    OPTIONAL_SCOPES,
    SCOPES,
    SHORTCUTS,
    manifest,
    written,
)
from counterpoise_bot.settings import Mode
from counterpoise_sandbox.checks.manifest import check_manifest
from tests.application.world import World
from tests.bot.talk import talking

SLACK = Path(__file__).parents[2] / "deploy" / "slack"

METHOD_SCOPES = {
    "chat.postMessage": "chat:write",
    "commands": "commands",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write",
    "im conversations": "im:read",
    "private conversations": "groups:read",
    "reactions.add": "reactions:write",
    "users.info": "users:read",
}
"""What the bot does, and the scope that each thing needs."""


@pytest.mark.parametrize("path", written(SLACK), ids=lambda path: path.name)
def test_the_files_are_what_the_code_says(path: Path) -> None:
    assert path.read_text() == written(SLACK)[path]


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_slack_takes_it(mode: Mode) -> None:
    assert check_manifest(manifest(mode=mode)) == []


def test_every_scope_is_needed_by_an_event_or_a_method() -> None:
    needed = {scope for scopes in EVENT_SCOPES.values() for scope in scopes} | set(METHOD_SCOPES.values())

    assert set(SCOPES) == needed
    assert set(OPTIONAL_SCOPES) == {scope for scopes in OPTIONAL_EVENTS.values() for scope in scopes}


def test_nothing_broad_is_asked_for() -> None:
    assert not {"chat:write.public", "users:read.email", "im:read.history", "admin"} & {
        *SCOPES,
        *OPTIONAL_SCOPES,
    }


async def test_what_it_names_is_heard_and_what_is_heard_it_names(small: World) -> None:
    async with talking(small) as talk:
        doors = talk.conversation.doors
        events = {name.partition(".")[0] for name in (*EVENT_SCOPES, *OPTIONAL_EVENTS)}

        assert set(doors.shortcuts) == {callback for _, _, callback, _ in SHORTCUTS}
        assert set(doors.events) <= events
        assert {"/counterpoise", "/concern", "/reflect", "/balance"} == {name for name, *_ in COMMANDS}
