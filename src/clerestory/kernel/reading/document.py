"""A file that was read: its value, and the line on which each part stands."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from clerestory.kernel.bad_file import BadFile, Fault, key_text, show
from clerestory.kernel.bad_file import Path as KeyPath
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading.building import MAX_NODES, Mark, Part, Reading
from clerestory.kernel.reading.characters import decode, find_forbidden

MAX_FILE_BYTES = 8_000_000
"""How large a written form may be. The largest casebook has 0.3 MB."""

Kind = Literal["yaml", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file holds: dicts with text keys, lists, texts, whole numbers, days, yes and no.

    Attributes:
        value: The plain value.
        file: The file's name, for messages.
        private: Whether messages must not quote what the file holds.
        before: The keys that lead to this part of the file.
    """

    value: Any
    file: str
    private: bool = False
    before: KeyPath = ()
    mark: Mark = field(repr=False, compare=False)

    def line_of(self, path: Iterable[str | int] = ()) -> int:
        """Return the line of a key or a place; that of the nearest one around it if it is absent.

        >>> read = parse_document(b"a:\\n  - b\\n  - c\\n", file="x.yaml", kind="yaml")
        >>> read.line_of(("a", 1)), read.line_of(("a", 7))
        (3, 1)
        """
        mark = self.mark
        for step in path:
            inner = mark.inner
            if isinstance(inner, dict) and step in inner:
                mark = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and 0 <= step < len(inner):
                mark = inner[step]
            else:
                break
        return mark.line

    def at(self, *path: str | int) -> "Document":
        """Return a part of the file as a document of its own, with the lines of the file.

        Raises:
            KeyError: There is no such part.
            IndexError: There is no such part.
        """
        value, mark = self.value, self.mark
        for step in path:
            value = value[step]
            mark = mark.inner[step]  # type: ignore[index]
        return Document(
            value=value, file=self.file, private=self.private, before=(*self.before, *path),
            mark=mark,
        )  # fmt: skip

    def with_value(self, value: Any) -> "Document":
        """Return this part with another value; what is new in it has the line of what is near."""
        return replace(self, value=value)

    def fault(self, path: Sequence[str | int], what: str, write_instead: str) -> Fault:
        """Return a fault of this document, with its line and its key in the file."""
        whole = (*self.before, *path)
        return Fault(
            line=self.line_of(path),
            what=what,
            write_instead=write_instead,
            path=whole,
            key=key_text(whole, private=self.private),
        )


def read_document(
    path: Path,
    *,
    texts_only: bool = False,
    private: bool = False,
    max_bytes: int = MAX_FILE_BYTES,
    max_nodes: int = MAX_NODES,
    error: type[BadFile] = BadFile,
) -> Document:
    """Read a YAML or JSON file: JSON where its name ends in ``.json``, else YAML.

    Args:
        path: The file.
        texts_only: Keep every word as the text that is written, so that 0123 stays 0123; only an
            empty place, ``~`` and ``null`` are nothing.
        private: The file holds a person's data, which no message may quote.
        max_bytes: How large it may be.
        max_nodes: How many keys and values it may hold.
        error: The error that is raised, so that each room has its own code.

    Raises:
        BadFile: It cannot be read; all its faults at once, each with line, key and what to
            write instead.
    """
    content = read_limited(path, max_bytes, error=error)
    kind: Kind = "json" if path.suffix.lower() == ".json" else "yaml"
    return parse_document(
        content, file=show(path.name), kind=kind, texts_only=texts_only, private=private,
        max_nodes=max_nodes, error=error,
    )  # fmt: skip


def parse_document(
    content: bytes,
    *,
    file: str,
    kind: Kind,
    texts_only: bool = False,
    private: bool = False,
    max_nodes: int = MAX_NODES,
    error: type[BadFile] = BadFile,
) -> Document:
    """Read the bytes of a YAML or JSON file that is called ``file`` in messages.

    Raises:
        BadFile: As :func:`read_document`.
    """
    text, wrong = decode(content)
    wrong = wrong or find_forbidden(text, yaml=kind == "yaml", turns=not texts_only)
    if wrong:
        raise error.of(file, [wrong])
    reading = Reading(texts_only=texts_only, private=private, max_nodes=max_nodes)
    part = _reader(kind)(text, reading)
    if reading.faults:
        raise error.of(file, reading.faults)
    if part is None:
        empty = Fault(
            line=1, what="the file is empty", write_instead="write the form, or name another file"
        )
        raise error.of(file, [empty])
    return Document(value=part.value, file=file, private=private, mark=part.mark)


def _reader(kind: Kind) -> Callable[[str, Reading], Part | None]:
    # Loaded only when it is used, so that a program that reads no YAML starts without it.
    if kind == "json":
        from clerestory.kernel.reading.json_form import read_json

        return read_json
    from clerestory.kernel.reading.yaml_form import read_yaml

    return read_yaml
