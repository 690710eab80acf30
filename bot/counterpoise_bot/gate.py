"""The gate: what Slack signed, once, and small enough; judged on raw bytes before anything is parsed."""

import hashlib
import hmac
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 1024 * 1024
"""The largest body: a legal view of 250 kB is larger once it is encoded."""

WINDOW = 300
"""Seconds a request may be old, or ahead."""

REMEMBERED = 600
"""Seconds a signature is known again: twice the window, for clocks go either way."""

MOST_REMEMBERED = 100_000
DEEPEST = 100
"""Levels of nesting, far beyond any view of Slack's."""

JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"
OK, BAD, UNSIGNED, TOO_LARGE = 200, 400, 401, 413

FORMS = frozenset({"payload", "command", "ssl_check"})
"""What a form of Slack's has one of: an interaction, a slash command, a look at our certificate."""

_LONE = re.compile(r"\\u[dD][89a-fA-F]")
"""What may be half a character, which nothing can keep."""

_DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Judged:
    """What the gate says of a request: the status, and a body that it answers itself.

    `body` is the request as text where it is let in, to be read as `content_type` says; `parsed` is what it holds.
    """

    status: int
    answer: str = ""
    body: str = ""
    content_type: str = ""
    parsed: Mapping[str, Any] | None = None

    @property
    def admitted(self) -> bool:
        """Whether the request is to be heard."""
        return self.parsed is not None


class Gate:
    """Lets in what Slack signed with our secret, and each such request once. `clock` gives seconds since 1970."""

    def __init__(self, signing_secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = signing_secret.encode()
        self._clock = clock
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def judge(self, headers: Mapping[str, str], raw: bytes) -> Judged:
        """Judge one request; `headers` by their names in any case, as aiohttp gives them. It never raises."""
        if len(raw) > MOST_BYTES:
            return Judged(TOO_LARGE)
        signature = self._signature(headers, raw)
        if signature is None:
            return Judged(UNSIGNED)
        if self._repeated(signature):
            return Judged(OK)
        found = _read(headers.get("Content-Type", ""), raw)
        if found is None:
            return Judged(BAD)
        if found.parsed is not None and found.parsed.get("type") == "url_verification":
            return Judged(OK, answer=str(found.parsed.get("challenge", "")))
        return found

    def _signature(self, headers: Mapping[str, str], raw: bytes) -> bytes | None:
        """Return the signature if it is Slack's, and of now."""
        stamp = headers.get("X-Slack-Request-Timestamp", "")
        given = headers.get("X-Slack-Signature", "").encode("utf-8", "surrogateescape")
        if not _DIGITS.fullmatch(stamp) or abs(self._clock() - int(stamp)) > WINDOW:
            return None
        signed = hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
        right = b"v0=" + signed.hexdigest().encode()
        return right if hmac.compare_digest(right, given) else None

    def _repeated(self, signature: bytes) -> bool:
        """Whether this very request was here before; from now on it was."""
        now = self._clock()
        while self._seen and (
            len(self._seen) >= MOST_REMEMBERED or next(iter(self._seen.values())) < now - REMEMBERED
        ):
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False


def _read(content_type: str, raw: bytes) -> Judged | None:
    """Return what a signed body holds; None where it is nothing Slack would send."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        body = raw.decode()
        if kind == JSON_TYPE or body.startswith("{"):
            return Judged(OK, body=body, content_type=JSON_TYPE, parsed=_object(body))
        fields = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True, errors="strict"))
        if not FORMS & fields.keys():
            return None
        parsed = _object(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        return None
    return Judged(OK, body=body, content_type=FORM_TYPE, parsed=parsed)


def _object(text: str) -> dict[str, Any]:
    """Return a JSON object; ValueError for anything else, or one nested to absurdity."""
    if text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
        raise ValueError("nested to absurdity")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  one error for all that is not ours
    if _LONE.search(text):
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings, without parsing."""
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        match token.group()[0]:
            case "[" | "{":
                depth += 1
                deepest = max(deepest, depth)
            case "]" | "}":
                depth -= 1
    return deepest
