"""Check: the model held against vectors, number by number and word by word."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from counterpoise.domain.balance import Balance, weigh
from counterpoise.domain.tables import Tables
from counterpoise_projections import evidence, spillover, trust, vectors, what_if
from counterpoise_projections.tally import QUANTILES, WITHIN, Report, Tally
from counterpoise_projections.vectors import Entry, NotVectors

SECTIONS = ("balance", "theatres", "events", "opinions", "what_if", "spillover", "evidence")

BALANCE_NUMBERS = {
    "G": "gains",
    "R": "risks",
    "B": "balance",
    "sd": "sd",
    "association": "association",
    "dissociation": "dissociation",
    "in_between": "in_between",
    "prudent": "prudent",
}
BALANCE_WORDS = {"verdict": "verdict", "depth": "level", "contested": "contested"}

ECHOED = ("actor", "theatre", "day")
OPINION = (
    "trust",
    "evidence",
    "own",
    "imported",
    "import_raw",
    "certainty",
    "trust_sd",
    "norm",
    "belief",
    "disbelief",
    "uncertainty",
)
INTERVAL = ("low", "high")
FURTHER = ("own_x", "imported_x", "import_raw_x")
"""Figures that a vector may state."""
DIFFERENCE = ("before", "after", "delta")


@dataclass(frozen=True)
class Log:
    """The log of a document: its events, and what the model makes of them."""

    events: Mapping[str, Entry]
    observations: pl.LazyFrame
    items: pl.LazyFrame
    theatres: pl.LazyFrame
    names: tuple[str, ...]
    tables: Tables


def check(document: object, tables: Tables) -> Report:
    """Return how far the model is from a parsed document of vectors; NotVectors if it is none."""
    top, tally = vectors.entry(vectors.TOP, document), Tally()
    if not set(SECTIONS) & set(top.fields):
        raise NotVectors(top.where, f"has none of the sections {', '.join(SECTIONS)}")
    for section in SECTIONS:
        if top.fields.get(section) is None:
            tally.fail(f"The document has no {section!r}.")
    tally.remark(top.strange(*SECTIONS))
    _balances(top, tables, tally)
    log = _log(top, tables, tally)
    if log is not None:
        _evidence(top, log, tally)
        _opinions(top, log, tally)
        _what_ifs(top, log, tally)
        _spillover(top, log, tally)
    return tally.report()


def _balances(top: Entry, tables: Tables, tally: Tally) -> None:
    for vector in top.entries("balance"):
        with tally.at(vector.where):
            tally.remark(vector.strange("name", "input", "expected"))
            given, stated = vector.required("input"), vector.required("expected")
            tally.remark(given.strange(*vectors.BALANCE))
            _balance(weigh(vectors.weighing(given), tables), stated, tally)


def _balance(ours: Balance, stated: Entry, tally: Tally) -> None:
    numbers = {name: float(getattr(ours, own)) for name, own in BALANCE_NUMBERS.items()}
    tally.numbers("balance", numbers, stated)
    for name, own in BALANCE_WORDS.items():
        tally.word("balance", name, ours=getattr(ours, own), stated=stated)
    audiences = stated.required("by_audience")
    tally.numbers("balance", ours.by_audience, audiences)
    tally.nothing_else(audiences, *ours.by_audience)
    _ranked(ours, stated, tally)
    tally.nothing_else(stated, *BALANCE_NUMBERS, *BALANCE_WORDS, "by_audience", "top_contributions")


def _ranked(ours: Balance, stated: Entry, tally: Tally) -> None:
    """Compare the largest contributions: values in order, and each name with the value it stands beside."""
    values = {(each.pan, each.factor, each.audience): each.value for each in ours.contributions}
    seen: set[tuple[str, ...]] = set()
    for place, row in enumerate(stated.required_rows("top_contributions")):
        where = f"{stated.where}.top_contributions[{place}]"
        name, value = vectors.named(where, row, names=3)
        if name not in values or name in seen or place >= len(ours.contributions):
            tally.fail(f"{where} names {', '.join(name)}, which has no place there.")
            continue
        seen.add(name)
        tally.near("contributions", where, ours=abs(ours.contributions[place].value), stated=abs(value))
        tally.near("contributions", where, ours=values[name], stated=value)


def _log(top: Entry, tables: Tables, tally: Tally) -> Log | None:
    """Return the log of the document as far as it can be read; None without theatres to read it by."""
    with tally.at(vectors.TOP):
        all_events = top.entries("events")
        shifts = [event for event in all_events if event.fields.get("type") in vectors.SHIFTS]
        theatres = top.entry("theatres")
        for name in theatres.fields:
            tally.remark(theatres.entry(name).strange(*vectors.THEATRE))
        opened = vectors.opened(theatres, shifts, tables)
        rows: dict[str, dict[str, Any]] = {}
        events = {}
        for event in all_events:
            if event not in shifts:
                with tally.at(event.where):
                    row = _observation(event, theatres, tables, tally)
                    rows[event.where], events[row["id"]] = row, event
        observations = vectors.observed(rows.values())
        items = evidence.weigh(observations, tables).collect().lazy()
        return Log(events, observations, items, opened, tuple(theatres.fields), tables)
    return None


def _observation(event: Entry, theatres: Entry, tables: Tables, tally: Tally) -> dict[str, Any]:
    row = vectors.observation(event)
    tables.check("observations", row["type"])
    tables.check("visibilities", row["visibility"])
    if row["theatre"] not in theatres.fields:
        raise NotVectors(event.where, f"happens in {row['theatre']!r}, which is none of the theatres")
    tally.remark(event.strange(*evidence.OBSERVATIONS, *vectors.OTHER_NAMES))
    return row


def _evidence(top: Entry, log: Log, tally: Tally) -> None:
    columns = ("id", "x", "w_undivided", "omega")
    found = log.items.select(columns).unique("id").collect()
    ours = {event: dict(zip(("x", "w", "omega"), rest, strict=True)) for event, *rest in found.iter_rows()}
    stated = {}
    for vector in top.entries("evidence"):
        with tally.at(vector.where):
            event, values = vector.text("id"), vector.numbered("x_w_omega", "x", "w", "omega")
            stated[event] = values
            tally.nothing_else(vector, "id", "x_w_omega")
    for event in sorted({*ours, *stated}):
        if event not in log.events:
            tally.fail(f"{stated[event].where} is of {event!r}, which is no event that could be read.")
        elif event not in ours:
            tally.numbers("evidence", {"w": 0.0}, stated[event])
        elif event not in stated:
            tally.fail(f"The document has no 'evidence' of {event!r}.")
        else:
            tally.numbers("evidence", ours[event], stated[event])


def _opinions(top: Entry, log: Log, tally: Tally) -> None:
    asked: defaultdict[bool, list[tuple[Entry, dict[str, Any]]]] = defaultdict(list)
    for vector in top.entries("opinions"):
        with tally.at(vector.where):
            tally.nothing_else(vector, *ECHOED, "holder", "expected", "by_source")
            question = _asked(vector, log)
            asked["holder" in question].append((vector, question))
    for alike in asked.values():
        questions = pl.LazyFrame([question for _, question in alike])
        figures = trust.figures(log.items, log.theatres, questions, log.tables).collect().to_dicts()
        parts = trust.contributions(log.items, log.theatres, questions, log.tables).collect()
        for place, ((vector, _), ours) in enumerate(zip(alike, figures, strict=True)):
            with tally.at(vector.where):
                _opinion(ours, vector.required("expected"), tally)
                _attributed(parts.filter(question=place), vector, tally)


def _asked(vector: Entry, log: Log) -> dict[str, Any]:
    """Return the question of a vector."""
    asked: dict[str, Any] = {"theatre": vector.text("theatre"), "actor": vector.text("actor")}
    asked["day"] = vector.number("day")
    if asked["theatre"] not in log.names:
        raise NotVectors(vector.where, f"asks about {asked['theatre']!r}, which is none of the theatres")
    return {**asked, "holder": vector.text("holder")} if "holder" in vector.fields else asked


def _opinion(ours: Mapping[str, Any], stated: Entry, tally: Tally) -> None:
    for name in (name for name in ECHOED if name != "day"):
        tally.word("opinions", name, ours=ours[name], stated=stated)
    further = tuple(name for name in FURTHER if name in stated.fields)
    tally.numbers("opinions", {name: ours[name] for name in ("day", *OPINION, *further)}, stated)
    tally.numbers(QUANTILES, {name: ours[name] for name in INTERVAL}, stated)
    tally.nothing_else(stated, *ECHOED, *OPINION, *INTERVAL, *FURTHER, "contributions")


def _attributed(parts: pl.DataFrame, vector: Entry, tally: Tally) -> None:
    """Compare what each event contributes, in any order, and the sums by source."""
    ours: defaultdict[tuple[str, ...], float] = defaultdict(float)
    sums: defaultdict[str, float] = defaultdict(float)
    for event, source, part, points in parts.select("id", "source", "part", "contribution").iter_rows():
        ours[event, source, part] += points
        sums[f"imported from {source}" if part == "imported" else part] += points
    weightless = set(parts.filter(pl.col("weight") == 0).select("id", "source", "part").iter_rows())
    _listed(ours, weightless, vector.required("expected"), tally)
    tally.all_numbers("contributions", sums, vector.required("by_source"))


def _listed(
    ours: Mapping[tuple[str, ...], float], weightless: set[tuple[str, ...]], stated: Entry, tally: Tally
) -> None:
    listed: dict[tuple[str, ...], float] = {}
    for place, row in enumerate(stated.required_rows("contributions")):
        where = f"{stated.where}.contributions[{place}]"
        name, value = vectors.named(where, row, names=3)
        if name in listed:
            tally.fail(f"{where} stands there twice.")
        elif name not in ours:
            tally.fail(f"{where}: {' '.join(name)} contributes nothing; the vector says {value}.")
        else:
            tally.near("contributions", where, ours=ours[name], stated=value)
        listed[name] = value
    for name in sorted(ours.keys() - listed.keys() - weightless):
        tally.fail(f"{stated.where}.contributions has no {' '.join(name)}; it is {ours[name]:.12g}.")


def _what_ifs(top: Entry, log: Log, tally: Tally) -> None:
    for vector in top.entries("what_if"):
        with tally.at(vector.where):
            tally.nothing_else(vector, *ECHOED, "holder", "drop", "replace", "add", "expected")
            questions, stated = pl.LazyFrame([_asked(vector, log)]), vector.required("expected")
            after = evidence.weigh(_otherwise(vector, log), log.tables)
            found = what_if.difference(log.items, after, log.theatres, questions, log.tables)
            (ours,) = found.collect().to_dicts()
            tally.numbers("what_if", {name: ours[name] for name in DIFFERENCE}, stated)
            tally.numbers(QUANTILES, {name: ours[name] for name in INTERVAL}, stated)
            tally.nothing_else(stated, *DIFFERENCE, *INTERVAL)


def _otherwise(vector: Entry, log: Log) -> pl.LazyFrame:
    replaced = vector.entry("replace")
    fields = {}
    for event in replaced.fields:
        if event not in log.events:
            raise what_if.NothingToChange(event)
        anew = replaced.entry(event)
        merged = vectors.Entry(anew.where, {**log.events[event].fields, **anew.fields})
        fields[event] = vectors.observation(merged)
    added = vectors.observed(vectors.observation(event) for event in vector.entries("add"))
    return what_if.changed(log.observations, drop=vector.words("drop"), replace=fields, add=added)


def _spillover(top: Entry, log: Log, tally: Tally) -> None:
    """Compare the cells on the day asked about that they fit best: the rows themselves name none."""
    with tally.at("spillover"):
        asked = [*top.entries("opinions"), *top.entries("what_if")]
        days = sorted({vector.number("day") for vector in asked if "day" in vector.fields}, reverse=True)
        tried = {day: _on(day, top, log) for day in days or [0.0]}
        best = min(tried, key=lambda day: len(tried[day].failures))
        tally.add(tried[best])
        tally.remark([f"Spill-over was read as of day {best:g}."])


def _on(day: float, top: Entry, log: Log) -> Report:
    """Compare every cell on a day; one that either side has not counts as 0 there."""
    tally = Tally()
    questions = spillover.everywhere(log.items, log.theatres, day=day)
    found = spillover.cells(log.items, log.theatres, questions, log.tables).collect()
    cells = found.select("actor", "from", "to", "net").iter_rows()
    ours: dict[tuple[str, ...], float] = {(actor, source, to): net for actor, source, to, net in cells}
    stated: dict[tuple[str, ...], float] = {}
    for place, row in enumerate(top.rows("spillover")):
        where = f"spillover[{place}]"
        with tally.at(where):
            name, value = vectors.named(where, row, names=3)
            if name in stated:
                tally.fail(f"{where} stands there twice.")
            stated[name] = value
            tally.near("spillover", where, ours=ours.get(name, 0.0), stated=value)
    for name in sorted(ours.keys() - stated.keys()):
        if abs(ours[name]) > WITHIN:
            tally.fail(f"The document has no 'spillover' {' '.join(name)}; it is {ours[name]:.12g}.")
    return tally.report()
