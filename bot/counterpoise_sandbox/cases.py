"""A recorded run as a test case: written out, and played again against the same app."""

import base64
import inspect
import json
import re
from collections import Counter
from typing import Any

from counterpoise_sandbox.engine import SETTLE, Engine
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.places import Impossible
from counterpoise_sandbox.record import Exchange
from counterpoise_sandbox.settings import Settings
from counterpoise_sandbox.workspace import Message, Wire
from counterpoise_sandbox.workspace_file import build

FORM = "sandbox-case-1"
ANSWERED = ("api", "response_url")
BEFOREHAND = ("apps.connections.open", "auth.test")
"""Calls of an app that gets ready; a replay meets it when it is."""
PASSING = re.compile(
    r"\d{10,13}\.\w+\.\w{32}|\d{10}\.\d{6}|\b[A-Za-z\-]*0SB[0-9A-Z]{7}\b|http://127\.0\.0\.1:\d+|\d{10}\.[0-9a-f]{8}"
)
"""What differs from run to run: triggers, timestamps, minted ids, addresses, hashes of views."""


class Unplayable(Exception):  # noqa: N818 - it says what happened
    """A case is not of the form that `written` gives."""


def written(engine: Engine, first: Wire) -> Wire:
    """Return the run as a case: the workspace it began with, what people did, what the apps asked for."""
    exchanges = engine.record.since()
    return {
        "form": FORM,
        "workspace": first,
        "steps": [
            {"person": one.user, "does": one.name, "with": one.request}
            for one in exchanges
            if one.way in ("person", "setting")
        ],
        "calls": [_call(one) for one in exchanges if one.way in ANSWERED and one.name not in BEFOREHAND],
    }


def _call(one: Exchange) -> Wire:
    return {
        "app": one.app,
        "method": one.name,
        "arguments": one.request,
        "ok": bool(one.answer.get("ok")),
        "error": str(one.answer.get("error", "")),
    }


async def play(engine: Engine, case: Wire, *, settle: float = SETTLE, patience: float = 10.0) -> Wire:
    """Play a case: reset to its workspace, do every step, wait for quiet after each; return what differed.

    The answer is `same` (true or false), and `missing` and `unexpected` calls, timestamps and ids left out.
    """
    if case.get("form") != FORM:
        raise Unplayable(f"A case says form {FORM!r}.")
    engine.reset(lambda: build(json.loads(json.dumps(case["workspace"]))))
    files: dict[str, str] = {}
    for step in case["steps"]:
        try:
            await _step(engine, step, files)
        except (Impossible, TypeError, KeyError, AttributeError) as failure:
            raise Unplayable(f"{step['person']} could not {step['does']}: {failure}") from None
        await engine.quiet(settle, patience)
    return _compared(case, written(engine, {}))


async def _step(engine: Engine, step: Wire, files: dict[str, str]) -> None:
    said = dict(step["with"])
    actor: Any = Somebody(engine, step["person"]) if step["person"] else Settings(engine)
    if step["does"] == "upload":
        files[said["file"]] = await _upload(actor, said)
        return
    if "files" in said:
        said["files"] = [files[one] for one in said["files"]]
    if "message" in said:
        said |= _pointed(engine, step["does"], said.pop("message"))
    done = getattr(actor, step["does"])(**said)
    if inspect.isawaitable(done):
        await done


async def _upload(actor: Somebody, said: Wire) -> str:
    more = {name: said[name] for name in ("title", "mimetype") if name in said}
    return await actor.upload(said["name"], base64.b64decode(said["content"]), **more)


def _pointed(engine: Engine, does: str, number: int) -> Wire:
    message = _numbered(engine, number)
    if does == "say":
        return {"thread_ts": message.ts}
    return {"channel": message.channel, "ts": message.ts}


def _numbered(engine: Engine, number: int) -> Message:
    for channel in engine.workspace.channels.values():
        for message in (*channel.messages.values(), *channel.ephemerals):
            if message.number == number:
                return message
    raise Impossible(f"There is no message number {number}.")


def _compared(case: Wire, again: Wire) -> Wire:
    before, after = Counter(map(_bare, case["calls"])), Counter(map(_bare, again["calls"]))
    missing, unexpected = list((before - after).elements()), list((after - before).elements())
    return {
        "same": not missing and not unexpected,
        "missing": [json.loads(one) for one in missing],
        "unexpected": [json.loads(one) for one in unexpected],
    }


def _bare(call: Wire) -> str:
    return PASSING.sub("…", json.dumps(call, sort_keys=True, ensure_ascii=False))
