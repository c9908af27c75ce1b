"""Answers that are files, as they are given at the command line."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from clerestory.demands import Item
from clerestory.disclosure import Value, attach_file
from clerestory.kernel import Refusal


def file_pairs(pairs: Sequence[str]) -> dict[str, Path]:
    """Read what was typed as ``REF=PATH`` or ``PROGRAM/REF=PATH``.

    Raises:
        Refusal: It is not in that form, or one answer is given twice.
    """
    files: dict[str, Path] = {}
    for pair in pairs:
        ref, _, path = pair.partition("=")
        if not ref or not path:
            raise Refusal(
                f"an answer in a file must be written REF=PATH: {pair!r}",
                code="answer-file-missing",
                todo="write --file REF=PATH, such as --file S*.procedures=procedures.pdf",
            )
        if ref in files:
            raise Refusal(
                f"one answer must be given in one file: {ref} twice",
                code="answer-file-twice",
                todo="leave out one of the two; join them into one document if both are meant",
            )
        files[ref] = Path(path)
    return files


def answers_in_files(items: Iterable[Item], files: Mapping[str, Path]) -> dict[Item, Value]:
    """Return the answers about nobody in particular, each of which somebody wrote.

    Raises:
        Refusal: One is missing, is given that nobody may have, or is no document.
    """
    asked = [item for item in items if item.subject.endswith("*")]
    times = Counter(item.ref for item in asked)
    left = dict(files)
    values: dict[Item, Value] = {}
    for item in asked:
        path = left.pop(f"{item.program}/{item.ref}", None)
        if path is None and times[item.ref] == 1:
            path = left.pop(item.ref, None)
        if path is None:
            # One file is never taken for the answers of two programs because both are called so.
            name = item.ref if times[item.ref] == 1 else f"{item.program}/{item.ref}"
            raise Refusal(
                f"the answer to {name} must be given as a file",
                code="answer-file-missing",
                todo=f"write it, see that no small cell is left, and add --file {name}=PATH",
            )
        values[item] = attach_file(path, item.ref)
    if left:
        raise Refusal(
            f"a file must answer what is asked and released: {', '.join(sorted(left))}",
            code="answer-file-not-asked",
            todo="leave it out; what concerns a person is read from the records alone",
        )
    return values
