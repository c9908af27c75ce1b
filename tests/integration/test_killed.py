"""A machine that dies at every step: the same words finish the act, and nothing is done twice."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hostile.dying import fails_from, is_killed
from hostile.running import must, type_in
from hostile.world import STORY, WHO

CASEBOOK = STORY.parents[3] / "casebook" / "dockets.yaml"
Words = list[str | Path]


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("dying")
    must("holdings", "make", base / "agency", "--persons", "8", "--seed", "3")
    must(
        "keys", "office", base / "empty", "--origin", "log.example/test",
        "--source", base / "agency" / "agency.sqlite", "--index", base / "agency" / "persons.index",
    )  # fmt: skip
    must("keys", "recipient", base / "agents", "--name", "agents.example/r")
    shutil.copytree(base / "empty", base / "received")
    must(*receive(base / "received"))
    return base


def receive(office: Path) -> Words:
    return ["receive", STORY, "--case", "STORY-HOSPITAL", "--office", office,
            "--at", "2026-08-19T14:00Z"]  # fmt: skip


def receive_class(office: Path) -> Words:
    return ["receive", CASEBOOK, "--case", "DK-10-ME-CONGRESS-2025-09", "--office", office,
            "--at", "2026-08-19T14:00Z"]  # fmt: skip


def refuse(office: Path) -> Words:
    return ["refuse", STORY, "--case", "STORY-HOSPITAL", "--office", office,
            "--at", "2026-08-20T15:00Z"]  # fmt: skip


def disclose(office: Path) -> Words:
    return ["disclose", STORY, "--case", "STORY-HOSPITAL", "--office", office, "--who", WHO,
            "--at", "2026-10-21T15:00Z", "--reviewer", "one", "--reviewer", "two",
            "--recipient", office.parent / "agents" / "recipient.txt"]  # fmt: skip


def copies(made: Path) -> Iterator[Path]:
    """Give fresh copies of an office, each beside the office itself."""
    copy = made.with_name("copy")
    while True:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(made, copy)
        yield copy


def entries_in(office: Path) -> int:
    with closing(sqlite3.connect(office / "log" / "ledger.sqlite3")) as log:
        return int(log.execute("SELECT count(*) FROM entry").fetchone()[0])


def answers_in(office: Path) -> list[str]:
    return sorted(path.name for path in (office / "out").iterdir())


@pytest.mark.parametrize(
    ("words", "start", "entries", "out"),
    [
        pytest.param(receive, "empty", 1, [], id="receive"),
        pytest.param(receive_class, "empty", 1, [], id="receive-class"),
        pytest.param(
            refuse, "received", 3,
            ["STORY-HOSPITAL-2026-08-20-refusal.pdf", "STORY-HOSPITAL-2026-08-20-withheld.pdf"],
            id="refuse",
        ),
        pytest.param(
            disclose, "received", 3,
            ["STORY-HOSPITAL.tar.age", "STORY-HOSPITAL.tar.age.sig"], id="disclose",
        ),
    ],
)  # fmt: skip
def test_an_act_killed_at_any_step_is_finished_by_the_same_words_and_logged_once(
    words: Callable[[Path], Words], start: str, entries: int, out: list[str], received: Path
) -> None:
    steps = 0
    for office in copies(received / start):
        # Each step of a disclosure would take a minute, and most are those of the log itself.
        steps += 3 if words is disclose else 1
        if not is_killed(*words(office), within=office, at=steps):
            break

        again = type_in(*words(office))

        # Killed after its last step it is done already, and says so.
        assert again.code == 0 or again.error_code in {"answer-received-already", "answer-exists"}
        assert entries_in(office) == entries, steps
        told = json.loads(
            next(p for p in (office / "matters").glob("*.json") if "+" not in p.name).read_bytes()
        )
        assert told["number"] == 1
        assert not out or answers_in(office) == out, steps
        assert f"audited {entries} entries" in must("log", "audit", office / "log")
    assert steps > 2


@pytest.mark.parametrize(("words", "code"), [(disclose, 2), (refuse, 0)])
def test_an_answer_that_is_there_is_said_before_anybody_is_looked_up(
    words: Callable[[Path], Words], code: int, received: Path
) -> None:
    office = next(copies(received / "received"))
    must(*words(office))
    before = sorted((path, path.read_bytes()) for path in office.rglob("*") if path.is_file())

    again = type_in(*words(office))

    assert (again.code, again.error_code) == (code, "answer-exists" if code else "")
    after = sorted((path, path.read_bytes()) for path in office.rglob("*") if path.is_file())
    assert after == before


def open_to_others(folder: Path) -> list[str]:
    """What another account could read: every folder on the way must let it in."""
    found = []
    for path in folder.rglob("*"):
        way = [path, *(parent for parent in path.parents if folder in parent.parents)]
        if path.is_file() and all(one.stat().st_mode & 0o077 for one in way):
            found.append(path.relative_to(folder).as_posix())
    return sorted(found)


@pytest.mark.parametrize("words", [disclose, refuse])
def test_no_other_account_reads_what_tells_of_a_matter_whatever_new_files_get(
    words: Callable[[Path], Words], received: Path
) -> None:
    before = os.umask(0)
    try:
        office = received / f"open-{words.__name__}"
        must(
            "keys", "office", office, "--origin", "log.example/test", "--index",
            received / "agency" / "persons.index", "--source", received / "agency/agency.sqlite",
        )  # fmt: skip
        must(*receive(office))
        must(*words(office))
        opened = received / "opened"
        if words is disclose:
            must(
                "verify", office / "out" / "STORY-HOSPITAL.tar.age",
                "--sender", office / "public" / "sender.vkey",
                "--log", office / "public" / "log.vkey",
                "--identity", received / "agents" / "identity.txt", "--extract-to", opened,
            )  # fmt: skip
    finally:
        os.umask(before)

    public = {"office.toml", "public/log.vkey", "public/sender.pem", "public/sender.vkey"}
    assert set(open_to_others(office)) <= public
    assert (office / "log" / "ledger.sqlite3").stat().st_mode & 0o077 == 0
    if words is disclose:
        assert len(list(opened.rglob("*"))) > 10
        assert {path.stat().st_mode & 0o077 for path in [opened, *opened.rglob("*")]} == {0}


@pytest.mark.parametrize("made", ["office", "recipient"])
def test_keys_whose_making_was_killed_are_made_by_the_same_words_and_nothing_is_left(
    made: str, received: Path, tmp_path: Path
) -> None:
    where, steps = tmp_path / "a" / "new", 0
    words: dict[str, Words] = {
        "office": ["keys", "office", where, "--origin", "log.example/test",
                   "--source", received / "agency/agency.sqlite",
                   "--index", received / "agency/persons.index"],
        "recipient": ["keys", "recipient", where, "--name", "agents.example/r"],
    }  # fmt: skip
    while True:
        shutil.rmtree(tmp_path / "a", ignore_errors=True)
        steps += 4 if made == "office" else 2
        if not is_killed(*words[made], within=tmp_path, at=steps):
            break
        # It is there whole or not at all: keys without the rest would be in the way.
        if not where.exists():
            must(*words[made])

        assert [path.name for path in where.parent.iterdir()] == ["new"]
        if made == "office":
            must(*receive(where))
        else:
            assert {path.name for path in where.iterdir()} == {
                "identity.txt", "recipient.txt", "receipt.key", "receipt.vkey"
            }  # fmt: skip
    assert steps > 8


def test_what_a_killed_opening_left_to_be_read_is_taken_away_by_the_next(received: Path) -> None:
    office = next(copies(received / "received"))
    must(*disclose(office))
    desk = received / "desk"
    words: Words = [
        "verify", office / "out" / "STORY-HOSPITAL.tar.age", "--extract-to", desk / "opened",
        "--sender", office / "public" / "sender.vkey", "--log", office / "public" / "log.vkey",
        "--identity", received / "agents" / "identity.txt",
    ]  # fmt: skip
    steps = 0
    while True:
        shutil.rmtree(desk, ignore_errors=True)
        (desk / ".opening-of-somebody-else").mkdir(parents=True)
        steps += 4
        if not is_killed(*words, within=desk, at=steps):
            break
        left = [path for path in desk.glob(".opening-*") if path.is_dir()]

        again = type_in(*words)

        assert again.code == 0 or again.error_code == "package-folder-exists"
        kept = {path.name for path in desk.iterdir()}
        assert again.code or kept == {"opened", ".opening-of-somebody-else"}, left
    assert steps > 20


def test_a_publication_that_was_killed_is_found_done_by_the_same_words(received: Path) -> None:
    steps = 0
    for office in copies(received / "received"):
        steps += 1
        words: Words = ["log", "checkpoint", office / "log", "--publish"]
        if not is_killed(*words, within=office, at=steps):
            break

        again = must(*words)

        assert again.encode() == (office / "log" / "public" / "checkpoint").read_bytes()
        assert "0 faults" in must("log", "audit", office / "log")
    assert steps > 8


@pytest.mark.parametrize(
    ("words", "start", "entries", "error"),
    [
        pytest.param(receive, "empty", 1, errno.ENOSPC, id="receive-full"),
        pytest.param(receive, "empty", 1, errno.EROFS, id="receive-read-only"),
        pytest.param(refuse, "received", 3, errno.EDQUOT, id="refuse-over-quota"),
        pytest.param(disclose, "received", 3, errno.ENOSPC, id="disclose-full"),
        pytest.param(disclose, "received", 3, errno.EIO, id="disclose-failing"),
    ],
)
def test_on_a_disk_that_takes_no_more_an_act_says_so_and_is_finished_once_there_is_room(
    words: Callable[[Path], Words], start: str, entries: int, error: int, received: Path
) -> None:
    steps = -1
    for office in copies(received / start):
        steps += {"receive": 2, "refuse": 4, "disclose": 11}[words.__name__]
        code, said = fails_from(*words(office), within=office, at=steps, error=error)
        if code == 0:
            break

        # The disk is no tampering, and nobody has to read a traceback.
        assert code == 4, said
        assert "code: machine" in said or "code: log-storage" in said
        assert os.strerror(error).lower() in said.lower()
        assert not [path for path in office.glob("out/*") if path.suffix == ".age"], steps
        again = type_in(*words(office))
        assert again.code == 0 or again.error_code in {"answer-received-already", "answer-exists"}
        assert entries_in(office) == entries
        assert "0 faults" in must("log", "audit", office / "log")
        assert not list(office.glob("sealing*")) or again.code
    assert steps > 2
