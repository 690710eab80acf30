"""Scores of probabilities against what came: how sharp, how honest, how much better one forecast is than another.

Expectations `p` lie in 0..1, outcomes `x` are 0 or 1 (for `surprise` anything between); rows in order of time.
A score that cannot be told, for want of rows, is None.
"""

import numpy as np
from scipy.stats import betabinom, rankdata

from counterpoise_projections.fading import Floats, Integers

CLIP = 0.005
"""No expectation counts as more certain than this: one surprise would outweigh everything else."""

BINS = 10
"""Of equal count, by expectation, in which calibration is looked at."""

AHEAD = 10
"""Outcomes that an interval is held against at a time."""

BLOCK = 100
"""Neighbouring rows that are drawn together: events of one day and affair hang together."""

RESAMPLES = 2000


def surprise(p: Floats, x: Floats) -> Floats:
    """Return the log loss of each row in nats; 0 is foreseen."""
    clipped = np.clip(p, CLIP, 1 - CLIP)
    loss: Floats = -(x * np.log(clipped) + (1 - x) * np.log(1 - clipped))
    return loss


def mean(values: Floats) -> float | None:
    """Return the mean."""
    return float(values.mean()) if len(values) else None


def auc(p: Floats, x: Floats) -> float | None:
    """Return how often a friendly outcome was expected more than a hostile one; a tie counts half."""
    friendly = int(x.sum())
    pairs = friendly * (len(x) - friendly)
    if not pairs:
        return None
    ranks = rankdata(np.clip(p, CLIP, 1 - CLIP))
    return float((ranks[x > 0].sum() - friendly * (friendly + 1) / 2) / pairs)


def calibration_error(p: Floats, x: Floats) -> float | None:
    """Return how far expectation and share of friendly outcomes lie apart, a mean over bins of equal count."""
    if not len(p):
        return None
    clipped = np.clip(p, CLIP, 1 - CLIP)
    bins = np.array_split(np.argsort(clipped, kind="stable"), BINS)
    return float(np.mean([abs(clipped[rows].mean() - x[rows].mean()) for rows in bins if len(rows)]))


def coverage(p: Floats, certainty: Floats, friendly: Integers, interval: tuple[float, float]) -> float | None:
    """Return how often the interval held the number of friendly ones among the next AHEAD outcomes.

    The number is expected as BetaBinomial(AHEAD, certainty p, certainty (1 - p)); the interval lies between
    its quantiles at the two ends of `interval`, both included.
    """
    if not len(p):
        return None
    counts = np.arange(AHEAD + 1)
    chance = betabinom.pmf(counts, AHEAD, (certainty * p)[:, None], (certainty * (1 - p))[:, None])
    reached = np.cumsum(chance, axis=1)
    low, high = (np.argmax(reached >= end, axis=1) for end in interval)
    return float(((low <= friendly) & (friendly <= high)).mean())


def spread(gains: Floats, generator: np.random.Generator) -> tuple[float, float] | tuple[None, None]:
    """Return the 95 % interval of the mean gain: moving blocks, drawn anew RESAMPLES times."""
    count = len(gains)
    if not count:
        return None, None
    block = min(BLOCK, count)
    whole, rest = divmod(count, block)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    starts = generator.integers(0, count - block, size=(RESAMPLES, whole + 1), endpoint=True)
    lengths = np.array([block] * whole + [rest])
    means = (sums[starts + lengths] - sums[starts]).sum(axis=1) / count
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
