"""Made-up logs of coded interactions, and the slow and obvious model of what they foretell."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from hypothesis import strategies as st

from counterpoise_projections.interactions import INTERACTIONS


class Row(NamedTuple):
    day: int
    theatre: str
    actor: str
    x: int


def log_of(rows: list[Row]) -> pl.LazyFrame:
    """Return the interactions whose observations are these rows, in their order."""
    return pl.LazyFrame(
        [
            (
                place,
                f"interaction:{place:05}",
                1,
                row.day,
                f"Clinic ({row.theatre})",
                row.theatre,
                row.actor,
                "",
                2.0 * row.x - 1,
            )
            for place, row in enumerate(rows, start=1)
        ],
        schema=INTERACTIONS,
        orient="row",
    )


def small_logs(*, most: int = 60) -> st.SearchStrategy[list[Row]]:
    """Return logs of a few actors in a few theatres, on few days so that days hold several rows."""
    row = st.builds(
        Row,
        day=st.integers(0, 400).map(lambda day: day // 7 * 7),
        theatre=st.sampled_from(["Arland", "Borland", "Corland"]),
        actor=st.sampled_from(["Bank", "Wanderer", "Choir", "Guild"]),
        x=st.integers(0, 1),
    )
    return st.lists(row, max_size=most)


def planted(*, travels: bool, seed: int, rows: int = 2500) -> list[Row]:
    """Return a log in which conduct is an actor's own everywhere, or its own in each theatre apart."""
    chance = np.random.default_rng(seed)
    actors, theatres = 60, 8
    friendliness = chance.choice([0.1, 0.9], size=(actors, theatres))
    if travels:
        friendliness[:] = friendliness[:, :1]
    days = np.sort(chance.integers(0, 360, rows))
    who, where = chance.integers(0, actors, rows), chance.integers(0, theatres, rows)
    outcomes = chance.random(rows) < friendliness[who, where]
    return [
        Row(int(day), f"Land {place}", f"Party {actor}", int(x))
        for day, actor, place, x in zip(days, who, where, outcomes, strict=True)
    ]


@dataclass(frozen=True)
class Told:
    """What the slow model says of a row: the mean with imports, without them, and the certainty."""

    mean: float
    alone: float
    certainty: float


def told(rows: list[Row], row: Row, *, foreign: str = "", coupling: float = 0.2, cap: float = 1.0) -> Told:
    """Return what the rows of earlier days tell of `row`; imports are those of `foreign` if it is given."""
    before = [other for other in rows if other.day < row.day]
    own = [other for other in before if (other.actor, other.theatre) == (row.actor, row.theatre)]
    abroad = [
        other for other in before if other.actor == (foreign or row.actor) and other.theatre != row.theatre
    ]
    neighbours = [other for other in before if other.actor != row.actor and other.theatre == row.theatre]

    def slow(other: Row) -> float:
        return float(2 ** (-(row.day - other.day) / 1825))

    def kept(other: Row) -> float:
        return 0.8 * float(2 ** (-(row.day - other.day) / 90)) + 0.2 * slow(other)

    n, r = sum(map(kept, own)), sum(kept(other) * other.x for other in own)
    raw = sum(coupling * 0.5 * slow(other) for other in abroad)
    raw_x = sum(coupling * 0.5 * slow(other) * other.x for other in abroad)
    squeeze = 1 / (1 + raw / cap)
    norm = (2.5 + sum(slow(other) * other.x for other in neighbours)) / (5 + sum(map(slow, neighbours)))
    evidence = 1 + n + squeeze * raw
    return Told(
        mean=(norm + r + squeeze * raw_x) / evidence,
        alone=(norm + r) / (1 + n),
        certainty=evidence / (1 + evidence / 10),
    )
