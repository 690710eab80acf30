"""What is sent and where to: messages with their plainer forms, pictures, places and accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Block = Mapping[str, Any]
"""One block of Block Kit, as it is sent."""


class Account(NamedTuple):
    """A person as Slack knows them: the HOME team (of an organisation that spans teams, the enterprise) and user id."""

    team: str
    user: str


class Place(NamedTuple):
    """Where a message stands: a workspace and a conversation in it, direct ones too."""

    team: str
    channel: str


@dataclass(frozen=True)
class Picture:
    """A picture with the words that say the same: `alt` is at most 2,000 characters."""

    png: bytes
    alt: str
    name: str = "chart.png"


@dataclass(frozen=True)
class Message:
    """A message: `text` holds the whole content for those who cannot see blocks.

    `plainer` is what is sent where Slack refuses these blocks: a chart becomes a picture, a table, then text.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    plainer: "Message | None" = None
