"""The record of look-ups: written before an answer, silent about people, and seen when altered."""

import hashlib
import hmac
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from clerestory.holdings import (
    UNNAMED,
    Found,
    LookupReason,
    Lookups,
    LookupsAltered,
    NotFound,
    PersonIndex,
    PersonQuery,
    PersonSearch,
    Purpose,
    QueryFault,
    Reason,
    Refused,
    tell_requester,
)

MakeIndex = Callable[..., PersonIndex]
AT = datetime(2026, 3, 5, 1, 30, tzinfo=UTC)
AMINA = {"name": "Amina|Cali Nuur", "born": "1988-04-09", "ssn": "911-11-1234"}
QUERY = PersonQuery(name="Amina Ali Nur", ssn="911-11-1234")
PURPOSE = Purpose(reason=LookupReason.DEMAND, demand="ME-2026-0041", number=7, ref="S1")


def open_lookups(folder: Path) -> Lookups:
    return Lookups.open(folder, entropy=bytes)


def lines_of(folder: Path) -> list[bytes]:
    return (folder / "lookups.jsonl").read_bytes().splitlines(keepends=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lookups"


@pytest.fixture
def search(make_index: MakeIndex, folder: Path) -> PersonSearch:
    return PersonSearch(make_index(AMINA), open_lookups(folder))


def look(search: PersonSearch, times: int) -> None:
    for _ in range(times):
        search.find(QUERY, purpose=PURPOSE, at=AT)


def test_a_line_says_when_what_for_and_how_it_ended(make_index: MakeIndex, folder: Path) -> None:
    index = make_index(AMINA)
    search = PersonSearch(index, lookups := open_lookups(folder))
    evening = AT.astimezone(timezone(timedelta(hours=-5)))

    answer = search.find(QUERY, purpose=PURPOSE, at=evening)
    nobody = search.find(
        PersonQuery(name="Hodan Farah", ssn="911-11-1234"),
        purpose=Purpose(reason=LookupReason.AUDIT),
        at=AT,
    )

    first, second = (json.loads(line) for line in lines_of(folder))
    assert isinstance(answer, Found)
    assert isinstance(nobody, Refused)
    query, person, mac = (first.pop(name) for name in ("query", "person", "mac"))
    assert first == {
        "n": 1, "at": "2026-03-05T01:30:00Z", "reason": "demand", "demand": "ME-2026-0041",
        "number": 7, "ref": "S1", "outcome": "found", "index": index.digest, "before": "0" * 64,
    }  # fmt: skip
    assert person == lookups.name_of("M1")
    assert len(query) == len(mac) == 64
    assert second["outcome"] == "name-disagrees"
    assert second["person"] is second["demand"] is second["number"] is second["ref"] is None
    assert second["query"] != query
    assert lookups.verify() == 2


LIVES = {"name": "Amina Ali|Nur", "born": "1988-04-09", "ssn": "911-11-1234",
         "address": "12 Elm St, Bath", "phone": "207-555-0100"}  # fmt: skip
BY_HOME = {"name": "Amina Ali Nur", "birth_date": "1988-04-09", "address": "12 Elm Street, Bath"}


@pytest.mark.parametrize(
    ("more", "secret", "why"),
    [
        ({}, False, ("same-name", "same-birth-date", "same-address")),
        ({}, True, None),
        ({"email": "nobody@made-up.example"}, True, None),
        ({"ssn": "911-11-1234"}, True, ("same-name", "same-birth-date", "same-ssn")),
        ({"ssn_last4": "1234"}, True, ("same-name", "same-birth-date", "same-ssn-last4")),
        ({"phone": "207-555-0100"}, True, ("same-name", "same-birth-date", "same-phone")),
    ],
)
def test_where_who_keeps_an_address_secret_lives_is_no_key(
    more: dict[str, str],
    secret: bool,
    why: tuple[str, ...] | None,
    make_index: MakeIndex,
    folder: Path,
) -> None:
    asked: list[str] = []

    def hides(person_id: str) -> bool:
        asked.append(person_id)
        return secret

    search = PersonSearch(make_index(LIVES), open_lookups(folder), hides_address=hides)
    answer, elsewhere = (
        search.find(PersonQuery.from_mapping(BY_HOME | more | other), purpose=PURPOSE, at=AT)
        for other in ({}, {"address": "7 Oak Road, Bath"})
    )

    assert asked == ["M1"]
    if why is not None:
        assert answer == Found(person_id="M1", why=why)
        return
    # As if the address were another: neither the requester nor the record can tell the two apart.
    assert answer == elsewhere == Refused(reasons=(Reason.NOTHING_MORE_AGREES,))
    first, second = (json.loads(line) for line in lines_of(folder))
    assert (first["outcome"], first["person"]) == (second["outcome"], None)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"name": "Amina Nur"}, Reason.GIVEN_NAMES_INCOMPLETE),
        ({"phone": "207-555-7777"}, Reason.CONTACT_DISAGREES),
        ({"birth_date": "1988-04-19"}, Reason.BIRTH_DATE_DISAGREES),
        ({"birth_date": "1988-04-19", "ssn_last4": "9999"}, Reason.NUMBER_DISAGREES),
        ({"name": "Ali Nuur"}, Reason.NAME_DISAGREES),
    ],
)
def test_no_reason_tells_that_somebody_lives_where_it_is_kept_secret(
    other: dict[str, str], reason: Reason, make_index: MakeIndex, folder: Path
) -> None:
    index, told = make_index(LIVES, {**LIVES, "ssn": "911-11-7777", "name": "Omar|Nur"}), []
    for secret in ("M1", "nobody"):
        search = PersonSearch(index, open_lookups(folder), hides_address=secret.__eq__)
        told += [
            search.find(PersonQuery.from_mapping(BY_HOME | other | at), purpose=PURPOSE, at=AT)
            for at in ({}, {"address": "7 Oak Road, Bath"})
        ]

    hidden, elsewhere, shown, elsewhere_again = told
    assert hidden == elsewhere == elsewhere_again
    assert not isinstance(shown, Found)
    assert reason in shown.reasons
    assert hidden != shown


