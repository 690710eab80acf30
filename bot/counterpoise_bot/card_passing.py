"""Steps on their way into Slack: without what an organisation does not let pass through it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from counterpoise_bot.answers_events import passes
from counterpoise_bot.chat import Chat

Row = Mapping[str, Any]


async def ceilings(chat: Chat, actors: Iterable[str]) -> dict[str, str]:
    """Return the highest label that passes through Slack, of each organisation."""
    return {actor: await chat.inside(chat.application.chat_ceiling, actor) for actor in sorted(set(actors))}


async def passing_cards(chat: Chat, cards: Sequence[Row]) -> list[Row]:
    """Return cards as they may pass: a step whose plan may not is left out."""
    found = await ceilings(chat, (actor for card in cards for actor, _ in _parts(card)))
    return [_passed(card, found) for card in cards if _may(found, *card["planned_by"])]


async def passing_rows(chat: Chat, rows: Sequence[Row]) -> list[Row]:
    """Return those of the rows, each with `actor` and `label`, that may pass."""
    found = await ceilings(chat, (row["actor"] for row in rows))
    return [row for row in rows if _may(found, row["actor"], row["label"])]


def _parts(card: Row) -> list[tuple[str, str]]:
    """Return whose the parts of a card are, and under which label."""
    positions = [(each["actor"], each["label"]) for each in card["positions"]]
    lines = [(each["owner"], each["label"]) for each in card["lines"]]
    return [tuple(card["planned_by"]), tuple(card["outcome_by"]), *positions, *lines]


def _passed(card: Row, found: Mapping[str, str]) -> Row:
    stated = bool(card["outcome"]) and _may(found, *card["outcome_by"])
    outcome = {name: card[name] if stated else "" for name in ("outcome", "outcome_words", "outcome_event")}
    positions = [each for each in card["positions"] if _may(found, each["actor"], each["label"])]
    lines = [
        each if each["label"] and _may(found, each["owner"], each["label"]) else {**each, "words": ""}
        for each in card["lines"]
    ]
    return {**card, **outcome, "positions": tuple(positions), "lines": tuple(lines)}


def _may(found: Mapping[str, str], actor: str, label: str) -> bool:
    return passes(label, found.get(actor, ""))
