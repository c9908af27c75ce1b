"""The batches of a file of demands, each answered once, so that a run that was stopped goes on."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from clerestory.audit.rows.columns import BadReplayFile
from clerestory.audit.rows.file import DemandFile, Say
from clerestory.kernel import digest_of
from clerestory.kernel.files import write_whole

T = TypeVar("T")
Result = Mapping[str, Any]
_NOTE = ".json"
# Answers a batch; whatever else it keeps of it, it writes under the name given, with a suffix.
Answer = Callable[[pa.Table, Path], Result]


@dataclass(frozen=True)
class KeptBatches:
    """A file and the folder ``work`` for what is done of it.

    ``marks`` tell what the answers rest on from all else: results of other laws, or of another
    content of the file, are never taken for these.
    """

    file: DemandFile
    work: Path
    marks: Sequence[str] = field(repr=False)

    def add_up(self, answer: Answer, add: Callable[[Iterator[Result], Path], T], say: Say) -> T:
        """Check the file, answer every batch that is not done, and add all up.

        Args:
            answer: Answers one batch; its result is plain JSON.
            add: Takes the results in order, and the folder in which they are kept.
            say: Told how far the work is.

        Raises:
            BadReplayFile: The file is not in order, or changed meanwhile.
        """
        batches, done = self.file.batches(), self._folder()
        try:
            if not (done / "checked").is_file():
                self.file.check(say, self.work)
                done.mkdir(parents=True, exist_ok=True)
                (done / "checked").touch()
            found = add(self._results(answer, done, batches, say), done)
        except BadReplayFile:
            # What cannot be read may have been written over.
            self._check_unchanged(done)
            raise
        self._check_unchanged(done)
        return found

    @property
    def made_up(self) -> bool:
        """Whether the file says that its demands are made up."""
        return b"clerestory.made-up" in (self.file.open().schema_arrow.metadata or {})

    def _folder(self) -> Path:
        return self.work / digest_of([self.file.digest(), *self.marks])[:24]

    def _results(self, answer: Answer, done: Path, batches: int, say: Say) -> Iterator[Result]:
        for number in range(batches):
            say(f"batch {number + 1} of {batches}")
            yield self._result(answer, done / f"batch-{number:05}", number)

    def _result(self, answer: Answer, name: Path, number: int) -> Result:
        known = _read_note(name)
        if known is not None:
            return known
        result = answer(self.file.batch(number), name)
        write_whole(name.with_suffix(_NOTE), _note(json.dumps(result), name))
        return result

    def _check_unchanged(self, done: Path) -> None:
        if self._folder() == done:
            return
        # Its notes may be of either content, so none of them is kept.
        shutil.rmtree(done, ignore_errors=True)
        raise BadReplayFile(
            f"the file changed while it was read: {self.file.path}",
            code="replay-file-changed",
            todo="let nobody write to the file, then run the same again",
        )


def _note(result: str, name: Path) -> bytes:
    """Write what was answered for a batch, under a digest of it and of what was kept beside it."""
    digest = hashlib.sha256(result.encode())
    for beside in sorted(name.parent.glob(f"{name.name}.*")):
        if beside.suffix != _NOTE:
            with beside.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"\n{beside.name} {content}".encode())
    return f"{digest.hexdigest()}\n{result}\n".encode()


def _read_note(name: Path) -> Result | None:
    """Return what was answered, or nothing where the batch is not done, or not whole any more."""
    kept = name.with_suffix(_NOTE)
    if not kept.is_file():
        return None
    content = kept.read_bytes()
    result = content.partition(b"\n")[2].removesuffix(b"\n").decode(errors="replace")
    if content != _note(result, name):
        return None
    known: Result = json.loads(result)
    return known