def test_who_has_no_record_where_it_is_asked_for_is_recorded_and_told_as_nobody(
    make_index: MakeIndex, folder: Path
) -> None:
    asked: list[tuple[str | None, str]] = []

    def has_record(ref: str | None, person_id: str) -> bool:
        asked.append((ref, person_id))
        return ref == "S1"

    search = PersonSearch(make_index(AMINA), open_lookups(folder), has_record=has_record)
    held, none = (
        search.find(QUERY, purpose=replace(PURPOSE, ref=ref), at=AT) for ref in ("S1", "S2")
    )

    assert isinstance(held, Found)
    assert none == NotFound(reasons=(Reason.NOT_IN_PROGRAM,))
    assert tell_requester(none) == (UNNAMED,)
    assert asked == [("S1", held.person_id), ("S2", held.person_id)]
    last = json.loads(lines_of(folder)[-1])
    assert (last["outcome"], last["person"]) == ("not-in-program", None)


def test_without_the_records_no_address_is_a_key(make_index: MakeIndex, folder: Path) -> None:
    search = PersonSearch(make_index(LIVES), open_lookups(folder))

    answer = search.find(PersonQuery.from_mapping(BY_HOME), purpose=PURPOSE, at=AT)

    assert answer == Refused(reasons=(Reason.NOTHING_MORE_AGREES,))


