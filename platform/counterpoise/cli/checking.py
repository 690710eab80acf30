"""`backtest`, `check-model`: the model is held against what happened, and against worked examples."""

import dataclasses
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from counterpoise.application.operations_model import compared, foretold
from counterpoise.application.operations_stores import without_keys
from counterpoise.cli import paper
from counterpoise.cli.answers import FINE, REFUSED, Misused
from counterpoise.cli.place import SOMEWHERE, Here
from counterpoise.cli.progress import counted

SHOWN = 20
"""Differences and remarks that are listed for people."""


def backtest(*, swaps: int = 200, seed: int = 1, place: Here = SOMEWHERE) -> int:
    """Foretell each day's interactions from the days before, and say how well that went.

    Parameters
    ----------
    swaps
        How often records are swapped between actors to test the gain from imports.
    seed
        What the swaps and the blocks are drawn by; the same gives the same.
    """
    if swaps < 1 or seed < 0:
        raise Misused("--swaps is at least 1, --seed at least 0.")
    with without_keys(place.url) as log, counted("Swapping records") as progress:
        done = 0

        def swapped() -> None:
            nonlocal done
            done += 1
            progress(done, swaps)

        figures = dataclasses.asdict(foretold(log, seed=seed, swaps=swaps, swapped=swapped))
    if place.json:
        place.paper.document(figures)
        return 0
    place.paper.heading("Backtest", "each day foretold from earlier days alone")
    place.paper.table(
        ("figure!", "value#", "what it says"),
        [(name.replace("_", " "), _figure(value), FIGURES[name]) for name, value in figures.items()],
    )
    return 0


FIGURES = {
    "kept": "interactions across a border, with a friendly or hostile value",
    "scored": "the last part of them, which is scored",
    "log_loss": "nats an interaction; less is better, 0.693 is a coin",
    "auc": "share of pairs put in the right order; 0.5 is a coin",
    "calibration_error": "how far said and seen shares lie apart, over ten bins",
    "coverage_90": "share of 90 % intervals that hold the next ten outcomes",
    "gain": "nats an interaction gained by what other theatres tell",
    "gain_low": "its 95 % interval, from",
    "gain_high": "to",
    "permutation_p": "how likely so great a gain is with swapped records",
}


def _figure(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def check_model(file: Path, *, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Hold the model against worked examples; the exit code is 1 if a number or a word differs, or one is missing.

    Numbers may differ by 1e-9, quantiles by 1e-6.

    Parameters
    ----------
    file
        A document of vectors: balance, theatres, events, opinions, what_if, spillover, evidence.
    json
        Answer with one JSON document.
    """
    report = compared(file)
    sheet = paper.Paper(as_json=json)
    if json:
        sheet.document({**dataclasses.asdict(report), "holds": report.holds})
        return FINE if report.holds else REFUSED
    sheet.heading("The model holds" if report.holds else f"{len(report.failures)} differences", str(file))
    rows = [
        (
            kind,
            f"{count:,}",
            f"{report.differences[kind]:.1e}" if kind in report.differences else "words alone",
        )
        for kind, count in report.compared.items()
    ]
    sheet.table(("kind!", "compared#", "greatest difference#"), rows)
    for failure in report.failures[:SHOWN]:
        sheet.say(failure, style="red")
    if len(report.failures) > SHOWN:
        sheet.aside(f"... and {len(report.failures) - SHOWN:,} more; --json lists them all")
    for remark in report.remarks[:SHOWN]:
        sheet.aside(remark)
    return FINE if report.holds else REFUSED
