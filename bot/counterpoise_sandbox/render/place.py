"""Where a surface stands: for which reader, with which choices made, and how its parts are named in the page."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from counterpoise_sandbox.mrkdwn import NOBODY, Reader
from counterpoise_sandbox.render.tags import Json

Named = Sequence[tuple[str, str]]


def _no_picture(_image: Mapping[str, Json]) -> str:
    return ""


@dataclass(frozen=True)
class Place:
    """One message, Home or modal in a page.

    `key` is unique in the page and the same at every drawing. `state` holds what was chosen, as Slack's
    `state.values`. `found` holds the options found for external selects, by (block, action). `picture` gives the
    address of an image that may be shown, or "" for one that lies outside.
    """

    key: str = ""
    reader: Reader = NOBODY
    people: Named = ()
    conversations: Named = ()
    channels: Named = ()
    state: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    found: Mapping[tuple[str, str], Sequence[Json]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    picture: Callable[[Mapping[str, Json]], str] = _no_picture
    block: str = ""
    path: str = ""
    label: str = ""
    described: str = ""
    required: bool = False
    level: int = 4
    """The level its headings have in the page."""
    pressed: bool = True
    """Whether a change is sent at once; a field of a form is sent with the form."""

    def at(self, block: str) -> "Place":
        """Return the place of one block."""
        return replace(self, block=block, path=block, label="", described="", required=False, pressed=True)

    def inside(self, part: str) -> "Place":
        """Return the place of a block within this one; what is done there is done in this block."""
        return replace(self, path=f"{self.path}/{part}", label="", described="", required=False, pressed=True)

    def asking(self, *, label: str, described: str, required: bool, pressed: bool) -> "Place":
        """Return the place of an input block's element: what labels and describes it."""
        return replace(self, label=label, described=described, required=required, pressed=pressed)

    def id(self, *parts: str) -> str:
        """Return the id of a part, the same at every drawing."""
        text = "\0".join((self.key, self.path, *parts))
        return "x" + hashlib.sha256(text.encode()).hexdigest()[:12]

    def name(self, action: str) -> str:
        """Return the name of a form field: v:block:action, each part percent-encoded."""
        return f"v:{quote(self.block, safe='')}:{quote(action, safe='')}"

    def press(self, action: str, value: str = "") -> str:
        """Return the value of a button that acts: block:action:value, each part percent-encoded."""
        return ":".join(quote(part, safe="") for part in (self.block, action, value))

    def chosen(self, action: str) -> Mapping[str, Json] | None:
        """Return what was chosen here so far, as an entry of Slack's `state.values`."""
        return self.state.get(self.block, {}).get(action)