def test_the_record_holds_nobodys_data_and_only_its_owner_reads_it(
    search: PersonSearch, folder: Path
) -> None:
    look(search, 2)
    words = ("amina", "nur", "911", "1234", '"m1"', "1988")

    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        content = path.read_text("ascii").casefold()
        # A digest may hold a few figures by chance: only what stands beside digests is looked at.
        plain = " ".join(part for part in content.split('"') if len(part) != 64)
        assert not [word for word in words if word in plain]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_question_under_another_key_looks_otherwise(
    make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index(AMINA)
    for name, entropy in (("a", bytes), ("b", lambda size: b"k" * size)):
        lookups = Lookups.open(tmp_path / name, entropy=entropy)
        PersonSearch(index, lookups).find(QUERY, purpose=PURPOSE, at=AT)

    one, two = (json.loads(lines_of(tmp_path / name)[0]) for name in ("a", "b"))
    assert one["query"] != two["query"]
    assert one["person"] != two["person"]


def test_an_answer_that_cannot_be_recorded_is_not_given(
    search: PersonSearch, folder: Path, tmp_path: Path
) -> None:
    look(search, 1)
    (folder / "lookups.jsonl").rename(tmp_path / "moved")
    (folder / "lookups.jsonl").symlink_to(tmp_path / "moved")

    # A link could lead the record out of the folder: it is never followed.
    with pytest.raises(OSError, match=r"lookups\.jsonl"):
        look(search, 1)
    (folder / "lookups.jsonl").unlink()
    with pytest.raises(FileNotFoundError):
        look(search, 1)


def test_a_full_disk_gives_no_answer(search: PersonSearch, folder: Path) -> None:
    look(search, 1)
    before = lines_of(folder)
    size = (folder / "lookups.jsonl").stat().st_size
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
    try:
        with pytest.raises(OSError, match=r"disk is full|File too large"):
            look(search, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old_handler)

    # Half a line stays as it is; the next look-up goes on behind it.
    look(search, 1)
    assert lines_of(folder)[0] == before[0]
    assert open_lookups(folder).verify() == 3


def test_a_future_birth_date_is_no_look_up(search: PersonSearch, folder: Path) -> None:
    born = AT.date() + timedelta(days=1)
    query = PersonQuery(name="Amina Ali", birth_date=born, phone="207-555-0101")

    with pytest.raises(QueryFault):
        search.find(query, purpose=PURPOSE, at=AT)

    assert lines_of(folder) == []


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("how", ["out", "altered", "twice", "swapped"])
def test_a_line_that_is_taken_out_or_altered_shows(
    search: PersonSearch, folder: Path, at: int, how: str
) -> None:
    look(search, 3)
    lines = lines_of(folder)
    if how == "out":
        del lines[at]
    elif how == "altered":
        lines[at] = lines[at].replace(b'"S1"', b'"S2"')
    elif how == "twice":
        lines.insert(at, lines[at])
    else:
        lines[at], lines[at - 1] = lines[at - 1], lines[at]
    (folder / "lookups.jsonl").write_bytes(b"".join(lines))

    with pytest.raises(LookupsAltered):
        open_lookups(folder).verify()


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_lines_that_are_cut_off_show_and_nobody_is_looked_up_any_more(
    search: PersonSearch, folder: Path, keep: int
) -> None:
    look(search, 3)
    (folder / "lookups.jsonl").write_bytes(b"".join(lines_of(folder)[:keep]))

    with pytest.raises(LookupsAltered, match="missing"):
        open_lookups(folder).verify()
    with pytest.raises(LookupsAltered, match="missing"):
        look(search, 1)


def test_the_last_line_altered_to_the_same_length_stops_the_next_look_up(
    search: PersonSearch, folder: Path
) -> None:
    look(search, 2)
    lines = lines_of(folder)
    (folder / "lookups.jsonl").write_bytes(lines[0] + lines[1].replace(b'"S1"', b'"S2"'))

    with pytest.raises(LookupsAltered):
        look(search, 1)


def test_a_head_of_somebody_elses_making_is_not_believed(
    search: PersonSearch, folder: Path
) -> None:
    look(search, 2)
    lines = lines_of(folder)
    head = json.loads((folder / "lookups.head").read_bytes())
    forged = head | {
        "lines": 1, "size": len(lines[0]), "last": hashlib.sha256(lines[0]).hexdigest()
    }  # fmt: skip
    (folder / "lookups.head").write_text(json.dumps(forged))
    (folder / "lookups.jsonl").write_bytes(lines[0])

    with pytest.raises(LookupsAltered):
        open_lookups(folder).verify()


@pytest.mark.parametrize("name", ["lookups.jsonl", "lookups.head", "lookups.key"])
def test_a_part_that_is_missing_is_an_alarm_and_not_a_new_beginning(
    search: PersonSearch, folder: Path, name: str
) -> None:
    look(search, 1)
    (folder / name).unlink()

    with pytest.raises(LookupsAltered, match=name):
        open_lookups(folder)


def test_a_beginning_that_was_cut_short_begins_anew(folder: Path, make_index: MakeIndex) -> None:
    open_lookups(folder)
    (folder / "lookups.key").unlink()

    look(PersonSearch(make_index(AMINA), open_lookups(folder)), 1)

    assert open_lookups(folder).verify() == 1


@pytest.mark.parametrize("torn", [True, False])
def test_a_stop_between_a_line_and_its_head_is_made_up_for(
    search: PersonSearch, folder: Path, torn: bool
) -> None:
    look(search, 1)
    head = (folder / "lookups.head").read_bytes()
    look(search, 1)
    # As after a power cut: the line is on disk, whole or in half, and the head is the one before.
    (folder / "lookups.head").write_bytes(head)
    if torn:
        content = (folder / "lookups.jsonl").read_bytes()
        (folder / "lookups.jsonl").write_bytes(content[:-20])

    look(search, 1)

    assert open_lookups(folder).verify() == 3
    assert len(lines_of(folder)) == 3
    del_line = lines_of(folder)
    (folder / "lookups.jsonl").write_bytes(del_line[0] + del_line[2])
    with pytest.raises(LookupsAltered):
        open_lookups(folder).verify()


def test_two_processes_write_one_chain(folder: Path, tmp_path: Path) -> None:
    open_lookups(folder)
    script = tmp_path / "look.py"
    script.write_text(
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from clerestory.holdings import *\n"
        "lookups = Lookups.open(Path(sys.argv[1]), entropy=bytes)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for _ in range(20):\n"
        "    lookups.record(PersonQuery(name='Made Up'), Found(person_id='M1', why=()),\n"
        "        Purpose(reason=LookupReason.TRIAL), index='',\n"
        "        at=datetime(2026, 3, 5, tzinfo=UTC))\n"
    )
    command = [sys.executable, str(script), str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)
        for _ in range(2)
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in running:
        one.communicate()

    assert [one.returncode for one in running] == [0, 0]
    assert open_lookups(folder).verify() == 40


def test_a_line_that_this_office_did_not_write_shows(search: PersonSearch, folder: Path) -> None:
    look(search, 1)
    told = json.loads(lines_of(folder)[0])
    forged = told | {"n": 2, "before": hashlib.sha256(lines_of(folder)[0]).hexdigest()}
    with (folder / "lookups.jsonl").open("ab") as file:
        file.write(json.dumps(forged).encode() + b"\n")

    with pytest.raises(LookupsAltered, match="line 2"):
        open_lookups(folder).verify()


def test_half_a_line_that_was_altered_afterwards_shows(search: PersonSearch, folder: Path) -> None:
    look(search, 1)
    with (folder / "lookups.jsonl").open("ab") as file:
        file.write(b'{"at":"2026-03-05T0')
    look(search, 1)
    assert open_lookups(folder).verify() == 3
    first, torn, last = lines_of(folder)
    (folder / "lookups.jsonl").write_bytes(first + torn.replace(b"2026", b"2027") + last)

    with pytest.raises(LookupsAltered, match="line 3"):
        open_lookups(folder).verify()


def test_a_last_line_that_is_no_line_any_more_shows(search: PersonSearch, folder: Path) -> None:
    look(search, 2)
    first, last = lines_of(folder)
    (folder / "lookups.jsonl").write_bytes(first + b"#" * (len(last) - 1) + b"\n")

    with pytest.raises(LookupsAltered, match="last look-up"):
        open_lookups(folder).verify()


def test_a_record_that_was_opened_to_others_is_closed_again(
    search: PersonSearch, folder: Path
) -> None:
    look(search, 1)
    (folder / "lookups.jsonl").chmod(0o644)

    look(search, 1)

    assert stat.S_IMODE((folder / "lookups.jsonl").stat().st_mode) == 0o600


def test_a_persons_name_in_the_record_is_made_for_that_use_alone(folder: Path) -> None:
    made = hmac.new(bytes(32), b"person\0M1", hashlib.sha256).hexdigest()

    assert open_lookups(folder).name_of("M1") == made


def spoiled(line: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(line), **values}).encode() + b"\n"


