"""What is sent when not everything can be: plainer forms in order, long words in pieces or as a file. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from counterpoise_bot.limits import ADVISED_TEXT, OverLimit, Problem, length, problems
from counterpoise_bot.message import Message

PIECES = 4
"""How many messages long words are sent in; longer ones are sent as a file."""

QUIET: Mapping[str, Any] = {
    "unfurl_links": False,
    "unfurl_media": False,
    "link_names": False,
    "parse": "none",
}
"""What every message says: nothing is fetched for a preview, nobody is called by a word."""

REPLIED: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}
"""The same for a response_url, which knows fewer words."""


def payload(message: Message) -> dict[str, Any]:
    """Return text and blocks as Slack takes them."""
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def forms(message: Message, *, strict: bool) -> Iterator[tuple[Message, list[Problem]]]:
    """Yield a message and its plainer forms, down to its text alone, with what Slack would say of each.

    Only forms that hold no problem are to be sent. OverLimit instead where `strict`, for a form we built.
    """
    form: Message | None = message
    while form is not None:
        found = problems(payload(form)) if form.blocks else []
        if found and strict:
            raise OverLimit(found)
        yield form, found
        last, form = form, form.plainer
    if last.blocks:
        yield Message(last.text, picture=last.picture), []


def pieces(text: str, *, most: int = ADVISED_TEXT) -> list[str]:
    """Return a text in parts of at most `most` characters, cut between paragraphs, lines or words if it can be.

    Nothing is lost: the parts, joined by the spaces they were cut at, are the text.
    """
    parts: list[str] = []
    rest = text
    while length(rest) > most:
        cut = _cut(rest, most)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part] or [text]


def _cut(text: str, most: int) -> int:
    """Return where to cut: at most `most` characters in, and past the middle of them."""
    end = most
    while length(text[:end]) > most:
        end -= 1
    for gap in ("\n\n", "\n", " "):
        found = text.rfind(gap, end // 2, end)
        if found > 0:
            return found
    return end


def view_problems(view: Mapping[str, Any], *, strict: bool) -> list[Problem]:
    """Return what Slack would say of a view; OverLimit instead where `strict`."""
    found = problems(view)
    if found and strict:
        raise OverLimit(found)
    return found


def shortened(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a view in which texts and lists that are too long are cut, so that a person gets to see it."""
    made: dict[str, Any] = _copied(view)
    for problem in problems(made):
        if problem.most:
            _shorten(made, problem.pointer.split("/")[1:], problem.most)
    return made


def _copied(value: Any) -> Any:  # noqa: ANN401  any part of a view
    if isinstance(value, Mapping):
        return {field: _copied(each) for field, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value


def _shorten(whole: dict[str, Any], path: list[str], most: int) -> None:
    """Cut the text or list at `path`; what nobody reads (ids, values, addresses) stays as it is."""
    found: Any = whole
    for step in path:
        found = found[int(step)] if isinstance(found, list) else found[step]
    if isinstance(found, list):
        del found[most:]
    elif isinstance(found, dict) and "text" in found:
        found["text"] = cut(found["text"], most)


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` characters, with an ellipsis where something is missing."""
    if length(text) <= most:
        return text
    end = most - 1
    while length(text[:end]) > most - 1:
        end -= 1
    return f"{text[:end]}…"
