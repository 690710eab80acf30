"""Workspaces that install the bot: begun and ended in one browser, tokens closed, exchanged in time, and dropped."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp

from counterpoise.application.faces import Kept
from counterpoise_bot.app import bolt
from counterpoise_bot.clients import NotInstalled, Sessions
from counterpoise_bot.gate import Gate
from counterpoise_bot.installations import Installations, States, watch
from counterpoise_bot.manifest import OPTIONAL_SCOPES, SCOPES
from counterpoise_bot.oauth import flow
from counterpoise_bot.server import served
from counterpoise_bot.settings import Settings
from counterpoise_bot.workspaces import Authorized, ManyWorkspaces
from tests.bot.signing import SECRET
from tests.bot.slack import Slack, slack
from tests.store.kept import traces

SECONDS = 1_000_000
GRANTED: dict[str, Any] = {
    "ok": True,
    "access_token": "xoxb-first",
    "refresh_token": "xoxe-1",
    "expires_in": 43_200,
    "token_type": "bot",
    "scope": ",".join(SCOPES),
    "bot_user_id": "UBOT",
    "app_id": "A1",
    "team": {"id": "T1", "name": "Clinic"},
    "enterprise": None,
    "authed_user": {"id": "U1"},
    "is_enterprise_install": False,
}


@dataclass
class Place:
    """A bot that workspaces can install, and where it is."""

    world: Slack
    kept: Kept
    installations: Installations
    workspaces: ManyWorkspaces
    now: list[int]
    url: str
    http: ClientSession

    async def begin(self) -> tuple[dict[str, list[str]], str]:
        """Open the link to install; return what Slack is asked, and the browser's cookie."""
        async with self.http.get(f"{self.url}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 302
            cookie = SimpleCookie(answer.headers["Set-Cookie"])
            (pair,) = (f"{name}={each.value}" for name, each in cookie.items())
            return parse_qs(urlsplit(answer.headers["Location"]).query), pair

    async def end(self, cookie: str, **query: str) -> tuple[int, str]:
        """Come back from Slack; return status and page."""
        where = f"{self.url}/slack/oauth_redirect"
        async with self.http.get(where, params=query, headers={"Cookie": cookie}) as answer:
            return answer.status, await answer.text()

    async def install(self) -> tuple[int, str]:
        """Install the bot from beginning to end."""
        asked, cookie = await self.begin()
        return await self.end(cookie, code="1", state=asked["state"][0])


async def placed(world: Slack, kept: Kept, teams: frozenset[str]) -> AsyncIterator[Place]:
    sessions, now = Sessions(), [SECONDS]
    installations = Installations(kept, teams=teams)
    given = Settings(client_id="1.2", client_secret="shh", authorize_url="https://slack.example/authorize")
    base = f"{world.base}/api/"
    many = ManyWorkspaces(
        installations, client_id="1.2", client_secret="shh", base_url=base, sessions=sessions
    )
    way = flow(given, installations, States(kept, lambda: now[0]), many, scopes=(*SCOPES, *OPTIONAL_SCOPES))
    app = bolt(authorize=Authorized(many, teams=teams, counted=lambda: None), oauth_flow=way)
    async with (
        TestServer(served(app, Gate(SECRET), flow=way)) as server,
        ClientSession() as http,
    ):
        yield Place(world, kept, installations, many, now, str(server.make_url("")).rstrip("/"), http)
    await sessions.close()


@pytest.fixture
async def world() -> AsyncIterator[Slack]:
    async with slack() as pretended:
        pretended.granted = dict(GRANTED)
        yield pretended


@pytest.fixture
async def place(world: Slack, tmp_path: Path) -> AsyncIterator[Place]:
    kept = Kept(tmp_path / "kept.db", lambda: b"k" * 32)
    async for each in placed(world, kept, frozenset()):
        yield each
    kept.close()


async def test_slack_is_asked_for_the_scopes_of_the_manifest_and_no_person_s(place: Place) -> None:
    asked, _ = await place.begin()

    assert set(asked["scope"][0].split(",")) == {*SCOPES, *OPTIONAL_SCOPES}
    assert "user_scope" not in asked


async def test_a_workspace_installs_the_bot(place: Place) -> None:
    status, page = await place.install()

    assert status == 200
    assert "Counterpoise is in Clinic" in page
    assert (await place.workspaces.of("T1")).client.token == "xoxb-first"


async def test_tokens_are_not_readable_on_the_disk(place: Place, tmp_path: Path) -> None:
    await place.install()

    assert traces(tmp_path, b"xoxb-first", b"xoxe-1", b"Clinic") == []


async def test_a_state_is_good_once_for_its_own_browser_and_for_ten_minutes(place: Place) -> None:
    asked, cookie = await place.begin()
    state = asked["state"][0]
    other, _ = await place.begin()

    assert (await place.end("", code="1", state=state))[0] == 400
    assert (await place.end(cookie, code="1", state=other["state"][0]))[0] == 400
    assert (await place.end(cookie, code="1", state=state))[0] == 200
    assert (await place.end(cookie, code="1", state=state))[0] == 401

    late, cookie = await place.begin()
    place.now[0] += 601 * SECONDS
    assert (await place.end(cookie, code="1", state=late["state"][0]))[0] == 401


async def test_whoever_cancels_is_told_that_nothing_was_installed(place: Place) -> None:
    _, cookie = await place.begin()
    status, page = await place.end(cookie, error="access_denied")

    assert status == 200
    assert "cancelled" in page


async def test_a_code_that_slack_refuses_installs_nothing(place: Place) -> None:
    place.world.fail("oauth.v2.access", "invalid_code")

    assert (await place.install())[0] == 401
    with pytest.raises(NotInstalled):
        await place.workspaces.of("T1")


async def test_a_workspace_that_is_not_on_the_list_installs_nothing(world: Slack) -> None:
    async for place in placed(world, Kept(), frozenset({"T2"})):
        status, page = await place.install()

        assert status == 403
        assert "not among those" in page
        assert await place.workspaces.who(None, "T1") is None


async def test_names_of_workspaces_are_words_and_not_markup(place: Place) -> None:
    place.world.granted["team"] = {"id": "T1", "name": "<script>alert(1)</script>"}

    assert "<script>" not in (await place.install())[1]


async def test_a_token_that_ends_soon_is_exchanged_once(place: Place) -> None:
    place.world.granted["expires_in"] = 60
    await place.install()
    place.world.granted |= {"access_token": "xoxb-second", "refresh_token": "xoxe-2", "expires_in": 43_200}

    assert (await place.workspaces.of("T1")).client.token == "xoxb-second"
    assert (await place.workspaces.of("T1")).client.token == "xoxb-second"
    exchanged = [said for said in place.world.asked("oauth.v2.access") if "refresh_token" in said]
    assert [said["refresh_token"] for said in exchanged] == ["xoxe-1"]


async def test_a_token_that_cannot_be_exchanged_is_used_to_its_end(place: Place) -> None:
    place.world.granted["expires_in"] = 60
    await place.install()
    place.world.fail("oauth.v2.access", "invalid_refresh_token")

    assert (await place.workspaces.of("T1")).client.token == "xoxb-first"


@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}],
    ids=["gone", "revoked"],
)
async def test_a_workspace_that_removes_the_bot_has_its_tokens_dropped(
    place: Place, event: dict[str, Any]
) -> None:
    await place.install()

    await watch(place.installations, {"team_id": "T1", "enterprise_id": None, "event": event})

    with pytest.raises(NotInstalled):
        await place.workspaces.of("T1")


