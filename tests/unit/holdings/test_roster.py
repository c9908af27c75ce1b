"""Rosters and who-files: read strictly, resolved one by one. All people are made up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clerestory.holdings import (
    UNNAMED,
    LookupReason,
    Lookups,
    PersonIndex,
    PersonSearch,
    Purpose,
    Reason,
    RosterFault,
    read_roster,
    read_who,
    resolve_roster,
)
from clerestory.holdings.roster import MAX_ROWS

MakeIndex = Callable[..., PersonIndex]
AT = datetime(2026, 3, 5, tzinfo=UTC)
CSV = """ref,name,birth_date,ssn,address
a,Amina Ali Nur,1988-04-09,911-11-1234,
b,Hodan Farah,1970-01-02,,"9 Fable Street, Exampleton"
"""
WHO = """demand: D-1
S1: {name: Amina Ali Nur, birth_date: 1988-04-09, ssn: 911-11-1234}
S2:
  name: Hodan Farah
  birth_date: 1970-01-02
  ssn_last4: 0042
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


Write = Callable[[str, str | bytes], Path]


def faults_of(call: Callable[[], object]) -> list[str]:
    with pytest.raises(RosterFault) as fault:
        call()
    assert fault.value.code == "roster-fault"
    told = [one.told("") + one.write_instead for one in fault.value.faults] or [str(fault.value)]
    # No message quotes what was written of a person.
    for value in ("Amina", "Hodan", "1988-04-09", "04/05", "911", "Fable"):
        assert value not in f"{fault.value} {fault.value.todo} {told}"
    return [f"{one.line}: {one.what}" for one in fault.value.faults] or [str(fault.value)]


def test_a_roster_keeps_what_was_written(write: Write) -> None:
    for content in (CSV, "\ufeff" + CSV, CSV.replace("\n", "\r\n"), CSV + ",,,,\n\n"):
        roster = read_roster(write("roster.csv", content))

        assert [(one.row, one.ref) for one in roster.persons] == [(1, "a"), (2, "b")]
        assert roster.marks_of("a") == {
            "name": "Amina Ali Nur", "birth_date": "1988-04-09", "ssn": "911-11-1234"
        }  # fmt: skip
        assert roster.marks_of("b")["address"] == "9 Fable Street, Exampleton"


def test_a_roster_in_yaml_or_json_is_a_list_or_has_refs(write: Write) -> None:
    people = [
        {"name": "Amina Ali Nur", "ssn_last4": "0042", "birth_date": "1988-04-09"},
        {"ref": "b", "name": "Hodan Farah", "ssn": "933-03-8888"},
    ]
    listed = read_roster(write("roster.json", json.dumps(people)))
    by_ref = read_roster(write("roster.yaml", WHO))

    assert [(one.row, one.ref) for one in listed.persons] == [(1, None), (2, "b")]
    assert listed.persons[0].marks["ssn_last4"] == "0042"
    assert by_ref.marks_of("S2") == {
        "name": "Hodan Farah", "birth_date": "1970-01-02", "ssn_last4": "0042"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("", ["1: the file is empty"]),
        ("name,ssn\n", ["1: nobody is named"]),
        ("name,ssn,name\nA B,911-11-1234,C\n", ["1: a column stands twice: name"]),
        ("name,shoe size\nA B,9\n", ["1: column 2 is called by no name of a roster's column"]),
        ("ref,ssn\na,911-11-1234\n", ["1: a roster has a column name"]),
        ("name;ssn\nA B;911-11-1234\n", ["1: the columns are not separated by commas"]),
        (
            "name,ssn\nAmina,Ali,911-11-1234\nHodan\n",
            ["2: row 1 has 3 values for 2 columns", "3: row 2 has 1 values for 2 columns"],
        ),
        (
            'name,address,ssn\n"Amina\nAli",x,911-11-1234\nHodan Farah,y,XXX-XX-1234\n',
            [
                "2: row 1: the value cannot be read: name",
                "4: row 2: the value cannot be read: ssn",
            ],
        ),
        (
            "name,birth_date\nHodan Farah,04/05/1988\n",
            ["2: row 1: the value cannot be read: birth_date"],
        ),
        (
            "name,ssn\nHodan Farah,911-11-1234\nHodan Farah,911-11-1234\n",
            ["0: rows 1 and 2 are the same person or have one ref"],
        ),
        (
            "ref,name,ssn\na,Hodan Farah,911-11-1234\na,Hodan Farah,911-11-1235\n",
            ["0: rows 1 and 2 are the same person or have one ref"],
        ),
        ('name,ssn\n"Hodan,911-11-1234\n', ["0: the file is no CSV"]),
        ("name,ssn\nA\0B,911-11-1234\n", ["1: the file is no text"]),
        ("name,ssn\nA B,911-11-1234\n".encode("utf-16"), ["1: the file is UTF-16 and not UTF-8"]),
        (
            "name,address\nA B," + "x" * 301 + "\n",
            ["2: row 1: the value cannot be read: address"],
        ),
    ],
)
def test_a_roster_that_is_not_strict_is_refused_by_row(
    write: Write, content: str | bytes, faults: list[str]
) -> None:
    assert faults_of(lambda: read_roster(write("roster.csv", content))) == faults


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("- {name: A B, ssn: 911-11-1234, ssn: 911-11-1235}", "twice"),
        ("- just words", "a person is written by marks"),
        ("just words", "a roster is a list of persons"),
        ("- {name: A B, nationality: x}", "nobody is found by status"),
        ("- {name: [A, B]}", "the value cannot be read: name"),
        ("- name: A B\n  ssn: &a 911-11-1234\n- name: C D\n  ssn: {<<: *a}", ""),
    ],
)
def test_a_roster_in_yaml_is_read_as_strictly(write: Write, content: str, fault: str) -> None:
    assert fault in " ".join(faults_of(lambda: read_roster(write("roster.yaml", content))))


