"""The manifest of a pack, ``pack.toml``: what it is called, and which packs it cannot be without.

Strict, since a slip here drops law in silence: a requirement that nobody reads leaves a State's
permits without the federal law that closes what they open.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clerestory.law.errors import Fault
from clerestory.law.pack_toml import read_pack_toml

FILE = "pack.toml"
KEPT = "active"
"""The folder, beside the packs, with the files of the law that is active."""
# No plus sign: after it stands the mark of the content, which nobody writes by hand.
_EDITION = re.compile(r"[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a pack says of itself.

    ``edition`` is the version as people write it, such as ``2026.11``. ``requires`` and ``order``
    keep the order in which they are written.
    """

    name: str
    title: str
    edition: str
    requires: tuple[str, ...]
    order: tuple[str, ...]


def load_manifest(folder: Path) -> tuple[Manifest, list[Fault]]:
    """Read the manifest of the pack in ``folder``; return what can be used and every fault."""
    table, text, faults = read_pack_toml(folder / FILE)
    if not faults:
        faults += [
            Fault(FILE, _line_of(key, text), said) for key, said in _remarks(folder.name, table)
        ]
    return Manifest(
        name=_text(table, "name", folder.name),
        title=_text(table, "title", folder.name),
        edition=_text(table, "version", "0"),
        requires=_texts(table, "requires"),
        order=_texts(table, "order"),
    ), faults


def _remarks(folder: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    name = table.get("name")
    if name is None:
        yield "name", "has no name"
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "name", f"name must be small letters and digits with dashes, in quotes: {name}"
    edition = table.get("version")
    if edition is None:
        yield "version", "has no version"
    elif not isinstance(edition, str) or not _EDITION.fullmatch(edition):
        # Without quotes 2026.10 is a number, and is read as 2026.1.
        yield "version", f"version must be letters, digits and dots, in quotes: {edition}"
    yield from _requirements(_text(table, "name", folder), table)
    if not _is_texts(table.get("order", [])):
        yield "order", f"order must be a list of names in quotes: {table['order']}"
    elif twice := _twice(table, "order"):
        yield "order", f"order names a file twice: {twice}"


def _requirements(name: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    required = table.get("requires")
    if required is None:
        # Nothing said is not the same as nothing required: the list is written even when empty.
        yield "requires", "has no requires"
    elif not _is_texts(required):
        yield "requires", f"requires must be a list of names in quotes: {required}"
    elif name in _texts(table, "requires"):
        yield "requires", f"requires itself: {name}"
    elif twice := _twice(table, "requires"):
        yield "requires", f"requires names a pack twice: {twice}"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key)
    return tuple(map(str, value)) if isinstance(value, list) and _is_texts(value) else ()


def _twice(table: Mapping[str, object], key: str) -> str:
    names = _texts(table, key)
    return next((name for name in names if names.count(name) > 1), "")


def _text(table: Mapping[str, object], key: str, otherwise: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else otherwise


def _line_of(key: str, text: str) -> int:
    lines = enumerate(text.splitlines(), 1)
    return next((n for n, line in lines if re.match(rf"\s*{key}\s*=", line)), 1)
