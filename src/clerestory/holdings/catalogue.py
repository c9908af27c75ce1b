"""What the agency holds: programs, fields, and where each value stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from clerestory.holdings.errors import ReadFault


class Origin(StrEnum):
    """Who the agency has a value from. The law of a value follows it."""

    HOUSEHOLD = "household"
    AGENCY = "agency"
    IRS = "irs"
    SSA = "ssa"
    NDNH = "ndnh"
    PROCESSOR = "processor"
    PROVIDER = "provider"
    DHS_SAVE = "dhs_save"
    NONE = "none"


class Sensitivity(StrEnum):
    """How much harm a wrong disclosure does, from least to most."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SPECIAL = "special"


class Category(StrEnum):
    """What a field is about."""

    IDENTITY = "identity"
    CONTACT = "contact"
    FAMILY = "family"
    STATUS = "status"
    MONEY = "money"
    BENEFIT = "benefit"
    HEALTH = "health"
    CASEWORK = "casework"
    AGENCY = "agency"


class SearchKey(StrEnum):
    """Everything that a person may be found by. There is no other key, and no way to add one.

    A value that tells or suggests immigration status, nationality, birthplace or language is
    not here on purpose: an alien registration number finds nobody.
    """

    PERSON_ID = "person_id"
    SSN = "ssn"
    MEDICAID_ID = "medicaid_id"
    GIVEN_NAMES = "given_names"
    FAMILY_NAMES = "family_names"
    OTHER_NAMES = "other_names"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"


class Protection(StrEnum):
    """What a record may say that protects its person: codes of the demand vocabulary's flags.

    Each is read for the one person found, and for nothing else: nobody is found, listed or counted
    by it. What stands here may only add protection.
    """

    ADDRESS_CONFIDENTIALITY = "address_confidentiality"
    DOMESTIC_VIOLENCE = "domestic_violence"
    FAMILY_VIOLENCE_INDICATOR = "family_violence_indicator"
    MINOR = "minor"
    PROTECTED_8USC1367 = "protected_8usc1367"
    SUD_PATIENT = "sud_patient"

    @property
    def hides_home(self) -> bool:
        """Whether it keeps secret where its person lives, and so where the household does."""
        return self not in {Protection.MINOR, Protection.SUD_PATIENT}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Column:
    """One column of one table of the source."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldField:
    """One field of one program.

    Attributes:
        column: Where the value stands; ``None`` when there is nothing to read for one person.
        dated: Name of the date column when a person has many rows, one for each day or event.
        monthly: Each row is of a whole month and has its first day, so that it is read where the
            period has any day of that month.
        proxy_for_status: The field, or its whole program, tells or suggests status.
        line: Where the catalogue says so, for messages.
    """

    program: str
    code: str
    label: str
    category: Category
    sensitivity: Sensitivity
    source: Origin
    column: Column | None
    dated: str | None
    proxy_for_status: bool
    line: int
    monthly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionMark:
    """Where a record says that its person is protected, and what there means yes.

    Attributes:
        column: A birth date where ``is_birth_date``; the person's key of a table where a row of
            the person is all that is asked for (``is_row``).
        yes: The texts that mean yes, in small letters; ``None``: whatever stands there.
        no: The texts that mean no; an empty text is a missing value. Any other text is neither.
    """

    protection: Protection
    column: Column
    is_birth_date: bool = False
    is_row: bool = False
    yes: frozenset[str] | None = None
    no: frozenset[str] = frozenset()
    line: int = 1

    @property
    def holds_address(self) -> bool:
        """Whether what stands in the column is the address that is kept confidential."""
        whatever = self.yes is None and not self.is_row and not self.is_birth_date
        return whatever and self.protection is Protection.ADDRESS_CONFIDENTIALITY


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramHoldings:
    """One program: the table of the people in it, and its fields by code."""

    code: str
    label: str
    members: str
    proxy_for_status: bool
    fields: Mapping[str, HeldField]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that one agency holds.

    Attributes:
        person: The table with one row for each person, and its key column. The key has the
            same name in every table.
        search: The columns a person may be found by, each in the person table.
        digest: SHA-256 of the catalogue's bytes, so that an index knows what it was built for.
        protections: Where a record says that its person is protected.
        households: Columns in which people of one household or case have the same value.
        designated_addresses: What a program of address confidentiality gives out in place of
            each home: the only addresses of who takes part that leave without counsel.
    """

    agency: str
    person: Column
    search: Mapping[SearchKey, Column]
    programs: Mapping[str, ProgramHoldings]
    file: str
    digest: str
    protections: tuple[ProtectionMark, ...] = ()
    households: tuple[Column, ...] = ()
    designated_addresses: tuple[str, ...] = ()

    def get_field(self, program: str, code: str) -> HeldField:
        """Return one field of one program.

        Raises:
            ReadFault: The catalogue does not know the program, or the field in it.
        """
        if program not in self.programs:
            raise ReadFault(
                f"the catalogue has no program of this code: {program!r}",
                code="holdings-unknown-program",
                todo=f"use a code of {self.file}, or add [programs.{program}] there",
            )
        fields = self.programs[program].fields
        if code not in fields:
            raise ReadFault(
                f"the catalogue has no such field in program {program}: {code!r}",
                code="holdings-unknown-field",
                todo=f"use a code of {self.file}, or add it to [programs.{program}.fields]",
            )
        return fields[code]

    def list_fields(self) -> Iterator[HeldField]:
        """Every field of every program, in the catalogue's order."""
        for program in self.programs.values():
            yield from program.fields.values()

    def proxy_columns(self) -> frozenset[Column]:
        """Every column that tells or suggests status.

        A column that other programs use as well, such as the name, is not made a proxy by a
        program that is one; a table that only such a program uses is.
        """
        plain = {f.column for f in self.list_fields() if not f.proxy_for_status}
        return frozenset(
            f.column
            for f in self.list_fields()
            if f.proxy_for_status and f.column is not None and f.column not in plain
        )

    def columns_by_table(self) -> dict[str, dict[str, list[str]]]:
        """Table, column, and what needs that column, as ``program.field`` or ``search key``."""
        needed: dict[str, dict[str, list[str]]] = {}

        def need(table: str, column: str, by: str) -> None:
            needed.setdefault(table, {}).setdefault(column, []).append(by)

        need(self.person.table, self.person.name, "[person]")
        for key, column in self.search.items():
            need(column.table, column.name, f"search_keys.{key}")
        for program in self.programs.values():
            need(program.members, self.person.name, f"programs.{program.code}.members")
        for mark in self.protections:
            need(mark.column.table, mark.column.name, f"protections.{mark.protection}")
            need(mark.column.table, self.person.name, f"protections.{mark.protection}")
        for column in self.households:
            need(column.table, column.name, "households.same")
            need(column.table, self.person.name, "households.same")
        for field in self.list_fields():
            if field.column is None:
                continue
            by = f"{field.program}.{field.code}"
            need(field.column.table, field.column.name, by)
            need(field.column.table, self.person.name, by)
            if field.dated is not None:
                need(field.column.table, field.dated, by)
        return needed


def fold_mark(text: str) -> str:
    """A written mark as it is compared: without capitals and outer spaces.

    >>> fold_mark(" Yes")
    'yes'
    """
    return text.strip().casefold()
