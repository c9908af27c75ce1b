"""The bytes that a witness signs. Source: C2SP tlog-cosignature."""

from clerestory.notes.checkpoint import parse_body


def ed25519_message(text: bytes, time: int) -> bytes:
    """Return what an Ed25519 cosignature covers: the time, then the whole note text."""
    return b"cosignature/v1\ntime %d\n%s" % (time, text)


def mldsa44_message(text: bytes, time: int, *, cosigner: str) -> bytes:
    """Return what an ML-DSA-44 cosignature covers: names, time, size and root.

    Extension lines of the checkpoint are left out, as the specification says.

    Raises:
        BadNote: The text is not a checkpoint.
        ValueError: A name is longer than one byte can count.
    """
    body = parse_body(text)
    start = 0  # a checkpoint's subtree begins with the first leaf
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(cosigner),
            time.to_bytes(8, "big"),
            _short(body.origin),
            start.to_bytes(8, "big"),
            body.size.to_bytes(8, "big"),
            body.root,
        )
    )


def _short(name: str) -> bytes:
    content = name.encode()
    if not 1 <= len(content) <= 255:
        raise ValueError(f"a cosigned name has 1 to 255 bytes: {len(content)}")
    return bytes([len(content)]) + content
