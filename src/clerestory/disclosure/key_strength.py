"""Keys that protect nothing, although they are in their form.

Sealing to such a key works, and whoever finds the package can open it. Each check here costs at
most a second and needs nothing but the public half.

Source: NIST SP 800-56B rev. 2 section 6 (RSA), RFC 7748 section 6.1 and RFC 8032 section 5.1.3
(Curve25519), Nemec et al. 2017, "The Return of Coppersmith's Attack" (the fingerprint of keys
that a widespread chip made badly).
"""

import math

from clerestory.disclosure.recipient_kinds import wrong
from clerestory.kernel import Refusal

RSA_BITS = 2048  # NIST SP 800-131A: shorter keys are disallowed
RSA_MAX_BITS = 16_384  # OpenSSL opens nothing larger
RSA_EXPONENT = 65_537  # SP 800-56B section 6.2: at least this, odd, under 2**256
_PRIME_TEST_BITS = 8192  # one such power takes a second; 16,384 bits take seven
_FERMAT_ROUNDS = 100
_SMALL_PRIMES = tuple(
    number for number in range(3, 2048) if all(number % each for each in range(2, number))
)
_CHIP_PRIMES = tuple(prime for prime in _SMALL_PRIMES if prime <= 167)

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
# The u-coordinates of all points whose order divides 8, on the curve and on its twist: a shared
# secret with any of them is zero, so the file key is wrapped under what everybody knows.
_LOW_ORDER = frozenset(
    {
        0,
        1,
        _P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)


def signing_forms(x25519: bytes) -> tuple[bytes, bytes]:
    """Return the two Ed25519 keys of which an X25519 key is the form that seals.

    The two differ in a sign that the one coordinate of X25519 does not tell.

    Source: RFC 7748 section 4.1: (x, y) has u = (1 + y) / (1 - y), so y = (u - 1) / (u + 1).
    """
    u = int.from_bytes(x25519, "little") & ((1 << 255) - 1)
    y = (u - 1) * pow(u + 1, -1, _P) % _P
    return y.to_bytes(32, "little"), (y | 1 << 255).to_bytes(32, "little")


def check_rsa(modulus: int, exponent: int) -> None:
    """Refuse an RSA key that can be broken, or that programs of others cannot use.

    Raises:
        Refusal: ``recipient-weak``; the message says why.
    """
    bits = modulus.bit_length()
    if bits < RSA_BITS:
        raise _weak(f"an RSA key must have at least {RSA_BITS} bits: {bits}")
    if bits > RSA_MAX_BITS:
        raise _weak(f"an RSA key must have at most {RSA_MAX_BITS} bits: {bits}")
    if exponent % 2 == 0 or not RSA_EXPONENT <= exponent < 2**256:
        said = str(exponent) if exponent < 2**64 else f"{exponent.bit_length()} bits"
        raise _weak(f"an RSA key's exponent must be odd and at least {RSA_EXPONENT}: {said}")
    if modulus % 2 == 0 or any(modulus % prime == 0 for prime in _SMALL_PRIMES):
        raise _weak("an RSA key's modulus must be the product of two large primes: a small factor")
    if bits <= _PRIME_TEST_BITS and pow(2, modulus - 1, modulus) == 1:
        raise _weak("an RSA key's modulus must be the product of two large primes: one prime")
    if _has_near_factors(modulus):
        raise _weak("an RSA key's two primes must not lie near each other: they do")
    if _is_of_the_chip(modulus):
        raise _weak("an RSA key must not be of the kind that a faulty chip made (ROCA): it is")


def _has_near_factors(modulus: int) -> bool:
    # Fermat's method. Two primes drawn apart never lie so near that a hundred steps meet them.
    root = math.isqrt(modulus)
    root += root * root < modulus
    for middle in range(root, root + _FERMAT_ROUNDS):
        rest = middle * middle - modulus
        if math.isqrt(rest) ** 2 == rest:
            return True
    return False


def _is_of_the_chip(modulus: int) -> bool:
    # Such a modulus is a power of 65537 modulo every small prime. One that was drawn well is so
    # by chance about once in 2**30.
    return all(_is_power(modulus % prime, prime) for prime in _CHIP_PRIMES)


def _is_power(rest: int, prime: int) -> bool:
    power = 1
    for _ in range(prime):
        if power == rest:
            return True
        power = power * 65_537 % prime
    return False


def check_x25519(encoded: bytes) -> None:
    """Refuse an age X25519 key with which no secret can be shared.

    Raises:
        Refusal: It is of low order, or not written as any program writes it.
    """
    u = int.from_bytes(encoded, "little")
    if u % 2**255 % _P in _LOW_ORDER:
        raise _weak("the recipient key must be able to share a secret: a point of low order")
    # The recipient's program hashes its key in its one written form, so a package that is sealed
    # to another form of it would not open.
    if u >= _P:
        raise wrong("the recipient key must be in its one written form: a number too large")


def check_ed25519(encoded: bytes) -> None:
    """Refuse an ssh-ed25519 key with which no secret can be shared.

    Raises:
        Refusal: It is of low order, is no point of the curve, or is not in its written form.
    """
    y = int.from_bytes(encoded, "little") % 2**255
    if y >= _P:
        raise wrong("the recipient's SSH key must be in its one written form: a number too large")
    # age seals to the point's other form, u = (1 + y) / (1 - y); y = 1 has none, and is of order 1.
    if y == 1 or (1 + y) * pow(1 - y, -1, _P) % _P in _LOW_ORDER:
        raise _weak("the recipient key must be able to share a secret: a point of low order")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(square, (_P - 1) // 2, _P) != 1:
        raise wrong("the recipient's SSH key is damaged: no point of its curve")


def _weak(message: str) -> Refusal:
    return wrong(message, code="recipient-weak", send="ask the recipient to make a new key")
