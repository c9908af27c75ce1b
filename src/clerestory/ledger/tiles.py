"""Tiles and entry bundles: how the tree is cut into files that never change.

Source: C2SP tlog-tiles. A tile holds up to 256 neighbouring hashes of one level; a full tile's
root is one hash of the tile above. An entry bundle holds the entries under a tile of level 0.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clerestory.ledger.errors import Torn
from clerestory.ledger.tree import HASH_BYTES
from clerestory.notes.errors import BadNote

TILE_WIDTH = 256

MAX_ENTRY_BYTES = 65_535

ENTRIES = -1
"""The level of an entry bundle: below the leaf hashes."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<groups>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tile:
    """Where one tile stands: its level (``ENTRIES`` for a bundle), number and width."""

    level: int
    number: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not (-1 <= self.level <= 63 and self.number >= 0 and 1 <= self.width <= TILE_WIDTH):
            raise BadNote(f"a tile must exist: {self.level}/{self.number}/{self.width}")

    @property
    def path(self) -> str:
        """The path under the log's prefix.

        >>> Tile(level=0, number=1234067, width=5).path
        'tile/0/x001/x234/067.p/5'
        """
        digits = str(self.number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number}{partial}"

    @property
    def full(self) -> "Tile":
        """The same place once it is full."""
        return Tile(level=self.level, number=self.number)


def parse_path(path: str) -> Tile:
    """Read a tile's path; every tile has exactly one.

    Raises:
        BadNote: The path is not one that a tile can have.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise BadNote(f"a tile path must be written as tlog-tiles says: {path}")
    level = ENTRIES if found["level"] == "entries" else int(found["level"])
    number = int(found["groups"].replace("x", "").replace("/", ""))
    width = int(found["width"]) if found["width"] else TILE_WIDTH
    if level > 63 or (found["width"] and width >= TILE_WIDTH):
        raise BadNote(f"a tile path must be written as tlog-tiles says: {path}")
    tile = Tile(level=level, number=number, width=width)
    if tile.path != path:
        raise BadNote(f"a tile has one path only: {path}")
    return tile


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """List every tile of a tree of ``size`` leaves that a tree of ``since`` leaves has not.

    Full tiles come in order, each level's partial tile last; bundles before hashes.

    >>> [tile.path for tile in tiles_of(257, since=256)]
    ['tile/entries/001.p/1', 'tile/0/001.p/1']
    """
    for level in range(ENTRIES, 8):
        unit = TILE_WIDTH ** max(level, 0)
        count, before = size // unit, since // unit
        if count == 0:
            return
        if count == before:
            continue
        for number in range(before // TILE_WIDTH, count // TILE_WIDTH):
            yield Tile(level=level, number=number)
        if count % TILE_WIDTH:
            yield Tile(level=level, number=count // TILE_WIDTH, width=count % TILE_WIDTH)


def split_hashes(content: bytes, *, name: str) -> list[bytes]:
    """Cut a tile's bytes into hashes.

    Raises:
        Torn: The length is not a whole number of hashes.
    """
    if len(content) % HASH_BYTES:
        whole = len(content) - len(content) % HASH_BYTES
        raise Torn(f"a tile must hold whole hashes: {name} is torn at byte {whole}")
    return [content[i : i + HASH_BYTES] for i in range(0, len(content), HASH_BYTES)]


def join_bundle(entries: Sequence[bytes]) -> bytes:
    """Write entries one after the other, each after its length in two bytes."""
    parts: list[bytes] = []
    for entry in entries:
        check_entry(entry)
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def check_entry(entry: bytes) -> None:
    """Refuse an entry that no bundle can hold."""
    if len(entry) > MAX_ENTRY_BYTES:
        raise BadNote(f"an entry has at most {MAX_ENTRY_BYTES} bytes: {len(entry)}")


def split_bundle(content: bytes, *, width: int, name: str) -> list[bytes]:
    """Cut an entry bundle into its ``width`` entries.

    Raises:
        Torn: A byte is missing or left over; the message names the byte.
    """
    entries: list[bytes] = []
    at, end = 0, len(content)
    append = entries.append
    while at < end:
        body = at + 2
        stop = body + (content[at] << 8 | content[body - 1]) if body <= end else end + 1
        if stop > end:
            raise Torn(f"a bundle must end with its last entry: {name} is torn at byte {at}")
        append(content[body:stop])
        at = stop
        if len(entries) == width and at < end:
            raise Torn(f"a bundle holds {width} entries: {name} goes on at byte {at}")
    if len(entries) != width:
        raise Torn(f"a bundle holds {width} entries: {name} has {len(entries)} in {end} bytes")
    return entries
