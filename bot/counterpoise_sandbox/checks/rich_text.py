"""The structure of rich text: sections, lists, quotes and preformatted text made of runs."""

from counterpoise_sandbox.checks.composition import IDENTIFIER, TYPE, URL
from counterpoise_sandbox.checks.shapes import Check, boolean, choice, integer, items, record, string, typed

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
STYLE = record({}, dict.fromkeys(_STYLES, boolean))


def _run(required: dict[str, Check], **optional: Check) -> Check:
    return record({"type": TYPE, **required}, {"style": STYLE, **optional})


RUNS: dict[str, Check] = {
    "text": _run({"text": string()}),
    "link": _run({"url": URL}, text=string(least=0), unsafe=boolean),
    "user": _run({"user_id": string(255)}),
    "usergroup": _run({"usergroup_id": string(255)}),
    "channel": _run({"channel_id": string(255)}),
    "team": _run({"team_id": string(255)}),
    "emoji": _run({"name": string(255)}, unicode=string(255), skin_tone=integer(1, 6), url=URL),
    "broadcast": _run({"range": choice("here", "channel", "everyone")}),
    "color": _run({"value": string(255)}),
    "date": _run({"timestamp": integer(0), "format": string()}, url=URL, fallback=string()),
}
SECTION = record({"type": TYPE, "elements": items(typed(RUNS), least=0)})
PREFORMATTED = record(
    {"type": TYPE, "elements": items(typed({kind: RUNS[kind] for kind in ("text", "link")}), least=0)},
    {"border": integer(0, 1), "language": string(255)},
)
QUOTE = record({"type": TYPE, "elements": items(typed(RUNS), least=0)}, {"border": integer(0, 1)})
LIST = record(
    {
        "type": TYPE,
        "style": choice("bullet", "ordered"),
        "elements": items(typed({"rich_text_section": SECTION})),
    },
    {"indent": integer(0, 8), "offset": integer(0), "border": integer(0, 1)},
)
PARTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_list": LIST,
    "rich_text_preformatted": PREFORMATTED,
    "rich_text_quote": QUOTE,
}
RICH_TEXT_BLOCK = record({"type": TYPE, "elements": items(typed(PARTS), least=0)}, {"block_id": IDENTIFIER})
RICH_TEXT = typed({"rich_text": RICH_TEXT_BLOCK})
