"""The outbox: every message that is to be posted, kept before it is sent, so that a crash loses and doubles nothing."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from counterpoise.application.faces import Clock, Kept
from counterpoise_bot.message import Message, Picture, Place

KIND = "outbox"
REMEMBERED = 30 * 86_400_000_000
"""How long a message waits, and how long it is remembered that it was posted, in microseconds."""


Change = Callable[[dict[str, Any] | None], dict[str, Any] | None]


@dataclass(frozen=True)
class Letter:
    """A message on its way. `mark` is random, stands in its metadata, and finds it again.

    With `user` it goes to the conversation with that person, found when it is sent. `doubted`: it may have been posted,
    and nobody knows. `ts`: it was posted; what is left is its picture.
    """

    key: str
    place: Place
    message: Message
    thread: str = ""
    person: str = ""
    user: str = ""
    mark: str = field(default_factory=lambda: token_hex(12))
    doubted: bool = False
    ts: str = ""


class Outbox:
    """Letters by key. What was posted is remembered by its key and ts alone."""

    def __init__(self, kept: Kept, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock

    def begun(self, letter: Letter) -> Letter | str:
        """Keep a letter; return it, the one that waits already under its key, or the ts it was posted with."""

        def put(known: dict[str, Any] | None) -> dict[str, Any]:
            return known or _packed(letter)

        now = self._change(letter, put)
        return str(now["ts"]) if now.get("posted") else _unpacked(letter.key, now)

    def doubt(self, letter: Letter, *, doubted: bool) -> Letter:
        """Keep that a letter may have been posted, or surely was not."""
        return self._put(replace(letter, doubted=doubted))

    def posted(self, letter: Letter, ts: str) -> Letter:
        """Keep that a letter stands in Slack; with a picture still to come it goes on waiting."""
        if letter.message.picture is not None:
            return self._put(replace(letter, ts=ts, doubted=False))
        self.done(letter, ts)
        return replace(letter, ts=ts)

    def done(self, letter: Letter, ts: str) -> None:
        """Forget the words, and remember that they were posted."""
        until = self._clock() + REMEMBERED
        self._kept.put(KIND, letter.key, {"posted": True, "ts": ts}, until=until)

    def drop(self, letter: Letter) -> None:
        """Let a letter go that nobody will take."""
        self._kept.drop(KIND, letter.key)

    def waiting(self) -> list[Letter]:
        """Return every letter that is not wholly sent, oldest first."""
        return [_unpacked(key, value) for key, value in self._kept.all(KIND) if not value.get("posted")]

    def _put(self, letter: Letter) -> Letter:
        self._change(letter, lambda _known: _packed(letter))
        return letter

    def _change(self, letter: Letter, change: Change) -> dict[str, Any]:
        until = self._clock() + REMEMBERED
        now = self._kept.change(KIND, letter.key, change, person=letter.person, until=until)
        assert now is not None
        return now


def packed(message: Message) -> dict[str, Any]:
    """Return a message as it is kept."""
    picture, plainer = message.picture, message.plainer
    return {
        "text": message.text,
        "blocks": [dict(block) for block in message.blocks],
        "picture": picture
        and {"png": b64encode(picture.png).decode(), "alt": picture.alt, "name": picture.name},
        "plainer": plainer and packed(plainer),
    }


def unpacked(value: Mapping[str, Any]) -> Message:
    """Return a message that was kept."""
    picture, plainer = value["picture"], value["plainer"]
    return Message(
        text=value["text"],
        blocks=tuple(value["blocks"]),
        picture=picture and Picture(png=b64decode(picture["png"]), alt=picture["alt"], name=picture["name"]),
        plainer=plainer and unpacked(plainer),
    )


def _packed(letter: Letter) -> dict[str, Any]:
    return {
        "team": letter.place.team,
        "channel": letter.place.channel,
        "message": packed(letter.message),
        "thread": letter.thread,
        "person": letter.person,
        "user": letter.user,
        "mark": letter.mark,
        "doubted": letter.doubted,
        "ts": letter.ts,
    }


def _unpacked(key: str, value: Mapping[str, Any]) -> Letter:
    return Letter(
        key=key,
        place=Place(value["team"], value["channel"]),
        message=unpacked(value["message"]),
        thread=value["thread"],
        person=value["person"],
        user=value["user"],
        mark=value["mark"],
        doubted=value["doubted"],
        ts=value["ts"],
    )
