"""Hold the catalogue against a source: what is missing, and what cannot be what it should be.

The form of a few rows is looked at, and no value is told. Columns that tell or suggest status are
not looked at, nor the tables of programs that do.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clerestory.holdings.catalogue import Catalogue, Column, Protection, SearchKey
from clerestory.holdings.errors import SourceFault
from clerestory.holdings.forms import Flaw, Role, Sampled, Severity, list_flaws
from clerestory.holdings.kinds import KEYS_PRINTED, HeldColumn, Kind
from clerestory.holdings.source import Scalar, Source
from clerestory.holdings.source_faults import shown

# Enough to meet what a whole column has in common; a row that stands alone is met when it is read.
SAMPLE_ROWS = 1_000
_TOLD = 5
_SEARCH_ROLES: Mapping[SearchKey, Role] = {
    SearchKey.PERSON_ID: Role.KEY,
    SearchKey.SSN: Role.SSN,
    SearchKey.MEDICAID_ID: Role.NUMBER,
    SearchKey.PHONE: Role.NUMBER,
    SearchKey.BIRTH_DATE: Role.BIRTH_DATE,
}
_FIELD_ROLES: Mapping[str, Role] = {
    "ssn": Role.SSN, "medicaid_id": Role.NUMBER, "phone": Role.NUMBER,
    "bank_account": Role.NUMBER, "date_of_birth": Role.BIRTH_DATE,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing the catalogue names and the source does not have.

    Attributes:
        column: ``None`` when the whole table is missing.
        needed_by: The fields, search keys and programs that would fail without it.
    """

    table: str
    column: str | None
    needed_by: tuple[str, ...]

    def __str__(self) -> str:
        what = (
            f"table {self.table}" if self.column is None else f"column {self.table}.{self.column}"
        )
        more = f" and {len(self.needed_by) - 3} more" if len(self.needed_by) > 3 else ""
        return f"{what} is missing, needed by {', '.join(self.needed_by[:3])}{more}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFault:
    """One thing that is wrong with a column of the source."""

    table: str
    column: str
    flaw: Flaw

    def __str__(self) -> str:
        flaw = self.flaw
        return f"{flaw.severity}: {self.table}.{self.column}: {flaw.said}; {flaw.todo}"


def list_missing(source: Source, catalogue: Catalogue) -> tuple[Missing, ...]:
    """Every table and column of the catalogue that ``source`` lacks, in name order."""
    missing = []
    for table, columns in sorted(catalogue.columns_by_table().items()):
        held = source.columns_of(table)
        if held is None:
            by = dict.fromkeys(need for needs in columns.values() for need in needs)
            missing.append(Missing(table=table, column=None, needed_by=tuple(by)))
            continue
        names = {one.name for one in held}
        missing += [
            Missing(table=table, column=column, needed_by=tuple(needs))
            for column, needs in sorted(columns.items())
            if column not in names
        ]
    return tuple(missing)


def list_column_faults(source: Source, catalogue: Catalogue) -> tuple[ColumnFault, ...]:
    """Everything that is wrong with the columns that are there, the grave ones first."""
    found: dict[tuple[str, str, str], ColumnFault] = {}
    for one in _column_faults(source, catalogue):
        found.setdefault((one.table, one.column, one.flaw.code), one)
    return tuple(sorted(found.values(), key=lambda one: (one.flaw.severity, one.table, one.column)))


def check_source(source: Source, catalogue: Catalogue) -> None:
    """Refuse a source of which no index of persons may be built.

    Raises:
        SourceFault: A column that persons are found or read by cannot be what it should be.
    """
    found = list_column_faults(source, catalogue)
    grave = [one for one in found if one.flaw.severity is Severity.GRAVE]
    if grave:
        told = "; ".join(f"{one.table}.{one.column}: {one.flaw.said}" for one in grave[:_TOLD])
        more = f"; and {len(grave) - _TOLD} more" if len(grave) > _TOLD else ""
        raise SourceFault(
            f"no index is built from this source: {told}{more}: {source.label}",
            code="source-refused",
            todo="run clerestory holdings check; mend each grave finding, then run the same again",
        )


