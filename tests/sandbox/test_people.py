"""What people can do and see: clicking, choosing, typing, modals, shortcuts, files, and privacy between two of them."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.running import Sandbox, started
from tests.sandbox.bots import client, over_socket

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


ELEMENTS: list[Json] = [
    {"type": "static_select", "action_id": "pilot", "options": [option("river"), option("clinic")]},
    {"type": "multi_static_select", "action_id": "factors", "options": [option("noise"), option("fear")]},
    {"type": "overflow", "action_id": "more", "options": [option("correct"), option("withdraw")]},
    {"type": "checkboxes", "action_id": "agree", "options": [option("yes"), option("later")]},
    {"type": "radio_buttons", "action_id": "side", "options": [option("gain"), option("risk")]},
    {"type": "datepicker", "action_id": "day"},
    {"type": "timepicker", "action_id": "hour"},
    {"type": "users_select", "action_id": "whom"},
    {"type": "conversations_select", "action_id": "where"},
    {"type": "external_select", "action_id": "step", "min_query_length": 0},
    {"type": "datetimepicker", "action_id": "moment"},
]


def field(action_id: str, element: Json, **more: object) -> Json:
    return {
        "type": "input",
        "block_id": f"b-{action_id}",
        "label": plain(action_id),
        "element": {"action_id": action_id, **element},
        **more,
    }


def modal(*blocks: Json, **more: object) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


def bare(told: object) -> object:
    return told["value"] if isinstance(told, dict) else told


class Bot:
    """A bot that keeps what it hears and opens whatever modal it is told to."""

    def __init__(self) -> None:
        self.actions: list[Json] = []
        self.views: list[Json] = []
        self.closed: list[Json] = []
        self.shortcuts: list[Json] = []
        self.answer: Json = {}
        self.modal = modal(field("words", {"type": "plain_text_input"}))

    def script(self, app: AsyncApp) -> None:
        """Add the listeners."""

        @app.action(re.compile(".*"))
        async def act(ack: AsyncAck, body: Json) -> None:
            await ack()
            self.actions.append(body)

        @app.options("step")
        async def offer(ack: AsyncAck, payload: Json) -> None:
            await ack(options=[option(f"{payload['value']}-one"), option(f"{payload['value']}-two")])

        @app.view("form")
        async def submit(ack: AsyncAck, body: Json) -> None:
            self.views.append(body)
            await ack(**self.answer)

        @app.view_closed("form")
        async def close(ack: AsyncAck, body: Json) -> None:
            await ack()
            self.closed.append(body)

        @app.command("/sandbox")
        async def open_modal(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=self.modal)

        @app.shortcut("note")
        async def note(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
            await ack()
            self.shortcuts.append(body)
            await respond("Noted")

        @app.event("message")
        async def ignore() -> None: ...


@pytest_asyncio.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """Run a bot in the sandbox."""
    shortcut = {"name": "Note", "type": "message", "callback_id": "note", "description": "Note"}
    sandbox.app().manifest["features"]["shortcuts"] = [shortcut]
    running = Bot()
    async with over_socket(sandbox, running.script):
        yield running


@pytest.mark.parametrize(
    ("action_id", "value", "sent"),
    [
        ("pilot", "river", {"selected_option": "river"}),
        ("pilot", "Clinic", {"selected_option": "clinic"}),
        ("factors", ["noise", "fear"], {"selected_options": ["noise", "fear"]}),
        ("more", "withdraw", {"selected_option": "withdraw"}),
        ("agree", ["yes"], {"selected_options": ["yes"]}),
        ("side", "risk", {"selected_option": "risk"}),
        ("day", "2026-03-01", {"selected_date": "2026-03-01"}),
        ("hour", "09:30", {"selected_time": "09:30"}),
        ("whom", "chloe", {"selected_user": "U0CHLOE"}),
        ("where", "general", {"selected_conversation": "C0GENERAL"}),
        ("step", "two-two", {"selected_option": "two-two"}),
        ("moment", 1_772_355_600, {"selected_date_time": 1_772_355_600}),
    ],
)
async def test_a_choice_in_a_message_is_told_to_the_app(
    sandbox: Sandbox, bot: Bot, action_id: str, value: object, sent: Json
) -> None:
    blocks = [{"type": "actions", "elements": [element]} for element in ELEMENTS]
    posted = await client(sandbox).chat_postMessage(channel="C0GENERAL", text="Choose", blocks=blocks)

    more = {"query": "two"} if action_id == "step" else {}
    await sandbox.person("bo").choose(action_id, value, channel="general", ts=posted["ts"], **more)

    body = bot.actions[-1]
    action = body["actions"][0]
    name, expected = next(iter(sent.items()))
    told = action[name]
    shown = [bare(one) for one in told] if isinstance(told, list) else bare(told)
    assert shown == expected
    assert body["container"]["message_ts"] == posted["ts"]
    assert body["user"] == {"id": "U0BO", "username": "bo", "name": "bo", "team_id": "T0RIVERSIDE"}


async def test_what_one_person_chooses_is_their_own(sandbox: Sandbox, bot: Bot) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [ELEMENTS[0]]}]
    posted = await client(sandbox).chat_postMessage(channel="C0GENERAL", text="Choose", blocks=blocks)
    for name, value in (("bo", "river"), ("chloe", "clinic")):
        await sandbox.person(name).choose("pilot", value, ts=posted["ts"])

    states = [body["state"]["values"]["b"]["pilot"]["selected_option"]["value"] for body in bot.actions]
    assert states == ["river", "clinic"]
    assert "state" not in sandbox.screen("dieter").messages("general")[-1]


async def test_a_required_field_is_asked_for_before_the_app_hears(sandbox: Sandbox, bot: Bot) -> None:
    bo = sandbox.person("bo")
    await bo.command("/sandbox")

    told = await bo.submit()

    assert told["errors"] == {"b-words": "Please complete this required field."}
    assert bot.views == []


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "min_length": 5}, "four"),
        ({"type": "plain_text_input", "max_length": 3}, "four"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "3"}, "4"),
        ({"type": "email_text_input"}, "nobody"),
        ({"type": "url_text_input"}, "nowhere"),
    ],
)
async def test_a_field_keeps_its_own_rules(sandbox: Sandbox, bot: Bot, element: Json, value: str) -> None:
    bot.modal = modal(field("it", element))
    bo = sandbox.person("bo")
    await bo.command("/sandbox")

    assert list((await bo.submit({"it": value}))["errors"]) == ["b-it"]
    assert bot.views == []


async def test_a_submitted_modal_tells_all_it_holds(sandbox: Sandbox, bot: Bot) -> None:
    bot.modal = modal(
        field("words", {"type": "plain_text_input"}),
        field("rating", {"type": "static_select", "options": [option("1"), option("2")]}),
        field("link", {"type": "url_text_input"}, optional=True),
        private_metadata="draft-7",
    )
    bo = sandbox.person("bo")
    await bo.command("/sandbox")

    await bo.submit({"words": "Drones", "rating": "2"})

    values = bot.views[0]["view"]["state"]["values"]
    assert values["b-words"]["words"] == {"type": "plain_text_input", "value": "Drones"}
    assert values["b-rating"]["rating"]["selected_option"]["value"] == "2"
    assert values["b-link"]["link"]["value"] is None
    assert bot.views[0]["view"]["private_metadata"] == "draft-7"
    assert sandbox.screen("bo").modals() == []


async def test_an_answer_can_push_update_clear_and_complain(sandbox: Sandbox, bot: Bot) -> None:
    bo, seen = sandbox.person("bo"), sandbox.screen("bo")
    await bo.command("/sandbox")
    bot.answer = {"response_action": "push", "view": modal(title=plain("Second"))}
    await bo.submit({"words": "x"})
    pushed = [one["title"]["text"] for one in seen.modals()]
    bot.answer = {"response_action": "update", "view": modal(title=plain("Changed"))}
    await bo.submit()
    updated = [one["title"]["text"] for one in seen.modals()]
    bot.answer = {"response_action": "clear"}
    await bo.submit()

    assert pushed == ["Form", "Second"]
    assert updated == ["Form", "Changed"]
    assert seen.modals() == []


async def test_an_answer_that_slack_would_not_take_troubles_the_person(sandbox: Sandbox, bot: Bot) -> None:
    bo = sandbox.person("bo")
    await bo.command("/sandbox")
    bot.answer = {"response_action": "errors", "errors": {"no-such-block": "x"}}

    await bo.submit({"words": "x"})

    shown = sandbox.screen("bo").modal()
    assert shown is not None
    assert shown["trouble"].startswith("We had some trouble connecting.")


async def test_a_closed_modal_is_told_where_the_app_asked_for_it(sandbox: Sandbox, bot: Bot) -> None:
    bot.modal |= {"notify_on_close": True}
    bo = sandbox.person("bo")
    await bo.command("/sandbox")
    await bo.enter("words", "half a thought")

    await bo.close()

    assert bot.closed[0]["is_cleared"] is False
    assert bot.closed[0]["view"]["state"]["values"]["b-words"]["words"]["value"] == "half a thought"


async def test_typing_is_told_where_the_app_asked_for_it(sandbox: Sandbox, bot: Bot) -> None:
    bot.modal = modal(field("words", {"type": "plain_text_input"}, dispatch_action=True))
    bo = sandbox.person("bo")
    await bo.command("/sandbox")

    await bo.enter("words", "Drones")

    assert bot.actions[0]["actions"][0]["value"] == "Drones"
    assert bot.actions[0]["container"]["type"] == "view"


async def test_two_people_have_two_stacks(sandbox: Sandbox, bot: Bot) -> None:
    for name in ("bo", "chloe"):
        await sandbox.person(name).command("/sandbox")
    await sandbox.person("bo").enter("words", "Mine")
    await sandbox.person("bo").submit()

    chloe = sandbox.screen("chloe").modal()
    assert sandbox.screen("bo").modal() is None
    assert chloe is not None
    assert chloe["state"]["values"]["b-words"]["words"]["value"] is None
    assert bot.views[0]["user"]["id"] == "U0BO"


async def test_a_message_shortcut_carries_the_message(sandbox: Sandbox, bot: Bot) -> None:
    said = await sandbox.person("chloe").say("general", "Les drones")

    await sandbox.person("bo").message_shortcut("note", "general", said["ts"])
    await sandbox.quiet()

    assert bot.shortcuts[0]["message"]["text"] == "Les drones"
    assert bot.shortcuts[0]["message"]["user"] == "U0CHLOE"
    assert [one["text"] for one in sandbox.screen("bo").ephemerals()] == ["Noted"]
    assert sandbox.screen("chloe").ephemerals() == []


async def test_what_two_people_say_to_each_other_nobody_else_sees(sandbox: Sandbox) -> None:
    await sandbox.person("bo").say("chloe", "Between us")

    assert [one["text"] for one in sandbox.screen("chloe").direct("bo")] == ["Between us"]
    everything = str([sandbox.screen(name).everything() for name in ("amal", "dieter", "elena", "farah")])
    assert "Between us" not in everything


async def test_nobody_sees_a_channel_they_are_not_in(sandbox: Sandbox) -> None:
    await sandbox.person("bo").say("planning", "Secret")

    assert sandbox.screen("dieter").messages("planning") == []
    with pytest.raises(Impossible):
        await sandbox.person("dieter").say("planning", "Let me in")


async def test_nobody_can_click_what_another_sees_alone(sandbox: Sandbox) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    await client(sandbox).chat_postEphemeral(
        channel="C0GENERAL", user="U0BO", text="Yours", blocks=[{"type": "actions", "elements": [button]}]
    )

    with pytest.raises(Impossible):
        await sandbox.person("chloe").click("go")


@pytest.mark.parametrize("deed", ["edit", "delete"])
async def test_nobody_changes_what_another_said(sandbox: Sandbox, deed: str) -> None:
    said = await sandbox.person("bo").say("general", "Mine")
    more = {"text": "Yours"} if deed == "edit" else {}

    with pytest.raises(Impossible):
        await getattr(sandbox.person("chloe"), deed)("general", said["ts"], **more)


async def test_a_whisper_can_be_put_away(sandbox: Sandbox) -> None:
    sent = await client(sandbox).chat_postEphemeral(channel="C0GENERAL", user="U0BO", text="Between us")

    await sandbox.person("bo").dismiss("general", sent["message_ts"])

    assert sandbox.screen("bo").ephemerals() == []


async def test_a_person_uploads_a_file_and_shares_it(sandbox: Sandbox) -> None:
    bo = sandbox.person("bo")
    name = await bo.upload("notes.txt", b"One, two")

    await bo.say("planning", "Here", files=[name])

    assert [one["name"] for one in sandbox.screen("chloe").files()] == ["notes.txt"]
    assert sandbox.screen("dieter").files() == []


async def test_an_app_that_takes_no_messages_gets_none() -> None:
    quiet: Json = {
        "display_information": {"name": "Quiet"},
        "features": {
            "bot_user": {"display_name": "Quiet"},
            "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        },
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "settings": {"socket_mode_enabled": True},
    }
    async with started(apps=[quiet]) as sandbox:
        with pytest.raises(Impossible, match="turned off"):
            await sandbox.person("bo").say("Quiet", "Hello")


async def test_an_app_is_brought_into_a_channel(sandbox: Sandbox) -> None:
    await sandbox.person("bo").invite("planning", "Sandbox App")

    answer = await client(sandbox).chat_postMessage(channel="C0PLANNING", text="Hello")

    assert answer["ok"]


@pytest.mark.usefixtures("bot")
async def test_a_response_url_is_good_five_times_for_thirty_minutes(sandbox: Sandbox) -> None:
    told = await sandbox.person("bo").command("/sandbox", channel="general")
    later = await sandbox.person("bo").command("/sandbox", channel="general")

    async with aiohttp.ClientSession() as session:
        statuses = []
        for number in range(6):
            async with session.post(told["response_url"], json={"text": str(number)}) as answer:
                statuses.append(answer.status)
        sandbox.clock.move(1801)
        async with session.post(later["response_url"], json={"text": "late"}) as answer:
            late = (answer.status, await answer.json())

    assert statuses == [200] * 5 + [404]
    assert late == (404, {"ok": False, "error": "expired_url"})


async def test_an_original_can_be_deleted_by_response_url(sandbox: Sandbox) -> None:
    def script(app: AsyncApp) -> None:
        @app.action("go")
        async def go(ack: AsyncAck, respond: AsyncRespond) -> None:
            await ack()
            await respond(delete_original=True)

    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    async with over_socket(sandbox, script):
        await client(sandbox).chat_postEphemeral(
            channel="C0GENERAL", user="U0BO", text="Yours", blocks=[{"type": "actions", "elements": [button]}]
        )
        await sandbox.person("bo").click("go")
        await sandbox.quiet()

    assert sandbox.screen("bo").ephemerals() == []


async def test_feedback_is_given_with_one_of_two_buttons(sandbox: Sandbox, bot: Bot) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "useful",
        "positive_button": {"text": plain("Useful"), "value": "yes"},
        "negative_button": {"text": plain("Not useful"), "value": "no"},
    }
    blocks = [{"type": "context_actions", "elements": [feedback]}]
    await client(sandbox).chat_postMessage(channel="C0GENERAL", text="A lesson", blocks=blocks)

    await sandbox.person("bo").click("useful", value="no")

    assert bot.actions[0]["actions"][0]["value"] == "no"


async def test_a_button_is_told_from_its_like_by_its_value(sandbox: Sandbox, bot: Bot) -> None:
    buttons = [
        {"type": "button", "action_id": "take", "value": one, "text": plain(one)} for one in ("1", "2")
    ]
    blocks = [{"type": "actions", "elements": [button]} for button in buttons]
    await client(sandbox).chat_postMessage(channel="C0GENERAL", text="Take one", blocks=blocks)

    await sandbox.person("bo").click("take", value="2")

    assert bot.actions[0]["actions"][0]["value"] == "2"
    with pytest.raises(Impossible):
        await sandbox.person("bo").click("take", value="3")
