"""The tally of a check: what was compared, how far apart it was, and what failed."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from counterpoise.domain.refusals import Refusal
from counterpoise_projections.vectors import Entry, NotVectors, number

WITHIN = 1e-9
QUANTILES = "quantiles"
WITHIN_BY_KIND = {QUANTILES: 1e-6}
"""Kinds of numbers that may be further apart than WITHIN."""


@dataclass(frozen=True)
class Report:
    """What a check found. The model holds if nothing failed."""

    differences: Mapping[str, float]
    """The greatest difference of each kind of number that was compared."""
    compared: Mapping[str, int]
    """How many numbers and words of each kind were compared."""
    failures: tuple[str, ...]
    remarks: tuple[str, ...]
    """What was not read, and what was assumed."""

    @property
    def holds(self) -> bool:
        """Whether every number is near enough and every word the same."""
        return not self.failures


class Tally:
    """Counts what is compared, keeps what fails."""

    def __init__(self) -> None:
        self._differences: dict[str, float] = {}
        self._compared: defaultdict[str, int] = defaultdict(int)
        self.failures: list[str] = []
        self._remarks: list[str] = []

    def report(self) -> Report:
        """Return everything found so far."""
        return Report(
            dict(self._differences), dict(self._compared), tuple(self.failures), tuple(self._remarks)
        )

    def add(self, report: Report) -> None:
        """Take over what another check found."""
        for kind, difference in report.differences.items():
            self._differences[kind] = max(self._differences.get(kind, 0.0), difference)
        for kind, compared in report.compared.items():
            self._compared[kind] += compared
        self.failures += report.failures
        self._remarks += report.remarks

    def fail(self, sentence: str) -> None:
        """Keep a failure."""
        self.failures.append(sentence)

    def remark(self, sentences: Iterable[str]) -> None:
        """Keep remarks; they are no failures."""
        self._remarks += sentences

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Turn a refusal in the block into a failure that names the place."""
        try:
            yield
        except NotVectors as refusal:
            self.fail(refusal.sentence)
        except Refusal as refusal:
            self.fail(f"{where}: {refusal.sentence} {refusal.remedy}".rstrip())

    def near(self, kind: str, where: str, *, ours: float, stated: object) -> None:
        """Compare a number; a difference beyond the kind's bound, or no number at all, fails."""
        with self.at(where):
            apart = abs(ours - number(where, "value", stated))
            self._compared[kind] += 1
            self._differences[kind] = max(self._differences.get(kind, 0.0), apart)
            if not apart <= WITHIN_BY_KIND.get(kind, WITHIN) or math.isnan(apart):
                self.fail(f"{where} is {ours:.12g}; the vector says {stated}.")

    def word(self, kind: str, name: str, *, ours: object, stated: Entry) -> None:
        """Compare a word or a truth by name; one that the vector has not fails."""
        self._compared[kind] += 1
        value = stated.fields.get(name)
        if name not in stated.fields:
            self.fail(f"{stated.where} has no {name!r}.")
        elif type(ours) is not type(value) or ours != value:
            self.fail(f"{stated.where}.{name} is {ours!r}; the vector says {value!r}.")

    def numbers(self, kind: str, ours: Mapping[str, float], stated: Entry) -> None:
        """Compare numbers by name; one that the vector has not fails."""
        for name, value in ours.items():
            if name in stated.fields:
                self.near(kind, f"{stated.where}.{name}", ours=value, stated=stated.fields[name])
            else:
                self.fail(f"{stated.where} has no {name!r}.")

    def nothing_else(self, stated: Entry, *known: str) -> None:
        """Fail what a vector states beyond the names that are known: nobody has checked it."""
        for name in stated.fields:
            if name not in known:
                self.fail(f"{stated.where}.{name} is not known to the model.")

    def all_numbers(self, kind: str, ours: Mapping[str, float], stated: Entry) -> None:
        """Compare numbers by name; one that either has not counts as 0 there, and a name for 0 is no loss."""
        for name in sorted({*ours, *stated.fields}):
            where = f"{stated.where}.{name}"
            if name in stated.fields and name in ours:
                self.near(kind, where, ours=ours[name], stated=stated.fields[name])
            elif name in ours and abs(ours[name]) > WITHIN:
                self.fail(f"{stated.where} has no {name!r}; it is {ours[name]:.12g}.")
            elif name not in ours:
                self._unclaimed(kind, where, stated.fields[name])

    def _unclaimed(self, kind: str, where: str, stated: object) -> None:
        before = len(self.failures)
        self.near(kind, where, ours=0.0, stated=stated)
        if len(self.failures) > before:
            self.failures[before] = f"{where} is not known to the model; the vector says {stated}."
