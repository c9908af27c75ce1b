"""Every file of a public directory accounted for: checked, not covered yet, or not the log's.

The walk over the tree reads one file for each place: the widest. Beside it lie the partial tiles
that earlier checkpoints needed. Whoever took a proof from one of them must find the same bytes.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.ledger.errors import Torn
from clerestory.ledger.public_files import CHECKPOINT
from clerestory.ledger.tile_files import TileFiles
from clerestory.ledger.tiles import ENTRIES, TILE_WIDTH, Tile, join_bundle, parse_path
from clerestory.ledger.tree import HASH_BYTES
from clerestory.notes import BadNote

_TILES = "tile"

# A size below 2**63 has tiles of at most 17 digits, in six groups of three.
_FOLDER = re.compile(
    r"tile(/(entries|0|[1-9][0-9]?)((/x[0-9]{3}){0,5}(/[0-9]{3}\.p)?)?)?", re.ASCII
)
"""The folders that a log's files can lie in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """The files that lie in a public directory beside those that the walk over the tree read.

    Attributes:
        partials: How many earlier partial tiles and bundles were checked.
        ahead: Tiles beyond the checkpoint: written for the next one, which is not out yet.
        unknown: Files, and folders with a slash at the end, that are not the log's. Nothing in
            the log rests on them.
    """

    partials: int
    ahead: tuple[str, ...]
    unknown: tuple[str, ...]


def account_for(files: TileFiles, size: int) -> Accounted:
    """Check every partial tile against the tree, which the caller has proved, and name the rest.

    Args:
        files: The directory.
        size: The size of the tree under its checkpoint.

    Raises:
        Torn: An earlier partial tile holds other bytes than the tree.
        Refusal: A folder of tiles is a link.
        OSError: A folder may not be read.
    """
    partials, ahead, unknown = 0, [], []
    for path in _paths(files.folder):
        if path == CHECKPOINT:
            continue
        try:
            tile = parse_path(path)
        except BadNote:
            unknown.append(path)
            continue
        width = _width_at(tile, size)
        if tile.width > width:
            ahead.append(path)
        elif tile.width < width:
            _check_partial(files, tile, Tile(level=tile.level, number=tile.number, width=width))
            partials += 1
    return Accounted(partials=partials, ahead=tuple(ahead), unknown=tuple(unknown))


def _paths(folder: Path) -> Iterator[str]:
    """List every file, and every folder that can hold none of the log's, sorted.

    A folder that is not the log's is named and not entered: however deep or full it is, nothing
    in it counts. Not recursive, for a folder may be deeper than the stack.

    Raises:
        Refusal: A folder of tiles is a link: what is behind it could be another at each look.
    """
    waiting = [""]
    while waiting:
        where = waiting.pop()
        with os.scandir(folder / where) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        inside = []
        for entry in entries:
            path = f"{where}{entry.name}"
            # `tile` itself may lie on another disk; behind it the folders are plain ones.
            if not entry.is_dir(follow_symlinks=path == _TILES):
                if entry.is_symlink() and entry.is_dir() and _FOLDER.fullmatch(path):
                    raise _linked(path)
                yield path
            elif _FOLDER.fullmatch(path):
                inside.append(f"{path}/")
            else:
                yield f"{path}/"
        waiting += reversed(inside)


def _linked(path: str) -> Refusal:
    return Refusal(
        f"a folder of tiles must be a folder and no link: {path}",
        code="log-folder-linked",
        todo="copy the log with the files that the link leads to, and verify the copy",
    )


def _width_at(tile: Tile, size: int) -> int:
    """Return how much of a tile's place a tree of ``size`` leaves fills."""
    count = size >> 8 * max(tile.level, 0)
    return max(0, min(TILE_WIDTH, count - tile.number * TILE_WIDTH))


def _check_partial(files: TileFiles, partial: Tile, whole: Tile) -> None:
    # The whole one was read and proved by the walk; the partial one must be how it began.
    if partial.level == ENTRIES:
        wanted = join_bundle(files.bundle(whole)[: partial.width])
    else:
        wanted = files.tile(whole)[: partial.width * HASH_BYTES]
    found = files.read_own(partial, limit=len(wanted) + 1)
    if found != wanted:
        byte = next(
            (at for at, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b),
            min(len(found), len(wanted)),
        )
        raise Torn(
            f"an earlier partial tile must be how the whole one began: {partial.path} differs "
            f"from {whole.path} at byte {byte}",
            todo="keep both files; whoever read the partial one was shown another log: compare "
            "with the copies that others hold",
        )
