"""From the database to the public directory, epoch by epoch. Nothing here decides anything."""

from clerestory.ledger.public_files import PublicFiles
from clerestory.ledger.storage.reader import Epoch, Reader
from clerestory.ledger.tiles import ENTRIES, Tile, join_bundle, tiles_of
from clerestory.notes.keys import Verifier
from clerestory.notes.note import open_checkpoint


def project(
    reader: Reader, public: PublicFiles, verifier: Verifier, *, from_start: bool = False
) -> None:
    """Write the files of every published epoch that the public directory does not show yet.

    Each epoch's partial tiles are written too: a tile must be served for every size that had a
    public checkpoint, and nothing is ever pruned.

    Args:
        reader: The database.
        public: Where to write.
        verifier: The log's key.
        from_start: Look at every file again, also of epochs already shown.
    """
    shown = 0
    if not reader.epochs():
        return
    with public.locked():
        note = public.checkpoint()
        if note is not None and not from_start:
            shown = open_checkpoint(note, verifier).size
        for before, epoch in _missing(reader, shown):
            for tile in tiles_of(epoch.size, since=before):
                public.put(tile.path, content_of(reader, tile))
            public.put_checkpoint(epoch.note)


def content_of(reader: Reader, tile: Tile) -> bytes:
    """Return the bytes of one public file."""
    if tile.level == ENTRIES:
        return join_bundle(reader.bundle_entries(tile))
    return reader.tile(tile)


def _missing(reader: Reader, shown: int) -> list[tuple[int, Epoch]]:
    before, missing = shown, []
    for epoch in reader.epochs(above=shown):
        if epoch.published:
            missing.append((before, epoch))
            before = epoch.size
    return missing
