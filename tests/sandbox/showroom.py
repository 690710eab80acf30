"""A bot that shows everything a page has to draw and do: commands, buttons, modals, Home, shortcuts."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.blockkit import (
    Block,
    actions,
    button,
    chart,
    confirm,
    data_table,
    field,
    modal,
    mrkdwn,
    option,
    plain,
    plot,
    section,
    select,
    text_input,
)

Payload = dict[str, Any]
MANIFEST: Payload = {
    "display_information": {"name": "Showroom", "description": "Shows what a page has to draw."},
    "features": {
        "bot_user": {"display_name": "Showroom"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {
                "command": "/greet",
                "description": "Greets somebody",
                "usage_hint": "[name]",
                "should_escape": False,
            },
            {"command": "/gallery", "description": "Shows every kind of block", "usage_hint": ""},
            {"command": "/form", "description": "Opens a form with every field", "usage_hint": ""},
            {"command": "/whisper", "description": "Tells you alone", "usage_hint": "[words]"},
        ],
        "shortcuts": [
            {"name": "New concern", "type": "global", "callback_id": "new", "description": "Opens a form"},
            {
                "name": "Record as concern",
                "type": "message",
                "callback_id": "record",
                "description": "Keeps it",
            },
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *(
                    "app_mentions:read",
                    "chat:write",
                    "commands",
                    "files:write",
                    "im:history",
                    "im:read",
                    "im:write",
                ),
                *("channels:read", "groups:read", "reactions:read", "reactions:write", "users:read"),
            ]
        }
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {
            "bot_events": ["app_home_opened", "app_mention", "message.im", "reaction_added"]
        },
        "socket_mode_enabled": True,
    },
}


def concern(words: str = "") -> Block:
    return modal(
        field(text_input(multiline=True, **({"initial_value": words} if words else {})), block_id="words"),
        field(
            select(
                options=[option("low", "Low"), option("high", "High")], placeholder=plain("How grave it is")
            ),
            block_id="gravity",
            label=plain("Gravity"),
            optional=True,
        ),
        actions(button(text=plain("Ask about labels"), action_id="labels"), block_id="ask"),
        title=plain("New concern"),
        submit=plain("Record"),
        callback_id="concern",
    )


LABELS: Block = modal(
    section(text=plain("A label says who may read it.")), title=plain("Labels"), close=plain("Back")
)


def form() -> Block:
    """Return a modal with every kind of field."""
    kinds: dict[str, Block] = {
        "plain_text_input": {"multiline": True},
        "number_input": {"is_decimal_allowed": False, "min_value": "1"},
        "email_text_input": {},
        "url_text_input": {},
        "static_select": {"options": [option("a"), option("b", "Option B")]},
        "external_select": {"min_query_length": 1},
        "users_select": {},
        "channels_select": {},
        "conversations_select": {},
        "multi_static_select": {"options": [option("a"), option("b", "Option B")]},
        "multi_users_select": {},
        "checkboxes": {"options": [option("a"), option("b", "Option B")], "initial_options": [option("a")]},
        "radio_buttons": {"options": [option("a"), option("b", "Option B")]},
        "datepicker": {},
        "timepicker": {},
        "datetimepicker": {},
        "rich_text_input": {},
        "file_input": {"max_files": 2},
    }
    fields = [
        field({"type": kind, "action_id": "it", **more}, block_id=kind, label=plain(kind), optional=True)
        for kind, more in kinds.items()
    ]
    return modal(*fields, title=plain("Every field"), submit=plain("Send"), callback_id="form")


def gallery() -> list[Block]:
    labels = ["Jan", "Feb", "Mar", "Apr"]
    held = plot("line", count=3, labels=labels, x_label="Month", y_label="Trust")
    for number, series in enumerate(held["series"]):
        for place, point in enumerate(series["data"]):
            point["value"] = 0.4 + 0.1 * number + 0.05 * place * (-1) ** number
    figure: Block = {"type": "raw_number", "value": 3.2, "text": "3.2"}
    rows = [
        [{"type": "raw_text", "text": name} for name in ("Pilot", "Gains")],
        *(
            [{"type": "raw_text", "text": f"Pilot {n}"}, {**figure, "value": 9 - n, "text": str(9 - n)}]
            for n in range(8)
        ),
    ]
    return [
        {"type": "header", "text": plain("Balance of the river crossing")},
        section(
            text=mrkdwn(
                "Gains *3.2* (2.8-3.6) against risks *2.9*: _not decided_. <https://example.test|Read more>"
            )
        ),
        {**data_table(), "rows": rows, "page_size": 5},
        chart(held),
        {"type": "context", "elements": [mrkdwn("TLP:GREEN :large_green_circle: as of today")]},
        actions(
            button(text=plain("Why?"), action_id="why", style="primary"),
            button(
                text=plain("Withdraw"),
                action_id="withdraw",
                style="danger",
                confirm=confirm(title=plain("Withdraw it?")),
            ),
            select(
                action_id="range",
                placeholder=plain("Choose a range"),
                options=[option("m", "Month"), option("y", "Year")],
            ),
            {
                "type": "overflow",
                "action_id": "more",
                "options": [option("pdf", "Download"), option("csv", "As a table")],
            },
            block_id="acts",
        ),
    ]


def script(app: AsyncApp) -> None:  # noqa: PLR0915 (one bot, read whole)
    """Add the listeners."""

    @app.command("/greet")
    async def greet(ack: AsyncAck, command: Payload) -> None:
        await ack(f"Hello, {command['text'] or 'everybody'}!")

    @app.command("/form")
    async def fill(ack: AsyncAck, command: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=form())

    @app.options("it")
    async def suggest(ack: AsyncAck, payload: Payload) -> None:
        found = [option(f"{payload['value']}-{place}", f"{payload['value']} {place}") for place in range(2)]
        await ack(options=found)

    @app.view("form")
    async def filled(ack: AsyncAck) -> None:
        await ack()

    @app.command("/whisper")
    async def whisper(ack: AsyncAck, command: Payload, respond: AsyncRespond) -> None:
        await ack()
        await respond(text=f"Between us: {command['text']}", response_type="ephemeral")

    @app.command("/gallery")
    async def show(ack: AsyncAck, command: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text="The gallery", blocks=gallery())

    @app.event("app_mention")
    async def mentioned(event: Payload, client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text=f"I am here, <@{event['user']}>."
        )

    @app.event("message")
    async def told(event: Payload, client: AsyncWebClient) -> None:
        if not event.get("bot_id"):
            await client.chat_postMessage(channel=event["channel"], text=f"You said: {event['text']}")

    @app.event("reaction_added")
    async def noticed(event: Payload, client: AsyncWebClient) -> None:
        where = event["item"]
        await client.reactions_add(channel=where["channel"], timestamp=where["ts"], name="white_check_mark")

    @app.event("app_home_opened")
    async def opened(event: Payload, client: AsyncWebClient) -> None:
        blocks = [
            {"type": "header", "text": plain("Needs your answer")},
            section(text=mrkdwn(f"Welcome home, <@{event['user']}>.")),
            actions(button(text=plain("Answer now"), action_id="answer"), block_id="now"),
        ]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("why")
    async def why(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Because of four events.", replace_original=False, response_type="ephemeral")

    @app.action("withdraw")
    async def withdraw(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="Withdrawn.", replace_original=True)

    @app.action("range")
    async def chosen(ack: AsyncAck, respond: AsyncRespond, payload: Payload) -> None:
        await ack()
        words = f"Range: {payload['selected_option']['text']['text']}"
        await respond(text=words, replace_original=False, response_type="ephemeral")

    @app.action("more")
    async def more(ack: AsyncAck, respond: AsyncRespond, payload: Payload) -> None:
        await ack()
        await respond(text=f"More: {payload['selected_option']['value']}", replace_original=False)

    @app.action("answer")
    async def answer(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=concern())

    @app.action("labels")
    async def labels(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=LABELS)

    @app.shortcut("new")
    async def new(ack: AsyncAck, shortcut: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=concern())

    @app.shortcut("record")
    async def record(ack: AsyncAck, shortcut: Payload, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=concern(shortcut["message"]["text"]))

    @app.view("concern")
    async def recorded(ack: AsyncAck, view: Payload, body: Payload, client: AsyncWebClient) -> None:
        words = view["state"]["values"]["words"]["words"]["value"]
        if len(words) < 8:
            await ack(response_action="errors", errors={"words": "Say a little more than that."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Recorded: {words}")
