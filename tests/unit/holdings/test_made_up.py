"""The made-up agency: the same for a seed, whole, and plainly not real."""

import re
import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from clerestory.holdings import Catalogue, CatalogueFault, SourceFault, parse_catalogue
from clerestory.holdings.made_up import (
    DEMO_PEOPLE,
    content_digest,
    make_people,
    write_agency,
)
from clerestory.holdings.made_up.tables import make_population, make_rows


def digest(catalogue: Catalogue, *, seed: int, persons: int = 300) -> str:
    people = make_population(seed=seed, persons=persons)
    return content_digest(
        (table.name, rows) for table, rows in make_rows(catalogue, people, seed=seed)
    )


def test_a_seed_makes_the_same_agency_each_time(catalogue: Catalogue) -> None:
    assert digest(catalogue, seed=1) == digest(catalogue, seed=1)
    assert digest(catalogue, seed=1) != digest(catalogue, seed=2)


def test_a_seed_makes_the_same_people_on_every_machine() -> None:
    people = make_people(seed=1, persons=3)

    assert [person.name for person in people] == ["Lara Smyth", "Ibrahim Khoury", "Hanan Khoury"]


def test_both_files_hold_the_same_rows(agency: Path) -> None:
    parquet = sorted((agency / "parquet").glob("*.parquet"))
    assert len(parquet) > 50

    with sqlite3.connect(agency / "agency.sqlite") as connection:
        for file in parquet:
            ours = connection.execute(f"SELECT * FROM {file.stem}").fetchall()
            theirs = duckdb.execute(f"SELECT * FROM read_parquet('{file}')").fetchall()
            assert ours == theirs, file.stem
    connection.close()


def test_every_number_is_of_a_kind_that_is_never_given_out() -> None:
    for person in make_people(seed=4, persons=3_000):
        assert re.fullmatch(r"9\d\d-(0[1-9]|[1-4]\d)-\d{4}", person.ssn or "900-01-0001")
        assert re.fullmatch(r"\d{3}-555-01\d\d", person.phone)
        assert person.email.endswith("@example.org")
        assert re.search(r", ME 0001\d$", person.address)


def test_ids_and_numbers_are_given_once() -> None:
    people = make_people(seed=4, persons=5_000)

    assert len({person.person_id for person in people}) == 5_000
    numbers = [person.ssn for person in people if person.ssn]
    assert len(set(numbers)) == len(numbers)


def test_there_are_twins_namesakes_shared_addresses_and_former_names() -> None:
    people = make_people(seed=4, persons=5_000)

    twins = Counter((person.household, person.born) for person in people)
    namesakes = Counter((person.name, person.born) for person in people)
    houses = {(person.address, person.household) for person in people}
    mixed: dict[int, set[int]] = {}
    for person in people:
        mixed.setdefault(person.household, set()).add(person.origin)
    assert sum(count > 1 for count in twins.values()) > 20
    assert sum(count > 1 for count in namesakes.values()) > 20
    assert len(houses) - len({address for address, _ in houses}) > 100
    assert sum(bool(person.other_names) for person in people) > 200
    assert sum(len(origins) > 1 for origins in mixed.values()) > 100
    assert {person.tradition for person in people} == {
        "english", "french", "somali", "arabic", "portuguese"
    }  # fmt: skip


def test_the_agency_says_that_it_is_made_up(agency: Path) -> None:
    with sqlite3.connect(agency / "agency.sqlite") as connection:
        statement = connection.execute("SELECT statement FROM made_up").fetchone()[0]
    connection.close()

    assert "No person exists" in statement
    assert statement in (agency / "MADE-UP.txt").read_text()
    assert all(demo.person.family.endswith("Example") for demo in DEMO_PEOPLE)


def test_an_agency_is_never_written_over(agency: Path, catalogue: Catalogue) -> None:
    with pytest.raises(SourceFault) as fault:
        write_agency(catalogue, agency, seed=1, persons=10)

    assert fault.value.code == "made-up-folder-exists"


def test_a_field_that_nothing_is_made_up_for_leaves_no_folder(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    written = Path(catalogue.file).read_text(encoding="utf-8")
    changed = written.replace(
        "\n[groups.identity]",
        '\n[groups.identity]\nshoe = {column = "people.shoe", source = "agency"}',
        1,
    )
    changed = changed.replace(
        "\n[fields]",
        '\n[fields]\nshoe = {label = "shoe", category = "identity", sensitivity = "personal"}',
        1,
    )
    other = parse_catalogue(changed.encode(), file="other.toml")

    with pytest.raises(CatalogueFault) as fault:
        write_agency(other, tmp_path / "agency", seed=1, persons=20)

    assert fault.value.code == "made-up-unknown-field"
    assert list(tmp_path.iterdir()) == []


def test_more_people_than_are_made_up_at_once_are_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    with pytest.raises(SourceFault, match="at most 2,000,000 people") as fault:
        write_agency(catalogue, tmp_path / "a", seed=1, persons=2_000_001)

    assert fault.value.code == "made-up-too-many"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_told_before_anything_is_written(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=9_999_999))

    with pytest.raises(SourceFault, match="2,000 made-up people need 10 MB, and 9 MB") as fault:
        write_agency(catalogue, tmp_path / "new" / "a", seed=1, persons=2000)

    assert fault.value.code == "made-up-no-room"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["file", "folder", "empty", "link"])
def test_whatever_is_there_already_is_left_alone(
    what: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    place = tmp_path / "a"
    if what == "file":
        place.write_text("mine", "utf-8")
    elif what == "link":
        place.symlink_to("nowhere")
    else:
        place.mkdir()
    if what == "folder":
        (place / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "a.draft").mkdir()
    (tmp_path / "a.draft" / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(SourceFault) as fault:
        write_agency(catalogue, place, seed=1, persons=8)
    write_agency(catalogue, tmp_path / "b", seed=1, persons=8)

    assert fault.value.code == "made-up-folder-exists"
    assert (tmp_path / "a.draft" / "mine.txt").read_text("utf-8") == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "a.draft", "b"]


def test_what_is_stopped_leaves_nothing_half_done(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    # Of a run that was killed; another's is of another name.
    (tmp_path / ".made-up-abcdefgh" / "parquet").mkdir(parents=True)
    # The last step: everything but the index of persons is there by then.
    monkeypatch.setattr("clerestory.holdings.made_up.write._build_index", stop)

    with pytest.raises(KeyboardInterrupt):
        write_agency(catalogue, tmp_path / "a", seed=1, persons=8, index="persons.index")

    assert list(tmp_path.iterdir()) == []
