"""The Web API over HTTP: arguments and tokens from wherever clients put them, answers as Slack words them."""

import asyncio
import base64
import json
import logging
from dataclasses import dataclass

from aiohttp import web

from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.methods.call import Call, Method, Refused, coerced
from counterpoise_sandbox.methods.table import METHODS
from counterpoise_sandbox.record import Exchange
from counterpoise_sandbox.tiers import Tiers
from counterpoise_sandbox.workspace import Token, Wire

LOG = logging.getLogger(__name__)
NOBODY = Token(value="", app_id="", kind="bot")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request says: arguments, token, and the headers that matter."""

    arguments: Wire
    token: str


class WebApi:
    """Answers every call below /api/."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tiers = Tiers(engine)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the Web API."""
        return [web.get("/api/{method}", self._answer), web.post("/api/{method}", self._answer)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        engine = self._engine
        name = request.match_info["method"]
        with engine.answering():
            try:
                asked = await read(request)
            except ValueError:
                return web.json_response({"ok": False, "error": "invalid_json"})
            exchange = engine.record.begin("api", name, at=engine.clock.now(), request=asked.arguments)
            response = await self._struck(name, asked, exchange)
            exchange.status = response.status
            if engine.faults.strike("dropped_answer", name):
                exchange.trouble = "dropped_answer"
                _hang_up(request)
            return response

    async def _struck(self, name: str, asked: Asked, exchange: Exchange) -> web.Response:
        faults = self._engine.faults
        slow = faults.strike("slow_answer", name)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        limited = faults.strike("ratelimited", name)
        if limited is not None:
            return _limited(exchange, limited.retry_after)
        broken = faults.strike("server_error", name)
        if broken is not None:
            exchange.trouble = "server_error"
            return web.Response(status=broken.status, text="upstream connect error")
        return self._played(name, asked, exchange)

    def _played(self, name: str, asked: Asked, exchange: Exchange) -> web.Response:
        headers = {"X-Slack-Req-Id": f"sandbox-{exchange.number}"}
        try:
            method = _method(name)
            token = self._token(method, asked.token, exchange)
            headers["X-OAuth-Scopes"] = ",".join(token.scopes)
            headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
            wait = self._tiers.wait(method, token, asked.arguments)
            if wait:
                return _limited(exchange, wait)
            arguments = coerced(method.arguments, asked.arguments)
            call = Call(engine=self._engine, method=method, arguments=arguments, token=token)
            answer: Wire = {"ok": True, **method.function(call)}
        except Refused as refusal:
            answer = {"ok": False, "error": refusal.error, **refusal.more}
        except Exception:  # whatever breaks here, an app is answered in Slack's words and the fault is logged
            LOG.exception("%s broke", name)
            answer = {"ok": False, "error": "internal_error"}
        exchange.answer = answer
        return web.json_response(answer, headers=headers)

    def _token(self, method: Method, value: str, exchange: Exchange) -> Token:
        if not method.tokens:
            return NOBODY
        if not value:
            raise Refused("not_authed")
        token = self._engine.workspace.tokens.get(value)
        if token is None or token.kind == "refresh":
            raise Refused("invalid_auth")
        exchange.app, exchange.team, exchange.user = token.app_id, token.team, token.user
        if token.revoked:
            raise Refused("token_revoked")
        if token.expires and token.expires <= self._engine.clock.now():
            raise Refused("token_expired")
        if token.kind not in method.tokens:
            raise Refused("not_allowed_token_type")
        if method.scopes and not set(method.scopes) & set(token.scopes):
            raise Refused("missing_scope", needed=",".join(method.scopes), provided=",".join(token.scopes))
        return token


def _method(name: str) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", req_method=name)
    return method


async def read(request: web.Request) -> Asked:
    """Read arguments from the query, a form or JSON, and the token from the header or among them."""
    arguments: Wire = dict(request.query)
    if request.method == "POST":
        arguments |= await _body(request)
    token = str(arguments.pop("token", "") or "")
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        login, _, password = base64.b64decode(shown).decode().partition(":")
        arguments |= {"client_id": login, "client_secret": password}
    return Asked(arguments=arguments, token=shown.strip() if scheme.casefold() == "bearer" else token)


async def _body(request: web.Request) -> Wire:
    if request.content_type == "application/json":
        said = await request.text()
        value = json.loads(said) if said else {}
        if not isinstance(value, dict):
            raise ValueError("A call's arguments are an object.")
        return {key: each for key, each in value.items() if each is not None}
    form = await request.post()
    return {
        name: part.file.read() if isinstance(part, web.FileField) else part for name, part in form.items()
    }


def _limited(exchange: Exchange, seconds: int) -> web.Response:
    exchange.answer, exchange.trouble = {"ok": False, "error": "ratelimited"}, "ratelimited"
    return web.json_response(exchange.answer, status=429, headers={"Retry-After": str(seconds)})


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
