"""Nothing in this room finds, lists or counts anybody by status or by a proxy for it."""

import inspect
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

import clerestory.holdings as room
from clerestory.cli.holdings import holdings as command
from clerestory.holdings import (
    Catalogue,
    PersonIndex,
    PersonQuery,
    QueryFault,
    SearchKey,
    build_index,
    open_source,
)
from clerestory.holdings.query import NEVER_KEYS, Clues

MakeIndex = Callable[..., PersonIndex]


def proxy_codes(catalogue: Catalogue) -> set[str]:
    """Codes of fields that are proxies themselves, and of programs that are."""
    codes = {
        field.code
        for field in catalogue.list_fields()
        if field.proxy_for_status and not catalogue.programs[field.program].proxy_for_status
    }
    return codes | {
        program.code for program in catalogue.programs.values() if program.proxy_for_status
    }


def test_no_search_key_and_no_query_key_is_a_proxy(catalogue: Catalogue) -> None:
    proxies = proxy_codes(catalogue)

    assert len(proxies) > 10
    assert proxies.isdisjoint(SearchKey)
    assert proxies.isdisjoint(field.name for field in fields(PersonQuery))
    assert proxies.isdisjoint(field.name for field in fields(Clues))


def test_no_query_key_is_a_program_either(catalogue: Catalogue) -> None:
    assert set(catalogue.programs).isdisjoint(field.name for field in fields(PersonQuery))
    assert "program" not in {field.name for field in fields(PersonQuery)}


def test_every_proxy_field_is_refused_by_name(catalogue: Catalogue) -> None:
    for code in sorted(proxy_codes(catalogue)):
        with pytest.raises(QueryFault) as fault:
            PersonQuery.from_mapping({"name": "Made Up", code: "x"})

        expected = "query-unknown-key" if code in catalogue.programs else "query-proxy"
        assert (code, fault.value.code) == (code, expected)
    assert proxy_codes(catalogue) - set(catalogue.programs) <= NEVER_KEYS


def test_no_public_function_takes_a_proxy(catalogue: Catalogue) -> None:
    taken = {
        parameter
        for name in room.__all__
        if inspect.isfunction(function := getattr(room, name))
        for parameter in inspect.signature(function).parameters
    }

    taken |= set(inspect.signature(room.PersonSearch.find).parameters)

    assert {"catalogue", "query", "permitted"} <= taken
    assert proxy_codes(catalogue).isdisjoint(taken)


def test_the_commands_take_no_person_and_no_proxy_as_an_option() -> None:
    options = {parameter.name for one in command.commands.values() for parameter in one.params}

    assert options == {
        "catalogue", "as_json", "folder", "persons", "seed", "source", "index", "query", "roster",
        "office", "demand", "reason", "staff",
    }  # fmt: skip


def test_building_the_index_reads_no_proxy_column(
    catalogue: Catalogue, agency: Path, tmp_path: Path
) -> None:
    statements: list[str] = []
    source = open_source(
        agency / "agency.sqlite", recorder=lambda statement, _: statements.append(statement)
    )

    build_index(source, catalogue, tmp_path / "index").close()

    text = " ".join(statements)
    assert "people" in text
    for column in catalogue.proxy_columns():
        assert column.table not in text
        assert column.name not in text.replace(".", " ").split()


def test_the_index_has_no_column_for_a_proxy(catalogue: Catalogue, make_index: MakeIndex) -> None:
    index = make_index({"name": "Made|Up", "born": "1980-01-02"})

    with sqlite3.connect(index.path) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(person)")}
    connection.close()

    assert columns == {
        "person_id", "person_key", "born", "names", "ssn", "medicaid_id", "address", "phone",
        "email",
    }  # fmt: skip
    assert columns.isdisjoint(proxy_codes(catalogue))
