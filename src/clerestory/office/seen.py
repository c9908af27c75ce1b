"""What an office has seen of its log last, kept in a file outside of its database.

A database that is put back from yesterday's copy is whole, signed and wrong: an office that went on
with it would sign a second history, and give numbers a second time. So the signed checkpoint that
each act was answered under is kept where no copy of the database holds it, and compared whenever
the office opens and before each act: a server may be put back below an office that runs.

The file has two places of one size, and the older checkpoint makes room for the newer, after the
commit. Whatever stops the writing, the other place stands. So it is never ahead of the database,
and needs no flush of its own; after a power cut it may be some acts behind, which harms nothing.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clerestory.kernel import ClerestoryError, Corruption, Refusal
from clerestory.kernel.files import write_new
from clerestory.kernel.locks import wait_for
from clerestory.ledger import Forked, RolledBack
from clerestory.ledger.errors import StorageFailed
from clerestory.ledger.storage import Head
from clerestory.notes import Checkpoint, Verifier, open_checkpoint

PLACE_BYTES = 4096
"""As long as a page, so that no write of one place reaches into the other."""

_PLACES = 2
_PAUSE = 0.002


class Unseen(Corruption):
    """What an office saw last of its log is gone, so that nobody can tell whether it is whole."""

    code = "office-log-unseen"
    todo = (
        "answer nothing; find out who took the file away, compare the log with its last copy and "
        "with what was published of it, and bring the file back"
    )


class Seen:
    """The file of one office. Safe for several processes and threads: none keeps it open."""

    def __init__(self, path: Path, verifier: Verifier) -> None:
        """Keep it in ``path``; ``verifier`` is the log's key."""
        self.path = path
        self._verifier = verifier
        # What stood in a place and is known to be signed: a signature is not checked twice.
        self._known: dict[bytes, Checkpoint] = {}

    def begin(self, note: str) -> None:
        """Make the file, before the office is founded; one that is there stays as it is.

        Args:
            note: The signed checkpoint of the empty log, which is the same whenever it is signed.

        Raises:
            StorageFailed: It cannot be made.
        """
        with self._failing():
            if not self.path.exists():
                try:
                    write_new(self.path, _place(note) + bytes(PLACE_BYTES), mode=0o600)
                except FileExistsError:
                    return

    def note(self) -> tuple[str, bytes]:
        """Return the name of the file, and the checkpoint in it.

        Raises:
            Unseen: It is missing, or holds no checkpoint of this log.
        """
        with self._opened(os.O_RDONLY) as handle:
            return self.path.name, self._newest(handle)[0]

    def check(self, head: Head) -> None:
        """Refuse a database that is older than what was seen; the caller holds the ledger's turn.

        Raises:
            Unseen: The file is missing, or holds no checkpoint of this log.
            RolledBack: The database's log is shorter.
            Forked: It is as long, and another one.
        """
        with self._opened(os.O_RDONLY) as handle:
            seen = self._newest(handle)[1]
        self._compare(seen, head.size, head.root)

    def check_none(self) -> None:
        """Refuse to found an office in an empty database, where one was before.

        Raises:
            Unseen: The file is missing, or holds no checkpoint of this log.
            RolledBack: The log was seen with entries.
        """
        with self._opened(os.O_RDONLY) as handle:
            seen = self._newest(handle)[1]
        self._compare(seen, 0, seen.root)

    def keep(self, note: str) -> None:
        """Note what is committed; a newer checkpoint that stands there already stays.

        Raises:
            Unseen: The file is missing, or holds no checkpoint of this log.
            StorageFailed: It cannot be written; what was committed stands.
        """
        with self._opened(os.O_RDWR) as handle:
            wait_for(
                handle,
                what="what this office saw of its log last",
                code="file-held",
                todo="run the same again when it has ended: the act stands, and is found",
                pause=_PAUSE,
            )
            content, seen, place = self._newest(handle)
            new = open_checkpoint(note, self._verifier)
            if new.size > seen.size:
                written = _place(note)
                if os.pwrite(handle, written, place * PLACE_BYTES) != PLACE_BYTES:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self._known = {content: seen, written.rstrip(b"\0"): new}

    def _newest(self, handle: int) -> tuple[bytes, Checkpoint, int]:
        """Return the newer checkpoint as it stands, what it says, and which place is free."""
        content = os.pread(handle, _PLACES * PLACE_BYTES, 0)
        found: list[tuple[int, int, bytes, Checkpoint]] = []
        for place in range(_PLACES):
            note = content[place * PLACE_BYTES : (place + 1) * PLACE_BYTES].rstrip(b"\0")
            # A write that a power cut tore leads to no signature, and the other place stands.
            checkpoint = self._signed(note)
            if checkpoint is not None:
                found.append((checkpoint.size, place, note, checkpoint))
        if not found:
            raise Unseen(f"what this office saw of its log last must be there: {self.path.name}")
        _, place, note, checkpoint = max(found, key=lambda each: each[0])
        return note, checkpoint, 1 - place

    def _signed(self, note: bytes) -> Checkpoint | None:
        known = self._known.get(note)
        if known is not None or not note:
            return known
        try:
            checkpoint = open_checkpoint(note, self._verifier)
        except ClerestoryError:
            return None
        self._known = {**self._known, note: checkpoint} if len(self._known) < 4 else {}
        return checkpoint

    def _compare(self, seen: Checkpoint, size: int, root: bytes) -> None:
        if seen.size > size:
            raise RolledBack(
                f"a log must not be shorter than what its office saw: {self.path.name} shows "
                f"{seen.size}, the database {size}",
                todo="do nothing in this database; bring back the newest one",
            )
        if seen.size == size and seen.root != root:
            raise Forked(f"one size must have one root: {self.path.name} shows another at {size}")

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        with self._failing():
            handle = os.open(self.path, flags | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                yield handle
            finally:
                os.close(handle)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as fault:
            raise Unseen(
                f"what this office saw of its log last must be there: {self.path.name} is missing"
            ) from fault
        except OSError as fault:
            raise StorageFailed(
                f"what this office saw of its log last must be kept: {self.path.name}: "
                f"{fault.strerror}",
                todo="mend the disk, then do the same again: what was committed stands, and is "
                "found",
            ) from fault


def _place(note: str) -> bytes:
    content = note.encode()
    if len(content) > PLACE_BYTES:
        raise Refusal(
            f"a checkpoint of an office has at most {PLACE_BYTES} bytes: {len(content)}",
            code="office-seen-long",
            todo="give the log's key a shorter name",
        )
    return content.ljust(PLACE_BYTES, b"\0")
