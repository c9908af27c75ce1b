"""A key that protects nothing is refused, whatever it comes in."""

import base64
import struct
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa, x25519

from clerestory.disclosure.key_strength import check_ed25519, check_rsa, check_x25519
from clerestory.disclosure.recipients import read_recipient
from clerestory.kernel import Refusal

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
P = 2**255 - 19
EIGHT = 325606250916557431795983626356110631294008115727848805560023387167927233504
OTHER_EIGHT = 39382357235489614581723060781553021112529911719440698176882885853963445705823
EIGHT_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
LOW = (0, 1, EIGHT, OTHER_EIGHT, P - 1, P, P + 1)
# Points of the Edwards curve whose order divides 8: y = 0, 1, -1 and the two of order 8.
LOW_Y = (
    0,
    1,
    P - 1,
    EIGHT_Y,
    P - EIGHT_Y,
)
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def bech32(data: bytes) -> str:
    """Write an age recipient (BIP 173), as no library writes one that is no point."""
    bits = "".join(f"{byte:08b}" for byte in data).ljust(260, "0")
    words = [int(bits[at : at + 5], 2) for at in range(0, 260, 5)]
    expanded = [3, 3, 3, 0, *(ord(letter) & 31 for letter in "age"), *words]
    sums = polymod([*expanded, 0, 0, 0, 0, 0, 0]) ^ 1
    words += [sums >> 5 * (5 - place) & 31 for place in range(6)]
    return "age1" + "".join(LETTERS[word] for word in words)


def polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> place & 1 else 0
    return check


def ssh_line(kind: str, *parts: bytes) -> bytes:
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), *parts))
    return f"{kind} {base64.b64encode(blob).decode()}\n".encode()


