"""The items of evidence as streams that fade, ready for questions about any actor, theatre and day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from counterpoise.domain.tables import Tables
from counterpoise_projections.clocks import Clocks, places
from counterpoise_projections.fading import Calendar, Faded, Floats, Integers, Moments, spread

BATCH = 500_000
"""Pairs of a question and a line of evidence that are held in memory at a time."""


@dataclass(frozen=True)
class Items(Moments):
    """Items of evidence by day; names are numbers."""

    subject: Integers  # what questions are about: an actor, or an actor as one holder knows it
    actor: Integers
    x: Floats
    w: Floats
    omega: Floats
    travels: Floats  # share of it that every other theatre gets to know
    audience: Integers  # the holder's place among all audiences; -1: nobody's audience


@dataclass(frozen=True)
class Asked(Moments):
    """Questions; -1 for a subject or an actor that no item is about."""

    subject: Integers
    actor: Integers


@dataclass(frozen=True)
class Sums:
    """One row a question: what the weights come to (n), and the weights times the outcomes (r)."""

    own: Floats
    own_x: Floats
    raw: Floats  # from other theatres, before the squeeze
    raw_x: Floats
    norm: Floats


@dataclass(frozen=True)
class Shares:
    """One row a question and item that bears on it, with what is left of the item's weight on that day."""

    question: Integers
    item: Integers
    weight: Floats


