"""Sealing and receipts at the edges: two at once, what is the default, who received."""

import fcntl
import os
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from clerestory.audit.packages import verify_package
from clerestory.audit.packages.steps import PROVES, Step
from clerestory.cli.verify_text import key_text
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import Identity, envelope_of
from clerestory.disclosure.receipts import Receipt, read_receipt
from clerestory.disclosure.recipients import CertificateRecipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Refusal
from clerestory.notes import Ed25519Signer

Seal = Callable[..., Sealed]
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_of_two_that_seal_at_once_the_later_changes_nothing(
    contents: Contents, seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    refused: list[str] = []
    waits, pause = threading.Event(), time.sleep

    def told(seconds: float) -> None:
        waits.set()
        pause(seconds)

    def late() -> None:
        try:
            seal(contents, folder=folder)
        except Refusal as fault:
            refused.append(fault.code)

    first = seal(contents, folder=tmp_path / ".")
    handle = os.open(folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    other = threading.Thread(target=late)
    monkeypatch.setattr(time, "sleep", told)
    other.start()
    assert waits.wait(20)
    # The first of the two gives its package its name while the second waits.
    for path in (first.path, first.signature_path):
        (folder / path.name).write_bytes(path.read_bytes())
    os.close(handle)
    other.join()

    assert refused == ["package-exists"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (first.path, first.signature_path)
    }


def test_a_certificate_gets_an_envelope_that_authenticates_unless_it_is_asked_otherwise(
    contents: Contents, seal: Seal, office: x509.Certificate, tmp_path: Path
) -> None:
    to = [CertificateRecipient(der=office.public_bytes(serialization.Encoding.DER))]

    sealed = seal(contents, recipients=to)
    other = seal(contents, recipients=to, cbc=True, folder=_made(tmp_path / "other"))

    for made, told in ((sealed, "AES-256-GCM"), (other, "AES-256-CBC")):
        with made.path.open("rb") as file:
            assert (made.envelope, envelope_of(file)) == (told, told)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_steps_are_numbered_as_they_are_told() -> None:
    assert {step.name: int(step) for step in Step} == {
        "NAME": 1, "SEAL": 2, "OPEN": 3, "BAG": 4, "CONTENTS": 5, "LOG": 6, "ENTRY": 7,
        "RULINGS": 8,
    }  # fmt: skip
    assert list(PROVES) == list(Step)


OFFICE = Ed25519Signer(name="office.example/records", seed=b"r" * 32)


def received(by: str) -> Receipt:
    told = Receipt(
        demand_id="ME-2026-0041", package="ab" * 32, received_at=AT + timedelta(hours=1), by=by
    )
    body = told.unsigned_bytes()
    return read_receipt(
        body, OFFICE.sign(body), key=OFFICE.verifier, package_sha256="ab" * 32, sealed_at=AT,
        now=AT + timedelta(days=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    "by", ["", " ", "\u200b", "\u3164", " Office", "Office ", "a\0b", "a\nlog entry 9", "a\tb",
           "Police\u202eecilop", "a\x1b[2J", "a\u00a0b", "x" * 201, "\u0301"],
)  # fmt: skip
def test_a_receipt_by_nobody_or_by_a_name_that_is_not_seen_is_refused(by: str) -> None:
    with pytest.raises(Refusal) as caught:
        received(by)

    assert caught.value.code == "receipt-office-unclear"
    assert "the name of the office" in caught.value.todo
    assert not by.strip() or by not in str(caught.value)


@pytest.mark.parametrize(
    "by", ["O", "x" * 200, "Made-up Police Department, Records (2nd floor)", "Polic\u00eda",
           unicodedata.normalize("NFD", "Polic\u00eda"), "\u0634\u0631\u0637\u0629"],
)  # fmt: skip
def test_a_receipt_names_its_office_in_any_language(by: str) -> None:
    assert received(by).by == by


def test_a_package_is_opened_in_a_folder_that_is_there(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, identity: Identity,
    tmp_path: Path,
) -> None:  # fmt: skip
    sealed = seal(contents)
    before = sorted(tmp_path.rglob("*"))
    (tmp_path / "file").write_text("made up")

    for folder in (tmp_path / "none" / "opened", tmp_path / "file" / "opened"):
        with pytest.raises(Refusal) as caught:
            verify_package(
                sealed.path, sender=sender.verifier, log_vkey=log.key, identity=identity,
                extract_to=folder,
            )  # fmt: skip
        assert caught.value.code == "package-folder-missing"
        assert ".opening" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "file"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_keys_that_windows_saved_are_read(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, identity: Identity,
    tmp_path: Path, encoding: str,
) -> None:  # fmt: skip
    sealed = seal(contents)
    for name, key in (("sender", sender.verifier.vkey), ("log", log.key.vkey)):
        (tmp_path / name).write_bytes(f"{key}\r\n".encode(encoding))
    saved = f"# made up\r\n{identity.given.decode()}\r\n".encode(encoding)

    verified = verify_package(
        sealed.path,
        sender=key_text(str(tmp_path / "sender"), what="the sender's key"),
        log_vkey=key_text(str(tmp_path / "log"), what="the log's key"),
        identity=Identity(given=saved),
    )

    assert verified.is_complete


def test_a_private_key_that_windows_saved_opens_a_message(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, office: x509.Certificate,
    rsa_key: Any, as_pem: Callable[..., bytes],
) -> None:  # fmt: skip
    to = [CertificateRecipient(der=office.public_bytes(serialization.Encoding.DER))]
    saved = as_pem(rsa_key).decode().replace("\n", "\r\n").encode("utf-16")

    verified = verify_package(
        seal(contents, recipients=to).path, sender=sender.verifier, log_vkey=log.key,
        identity=Identity(given=saved),
    )  # fmt: skip

    assert verified.is_complete


@pytest.mark.parametrize("signed", [False, True])
def test_a_package_still_in_what_it_came_in_is_asked_for_by_itself(
    contents: Contents, seal: Seal, sender: Ed25519Signer, log: Any, tmp_path: Path, signed: bool
) -> None:
    packed = tmp_path / "answer.zip"
    packed.write_bytes(b"PK\x03\x04" + seal(contents).path.read_bytes())

    with pytest.raises(Refusal) as caught:
        verify_package(
            packed if signed else tmp_path / "none.zip", sender=sender.verifier, log_vkey=log.key
        )

    assert caught.value.code == ("package-signature-missing" if signed else "package-missing")
    assert "unpack what it came in" in caught.value.todo


def test_what_becomes_of_attachments_is_said_inside(contents: Contents) -> None:
    from clerestory.disclosure.bag import ATTACHMENTS_ARE, bag_info

    alone = [part for part in contents.parts if "/attachments/" not in part.path]
    line = f"Attachments: {ATTACHMENTS_ARE}\n".encode()

    assert line in bag_info("ME-1", "2026-03-02", contents.parts, cbc=False)
    assert line not in bag_info("ME-1", "2026-03-02", alone, cbc=False)
