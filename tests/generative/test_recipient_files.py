"""Whatever is handed in as a key is read, or is refused with a next step; nothing else happens."""

import base64
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyrage
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from clerestory.disclosure.attachments import attach_bytes, attach_file
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, read_recipient
from clerestory.kernel import Refusal

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Made-up Records Office")])
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(7)
    .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
    .sign(KEY, hashes.SHA256())
)
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
SSH = (
    ed25519.Ed25519PrivateKey.generate()
    .public_key()
    .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
)
GOOD = (
    str(pyrage.x25519.Identity.generate().to_public()).encode(),
    b'command="x",restrict ' + SSH + b" made up\n",
    CERTIFICATE.public_bytes(PEM),
    CERTIFICATE.public_bytes(DER),
    base64.b64encode(CERTIFICATE.public_bytes(DER)),
    pkcs7.serialize_certificates([CERTIFICATE], PEM),
    pkcs7.serialize_certificates([CERTIFICATE], DER),
)
PIECES = (b"", b"\n", b"\0", b"-----BEGIN X-----\n", b"age1", b"{", b"\xff\xfe", b"\x30\x80", b'"')


def test_each_of_them_is_read_as_it_stands() -> None:
    for whole in GOOD:
        assert isinstance(read_recipient(whole, at=AT), AgeRecipient | CertificateRecipient)


def is_read_or_refused(given_bytes: bytes) -> None:
    fault = refusal_of(lambda: read_recipient(given_bytes, at=AT).name)
    assert fault is None or (fault.code.startswith("recipient-") and fault.todo)


def refusal_of(act: Callable[[], object]) -> Refusal | None:
    try:
        assert act()
    except Refusal as fault:
        return fault
    return None


@settings(max_examples=400, deadline=None)
@given(given_bytes=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(given_bytes: bytes) -> None:
    is_read_or_refused(given_bytes)


@settings(max_examples=600, deadline=None)
@given(data=st.data(), whole=st.sampled_from(GOOD))
def test_a_damaged_key_is_read_or_refused(data: st.DataObject, whole: bytes) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(at, min(len(whole), at + 40)))
    piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))

    is_read_or_refused(whole[:at] + piece + whole[end:])


@settings(max_examples=300, deadline=None)
@given(
    content=st.binary(max_size=300)
    | st.sampled_from([b"PK\x03\x04", b"RIFF", b"%PDF-", b"MZ"]).flatmap(
        lambda start: st.binary(max_size=80).map(lambda rest: start + rest)
    ),
    name=st.text(st.characters(codec="utf-8", exclude_characters="/\0"), max_size=60),
)
def test_any_file_is_attached_under_a_name_of_ours_or_refused(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.pdf"
        path.write_bytes(content)
        fault = refusal_of(lambda: attach_file(path, "S*.x").suffix == ".pdf")
    other = refusal_of(lambda: attach_bytes(content, "S1.x").suffix)

    for each in (fault, other):
        assert each is None or (each.code == "attachment-unusable" and each.todo)
