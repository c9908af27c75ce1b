"""An insider edits, swaps or puts back what lies in the office's folder, then goes on working."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from clerestory.cli.office import open_office
from clerestory.ledger import EventType
from clerestory.ledger.repeats import fields_of
from hostile.running import must, type_in
from hostile.world import STORY, WHO

CASE = "STORY-HOSPITAL"
CASEBOOK = STORY.parents[3] / "casebook" / "dockets.yaml"
Words = list[str | Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("edited")
    must("holdings", "make", base / "agency", "--persons", "8", "--seed", "3")
    must(
        "keys", "office", base / "office", "--origin", "log.example/test",
        "--source", base / "agency" / "agency.sqlite", "--index", base / "agency/persons.index",
    )  # fmt: skip
    for name in ("agents", "others"):
        must("keys", "recipient", base / name, "--name", f"{name}.example/r")
    shutil.copytree(base / "office", base / "yesterday")
    must(*receive(base / "office"))
    return base


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "office", tmp_path / "office")


def receive(office: Path) -> Words:
    return ["receive", STORY, "--case", CASE, "--office", office, "--at", "2026-08-19T14:00Z"]


def receive_class(office: Path) -> Words:
    return ["receive", CASEBOOK, "--case", "DK-10-ME-CONGRESS-2025-09", "--office", office,
            "--at", "2026-08-19T14:00Z"]  # fmt: skip


def refuse(office: Path, _made: Path) -> Words:
    return ["refuse", STORY, "--case", CASE, "--office", office, "--at", "2026-08-20T15:00Z"]


def disclose(office: Path, made: Path, to: str = "agents") -> Words:
    return ["disclose", STORY, "--case", CASE, "--office", office, "--who", WHO,
            "--at", "2026-10-21T15:00Z", "--reviewer", "one", "--reviewer", "two",
            "--recipient", made / to / "recipient.txt"]  # fmt: skip


def entries(office: Path) -> int:
    with open_office(office).ledger() as ledger, ledger.log.reading() as reader:
        return reader.head().size


def edit(office: Path, **parts: object) -> None:
    note = office / "matters" / f"{CASE}.json"
    note.write_text(json.dumps({**json.loads(note.read_bytes()), **parts}))


def test_no_note_beside_the_log_stands_for_an_entry(office: Path, made: Path) -> None:
    twin = shutil.copytree(office, office.with_name("twin"))
    must(*refuse(twin, made))
    with open_office(twin).ledger() as ledger:
        [(_, answer)] = fields_of(ledger, EventType.ANSWER_SEALED, CASE)
    planted = {"demand": CASE, "digest": answer["package"], "index": 0}
    (office / "matters" / f"{CASE}+answer.json").write_text(json.dumps(planted))

    must(*refuse(office, made))

    assert entries(office) == 3


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"number": 7}, "has number 7 in it, and 1 in the log"),
        ({"asked": None}, "asks something else in it than in the log"),
        ({"asked": {}}, "asks something else in it than in the log"),
    ],
)
@pytest.mark.parametrize("answer", [disclose, refuse, lambda office, _: receive(office)])
def test_an_edited_note_of_a_demand_is_an_alarm(
    parts: dict[str, object],
    said: str,
    answer: Callable[[Path, Path], Words],
    office: Path,
    made: Path,
) -> None:
    edit(office, **parts)
    before = sorted(office.rglob("*"))

    done = type_in(*answer(office, made))

    assert (done.code, done.error_code) == (3, "office-record-altered")
    assert said in done.err
    assert sorted(office.rglob("*")) == before
    assert entries(office) == 1


def test_a_second_recipient_is_a_second_answer_in_the_log(office: Path, made: Path) -> None:
    must(*disclose(office, made))
    (office / "out").rename(office / "gone")

    said = must(*disclose(office, made, "others"))

    assert said.startswith("sealed number 1, log entry 4")
    with open_office(office).ledger() as ledger:
        answers = [told for _, told in fields_of(ledger, EventType.ANSWER_SEALED, CASE)]
    keys = [(made / to / "recipient.txt").read_text().strip() for to in ("agents", "others")]
    assert [one["sealed_to"] for one in answers] == keys
    assert answers[0]["package"] == answers[1]["package"]


@pytest.mark.parametrize("words", [refuse, disclose, lambda office, _: receive_class(office)])
def test_a_log_that_is_put_back_from_yesterday_is_an_alarm_before_a_number_is_drawn(
    words: Callable[[Path, Path], Words], office: Path, made: Path
) -> None:
    shutil.rmtree(office / "log")
    shutil.copytree(made / "yesterday" / "log", office / "log")

    done = type_in(*words(office, made))

    assert (done.code, done.error_code) == (3, "log-rollback")
    assert "log.seen shows 1, the database 0" in done.err


def test_an_erased_matter_is_told_from_one_that_the_log_never_had(office: Path, made: Path) -> None:
    must("log", "erase", office / "log", CASE, "--scope", "maine-dhhs", "--authority", "made up",
         "--at", "2026-08-20T14:00Z")  # fmt: skip

    done = type_in(*disclose(office, made))

    assert (done.code, done.error_code) == (2, "log-erased")


@pytest.mark.parametrize(
    ("kept", "published"),
    [("keys/package.key", "sender.vkey"), ("log/keys/log.key", "log.vkey")],
)
@pytest.mark.parametrize("which", ["private", "public"])
def test_a_key_that_is_not_the_published_one_signs_nothing_and_nothing_is_logged(
    kept: str, published: str, which: str, office: Path, made: Path
) -> None:
    twin = office.with_name("twin")
    must(
        "keys", "office", twin, "--origin", "log.example/test",
        "--source", made / "agency/agency.sqlite", "--index", made / "agency/persons.index",
    )  # fmt: skip
    swapped = kept if which == "private" else f"public/{published}"
    own = (office / swapped).read_bytes()
    shutil.copyfile(twin / swapped, office / swapped)

    done = type_in(*disclose(office, made))

    assert (done.code, done.error_code) == (2, "office-keys-differ")
    assert f"public/{published} is another" in done.err
    assert not (office / "out").exists()
    (office / swapped).write_bytes(own)
    assert entries(office) == 1


@pytest.mark.parametrize(("counter", "said"), [(5, "6 after 1"), (0, "1 after 1")])
def test_a_counter_that_was_set_draws_no_number(counter: int, said: str, office: Path) -> None:
    with open_office(office).ledger() as ledger, ledger.log.transaction() as cx:
        cx.execute("DROP TRIGGER number_has_no_gap")
        cx.execute("PRAGMA ignore_check_constraints = 1")
        cx.execute("UPDATE demand_number SET last = ?", (counter,))

    done = type_in(*receive_class(office))

    assert (done.code, done.error_code) == (3, "log-torn")
    assert said in done.err
    assert entries(office) == 1


def receipt_of(package: Path, office: Path, made: Path) -> Words:
    must(
        "keys", "sign-receipt", package, office / "receipt", "--demand", CASE,
        "--key", made / "agents" / "receipt.key", "--at", "2026-10-22T15:00Z",
    )  # fmt: skip
    return ["receipt", office / "receipt", package, "--office", office,
            "--key", made / "agents" / "receipt.vkey", "--at", "2026-10-23T15:00Z"]  # fmt: skip


def sealed_note_of(office: Path) -> Path:
    [note] = (office / "sealed").iterdir()
    return note


@pytest.mark.parametrize(
    "edited",
    [
        lambda note: note.split("\n\n")[0].split("\n", 2)[2],
        lambda note: note.replace("2026-10-21", "2026-10-20"),
        lambda note: note.replace(CASE, "STORY-OTHER"),
        lambda note: note.split("\n\n")[0] + "\n",
        lambda _: "",
    ],
    ids=["as-before-signing", "earlier", "other-demand", "unsigned", "empty"],
)
def test_an_edited_note_of_a_package_is_an_alarm_and_its_receipt_is_not_logged(
    edited: Callable[[str], str], office: Path, made: Path
) -> None:
    must(*disclose(office, made))
    note = sealed_note_of(office)
    note.write_text(edited(note.read_text()))

    done = type_in(*receipt_of(office / "out" / f"{CASE}.tar.age", office, made))

    assert (done.code, done.error_code) == (3, "office-record-altered")
    assert note.name in done.err
    assert entries(office) == 3


def test_the_note_of_a_package_stands_for_no_other_file(office: Path, made: Path) -> None:
    must(*disclose(office, made))
    foreign = office.with_name("foreign")
    foreign.write_bytes(b"made-up")
    digest = sha256(foreign.read_bytes()).hexdigest()
    shutil.copy(sealed_note_of(office), office / "sealed" / digest)

    done = type_in(*receipt_of(foreign, office, made))

    assert (done.code, done.error_code) == (3, "office-record-altered")
    assert entries(office) == 3


@pytest.mark.parametrize(("answer", "size"), [(None, 1), (refuse, 3)])
def test_no_receipt_is_logged_where_the_log_holds_nothing_that_was_sealed_to_anybody(
    answer: Callable[[Path, Path], Words] | None, size: int, office: Path, made: Path
) -> None:
    twin = shutil.copytree(office, office.with_name("twin"))
    must(*disclose(twin, made))
    if answer:
        must(*answer(office, made))
    shutil.copytree(twin / "sealed", office / "sealed")

    done = type_in(*receipt_of(twin / "out" / f"{CASE}.tar.age", office, made))

    assert (done.code, done.error_code) == (3, "receipt-not-answered")
    assert CASE in done.err
    assert entries(office) == size
