"""Small inputs that once ended in a wrong release, a wrong person or a traceback, each by its kind.

Every input is tried on every command that reads the same kind of thing. All people are made up.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from hostile.running import Done, type_in
from hostile.world import CASE, DEMAND, STORY, World, make_world

RECIPIENTS = Path(__file__).parent / "data" / "faults" / "recipients"
TWO = ["--reviewer", "one", "--reviewer", "two"]
AT = ["--at", "2026-10-21T15:00Z"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def world(made: World) -> World:
    made.fresh_office()
    return made


def refused(done: Done, code: str, *parts: str) -> None:
    """Assert a clear error: its code, its exit code, what it names, and a next step."""
    assert (done.code, done.error_code) == (2, code), done.err
    assert done.out == ""
    for part in parts:
        assert part in done.err
    assert done.err.partition("\n  next: ")[2].strip()


def as_yaml(old: str, new: str) -> str:
    assert old in DEMAND
    return DEMAND.replace(old, new, 1)


BY_JSON = json.dumps(yaml.safe_load(DEMAND), default=str, indent=1)
CLASS = '"class": "police_state"'
FINDING = '"official_capacity": true'

# kind, file name, text, what the message names
BAD_DEMANDS = [
    ("a key twice", "d.json", BY_JSON.replace(CLASS, f'"class": "ice",\n  {CLASS}'),
     ("line 17", "requester.class", "the key stands twice, first in line 16")),
    ("a key twice", "d.json", BY_JSON.replace(FINDING, f'"official_capacity": false,\n  {FINDING}'),
     ("findings.official_capacity", "the key stands twice")),
    ("a key twice", "d.yaml", as_yaml("purpose: locate", "purpose: audit\npurpose: locate"),
     ("line 16", "key purpose", "the key stands twice, first in line 15")),
    ("a key twice", "d.yaml", as_yaml("{ref: S1,", "{ref: S1, 'ref': S2,"),
     ("the key stands twice",)),
    ("an id that is a path", "d.yaml", as_yaml("MADE-UP-1", '"./abs"'), ("line 2", "key id")),
    ("an id that is a path", "d.yaml", as_yaml("MADE-UP-1", '"../../escaped"'), ("key id",)),
    ("an id that is a path", "d.yaml", as_yaml("MADE-UP-1", '"ME/2026/0041"'),
     ("key id", "requester.reference")),
    ("an id that is a path", "d.yaml", as_yaml("MADE-UP-1", '"/etc/passwd"'), ("key id",)),
    ("an id that is a path", "d.yaml", as_yaml("MADE-UP-1", '"a\\\\b"'), ("key id",)),
    ("an id that is a device", "d.yaml", as_yaml("MADE-UP-1", "CON"), ("key id",)),
    ("an id that hides", "d.yaml", as_yaml("MADE-UP-1", ".hidden"), ("key id",)),
    ("an id with a name and a number", "d.yaml", as_yaml("MADE-UP-1", '"Made Up 911-11-0000"'),
     ("key id",)),
    ("a merge key", "d.yaml",
     as_yaml("findings:\n", "findings:\n  <<: {requester_identified: no}\n"),
     ("line 22", "merge keys (<<) are not read")),
    ("an octal number", "d.yaml", as_yaml("count: 1", "count: 010"),
     ("line 12", "instrument.scope.count", "begins with a zero", "without the zero")),
    ("another base", "d.yaml", as_yaml("count: 1", "count: 0x1F"), ("instrument.scope.count",)),
    ("a count of none", "d.yaml", as_yaml("count: 1", "count: 0"), ("instrument.scope.count",)),
    ("a day that is none", "d.yaml", as_yaml("date: 2026-03-02", "date: 2026-02-30"),
     ("line 4", "key received.date", "2026-02-30")),
    ("a day that is none", "d.yaml", as_yaml("date: 2026-03-02", "date: 2026-13-01"),
     ("line 4", "key received.date")),
    ("a day that is none", "d.json", BY_JSON.replace("2026-03-02", "2026-02-30", 1),
     ("received.date", "2026-02-30")),
    ("a day that cannot be meant", "d.yaml", as_yaml("date: 2026-03-02", "date: 0206-03-02"),
     ("received.date",)),
    ("a line that stands for several as one person", "d.yaml",
     as_yaml("ref: S1, relation", "ref: 'S*', relation").replace("S1.address", "S*.address"),
     ("subjects[0].relation", "never one person")),
    ("a list of people for an immigration office", "d.yaml",
     as_yaml("ref: S1, relation", "ref: 'S*', relation")
     .replace("[S1.address]", "['S*.immigration_status', 'S*.address']")
     .replace("class: police_state", "class: ice, component: ice_hsi")
     .replace("persons: named, count: 1", "persons: listed"),
     ("subjects[0].relation", "stands for several")),
    ("an alias that grows", "d.yaml",
     DEMAND + "x0: &x0 [a, a, a, a, a, a, a, a, a]\n"
     + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 9)), ()),
    ("another alphabet", "d.yaml", DEMAND.encode("utf-16").decode("latin-1"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "text", "parts"), BAD_DEMANDS)
def test_a_bad_demand_is_refused_by_every_command_and_leaves_no_trace(
    kind: str, name: str, text: str, parts: Sequence[str], world: World, tmp_path: Path
) -> None:
    path = tmp_path / name
    # The one text that is no UTF-8 is held letter for byte.
    path.write_bytes(text.encode("latin-1" if kind == "another alphabet" else "utf-8"))
    office = ["--office", str(world.office), *AT]
    agents = str(world.base / "agents" / "recipient.txt")
    before = world.state()

    for words in (
        ["decide", str(path)],
        ["receive", str(path), *office],
        ["refuse", str(path), *office],
        ["disclose", str(path), *office, "--recipient", agents, *TWO],
        ["law", "rows", str(path), "--out", str(tmp_path / "rows.parquet")],
    ):
        done = type_in(*words)
        refused(done, "demand-unreadable", *parts)

    assert world.state() == before
    assert [found.name for found in tmp_path.iterdir()] == [name]
    assert not (world.base / "escaped.json").exists()


def test_a_mark_of_the_byte_order_is_read(tmp_path: Path) -> None:
    for name, text in (("d.json", BY_JSON), ("d.yaml", DEMAND)):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())

        done = type_in("decide", tmp_path / name, "--json")

        assert done.code == 0, done.err


def test_the_day_of_the_holder_decides_and_not_that_of_greenwich(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(as_yaml("from: 2026-03-02, to: 2026-06-30", "from: 2026-10-22, to: 2026-12-31"))
    office = ["--office", str(world.office)]
    agents = str(world.base / "agents" / "recipient.txt")
    assert type_in("receive", path, *office, *AT).code == 0

    # 22 October at Greenwich, and still the evening of the 21st in Maine.
    done = type_in(
        "disclose", path, *office, "--at", "2026-10-22T02:30Z", "--recipient", agents, *TWO,
        "--who", world.base / "given" / "who.yaml",
    )  # fmt: skip

    refused(done, "disclosure-nothing-released")


def test_an_order_for_one_opens_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(
        as_yaml("  - {ref: S1, relation: named, applicant: yes}\n", "".join(
            f"  - {{ref: {ref}, relation: named, applicant: yes}}\n" for ref in ("S1", "S2", "S3")
        ))
        .replace("kind: letter", "kind: court_order")
        .replace("issuer: officer", "issuer: article_iii_judge")
        .replace("[S1.address]", "[S1.address, S2.address, S3.address, S2.ssn]")
    )  # fmt: skip

    done = type_in("decide", path, "--json")

    opened = [
        ruling["item"]
        for ruling in json.loads(done.out)["rulings"]
        if ruling["outcome"] in {"release", "coarsen"} and "S1" not in json.dumps(ruling["item"])
    ]
    assert opened == []


# -- whom a paper names ----------------------------------------------------------------------


PERSON = "name: Robert Alan Pinkham Example\n  birth_date: '1974-06-22'\n"
PLACE = "  address: 93 Demonstration Lane, Exampleton, ME 00011\n"


@pytest.mark.parametrize(
    ("kind", "who", "code"),
    [
        ("a key twice", f"S1:\n  {PERSON}{PLACE}S1:\n  {PERSON}", "roster-fault"),
        ("a key twice", f"S1:\n  {PERSON}  name: Other Example\n{PLACE}", "roster-fault"),
        ("a number that was given", f"S1:\n  {PERSON}{PLACE}  ssn: '٩١٢٣٤٥٦٧٨'\n", None),
        ("a number that was given", f"S1:\n  {PERSON}{PLACE}  ssn: '９１２３４５６７８'\n", None),
        ("a number that was given", f"S1:\n  {PERSON}{PLACE}  medicaid_id: '١٢٣٤'\n", None),
        ("a name that fits nobody", f"S1:\n  {PERSON.replace('Alan', 'Bartholomew')}{PLACE}", None),
        ("a placeholder", f"S1:\n  {PERSON.replace('Robert', 'FNU')}{PLACE}", None),
        ("nobody", "S1: {}\n", None),
        ("no person", "S1: [a]\n", None),
        ("no text", "S1: \x00\n", None),
        ("not yaml", "S1: [\n", None),
        ("empty", "", None),
    ],
)  # fmt: skip
def test_a_person_who_is_not_surely_the_one_is_not_sealed(
    kind: str, who: str, code: str | None, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "who.yaml"
    path.write_text(who and f"demand: {CASE}\n{who}", "utf-8")
    before = world.state()

    done = type_in(
        "disclose", STORY, "--case", CASE, "--office", world.office, *AT, *TWO,
        "--who", path, "--recipient", world.base / "agents" / "recipient.txt",
    )  # fmt: skip

    assert (done.code, done.out) == (2, ""), kind
    assert done.error_code in {code} if code else {"roster-fault", "answer-person-uncertain"}
    for word in ("Pinkham", "Bartholomew", "1974", "Demonstration", "９", "٩"):
        assert word not in done.err
    assert world.state() == before


# -- recipients ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "part"),
    [
        ("zero-point.txt", "recipient-weak", "low order"),
        ("pss.pem", "recipient-wrong-kind", "signing only"),
        ("ssh-cert.txt", "recipient-wrong-kind", "SSH certificate"),
        ("pq.txt", "recipient-wrong-kind", "post-quantum"),
    ],
)
def test_a_key_that_protects_nothing_is_refused_before_anything_is_logged(
    name: str, code: str, part: str, world: World
) -> None:
    before = world.state()

    done = type_in(
        "disclose", STORY, "--case", CASE, "--office", world.office, *AT, *TWO,
        "--who", world.base / "given" / "who.yaml", "--recipient", RECIPIENTS / name,
    )  # fmt: skip

    refused(done, code, part)
    assert world.state() == before


@pytest.mark.parametrize("name", ["utf16.txt", "rsa-text.pem", "rsa.p7b"])
def test_a_key_in_another_dress_is_read(name: str, world: World) -> None:
    # The certificates are in force from 30 November 2026.
    at = ["--at", "2026-12-15T15:00Z"]

    done = type_in(
        "disclose", STORY, "--case", CASE, "--office", world.office, *at, *TWO,
        "--who", world.base / "given" / "who.yaml", "--recipient", RECIPIENTS / name,
    )  # fmt: skip

    assert done.code == 0, done.err


# -- sources ---------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["on_date=2026-03-01", "person_id=P1", "a[b]*?", "a b#2"])
def test_a_folders_name_is_no_column(folder: str, world: World, tmp_path: Path) -> None:
    shutil.copytree(world.base / "agency" / "parquet", tmp_path / folder)
    plain = tmp_path / "plain"
    shutil.copytree(world.base / "agency" / "parquet", plain)

    for source, index in ((plain, "one"), (tmp_path / folder, "two")):
        assert type_in("holdings", "check", source).code == 0
        assert type_in("holdings", "index", source, tmp_path / index).code == 0

    # By the number: outside an office nobody is found by an address, which may be a secret one.
    first = pq.read_table(plain / "people.parquet").to_pylist()[0]
    query = tmp_path / "query.yaml"
    query.write_text(f"name: {first['name']}\nssn: '{first['ssn']}'\n", "utf-8")
    found = [
        type_in("holdings", "find", tmp_path / index, "--query", query) for index in ("one", "two")
    ]
    assert found[0].code == 0
    assert found[0].out == found[1].out


def test_a_key_that_is_a_broken_number_is_refused_by_name(world: World, tmp_path: Path) -> None:
    source = tmp_path / "parquet"
    shutil.copytree(world.base / "agency" / "parquet", source)
    people = pq.read_table(source / "people.parquet")
    at = people.column_names.index("person_id")
    keys = pa.array([float(number) for number in range(people.num_rows)])
    pq.write_table(people.set_column(at, "person_id", keys), source / "people.parquet")

    checked = type_in("holdings", "check", source)
    indexed = type_in("holdings", "index", source, tmp_path / "index")

    assert checked.code in (1, 2)
    assert indexed.code == 2
    for done in (checked, indexed):
        assert "person_id" in done.out + done.err
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    "name", ["agency#2.sqlite", "case #12/agency.sqlite", "a?mode=rwc.sqlite", "a%2e.sqlite"]
)
def test_a_database_is_opened_by_its_name_and_never_written(
    name: str, world: World, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(world.base / "agency" / "agency.sqlite", path)
    before, content = sorted(tmp_path.rglob("*")), path.read_bytes()

    assert type_in("holdings", "check", path).code == 0
    assert type_in("holdings", "check", tmp_path / "agency").error_code == "source-vanished"

    assert sorted(tmp_path.rglob("*")) == before
    assert path.read_bytes() == content


def test_rows_with_a_column_twice_are_refused_by_name(world: World, tmp_path: Path) -> None:
    rows = pq.read_table(world.base / "given" / "rows.parquet")
    name = rows.column_names[3]
    pq.write_table(rows.append_column(name, rows.column(3)), tmp_path / "rows.parquet")
    laws = ["--pack", "us-me@2026-03-02", "--pack", "us-me@2026-11-02"]

    done = type_in(
        "law", "replay", "--demands", tmp_path / "rows.parquet", *laws, "--out", tmp_path / "out"
    )

    assert done.code == 2, done.err
    assert name in done.err
    assert done.error_code.startswith("replay-")


# -- the machine -----------------------------------------------------------------------------


def test_a_due_date_is_the_same_in_every_language(world: World) -> None:
    start = 'import sys; sys.argv[0] = "clerestory"; from clerestory.cli import main; main()'
    told = []
    for language in ("C.UTF-8", "th_TH.UTF-8", "ar_EG.UTF-8", "fa_IR.UTF-8"):
        env = {
            "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "LANG": language, "LC_ALL": language, "LANGUAGE": language.partition("_")[0],
        }  # fmt: skip
        words = ["decide", str(world.base / "given" / "demand.yaml"), "--why"]
        done = subprocess.run(
            [sys.executable, "-P", "-c", start, *words], env=env, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)

    assert len(set(told)) == 1
    assert b"by 2026-" in told[0]
