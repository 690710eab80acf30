"""Talk: members of a small world speak to the bot, through bodies such as Slack sends and a pretended Slack."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from counterpoise_bot.app import Conversation, conversation
from counterpoise_bot.chat import Chat
from counterpoise_bot.clients import Sessions
from counterpoise_bot.lanes import Pace
from counterpoise_bot.out import Out
from counterpoise_bot.workspaces import OneWorkspace
from tests.application.world import World
from tests.bot.slack import Slack, slack

TEAM, CHANNEL = "T1", "C1"
Hears = Callable[[dict[str, Any], Any], Awaitable[None]]


class Ack(AsyncAck):
    """What a request was acknowledged with."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.said: list[dict[str, Any]] = []

    async def __call__(self, *_: Any, **said: Any) -> BoltResponse:  # noqa: ANN401  as Bolt's takes everything
        self.said.append(said)
        return BoltResponse(status=200)


@dataclass
class Talk:
    """A conversation under way, and what Slack was sent in it."""

    world: World
    slack: Slack
    conversation: Conversation
    triggers: Any = field(default_factory=lambda: itertools.count(1))

    async def command(
        self, who: str, command: str, text: str = "", *, channel: str = CHANNEL
    ) -> dict[str, Any]:
        """Type a slash command, and return the private answer."""
        body = {
            "command": command,
            "text": text,
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": user(who),
            "trigger_id": f"t{next(self.triggers)}",
            "response_url": f"{self.slack.base}/respond",
        }
        return await self._answered(self.conversation.hearing.command, body)

    async def press(
        self, who: str, shown: Mapping[str, Any], action: str, choice: str = ""
    ) -> dict[str, Any]:
        """Press a button of a message, or choose in a menu of it, and return what is answered."""
        return await self._answered(
            self.conversation.hearing.action, self.pressing(who, shown, action, choice)
        )

    def pressing(self, who: str, shown: Mapping[str, Any], action: str, choice: str = "") -> dict[str, Any]:
        """Return the body of a press."""
        element = next(each for each in elements(shown) if each["action_id"].partition(":")[0] == action)
        pressed = {"action_id": element["action_id"], "type": element["type"]}
        if element["type"] == "button":
            pressed["value"] = element.get("value", "")
        else:
            option = next(each for each in element["options"] if choice in each["value"])
            pressed["selected_option"] = option
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user(who), "team_id": TEAM},
            "container": {
                "type": "message",
                "message_ts": "1.0",
                "channel_id": CHANNEL,
                "is_ephemeral": True,
            },
            "channel": {"id": CHANNEL},
            "actions": [pressed],
            "trigger_id": f"t{next(self.triggers)}",
            "response_url": f"{self.slack.base}/respond",
        }

    async def say(self, who: str, text: str, *, ts: str = "1234567890.000100", channel: str = "D1") -> None:
        """Write to the bot directly."""
        event = {
            "type": "message",
            "channel_type": "im",
            "channel": channel,
            "user": user(who),
            "text": text,
            "ts": ts,
            "event_ts": ts,
        }
        await self.event(event)

    async def event(self, event: Mapping[str, Any], **outer: object) -> None:
        """Let something happen."""
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{next(self.triggers)}",
            "event": event,
        }
        ack = Ack()
        await self.conversation.hearing.event({**body, **outer}, ack)
        assert ack.said
        await self.conversation.chat.out.quiet()

    async def submit(self, who: str, view: Mapping[str, Any], **entered: str) -> list[dict[str, Any]]:
        """Send a dialog with what stands in its fields; return what it was acknowledged with."""
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            element = block.get("element")
            if element is None:
                continue
            name = element["action_id"]
            given = entered.get(name)
            state[block["block_id"]] = {name: _state(element, given)}
        body = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user(who), "team_id": TEAM},
            "view": {**view, "id": "V1", "hash": "1", "state": {"values": state}},
        }
        ack = Ack()
        await self.conversation.hearing.view(body, ack)
        await self.conversation.chat.out.quiet()
        self.slack.calls += [("views.update", dict(said)) for said in ack.said if "view" in said]
        return ack.said

    def view(self) -> dict[str, Any]:
        """Return the dialog that was opened, or changed, last."""
        calls = [
            said
            for method, said in self.slack.calls
            if method in {"views.open", "views.update", "views.push"}
        ]
        found = calls[-1]["view"]
        opened: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
        return opened

    def payloads(self) -> str:
        """Return everything that Slack was ever sent, as one text."""
        return json.dumps(
            [self.slack.calls, self.slack.responses, self.slack.messages], default=str, ensure_ascii=False
        )

    async def _answered(self, hear: Hears, body: dict[str, Any]) -> dict[str, Any]:
        before = len(self.slack.responses)
        ack = Ack()
        await hear(body, ack)
        assert ack.said, "not acknowledged"
        await self.conversation.chat.out.quiet()
        return self.slack.responses[-1] if len(self.slack.responses) > before else {}


def user(who: str) -> str:
    """Return the Slack id of somebody of the small world."""
    return f"U{who.upper()}"


def elements(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every button and menu of a message."""
    blocks = shown.get("blocks") or []
    if isinstance(blocks, str):
        blocks = json.loads(blocks)
    found = [each for block in blocks for each in block.get("elements", []) if "action_id" in each]
    return found + [block["accessory"] for block in blocks if "accessory" in block]


def _state(element: Mapping[str, Any], given: str | None) -> dict[str, Any]:
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value", "") if given is None else given}
    options = element.get("options", [])
    chosen = (
        element.get("initial_option")
        if given is None
        else next(each for each in options if each["value"] == given)
    )
    return {"type": kind, "selected_option": chosen}


@asynccontextmanager
async def talking(world: World, *linked: str, web: str = "http://127.0.0.1:1/web") -> AsyncIterator[Talk]:
    """Let a small world talk; those named are linked to their Slack accounts."""
    for who in linked:
        code = world.application.members.code(world.by(who), member=world[who])
        world.application.members.link(code=code.code, team=TEAM, user=user(who))
        world.application.kept.put("person", world[who], {"language": "en"}, person=world[who])
    async with slack() as pretended:
        sessions = Sessions()
        clients = OneWorkspace("xoxb-1", base_url=f"{pretended.base}/api/", sessions=sessions)
        kept = world.application.kept
        out = Out(
            clients, kept, clock=world.clock, pace=Pace(message=0, card=0), strict=True, sessions=sessions
        )
        chat = Chat(world.application, kept, out, world.clock, forms=web)
        try:
            yield Talk(world, pretended, conversation(chat))
        finally:
            await out.close()
