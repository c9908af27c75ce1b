"""The index of persons as a file."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clerestory.holdings import (
    Catalogue,
    Found,
    IndexFault,
    PersonIndex,
    PersonQuery,
    SearchKey,
    build_index,
    open_index,
    open_source,
    parse_catalogue,
)
from clerestory.holdings.find import find_person
from clerestory.holdings.index import build_index_of_rows
from clerestory.holdings.made_up import DEMO_PEOPLE

MakeIndex = Callable[..., PersonIndex]


@pytest.mark.parametrize("kind", ["agency.sqlite", "parquet"])
def test_everybody_of_the_story_is_found_with_and_without_a_number(
    agency: Path, catalogue: Catalogue, tmp_path: Path, kind: str
) -> None:
    source = open_source(agency / kind)
    index = build_index(source, catalogue, tmp_path / "persons.index")

    for demo in DEMO_PEOPLE:
        known = demo.query()
        for keys in (known, {key: known[key] for key in ("name", "birth_date", "address")}):
            answer = find_person(index, PersonQuery.from_mapping(keys))
            assert isinstance(answer, Found)
            assert answer.person_id == demo.person.person_id
    assert index.persons == 400
    index.close()
    source.close()


def test_only_its_owner_may_read_the_index(make_index: MakeIndex) -> None:
    index = make_index({"name": "Made|Up", "born": "1980-01-02"})

    assert stat.S_IMODE(index.path.stat().st_mode) == 0o600


def test_an_index_is_opened_again_for_the_same_catalogue_only(
    agency: Path, catalogue: Catalogue, tmp_path: Path
) -> None:
    source = open_source(agency / "agency.sqlite")
    build_index(source, catalogue, tmp_path / "persons.index").close()
    source.close()
    changed = Path(catalogue.file).read_bytes() + b"\n# changed\n"
    other = parse_catalogue(changed, file="other.toml")

    open_index(tmp_path / "persons.index", catalogue=catalogue).close()
    with pytest.raises(IndexFault) as fault:
        open_index(tmp_path / "persons.index", catalogue=other)

    assert fault.value.code == "index-other-catalogue"


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexFault) as fault:
        open_index(tmp_path / "none")

    assert fault.value.code == "index-missing"


def test_another_file_is_no_index(tmp_path: Path) -> None:
    text, database = tmp_path / "text", tmp_path / "database"
    text.write_text("not an index, but long enough to be looked at " * 30)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE about (format TEXT)")
    connection.close()

    for file in (text, database):
        with pytest.raises(IndexFault) as fault:
            open_index(file)
        assert fault.value.code == "index-foreign"


def test_a_build_that_stops_leaves_the_old_index(make_index: MakeIndex) -> None:
    index = make_index({"name": "Made|Up", "born": "1980-01-02"})
    before = index.path.read_bytes()

    def stopping() -> Iterator[dict[SearchKey, str]]:
        yield {SearchKey.PERSON_ID: "M1"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index_of_rows(stopping(), catalogue_digest="", path=index.path)

    assert index.path.read_bytes() == before
    assert [path.name for path in index.path.parent.iterdir()] == [index.path.name]
