"""Who the package is sealed to: reading a recipient, and refusing a key of the wrong kind."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import pyrage
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID

from clerestory.kernel import Refusal

RSA_BITS = 2048  # NIST SP 800-131A: shorter keys are disallowed
_SEND = (
    "ask the recipient for an age recipient (a line beginning age1), an ssh-ed25519 or ssh-rsa "
    "public key, or an X.509 certificate for key encipherment"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRecipient:
    """An age X25519 or SSH public key, as the recipient wrote it."""

    text: str

    @property
    def name(self) -> str:
        """What to compare with the recipient by telephone before sealing."""
        return " ".join(self.text.split()[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecipient:
    """An X.509 certificate with an RSA key, as DER bytes."""

    der: bytes

    @property
    def name(self) -> str:
        """What to compare with the recipient by telephone before sealing."""
        return f"sha256:{hashlib.sha256(self.der).hexdigest()}"


Recipient = AgeRecipient | CertificateRecipient

_WRONG_KIND = (
    (b"-----BEGIN PGP", "an OpenPGP key"),
    (b"-----BEGIN CERTIFICATE REQUEST", "a certificate request"),
    (b"-----BEGIN PUBLIC KEY", "a bare public key"),
    (b"-----BEGIN RSA PUBLIC KEY", "a bare public key"),
    (b"-----BEGIN SSH2", "an SSH key in another form than OpenSSH's one line"),
    (b"untrusted comment:", "a minisign key, which signs and does not seal"),
    (b"ecdsa-sha2-", "an ECDSA key, which age cannot seal to"),
    (b"sk-", "a security key, which age cannot seal to"),
    (b"\x99", "an OpenPGP key"),
    (b"\xc6", "an OpenPGP key"),
)


def read_recipient(given: bytes, *, at: datetime) -> Recipient:
    """Read the one key that a package is to be sealed to.

    Args:
        given: The file as the recipient sent it.
        at: The moment for which a certificate must be valid.

    Raises:
        Refusal: It is not a key that can be sealed to; ``todo`` says what to ask for.
    """
    text = given.strip()
    if not text:
        raise _wrong("the recipient key is empty")
    _check_not_private(text)
    for start, what in _WRONG_KIND:
        if text.startswith(start):
            raise _wrong(f"the recipient key must be an age, SSH or X.509 key: {what}")
    if text.startswith(b"-----BEGIN CERTIFICATE") or given[:1] == b"\x30":
        return _read_certificate(given if given[:1] == b"\x30" else text, at)
    return _read_age(text)


def _check_not_private(text: bytes) -> None:
    if b"AGE-SECRET-KEY-" in text.upper() or b"PRIVATE KEY-----" in text:
        raise Refusal(
            "the recipient key must be the public half: a private key was given",
            code="recipient-is-private",
            todo="delete this file, tell the recipient that the key is no longer secret, and ask "
            "for the public half of a new one",
        )


def _read_age(given: bytes) -> AgeRecipient:
    lines = [line.strip() for line in given.decode("utf-8", "replace").splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if len(keys) != 1:
        raise _wrong(f"one recipient key must be given: {len(keys)} lines")
    text = keys[0]
    if text.startswith("ssh-rsa"):
        _check_ssh_rsa(text)
    recipient = AgeRecipient(text=text)
    age_key(recipient)
    return recipient


def age_key(recipient: AgeRecipient) -> "pyrage.x25519.Recipient | pyrage.ssh.Recipient":
    """Return the library's own form of ``recipient``.

    Raises:
        Refusal: The text is not an age or SSH public key.
    """
    kind = pyrage.ssh if recipient.text.startswith("ssh-") else pyrage.x25519
    try:
        return kind.Recipient.from_str(recipient.text)
    except pyrage.RecipientError as fault:
        raise _wrong("the recipient key is not an age, SSH or X.509 key, or is damaged") from fault


def _check_ssh_rsa(text: str) -> None:
    try:
        key = serialization.load_ssh_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise _wrong("the recipient's SSH key cannot be read") from fault
    if isinstance(key, RSAPublicKey):
        _check_rsa_bits(key)


def _check_rsa_bits(key: RSAPublicKey) -> None:
    if key.key_size < RSA_BITS:
        raise _wrong(
            f"an RSA key must have at least {RSA_BITS} bits: {key.key_size}", "recipient-weak"
        )


def _read_certificate(given: bytes, at: datetime) -> CertificateRecipient:
    try:
        if given[:1] == b"\x30":
            certificate = x509.load_der_x509_certificate(given)
        else:
            certificate = x509.load_pem_x509_certificate(given)
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise _wrong("the recipient's certificate cannot be read") from fault
    if not isinstance(key, RSAPublicKey):
        raise _wrong("a certificate must hold an RSA key: another kind of key")
    _check_rsa_bits(key)
    _check_dates(certificate, at)
    _check_usage(certificate)
    return CertificateRecipient(der=certificate.public_bytes(serialization.Encoding.DER))


def _check_dates(certificate: x509.Certificate, at: datetime) -> None:
    ends = certificate.not_valid_after_utc
    if at > ends:
        raise _wrong(f"the certificate has expired: {ends:%Y-%m-%d}", "recipient-expired")
    starts = certificate.not_valid_before_utc
    if at < starts:
        raise _wrong(f"the certificate is not yet valid: {starts:%Y-%m-%d}", "recipient-expired")


def _check_usage(certificate: x509.Certificate) -> None:
    try:
        extensions = certificate.extensions
    except ValueError as fault:
        raise _wrong("the recipient's certificate cannot be read") from fault
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not value.key_encipherment:
            raise _wrong("the certificate's key usage must allow key encipherment", _USAGE)
        if isinstance(value, x509.BasicConstraints) and value.ca:
            raise _wrong("the certificate must be the recipient's own: an authority's", _USAGE)
        if isinstance(value, x509.ExtendedKeyUsage) and not _MAIL & set(value):
            raise _wrong(
                "the certificate's extended usage must allow protected mail or documents", _USAGE
            )


_USAGE = "recipient-wrong-usage"
_MAIL = {
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    x509.ObjectIdentifier("1.3.6.1.4.1.311.80.1"),  # document encryption, Microsoft's own
}


def _wrong(message: str, code: str = "recipient-wrong-kind") -> Refusal:
    return Refusal(message, code=code, todo=_SEND)
