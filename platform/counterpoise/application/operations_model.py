"""The operator's work on the model: it is held against worked examples, and against the interactions of a log."""

import json
from collections.abc import Callable
from pathlib import Path

from counterpoise import frame
from counterpoise.application.sheets import unpacked
from counterpoise.application.shown import tables_of
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.tables import starting_tables
from counterpoise.store.log import Log
from counterpoise_projections import permutation
from counterpoise_projections.backtest import Backtest, backtest
from counterpoise_projections.check import check
from counterpoise_projections.tally import Report


class NotJSON(Refusal):
    """That file holds no JSON document."""

    rule = "not-json"


def foretold(
    log: Log, *, seed: int = 1, swaps: int = permutation.SWAPS, swapped: Callable[[], object] = lambda: None
) -> Backtest:
    """Return the backtest over the interactions of a log, with the tables in force at its end."""
    rows = frame.standing(log.frame())
    observed = frame.of(rows, InteractionObserved)
    return backtest(observed, tables_of(rows), seed=seed, swaps=swaps, swapped=swapped)


def compared(path: Path) -> Report:
    """Return how far the model, as shipped, is from a file of vectors. UnreadableFile, NotJSON, NotVectors."""
    try:
        document = json.loads(unpacked(path))
    except (ValueError, RecursionError) as why:
        raise NotJSON(
            f"{path} holds no JSON document: {why}.", owner="you", remedy="Give a file of vectors."
        ) from why
    return check(document, starting_tables())
