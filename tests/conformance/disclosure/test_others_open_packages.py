"""Programs of others open every layer of a package, and we read what they sign."""

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pyrage
import pytest

from clerestory.audit.packages import verify_package
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.receipts import Receipt, read_receipt, read_receipt_key
from clerestory.disclosure.recipients import AgeRecipient, read_recipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel import Refusal
from clerestory.ledger import Ledger
from clerestory.notes import Ed25519Signer

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ADDRESS = "1 Madeup Street, Lewiston, ME 00011"
Run = Callable[..., bytes]
Seal = Callable[..., Sealed]


def unpack(run: Run, tar: bytes, folder: Path) -> Path:
    folder.mkdir()
    run("tar", "-x", "-C", folder, given=tar)
    return folder / "package-ME-2026-0041"


def address_in(package: Path) -> str:
    records = json.loads((package / "data/records/S1.json").read_text())["records"]
    value: str = records[0]["value"]
    return value


def test_age_opens_a_package_and_tar_unpacks_a_valid_bag(
    run: Run, seal: Seal, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "key.txt"
    key.write_text(f"{identity}\n")
    sealed = seal(AgeRecipient(text=str(identity.to_public())))

    package = unpack(run, run("age", "-d", "-i", key, sealed.path), tmp_path / "out")

    assert address_in(package) == ADDRESS
    assert bagit.Bag(str(package)).is_valid()
    subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(package)],
        check=True,
        capture_output=True,
    )


def test_a_key_that_age_made_opens_a_package(
    run: Run, seal: Seal, sender: Ed25519Signer, ledger: Ledger
) -> None:
    key = run("age-keygen")
    public = run("age-keygen", "-y", given=key)
    sealed = seal(read_recipient(public, at=AT))

    verified = verify_package(
        sealed.path,
        sender=sender.verifier,
        log_vkey=ledger.log.verifier,
        identity=Identity(given=key),
    )

    assert verified.is_complete


@pytest.mark.parametrize("kind", [("ed25519",), ("rsa", "-b", "2048")])
def test_age_opens_a_package_sealed_to_an_ssh_key(
    run: Run,
    seal: Seal,
    tmp_path: Path,
    sender: Ed25519Signer,
    ledger: Ledger,
    kind: tuple[str, ...],
) -> None:
    key = tmp_path / "id"
    run("ssh-keygen", "-q", "-N", "", "-t", *kind, "-f", key)
    sealed = seal(read_recipient(key.with_suffix(".pub").read_bytes(), at=AT))

    package = unpack(run, run("age", "-d", "-i", key, sealed.path), tmp_path / "out")
    verified = verify_package(
        sealed.path,
        sender=sender.verifier,
        log_vkey=ledger.log.verifier,
        identity=Identity(given=key.read_bytes()),
    )

    assert address_in(package) == ADDRESS
    assert verified.is_complete


both_ciphers = pytest.mark.parametrize("cbc", [False, True], ids=["gcm", "cbc"])


def openssl_opens(sealed: Path, office_files: tuple[Path, Path]) -> list[str | Path]:
    certificate, key = office_files
    return [
        "openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", sealed,
        "-recip", certificate, "-inkey", key,
    ]  # fmt: skip


@both_ciphers
def test_openssl_opens_a_package_sealed_to_a_certificate(
    run: Run, seal: Seal, tmp_path: Path, office_files: tuple[Path, Path], cbc: bool
) -> None:
    sealed = seal(read_recipient(office_files[0].read_bytes(), at=AT), cbc=cbc)

    tar = run(*openssl_opens(sealed.path, office_files))

    package = unpack(run, tar, tmp_path / "out")
    assert address_in(package) == ADDRESS
    assert bagit.Bag(str(package)).is_valid()


