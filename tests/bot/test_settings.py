"""The bot's settings: what is missing is named, with what to set it to; secrets are shown nowhere."""

import pytest

from counterpoise_bot.settings import UnsetSetting, settings

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_APP_TOKEN": "xapp-secret"}
HTTP = {
    "SLACK_BOT_TOKEN": "xoxb-secret",
    "SLACK_SIGNING_SECRET": "signed-secret",
    "COUNTERPOISE_SLACK_MODE": "http",
}


def test_socket_mode_needs_two_tokens_and_nothing_else() -> None:
    made = settings(SOCKET)

    assert (made.mode, made.many, made.api_url) == ("socket", False, "https://slack.com/api/")


def test_several_workspaces_install_where_there_is_no_bot_token() -> None:
    made = settings(
        {
            **HTTP,
            "SLACK_BOT_TOKEN": "",
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "client-secret",
            "SLACK_AUTHORIZE_URL": "http://127.0.0.1:1/oauth/v2/authorize",
        }
    )

    assert made.many
    assert made.authorize_url == "http://127.0.0.1:1/oauth/v2/authorize"


def test_teams_are_named_with_blanks_or_commas() -> None:
    assert settings({**SOCKET, "COUNTERPOISE_SLACK_EMOJI": ":balance:"}).emoji == "balance"
    assert settings({**SOCKET, "COUNTERPOISE_SLACK_TEAMS": "T1, T2 T3"}).teams == {"T1", "T2", "T3"}


def test_a_last_slash_of_our_own_address_does_not_matter() -> None:
    made = settings({**SOCKET, "COUNTERPOISE_PUBLIC_URL": "https://counterpoise.example/"})

    assert made.public_url == "https://counterpoise.example"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "SLACK_BOT_TOKEN"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({**HTTP, "SLACK_SIGNING_SECRET": " "}, "SLACK_SIGNING_SECRET"),
        ({**SOCKET, "COUNTERPOISE_SLACK_MODE": "carrier pigeon"}, "COUNTERPOISE_SLACK_MODE"),
        ({**SOCKET, "SLACK_API_URL": "https://slack.com"}, "SLACK_API_URL"),
        ({**SOCKET, "SLACK_API_URL": "slack.com/api/"}, "SLACK_API_URL"),
        ({**SOCKET, "COUNTERPOISE_PUBLIC_URL": "counterpoise.example"}, "COUNTERPOISE_PUBLIC_URL"),
    ],
    ids=["nothing", "half", "socket", "http", "mode", "api", "scheme", "public"],
)
def test_what_is_missing_is_named_with_what_to_set(given: dict[str, str], named: str) -> None:
    with pytest.raises(UnsetSetting) as caught:
        settings(given)

    assert named in caught.value.remedy


def test_secrets_are_in_no_representation() -> None:
    shown = repr(
        settings({**HTTP, **SOCKET, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "client-secret"})
    )

    assert "secret" not in shown.replace("signing_secret", "").replace("client_secret", "")
