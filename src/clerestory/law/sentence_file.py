"""One file of sentences, read strictly: a word that nobody says would be left out of a letter.

A file names its language and who reviewed it, and holds some of these tables:

``findings``, ``defined``, ``facts``: two clauses for each word, ``yes`` and ``no``, each a plain
statement. What stands in the entry itself is for every reader; a reader's own group inside it, such
as ``person``, stands in its place; ``helper`` is for who asks in the person's name, who otherwise
reads what the person reads. A fact's clauses have a slot ``{codes}``; one whose codes have
clauses of their own has an entry ``"path = code"`` for each. ``unsaid = true`` marks what would
tell whether the agency holds a file, or what is in it: no letter says it, in either way.

``codes``: by list, what each code is called, as it stands in such a slot.

``phrases``: what joins clauses, and other whole texts. ``authorities``: the texts of authorities,
in another language than that of their own file, or said shorter, with the ``citation`` by which a
letter calls them. A reader who is not named reads the authority's own text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from clerestory.kernel.bad_file import Fault, key_text
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading.toml_form import MAX_TOML_BYTES, parse_toml
from clerestory.law.errors import PackFault

READERS = ("counsel", "requester", "person")
"""Who reads: the agency's lawyers, whoever asks for records, and the person they are about."""
HELPER = "helper"
"""Who asks in the person's name. Where nothing is said for them they read what the person reads."""
CLAUSES = ("findings", "defined", "facts")
TEXTS = ("phrases", "authorities")
TABLES = (*CLAUSES, "codes", *TEXTS)
# What an authority may have said beside what its readers read: how it answers who relies on it in
# vain, and how it is cited.
_MORE = ("not_met", "citation")
_EVERY = "every"
_UNSAID = "unsaid"
_SLOT = "{codes}"
_ODD = re.compile(r"_|[{}]|\s\s|^\s|\s$|\.$|\n")
_HEAD = ("language", "reviewed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What is said of a word, both ways.

    ``one`` and ``not_one`` are for a single code, where it reads otherwise than several; ``only``
    and ``empty``, with their contraries, for a set that holds nothing else, or nothing.
    """

    yes: str
    no: str
    one: str = ""
    not_one: str = ""
    only: str = ""
    not_only: str = ""
    empty: str = ""
    some: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceFile:
    """One file. ``content`` are its bytes, ``keys`` what it says, as the table, list and word."""

    file: str
    language: str
    reviewed: str
    clauses: Mapping[str, Mapping[str, Mapping[str, Clause]]] = field(repr=False)
    names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(repr=False)
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(repr=False)
    unsaid: frozenset[tuple[str, str]]
    content: bytes = field(repr=False)

    @property
    def keys(self) -> Iterator[tuple[str, ...]]:
        """Every word that the file has a sentence for."""
        for tables in (self.clauses, self.texts):
            for table, words in tables.items():
                yield from ((table, word) for word in words)
        for list_name, codes in self.names.items():
            yield from (("codes", list_name, code) for code in codes)


def read_sentence_file(path: Path) -> SentenceFile:
    """Read a file of sentences.

    Raises:
        PackFault: It cannot be read; the message names every key that is wrong.
    """
    return _read(
        read_limited(path, MAX_TOML_BYTES, error=PackFault),
        language=path.parent.name,
        name=path.name,
    )


# Read once for each content, as a pack is: every answer speaks.
@lru_cache(maxsize=64)
def _read(content: bytes, *, language: str, name: str) -> SentenceFile:
    file = f"{language}/{name}"
    whole = parse_toml(content, file=file, error=PackFault)
    reading = _Reading(content.decode("utf-8-sig"))
    read = reading.file(whole, language)
    if reading.faults:
        raise PackFault.of(file, reading.faults)
    return SentenceFile(file=file, content=content, **read)


class _Reading:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._unsaid: set[tuple[str, str]] = set()
        self.faults: list[Fault] = []

    def file(self, whole: Mapping[str, Any], language: str) -> dict[str, Any]:
        for key in whole:
            if key not in (*_HEAD, *TABLES):
                self._fault((key,), "no such table", f"use one of {', '.join(TABLES)}")
        for key in _HEAD:
            if not isinstance(whole.get(key), str):
                self._fault((key,), "it is no text", f'write {key} = "..." at the top')
        if whole.get("language") != language:
            self._fault(("language",), "it is not that of its folder", f'write "{language}"')
        return {
            "language": language,
            "reviewed": str(whole.get("reviewed", "")).strip(),
            "clauses": {
                table: {
                    word: self._clauses(entry, (table, word))
                    for word, entry in self._group(whole[table], (table,)).items()
                }
                for table in CLAUSES
                if table in whole
            },
            "unsaid": frozenset(self._unsaid),
            "names": {
                list_name: {
                    code: self._texts(text, ("codes", list_name, code))
                    for code, text in self._group(codes, ("codes", list_name)).items()
                }
                for list_name, codes in self._group(whole.get("codes", {}), ("codes",)).items()
            },
            "texts": {
                table: {
                    key: self._texts(text, (table, key))
                    for key, text in self._group(whole[table], (table,)).items()
                }
                for table in TEXTS
                if table in whole
            },
        }

    def _group(self, value: Any, path: tuple[str, ...]) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._fault(path, "it is no group", "write it as a [table] with its keys below")
        return {}

    def _clauses(self, entry: Any, path: tuple[str, ...]) -> dict[str, Clause]:
        """Return the clauses of a word for each reader."""
        entry = self._group(entry, path)
        mark = entry.get(_UNSAID, False)
        if not isinstance(mark, bool):
            self._fault((*path, _UNSAID), "it is no mark", "write true or false without quotes")
        elif mark:
            self._unsaid.add((path[0], path[1]))
        shared = {k: text for k, text in entry.items() if k not in (*READERS, HELPER, _UNSAID)}
        found: dict[str, Clause] = {}
        for reader in (*READERS, *([HELPER] if HELPER in entry else [])):
            own = self._group(entry.get(reader, {}), (*path, reader))
            said = {**shared, **own}
            for key in said:
                place = (*path, reader, key) if key in own else (*path, key)
                if key not in Clause.__slots__:
                    self._fault(place, "no such key", "write yes and no, and readers' own groups")
                elif wrong := self._wrong(said[key], slot=path[0] == "facts"):
                    self._fault(place, *wrong)
            if missing := [key for key in ("yes", "no") if key not in said]:
                self._fault((*path, reader), f"it has no {missing[0]}", "write both clauses")
            texts = {k: str(v) for k, v in said.items() if k in Clause.__slots__}
            found[reader] = Clause(**{"yes": "", "no": "", **texts})
        return found

    def _texts(self, entry: Any, path: tuple[str, ...]) -> dict[str, str]:
        """Return what something is called, or a whole text, for each reader."""
        table = {_EVERY: entry} if isinstance(entry, str) else self._group(entry, path)
        more = _MORE if path[0] == "authorities" else ()
        for key, text in table.items():
            if key not in (_EVERY, *READERS, HELPER, *more):
                self._fault((*path, key), "no such reader", f"use {_EVERY} or a reader")
            elif wrong := self._wrong(text, free=path[0] != "codes"):
                self._fault((*path, key), *wrong)
        if more and not table:
            self._fault(path, "it says nothing", "write the text for a reader, or take it out")
        found = {key: str(table[key]) for key in more if key in table}
        for reader in READERS:
            # An authority has texts of its own, which stand where none is said here.
            if reader not in table and _EVERY not in table and not more:
                self._fault(path, f"{reader} has no text", f"write one, or one for {_EVERY}")
            found[reader] = str(table.get(reader, table.get(_EVERY, "")))
        if HELPER in table:
            found[HELPER] = str(table[HELPER])
        return found

    def _wrong(
        self, text: Any, *, slot: bool = False, free: bool = False
    ) -> tuple[str, str] | None:
        if not isinstance(text, str) or not text.strip():
            return "it is no text", "write a sentence in quotes"
        if free:
            return None
        plain = text.replace(_SLOT, "x", 1) if slot else text
        if _ODD.search(plain):
            return (
                "a clause has no code, no slot but {codes}, no full stop and no idle space",
                "write a plain clause that can stand inside a sentence",
            )
        return None

    def _fault(self, path: tuple[str, ...], what: str, write_instead: str) -> None:
        fault = Fault(
            line=self._line(path), what=what, write_instead=write_instead, path=path,
            key=key_text(path),
        )  # fmt: skip
        if fault not in self.faults:
            self.faults.append(fault)

    def _line(self, path: tuple[str, ...]) -> int:
        """Return the line on which a word stands, as near as it can be told."""
        found = 0
        for word in path:
            name = rf'"?{re.escape(word)}"?'
            stands = re.compile(
                rf"\s*(?:\[(?:[^\]]*\.)?{name}[\].]|(?:\w+\.)?{name}\s*[.=])|.*[{{,]\s*{name}\s*="
            )
            for number in range(max(found, 1), len(self._lines) + 1):
                if stands.match(self._lines[number - 1]):
                    found = number
                    break
        return found
