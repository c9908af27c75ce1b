"""Promises: what must hold of a pack for every demand, written as data beside its policies.

A promise says in Cedar's own words for which demands (``when``) which answers are never given
(``never``). With ``as_if`` it says instead that such an answer is given only where it would be
given as well if those facts stood otherwise: a consent that does not cover the demand must make
no difference.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerestory.law.conditions import parse_condition
from clerestory.law.errors import PackFault

# From the most open answer to the most closed one.
ANSWERS = ("release", "coarsen", "refer", "withhold")
_KEYS = {"id", "says", "when", "never", "as_if"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise. ``tree`` is Cedar's own JSON form of ``when``."""

    id: str
    says: str
    when: str
    never: tuple[str, ...]
    pack: str
    as_if: Mapping[str, str] = field(default_factory=dict)
    tree: Mapping[str, Any] = field(repr=False)


def load_promises(folders: Sequence[Path]) -> list[Promise]:
    """Read the ``promises.toml`` of each pack folder; a pack may have none of its own.

    Raises:
        PackFault: A file or a promise cannot be read; the message names the pack and the promise.
    """
    return [p for folder in folders for p in _read(folder / "promises.toml", folder.name)]


def _read(path: Path, pack: str) -> list[Promise]:
    if not path.is_file():
        return []
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("promise", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise PackFault(
            f"{pack}/promises.toml cannot be read: {fault}", todo="mend the line that is named"
        ) from fault
    return [_promise(table, f"{pack}/promises.toml", pack) for table in tables]


def _promise(table: Mapping[str, Any], where: str, pack: str) -> Promise:
    name = str(table.get("id", "a promise without id"))
    missing = sorted({"id", "says", "when", "never"} - set(table)) + sorted(set(table) - _KEYS)
    if missing:
        raise PackFault(
            f"{where}: {name}: mend the key {missing[0]}",
            todo="a promise has id, says, when and never, and may have as_if",
        )
    never = tuple(map(str, table["never"]))
    if not never or not set(never) <= set(ANSWERS):
        raise PackFault(
            f"{where}: {name}: never must name answers: {', '.join(never) or 'none'}",
            todo=f"choose from {', '.join(ANSWERS)}",
        )
    return Promise(
        id=name,
        says=" ".join(str(table["says"]).split()),
        when=str(table["when"]),
        never=never,
        pack=pack,
        as_if={str(path): str(code) for path, code in dict(table.get("as_if", {})).items()},
        tree=parse_condition(str(table["when"]), f"{where}: {name}"),
    )
