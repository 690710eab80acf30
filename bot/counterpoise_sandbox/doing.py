"""What a person's forms ask for, done: posted fields become the acts of somebody at their screen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from aiohttp import web

from counterpoise_sandbox import inputs, wire
from counterpoise_sandbox.choices import options
from counterpoise_sandbox.engine import Engine
from counterpoise_sandbox.people import Somebody
from counterpoise_sandbox.places import Impossible, blocks_of, message_at
from counterpoise_sandbox.render.texts import flat
from counterpoise_sandbox.showing import Found
from counterpoise_sandbox.workspace import View, Wire

_IDS = ("selected_user", "selected_conversation", "selected_channel")


class Fields:
    """The fields of a posted form, each with everything sent under its name."""

    def __init__(self, sent: Iterable[tuple[str, object]]) -> None:
        self._held: dict[str, list[object]] = {}
        for name, value in sent:
            self._held.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def text(self, name: str) -> str:
        """Return the words of a field, "" if it was left out."""
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> list[str]:
        """Return all words of a field."""
        return [one for one in self._held.get(name, []) if isinstance(one, str)]

    def files(self, name: str) -> list[web.FileField]:
        """Return the files of a field; one that was left empty sends none."""
        return [one for one in self._held.get(name, []) if isinstance(one, web.FileField) and one.filename]


async def sent(request: web.Request) -> Fields:
    """Read a posted form."""
    return Fields((await request.post()).items())


@dataclass(frozen=True)
class Target:
    """Where a form stands: a message, or a modal or Home."""

    name: str
    blocks: list[Wire]
    state: Wire
    channel: str = ""
    ts: str = ""
    home: str = ""

    @property
    def where(self) -> dict[str, str]:
        """The place as the acts of somebody take it."""
        if self.ts:
            return {"channel": self.channel, "ts": self.ts}
        return {"home": self.home} if self.home else {}


def target(engine: Engine, who: Somebody, surface: str) -> Target:
    """Return what a surface's name stands for; raises Impossible when it is gone."""
    kind, _, rest = surface.partition(":")
    if kind == "message":
        channel, _, ts = rest.partition(":")
        message = message_at(engine, who.person, channel, ts)
        blocks = blocks_of(message)
        state = message.state.get(who.id) or inputs.initial(blocks)
        return Target(surface, blocks, state, channel=channel, ts=ts)
    view = engine.workspace.views.get(rest)
    if view is None or view.user != who.id:
        raise Impossible("This window has closed.")
    return Target(surface, view.body["blocks"], view.state, home=_home(view))


def _home(view: View) -> str:
    return view.app_id if view.body["type"] == "home" else ""


async def act(engine: Engine, who: Somebody, found: Found, fields: Fields) -> None:
    """Press, search, submit or close in a message, Home or modal, with what stands in its fields."""
    where = target(engine, who, fields.text("surface"))
    if "close" in fields:
        await who.close(everything=fields.text("close") == "all")
        return
    pressed = fields.text("press") or fields.text("look")
    block_id, action_id, value = _parts(pressed)
    await _keep(engine, who, where, found, fields, besides=(block_id, action_id))
    if "submit" in fields:
        await who.submit()
    elif "look" in fields:
        await _look(who, where, found, (block_id, action_id), fields)
    elif pressed:
        await _press(engine, who, where, found, fields, (block_id, action_id, value))


def _parts(pressed: str) -> tuple[str, str, str]:
    block_id, action_id, value = (unquote(part) for part in [*pressed.split(":"), "", "", ""][:3])
    return block_id, action_id, value


def _element(where: Target, block_id: str, action_id: str) -> Wire:
    found = inputs.find(where.blocks, action_id, block_id)
    if found is None:
        raise Impossible("This is no longer here.")
    return found[1]


async def _press(
    engine: Engine, who: Somebody, where: Target, found: Found, fields: Fields, pressed: tuple[str, str, str]
) -> None:
    block_id, action_id, value = pressed
    element = _element(where, block_id, action_id)
    kind = str(element["type"])
    if kind in ("button", "icon_button", "workflow_button", "feedback_buttons"):
        await who.click(action_id, block_id=block_id, value=value, **where.where)
    elif kind == "overflow":
        await who.choose(action_id, value, block_id=block_id, **where.where)
    else:
        chosen = await _value(engine, who, element, fields, f"v:{_quoted(block_id)}:{_quoted(action_id)}")
        await _enter(who, where, found, block_id, element, chosen)


def _quoted(part: str) -> str:
    return quote(part, safe="")


async def _keep(
    engine: Engine, who: Somebody, where: Target, found: Found, fields: Fields, *, besides: tuple[str, str]
) -> None:
    """Enter what stands in the fields and differs from what was there, besides the one that is pressed."""
    for name, block_id, action_id in _named(fields):
        held = inputs.find(where.blocks, action_id, block_id)
        if held is None or (block_id, action_id) == besides:
            continue
        block, element = held
        if block["type"] != "input" and not where.home and where.ts:
            continue
        chosen = await _value(engine, who, element, fields, name)
        unsent = element["type"] == "file_input" and not chosen
        if not unsent and chosen != _before(where, block_id, element):
            await _enter(who, where, found, block_id, element, chosen)


