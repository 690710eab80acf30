"""Holds the bot under a thousand people against its bars, and against a bare aiohttp handler that answers at once."""

import asyncio
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import ClientSession, TCPConnector, web

from counterpoise import frame
from counterpoise.application.circumstances import Circumstances
from counterpoise.application.operations import found, opened
from counterpoise.domain.concerns import ConcernRaised

PEOPLE, RATE, TWICE = 1_000, 50, 10
"""People, requests a second (each person sends a command and then a click), and which request is sent twice."""

BARE = 500
"""Requests the bare handler is sent."""

ACKNOWLEDGED, STORED, AT_ONCE = 100.0, 250.0, 3_000.0
"""Bars in milliseconds: 99 % acknowledged, 99 % stored and told so; all, when everybody writes at once."""

SECRET, TEAM, CHANNEL = "bench", "T0BENCH", "C0BENCH"
FORM = "application/x-www-form-urlencoded"
PROGRAM = Path(sysconfig.get_path("scripts")) / "counterpoise"
PATIENCE = 120
"""Seconds after which whatever is still awaited counts as lost."""


@dataclass
class Load:
    """What people sent and when, and what the pretend Slack has heard of the bot since."""

    http: ClientSession
    url: str = ""
    slack: str = ""
    acknowledged: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)
    heard: dict[str, asyncio.Future[Mapping[str, Any]]] = field(default_factory=dict)
    sent: int = 0

    async def send(self, said: Mapping[str, str]) -> float:
        """Send one signed request, every tenth twice; return the milliseconds to its first answer."""
        raw, stamp = urlencode(said).encode(), str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": FORM,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signed}",
        }
        self.sent += 1
        times = 2 if self.sent % TWICE == 0 else 1
        waits = await asyncio.gather(*(self._post(raw, headers) for _ in range(times)))
        return waits[0]

    async def _post(self, raw: bytes, headers: Mapping[str, str]) -> float:
        begun = time.perf_counter()
        async with self.http.post(self.url, data=raw, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        return (time.perf_counter() - begun) * 1000

    def awaited(self, name: str) -> str:
        """Return a response_url, and await what is sent there."""
        self.heard[name] = asyncio.get_running_loop().create_future()
        return f"{self.slack}/response/{name}"

    async def person(self, number: int) -> None:
        """Let somebody write a concern, read its draft, and record it."""
        url = self.awaited(f"draft-{number}")
        self.acknowledged.append(await self.send(command(number, url)))
        draft = await self.heard[f"draft-{number}"]
        value = next(each["value"] for each in buttons(draft) if each["action_id"] == "draft-record")
        await asyncio.sleep(1)
        url = self.awaited(f"receipt-{number}")
        begun = time.perf_counter()
        self.acknowledged.append(await self.send(click(number, value, url)))
        await self.heard[f"receipt-{number}"]
        self.stored.append((time.perf_counter() - begun) * 1000)


def main() -> None:
    """Print the waits beside their bars; exit 1 if one is missed, or an event is lost or doubled."""
    with tempfile.TemporaryDirectory() as made:
        store = f"sqlite:///{Path(made) / 'log.db'}"
        peopled(store)
        missed = asyncio.run(measured(store))
        events = recorded(store)
    print(f"{'events':28} {events:>8}         {'each once' if events == PEOPLE else 'LOST OR DOUBLED'}")
    sys.exit(missed or events != PEOPLE)


async def measured(store: str) -> bool:
    """Load the bare handler and then the bot, and say what each waited; return whether a bar is missed."""
    async with ClientSession(connector=TCPConnector(limit=0)) as http:
        load = Load(http)
        runner = await pretended(load)
        try:
            async with running([sys.executable, __file__, "bare"], {}) as said:
                load.url = said["url"]
                bare = await paced([load.send(command(n, "")) for n in range(BARE)], RATE)
            async with running(
                [str(PROGRAM), "bot", "--port", "0", "--json", "--store", store], bot(load)
            ) as said:
                load.url = said["addresses"]["events"]
                await paced([load.person(n) for n in range(PEOPLE)], RATE / 2)
                burst = await paced([load.send(command(n, "", again=True)) for n in range(PEOPLE)], 1e9)
        finally:
            await runner.cleanup()
    peer = at(bare, 98)
    missed = [
        told("acknowledged", load.acknowledged, ACKNOWLEDGED, peer),
        told("stored, and told so", load.stored, STORED, peer),
    ]
    worst = max(burst)
    missed.append(worst > AT_ONCE)
    print(f"{'all at once, the last':28} {worst:>8.1f} ms      bar {AT_ONCE:.0f}: {verdict(worst, AT_ONCE)}")
    print(f"{'bare handler':28} p50 {at(bare, 49):>8.2f} ms   p99 {peer:.2f} ms")
    return any(missed)


async def paced(deeds: Sequence[Any], rate: float) -> list[Any]:
    """Begin each deed when its time has come, at so many a second, whatever became of those before it."""
    begun = time.perf_counter()

    async def one(place: int, deed: Any) -> Any:  # noqa: ANN401  any deed, and what it gives
        await asyncio.sleep(max(0.0, begun + place / rate - time.perf_counter()))
        return await asyncio.wait_for(deed, PATIENCE)

    return await asyncio.gather(*(one(place, deed) for place, deed in enumerate(deeds)))


def told(what: str, waits: Sequence[float], bar: float, peer: float) -> bool:
    """Print the median and the 99th percentile beside the bar; return whether it is missed."""
    p99 = at(waits, 98)
    print(
        f"{what:28} p50 {at(waits, 49):>8.1f} ms   p99 {p99:>7.1f} ms   bar {bar:.0f}: {verdict(p99, bar)}"
        f"   {p99 / peer:.1f} x the bare handler's p99"
    )
    return p99 > bar


def at(waits: Sequence[float], cut: int) -> float:
    """Return a percentile."""
    return quantiles(waits, n=100)[cut]


def verdict(value: float, bar: float) -> str:
    """Return how a figure stands to its bar."""
    return "met" if value <= bar else "MISSED"


def command(number: int, url: str, *, again: bool = False) -> dict[str, str]:
    """Return a slash command of one person."""
    return {
        "command": "/concern",
        "text": f"The drones over the clinic frighten families of quarter {number}",
        "team_id": TEAM,
        "user_id": f"U{number:05}",
        "channel_id": CHANNEL,
        "trigger_id": f"{number}.{'again' if again else 'first'}",
        "response_url": url or "http://127.0.0.1:9/nowhere",
    }


def click(number: int, value: str, url: str) -> dict[str, str]:
    """Return the click that records a draft."""
    action = {"type": "button", "action_id": "draft-record", "block_id": "b", "value": value}
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": f"U{number:05}", "team_id": TEAM},
        "channel": {"id": CHANNEL},
        "container": {
            "type": "message",
            "message_ts": f"{number}.1",
            "channel_id": CHANNEL,
            "is_ephemeral": True,
        },
        "actions": [action],
        "trigger_id": f"{number}.click",
        "response_url": url,
    }
    return {"payload": json.dumps(payload)}


