"""Promises: what must hold of a law for every demand, written as data beside its policies.

A promise says in Cedar's own words for which demands (``when``) which answers are never given
(``never``), or which duties always go with them (``must``, ``after`` the answers that it names).
With ``as_if`` it says instead that such an answer is given only where it would be given as well if
those facts stood otherwise: a consent that does not cover the demand must make no difference.
``without`` says so of a whole consent or agreement: all of its facts as they are where it is not
there.

``[terms]`` names conditions that others use by ``@name``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerestory.law.conditions import parse_with_terms
from clerestory.law.errors import PackFault
from clerestory.law.fact_table import absent_of
from clerestory.law.pack_toml import read_pack_toml

FILE = "promises.toml"
# From the most open answer to the most closed one.
ANSWERS = ("release", "coarsen", "refer", "withhold")
_NEEDS: Mapping[str, type] = {"id": str, "says": str, "when": str}
_KINDS: Mapping[str, type] = {
    **_NEEDS,
    "never": list,
    "must": list,
    "after": list,
    "as_if": dict,
    "without": list,
    "cite": str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise. ``tree`` is Cedar's own JSON form of ``when``, ``cite`` what it rests on."""

    id: str
    says: str
    when: str
    never: tuple[str, ...]
    pack: str
    must: tuple[str, ...] = ()
    after: tuple[str, ...] = ANSWERS
    as_if: Mapping[str, str] = field(default_factory=dict)
    cite: str = ""
    tree: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFile:
    """What one file promises, and the conditions that it names."""

    promises: tuple[Promise, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)


def load_promises(folders: Sequence[Path]) -> list[Promise]:
    """Read the ``promises.toml`` of each pack folder; a pack may have none of its own.

    Raises:
        PackFault: A file or a promise cannot be read, or two promises have one id; the message
            names the pack and the promise.
    """
    files = [read_promises(folder / FILE, folder.name) for folder in folders]
    return each_once([promise for file in files for promise in file.promises])


def each_once(promises: Sequence[Promise]) -> list[Promise]:
    """Return the promises, and stop where two have one id.

    Raises:
        PackFault: Two have.
    """
    known: dict[str, Promise] = {}
    for promise in promises:
        if promise.id in known:
            raise PackFault(
                f"{promise.pack}/{FILE}: {promise.id}: stands twice, also in "
                f"{known[promise.id].pack}/{FILE}",
                todo="give each promise an id of its own",
            )
        known[promise.id] = promise
    return list(known.values())


def read_promises(path: Path, pack: str) -> PromiseFile:
    """Read one file of promises; a file that is not there promises nothing.

    Raises:
        PackFault: The file or a promise cannot be read.
    """
    if not path.is_file():
        return PromiseFile()
    whole, _, faults = read_pack_toml(path)
    if faults:
        raise PackFault(
            f"{pack}/{path.name}, line {faults[0].line}, {faults[0].text}",
            todo="mend the line that is named",
        )
    tables = whole.get("promise", [])
    where = f"{pack}/{path.name}"
    # Under a misspelled name a promise would be kept by nobody, and nobody told.
    if unknown := sorted(set(whole) - {"promise", "terms"}):
        raise _bad_key(f"{where}: {unknown[0]} is no table of this file")
    if not isinstance(tables, list):
        raise _bad_key(f"{where}: promise must be a list of tables")
    return PromiseFile(
        promises=tuple(_promise(table, where, pack) for table in tables),
        terms=read_terms(whole, where),
    )


def read_terms(whole: Mapping[str, object], where: str) -> dict[str, str]:
    """Return the conditions that a file names, as they are written.

    Raises:
        PackFault: They are no table of texts.
    """
    terms = whole.get("terms", {})
    if not isinstance(terms, dict) or not all(isinstance(text, str) for text in terms.values()):
        raise PackFault(
            f"{where}: terms must be a table of conditions",
            todo='write [terms] and under it name = "condition"',
        )
    return dict(terms)


def _promise(table: Any, where: str, pack: str) -> Promise:
    if not isinstance(table, dict):
        raise _bad_key(f"{where}: promise must be a list of tables")
    name = str(table.get("id", "a promise without id"))
    wrong = sorted(set(_NEEDS) - set(table))
    wrong += sorted(key for key in table if not isinstance(table[key], _KINDS.get(key, ())))
    wrong += [] if ("never" in table) != ("must" in table) else ["never"]
    if wrong:
        raise _bad_key(f"{where}: {name}: mend the key {wrong[0]}")
    never = tuple(map(str, table.get("never", ())))
    if "never" in table and (not never or not set(never) <= set(ANSWERS)):
        raise PackFault(
            f"{where}: {name}: never must name answers: {', '.join(never) or 'none'}",
            todo=f"choose from {', '.join(ANSWERS)}",
        )
    after = tuple(map(str, table.get("after", ANSWERS)))
    if not after or not set(after) <= set(ANSWERS):
        raise PackFault(
            f"{where}: {name}: after must name answers: {', '.join(after) or 'none'}",
            todo=f"choose from {', '.join(ANSWERS)}",
        )
    return Promise(
        id=name,
        says=" ".join(table["says"].split()),
        when=table["when"],
        never=never,
        pack=pack,
        must=tuple(map(str, table.get("must", ()))),
        after=after,
        as_if=_as_if(table, f"{where}: {name}"),
        cite=table.get("cite", ""),
        tree=parse_with_terms(table["when"], f"{where}: {name}"),
    )


def _as_if(table: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return the facts that stand otherwise: those of what is not there, and single ones."""
    heads = [str(head) for head in table.get("without", ())]
    facts: dict[str, str] = {}
    for head in heads:
        absent = absent_of(head)
        if not absent or "" in absent.values():
            raise _bad_key(f"{where}: without names a consent or an agreement: {head}")
        facts |= {f"{head}.{part}": code for part, code in absent.items()}
    return facts | {str(path): str(code) for path, code in table.get("as_if", {}).items()}


def _bad_key(message: str) -> PackFault:
    return PackFault(
        message,
        todo="write [[promise]] with id, says, when and never, and perhaps as_if or without",
    )