def test_openssl_finds_one_altered_bit_and_a_cut(
    run: Run, seal: Seal, tmp_path: Path, office_files: tuple[Path, Path]
) -> None:
    sealed = seal(read_recipient(office_files[0].read_bytes(), at=AT))
    whole = sealed.path.read_bytes()
    altered = tmp_path / "altered.p7m"

    for at in (len(whole) // 2, len(whole) - 1):
        broken = bytearray(whole)
        broken[at] ^= 1
        altered.write_bytes(broken)
        run(*openssl_opens(altered, office_files), code=4)
    altered.write_bytes(whole[:-1])
    run(*openssl_opens(altered, office_files), code=2)


@pytest.mark.parametrize("form", ["rsa-text.pem", "rsa.p7b", "rsa.p7b.der", "rsa.der"])
def test_a_certificate_as_openssl_writes_it_is_read(
    run: Run, office_files: tuple[Path, Path], form: str
) -> None:
    certificate = office_files[0]
    written = {
        "rsa-text.pem": ["x509", "-text", "-in", certificate],
        "rsa.p7b": ["crl2pkcs7", "-nocrl", "-certfile", certificate],
        "rsa.p7b.der": ["crl2pkcs7", "-nocrl", "-certfile", certificate, "-outform", "DER"],
        "rsa.der": ["x509", "-in", certificate, "-outform", "DER"],
    }

    found = read_recipient(run("openssl", *written[form]), at=AT)

    assert found == read_recipient(certificate.read_bytes(), at=AT)


@pytest.mark.parametrize("form", ["RFC4716", "PKCS8"])
def test_a_key_as_ssh_keygen_exports_it_is_read_or_named(
    run: Run, tmp_path: Path, form: str
) -> None:
    key = tmp_path / "id"
    run("ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", key)
    exported = run("ssh-keygen", "-e", "-m", form, "-f", key.with_suffix(".pub"))

    if form == "PKCS8":
        with pytest.raises(Refusal, match="a bare public key"):
            read_recipient(exported, at=AT)
    else:
        found = read_recipient(exported, at=AT)
        assert found == read_recipient(key.with_suffix(".pub").read_bytes(), at=AT)


def test_an_ssh_certificate_is_named(run: Run, tmp_path: Path) -> None:
    authority, key = tmp_path / "authority", tmp_path / "id"
    for each in (authority, key):
        run("ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", each)
    run("ssh-keygen", "-q", "-s", authority, "-I", "made up", key.with_suffix(".pub"))

    with pytest.raises(Refusal, match="an SSH certificate"):
        read_recipient((tmp_path / "id-cert.pub").read_bytes(), at=AT)


def test_a_certificate_for_signing_only_is_named(run: Run, tmp_path: Path) -> None:
    certificate = run(
        "openssl", "req", "-x509", "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048",
        "-nodes", "-keyout", tmp_path / "key", "-subj", "/CN=made-up", "-days", "30",
    )  # fmt: skip

    with pytest.raises(Refusal, match="RSASSA-PSS"):
        read_recipient(certificate, at=AT)


@both_ciphers
def test_openssl_prints_the_envelope_as_it_is_meant(
    run: Run, seal: Seal, office_files: tuple[Path, Path], cbc: bool
) -> None:
    certificate, _ = office_files
    sealed = seal(read_recipient(certificate.read_bytes(), at=AT), cbc=cbc)

    printed = run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", sealed.path)

    kind = (
        (b"pkcs7-envelopedData", b"aes-256-cbc") if cbc else (b"authEnvelopedData", b"aes-256-gcm")
    )
    for name in (*kind, b"rsaesOaep", b"sha256"):
        assert name in printed


def test_openssl_verifies_the_signature_and_sha256sum_the_package(
    run: Run, seal: Seal, tmp_path: Path, sender: Ed25519Signer
) -> None:
    identity = pyrage.x25519.Identity.generate()
    sealed = seal(AgeRecipient(text=str(identity.to_public())))
    text, _, line = sealed.signature_path.read_text().rpartition("\n\n")
    message, signature, key = tmp_path / "text", tmp_path / "signature", tmp_path / "sender.pem"
    message.write_text(text + "\n")
    signature.write_bytes(base64.b64decode(line.split()[2])[4:])
    key.write_bytes(sender.verifier.pem())

    for given, code in ((text + "\n", 0), (text + " \n", 1)):
        message.write_text(given)
        run(
            "openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key,
            "-sigfile", signature, "-in", message, code=code,
        )  # fmt: skip

    sums = f"{text.splitlines()[-1]}\n".replace(sealed.path.name, str(sealed.path))
    assert b": OK" in run("sha256sum", "-c", given=sums.encode())


def receipt_of(sealed: Sealed) -> Receipt:
    return Receipt(
        demand_id=sealed.demand_id,
        package=sealed.sha256,
        received_at=AT,
        by="Made-up Records Office",
    )


@pytest.mark.parametrize("form", ["DER", "PEM"])
@pytest.mark.parametrize("more", [[], ["-keyopt", "rsa_padding_mode:pss"], ["-md", "sha512"]])
def test_a_receipt_that_openssl_signs_is_read(
    run: Run,
    seal: Seal,
    tmp_path: Path,
    office_files: tuple[Path, Path],
    form: str,
    more: list[str],
) -> None:
    certificate, key = office_files
    sealed = seal(read_recipient(certificate.read_bytes(), at=AT))
    body = tmp_path / "receipt.json"
    body.write_bytes(receipt_of(sealed).unsigned_bytes())

    signature = run(
        "openssl", "cms", "-sign", "-binary", "-in", body, "-signer", certificate,
        "-inkey", key, "-outform", form, *more,
    )  # fmt: skip

    found = read_receipt(
        body.read_bytes(),
        signature,
        key=read_receipt_key(certificate.read_bytes()),
        package_sha256=sealed.sha256,
        sealed_at=AT,
        now=AT,
    )
    assert found.by == "Made-up Records Office"


def test_a_receipt_that_openssl_signs_with_ed25519_is_read(
    run: Run, seal: Seal, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    sealed = seal(AgeRecipient(text=str(identity.to_public())))
    key, body = tmp_path / "office.pem", tmp_path / "receipt.json"
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
    public = run("openssl", "pkey", "-in", key, "-pubout")
    body.write_bytes(receipt_of(sealed).unsigned_bytes())
    signature = tmp_path / "receipt.sig"
    run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", body, "-out", signature)

    found = read_receipt(
        body.read_bytes(),
        signature.read_bytes(),
        key=read_receipt_key(public),
        package_sha256=sealed.sha256,
        sealed_at=AT,
        now=AT,
    )

    assert found.package == hashlib.sha256(sealed.path.read_bytes()).hexdigest()
