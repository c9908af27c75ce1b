"""Proofs from tiles: which hashes to read, wherever the tiles are kept."""

from collections.abc import Callable

from clerestory.ledger.tiles import TILE_WIDTH, Tile
from clerestory.ledger.tree import (
    HASH_BYTES,
    consistency_proof,
    inclusion_proof,
    node_hash,
    root_of,
    split_point,
)

ReadTile = Callable[[Tile], bytes]
"""Returns the hashes of a tile, joined; the tile's width says how many must be there."""


class Prover:
    """Builds proofs for a tree of one size from its tiles."""

    def __init__(self, size: int, read: ReadTile) -> None:
        """Prove for the tree of ``size`` leaves; ``read`` may be asked for any of its tiles."""
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def inclusion(self, index: int) -> list[bytes]:
        """Return the inclusion proof of one leaf, its sibling first."""
        return inclusion_proof(index, self._size, self.subtree)

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the consistency proof from a smaller tree."""
        return consistency_proof(old_size, self._size, self.subtree)

    def root(self) -> bytes:
        """Return the root over all leaves."""
        return self.subtree(0, self._size) if self._size else root_of([])

    def subtree(self, start: int, end: int) -> bytes:
        """Return the root over the leaves ``[start, end)`` of an RFC 6962 subtree."""
        count = end - start
        if count & (count - 1):
            # Not perfect, so it reaches the tree's right edge.
            middle = start + split_point(count)
            return node_hash(self.subtree(start, middle), self.subtree(middle, end))
        height = count.bit_length() - 1
        level = height // 8
        first = start >> (8 * level)
        hashes = self._hashes(level, first // TILE_WIDTH)
        offset = first % TILE_WIDTH * HASH_BYTES
        width = 1 << (height % 8)
        if width == 1:
            return hashes[offset : offset + HASH_BYTES]
        end_offset = offset + width * HASH_BYTES
        return root_of([hashes[i : i + HASH_BYTES] for i in range(offset, end_offset, HASH_BYTES)])

    def _hashes(self, level: int, number: int) -> bytes:
        found = self._tiles.get((level, number))
        if found is None:
            left = (self._size >> (8 * level)) - number * TILE_WIDTH
            found = self._read(Tile(level=level, number=number, width=min(left, TILE_WIDTH)))
            self._tiles[level, number] = found
        return found
