"""The shape of the written forms, as published JSON Schemas."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from clerestory.demands.errors import BadDemand
from clerestory.demands.leaves import Problem
from clerestory.demands.said import with_facts
from clerestory.demands.shape import find_problems
from clerestory.kernel.bad_file import Fault, key_text
from clerestory.kernel.reading import Document


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Return a published schema: ``demand``, ``case`` or ``determination``."""
    folder = resources.files("clerestory.demands") / "schemas"
    content = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
    assert isinstance(content, dict)  # noqa: S101 (our own file)
    return with_facts(content) if name == "demand" else content


def check_shape(document: Document | object, name: str = "demand") -> None:
    """Check a document against a schema.

    Raises:
        BadDemand: It does not follow the form; with every fault, its place and what to write.
    """
    faults = faults_of(document, find_problems(plain(document), schema(name)))
    if faults:
        raise BadDemand.of(file_of(document), faults)


def faults_of(document: Document | object, problems: Iterable[Problem]) -> list[Fault]:
    """Give problems their lines, where the document was read from a file."""
    if isinstance(document, Document):
        return [document.fault(each.path, each.what, each.write_instead) for each in problems]
    return [
        Fault(line=0, what=each.what, write_instead=each.write_instead, path=each.path,
              key=key_text(each.path))
        for each in problems
    ]  # fmt: skip


def plain(document: Document | Any) -> Any:
    """Return the value of a document, read from a file or not."""
    return document.value if isinstance(document, Document) else document


def file_of(document: Document | object) -> str:
    """Return what a message calls the document."""
    return document.file if isinstance(document, Document) else "the document"
