"""The shapes checks are made of: texts, lists, records and choices by type, each yielding its problems."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from counterpoise_sandbox.checks.problem import Json, Problem, failed

Check = Callable[[Any, str], Iterator[Problem]]


def anything(_value: Json, _pointer: str) -> Iterator[Problem]:
    """Accept any value."""
    yield from ()


def string(most: int | None = None, *, least: int = 1, form: str | None = None) -> Check:
    """Return a check of a string of `least` to `most` characters that matches the regular expression `form`."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield failed(pointer, "must provide a string", type="string")
        elif len(value) < least:
            yield failed(pointer, f"must be more than {least - 1} characters", min_length=least)
        elif most is not None and len(value) > most:
            yield failed(pointer, f"must be less than {most + 1} characters", max_length=most)
        elif form is not None and not re.fullmatch(form, value):
            yield failed(pointer, "does not have the expected format", pattern=form)

    return check


def boolean(value: Json, pointer: str) -> Iterator[Problem]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield failed(pointer, "must provide a boolean", type="boolean")


def integer(least: int | None = None, most: int | None = None) -> Check:
    """Return a check of a whole number from `least` to `most`."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield failed(pointer, "must provide an integer", type="integer")
        elif least is not None and value < least:
            yield failed(pointer, f"must be greater than or equal to {least}", minimum=least)
        elif most is not None and value > most:
            yield failed(pointer, f"must be less than or equal to {most}", maximum=most)

    return check


def number(*, above: float | None = None) -> Check:
    """Return a check of a finite number, greater than `above` if that is given."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            yield failed(pointer, "must provide a number", type="number")
        elif above is not None and value <= above:
            yield failed(pointer, f"must be greater than {above:g}", exclusive_minimum=above)

    return check


def choice(*values: Json) -> Check:
    """Return a check of one of the given values."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if value not in values:
            yield failed(pointer, f"unsupported value: {value}", type="enum", expected=list(values))

    return check


def items(of: Check, most: int | None = None, *, least: int = 1) -> Check:
    """Return a check of a list of `least` to `most` items, each checked by `of`."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield failed(pointer, "must provide an array", type="array")
            return
        if len(value) < least:
            yield failed(pointer, f"must have at least {least} items", min_items=least)
        if most is not None and len(value) > most:
            yield failed(pointer, f"no more than {most} items allowed", max_items=most)
            return
        for place, item in enumerate(value):
            yield from of(item, f"{pointer}/{place}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return a check of an object with exactly these fields; a field that is null counts as left out."""
    known = {**required, **(optional or {})}

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield failed(pointer, "must provide an object", type="object")
            return
        for name in required:
            if value.get(name) is None:
                yield failed(pointer, f"missing required field: {name}", required=[name])
        for name, held in value.items():
            if name not in known:
                yield failed(pointer, f"invalid additional property: {name}", property=name)
            elif held is not None:
                yield from known[name](held, f"{pointer}/{name}")

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """Return a check that goes by the field `type`; a type that is not among `kinds` is unsupported."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield failed(pointer, "must provide an object", type="object")
        elif (kind := value.get("type")) is None:
            yield failed(pointer, "missing required field: type", required=["type"])
        elif not isinstance(kind, str) or kind not in kinds:
            yield failed(f"{pointer}/type", f"unsupported type: {kind}", type="enum", expected=sorted(kinds))
        else:
            yield from kinds[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    """Return a check that yields the problems of all the given ones."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        for one in checks:
            yield from one(value, pointer)

    return check


def rule(holds: Callable[[Any], bool], message: str) -> Check:
    """Return a check that a well-formed value keeps a rule; a value the rule cannot read is left to other checks."""

    def check(value: Json, pointer: str) -> Iterator[Problem]:
        try:
            kept = holds(value)
        except (AttributeError, KeyError, IndexError, TypeError):
            return
        if not kept:
            yield failed(pointer, message)

    return check
