"""Anonymous concerns: left without a name, kept until they are mixed with others, come back to by a receipt code."""

import random
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from counterpoise.application import phases, verbs_voices
from counterpoise.application.desk import TAKING_PART, Desk, require
from counterpoise.application.questions_holder import Holder
from counterpoise.application.seen import Seen
from counterpoise.domain import concerns
from counterpoise.domain.events import Act, Event
from counterpoise.domain.pilots import StageEntered
from counterpoise.domain.refusals import BadValue, Refusal, said
from counterpoise.policy import Member, Visible
from counterpoise.store.log import Command, Outcome
from counterpoise.store.reading import Reading

DAY = 86_400_000_000
HOUR = DAY // 24
RELEASED_AT = 6 * HOUR
"""When what was left on an earlier day is recorded at the latest, however few there are: 06:00 UTC."""
BATCH = 3
"""So many concerns that wait on a pilot are recorded at once, in an order drawn by lot."""
SHOWN_FROM = 5
"""People of an organisation who take part in a pilot, from which on it may be shown as an author's."""

WAITING, RETURNS = "waiting:", "returns"
"""Drawers of the key store: what waits, by pilot; and what receipt codes lead to."""

DIGITS = 16
RAISE, ADD, RESOLVE, WITHDRAW = "raise", "add", "resolve", "withdraw"
DEEDS = (ADD, RESOLVE, WITHDRAW)
"""What the holder of a receipt code does with their concern."""

Row = dict[str, Any]


class BadReceiptCode(Refusal):
    """No concern was left under this receipt code."""

    rule = "bad-receipt-code"


class NoReaders(Refusal):
    """RED is for named people, and none is named."""

    rule = "no-readers"


