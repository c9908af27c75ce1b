"""The index of persons as a file."""

import fcntl
import os
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
from clerestory.holdings.source import Scalar

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


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ([None], "index-key-missing"),
        ([""], "index-key-missing"),
        ([" \u200b"], "index-key-missing"),
        ([900.0], "index-key-kind"),
        ([float("nan")], "index-key-kind"),
        ([b"7"], "index-key-kind"),
        ([True], "index-key-kind"),
        (["7", "8", "7"], "index-key-twice"),
        ([7, "7"], "index-key-twice"),
    ],
)
def test_a_key_that_is_none_or_not_ones_own_refuses_the_build_and_names_the_column(
    tmp_path: Path, keys: list[Scalar], code: str
) -> None:
    rows: list[dict[SearchKey, Scalar]] = [{SearchKey.PERSON_ID: key} for key in keys]

    with pytest.raises(IndexFault) as fault:
        build_index_of_rows(
            rows, catalogue_digest="", path=tmp_path / "i", key_column="people.case_no"
        )

    assert fault.value.code == code
    assert "people.case_no" in str(fault.value)
    assert list(tmp_path.iterdir()) == []


def test_the_index_keeps_the_sources_own_keys(tmp_path: Path) -> None:
    keys: list[Scalar] = ["1-23", "123", " 123", "ab", "AB", 900, "0900"]
    rows: list[dict[SearchKey, Scalar]] = [{SearchKey.PERSON_ID: key} for key in keys]

    index = build_index_of_rows(rows, catalogue_digest="", path=tmp_path / "i")
    index.close()

    with sqlite3.connect(tmp_path / "i") as connection:
        held = [key for (key,) in connection.execute("SELECT person_id FROM person")]
    connection.close()
    assert held == [str(key) for key in keys]


def test_an_index_of_the_first_form_is_not_read(make_index: MakeIndex) -> None:
    index = make_index({"name": "Made|Up", "born": "1980-01-02"})
    with sqlite3.connect(index.path) as connection:
        connection.execute("UPDATE about SET format = 'clerestory-person-index/1'")
    connection.close()

    with pytest.raises(IndexFault) as fault:
        open_index(index.path)

    assert fault.value.code == "index-foreign"


def test_the_digest_of_an_index_follows_its_content(make_index: MakeIndex) -> None:
    one = make_index({"name": "Made|Up", "born": "1980-01-02"})
    same = make_index({"name": "Made|Up", "born": "1980-01-02"})
    other = make_index({"name": "Made|Up", "born": "1980-01-03"})

    assert one.digest == same.digest != other.digest


@pytest.mark.parametrize(
    ("born", "found"),
    [("1980-01-02", True), ("1980-01-02T00:00:00", True), ("01/02/1980", False), (19800102, False)],
)
def test_a_birth_date_on_record_is_a_day_or_none(
    tmp_path: Path, born: str | int, found: bool
) -> None:
    row: dict[SearchKey, Scalar] = {
        SearchKey.PERSON_ID: "M1",
        SearchKey.GIVEN_NAMES: "Made",
        SearchKey.FAMILY_NAMES: "Up",
        SearchKey.BIRTH_DATE: born,
        SearchKey.EMAIL: "m1@example.org",
    }
    index = build_index_of_rows([row], catalogue_digest="", path=tmp_path / "i")
    known = {"name": "Made Up", "birth_date": "1980-01-02", "email": "m1@example.org"}

    answer = find_person(index, PersonQuery.from_mapping(known))
    index.close()

    assert isinstance(answer, Found) is found


@pytest.mark.parametrize(
    ("held", "found"), [(12345678, True), ("12345678", True), (12345678.0, False)]
)
def test_a_number_that_was_kept_as_a_double_agrees_with_none(
    tmp_path: Path, held: Scalar, found: bool
) -> None:
    row: dict[SearchKey, Scalar] = {
        SearchKey.PERSON_ID: "M1",
        SearchKey.GIVEN_NAMES: "Made",
        SearchKey.FAMILY_NAMES: "Up",
        SearchKey.MEDICAID_ID: held,
    }
    index = build_index_of_rows([row], catalogue_digest="", path=tmp_path / "i")

    told = [
        find_person(index, PersonQuery(name="Made Up", medicaid_id=number))
        for number in ("12345678", "123456780")
    ]
    index.close()

    assert [isinstance(answer, Found) for answer in told] == [found, False]


def test_two_builds_in_one_folder_do_not_write_one_draft(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    row: dict[SearchKey, Scalar] = dict.fromkeys(SearchKey, "")
    waited: list[bool] = []

    def rows() -> Iterator[dict[SearchKey, Scalar]]:
        # Another run that came now would wait until this one has its index in place.
        with pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        waited.append(True)
        yield row | {SearchKey.PERSON_ID: "1", SearchKey.BIRTH_DATE: "1980-01-02"}

    # What a run that was killed has left behind is nobody's.
    (tmp_path / "persons.index.draft").write_bytes(b"half")
    index = build_index_of_rows(rows(), catalogue_digest="x", path=tmp_path / "persons.index")

    assert waited == [True]
    assert index.persons == 1
    index.close()
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(folder)
    assert [one.name for one in tmp_path.iterdir()] == ["persons.index"]


def test_a_build_that_fails_lets_the_next_one_begin(tmp_path: Path) -> None:
    row: dict[SearchKey, Scalar] = dict.fromkeys(SearchKey, "")

    with pytest.raises(IndexFault):
        build_index_of_rows([row], catalogue_digest="x", path=tmp_path / "persons.index")

    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("column", ["catalogue", "persons", "digest", "identities"])
def test_an_index_that_says_of_itself_what_no_index_writes_is_none(
    make_index: MakeIndex, column: str
) -> None:
    path = make_index({"name": "Made|Up", "born": "1980-01-02"}).path
    with sqlite3.connect(path) as cx:
        cx.execute(f"UPDATE about SET {column} = x'00'")
    cx.close()

    with pytest.raises(IndexFault) as fault:
        open_index(path)

    assert fault.value.code == "index-foreign"


def test_an_index_with_bytes_for_a_key_finds_nobody(make_index: MakeIndex) -> None:
    path = make_index({"name": "Made|Up", "born": "1980-01-02", "ssn": "900-10-2030"}).path
    with sqlite3.connect(path) as cx:
        cx.execute("UPDATE person SET person_id = x'00'")
    cx.close()
    index = open_index(path)

    with pytest.raises(IndexFault) as fault:
        find_person(index, PersonQuery.from_mapping({"name": "Made Up", "ssn": "900-10-2030"}))

    assert fault.value.code == "index-foreign"
    index.close()
