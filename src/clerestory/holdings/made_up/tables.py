"""Every row of the made-up agency, table by table, in one fixed order.

Which tables and columns there are follows from the catalogue: an agency made from a catalogue
has what the catalogue names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

from clerestory.holdings.catalogue import Catalogue, SearchKey
from clerestory.holdings.errors import CatalogueFault
from clerestory.holdings.made_up.demo import DEMO_PEOPLE
from clerestory.holdings.made_up.people import MadeUpPerson, make_people
from clerestory.holdings.made_up.picture import draw_picture
from clerestory.holdings.made_up.values import (
    ABOUT_PERSON,
    DATED,
    HOUSEHOLD,
    IN_PROGRAM,
    MONTHLY,
    PROTECTED,
    Setting,
)

Cell = str | bytes | None
_SEARCH_VALUES = {SearchKey.GIVEN_NAMES: "given", SearchKey.FAMILY_NAMES: "family"}
_DEMO_PROGRAMS = {demo.person.person_id: demo.programs for demo in DEMO_PEOPLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its columns with the field or key each is made from, and its date column."""

    name: str
    columns: Mapping[str, str]
    dated: str | None
    program: str | None
    is_monthly: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        """All columns, in the order of the rows."""
        return ("person_id", *((self.dated,) if self.dated else ()), *self.columns)


def list_tables(catalogue: Catalogue) -> tuple[Table, ...]:
    """The tables that the catalogue names, person tables first."""
    columns: dict[str, dict[str, str]] = {catalogue.person.table: {}}
    dated: dict[str, str | None] = {}
    program: dict[str, set[str]] = {}
    monthly: set[str] = set()
    for key, column in catalogue.search.items():
        if key in _SEARCH_VALUES:
            columns[column.table][column.name] = key
    for holdings in catalogue.programs.values():
        columns.setdefault(holdings.members, {})
        program.setdefault(holdings.members, set()).add(holdings.code)
    for mark in catalogue.protections:
        held = columns.setdefault(mark.column.table, {})
        if mark.yes is not None:
            held[mark.column.name] = f"protections.{mark.protection}"
    for field in catalogue.list_fields():
        if field.column is not None:
            columns.setdefault(field.column.table, {})[field.column.name] = field.code
            dated[field.column.table] = field.dated
            if field.monthly:
                monthly.add(field.column.table)
            program.setdefault(field.column.table, set()).add(field.program)
    for column in catalogue.households:
        columns.setdefault(column.table, {})[column.name] = "households.same"
    return tuple(
        Table(
            name=name,
            columns=held,
            dated=dated.get(name),
            program=next(iter(program[name])) if len(program.get(name, ())) == 1 else None,
            is_monthly=name in monthly,
        )
        for name, held in columns.items()
    )


def make_population(*, seed: int, persons: int) -> list[MadeUpPerson]:
    """The people of the demonstration, then made-up people up to ``persons`` in all."""
    demo = [one.person for one in DEMO_PEOPLE][:persons]
    return demo + make_people(seed=seed, persons=persons - len(demo))


def make_rows(
    catalogue: Catalogue, people: Sequence[MadeUpPerson], *, seed: int
) -> Iterator[tuple[Table, Iterator[tuple[Cell, ...]]]]:
    """Every table with its rows; use up the rows of one table before asking for the next."""
    programs = {person.person_id: choose_programs(person, seed) for person in people}
    households = [list(group) for _, group in groupby(people, key=lambda one: one.household)]
    for table in list_tables(catalogue):
        yield table, _rows(table, households, programs, Random(f"{seed}/{table.name}"))  # noqa: S311


def choose_programs(person: MadeUpPerson, seed: int) -> tuple[str, ...]:
    """Which programs a made-up person is in."""
    if person.person_id in _DEMO_PROGRAMS:
        return _DEMO_PROGRAMS[person.person_id]
    random = Random(f"{seed}/programs/{person.person_id}")  # noqa: S311
    state_funded = person.origin in (3, 5, 6)
    chances = {
        "snap_state_funded" if state_funded else "snap": 0.35,
        "tanf_state_funded" if state_funded else "tanf": 0.05,
        "mainecare": 0.5 if person.adult else 0.6,
        "chip": 0.0 if person.adult else 0.2,
        "general_assistance": 0.04,
        "liheap": 0.1,
        "wic": 0.25 if person.age < 5 or (person.woman and 18 <= person.age < 40) else 0.0,
        "ccdf": 0.1 if person.age < 12 else 0.0,
        "child_support": 0.08,
        "child_protection": 0.02,
        "adult_protection": 0.01 if person.age > 60 else 0.0,
        "state_hospital": 0.003 if person.adult else 0.0,
        "sud_treatment": 0.02 if person.adult else 0.0,
        "state_clinic": 0.02,
        "ssbg": 0.03,
    }
    return tuple(program for program, chance in chances.items() if random.random() < chance)


def _rows(
    table: Table,
    households: Sequence[Sequence[MadeUpPerson]],
    programs: Mapping[str, tuple[str, ...]],
    random: Random,
) -> Iterator[tuple[Cell, ...]]:
    for household in households:
        for person in household:
            if table.program is not None and table.program not in programs[person.person_id]:
                continue
            others = household
            if table.program is not None:
                others = [one for one in household if table.program in programs[one.person_id]]
            at = Setting(
                person=person, household=others, program=table.program or "", random=random
            )
            if table.dated is None:
                yield (person.person_id, *(_cell(code, at) for code in table.columns.values()))
            else:
                yield from _dated_rows(table, at)


def _dated_rows(table: Table, at: Setting) -> Iterator[tuple[Cell, ...]]:
    codes = list(table.columns.values())
    if set(codes) <= set(MONTHLY) and table.is_monthly:
        for month in MONTHLY[codes[0]](at):
            yield (at.person.person_id, f"{month}-01", *(month for _ in codes))
        return
    most = max(DATED[code][0] for code in codes)
    # The story needs something to send.
    fewest = 2 if at.person.person_id in _DEMO_PROGRAMS else 0
    for _ in range(at.random.randrange(fewest, most + 1)):
        values = (DATED[code][1](at) for code in codes)
        yield (at.person.person_id, at.day().isoformat(), *values)


def _cell(code: str, at: Setting) -> Cell:
    if code == SearchKey.GIVEN_NAMES:
        return at.person.given
    if code == SearchKey.FAMILY_NAMES:
        return at.person.family
    if code == "photo":
        return draw_picture(at.random)
    makers = (ABOUT_PERSON, IN_PROGRAM, PROTECTED, HOUSEHOLD)
    maker = next((known[code] for known in makers if code in known), None)
    if maker is None:
        raise CatalogueFault(
            f"nothing is made up for this field: {code}",
            code="made-up-unknown-field",
            todo="make the agency from the catalogue that comes with the program",
        )
    return maker(at)
