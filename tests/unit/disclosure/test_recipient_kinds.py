"""Each kind that nothing is sealed to is named, with what to send instead."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from clerestory.disclosure import der
from clerestory.disclosure.recipients import CertificateRecipient, read_recipient
from clerestory.kernel import Refusal

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
BLOB = base64.b64encode(b"made up").decode()


def refused(given: bytes | str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_recipient(given.encode() if isinstance(given, str) else given, at=AT)
    return caught.value


def block(label: str, dashes: str = "-----") -> str:
    return f"{dashes}BEGIN {label}{dashes}\n{BLOB}\n{dashes}END {label}{dashes}\n"


@pytest.mark.parametrize(
    ("given", "what", "send"),
    [
        ("age1pq1" + "q" * 60, "a post-quantum age key", "age-keygen"),
        ("age1tagpq1" + "q" * 60, "a post-quantum age key", "age-keygen"),
        ("age1yubikey1" + "q" * 60, "an age key in a YubiKey", "age-keygen"),
        ("AGE1YUBIKEY1" + "Q" * 60, "an age key in a YubiKey", "age-keygen"),
        ("age1tpm1" + "q" * 60, "an age key in a TPM", "age-keygen"),
        ("age1se1" + "q" * 60, "an age key in a Secure Enclave", "age-keygen"),
        ("age1fido2-hmac1" + "q" * 60, "the age plugin fido2-hmac", "age-keygen"),
        (f"ssh-ed25519-cert-v01@openssh.com {BLOB}", "an SSH certificate", "without -cert"),
        (f"ssh-rsa-cert-v01@openssh.com {BLOB} x", "an SSH certificate", "without -cert"),
        (f"sk-ssh-ed25519@openssh.com {BLOB}", "a key in a security key", "age-keygen"),
        (f"sk-ecdsa-sha2-nistp256@openssh.com {BLOB}", "a key in a security key", "age-keygen"),
        (f"ecdsa-sha2-nistp256 {BLOB}", "an ECDSA key", "ssh-ed25519"),
        (f"restrict ecdsa-sha2-nistp521 {BLOB}", "an ECDSA key", "ssh-ed25519"),
        (f"ssh-dss {BLOB}", "a DSA key", "ssh-ed25519"),
        (f"ssh-ed448 {BLOB}", "a kind that age cannot seal to", "ssh-ed25519"),
        (block("PGP PUBLIC KEY BLOCK"), "an OpenPGP key", "age-keygen"),
        (block("PGP MESSAGE"), "an OpenPGP key", "age-keygen"),
        (block("CERTIFICATE REQUEST"), "a request for a certificate", "that goes with it"),
        (block("NEW CERTIFICATE REQUEST"), "a request for a certificate", "that goes with it"),
        (block("PUBLIC KEY"), "a bare public key", "that goes with it"),
        (block("RSA PUBLIC KEY"), "a bare public key", "that goes with it"),
        (block("X509 CRL"), "a list of revoked certificates", "that goes with it"),
        (block("AGE ENCRYPTED FILE"), "an encrypted file", "age-keygen"),
        (block("EC PARAMETERS"), "a block that says ec parameters", "that goes with it"),
        ("untrusted comment: made up\nRWQ\n", "a minisign or signify key", "age-keygen"),
        ("age-encryption.org/v1\n-> scrypt x 18\n", "an encrypted file", "age-keygen"),
        ('{"kty":"RSA","n":"x","e":"AQAB"}', "a key in JSON (JWK)", "age-keygen"),
        ('{"keys":[{"kty":"OKP","x":"x"}]}', "a key in JSON (JWK)", "age-keygen"),
        ("{made up", "a file in JSON", "age-keygen"),
        ("[1]", "a file in JSON", "age-keygen"),
        ("<html>made up", "a web page", "age-keygen"),
        ("{\\rtf1 made up}", "a document", "age-keygen"),
        ("made.example/sender+0a1b2c3d+AbCd", "a verifier key", "age-keygen"),
        ("four made up words", "a line that is no key", "age1"),
        (b"PK\x03\x04\x00", "an archive or office document", "by itself"),
        (b"%PDF-1.7\n\x00\xff", "a PDF document", "by itself"),
        (b"\x1f\x8b\x08\x00", "a compressed file", "by itself"),
        (b"\x89PNG\r\n\x1a\n\x00", "a picture", "by itself"),
        (b"\x98\x33\x04", "an OpenPGP key", "age-keygen"),
        (b"\xc6\x33\x04", "an OpenPGP key", "age-keygen"),
        (b"\x00\x01\x02", "bytes that are no key", "age1"),
        (b"\xff\xfe\x00\xd8", "bytes that are no key", "age1"),
    ],
)
def test_the_kind_is_named_with_what_to_send(given: bytes | str, what: str, send: str) -> None:
    fault = refused(given)

    assert fault.code == "recipient-wrong-kind"
    assert what in str(fault)
    assert send in fault.todo
    assert "an X.509 certificate" in fault.todo


def test_the_line_of_a_wrong_kind_is_named() -> None:
    assert str(refused(f"# made up\n\nssh-dss {BLOB}\n")).endswith(", line 3")
    assert str(refused(f"\n{block('PUBLIC KEY')}")).endswith(", line 2")


def private_forms(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> list[bytes]:
    formats = (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL)
    bare, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"made up")
    forms = [key.private_bytes(encoding, form, bare) for encoding in (PEM, DER) for form in formats]
    forms += [key.private_bytes(each, formats[0], locked) for each in (PEM, DER)]
    return [*forms, key.private_bytes(PEM, serialization.PrivateFormat.OpenSSH, bare)]


def test_a_private_key_in_any_dress_is_called_lost(
    rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey, office: x509.Certificate
) -> None:
    bags = [
        pkcs12.serialize_key_and_certificates(b"made up", rsa_key, office, None, lock)
        for lock in (
            serialization.NoEncryption(), serialization.BestAvailableEncryption(b"made up")
        )
    ]  # fmt: skip
    forms = [*private_forms(rsa_key), *private_forms(ec_key), *bags]
    forms += [base64.b64encode(form) for form in forms if form[:1] == b"\x30"]
    forms += [form.decode().encode("utf-16") for form in forms if form[:1] == b"-"]
    forms.append(office.public_bytes(PEM) + private_forms(rsa_key)[0])

    for form in forms:
        fault = refused(form)
        assert fault.code == "recipient-is-private", form[:40]
        assert "no longer secret" in fault.todo


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ("# made up\nAGE-SECRET-KEY-1QQQ\n", ", line 2"),
        ("age-secret-key-pq-1qqq", ", line 1"),
        ("AGE-PLUGIN-YUBIKEY-1QQQ", ", line 1"),
        (block("PGP PRIVATE KEY BLOCK"), ", line 1"),
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n", ", line 1"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\n", ", line 1"),
        ("untrusted comment: minisign encrypted secret key\nRWQ\n", ", line 1"),
        ("untrusted comment: signify secret key\nRWQ\n", ", line 1"),
        ('{"kty":"RSA","n":"x","d":"x"}', ""),
        ('{"keys":[{"kty":"oct","k":"x"}]}', ""),
        (b"\x95\x03\x04\x00", ""),
        (b"\xc5\x03\x04\x00", ""),
        (b"\xfe\xed\xfe\xed\x00", ""),
    ],
)
def test_other_private_halves_are_called_lost(given: bytes | str, where: str) -> None:
    fault = refused(given)

    assert fault.code == "recipient-is-private"
    assert str(fault) == (
        f"the recipient key must be the public half: a private key was given{where}"
    )


def self_signed(key: rsa.RSAPrivateKey, **signing: object) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
    )
    return builder.sign(key, hashes.SHA256(), **signing).public_bytes(DER)  # type: ignore[arg-type]


def with_key(certificate: bytes, algorithm: bytes) -> bytes:
    """Put another algorithm of the key into a certificate; its signature is not looked at."""
    whole = der.read(certificate).children()
    fields = whole[0].children()
    bits = fields[6].children()[1].whole
    fields[6] = der.read(der.wrap(der.SEQUENCE, algorithm, bits))
    signed = der.wrap(der.SEQUENCE, *(field.whole for field in fields))
    return der.wrap(der.SEQUENCE, signed, whole[1].whole, whole[2].whole)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("1.2.840.113549.1.1.10", "signing only (RSASSA-PSS)"),
        ("1.2.840.113549.1.1.7", "RSAES-OAEP"),
        ("1.2.840.10040.4.1", "a DSA key"),
        ("1.3.101.110", "an X25519 key"),
        ("1.2.3.4", "a key of an unknown kind"),
    ],
)
def test_a_certificate_with_another_kind_of_key_is_named(
    rsa_key: rsa.RSAPrivateKey, kind: str, said: str
) -> None:
    given = with_key(self_signed(rsa_key), der.wrap(der.SEQUENCE, der.oid(kind)))

    fault = refused(given)

    assert fault.code == "recipient-wrong-kind"
    assert said in str(fault)
    assert "encrypted mail" in fault.todo


def test_certificates_of_curves_are_named(
    ec_key: ec.EllipticCurvePrivateKey,
    rsa_key: rsa.RSAPrivateKey,
    make_certificate: Callable[..., x509.Certificate],
) -> None:
    elliptic = make_certificate(ec_key).public_bytes(PEM)
    edwards = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(ed25519.Ed25519PrivateKey.generate().public_key())
        .serial_number(7)
        .not_valid_before(AT)
        .not_valid_after(AT)
        .sign(rsa_key, hashes.SHA256())
        .public_bytes(PEM)
    )

    assert str(refused(elliptic)).endswith("an elliptic-curve key, line 1")
    assert "an Ed25519 key, which signs" in str(refused(edwards))


@pytest.mark.parametrize(("exponent", "bits"), [(1, 2048), (3, 2048), (65_537, 1024)])
def test_a_certificate_with_a_weak_key_is_called_weak(
    rsa_key: rsa.RSAPrivateKey, exponent: int, bits: int
) -> None:
    numbers = rsa_key.public_key().public_numbers()
    modulus = numbers.n if bits == 2048 else numbers.n >> (2048 - bits) | 1
    whole = der.read(self_signed(rsa_key)).children()
    fields = whole[0].children()
    key = der.wrap(der.SEQUENCE, der.integer(modulus), der.integer(exponent))
    fields[6] = der.read(
        der.wrap(der.SEQUENCE, fields[6].children()[0].whole, der.wrap(der.BITS, b"\0" + key))
    )
    signed = der.wrap(der.SEQUENCE, *(field.whole for field in fields))

    fault = refused(der.wrap(der.SEQUENCE, signed, whole[1].whole, whole[2].whole))

    assert fault.code == "recipient-weak"
    assert "new key" in fault.todo


def test_how_the_issuer_signed_plays_no_part(rsa_key: rsa.RSAPrivateKey) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding

    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)

    for given in (self_signed(rsa_key), self_signed(rsa_key, rsa_padding=pss)):
        assert isinstance(read_recipient(given, at=AT), CertificateRecipient)
