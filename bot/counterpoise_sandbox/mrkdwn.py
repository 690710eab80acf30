"""Slack's mrkdwn as HTML: entities, emphasis, code, quotes and lists, with everything else escaped."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from markupsafe import Markup, escape

from counterpoise_sandbox.emoji import named

SCHEMES = ("http://", "https://", "mailto:")
_UTC = ZoneInfo("UTC")
_BREAK = Markup("<br>")
_RULES = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>(?=\S)[^*\n]*[^*\s])\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>(?=\S)[^_\n]*[^_\s])_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>(?=\S)[^~\n]*[^~\s])~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-\d)?):"
)
_TAGS = {"bold": "strong", "italic": "em", "strike": "del"}
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_BULLET = re.compile(r"(?:[•◦▪*-])\s+(?P<rest>.*)")
_NUMBER = re.compile(r"(?P<start>\d{1,3})[.)]\s+(?P<rest>.*)")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Reader:
    """Who reads: the names they know, and the zone, hours (12 or 24) and locale they read the clock in."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo = _UTC
    hours: int = 24
    locale: str = "en-US"
    now: datetime | None = None
    me: str = ""
    channel_address: Callable[[str], str] | None = None

    @property
    def language(self) -> Locale:
        """The reader's locale; English where it is not known."""
        try:
            return Locale.parse(self.locale, sep="-")
        except (UnknownLocaleError, ValueError):
            return Locale("en")


NOBODY = Reader()


def unescaped(text: str) -> str:
    """Return the text that Slack's three escapes stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def html(text: str, reader: Reader = NOBODY) -> Markup:
    """Return mrkdwn as HTML with block elements: paragraphs, quotes, lists and preformatted text."""
    pieces = _FENCE.split(text)
    parts = [
        Markup("<pre><code>{}</code></pre>").format(unescaped(piece)) if place % 2 else _lines(piece, reader)
        for place, piece in enumerate(pieces)
        if piece.strip("\n")
    ]
    return Markup().join(parts)


def inline(text: str, reader: Reader = NOBODY) -> Markup:
    """Return one run of mrkdwn as HTML without block elements; line ends become breaks."""
    return _BREAK.join(Markup().join(_inline(line, reader)) for line in text.split("\n"))


def plain(text: str) -> Markup:
    """Return plain text as HTML: escaped, with its emoji drawn and its line ends kept."""
    return _BREAK.join(
        Markup().join(
            _emoji(piece) if place % 2 else escape(unescaped(piece))
            for place, piece in enumerate(re.split(r":([a-z0-9_+'-]+(?:::skin-tone-\d)?):", line))
        )
        for line in text.split("\n")
    )


def link(address: str, label: Markup | str) -> Markup:
    """Return a link that opens beside this page; an address that is not of the web is shown and not linked."""
    if not address.lower().startswith(SCHEMES):
        return (
            Markup("{} <code>{}</code>").format(label, address) if str(label) != address else escape(address)
        )
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, label)


def mention(user: str, reader: Reader, name: str = "") -> Markup:
    """Return a person's name as a mention, isolated from the direction of the text around it."""
    mine = " mine" if user == reader.me else ""
    shown = reader.people.get(user) or name or user
    return Markup('<span class="mention{}">@<bdi>{}</bdi></span>').format(mine, shown)


def channel(identifier: str, reader: Reader, name: str = "") -> Markup:
    """Return a channel's name, linked where the reader can go there."""
    shown = reader.channels.get(identifier) or name or identifier
    words = Markup('<span class="mention">#<bdi>{}</bdi></span>').format(shown)
    if identifier in reader.channels and reader.channel_address is not None:
        return Markup('<a href="{}">{}</a>').format(reader.channel_address(identifier), words)
    return words


def date(stamp: int, pattern: str, fallback: str, reader: Reader, address: str = "") -> Markup:
    """Return a moment in the reader's zone, hours and language, by Slack's pattern such as "{date_short} {time}"."""
    try:
        moment = datetime.fromtimestamp(stamp, reader.zone)
        shown = _SLOT.sub(lambda slot: _slot(slot[1], moment, reader), unescaped(pattern))
    except (ValueError, OverflowError, OSError, KeyError):
        return escape(unescaped(fallback))
    marked = Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), shown)
    return link(address, marked) if address else marked


def _lines(text: str, reader: Reader) -> Markup:
    """Group lines into paragraphs, quotes and lists."""
    parts: list[Markup] = []
    lines = text.strip("\n").split("\n")
    place = 0
    while place < len(lines):
        kind = _kind(lines[place])
        if kind == "rest":
            rest = "\n".join([_unquoted(lines[place]), *lines[place + 1 :]])
            return Markup().join([*parts, Markup("<blockquote>{}</blockquote>").format(_lines(rest, reader))])
        end = place
        while end < len(lines) and _kind(lines[end]) == kind:
            end += 1
        parts.append(_group(kind, lines[place:end], reader))
        place = end
    return Markup().join(parts)


