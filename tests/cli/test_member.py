"""Members at the terminal: a code that joins a Slack account to one of them is printed, with its end."""

from counterpoise.application.operations import opened
from tests.cli.terminal import Terminal


def test_an_administrator_prints_a_code_that_links_a_slack_account(founded: Terminal) -> None:
    code = founded.done("member", "link", "bo", by="bo")

    with opened(founded.url) as application:
        assert application.members.link(code=code["code"], team="T1", user="U1").id == code["member"]
        assert application.speaker_at("T1", "U1") == application.speaker("bo")
    assert code["until"].endswith("Z") or "+00:00" in code["until"]


def test_a_code_is_printed_with_what_to_type_in_slack(founded: Terminal) -> None:
    shown = founded("member", "link", "bo", by="bo")

    assert shown.code == 0
    assert "/counterpoise link" in shown.out


def test_who_is_no_administrator_gets_no_code_for_another(piloted: Terminal) -> None:
    piloted.said("member", "enrol", by="bo", actor="Lake Relief Agency", handle="ada", name="Ada")

    refused = piloted("member", "link", "bo", "--json", by="ada")

    assert (refused.code, refused.refused["rule"]) == (1, "role-missing")


def test_a_member_is_unlinked_and_then_there_is_nothing_to_unlink(founded: Terminal) -> None:
    code = founded.done("member", "link", "bo", by="bo")
    with opened(founded.url) as application:
        application.members.link(code=code["code"], team="T1", user="U1")

    assert founded.done("member", "unlink", "bo", by="bo")["events"]
    assert founded("member", "unlink", "bo", "--json", by="bo").refused["rule"] == "not-linked"
    with opened(founded.url) as application:
        assert application.speaker_at("T1", "U1") is None


def test_member_alone_lists_members(founded: Terminal) -> None:
    assert founded.done("member", by="bo") == founded.done("member", "list", by="bo")
