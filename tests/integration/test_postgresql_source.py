"""PostgreSQL as it is met in the field: keys of every type, moments with zones, locked doors."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from clerestory.holdings import SourceFault, open_source
from clerestory.holdings.catalogue import Column
from clerestory.holdings.kinds import Kind
from clerestory.holdings.one_row import Household, OneRow
from clerestory.holdings.postgresql_source import PostgresqlSource
from clerestory.holdings.row_digests import RowDigests, digest_of_row
from clerestory.holdings.writings import writings
from clerestory.kernel import Period

pytest.importorskip("psycopg", reason="psycopg is not installed")

UUID = "0f0e0d0c-0b0a-4999-8888-777766665555"
YEAR = Period(valid_from=date(2026, 1, 1), valid_to=date(2026, 4, 1))


@pytest.fixture
def base(server: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (
            "DROP SCHEMA IF EXISTS made_up CASCADE",
            "CREATE SCHEMA made_up",
            "CREATE TYPE made_up.\"Short Code\" AS ENUM ('p1', 'P1', '7')",
            "CREATE DOMAIN made_up.eight AS text CHECK (length(value) = 8)",
        ):
            connection.exec_driver_sql(statement)
    yield engine
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA made_up CASCADE")
    engine.dispose()


def run(base: sa.Engine, *statements: str) -> None:
    with base.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def opened(server: str, **more: Any) -> PostgresqlSource:
    return PostgresqlSource(f"{server}&options=-c%20search_path%3Dmade_up,public", **more)


def read(
    source: PostgresqlSource, person: str, columns: tuple[str, ...] = ("name",), **more: Any
) -> list[tuple[Any, ...]]:
    row = OneRow(
        table="people", columns=columns, key="id", person_id=person, **{"members": None, **more}
    )
    return list(source.read_one(row))


@pytest.mark.parametrize(
    ("written", "stored", "asked", "found"),
    [
        ("integer", "7", "7", True),
        ("integer", "7", "007", False),
        ("integer", "7", " 7", False),
        ("integer", "7", "7.0", False),
        ("integer", "7", "nobody", False),
        ("integer", "7", "99999999999999999999", False),
        ("integer", "7", "", False),
        ("bigint", "9007199254740993", "9007199254740993", True),
        ("bigint", "9007199254740993", "9007199254740992", False),
        ("smallint", "-7", "-7", True),
        ("numeric(10,0)", "7", "7", True),
        ("numeric(10,0)", "7", "7.4", False),
        ("uuid", f"'{UUID}'", UUID, True),
        ("uuid", f"'{UUID}'", UUID.upper(), False),
        ("uuid", f"'{UUID}'", "{" + UUID + "}", False),
        ("uuid", f"'{UUID}'", "nobody", False),
        ('made_up."Short Code"', "'p1'", "p1", True),
        ('made_up."Short Code"', "'p1'", "P1", False),
        ('made_up."Short Code"', "'p1'", "none", False),
        ("char(5)", "'ab'", "ab", True),
        ("char(5)", "'ab'", "ab   ", False),
        ("char(5)", "'abcde'", "abcdef", False),
        ("varchar(5)", "'abcde'", "abcdef", False),
        ("varchar(5)", "'abcde'", "abcde", True),
        ("text", "'007'", "007", True),
        ("text", "'007'", "7", False),
        ("text", "'7'", "7\0", False),
        ("text", "'7'", "7\udce9", False),
        ("text", "'7'", "7' OR '1'='1", False),
        ("made_up.eight", "'abcdefgh'", "abcdefgh", True),
        ("made_up.eight", "'abcdefgh'", "abc", False),
    ],
)
def test_a_key_of_every_type_is_read_by_its_exact_text(
    written: str, stored: str, asked: str, found: bool, server: str, base: sa.Engine
) -> None:
    run(
        base,
        f"CREATE TABLE made_up.people (id {written} PRIMARY KEY, name text)",
        f"INSERT INTO made_up.people VALUES ({stored}, 'x')",
    )
    source = opened(server)

    rows = read(source, asked)
    [(key,)] = list(source.scan_keys("people", ["id"], "id"))
    again = read(source, str(key))
    source.close()

    assert rows == [("x",)] * found
    assert isinstance(key, str)
    assert (key == asked) is found
    assert again == [("x",)]


def test_a_key_without_regard_to_capitals_is_still_one_persons(
    server: str, base: sa.Engine
) -> None:
    try:
        run(base, "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public")
    except sa.exc.DBAPIError:
        pytest.skip("citext is not installed")
    run(
        base,
        "CREATE TABLE made_up.people (id citext PRIMARY KEY, name text)",
        "INSERT INTO made_up.people VALUES ('Ab', 'x')",
    )
    source = opened(server)

    found = [read(source, key) for key in ("Ab", "AB", "ab")]
    source.close()

    assert found == [[("x",)], [], []]


@pytest.mark.parametrize("written", ["integer", "uuid", "char(8)", "text"])
def test_one_person_is_read_by_the_index(written: str, server: str, base: sa.Engine) -> None:
    make = "gen_random_uuid()" if written == "uuid" else "n"
    run(
        base,
        f"CREATE TABLE made_up.people (id {written} PRIMARY KEY, name text)",
        f"INSERT INTO made_up.people SELECT {make}, 'x' FROM generate_series(1, 20000) n",
        "ANALYZE made_up.people",
    )
    statements: list[tuple[str, Any]] = []
    source = opened(server, recorder=lambda text, given: statements.append((text, given)))
    key = UUID if written == "uuid" else "77"
    read(source, key)
    source.close()

    text, given = statements[-1]
    with base.connect() as connection:
        connection.exec_driver_sql("SET search_path = made_up, public")
        plan = connection.exec_driver_sql(f"EXPLAIN {text}", given).scalars().all()
    assert any("Index Scan using people_pkey" in line for line in plan), plan


@pytest.mark.parametrize("written", ["double precision", "real", "numeric", "boolean", "jsonb"])
def test_a_key_that_is_printed_in_several_ways_is_never_read(
    written: str, server: str, base: sa.Engine
) -> None:
    run(base, f"CREATE TABLE made_up.people (id {written}, name text)")
    source = opened(server)

    with pytest.raises(SourceFault, match=r"people\.id") as fault:
        read(source, "900")
    source.close()

    assert fault.value.code == "source-key-type"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("interval", "'1 mon'"),
        ("made_up.pair", "row('x', 1)::made_up.pair"),
        ("jsonb", "'\"x\"'"),
        ("integer[]", "'{1,2}'"),
        ("daterange", "'[2026-01-01,)'"),
        ("money", "12.5"),
    ],
)
def test_a_value_of_a_type_that_is_not_read_is_refused_by_its_column(
    written: str, value: str, server: str, base: sa.Engine
) -> None:
    run(
        base,
        "CREATE TYPE made_up.pair AS (a text, b integer)",
        f"CREATE TABLE made_up.people (id text, name text, odd {written})",
        f"INSERT INTO made_up.people VALUES ('1', 'x', {value})",
    )
    source = opened(server)

    with pytest.raises(SourceFault, match=r"people\.odd holds a type that is not read") as fault:
        read(source, "1", columns=("name", "odd"))
    assert read(source, "1") == [("x",)]
    source.close()

    assert fault.value.code == "source-column-type"


def test_two_tables_may_have_keys_of_two_types(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id integer, name text)",
        "CREATE TABLE made_up.cases (id text)",
        "INSERT INTO made_up.people VALUES (7, 'x')",
        "INSERT INTO made_up.cases VALUES ('7')",
    )
    source = opened(server)

    assert read(source, "7", members="cases") == [("x",)]
    assert read(source, "07", members="cases") == []
    source.close()


@pytest.mark.parametrize(
    ("written", "zone", "days"),
    [
        ("date", None, ["2026-01-01", "2026-03-31"]),
        ("text", None, ["2026-01-01", "2026-03-31"]),
        ("timestamp", None, ["2026-01-01 00:00", "2026-03-31 23:59"]),
        # Half past one in the morning of 1 April in UTC is still March in Maine, and half past
        # four of 1 January is still December.
        ("timestamptz", "America/New_York", ["2026-01-01 05:00+00", "2026-04-01 01:30+00"]),
    ],
)
def test_a_period_is_half_open_on_the_holders_days(
    written: str, zone: str | None, days: list[str], server: str, base: sa.Engine
) -> None:
    outside = ["2025-12-31", "2026-04-02"]
    if written == "timestamptz":
        outside = ["2026-01-01 04:59+00", "2026-04-01 04:00+00"]
    rows = ", ".join(f"(1, '{day}', '{day}')" for day in [*days, *outside])
    run(
        base,
        f"CREATE TABLE made_up.people (id integer, on_day {written}, name text)",
        f"INSERT INTO made_up.people VALUES {rows}",
        "SET TIME ZONE 'Asia/Tokyo'",
    )
    source = opened(server, zone=zone)

    found = read(source, "1", dated="on_day", period=YEAR)
    source.close()

    assert found == [(day,) for day in days]


def test_a_moment_has_no_day_without_a_zone(server: str, base: sa.Engine) -> None:
    run(base, "CREATE TABLE made_up.people (id integer, on_day timestamptz, name text)")
    source = opened(server)

    with pytest.raises(SourceFault, match=r"people\.on_day") as fault:
        read(source, "1", dated="on_day", period=YEAR)
    source.close()

    assert fault.value.code == "source-no-zone"


@pytest.mark.parametrize("day", ["04/05/2026", "20260405", "5-Apr-26", "", "2026-04-05T01:30Z"])
def test_a_text_that_is_no_day_is_named_whatever_the_period(
    day: str, server: str, base: sa.Engine
) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id integer, on_day text, name text)",
        f"INSERT INTO made_up.people VALUES (1, '{day}', 'x'), (2, '2026-01-01', 'y')",
    )
    source = opened(server)

    with pytest.raises(SourceFault, match=r"people\.on_day") as fault:
        read(source, "1", dated="on_day", period=YEAR)
    other = read(source, "2", dated="on_day", period=YEAR)
    source.close()

    assert fault.value.code == "source-date-form"
    assert other == [("y",)]


def test_rows_that_a_policy_hides_are_not_taken_for_none(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id text, name text)",
        "INSERT INTO made_up.people VALUES ('1', 'a'), ('2', 'b')",
        "ALTER TABLE made_up.people ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE made_up.people FORCE ROW LEVEL SECURITY",
        "CREATE POLICY half ON made_up.people USING (id = '1')",
        "DROP ROLE IF EXISTS made_up_reader",
        "CREATE ROLE made_up_reader LOGIN",
        "GRANT USAGE ON SCHEMA made_up TO made_up_reader",
        "GRANT SELECT ON made_up.people TO made_up_reader",
    )
    reader = sa.make_url(server).set(username="made_up_reader")
    source = opened(reader.render_as_string(hide_password=False))
    try:
        with pytest.raises(SourceFault, match="hides rows of the table people") as fault:
            read(source, "2")
        with pytest.raises(SourceFault, match="hides rows of the table people"):
            list(source.scan_keys("people", ["id"], "id"))
        run(base, "ALTER ROLE made_up_reader BYPASSRLS")
        assert read(source, "2") == [("b",)]
    finally:
        source.close()
        run(base, "DROP OWNED BY made_up_reader", "DROP ROLE made_up_reader")

    assert fault.value.code == "source-rows-hidden"
    assert "BYPASSRLS" in str(fault.value.todo)


def test_a_check_compares_keys_as_they_are_read(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id uuid)",
        f"INSERT INTO made_up.people VALUES ('{UUID}')",
        "CREATE TABLE made_up.capitals (id text)",
        f"INSERT INTO made_up.capitals VALUES ('{UUID.upper()}'), (NULL)",
        "CREATE TABLE made_up.padded (id char(40))",
        f"INSERT INTO made_up.padded VALUES ('{UUID}')",
        "CREATE TABLE made_up.nobodys (id text)",
    )
    source = opened(server)

    told = [source.whose_keys(one, "people", "id") for one in ("capitals", "padded", "nobodys")]
    source.close()

    assert told == [(False, True), (True, False), (False, False)]


def test_a_key_in_another_writing_is_seen(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id text)",
        "INSERT INTO made_up.people VALUES ('P1'), ('P2'), ('p2')",
        "CREATE TABLE made_up.capitals (id text)",
        "INSERT INTO made_up.capitals VALUES ('p1'), ('p2'), (NULL)",
        "CREATE TABLE made_up.ends (id text)",
        "INSERT INTO made_up.ends VALUES (E'P1\\r\\n'), ('P11')",
        "CREATE TABLE made_up.own (id char(9))",
        "INSERT INTO made_up.own VALUES ('P1')",
    )
    source = opened(server)

    seen = {
        (table, person): bool(writings(person) & source.keys_of_nobody(table, "people", "id"))
        for table in ("capitals", "ends", "own")
        for person in ("P1", "P2")
    }
    source.close()

    assert {one for one, is_like in seen.items() if is_like} == {
        ("capitals", "P1"), ("ends", "P1")
    }  # fmt: skip


def test_kinds_and_samples_are_told(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id integer, born date, amount double precision, note jsonb)",
        "INSERT INTO made_up.people VALUES (1, 'infinity', 1.5, '{}'), (NULL, NULL, NULL, NULL),"
        " (1, '0044-03-15 BC', 2, '[]')",
    )
    source = opened(server)

    kinds = [one.kind for one in source.columns_of("people") or ()]
    sample = source.sample("people", ["born", "amount"], 10)
    told = (source.has_key_twice("people", "id"), source.has_key_missing("people", "id"))
    none = source.columns_of("nobody")
    source.close()

    assert kinds == [Kind.WHOLE, Kind.DATE, Kind.DOUBLE, Kind.OTHER]
    assert sample == [("infinity", "1.5"), (None, None), ("0044-03-15 BC", "2")]
    assert told == (True, True)
    assert none is None


def test_the_server_takes_no_write_and_no_option_undoes_it(server: str, base: sa.Engine) -> None:
    run(base, "CREATE TABLE made_up.people (id integer)")
    source = opened(server)

    for statement in (
        "INSERT INTO made_up.people VALUES (1)",
        "CREATE TABLE made_up.more (id integer)",
        "SELECT nextval('pg_catalog.pg_class_oid_seq')",
    ):
        with pytest.raises(sa.exc.DBAPIError), source.engine.connect() as connection:
            connection.exec_driver_sql(statement)
    source.close()

    with pytest.raises(SourceFault) as fault:
        open_source(f"{server}&options=-c%20default_transaction_read_only%3Doff")
    assert fault.value.code == "source-url-option"


@pytest.fixture
def doors(server: str, base: sa.Engine) -> Iterator[sa.URL]:
    """Let a made-up account in by its password only."""
    if os.environ.get("CLERESTORY_TEST_POSTGRESQL"):
        pytest.skip("the server is not ours to change")
    with base.connect() as connection:
        place = Path(connection.exec_driver_sql("SHOW hba_file").scalar_one())
    before = place.read_text()
    place.write_text(f"local closed all reject\nlocal all made_up_guest scram-sha-256\n{before}")
    run(
        base,
        "DROP ROLE IF EXISTS made_up_guest",
        "CREATE ROLE made_up_guest LOGIN PASSWORD 'right' CONNECTION LIMIT 5",
        "SELECT pg_reload_conf()",
        "CREATE TABLE made_up.people (id integer, name text)",
        "GRANT USAGE ON SCHEMA made_up TO made_up_guest",
    )
    yield sa.make_url(server).set(username="made_up_guest", password="right")
    place.write_text(before)
    run(base, "SELECT pg_reload_conf()", "DROP OWNED BY made_up_guest", "DROP ROLE made_up_guest")


def refused(url: sa.URL) -> SourceFault:
    with pytest.raises(SourceFault) as fault:
        open_source(url.render_as_string(hide_password=False))
    assert fault.value.todo
    for secret in ("right", "wrong"):
        assert secret not in str(fault.value) + fault.value.todo
    return fault.value


def test_each_closed_door_has_its_own_name(doors: sa.URL, base: sa.Engine, tmp_path: Path) -> None:
    codes = {
        "right password": "",
        "wrong password": refused(doors.set(password="wrong")).code,
        "no password": refused(doors._replace(password=None)).code,
        "unknown account": refused(doors.set(username="made_up_nobody", password="wrong")).code,
        "unknown database": refused(doors.set(database="made_up_nothing")).code,
        "closed database": refused(doors.set(database="closed")).code,
        "no server": refused(doors.update_query_dict({"host": str(tmp_path)})).code,
    }
    open_source(doors.render_as_string(hide_password=False)).close()
    run(base, "ALTER ROLE made_up_guest CONNECTION LIMIT 0")
    codes["too many"] = refused(doors).code

    assert codes == {
        "right password": "",
        "wrong password": "source-access-refused",
        "no password": "source-access-refused",
        "unknown account": "source-access-refused",
        "unknown database": "source-no-database",
        "closed database": "source-access-refused",
        "no server": "source-vanished",
        "too many": "source-busy",
    }


def test_a_table_that_may_not_be_read_is_named_with_what_to_grant(doors: sa.URL) -> None:
    source = opened(doors.render_as_string(hide_password=False))

    with pytest.raises(SourceFault, match="may not read the table people") as fault:
        read(source, "1")
    source.close()

    assert fault.value.code == "source-no-right"
    assert "GRANT SELECT ON people" in fault.value.todo


@pytest.mark.parametrize(
    ("key", "number", "one", "two"),
    [
        ("text", "text", "'a'", "'b'"),
        ("integer", "integer", "7", "8"),
        ("uuid", "uuid", f"'{UUID}'", f"'{UUID[:-1]}6'"),
        ('made_up."Short Code"', "char(5)", "'p1'", "'P1'"),
        ("numeric(10,0)", "varchar(5)", "7", "8"),
        ("char(5)", "text", "'ab'", "'cd'"),
    ],
)
def test_what_stands_for_the_household_is_read_without_anybodys_key(
    key: str, number: str, one: str, two: str, server: str, base: sa.Engine
) -> None:
    shared = one if number in {"integer", "uuid"} else "'H1'"
    run(
        base,
        f"CREATE TABLE made_up.people (id {key} PRIMARY KEY, home {number})",
        f"CREATE TABLE made_up.hidden (id {key} PRIMARY KEY, mark text)",
        f"INSERT INTO made_up.people VALUES ({one}, {shared}), ({two}, {shared})",
        f"INSERT INTO made_up.hidden VALUES ({two}, 'yes')",
    )
    source = opened(server)
    keys = [str(found) for (found,) in source.scan_keys("people", ["id"], "id")]
    [marked] = [str(found) for (found,) in source.scan_keys("hidden", ["id"], "id")]
    [person] = [one for one in keys if one != marked]

    def marks(of: str, home: str | None) -> list[tuple[Any, ...]]:
        household = home and Household(
            column=Column(table="people", name="home"),
            numbers=source.written_as("people", "home", home),
        )
        row = OneRow(
            table="hidden",
            columns=("mark",),
            key="id",
            person_id=of,
            members=None,
            household=household or None,
        )
        return list(source.read_one(row))

    home = shared.strip("'")
    assert marks(person, None) == []
    assert marks(person, home) == [("yes",)]
    assert marks(person, f" {home.upper()}\r\n") == [("yes",)]
    assert marks(person, "another") == []
    source.close()
    run(base, "UPDATE made_up.people SET home = NULL")
    source = opened(server)
    assert marks(person, home) == []
    source.close()


def test_blanks_are_no_household(server: str, base: sa.Engine) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id text, home char(5), mark text)",
        "INSERT INTO made_up.people VALUES ('a', '  ', 'no'), ('b', '  ', 'yes')",
    )
    source = opened(server)

    told = source.written_as("people", "home", "  ")
    source.close()

    assert told == ()


def test_the_server_sums_up_what_a_walk_sums_up(base: sa.Engine, server: str) -> None:
    run(
        base,
        "CREATE TABLE made_up.people (id integer, a text, b char(4), c date, d bytea, e float8)",
        "INSERT INTO made_up.people VALUES (1, 'Zo\u00eb', 'x ', '1980-02-03', 'x', 0.1),"
        " (2, '', NULL, NULL, NULL, NULL), (-3, '1:2-', '\U0001f600', 'infinity', '', 1e300)",
    )
    source = opened(server)
    columns = ["id", "a", "b", "c", "e"]
    walked = list(source.scan_keys("people", columns, "id"))
    texts = [[None if one is None else str(one) for one in row] for row in walked]

    summed = source.sum_digests("people", [*columns, None])
    no_bytes = source.sum_digests("people", ["id", "d"])
    not_there = source.sum_digests("people", ["id", "none"])
    no_table = source.sum_digests("nobody", [None])
    source.close()

    assert summed == RowDigests(rows=3, total=sum(digest_of_row([*row, None]) for row in texts))
    assert (no_bytes, not_there, no_table) == (None, None, None)
