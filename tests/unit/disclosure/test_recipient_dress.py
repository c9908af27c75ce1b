"""A key that is merely dressed differently is read as the same key."""

import base64
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime

import pyrage
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from clerestory.disclosure import der
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, read_recipient
from clerestory.kernel import Refusal

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
Make = Callable[..., x509.Certificate]
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


@pytest.fixture(scope="module")
def age_text() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture(scope="module")
def ssh_text() -> str:
    key = ed25519.Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()


def refused(given: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_recipient(given, at=AT)
    return caught.value


@pytest.mark.parametrize(
    "dress",
    [
        "{}", "{}\n", "{}\r\n", "{}\r", "\n\n  {}  \n\n", "\t{}\t", "\ufeff{}", "\u200b{}\u200b\n",
        "\u00a0{}\u00a0", "# made-up office\n#\n{}\n", "{}\n{}\n", "{}\r{}\r\n{}", '"{}"', "'{}'\n",
        "<{}>", "Public key: {}\n", "public key: {}", "age recipient: {}",
    ],
)  # fmt: skip
def test_a_line_is_read_in_any_dress(age_text: str, dress: str) -> None:
    found = read_recipient(dress.replace("{}", age_text).encode(), at=AT)

    assert found == AgeRecipient(text=age_text)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32-le", b"\xff\xfe\0\0"),
        ("utf-32-be", b"\0\0\xfe\xff"),
    ],
)  # fmt: skip
def test_a_line_is_read_in_any_encoding(age_text: str, encoding: str, mark: bytes) -> None:
    given = mark + f"{age_text}\r\n".encode(encoding)

    assert read_recipient(given, at=AT) == AgeRecipient(text=age_text)


def test_an_age_key_in_capitals_is_read_and_in_mixed_letters_not(age_text: str) -> None:
    assert read_recipient(age_text.upper().encode(), at=AT) == AgeRecipient(text=age_text)
    assert refused(("AGE1" + age_text[4:]).encode()).code == "recipient-wrong-kind"


@pytest.mark.parametrize(
    "dress",
    [
        "{}", "{} office@example", "{} made up by Jos\u00e9", "restrict {}", "restrict,pty {} x",
        'command="echo \\"hello, you\\" ssh-rsa AAAA" {} x',
        'from="*.example,!b.example",no-pty {}',
        'RESTRICT,environment="A=b" {}', 'expiry-time="20260303" {}',
        'expiry-time="202603021500Z",no-pty {}',
    ],
)  # fmt: skip
def test_an_ssh_line_is_read_without_its_options_and_comment(ssh_text: str, dress: str) -> None:
    for encoding in ("utf-8", "latin-1"):
        found = read_recipient(dress.replace("{}", ssh_text).encode(encoding), at=AT)

        assert found == AgeRecipient(text=ssh_text)


@pytest.mark.parametrize(
    ("dress", "code", "said"),
    [
        ('expiry-time="20260302" {}', "recipient-expired", "2026-03-02, line 1"),
        ('expiry-time="soon" {}', "recipient-wrong-kind", "expiry-time must be a day"),
        ('expiry-time="20261301" {}', "recipient-wrong-kind", "expiry-time must be a day"),
        ("cert-authority {}", "recipient-wrong-kind", "an authority's, line 1"),
        ("host.example {}", "recipient-wrong-kind", "other words before it"),
        ("[host.example]:22,10.0.0.1 {}", "recipient-wrong-kind", "other words before it"),
        ("our old key was {}", "recipient-wrong-kind", "other words before it"),
        ('command="open {}', "recipient-wrong-kind", "other words before it"),
    ],
)
def test_an_ssh_line_that_says_more_is_refused(
    ssh_text: str, dress: str, code: str, said: str
) -> None:
    fault = refused(dress.replace("{}", ssh_text).encode())

    assert fault.code == code
    assert said in str(fault)


def test_a_line_that_names_another_kind_than_its_key_is_refused(ssh_text: str) -> None:
    fault = refused(f"ssh-rsa {ssh_text.split()[1]}".encode())

    assert fault.code == "recipient-wrong-kind"
    assert "damaged, line 1" in str(fault)


def ssh2_of(ssh_text: str) -> str:
    body = "\n".join(textwrap.wrap(ssh_text.split()[1], 70))
    return (
        '---- BEGIN SSH2 PUBLIC KEY ----\nComment: "a made-up key, \\\nof two lines"\n'
        f"x-note: made up\n{body}\n---- END SSH2 PUBLIC KEY ----\n"
    )


def test_an_ssh2_file_is_read(ssh_text: str) -> None:
    assert read_recipient(ssh2_of(ssh_text).encode(), at=AT) == AgeRecipient(text=ssh_text)


def test_the_same_key_in_two_dresses_is_one_key(ssh_text: str) -> None:
    both = f"{ssh2_of(ssh_text)}\nrestrict {ssh_text} again\n"

    assert read_recipient(both.encode(), at=AT) == AgeRecipient(text=ssh_text)


def as_text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(PEM).decode()


@pytest.mark.parametrize(
    "dress",
    [
        "{}", "\ufeff{}", "Certificate:\n    Data:\n        Version: 3 (0x2)\n{}", "{}\nmade up\n",
        "Bag Attributes\n    friendlyName: made up\n{}", "{}{}", "subject=CN = x\n\n{}\n\n{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \n"])
def test_a_certificate_is_read_with_text_around_it(
    office: x509.Certificate, dress: str, end: str
) -> None:
    given = dress.replace("{}", as_text(office)).replace("\n", end)

    found = read_recipient(given.encode(), at=AT)

    assert found == CertificateRecipient(der=office.public_bytes(DER))


