"""Whether a log is what was recorded: every stored byte against its leaf, every leaf against the tree."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import NamedTuple

from counterpoise.domain.keys import KeyMade
from counterpoise.store.database import Database, Kept, Leaf
from counterpoise.store.mapper import Mapper
from counterpoise.store.tree import Frontier, Tile, leaf_hash

PAGE = 5_120
"""Rows looked at together: whole tiles."""

MOST_FAULTS = 1_000
"""Faults that are told."""

Told = Callable[[int, int], None]
"""Hears how many events have been looked at, of how many."""


class Fault(NamedTuple):
    """Something that is not as it was recorded, and the position it was met at (0: no one event's)."""

    position: int
    what: str


@dataclass(frozen=True)
class Verification:
    """What a look at the whole log has shown: how many events and receipts it has, and what is wrong with it.

    The root (32 bytes) is that of the events as they are stored now.
    """

    size: int
    root: bytes
    receipts: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found that is not as it was recorded."""
        return not self.faults


_INVENTORY = {
    "the stream {} has gaps: {} events numbered from {} to {}": (
        "SELECT originator_id, COUNT(*), MIN(originator_version), MAX(originator_version) FROM stored_events"
        " GROUP BY originator_id HAVING MIN(originator_version) <> 1"
        " OR MAX(originator_version) <> COUNT(*) ORDER BY originator_id"
    ),
    "{}#{} is stored and is not in the tree": (
        "SELECT originator_id, originator_version FROM stored_events"
        " WHERE NOT EXISTS (SELECT 1 FROM log_leaf WHERE notification_id = stored_events.{id})"
        " ORDER BY originator_id, originator_version"
    ),
    "{}#{} stands before the event it follows": (
        "SELECT later.originator_id, later.originator_version FROM stored_events AS later"
        " JOIN stored_events AS former ON former.originator_id = later.originator_id"
        " AND former.originator_version = later.originator_version - 1 WHERE later.{id} < former.{id}"
        " ORDER BY later.originator_id, later.originator_version"
    ),
}
"""What is wrong with a row that such a query returns, and the query. `{id}` is the column of the library's ids."""


class Verifier:
    """One look at a whole log, page by page: its memory does not grow with the log."""

    def __init__(self, database: Database, mapper: Mapper, told: Told) -> None:
        self._database = database
        self._mapper = mapper
        self._told = told
        self._faults: list[Fault] = []
        self._frontier = Frontier()

    def verify(self) -> Verification:
        """Recompute everything that can be. StoreFailed if the database cannot even be read."""
        stored = self._database.frontier()
        leaves = self._database.leaf_rows(stored.size)
        while page := list(islice(leaves, PAGE)):
            self._page(page)
            self._told(page[-1].position, stored.size)
        if self._frontier != stored:
            self._fault(0, "the tree that is stored is not that of the events that are stored")
        for what, query in _INVENTORY.items():
            for row in self._database.query(query.replace("{id}", self._database.id_column)):
                self._fault(0, what.format(*row))
        for what in self._database.damage():
            self._fault(0, what)
        ((receipts,),) = self._database.query("SELECT COUNT(*) FROM receipts")
        return Verification(stored.size, self._frontier.root(), receipts, tuple(self._faults))

    def _page(self, page: Sequence[Leaf]) -> None:
        """Compare a page of events with their leaves, their receipts and the tiles they complete."""
        receipts = [self._receipt(leaf) for leaf in page]
        kept = self._database.kept({receipt for receipt in receipts if receipt})
        for leaf, receipt in zip(page, receipts, strict=True):
            if receipt and not _accounts(kept.get(receipt), leaf):
                self._fault(leaf.position, f"{leaf.stream}#{leaf.version} has no receipt of its own")
        first = self._frontier.size + 1
        hashes = [self._hash(leaf, position) for position, leaf in enumerate(page, first)]
        self._frontier, tiles = self._frontier.appended(hashes)
        for level, of_level in groupby(tiles, key=attrgetter("level")):
            self._compare(level, list(of_level))

    def _receipt(self, leaf: Leaf) -> bytes:
        """Return the receipt an event carries; nothing if it cannot be read."""
        if leaf.state is None:
            return b""
        try:
            return urlsafe_b64decode(self._mapper.body(leaf.topic, leaf.state)["receipt"])
        except ValueError as why:
            self._fault(leaf.position, f"{leaf.stream}#{leaf.version} cannot be read: {why}")
            return b""

    def _hash(self, leaf: Leaf, position: int) -> bytes:
        """Return the leaf of an event as it is stored now, having compared it with the one that was recorded."""
        if leaf.position != position:
            self._fault(position, "its leaf is missing")
        if leaf.state is None:
            self._fault(leaf.position, "the event is missing")
            return leaf.hash
        now = leaf_hash(leaf.stream, leaf.version, leaf.topic, leaf.state)
        if now != leaf.hash:
            self._fault(leaf.position, f"{leaf.stream}#{leaf.version} is not as it was recorded")
        return now

    def _compare(self, level: int, tiles: Sequence[Tile]) -> None:
        stored = self._database.tiles(level, tiles[0].idx, tiles[-1].idx + 1)
        if list(stored) != [tile.hash for tile in tiles]:
            self._fault(0, f"tiles of level {level} from {tiles[0].idx} on are not those of the events")

    def _fault(self, position: int, what: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(Fault(position, what))


def _accounts(kept: Kept | None, leaf: Leaf) -> bool:
    """Whether a receipt has the event among its own; or before them, if it is the making of a key for them."""
    if kept is None:
        return False
    own = kept.position <= leaf.position < kept.position + kept.events
    return own or (leaf.topic == KeyMade.TOPIC and leaf.position < kept.position)
