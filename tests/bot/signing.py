"""Requests as Slack signs them."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def signature(raw: bytes, stamp: str, *, secret: str = SECRET) -> str:
    """Return what Slack writes into X-Slack-Signature."""
    signed = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256)
    return f"v0={signed.hexdigest()}"


def headers(raw: bytes, *, kind: str = JSON, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a request signed at a moment, now if none is given."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(raw, stamp, secret=secret),
    }


def event(text: str = "Hello", *, event_id: str = "Ev1", **more: object) -> bytes:
    """Return the body of an event."""
    said = {"type": "message", "channel": "C1", "user": "U1", "text": text, "ts": "1.0", "event_ts": "1.0"}
    whole = {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": {**said, **more}}
    return json.dumps(whole).encode()


def command(text: str = "", *, name: str = "/concern", trigger: str = "1.2.3") -> bytes:
    """Return the body of a slash command."""
    said = {"command": name, "text": text, "team_id": "T1", "user_id": "U1", "channel_id": "C1"}
    return urlencode({**said, "trigger_id": trigger, "response_url": "http://127.0.0.1:9/r"}).encode()


def interaction(payload: Mapping[str, object]) -> bytes:
    """Return the body of a button, a dialog or a shortcut."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def press(action: str, value: str = "") -> bytes:
    """Return the body of a button that was pressed."""
    return interaction(
        {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": "U1", "team_id": "T1"},
            "channel": {"id": "C1"},
            "container": {"type": "message", "message_ts": "1.0", "channel_id": "C1"},
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
            "trigger_id": "1.2.3",
            "response_url": "http://127.0.0.1:9/r",
        }
    )


def dialog(callback: str) -> bytes:
    """Return the body of a dialog that was sent."""
    return interaction(
        {
            "type": "view_submission",
            "team": {"id": "T1"},
            "user": {"id": "U1", "team_id": "T1"},
            "view": {"id": "V1", "type": "modal", "callback_id": callback, "state": {"values": {}}},
        }
    )
