"""The frame reads alike however its rows lie in memory."""

from typing import Literal

import polars as pl
import pytest

from counterpoise import frame


def cut_apart(column: str) -> pl.DataFrame:
    """Return rows of which one column lies in one chunk, the others in two."""
    halves = [
        pl.DataFrame({"topic": [topic] * 2, "stream": ["pilot:a", "pilot:b"], "version": [1, 2]})
        for topic in ("first", "second")
    ]
    rows = pl.concat(halves, rechunk=False)
    return rows.with_columns(rows[column].rechunk())


@pytest.mark.parametrize("column", ["topic", "stream", "version"])
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_events_have_their_names_in_frames_that_lie_in_pieces(
    column: str, engine: Literal["in-memory", "streaming"]
) -> None:
    later = cut_apart(column).lazy().filter(pl.col("topic").is_in(["second"]))

    names = later.select(frame.event_id()).collect(engine=engine).to_series().to_list()

    assert names == ["pilot:a#1", "pilot:b#2"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{} of {}", "ferry of firm"),
        ("the {} of a {} here", "the ferry of a firm here"),
        ("{}{}", "ferryfirm"),
    ],
)
def test_a_phrase_has_its_columns_in_their_places(template: str, said: str) -> None:
    row = pl.LazyFrame({"pilot": ["ferry"], "actor": ["firm"]})

    phrase = row.select(frame.phrase(template, "pilot", "actor")).collect()

    assert phrase.to_dict(as_series=False) == {"pilot": [said]}


def test_a_phrase_takes_as_many_columns_as_it_has_places() -> None:
    with pytest.raises(ValueError, match="zip"):
        frame.phrase("the {}", "pilot", "actor")


def test_a_phrase_with_a_column_that_is_missing_is_missing() -> None:
    row = pl.LazyFrame({"pilot": [None]}, schema={"pilot": pl.String})

    assert row.select(frame.phrase("the {}", "pilot")).collect().item() is None
