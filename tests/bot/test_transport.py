"""What the transport answers, case by case, over real HTTP: Slack never sees a failure, nothing is heard twice."""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.application.world import World
from tests.bot.rig import TEAM, Rig, rigged
from tests.bot.signing import command, dialog, event, headers, interaction, press


@pytest.fixture
async def rig(small: World) -> AsyncIterator[Rig]:
    async with rigged(small) as rig:
        yield rig


def said(text: str, *, user: str = "U0BO", event_id: str = "Ev1", **more: object) -> bytes:
    """Return the body of a direct message to the bot."""
    return event(text, event_id=event_id, user=user, channel="D0NOWHERE", channel_type="im", **more)


def concern(text: str = "", *, trigger: str = "1.2.3", name: str = "/concern") -> bytes:
    return (
        command(text, name=name, trigger=trigger)
        .replace(b"user_id=U1", b"user_id=U0BO")
        .replace(b"team_id=T1", b"team_id=T0RIVERSIDE")
        .replace(b"channel_id=C1", b"channel_id=C0GENERAL")
    )


def posted(rig: Rig) -> Counter[tuple[str, str]]:
    """Return how often each text was posted where."""
    posts = [exchange.request for exchange in rig.sandbox.record.calls("chat.postMessage")]
    return Counter((str(post["channel"]), str(post["text"])) for post in posts)


def heard(rig: Rig) -> int:
    """Return how many requests the bot has heard to their end."""
    return len(rig.world.application.kept.all("heard"))


async def test_the_address_is_verified_by_its_challenge(rig: Rig) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "3eZbrw", "token": "x"}).encode()

    assert await rig.send(raw) == (200, "3eZbrw")


async def test_a_signed_event_is_acknowledged_empty_and_at_once(rig: Rig) -> None:
    begun = time.monotonic()

    assert await rig.send(said("Hello")) == (200, "")
    assert time.monotonic() - begun < 1


async def test_what_nobody_signed_or_long_ago_stays_outside(rig: Rig) -> None:
    raw, now = said("Hello"), time.time()
    before = heard(rig)

    assert (await rig.post(raw, {"Content-Type": "application/json"}))[0] == 401
    assert (await rig.post(raw, headers(raw, secret="another")))[0] == 401
    assert (await rig.send(raw, at=now - 360))[0] == 401
    assert (await rig.send(raw, at=now + 360))[0] == 401
    assert (await rig.send(raw, more={"X-Slack-Request-Timestamp": "noon"}))[0] == 401
    await rig.quiet()
    assert heard(rig) == before


async def test_what_is_signed_and_makes_no_sense_is_told_so(rig: Rig) -> None:
    assert (await rig.send(b"nonsense"))[0] == 400
    assert (await rig.send(b"[" * 5_000 + b"]" * 5_000))[0] == 400
    assert (await rig.form(b"payload=nonsense"))[0] == 400


async def test_a_body_that_is_too_large_is_not_read_to_its_end(rig: Rig) -> None:
    assert (await rig.send(b"w" * (1024 * 1024 + 1)))[0] == 413


async def direct(rig: Rig, text: str) -> tuple[str, bytes]:
    """Return the conversation between Bo and the bot, and the body of something Bo says there."""
    channel = (await rig.bot.chat.out.ask(TEAM, "conversations.open", users="U0BO"))["channel"]["id"]
    told = {"user": "U0BO", "channel": channel, "channel_type": "im", "ts": "5.0", "event_ts": "5.0"}
    return channel, json.dumps({**json.loads(event(text, **told)), "team_id": TEAM}).encode()


async def test_the_identical_request_again_has_no_second_effect(rig: Rig) -> None:
    channel, raw = await direct(rig, "What needs my answer?")
    given = headers(raw, secret=rig.sandbox.app().signing_secret)

    first = await rig.post(raw, given)
    second = await rig.post(raw, given)
    await rig.quiet()

    assert first == second == (200, "")
    assert {many for (where, _), many in posted(rig).items() if where == channel} == {1}


@pytest.mark.parametrize("event_id", ["Ev1", "Ev2"], ids=["under its id", "under another id"])
async def test_slack_s_retry_has_no_second_effect(rig: Rig, event_id: str) -> None:
    channel, raw = await direct(rig, "What needs my answer?")
    await rig.send(raw, at=time.time() - 2)
    await rig.quiet()
    posts = {place for place in posted(rig) if place[0] == channel}
    assert posts

    again = json.dumps({**json.loads(raw), "event_id": event_id}).encode()
    retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert (await rig.send(again, more=retry))[0] == 200
    await rig.quiet()

    assert {posted(rig)[place] for place in posts} == {1}


@pytest.mark.parametrize(
    "text", ["", "Drones over the clinic", "w" * 12_000], ids=["bare", "short", "12,000"]
)
async def test_a_known_command_is_acknowledged_within_three_seconds(rig: Rig, text: str) -> None:
    begun = time.monotonic()

    status, _ = await rig.form(concern(text))

    assert status == 200
    assert time.monotonic() - begun < 3