class Concerns(verbs_voices.Concerns):
    """The verbs on concerns, and the way of those without a name.

    Nothing about who left one is kept but a token that ends with the pilot's phase. It waits in the key store,
    closed, and is recorded together with others; times are days.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._drawers = desk.keys.drawers

    def leave(
        self,
        by: Member,
        *,
        pilot: str,
        words: str,
        kind: str = "other",
        severity: str = "medium",
        factor: str = "",
        about: str = "",
        step: str = "",
        language: str = "en",
        label: str = "GREEN",
        recipients: Sequence[str] = (),
        show_actor: bool = False,
        code: str = "",
        also: Callable[[], object] = lambda: None,
    ) -> str:
        """Leave a concern without a name; return its receipt code of 16 digits, which is told this once.

        It is `code` where one is given, which only whoever leaves it may know, else one drawn now.

        `recipients` are the member ids who may read RED. `show_actor` shows one's organisation, where five of it
        take part. `also` is done together with it, or neither is. SpokenAlready, and what raising one refuses.
        """
        speaker = self._desk.speaker(by.id)
        require(speaker, pilot, TAKING_PART)
        if show_actor and not self.may_show(speaker.actor, pilot):
            raise BadValue(
                "Fewer than five people of your organisation take part, so showing it would point at you.",
                owner="you",
                remedy="Leave the concern without your organisation.",
            )
        concern = self._desk.ids()
        row: Row = {
            "id": secrets.token_hex(16),
            "deed": RAISE,
            "concern": concern,
            "pilot": pilot,
            "day": self._desk.clock() // DAY * DAY,
            "turn": 0,
            "label": label,
            "recipients": self._recipients(label, recipients, pilot, concern),
            "show": speaker.actor if show_actor else "",
            "said": {
                "words": words,
                "kind": kind,
                "severity": severity,
                "factor": factor,
                "about": about,
                "step": step,
                "language": language,
            },
        }
        phase = self._checked(row)
        code = code or f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        place = msgspec.json.encode({"pilot": pilot, "concern": concern, "ended": ""}).decode()
        mark = self._desk.keys.slow_mark(code)
        phases.begin(self._desk.keys, pilot, phase)
        with self._drawers.turn():
            phases.speak(self._desk.keys, pilot, phase, speaker.id)
            self._put(row)
            self._drawers.put(RETURNS, mark, place)
            also()
        with suppress(Refusal):  # it is kept, and recorded the next time
            self.release()
        return code

    def release(self, now: int | None = None) -> tuple[str, ...]:
        """Record what waits and may be told apart no longer; return the ids of the events, in their order.

        Where three concerns wait on a pilot, all of it; else what was left before today, once it is six o'clock
        UTC. Cut short, the rest is recorded the next time, and nothing twice.
        """
        moment = self._desk.clock() if now is None else now
        self._drawers.sweep(self._desk.clock())
        with suppress(Refusal):  # the key file cannot be replaced now: it is tried again
            self._end_phases()
        batches = [self._batch(drawer, moment) for drawer in self._drawers.names(WAITING)]
        return tuple(event for batch in batches for row in batch for event in self._let_go(row, moment))

    def waiting(self) -> int:
        """Return how many things wait to be recorded, on all pilots together."""
        return sum(len(self._drawers.all(drawer)) for drawer in self._drawers.names(WAITING))

    def may_show(self, actor: str, pilot: str) -> bool:
        """Return whether so many people of an organisation take part in a pilot that it points at none of them."""
        return sum(each.actor == actor for each in self._desk.taking_part(pilot)) >= SHOWN_FROM

    def returned(self, code: str) -> Visible[Mapping[str, Any]]:
        """Return to whoever holds a receipt code what became of their concern. BadReceiptCode.

        `status` is waiting, raised, acknowledged, answered, resolved or withdrawn; `said` what they said, by event;
        `replies` what others said of it that may be read beside it; `waits` what they did that is not recorded yet.
        """
        _, place = self._place(code)
        rows = self._rows(place)
        waits = tuple(row["deed"] for row in rows)
        holder = Holder(self._desk.log, self._desk.keys, place["pilot"], place["concern"])
        if self._recorded(place):
            return holder.recorded(waits=waits)
        words = tuple(row["said"]["words"] for row in rows)
        return holder.unrecorded(status=place["ended"] or "waiting", words=words, waits=waits)

    def come_back(self, code: str, *, deed: str, words: str = "") -> None:
        """Let whoever holds a receipt code `add` words to their concern, `resolve` or `withdraw` it.

        What is recorded already is added to with the next batch; what still waits is changed as it waits, or
        never recorded. BadReceiptCode, ConcernEnded, BadValue.
        """
        if deed not in DEEDS:
            raise BadValue(
                f"{deed!r} is nothing to do here.", owner="you", remedy=f"One of: {', '.join(DEEDS)}."
            )
        if deed == ADD:
            said(words, what="What you add")
        mark, place = self._place(code)
        with self._drawers.turn():
            rows = self._rows(place)
            unrecorded = next((row for row in rows if row["deed"] == RAISE and not row.get("going")), None)
            if unrecorded is None:
                self._follow(place, rows, deed, words)
            elif deed == ADD:
                unrecorded["said"]["words"] += f"\n\n{words}"
                self._put(unrecorded)
            else:
                self._drawers.take(f"{WAITING}{place['pilot']}", unrecorded["id"])
                ended = {**place, "ended": "withdrawn" if deed == WITHDRAW else "resolved"}
                self._drawers.put(RETURNS, mark, msgspec.json.encode(ended).decode())

    def _follow(self, place: Row, rows: Sequence[Row], deed: str, words: str) -> None:
        """Let a deed on a concern that is recorded wait for the next batch."""
        folded = self._desk.log.state(f"concern:{place['concern']}")
        ended = folded is not None and folded.state.status in {"resolved", "withdrawn"}
        ending = {row["deed"] for row in rows} & {RESOLVE, WITHDRAW}
        if ended or ending or place["ended"]:
            raise concerns.ConcernEnded(
                "The concern is resolved or withdrawn.",
                owner="you",
                remedy="Leave another in the next phase.",
            )
        self._put(
            {
                "id": secrets.token_hex(16),
                "deed": deed,
                "concern": place["concern"],
                "pilot": place["pilot"],
                "day": self._desk.clock() // DAY * DAY,
                "turn": len(rows) + 1,
                "said": {"words": words},
            }
        )

    def _checked(self, row: Row) -> int:
        """Refuse what could not be recorded; return the number of the pilot's phase."""
        phase = 0

        def decide(reading: Reading) -> Outcome:
            nonlocal phase
            seen = Seen(reading)
            self._raised(seen, row, self._desk.clock(), late=False)
            entered = [
                each for each in seen.events(f"pilot:{row['pilot']}") if isinstance(each, StageEntered)
            ]
            phase = len(entered)
            return Outcome(events=())

        self._desk.log.decide(Command(), decide)
        return phase

    def _end_phases(self) -> None:
        """Forget who has spoken in phases that are over, also where that was cut short when they ended."""
        for pilot in phases.remembered(self._desk.keys):
            there = self._desk.log.state(f"pilot:{pilot}").state
            history = self._desk.log.history(f"pilot:{pilot}")
            number = sum(isinstance(each.event, StageEntered) for each in history)
            phases.begin(self._desk.keys, pilot, phases.OVER if there.closed else number)

    def _batch(self, drawer: str, now: int) -> Iterator[Row]:
        """Yield what is to be recorded of a pilot now: concerns in an order drawn by lot, each with what follows it."""
        by_concern: dict[str, list[Row]] = {}
        for row in map(msgspec.json.decode, self._drawers.all(drawer)):
            by_concern.setdefault(row["concern"], []).append(row)
        due = list(by_concern.values())
        if len(due) < BATCH:
            due = [[row for row in rows if now >= row["day"] + DAY + RELEASED_AT] for rows in due]
        random.SystemRandom().shuffle(due)
        for rows in due:
            yield from sorted(rows, key=lambda row: row["turn"])

    def _let_go(self, row: Row, now: int) -> tuple[str, ...]:
        """Record one thing that waited, and let go of it; what was overtaken by the concern's end is let go of too."""
        drawer = f"{WAITING}{row['pilot']}"
        with self._drawers.turn():  # from here on its holder changes it no longer, but adds to it
            kept = self._drawers.look(drawer, row["id"])
            if kept is None:
                return ()
            row = {**msgspec.json.decode(kept.text), "going": True}
            self._put(row)

        def decide(reading: Reading) -> Outcome:
            seen = Seen(reading)
            if row["deed"] == RAISE:
                return Outcome(events=(self._raised(seen, row, now, late=True),))
            return Outcome(events=(_done(seen, row, now),))

        try:
            events = self._desk.log.decide(Command(key=f"waiting {row['id']}"), decide).events
        except (concerns.ConcernEnded, concerns.NoSuchConcern):
            events = ()
        self._drawers.take(drawer, row["id"])
        return tuple(event for event in events if event.startswith("concern:"))

    def _raised(self, seen: Seen, row: Row, now: int, *, late: bool) -> Event:
        shown = row["show"] if row["show"] and self.may_show(row["show"], row["pilot"]) else ""
        return concerns.raise_concern(
            seen.pilot(row["pilot"]),
            seen.concern(row["concern"]),
            concern_id=row["concern"],
            anonymous=True,
            shown_actor=shown,
            late=late,
            tables=seen.tables,
            act=Act(
                at=now,
                occurred_at=row["day"],
                label=row["label"],
                recipients=tuple(row["recipients"]),
                source="web",
            ),
            **row["said"],
        )

    def _recipients(self, label: str, recipients: Sequence[str], pilot: str, concern: str) -> tuple[str, ...]:
        """Return who may read RED, the holder of the receipt code among them, under the concern's own name."""
        if label != "RED":
            return ()
        if not recipients:
            raise no_readers()
        return (*self._desk.readers(recipients, pilot), f"concern:{concern}")

    def _put(self, row: Row) -> None:
        self._drawers.put(f"{WAITING}{row['pilot']}", row["id"], msgspec.json.encode(row).decode())

    def _rows(self, place: Row) -> list[Row]:
        rows = [msgspec.json.decode(text) for text in self._drawers.all(f"{WAITING}{place['pilot']}")]
        mine = [row for row in rows if row["concern"] == place["concern"]]
        return sorted(mine, key=lambda row: int(row["turn"]))

    def _recorded(self, place: Row) -> bool:
        return self._desk.log.state(f"concern:{place['concern']}") is not None

    def _place(self, code: str) -> tuple[str, Row]:
        """Return by what mark a concern is found, and which it is."""
        digits = _digits(code)
        mark = self._desk.keys.slow_mark(digits) if digits else ""
        kept = self._drawers.look(RETURNS, mark) if digits else None
        if kept is None:
            raise BadReceiptCode(
                "No concern was left under this receipt code.",
                owner="you",
                remedy="Type the sixteen digits as they were shown.",
            )
        return mark, msgspec.json.decode(kept.text)


def no_readers() -> NoReaders:
    """Return the refusal of RED for nobody."""
    return NoReaders(
        "RED names its readers.", owner="you", remedy="Choose at least one person who may read it."
    )


def _digits(code: str) -> str:
    """Return the sixteen digits of a code as it was typed; nothing where it has others."""
    digits = "".join(str(int(each)) for each in code if each.isdecimal())
    return digits if len(digits) == DIGITS else ""


def _done(seen: Seen, row: Row, now: int) -> Event:
    """Return what the holder of a concern did with it, under its own label and readers, and of nobody."""
    stream = f"concern:{row['concern']}"
    raised = next(iter(seen.standing(stream)), None)
    if raised is None:
        raise concerns.NoSuchConcern("There is no such concern.", owner="you", remedy="Check its code.")
    act = Act(
        at=now // DAY * DAY,
        occurred_at=row["day"],
        label=raised.label,
        recipients=raised.recipients,
        source="web",
    )
    concern, words = seen.concern(row["concern"]), row["said"]["words"]
    if row["deed"] == ADD:
        return concerns.add(concern, words=words, act=act)
    if row["deed"] == RESOLVE:
        return concerns.resolve(concern, words=words, act=act)
    return concerns.withdraw(concern, reason=words, act=act)
