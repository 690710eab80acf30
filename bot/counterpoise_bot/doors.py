"""The doors: commands, buttons, dialogs, shortcuts and events, each leading to one listener of one feature."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from counterpoise_bot.message import Place
from counterpoise_bot.turns import Turn

Listener = Callable[[Turn], Awaitable[None]]
Check = Callable[[Turn], Mapping[str, str]]
"""Looks at a dialog before it closes: what is wrong, by block id, in the person's words; nothing where all is well."""
Choices = Callable[[Turn], Awaitable[Sequence[Mapping[str, Any]]]]
Arrival = Callable[[Place], Awaitable[None]]


class Feature(Protocol):
    """A part of the conversation: it says which doors lead to it."""

    def listen(self, doors: "Doors") -> None:
        """Name the doors."""


@dataclass(frozen=True)
class Dialog:
    """What becomes of a dialog that is sent: looked at, acknowledged, then heard.

    With `waits` it stands, and says that it is working, until the listener shows the next page; else it closes.
    """

    heard: Listener
    check: Check | None = None
    waits: bool = False


@dataclass
class Doors:
    """Every door by its name. A name leads to one listener: a second one is an error of ours."""

    commands: dict[str, Listener] = field(default_factory=dict)
    words: dict[str, Listener] = field(default_factory=dict)
    actions: dict[str, Listener] = field(default_factory=dict)
    dialogs: dict[str, Dialog] = field(default_factory=dict)
    closings: dict[str, Listener] = field(default_factory=dict)
    shortcuts: dict[str, Listener] = field(default_factory=dict)
    events: dict[str, list[Listener]] = field(default_factory=dict)
    menus: dict[str, Choices] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)

    def command(self, name: str, heard: Listener) -> None:
        """Lead a slash command to a listener."""
        _once(self.commands, name, heard)

    def word(self, name: str, heard: Listener) -> None:
        """Lead a word after /counterpoise to a listener, and free text that means the same; `turn.text` is the rest."""
        _once(self.words, name, heard)

    def action(self, name: str, heard: Listener) -> None:
        """Lead a button or a choice to a listener."""
        _once(self.actions, name, heard)

    def view(self, name: str, heard: Listener, *, check: Check | None = None, waits: bool = False) -> None:
        """Lead a dialog that is sent to a listener."""
        _once(self.dialogs, name, Dialog(heard, check, waits))

    def closed(self, name: str, heard: Listener) -> None:
        """Lead a dialog that is closed unsent to a listener."""
        _once(self.closings, name, heard)

    def shortcut(self, name: str, heard: Listener) -> None:
        """Lead a shortcut to a listener."""
        _once(self.shortcuts, name, heard)

    def event(self, name: str, heard: Listener) -> None:
        """Lead an event to a listener; an event may have several."""
        self.events.setdefault(name, []).append(heard)

    def arrival(self, heard: Arrival) -> None:
        """Be told when the bot comes into a channel."""
        self.arrivals.append(heard)

    def options(self, name: str, choices: Choices) -> None:
        """Lead a menu whose choices are asked for to a listener."""
        _once(self.menus, name, choices)


def opened(features: Iterable[Feature]) -> Doors:
    """Return the doors of all features."""
    doors = Doors()
    for feature in features:
        feature.listen(doors)
    return doors


def _once(doors: dict[str, Any], name: str, listener: object) -> None:
    if name in doors:
        raise ValueError(f"two listeners for {name}")
    doors[name] = listener
