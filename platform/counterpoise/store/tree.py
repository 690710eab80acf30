"""The Merkle tree over the stored bytes (RFC 9162): leaves, frontier, tiles, proofs and their checks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

HASH = 32
"""Bytes of a SHA-256 digest."""

TILE_HEIGHT = 8
"""A tile's level is this many levels of the tree: tiles of 256."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree of no leaves (RFC 9162, 2.1.1)."""

_LEAF = b"\x00counterpoise.leaf.v1\0"
_NODE = b"\x01"
_SIZES = 1 << 64

_sha256 = hashlib.sha256  # looked up once: bulk appends spend their time here


class IncompleteTree(ValueError):  # noqa: N818  it says what the tree is
    """The stored tree lacks hashes that its size says it has."""


class Tile(NamedTuple):
    """The root of the `idx`-th complete subtree of 256**level leaves, counted from 0; level >= 1."""

    level: int
    idx: int
    hash: bytes


class Hashes(Protocol):
    """Where a tree's hashes are kept. Both ranges are half open and inside the tree."""

    def leaves(self, lo: int, hi: int) -> Sequence[bytes]:
        """Return the leaf hashes lo <= index < hi, in order."""
        ...

    def tiles(self, level: int, lo: int, hi: int) -> Sequence[bytes]:
        """Return the tile hashes lo <= index < hi of `level` >= 1, in order."""
        ...


