"""Whoever shares a household with somebody whose home is kept secret shares that secret."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from clerestory.holdings import (
    Catalogue,
    CatalogueFault,
    Protection,
    SourceFault,
    list_column_faults,
    load_catalogue,
    open_source,
    parse_catalogue,
    read_protections,
)
from clerestory.holdings.protections import Protections

ON = date(2026, 3, 4)
CATALOGUE = """
format = "clerestory-catalogue/1"
agency = "made-up"
[person]
table = "people"
key = "person_id"
[search_keys]
person_id = "people.person_id"
given_names = "people.given"
birth_date = "people.born"
address = "people.address"
[fields]
address = {label = "home", category = "contact", sensitivity = "personal"}
language = {label = "l", category = "status", sensitivity = "special", proxy_for_status = true}
[programs.snap]
label = "food"
members = "cases"
[programs.snap.fields]
address = {column = "people.address", source = "household"}
language = {column = "people.language", source = "household"}
[protections]
minor = {birth_date = "people.born"}
address_confidentiality = [
    {column = "people.hidden", yes = ["yes"], no = ["no", ""]},
    {filled = "people.true_address"},
]
domestic_violence = {column = "hurt.mark", yes = ["yes"], no = ["no", ""]}
sud_patient = {row_in = "treated"}
[households]
same = ["people.household", "cases.number"]
"""
HERE, THERE = "3 Sample Street, Exampleton, ME 00011", "7 Hidden Road, Exampleton, ME 00011"
# Made up: who, household, case, mark of address confidentiality, true address, mark of violence.
ALONE = [("1", "H1", "C1", "no", None, None), ("2", "H2", "C2", "no", None, None)]


def people_of(
    kind: str,
    folder: Path,
    rows: Sequence[tuple[object, ...]],
    keys: Mapping[str, object] | None = None,
) -> Path:
    """Write a made-up source; person 2 was born in 2020, is treated and lives where 1 does.

    ``keys`` says under which key person 2 stands in a table.
    """

    def key(row: tuple[object, ...], table: str) -> object:
        return row[0] if row[0] != "2" else (keys or {}).get(table, "2")

    tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {
        "people": (
            "person_id TEXT, born TEXT, address TEXT, household TEXT, hidden TEXT, "
            "true_address TEXT",
            [
                (one, "1980-01-01" if one == "1" else "2020-01-01", HERE, household, hidden, true)
                for one, household, _, hidden, true, _ in rows
            ],
        ),
        "cases": ("person_id TEXT, number TEXT", [(key(row, "cases"), row[2]) for row in rows]),
        "hurt": (
            "person_id TEXT, mark TEXT",
            [(key(row, "hurt"), row[5]) for row in rows if row[5]],
        ),
        "treated": ("person_id TEXT", [("2",)]),
    }
    if kind == "sqlite":
        file = folder / "a.sqlite"
        with sqlite3.connect(file) as connection:
            for table, (columns, held) in tables.items():
                connection.execute(f"CREATE TABLE {table} ({columns})")
                marks = ",".join("?" * (columns.count(",") + 1))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", held)
        connection.close()
        return file
    with duckdb.connect(":memory:") as written:
        for table, (columns, held) in tables.items():
            written.execute(f"CREATE TABLE {table} ({columns})")
            marks = ",".join("?" * (columns.count(",") + 1))
            for row in held:
                written.execute(f"INSERT INTO {table} VALUES ({marks})", list(row))
            written.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    return folder


def told_of(place: Path, person: str = "1", catalogue: Catalogue | None = None) -> Protections:
    source = open_source(place)
    try:
        known = catalogue or parse_catalogue(CATALOGUE.encode(), file="made-up.toml")
        return read_protections(source, known, person, on=ON)
    finally:
        source.close()


@pytest.mark.parametrize("kind", ["sqlite", "parquet"])
@pytest.mark.parametrize(
    ("other", "household", "true", "others"),
    [
        # Another household, another case.
        (("2", "H2", "C2", "yes", THERE, "yes"), set(), (), ()),
        # One household, or one case: each by itself is enough.
        (("2", "H1", "C2", "yes", None, None), {"address_confidentiality"}, (HERE,), ()),
        (("2", "H2", "C1", "yes", None, None), {"address_confidentiality"}, (HERE,), ()),
        (("2", "H1", "C1", "no", THERE, None), {"address_confidentiality"}, (HERE,), (THERE,)),
        (("2", "H1", "C1", "no", HERE, None), {"address_confidentiality"}, (HERE,), ()),
        # A mark that means neither yes nor no protects the household as it does the person.
        (("2", "H1", "C2", "perhaps", None, None), {"address_confidentiality"}, (HERE,), ()),
        (("2", "H1", "C2", "no", None, "yes"), {"domestic_violence"}, (), ()),
        (("2", "H1", "C2", "no", None, "no"), set(), (), ()),
        # That a housemate is a minor or is treated says nothing of the person.
        (("2", "H1", "C1", "no", None, None), set(), (), ()),
        (("2", "H1", "C1", "", "  ", None), set(), (), ()),
    ],
)  # fmt: skip
def test_what_hides_the_home_of_one_hides_that_of_the_household(
    other: tuple[object, ...],
    household: set[str],
    true: tuple[str, ...],
    others: tuple[str, ...],
    kind: str,
    tmp_path: Path,
) -> None:
    told = told_of(people_of(kind, tmp_path, [ALONE[0], other]))

    assert set(map(str, told.household)) == household
    assert (told.stated, told.unknown) == (frozenset(), frozenset())
    assert told.flags == household
    assert (told.true_addresses, told.others_addresses) == (true, others)


@pytest.mark.parametrize("kind", ["sqlite", "parquet"])
@pytest.mark.parametrize("blank", [None, "", " ", "N/A", "none", "Unknown", "n. a.", "xxx", "TBD"])
def test_who_has_no_number_of_a_household_is_of_nobodys(
    blank: str | None, kind: str, tmp_path: Path
) -> None:
    rows = [("1", blank, blank, "no", None, None), ("2", blank, blank, "yes", THERE, "yes")]

    told = told_of(people_of(kind, tmp_path, rows))

    assert (told.flags, told.true_addresses, told.others_addresses) == (frozenset(), (), ())


@pytest.mark.parametrize("kind", ["sqlite", "parquet"])
@pytest.mark.parametrize(
    ("own", "others", "together"),
    [
        ("h-12", "H-12", True),
        ("H-12", " H-12  ", True),
        ("H-12", "H-12\r\n", True),
        ("12", "\t0012\u00a0", True),
        ("12", "\ufeff12\u200b", True),
        ("0", " \t\r\n\u00a0", False),
        ("0012", "12", True),
        ("12", " 0012", True),
        ("0", "0", True),
        ("000", "000", True),
        ("0", "1", False),
        ("12", "120", False),
        ("12", "1 2", True),
        ("H-12", "H12", True),
        ("H-12", "H\u201312", True),
        ("H-12", "H\u221212", True),
        ("H-0012", "H 12", True),
        ("H#12", "h.12", True),
        ("12", "\uff11\uff12", True),
        ("12", "\u0661\u0662", True),
        ("12", "12.0", True),
        ("H12", "\u041d12", True),
        ("H12", "H\u00ad12\u200d", True),
        ("\u00c912", "\u00e912", True),
        ("2026-0012", "20260012", True),
        ("1\t2", "12", True),
        ("-", "-", False),
        ("#", " - ", False),
        ("H-12", "H-13", False),
        ("12.5", "12", False),
        ("12", "21", False),
        ("0", " ", False),
    ],
)
def test_one_number_written_in_two_ways_is_one_household(
    own: str, others: str, together: bool, kind: str, tmp_path: Path
) -> None:
    for column in (1, 2):
        rows: list[list[object]] = [["1", "H1", "C1", "no", None, None],
                                    ["2", "H2", "C2", "yes", None, None]]  # fmt: skip
        rows[0][column], rows[1][column] = own, others
        (place := tmp_path / str(column)).mkdir()

        told = told_of(people_of(kind, place, [tuple(row) for row in rows]))

        assert bool(told.household) is together


@pytest.mark.parametrize("kind", ["sqlite", "parquet"])
def test_a_catalogue_that_says_of_nobody_who_lives_together_is_warned_of(
    kind: str, tmp_path: Path
) -> None:
    head = CATALOGUE.partition("[households]")[0]
    harmless = (
        head.partition("address_confidentiality = [")[0] + 'sud_patient = {row_in = "treated"}'
    )
    source = open_source(people_of(kind, tmp_path, ALONE))
    try:
        told = [
            [
                (str(one.flaw.severity), one.table, one.column)
                for one in list_column_faults(
                    source, parse_catalogue(text.encode(), file="made-up.toml")
                )
                if one.flaw.code == "households-unsaid"
            ]
            for text in (head, CATALOGUE, harmless)
        ]
    finally:
        source.close()

    assert told == [[("warning", "people", "person_id")], [], []]


@pytest.mark.parametrize(
    ("designated", "true"),
    [
        (HERE, ()),
        (HERE.replace(",", "").upper(), ()),
        # Nobody has written the designated one into the file yet, which still tells the home.
        ("PO Box 1, Exampleton, ME 00011", (HERE,)),
    ],
)
@pytest.mark.parametrize("mark", ["yes", "perhaps"])
def test_the_file_of_who_takes_part_has_the_designated_address_or_still_the_home(
    mark: str, designated: str, true: tuple[str, ...], tmp_path: Path
) -> None:
    rows = [("1", "H1", "C1", mark, None, None), ("2", "H2", "C1", "no", THERE, None)]
    known = parse_catalogue(
        f"{CATALOGUE}[address_confidentiality]\ndesignated = ['{designated}']\n".encode(),
        file="made-up.toml",
    )

    told = told_of(people_of("sqlite", tmp_path, rows), catalogue=known)

    assert told.stated | told.unknown == {Protection.ADDRESS_CONFIDENTIALITY}
    assert told.household == frozenset()
    assert (told.true_addresses, told.others_addresses) == (true, (THERE,))


def test_whose_own_mark_is_in_doubt_shares_the_home_of_the_household(tmp_path: Path) -> None:
    rows = [("1", "H1", "C1", "perhaps", None, None), ("2", "H1", "C1", "yes", None, None)]

    told = told_of(people_of("sqlite", tmp_path, rows))

    assert told.unknown == {Protection.ADDRESS_CONFIDENTIALITY}
    assert told.true_addresses == (HERE,)


@pytest.mark.parametrize("kind", ["sqlite", "parquet"])
@pytest.mark.parametrize(
    ("table", "key", "is_refused"),
    [
        # The mark, or the case, of a housemate under their key in another writing.
        ("hurt", "2 ", True),
        ("hurt", "\uff12", True),
        ("hurt", "02", True),
        ("hurt", "-2", True),
        ("cases", "2\r\n", True),
        ("cases", "\u0662", True),
        # A mark of nobody, and a housemate whom the table of persons does not have.
        ("hurt", "77", False),
        ("cases", "77", True),
    ],
)
def test_a_mark_of_a_housemate_that_is_never_met_stops_all(
    table: str, key: str, is_refused: bool, kind: str, tmp_path: Path
) -> None:
    keys = {"cases": "2", "hurt": "2"} | {table: key}
    place = people_of(
        kind, tmp_path, [ALONE[0], ("2", "H2", "C1", "no", None, "yes")], keys=keys
    )  # fmt: skip

    if not is_refused:
        assert told_of(place).flags == frozenset()
        return
    with pytest.raises(SourceFault, match=rf"in another writing: {table}\.person_id") as fault:
        told_of(place)
    assert fault.value.code == "source-key-other-writing"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, set()),
        ({"cases": "2 "}, {("warning", "cases")}),
        ({"cases": "77", "hurt": "02"}, {("warning", "cases"), ("grave", "hurt")}),
    ],
)
def test_a_check_names_households_under_keys_of_nobody(
    keys: dict[str, object], told: set[tuple[str, str]], tmp_path: Path
) -> None:
    rows = [ALONE[0], ("2", "H2", "C1", "no", None, "yes")]
    source = open_source(people_of("sqlite", tmp_path, rows, keys=keys))
    try:
        listed = list_column_faults(source, parse_catalogue(CATALOGUE.encode(), file="a.toml"))
    finally:
        source.close()

    found = {
        (str(one.flaw.severity), one.table) for one in listed if one.flaw.code == "key-nobodys"
    }
    assert found == told


def test_who_is_of_another_household_is_not_stopped(tmp_path: Path) -> None:
    rows = [("1", "H1", "C1", "no", None, None), ("2", "H2", "C2", "no", None, "yes")]
    place = people_of("sqlite", tmp_path, rows, keys={"cases": "2 ", "hurt": "2 "})

    assert told_of(place).flags == frozenset()


def test_a_number_of_a_household_that_is_bytes_stops_its_person(tmp_path: Path) -> None:
    file = people_of("sqlite", tmp_path, [ALONE[0], ("2", b"H1", "C2", "yes", None, None)])

    # A housemate's is read as the text it is.
    assert told_of(file).household == {Protection.ADDRESS_CONFIDENTIALITY}
    with pytest.raises(SourceFault) as fault:
        told_of(file, "2")
    assert fault.value.code == "source-column-type"


@pytest.mark.parametrize("table", ["people", "cases"])
def test_a_key_without_a_type_is_met_as_the_text_it_is(table: str, tmp_path: Path) -> None:
    file = people_of(
        "sqlite", tmp_path, [ALONE[0], ("2", "H2", "C1", "yes", None, None)]
    )  # fmt: skip
    with sqlite3.connect(file) as connection:
        connection.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")
        rest = "born, address, household, hidden, true_address" if table == "people" else "number"
        connection.execute(f"DROP TABLE {table}")
        connection.execute(f"CREATE TABLE {table} (person_id, {rest})")
        connection.execute(
            f"INSERT INTO {table} SELECT CAST(person_id AS INTEGER), {rest} FROM loose"
        )
    connection.close()

    assert told_of(file).household == {Protection.ADDRESS_CONFIDENTIALITY}


def test_a_household_that_cannot_be_read_stops_all(tmp_path: Path) -> None:
    file = people_of("sqlite", tmp_path, ALONE)
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE cases")
    connection.close()

    with pytest.raises(SourceFault) as fault:
        told_of(file)

    assert fault.value.code == "source-lacks-column"


def test_a_household_under_keys_of_another_type_stops_all(tmp_path: Path) -> None:
    file = people_of("sqlite", tmp_path, ALONE)
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE cases")
        connection.execute("CREATE TABLE cases (person_id INTEGER, number TEXT)")
    connection.close()

    with pytest.raises(SourceFault) as fault:
        told_of(file)

    assert fault.value.code == "source-key-other-type"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('same = ["people.address"]', "people.address is snap.address"),
        ('same = ["people.born"]', "people.born is protections.minor"),
        ('same = ["people.given"]', "people.given is search_keys.given_names"),
        ('same = ["people.person_id"]', "people.person_id is [person] key"),
        ('same = ["cases.person_id"]', "cases.person_id is [person] key"),
        ('same = ["people.hidden"]', "people.hidden is protections.address_confidentiality"),
        ('same = ["people.language"]', "people.language is snap.language"),
        ("same = []", "nothing says who lives together"),
        ('same = "people.household"', "a list of codes is missing"),
        ('same = ["household"]', "a column is written table.column"),
        ('together = ["people.household"]', "no such key: households.together"),
    ],
)
def test_a_household_is_not_made_of_what_finds_or_marks_people(written: str, said: str) -> None:
    head = CATALOGUE.partition("[households]")[0]

    with pytest.raises(CatalogueFault) as fault:
        parse_catalogue(f"{head}[households]\n{written}\n".encode(), file="made-up.toml")

    assert said in str(fault.value)
    assert "made-up.toml, line " in str(fault.value)


def test_the_profile_says_who_lives_together() -> None:
    root = Path(__file__).parents[3]
    catalogue = load_catalogue(root / "profiles" / "maine-dhhs" / "catalogue.toml")

    assert [str(column) for column in catalogue.households] == ["people.household"]
    assert catalogue.columns_by_table()["people"]["household"] == ["households.same"]


@pytest.mark.parametrize(
    ("number", "code"), [("H1 ", "key-spaces"), (7.0, "key-type"), ("H1", None), (None, None)]
)
def test_a_number_of_a_household_that_would_join_nobody_is_named(
    number: object, code: str | None, tmp_path: Path
) -> None:
    file = people_of("sqlite", tmp_path, ALONE)
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE people RENAME COLUMN household TO before")
        connection.execute("ALTER TABLE people ADD COLUMN household")
        connection.execute("UPDATE people SET household = ? WHERE person_id = '2'", (number,))
    connection.close()
    source = open_source(file)

    found = list_column_faults(source, parse_catalogue(CATALOGUE.encode(), file="made-up.toml"))
    source.close()

    told = [one.flaw.code for one in found if (one.table, one.column) == ("people", "household")]
    assert [one for one in told if one.startswith("key-")] == ([code] if code else [])
