"""The whole answer at the command line: receive, refuse, disclose, verify, receipt."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization

from clerestory.cli.exit_codes import ExitCode
from clerestory.cli.main import program
from clerestory.kernel import ClerestoryError, Corruption, Refusal
from mail_program import make_certificate

HOME = Path(__file__).resolve().parents[2]
STORY = HOME / "packs" / "us-me" / "cases" / "story.yaml"
WHO = HOME / "profiles" / "maine-dhhs" / "demo" / "who.yaml"
NAMES = ("Robert", "Pinkham", "Demonstration Lane", "1974-06-22")


def type_command(*words: str | Path) -> str:
    """Run one command and return what it prints; its errors are raised."""
    result = CliRunner().invoke(program, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def asked(office: Path, at: str) -> list[str | Path]:
    return [STORY, "--case", "STORY-HOSPITAL", "--office", office, "--at", at]


def disclosed(office: Path) -> Path:
    """Receive and disclose the story's demand after the court's order; return the package."""
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    type_command(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two",
    )  # fmt: skip
    return office / "out" / "STORY-HOSPITAL.tar.age"


def keys_of_a_mail_program(folder: Path) -> tuple[Path, Path]:
    """Write a made-up certificate and its private key; return both."""
    certificate, key = make_certificate()
    encoding, bare = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "mail.crt").write_bytes(certificate.public_bytes(encoding))
    (folder / "mail.key").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, bare)
    )
    return folder / "mail.crt", folder / "mail.key"


@pytest.mark.parametrize(("more", "said"), [([], "age"), (["--cms-cbc"], "AES-256-CBC")])
def test_a_certificate_gets_an_authenticated_package_unless_it_is_asked_otherwise(
    office: Path, tmp_path: Path, more: list[str], said: str
) -> None:
    certificate, key = keys_of_a_mail_program(tmp_path)
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))

    told = type_command(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO, "--recipient", certificate,
        "--reviewer", "one", "--reviewer", "two", *more,
    )  # fmt: skip

    package = office / "out" / "STORY-HOSPITAL.tar.p7m"
    assert ("AES-256-CBC does not authenticate" in told) == bool(more), said
    checked = verify(office, package, "--identity", key)
    assert "commits to exactly these contents" in checked
    assert ("AES-256-CBC does not authenticate" in checked) == bool(more), said
    note = package.with_name(f"{package.name}.sig").read_text()
    assert ("AES-256-CBC does not authenticate" in note) == bool(more), said


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"age1" + b"q" * 52 + b"5cu47z\n", "recipient-weak"),
        (b"ssh-dss AAAA\n", "recipient-wrong-kind"),
        (None, "given-file-unusable"),
    ],
)
def test_a_key_that_cannot_be_sealed_to_is_refused_before_anything_is_logged(
    office: Path, tmp_path: Path, given: bytes | None, code: str
) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    recipient = tmp_path / "recipient"
    if given is not None:
        recipient.write_bytes(given)
    before = everything_in(office)

    with pytest.raises(Refusal) as refused:
        type_command(
            "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
            "--recipient", recipient, "--reviewer", "one", "--reviewer", "two",
        )  # fmt: skip

    assert refused.value.code == code
    assert refused.value.todo
    assert everything_in(office) == before


def everything_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def verify(office: Path, package: Path, *more: str | Path) -> str:
    public = office / "public"
    return type_command(
        "verify", package, "--sender", public / "sender.vkey", "--log", public / "log.vkey", *more
    )


def test_a_named_person_is_answered_to_the_order_and_no_further(office: Path) -> None:
    package = disclosed(office)
    opened = office.parent / "opened"

    said = verify(
        office, package, "--identity", office.parent / "agents" / "identity.txt",
        "--extract-to", opened,
    )  # fmt: skip

    assert "commits to exactly these contents" in said
    records = (opened / "data" / "records" / "S1.csv").read_text("utf-8")
    fields = [line.split(",")[2].strip('"') for line in records.splitlines()[1:]]
    assert fields == ["address", "admission_status", "discharge_date"]
    assert not (opened / "data" / "records" / "S2.csv").exists()


def test_what_a_reviewer_lowers_does_not_leave_and_is_logged(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    type_command(
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two", "--lower", "S1.address=refer_to_counsel",
    )  # fmt: skip
    opened = office.parent / "opened"

    verify(
        office, office / "out" / "STORY-HOSPITAL.tar.age",
        "--identity", office.parent / "agents" / "identity.txt", "--extract-to", opened,
    )  # fmt: skip

    records = (opened / "data" / "records" / "S1.csv").read_text("utf-8")
    fields = [line.split(",")[2].strip('"') for line in records.splitlines()[1:]]
    assert fields == ["admission_status", "discharge_date"]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "demand.received", "scope": "maine-dhhs", "matter": "m", "fields": {"a": "b"}},
        {"type": "answer.sealed", "scope": "maine-dhhs", "matter": "m", "fields": {"a": "b"}},
        {"type": "answer.received", "scope": "maine-dhhs", "matter": "m", "fields": {"a": "b"}},
        {"type": "class-demand.received", "scope": "maine-dhhs", "public": {"a": "b"}},
        {"type": "class-demand.answered", "scope": "maine-dhhs", "public": {"package": "x"}},
    ],
)
def test_an_act_is_not_typed_into_an_offices_log(
    office: Path, tmp_path: Path, event: dict[str, object]
) -> None:
    policy = {"type": "policy.adopted", "scope": "maine-dhhs", "public": {"digest": "made up"}}
    (tmp_path / "events.json").write_text(json.dumps([policy, event]))
    (tmp_path / "policy.json").write_text(json.dumps(policy))

    with pytest.raises(Refusal) as caught:
        type_command("log", "append", office / "log", tmp_path / "events.json")

    assert caught.value.code == "log-event-internal"
    assert f"{event['type']} must not be appended by hand: event 2" in str(caught.value)
    # The first of the two was not written either: the next one is entry 0.
    assert type_command("log", "append", office / "log", tmp_path / "policy.json").startswith(
        "index 0 "
    )


def test_a_shut_package_is_partly_checked_and_never_said_to_hold(office: Path) -> None:
    package, public = disclosed(office), office / "public"
    words = ["verify", str(package), "--sender", str(public / "sender.vkey")]
    log_key = (public / "log.vkey").read_text("utf-8").strip()

    told = CliRunner().invoke(program, [*words, "--log", log_key])
    shown = CliRunner().invoke(program, [*words, "--log", str(public / "log.vkey"), "--json"])

    assert (told.exit_code, shown.exit_code) == (ExitCode.NO, ExitCode.NO)
    lines = told.output.splitlines()
    assert lines[0] == "The package STORY-HOSPITAL.tar.age stayed shut."
    assert lines[3:6] == [
        "checked:",
        "  1 name: the sender signed a seal for a file of this name",
        "  2 seal: the file is the one that was sealed: not one bit is changed or missing",
    ]
    assert lines[6].startswith("not checked, since it needs the recipient's identity")
    assert [line.split(":")[0] for line in lines[7:13]] == [
        "  3 open", "  4 bag", "  5 contents", "  6 log", "  7 entry", "  8 rulings",
    ]  # fmt: skip
    assert lines[13].startswith("partly checked")
    assert "holds" not in told.output
    value = json.loads(shown.output)
    assert (value["complete"], value["demand"], value["log"]) == (False, None, None)
    assert [each["step"] for each in value["checked"]] == [1, 2]
    assert [each["step"] for each in value["not_checked"]] == [3, 4, 5, 6, 7, 8]


def test_a_whole_check_says_so_to_a_program(office: Path) -> None:
    package = disclosed(office)

    value = json.loads(
        verify(office, package, "--identity", office.parent / "agents" / "identity.txt", "--json")
    )

    assert value["complete"] is True
    assert value["not_checked"] == []
    assert value["demand"] == "STORY-HOSPITAL"
    assert value["log"] == {"origin": "log.example/test", "index": 2, "size": 3}


@pytest.mark.parametrize("option", ["--sender", "--log"])
def test_a_mistyped_key_file_is_told_as_one(office: Path, option: str) -> None:
    package, public = disclosed(office), office / "public"
    keys = {"--sender": public / "sender.vkey", "--log": public / "log.vkey"}
    for given, code in (
        (public / "nothing.vkey", "key-file-missing"),
        ("x" * 5000, "key-file-missing"),
        (package, "key-file-missing"),
        (office / "keys" / "package.key", "key-unreadable"),
        (f"{public / 'log.vkey'}+1+2", "key-unreadable"),
    ):
        words = {**keys, option: given}

        with pytest.raises(Refusal) as caught:
            type_command("verify", package, *(w for pair in words.items() for w in pair))

        assert caught.value.code == code


@pytest.mark.parametrize(
    ("lower", "code"),
    [
        ("S1.address=withhold", "review-mandate"),
        ("S1.diagnosis=refer_to_counsel", "review-would-raise"),
        ("S1.address=hide", "review-unknown-item"),
        ("snap/S1.address=withhold", "review-unknown-item"),
        ("S9.address=withhold", "review-unknown-item"),
    ],
)
def test_a_review_that_may_not_be_is_refused(lower: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        type_command("decide", STORY, "--case", "STORY-HOSPITAL", "--on", "2026-10-21",
                     "--lower", lower)  # fmt: skip

    assert refused.value.code == code
    assert refused.value.todo


@pytest.mark.parametrize("over", ["package", "agents/receipt.key", "agents", "link"])
def test_a_receipt_is_written_over_nothing(office: Path, over: str) -> None:
    folder = office.parent
    (folder / "package").write_bytes(b"a made-up package")
    (folder / "link").symlink_to("nowhere")
    before = everything_in(folder)

    with pytest.raises(Refusal) as refused:
        type_command(
            "keys", "sign-receipt", folder / "package", folder / over, "--demand", "STORY-HOSPITAL",
            "--key", folder / "agents" / "receipt.key", "--at", "2026-10-21T16:00Z",
        )  # fmt: skip

    assert refused.value.code == "receipt-file-exists"
    assert everything_in(folder) == before
    assert (folder / "link").is_symlink()


def test_the_receipt_is_recorded_and_another_packages_receipt_is_not(office: Path) -> None:
    package, note = disclosed(office), office.parent / "receipt.note"
    agents = office.parent / "agents"
    type_command(
        "keys", "sign-receipt", package, note, "--demand", "STORY-HOSPITAL",
        "--key", agents / "receipt.key", "--at", "2026-10-21T16:00Z",
    )  # fmt: skip

    said = type_command(
        "receipt", note, package, "--key", agents / "receipt.vkey", "--office", office,
        "--at", "2026-10-21T17:00Z",
    )  # fmt: skip

    assert "agents.example/r" in said
    other = office.parent / "other.tar.age"
    other.write_bytes(package.read_bytes() + b"x")
    with pytest.raises(ClerestoryError) as caught:
        type_command("receipt", note, other, "--key", agents / "receipt.vkey", "--office", office)
    assert caught.value.code == "package-not-ours"


def test_nothing_leaves_that_was_not_received(office: Path) -> None:
    with pytest.raises(ClerestoryError) as caught:
        type_command("refuse", *asked(office, "2026-08-20T15:00Z"))

    assert caught.value.code == "answer-not-received"
    assert not (office / "out").exists()


def test_one_person_cannot_sign_twice(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))

    with pytest.raises(ClerestoryError) as caught:
        type_command(
            "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
            "--recipient", office.parent / "agents" / "recipient.txt",
            "--reviewer", "One", "--reviewer", " one",
        )  # fmt: skip

    assert caught.value.code == "answer-needs-two"


def test_a_withheld_demand_cannot_be_disclosed(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))

    with pytest.raises(ClerestoryError) as caught:
        type_command(
            "disclose", *asked(office, "2026-08-20T15:00Z"), "--who", WHO,
            "--recipient", office.parent / "agents" / "recipient.txt",
            "--reviewer", "one", "--reviewer", "two",
        )  # fmt: skip

    assert caught.value.code == "disclosure-nothing-released"


def test_a_person_who_cannot_be_told_apart_is_not_guessed(office: Path, tmp_path: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    vague = tmp_path / "vague.yaml"
    vague.write_text(
        yaml.safe_dump({"demand": "STORY-HOSPITAL", "S1": {"name": "Robert Example"}}), "utf-8"
    )

    with pytest.raises(ClerestoryError) as caught:
        type_command(
            "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", vague,
            "--recipient", office.parent / "agents" / "recipient.txt",
            "--reviewer", "one", "--reviewer", "two",
        )  # fmt: skip

    assert caught.value.code == "answer-person-uncertain"
    assert "Robert" not in str(caught.value)


def test_a_demand_for_counsel_is_not_refused_without_counsel(office: Path) -> None:
    docket: list[str | Path] = [
        HOME / "casebook" / "dockets.yaml",
        "--case",
        "DK-01-ME-SNAP-2025-07",
    ]
    at: list[str | Path] = ["--office", office, "--at", "2025-07-24T15:00Z"]
    type_command("receive", *docket, *at)

    with pytest.raises(ClerestoryError) as caught:
        type_command("refuse", *docket, *at)

    assert caught.value.code == "answer-needs-counsel"


def test_a_refusal_is_a_letter_and_an_index_and_names_nobody(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))

    type_command("refuse", *asked(office, "2026-08-20T15:00Z"))

    letter, index = sorted((office / "out").glob("*.pdf"))
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(letter))
    assert "neither confirms nor denies" in " ".join(text.split())
    assert "1225(d)(4)" in text
    assert not any(name in text for name in NAMES)
    assert index.name.endswith("withheld.pdf")


def test_no_name_stands_in_the_log_the_office_or_the_sealed_package(office: Path) -> None:
    disclosed(office)

    written = [path for path in office.rglob("*") if path.is_file()]

    assert len(written) > 10
    for path in written:
        content = path.read_bytes()
        assert not any(name.encode() in content for name in NAMES), path


def test_one_altered_bit_of_a_package_is_an_alarm(office: Path) -> None:
    package = disclosed(office)
    content = bytearray(package.read_bytes())
    content[len(content) // 2] ^= 1
    package.chmod(0o600)
    package.write_bytes(content)

    with pytest.raises(Corruption):
        verify(office, package)


def test_age_opens_the_package(office: Path) -> None:
    if shutil.which("age") is None:
        pytest.skip("the program age is not on this machine")
    package = disclosed(office)

    opened = subprocess.run(
        ["age", "-d", "-i", str(office.parent / "agents" / "identity.txt"), str(package)],
        check=True,
        capture_output=True,
    )

    assert b"bagit.txt" in opened.stdout


def test_the_public_log_verifies_and_counts_each_number_once(office: Path) -> None:
    disclosed(office)
    type_command("log", "checkpoint", office / "log", "--propose")
    type_command("log", "checkpoint", office / "log", "--publish")

    said = type_command(
        "log", "verify", office / "log" / "public",
        "--vkey", (office / "public" / "log.vkey").read_text("utf-8").strip(), "--count",
    )  # fmt: skip

    assert said.startswith("Proven: the log log.example/test is whole, 3 entries.\n")
    assert "demand.received" in said


def test_an_answer_cut_short_is_logged_once_and_goes_on(office: Path) -> None:
    type_command("receive", *asked(office, "2026-08-19T14:00Z"))
    words = [
        "disclose", *asked(office, "2026-10-21T15:00Z"), "--who", WHO,
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two",
    ]  # fmt: skip
    run = "import sys; from clerestory.cli import main; main()"
    # The child is killed after it has logged the answer, in the middle of sealing.
    killed = "; ".join(
        [
            "import os, signal, clerestory.cli.answering as a",
            "a.seal_logged = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)",
            run,
        ]
    )

    first = subprocess.run(
        [sys.executable, "-c", killed, *map(str, words)], check=False, capture_output=True
    )
    type_command(*words)

    assert first.returncode == -9
    assert "audited 3 entries" in type_command("log", "audit", office / "log")
    with pytest.raises(ClerestoryError) as caught:
        type_command(*words)
    assert caught.value.code == "answer-exists"
    assert "audited 3 entries" in type_command("log", "audit", office / "log")


CONGRESS: list[str | Path] = [
    HOME / "casebook" / "dockets.yaml", "--case", "DK-10-ME-CONGRESS-2025-09",
]  # fmt: skip


def asked_by_congress(office: Path, procedures: Path) -> list[str]:
    made_up = HOME / "profiles" / "maine-dhhs" / "demo"
    words = [
        "disclose", *CONGRESS, "--office", office, "--at", "2025-09-12T15:00Z", "--late",
        "--recipient", office.parent / "agents" / "recipient.txt",
        "--reviewer", "one", "--reviewer", "two", "--file", f"S*.procedures={procedures}",
        "--file", f"S*.aggregate_counts={made_up / 'recipients-total.csv'}",
        "--file", f"S*.cost_totals={made_up / 'cost-totals.csv'}",
    ]  # fmt: skip
    return [str(word) for word in words]


def test_a_full_disk_leaves_nothing_half_done_and_the_same_words_go_on(
    office: Path, tmp_path: Path
) -> None:
    type_command("receive", *CONGRESS, "--office", office, "--at", "2025-09-03T14:00Z", "--late")
    scan = tmp_path / "long.txt"
    scan.write_bytes(b"made up\n" * (9 << 17))
    words = asked_by_congress(office, scan)
    full = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 20, 8 << 20)); "
        "from clerestory.cli import main; main()"
    )

    stopped = subprocess.run(
        [sys.executable, "-c", full, *words], check=False, capture_output=True, text=True
    )

    assert stopped.returncode == 4, stopped.stderr
    assert "code: machine" in stopped.stderr
    assert not (office / "sealing").exists()
    assert [path.name for path in (office / "out").iterdir()] == []
    type_command(*words)
    assert not (office / "sealing").exists()
    package = office / "out" / "DK-10-ME-CONGRESS-2025-09.tar.age"
    opened = tmp_path / "opened"
    verify(office, package, "--identity", office.parent / "agents" / "identity.txt",
           "--extract-to", opened)  # fmt: skip
    held = list((opened / "data" / "attachments").rglob("*.txt"))
    assert [path.read_bytes() for path in held] == [scan.read_bytes()]
    assert "audited 3 entries" in type_command("log", "audit", office / "log")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"MZ\x90\0", "attachment-unusable"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "attachment-unusable"),
        ("a.pdf", None, "given-file-unusable"),
    ],
)
def test_a_file_that_is_no_answer_stops_before_anything_is_logged(
    office: Path, tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    type_command("receive", *CONGRESS, "--office", office, "--at", "2025-09-03T14:00Z", "--late")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = everything_in(office)

    with pytest.raises(Refusal) as caught:
        type_command(*asked_by_congress(office, tmp_path / name))

    assert caught.value.code == code
    assert everything_in(office) == before