async def test_what_is_unknown_or_stale_is_answered(rig: Rig) -> None:
    assert (await rig.form(concern("Hello", name="/nonsense")))[0] == 200
    assert (await rig.form(press("button-of-last-year")))[0] == 200
    assert (await rig.form(dialog("dialog-of-last-year")))[0] == 200
    shortcut = {
        "type": "shortcut",
        "callback_id": "old",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "trigger_id": "1",
    }
    assert (await rig.form(interaction(shortcut)))[0] == 200
    menu = {"type": "block_suggestion", "action_id": "old", "block_id": "b", "value": "a"}
    assert (await rig.form(interaction({**menu, "team": {"id": "T1"}, "user": {"id": "U1"}})))[0] == 200
    assert (await rig.form(interaction({"type": "of the future"})))[0] == 200
    assert (await rig.send(json.dumps({"type": "of the future"}).encode()))[0] == 200


async def test_a_message_of_the_bot_itself_is_not_answered(rig: Rig) -> None:
    installed = rig.sandbox.installation()
    raw = said("I said this", user=installed.bot_user, bot_id=installed.bot_id)

    assert await rig.send(raw) == (200, "")
    await rig.quiet()
    assert "I said this" not in str(rig.sandbox.record.calls("chat.postMessage"))


async def test_two_hundred_at_once_are_all_acknowledged(rig: Rig) -> None:
    answers = await asyncio.gather(
        *(rig.send(said("hm", event_id=f"Ev{n}", ts=f"{n}.5", event_ts=f"{n}.5")) for n in range(200))
    )

    assert answers == [(200, "")] * 200


async def test_other_methods_and_places_are_refused_without_words(rig: Rig) -> None:
    async with rig.http.get(f"{rig.bot.url}/slack/events") as answer:
        assert answer.status == 405
    async with rig.http.get(f"{rig.bot.url}/nowhere") as answer:
        assert answer.status == 404
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_bot_that_is_ready_says_so(rig: Rig) -> None:
    async with rig.http.get(f"{rig.bot.url}/health/ready") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "store": True})
    async with rig.http.get(f"{rig.bot.url}/health/live") as answer:
        assert answer.status == 200


async def test_a_bot_whose_store_is_gone_is_not_ready(rig: Rig) -> None:
    rig.world.application.log.close()

    async with rig.http.get(f"{rig.bot.url}/health/ready") as answer:
        assert (answer.status, (await answer.json())["ready"]) == (503, False)


async def test_no_line_of_the_log_names_anybody_or_repeats_words(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bo = rig.sandbox.person("bo")
    await bo.command("/concern", "Families are afraid", channel="general")
    await rig.send(said("Families are afraid"))
    await rig.post(said("Families are afraid"), {})
    await rig.form(press("afraid"))
    await rig.quiet()

    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("counterpoise_bot", "slack_", "aiohttp.client", "asyncio"))
    ]
    secrets = ("U0BO", "afraid", "xoxb", "C0GENERAL", "127.0.0.1", rig.sandbox.app().signing_secret)
    assert not [line for line in ours for secret in secrets if secret in line]


# Socket Mode


async def test_a_command_is_answered_through_a_socket(small: World) -> None:
    async with rigged(small, "socket") as rig:
        bo = rig.sandbox.person("bo")

        acknowledged = await bo.command("/concern", "Drones over the clinic", channel="general")
        await rig.quiet()

        assert acknowledged["acknowledged"]
        assert rig.sandbox.screen("bo").ephemerals()


async def test_a_socket_that_is_cut_is_opened_again_and_nothing_is_lost(small: World) -> None:
    async with rigged(small, "socket") as rig:
        bo = rig.sandbox.person("bo")
        await rig.sandbox.engine.post.sockets.disconnect(rig.sandbox.app().id)
        await rig.sandbox.connected()
        await rig.sandbox.quiet(settle=0.3)

        acknowledged = await bo.command("/concern", "Drones over the clinic", channel="general")
        await rig.quiet()

        assert acknowledged["acknowledged"]
        assert rig.sandbox.screen("bo").ephemerals()


async def test_what_is_unknown_is_acknowledged_through_a_socket(small: World) -> None:
    async with rigged(small, "socket") as rig:
        assert (await rig.sandbox.person("bo").command("/reflect", "", channel="general"))["acknowledged"]
        assert (await rig.sandbox.person("amal").command("/concern", "Who am I", channel="general"))[
            "acknowledged"
        ]


async def test_a_bot_with_a_socket_is_ready_once_it_stands(small: World) -> None:
    async with rigged(small, "socket") as rig, rig.http.get(f"{rig.bot.url}/health/ready") as answer:
        assert await answer.json() == {"ready": True, "store": True, "slack": True}


async def test_with_a_socket_nothing_listens_for_requests(small: World) -> None:
    async with rigged(small, "socket") as rig:
        assert (await rig.send(said("Hello")))[0] == 404


# Duplicates


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_duplicates_and_retries_do_nothing_twice(small: World, mode: str) -> None:
    async with rigged(small, "http" if mode == "http" else "socket") as rig:
        rig.sandbox.faults.duplicates = 2
        await rig.sandbox.person("bo").say("Counterpoise", "What needs my answer?")
        await rig.quiet()

        assert set(posted(rig).values()) == {1}