def buttons(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every button of a message."""
    for block in message["blocks"]:
        yield from (each for each in block.get("elements", ()) if each.get("type") == "button")


async def pretended(load: Load) -> web.AppRunner:
    """Serve a Slack that says yes to everything, and notes what comes to a response_url."""

    async def api(request: web.Request) -> web.Response:
        given = {**request.query, **(await request.post())}
        user = {"id": given.get("user", ""), "locale": "en-GB", "tz": "UTC", "team_id": TEAM}
        return web.json_response(
            {
                "ok": True,
                "user": user if "user" in given else user["id"],
                "user_id": "U0BOT",
                "bot_id": "B0BOT",
                "team_id": TEAM,
                "ts": "1.0",
                "channel": {"id": "D0BENCH"},
                "members": [],
            }
        )

    async def response(request: web.Request) -> web.Response:
        waiting = load.heard.get(request.match_info["name"])
        body = await request.json()
        if waiting is not None and not waiting.done():
            waiting.set_result(body)
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_route("*", "/api/{method}", api)
    application.router.add_post("/response/{name}", response)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    load.slack = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


def bot(load: Load) -> dict[str, str]:
    """Return the settings of a bot of the pretend Slack."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{load.slack}/api/",
        "COUNTERPOISE_SLACK_MODE": "http",
    }


@asynccontextmanager
async def running(words: Sequence[str], settings: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    """Run a server in a process of its own until the caller is done; lend what it said in its first line."""
    environment = {**os.environ, **settings}
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), PATIENCE)


def bare() -> None:
    """Serve the peer: a handler that reads the body and answers at once."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    async def serve() -> None:
        application = web.Application()
        application.router.add_post("/slack/events", answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        print(json.dumps({"url": url}), flush=True)
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()
        await runner.cleanup()

    asyncio.run(serve())


def peopled(store: str) -> None:
    """Make a store in which a thousand people take part in one pilot, each linked to an account."""
    with opened(store, make=True) as application:
        first = found(application, actor="Clinic", categories=("humanitarian",), name="Ada", handle="ada")
        ada = application.speaker(msgspec.json.decode(first.result)["member"])

        def made(receipt: Any) -> dict[str, str]:  # noqa: ANN401  a receipt of any verb
            answer: dict[str, str] = msgspec.json.decode(receipt.result)
            return answer

        theatre = made(application.theatres.open(ada, name="Coast", kinds={"disaster_relief": 1.0}))[
            "theatre"
        ]
        pilot = made(application.pilots.propose(ada, theatre=theatre, title="Ferry", visibility="low"))[
            "pilot"
        ]
        ada = application.speaker(ada.id)
        application.actors.set_chat_ceiling(ada, ceiling="AMBER+STRICT", how=Circumstances())
        for number in range(PEOPLE):
            enrolled = application.members.enrol(
                ada, actor=ada.actor, name=f"Person {number}", handle=f"p{number}"
            )
            member = made(enrolled)["member"]
            application.members.grant(ada, member=member, role="participant", pilot=pilot)
            code = application.members.code(ada, member=member).code
            application.members.link(code=code, team=TEAM, user=f"U{number:05}")


def recorded(store: str) -> int:
    """Return how many concerns the log holds."""
    with opened(store) as application:
        return frame.of(application.log.frame(), ConcernRaised).collect().height


if __name__ == "__main__":
    bare() if sys.argv[1:] == ["bare"] else main()
