"""Vectors: worked numbers of the model, as a JSON document gives them.

A document has a list `balance` of scans with what the scale says of them; `theatres` and `events`, a log; lists
`opinions`, `what_if`, `spillover` and `evidence` of what the model says of that log.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from counterpoise.domain.balance import Audience, Weighing
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.tables import Tables
from counterpoise_projections import evidence
from counterpoise_projections.clocks import THEATRES

BALANCE = (
    "scores",
    "sds",
    "weights",
    "audiences",
    "z",
    "visibility",
    "phi",
    "phi_sd",
    "fulcrum",
    "trust",
    "trust_sd",
    "red_line",
    "humanitarian",
    "categories",
)
"""What the input of a balance may hold."""

OTHER_NAMES = ("safe_to_fail", "goldstein")
"""What an event may hold in place of `soft` and `x`."""

THEATRE = ("kind", "kinds", "mixture", "audiences", "shifts", "context_shifts")
"""What a theatre may hold."""

SHIFTS = ("context_shifted", "context_shift")
"""Types of events that begin a new regime of their theatre."""


TOP = "The document"


class NotVectors(Refusal):
    """A document of vectors has the form that is published with the model."""

    rule = "not-vectors"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"{where} {what}.", owner="you", remedy="Give a document of the form of model_public.json."
        )


@dataclass(frozen=True)
class Entry:
    """An object of the document, and where it stands."""

    where: str
    fields: Mapping[str, Any]

    def any(self, name: str) -> Any:  # noqa: ANN401  what a document holds has no type yet
        """Return a field; NotVectors if there is none."""
        if name not in self.fields:
            raise NotVectors(self.where, f"has no {name!r}")
        return self.fields[name]

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string, `default` where there is none; NotVectors if it is no string."""
        value = self._given(name, default)
        if not isinstance(value, str):
            raise NotVectors(self.where, f"has a {name!r} that is no text: {value!r}")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a number, `default` where there is none; NotVectors if it is no finite number."""
        return number(self.where, name, self._given(name, default))

    def flag(self, name: str) -> bool:
        """Return a truth, false where there is none."""
        value = self._given(name, False)
        if not isinstance(value, bool):
            raise NotVectors(self.where, f"has a {name!r} that is neither true nor false: {value!r}")
        return value

    def entry(self, name: str) -> "Entry":
        """Return an object, an empty one where there is none."""
        return entry(self._inner(name), self._given(name, {}))

    def required(self, name: str) -> "Entry":
        """Return an object; NotVectors if there is none."""
        return entry(self._inner(name), self.any(name))

    def required_rows(self, name: str) -> list[Any]:
        """Return a list; NotVectors if there is none."""
        self.any(name)
        return self.rows(name)

    def numbered(self, name: str, *names: str) -> "Entry":
        """Return a list of numbers as an object of them; NotVectors if there are not as many."""
        values = self.required_rows(name)
        if len(values) != len(names):
            raise NotVectors(self._inner(name), f"has not {len(names)} numbers")
        return Entry(self._inner(name), dict(zip(names, values, strict=True)))

    def entries(self, name: str) -> list["Entry"]:
        """Return a list of objects, an empty one where there is none."""
        return [entry(f"{self._inner(name)}[{place}]", value) for place, value in enumerate(self.rows(name))]

    def rows(self, name: str) -> list[Any]:
        """Return a list, an empty one where there is none."""
        value = self._given(name, [])
        if not isinstance(value, list):
            raise NotVectors(self.where, f"has {name!r} that is no list")
        return value

    def words(self, name: str) -> list[str]:
        """Return a list of strings, an empty one where there is none."""
        return [Entry(self.where, {name: value}).text(name) for value in self.rows(name)]

    def numbers(self, name: str) -> dict[str, float]:
        """Return an object of numbers, an empty one where there is none."""
        inner = self.entry(name)
        return {key: inner.number(key) for key in inner.fields}

    def _inner(self, name: str) -> str:
        return name if self.where == TOP else f"{self.where}.{name}"

    def _given(self, name: str, default: object) -> object:
        value = self.fields.get(name)
        if value is None:
            return self.any(name) if default is None else default
        return value

    def strange(self, *known: str) -> Iterator[str]:
        """Return a remark for each field that is not known."""
        yield from (
            f"{self.where}: {name!r} is not known and was not read."
            for name in self.fields
            if name not in known
        )


def entry(where: str, value: object) -> Entry:
    """Return an object of the document; NotVectors if it is none."""
    if not isinstance(value, dict):
        raise NotVectors(where, "is no object")
    return Entry(where, value)


def number(where: str, name: str, value: object) -> float:
    """Return a finite number; NotVectors if it is none."""
    largest = 1e300
    if isinstance(value, bool) or not isinstance(value, int | float) or not -largest < value < largest:
        raise NotVectors(where, f"has a {name!r} that is no number: {value!r}")
    return float(value)


def named(where: str, row: object, *, names: int) -> tuple[tuple[str, ...], float]:
    """Return a row of names and a number; NotVectors if it is none."""
    if (
        not isinstance(row, list)
        or len(row) != names + 1
        or not all(isinstance(each, str) for each in row[:-1])
    ):
        raise NotVectors(where, f"is not {names} names and a number: {row!r}")
    return tuple(row[:-1]), number(where, "value", row[-1])


def weighing(given: Entry) -> Weighing:
    """Return the input of a balance. Without them: doubts and deviations 0, conditions neutral, no red line."""
    categories = given.words("categories")
    if given.flag("humanitarian") and "humanitarian" not in categories:
        categories = [*categories, "humanitarian"]
    audiences = given.entry("audiences")
    return Weighing(
        scores=given.numbers("scores"),
        doubts=given.numbers("sds"),
        weights=given.numbers("weights"),
        audiences={
            name: Audience(weight=each.number("weight", 1.0), care=each.numbers("care"))
            for name in audiences.fields
            for each in [audiences.entry(name)]
        },
        conditions=given.numbers("z"),
        visibility=given.text("visibility", "public"),
        phi=_maybe(given, "phi"),
        fulcrum=_maybe(given, "fulcrum"),
        phi_sd=given.number("phi_sd", 0.0),
        trust=_maybe(given, "trust"),
        trust_sd=given.number("trust_sd", 0.0),
        red_line=given.flag("red_line"),
        categories=tuple(categories),
    )


def observation(event: Entry) -> dict[str, Any]:
    """Return a row of evidence.OBSERVATIONS; NotVectors if a field has the wrong type."""
    row: dict[str, Any] = dict.fromkeys(evidence.OBSERVATIONS)
    for name in ("id", "theatre", "actor", "type"):
        row[name] = event.text(name)
    row["day"] = event.number("day")
    row["holder"], row["visibility"] = event.text("holder", ""), event.text("visibility", "public")
    for name, value in event.fields.items():
        if value is not None and row.get(name) is None and name in row:
            row[name] = _typed(event, name, value)
    if event.fields.get("safe_to_fail") is not None:
        row["soft"] = event.flag("safe_to_fail")
    if "goldstein" in event.fields:
        value = event.number("goldstein")
        row["x"] = None if value == 0 else float(value > 0)
    return row


def observed(rows: Iterable[Mapping[str, Any]]) -> pl.LazyFrame:
    """Return rows as evidence.OBSERVATIONS."""
    return pl.LazyFrame([dict(row) for row in rows], schema=evidence.OBSERVATIONS)


def opened(theatres: Entry, shifts: Iterable[Entry], tables: Tables) -> pl.LazyFrame:
    """Return clocks.THEATRES. A theatre has a `kind`, or `kinds` or a `mixture` with shares, and `audiences`.

    Shifts are events, or stand in a theatre's own `shifts` with their `day`; what one does not name stays.
    """
    rows: list[dict[str, Any]] = []
    later = list(shifts)
    for name in theatres.fields:
        first = theatres.entry(name)
        pace, audiences, since = _rate(first, tables), first.words("audiences"), float("-inf")
        rows.append({"theatre": name, "since": since, "rate": pace, "audiences": audiences})
        own = [shift for shift in later if shift.text("theatre") == name]
        for shift in sorted([*first.entries("shifts"), *first.entries("context_shifts"), *own], key=_since):
            pace = _rate(shift, tables) if _mixture(shift) else pace
            audiences = shift.words("audiences") if "audiences" in shift.fields else audiences
            rows.append({"theatre": name, "since": _since(shift), "rate": pace, "audiences": audiences})
    return pl.LazyFrame(rows, schema=THEATRES)


def _since(shift: Entry) -> float:
    return shift.number("since" if "since" in shift.fields else "day")


def _mixture(theatre: Entry) -> dict[str, float]:
    for name in ("mixture", "kinds", "kind"):
        match theatre.fields.get(name):
            case str() as kind:
                return {kind: 1.0}
            case dict():
                return theatre.numbers(name)
            case list():
                return dict.fromkeys(theatre.words(name), 1.0)
    return {}


def _rate(theatre: Entry, tables: Tables) -> float:
    mixture = _mixture(theatre)
    if not mixture:
        raise NotVectors(theatre.where, "has no 'kind'")
    return evidence.rate(mixture, tables)


def _maybe(given: Entry, name: str) -> float | None:
    return None if given.fields.get(name) is None else given.number(name)


def _typed(event: Entry, name: str, value: object) -> object:
    kind = evidence.OBSERVATIONS[name]
    if kind == pl.Float64:
        return event.number(name)
    if kind == pl.Int64:
        whole = event.number(name)
        if whole != int(whole):
            raise NotVectors(event.where, f"has a {name!r} that is no whole number: {value!r}")
        return int(whole)
    return event.flag(name) if kind == pl.Boolean else event.text(name)
