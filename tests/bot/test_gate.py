"""The gate: only what Slack signed, of now, once, small enough and no deeper than sense."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from counterpoise_bot.gate import DEEPEST, MOST_BYTES, Gate, Judged
from tests.bot.signing import FORM, JSON, SECRET, command, event, headers, interaction, signature


def judged(raw: bytes, given: dict[str, str], *, gate: Gate | None = None) -> Judged:
    return (gate or Gate(SECRET)).judge(CIMultiDict(given), raw)


def signed(raw: bytes, *, kind: str = JSON, gate: Gate | None = None) -> Judged:
    return judged(raw, headers(raw, kind=kind), gate=gate)


def nested(depth: int) -> bytes:
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_what_slack_signed_is_let_in() -> None:
    assert signed(event()).admitted
    assert signed(command("Hello"), kind=FORM).parsed == {
        "command": "/concern",
        "text": "Hello",
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/r",
    }
    assert signed(interaction({"type": "block_actions"}), kind=FORM).parsed == {"type": "block_actions"}


def test_an_address_is_verified_by_its_challenge() -> None:
    found = signed(json.dumps({"type": "url_verification", "challenge": "3eZbrw"}).encode())

    assert (found.status, found.answer, found.admitted) == (200, "3eZbrw", False)


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
def test_without_signature_or_moment_nobody_is_let_in(name: str) -> None:
    raw = event()
    without = {each: value for each, value in headers(raw).items() if each != name}

    assert judged(raw, without).status == 401


@pytest.mark.parametrize(
    "stamp", ["", "now", "1.5", "-1", "+1", " 1 ", "١٢٣", "0x10", "9" * 30, "1e9", "\uff11\uff12"]
)
def test_a_malformed_moment_is_no_error_of_ours(stamp: str) -> None:
    raw = event()

    assert judged(raw, {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=1"}).status == 401


@pytest.mark.parametrize("off", [-360, -301, 301, 360])
def test_what_is_signed_at_another_time_stays_outside(off: int) -> None:
    raw, now = event(), 1_900_000_000.0
    gate = Gate(SECRET, clock=lambda: now)

    assert judged(raw, headers(raw, at=now + off), gate=gate).status == 401


@pytest.mark.parametrize("off", [-299, 0, 299])
def test_a_clock_that_is_a_little_off_is_forgiven(off: int) -> None:
    raw, now = event(), 1_900_000_000.0
    gate = Gate(SECRET, clock=lambda: now)

    assert judged(raw, headers(raw, at=now + off), gate=gate).admitted


def test_a_signature_of_another_secret_or_body_stays_outside() -> None:
    raw = event()

    assert judged(raw, headers(raw, secret="another")).status == 401
    assert judged(event("Another"), headers(raw)).status == 401


def test_a_signature_in_strange_letters_is_no_error_of_ours() -> None:
    raw = event()

    assert judged(raw, {**headers(raw), "X-Slack-Signature": "v0=été\udcff"}).status == 401


def test_the_identical_request_is_heard_once() -> None:
    raw, gate = event(), Gate(SECRET)
    given = headers(raw)

    assert judged(raw, given, gate=gate).admitted
    again = judged(raw, given, gate=gate)
    assert (again.status, again.admitted) == (200, False)


def test_a_request_that_nobody_signed_is_not_remembered() -> None:
    raw, gate = event(), Gate(SECRET)
    given = headers(raw)

    assert judged(raw + b" ", given, gate=gate).status == 401
    assert judged(raw, given, gate=gate).admitted


def test_a_request_signed_anew_is_heard_again() -> None:
    raw, gate, now = event(), Gate(SECRET), time.time()

    assert judged(raw, headers(raw, at=now - 60), gate=gate).admitted
    assert judged(raw, headers(raw, at=now), gate=gate).admitted


def test_signatures_are_forgotten_when_they_can_no_longer_be_used() -> None:
    now = [1_900_000_000.0]
    gate = Gate(SECRET, clock=lambda: now[0])
    for n in range(10):
        raw = event(event_id=f"Ev{n}")
        judged(raw, headers(raw, at=now[0]), gate=gate)
    now[0] += 700
    raw = event(event_id="Ev10")
    judged(raw, headers(raw, at=now[0]), gate=gate)

    assert len(gate._seen) == 1


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", JSON),
        (b"nonsense", JSON),
        (b"[]", JSON),
        (b'"text"', JSON),
        (b"1", JSON),
        (b"{", JSON),
        (b'{"a": 1', "text/plain"),
        (b"\xff\xfe", JSON),
        (b'{"a": "\\ud800"}', JSON),
        (b'{"a": ' + b"9" * 5_000 + b"}", JSON),
        (nested(DEEPEST + 1), JSON),
        (nested(5_000), JSON),
        (nested(200_000), JSON),
        (b"payload=", FORM),
        (b"payload=nonsense", FORM),
        (b"payload=%5B%5D", FORM),
        (b"payload=" + nested(5_000), FORM),
        (b"", FORM),
        (b"hello", FORM),
        (b"a=b", FORM),
        (b"command=%ff", FORM),
    ],
    ids=lambda given: f"{given[:12]!r} of {len(given)}",
)
def test_what_is_signed_and_makes_no_sense_is_told_so(raw: bytes, kind: str) -> None:
    assert signed(raw, kind=kind).status == 400


def test_what_nests_as_deep_as_a_view_may_is_let_in() -> None:
    assert signed(nested(DEEPEST)).admitted
    assert signed(json.dumps({"text": "[{" * 500, "quoted": 'a"[[' * 100}).encode()).admitted


def test_a_body_has_a_size() -> None:
    room = MOST_BYTES - len(b'{"a":""}')

    assert signed(b'{"a":"' + b"w" * room + b'"}').admitted
    assert signed(b'{"a":"' + b"w" * (room + 1) + b'"}').status == 413


# Whatever comes


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
things = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
)
bodies = (
    st.binary(max_size=300)
    | things.map(lambda thing: json.dumps(thing).encode())
    | st.text(max_size=100).map(lambda text: f"payload={text}".encode("utf-8", "replace"))
)
names = st.sampled_from(
    ["X-Slack-Signature", "X-Slack-Request-Timestamp", "Content-Type", "X-Slack-Retry-Num"]
)
words = st.text(st.characters(codec="latin-1"), max_size=40) | st.sampled_from(
    ["v0=", "v0=" + "0" * 64, "0", JSON]
)


@given(bodies, st.dictionaries(names, words))
def test_nothing_unsigned_passes_and_nothing_raises(raw: bytes, given_headers: dict[str, str]) -> None:
    assert judged(raw, given_headers).status in {401, 413}


@given(bodies, st.sampled_from([JSON, FORM, "", "text/plain; charset=utf-8", "application/json;x"]))
def test_nothing_signed_raises(raw: bytes, kind: str) -> None:
    found = signed(raw, kind=kind)

    assert found.status in {200, 400}
    assert found.admitted == (found.status == 200 and not found.answer and found.parsed is not None)


@given(bodies, st.integers(-2_000, 2_000))
def test_the_window_is_what_it_says(raw: bytes, off: int) -> None:
    now = 1_900_000_000.0
    gate = Gate(SECRET, clock=lambda: now)

    assert (judged(raw, headers(raw, at=now + off), gate=gate).status == 401) == (abs(off) > 300)


@given(bodies, st.binary(min_size=1, max_size=4), st.integers(0, 200))
def test_a_signature_holds_for_its_body_alone(raw: bytes, other: bytes, place: int) -> None:
    changed = raw[:place] + other + raw[place:]

    assert judged(changed, headers(raw)).status == 401


@given(things)
def test_what_is_admitted_is_an_object_that_can_be_kept(thing: object) -> None:
    found = signed(json.dumps(thing).encode())

    if found.admitted:
        assert isinstance(found.parsed, dict)
        json.dumps(found.parsed, ensure_ascii=False).encode()


def test_a_signature_is_as_slack_documents_it() -> None:
    raw = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name"
        b"=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47"
        b"445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    published = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

    assert signature(raw, "1531420618") == published
