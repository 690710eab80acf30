"""The tree is the one RFC 9162 describes, and believes nothing else."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import ConsistencyProof, InmemoryTree  # type: ignore[import-untyped]  # it ships no types

from counterpoise.store.tree import (
    EMPTY_ROOT,
    Frontier,
    IncompleteTree,
    Tile,
    consistency,
    inclusion,
    leaf_hash,
    leaf_hash_of,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.store.trees import Held, leaf, mth, path, proof

LEAVES = [leaf(index.to_bytes(2, "big")) for index in range(70)]
TREE = Held(LEAVES)
ROOTS = [mth(LEAVES[:size]) for size in range(71)]

# The entries, roots and proofs that the implementations of Certificate Transparency share for RFC 6962.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
PUBLISHED_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ONE = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
TWO_THREE = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
FOUR = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
FOUR_FIVE = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
SIX = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
SIX_SEVEN = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
FOUR_TO_SEVEN = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
PUBLISHED_INCLUSION = {
    (0, 1): [],
    (0, 8): [ONE, TWO_THREE, FOUR_TO_SEVEN],
    (5, 8): [FOUR, SIX_SEVEN, PUBLISHED_ROOTS[4]],
    (2, 3): [PUBLISHED_ROOTS[2]],
    (1, 5): [PUBLISHED_ROOTS[1], TWO_THREE, FOUR],
}
PUBLISHED_CONSISTENCY = {
    (1, 1): [],
    (1, 8): [ONE, TWO_THREE, FOUR_TO_SEVEN],
    (6, 8): [FOUR_FIVE, SIX_SEVEN, PUBLISHED_ROOTS[4]],
    (2, 5): [TWO_THREE, FOUR],
    (6, 7): [FOUR_FIVE, SIX, PUBLISHED_ROOTS[4]],
}


def hexed(hashes: list[bytes]) -> list[str]:
    return [node.hex() for node in hashes]


@st.composite
def inclusions(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    size = draw(st.integers(1, 70))
    index = draw(st.integers(0, size - 1))
    return index, size, inclusion(index, size, TREE)


@st.composite
def consistencies(draw: st.DrawFn) -> tuple[int, int, list[bytes]]:
    second = draw(st.integers(1, 70))
    first = draw(st.integers(1, second))
    return first, second, consistency(first, second, TREE)


@st.composite
def altered(draw: st.DrawFn, genuine: list[bytes]) -> list[bytes]:
    """Change a bit, a length, the number or the order of the elements of a path."""
    ways = ["added"] + ["bit", "missing", "doubled", "cut"] * bool(genuine) + ["swapped"] * (len(genuine) > 1)
    way = draw(st.sampled_from(ways))
    if way == "added":
        place = draw(st.integers(0, len(genuine)))
        return [*genuine[:place], draw(st.sampled_from(LEAVES)), *genuine[place:]]
    place = draw(st.integers(0, len(genuine) - 1))
    before, node, after = genuine[:place], genuine[place], genuine[place + 1 :]
    if way == "bit":
        bit = 1 << draw(st.integers(0, 255))
        return [*before, (int.from_bytes(node, "big") ^ bit).to_bytes(32, "big"), *after]
    if way == "swapped":
        other = draw(st.integers(0, len(genuine) - 2))
        swapped = list(genuine)
        swapped[other], swapped[other + 1] = swapped[other + 1], swapped[other]
        return swapped
    return [*before, *{"missing": [], "doubled": [node, node], "cut": [node[:-1]]}[way], *after]


def test_the_published_roots_are_ours() -> None:
    leaves = [leaf(bytes.fromhex(entry)) for entry in ENTRIES]

    roots = [root_of(size, Held(leaves[:size])).hex() for size in range(9)]

    assert roots == PUBLISHED_ROOTS


@pytest.mark.parametrize("known", PUBLISHED_INCLUSION)
def test_the_published_inclusion_proofs_are_ours(known: tuple[int, int]) -> None:
    index, size = known
    tree = Held([leaf(bytes.fromhex(entry)) for entry in ENTRIES])

    found = inclusion(index, size, tree)

    assert hexed(found) == PUBLISHED_INCLUSION[known]
    root = bytes.fromhex(PUBLISHED_ROOTS[size])
    assert verify_inclusion(tree.kept[index], index, size, found, root)


@pytest.mark.parametrize("known", PUBLISHED_CONSISTENCY)
def test_the_published_consistency_proofs_are_ours(known: tuple[int, int]) -> None:
    first, second = known
    tree = Held([leaf(bytes.fromhex(entry)) for entry in ENTRIES])

    found = consistency(first, second, tree)

    assert hexed(found) == PUBLISHED_CONSISTENCY[known]
    old, new = (bytes.fromhex(PUBLISHED_ROOTS[size]) for size in known)
    assert verify_consistency(first, second, old, new, found)


def test_every_root_to_seventy_leaves_agrees_with_the_recursion() -> None:
    assert [root_of(size, TREE) for size in range(71)] == ROOTS
    assert [Held(LEAVES[:size]).frontier.root() for size in range(71)] == ROOTS


def test_every_inclusion_proof_to_seventy_leaves_agrees_with_the_recursion_and_holds() -> None:
    for size in range(1, 71):
        for index in range(size):
            found = inclusion(index, size, TREE)
            assert found == path(index, LEAVES[:size])
            assert verify_inclusion(LEAVES[index], index, size, found, ROOTS[size])


def test_every_consistency_proof_to_seventy_leaves_agrees_with_the_recursion_and_holds() -> None:
    for second in range(1, 71):
        for first in range(1, second + 1):
            found = consistency(first, second, TREE)
            assert found == proof(first, LEAVES[:second])
            assert verify_consistency(first, second, ROOTS[first], ROOTS[second], found)


def test_an_inclusion_proof_places_its_leaf_nowhere_else() -> None:
    for size in range(1, 33):
        for index in range(size):
            found = inclusion(index, size, TREE)
            places = [
                n for n in range(size + 2) if verify_inclusion(LEAVES[index], n, size, found, ROOTS[size])
            ]
            assert places == [index]


def test_an_independent_implementation_gives_the_same_roots_and_proofs() -> None:
    other = InmemoryTree(algorithm="sha256")
    other.append_entries([index.to_bytes(2, "big") for index in range(70)])

    for second in range(1, 71):
        assert other.get_root(second) == ROOTS[second]
        for first in range(1, second + 1):
            # pymerkle counts leaves from 1 and opens an inclusion path with the leaf itself.
            assert other.prove_inclusion(first, second).path[1:] == inclusion(first - 1, second, TREE)
            theirs = other.prove_consistency(first, second)
            assert in_the_form_of_the_rfc(theirs, ROOTS[first]) == consistency(first, second, TREE)


def in_the_form_of_the_rfc(theirs: ConsistencyProof, old_root: bytes) -> list[bytes]:
    """Rewrite a path of pymerkle.

    Where the old tree ends at the edge of a subtree, pymerkle goes down the next subtree to its first leaf;
    RFC 9162 takes that one whole. pymerkle also keeps the old root where RFC 9162 drops it as known.
    """
    known = theirs.subset.index(1)
    nodes: list[bytes] = theirs.path[known:]
    if known:
        right = theirs.path[0]
        for node in theirs.path[1:known]:
            right = node_hash(right, node)
        nodes.insert(1, right)
    return nodes[1:] if nodes[0] == old_root else nodes


@given(st.data())
def test_an_altered_inclusion_proof_is_refused(draws: st.DataObject) -> None:
    index, size, genuine = draws.draw(inclusions())
    forged = draws.draw(altered(genuine).filter(lambda path: path != genuine))

    assert verify_inclusion(LEAVES[index], index, size, genuine, ROOTS[size])
    assert not verify_inclusion(LEAVES[index], index, size, forged, ROOTS[size])


@given(st.data())
def test_an_altered_consistency_proof_is_refused(draws: st.DataObject) -> None:
    first, second, genuine = draws.draw(consistencies())
    forged = draws.draw(altered(genuine).filter(lambda path: path != genuine))

    assert verify_consistency(first, second, ROOTS[first], ROOTS[second], genuine)
    assert not verify_consistency(first, second, ROOTS[first], ROOTS[second], forged)


@given(inclusions(), st.integers(0, 255))
def test_an_altered_leaf_or_root_is_refused(drawn: tuple[int, int, list[bytes]], bit: int) -> None:
    index, size, found = drawn
    flip = 1 << bit
    other_leaf = (int.from_bytes(LEAVES[index], "big") ^ flip).to_bytes(32, "big")
    other_root = (int.from_bytes(ROOTS[size], "big") ^ flip).to_bytes(32, "big")

    assert not verify_inclusion(other_leaf, index, size, found, ROOTS[size])
    assert not verify_inclusion(LEAVES[index], index, size, found, other_root)


@given(consistencies(), st.integers(0, 255))
def test_an_altered_old_or_new_root_is_refused(drawn: tuple[int, int, list[bytes]], bit: int) -> None:
    first, second, found = drawn
    flip = 1 << bit
    old = (int.from_bytes(ROOTS[first], "big") ^ flip).to_bytes(32, "big")
    new = (int.from_bytes(ROOTS[second], "big") ^ flip).to_bytes(32, "big")

    assert not verify_consistency(first, second, old, ROOTS[second], found)
    assert not verify_consistency(first, second, ROOTS[first], new, found)


GARBAGE = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.binary() | st.none() | st.text()),
)


@given(GARBAGE, GARBAGE, GARBAGE, GARBAGE, GARBAGE)
def test_garbage_is_refused_and_raises_nothing(a: object, b: object, c: object, d: object, e: object) -> None:
    assert verify_inclusion(a, b, c, d, e) is False  # type: ignore[arg-type]  # garbage on purpose
    assert verify_consistency(a, b, c, d, e) is False  # type: ignore[arg-type]  # garbage on purpose


def test_sizes_beyond_sixty_four_bits_are_refused() -> None:
    assert not verify_inclusion(LEAVES[0], 0, 1 << 100_000, [LEAVES[1]], ROOTS[2])
    assert not verify_consistency(1 << 64, 1 << 65, ROOTS[1], ROOTS[2], [LEAVES[1]])


def test_every_tree_extends_the_empty_one_by_an_empty_path() -> None:
    assert consistency(0, 5, TREE) == []
    assert verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    assert verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not verify_consistency(0, 5, ROOTS[1], ROOTS[5], [])
    assert not verify_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [ROOTS[5]])
    assert not verify_consistency(0, 0, EMPTY_ROOT, ROOTS[1], [])


def test_a_smaller_tree_extends_no_larger_one() -> None:
    assert not verify_consistency(5, 4, ROOTS[5], ROOTS[4], [])
    assert not verify_consistency(5, 4, ROOTS[4], ROOTS[4], [])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="There is no leaf"):
        inclusion(index, size, TREE)


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (4, 3)])
def test_there_is_no_proof_that_time_ran_backwards(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="does not extend"):
        consistency(first, second, TREE)


def test_missing_hashes_are_named() -> None:
    with pytest.raises(IncompleteTree, match="Of the leaves 0 to 79, 70 are stored"):
        root_of(80, Held(LEAVES[:70]))


@given(st.lists(st.integers(0, 40), max_size=12))
def test_a_tree_grown_in_any_portions_is_the_same_tree(portions: list[int]) -> None:
    leaves = [leaf(b"%d" % index) for index in range(sum(portions))]
    grown = Held()
    for lo, hi in pairwise([0, *(sum(portions[: n + 1]) for n in range(len(portions)))]):
        grown.append(leaves[lo:hi])

    whole = Held(leaves)

    assert grown.frontier == whole.frontier
    assert grown.tiled == whole.tiled


def test_a_tile_appears_when_its_last_leaf_does() -> None:
    leaves = [leaf(b"%d" % index) for index in range(512)]
    nearly, none = Frontier().appended(leaves[:255])

    _, tiles = nearly.appended(leaves[255:])

    assert none == []
    assert tiles == [Tile(1, 0, mth(leaves[:256])), Tile(1, 1, mth(leaves[256:]))]


def test_a_tile_of_the_second_level_covers_65536_leaves() -> None:
    tree = Held([leaf(b"%d" % index) for index in range(65536 + 300)])

    assert sorted(tree.tiled) == [*((1, idx) for idx in range(257)), (2, 0)]
    assert tree.tiled[2, 0] == mth(tree.kept[:65536])
    assert root_of(65536 + 300, tree) == mth(tree.kept)


EDGES = [255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, 131_072, 131_073]


@pytest.mark.parametrize("size", EDGES)
def test_proofs_hold_at_the_edges_of_tiles(size: int) -> None:
    root = Held(LARGE.kept[:size]).frontier.root()

    assert root_of(size, LARGE) == root
    for index in (0, 1, 127, 128, 254, size // 2, size - 2, size - 1):
        assert verify_inclusion(LARGE.kept[index], index, size, inclusion(index, size, LARGE), root)
    for first in (edge for edge in (1, 128, 254, *EDGES) if edge <= size):
        old = Held(LARGE.kept[:first]).frontier.root()
        assert verify_consistency(first, size, old, root, consistency(first, size, LARGE))


@given(st.integers(0, 199_999), st.integers(0, 199_999))
def test_proofs_in_a_large_tree_hold_and_read_little_of_it(one: int, two: int) -> None:
    first, second = sorted((one + 1, two + 1))
    LARGE.asked = 0

    included = inclusion(one, 200_000, LARGE)
    extended = consistency(first, second, LARGE)

    assert LARGE.asked < 2 * 3 * 512
    root = root_of(200_000, LARGE)
    assert verify_inclusion(LARGE.kept[one], one, 200_000, included, root)
    assert verify_consistency(first, second, root_of(first, LARGE), root_of(second, LARGE), extended)


LARGE = Held([leaf(b"%d" % index) for index in range(200_000)])


@given(st.integers(0, 300))
def test_a_stored_frontier_comes_back(size: int) -> None:
    frontier = Held([leaf(b"%d" % index) for index in range(size)]).frontier

    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@pytest.mark.parametrize("stored", [b"", b"\0" * 7, (3).to_bytes(8, "big") + b"\0" * 63, b"\0" * 40])
def test_a_damaged_frontier_is_not_taken(stored: bytes) -> None:
    with pytest.raises(ValueError, match="not a stored frontier"):
        Frontier.from_bytes(stored)


def test_a_frontier_has_one_subtree_a_set_bit_of_its_size() -> None:
    with pytest.raises(ValueError, match="does not have 1 subtrees"):
        Frontier(3, (ROOTS[1],))


def test_a_leaf_commits_to_stream_version_topic_and_state_in_the_published_form() -> None:
    name = "pilot:zoë".encode()
    written = b"".join(
        [
            b"\x00counterpoise.leaf.v1\x00",
            b"\x00\x00\x00\x0a" + name,
            b"\x00\x00\x00\x00\x00\x00\x00\x07",
            b"\x00\x00\x00\x0cpilot.closed",
            hashlib.sha256(b'{"reason":""}').digest(),
        ]
    )

    assert leaf_hash("pilot:zoë", 7, "pilot.closed", b'{"reason":""}') == hashlib.sha256(written).digest()


def test_a_leaf_tells_where_a_stream_ends_from_where_a_topic_begins() -> None:
    assert leaf_hash("pilot:a", 1, "bc", b"{}") != leaf_hash("pilot:ab", 1, "c", b"{}")


def test_the_hash_of_a_state_stands_in_for_it() -> None:
    state_hash = hashlib.sha256(b"{}").digest()

    assert leaf_hash_of("pilot:a", 1, "pilot.closed", state_hash) == leaf_hash(
        "pilot:a", 1, "pilot.closed", b"{}"
    )


def test_a_state_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        leaf_hash_of("pilot:a", 1, "pilot.closed", b"\0" * 31)


def test_a_node_is_no_leaf() -> None:
    assert node_hash(LEAVES[0], LEAVES[1]) != leaf(LEAVES[0] + LEAVES[1])
