"""Corrections and withdrawals: new events that name old ones, honoured from their own position on."""

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, ClassVar

from counterpoise.domain import concerns, conduct, lessons, narratives, pilots, reflections, scans, steps
from counterpoise.domain.events import LABELS, NOTHING, Act, Event, Sealed, known_label
from counterpoise.domain.refusals import BadValue, Refusal
from counterpoise.domain.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Corrected(Event):
    """Event `of` (a version in this stream) reads otherwise: `changes` is a JSON object of its plain fields.

    Where `field` is named, the words of that field are `words` now.
    """

    TOPIC: ClassVar[str] = "corrected"
    of: int
    changes: str
    reason: Sealed
    field: str = ""
    words: Sealed = NOTHING


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Event):
    """Event `of` (a version in this stream) counts no longer."""

    TOPIC: ClassVar[str] = "withdrawn"
    of: int
    reason: Sealed


@dataclass(frozen=True, kw_only=True)
class LabelWidened(Event):
    """Event `of` may be read by more: the envelope of this event carries the new label and its people."""

    TOPIC: ClassVar[str] = "label-widened"
    of: int


@dataclass(frozen=True, kw_only=True)
class LabelNarrowed(Event):
    """Event `of` may be read by fewer: the envelope of this event carries the new label and its people."""

    TOPIC: ClassVar[str] = "label-narrowed"
    of: int


@dataclass(frozen=True, kw_only=True)
class TextErased(Event):
    """The keys of some texts are gone. Only key ids are named."""

    TOPIC: ClassVar[str] = "text-erased"
    keys: tuple[str, ...]


class NothingToCorrect(Refusal):
    """This event does not exist, is withdrawn, or is of a kind that stands for ever."""

    rule = "nothing-to-correct"


class NotYours(Refusal):
    """Only the organisation that recorded an item may correct it, take it back or widen its label."""

    rule = "not-yours"


class LabelUnchanged(Refusal):
    """The label would not be wider, or not be narrower."""

    rule = "label-unchanged"


def _always(_event: Any, _tables: Tables) -> None:  # noqa: ANN401
    """Nothing beyond the types of the fields is to be checked."""


REVOCABLE: Mapping[type[Event], Callable[[Any, Tables], object]] = {
    scans.ScanRecorded: scans.check,
    scans.ScanRevised: scans.check,
    reflections.ReflectionRecorded: reflections.check,
    reflections.DifferenceNoted: lambda event, _tables: reflections.check_difference(event),
    concerns.ConcernRaised: concerns.check,
    concerns.ConcernResolved: lambda event, tables: tables.check("severities", event.severity),
    narratives.NarrativeFirstSighted: narratives.check,
    narratives.NarrativeSighted: narratives.check,
    lessons.LessonDrafted: lambda event, _tables: lessons.check(event),
    lessons.LessonMarkedUseful: _always,
    pilots.SignalNoted: conduct.check_signal,
    pilots.StanceNoted: lambda event, tables: tables.check("stances", event.stance),
    pilots.PositionTaken: conduct.check_position,
    pilots.OutcomeStated: lambda event, tables: tables.check("outcomes", event.outcome),
    pilots.ReadingObserved: lambda event, _tables: conduct.check_reading(event),
    pilots.TweakAdopted: lambda event, _tables: conduct.check_tweak(event),
    steps.StepCompleted: lambda event, _tables: steps.check_completed(event),
    steps.RedLineCrossed: lambda event, _tables: steps.check_crossed(event),
    steps.RedLineWaived: lambda event, _tables: steps.check_waived(event),
}
"""What can be corrected or withdrawn, with the check a corrected event must pass. All else stands for ever."""

FIXED = frozenset({"step", "stage", "tweak", "anonymous", "raised_at", "consent_of"})
"""Fields that say what an event is of, or who must agree to it: it is withdrawn and recorded anew instead."""


def standing(events: Sequence[Event]) -> list[Event | None]:
    """Return a stream's events as they read now, by version from 1; None where one is withdrawn."""
    result: list[Event | None] = []
    for event in events:
        result.append(event)
        match event:
            case Withdrawn(of=of) if _present(result, of):
                result[of - 1] = None
            case Corrected(of=of) if (old := _present(result, of)) is not None:
                result[of - 1] = corrected(old, event)
            case LabelWidened(of=of) | LabelNarrowed(of=of) if (old := _present(result, of)) is not None:
                result[of - 1] = relabelled(old, event)
    return result


def corrected(event: Event, correction: Corrected) -> Event:
    """Return `event` as the correction makes it read. Unknown fields and wrong types raise BadValue."""
    changes = json.loads(correction.changes)
    hints = typing.get_type_hints(type(event))
    own = {field.name for field in fields(event)} - {field.name for field in fields(Event)}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in own or hints[name] is Sealed:
            known = ", ".join(sorted(field for field in own if hints[field] is not Sealed))
            raise BadValue(f"{name!r} is no field to correct.", owner="you", remedy=f"Fields: {known}.")
        values[name] = typed(hints[name], value, what=name)
    if correction.field:
        if correction.field not in own or hints[correction.field] is not Sealed:
            raise BadValue(
                f"{correction.field!r} holds no words.", owner="you", remedy="Name a field of words."
            )
        values[correction.field] = correction.words
    return replace(event, **values)


