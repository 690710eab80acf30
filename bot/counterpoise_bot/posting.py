"""How letters leave the outbox: in turn, once each, plainer where Slack refuses, again where it was not reached."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from counterpoise_bot.clients import Clients, NotInstalled, Refused, Unreached, Wire, asked
from counterpoise_bot.directs import Directs
from counterpoise_bot.fitting import PIECES, QUIET, forms, payload, pieces
from counterpoise_bot.lanes import Lanes, Pace
from counterpoise_bot.message import Message, Picture, Place
from counterpoise_bot.outbox import Letter, Outbox

logger = logging.getLogger(__name__)

EVENT_TYPE = "counterpoise_post"
"""The type of the metadata that holds a letter's mark, which is random and names nobody."""

PLAINER = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "msg_too_long"}
)
"""Codes that ask for a plainer form."""

LONGEST_PAUSE = 60.0
LOOKED_THROUGH = 100
"""Messages of a conversation among which a mark is looked for."""


class Posted(NamedTuple):
    """What became of a message: its ts, empty while it waits; the code where Slack will not have it."""

    ts: str
    refused: str = ""


class Degraded(NamedTuple):
    """A form that was not sent: the code Slack gave or `limit`, and where it would have stood."""

    code: str
    surface: str


class Posting:
    """Sends letters, each in a task of its own, until it is posted or refused."""

    def __init__(
        self,
        clients: Clients,
        outbox: Outbox,
        directs: Directs,
        *,
        pace: Pace,
        strict: bool,
        told: Callable[[Degraded], None],
    ) -> None:
        self._clients = clients
        self._outbox = outbox
        self._directs = directs
        self._pace = pace
        self._lanes = Lanes(pace)
        self._strict = strict
        self._told = told
        self._first: dict[str, asyncio.Future[Posted]] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def post(self, letter: Letter) -> Posted:
        """Keep a letter, send it, and return once it was tried: with the ts if it is posted, or was long ago."""
        letter = replace(letter, message=fitting(letter.message, strict=self._strict, told=self._told))
        known = self._outbox.begun(letter)
        if isinstance(known, str):
            return Posted(known)
        return await asyncio.shield(self.send(known))

    def send(self, letter: Letter) -> asyncio.Future[Posted]:
        """Begin to send a letter that is kept; the first outcome is what the future gives."""
        if letter.key not in self._first:
            first = asyncio.get_running_loop().create_future()
            self._first[letter.key] = first
            task = asyncio.create_task(self._deliver(letter, first))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return self._first[letter.key]

    async def upload(self, place: Place, picture: Picture, *, thread: str = "") -> None:
        """Show a picture, its words beside it."""
        wire = await self._clients.of(place.team)
        async with self._lanes.turn(*place):
            await asked(
                wire.client.files_upload_v2(
                    file=picture.png,
                    filename=picture.name,
                    title=picture.name,
                    alt_txt=picture.alt or None,
                    channel=place.channel,
                    thread_ts=thread or None,
                )
            )

    async def _deliver(self, letter: Letter, first: asyncio.Future[Posted]) -> None:
        try:
            await self._until_settled(letter, first)
        except Exception as error:
            if first.done():
                raise
            first.set_exception(error)
        finally:
            self._first.pop(letter.key, None)
            first.cancel()

    async def _until_settled(self, letter: Letter, first: asyncio.Future[Posted]) -> None:
        """Try until Slack has taken the letter or refused it, ever more slowly."""
        for pause in _pauses():
            try:
                posted = await self._tried(letter)
            except Refused as refused:
                logger.warning("A message was refused: %s", refused.code)
                self._outbox.drop(letter)
                posted = Posted("", refused.code)
            except NotInstalled:
                self._outbox.drop(letter)
                posted = Posted("", "not_installed")
            except Unreached as trouble:
                logger.warning("A message waits: %s", trouble.code)
                letter = self._kept(letter, doubted=trouble.doubted)
                _settle(first, Posted(""))
                await self._pace.sleep(pause)
                continue
            _settle(first, posted)
            return

    def _kept(self, letter: Letter, *, doubted: bool) -> Letter:
        """Return the letter as it is in the outbox now: what was done of it stays done."""
        now = self._outbox.begun(letter)
        assert isinstance(now, Letter)
        return now if now.ts else self._outbox.doubt(now, doubted=doubted)

    async def _tried(self, letter: Letter) -> Posted:
        wire = await self._clients.of(letter.place.team)
        if letter.user:
            letter = replace(letter, place=await self._directs.of(letter.place.team, letter.user))
        if not letter.ts:
            letter = await self._posted(wire, letter)
        picture = letter.message.picture
        if picture is not None:
            named = replace(picture, name=f"{letter.mark[:8]}-{picture.name}")
            if not (letter.doubted and await self._found(wire, letter, _named(named.name))):
                letter = self._outbox.doubt(letter, doubted=True)
                await self._pictured(letter, named)
            self._outbox.done(letter, letter.ts)
        return Posted(letter.ts)

    async def _pictured(self, letter: Letter, picture: Picture) -> None:
        """Show the picture of a letter; one that Slack will not have is let go, for the words say the same."""
        try:
            await self.upload(letter.place, picture, thread=letter.thread)
        except Refused as refused:
            logger.warning("A picture was refused: %s", refused.code)
            self._told(Degraded(refused.code, "picture"))

    async def _posted(self, wire: Wire, letter: Letter) -> Letter:
        """Post a letter unless it stands already, and keep that it does."""
        ts = await self._found(wire, letter, _marked(letter.mark)) if letter.doubted else ""
        form, _, rest = _split(letter.message)
        if not ts:
            async with self._lanes.turn(*letter.place):
                letter = letter if letter.doubted else self._outbox.doubt(letter, doubted=True)
                ts, form, rest = await self._sent(wire, letter)
        if rest:
            following = Letter(f"{letter.key}/", letter.place, Message(rest), letter.thread, letter.person)
            kept = self._outbox.begun(following)
            if isinstance(kept, Letter):
                self.send(kept)
        return self._outbox.posted(replace(letter, message=form), ts)

    async def _sent(self, wire: Wire, letter: Letter) -> tuple[str, Message, str]:
        """Return the ts, the form that Slack has taken, and the words that are to follow it."""
        form: Message | None = letter.message
        while form is not None:
            whole, head, rest = _split(form)
            try:
                return await self._said(wire, letter, replace(whole, text=head)), whole, rest
            except Refused as refused:
                form = plainer(form) if refused.code in PLAINER else None
                if form is None:
                    raise
                self._told(Degraded(refused.code, "message"))
        raise AssertionError("a form is sent or refused")

    async def _said(self, wire: Wire, letter: Letter, form: Message) -> str:
        answer = await asked(
            wire.once.chat_postMessage(
                channel=letter.place.channel,
                thread_ts=letter.thread or None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"mark": letter.mark}},
                **said(form),
            )
        )
        return str(answer.get("ts", ""))

    async def _found(self, wire: Wire, letter: Letter, is_it: Callable[[Mapping[str, Any]], bool]) -> str:
        """Return the ts of the message that is looked for; empty where it is not there, or we may not look."""
        asks: dict[str, Any] = {
            "channel": letter.place.channel,
            "limit": LOOKED_THROUGH,
            "include_all_metadata": True,
        }
        call = (
            wire.client.conversations_replies(ts=letter.thread, **asks)
            if letter.thread
            else wire.client.conversations_history(**asks)
        )
        try:
            answer = await asked(call)
        except Refused:
            return ""
        return next((str(each["ts"]) for each in answer.get("messages") or () if is_it(each)), "")


