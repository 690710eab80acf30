"""Drafts: what somebody is about to record, kept sealed until they record or discard it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from counterpoise.application.faces import LABELS
from counterpoise_bot.chat import Chat

NAMESPACE = UUID("1d5a2f6e-0a52-4a2c-9a4e-4b2f5f0e9c11")
"""Under it the same request always makes the same draft."""

KEPT_FOR = 30 * 86_400_000_000
"""How long a draft is kept, in microseconds."""

UNDO_FOR = 600_000_000
"""For how long what was recorded can be undone, in microseconds."""


class Source(NamedTuple):
    """The message that a draft was made from."""

    team: str
    channel: str
    ts: str
    thread: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A concern or a reflection on its way into the log.

    `label` is empty while nobody has chosen one that may pass through chat. `status` goes from `open` through
    `recording` to `recorded`, or to `dropped`; `item` is then the id of the concern or reflection. Times are in
    microseconds.
    """

    id: str
    kind: str
    member: str
    words: str
    language: str
    door: str
    begun_at: int
    workspace: str
    pilot: str = ""
    step: str = ""
    phase: str = ""
    concern_kind: str = "other"
    severity: str = "medium"
    factor: str = ""
    about: str = ""
    label: str = ""
    named: bool = False
    confidence: int = 0
    consent: str = ""
    occurred_at: int | None = None
    source: Source | None = None
    status: str = "open"
    item: str = ""
    recorded_at: int = 0

    @property
    def event(self) -> str:
        """The id of the event this became."""
        return f"{self.kind}:{self.item}#1" if self.item else ""

    @property
    def ready(self) -> bool:
        """Whether it can be recorded as it stands."""
        missing = not self.pilot or not self.label or (self.kind == "reflection" and not self.step)
        return self.status == "open" and not missing


class Drafts:
    """Keeps drafts, each its member's own."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def put(self, draft: Draft) -> Draft:
        """Keep a draft as it is now."""
        until = self._chat.clock() + KEPT_FOR
        self._chat.kept.put("draft", draft.id, asdict(draft), person=draft.member, until=until)
        return draft

    def get(self, name: str, member: str) -> Draft | None:
        """Return a member's draft, None where there is none of theirs."""
        found = self._chat.kept.get("draft", name)
        return _draft(found) if found is not None and found["member"] == member else None

    def of(self, member: str) -> list[Draft]:
        """Return a member's drafts, the newest first."""
        found = [_draft(each) for _, each in self._chat.kept.all("draft", person=member)]
        return sorted(found, key=lambda draft: -draft.begun_at)

    def change(self, draft: Draft, **changed: object) -> Draft:
        """Keep a draft with something changed."""
        return self.put(replace(draft, **changed))  # type: ignore[arg-type]  # names are those of the fields

    def of_source(self, source: Source, member: str) -> Draft | None:
        """Return the draft, or record, that a member made of a message."""
        name = self._chat.kept.get("source", f"{member}/{source.team}/{source.channel}/{source.ts}")
        return self.get(name["draft"], member) if name is not None else None

    def remember_source(self, draft: Draft) -> None:
        """Know the draft by its message from now on."""
        if draft.source is not None:
            place = f"{draft.member}/{draft.source.team}/{draft.source.channel}/{draft.source.ts}"
            self._chat.kept.put("source", place, {"draft": draft.id}, person=draft.member)

    def drop(self, draft: Draft) -> None:
        """Forget a draft and its words."""
        self._chat.kept.drop("draft", draft.id)
        if draft.source is not None:
            place = f"{draft.member}/{draft.source.team}/{draft.source.channel}/{draft.source.ts}"
            self._chat.kept.drop("source", place)


def named_after(key: str) -> str:
    """Return the id of the draft that a request begins: the same request begins the same draft."""
    return str(uuid5(NAMESPACE, key))


def through_chat(ceiling: str) -> tuple[str, ...]:
    """Return the labels an organisation lets pass through chat, from the widest; RED never does."""
    highest = min(LABELS.index(ceiling or "GREEN"), LABELS.index("AMBER+STRICT"))
    return LABELS[: highest + 1]


def _draft(found: Mapping[str, Any]) -> Draft:
    source = found.get("source")
    return Draft(**{**found, "source": Source(*source) if source else None})
