"""The post: events, commands and interactions on their way to an app, by signed HTTP or down a socket."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import aiohttp

from counterpoise_sandbox.clock import Clock
from counterpoise_sandbox.faults import Faults
from counterpoise_sandbox.record import Exchange, Record, Way
from counterpoise_sandbox.sockets import Sockets
from counterpoise_sandbox.workspace import App, Wire

PATIENCE = 3.0
"""Seconds Slack waits for an acknowledgement."""

RETRIES = (0.0, 60.0, 300.0)
"""Seconds after a failed delivery of an event until it is tried again."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

KINDS: dict[Way, str] = {
    "event": "events_api",
    "command": "slash_commands",
    "interaction": "interactive",
    "options": "interactive",
}


@dataclass
class Ack:
    """How an app acknowledged: its JSON or plain text; `trouble` is what the person would be told instead."""

    body: Wire = field(default_factory=dict)
    text: str = ""
    status: int = 0
    trouble: str = ""
    """"": fine; `operation_timeout`: later than three seconds; `dispatch_failed`: anything else."""
    reason: str = ""
    """Why, in the words of X-Slack-Retry-Reason."""
    no_retry: bool = False


def sign(secret: str, body: bytes, *, at: int) -> str:
    """Return Slack's v0 signature of a body; `at` is real time in seconds since 1970."""
    return "v0=" + hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()


def signed_headers(app: App, body: bytes) -> dict[str, str]:
    """Return the headers that prove a body comes from Slack, of this second."""
    now = int(time.time())
    return {
        "X-Slack-Request-Timestamp": str(now),
        "X-Slack-Signature": sign(app.signing_secret, body, at=now),
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


class Post:
    """What is on its way; `patience` is in seconds of real time."""

    def __init__(self, clock: Clock, faults: Faults, record: Record) -> None:
        self.sockets = Sockets()
        self.patience = PATIENCE
        self._clock = clock
        self._faults = faults
        self._record = record
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._under_way)

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Let something go on its way, watched by `busy`."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def event(self, app: App, envelope: Wire, *, attempt: int = 0, reason: str = "") -> None:
        """Send an event; a failure is tried again at once, after a minute and after five."""
        self.start(self._event(app, envelope, attempt, reason))

    async def ask(self, app: App, way: Way, payload: Wire, *, url: str, name: str = "") -> Ack:
        """Send a command or an interaction and wait for its acknowledgement."""
        exchange = self._begin(app, way, name or str(payload.get("command") or payload.get("type")), payload)
        form = payload if way == "command" else {"payload": json.dumps(payload)}
        body = urlencode(form).encode()
        kind = "application/x-www-form-urlencoded"
        return await self._deliver(app, exchange, url=url, body=body, content_type=kind, headers={})

    async def verify(self, app: App) -> bool:
        """Ask an events URL to repeat a challenge, as Slack does when it is set."""
        challenge = hashlib.sha256(app.id.encode()).hexdigest()
        payload = {"token": app.verification_token, "challenge": challenge, "type": "url_verification"}
        exchange = self._begin(app, "event", "url_verification", payload)
        body = json.dumps(payload).encode()
        ack = await self._deliver(
            app, exchange, url=app.events_url, body=body, content_type="application/json", headers={}
        )
        return challenge in (ack.text, ack.body.get("challenge"))

    async def close(self) -> None:
        """Stop everything under way."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()

    async def _event(self, app: App, envelope: Wire, attempt: int, reason: str) -> None:
        exchange = self._begin(app, "event", str(envelope.get("event", {}).get("type", "")), envelope)
        exchange.headers = {"attempt": attempt, "reason": reason} if attempt else {}
        headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        ack = await self._deliver(
            app,
            exchange,
            url=app.events_url,
            body=json.dumps(envelope).encode(),
            content_type="application/json",
            headers=headers,
        )
        wanted = attempt < self._faults.retries
        if (ack.trouble and not ack.no_retry and attempt < len(RETRIES)) or wanted:
            self._again(app, envelope, attempt, ack.reason or "http_timeout")

    def _again(self, app: App, envelope: Wire, attempt: int, reason: str) -> None:
        wait = RETRIES[min(attempt, len(RETRIES) - 1)]
        again = attempt + 1
        if wait:
            due = self._clock.now() + wait
            self._clock.at(due, lambda: self.event(app, envelope, attempt=again, reason=reason))
        else:
            self.event(app, envelope, attempt=again, reason=reason)

    def _begin(self, app: App, way: Way, name: str, payload: Wire) -> Exchange:
        user = payload.get("user_id") or payload.get("user") or ""
        return self._record.begin(
            way,
            name,
            at=self._clock.now(),
            request=payload,
            app=app.id,
            team=str(payload.get("team_id") or ""),
            user=str(user.get("id", "")) if isinstance(user, dict) else str(user),
        )

    async def _deliver(
        self,
        app: App,
        exchange: Exchange,
        *,
        url: str,
        body: bytes,
        content_type: str,
        headers: dict[str, str],
    ) -> Ack:
        try:
            async with asyncio.timeout(self.patience):
                if app.socket_mode:
                    ack = await self._by_socket(app, exchange, headers)
                else:
                    signed = signed_headers(app, body) | {"Content-Type": content_type, **headers}
                    exchange.headers |= signed
                    ack = await self._by_http(url, body, signed)
        except TimeoutError:
            ack = Ack(trouble="operation_timeout", reason="http_timeout")
        except (aiohttp.ClientError, OSError) as failure:
            ack = Ack(trouble="dispatch_failed", reason="connection_failed", text=str(failure))
        if self._faults.late_acks and not ack.trouble:
            ack = Ack(trouble="operation_timeout", reason="http_timeout")
        exchange.status, exchange.trouble = ack.status, ack.trouble
        exchange.answer = ack.body or ({"text": ack.text} if ack.text else {})
        return ack

    async def _by_http(self, url: str, body: bytes, headers: dict[str, str]) -> Ack:
        if urlsplit(url).hostname not in LOOPBACK:
            return Ack(
                trouble="dispatch_failed", reason="connection_failed", text=f"No loopback address: {url!r}"
            )
        async with self._http().post(url, data=body, headers=headers, allow_redirects=False) as answer:
            said = await answer.text(errors="replace")
            return _acknowledged(answer.status, said, answer.headers.get("X-Slack-No-Retry", ""))

    async def _by_socket(self, app: App, exchange: Exchange, headers: dict[str, str]) -> Ack:
        more: Wire = {"accepts_response_payload": exchange.way != "event"}
        if exchange.way == "event":
            more["retry_attempt"] = int(headers.get("X-Slack-Retry-Num", "0"))
            more["retry_reason"] = headers.get("X-Slack-Retry-Reason", "")
        answer = await self.sockets.send(app.id, KINDS[exchange.way], exchange.request, **more)
        if answer is None:
            return Ack(trouble="dispatch_failed", reason="connection_failed")
        plain = set(answer) == {"text"}
        return Ack(status=200, body={} if plain else answer, text=str(answer["text"]) if plain else "")

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session


def _acknowledged(status: int, said: str, no_retry: str) -> Ack:
    if not 200 <= status < 300:  # noqa: PLR2004 - the range of success
        return Ack(
            status=status, trouble="dispatch_failed", reason="http_error", text=said, no_retry=no_retry == "1"
        )
    try:
        body = json.loads(said) if said else {}
    except ValueError:
        body = None
    if isinstance(body, dict):
        return Ack(status=status, body=body)
    return Ack(status=status, text=said)