def _column_faults(source: Source, catalogue: Catalogue) -> Iterator[ColumnFault]:
    roles = _roles(catalogue)
    key = catalogue.person.name
    kinds: dict[str, set[Kind]] = {}
    for table in sorted({column.table for column in roles}):
        held = {one.name: one for one in source.columns_of(table) or ()}
        yield from _twice(table, held, roles)
        asked = [
            one for one in roles if one.table == table and one.name in held and roles[one]
        ]  # fmt: skip
        sampled = _sampled(source, catalogue, table, [held[one.name] for one in asked])
        for column in asked:
            for role in sorted(roles[column]):
                for flaw in list_flaws(role, sampled[column.name]):
                    yield ColumnFault(table=table, column=column.name, flaw=flaw)
        if key in held:
            kinds[table] = sampled[key].kinds
            yield from _keys(source, catalogue, table)
    yield from _other_keys(catalogue, kinds)
    yield from _marks(source, catalogue)
    yield from _mark_keys(source, catalogue)
    yield from _nobody_together(catalogue)


def _nobody_together(catalogue: Catalogue) -> Iterator[ColumnFault]:
    """Marks that hide a home, where nothing says whose record tells of the same home."""
    hiding = [mark for mark in catalogue.protections if mark.protection.hides_home]
    if hiding and not catalogue.households:
        flaw = Flaw(
            severity=Severity.WARNING,
            code="households-unsaid",
            said="nothing says who lives together, so the record of a housemate tells where "
            "somebody protected lives",
            todo=f"write into {catalogue.file} under [households] the columns of the household's "
            "and the case's number",
        )
        yield ColumnFault(table=catalogue.person.table, column=catalogue.person.name, flaw=flaw)


def _roles(catalogue: Catalogue) -> dict[Column, set[Role]]:
    """What each column is for; a column that may not be looked at is for nothing."""
    roles: dict[Column, set[Role]] = {}

    def add(column: Column, role: Role) -> None:
        roles.setdefault(column, set()).add(role)
        roles.setdefault(Column(table=column.table, name=catalogue.person.name), set()).add(
            Role.KEY
        )

    for key, column in catalogue.search.items():
        add(column, _SEARCH_ROLES.get(key, Role.TEXT))
    for program in catalogue.programs.values():
        add(Column(table=program.members, name=catalogue.person.name), Role.KEY)
    for field in catalogue.list_fields():
        if field.column is not None:
            add(field.column, _FIELD_ROLES.get(field.code, Role.VALUE))
            if field.dated is not None:
                add(Column(table=field.column.table, name=field.dated), Role.DAY)
    for mark in catalogue.protections:
        add(mark.column, Role.BIRTH_DATE if mark.is_birth_date else Role.VALUE)
    for column in catalogue.households:
        add(column, Role.KEY)
    for column in catalogue.proxy_columns():
        roles[column] = set()
    return roles


def _sampled(
    source: Source, catalogue: Catalogue, table: str, columns: list[HeldColumn]
) -> dict[str, Sampled]:
    rows: list[tuple[Scalar, ...]] = []
    names = [one.name for one in columns if one.kind is not Kind.OTHER]
    if names and table not in _closed_tables(catalogue):
        rows = source.sample(table, names, SAMPLE_ROWS)
    values = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return {
        one.name: Sampled(
            kind=one.kind, values=values.get(one.name, ()), is_dynamic=source.is_dynamic
        )
        for one in columns
    }


def _closed_tables(catalogue: Catalogue) -> set[str]:
    """Tables of which no row is looked at: those of programs and marks that nearly tell status."""
    used: dict[str, set[bool]] = {}
    for program in catalogue.programs.values():
        used.setdefault(program.members, set()).add(program.proxy_for_status)
    for field in catalogue.list_fields():
        if field.column is not None:
            used.setdefault(field.column.table, set()).add(field.proxy_for_status)
    closed = {table for table, proxies in used.items() if proxies == {True}}
    marked = {
        mark.column.table
        for mark in catalogue.protections
        if mark.protection is Protection.PROTECTED_8USC1367
    }
    return (closed | marked) - {catalogue.person.table}


def _twice(
    table: str, held: Mapping[str, HeldColumn], roles: Mapping[Column, set[Role]]
) -> Iterator[ColumnFault]:
    counts = Counter(name.lower() for name in held)
    for name in held:
        if counts[name.lower()] > 1 and Column(table=table, name=name) in roles:
            flaw = Flaw(
                severity=Severity.GRAVE,
                code="column-twice",
                said="another column has the same name but for capitals",
                todo="give one of them another name",
            )
            yield ColumnFault(table=table, column=shown(name), flaw=flaw)