class Ledger:
    """Items as streams. `by` names the columns of a subject: ("actor",), or ("actor", "holder") for pairs."""

    def __init__(
        self, items: pl.DataFrame, theatres: pl.LazyFrame, tables: Tables, *, by: tuple[str, ...] = ("actor",)
    ) -> None:
        """Take items in the order of (day, id); UnknownTheatre if one lies where no regime is known."""
        self._trust, self._spillover = tables["trust"], tables["spillover"]
        self._by = list(by)
        self._clocks = Clocks(theatres)
        self._days = items["day"].unique().sort().to_numpy()
        self._subjects = items.select(self._by).unique().sort(self._by)
        self._actors = items.select("actor").unique().sort("actor")
        self.items = self._numbered(items, tables)

    def asked(self, questions: pl.DataFrame) -> Asked:
        """Return questions by number; they have the columns of a subject, theatre and day."""
        day = questions["day"].cast(pl.Float64).to_numpy()
        return Asked(
            theatre=self._clocks.number(questions["theatre"]),
            day=day,
            rank=np.searchsorted(self._days, day, side="right"),
            subject=places(questions.select(self._by), self._subjects),
            actor=places(questions.select("actor"), self._actors),
        )

    def sums(self, asked: Asked, *, before: bool = False) -> Sums:
        """Return the sums of each question as of its day, or (`before`) as of the days before it."""
        if before:
            asked = replace(asked, rank=np.searchsorted(self._days, asked.day))
        own, raw = self._own.left(self._in_theatre(asked.subject, asked), asked), self._imported(asked)
        actor = self._conduct.left(self._in_theatre(asked.actor, asked), asked)
        norm = self._norm(self._theatres.left(asked.theatre, asked) - actor)
        return Sums(own[:, 0], own[:, 1], raw[:, 0], raw[:, 1], norm)

    def norms(self, asked: Asked) -> Floats:
        """Return the norm of each question's theatre, every actor counted."""
        return self._norm(self._theatres.left(asked.theatre, asked))

    def own_shares(self, asked: Asked) -> Shares:
        """Return the items of the question's subject in its theatre."""
        question, item = _known(asked.subject, asked, self.items.subject, self.items)
        here = asked.theatre[question] == self.items.theatre[item]
        question, item = question[here], item[here]
        fast, slow = self._fade(item, asked.day[question])
        omega = self.items.omega[item]
        return Shares(question, item, self.items.w[item] * ((1 - omega) * fast + omega * slow))

    def imported_shares(self, asked: Asked) -> Shares:
        """Return the items of the question's subject that other theatres lend it, before the squeeze."""
        question, item = _known(asked.subject, asked, self.items.subject, self.items)
        elsewhere = asked.theatre[question] != self.items.theatre[item]
        question, item = question[elsewhere], item[elsewhere]
        sources, at = self.items.of(item), asked.of(question)
        heard = self._clocks.belongs[self._clocks.audiences(at.theatre, at.day), sources.audience]
        coupling = self._coupling(sources.theatre, at) * np.where(heard, 1.0, sources.travels)
        (lent,) = np.nonzero(coupling)
        question, item = question[lent], item[lent]
        return Shares(question, item, coupling[lent] * self._lasts(item, asked.day[question]))

    def norm_shares(self, asked: Asked) -> Shares:
        """Return the items about other actors in the question's theatre, as shares of its norm."""
        question, item = _known(asked.theatre, asked, self.items.theatre, self.items)
        other = asked.actor[question] != self.items.actor[item]
        question, item = question[other], item[other]
        weight = self._lasts(item, asked.day[question])
        total = self._trust["norm_weight"] + np.bincount(question, weight, minlength=len(asked.day))
        return Shares(question, item, weight / total[question])

    def _numbered(self, items: pl.DataFrame, tables: Tables) -> Items:
        travels = {word: entry["travels"] for word, entry in tables["visibilities"].items()}
        shown = pl.col("visibility").replace_strict(travels, default=0.0, return_dtype=pl.Float64)
        day = items["day"].to_numpy()
        return Items(
            theatre=self._clocks.number(items["theatre"]),
            day=day,
            rank=np.searchsorted(self._days, day),
            subject=places(items.select(self._by), self._subjects),
            actor=places(items.select("actor"), self._actors),
            x=items["x"].to_numpy(),
            w=items["w"].to_numpy(),
            omega=items["omega"].to_numpy(),
            travels=items.select(shown).to_series().to_numpy(),
            audience=self._clocks.audience(items["holder"]),
        )

    def _in_theatre(self, subjects: Integers, at: Moments) -> Integers:
        """Return the stream of a subject or an actor in a theatre; negative for an unknown one."""
        return subjects * len(self._clocks.names) + at.theatre

    def _slow(self, _: Integers, days: Floats) -> Floats:
        reading: Floats = days / self._trust["slow_half_life"]
        return reading

    @cached_property
    def _own(self) -> Faded:
        """Own evidence, by subject and theatre: each item fades partly fast, partly slowly."""
        items = self.items
        fast, slow = (1 - items.omega) * items.w, items.omega * items.w
        parts = ((self._clocks.read, _both(fast, items)), (self._slow, _both(slow, items)))
        return Faded(self._in_theatre(items.subject, items), items, parts)

    @cached_property
    def _theatres(self) -> Faded:
        """What lasts of the evidence about everyone, by theatre."""
        return self._lasting(self.items.theatre, self.items, self.items.w)

    @cached_property
    def _conduct(self) -> Faded:
        """What lasts of the evidence about an actor, by actor and theatre."""
        items = self.items
        return self._lasting(self._in_theatre(items.actor, items), items, items.w)

    @cached_property
    def _lines(self) -> "Lines":
        return Lines.of(self.items.subject, self._clocks.classes[self.items.theatre])

    @cached_property
    def _shown(self) -> "Pool":
        """What every theatre gets to know of a line, and what of it happened in one theatre."""
        (shown,) = np.nonzero(self.items.travels)
        items = self.items.of(shown)
        return self._pool(items, items.w * items.travels, self._lines.line[shown], 0)

    @cached_property
    def _told(self) -> "Pool":
        """What an audience among its holders tells a theatre beyond what is shown, by its set of audiences."""
        (held,) = np.nonzero((self.items.audience >= 0) & (self.items.travels < 1))
        place, sets = self._clocks.sets_of(self.items.audience[held])
        items = self.items.of(held[place])
        return self._pool(items, items.w * (1 - items.travels), self._lines.line[held[place]], sets)

    def _pool(self, items: Items, weights: Floats, line: Integers, sets: Integers | int) -> "Pool":
        (shared,) = np.nonzero(self._clocks.crowded[items.theatre])
        width = len(self._clocks.belongs)
        home = self._in_theatre(items.subject, items) * width + sets
        return Pool(
            everywhere=self._lasting(line * width + sets, items, weights),
            at_home=self._lasting(home[shared], items.of(shared), weights[shared]),
        )

    def _imported(self, asked: Asked) -> Floats:
        """Return n and r of what other theatres lend, before the squeeze.

        A line holds all theatres of a class; what happened in the question's own theatre is taken off again.
        """
        width, sets = len(self._clocks.belongs), self._clocks.audiences(asked.theatre, asked.day)
        total = np.zeros((len(sets), 2))
        for question, line in self._foreign(asked):
            at = asked.of(question)
            source = replace(at, theatre=self._lines.source[line])
            known = self._shown.everywhere.left(line * width, source)
            known += self._told.everywhere.left(line * width + sets[question], source)
            known *= self._coupling(source.theatre, at)[:, None]
            _add(total, question, known)
        (question,) = np.nonzero(self._clocks.crowded[asked.theatre])
        at = asked.of(question)
        home = self._in_theatre(at.subject, at) * width
        known = self._shown.at_home.left(home, at) + self._told.at_home.left(home + sets[question], at)
        total[question] -= self._coupling(at.theatre, at)[:, None] * known
        return np.maximum(total, 0.0)

    def _foreign(self, asked: Asked) -> Iterator[tuple[Integers, Integers]]:
        """Return questions with each line of their subject that is from other theatres, at least in part."""
        for question, line in self._lines.of_subjects(asked.subject):
            theatre = asked.theatre[question]
            other = self._lines.source[line] != self._clocks.classes[theatre]
            (foreign,) = np.nonzero(other | self._clocks.crowded[theatre])
            yield question[foreign], line[foreign]

    def _coupling(self, source: Integers, asked: Asked) -> Floats:
        """Return which share of an item a question's theatre takes over from another that it hears from."""
        here, there = (self._clocks.audiences(theatre, asked.day) for theatre in (asked.theatre, source))
        base = self._spillover["base"]
        overlap = base + (1 - base) * self._clocks.overlap[there, here]
        coupling: Floats = self._spillover["coupling"] * overlap
        return coupling

    def _lasting(self, streams: Integers, items: Items, weights: Floats) -> Faded:
        """Return streams that fade fast if they have no memory at all, and slowly if they have some."""
        fleeting = items.omega == 0
        fast, slow = np.where(fleeting, weights, 0.0), np.where(fleeting, 0.0, weights)
        parts = ((self._clocks.read, _both(fast, items)), (self._slow, _both(slow, items)))
        return Faded(streams, items, parts)

    def _fade(self, item: Integers, days: Floats) -> tuple[Floats, Floats]:
        """Return what is left of each item on a day, by its theatre's clock and by the slow one."""
        theatre, then = self.items.theatre[item], self.items.day[item]
        fast, slow = (
            np.exp2(hand(theatre, then) - hand(theatre, days)) for hand in (self._clocks.read, self._slow)
        )
        return fast, slow

    def _lasts(self, item: Integers, days: Floats) -> Floats:
        fast, slow = self._fade(item, days)
        left: Floats = self.items.w[item] * np.where(self.items.omega[item] == 0, fast, slow)
        return left

    def _norm(self, about: Floats) -> Floats:
        weight = self._trust["norm_weight"]
        seen = np.maximum(about, 0.0)
        norm: Floats = (weight * self._trust["prior"] + seen[:, 1]) / (weight + seen[:, 0])
        return norm


