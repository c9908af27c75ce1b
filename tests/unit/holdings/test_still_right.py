"""The index is of some day: the record that is read must itself agree with what was asked."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from clerestory.holdings import (
    Catalogue,
    CatalogueFault,
    PersonQuery,
    SourceFault,
    check_still_right,
    open_source,
    parse_catalogue,
)

# Of the made-up demonstration, who are in every made-up agency.
AMINA, HUSBAND = "P20000011", "P20000012"
ASKED = {"name": "Amina Warsame Example", "birth_date": "1988-04-17", "ssn": "911-11-0000"}
Check = Callable[..., None]


@pytest.fixture
def check(tmp_path: Path, agency: Path, catalogue: Catalogue) -> Check:
    """Change a copy of the records, then hold what was asked against the record of one key."""
    file = tmp_path / "agency.sqlite"
    shutil.copy(agency / "agency.sqlite", file)

    def run(*statements: str, key: str = AMINA, **asked: str | None) -> None:
        with sqlite3.connect(file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        source = open_source(file)
        try:
            check_still_right(source, catalogue, key, PersonQuery.from_mapping({**ASKED, **asked}))
        finally:
            source.close()

    return run


def test_the_record_of_who_was_found_agrees(check: Check) -> None:
    check()
    check(ssn=None, address="91 Demonstration Lane, Exampleton, ME 00011")


SWAP = (
    f"UPDATE people SET person_id = 'between' WHERE person_id = '{AMINA}'",
    f"UPDATE people SET person_id = '{AMINA}' WHERE person_id = '{HUSBAND}'",
    f"UPDATE people SET person_id = '{HUSBAND}' WHERE person_id = 'between'",
)
OF_AMINA = f"WHERE person_id = '{AMINA}'"


@pytest.mark.parametrize(
    "statements",
    [
        SWAP,
        (f"UPDATE people SET date_of_birth = '1988-04-18' {OF_AMINA}",),
        (f"UPDATE people SET date_of_birth = NULL, ssn = NULL {OF_AMINA}",),
        (f"UPDATE people SET ssn = '911-11-0009' {OF_AMINA}",),
        (f"UPDATE people SET ssn = 'unread' {OF_AMINA}",),
        (f"UPDATE people SET given_names = 'Hodan' {OF_AMINA}",),
    ],
    ids=["keys given out anew", "another birth date", "nothing left", "another number",
         "a number that is not read", "another given name"],
)  # fmt: skip
def test_a_record_that_is_another_by_now_is_refused(
    check: Check, statements: tuple[str, ...]
) -> None:
    with pytest.raises(SourceFault) as fault:
        check(*statements)

    assert fault.value.code == "source-person-other"
    assert "build the index" in str(fault.value.todo)
    for word in ("Amina", "Warsame", "1988", "911", AMINA):
        assert word not in str(fault.value)


def test_what_was_not_asked_about_may_have_changed(check: Check) -> None:
    check(f"UPDATE people SET address = '1 Else Road', phone = NULL {OF_AMINA}")


@pytest.mark.parametrize(
    ("statement", "many"),
    [
        (f"DELETE FROM people {OF_AMINA}", "no row"),
        (f"INSERT INTO people SELECT * FROM people {OF_AMINA}", "two rows"),
    ],
)
def test_a_record_that_is_gone_or_there_twice_is_refused(
    check: Check, statement: str, many: str
) -> None:
    with pytest.raises(SourceFault, match=f"the person found has {many} in people") as fault:
        check(statement)

    assert fault.value.code == "source-person-row"


def test_the_key_that_finds_is_the_key_that_reads(catalogue: Catalogue) -> None:
    written = Path(catalogue.file).read_text("utf-8")
    other = written.replace('person_id = "people.person_id"', 'person_id = "people.medicaid_id"', 1)
    assert other != written

    with pytest.raises(CatalogueFault, match="found and read by one key") as fault:
        parse_catalogue(other.encode(), file="made-up.toml")

    line = other[: other.index('person_id = "people.medicaid_id"')].count("\n") + 1
    assert f"(made-up.toml, line {line})" in str(fault.value)
