"""chat.startStream, appendStream and stopStream: a message that grows before people's eyes."""

import json

from counterpoise_sandbox import conversation, wire
from counterpoise_sandbox.checks import check_blocks as problems_of
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.call import Call, Refused, method
from counterpoise_sandbox.methods.chat import mine, post_into
from counterpoise_sandbox.methods.composing import check_blocks, said, signed, told
from counterpoise_sandbox.workspace import Message, Wire

LONGEST = 12_000
"""Characters of markdown_text in one call."""
MOST = 50
"""Blocks, and chunks, in one call."""
LASTS = 300.0
"""Seconds without a word after which a stream has lost its state; Slack names no number."""
CHUNKS = ("markdown_text", "task_update", "plan_update", "blocks")
STATUSES = ("pending", "in_progress", "complete", "error")


@method(
    "chat.startStream",
    "channel! thread_ts:ts markdown_text chunks:json recipient_user_id recipient_team_id task_display_mode"
    " username icon_url icon_emoji",
    scopes="chat:write",
    tier=2,
    tokens="bot",
)
def start(call: Call) -> Wire:
    """Begin a message that grows; in a channel it must say for whom."""
    chunks = _chunks(call)
    channel = post_into(call)
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not call.text(name):
                raise Refused(f"missing_{name}")
    if call.has("recipient_user_id") and call.text("recipient_user_id") not in call.workspace.people:
        raise Refused("user_not_found")
    stream: Wire = {
        "markdown": "",
        "tasks": {},
        "plan": "",
        "blocks": [],
        "mode": call.text("task_display_mode"),
    }
    _grow(stream, chunks)
    message = conversation.post(
        call.engine,
        channel,
        user=call.user,
        body=signed(call, _shown(stream)) | {"streaming_state": "in_progress"},
        thread_ts=call.text("thread_ts"),
        app_id=call.app.id,
    )
    message.stream = stream | {"touched": call.now}
    return {"channel": channel.id, "ts": message.ts}


@method(
    "chat.appendStream",
    "channel! ts!:ts markdown_text chunks:json",
    scopes="chat:write",
    tier=4,
    tokens="bot",
)
def append(call: Call) -> Wire:
    """Let a message grow."""
    chunks = _chunks(call)
    if not chunks:
        raise Refused("no_text")
    message = _streaming(call)
    _grow(message.stream, chunks)
    message.stream["touched"] = call.now
    _change(call.engine, message, _shown(message.stream))
    return {"channel": message.channel, "ts": message.ts}


@method(
    "chat.stopStream",
    "channel! ts!:ts markdown_text chunks:json blocks:raw metadata:raw",
    scopes="chat:write",
    tier=2,
    tokens="bot",
)
def stop(call: Call) -> Wire:
    """End a message that grew; its last blocks come beneath what was streamed."""
    chunks = _chunks(call)
    closing = _last_words(call)
    message = _streaming(call)
    _grow(message.stream, chunks)
    body = _shown(message.stream)
    body["blocks"] = [*body["blocks"], *wire.blocks(closing.get("blocks", []), f"{message.ts}/end")]
    message.stream = {}
    message.body.pop("streaming_state", None)
    message.body |= {"metadata": closing["metadata"]} if "metadata" in closing else {}
    conversation.edit(call.engine, message, body, by=call.user, marked=False)
    return {"channel": message.channel, "ts": message.ts, "message": wire.message(call.workspace, message)}


def _last_words(call: Call) -> Wire:
    given = {name: call.arguments[name] for name in ("blocks", "metadata") if call.has(name)}
    bare = Call(engine=call.engine, method=call.method, arguments=given, token=call.token)
    closing = said(bare)
    if len(closing.get("blocks", [])) > MOST:
        raise Refused("msg_blocks_too_many")
    return closing


