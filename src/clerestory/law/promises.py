"""Promises: what must hold of a pack for every demand, written as data beside its policies.

A promise says in Cedar's own words for which demands (``when``) which answers are never given
(``never``). With ``as_if`` it says instead that such an answer is given only where it would be
given as well if those facts stood otherwise: a consent that does not cover the demand must make
no difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerestory.law.conditions import parse_condition
from clerestory.law.errors import PackFault
from clerestory.law.pack_toml import read_pack_toml

# From the most open answer to the most closed one.
ANSWERS = ("release", "coarsen", "refer", "withhold")
_NEEDS: Mapping[str, type] = {"id": str, "says": str, "when": str, "never": list}
_KINDS: Mapping[str, type] = {**_NEEDS, "as_if": dict}


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
        PackFault: A file or a promise cannot be read, or two promises have one id; the message
            names the pack and the promise.
    """
    promises: dict[str, Promise] = {}
    for folder in folders:
        for promise in _read(folder / "promises.toml", folder.name):
            if promise.id in promises:
                raise PackFault(
                    f"{promise.pack}/promises.toml: {promise.id}: stands twice, also in "
                    f"{promises[promise.id].pack}/promises.toml",
                    todo="give each promise an id of its own",
                )
            promises[promise.id] = promise
    return list(promises.values())


def _read(path: Path, pack: str) -> list[Promise]:
    if not path.is_file():
        return []
    whole, _, faults = read_pack_toml(path)
    if faults:
        raise PackFault(
            f"{pack}/{path.name}, line {faults[0].line}, {faults[0].text}",
            todo="mend the line that is named",
        )
    tables = whole.get("promise", [])
    where = f"{pack}/promises.toml"
    if not isinstance(tables, list):
        raise _bad_key(f"{where}: promise must be a list of tables")
    return [_promise(table, where, pack) for table in tables]


def _promise(table: Any, where: str, pack: str) -> Promise:
    if not isinstance(table, dict):
        raise _bad_key(f"{where}: promise must be a list of tables")
    name = str(table.get("id", "a promise without id"))
    wrong = sorted(set(_NEEDS) - set(table))
    wrong += sorted(key for key in table if not isinstance(table[key], _KINDS.get(key, ())))
    if wrong:
        raise _bad_key(f"{where}: {name}: mend the key {wrong[0]}")
    never = tuple(map(str, table["never"]))
    if not never or not set(never) <= set(ANSWERS):
        raise PackFault(
            f"{where}: {name}: never must name answers: {', '.join(never) or 'none'}",
            todo=f"choose from {', '.join(ANSWERS)}",
        )
    return Promise(
        id=name,
        says=" ".join(table["says"].split()),
        when=table["when"],
        never=never,
        pack=pack,
        as_if={str(path): str(code) for path, code in table.get("as_if", {}).items()},
        tree=parse_condition(table["when"], f"{where}: {name}"),
    )


def _bad_key(message: str) -> PackFault:
    return PackFault(
        message, todo="write [[promise]] with id, says, when and never, and perhaps as_if"
    )
