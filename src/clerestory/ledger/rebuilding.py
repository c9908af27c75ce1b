"""The stored tree, built anew from the stored entries: do tiles and root still fit them?"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from clerestory.ledger.errors import Torn
from clerestory.ledger.frontier import Frontier, edge_tiles
from clerestory.ledger.storage.reader import Reader
from clerestory.ledger.tiles import TILE_WIDTH

_STRETCH = 4_096

_STOP = (
    "do not publish; keep the database as it is, find out who wrote to it, and bring back a copy "
    "from before"
)

Reading = Callable[[], AbstractContextManager[Reader]]
"""Opens the database for reading, for one stretch at a time."""


def stretches(reading: Reading, size: int) -> Iterator[tuple[int, list[bytes]]]:
    """List the first ``size`` entries in stretches, each with the index of its first."""
    for start in range(0, size, _STRETCH):
        with reading() as reader:
            entries = reader.entries(start, min(start + _STRETCH, size))
        yield start, entries


def stored_faults(reading: Reading, *, size: int, root: bytes) -> Iterator[Torn]:
    """Build the tree of the first ``size`` entries and name every tile that does not fit it.

    The database's triggers stop statements, and not whoever writes to its file.
    """
    frontier = Frontier()
    for _, entries in stretches(reading, size):
        for tile, content in frontier.extend(entries):
            if tile.width == TILE_WIDTH:
                with reading() as reader:
                    if reader.tile(tile) != content:
                        yield _misfit(tile.path)
    for edge in edge_tiles(size):
        if edge is not None:
            with reading() as reader:
                if reader.tile(edge) != frontier.edges[edge.level]:
                    yield _misfit(edge.path)
    if frontier.root != root:
        yield Torn(f"the entries must lead to the signed root: size {size}", todo=_STOP)


def _misfit(path: str) -> Torn:
    return Torn(f"a stored tile must fit its entries: {path}", todo=_STOP)