def _kind(line: str) -> str:
    if line.startswith((">>>", "&gt;&gt;&gt;")):
        return "rest"
    if line.startswith((">", "&gt;")):
        return "quote"
    if _BULLET.fullmatch(line):
        return "bullet"
    return "number" if _NUMBER.fullmatch(line) else "words"


def _unquoted(line: str) -> str:
    return re.sub(r"^(?:>|&gt;){1,3} ?", "", line)


def _group(kind: str, lines: list[str], reader: Reader) -> Markup:
    if kind == "quote":
        below = "\n".join(map(_unquoted, lines))
        return Markup("<blockquote>{}</blockquote>").format(_lines(below, reader))
    if kind == "words":
        paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
        return Markup().join(Markup("<p>{}</p>").format(inline(one, reader)) for one in paragraphs if one)
    rule = _BULLET if kind == "bullet" else _NUMBER
    matches = [match for line in lines if (match := rule.fullmatch(line))]
    items = Markup().join(Markup("<li>{}</li>").format(inline(match["rest"], reader)) for match in matches)
    if kind == "bullet":
        return Markup("<ul>{}</ul>").format(items)
    return Markup('<ol start="{}">{}</ol>').format(matches[0]["start"], items)


def _inline(text: str, reader: Reader) -> Iterator[Markup]:
    end = 0
    for match in _RULES.finditer(text):
        yield escape(unescaped(text[end : match.start()]))
        yield _drawn(match, reader)
        end = match.end()
    yield escape(unescaped(text[end:]))


def _drawn(match: re.Match[str], reader: Reader) -> Markup:
    kind, held = str(match.lastgroup), match[str(match.lastgroup)]
    if kind == "code":
        return Markup("<code>{}</code>").format(unescaped(held))
    if kind == "entity":
        return _entity(held, reader)
    if kind == "emoji":
        return _emoji(held)
    inner = Markup().join(_inline(held, reader))
    return Markup("<{0}>{1}</{0}>").format(_TAGS[kind], inner)


def _emoji(name: str) -> Markup:
    drawn = named(name)
    if not drawn:
        return escape(f":{name}:")
    return Markup('<span class="emoji" role="img" aria-label="{}">{}</span>').format(
        name.replace("_", " "), drawn
    )


def _entity(held: str, reader: Reader) -> Markup:
    """Draw what stands between angle brackets: a person, a channel, a group, a date or a link."""
    target, _, label = held.partition("|")
    if target.startswith("@"):
        return mention(target[1:], reader, unescaped(label).removeprefix("@"))
    if target.startswith("#"):
        return channel(target[1:], reader, unescaped(label))
    if target.startswith("!date^"):
        return _date_entity(target, label, reader)
    if target.startswith("!"):
        name = unescaped(label).removeprefix("@") or target[1:].partition("^")[0]
        return Markup('<span class="mention">@<bdi>{}</bdi></span>').format(name)
    address = unescaped(target)
    return link(address, Markup().join(_inline(label, reader)) if label else address)


def _date_entity(target: str, fallback: str, reader: Reader) -> Markup:
    _, stamp, pattern, *address = target.split("^", 3)
    if not stamp.lstrip("-").isdecimal():
        return escape(unescaped(fallback))
    return date(int(stamp), pattern, fallback, reader, unescaped("".join(address)))


def _slot(name: str, moment: datetime, reader: Reader) -> str:
    """Fill one slot of a date pattern; raises KeyError for a slot Slack does not know."""
    locale = reader.language
    if name == "time":
        return format_time(moment, "HH:mm" if reader.hours == 24 else "h:mm a", locale=locale)  # noqa: PLR2004
    if name == "time_secs":
        return format_time(moment, "HH:mm:ss" if reader.hours == 24 else "h:mm:ss a", locale=locale)  # noqa: PLR2004
    if name == "ago":
        return format_timedelta(moment - _now(reader), add_direction=True, locale=locale)
    if name == "date_num":
        return moment.strftime("%Y-%m-%d")
    if name == "date_slash":
        return format_date(moment, "short", locale=locale)
    pretty = name.endswith("_pretty")
    shapes = {"date": "long", "date_short": "medium", "date_long": "full", "day_divider": "full"}
    shape = shapes[name.removesuffix("_pretty")]
    near = _near(moment, reader) if pretty else ""
    return near or format_date(moment, shape, locale=locale)


def _now(reader: Reader) -> datetime:
    return reader.now or datetime.now(reader.zone)


def _near(moment: datetime, reader: Reader) -> str:
    """Say yesterday, today or tomorrow in the reader's language; "" for other days."""
    days = (moment.date() - _now(reader).astimezone(reader.zone).date()).days
    words = _NEAR.get(days, {})
    return words.get(reader.language.language, words.get("en", ""))


_NEAR = {
    -1: {"en": "yesterday", "fr": "hier", "de": "gestern", "es": "ayer", "ar": "أمس"},
    0: {"en": "today", "fr": "aujourd’hui", "de": "heute", "es": "hoy", "ar": "اليوم"},  # noqa: RUF001
    1: {"en": "tomorrow", "fr": "demain", "de": "morgen", "es": "mañana", "ar": "غدًا"},
}
