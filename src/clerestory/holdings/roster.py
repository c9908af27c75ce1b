"""Persons that a paper names, read strictly: who a demand's refs are, and a requester's roster.

Values stay the texts that were written, so that a package can say in the requester's own words
whom it is about. No message quotes one.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from clerestory.holdings.errors import QueryFault, RosterFault
from clerestory.holdings.lookups import Purpose
from clerestory.holdings.query import Found, PersonQuery, Reason, Refused, tell_requester
from clerestory.holdings.search import PersonSearch
from clerestory.kernel.bad_file import Fault, show
from clerestory.kernel.files import read_limited
from clerestory.kernel.reading import Document, parse_document, read_document
from clerestory.kernel.reading.characters import decode, folded

MAX_ROWS = 5_000
_MAX_BYTES = 2_000_000
_DEMAND = "demand"  # the key of a file for --who that says whose it is
_MARKS = tuple(field.name for field in fields(PersonQuery))
_COLUMNS = (*_MARKS, "ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """One person as a paper names one.

    Attributes:
        row: Its place, from 1.
        ref: What the paper or the demand calls the person, such as ``S1``; ``None`` for none.
        marks: What was written of the person, unchanged.
        query: The same, read.
    """

    row: int
    ref: str | None
    marks: Mapping[str, str]
    query: PersonQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPersons:
    """The persons of one file, in its order. No two are written alike."""

    file: str
    persons: tuple[NamedPerson, ...]

    def only(self, refs: Collection[str]) -> "NamedPersons":
        """Return the persons with these refs, so that nobody else is looked up."""
        return replace(self, persons=tuple(one for one in self.persons if one.ref in refs))

    def marks_of(self, ref: str) -> Mapping[str, str]:
        """Return what was written of the person with this ref.

        Raises:
            KeyError: There is no such person.
        """
        return {person.ref: person.marks for person in self.persons}[ref]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What the search says of one row.

    Attributes:
        person_id: The one right person; ``None`` when nobody is named.
        told: What the requester may be told. It is the same whether somebody is held or not.
        staff_reasons: Why nobody is named. For the agency's staff, never for a requester.
    """

    row: int
    ref: str | None
    person_id: str | None
    told: tuple[str, ...] = ()
    staff_reasons: tuple[Reason, ...] = ()


def read_who(
    path: Path, *, demand: str, refs: Collection[str], needed: Collection[str]
) -> NamedPersons:
    """Read whom a demand names: for each ref the marks that its paper gives.

    Args:
        path: A YAML or JSON file: ``demand: ID`` and ``S1: {name: ..., birth_date: ...}``.
        demand: The demand's id, which the file must name: every demand has an S1.
        refs: The refs that the demand has.
        needed: Those that must be in the file.

    Raises:
        RosterFault: It is another demand's, a ref or a mark is unknown, twice or missing, or a
            value cannot be read. All faults at once, each with its line.
    """
    document = read_document(path, texts_only=True, private=True, error=RosterFault)
    return _who_in(document, demand, refs, needed)


def parse_who(
    content: bytes, *, demand: str, refs: Collection[str], needed: Collection[str]
) -> NamedPersons:
    """Read whom a demand names from what such a file holds, written in YAML.

    Raises:
        RosterFault: As :func:`read_who`.
    """
    document = parse_document(
        content, file=demand, kind="yaml", texts_only=True, private=True, error=RosterFault
    )
    return _who_in(document, demand, refs, needed)


def _who_in(
    document: Document, demand: str, refs: Collection[str], needed: Collection[str]
) -> NamedPersons:
    faults, persons = _persons_by_ref(document, demand)
    written = set(document.value) - {_DEMAND} if isinstance(document.value, dict) else set()
    if isinstance(document.value, dict) and _DEMAND not in document.value:
        what = "the file does not say which demand it is for"
        faults.append(
            document.fault(
                (), what, f"write demand: {demand} above the refs, if its paper names them"
            )
        )
    for ref in sorted(written):
        if ref not in refs:
            faults.append(
                document.fault(
                    (ref,), "the demand has no such person",
                    f"write one of {', '.join(sorted(refs))}, or take it out",
                )
            )  # fmt: skip
    for ref in sorted(
        set(needed) - set(document.value if isinstance(document.value, dict) else ())
    ):
        what = f"nothing says whom the demand names as {ref}"
        faults.append(document.fault((), what, "write name, birth_date and one more mark"))
    return _checked(document.file, persons, faults)


