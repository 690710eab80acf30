"""What became of each prompt: sent when, put off, skipped; kept sealed, forgotten with its person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from counterpoise_bot.chat import Chat
from counterpoise_bot.message import Place
from counterpoise_bot.prompts import Habits, Sent

KIND = "prompt"
KEPT_FOR = 200 * 86_400_000_000
"""How long a prompt is remembered, in microseconds; longer than rounds last."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A prompt with where its message stands. `posted` is false from when it is due until Slack has it."""

    sent: Sent
    posted: bool = False
    place: Place | None = None
    ts: str = ""
    ended: bool = False
    reason: str = ""


class PromptsKept:
    """Remembers prompts, one a round and person."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def all(self) -> list[Kept]:
        """Return every prompt that is remembered."""
        return [_kept(found) for _, found in self._chat.kept.all(KIND)]

    def of(self, round_: str, person: str) -> Kept | None:
        """Return a person's prompt of a round, None where there was none yet."""
        found = self._chat.kept.get(KIND, f"{round_}/{person}")
        return _kept(found) if found else None

    def put(self, kept: Kept) -> None:
        """Remember a prompt as it is now."""
        sent = kept.sent
        until = sent.at + KEPT_FOR
        value = asdict(kept) | {"place": list(kept.place) if kept.place else None}
        self._chat.kept.put(KIND, f"{sent.round}/{sent.person}", value, person=sent.person, until=until)

    def drop(self, kept: Kept) -> None:
        """Forget a prompt: it was never sent."""
        self._chat.kept.drop(KIND, f"{kept.sent.round}/{kept.sent.person}")

    def change(self, round_: str, person: str, now: int, **changed: Any) -> Kept:  # noqa: ANN401  fields of Sent
        """Put a round's prompt to a person off, or skip it, also one that was never sent."""
        known = self.of(round_, person)
        sent = known.sent if known else Sent(round_, person, "", now)
        kept = replace(known or Kept(sent=sent, posted=True), sent=replace(sent, **changed))
        self.put(kept)
        return kept


def habits_of(settings: Mapping[str, Any] | None, zone: str) -> Habits:
    """Return a person's habits from what is kept of them, in their own zone or Slack's."""
    return Habits.of(settings or {}, zone=zone)


def _kept(found: Mapping[str, Any]) -> Kept:
    names = {each.name for each in fields(Sent)}
    sent = Sent(**{name: value for name, value in found["sent"].items() if name in names})
    place = Place(*found["place"]) if found["place"] else None
    return Kept(**{**found, "sent": sent, "place": place})
