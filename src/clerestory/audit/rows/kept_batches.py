"""The batches of a file of demands, each answered once, so that a run that was stopped goes on."""

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

T = TypeVar("T")
Result = Mapping[str, Any]
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
        kept = name.with_suffix(".json")
        if kept.is_file():
            # A note is put in place last and whole, so one that is there is of a finished batch.
            known: Result = json.loads(kept.read_text("utf-8"))
            return known
        result = answer(self.file.batch(number), name)
        draft = name.with_suffix(".draft")
        draft.write_text(json.dumps(result), "utf-8")
        draft.replace(kept)
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