DEEP = b"[" * 100_000 + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: spoiled(line, query=1.5),
        lambda line: spoiled(line, query=float("nan")),
        lambda line: spoiled(line, query="\ud800"),
        lambda line: spoiled(line, mac="é" * 64),
        lambda line: spoiled(line, mac=None),
        lambda line: spoiled(line, deep="x").replace(b'"x"', b"[" * 900 + b"]" * 900),
        lambda _line: DEEP,
        lambda _line: b"\xff\n",
    ],
)
def test_a_line_that_became_anything_at_all_shows(
    search: PersonSearch, folder: Path, change: Callable[[bytes], bytes]
) -> None:
    look(search, 3)
    lines = lines_of(folder)
    for at in range(3):
        altered = [change(line) if number == at else line for number, line in enumerate(lines)]
        (folder / "lookups.jsonl").write_bytes(b"".join(altered))
        with pytest.raises(LookupsAltered):
            open_lookups(folder).verify()


@pytest.mark.parametrize(
    "head",
    [
        DEEP, b"", b"null", b'{"lines": ' + b"9" * 5_000 + b"}",
        b'{"lines": 1.5, "size": NaN, "last": "0", "mac": "0"}',
        b'{"lines": 1, "size": 1, "last": "\\ud800", "mac": "0"}',
        b'{"lines": 1, "size": 1, "last": "0", "mac": "\\u00e9"}',
    ],
)  # fmt: skip
def test_a_head_that_became_anything_at_all_shows(
    search: PersonSearch, folder: Path, head: bytes
) -> None:
    look(search, 1)
    (folder / "lookups.head").write_bytes(head)

    with pytest.raises(LookupsAltered):
        open_lookups(folder).verify()
    with pytest.raises(LookupsAltered):
        look(search, 1)


@pytest.mark.parametrize("key", [b"", b"zz", b"\xe9", b"00", b"00" * 33])
def test_a_key_that_is_none_shows(search: PersonSearch, folder: Path, key: bytes) -> None:
    look(search, 1)
    (folder / "lookups.key").write_bytes(key)

    with pytest.raises(LookupsAltered, match=r"^lookups\.key of the record of look-ups cannot be"):
        open_lookups(folder)
