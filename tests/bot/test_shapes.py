"""Signed requests of every shape, broken at random: never a failure that Slack would show, never a record."""

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from counterpoise.domain.concerns import ConcernRaised
from tests.application.world import World
from tests.bot.rig import TEAM, rigged
from tests.bot.signing import FORM, JSON

TIMES = 240
SEED = 7
ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    {"id": None},
    "w" * 300,
    "\u202e",
    "<!channel>",
)

WHO = {"id": "U0BO", "team_id": TEAM}
PRESSED = {"type": "button", "action_id": "draft-record", "block_id": "b", "value": "none"}
STATE = {"values": {"b": {"words": {"type": "plain_text_input", "value": "Drones"}}}}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "draft",
    "private_metadata": "{}",
    "hash": "1",
    "state": STATE,
}
BESIDE = {"team": {"id": TEAM}, "user": WHO, "trigger_id": "1.2.3", "api_app_id": "A1", "token": "x"}
MESSAGE = {
    "type": "message",
    "channel": "C0GENERAL",
    "user": "U0BO",
    "text": "Drones",
    "ts": "1.0",
    "event_ts": "1.0",
}
ITEM = {"type": "message", "channel": "C0GENERAL", "ts": "1.0"}
EDITED = {**MESSAGE, "subtype": "message_changed", "message": MESSAGE, "previous_message": MESSAGE}

EVENTS = (
    {**MESSAGE, "channel_type": "im"},
    {**MESSAGE, "type": "app_mention"},
    EDITED,
    {**MESSAGE, "subtype": "message_deleted", "deleted_ts": "1.0", "previous_message": MESSAGE},
    {"type": "reaction_added", "user": "U0BO", "reaction": "scales", "item": ITEM, "event_ts": "2.0"},
    {"type": "reaction_removed", "user": "U0BO", "reaction": "scales", "item": ITEM, "event_ts": "2.0"},
    {"type": "app_home_opened", "user": "U0BO", "channel": "D1", "tab": "home", "event_ts": "2.0"},
    {
        "type": "member_joined_channel",
        "user": "U0BO",
        "channel": "C0GENERAL",
        "team": TEAM,
        "event_ts": "2.0",
    },
    {"type": "user_change", "user": {**WHO, "deleted": False, "locale": "fr-FR"}, "event_ts": "2.0"},
    {"type": "tokens_revoked", "tokens": {"oauth": ["U0BO"], "bot": []}, "event_ts": "2.0"},
    {"type": "of the future", "event_ts": "2.0"},
)
INTERACTIONS = (
    {
        **BESIDE,
        "type": "block_actions",
        "container": {"type": "message", "message_ts": "1.0"},
        "actions": [PRESSED],
    },
    {
        **BESIDE,
        "type": "block_actions",
        "container": {"type": "view", "view_id": "V1"},
        "view": VIEW,
        "actions": [PRESSED],
    },
    {**BESIDE, "type": "view_submission", "view": VIEW},
    {**BESIDE, "type": "view_closed", "view": VIEW, "is_cleared": False},
    {**BESIDE, "type": "shortcut", "callback_id": "new-concern"},
    {
        **BESIDE,
        "type": "message_action",
        "callback_id": "record-concern",
        "message": MESSAGE,
        "channel": {"id": "C1"},
    },
    {**BESIDE, "type": "block_suggestion", "action_id": "a", "block_id": "b", "value": "a"},
)
COMMAND = {
    "command": "/concern",
    "text": "",
    "team_id": TEAM,
    "user_id": "U0BO",
    "channel_id": "C1",
    "trigger_id": "1",
}


def broken(given: Any, chance: random.Random) -> Any:  # noqa: ANN401  any part of a payload
    """Return a payload in which some parts are missing, doubled or of another kind."""
    if chance.random() < 0.06:
        return chance.choice(ODD)
    if isinstance(given, dict):
        kept = {name: broken(each, chance) for name, each in given.items() if chance.random() > 0.06}
        return kept | ({chance.choice(("type", "id", "user", "team")): "?"} if chance.random() < 0.05 else {})
    if isinstance(given, list):
        return [broken(each, chance) for each in given for _ in range(chance.choice((1, 1, 1, 0, 2)))]
    return given


def requests(chance: random.Random) -> Iterator[tuple[bytes, str]]:
    """Yield bodies and what they are."""
    for number in range(TIMES):
        match number % 3:
            case 0:
                whole = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}"}
                made = broken({**whole, "event": chance.choice(EVENTS)}, chance)
                yield json.dumps(made).encode(), JSON
            case 1:
                made = broken(chance.choice(INTERACTIONS), chance)
                yield urlencode({"payload": json.dumps(made)}).encode(), FORM
            case _:
                made = {name: broken(each, chance) for name, each in COMMAND.items() if chance.random() > 0.1}
                yield urlencode(made).encode(), FORM


async def test_whatever_shape_it_has_slack_shows_no_failure_and_nothing_is_recorded(small: World) -> None:
    async with rigged(small) as rig:
        before = len(small.events(ConcernRaised))
        for raw, kind in requests(random.Random(SEED)):
            status, _ = await rig.send(raw, kind=kind)
            assert status in {200, 400}, raw
        await rig.quiet()

        assert len(small.events(ConcernRaised)) == before
