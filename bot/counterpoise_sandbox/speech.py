"""What Slack's clients make of what a person types: mentions, links, and rich text beside the plain."""

import re

from counterpoise_sandbox.workspace import Wire, Workspace

ENTITY = re.compile(r"<(?:@[UWB]\w+(?:\|[^>]*)?|#C\w+(?:\|[^>]*)?|![^>]+|(?:https?|mailto):[^>]+)>")
ADDRESS = re.compile(r"https?://[^\s<>|]+")
NAMED = re.compile(r"(?<![\w@])@([\w.\-]+(?: [\w.\-]+)?)|(?<![\w#&])#([\w\-]+)")
EMOJI = re.compile(r":([a-z0-9_+\-']+):")
PIECE = re.compile(rf"{ENTITY.pattern}|{EMOJI.pattern}")


def typed(workspace: Workspace, text: str) -> str:
    """Return typed words as Slack sends them: `@name` and `#channel` become ids, &, < and > are escaped."""
    parts: list[str] = []
    end = 0
    for entity in ENTITY.finditer(text):
        parts += [_plain(workspace, text[end : entity.start()]), entity.group()]
        end = entity.end()
    return "".join([*parts, _plain(workspace, text[end:])])


def links(text: str) -> list[str]:
    """Return the web addresses in a message as Slack sends it."""
    inside = re.findall(r"<(https?://[^|>]+)(?:\|[^>]*)?>", text)
    return list(dict.fromkeys(address.replace("&amp;", "&") for address in inside))


def mentions(text: str, user_id: str) -> bool:
    """Return whether a message calls somebody by name."""
    return re.search(rf"<@{re.escape(user_id)}(?:\||>)", text) is not None


def rich(text: str) -> Wire:
    """Return the rich_text block that Slack's clients send beside the text."""
    elements: list[Wire] = []
    end = 0
    for piece in PIECE.finditer(text):
        elements += _words(text[end : piece.start()])
        elements.append(_element(piece))
        end = piece.end()
    elements += _words(text[end:])
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _words(text: str) -> list[Wire]:
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": unescaped}] if text else []


def _element(piece: re.Match[str]) -> Wire:
    said = piece.group()
    if not said.startswith("<"):
        return {"type": "emoji", "name": said.strip(":")}
    inside, _, label = said[1:-1].partition("|")
    if inside.startswith("@"):
        return {"type": "user", "user_id": inside[1:]}
    if inside.startswith("#"):
        return {"type": "channel", "channel_id": inside[1:]}
    if inside.startswith("!"):
        return {"type": "broadcast", "range": inside[1:]}
    return {"type": "link", "url": inside} | ({"text": label} if label else {})


def _plain(workspace: Workspace, text: str) -> str:
    parts: list[str] = []
    end = 0
    for address in ADDRESS.finditer(text):
        parts += [_named(workspace, text[end : address.start()]), f"<{_escaped(address.group())}>"]
        end = address.end()
    return "".join([*parts, _named(workspace, text[end:])])


def _named(workspace: Workspace, text: str) -> str:
    parts: list[str] = []
    end = 0
    for name in NAMED.finditer(text):
        found = _person(workspace, name[1]) if name[1] else _channel(workspace, name[2])
        if found:
            known, length = found
            parts += [_escaped(text[end : name.start()]), known]
            end = name.start() + length
    return "".join([*parts, _escaped(text[end:])])


def _person(workspace: Workspace, words: str) -> tuple[str, int] | None:
    for name in (words, words.split(" ", maxsplit=1)[0]):
        for person in workspace.people.values():
            if name.casefold() in (person.name.casefold(), person.display_name.casefold()):
                return f"<@{person.id}>", len(name) + 1
    return None


def _channel(workspace: Workspace, name: str) -> tuple[str, int] | None:
    for channel in workspace.channels.values():
        if channel.kind in ("public", "private") and channel.name == name:
            return f"<#{channel.id}|{name}>", len(name) + 1
    return None


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
