"""Hashing and proofs, for every tree of up to 256 leaves."""

from functools import cache

import pytest

from clerestory.ledger import BadProof, leaf_hash, node_hash
from clerestory.ledger.frontier import Frontier, edge_tiles, load_frontier
from clerestory.ledger.prover import Prover
from clerestory.ledger.tiles import TILE_WIDTH, Tile
from clerestory.ledger.tree import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    root_of,
)

LEAVES = [leaf_hash(b"%d" % number) for number in range(700)]


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962 word for word, as an oracle."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


@cache
def subtree(start: int, end: int) -> bytes:
    if end - start == 1:
        return LEAVES[start]
    split = 1
    while split * 2 < end - start:
        split *= 2
    return node_hash(subtree(start, start + split), subtree(start + split, end))


ROOTS = [b"", *(plain_root(LEAVES[:size]) for size in range(1, 258))]


def test_every_root_up_to_257_is_that_of_the_definition() -> None:
    frontier = Frontier()
    for size in range(1, 258):
        frontier.extend_hashes([LEAVES[size - 1]])

        assert frontier.root == root_of(LEAVES[:size]) == ROOTS[size], size


@pytest.mark.parametrize("size", range(1, 257))
def test_every_inclusion_proof_leads_to_the_root(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, subtree)

        check_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=ROOTS[size])


@pytest.mark.parametrize("size", range(1, 257))
def test_every_consistency_proof_leads_to_both_roots(size: int) -> None:
    for old_size in range(1, size + 1):
        proof = consistency_proof(old_size, size, subtree)

        check_consistency(
            old_size=old_size,
            size=size,
            old_root=ROOTS[old_size],
            root=ROOTS[size],
            proof=proof,
        )


@pytest.mark.parametrize("size", [1, 2, 7, 8, 100, 256])
def test_no_inclusion_proof_serves_another_leaf_index_or_size(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, subtree)
        good = {"index": index, "size": size, "leaf": LEAVES[index], "root": ROOTS[size]}
        bad = [
            {**good, "leaf": LEAVES[index + 1]},
            {**good, "index": index + 1},
            {**good, "index": -1},
            {**good, "root": ROOTS[size + 1]},
        ]
        for case in bad:
            with pytest.raises(BadProof):
                check_inclusion(**case, proof=proof)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 13])
def test_no_inclusion_proof_may_be_altered_shortened_or_lengthened(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, subtree)
        altered = [[*proof[:place], bytes(32), *proof[place + 1 :]] for place in range(len(proof))]
        for case in [*altered, [*proof, bytes(32)], *([proof[:-1]] if proof else [])]:
            with pytest.raises(BadProof):
                check_inclusion(
                    index=index, size=size, leaf=LEAVES[index], proof=case, root=ROOTS[size]
                )


@pytest.mark.parametrize("size", [2, 3, 8, 13, 64])
def test_no_consistency_proof_may_be_altered_shortened_or_lengthened(size: int) -> None:
    for old in range(1, size):
        proof = consistency_proof(old, size, subtree)
        altered = [[*proof[:place], bytes(32), *proof[place + 1 :]] for place in range(len(proof))]
        for case in [*altered, [*proof, bytes(32)], proof[:-1]]:
            with pytest.raises(BadProof):
                check_consistency(
                    old_size=old, size=size, old_root=ROOTS[old], root=ROOTS[size], proof=case
                )


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 2)])
def test_no_consistency_proof_exists_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(BadProof):
        consistency_proof(old, new, subtree)
    with pytest.raises(BadProof):
        check_consistency(old_size=old, size=new, old_root=ROOTS[1], root=ROOTS[3], proof=[])


def test_trees_of_one_size_have_one_root_and_no_proof() -> None:
    with pytest.raises(BadProof, match="one root"):
        check_consistency(old_size=3, size=3, old_root=ROOTS[3], root=ROOTS[4], proof=[])
    with pytest.raises(BadProof, match="one root"):
        check_consistency(old_size=3, size=3, old_root=ROOTS[3], root=ROOTS[3], proof=[ROOTS[1]])


def test_proofs_from_tiles_are_those_of_the_definition() -> None:
    frontier, stored = Frontier(), {}
    for start in range(0, 700, 97):
        for tile, content in frontier.extend_hashes(LEAVES[start : start + 97]):
            stored[tile.level, tile.number] = content

    def read(tile: Tile) -> bytes:
        return stored[tile.level, tile.number][: tile.width * 32]

    for size in (1, 2, 255, 256, 257, 511, 512, 513, 700):
        prover = Prover(size, read)
        assert prover.root() == plain_root(LEAVES[:size])
        for index in {0, 1, size // 3, size // 2, size - 1} & set(range(size)):
            assert prover.inclusion(index) == inclusion_proof(index, size, subtree)
        for old in {1, size // 2, size - 1, size} & set(range(1, size + 1)):
            assert prover.consistency(old) == consistency_proof(old, size, subtree)


def test_the_right_edge_is_rebuilt_from_its_tiles_at_every_size() -> None:
    frontier = Frontier()
    for size in range(1, 601):
        frontier.extend_hashes([LEAVES[size - 1]])
        edges = [frontier.edges[level] for level in range(len(edge_tiles(size)))]

        loaded = load_frontier(size, edges)

        assert loaded.root == frontier.root
        assert loaded.edges == frontier.edges
        loaded.extend_hashes(LEAVES[size : size + TILE_WIDTH // 3])
        assert loaded.root == root_of(LEAVES[: size + len(LEAVES[size : size + 85])])
