"""A made-up package, and the programs of others that must be able to read its parts."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.demands.demand import Item
from clerestory.demands.determination import Determination, Outcome, Reason, Ruling
from clerestory.disclosure.contents import Contents, prepare_contents
from clerestory.disclosure.minimising import minimise
from clerestory.disclosure.recipients import Recipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, FileKeyEncryptionKey, Ledger
from clerestory.notes import Ed25519Signer

Run = Callable[..., bytes]
ADDRESS = "1 Madeup Street, Lewiston, ME 00011"


@pytest.fixture
def run() -> Run:
    """Return a function that runs a program, or skips the test by its name."""

    def go(*command: str | Path, given: bytes | None = None, code: int = 0) -> bytes:
        program = str(command[0])
        if shutil.which(program) is None:
            pytest.skip(f"optional program not found: {program}")
        done = subprocess.run(
            [str(word) for word in command], input=given, capture_output=True, check=False
        )
        assert done.returncode == code, done.stderr.decode()
        return done.stdout

    return go


@pytest.fixture(scope="session")
def sender() -> Ed25519Signer:
    return Ed25519Signer(name="dhhs.example/sender", seed=bytes(range(32)))


@pytest.fixture
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    signer = Ed25519Signer(name="ledger.example/test", seed=b"l" * 32)
    kek = FileKeyEncryptionKey(b"k" * 32, entropy=os.urandom)
    folder = tmp_path_factory.mktemp("log") / "log"
    with Ledger.create(folder, signer.verifier.name, signer, kek) as ledger:
        yield ledger


@pytest.fixture
def contents() -> Contents:
    ruling = Ruling(
        item=Item("S1", "snap", "address"),
        outcome=Outcome.RELEASE,
        authorities=("snap-7usc2020e8-E",),
        policies=(),
        considered_not_met=(),
        reason=Reason(counsel="", requester="", person=""),
    )
    determination = Determination(
        demand_id="ME-2026-0041",
        on=date(2026, 3, 2),
        overall="release",
        rulings=(ruling,),
        duties=(),
        questions=(),
        packs=(),
        pack_digest="",
        facts_digest="",
        engine="",
    )
    minimised = minimise(determination, {ruling.item: ADDRESS})
    return prepare_contents(minimised, letter_pdf=b"%PDF-1.7 made up\n")


@pytest.fixture
def seal(
    tmp_path: Path, sender: Ed25519Signer, ledger: Ledger, contents: Contents
) -> Callable[..., Sealed]:
    answer = Event(
        type=EventType.ANSWER_SEALED,
        scope="made-up",
        matter=contents.demand_id,
        fields={"package": contents.digest},
    )
    (logged,) = ledger.append([answer], datetime(2026, 3, 2, tzinfo=UTC), zone=Zone("UTC"))

    def go(recipient: Recipient, *, cbc: bool = False) -> Sealed:
        return seal_logged(
            contents,
            evidence=evidence_of(ledger, logged.index),
            log=ledger.log.verifier,
            recipients=[recipient],
            signer=sender,
            folder=tmp_path,
            random_bytes=lambda size: bytes(range(size)),
            cbc=cbc,
        )

    return go


@pytest.fixture(scope="session")
def office_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def office(office_key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
    starts = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(office_key.public_key())
        .serial_number(77)
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=3650))
        .sign(office_key, hashes.SHA256())
    )


@pytest.fixture
def office_files(
    tmp_path: Path, office: x509.Certificate, office_key: rsa.RSAPrivateKey
) -> tuple[Path, Path]:
    """Write the office's certificate and key, the way an office keeps them."""
    certificate, key = tmp_path / "office.crt", tmp_path / "office.key"
    certificate.write_bytes(office.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        office_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key
