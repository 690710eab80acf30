"""Who is speaking: the home of an account in every combination of team, user, enterprise and shared channel."""

from typing import Any

import pytest
from slack_bolt.request.internals import extract_actor_team_id, extract_actor_user_id

from counterpoise_bot.message import Account
from counterpoise_bot.people import account_of, account_of_profile

HOST, FOREIGN, GRID = "T1HOST", "T9FOREIGN", "E1GRID"
USER = "U1"


def event(inner: dict[str, Any], **outer: object) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": HOST, "event": inner, **outer}


EVENTS: list[tuple[str, dict[str, Any], Account | None]] = [
    ("a message at home", event({"type": "message", "user": USER, "team": HOST}), Account(HOST, USER)),
    ("no team on the event", event({"type": "message", "user": USER}), Account(HOST, USER)),
    (
        "a foreigner's message in a shared channel",
        event(
            {"type": "message", "user": USER, "user_team": FOREIGN, "team": FOREIGN},
            is_ext_shared_channel=True,
        ),
        Account(FOREIGN, USER),
    ),
    (
        "a foreigner who is only told by source_team",
        event({"type": "message", "user": USER, "source_team": FOREIGN}, is_ext_shared_channel=True),
        Account(FOREIGN, USER),
    ),
    (
        "a host's message in a shared channel",
        event({"type": "message", "user": USER, "user_team": HOST}, is_ext_shared_channel=True),
        Account(HOST, USER),
    ),
    (
        "nobody's home is told in a shared channel",
        event({"type": "message", "user": USER}, is_ext_shared_channel=True),
        None,
    ),
    (
        "one of an organisation that spans teams",
        event({"type": "message", "user": USER, "team": HOST}, enterprise_id=GRID),
        Account(GRID, USER),
    ),
    (
        "a foreigner in a channel of an organisation that spans teams",
        event(
            {"type": "message", "user": USER, "user_team": FOREIGN},
            enterprise_id=GRID,
            is_ext_shared_channel=True,
        ),
        Account(FOREIGN, USER),
    ),
    (
        "an edit, whose writer stands in the message",
        event({"type": "message", "subtype": "message_changed", "message": {"user": USER, "team": HOST}}),
        Account(HOST, USER),
    ),
    (
        "a deletion, whose writer stands in the message before",
        event({"type": "message", "subtype": "message_deleted", "previous_message": {"user": USER}}),
        Account(HOST, USER),
    ),
    (
        "a foreigner's edit",
        event(
            {
                "type": "message",
                "subtype": "message_changed",
                "message": {"user": USER, "user_team": FOREIGN},
            },
            is_ext_shared_channel=True,
        ),
        Account(FOREIGN, USER),
    ),
    (
        "a changed profile",
        event({"type": "user_change", "user": {"id": USER, "team_id": FOREIGN}}),
        Account(FOREIGN, USER),
    ),
    ("nobody", event({"type": "message", "subtype": "channel_name"}), None),
    ("a command", {"team_id": HOST, "user_id": USER, "command": "/concern"}, Account(HOST, USER)),
    (
        "a command in an organisation that spans teams",
        {"team_id": HOST, "enterprise_id": GRID, "user_id": USER, "command": "/concern"},
        Account(GRID, USER),
    ),
    (
        "a button at home",
        {"type": "block_actions", "team": {"id": HOST}, "user": {"id": USER, "team_id": HOST}},
        Account(HOST, USER),
    ),
    (
        "a foreigner's button in a channel of ours",
        {"type": "block_actions", "team": {"id": HOST}, "user": {"id": USER, "team_id": FOREIGN}},
        Account(FOREIGN, USER),
    ),
    (
        "a button in an organisation that spans teams",
        {
            "type": "block_actions",
            "team": {"id": HOST, "enterprise_id": GRID},
            "enterprise": {"id": GRID},
            "user": {"id": USER, "team_id": HOST},
        },
        Account(GRID, USER),
    ),
    (
        "a foreigner's button there",
        {
            "type": "block_actions",
            "team": {"id": HOST},
            "enterprise": {"id": GRID},
            "user": {"id": USER, "team_id": FOREIGN},
        },
        Account(FOREIGN, USER),
    ),
    (
        "a dialog of an app that is installed for all teams",
        {
            "type": "view_submission",
            "team": None,
            "enterprise": {"id": GRID},
            "is_enterprise_install": True,
            "user": {"id": USER, "team_id": HOST},
        },
        Account(GRID, USER),
    ),
]


@pytest.mark.parametrize(
    ("body", "expected"), [each[1:] for each in EVENTS], ids=[each[0] for each in EVENTS]
)
def test_an_account_is_known_by_its_home(body: dict[str, Any], expected: Account | None) -> None:
    assert account_of(body) == expected


@pytest.mark.parametrize("body", [each[1] for each in EVENTS if each[2] is not None], ids=str)
def test_the_user_is_the_one_that_bolt_finds(body: dict[str, Any]) -> None:
    account = account_of(body)

    assert account is not None
    found = extract_actor_user_id(body)
    assert found is None or account.user == found


@pytest.mark.parametrize("body", [each[1] for each in EVENTS if each[2] == Account(FOREIGN, USER)], ids=str)
def test_a_foreigner_is_never_taken_for_a_member_of_the_hosts_team(body: dict[str, Any]) -> None:
    account = account_of(body)

    assert account is not None
    assert account.team == FOREIGN
    assert extract_actor_team_id(body) in {None, FOREIGN, HOST}


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({"id": USER, "team_id": FOREIGN}, Account(FOREIGN, USER)),
        ({"id": USER}, Account(HOST, USER)),
        (
            {"id": USER, "team_id": HOST, "enterprise_user": {"id": "W1", "enterprise_id": GRID}},
            Account(GRID, "W1"),
        ),
        ({}, None),
    ],
)
def test_a_profile_tells_the_home(profile: dict[str, Any], expected: Account | None) -> None:
    assert account_of_profile(profile, HOST) == expected