def test_a_roster_has_an_end(write: Write) -> None:
    rows = [f"A B,{900 + at // 10_000}-01-{at % 10_000:04d}\n" for at in range(MAX_ROWS + 1)]

    read = read_roster(write("roster.csv", "name,ssn\n" + "".join(rows[:-1])))
    assert len(read.persons) == MAX_ROWS
    assert faults_of(lambda: read_roster(write("roster.csv", "name,ssn\n" + "".join(rows)))) == [
        f"0: a roster has {MAX_ROWS} rows at most: {MAX_ROWS + 1}"
    ]
    huge = write("roster.csv", "name,ssn\n" + "A B,911-11-1234\n" * 200_000)
    assert "larger than" in faults_of(lambda: read_roster(huge))[0]


def test_a_who_file_names_the_demands_persons_and_no_others(write: Write) -> None:
    path = write("who.yaml", WHO)

    named = read_who(path, demand="D-1", refs=["S1", "S2"], needed=["S1"])

    assert [one.ref for one in named.persons] == ["S1", "S2"]
    assert [one.ref for one in named.only({"S2"}).persons] == ["S2"]
    assert faults_of(lambda: read_who(path, demand="D-1", refs=["S1"], needed=["S1"])) == [
        "3: the demand has no such person"
    ]
    assert faults_of(
        lambda: read_who(path, demand="D-1", refs=["S1", "S2", "S3"], needed=["S1", "S3"])
    ) == ["1: nothing says whom the demand names as S3"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("S1: {name: A B, ssn: 911-11-0000}\nS1: {name: C D, ssn: 912-12-0000}", "twice"),
        ("S1: {name: A B, ssn: 911-11-0000, shoe_size: 9}", "no such key of a person: shoe_size"),
        ("demand: D-1\nS1: {name: A B, ssn: 911-11-0000}\nS2: {name: A B, ssn: 911110000}", ""),
        ("S1: Amina", "a person is written by marks"),
        ("- name: A B", "whom the demand names is written by ref"),
        ("S1: {name: A B, ssn: 911-11-0000, ssn_last4: 1234}", "contradict each other"),
        ("", "empty"),
    ],
)
def test_a_who_file_that_is_not_strict_is_refused(write: Write, content: str, fault: str) -> None:
    path = write("who.yaml", content)

    if not fault:
        # Two ways to write one number: nothing shows before the search that they are one person.
        assert len(read_who(path, demand="D-1", refs=["S1", "S2"], needed=[]).persons) == 2
        return
    assert fault in " ".join(
        faults_of(lambda: read_who(path, demand="D-1", refs=["S1", "S2"], needed=[]))
    )


