"""Ordinary Markdown, as Slack's markdown block takes it, as HTML."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from markupsafe import Markup, escape

from counterpoise_sandbox.mrkdwn import NOBODY, Reader, link, mention

_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?P<address>[^)\s]+)\)"
    r"|<@(?P<user>[UW]\w+)>"
    r"|<(?P<bare>https?://[^>\s]+)>"
    r"|\*\*(?P<bold>(?=\S).+?(?<=\S))\*\*"
    r"|__(?P<bold2>(?=\S).+?(?<=\S))__"
    r"|~~(?P<strike>(?=\S).+?(?<=\S))~~"
    r"|\*(?P<italic>(?=\S)[^*\n]+?(?<=\S))\*"
    r"|(?<!\w)_(?P<italic2>(?=\S)[^_\n]+?(?<=\S))_(?!\w)"
)
_TAGS = {"bold": "strong", "bold2": "strong", "strike": "del", "italic": "em", "italic2": "em"}
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"\s*[-*+]\s+(?:\[(?P<box>[ xX])\]\s+)?(?P<rest>.*)")
_NUMBER = re.compile(r"\s*\d{1,9}[.)]\s+(?P<rest>.*)")
_ROW = re.compile(r"\s*\|?(.+\|.*?)\|?\s*")
_DIVIDING = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*\|?\s*")
_LINE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*")
_FENCE = re.compile(r"\s*(```|~~~)")


def html(text: str, reader: Reader = NOBODY, *, level: int = 4) -> Markup:
    """Return Markdown as HTML; raw HTML in it is shown as text, and its headings are of one level of the page."""
    return Markup().join(_blocks(text.split("\n"), reader, level))


def _blocks(lines: list[str], reader: Reader, level: int) -> Iterator[Markup]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
        elif fence := _FENCE.match(line):
            end = _until(lines, place + 1, partial(_closes, fence[1]))
            yield Markup("<pre><code>{}</code></pre>").format("\n".join(lines[place + 1 : end]))
            place = end + 1
        elif _ROW.fullmatch(line) and place + 1 < len(lines) and _DIVIDING.fullmatch(lines[place + 1]):
            end = _until(lines, place + 2, lambda one: not _ROW.fullmatch(one))
            yield _table(line, lines[place + 2 : end], reader)
            place = end
        else:
            kind = _kind(line)
            single = kind in ("heading", "line")
            end = place + 1 if single else _until(lines, place, partial(_leaves, kind))
            yield _block(kind, lines[place:end], reader, level)
            place = end


def _until(lines: list[str], start: int, ends: Callable[[str], bool]) -> int:
    return next((place for place in range(start, len(lines)) if ends(lines[place])), len(lines))


def _closes(mark: str, line: str) -> bool:
    return line.strip().startswith(mark)


def _leaves(kind: str, line: str) -> bool:
    return _kind(line) != kind


def _kind(line: str) -> str:
    if not line.strip() or _FENCE.match(line):
        return "blank"
    if _HEADING.fullmatch(line):
        return "heading"
    if _LINE.fullmatch(line):
        return "line"
    if line.lstrip().startswith(">"):
        return "quote"
    if _BULLET.fullmatch(line):
        return "bullet"
    return "number" if _NUMBER.fullmatch(line) else "words"


def _block(kind: str, lines: list[str], reader: Reader, level: int) -> Markup:
    if kind == "heading":
        size, words = _heading(lines[0])
        return Markup('<p class="heading h{}" role="heading" aria-level="{}">{}</p>').format(
            size, level, _inline(words, reader)
        )
    if kind == "line":
        return Markup("<hr>")
    if kind == "quote":
        below = [re.sub(r"^\s*> ?", "", line) for line in lines]
        return Markup("<blockquote>{}</blockquote>").format(Markup().join(_blocks(below, reader, level)))
    if kind in ("bullet", "number"):
        return _list(kind, lines, reader)
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line.strip(), reader) for line in lines))


def _heading(line: str) -> tuple[int, str]:
    match = _HEADING.fullmatch(line)
    return (len(match[1]), match[2]) if match else (1, line)


def _list(kind: str, lines: list[str], reader: Reader) -> Markup:
    items = []
    for line in lines:
        if kind == "number":
            match = _NUMBER.fullmatch(line)
            box = None
        else:
            match = _BULLET.fullmatch(line)
            box = match["box"] if match else None
        words = _inline(match["rest"] if match else line, reader)
        ticked = "" if box is None else ("☐ " if box == " " else "☑ ")
        items.append(Markup("<li>{}{}</li>").format(ticked, words))
    tag = "ol" if kind == "number" else "ul"
    return Markup("<{0}>{1}</{0}>").format(tag, Markup().join(items))


def _table(head: str, rows: list[str], reader: Reader) -> Markup:
    def row(line: str, tag: str) -> Markup:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        drawn = (Markup("<{0}>{1}</{0}>").format(tag, _inline(cell, reader)) for cell in cells)
        return Markup("<tr>{}</tr>").format(Markup().join(drawn))

    body = Markup().join(row(line, "td") for line in rows)
    return Markup(
        '<div class="scroll" tabindex="0"><table><thead>{}</thead><tbody>{}</tbody></table></div>'
    ).format(row(head, "th"), body)


def _inline(text: str, reader: Reader) -> Markup:
    parts: list[Markup] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts += [escape(text[end : match.start()]), _drawn(match, reader)]
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


def _drawn(match: re.Match[str], reader: Reader) -> Markup:
    if match["code"]:
        return Markup("<code>{}</code>").format(match["code"])
    if match["address"]:
        return link(match["address"], _inline(match["label"], reader) or match["address"])
    if match["user"]:
        return mention(match["user"], reader)
    if match["bare"]:
        return link(match["bare"], match["bare"])
    kind = str(match.lastgroup)
    return Markup("<{0}>{1}</{0}>").format(_TAGS[kind], _inline(match[kind], reader))
