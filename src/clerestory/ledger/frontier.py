"""The right edge of the growing tree: all that an append must know.

Kept are the roots of the perfect subtrees that make up the tree (one per bit of its size) and the
unfinished tile of each level. An append hashes each new leaf once and each new node once.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clerestory.ledger.errors import Torn
from clerestory.ledger.tiles import TILE_WIDTH, Tile
from clerestory.ledger.tree import HASH_BYTES, fold_peaks, leaf_hash, root_of

_TILE_HEIGHT = 8

_TILE_BYTES = TILE_WIDTH * HASH_BYTES

_sha256 = hashlib.sha256


@dataclass(slots=True)
class Frontier:
    """A tree's right edge. ``peaks[h]`` is the perfect subtree of height h, if there is one."""

    size: int = 0
    peaks: list[bytes | None] = field(default_factory=list)
    edges: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return fold_peaks([peak for peak in reversed(self.peaks) if peak is not None])

    def copy(self) -> "Frontier":
        """Return an equal edge that can grow by itself."""
        return Frontier(size=self.size, peaks=list(self.peaks), edges=list(self.edges))

    def extend(self, entries: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Add entries and return every tile that changed, with its whole content.

        A tile that was filled comes once, full; each level's unfinished tile comes last.
        """
        prefix = b"\x00"
        return self.extend_hashes([_sha256(prefix + entry).digest() for entry in entries])

    def extend_hashes(self, hashes: list[bytes]) -> list[tuple[Tile, bytes]]:
        """Do what ``extend`` does, from leaf hashes."""
        changed: list[tuple[Tile, bytes]] = []
        before, new, height = self.size, hashes, 0
        self.size += len(hashes)
        while new:
            if height % _TILE_HEIGHT == 0:
                changed += self._fill(height // _TILE_HEIGHT, before >> height, new)
            if len(self.peaks) <= height:
                self.peaks.append(None)
            left = self.peaks[height]
            if left is not None:
                new = [left, *new]
            # A node without a right sibling waits here as this height's peak.
            self.peaks[height] = new[-1] if len(new) % 2 else None
            pairs = iter(new)
            new = [_sha256(b"\x01" + a + b).digest() for a, b in zip(pairs, pairs, strict=False)]
            height += 1
        return changed

    def _fill(self, level: int, count: int, new: list[bytes]) -> list[tuple[Tile, bytes]]:
        if len(self.edges) <= level:
            self.edges.append(b"")
        joined = self.edges[level] + b"".join(new)
        number, changed = count // TILE_WIDTH, []
        full = len(joined) - len(joined) % _TILE_BYTES
        for start in range(0, full, _TILE_BYTES):
            changed.append((Tile(level=level, number=number), joined[start : start + _TILE_BYTES]))
            number += 1
        edge = self.edges[level] = joined[full:]
        if edge:
            width = len(edge) // HASH_BYTES
            changed.append((Tile(level=level, number=number, width=width), edge))
        return changed


def edge_tiles(size: int) -> list[Tile | None]:
    """Name the unfinished tile of each level of a tree; ``None`` where a level has none."""
    tiles: list[Tile | None] = []
    while size:
        width = size % TILE_WIDTH
        number = size // TILE_WIDTH
        level = len(tiles)
        tiles.append(Tile(level=level, number=number, width=width) if width else None)
        size = number
    return tiles


def load_frontier(size: int, contents: Iterable[bytes]) -> Frontier:
    """Rebuild the edge of a tree from the unfinished tile of each level, lowest first.

    Raises:
        Torn: A tile has another width than the size says.
    """
    frontier = Frontier(size=size)
    for tile, content in zip(edge_tiles(size), contents, strict=True):
        width = tile.width if tile else 0
        if len(content) != width * HASH_BYTES:
            name = tile.path if tile else "a level without an edge"
            raise Torn(f"an edge tile must have {width * HASH_BYTES} bytes: {name}")
        frontier.edges.append(content)
        frontier.peaks += _peaks_in(content)
    while frontier.peaks and frontier.peaks[-1] is None:
        frontier.peaks.pop()
    return frontier


def _peaks_in(content: bytes) -> list[bytes | None]:
    hashes = [content[i : i + HASH_BYTES] for i in range(0, len(content), HASH_BYTES)]
    peaks: list[bytes | None] = [None] * _TILE_HEIGHT
    start = 0
    for height in reversed(range(_TILE_HEIGHT)):
        if len(hashes) >> height & 1:
            peaks[height] = root_of(hashes[start : start + (1 << height)])
            start += 1 << height
    return peaks


def frontier_of(entries: Iterable[bytes]) -> Frontier:
    """Build the edge of a whole tree from its entries; for tests and small trees."""
    frontier = Frontier()
    frontier.extend_hashes([leaf_hash(entry) for entry in entries])
    return frontier
