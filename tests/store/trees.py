"""Trees held in memory, and the recursion of RFC 9162 written out as slowly as it reads."""

import hashlib
from collections.abc import Sequence

from counterpoise.store.tree import Frontier, node_hash


class Held:
    """A tree in two lists. `asked` counts the leaf and tile hashes that were read."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.frontier = Frontier()
        self.kept: list[bytes] = []
        self.tiled: dict[tuple[int, int], bytes] = {}
        self.asked = 0
        self.append(leaves)

    def append(self, leaves: Sequence[bytes]) -> None:
        self.frontier, tiles = self.frontier.appended(leaves)
        self.kept.extend(leaves)
        for tile in tiles:
            assert (tile.level, tile.idx) not in self.tiled
            self.tiled[tile.level, tile.idx] = tile.hash

    def leaves(self, lo: int, hi: int) -> Sequence[bytes]:
        self.asked += hi - lo
        return self.kept[lo:hi]

    def tiles(self, level: int, lo: int, hi: int) -> Sequence[bytes]:
        self.asked += hi - lo
        return [self.tiled[level, idx] for idx in range(lo, hi)]


def leaf(text: bytes) -> bytes:
    """Return the plain leaf of RFC 9162, which its published vectors use."""
    return hashlib.sha256(b"\x00" + text).digest()


def split(count: int) -> int:
    """Return the k of RFC 9162: the largest power of two smaller than `count`."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.4.1."""
    return subproof(m, leaves, known=True)


def subproof(m: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known=known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], known=False), mth(leaves[:k])]
