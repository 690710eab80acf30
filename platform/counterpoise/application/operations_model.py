"""The operator's work on the model: it is tested on the interactions of a log."""

from collections.abc import Callable

from counterpoise import frame
from counterpoise.application.shown import tables_of
from counterpoise.domain.interactions import InteractionObserved
from counterpoise.store.log import Log
from counterpoise_projections import permutation
from counterpoise_projections.backtest import Backtest, backtest


def foretold(
    log: Log, *, seed: int = 1, swaps: int = permutation.SWAPS, swapped: Callable[[], object] = lambda: None
) -> Backtest:
    """Return the backtest over the interactions of a log, with the tables in force at its end."""
    rows = frame.standing(log.frame())
    observed = frame.of(rows, InteractionObserved)
    return backtest(observed, tables_of(rows), seed=seed, swaps=swaps, swapped=swapped)
