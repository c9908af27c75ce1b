"""One write transaction: rows get their indexes, tiles grow, the checkpoint is signed.

All of it is one commit. The signature leaves the process only after that commit: a signed
checkpoint that the database has forgotten would be the first half of a fork.
"""

import sqlite3
from collections.abc import Sequence

from clerestory.kernel.files import Steps
from clerestory.ledger.database import Head, store_tiles
from clerestory.ledger.errors import Forked
from clerestory.ledger.frontier import Frontier
from clerestory.ledger.tiles import MAX_ENTRY_BYTES, check_entry
from clerestory.notes.checkpoint import Checkpoint
from clerestory.notes.keys import Signer
from clerestory.notes.note import sign_note


class Batch:
    """Entries on their way into the log, inside one transaction that holds the write lock."""

    def __init__(self, cx: sqlite3.Connection, *, head: Head, frontier: Frontier) -> None:
        """Begin at ``head``, whose right edge is ``frontier``; rows without an index come first."""
        self.cx = cx
        self._head = head
        self._frontier = frontier
        self._new = self._take_waiting()

    @property
    def size(self) -> int:
        """The tree size once this batch is committed."""
        return self._head.size + len(self._new)

    @property
    def mark(self) -> int:
        """Where the batch stands, for ``forget_since``."""
        return len(self._new)

    def forget_since(self, mark: int) -> None:
        """Drop entries whose rows the caller has rolled back."""
        del self._new[mark:]

    def _take_waiting(self) -> list[bytes]:
        # Every waiting row, never "all above the last size": what was recorded must not be lost.
        rows = self.cx.execute(
            "SELECT id, leaf FROM entry WHERE leaf_index IS NULL ORDER BY id"
        ).fetchall()
        if not rows:
            return []
        self.cx.executemany(
            "UPDATE entry SET leaf_index = ? WHERE id = ?",
            [(self._head.size + place, row[0]) for place, row in enumerate(rows)],
        )
        return [row[1] for row in rows]

    def add(self, entry: bytes) -> tuple[int, int]:
        """Add one entry; return its row id and its index."""
        # The lock is held, so the index is known and the row need not wait for it.
        index = self.size
        row_id = insert_entry(self.cx, entry, index=index)
        self._new.append(entry)
        return row_id, index

    def add_all(self, entries: Sequence[bytes]) -> range:
        """Add many entries; return their indexes."""
        if entries and max(map(len, entries)) > MAX_ENTRY_BYTES:
            check_entry(max(entries, key=len))
        start = self.size
        indexes = range(start, start + len(entries))
        self.cx.executemany(
            "INSERT INTO entry (id, leaf_index, leaf) VALUES (?1 + 1, ?1, ?2)",
            zip(indexes, entries, strict=True),
        )
        self._new += entries
        return indexes

    def seal(self, signers: Sequence[Signer], *, origin: str, steps: Steps) -> Head:
        """Store the tiles and the signed checkpoint; the caller commits.

        Raises:
            Forked: Another sequencer moved the head although the lock was held.
        """
        if not self._new:
            return self._head
        steps("tiles")
        changed = self._frontier.extend(self._new)
        store_tiles(self.cx, changed)
        steps("sign")
        size, root = self._frontier.size, self._frontier.root
        text = Checkpoint(origin=origin, size=size, root=root).text
        head = Head(size=size, root=root, note=sign_note(text, signers).content)
        steps("head")
        moved = self.cx.execute(
            "UPDATE head SET size = ?, root = ?, note = ? WHERE size = ? AND root = ?",
            (head.size, head.root, head.note, self._head.size, self._head.root),
        ).rowcount
        if moved != 1:
            raise Forked(f"one sequencer moves the head at a time: expected {self._head.size}")
        return head


def insert_entry(cx: sqlite3.Connection, entry: bytes, *, index: int | None) -> int:
    """Insert one row and return its id; without an index it waits for the sequencer."""
    check_entry(entry)
    row_id = None if index is None else index + 1
    row = cx.execute(
        "INSERT INTO entry (id, leaf_index, leaf) VALUES (?, ?, ?) RETURNING id",
        (row_id, index, entry),
    ).fetchone()
    return int(row[0])
