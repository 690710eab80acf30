"""What goes wrong on purpose, as the official clients feel it."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.interval_calculator import RetryIntervalCalculator
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.faults import Blow, NoSuchFault
from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, refusal


class AtOnce(RetryIntervalCalculator):
    """No pause before a further try."""

    def calculate_sleep_duration(self, current_attempt: int) -> float:
        """Return no seconds, whatever the attempt."""
        return 0.0 * current_attempt


def patient(sandbox: Sandbox, handler: Any) -> AsyncWebClient:  # noqa: ANN401 - any retry handler
    official = client(sandbox)
    official.retry_handlers = [handler]
    return official


async def test_a_limited_call_says_how_long_to_wait(sandbox: Sandbox) -> None:
    sandbox.faults.blows = [Blow(fault="ratelimited", method="chat.postMessage", count=1, retry_after=30)]
    official = client(sandbox)

    with pytest.raises(SlackApiError) as refused:
        await official.chat_postMessage(channel="C0GENERAL", text="x")

    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "30"
    assert (await official.chat_postMessage(channel="C0GENERAL", text="x"))["ok"]


async def test_the_official_client_waits_and_comes_again(sandbox: Sandbox) -> None:
    sandbox.faults.blows = [Blow(fault="ratelimited", method="*", count=1, retry_after=0)]

    answer = await patient(sandbox, AsyncRateLimitErrorRetryHandler(max_retry_count=1)).auth_test()

    assert answer["ok"]
    assert len(sandbox.record.calls("auth.test")) == 2


async def test_a_broken_server_is_tried_again(sandbox: Sandbox) -> None:
    sandbox.faults.blows = [Blow(fault="server_error", method="auth.test", count=1, status=500)]
    handler = AsyncServerErrorRetryHandler(max_retry_count=1, interval_calculator=AtOnce())

    assert (await patient(sandbox, handler).auth_test())["ok"]


async def test_a_lost_answer_leaves_its_effect(sandbox: Sandbox) -> None:
    sandbox.faults.blows = [Blow(fault="dropped_answer", method="chat.postMessage")]
    official = client(sandbox)
    official.retry_handlers = []

    with pytest.raises(aiohttp.ClientError):
        await official.chat_postMessage(channel="C0GENERAL", text="Once")

    assert sandbox.screen("bo").texts("general")[-1] == "Once"


async def test_a_lost_answer_makes_a_careless_retry_say_it_twice(sandbox: Sandbox) -> None:
    sandbox.faults.blows = [Blow(fault="dropped_answer", method="chat.postMessage")]
    handler = AsyncConnectionErrorRetryHandler(max_retry_count=1, interval_calculator=AtOnce())

    await patient(sandbox, handler).chat_postMessage(channel="C0GENERAL", text="Twice")

    assert sandbox.screen("bo").texts("general")[-2:] == ["Twice", "Twice"]


async def test_a_refused_block_is_pointed_at(sandbox: Sandbox) -> None:
    sandbox.faults.refused_blocks = ["divider"]
    call = client(sandbox).chat_postMessage(channel="C0GENERAL", text="x", blocks=[{"type": "divider"}])

    assert await refusal(call) == "invalid_blocks"


async def test_a_channel_takes_one_message_a_second_where_limits_are_kept(sandbox: Sandbox) -> None:
    sandbox.faults.tiers = True
    official = client(sandbox)
    official.retry_handlers = []

    await official.chat_postMessage(channel="C0GENERAL", text="1")
    elsewhere = await refusal(official.chat_postMessage(channel="C0PILOT", text="1"))
    at_once = await refusal(official.chat_postMessage(channel="C0GENERAL", text="2"))
    sandbox.clock.move(1.1)
    later = await refusal(official.chat_postMessage(channel="C0GENERAL", text="2"))

    assert (elsewhere, at_once, later) == ("", "ratelimited", "")


async def test_a_methods_tier_is_kept(sandbox: Sandbox) -> None:
    sandbox.faults.tiers = True
    official = client(sandbox)

    answers = [await refusal(official.users_list()) for _ in range(21)]
    sandbox.clock.move(61)

    assert answers == [""] * 20 + ["ratelimited"]
    assert await refusal(official.users_list()) == ""


async def test_tokens_expire_on_purpose(sandbox: Sandbox) -> None:
    assert sandbox.settings.expire_tokens() == 1
    assert await refusal(client(sandbox).auth_test()) == "token_expired"


def test_a_fault_that_is_none_is_refused(sandbox: Sandbox) -> None:
    for said in (
        {"nonsense": 1},
        {"blows": [{"fault": "nonsense"}]},
        {"blows": [{"fault": "ratelimited", "x": 1}]},
    ):
        with pytest.raises(NoSuchFault):
            sandbox.faults.switch(said)


async def test_clearing_switches_everything_off(sandbox: Sandbox) -> None:
    before = sandbox.faults.shown()
    sandbox.faults.switch({"tiers": True, "duplicates": 3, "blows": [{"fault": "ratelimited", "count": -1}]})

    sandbox.faults.clear()

    assert sandbox.faults.shown() == before
    assert (await client(sandbox).auth_test())["ok"]
