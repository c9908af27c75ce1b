"""Checking a whole log from its public files, with nothing but the log's public key.

Every entry is hashed, every tile is rebuilt and compared, and the root must be the signed one.
Memory stays the same whatever the size: one stretch of bundles and the right edge of the tree.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clerestory.ledger.errors import Forked, RolledBack, Torn
from clerestory.ledger.frontier import Frontier, edge_tiles
from clerestory.ledger.public_files import CHECKPOINT
from clerestory.ledger.tiles import (
    ENTRIES,
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Tile,
    split_bundle,
)
from clerestory.ledger.tree import HASH_BYTES
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.keys import Verifier, parse_vkey
from clerestory.notes.note import open_checkpoint

_STRETCH = 4_096

_CHECKPOINT_LIMIT = 1_000_000

OnEntries = Callable[[int, Sequence[bytes]], None]
"""Told of every stretch of checked entries, with the index of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedDirectory:
    """What the files prove: this log, this many entries, this root."""

    origin: str
    size: int
    root: bytes
    checkpoint: str
    consistent_with: int | None


class TileFiles:
    """Reads tiles and bundles of one public directory."""

    def __init__(self, folder: Path) -> None:
        """Read below ``folder``."""
        self._folder = folder

    def checkpoint(self) -> bytes:
        """Return the checkpoint file.

        Raises:
            Torn: There is none.
        """
        return self._read(CHECKPOINT, _CHECKPOINT_LIMIT)

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
        raise Torn(f"a file of the log must be there: {tile.path}")

    def _read(self, path: str, limit: int) -> bytes:
        try:
            with (self._folder / path).open("rb") as file:
                content = file.read(limit + 1)
        except FileNotFoundError as fault:
            raise Torn(f"a file of the log must be there: {path}") from fault
        if len(content) > limit:
            raise Torn(f"a file must have at most {limit} bytes: {path} goes on at byte {limit}")
        return content


def verify_directory(
    path: Path,
    vkey: str | Verifier,
    old_checkpoint: bytes | str | None = None,
    *,
    on_entries: OnEntries | None = None,
) -> VerifiedDirectory:
    """Prove that a directory of tiles is, whole and unaltered, what the log signed.

    Args:
        path: The public directory: it holds ``checkpoint`` and ``tile/``.
        vkey: The log's public key, from another source.
        old_checkpoint: A checkpoint seen earlier; the directory must continue it.
        on_entries: Told of the entries while they pass, before the root is checked.

    Raises:
        BadNote, UnknownLog, Unsigned: The checkpoint is not one of this log.
        Torn: A file is missing, cut short or altered; the message names file and byte.
        RolledBack: The old checkpoint is larger.
        Forked: The old checkpoint has another root.
    """
    verifier = parse_vkey(vkey) if isinstance(vkey, str) else vkey
    files = TileFiles(path)
    note = files.checkpoint()
    checkpoint = open_checkpoint(note, verifier)
    old = None if old_checkpoint is None else open_checkpoint(old_checkpoint, verifier)
    if old is not None and old.size > checkpoint.size:
        raise RolledBack(
            f"a log must not be shorter than what was seen: {checkpoint.size} after {old.size}",
            todo="keep both checkpoints: together they prove that the log went back",
        )
    _check_tree(files, checkpoint, old, on_entries)
    return VerifiedDirectory(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root,
        checkpoint=note.decode(),
        consistent_with=old.size if old else None,
    )


def _check_tree(
    files: TileFiles, checkpoint: Checkpoint, old: Checkpoint | None, on_entries: OnEntries | None
) -> None:
    frontier = Frontier()
    for start, entries in _stretches(files, checkpoint.size):
        hashes = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        if old is not None and start < old.size <= start + len(hashes):
            part = frontier.copy()
            part.extend_hashes(hashes[: old.size - start])
            _check_old(part, old)
        for tile, content in frontier.extend_hashes(hashes):
            if tile.width == TILE_WIDTH:
                _compare(files, tile, content)
        if on_entries is not None:
            on_entries(start, entries)
    for edge in edge_tiles(checkpoint.size):
        if edge is not None:
            _compare(files, edge, frontier.edges[edge.level])
    if frontier.root != checkpoint.root:
        raise Torn(f"the entries must lead to the signed root: size {checkpoint.size}")


def _stretches(files: TileFiles, size: int) -> Iterator[tuple[int, list[bytes]]]:
    for start in range(0, size, _STRETCH):
        entries: list[bytes] = []
        end = min(start + _STRETCH, size)
        for first in range(start, end, TILE_WIDTH):
            width = min(TILE_WIDTH, end - first)
            tile = Tile(level=ENTRIES, number=first // TILE_WIDTH, width=width)
            entries += files.bundle(tile)
        yield start, entries


def _check_old(part: Frontier, old: Checkpoint) -> None:
    if part.root != old.root:
        raise Forked(
            f"a log must continue what was seen: another root at size {old.size}",
            todo="keep both checkpoints: together they prove that the log was rewritten",
        )


def _compare(files: TileFiles, tile: Tile, wanted: bytes) -> None:
    content = files.tile(tile)
    if content == wanted:
        return
    byte = next(i for i, (a, b) in enumerate(zip(content, wanted, strict=True)) if a != b)
    place = byte // HASH_BYTES
    message = f"a tile must hold the hashes of what is under it: {tile.path} differs at byte {byte}"
    if tile.level == 0:
        # From these two files alone nobody can say which one was altered.
        bundle = Tile(level=ENTRIES, number=tile.number, width=tile.width)
        at = sum(len(entry) + 2 for entry in files.bundle(bundle)[:place])
        message += f", or entry {place} of {bundle.path} was altered at or after byte {at}"
    raise Torn(message)
