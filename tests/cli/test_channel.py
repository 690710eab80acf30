"""Channels at the terminal: linked to a pilot by who coordinates it, listed, and unlinked."""

from counterpoise.application.operations import opened
from tests.cli.terminal import Terminal

WHERE = ("T024BE7LH", "C0123ABCD")


def test_a_channel_is_linked_listed_and_unlinked(piloted: Terminal) -> None:
    linked = piloted.done("channel", "link", *WHERE, "convoy map", by="bo")

    (listed,) = piloted.done("channel", "list", by="bo")["channels"]
    with opened(piloted.url) as application:
        assert application.channel_pilot(*WHERE) == linked["pilot"] == listed["pilot"]
    assert (listed["team"], listed["channel"], listed["title"]) == (*WHERE, "Shared convoy map")
    assert WHERE[1] in piloted("channel", by="bo").out

    piloted.done("channel", "unlink", *WHERE, by="bo")
    assert piloted.done("channel", "list", by="bo")["channels"] == []


def test_a_channel_that_is_not_linked_is_refused_in_words(piloted: Terminal) -> None:
    answer = piloted("channel", "unlink", *WHERE, "--json", by="bo")

    assert (answer.code, answer.refused["rule"]) == (1, "channel-state")