def _streaming(call: Call) -> Message:
    message = call.message(call.channel())
    if not mine(call, message):
        raise Refused("message_not_owned_by_app")
    if message.stopped:
        raise Refused("stopped_by_user")
    if not message.streaming or call.now - message.stream["touched"] > LASTS:
        message.stream = {}
        message.body.pop("streaming_state", None)
        raise Refused("message_not_in_streaming_state")
    return message


def _chunks(call: Call) -> list[Wire]:
    chunks = call.arguments.get("chunks") or []
    if call.has("markdown_text"):
        chunks = [{"type": "markdown_text", "text": call.text("markdown_text")}, *chunks]
    if not isinstance(chunks, list) or len(chunks) > MOST + 1:
        raise Refused("invalid_chunks")
    for place, chunk in enumerate(chunks):
        _check(call, chunk, place)
    return chunks


def _check(call: Call, chunk: object, place: int) -> None:
    if not isinstance(chunk, dict) or chunk.get("type") not in CHUNKS:
        raise _invalid(place, f"must be one of: {', '.join(CHUNKS)}", "/type")
    if chunk["type"] == "markdown_text" and len(str(chunk.get("text", ""))) > LONGEST:
        raise Refused("msg_too_long")
    if chunk["type"] == "task_update" and (
        not chunk.get("id") or not chunk.get("title") or chunk.get("status") not in STATUSES
    ):
        raise _invalid(place, "a task has an id, a title and a status")
    if chunk["type"] == "plan_update" and not chunk.get("title"):
        raise _invalid(place, "missing required field: title")
    if chunk["type"] == "blocks":
        blocks = chunk.get("blocks")
        if not isinstance(blocks, list) or len(blocks) > MOST:
            raise Refused("msg_blocks_too_many")
        problems = problems_of(blocks, "message", f"/chunks/{place}/blocks")
        if problems:
            raise Refused("invalid_blocks", **told(problems))
        check_blocks(call, {"blocks": blocks})


def _invalid(place: int, words: str, below: str = "") -> Refused:
    messages = [f"[ERROR] {words} [json-pointer:/chunks/{place}{below}]"]
    return Refused("invalid_chunks", response_metadata={"messages": messages})


def _grow(stream: Wire, chunks: list[Wire]) -> None:
    for chunk in chunks:
        if chunk["type"] == "markdown_text":
            stream["markdown"] += chunk["text"]
        elif chunk["type"] == "task_update":
            stream["tasks"].setdefault(chunk["id"], {}).update(chunk)
        elif chunk["type"] == "plan_update":
            stream["plan"] = chunk["title"]
        else:
            stream["blocks"] += chunk["blocks"]


def _shown(stream: Wire) -> Wire:
    """Return the message so far: its text, then its tasks (in a plan, where one is wanted), then its blocks."""
    tasks = [_card(task) for task in stream["tasks"].values()]
    blocks: list[Wire] = []
    if stream["markdown"]:
        blocks.append({"type": "markdown", "text": stream["markdown"]})
    if tasks and (stream["plan"] or stream["mode"] == "plan"):
        blocks.append({"type": "plan", "title": stream["plan"] or "Plan", "tasks": tasks})
    else:
        blocks += tasks
    return {"text": stream["markdown"], "blocks": [*blocks, *json.loads(json.dumps(stream["blocks"]))]}


def _card(task: Wire) -> Wire:
    card: Wire = {
        "type": "task_card",
        "task_id": task["id"],
        "title": task["title"],
        "status": task["status"],
    }
    for name in ("details", "output"):
        if task.get(name):
            section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(task[name])}]}
            card[name] = {"type": "rich_text", "elements": [section]}
    return card | ({"sources": task["sources"]} if task.get("sources") else {})


def _change(engine: Engine, message: Message, body: Wire) -> None:
    """Show the next words at once; apps hear of the message only when it is whole."""
    message.body |= {"text": body["text"], "blocks": wire.blocks(body["blocks"], message.ts)}
    engine.changed("stream", channel=message.channel, ts=message.ts)