def leaf_hash(stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the leaf of a stored event: 32 bytes over its stream, version, topic and exact stored state."""
    return leaf_hash_of(stream, version, topic, _sha256(state).digest())


def leaf_hash_of(stream: str, version: int, topic: str, state_hash: bytes) -> bytes:
    """Return the leaf of an event of whose state only the SHA-256 is known.

    SHA-256(0x00 || "counterpoise.leaf.v1" || 0x00 || lp(stream) || version || lp(topic) || state hash), where
    lp is a 32-bit big-endian length before the UTF-8 bytes and the version is 64-bit big-endian.
    ValueError if the state hash is not 32 bytes, OverflowError if the version does not fit.
    """
    if len(state_hash) != HASH:
        raise ValueError(f"A state hash has {HASH} bytes, not {len(state_hash)}.")
    return _sha256(
        _LEAF + _prefixed(stream) + version.to_bytes(8, "big") + _prefixed(topic) + state_hash
    ).digest()


@lru_cache(maxsize=4096)
def _prefixed(text: str) -> bytes:
    """Return the UTF-8 of a text behind its 32-bit length. Streams and topics come again and again."""
    octets = text.encode()
    return len(octets).to_bytes(4, "big") + octets


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(_NODE + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that is needed to grow a tree: its size and the roots of its complete subtrees, widest first.

    ValueError if the number of hashes is not the number of one bits in the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"A frontier of {self.size} leaves does not have {len(self.hashes)} subtrees.")

    def appended(self, leaves: Sequence[bytes]) -> tuple["Frontier", list[Tile]]:
        """Return the frontier after `leaves`, and the tiles they complete, lower levels first."""
        tiles: list[Tile] = []
        grown: list[bytes] = []
        standing = list(self.hashes)
        nodes = list(leaves)
        first, height = self.size, 0
        while nodes:
            if height and height % TILE_HEIGHT == 0:
                level = height // TILE_HEIGHT
                tiles.extend(Tile(level, first + offset, node) for offset, node in enumerate(nodes))
            if first & 1:
                nodes.insert(0, standing.pop())
            if len(nodes) & 1:
                grown.append(nodes.pop())
            nodes = _parents(nodes)
            first >>= 1
            height += 1
        return Frontier(self.size + len(leaves), (*standing, *reversed(grown))), tiles

    def root(self) -> bytes:
        """Return the root of the tree: 32 bytes."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the stored form: the size as 64-bit big-endian, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Frontier":
        """Return the frontier of a stored form; ValueError if it is none."""
        size, hashes = int.from_bytes(stored[:8], "big"), stored[8:]
        if len(stored) != 8 + HASH * size.bit_count():
            raise ValueError(f"{len(stored)} bytes are not a stored frontier.")
        return cls(size, tuple([hashes[start : start + HASH] for start in range(0, len(hashes), HASH)]))


def root_of(size: int, hashes: Hashes) -> bytes:
    """Return the root of the first `size` leaves. Reads at most 255 hashes a tile level."""
    return _span(0, size, hashes) if size else EMPTY_ROOT


def inclusion(index: int, size: int, hashes: Hashes) -> list[bytes]:
    """Return the inclusion proof of leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    ValueError if there is no such leaf, IncompleteTree if hashes are missing.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} among {size}.")
    lo, hi = 0, size
    path: list[bytes] = []
    while hi - lo > 1:
        middle = lo + _split(hi - lo)
        if index < middle:
            path.append(_span(middle, hi, hashes))
            hi = middle
        else:
            path.append(_span(lo, middle, hashes))
            lo = middle
    return path[::-1]


def consistency(first: int, second: int, hashes: Hashes) -> list[bytes]:
    """Return the proof that the tree of `second` leaves extends that of `first` (RFC 9162, 2.1.4.1).

    Empty if `first` is 0 or `second`. ValueError if first > second, IncompleteTree if hashes are missing.
    """
    if not 0 <= first <= second:
        raise ValueError(f"A tree of {second} leaves does not extend one of {first}.")
    lo, hi = 0, second
    path: list[bytes] = []
    while 0 < first < hi:
        middle = lo + _split(hi - lo)
        if first <= middle:
            path.append(_span(middle, hi, hashes))
            hi = middle
        else:
            path.append(_span(lo, middle, hashes))
            lo = middle
    if lo:
        path.append(_span(lo, hi, hashes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether `path` proves leaf `index` to be in the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not (_numbers(index, size) and _hashes(leaf, root) and _path(path) and index < size):
        return False
    place, last, node = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            place, last = _past_left_edges(place, last)
        else:
            node = node_hash(node, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and node == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Return whether `path` proves the second tree to extend the first (RFC 9162, 2.1.4.2).

    Every tree extends the empty one, by an empty path.
    """
    if not (_numbers(first, second) and _hashes(first_root, second_root) and _path(path)):
        return False
    if first == 0:
        return not path and first_root == EMPTY_ROOT and (second > 0 or second_root == EMPTY_ROOT)
    if first >= second:
        return not path and first == second and first_root == second_root
    if not path:
        return False
    whole = first & (first - 1) == 0
    old, new = _both_roots(first, second, [first_root, *path] if whole else path)
    return old == first_root and new == second_root


def _both_roots(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots a consistency path leads to; empty bytes, never a root, if its length is wrong."""
    place, last = first - 1, second - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return b"", b""
        if place & 1 or place == last:
            old, new = node_hash(node, old), node_hash(node, new)
            place, last = _past_left_edges(place, last)
        else:
            new = node_hash(new, node)
        place >>= 1
        last >>= 1
    return (old, new) if last == 0 else (b"", b"")


def _past_left_edges(place: int, last: int) -> tuple[int, int]:
    while not place & 1 and place:
        place >>= 1
        last >>= 1
    return place, last


def _numbers(*sizes: object) -> bool:
    return all(isinstance(size, int) and 0 <= size < _SIZES for size in sizes)


def _hashes(*hashes: object) -> bool:
    return all(isinstance(node, bytes) and len(node) == HASH for node in hashes)


def _path(path: object) -> bool:
    return isinstance(path, list | tuple) and _hashes(*path)


def _split(width: int) -> int:
    """Return the largest power of two below `width` >= 2."""
    return 1 << (width - 1).bit_length() - 1


def _parents(nodes: Sequence[bytes]) -> list[bytes]:
    """Return the parents of pairs; an odd last node is left out."""
    sha256 = hashlib.sha256  # looked up once: this line is where bulk appends spend their time
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=False)
    ]


def _top(nodes: list[bytes]) -> list[bytes]:
    """Return the root over `nodes` as a list of one; nothing over nothing."""
    while len(nodes) > 1:
        nodes = _parents(nodes) + nodes[len(nodes) & ~1 :]
    return nodes


def _span(lo: int, hi: int, hashes: Hashes) -> bytes:
    """Return the root of the leaves lo <= index < hi, where `lo` starts a subtree that reaches `hi`.

    Loose leaves at the right end are joined below the tiles of level 1, those below level 2, and so on.
    """
    nodes: list[bytes] = []
    level, unit = 0, 1
    while True:
        wider = unit << TILE_HEIGHT
        start = lo if hi - lo < wider else hi - hi % wider
        nodes = _top([*_read(hashes, level, start // unit, hi // unit), *nodes])
        if start == lo:
            return nodes[0]
        hi = start
        level, unit = level + 1, wider


def _read(hashes: Hashes, level: int, lo: int, hi: int) -> Sequence[bytes]:
    if lo == hi:
        return ()
    found = hashes.tiles(level, lo, hi) if level else hashes.leaves(lo, hi)
    if len(found) != hi - lo:
        kind = f"tiles of level {level}" if level else "leaves"
        raise IncompleteTree(f"Of the {kind} {lo} to {hi - 1}, {len(found)} are stored.")
    return found