@dataclass(frozen=True)
class Pool:
    """Evidence by line, and the same evidence by subject and theatre where a class has several theatres."""

    everywhere: Faded
    at_home: Faded


@dataclass(frozen=True)
class Lines:
    """All evidence about a subject from theatres of one class: whatever the question, it is lent alike."""

    line: Integers
    """By item. Lines are numbered by subject first."""
    subject: Integers
    """By line."""
    source: Integers
    """By line: the theatre that stands for its class."""

    @classmethod
    def of(cls, subjects: Integers, sources: Integers) -> "Lines":
        """Return the lines of items about subjects from classes of theatres."""
        width = int(sources.max(initial=0)) + 1
        keys, line = np.unique(subjects * width + sources, return_inverse=True)
        return cls(line, keys // width, keys % width)

    def of_subjects(self, subjects: Integers) -> Iterator[tuple[Integers, Integers]]:
        """Return questions about subjects with each of their lines, some questions at a time."""
        first, end = (np.searchsorted(self.subject, subjects, side=side) for side in ("left", "right"))
        batch = np.cumsum(end - first) // BATCH
        for number in np.unique(batch):
            (questions,) = np.nonzero(batch == number)
            place, line = spread(first[questions], end[questions])
            yield questions[place], line


def _known(keys: Integers, asked: Asked, item_keys: Integers, items: Items) -> tuple[Integers, Integers]:
    """Return each question with every item of its key as of its day, by day."""
    order = np.argsort(item_keys, kind="stable")
    end = Calendar.of(item_keys[order], items.rank[order]).count(keys, asked.rank)
    question, place = spread(np.searchsorted(item_keys[order], keys), end)
    return question, order[place]


def _both(weights: Floats, items: Items) -> Floats:
    """Return weights beside weights times outcomes."""
    return np.column_stack((weights, weights * items.x))


def _add(total: Floats, rows: Integers, amounts: Floats) -> None:
    for quantity in range(total.shape[1]):
        total[:, quantity] += np.bincount(rows, amounts[:, quantity], minlength=len(total))
