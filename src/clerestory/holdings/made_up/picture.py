"""A tiny picture in place of a photograph: eight by eight squares of gray."""

import struct
import zlib
from random import Random

_SIDE = 8


def draw_picture(random: Random) -> bytes:
    """Return a PNG whose bytes depend on ``random`` alone, not on the compressor's version."""
    rows = b"".join(b"\x00" + random.randbytes(_SIDE) for _ in range(_SIDE))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)
    # One stored block: two bytes of header, the rows as they are, and their checksum.
    size = len(rows)
    stored = struct.pack("<BHH", 1, size, size ^ 0xFFFF) + rows
    body = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(rows))
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