def _named(fields: Fields) -> Iterator[tuple[str, str, str]]:
    """Yield the fields of elements, those of empty groups of check boxes too: name, block_id, action_id."""
    for name in dict.fromkeys([*(one for one in fields if one.startswith("v:")), *fields.texts("asked")]):
        _, block_id, action_id = [*name.split(":"), "", ""][:3]
        yield name, unquote(block_id), unquote(action_id)


def _before(where: Target, block_id: str, element: Wire) -> Any:  # noqa: ANN401 (any JSON)
    """Return what an element holds, in the form in which a page would send it."""
    held = where.state.get(block_id, {}).get(element["action_id"], {})
    value = held.get(inputs.VALUES.get(str(element["type"]), ""))
    if isinstance(value, dict):
        return flat(value) if value.get("type") == "rich_text" else value.get("value")
    if isinstance(value, list):
        return [one.get("value") if isinstance(one, dict) and "value" in one else one for one in value]
    return None if value in ("", None) else str(value)


async def _value(engine: Engine, who: Somebody, element: Wire, fields: Fields, name: str) -> Any:  # noqa: ANN401 (any JSON)
    """Return what a page sent for an element: None for nothing, a text, or a list."""
    kind = str(element["type"])
    if kind == "file_input":
        return [await _upload(engine, who, one) for one in fields.files(name)]
    words = fields.texts(name)
    if kind.startswith("multi_") or kind == "checkboxes":
        return words
    value = words[0] if words else ""
    if kind == "datetimepicker" and value:
        moment = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(who.person.tz))
        return str(int(moment.timestamp()))
    return value.replace("\r\n", "\n") or None


async def _upload(engine: Engine, who: Somebody, field: web.FileField) -> Wire:
    identifier = await who.upload(field.filename, field.file.read(), mimetype=field.content_type)
    return wire.file(engine.workspace, engine.workspace.files[identifier])


async def _enter(
    who: Somebody,
    where: Target,
    found: Found,
    block_id: str,
    element: Wire,
    value: Any,  # noqa: ANN401 (any JSON)
) -> None:
    action_id, kind = str(element["action_id"]), str(element["type"])
    if kind.endswith(("_input", "picker")):
        await who.enter(action_id, value, block_id=block_id, **where.where)
        return
    query = ""
    if "external" in kind:
        known = found.get((who.id, where.name, block_id, action_id), [])
        query = next((str(one["query"]) for one in known if "query" in one), "")
        if isinstance(value, str):
            value = next(
                (one["option"] for one in known if one.get("option", {}).get("value") == value), value
            )
    await who.choose(action_id, value, block_id=block_id, query=query, **where.where)


async def _look(who: Somebody, where: Target, found: Found, at: tuple[str, str], fields: Fields) -> None:
    """Ask an app for the options of an external select, and keep them for the page."""
    block_id, action_id = at
    query = fields.text(f"q:{_quoted(block_id)}:{_quoted(action_id)}")
    answer = await who.suggestions(action_id, query, block_id=block_id, **where.where)
    found[who.id, where.name, block_id, action_id] = [
        {"option": one, "query": query} for one in options(answer)
    ]


async def do(engine: Engine, who: Somebody, fields: Fields) -> None:
    """Do one thing outside surfaces: say, edit, delete, react, use a shortcut, join."""
    channel, ts = fields.text("channel"), fields.text("ts")
    match fields.text("verb"):
        case "say":
            await _say(who, fields)
        case "edit":
            await who.edit(channel, ts, fields.text("text").replace("\r\n", "\n").strip())
        case "delete":
            await who.delete(channel, ts)
        case "dismiss":
            await who.dismiss(channel, ts)
        case "toggle":
            await _toggle(engine, who, channel, ts, fields.text("name"))
        case "shortcut":
            await who.shortcut(fields.text("callback_id"), app=fields.text("app"))
        case "message_shortcut":
            await who.message_shortcut(fields.text("callback_id"), channel, ts, app=fields.text("app"))
        case "join":
            await who.join(channel)
        case "heed":
            engine.workspace.notices.pop(who.id, None)
            engine.changed("notice", user=who.id)
        case unknown:
            raise Impossible(f"Nobody can {unknown or 'do nothing'}.")


async def _say(who: Somebody, fields: Fields) -> None:
    where = fields.text("where")
    words = fields.text("text").replace("\r\n", "\n").strip()
    thread_ts = fields.text("thread_ts")
    attached = fields.files("file")
    files = [await who.upload(one.filename, one.file.read(), mimetype=one.content_type) for one in attached]
    if words.startswith("/") and not thread_ts and not files:
        name, _, rest = words.partition(" ")
        await who.command(name, rest.strip(), channel=where)
    elif words or files:
        await who.say(where, words, thread_ts=thread_ts, files=files or None)


async def _toggle(engine: Engine, who: Somebody, channel: str, ts: str, name: str) -> None:
    message = message_at(engine, who.person, channel, ts)
    if who.id in message.reactions.get(name, []):
        await who.unreact(channel, ts, name)
    else:
        await who.react(channel, ts, name)
