"""Slack at its worst: busy, broken, silent, refusing blocks; what was to be said is said, once, plainer if need be."""

from collections.abc import AsyncIterator

import pytest

from counterpoise_bot import blocks
from counterpoise_bot.message import Message, Picture, Place
from counterpoise_sandbox.faults import Blow, Fault
from tests.application.world import World
from tests.bot.rig import TEAM, Rig, rigged

GENERAL = Place(TEAM, "C0GENERAL")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
CHART = {
    "type": "data_visualization",
    "title": "Balance",
    "chart": {"type": "pie", "segments": [{"label": "Gains", "value": 3.2}]},
}


@pytest.fixture
async def rig(small: World) -> AsyncIterator[Rig]:
    async with rigged(small) as rig:
        yield rig


def said(rig: Rig) -> list[str]:
    return [text for text in rig.sandbox.screen("bo").texts("general") if "road" in text]


@pytest.mark.parametrize("fault", ["ratelimited", "server_error", "dropped_answer"])
async def test_a_message_stands_once_whatever_becomes_of_its_answer(rig: Rig, fault: Fault) -> None:
    rig.sandbox.faults.blows.append(Blow(fault=fault, method="chat.postMessage", retry_after=0))

    await rig.bot.chat.out.post(GENERAL, Message("The road is open"), key="road")
    await rig.quiet()

    assert said(rig) == ["The road is open"]


async def test_a_refused_chart_becomes_a_picture_with_the_same_words(rig: Rig) -> None:
    rig.sandbox.faults.refused_blocks = ["data_visualization"]
    plainer = Message("The road: 3.2", (blocks.section("The road: 3.2"),), picture=Picture(PNG, "It rises"))

    await rig.bot.chat.out.post(GENERAL, Message("The road: 3.2", (CHART,), plainer=plainer), key="road")
    await rig.quiet()

    assert said(rig) == ["The road: 3.2"]
    assert [file["alt_txt"] for file in rig.sandbox.screen("bo").files()] == ["It rises"]


async def test_a_record_does_not_wait_for_slack(rig: Rig) -> None:
    rig.sandbox.faults.blows.append(Blow(fault="server_error", method="chat.postMessage", count=3))

    acknowledged = await rig.sandbox.person("bo").command("/concern", "The road is mined", channel="general")
    await rig.quiet()

    assert acknowledged["acknowledged"]
    assert "The road is mined" in str(rig.sandbox.screen("bo").ephemerals())


async def test_a_slack_that_is_down_when_the_bot_begins_is_no_reason_to_end(small: World) -> None:
    nowhere = "http://127.0.0.1:9/api/"
    async with rigged(small, api_url=nowhere) as rig, rig.http.get(f"{rig.bot.url}/health/ready") as answer:
        assert answer.status == 200
