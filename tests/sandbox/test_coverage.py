"""The table of methods tells the truth: what is routed is in it, what the official client knows is in it."""

import re
from pathlib import Path

import pytest
import slack_sdk.web.client

from counterpoise_sandbox.methods.coverage import page, played
from counterpoise_sandbox.methods.table import METHODS
from counterpoise_sandbox.running import Sandbox
from tests.architecture.tree import ROOT
from tests.sandbox.bots import client, refusal

CLIENT = Path(slack_sdk.web.client.__file__).read_text(encoding="utf-8")
KNOWN = sorted(set(re.findall(r'api_call\(\s*"([^"]+)"', CLIENT)))
WHOLLY = (
    "apps.connections.open apps.uninstall api.test assistant.threads.setStatus assistant.threads.setSuggestedPrompts"
    " assistant.threads.setTitle auth.revoke auth.teams.list auth.test blocks.validate bots.info emoji.list"
    " files.getUploadURLExternal files.completeUploadExternal files.info files.list files.delete oauth.v2.access"
    " oauth.v2.exchange team.info users.conversations users.getPresence users.identity users.info users.list"
    " users.lookupByEmail users.profile.get users.profile.set users.setPresence"
)
FAMILIES = ("bookmarks.", "chat.", "conversations.", "reactions.", "views.")


def test_every_method_of_the_official_client_is_in_the_table() -> None:
    assert [name for name in KNOWN if played(name) is None] == []


def test_what_must_be_played_wholly_is() -> None:
    wanted = {*WHOLLY.split(), *(name for name in KNOWN if name.startswith(FAMILIES))}

    assert {name: played(name) for name in wanted} == dict.fromkeys(wanted, "wholly")


def test_no_method_is_both_played_and_not() -> None:
    assert [name for name in METHODS if played(name) == "not"] == []


@pytest.mark.parametrize("name", ["admin.users.list", "rtm.connect", "no.such.thing"])
async def test_what_is_not_played_is_an_unknown_method(sandbox: Sandbox, name: str) -> None:
    assert await refusal(client(sandbox).api_call(name)) == "unknown_method"


async def test_every_method_of_the_table_is_routed(sandbox: Sandbox) -> None:
    nobody = client(sandbox, "xoxb-nobody")
    answers = {name: await refusal(nobody.api_call(name)) for name in METHODS}

    assert [name for name, error in answers.items() if error == "unknown_method"] == []


def test_the_page_holds_the_table() -> None:
    text = ROOT.joinpath("docs/sandbox.md").read_text(encoding="utf-8")

    assert page() in text
