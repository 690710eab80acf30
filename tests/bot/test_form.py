"""The private pages: plain forms without script, taken once, with words kept when refused, and nothing logged."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from counterpoise.domain.concerns import ConcernRaised
from counterpoise_bot.form import HEADERS, MOST_BYTES, MOST_WAITING, mounted
from counterpoise_bot.form_pages import LONGEST
from counterpoise_bot.words import LANGUAGES
from tests.application.world import DAY, World, plain

WORDS = "page-canary: they asked for the lists"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><h1>Mine</h1>",
    "{{ 7 * 7 }}{% raise %}",
    "javascript:alert(1)",
    "&lt;already&gt; &amp; escaped",
    "\u202egnirts\u202c and \u2066isolated\u2069",
    "nul\x00 bell\x07 escape\x1b[31m",
    "l'été\u202f: «\u00a0oui\u00a0» \u0645\u0631\u062d\u0628\u0627 \U0001f468\u200d\U0001f469\u200d\U0001f467",
]
Client = TestClient[Any, Any]


@pytest.fixture
async def client(small: World) -> AsyncIterator[Client]:
    async with TestClient(TestServer(mounted(small.application))) as opened:
        yield opened


def link(small: World, kind: str = "restricted", name: str = "omar", language: str = "") -> str:
    token = small.application.forms.open(small.by(name), pilot=small["ferry"], kind=kind, language=language)
    return f"/form/{token}"


async def send(client: Client, path: str, origin: str | None = None, **fields: Any) -> ClientResponse:  # noqa: ANN401
    home = str(client.make_url("/")).rstrip("/")
    return await client.post(path, data=fields, headers={"Origin": home if origin is None else origin})


def released(small: World) -> list[dict[str, Any]]:
    small.application.concerns.release(small.clock.now + 2 * DAY)
    return [plain(each) for each in small.events(ConcernRaised)]


@pytest.mark.parametrize("kind", ["restricted", "anonymous"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_form_is_one_plain_page_in_the_writers_language(
    small: World, client: Client, kind: str, language: str
) -> None:
    answer = await client.get(link(small, kind, language=language))
    page = await answer.text()

    assert answer.status == 200
    assert f'lang="{language}"' in page
    assert ('dir="rtl"' in page) == (language == "ar")
    assert "<script" not in page
    assert not re.search(r"\son\w+=|\sstyle=|https?://", page)
    for control in re.findall(r'<(?:textarea|select|input) id="(\w+)"', page):
        assert f'<label for="{control}">' in page
    assert page.count("<h1>") == page.count("<main") == 1


async def test_every_answer_is_shut_and_kept_by_nobody(small: World, client: Client) -> None:
    path = link(small)
    answers = [
        await client.get(path),
        await client.get("/form/none"),
        await client.get("/form/return"),
        await send(client, path, words=""),
        await send(client, path, origin="https://elsewhere.example", words=WORDS),
    ]

    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script-src" not in policy


async def test_a_restricted_concern_is_recorded_for_those_who_are_ticked(
    small: World, client: Client
) -> None:
    path = link(small)

    answer = await send(client, path, words=WORDS, label="RED", recipients=small["kurt"], severity="high")

    assert answer.status == 200
    (said,) = released(small)
    assert (said["words"], said["label"], said["severity"]) == (WORDS, "RED", "high")
    assert said["recipients"] == (small.name("kurt"),)
    assert (await client.get(path)).status == 410


async def test_an_anonymous_concern_gives_a_code_to_come_back_with(small: World, client: Client) -> None:
    page = await (await send(client, link(small, "anonymous"), words=WORDS, label="GREEN")).text()

    (code,) = re.findall(r"<output>([\d ]+)</output>", page)
    back = await (await send(client, "/form/return", code=code, deed="")).text()
    assert WORDS in back
    added = await send(client, "/form/return", code=code, deed="add", words="By day too")
    assert "By day too" in await added.text()
    (said,) = released(small)
    assert said["words"] == f"{WORDS}\n\nBy day too"
    await send(client, "/form/return", code=code, deed="withdraw", words="A mistake")
    assert "deed" not in await (await send(client, "/form/return", code=code, deed="")).text()


async def test_the_honest_sentences_stand_on_the_page(small: World, client: Client) -> None:
    nameless = await (await client.get(link(small, "anonymous"))).text()
    named = await (await client.get(link(small))).text()

    assert "Nobody can link this to you. Keep the receipt code: with it you can come back." in nameless
    assert "tell a person you trust" in nameless
    assert "Everyone who may read this sees your name." in named
    assert "Everyone who may read this sees your name." not in nameless


async def test_who_could_read_is_offered_by_box_and_by_name(small: World, client: Client) -> None:
    page = await (await client.get(link(small))).text()

    boxes = re.findall(r'<input type="checkbox" name="recipients" value="([^"]+)">', page)
    assert set(boxes) == {small["ines"], small["kurt"], small["lena"]}
    assert "Ines of agency" in page


async def test_what_is_refused_comes_back_with_its_words_and_says_what_is_missing(
    small: World, client: Client
) -> None:
    path = link(small)

    answer = await send(client, path, words=WORDS, label="RED", severity="high", about=small["brigade"])
    page = await answer.text()

    assert answer.status == 422
    assert WORDS in page
    assert 'href="#recipients"' in page
    assert 'aria-describedby="recipients-error' in page
    assert re.search(r'value="high" checked', page)
    assert f'value="{small["brigade"]}" selected' in page
    assert released(small) == []


async def test_a_second_voice_in_a_phase_is_refused_in_words(small: World, client: Client) -> None:
    await send(client, link(small, "anonymous"), words="First", label="GREEN")

    answer = await send(client, link(small, "anonymous"), words=WORDS, label="GREEN")

    assert answer.status == 422
    assert "in this stage of the pilot" in await answer.text()
    assert len(released(small)) == 1


@pytest.mark.parametrize("state", ["used", "late", "none"])
async def test_a_link_that_leads_nowhere_says_so_in_words(small: World, client: Client, state: str) -> None:
    path = link(small) if state != "none" else "/form/AAAA"
    if state == "used":
        await send(client, path, words=WORDS, label="GREEN")
    if state == "late":
        small.clock.now += DAY

    looked, sent = await client.get(path), await send(client, path, words="More", label="GREEN")

    for answer in (looked, sent):
        assert answer.status == 410
        assert "was used, or is older than thirty minutes" in await answer.text()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
@pytest.mark.parametrize("path", ["form", "return"])
async def test_what_another_site_sends_is_not_taken(
    small: World, client: Client, origin: str, path: str
) -> None:
    address = link(small) if path == "form" else "/form/return"

    answer = await send(client, address, origin=origin, words=WORDS, label="GREEN", code="1", deed="withdraw")

    assert answer.status == 403
    assert released(small) == []


async def test_a_form_behind_a_proxy_takes_what_its_public_address_sends(small: World) -> None:
    site = mounted(small.application, public_url="https://pages.example/chat")
    async with TestClient(TestServer(site)) as client:
        answer = await send(client, link(small), origin="https://pages.example", words=WORDS, label="GREEN")

        assert answer.status == 200


async def test_what_is_too_large_is_refused_and_what_is_too_long_kept(small: World, client: Client) -> None:
    path = link(small)

    large = await send(client, path, words="x" * MOST_BYTES, label="GREEN")
    long = await send(client, path, words=f"{WORDS} {'x' * LONGEST}", label="GREEN")

    assert large.status == 413
    assert long.status == 422
    assert WORDS in await long.text()
    assert released(small) == []


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_texts_are_words_and_nothing_else(small: World, client: Client, words: str) -> None:
    refused = await send(
        client, link(small), words=words, label="RED", kind=words, about=words, language=words
    )
    page = await refused.text()
    taken = await send(client, link(small), words=words, label="GREEN")

    assert (refused.status, taken.status) == (422, 200)
    for tag in ("<script", "<img", "<h1>Mine", "\x00", "\x1b", "\u202e", "\u2066g"):
        assert tag not in page
    (said,) = released(small)
    assert said["words"] == re.sub("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", "", words)


async def test_hostile_names_stay_names(small: World, client: Client) -> None:
    small.make("odd", "ada", "actors.register", name="<b>Odd & co</b>", categories=("commercial",))
    small.make("ody", "ada", "members.enrol", actor=small["odd"], handle="ody", name="<i>Ody</i>")
    small.say("ines", "members.grant", member=small["ody"], role="participant", pilot=small["ferry"])

    page = await (await client.get(link(small))).text()

    assert "<b>Odd" not in page
    assert "&lt;b&gt;Odd" in page


async def test_neither_words_nor_people_nor_addresses_are_logged(
    small: World, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    path = link(small, "anonymous")

    await client.get(path)
    await send(client, path, words="")
    page = await (await send(client, path, words=WORDS, label="GREEN")).text()
    (code,) = re.findall(r"<output>([\d ]+)</output>", page)
    await send(client, "/form/return", code=code, deed="add", words=WORDS)

    mine = [record for record in caplog.records if record.name.startswith(("counterpoise", "root"))]
    assert mine == []
    for secret in (WORDS, code, code.replace(" ", ""), small["omar"], path.rpartition("/")[2]):
        assert not [
            record
            for record in caplog.records
            if secret in record.getMessage() and "access" not in record.name
        ]


async def test_a_double_click_shows_the_same_code_for_a_moment(small: World, client: Client) -> None:
    path = link(small, "anonymous")
    (once,) = re.findall(r'name="once" value="(\w{32})"', await (await client.get(path)).text())
    fields = {"words": WORDS, "label": "GREEN", "once": once}

    first, *more = await asyncio.gather(*(send(client, path, **fields) for _ in range(4)))

    pages = [await answer.text() for answer in (first, *more)]
    assert [answer.status for answer in (first, *more)] == [200] * 4
    assert len({tuple(re.findall(r"<output>([\d ]+)</output>", page)) for page in pages}) == 1
    assert (await send(client, path, words=WORDS, label="GREEN")).status == 410
    assert (await send(client, path, **fields | {"once": "0" * 32})).status == 410
    assert len(released(small)) == 1
    small.clock.now += 120_000_000
    assert (await send(client, path, **fields)).status == 410


async def test_a_restricted_form_sent_twice_is_recorded_once(small: World, client: Client) -> None:
    path = link(small)
    (once,) = re.findall(r'name="once" value="(\w{32})"', await (await client.get(path)).text())
    fields = {"words": WORDS, "label": "GREEN", "once": once}

    answers = await asyncio.gather(*(send(client, path, **fields) for _ in range(4)))

    assert [answer.status for answer in answers] == [200] * 4
    assert len(released(small)) == 1


async def test_many_who_come_back_at_once_are_told_to_wait(client: Client) -> None:
    codes = [f"{number:016d}" for number in range(MOST_WAITING + 4)]

    answers = await asyncio.gather(*(send(client, "/form/return", code=code, deed="") for code in codes))

    assert {answer.status for answer in answers} == {422, 503}


async def test_an_anonymous_form_offers_the_writers_own_organisation_too(
    small: World, client: Client
) -> None:
    nameless = await (await client.get(link(small, "anonymous"))).text()
    named = await (await client.get(link(small))).text()

    assert f'<option value="{small["agency"]}"' in nameless
    assert f'<option value="{small["agency"]}"' not in named


async def test_a_wrong_receipt_code_is_told_with_the_code_kept(client: Client) -> None:
    answer = await send(client, "/form/return", code="1234 <b>", deed="")
    page = await answer.text()

    assert answer.status == 422
    assert "No concern was left under this receipt code" in page
    assert 'value="1234 &lt;b&gt;"' in page