def read_roster(path: Path, *, demand: str | None = None) -> NamedPersons:
    """Read a roster: CSV with one person a row, or YAML or JSON with a list or with refs.

    The columns are the marks (name, birth_date, ssn ...) and, if there are any, ``ref``. With refs
    it may say which demand it is for, as a file for ``--who`` does.

    Raises:
        RosterFault: It is for another demand than ``demand``; the file, a column or a row cannot
            be used; two rows are alike; or there are more than ``MAX_ROWS``. All faults at once,
            each with its line; nobody is looked up.
    """
    name = show(path.name)
    content = read_limited(path, _MAX_BYTES, error=RosterFault)
    if path.suffix.lower() in {".yaml", ".yml", ".json"}:
        document = parse_document(
            content,
            file=name,
            kind="json" if path.suffix.lower() == ".json" else "yaml",
            texts_only=True,
            private=True,
            error=RosterFault,
        )  # fmt: skip
        if isinstance(document.value, dict):
            faults, persons = _persons_by_ref(document, demand)
        else:
            faults, persons = _persons_in_list(document)
    else:
        faults, persons = _persons_in_csv(content)
    return _checked(name, persons, faults)


def resolve_roster(
    search: PersonSearch, named: NamedPersons, *, purpose: Purpose, at: datetime
) -> tuple[Resolved, ...]:
    """Look up each person by itself, in the order of the file; one look-up is recorded for each.

    Two rows that come to one person name nobody, neither of them: at least one is a mistake.
    """
    resolved = [_resolve(search, person, purpose, at) for person in named.persons]
    rows: dict[str, int] = {}
    for one in resolved:
        if one.person_id is not None:
            rows[one.person_id] = rows.get(one.person_id, 0) + 1
    twice = Refused(reasons=(Reason.TWO_ROWS_ONE_PERSON,))
    return tuple(
        replace(
            one, person_id=None, told=tell_requester(twice), staff_reasons=twice.reasons
        )
        if one.person_id is not None and rows[one.person_id] > 1
        else one
        for one in resolved
    )  # fmt: skip


def _resolve(search: PersonSearch, person: NamedPerson, purpose: Purpose, at: datetime) -> Resolved:
    its = replace(purpose, ref=person.ref or f"row {person.row}")
    answer = search.find(person.query, purpose=its, at=at)
    if isinstance(answer, Found):
        return Resolved(row=person.row, ref=person.ref, person_id=answer.person_id)
    return Resolved(
        row=person.row, ref=person.ref, person_id=None, told=tell_requester(answer),
        staff_reasons=answer.reasons,
    )  # fmt: skip


def _persons_by_ref(
    document: Document, demand: str | None
) -> tuple[list[Fault], list[NamedPerson]]:
    """Read the persons by ref; where the file says which demand it is for, it must be this one."""
    if not isinstance(document.value, dict):
        what = "whom the demand names is written by ref"
        return [document.fault((), what, "write S1: and below it name: and more")], []
    faults: list[Fault] = []
    if demand is not None and document.value.get(_DEMAND, demand) != demand:
        # What stands there is not quoted: it may be a name.
        what = f"the file is for another demand than {demand}"
        faults.append(document.fault((_DEMAND,), what, "give the file of this demand"))
    by_ref = {ref: marks for ref, marks in document.value.items() if ref != _DEMAND}
    persons = [
        person
        for row, (ref, marks) in enumerate(by_ref.items(), start=1)
        if (person := _person(document, (ref,), row, str(ref), marks, faults))
    ]
    return faults, persons


def _persons_in_list(document: Document) -> tuple[list[Fault], list[NamedPerson]]:
    if not isinstance(document.value, list):
        return [document.fault((), "a roster is a list of persons", "write - name: and more")], []
    faults: list[Fault] = []
    persons = []
    for row, marks in enumerate(document.value, start=1):
        ref = marks.get("ref") if isinstance(marks, dict) else None
        if ref is not None and not isinstance(ref, str):
            faults.append(document.fault((row - 1, "ref"), "a ref is one text", "write ref: S1"))
            continue
        if isinstance(marks, dict):
            marks = {key: value for key, value in marks.items() if key != "ref"}
        person = _person(document, (row - 1,), row, ref, marks, faults)
        persons += [person] if person else []
    return faults, persons


def _person(
    document: Document,
    path: tuple[str | int, ...],
    row: int,
    ref: str | None,
    marks: Any,
    faults: list[Fault],
) -> NamedPerson | None:
    """Read one person; note every fault with its line."""
    if not isinstance(marks, dict):
        faults.append(document.fault(path, "a person is written by marks", "write name: and more"))
        return None
    kept = {key: value for key, value in marks.items() if value is not None}
    before = len(faults)
    for key, value in kept.items():
        if wrong := _mark_fault(key, value):
            faults.append(document.fault((*path, key), f"row {row}: {wrong}", wrong.todo))
    if len(faults) > before:
        return None
    try:
        query = PersonQuery.from_mapping(kept)
    except QueryFault as wrong:
        faults.append(document.fault(path, f"row {row}: {wrong}", wrong.todo))
        return None
    return NamedPerson(row=row, ref=ref, marks=MappingProxyType(kept), query=query)


