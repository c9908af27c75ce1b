"""Checking a whole log from its public files, with nothing but the log's public key.

Every entry is hashed, every tile is rebuilt and compared, and the root must be the signed one.
Memory stays the same whatever the size: one stretch of bundles and the right edge of the tree.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clerestory.kernel import Corruption
from clerestory.ledger.directory_files import Accounted, account_for
from clerestory.ledger.errors import Forked, RolledBack, Torn
from clerestory.ledger.frontier import Frontier, edge_tiles
from clerestory.ledger.tile_files import TileFiles
from clerestory.ledger.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
)
from clerestory.ledger.tree import HASH_BYTES
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.keys import Kind, Verifier, parse_vkey
from clerestory.notes.note import open_checkpoint

_STRETCH = 4_096

OnEntries = Callable[[int, Sequence[bytes]], None]
"""Told of every stretch of checked entries, with the index of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedDirectory:
    """What the files prove: this log, this many entries, this root.

    ``consistent_with`` is the largest size that was seen earlier and agrees; ``files`` are
    those beside the tree.
    """

    origin: str
    size: int
    root: bytes
    checkpoint: str
    consistent_with: int | None
    files: Accounted


def verify_directory(
    path: Path,
    vkey: str | Verifier,
    old_checkpoint: bytes | str | Sequence[bytes | str] | None = None,
    *,
    on_entries: OnEntries | None = None,
) -> VerifiedDirectory:
    """Prove that a directory of tiles is, whole and unaltered, what the log signed.

    Args:
        path: The public directory: it holds ``checkpoint`` and ``tile/``.
        vkey: The log's public key, from another source.
        old_checkpoint: A checkpoint seen earlier, or several; the directory must continue each.
        on_entries: Told of the entries while they pass, before the root is checked. The alarm
            that it raises is raised once the root holds: before, the log may not be blamed for
            what somebody did to its copy.

    Raises:
        Refusal: There is no public directory here.
        BadNote, UnknownLog, OtherSigner, Unsigned: A checkpoint is not one of this log.
        Torn: A file is missing, cut short or altered; the message names file and byte.
        RolledBack: An old checkpoint is larger.
        Forked: An old checkpoint has another root.
    """
    verifier = parse_vkey(vkey, only=Kind.ED25519) if isinstance(vkey, str) else vkey
    files = TileFiles(path)
    note = files.checkpoint()
    checkpoint = open_checkpoint(note, verifier)
    given = [old_checkpoint] if isinstance(old_checkpoint, bytes | str) else old_checkpoint or ()
    seen = sorted(
        (open_checkpoint(one, verifier) for one in given), key=lambda checkpoint: checkpoint.size
    )
    for old in seen:
        _check_size(checkpoint, old)
    _check_tree(files, checkpoint, seen, on_entries)
    return VerifiedDirectory(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root,
        checkpoint=note.decode(),
        consistent_with=seen[-1].size if seen else None,
        files=account_for(files, checkpoint.size),
    )


def _check_size(checkpoint: Checkpoint, old: Checkpoint) -> None:
    if old.size > checkpoint.size:
        raise RolledBack(
            f"a log must not be shorter than what was seen: {checkpoint.size} after {old.size}",
            todo="keep both checkpoints: if both were public, they prove that the log went back; "
            "if the larger one comes out of a package, its entries may not be public yet: verify "
            "again after the next publication, or ask the office for the proof between the two",
        )
    # Two signatures over one size need no entries to contradict each other.
    if old.size == checkpoint.size and old.root != checkpoint.root:
        raise _forked(old)


def _check_tree(
    files: TileFiles,
    checkpoint: Checkpoint,
    seen: Sequence[Checkpoint],
    on_entries: OnEntries | None,
) -> None:
    frontier, alarm = Frontier(), None
    roots: dict[int, bytes] = {0: frontier.root}
    for start, entries in _stretches(files, checkpoint.size):
        hashes = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
        for size in {old.size for old in seen if start < old.size <= start + len(hashes)}:
            part = frontier.copy()
            part.extend_hashes(hashes[: size - start])
            roots[size] = part.root
        for tile, content in frontier.extend_hashes(hashes):
            if tile.width == TILE_WIDTH:
                _compare(files, tile, content)
        if on_entries is not None and alarm is None:
            try:
                on_entries(start, entries)
            except Corruption as fault:
                alarm = fault
    for edge in edge_tiles(checkpoint.size):
        if edge is not None:
            _compare(files, edge, frontier.edges[edge.level])
    if frontier.root != checkpoint.root:
        raise Torn(f"the entries must lead to the signed root: size {checkpoint.size}")
    # Only now: an entry that was altered on the way leads to another root too, and is no fork.
    for old in seen:
        if roots[old.size] != old.root:
            raise _forked(old)
    if alarm is not None:
        raise alarm


def _forked(old: Checkpoint) -> Forked:
    return Forked(
        f"a log must continue what was seen: another root at size {old.size}",
        todo="keep both checkpoints: together they prove that the log was rewritten",
    )


def _stretches(files: TileFiles, size: int) -> Iterator[tuple[int, list[bytes]]]:
    for start in range(0, size, _STRETCH):
        entries: list[bytes] = []
        end = min(start + _STRETCH, size)
        for first in range(start, end, TILE_WIDTH):
            width = min(TILE_WIDTH, end - first)
            tile = Tile(level=ENTRIES, number=first // TILE_WIDTH, width=width)
            entries += files.bundle(tile)
        yield start, entries


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
