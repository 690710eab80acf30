"""Questions about the log itself: its events one by one, what is held about oneself, proofs."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from counterpoise import frame, policy
from counterpoise.application.shown import Shown
from counterpoise.domain.events import Sealed
from counterpoise.domain.refusals import Refusal
from counterpoise.domain.vocabulary import VOCABULARY
from counterpoise.policy import Member, Visible
from counterpoise.store import tree
from counterpoise.store.log import Log

Rows = tuple[Mapping[str, Any], ...]
Showing = Callable[..., Shown]

ENVELOPE = ("stream", "version", "recorded_at", "occurred_at", "theatre", "pilot", "label", "source")


SHORTEST = 6
"""Characters of a stream's id that name it, if they belong to one alone."""


class NoSuchEvent(Refusal):
    """There is no such event, or none that the reader may know of."""

    rule = "no-such-event"


@dataclass(frozen=True)
class Proof:
    """That one event stands in the log: its leaf, the tree's size and root, and the path between them (hex)."""

    event: str
    index: int
    size: int
    leaf: str
    root: str
    path: tuple[str, ...]


class Ledger:
    """The log as a list of events, each as far as its reader may see it."""

    def __init__(self, log: Log, shown: Showing) -> None:
        self._log = log
        self._shown = shown

    def events(
        self,
        reader: Member,
        *,
        pilot: str = "",
        only: Collection[str] | None = None,
        after: int = 0,
        limit: int | None = None,
        as_of: str = "",
    ) -> Visible[Rows]:
        """One row an event the reader may know of, in order: content where it may be read, else the bare skeleton.

        `number` counts what this reader may see; the position in the log belongs to operators. `only` are ids.
        """
        shown = self._shown(reader, as_of=as_of)
        readable = shown.rows.value
        known = shown.skeletons.value.select("position", *ENVELOPE, "topic")
        content = readable.select(
            "position",
            "member",
            "actor",
            "body",
            "corrected_at",
            "words_shown",
            "attributed",
            readable=pl.lit(value=True),
        )
        rows = (
            known.join(content, on="position", how="left").sort("position").with_row_index("number", offset=1)
        )
        chosen = rows.filter(pl.col("pilot") == pilot) if pilot else rows
        chosen = chosen if only is None else chosen.filter(frame.event_id().is_in(sorted(only)))
        page = chosen.filter(pl.col("number") > after)
        listed = (page if limit is None else page.head(limit)).collect()
        return policy.computed(
            tuple(self._event(shown, row) for row in listed.iter_rows(named=True)), basis=shown.skeletons
        )

    def event(self, reader: Member, *, event: str, as_of: str = "") -> Visible[Mapping[str, Any]]:
        """Return one event, as far as the reader may see it."""
        stream, _, version = event.rpartition("#")
        found = [
            row
            for row in self.events(reader, as_of=as_of).value
            if row["stream"] == stream and str(row["version"]) == version
        ]
        if not found:
            raise NoSuchEvent("There is no such event.", owner="you", remedy="Check its id: stream#version.")
        return policy.computed(found[0], basis=self._shown(reader, as_of=as_of).skeletons)

    def named(self, reader: Member, *, text: str) -> Visible[str]:
        """Return the id of the event meant by `stream#version`, in which the stream may be cut short."""
        shown = self._shown(reader)
        stream, _, version = text.rpartition("#")
        known = shown.skeletons.value.filter(
            pl.col("stream").str.starts_with(stream) & (pl.col("version").cast(pl.String) == version)
        )
        found = known.select(frame.event_id().alias("event")).collect()["event"].to_list()
        whole = [event for event in found if event == text]
        short = found if len(stream.partition(":")[2]) >= SHORTEST else []
        meant = whole or short
        if len(meant) != 1:
            raise NoSuchEvent("There is no such event.", owner="you", remedy="Check its id: stream#version.")
        return policy.computed(meant[0], basis=shown.skeletons)

    def mine(self, reader: Member) -> Visible[Rows]:
        """One row an event the reader recorded, under any of their pseudonyms: what is held about them."""
        shown = self._shown(reader)
        own = shown.rows.value.filter(pl.col("member").is_in(sorted(reader.pseudonyms.values())))
        rows = own.with_row_index("number", offset=1).with_columns(readable=pl.lit(value=True)).collect()
        return policy.computed(
            tuple(self._event(shown, row) for row in rows.iter_rows(named=True)), basis=shown.rows
        )

    def proof(self, reader: Member, *, event: str, size: int | None = None) -> Visible[Proof]:
        """Return the proof that an event stands in the log of the given size (none: as it is)."""
        shown = self._shown(reader)
        stream, _, version = event.rpartition("#")
        named = (pl.col("stream") == stream) & (pl.col("version").cast(pl.String) == version)
        row = (
            frame.as_of(self._log.frame(), None).filter(named).select("position", "pilot", "topic").collect()
        )
        known = shown.skeletons.value.filter(named).collect()
        if row.is_empty() or known.is_empty():
            raise NoSuchEvent("There is no such event.", owner="you", remedy="Check its id: stream#version.")
        index = int(row.item(0, "position")) - 1
        covered = self._log.size() if size is None else size
        (stored,) = self._log.stored(index, index + 1)
        leaf = tree.leaf_hash(stored.stream, stored.version, stored.topic, stored.state)
        path = tuple(step.hex() for step in self._log.inclusion(index, covered))
        proof = Proof(event, index, covered, leaf.hex(), self._log.root(covered).hex(), path)
        return policy.computed(proof, basis=shown.skeletons)

    def _event(self, shown: Shown, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an event as a reader sees it: envelope, and its own fields where they are readable."""
        seen = {name: row[name] for name in ("number", *ENVELOPE, "topic")}
        seen["event"] = f"{row['stream']}#{row['version']}"
        seen["readable"] = bool(row["readable"])
        if not row["readable"]:
            return seen
        seen |= {name: row[name] if row["attributed"] else "" for name in ("member", "actor")}
        seen["name"] = shown.name_of(row)
        return seen | {"corrected_at": row["corrected_at"], "fields": self._fields(shown, dict(row))}

    def _fields(self, shown: Shown, row: dict[str, Any]) -> Mapping[str, Any]:
        kind = VOCABULARY[row["topic"]]
        body = json.loads(row["body"])
        sealed = {name for name, dtype in frame.hints(kind).items() if dtype is Sealed}
        return {
            field.name: shown.words(row, field.name) if field.name in sealed else body.get(field.name)
            for field in frame.own_fields(kind)
        }
