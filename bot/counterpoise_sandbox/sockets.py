"""Socket Mode: the sockets that apps open, and the envelopes that go down one of them."""

import asyncio
import itertools
import json
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from counterpoise_sandbox.workspace import Wire

LIMIT = 10
"""How many sockets Slack lets one app keep open."""

HEARTBEAT = 15.0
GRACE = 1.0
"""Seconds of real time that a client has to close a socket by itself once it was told to."""


@dataclass(eq=False)
class Socket:
    """One open connection of an app."""

    app_id: str
    wire: web.WebSocketResponse
    transport: asyncio.Transport | None
    waiting: dict[str, asyncio.Future[Wire]] = field(default_factory=dict)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """Every open socket, by app; an envelope goes down one of them, in turn."""

    def __init__(self) -> None:
        self._open: dict[str, list[Socket]] = {}
        self._turns = itertools.count()
        self._came = asyncio.Event()

    def of(self, app_id: str) -> list[Socket]:
        """Return an app's open sockets."""
        return self._open.get(app_id, [])

    async def connected(self, app_id: str, count: int = 1) -> None:
        """Wait until an app has so many sockets open."""
        while len(self.of(app_id)) < count:
            self._came.clear()
            await self._came.wait()

    async def serve(self, request: web.Request, app_id: str) -> web.WebSocketResponse:
        """Greet a new socket and read its acknowledgements until it closes."""
        wire = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await wire.prepare(request)
        socket = Socket(app_id, wire, request.transport)
        await wire.send_json(self._hello(socket))
        self._open.setdefault(app_id, []).append(socket)
        self._came.set()
        try:
            async for message in wire:
                if message.type == WSMsgType.TEXT:
                    _acknowledge(socket, message.data)
        finally:
            self._drop(socket)
            socket.gone.set()
        return wire

    async def send(self, app_id: str, kind: str, payload: Wire, **more: object) -> Wire | None:
        """Send an envelope down one socket; return what it was acknowledged with, None if there is no socket."""
        sockets = self.of(app_id)
        if not sockets:
            return None
        socket = sockets[next(self._turns) % len(sockets)]
        envelope_id = str(uuid.uuid4())
        acknowledged: asyncio.Future[Wire] = asyncio.get_running_loop().create_future()
        socket.waiting[envelope_id] = acknowledged
        envelope = {"envelope_id": envelope_id, "payload": payload, "type": kind, **more}
        try:
            await socket.wire.send_json(envelope)
            return await acknowledged
        except ConnectionError:
            return None
        finally:
            socket.waiting.pop(envelope_id, None)

    async def disconnect(self, app_id: str, reason: str = "refresh_requested") -> int:
        """Tell an app's sockets that they end and, after more than a `warning`, close them; return how many."""
        sockets = list(self.of(app_id))
        for socket in sockets:
            if reason != "warning":
                self._drop(socket)
            await self._farewell(socket, reason)
        return len(sockets)

    async def cut(self, app_id: str) -> int:
        """Break an app's sockets without a word; return how many there were."""
        sockets = list(self.of(app_id))
        for socket in sockets:
            self._drop(socket)
            if socket.transport is not None:
                socket.transport.abort()
        return len(sockets)

    async def close(self) -> None:
        """Close every socket."""
        for app_id in list(self._open):
            for socket in list(self.of(app_id)):
                self._drop(socket)
                await socket.wire.close()

    async def _farewell(self, socket: Socket, reason: str) -> None:
        notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        try:
            await socket.wire.send_json(notice)
            if reason != "warning":
                async with asyncio.timeout(GRACE):
                    await socket.gone.wait()
        except TimeoutError:
            await socket.wire.close()
        except ConnectionError:
            return

    def _hello(self, socket: Socket) -> Wire:
        return {
            "type": "hello",
            "connection_info": {"app_id": socket.app_id},
            "num_connections": len(self.of(socket.app_id)) + 1,
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }

    def _drop(self, socket: Socket) -> None:
        if socket in self.of(socket.app_id):
            self._open[socket.app_id].remove(socket)
        for acknowledged in socket.waiting.values():
            if not acknowledged.done():
                acknowledged.set_exception(ConnectionResetError("The socket closed."))


def _acknowledge(socket: Socket, said: str) -> None:
    try:
        answer = json.loads(said)
    except ValueError:
        return
    acknowledged = socket.waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
    if acknowledged is not None and not acknowledged.done():
        payload = answer.get("payload")
        acknowledged.set_result(payload if isinstance(payload, dict) else {})