def _keys(source: Source, catalogue: Catalogue, table: str) -> Iterator[ColumnFault]:
    key = catalogue.person.name
    is_person = table == catalogue.person.table
    if table in _closed_tables(catalogue):
        return
    if is_person and source.has_key_missing(table, key):
        flaw = Flaw(
            severity=Severity.GRAVE,
            code="key-missing",
            said="a person has no key",
            todo="give every person one",
        )
        yield ColumnFault(table=table, column=key, flaw=flaw)
    if is_person and source.has_keys_alike(table, key):
        flaw = Flaw(
            severity=Severity.WARNING,
            code="key-alike",
            said="two keys differ in nothing but capitals or blanks, so a paper that writes "
            "neither exactly finds nobody",
            todo="find out whether they are one person, and give keys that cannot be confused",
        )
        yield ColumnFault(table=table, column=key, flaw=flaw)
    dated = {
        field.column.table for field in catalogue.list_fields() if field.column and field.dated
    }
    if table not in dated and source.has_key_twice(table, key):
        flaw = Flaw(
            severity=Severity.GRAVE if is_person else Severity.WARNING,
            code="key-twice",
            said="two rows have one key" + ("" if is_person else ", and such a person's is unread"),
            todo="let the catalogue name a view that holds only the row that is right",
        )
        yield ColumnFault(table=table, column=key, flaw=flaw)


def _other_keys(catalogue: Catalogue, kinds: Mapping[str, set[Kind]]) -> Iterator[ColumnFault]:
    own = kinds.get(catalogue.person.table)
    for table, told in kinds.items():
        if own is None or told == own or Kind.ANY in told | own:
            continue
        # 7 and 007 are one number and two texts: a person would be found and not read, or another.
        # So does a uuid, which one prints in small letters and another keeps in capitals.
        is_printed = not KEYS_PRINTED.isdisjoint(told | own)
        flaw = Flaw(
            severity=Severity.GRAVE if is_printed else Severity.WARNING,
            code="key-other-type",
            said=f"a key is a {' and '.join(sorted(told))} here and a {' and '.join(sorted(own))} "
            f"in {catalogue.person.table}",
            todo="write it in both as the same type",
        )
        yield ColumnFault(table=table, column=catalogue.person.name, flaw=flaw)


def _mark_keys(source: Source, catalogue: Catalogue) -> Iterator[ColumnFault]:
    """Keys of a table of marks or households that are nobody's: what it says is never met."""
    key, persons = catalogue.person.name, catalogue.person.table
    tables = {mark.column.table for mark in catalogue.protections}
    tables |= {column.table for column in catalogue.households}
    for table in sorted(tables - {persons}):
        held = [source.columns_of(one) or () for one in (table, persons)]
        if not all(any(one.name == key for one in columns) for columns in held):
            continue
        somebodys, nobodys = source.whose_keys(table, persons, key)
        if nobodys:
            flaw = Flaw(
                severity=Severity.WARNING if somebodys else Severity.GRAVE,
                code="key-nobodys",
                said=f"{'a key' if somebodys else 'every key'} is nobody's in {persons}, so what "
                "it says of protection is never met",
                todo=f"write each key as it stands in {persons}, blanks and capitals too",
            )
            yield ColumnFault(table=table, column=key, flaw=flaw)


def _marks(source: Source, catalogue: Catalogue) -> Iterator[ColumnFault]:
    for mark in catalogue.protections:
        table, name = mark.column.table, mark.column.name
        held = {one.name: one for one in source.columns_of(table) or ()}
        if mark.yes is None or name not in held or table in _closed_tables(catalogue):
            continue
        sampled = _sampled(source, catalogue, table, [held[name]])[name]
        texts = {("" if one is None else str(one)).strip().casefold() for one in sampled.values}
        if texts - mark.yes - mark.no:
            flaw = Flaw(
                severity=Severity.WARNING,
                code="mark-unknown",
                said="a mark of protection means neither yes nor no, so its person is protected",
                todo=f"say what it means in {catalogue.file}, line {mark.line}",
            )
            yield ColumnFault(table=table, column=name, flaw=flaw)
