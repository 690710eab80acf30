"""Verbs on what is recorded: correct it, withdraw it, relabel it, erase a person's words."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from counterpoise.application.circumstances import PLAIN, Circumstances
from counterpoise.application.desk import TAKING_PART, Desk, require, require_administrator
from counterpoise.application.seen import Seen
from counterpoise.domain import corrections, members
from counterpoise.domain.corrections import NothingToCorrect, TextErased, standing
from counterpoise.domain.events import LABELS, Act, Event, kind, known_label
from counterpoise.domain.keys import KeyErased
from counterpoise.domain.members import NoSuchMember
from counterpoise.policy import Action, Item, Member, decide, widens
from counterpoise.store.kept import Kept
from counterpoise.store.log import Receipt


class Records:
    """What is done with what was recorded. An item a member may not see looks as if it were not there."""

    def __init__(self, desk: Desk, kept: Kept) -> None:
        self._desk = desk
        self._kept = kept

    def correct(
        self,
        by: Member,
        *,
        event: str,
        changes: Mapping[str, Any] | None = None,
        field: str = "",
        words: str = "",
        reason: str = "",
        how: Circumstances = PLAIN,
    ) -> Receipt:
        """Say how an event of one's own organisation reads from now on; the old reading stays in the history."""
        stream, version = _place(event)

        def decision(seen: Seen, act: Act) -> list[Event]:
            self._taking_part(by, self._known(by, seen, stream, version, Action.READ_CONTENT))
            return [
                corrections.correct(
                    seen.events(stream),
                    of=version,
                    changes=changes or {},
                    field=field,
                    words=words,
                    reason=reason,
                    tables=seen.tables,
                    act=self._named(by, seen, stream, act),
                )
            ]

        given = {"event": event, "changes": changes or {}, "field": field, "words": words, "reason": reason}
        return self._desk.record(by, "correct", decision, given=given, how=how, answer={"event": event})

    def withdraw(self, by: Member, *, event: str, reason: str = "", how: Circumstances = PLAIN) -> Receipt:
        """Take an event of one's own organisation back; it counts no longer, and stays in the history."""
        stream, version = _place(event)

        def decision(seen: Seen, act: Act) -> list[Event]:
            self._taking_part(by, self._known(by, seen, stream, version, Action.READ_CONTENT))
            named = self._named(by, seen, stream, act)
            return [corrections.withdraw(seen.events(stream), of=version, reason=reason, act=named)]

        given = {"event": event, "reason": reason}
        return self._desk.record(by, "withdraw", decision, given=given, how=how, answer={"event": event})

    def relabel(self, by: Member, *, event: str, how: Circumstances) -> Receipt:
        """Give an event another label or other people. Only its source shows it to more."""
        stream, version = _place(event)
        known_label(how.label)

        def decision(seen: Seen, act: Act) -> list[Event]:
            old = self._known(by, seen, stream, version, Action.READ_CONTENT, Action.NARROW)
            named = self._named(by, seen, stream, act)
            if named.label.startswith("AMBER") and old.actor not in named.group:
                named = replace(named, group=(old.actor, *named.group))
            before, after = Item.of(old), Item.of(_labelled(old, named))
            wider = widens(before, after, readers=self._readers(how.recipients, before))
            if not decide(by, Action.WIDEN if wider else Action.NARROW, before).allowed:
                raise corrections.NotYours(
                    "This label is not yours to change.",
                    owner="its source",
                    remedy="Its source may widen it; its source or its organisation's coordinator may narrow it.",
                )
            stricter = LABELS.index(named.label) > LABELS.index(old.label)
            change = corrections.widen if wider and not stricter else corrections.narrow
            return [change(seen.events(stream), of=version, act=named)]

        given = {"event": event}
        return self._desk.record(by, "relabel", decision, given=given, how=how, answer={"event": event})

    def erase(self, by: Member, *, member: str, how: Circumstances = PLAIN) -> Receipt:
        """Erase a person, who has left then: every key of their words, their pseudonyms' links, their accounts.

        Proofs still hold. What tells of the keys' end is read by nobody: whose they were would show by the time.

        A member erases themselves; an administrator anybody. The words are unreadable here at once, and in
        copies of the key store as these expire. Cut short, it is finished by asking again: whatever key is
        gone and not yet noted as gone is noted.
        """
        if by.id != member:
            require_administrator(by)
        if self._desk.enrolled(member) is None:
            raise NoSuchMember("There is no such member.", owner="you", remedy="Check the id.")
        self._kept.forget(member)
        self._desk.keys.erase(member)

        def decision(seen: Seen, act: Act) -> list[Event]:
            erased = sorted(self._desk.keys.erased_keys())
            keys = tuple(key for key in erased if len(seen.events(f"key:{key}")) == 1)
            nameless = replace(act, member="", actor="", label="RED", recipients=(), group=(), clients=())
            gone: list[Event] = [KeyErased(**nameless.on(f"key:{key}"), key=key) for key in keys]
            person = seen.member(member)
            if person is not None and person.active:
                own = replace(act, member="", label="GREEN", recipients=(), group=(), clients=())
                gone.append(members.leave(person, reason="", act=own))
            return [*gone, TextErased(**nameless.on(f"member:{member}"), keys=keys)]

        return self._desk.record(
            by, "erase", decision, given={"member": member}, how=how, answer={"member": member}
        )

    def _known(self, by: Member, seen: Seen, stream: str, version: int, *actions: Action) -> Event:
        """Return the event as it reads now, if the member may do one of the actions with it.

        A scan is known to its own organisation alone, whatever its label: it may be unopened.
        """
        found = standing(seen.events(stream))
        event = found[version - 1] if 0 < version <= len(found) else None
        foreign = event is not None and kind(stream) == "scan" and event.actor != by.actor
        if event is None or foreign or not any(decide(by, each, Item.of(event)).allowed for each in actions):
            raise NothingToCorrect(
                "There is no such event, or it is withdrawn.", owner="you", remedy="Check its id."
            )
        return event

    def _taking_part(self, by: Member, event: Event) -> None:
        """Refuse what is said of a pilot's event to whoever takes no part in the pilot any more, or audits it."""
        if event.pilot:
            require(self._desk.speaker(by.id), event.pilot, TAKING_PART)

    def _readers(self, people: Collection[str], item: Item) -> list[str]:
        """Return the pseudonyms, on the item's pilot, of those among the people who may read the item already."""
        speakers = [self._desk.speaker(person) for person in people]
        reading = [each for each in speakers if decide(each, Action.READ_CONTENT, item).allowed]
        return [self._desk.pseudonym(each.id, item.pilot) for each in reading]

    def _named(self, by: Member, seen: Seen, stream: str, act: Act) -> Act:
        """Return the act under the pseudonyms that hold in the stream's pilot."""
        events = seen.events(stream)
        pilot = events[0].pilot if events else ""
        return self._desk.named(by, act, pilot, act.recipients)


def _labelled(old: Event, act: Act) -> Event:
    return replace(old, label=act.label, recipients=act.recipients, group=act.group, clients=act.clients)


def _place(event: str) -> tuple[str, int]:
    """Return stream and version of an event id, `stream#version`."""
    stream, _, version = event.rpartition("#")
    if not stream or not version.isdecimal():
        raise NothingToCorrect(f"{event!r} is no event id.", owner="you", remedy="Give it as stream#version.")
    return stream, int(version)
