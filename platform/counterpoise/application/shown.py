"""What a reader may see of the log: the rows as they stand, filtered before anything is computed from them."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import polars as pl

from counterpoise import frame, policy
from counterpoise.domain.deployments import PolicyChanged, starting
from counterpoise.domain.members import MemberEnrolled
from counterpoise.domain.pilots import PilotProposed
from counterpoise.domain.scans import ScanRecorded, ScanRevised
from counterpoise.domain.tables import Tables
from counterpoise.policy import Action, Member, Visible
from counterpoise.store.keys import KeyStore
from counterpoise_projections import scales

SCANS = (ScanRecorded.TOPIC, ScanRevised.TOPIC)
DAY = 86_400_000_000
"""Microseconds in a day."""


@dataclass(frozen=True)
class Moment:
    """Which log, and which day: what was recorded up to `position`, evaluated at `day` (days since 1970).

    Without a day it is the one on which the last event that the reader may read was recorded.
    """

    position: int
    day: float | None = None


class Framed(Protocol):
    """What has a frame: a log, or one with what is about to be recorded."""

    def frame(self) -> pl.LazyFrame:
        """Return all there is as one frame."""


class Part:
    """The events of some kinds of streams alone, for questions that nothing else bears on."""

    def __init__(self, log: Framed, kinds: Collection[str]) -> None:
        self._log = log
        self._form = f"^(?:{'|'.join(sorted(kinds))}):"

    def frame(self) -> pl.LazyFrame:
        """Return them as one frame."""
        return self._log.frame().filter(pl.col("stream").str.contains(self._form))


class Shown:
    """The log as one reader may see it at a position."""

    def __init__(self, log: Framed, keys: KeyStore | None, reader: Member, moment: Moment) -> None:
        self._log = log
        self._keys = keys
        self.reader = reader
        self.moment = moment

    @cached_property
    def rows(self) -> Visible[pl.LazyFrame]:
        """The rows whose content the reader may read, as they stand at the moment, under the labels of today.

        Columns: the frame's, `corrected_at`, the policy's marks, `own_label` (a scan's words keep it, while its
        scores have the pilot's scan label in `label` once opened), `words_shown` and `attributed`.
        """
        return self._readable(self._marked)

    @cached_property
    def day(self) -> float:
        """The day figures are evaluated at; never that of an event the reader may not read, which would show by it."""
        if self.moment.day is not None:
            return self.moment.day
        last = self.rows.value.sort("position").select("recorded_at").last().collect()
        return float(last.item()) / DAY if last.height else 0.0

    @cached_property
    def history(self) -> Visible[pl.LazyFrame]:
        """The rows whose content the reader may read, as they were recorded: corrected and withdrawn ones too."""
        undated = self.recorded.with_columns(corrected_at=pl.lit(None, pl.Int64))
        return self._readable(self._as_items(undated))

    def at(self, position: int) -> pl.LazyFrame:
        """Return the readable rows as they stood at another position."""
        return frame.standing(frame.as_of(self.history.value, position))

    def _readable(self, marked: pl.LazyFrame) -> Visible[pl.LazyFrame]:
        rows = marked.with_columns(
            words_shown=policy.readable(self.reader, label="own_label"),
            attributed=policy.readable(self.reader, Action.READ_ATTRIBUTION),
        )
        readable = policy.rows(self.reader, rows).value.with_columns(policy.known_pilot(self.reader))
        return policy.rows(self.reader, readable.collect().lazy())

    @cached_property
    def skeletons(self) -> Visible[pl.LazyFrame]:
        """The rows of which the reader may know that they exist, without source, words and scores."""
        people = pl.lit([], pl.List(pl.String))
        bare = {name: pl.lit("") for name in ("member", "actor", "source")} | {"body": pl.lit("{}")}
        bare |= dict.fromkeys(("recipients", "group", "clients"), people)
        rows = self._marked.with_columns(content=policy.readable(self.reader))
        known = policy.rows(self.reader, rows, action=Action.READ_SKELETON).value.with_columns(
            policy.known_pilot(self.reader)  # once they are filtered: without its pilot a row is anybody's
        )
        hidden = ~pl.col("content")
        cleared = {
            name: pl.when(hidden).then(value).otherwise(pl.col(name)).alias(name)
            for name, value in bare.items()
        }
        stripped = known.with_columns(**cleared)
        return policy.rows(self.reader, stripped, action=Action.READ_SKELETON)

    @cached_property
    def recorded(self) -> pl.LazyFrame:
        """Every row as recorded up to the moment: for views that show what was corrected, and its correction."""
        return frame.as_of(self._log.frame(), self.moment.position)

    @cached_property
    def standing(self) -> pl.LazyFrame:
        """Every row as it stands at the moment, readable or not: only for what is the same for all on a pilot."""
        return frame.standing(self.recorded).collect().lazy()

    @cached_property
    def _marked(self) -> pl.LazyFrame:
        return self._as_items(self.standing)

    def _as_items(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        return as_items(frame.labelled(rows, self._log.frame()))

    def words(self, row: dict[str, Any], field: str) -> str:
        """Return the words of a field of a visible row; a note in square brackets where they are not to be had."""
        box = json.loads(row["body"]).get(field) or ""
        if not box:
            return ""
        if not row.get("words_shown", True):
            return "[not yours to read]"
        return self.opened(row["stream"], row["version"], field, box) or "[erased]"

    def opened(self, stream: str, version: int, field: str, box: str) -> str | None:
        """Return the words of a box at its place; None once its key is gone, or without a key store."""
        if not box or self._keys is None:
            return "" if not box else None
        if box.startswith("@"):
            origin, _, box = box[1:].partition("|")
            version, field = int(origin), "words"
        return self._keys.unseal(box, stream=stream, version=version, field=field)

    def name_of(self, row: Mapping[str, Any]) -> str:
        """Return the name of who recorded a visible row, if they chose to be named in it; empty otherwise."""
        if self._keys is None or not (row.get("attributed", True) and json.loads(row["body"]).get("named")):
            return ""
        person = self._keys.person_of(row["member"])
        enrolled = frame.of(self.standing, MemberEnrolled).filter(pl.col("stream") == f"member:{person}")
        found = enrolled.select("stream", "version", "name").collect().rows()
        return "".join(self.opened(stream, version, "name", box) or "" for stream, version, box in found)

    def each(self, *topics: str) -> Iterator[dict[str, Any]]:
        """Yield the visible rows of some topics, in order."""
        rows = self.rows.value.filter(pl.col("topic").is_in(topics)).sort("position")
        yield from rows.collect().iter_rows(named=True)


def as_items(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return standing rows as the policy sees items: scans unopened until their stage is, then under its label.

    A reading that was revised before its stage opened stays unopened for ever, and so does what corrects an unopened
    one. A scan that was relabelled has the label it was given.
    """
    opened = (
        scales.readings(rows)
        .filter(pl.col("opened_at").is_not_null())
        .select(reading="event", opened=pl.lit(value=True))
    )
    labels = frame.of(rows, PilotProposed).select("pilot", "scan_label").unique("pilot")
    scan, is_open = pl.col("topic").is_in(SCANS), pl.col("opened").fill_null(value=False)
    joined = (
        rows.with_columns(concerned=frame.concerned())
        .with_columns(reading=frame.phrase("{}#{}", "stream", "concerned"))
        .join(opened, on="reading", how="left")
        .join(labels, on="pilot", how="left")
    )
    return policy.marked(
        joined.with_columns(
            own_label=pl.col("label"),
            unopened=pl.col("stream").str.starts_with("scan:") & ~is_open,
            label=pl.when(scan & is_open & ~pl.col("relabelled")).then("scan_label").otherwise("label"),
        ).drop("reading", "concerned", "opened", "scan_label", "relabelled")
    ).sort("position")


def tables_of(rows: pl.LazyFrame) -> Tables:
    """Return the tables in force at the end of these rows."""
    changes = frame.of(rows, PolicyChanged).sort("position").select("changes").collect()
    tables = starting().tables
    for change in changes.get_column("changes"):
        tables = tables.amended(json.loads(change))
    return tables
