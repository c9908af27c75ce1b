"""The public directory: plain files that any web server can serve and anyone can copy.

A tile is written to a temporary file, forced to disk and renamed; its folder is forced to disk
before the checkpoint that covers it appears. A file that stands is never replaced by other bytes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clerestory.kernel.files import Steps, no_steps, open_regular, sync_folder, write_whole
from clerestory.kernel.locks import wait_for
from clerestory.ledger.errors import Forked

CHECKPOINT = "checkpoint"

_CHECKPOINT_LIMIT = 2_000_000


class PublicFiles:
    """Writes one log's public directory."""

    def __init__(self, folder: Path, *, steps: Steps = no_steps) -> None:
        """Write below ``folder``, which is made when the first file comes."""
        self._folder = folder
        self._steps = steps
        self._changed: set[Path] = set()

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from publishing at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder.parent / "publish.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait_for(
                handle,
                what=f"the lock of publishing beside {self._folder.name!a}",
                code="file-held",
                todo="run the same again when it has ended; end it if it hangs, and the next run "
                "publishes what is missing",
            )
            yield
        finally:
            os.close(handle)

    def checkpoint(self) -> bytes | None:
        """Return the checkpoint that is public now, if one is."""
        try:
            with open_regular(self._folder / CHECKPOINT) as file:
                return file.read(_CHECKPOINT_LIMIT)
        except FileNotFoundError:
            return None

    def put(self, path: str, content: bytes) -> None:
        """Add one file that never changes; the same bytes again are passed over.

        Raises:
            Forked: The file stands with other bytes: whoever copied it holds another log.
        """
        target = self._folder / path
        try:
            with open_regular(target) as file:
                # One byte more than is right shows a file that goes on.
                standing = file.read(len(content) + 1)
        except FileNotFoundError:
            self._write(target, content)
            return
        if standing != content:
            byte = next(
                (i for i, (a, b) in enumerate(zip(standing, content, strict=False)) if a != b),
                min(len(standing), len(content)),
            )
            raise Forked(
                f"a published file must keep its bytes: {path} differs at byte {byte}",
                todo="stop publishing; compare the file with the copies that others hold, then "
                "move a damaged file away and run: clerestory log audit --repair",
            )

    def put_checkpoint(self, note: str) -> None:
        """Force the files to disk, then let the checkpoint appear."""
        self.flush()
        self._write(self._folder / CHECKPOINT, note.encode())
        self.flush()

    def flush(self) -> None:
        """Force every changed folder to disk."""
        for folder in sorted(self._changed):
            self._steps(f"sync folder {folder.relative_to(self._folder.parent)}")
            sync_folder(folder)
        self._changed.clear()

    def _write(self, target: Path, content: bytes) -> None:
        name = target.relative_to(self._folder)
        self._make(target.parent)
        write_whole(
            target,
            content,
            # The name is always the same, so that a file left by a crash is used up by the next
            # run; nobody else writes here, since the caller holds the lock.
            draft_name=f".{target.name}.new",
            # Folders are forced to disk together, before the checkpoint appears.
            sync_name=False,
            steps=lambda step: self._steps(f"{step} {name}"),
        )
        self._changed.add(target.parent)

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        if folder != self._folder:
            self._make(folder.parent)
        folder.mkdir(exist_ok=True, parents=True)
        # A new folder is an entry of its parent, which must reach the disk too; the folder itself
        # is forced for what is put into it.
        self._changed.add(folder.parent)
