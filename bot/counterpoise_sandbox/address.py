"""Addresses of the pages: which person looks at what, alone or beside another."""

from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

PARTS = ("place", "tab", "thread", "edit", "react", "draft", "older")


@dataclass(frozen=True)
class Look:
    """What one person looks at: a conversation or an app, a thread in it, and what is open there."""

    user: str
    place: str = ""
    tab: str = ""
    thread: str = ""
    edit: str = ""
    react: str = ""
    draft: str = ""
    older: str = ""

    def to(self, **changed: str) -> "Look":
        """Return this look with some parts changed; what was being edited or reacted to is closed."""
        if "place" in changed:
            changed = {"older": "", **changed}
        return replace(self, **{"edit": "", "react": "", "draft": "", **changed})


@dataclass(frozen=True)
class Address:
    """The address of a page as one of its panes sees it; `side` is that pane, `beside` the other."""

    look: Look
    beside: Look | None = None
    side: str = field(default="l")

    def to(self, **changed: str) -> str:
        """Return the address of the same page with this pane changed."""
        return replace(self, look=self.look.to(**changed)).written()

    def here(self) -> str:
        """Return the address with nothing open but the thread."""
        return self.to()

    def written(self) -> str:
        """Return the address."""
        if self.beside is None:
            path = f"/as/{quote(self.look.user)}" + (f"/{quote(self.look.place)}" if self.look.place else "")
            return path + _query(_parts(self.look, "", without=("place",)))
        left, right = (self.look, self.beside) if self.side == "l" else (self.beside, self.look)
        parts = {**_parts(left, "l."), **_parts(right, "r.")}
        return f"/both/{quote(left.user)}/{quote(right.user)}{_query(parts)}"


def _parts(look: Look, prefix: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    parts = ((name, str(getattr(look, name))) for name in PARTS if name not in without)
    return {prefix + name: value for name, value in parts if value}


def _query(parts: dict[str, str]) -> str:
    return f"?{urlencode(parts)}" if parts else ""
