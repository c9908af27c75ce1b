"""Keys and certificates at the edges: the last byte that is read, the first that is not."""

from collections.abc import Callable
from datetime import UTC, datetime

import pyrage
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from clerestory.disclosure import der
from clerestory.disclosure.age import read_age_identities
from clerestory.disclosure.key_dress import certificates_in, text_of
from clerestory.disclosure.recipients import CertificateRecipient, read_recipient
from clerestory.kernel import Refusal

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DER = serialization.Encoding.DER
LARGEST = 32 * 1024
Make = Callable[..., x509.Certificate]


def padded(make: Make, key: rsa.RSAPrivateKey, size: int) -> bytes:
    """Return a certificate of exactly ``size`` bytes."""
    fill = size - 2000
    while True:
        made = make(key, padding=fill).public_bytes(DER)
        if len(made) == size:
            return made
        fill += size - len(made)


def test_the_largest_certificate_is_read_and_no_larger(
    make_certificate: Make, rsa_key: rsa.RSAPrivateKey
) -> None:
    largest = padded(make_certificate, rsa_key, LARGEST)

    assert read_recipient(largest, at=AT) == CertificateRecipient(der=largest)
    with pytest.raises(Refusal, match=f"at most {LARGEST} bytes: {LARGEST + 1}"):
        read_recipient(padded(make_certificate, rsa_key, LARGEST + 1), at=AT)


def test_a_certificate_is_valid_to_its_last_second_and_from_its_first(
    office: x509.Certificate,
) -> None:
    given = office.public_bytes(DER)
    first, last = office.not_valid_before_utc, office.not_valid_after_utc

    for at in (first, last):
        assert read_recipient(given, at=at) == CertificateRecipient(der=given)
    for at, said in ((first.replace(year=first.year - 1), "not yet valid"),
                     (last.replace(year=last.year + 1), "has expired")):  # fmt: skip
        with pytest.raises(Refusal, match=said):
            read_recipient(given, at=at)


def test_a_bag_may_hold_what_is_no_certificate_of_this_kind(office: x509.Certificate) -> None:
    bag = pkcs7.serialize_certificates([office], DER)
    whole = office.public_bytes(DER)
    other = der.wrap(0xA1, der.wrap(der.SEQUENCE))  # a certificate of attributes, RFC 5652 10.2.2
    held = der.wrap(0xA0, whole)
    kind, explicit = der.read(bag).children()
    fields = [
        der.wrap(0xA0, whole + other) if node.whole == held else node.whole
        for node in explicit.children()[0].children()
    ]

    mixed = der.wrap(der.SEQUENCE, kind.whole, der.wrap(0xA0, der.wrap(der.SEQUENCE, *fields)))

    assert other in mixed
    assert certificates_in(mixed, "") == [whole]


# sshd(8), AUTHORIZED_KEYS FILE FORMAT, but for the two that say more of a key.
OPTIONS = [
    "agent-forwarding",
    "command",
    "environment",
    "from",
    "no-agent-forwarding",
    "no-port-forwarding",
    "no-pty",
    "no-touch-required",
    "no-user-rc",
    "no-x11-forwarding",
    "permitlisten",
    "permitopen",
    "port-forwarding",
    "principals",
    "pty",
    "restrict",
    "tunnel",
    "user-rc",
    "verify-required",
    "x11-forwarding",
]


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_before_an_ssh_key_is_passed_over(option: str, ssh: str) -> None:
    for written in (option, f'{option}="made up, \\" and so on"', option.upper()):
        assert read_recipient(f"{written} {ssh}".encode(), at=AT).name == ssh


def test_no_other_word_is_passed_over(ssh: str) -> None:
    with pytest.raises(Refusal, match="other words before it"):
        read_recipient(f"made-up {ssh}".encode(), at=AT)


@pytest.fixture(scope="module")
def ssh() -> str:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key()
    form = serialization.PublicFormat.OpenSSH
    return key.public_bytes(serialization.Encoding.OpenSSH, form).decode()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (b"a\0b\0", "ab"), (b"\0a\0b", "ab"), (b"a\0b", None), (b"a\0b\0c", None),
        (b"\0\0", None), (b"a\0\0b", None), (b"\xff\xfea\0", "a"), (b"\xfe\xff\0a", "a"),
        (b"\xff\xfe\0\0a\0\0\0", "a"), (b"\xef\xbb\xbfa", "a"), (b"caf\xe9", "caf\u00e9"),
        (b"a\x07", None), (b"\xff\xfea", None),
    ],
)  # fmt: skip
def test_text_is_told_from_bytes(given: bytes, text: str | None) -> None:
    assert text_of(given) == text


def test_an_identity_file_is_read_with_its_remarks_and_without_a_key_refused() -> None:
    one, two = (pyrage.x25519.Identity.generate() for _ in range(2))
    written = f"\ufeff# created: made up\r\n\r\n{one}\r\n  {two}  \n# end\n".encode()

    assert [str(each) for each in read_age_identities(written)] == [str(one), str(two)]
    for given in (b"", b"# only a remark\n\n", b"\n", f"{one}\nmade up\n".encode(), b"\xff"):
        with pytest.raises(Refusal) as caught:
            read_age_identities(given)
        assert caught.value.code == "identity-unreadable"