def mpint(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def refused(given: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_recipient(given, at=AT)
    return caught.value


def test_the_written_form_here_is_that_of_age() -> None:
    import pyrage

    key = x25519.X25519PrivateKey.generate().public_key().public_bytes_raw()

    pyrage.x25519.Recipient.from_str(bech32(key))


@pytest.mark.parametrize("u", [*LOW, *(each + 2**255 for each in LOW), 2**255 + P - 19])
def test_an_age_key_of_low_order_is_refused(u: int) -> None:
    fault = refused(bech32(u.to_bytes(32, "little")).encode())

    if u == 2**255 + P - 19:
        assert fault.code == "recipient-wrong-kind"
    else:
        assert fault.code == "recipient-weak"
        assert "low order" in str(fault)
    assert "age1" in fault.todo


@pytest.mark.parametrize("u", [P + 9, 9 + 2**255])
def test_an_age_key_in_a_second_form_is_refused(u: int) -> None:
    fault = refused(bech32(u.to_bytes(32, "little")).encode())

    assert fault.code == "recipient-wrong-kind"
    assert "one written form" in str(fault)


def test_every_other_age_key_passes() -> None:
    for _ in range(50):
        check_x25519(x25519.X25519PrivateKey.generate().public_key().public_bytes_raw())
    check_x25519((9).to_bytes(32, "little"))
    check_x25519((2).to_bytes(32, "little"))
    check_x25519((P - 2).to_bytes(32, "little"))


@pytest.mark.parametrize("sign", [0, 2**255])
@pytest.mark.parametrize("y", LOW_Y)
def test_an_ssh_key_of_low_order_is_refused(y: int, sign: int) -> None:
    fault = refused(ssh_line("ssh-ed25519", (y + sign).to_bytes(32, "little")))

    assert fault.code == "recipient-weak"
    assert "low order" in str(fault)


@pytest.mark.parametrize(
    ("encoded", "said"),
    [
        (b"\x02" + bytes(31), "no point of its curve"),
        (P.to_bytes(32, "little"), "one written form"),
        ((P + 1).to_bytes(32, "little"), "one written form"),
        (b"\xff" * 32, "one written form"),
        (bytes(31), "is not an age, SSH or X.509 key"),
        (bytes(33), "is not an age, SSH or X.509 key"),
    ],
)
def test_an_ssh_key_that_is_no_key_is_refused(encoded: bytes, said: str) -> None:
    fault = refused(ssh_line("ssh-ed25519", encoded))

    assert fault.code == "recipient-wrong-kind"
    assert said in str(fault)


def test_every_other_ssh_key_passes() -> None:
    for _ in range(50):
        check_ed25519(ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw())


@pytest.fixture(scope="module")
def modulus() -> int:
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .public_key()
        .public_numbers()
        .n
    )


@pytest.fixture(scope="module")
def prime() -> int:
    return rsa.generate_private_key(public_exponent=65537, key_size=4096).private_numbers().p


def next_prime(number: int) -> int:
    number += 2
    while any(number % each == 0 for each in (3, 5, 7, 11, 13)) or pow(2, number - 1, number) != 1:
        number += 2
    return number


@pytest.mark.parametrize(
    ("exponent", "said"),
    [
        (1, "65537: 1"), (2, "65537: 2"), (3, "65537: 3"), (35, "65537: 35"),
        (65_535, "65537: 65535"), (65_536, "65537: 65536"), (65_538, "65537: 65538"),
        (2**256 + 1, "257 bits"),
    ],
)  # fmt: skip
def test_an_rsa_exponent_out_of_its_bounds_is_refused(
    modulus: int, exponent: int, said: str
) -> None:
    fault = refused(ssh_line("ssh-rsa", mpint(exponent), mpint(modulus)))

    assert fault.code == "recipient-weak"
    assert said in str(fault)


def test_rsa_exponents_in_their_bounds_pass(modulus: int) -> None:
    for exponent in (65_537, 65_539, 2**256 - 1):
        check_rsa(modulus, exponent)


@pytest.mark.parametrize(
    ("bits", "said"), [(2047, "at least 2048 bits: 2047"), (16_385, "at most 16384 bits: 16385")]
)
def test_an_rsa_modulus_out_of_its_bounds_is_refused(bits: int, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        check_rsa(2 ** (bits - 1) + 1, 65_537)


def test_a_modulus_with_a_small_factor_is_refused(modulus: int) -> None:
    for factor in (2, 3, 2039):
        with pytest.raises(Refusal, match="a small factor"):
            check_rsa(modulus * factor, 65_537)


def test_a_modulus_that_is_one_prime_is_refused(prime: int) -> None:
    with pytest.raises(Refusal, match="one prime"):
        check_rsa(prime, 65_537)


def test_a_modulus_of_two_near_primes_is_refused() -> None:
    half = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_numbers().p

    for other in (half, next_prime(half)):
        with pytest.raises(Refusal, match="near each other"):
            check_rsa(half * other, 65_537)


def test_a_modulus_of_the_faulty_chip_is_refused() -> None:
    small = [n for n in range(3, 168) if all(n % each for each in range(2, n))]
    whole = 1
    for each in small:
        whole *= each
    # What the chip's keys have in common: modulo these primes they are a power of 65537. The
    # rest of this one is drawn, so that no other check sees anything.
    power = pow(65_537, 1_234_567, whole)
    drawn = power + whole * ((2**2047 + 987_654_321) // whole)
    while drawn % 2 == 0 or any(drawn % n == 0 for n in range(3, 2048, 2)):
        drawn += whole

    with pytest.raises(Refusal, match="ROCA"):
        check_rsa(drawn, 65_537)


def test_an_ssh_key_larger_than_age_reads_is_named(prime: int) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=4104).public_key()

    line = other.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    fault = refused(line)

    assert prime
    assert fault.code == "recipient-unusable"
    assert "at most 4096 bits: 4104, line 1" in str(fault)
    assert "ssh-ed25519" in fault.todo


def test_what_only_the_trial_finds_is_refused(modulus: int) -> None:
    # The standard lets an exponent have up to 256 bits; the age library takes 33.
    fault = refused(ssh_line("ssh-rsa", mpint(2**33 + 1), mpint(modulus)))

    assert fault.code == "recipient-unusable"
    assert str(fault) == "a trial sealing to the recipient key failed"
    assert "age1" in fault.todo


def test_an_rsa_number_in_a_second_form_is_refused(modulus: int) -> None:
    for exponent, number in (
        (b"\0\0\x01\0\x01", mpint(modulus)),
        (b"\x01\0\x01", b"\0" + mpint(modulus)),
        (b"", mpint(modulus)),
        (b"\x01\0\x01", mpint(modulus)[1:]),
    ):
        assert refused(ssh_line("ssh-rsa", exponent, number)).code == "recipient-wrong-kind"