def relabelled(event: Event, change: Event) -> Event:
    """Return `event` under the label, recipients, group and clients of `change`."""
    return replace(
        event, label=change.label, recipients=change.recipients, group=change.group, clients=change.clients
    )


def correct(
    events: Sequence[Event],
    *,
    of: int,
    changes: Mapping[str, Any],
    field: str,
    words: str,
    reason: str,
    tables: Tables,
    act: Act,
) -> Corrected:
    """Correct event `of` of a stream; what comes out must pass the checks of its kind."""
    old = _own(events, of, act)
    if not changes and not field:
        raise BadValue(
            "The correction changes nothing.", owner="you", remedy="Name a field and its new value."
        )
    if fixed := sorted(FIXED.intersection(changes)):
        raise BadValue(
            f"{fixed[0]!r} is not corrected.", owner="you", remedy="Withdraw the event and record it anew."
        )
    correction = Corrected(
        **_beside(old, act),
        of=of,
        changes=json.dumps(dict(changes), sort_keys=True),
        reason=act.words(reason),
        field=field,
        words=act.words(words),
    )
    REVOCABLE[type(old)](corrected(old, correction), tables)
    return correction


def withdraw(events: Sequence[Event], *, of: int, reason: str, act: Act) -> Withdrawn:
    """Withdraw event `of` of a stream."""
    old = _own(events, of, act)
    return Withdrawn(**_beside(old, act), of=of, reason=act.words(reason))


def widen(events: Sequence[Event], *, of: int, act: Act) -> LabelWidened:
    """Give event `of` the wider label of the act. Whether the member may is the policy's question."""
    old = _standing(events, of)
    known_label(act.label)
    if (LABELS.index(act.label), _people(old)) == (LABELS.index(old.label), _people(act)):
        raise LabelUnchanged(
            "Nothing would change.", owner="you", remedy="Choose a wider label or more people."
        )
    if LABELS.index(act.label) > LABELS.index(old.label):
        raise LabelUnchanged(
            f"{act.label} is stricter than {old.label}.", owner="you", remedy="Narrow it instead."
        )
    return LabelWidened(**_labelling(old, act), of=of)


def narrow(events: Sequence[Event], *, of: int, act: Act) -> LabelNarrowed:
    """Give event `of` the stricter label of the act, or fewer people under the same."""
    old = _standing(events, of)
    known_label(act.label)
    fewer = _people(act) < _people(old)
    if LABELS.index(act.label) < LABELS.index(old.label) or (act.label == old.label and not fewer):
        raise LabelUnchanged(
            f"{act.label} is not stricter than {old.label}.", owner="you", remedy="Choose a stricter label."
        )
    return LabelNarrowed(**_labelling(old, act), of=of)


def typed(hint: Any, value: Any, *, what: str) -> Any:  # noqa: ANN401  JSON in, a field's value out
    """Return a JSON value as a field of type `hint` holds it; BadValue where it does not fit."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (present,) = [argument for argument in arguments if argument is not type(None)]
        return None if value is None else typed(present, value, what=what)
    if origin is tuple and isinstance(value, list):
        return tuple(typed(arguments[0], each, what=what) for each in value)
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, dict):
        hints = typing.get_type_hints(hint)
        try:
            return hint(**{name: typed(hints[name], each, what=what) for name, each in value.items()})
        except (KeyError, TypeError):
            raise BadValue(f"{what} does not fit.", owner="you", remedy=f"Give {', '.join(hints)}.") from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise BadValue(f"{what} is {value!r}.", owner="you", remedy=f"Give a value of the kind {hint}.")


def _present(events: Sequence[Event | None], of: int) -> Event | None:
    return events[of - 1] if 0 < of <= len(events) else None


def _standing(events: Sequence[Event], of: int) -> Event:
    old = _present(standing(events), of)
    if old is None or isinstance(old, Corrected | Withdrawn | LabelWidened | LabelNarrowed | TextErased):
        raise NothingToCorrect(
            "There is no such event, or it is withdrawn.", owner="you", remedy="Check its id."
        )
    return old


def _own(events: Sequence[Event], of: int, act: Act) -> Event:
    old = _standing(events, of)
    if type(old) not in REVOCABLE:
        raise NothingToCorrect(
            f"{old.TOPIC} stands for ever.",
            owner="you",
            remedy="Record what holds instead as an event of its own.",
        )
    nameless = not old.actor and act.member
    if old.actor != act.actor or nameless:
        raise NotYours(
            "Another organisation recorded this.",
            owner="whoever recorded it",  # not everybody who reads an item may know whose it is
            remedy="It may correct it.",
        )
    return old


def _beside(old: Event, act: Act) -> dict[str, Any]:
    """Return the envelope of an event that changes `old`: on its stream, and under its label."""
    envelope = act.on(old.stream, theatre=old.theatre, pilot=old.pilot)
    return envelope | {
        "label": old.label,
        "recipients": old.recipients,
        "group": old.group,
        "clients": old.clients,
    }


def _labelling(old: Event, act: Act) -> dict[str, Any]:
    return act.on(old.stream, theatre=old.theatre, pilot=old.pilot) | {"actor": old.actor}


def _people(item: Event | Act) -> frozenset[str]:
    return frozenset((*item.recipients, *item.group, *item.clients))
