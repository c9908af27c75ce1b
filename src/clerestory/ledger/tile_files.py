"""Reading one public directory: its checkpoint, tiles and entry bundles, each up to its size."""

import errno
from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.kernel.files import open_regular
from clerestory.ledger.errors import Torn
from clerestory.ledger.public_files import CHECKPOINT
from clerestory.ledger.tiles import MAX_ENTRY_BYTES, TILE_WIDTH, Tile, split_bundle
from clerestory.ledger.tree import HASH_BYTES

_CHECKPOINT_LIMIT = 1_000_000

_TILES = "tile"

_NO_FILE = frozenset({errno.EISDIR, errno.ENXIO, errno.ELOOP})


class TileFiles:
    """Reads tiles and bundles of one public directory."""

    def __init__(self, folder: Path) -> None:
        """Read below ``folder``."""
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The directory."""
        return self._folder

    def checkpoint(self) -> bytes:
        """Return the checkpoint file.

        Raises:
            Refusal: The folder is not a log's public directory.
            Torn: It is one, and the checkpoint is missing.
        """
        if not (self._folder / CHECKPOINT).is_file() and not (self._folder / _TILES).is_dir():
            raise _not_a_directory(self._folder)
        return self._read(CHECKPOINT, _CHECKPOINT_LIMIT)

    def read_own(self, tile: Tile, *, limit: int) -> bytes:
        """Return the bytes of a tile's own file.

        Raises:
            Torn: It has more than ``limit`` bytes.
        """
        return self._read(tile.path, limit)

    def tile(self, tile: Tile) -> bytes:
        """Return a tile's hashes, from its own file or from the full tile's.

        Raises:
            Torn: The file is missing or has another length.
        """
        path, content = self._partial_or_full(tile, TILE_WIDTH * HASH_BYTES)
        wanted = (tile.width if path == tile.path else TILE_WIDTH) * HASH_BYTES
        if len(content) != wanted:
            raise Torn(
                f"a tile must have {wanted} bytes: {path} "
                f"{'is torn' if len(content) < wanted else 'goes on'} at byte "
                f"{min(len(content), wanted)}"
            )
        return content[: tile.width * HASH_BYTES]

    def bundle(self, tile: Tile) -> list[bytes]:
        """Return a bundle's entries, from its own file or from the full bundle's."""
        path, content = self._partial_or_full(tile, TILE_WIDTH * (MAX_ENTRY_BYTES + 2))
        width = tile.width if path == tile.path else TILE_WIDTH
        return split_bundle(content, width=width, name=path)[: tile.width]

    def _partial_or_full(self, tile: Tile, limit: int) -> tuple[str, bytes]:
        # A log may stop serving a partial tile once the full one exists.
        for path in dict.fromkeys((tile.path, tile.full.path)):
            if (self._folder / path).exists():
                return path, self._read(path, limit)
        raise _missing(tile.path)

    def _read(self, path: str, limit: int) -> bytes:
        try:
            with open_regular(self._folder / path) as file:
                content = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError) as fault:
            raise _missing(path) from fault
        except OSError as fault:
            if fault.errno in _NO_FILE:
                raise Torn(
                    f"a file of the log must be a file: {path} is a folder, a pipe, a device or "
                    "a loop of links"
                ) from fault
            raise
        if len(content) > limit:
            raise Torn(f"a file must have at most {limit} bytes: {path} goes on at byte {limit}")
        return content


def _missing(path: str) -> Torn:
    return Torn(
        f"a file of the log must be there: {path}",
        todo="if this is a copy that is still being made, let it end and verify again (copy the "
        "checkpoint last); if the file stays away, somebody withholds it: compare with other "
        "copies, and tell the log's office",
    )


def _not_a_directory(folder: Path) -> Refusal:
    # A path that was mistyped is no damage, and must not sound the alarm of one.
    if not folder.is_dir():
        message = f"there is no folder {folder}"
        todo = (
            "check the path; a .tlog-proof file is checked with --entry"
            if (folder.exists())
            else "check the path"
        )
    else:
        message = f"the folder must be a log's public directory: {folder} has no checkpoint"
        inside = folder / "public" / CHECKPOINT
        todo = (
            f"give {folder / 'public'}"
            if inside.is_file()
            else "give the folder that holds checkpoint and tile/"
        )
    return Refusal(message, code="log-not-public", todo=todo)