def test_each_row_is_looked_up_by_itself_and_nobody_else_is_told(
    make_index: MakeIndex, tmp_path: Path, write: Write
) -> None:
    index = make_index(
        {"name": "Amina|Cali Nuur", "born": "1988-04-09", "ssn": "911-11-1234"},
        {"name": "Hodan|Farah", "born": "1970-01-02", "ssn": "933-03-8888"},
    )
    content = (
        "name,ssn\nAmina Ali Nur,911-11-1234\nHodan Nur,933-03-8888\n"
        "Hodan Nur,933-03-9999\n,911-11-1234\n"
    )
    lookups = Lookups.open(tmp_path / "lookups", entropy=bytes)
    purpose = Purpose(reason=LookupReason.AUDIT)

    resolved = resolve_roster(
        PersonSearch(index, lookups), read_roster(write("r.csv", content)), purpose=purpose, at=AT
    )  # fmt: skip

    assert [(one.row, one.person_id) for one in resolved] == [
        (1, "M1"), (2, None), (3, None), (4, None)
    ]  # fmt: skip
    # An existing number and one that nobody has are told alike; only the staff's reasons differ.
    assert resolved[1].told == resolved[2].told == (UNNAMED,)
    assert resolved[1].staff_reasons == (Reason.NAME_DISAGREES,)
    assert resolved[2].staff_reasons == (Reason.NOBODY_AGREES,)
    assert resolved[3].staff_reasons == (Reason.NAME_MISSING,)
    assert resolved[3].told != (UNNAMED,)
    lines = (tmp_path / "lookups" / "lookups.jsonl").read_text().splitlines()
    assert [json.loads(line)["ref"] for line in lines] == ["row 1", "row 2", "row 3", "row 4"]


def test_two_rows_that_come_to_one_person_name_nobody(
    make_index: MakeIndex, tmp_path: Path, write: Write
) -> None:
    index = make_index(
        {"name": "Amina|Cali Nuur", "born": "1988-04-09", "ssn": "911-11-1234"},
        {"name": "Hodan|Farah", "born": "1970-01-02", "ssn": "933-03-8888"},
    )
    content = (
        "demand: D-1\n"
        "S1: {name: Amina Ali Nur, ssn: 911-11-1234}\n"
        "S2: {name: Hodan Farah, ssn: 933-03-8888}\n"
        "S3: {name: Amina Ali, birth_date: 1988-04-09, ssn: 911111234}\n"
    )
    search = PersonSearch(index, Lookups.open(tmp_path / "lookups", entropy=bytes))
    named = read_who(write("who.yaml", content), demand="D-1", refs=["S1", "S2", "S3"], needed=[])

    resolved = resolve_roster(search, named, purpose=Purpose(reason=LookupReason.TRIAL), at=AT)

    assert [one.person_id for one in resolved] == [None, "M2", None]
    for one in (resolved[0], resolved[2]):
        assert one.told == (UNNAMED,)
        assert one.staff_reasons == (Reason.TWO_ROWS_ONE_PERSON,)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Zzmadeup Example,1988-04-17", "column 1 is called by no name of a roster's column"),
        ("NAME,birth_date", "column 1 must be written as name"),
        ("name,Birth Date", "column 2 must be written as birth_date"),
        ("name,birth_date,,", "column 3 has no name"),
        ("name,zzmadeup", "column 2 is called by no name of a roster's column"),
        ("name,ssn,ssn", "a column stands twice: ssn"),
    ],
)
def test_a_header_is_told_by_its_place_and_never_quoted(
    tmp_path: Path, header: str, told: str
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(f"{header}\n{header}\n")

    with pytest.raises(RosterFault) as caught:
        read_roster(path)

    assert str(caught.value) == f"roster.csv, line 1: {told}"
    assert "zzmadeup" not in f"{caught.value}{caught.value.todo}".casefold()


def test_a_spreadsheet_that_was_not_saved_as_csv_is_named(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes(b"PK\x03\x04\x14\x00made up")

    with pytest.raises(RosterFault, match="is a Word, Excel or zip file") as caught:
        read_roster(path)

    assert caught.value.todo == "save it as CSV UTF-8"


@pytest.mark.parametrize("second", ["S1", "S1 ", "s1", " \uff331"])
def test_one_ref_is_one_person_however_it_is_written(tmp_path: Path, second: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        f"ref,name,birth_date\nS1,Ana Madeup,1988-04-17\n{second},Eva Madeup,1990-01-02\n"
    )

    with pytest.raises(RosterFault, match="rows 1 and 2 are the same person or have one ref"):
        read_roster(path)


@pytest.mark.parametrize("ref", ["[a]", "{a: b}"])
def test_a_ref_that_is_no_text_is_a_fault_with_its_line(tmp_path: Path, ref: str) -> None:
    path = tmp_path / "roster.yaml"
    path.write_text(f"- name: Ana Madeup\n  ref: {ref}\n")

    with pytest.raises(RosterFault) as caught:
        read_roster(path)

    assert str(caught.value) == "roster.yaml, line 2, key [0].ref: a ref is one text"
