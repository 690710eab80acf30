"""Records on their way into Slack: without the words of those that may not pass through it."""

from collections.abc import Mapping, Sequence
from typing import Any

from counterpoise_bot.answers_events import LOWEST, passes
from counterpoise_bot.labels import shown_label
from counterpoise_bot.turns import Turn
from counterpoise_bot.words import Words

Row = Mapping[str, Any]


async def passing(turn: Turn, rows: Sequence[Row]) -> list[Row]:
    """Return records, in place of words that may not pass a sentence that says so; `passes` says which may.

    Nothing under RED passes, and of an organisation nothing above the highest label it lets through.
    """
    found = await turn.ask(turn.chat.application.questions.chat.ceilings, turn.person.member)
    return [
        _kept_out(turn.person.words, row, found.value.get(row.get("actor") or "", LOWEST)) for row in rows
    ]


def _kept_out(words: Words, row: Row, ceiling: str) -> Row:
    if passes(row["label"], ceiling):
        return {**row, "passes": True}
    said = words.say(
        "These words do not pass through Slack ({label}).", label=shown_label(words, row["label"])
    )
    return {**row, "passes": False, "fields": {**row["fields"], "words": said}}
