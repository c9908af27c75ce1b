"""Receipts: the recipient's signed word that a package arrived.

A receipt is canonical JSON. It is signed with whatever the recipient has: an Ed25519 key as a
signed note or as the bare 64 bytes that ``openssl pkeyutl`` writes, or the certificate that the
package was sealed to, as a detached CMS signature.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from clerestory.disclosure.cells import is_unseen
from clerestory.disclosure.cms_signature import verify_cms_signature
from clerestory.disclosure.key_strength import check_ed25519, check_rsa
from clerestory.disclosure.signing import check_is_signed, open_signed
from clerestory.kernel import Corruption, Refusal, canonical_bytes
from clerestory.kernel.time import BadTime, parse_moment, utc_text
from clerestory.notes import Kind, Verifier, parse_vkey

FORMAT = "clerestory-receipt/1"
_SIGNATURE_BYTES = 64
_KEYS = {"format", "demand", "package", "received_at", "by"}
_OFFICE_CHARACTERS = 200
_EC_BITS = 256  # FIPS 186-5 has no smaller curve of primes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt as it was signed. ``by`` is an office, never a private person.

    ``package`` is the SHA-256 of the sealed file; ``signed_by`` names the key.
    """

    demand_id: str
    package: str
    received_at: datetime
    by: str
    signed_by: str = ""

    def unsigned_bytes(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical_bytes(
            {
                "format": FORMAT,
                "demand": self.demand_id,
                "package": self.package,
                "received_at": utc_text(self.received_at),
                "by": self.by,
            }
        )


ReceiptKey = Verifier | Ed25519PublicKey | bytes
"""The recipient's named key, bare Ed25519 key, or certificate as DER."""


def read_receipt_key(given: bytes) -> ReceiptKey:
    """Read the key a receipt is checked with: a verifier key, a PEM public key, a certificate.

    Raises:
        Refusal: It is none of them, or so weak that others could sign with it.
    """
    if b"BEGIN CERTIFICATE" in given or given[:1] == b"\x30":
        return _certificate(given)
    if b"BEGIN PUBLIC KEY" in given:
        try:
            key = serialization.load_pem_public_key(given)
        except (ValueError, UnsupportedAlgorithm) as fault:
            raise _bad_key() from fault
        if not isinstance(key, Ed25519PublicKey):
            raise _bad_key()
        _check_strength(key)
        return key
    try:
        return parse_vkey(given.decode(), only=Kind.ED25519)
    except (UnicodeDecodeError, Refusal) as fault:
        raise _bad_key() from fault


def key_digest(key: ReceiptKey) -> str:
    """Return what tells a key from every other, whatever name or certificate it comes under."""
    public: Ed25519PublicKey | CertificatePublicKeyTypes
    if isinstance(key, Verifier):
        public = Ed25519PublicKey.from_public_bytes(key.public_bytes)
    elif isinstance(key, bytes):
        public = x509.load_der_x509_certificate(key).public_key()
    else:
        public = key
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def read_receipt(
    receipt: bytes,
    signature: bytes | None,
    *,
    key: ReceiptKey,
    package_sha256: str,
    sealed_at: datetime,
    now: datetime,
) -> Receipt:
    """Check a receipt and return what it says.

    Args:
        receipt: The signed note, or the bare JSON where ``signature`` comes beside it.
        signature: 64 bytes of Ed25519, or a detached CMS signature (DER or PEM); none for a
            signed note.
        key: The recipient's key, from the hand-over, not from the receipt.
        package_sha256: The package it must be for.
        sealed_at: When that package was sealed.
        now: The present, before which it must have been received.

    Raises:
        Corruption: The signature is not the recipient's or does not cover these bytes.
        Refusal: It is a receipt for another package, or is not in its form.
    """
    body, signed_by = _signed_body(receipt, signature, key)
    found = _parse(body, signed_by)
    if found.package != package_sha256:
        raise Refusal(
            f"the receipt is for another package: {found.package}",
            code="receipt-other-package",
            todo="give the package that the receipt names, or ask for the receipt of this one",
        )
    if not sealed_at.replace(microsecond=0) <= found.received_at <= now:
        told = utc_text(found.received_at)
        raise Refusal(
            f"a package is received after it is sealed and before now: {told}",
            code="receipt-time-impossible",
            todo="ask the recipient for a receipt with the right time, in UTC",
        )
    return found


def _signed_body(receipt: bytes, signature: bytes | None, key: ReceiptKey) -> tuple[bytes, str]:
    if isinstance(key, Verifier):
        if signature is None:
            check_is_signed(receipt, what="receipt")
            text = open_signed(receipt, key, what="receipt")
            return text.removesuffix("\n").encode(), key.vkey
        _verify_bare(Ed25519PublicKey.from_public_bytes(key.public_bytes), receipt, signature)
        return receipt, key.vkey
    if signature is None:
        raise Refusal(
            "a receipt that is not a signed note needs its signature beside it",
            code="receipt-unsigned",
            todo="give the signature file that came with the receipt",
        )
    if isinstance(key, bytes):
        if not signature.lstrip().startswith((b"\x30", b"-----BEGIN ")):
            raise _not_a_signature("a detached CMS signature, DER or PEM")
        return receipt, verify_cms_signature(receipt, signature, key)
    _verify_bare(key, receipt, signature)
    return receipt, f"ed25519:{key.public_bytes_raw().hex()}"


def _verify_bare(key: Ed25519PublicKey, message: bytes, signature: bytes) -> None:
    if len(signature) != _SIGNATURE_BYTES:
        raise _not_a_signature(f"the {_SIGNATURE_BYTES} bytes of an Ed25519 signature")
    try:
        key.verify(signature, message)
    except InvalidSignature as fault:
        raise Corruption(
            "the receipt signature is not valid", code="receipt-signature-invalid"
        ) from fault


def _not_a_signature(wanted: str) -> Refusal:
    return Refusal(
        f"the file with the receipt signature must hold {wanted}",
        code="receipt-not-signed",
        todo="give the signature file that came with the receipt; this one is another",
    )


def _parse(body: bytes, signed_by: str) -> Receipt:
    try:
        value = json.loads(body)
        if not isinstance(value, dict) or set(value) != _KEYS or value["format"] != FORMAT:
            raise ValueError("another form")
        found = Receipt(
            demand_id=str(value["demand"]),
            package=str(value["package"]),
            received_at=parse_moment(value["received_at"]),
            by=str(value["by"]),
            signed_by=signed_by,
        )
        _check_office(found.by)
        if found.unsigned_bytes() != body.removesuffix(b"\n"):
            raise ValueError("not canonical")
    except (ValueError, TypeError, RecursionError, BadTime) as fault:
        raise Refusal(
            f"a receipt must be in the form {FORMAT}",
            code="receipt-unreadable",
            todo="ask the recipient to sign the receipt form as it came, with time and office only",
        ) from fault
    return found


def _check_office(by: str) -> None:
    """Refuse a name by which nobody can be held to the receipt, or that reads as another."""
    seen = unicodedata.normalize("NFC", by)  # an accent of its own is no letter that is not seen
    unseen = [letter for letter in seen if letter != " " and is_unseen(letter)]
    if unseen or not 0 < len(by) <= _OFFICE_CHARACTERS or by != by.strip():
        raise Refusal(
            "a receipt must name the office that received, in at most "
            f"{_OFFICE_CHARACTERS} letters that can be seen",
            code="receipt-office-unclear",
            todo="ask the recipient for a receipt in which by is the name of the office",
        )


def _certificate(given: bytes) -> bytes:
    try:
        if given[:1] == b"\x30":
            held = [x509.load_der_x509_certificate(given)]
        else:
            held = x509.load_pem_x509_certificates(given)
        key = held[0].public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as fault:
        raise _bad_key() from fault
    # Whose signature it is must be said by the file, and not by what comes first in it.
    if len(held) != 1 or not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        raise _bad_key()
    _check_strength(key)
    return held[0].public_bytes(serialization.Encoding.DER)


def _check_strength(key: Ed25519PublicKey | RSAPublicKey | EllipticCurvePublicKey) -> None:
    """Refuse a key under which anybody's signature would hold, so that nobody is bound by it."""
    try:
        if isinstance(key, Ed25519PublicKey):
            check_ed25519(key.public_bytes_raw())
        elif isinstance(key, RSAPublicKey):
            numbers = key.public_numbers()
            check_rsa(numbers.n, numbers.e)
        elif key.key_size < _EC_BITS:
            raise _weak_key(f"an elliptic curve of {key.key_size} bits")
    except Refusal as fault:
        raise (fault if fault.code == "receipt-key-weak" else _weak_key(str(fault))) from fault


def _weak_key(why: str) -> Refusal:
    return Refusal(
        f"the key of a receipt must be one that nobody else can sign with: {why}",
        code="receipt-key-weak",
        todo="ask the recipient to make a new key and to sign the receipt with it",
    )


def _bad_key() -> Refusal:
    return Refusal(
        "the key of a receipt must be a verifier key, an Ed25519 public key or one certificate",
        code="receipt-key-unreadable",
        todo="ask the recipient for the public half of the key that signed the receipt",
    )