def test_a_certificate_is_read_as_bare_base64_and_as_bytes(office: x509.Certificate) -> None:
    whole = office.public_bytes(DER)
    line = base64.b64encode(whole).decode()

    for given in (
        whole, whole + b"\r\n", line.encode(), "\n".join(textwrap.wrap(line, 76)).encode(),
        f"\ufeff{line}\r\n".encode("utf-16-le"),
        as_text(office).replace("CERTIFICATE", "X509 CERTIFICATE").encode(),
        as_text(office).replace("\n", "\r\n").encode("utf-16"),
    ):  # fmt: skip
        assert read_recipient(given, at=AT) == CertificateRecipient(der=whole)


def test_a_certificate_with_remarks_of_openssl_is_read(office: x509.Certificate) -> None:
    whole = office.public_bytes(DER)
    body = base64.encodebytes(whole + b"\x30\x02\x0c\x00").decode()
    given = f"-----BEGIN TRUSTED CERTIFICATE-----\n{body}-----END TRUSTED CERTIFICATE-----\n"

    assert read_recipient(given.encode(), at=AT) == CertificateRecipient(der=whole)


@pytest.mark.parametrize("encoding", [PEM, DER])
def test_a_bag_with_one_certificate_is_read(
    office: x509.Certificate, encoding: serialization.Encoding
) -> None:
    bag = pkcs7.serialize_certificates([office], encoding)

    found = read_recipient(bag, at=AT)

    assert found == CertificateRecipient(der=office.public_bytes(DER))


@pytest.mark.parametrize("encoding", [PEM, DER])
def test_of_a_bag_with_two_certificates_none_is_picked(
    office: x509.Certificate,
    rsa_key: rsa.RSAPrivateKey,
    make_certificate: Make,
    encoding: serialization.Encoding,
) -> None:
    other = make_certificate(rsa_key, encipher=None)

    fault = refused(pkcs7.serialize_certificates([office, other], encoding))

    assert fault.code == "recipient-not-one"
    assert "must hold one: 2" in str(fault)
    assert "by itself" in fault.todo


def test_a_bag_without_a_certificate_or_of_another_kind_is_refused() -> None:
    nothing = der.wrap(der.SEQUENCE, der.integer(1), der.wrap(der.SET))
    signed = der.oid("1.2.840.113549.1.7.2")
    empty = der.wrap(der.SEQUENCE, signed, der.wrap(0xA0, nothing))

    assert refused(empty).code == "recipient-not-one"
    for bag, said in (
        (der.wrap(der.SEQUENCE, signed), "damaged"),
        (der.wrap(der.SEQUENCE, der.oid("1.2.840.113549.1.7.3"), der.wrap(0xA0)), "CMS message"),
    ):
        assert said in str(refused(bag))
        assert refused(bag).code == "recipient-wrong-kind"


def test_of_a_chain_none_is_picked(
    office: x509.Certificate, rsa_key: rsa.RSAPrivateKey, make_certificate: Make
) -> None:
    authority = make_certificate(rsa_key, authority=True)

    fault = refused(f"{as_text(office)}\n{as_text(authority)}".encode())

    assert fault.code == "recipient-not-one"
    second = as_text(office).count("\n") + 2
    assert str(fault) == f"one recipient key must be given: 2 keys, lines 1, {second}"


def test_of_two_keys_in_one_file_none_is_picked(
    age_text: str, ssh_text: str, office: x509.Certificate
) -> None:
    other = str(pyrage.x25519.Identity.generate().to_public())

    for given, lines in (
        (f"{age_text}\n\n{other}\n", "1, 3"),
        (f"# two\n{age_text}\n{ssh_text}\n", "2, 3"),
        (f"{age_text}\n{as_text(office)}", "1, 2"),
        (f"{age_text}\n{age_text}\n{other}\n{age_text}", "1, 3"),
    ):
        fault = refused(given.encode())
        assert fault.code == "recipient-not-one"
        assert str(fault) == f"one recipient key must be given: 2 keys, lines {lines}"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("-----END CERTIFICATE-----", ""),
        lambda text: text.replace("-----BEGIN CERTIFICATE-----", ""),
        lambda text: text.replace("END CERTIFICATE", "END PKCS7"),
        lambda text: text.replace("\nM", "\n!", 1),
        lambda text: text.replace("-----END CERTIFICATE-----", text),
    ],
)
def test_a_damaged_block_is_named_by_its_line(
    office: x509.Certificate, change: Callable[[str], str]
) -> None:
    fault = refused(f"\n\n{change(as_text(office))}".encode())

    assert fault.code == "recipient-wrong-kind"
    assert "is damaged or cut short" in str(fault)
    assert "of line " in str(fault)
    assert "attachment" in fault.todo


def test_a_key_broken_over_lines_is_named_by_its_line(age_text: str, ssh_text: str) -> None:
    for text in (age_text, ssh_text):
        fault = refused(f"# office\n{text[:30]}\n{text[30:]}\n".encode())

        assert fault.code == "recipient-wrong-kind"
        assert "damaged, line 2" in str(fault)
        assert "one line" in fault.todo


@pytest.mark.parametrize("place", [5, 20, 61])
def test_a_mistyped_age_key_is_refused(age_text: str, place: int) -> None:
    other = "q" if age_text[place] != "q" else "p"

    fault = refused((age_text[:place] + other + age_text[place + 1 :]).encode())

    assert "damaged, line 1" in str(fault)


def test_a_file_too_large_to_be_a_key_is_not_read() -> None:
    assert "smaller than 1048576 bytes: 1048577" in str(refused(b"#" * (1 << 20 | 1)))
