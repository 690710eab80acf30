"""Slack's mrkdwn and ordinary Markdown, read as a person would read them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise_sandbox import markdown
from counterpoise_sandbox.mrkdwn import Reader, html, inline, plain

ANA = Reader(
    people={"U1": "Ana", "U2": "Bo <b>"},
    channels={"C1": "harbour"},
    zone=ZoneInfo("Europe/Paris"),
    locale="fr-FR",
    now=datetime(2026, 5, 1, 12, tzinfo=UTC),
    me="U1",
    channel_address=lambda channel: f"/as/U1/{channel}",
)
STAMP = int(datetime(2026, 5, 1, 7, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold*", "<strong>bold</strong>"),
        ("_italic_", "<em>italic</em>"),
        ("~gone~", "<del>gone</del>"),
        ("*bold and _both_*", "<strong>bold and <em>both</em></strong>"),
        ("2*3*4", "2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("`*code*`", "<code>*code*</code>"),
        ("1 &lt; 2 &amp;&amp; 3", "1 &lt; 2 &amp;&amp; 3"),
        ("a < b", "a &lt; b"),
        (":no_such_emoji:", ":no_such_emoji:"),
        ("10:30:15", "10:30:15"),
        ("one\ntwo", "one<br>two"),
        (
            "<https://example.test>",
            link
            := '<a href="https://example.test" target="_blank" rel="noopener noreferrer">https://example.test</a>',
        ),
        ("<https://example.test|*here*>", link.replace(">https://example.test<", "><strong>here</strong><")),
        ("<!here>", '<span class="mention">@<bdi>here</bdi></span>'),
        ("<!subteam^S1|@watch>", '<span class="mention">@<bdi>watch</bdi></span>'),
        ("<@U1>", '<span class="mention mine">@<bdi>Ana</bdi></span>'),
        ("<@U2>", '<span class="mention">@<bdi>Bo &lt;b&gt;</bdi></span>'),
        ("<@U9|Cy>", '<span class="mention">@<bdi>Cy</bdi></span>'),
        ("<#C1>", '<a href="/as/U1/C1"><span class="mention">#<bdi>harbour</bdi></span></a>'),
        ("<#C9|elsewhere>", '<span class="mention">#<bdi>elsewhere</bdi></span>'),
    ],
)
def test_a_run_of_mrkdwn_is_drawn(text: str, shown: str) -> None:
    assert inline(text, ANA) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("&gt; said\n> again\nno", "<blockquote><p>said<br>again</p></blockquote><p>no</p>"),
        (">>> all\nof it", "<blockquote><p>all<br>of it</p></blockquote>"),
        ("• a\n• b", "<ul><li>a</li><li>b</li></ul>"),
        ("2. a\n3. b", '<ol start="2"><li>a</li><li>b</li></ol>'),
        ("```\nx = *1*\n```", "<pre><code>x = *1*</code></pre>"),
    ],
)
def test_passages_quotes_lists_and_code_are_drawn(text: str, shown: str) -> None:
    assert html(text, ANA) == shown


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("{date_num} {time}", "2026-05-01 09:00"),
        ("{date_short_pretty}", "aujourd’hui"),  # noqa: RUF001
        ("{date}", "1 mai 2026"),
        ("{date_long}", "vendredi 1 mai 2026"),
        ("{ago}", "il y a 5 heures"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_and_language(pattern: str, shown: str) -> None:
    assert f">{shown}</time>" in inline(f"<!date^{STAMP}^{pattern}|then>", ANA)


def test_a_reader_of_twelve_hours_is_told_in_twelve_hours() -> None:
    reader = Reader(hours=12, zone=ZoneInfo("America/New_York"))

    assert "3:00 AM" in inline(f"<!date^{STAMP}^{{time}}|then>", reader)


@pytest.mark.parametrize("entity", ["<!date^soon^{date}|later>", f"<!date^{STAMP}^{{century}}|later>"])
def test_a_moment_that_cannot_be_told_falls_back(entity: str) -> None:
    assert inline(entity, ANA) == "later"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JAVASCRIPT:x"])
def test_no_link_leads_outside_the_web(address: str) -> None:
    assert "<a " not in inline(f"<{address}|click>", ANA)
    assert "<a " not in markdown.html(f"[click]({address})", ANA)


def test_plain_text_keeps_its_marks_and_draws_its_emoji() -> None:
    assert plain("*a* :scales:").startswith("*a* <span")


@given(st.text(alphabet=st.sampled_from("ab<>&\"'`*_~\n:|@#!^ -1.[]()")))
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    allowed = (
        "<p",
        "<br",
        "<ul",
        "<ol",
        "<li",
        "<em",
        "<del",
        "<strong",
        "<code",
        "<pre",
        "<a ",
        "<span",
        "<bdi",
        "<blockquote",
    )
    for drawn in (html(text, ANA), markdown.html(text, ANA)):
        tags = {piece for piece in drawn.split("<")[1:] if not piece.startswith("/")}

        assert all(f"<{tag}".startswith((*allowed, "<hr", "<div", "<table", "<t")) for tag in tags)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**b** *i* ~~s~~", "<p><strong>b</strong> <em>i</em> <del>s</del></p>"),
        ("- a\n- [x] b", "<ul><li>a</li><li>☑ b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ("---", "<hr>"),
        ("<b>", "<p>&lt;b&gt;</p>"),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1</code></pre>"),
        ("# One", '<p class="heading h1" role="heading" aria-level="4">One</p>'),
    ],
)
def test_ordinary_markdown_is_drawn(text: str, shown: str) -> None:
    assert markdown.html(text) == shown


def test_a_markdown_table_is_a_table() -> None:
    drawn = markdown.html("| a | b |\n|---|---|\n| 1 | 2 |")

    assert "<th>a</th><th>b</th>" in drawn
    assert "<td>1</td><td>2</td>" in drawn
