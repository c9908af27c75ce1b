"""Read a catalogue from TOML; every fault names its file, its line and what to do."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from clerestory.holdings.catalogue import (
    Catalogue,
    Category,
    Column,
    HeldField,
    Origin,
    ProgramHoldings,
    Protection,
    ProtectionMark,
    SearchKey,
    Sensitivity,
    fold_mark,
)
from clerestory.holdings.catalogue_lines import find_line
from clerestory.holdings.catalogue_rules import list_faults
from clerestory.holdings.errors import CatalogueFault
from clerestory.holdings.told_addresses import bare_address
from clerestory.kernel import BadFile
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading import parse_toml
from clerestory.kernel.reading.toml_form import MAX_TOML_BYTES

FORMAT = "clerestory-catalogue/1"

_Code = TypeVar("_Code", bound=StrEnum)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOP = {
    "format", "agency", "person", "search_keys", "fields", "groups", "programs", "protections",
    "households", "address_confidentiality",
}  # fmt: skip
_KIND = {"label", "category", "sensitivity", "proxy_for_status"}
_HELD = {"column", "dated", "monthly", "source", "sensitivity", "proxy_for_status"}
_MARK = {"birth_date", "row_in", "filled", "column", "yes", "no"}
_PROGRAM = {"label", "members", "proxy_for_status", "uses", "fields"}


def load_catalogue(path: str | Path) -> Catalogue:
    """Read and check the catalogue of one agency.

    Raises:
        CatalogueFault: The file is missing or does not hold a catalogue; the message names the
            line, the next step what to change.
    """
    file = Path(path)
    try:
        written = read_limited(file, MAX_TOML_BYTES)
    except BadFile as fault:
        raise CatalogueFault(
            f"the catalogue cannot be opened: {fault}",
            code="catalogue-missing",
            todo="give the path of a catalogue.toml that you may read",
        ) from fault
    return parse_catalogue(written, file=str(file))


# A command reads it for each thing that it asks of it; whoever changed the file is read anew.
@lru_cache(maxsize=8)
def parse_catalogue(written: bytes, *, file: str) -> Catalogue:
    """Read a catalogue from bytes; ``file`` is only named in messages."""
    try:
        document = parse_toml(written, file=file)
    except BadFile as fault:
        raise CatalogueFault(
            f"the catalogue cannot be read: {fault}", code="catalogue-not-toml", todo=fault.todo
        ) from fault
    # What could be read is UTF-8, with or without a mark at its beginning.
    text = written.decode("utf-8-sig")
    return _Reader(file=file, text=text).read(document, hashlib.sha256(written).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    file: str
    text: str

    def read(self, document: dict[str, Any], digest: str) -> Catalogue:
        self._known(document, _TOP, ())
        if document.get("format") != FORMAT:
            self._fail(
                ("format",), "the catalogue has another format", f'write format = "{FORMAT}"'
            )
        person = Column(
            table=self._name(document, ("person", "table")),
            name=self._name(document, ("person", "key")),
        )
        kinds = self._table(document, ("fields",))
        for code, kind in kinds.items():
            self._known(self._as_table(kind, ("fields", code)), _KIND, ("fields", code))
        programs = {
            code: self._program(document, code, kinds)
            for code in self._table(document, ("programs",))
        }
        catalogue = Catalogue(
            agency=self._words(document, ("agency",)),
            person=person,
            search=self._search(document, person),
            programs=programs,
            file=self.file,
            digest=digest,
            protections=tuple(self._protections(document, person)),
            households=tuple(self._households(document)),
            designated_addresses=tuple(self._designated(document)),
        )
        for path, message, todo in list_faults(catalogue):
            self._fail(path, message, todo)
        return catalogue

    def _search(self, document: dict[str, Any], person: Column) -> dict[SearchKey, Column]:
        found = {}
        for name in self._table(document, ("search_keys",)):
            path = ("search_keys", name)
            key = self._code(SearchKey, name, path, "search key")
            found[key] = self._column(self._words(document, path), path)
            if found[key].table != person.table:
                self._fail(
                    path,
                    f"a search key must stand in the person table {person.table}: {found[key]}",
                    "name a column of that table, or make [person] table a view that has it",
                )
        for key in (SearchKey.PERSON_ID, SearchKey.GIVEN_NAMES, SearchKey.BIRTH_DATE):
            if key not in found:
                self._fail(("search_keys",), f"a search key is missing: {key}", f"add {key} = ...")
        if found[SearchKey.PERSON_ID] != person:
            # Somebody would be found by one number and read by another, which may be a neighbor's.
            self._fail(
                ("search_keys", SearchKey.PERSON_ID),
                "a person is found and read by one key: "
                f"{found[SearchKey.PERSON_ID]} is not {person}",
                f'write person_id = "{person}", or name the other column as [person] key',
            )
        return found

    def _program(
        self, document: dict[str, Any], code: str, kinds: Mapping[str, Any]
    ) -> ProgramHoldings:
        path = ("programs", code)
        program = self._table(document, path)
        self._known(program, _PROGRAM, path)
        proxy = self._flag(program, path)
        held: dict[str, HeldField] = {}
        for group in self._list(program, (*path, "uses")):
            if group not in self._table(document, ("groups",)):
                self._fail((*path, "uses"), f"no such group: {group!r}", f"add [groups.{group}]")
            for field in self._table(document, ("groups", group)):
                held[field] = self._field(document, code, proxy, ("groups", group, field), kinds)
        if "fields" in program:
            for field in self._table(document, (*path, "fields")):
                held[field] = self._field(document, code, proxy, (*path, "fields", field), kinds)
        return ProgramHoldings(
            code=code,
            label=self._words(document, (*path, "label")),
            members=self._name(document, (*path, "members")),
            proxy_for_status=proxy,
            fields=held,
            line=self._line(path),
        )

    def _field(
        self,
        document: dict[str, Any],
        program: str,
        program_is_proxy: bool,
        path: tuple[str, ...],
        kinds: Mapping[str, Any],
    ) -> HeldField:
        code = path[-1]
        held = self._table(document, path)
        self._known(held, _HELD, path)
        if code not in kinds:
            self._fail(
                path, f"no field of this code is described: {code!r}", f"add {code} to [fields]"
            )
        source = self._code(Origin, self._words(document, (*path, "source")), path, "source")
        written = held.get("column")
        if (written is None) != (source is Origin.NONE):
            self._fail(
                path,
                f"a field has a column exactly when its source is not none: {program}.{code}",
                'name the column, as column = "table.column", or write source = "none"',
            )
        dated = held.get("dated")
        if dated is not None:
            self._identifier(dated, (*path, "dated"))
        monthly = self._flag(held, path, "monthly")
        if monthly and dated is None:
            self._fail(path, f"months have a date column: {program}.{code}", 'add dated = "..."')
        label = self._words(document, ("fields", code, "label"))
        level = held.get("sensitivity", kinds[code].get("sensitivity"))
        return HeldField(
            program=program,
            code=code,
            label=label,
            category=self._code(
                Category, kinds[code].get("category"), ("fields", code), "category"
            ),
            sensitivity=self._code(Sensitivity, level, ("fields", code), "sensitivity"),
            source=source,
            column=None if written is None else self._column(written, path, program=program),
            dated=dated,
            monthly=monthly,
            proxy_for_status=program_is_proxy
            or self._flag(kinds[code], ("fields", code))
            or self._flag(held, path),
            line=self._line(path),
        )

    def _protections(self, document: dict[str, Any], person: Column) -> Iterator[ProtectionMark]:
        for name in document.get("protections", {}):
            path = ("protections", name)
            code = self._code(Protection, name, path, "protection")
            written = self._as_table(document["protections"], path[:1])[name]
            for mark in written if isinstance(written, list) else [written]:
                yield self._mark(self._as_table(mark, path), code, person, path)

    def _mark(
        self, mark: dict[str, Any], code: Protection, person: Column, path: tuple[str, ...]
    ) -> ProtectionMark:
        self._known(mark, _MARK, path)
        said = sorted(set(mark) - {"yes", "no"})
        if len(said) != 1 or (("yes" in mark or "no" in mark) and said != ["column"]):
            self._fail(
                path,
                f"a protection says in one way where it is seen: {code}",
                "write one of birth_date, row_in, filled, or column with yes and no",
            )
        [way] = said
        if (way == "birth_date") != (code is Protection.MINOR):
            self._fail(path, f"a birth date says who is a minor, and nothing else: {code}",
                       "write birth_date for minor, and one of the others elsewhere")  # fmt: skip
        if way == "row_in":
            table = self._identifier(mark[way], path)
            column = Column(table=table, name=person.name)
            return ProtectionMark(
                protection=code, column=column, is_row=True, line=self._line(path)
            )
        texts = {key: self._list(mark, (*path, key)) for key in ("yes", "no")}
        if way == "column" and not texts["yes"]:
            self._fail(path, f"nothing says what means yes: {code}", 'write yes = ["..."]')
        folded = {key: frozenset(map(fold_mark, listed)) for key, listed in texts.items()}
        if folded["yes"] & folded["no"]:
            self._fail(path, f"a text means both yes and no: {code}", "take it out of one of them")
        return ProtectionMark(
            protection=code,
            column=self._column(mark[way], path),
            is_birth_date=way == "birth_date",
            yes=folded["yes"] if way == "column" else None,
            no=folded["no"],
            line=self._line(path),
        )

    def _households(self, document: dict[str, Any]) -> Iterator[Column]:
        if "households" not in document:
            return
        path = ("households", "same")
        self._known(self._table(document, path[:1]), {"same"}, path[:1])
        written = self._list(self._table(document, path[:1]), path)
        if not written:
            self._fail(path, "nothing says who lives together", 'write same = ["table.column"]')
        for text in dict.fromkeys(written):
            yield self._column(text, path)

    def _designated(self, document: dict[str, Any]) -> Iterator[str]:
        if "address_confidentiality" not in document:
            return
        path = ("address_confidentiality", "designated")
        self._known(self._table(document, path[:1]), {"designated"}, path[:1])
        for text in self._list(self._table(document, path[:1]), path):
            # A blank would let every address leave that has neither letter nor digit.
            if not bare_address(text):
                self._fail(path, "a designated address is blank", "write the address, or no line")
            yield text

    def _column(self, written: object, path: tuple[str, ...], *, program: str = "") -> Column:
        parts = written.replace("{program}", program).split(".") if isinstance(written, str) else []
        if len(parts) != 2 or not all(_IDENTIFIER.fullmatch(part) for part in parts):
            self._fail(path, f"a column is written table.column: {written!r}", "write it so")
        return Column(table=parts[0], name=parts[1])

    def _name(self, document: dict[str, Any], path: tuple[str, ...]) -> str:
        return self._identifier(self._words(document, path), path)

    def _identifier(self, written: object, path: tuple[str, ...]) -> str:
        if not isinstance(written, str) or not _IDENTIFIER.fullmatch(written):
            self._fail(
                path,
                f"a table or column is letters, digits and _: {written!r}",
                "rename it, or add a view",
            )
        return written

    def _words(self, document: dict[str, Any], path: tuple[str, ...]) -> str:
        value = self._table(document, path[:-1]).get(path[-1])
        if not isinstance(value, str) or not value.strip():
            self._fail(path, f"a text is missing: {'.'.join(path)}", f'write {path[-1]} = "..."')
        return value

    def _list(self, table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
        value = table.get(path[-1], [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fail(
                path, f"a list of codes is missing: {'.'.join(path)}", "write a list of texts"
            )
        return value

    def _flag(
        self, table: Mapping[str, Any], path: tuple[str, ...], name: str = "proxy_for_status"
    ) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            self._fail(path, f"{name} is true or false: {value!r}", "write one of them")
        return value

    def _code(self, codes: type[_Code], value: object, path: tuple[str, ...], what: str) -> _Code:
        if value not in {str(code) for code in codes}:
            self._fail(
                path,
                f"no such {what}: {value!r}",
                f"use one of {', '.join(sorted(str(code) for code in codes))}",
            )
        return codes(value)

    def _table(self, document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        value: Any = document
        for depth, step in enumerate(path, start=1):
            value = self._as_table(value, path[: depth - 1]).get(step)
            if value is None:
                self._fail(path[:depth], f"a table is missing: {'.'.join(path[:depth])}", "add it")
        return self._as_table(value, path)

    def _as_table(self, value: object, path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fail(path, f"a table must stand here: {'.'.join(path)}", "write it as a table")
        return value

    def _known(self, table: Mapping[str, Any], known: set[str], path: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._fail(
                    (*path, key),
                    f"no such key: {'.'.join((*path, key))}",
                    f"use one of {', '.join(sorted(known))}",
                )

    def _fail(self, path: tuple[str, ...], message: str, todo: str) -> NoReturn:
        where = f"{self.file}, line {self._line(path)}"
        raise CatalogueFault(f"{message} ({where})", todo=f"{todo} ({where})")

    def _line(self, path: tuple[str, ...]) -> int:
        return find_line(self.text, path)
