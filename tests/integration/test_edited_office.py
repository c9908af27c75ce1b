"""An insider edits, swaps or puts back what lies in the office's folder, then goes on working."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from clerestory.cli.begun import Begun, begun_before
from clerestory.cli.deciding import decide_file
from clerestory.cli.office import open_office
from clerestory.ledger import EventType
from clerestory.ledger.repeats import fields_of
from clerestory.notes.key_files import read_signing_key
from clerestory.office.answer.decided import Decided
from hostile.running import must, type_in
from hostile.world import DEMAND, STORY, WHO

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

    assert said.startswith("The answer to number 1 is sealed: log entry 4")
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


@pytest.mark.parametrize("when", ["today", "yesterday"])
@pytest.mark.parametrize(
    "words", [refuse, disclose, lambda office, _: receive(office), lambda o, _: receive_class(o)]
)
def test_a_log_of_which_nothing_was_seen_is_an_alarm_also_where_it_is_empty(
    words: Callable[[Path, Path], Words], when: str, office: Path, made: Path
) -> None:
    # What would tell that an older log was put back is taken away with it.
    (office / "log.seen").unlink()
    if when == "yesterday":
        shutil.rmtree(office / "log")
        shutil.copytree(made / "yesterday" / "log", office / "log")
        shutil.rmtree(office / "matters")
        shutil.copytree(made / "office" / "matters", office / "matters")
    before = sorted(office.rglob("*"))

    done = type_in(*words(office, made))

    assert (done.code, done.error_code) == (3, "office-log-unseen")
    assert "log.seen is missing" in done.err
    assert sorted(office.rglob("*")) == before


def test_what_an_office_sees_of_its_log_is_begun_with_the_office(made: Path) -> None:
    seen = made / "yesterday" / "log.seen"

    assert seen.read_text("utf-8").startswith("log.example/test\n0\n")
    assert seen.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(["--at", "2026-10-21T14:00Z"], id="a-later-day-with-more-findings"),
        pytest.param(["--at", "2026-08-19T14:00Z", "--who", WHO], id="with-whom"),
    ],
)
def test_a_demand_whose_note_is_lost_is_noted_again_by_the_same_paper_and_can_be_answered(
    again: Words, office: Path, made: Path
) -> None:
    (office / "matters" / f"{CASE}.json").unlink()

    done = type_in(*receive(office)[:-2], *again)

    assert (done.code, done.error_code) == (2, "answer-received-already")
    assert "as number 1" in done.err
    assert entries(office) == 1
    assert must(*disclose(office, made)).startswith("The answer to number 1 is sealed: log entry 2")


def test_another_paper_under_the_id_of_one_whose_note_is_lost_is_not_noted(
    office: Path, tmp_path: Path
) -> None:
    note = office / "matters" / f"{CASE}.json"
    note.unlink()
    other = tmp_path / "other.yaml"
    other.write_text(DEMAND.replace("MADE-UP-1", CASE))

    done = type_in("receive", other, "--office", office, "--at", "2026-08-20T14:00Z")

    assert (done.code, done.error_code) == (2, "answer-received-already")
    assert not note.exists()
    assert entries(office) == 1


def next_day(words: Words, *, reviewer: str = "two") -> Words:
    return [{"2026-10-21T15:00Z": "2026-10-22T15:00Z", "two": reviewer}.get(str(w), w)
            for w in words]  # fmt: skip


@pytest.mark.parametrize(
    ("reviewer", "entry", "day"), [("two", 2, "2026-10-21"), ("three", 4, "2026-10-22")]
)
def test_an_answer_that_was_logged_and_not_put_out_is_the_same_answer_on_the_next_day(
    reviewer: str, entry: int, day: str, office: Path, made: Path
) -> None:
    must(*disclose(office, made))
    for name in ("out", "sealed"):
        shutil.rmtree(office / name)

    said = must(*next_day(disclose(office, made), reviewer=reviewer))

    assert said.startswith(f"The answer to number 1 is sealed: log entry {entry}.\n")
    assert entries(office) == entry + 1
    must(
        "verify", office / "out" / f"{CASE}.tar.age", "--identity", made / "agents/identity.txt",
        "--sender", office / "public" / "sender.vkey", "--log", office / "public" / "log.vkey",
        "--extract-to", office.with_name("opened"),
    )  # fmt: skip
    with open_office(office).ledger() as ledger:
        answers = [told for _, told in fields_of(ledger, EventType.ANSWER_SEALED, CASE)]
    assert answers[-1]["on"] == day


def test_an_answer_is_gone_on_with_where_the_law_of_today_says_the_same_and_only_there(
    office: Path, made: Path
) -> None:
    must(*disclose(office, made))
    today = date(2026, 10, 22)
    decided = decide_file(STORY, on=today, case=CASE)
    told = decided.determination
    cited = tuple(replace(ruling, authorities=("another",)) for ruling in told.rulings)
    changed = replace(decided, determination=replace(told, rulings=cited))

    def found(law: Decided, *, day: date = today, reviewer: str = "two") -> Begun | None:
        return begun_before(
            open_office(office), law, reviewers=["one", reviewer], today=day,
            sealed_to=(made / "agents" / "recipient.txt").read_text().strip(),
        )  # fmt: skip

    begun = found(decided)
    assert begun is not None
    assert (begun.index, begun.day) == (2, date(2026, 10, 21))
    assert begun.decided.determination.on == begun.day
    assert found(changed) is None
    assert found(decided, reviewer="three") is None
    assert found(decided, day=begun.day) is None


def age_form(public: bytes) -> str:
    """An Ed25519 key as the age recipient whose identity its owner can make of the private half."""
    prime = 2**255 - 19
    y = int.from_bytes(public, "little") & (2**255 - 1)
    u = (1 + y) * pow(1 - y, -1, prime) % prime
    bits = "".join(f"{one:08b}" for one in u.to_bytes(32, "little")) + "0000"
    data = [int(bits[at : at + 5], 2) for at in range(0, 260, 5)]
    # BIP 173, of which age takes the plain checksum.
    value = 1
    for one in [3, 3, 3, 0, 1, 7, 5, *data, *[0] * 6]:
        top, value = value >> 25, (value & 0x1FFFFFF) << 5 ^ one
        for at, made in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            value ^= made if top >> at & 1 else 0
    data += [(value ^ 1) >> 5 * (5 - at) & 31 for at in range(6)]
    return "age1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[one] for one in data)


@pytest.mark.parametrize("form", ["ssh", "age"])
@pytest.mark.parametrize("which", ["keys/package.key", "log/keys/log.key"])
def test_no_answer_is_sealed_to_a_key_of_the_office_itself(
    which: str, form: str, office: Path, made: Path, tmp_path: Path
) -> None:
    verifier = read_signing_key(office / which).verifier
    own = serialization.load_pem_public_key(verifier.pem())
    ssh = own.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    key = tmp_path / "key.pub"
    key.write_bytes(
        ssh + b" made-up\n" if form == "ssh" else age_form(verifier.public_bytes).encode()
    )

    done = type_in(*disclose(office, made)[:-1], key)

    assert (done.code, done.error_code) == (2, "recipient-ours")
    assert f"this key is the office's own: {which}" in done.err
    assert entries(office) == 1


def test_a_recipients_key_may_be_kept_in_the_offices_folder(
    office: Path, made: Path, tmp_path: Path
) -> None:
    theirs = read_signing_key(made / "agents" / "receipt.key").verifier.pem()
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    key = tmp_path / "key.pub"
    key.write_bytes(serialization.load_pem_public_key(theirs).public_bytes(*form))
    (office / "recipients").mkdir()
    (office / "recipients" / "theirs.pem").write_bytes(theirs)

    assert must(*disclose(office, made)[:-1], key).startswith(
        "The answer to number 1 is sealed: log entry 2"
    )


def test_a_link_in_place_of_the_folder_of_work_is_taken_away_and_not_what_it_leads_to(
    office: Path, made: Path, tmp_path: Path
) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "kept.txt").write_text("kept")
    (office / "sealing").symlink_to(tmp_path / "else")

    must(*disclose(office, made))

    assert [path.name for path in (tmp_path / "else").iterdir()] == ["kept.txt"]
    assert not (office / "sealing").exists()


def test_an_erased_matter_is_told_from_one_that_the_log_never_had(office: Path, made: Path) -> None:
    must("log", "erase", office / "log", CASE, "--scope", "maine-dhhs", "--authority", "made up",
         "--at", "2026-08-20T14:00Z")  # fmt: skip

    done = type_in(*disclose(office, made))

    assert (done.code, done.error_code) == (2, "log-erased")


def test_an_office_is_called_as_its_key_is(office: Path) -> None:
    settings = office / "office.toml"
    told = settings.read_text()
    assert 'origin = "log.example/test"' in told
    settings.write_text(told.replace("log.example/test", "other.example/test"))

    done = type_in("log", "audit", office / "log")
    assert done.code == 0  # of the log alone nothing was changed
    done = type_in("holdings", "lookups", office)

    assert (done.code, done.error_code) == (2, "office-keys-differ")
    assert "office.toml says other.example/test" in done.err
    assert "public/log.vkey is of log.example/test" in done.err


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