def _mark_fault(key: str, value: object) -> QueryFault | None:
    """What is wrong with one mark by itself."""
    try:
        PersonQuery.from_mapping({key: value})
    except QueryFault as wrong:
        return wrong
    return None


def _persons_in_csv(content: bytes) -> tuple[list[Fault], list[NamedPerson]]:
    text, wrong = decode(content)
    if wrong:
        return [replace(wrong, write_instead="save it as CSV UTF-8")], []
    if "\0" in text:
        return [_fault(1, "the file is no text", "save it as CSV UTF-8")], []
    rows = _csv_rows(text)
    try:
        _, header = next(rows)
        header = [name.strip() for name in header]
        if wrong := _header_fault(header):
            return [wrong], []
        return _csv_persons(header, rows)
    except StopIteration:
        return [_fault(1, "the file is empty", "write a header, and a person a row")], []
    except csv.Error:
        return [
            _fault(0, "the file is no CSV", "close every quotation mark, and save it again")
        ], []


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    end = 0
    for row in reader:
        line, end = end + 1, reader.line_num
        # A spreadsheet writes lines that hold nothing, with commas or without.
        if any(cell.strip() for cell in row):
            yield line, row


def _header_fault(header: Sequence[str]) -> Fault | None:
    columns = f"use {', '.join(_COLUMNS)}"
    if len(header) == 1 and any(sign in header[0] for sign in ";\t|"):
        return _fault(1, "the columns are not separated by commas", "save it with commas")
    for place, name in enumerate(header, start=1):
        if name in _COLUMNS:
            continue
        # Never quoted: where the header is missing, the first line is a person's.
        if not name:
            return _fault(
                1, f"column {place} has no name", "delete the column, also if it is empty"
            )
        plain = "_".join(name.casefold().split())
        if plain in _COLUMNS:
            return _fault(
                1, f"column {place} must be written as {plain}", "use small letters and _"
            )
        what = f"column {place} is called by no name of a roster's column"
        return _fault(1, what, f"write the names of the columns in the first line: {columns}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        return _fault(1, f"a column stands twice: {twice[0]}", "keep one of them")
    if "name" not in header:
        return _fault(1, "a roster has a column name", columns)
    return None


def _csv_persons(
    header: Sequence[str], rows: Iterator[tuple[int, list[str]]]
) -> tuple[list[Fault], list[NamedPerson]]:
    faults: list[Fault] = []
    persons: list[NamedPerson] = []
    for row, (line, cells) in enumerate(rows, start=1):
        if len(cells) != len(header):
            what = f"row {row} has {len(cells)} values for {len(header)} columns"
            faults.append(_fault(line, what, "put a value that has a comma into quotation marks"))
            continue
        marks = {key: cell for key, cell in zip(header, cells, strict=True) if cell.strip()}
        ref = marks.pop("ref", None)
        wrong = next((w for key, value in marks.items() if (w := _mark_fault(key, value))), None)
        try:
            query = PersonQuery.from_mapping(marks)
        except QueryFault as fault:
            wrong = wrong or fault
        if wrong:
            faults.append(_fault(line, f"row {row}: {wrong}", wrong.todo))
            continue
        persons.append(NamedPerson(row=row, ref=ref, marks=MappingProxyType(marks), query=query))
    return faults, persons


def _checked(file: str, persons: Sequence[NamedPerson], faults: list[Fault]) -> NamedPersons:
    """Return the persons, unless there is a fault, none, too many, or the same one twice."""
    if not persons and not faults:
        faults.append(_fault(1, "nobody is named", "write a person a row"))
    if len(persons) > MAX_ROWS:
        what = f"a roster has {MAX_ROWS} rows at most: {len(persons)}"
        faults.append(_fault(0, what, "send it in parts"))
    seen: dict[PersonQuery, NamedPerson] = {}
    refs: dict[str, NamedPerson] = {}
    for person in persons:
        first = seen.setdefault(person.query, person)
        # S1 and s1 with a space behind it would be two persons under one name.
        ref = folded((person.ref or "").strip())
        same_ref = refs.setdefault(ref, person) if ref else person
        for other in {id(one): one for one in (first, same_ref)}.values():
            if other is not person:
                what = f"rows {other.row} and {person.row} are the same person or have one ref"
                faults.append(_fault(0, what, "keep one of them"))
    if faults:
        raise RosterFault.of(file, faults)
    return NamedPersons(file=file, persons=tuple(persons))


def _fault(line: int, what: str, write_instead: str) -> Fault:
    return Fault(line=line, what=what, write_instead=write_instead)
