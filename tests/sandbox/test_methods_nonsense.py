"""Whatever an app says, it is answered in Slack's words: nonsense breaks no method."""

import random
from typing import Any

import aiohttp
import pytest

from counterpoise_sandbox.methods.table import METHODS
from counterpoise_sandbox.running import Sandbox

Json = dict[str, Any]

NONSENSE: list[object] = [
    *(
        "",
        "x",
        "C0GENERAL",
        "C0PLANNING",
        "U0BO",
        "U0FARAH",
        "T0DELTA",
        "0",
        "-1",
        "1735689600.000000",
        "[",
        "{}",
    ),
    *(
        [],
        {},
        [[]],
        [{}],
        ["x"],
        {"type": "modal"},
        {"type": "home", "blocks": []},
        [{"type": "section"}],
        0,
        -1,
        1.5,
    ),
    *(
        True,
        False,
        "true",
        "\ud83d\ude00",
        "x" * 5000,
        [{"id": "F1"}],
        {"event_type": "x", "event_payload": {}},
    ),
]
TRIES = 12


@pytest.mark.parametrize("name", sorted(METHODS))
async def test_nonsense_is_refused_in_slacks_words(sandbox: Sandbox, name: str) -> None:
    chance = random.Random(name)
    method = METHODS[name]
    sandbox.workspace.tokens[sandbox.bot_token()].scopes += method.scopes
    wrong: list[Json] = []
    async with aiohttp.ClientSession() as session:
        for _ in range(TRIES):
            said = {one: chance.choice(NONSENSE) for one in method.arguments if chance.random() < 0.8}
            headers = {"Authorization": f"Bearer {token(sandbox, name)}"}
            async with session.post(sandbox.api_url + name, json=said, headers=headers) as answer:
                told = await answer.json()
            if answer.status != 200 or told.get("error") == "internal_error":
                wrong.append(said)

    assert wrong == []


def token(sandbox: Sandbox, name: str) -> str:
    """Return a token of the kind a method takes, as long as there is one that is good."""
    kinds = METHODS[name].tokens
    good = [one.value for one in sandbox.workspace.tokens.values() if one.kind in kinds and not one.revoked]
    return next(iter(good), "")
