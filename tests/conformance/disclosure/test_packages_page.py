"""A stranger follows docs/packages.md word for word, years later, with the programs of others."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, Recipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, Ledger
from clerestory.notes import Ed25519Signer

PAGE = Path(__file__).resolve().parents[3] / "docs" / "packages.md"
HEADING = "## Checking a package with other programs\n"
BLOCK = re.compile(r"(?:<!-- save as: (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = PAGE.read_text("utf-8").partition(HEADING)[2].partition("\n## ")[0]
NEEDED = ("age", "openssl", "tar", "sha256sum", "base64", "bash", "python3")
SINGLE = "P=ME-2026-0041\n"


@pytest.fixture
def folder(tmp_path: Path, sender: Ed25519Signer, ledger: Ledger) -> Path:
    """Return a folder with the two published keys and nothing else of the sender."""
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"optional programs not found: {', '.join(missing)}")
    made = tmp_path / "years-later"
    made.mkdir()
    (made / "sender.vkey").write_text(f"{sender.verifier.vkey}\n")
    (made / "log.vkey").write_text(f"{ledger.log.verifier.vkey}\n")
    return made


def commands(*, certificate: bool) -> str:
    """Return the commands of the page for one kind of key, in their order."""
    blocks = [(told, body) for _, told, body in BLOCK.findall(SECTION)]
    left_out = "age -d" if certificate else "openssl cms"
    kept = [body for told, body in blocks if told == "sh" and left_out not in body]
    assert len(kept) == 5
    assert kept[0].startswith(SINGLE)
    script = "".join(kept)
    return script.replace(".tar.age", ".tar.p7m") if certificate else script


def follow(folder: Path, *, certificate: bool = False) -> subprocess.CompletedProcess[str]:
    """Save the page's program, and run the page's commands until one fails."""
    (program,) = [(name, body) for name, told, body in BLOCK.findall(SECTION) if told == "python"]
    (folder / program[0]).write_text(program[1])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands(certificate=certificate)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def handed_over(sealed: Sealed, folder: Path) -> Path:
    for path in (sealed.path, sealed.signature_path):
        shutil.copy(path, folder)
    return folder / sealed.path.name


@pytest.fixture
def by_age(folder: Path) -> AgeRecipient:
    identity = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"{identity}\n")
    return AgeRecipient(text=str(identity.to_public()))


def test_the_page_opens_a_package_for_an_age_key_and_proves_every_part(
    seal: Callable[..., Sealed], by_age: Recipient, folder: Path
) -> None:
    handed_over(seal(by_age), folder)

    done = follow(folder)

    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines.count("Signature Verified Successfully") == 3
    assert {"ME-2026-0041.tar.age: OK", "manifest-sha256.txt: OK"} <= set(lines)
    # As many files as lines of the manifest.
    assert lines.count("4") == 2
    assert lines[-2] == "the log ledger.example/test holds it as entry 0 of 1"
    assert lines[-1] == ("the entry commits to exactly these contents, which answer ME-2026-0041")
    # Nobody else gets into the folder, whatever tar makes of the files for an administrator.
    assert (folder / "package-ME-2026-0041").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cbc", [False, True])
def test_the_page_opens_a_package_for_a_certificate(
    seal: Callable[..., Sealed], office_files: tuple[Path, Path], folder: Path, cbc: bool
) -> None:
    certificate, key = office_files
    shutil.copy(certificate, folder / "office.crt")
    shutil.copy(key, folder / "office.key")
    der = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-outform", "DER"], capture_output=True, check=True
    ).stdout
    handed_over(seal(CertificateRecipient(der=der), cbc=cbc), folder)

    done = follow(folder, certificate=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "which answer ME-2026-0041" in done.stdout


@pytest.mark.parametrize("others", [0, 1, 2, 5, 13, 30])
@pytest.mark.parametrize("kind", [EventType.ANSWER_SEALED, EventType.CLASS_DEMAND_ANSWERED])
def test_the_page_follows_a_proof_of_any_shape(
    contents: Contents,
    ledger: Ledger,
    sender: Ed25519Signer,
    by_age: Recipient,
    folder: Path,
    tmp_path: Path,
    kind: EventType,
    others: int,
) -> None:
    told = {"demand": contents.demand_id, "package": contents.digest}
    answer = (
        Event(type=kind, scope="made-up", public=told | {"number": "1"})
        if kind.is_public
        else Event(type=kind, scope="made-up", matter=contents.demand_id, fields=told)
    )
    noise = Event(type=EventType.MATTER_UPDATED, scope="made-up", matter="x", fields={"note": "x"})
    events = [noise] * others + [answer] + [noise] * (others // 2)
    index = ledger.append(events, datetime(2026, 3, 2, tzinfo=UTC), zone=Zone("UTC"))[others].index
    sealed = seal_logged(
        contents,
        evidence=evidence_of(ledger, index),
        log=ledger.log.verifier,
        recipients=[by_age],
        signer=sender,
        folder=tmp_path,
        random_bytes=bytes,
    )
    handed_over(sealed, folder)

    done = follow(folder)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"holds it as entry {index} of" in done.stdout


def test_the_page_stops_at_a_changed_seal_and_a_changed_package(
    seal: Callable[..., Sealed], by_age: Recipient, folder: Path
) -> None:
    package = handed_over(seal(by_age), folder)
    note = package.with_name(f"{package.name}.sig")
    whole, signed = package.read_bytes(), note.read_text()

    for path, content in (
        (package, whole[:-1] + bytes([whole[-1] ^ 1])),
        (package, whole[:-1]),
        (note, signed.replace("clerestory-seal/1\n", "clerestory-seal/1\n1", 1).encode()),
        (folder / "sender.vkey", (folder / "log.vkey").read_bytes()),
    ):
        before = path.read_bytes()
        path.write_bytes(content)
        done = follow(folder)
        path.write_bytes(before)

        assert done.returncode != 0
        assert not (folder / "package-ME-2026-0041").exists()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("log/entry.bin", b'"scope":"made-up"', b'"scope":"made-uq"'),
        ("log/opening.json", b'"name":"package"', b'"name":"pack"'),
        ("log/opening.json", b'"salt":"', b'"salt":"00'),
        ("log/proof.tlog-proof", b"index 0", b"index 1"),
        ("manifest-sha256.txt", b"data/letter.pdf", b"data/letter.pdg"),
    ],
)
def test_the_pages_program_finds_what_does_not_lead_to_the_log(
    seal: Callable[..., Sealed], by_age: Recipient, folder: Path, path: str, old: bytes, new: bytes
) -> None:
    handed_over(seal(by_age), folder)
    assert follow(folder).returncode == 0
    changed = folder / "package-ME-2026-0041" / path
    content = changed.read_bytes()
    assert old in content
    changed.write_bytes(content.replace(old, new, 1))

    done = subprocess.run(
        ["python3", "check_entry.py", "package-ME-2026-0041"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "exactly these contents" not in done.stdout
