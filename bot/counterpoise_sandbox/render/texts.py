"""Text objects and rich text as HTML."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from counterpoise_sandbox import mrkdwn
from counterpoise_sandbox.mrkdwn import Reader
from counterpoise_sandbox.render.tags import Json, joined, tag

_STYLES = {
    "bold": "strong",
    "italic": "em",
    "strike": "del",
    "code": "code",
    "underline": "u",
    "highlight": "mark",
}


def words(text: Json, reader: Reader) -> Markup:
    """Return a text object as inline HTML."""
    if not isinstance(text, Mapping):
        return mrkdwn.plain(str(text or ""))
    held = str(text.get("text", ""))
    return mrkdwn.inline(held, reader) if text.get("type") == "mrkdwn" else mrkdwn.plain(held)


def passage(text: Json, reader: Reader) -> Markup:
    """Return a text object as HTML with block elements."""
    held = str(text.get("text", ""))
    return mrkdwn.html(held, reader) if text.get("type") == "mrkdwn" else tag("p", mrkdwn.plain(held))


def bare(text: Json) -> str:
    """Return the characters of a text object, for a label or a menu."""
    held = text.get("text", "") if isinstance(text, Mapping) else text
    return mrkdwn.unescaped(str(held or ""))


def rich(block: Mapping[str, Json], reader: Reader) -> Markup:
    """Return a rich_text block as HTML."""
    return joined(_part(part, reader) for part in block.get("elements", ()))


def flat(block: Mapping[str, Json]) -> str:
    """Return the characters of a rich_text block, a line for each part."""
    return "\n".join(_flat(part) for part in block.get("elements", ()))


def _flat(part: Mapping[str, Json]) -> str:
    below = part.get("elements")
    if below is not None:
        return ("\n" if part.get("type") == "rich_text_list" else "").join(map(_flat, below))
    return str(part.get("text") or part.get("url") or part.get("user_id") or part.get("name") or "")


def _part(part: Mapping[str, Json], reader: Reader) -> Markup:
    kind, elements = part.get("type"), part.get("elements", ())
    if kind == "rich_text_list":
        return _list(part, reader)
    inside = _runs(elements, reader)
    if kind == "rich_text_preformatted":
        return tag("pre", tag("code", inside))
    return tag("blockquote" if kind == "rich_text_quote" else "p", inside)


def _list(part: Mapping[str, Json], reader: Reader) -> Markup:
    items = joined(tag("li", _runs(item.get("elements", ()), reader)) for item in part.get("elements", ()))
    indent = min(int(part.get("indent") or 0), 8)
    shape = f"indent-{indent}" if indent else None
    if part.get("style") == "ordered":
        return tag("ol", items, class_=shape, start=int(part.get("offset") or 0) + 1)
    return tag("ul", items, class_=shape)


def _runs(runs: Sequence[Mapping[str, Json]], reader: Reader) -> Markup:
    return joined(_styled(run, _run(run, reader)) for run in runs)


def _styled(run: Mapping[str, Json], drawn: Markup) -> Markup:
    for style, name in _STYLES.items():
        if (run.get("style") or {}).get(style):
            drawn = tag(name, drawn)
    return drawn


def _run(run: Mapping[str, Json], reader: Reader) -> Markup:
    match run.get("type"):
        case "link":
            return mrkdwn.link(str(run.get("url", "")), str(run.get("text") or run.get("url", "")))
        case "user":
            return mrkdwn.mention(str(run.get("user_id", "")), reader)
        case "channel":
            return mrkdwn.channel(str(run.get("channel_id", "")), reader)
        case "usergroup" | "team" as kind:
            return tag("span", "@", tag("bdi", str(run.get(f"{kind}_id", ""))), class_="mention")
        case "broadcast":
            return tag("span", "@", str(run.get("range", "")), class_="mention")
        case "emoji":
            return mrkdwn.plain(f":{run.get('name', '')}:")
        case "date":
            pattern, fallback = str(run.get("format", "")), str(run.get("fallback", ""))
            return mrkdwn.date(
                int(run.get("timestamp") or 0), pattern, fallback, reader, str(run.get("url") or "")
            )
        case "color":
            value = str(run.get("value", ""))
            swatch = tag(
                "svg", tag("rect", width=12, height=12, fill=value), width=12, height=12, aria_hidden="true"
            )
            return tag("span", swatch, " ", tag("code", value), class_="swatch")
        case _:
            return mrkdwn.plain(str(run.get("text", "")).replace("&", "&amp;"))
