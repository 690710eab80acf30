"""What a message may say: text, blocks, attachments and metadata as the chat methods take and refuse them."""

import json
from collections.abc import Iterator, Sequence

from counterpoise_sandbox.checks import Problem, check_message, error_of
from counterpoise_sandbox.methods.call import Call, Refused
from counterpoise_sandbox.wire import bot_profile
from counterpoise_sandbox.workspace import Wire

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
LONGEST_METADATA = 8_000

SAYING = (
    "text blocks:raw attachments:raw markdown_text metadata:raw mrkdwn:flag parse link_names:flag username icon_url"
    " icon_emoji as_user:flag unfurl_links:flag unfurl_media:flag"
)
"""The arguments that say what a message says, for the table of methods."""


def said(call: Call, *, longest: int = LONGEST_TEXT, cut: bool = False) -> Wire:
    """Return the body of a message from the arguments; raises Refused as Slack does."""
    body: Wire = {}
    if call.has("markdown_text") and (call.text("text") or call.has("blocks")):
        raise Refused("markdown_text_conflict")
    if call.has("text"):
        body["text"] = call.text("text")
    if call.has("blocks"):
        body["blocks"] = _array(call.arguments["blocks"], "invalid_blocks_format")
    if call.has("attachments"):
        body["attachments"] = _array(call.arguments["attachments"], "invalid_attachments")
    if call.has("markdown_text"):
        body |= _markdown(call.text("markdown_text"))
    if call.has("metadata"):
        body["metadata"] = _metadata(call.arguments["metadata"])
    _weigh(call, body, longest=longest, cut=cut)
    return body


def require_words(body: Wire) -> None:
    """Refuse a message that says nothing."""
    if not (body.get("text") or body.get("blocks") or body.get("attachments") or body.get("files")):
        raise Refused("no_text")


def signed(call: Call, body: Wire) -> Wire:
    """Return the body with who posts it: a bot's profile, and the name and face it may choose."""
    if not call.me.is_bot:
        return {"text": "", **body}
    who: Wire = {
        "bot_id": call.me.bot_id,
        "app_id": call.app.id,
        "bot_profile": bot_profile(call.app, call.me.bot_id, call.me.team),
    }
    if call.granted("chat:write.customize"):
        if call.has("username"):
            who["username"] = call.text("username")
        icons = {name[5:]: call.text(name) for name in ("icon_emoji", "icon_url") if call.has(name)}
        who |= {"icons": icons} if icons else {}
    return {"text": "", **body, **who}


def check_blocks(call: Call, body: Wire) -> None:
    """Refuse blocks that Slack would refuse, naming each fault by its JSON pointer."""
    problems = [*_refused(call, body), *(one for one in check_message(body) if one.code != "no_text")]
    if problems:
        raise Refused(error_of(problems), **told(problems))


def told(problems: Sequence[Problem]) -> Wire:
    """Return problems as Slack tells them: sentences with JSON pointers, and a list for machines."""
    return {
        "errors": [one.told() for one in problems],
        "response_metadata": {"messages": [one.line() for one in problems]},
    }


def _weigh(call: Call, body: Wire, *, longest: int, cut: bool) -> None:
    if len(body.get("text", "")) > longest:
        if not cut:
            raise Refused("msg_too_long")
        body["text"] = body["text"][:longest]
    if "blocks" in body or "attachments" in body:
        check_blocks(call, body)


def _refused(call: Call, body: Wire) -> Iterator[Problem]:
    refused = call.engine.faults.refused_blocks
    for place, block in enumerate(body.get("blocks", [])):
        if isinstance(block, dict) and block.get("type") in refused:
            kind = block["type"]
            yield Problem(f"/blocks/{place}/type", "unsupported_type", f"unsupported type: {kind}")


def _markdown(text: str) -> Wire:
    return {"text": text, "blocks": [{"type": "markdown", "text": text}]}


def _array(given: object, error: str) -> list[Wire]:
    try:
        value = json.loads(given) if isinstance(given, str) and given else given or []
    except ValueError:
        raise Refused(error) from None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused(error)
    return value


def _metadata(given: object) -> Wire:
    try:
        value = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise Refused("invalid_metadata_format") from None
    if not isinstance(value, dict):
        raise Refused("invalid_metadata_format")
    payload = value.get("event_payload", "")
    payload = {} if payload is None else payload  # Bolt's assistant sends null where it knows of no context
    if not isinstance(value.get("event_type"), str) or not isinstance(payload, dict):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(value)) > LONGEST_METADATA:
        raise Refused("metadata_too_large")
    return {"event_type": value["event_type"], "event_payload": payload}
