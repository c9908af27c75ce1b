"""Made-up demands, keys and a small log of their own for the tests of this room.

What is sealed here is logged in a real ledger and verified by the verifier that ships: nothing
of our own is stood in for.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from clerestory.audit.packages import evidence_of, seal_logged
from clerestory.demands.condition import Asked
from clerestory.demands.demand import Item
from clerestory.demands.determination import (
    Change,
    Determination,
    NearMiss,
    Outcome,
    Reason,
    Ruling,
    Turn,
)
from clerestory.disclosure.contents import Contents, prepare_contents
from clerestory.disclosure.logged import FIELD, LogEvidence
from clerestory.disclosure.minimising import Attachment, Value, minimise
from clerestory.disclosure.opening import Identity
from clerestory.disclosure.recipients import AgeRecipient
from clerestory.disclosure.sealing import Sealed
from clerestory.kernel.time import Zone
from clerestory.ledger import Event, EventType, FileKeyEncryptionKey, Ledger
from clerestory.notes import Ed25519Signer

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LETTER = b"%PDF-1.7 a letter that stands for a letter\n"


def fixed_bytes(size: int) -> bytes:
    """Stand in for randomness, so that a run can be repeated."""
    return bytes(range(7, 7 + size))


class MadeUpLog:
    """A log of its own, in which made-up answers are logged as the office would log them."""

    def __init__(self, folder: Path, name: str = "ledger.example/test") -> None:
        signer = Ed25519Signer(name=name, seed=hashlib.sha256(name.encode()).digest())
        kek = FileKeyEncryptionKey(bytes(range(32)), entropy=os.urandom)
        self.ledger = Ledger.create(folder, name, signer, kek)
        self.key = signer.verifier

    def evidence(self, digest: str, **changes: Any) -> LogEvidence:
        """Log an answer about somebody; see ``log_it``."""
        return evidence_of(self.ledger, self.log_it(digest, **changes))

    def log_it(
        self,
        digest: str,
        *,
        kind: EventType = EventType.ANSWER_SEALED,
        demand: str = "ME-2026-0041",
        field: str = FIELD,
    ) -> int:
        """Log an entry between two others, and return its index."""
        told = {"demand": demand, "number": "1", field: digest}
        other = Event(
            type=EventType.MATTER_UPDATED, scope="made-up", matter="other", fields={"note": "x"}
        )
        event = (
            Event(type=kind, scope="made-up", public=told)
            if kind.is_public
            else Event(type=kind, scope="made-up", matter=demand, fields=told)
        )
        return self.ledger.append([other, event, other], AT, zone=Zone("UTC"))[1].index


def ruling(
    subject: str,
    field: str,
    outcome: Outcome,
    *,
    coarsen_to: str | None = None,
    program: str = "snap",
    misses: tuple[NearMiss, ...] = (),
    turns: tuple[Turn, ...] = (),
) -> Ruling:
    """Return a ruling with reasons that can be told apart."""
    return Ruling(
        item=Item(subject, program, field),
        outcome=outcome,
        authorities=("snap-7usc2020e8-E",),
        policies=("policy-1",),
        considered_not_met=misses,
        reason=Reason(
            counsel=f"for counsel: {subject}.{field}",
            requester=f"The law of the program decides on {field}.",
            person=f"The law protects your {field.replace('_', ' ')}.",
            notices=(f"The law of the program decides on {field}.",),
        ),
        would_change=turns,
        coarsen_to=coarsen_to,
    )


def determination(*rulings: Ruling, overall: str = "partial") -> Determination:
    """Return a determination of a made-up demand."""
    return Determination(
        demand_id="ME-2026-0041",
        on=ON,
        overall=overall,
        rulings=rulings,
        duties=(),
        questions=(),
        packs=("us-federal", "us-me"),
        pack_digest="ab" * 32,
        facts_digest="cd" * 32,
        engine="test",
    )


MIXED = determination(
    ruling("S1", "address", Outcome.RELEASE),
    ruling("S1", "date_of_birth", Outcome.COARSEN, coarsen_to="year"),
    ruling("S1", "photo", Outcome.RELEASE),
    ruling(
        "S1",
        "ssn",
        Outcome.WITHHOLD,
        misses=(
            NearMiss(
                authority="snap-7cfr272-1-c1vii", missing=(Asked("findings.crime_named", ("yes",)),)
            ),
        ),
        turns=(
            Turn(
                outcome=Outcome.RELEASE,
                changes=(Change(fact="findings.crime_named", value="yes"),),
            ),
        ),
    ),
    ruling("S2", "address", Outcome.RELEASE),
    ruling("S2H1", "name", Outcome.WITHHOLD),
)
VALUES: Mapping[Item, Value] = {
    Item("S1", "snap", "address"): "1 Madeup Street, Lewiston, ME 04240",
    Item("S1", "snap", "date_of_birth"): "1984-05-17",
    Item("S1", "snap", "photo"): Attachment(source=b"\x89PNG made up" * 40, suffix=".png"),
    Item("S2", "snap", "address"): None,
}


@pytest.fixture
def mixed() -> Determination:
    return MIXED


@pytest.fixture
def values() -> dict[Item, Value]:
    return dict(VALUES)


@pytest.fixture
def make_ruling() -> Callable[..., Ruling]:
    return ruling


@pytest.fixture
def make_determination() -> Callable[..., Determination]:
    return determination


@pytest.fixture(scope="session")
def sender() -> Ed25519Signer:
    return Ed25519Signer(name="dhhs.example/sender", seed=bytes(range(32)))


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUpLog]:
    made = MadeUpLog(tmp_path_factory.mktemp("log") / "log")
    yield made
    made.ledger.close()


@pytest.fixture(scope="session")
def other_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUpLog]:
    made = MadeUpLog(tmp_path_factory.mktemp("other") / "log", "other.example/test")
    yield made
    made.ledger.close()


@pytest.fixture(scope="session")
def age_identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def identity(age_identity: pyrage.x25519.Identity) -> Identity:
    return Identity(given=str(age_identity).encode())


@pytest.fixture
def recipient(age_identity: pyrage.x25519.Identity) -> AgeRecipient:
    return AgeRecipient(text=str(age_identity.to_public()))


@pytest.fixture
def contents() -> Contents:
    return prepare_contents(minimise(MIXED, VALUES), letter_pdf=LETTER)


@pytest.fixture
def seal(
    tmp_path: Path, sender: Ed25519Signer, log: MadeUpLog, recipient: AgeRecipient
) -> Callable[..., Sealed]:
    """Return a function that seals, in which each argument may be replaced."""

    def go(contents: Contents, **changes: object) -> Sealed:
        arguments: dict[str, object] = {
            "evidence": log.evidence(contents.digest),
            "log": log.key,
            "recipients": [recipient],
            "signer": sender,
            "folder": tmp_path,
            "random_bytes": fixed_bytes,
        }
        return seal_logged(contents, **{**arguments, **changes})  # type: ignore[arg-type]

    return go


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    starts: datetime = AT - timedelta(days=30),
    ends: datetime = AT + timedelta(days=300),
    encipher: bool | None = True,
    authority: bool | None = None,
    extended: x509.ObjectIdentifier | None = None,
    padding: int = 0,
) -> x509.Certificate:
    """Return a self-signed certificate of a made-up office."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    if encipher is not None:
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=encipher,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    if authority is not None:
        constraints = x509.BasicConstraints(ca=authority, path_length=None)
        builder = builder.add_extension(constraints, critical=True)
    if extended is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), critical=False)
    if padding:
        odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999"), bytes(padding))
        builder = builder.add_extension(odd, critical=False)
    return builder.sign(key, hashes.SHA256())


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as PEM without a passphrase."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def make_certificate() -> Callable[..., x509.Certificate]:
    return certificate


@pytest.fixture(scope="session")
def as_pem() -> Callable[..., bytes]:
    return pem_of


@pytest.fixture(scope="session")
def office(rsa_key: rsa.RSAPrivateKey) -> x509.Certificate:
    return certificate(rsa_key)
