"""What is sent to an app, signed and shaped as Slack sends it, and what happens when it is not taken."""

import asyncio
import time

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from counterpoise_sandbox.running import Sandbox
from tests.sandbox.bots import client, over_http, over_socket
from tests.sandbox.listening import Heard, listening


async def test_every_request_is_signed_in_real_time(sandbox: Sandbox) -> None:
    sandbox.clock.move(-86400)
    async with listening(sandbox) as listener:
        await sandbox.person("bo").say("general", "Hello")
        await sandbox.person("bo").command("/sandbox", "x")
        await sandbox.quiet()

    verifier = SignatureVerifier(sandbox.app().signing_secret)
    assert len(listener.heard) == 2
    assert all(verifier.is_valid_request(one.body, one.headers) for one in listener.heard)


async def test_an_event_comes_in_slacks_envelope(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        said = await sandbox.person("bo").say("pilot-river", "The *river* & more")
        await sandbox.quiet()

    envelope = listener.events("message")[0]
    event = envelope["event"]
    assert envelope["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T0RIVERSIDE",
            "user_id": sandbox.installation().bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    assert (envelope["team_id"], envelope["api_app_id"]) == ("T0RIVERSIDE", sandbox.app().id)
    assert envelope["is_ext_shared_channel"] is False
    assert envelope["event_context"].startswith("4-")
    assert envelope["event_id"].startswith("Ev")
    assert (event["channel_type"], event["team"], event["ts"]) == ("channel", "T0RIVERSIDE", said["ts"])
    assert event["text"] == "The *river* &amp; more"


async def test_a_failed_event_is_tried_again_at_once_after_a_minute_and_after_five(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        listener.answer = lambda _: web.Response(status=500)
        await sandbox.person("bo").say("pilot-river", "Hello")
        await sandbox.quiet()
        at_once = len(listener.heard)
        for seconds in (59, 2, 298, 3):
            sandbox.clock.move(seconds)
            await sandbox.quiet()
        sandbox.clock.move(3600)
        await sandbox.quiet()

    assert at_once == 2
    assert [one.headers.get("x-slack-retry-num") for one in listener.heard] == [None, "1", "2", "3"]
    assert {one.headers.get("x-slack-retry-reason") for one in listener.heard[1:]} == {"http_error"}
    assert len({one.payload["event_id"] for one in listener.heard}) == 1


async def test_an_app_can_ask_for_no_further_tries(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        listener.answer = lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
        await sandbox.person("bo").say("pilot-river", "Hello")
        await sandbox.quiet()

    assert len(listener.heard) == 1


async def test_an_acknowledged_event_can_be_sent_again_on_purpose(sandbox: Sandbox) -> None:
    sandbox.faults.retries = 2
    async with listening(sandbox) as listener:
        await sandbox.person("bo").say("pilot-river", "Hello")
        await sandbox.quiet()
        sandbox.clock.move(61)
        await sandbox.quiet()

    assert [one.headers.get("x-slack-retry-num") for one in listener.heard] == [None, "1", "2"]


async def test_a_duplicate_has_another_event_id(sandbox: Sandbox) -> None:
    sandbox.faults.duplicates = 1
    async with listening(sandbox) as listener:
        await sandbox.person("bo").say("pilot-river", "Hello")
        await sandbox.quiet()

    ids = [one["event_id"] for one in listener.events()]
    assert len(set(ids)) == 2
    assert len({one["event"]["ts"] for one in listener.events()}) == 1


async def test_an_app_that_does_not_answer_in_time_is_shown_as_the_person_would_see_it(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.late_acks = True
    async with listening(sandbox):
        told = await sandbox.person("bo").command("/sandbox", "x", channel="general")

    assert told["trouble"] == "operation_timeout"
    assert (
        sandbox.screen("bo").ephemerals()[-1]["text"] == '/sandbox failed with the error "operation_timeout"'
    )
    assert sandbox.screen("chloe").ephemerals() == []


async def test_an_app_that_is_not_there_fails_to_be_reached(sandbox: Sandbox) -> None:
    told = await sandbox.person("bo").command("/sandbox", "x", channel="general")

    assert told["trouble"] == "dispatch_failed"
    assert sandbox.screen("bo").notices()[-1]["text"] == '/sandbox failed with the error "dispatch_failed"'


async def test_nothing_is_sent_beyond_this_machine(sandbox: Sandbox) -> None:
    sandbox.app().point("http://192.0.2.1/slack/events")

    told = await sandbox.person("bo").command("/sandbox", "x", channel="general")

    assert told["trouble"] == "dispatch_failed"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"text": "Plain"}, "Plain"),
        ({"json": {"text": "Of JSON"}}, "Of JSON"),
        ({"json": {"text": "To all", "response_type": "in_channel"}}, "To all"),
    ],
)
async def test_an_acknowledgement_is_shown_whether_text_or_json(
    sandbox: Sandbox, body: dict[str, object], shown: str
) -> None:
    def answer(_: Heard) -> web.Response:
        return web.json_response(body["json"]) if "json" in body else web.Response(text=str(body["text"]))

    async with listening(sandbox) as listener:
        listener.answer = answer
        await sandbox.person("bo").command("/sandbox", channel="general")

    assert sandbox.screen("bo").texts("general")[-1] == shown


async def test_an_events_url_is_verified_by_its_challenge(sandbox: Sandbox) -> None:
    def script(app: AsyncApp) -> None:
        """Bolt itself repeats the challenge."""

    async with over_http(sandbox, script):
        assert await sandbox.engine.post.verify(sandbox.app())
    async with listening(sandbox):
        assert not await sandbox.engine.post.verify(sandbox.app())


async def test_an_event_goes_to_those_who_subscribed_and_are_there(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        await sandbox.person("bo").say("planning", "Private")
        await sandbox.person("bo").say("chloe", "To her alone")
        await sandbox.person("bo").say("Sandbox App", "To the app")
        await sandbox.quiet()

    assert [one["event"]["text"] for one in listener.events()] == ["To the app"]
    assert listener.events()[0]["event"]["channel_type"] == "im"


async def test_an_edit_and_a_deletion_tell_what_was_there_before(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        bo = sandbox.person("bo")
        said = await bo.say("pilot-river", "One")
        await bo.edit("pilot-river", said["ts"], "Two")
        await bo.delete("pilot-river", said["ts"])
        await sandbox.quiet()

    events = {one["event"].get("subtype", ""): one["event"] for one in listener.events("message")}
    assert events["message_changed"]["message"]["text"] == "Two"
    assert events["message_changed"]["previous_message"]["text"] == "One"
    assert events["message_deleted"]["deleted_ts"] == said["ts"]


async def test_reactions_joining_profiles_homes_and_links_are_told(sandbox: Sandbox) -> None:
    manifest = sandbox.app().manifest
    manifest["features"]["unfurl_domains"] = ["counterpoise.example"]
    manifest["features"]["agent_view"] = {"agent_description": "Weighs"}
    async with listening(sandbox) as listener:
        bo, farah = sandbox.person("bo"), sandbox.person("farah")
        said = await bo.say("general", "See https://counterpoise.example/1")
        await bo.react("general", said["ts"], ":scales:")
        await bo.unreact("general", said["ts"], "scales")
        await bo.change(locale="fr-FR", tz="Europe/Paris")
        await bo.open_home()
        await bo.look_at("general")
        await farah.leave("joint-clinic")
        await sandbox.person("chloe").leave("general")
        await sandbox.person("chloe").join("general")
        await sandbox.quiet()

    kinds = {one["event"]["type"] for one in listener.events()}
    changed = listener.events("user_change")[0]["event"]["user"]
    assert kinds >= {
        *("message", "link_shared", "reaction_added", "reaction_removed", "user_change", "app_home_opened"),
        *("app_context_changed", "member_left_channel", "member_joined_channel"),
    }
    assert (changed["locale"], changed["tz"]) == ("fr-FR", "Europe/Paris")
    assert listener.events("reaction_added")[0]["event"]["item"]["ts"] == said["ts"]
    assert listener.events("link_shared")[0]["event"]["links"] == [
        {"url": "https://counterpoise.example/1", "domain": "counterpoise.example"}
    ]


async def test_a_stranger_in_a_shared_channel_is_told_by_their_own_organisation(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        await sandbox.person("farah").say("joint-clinic", "Hello from the clinic")
        await sandbox.quiet()

    envelope = listener.events("message")[0]
    assert envelope["is_ext_shared_channel"] is True
    assert (envelope["team_id"], envelope["context_team_id"]) == ("T0DELTA", "T0RIVERSIDE")
    assert envelope["authorizations"][0]["team_id"] == "T0RIVERSIDE"
    assert envelope["event"]["user_team"] == "T0DELTA"


async def test_a_strangers_organisation_is_told_by_its_enterprise_where_it_has_one(sandbox: Sandbox) -> None:
    partner = sandbox.workspace.teams["T0DELTA"]
    partner.enterprise_id, partner.enterprise_name = "E0DELTA", "Delta"
    async with listening(sandbox) as listener:
        await sandbox.person("farah").say("joint-clinic", "Hello from the clinic")
        await sandbox.quiet()

    envelope = listener.events("message")[0]
    assert (envelope["enterprise_id"], envelope["event"]["user_team"]) == ("E0DELTA", "E0DELTA")
    assert envelope["context_enterprise_id"] is None


async def test_who_else_sees_an_event_can_be_asked(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        await sandbox.person("bo").say("general", "Hello")
        await sandbox.quiet()
    context = listener.events()[0]["event_context"]

    official = client(sandbox, sandbox.app_token())
    listed = await official.apps_event_authorizations_list(event_context=context)

    assert [one["user_id"] for one in listed["authorizations"]] == [sandbox.installation().bot_user]


async def test_a_socket_that_is_told_to_go_comes_again(sandbox: Sandbox) -> None:
    heard: list[str] = []

    def script(app: AsyncApp) -> None:
        @app.command("/sandbox")
        async def answer(ack: AsyncAck, command: dict[str, str]) -> None:
            heard.append(command["text"])
            await ack()

    async with over_socket(sandbox, script):
        assert await sandbox.settings.disconnect() == 1
        await sandbox.connected()
        told = await sandbox.person("bo").command("/sandbox", "again")

    assert told["acknowledged"]
    assert heard == ["again"]


async def test_one_socket_of_several_gets_each_envelope(sandbox: Sandbox) -> None:
    heard: list[str] = []

    def script(app: AsyncApp) -> None:
        @app.command("/sandbox")
        async def answer(ack: AsyncAck, command: dict[str, str]) -> None:
            heard.append(command["text"])
            await ack()

    async with over_socket(sandbox, script), over_socket(sandbox, script):
        await sandbox.connected(count=2)
        for number in range(4):
            await sandbox.person("bo").command("/sandbox", str(number))

    assert heard == ["0", "1", "2", "3"]


async def test_a_socket_hears_of_retries_in_the_envelope(sandbox: Sandbox) -> None:
    numbers: list[list[str]] = []

    def script(app: AsyncApp) -> None:
        @app.event("message")
        async def keep(request: object) -> None:
            numbers.append(request.headers["x-slack-retry-num"])  # type: ignore[attr-defined] # a request of Bolt's

    sandbox.faults.retries = 1
    async with over_socket(sandbox, script):
        await sandbox.person("bo").say("general", "Hello")
        await sandbox.quiet()

    assert numbers == [["0"], ["1"]]


async def test_a_ticket_to_a_socket_is_good_once(sandbox: Sandbox) -> None:
    official = client(sandbox, sandbox.app_token())

    first = await official.apps_connections_open(app_token=sandbox.app_token())
    second = await official.apps_connections_open(app_token=sandbox.app_token())

    assert first["url"].startswith("ws://127.0.0.1:")
    assert first["url"] != second["url"]


async def test_signatures_carry_the_second_they_are_made_in(sandbox: Sandbox) -> None:
    sandbox.clock.move(7 * 86400)
    async with listening(sandbox) as listener:
        await sandbox.person("bo").command("/sandbox")

    assert abs(int(listener.heard[0].headers["x-slack-request-timestamp"]) - time.time()) < 60


async def test_a_warning_leaves_the_socket_until_the_app_has_another(sandbox: Sandbox) -> None:
    def script(app: AsyncApp) -> None:
        @app.command("/sandbox")
        async def answer(ack: AsyncAck) -> None:
            await ack()

    async with over_socket(sandbox, script):
        assert await sandbox.settings.disconnect(reason="warning") == 1
        told = await sandbox.person("bo").command("/sandbox")
        await sandbox.connected()

    assert told["acknowledged"]


async def test_a_cut_socket_leaves_the_event_to_the_next_try(sandbox: Sandbox) -> None:
    heard: list[str] = []

    def script(app: AsyncApp) -> None:
        @app.event("message")
        async def keep(event: dict[str, str]) -> None:
            heard.append(event["text"])

    async with over_socket(sandbox, script):
        await sandbox.settings.cut()
        await sandbox.person("bo").say("general", "Not lost")
        await sandbox.quiet()
        missed = list(heard)
        await sandbox.connected()
        sandbox.clock.move(61)
        await sandbox.quiet()

    assert (missed, heard) == ([], ["Not lost"])


async def test_urls_that_were_set_outlive_a_reset(sandbox: Sandbox) -> None:
    async with listening(sandbox) as listener:
        sandbox.engine.reset()
        told = await sandbox.person("bo").command("/sandbox")

    assert told["acknowledged"]
    assert len(listener.heard) == 1


async def test_a_redirect_is_not_followed(sandbox: Sandbox) -> None:
    def answer(_: Heard) -> web.Response:
        return web.Response(status=307, headers={"Location": "http://192.0.2.1/"})

    async with listening(sandbox) as listener:
        listener.answer = answer
        told = await sandbox.person("bo").command("/sandbox")

    assert (told["trouble"], told["status"]) == ("dispatch_failed", 307)


async def test_the_synchronous_socket_client_is_served_too(sandbox: Sandbox) -> None:
    official = SocketModeClient(
        app_token=sandbox.app_token(),
        web_client=WebClient(token=sandbox.app_token(), base_url=sandbox.api_url),
        ping_interval=1,
    )

    def answer(taker: BaseSocketModeClient, request: SocketModeRequest) -> None:
        taker.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "Of a thread"}))

    official.socket_mode_request_listeners.append(answer)
    await asyncio.to_thread(official.connect)
    await sandbox.connected()

    await sandbox.person("bo").command("/sandbox", channel="general")

    await asyncio.to_thread(official.close)
    assert [one["text"] for one in sandbox.screen("bo").ephemerals()] == ["Of a thread"]
