"""The clocks of theatres: how fast evidence fades in each, and before which audiences."""

from typing import Any

import numpy as np
import polars as pl

from counterpoise.domain.refusals import Refusal
from counterpoise_projections.fading import Calendar, Floats, Integers, Truths, spread

THEATRES: dict[str, Any] = {
    "theatre": pl.String,
    "since": pl.Float64,  # day the regime begins; the first one reaches back as far as it is asked
    "rate": pl.Float64,  # half-lives a day: evidence.rate of the mixture
    "audiences": pl.List(pl.String),  # audience and actor ids
}
"""One row a theatre and regime: a context shift begins a new one."""


class UnknownTheatre(Refusal):
    """Evidence and questions are about theatres that have been opened."""

    rule = "unknown-theatre"

    def __init__(self, theatre: str) -> None:
        super().__init__(
            f"The theatre {theatre!r} has no regime: its clock and its audiences are not known.",
            owner="coordinator",
            remedy="Open the theatre first, or add its row to the theatres.",
        )


class Clocks:
    """The regimes of all theatres, by number: a theatre's place in `names`."""

    def __init__(self, theatres: pl.LazyFrame) -> None:
        regimes = _regimes(theatres)
        self.names = regimes.select("theatre").unique().sort("theatre")
        self._offset, self._rate = regimes["offset"].to_numpy(), regimes["rate"].to_numpy()
        self._sets = regimes["set"].to_numpy()
        codes = places(regimes.select("theatre"), self.names)
        self._first = np.searchsorted(codes, np.arange(len(self.names)))
        self._days, ranks = np.unique(regimes["since"].to_numpy(), return_inverse=True)
        self._calendar = Calendar.of(codes, ranks)
        self.classes = _classes(regimes)
        """By theatre: the number of the first theatre whose clock and audiences have always been the same."""
        self.crowded = (np.bincount(self.classes, minlength=len(self.names)) > 1)[self.classes]
        """By theatre: whether its class has others."""
        self._audiences, self.belongs = _members(regimes)
        """By set of audiences and place among all of them: whether that one is of the set; nobody (-1) never is."""
        self.overlap = _jaccard(self.belongs.astype(np.float64))
        """By two sets of audiences: their Jaccard index, 0 for two empty ones."""

    def number(self, theatres: pl.Series) -> Integers:
        """Return the numbers of theatres; UnknownTheatre if one has no regime."""
        numbers = places(theatres.to_frame("theatre"), self.names)
        if (numbers < 0).any():
            raise UnknownTheatre(str(theatres[int(np.argmin(numbers))]))
        return numbers

    def audience(self, holders: pl.Series) -> Integers:
        """Return the places of holders among all audiences; -1 for one that is nobody's audience."""
        return places(holders.to_frame("audiences"), self._audiences)

    def sets_of(self, audiences: Integers) -> tuple[Integers, Integers]:
        """Return each audience's row with the sets it is of, one after the other."""
        audience, sets = np.nonzero(self.belongs.T)
        first, end = (np.searchsorted(audience, audiences, side=side) for side in ("left", "right"))
        row, place = spread(first, end)
        return row, sets[place]

    def read(self, theatres: Integers, days: Floats) -> Floats:
        """Return the clocks' readings in half-lives; only differences on one clock mean anything."""
        regimes = self._as_of(theatres, days)
        readings: Floats = self._offset[regimes] + days * self._rate[regimes]
        return readings

    def audiences(self, theatres: Integers, days: Floats) -> Integers:
        """Return the number of the set of audiences each theatre has on each day."""
        sets: Integers = self._sets[self._as_of(theatres, days)]
        return sets

    def _as_of(self, theatres: Integers, days: Floats) -> Integers:
        if len(self._first) == len(self._rate):
            return theatres
        regimes = self._calendar.last(theatres, np.searchsorted(self._days, days, side="right"))
        return np.where(regimes < 0, self._first[theatres], regimes)


def _regimes(theatres: pl.LazyFrame) -> pl.DataFrame:
    """One row a regime, by (theatre, since), with its set of audiences as a number from 0.

    A clock reads `offset + day * rate`; the offsets keep it from jumping where the rate changes.
    """
    slowed = pl.col("rate").shift(1) - pl.col("rate")
    audiences = pl.col("audiences").fill_null([]).list.drop_nulls().list.unique().list.sort()
    return (
        theatres.select(*THEATRES)
        .sort("theatre", "since", maintain_order=True)
        .with_columns(
            audiences=audiences,
            offset=(pl.col("since") * slowed).fill_null(0.0).cum_sum().over("theatre"),
        )
        .with_columns(set=pl.col("audiences").rank("dense").cast(pl.Int64) - 1)
        .collect()
    )


def _classes(regimes: pl.DataFrame) -> Integers:
    begins = pl.when(pl.int_range(pl.len()).over("theatre") > 0).then("since")
    histories = (
        regimes.with_columns(begins=begins)
        .group_by("theatre")
        .agg(history=pl.struct("begins", "rate", "set"))
        .sort("theatre")
    )
    _, first, classes = np.unique(
        histories["history"].rank("dense").to_numpy(), return_index=True, return_inverse=True
    )
    return first[classes].astype(np.int64)


def _members(regimes: pl.DataFrame) -> tuple[pl.DataFrame, Truths]:
    pairs = regimes.select("set", "audiences").explode("audiences", empty_as_null=False)
    names = pairs.select("audiences").unique().sort("audiences")
    belongs = np.zeros((int(regimes["set"].n_unique()), len(names) + 1), dtype=bool)
    belongs[pairs["set"].to_numpy(), places(pairs.select("audiences"), names)] = True
    return names, belongs


def places(names: pl.DataFrame, among: pl.DataFrame) -> Integers:
    """Return the row of each name in the distinct names of `among`; -1 where it is not among them.

    Both have the same columns; a name may be of several.
    """
    known = among.with_row_index("row")
    found = names.join(known, on=among.columns, how="left", maintain_order="left", nulls_equal=True)
    return found["row"].cast(pl.Int64).fill_null(-1).to_numpy()


def _jaccard(members: Floats) -> Floats:
    shared = members @ members.T
    sizes = members.sum(axis=1)
    either = sizes[:, None] + sizes[None, :] - shared
    overlap: Floats = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    return overlap