def said(form: Message) -> dict[str, Any]:
    """Return what is said of a message to be posted: its words and blocks, and that nothing is previewed."""
    return {**QUIET, **(payload(form) if form.blocks else {"text": form.text})}


def plainer(form: Message) -> Message | None:
    """Return what is said where Slack refuses a form: its plainer one, its text alone, at last nothing."""
    return form.plainer or (Message(form.text, picture=form.picture) if form.blocks else None)


def fitting(message: Message, *, strict: bool, told: Callable[[Degraded], None]) -> Message:
    """Return the first form of a message that is within the limits; OverLimit for any that is not where `strict`."""
    for form, found in forms(message, strict=strict):
        if not found:
            return form
        told(Degraded("limit", "message"))
    raise AssertionError("a text alone fits")


def _split(message: Message) -> tuple[Message, str, str]:
    """Return a message, the words it is posted with, and those that follow it: by themselves, or as a file."""
    if message.blocks:
        return message, message.text, ""
    parts = pieces(message.text)
    if len(parts) == 1:
        return message, message.text, ""
    if len(parts) > PIECES and message.picture is None:
        whole = Picture(png=message.text.encode(), alt="", name="message.txt")
        return replace(message, picture=whole), parts[0], ""
    return message, parts[0], message.text[len(parts[0]) :].lstrip()


def _marked(mark: str) -> Callable[[Mapping[str, Any]], bool]:
    def is_it(message: Mapping[str, Any]) -> bool:
        metadata = message.get("metadata") or {}
        return bool((metadata.get("event_payload") or {}).get("mark") == mark)

    return is_it


def _named(name: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda message: any(each.get("name") == name for each in message.get("files") or ())


def _settle(first: asyncio.Future[Posted], outcome: Posted) -> None:
    if not first.done():
        first.set_result(outcome)


def _pauses() -> Iterator[float]:
    """Yield 1, 2, 4, ... seconds, up to a minute, for as long as it takes."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)
