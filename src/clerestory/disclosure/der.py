"""The little of DER that sealed and signed CMS messages need, strict both ways.

Source: ITU-T X.690, section 10.
"""

from dataclasses import dataclass

SEQUENCE, SET, INTEGER, BITS, OCTETS, OID, NULL = 0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x05


@dataclass(frozen=True, slots=True)
class Node:
    """One value: its tag, the bytes inside it, and the whole of it."""

    tag: int
    body: bytes
    whole: bytes

    def children(self) -> "list[Node]":
        """Return the values inside a constructed one.

        Raises:
            ValueError: The bytes are not DER.
        """
        nodes, at = [], 0
        while at < len(self.body):
            node = read(self.body[at:])
            nodes.append(node)
            at += len(node.whole)
        return nodes


def read(data: bytes) -> Node:
    """Read the value that ``data`` begins with.

    Raises:
        ValueError: It is not DER, or is cut short.
    """
    start, length = read_head(data)
    if start + length > len(data):
        raise ValueError("a DER value is cut short")
    return Node(data[0], data[start : start + length], data[: start + length])


def read_head(data: bytes) -> tuple[int, int]:
    """Return where the body of the first value starts, and how long it is.

    Raises:
        ValueError: The length is not in its shortest form, or is cut short.
    """
    if len(data) < 2:
        raise ValueError("a DER value is cut short")
    first = data[1]
    if first < 0x80:
        return 2, first
    digits = data[2 : 2 + (first & 0x7F)]
    length = int.from_bytes(digits, "big")
    if len(digits) != first & 0x7F or head(data[0], length) != data[: 2 + len(digits)]:
        raise ValueError("a DER length is not in its shortest form")
    return 2 + len(digits), length


def head(tag: int, length: int) -> bytes:
    """Return the tag and length that come before ``length`` bytes."""
    if length < 0x80:
        return bytes([tag, length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits


def wrap(tag: int, *parts: bytes) -> bytes:
    """Return ``parts`` joined inside one value."""
    body = b"".join(parts)
    return head(tag, len(body)) + body


def integer(value: int) -> bytes:
    """Return a non-negative number."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Return an object identifier.

    >>> oid("1.2.840.113549.1.7.1").hex()
    '06092a864886f70d010701'
    """
    first, second, *rest = (int(word) for word in dotted.split("."))
    body = bytearray([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        body += bytes(reversed(digits))
    return wrap(OID, bytes(body))