async def test_a_person_s_token_that_is_revoked_takes_nothing_from_the_bot(place: Place) -> None:
    await place.install()
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}

    await watch(place.installations, {"team_id": "T1", "event": event})

    assert (await place.workspaces.of("T1")).client.token == "xoxb-first"


async def test_an_organisation_s_installation_serves_its_workspaces_by_name(place: Place) -> None:
    place.world.granted |= {
        "team": None,
        "enterprise": {"id": "E1", "name": "Ministry"},
        "is_enterprise_install": True,
    }
    await place.install()

    assert await place.workspaces.who("E1", "T7") is not None
    wire = await place.workspaces.of("T7")
    assert wire.client.token == "xoxb-first"
    assert wire.client.default_params["team_id"] == "T7"
    with pytest.raises(NotInstalled):
        await place.workspaces.of("T8")


async def test_a_workspace_s_own_installation_goes_before_its_organisation_s(place: Place) -> None:
    place.world.granted |= {
        "team": None,
        "enterprise": {"id": "E1", "name": "M"},
        "is_enterprise_install": True,
    }
    await place.install()
    place.world.granted |= {
        "team": {"id": "T7", "name": "Clinic"},
        "is_enterprise_install": False,
        "access_token": "xoxb-own",
    }
    await place.install()

    assert (await place.workspaces.of("T7")).client.token == "xoxb-own"


async def test_who_the_bot_is_needs_no_question_to_slack(place: Place) -> None:
    await place.install()
    asked = len(place.world.asked("auth.test"))

    found = await place.workspaces.who(None, "T1")

    assert found is not None
    assert (found.bot_user_id, found.bot_id) == ("UBOT", "BBOT")
    assert len(place.world.asked("auth.test")) == asked


async def test_pages_of_an_installation_are_shut_to_others(place: Place) -> None:
    async with place.http.get(
        f"{place.url}/slack/oauth_redirect", params={"error": "access_denied"}
    ) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.content_type == "text/html"


def test_form_routes_are_served_by_the_same_process() -> None:
    async def form(_request: web.Request) -> web.Response:
        return web.Response(text="A form")

    application = served(AsyncApp(token="xoxb-1"), None, form_routes=[web.get("/form/{token}", form)])

    assert "/form/{token}" in {resource.canonical for resource in application.router.resources()}
