"""Ways to spoil any file without knowing what it holds, and files that are something else."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from random import Random

Spoil = Callable[[bytes, Random], bytes]

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"


def flip_bits(content: bytes, random: Random) -> bytes:
    """Change one to four bits."""
    if not content:
        return b"\x01"
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut_short(content: bytes, random: Random) -> bytes:
    """Leave the beginning."""
    return content[: random.randrange(len(content) + 1)]


def drop_head(content: bytes, random: Random) -> bytes:
    """Leave the end."""
    return content[random.randrange(len(content) + 1) :]


def lengthen(content: bytes, random: Random) -> bytes:
    """Add bytes behind the end."""
    return content + random.choice(
        [b"\n", b"\0", b" ", b"x" * 5_000, content, random.randbytes(64)]
    )


def insert(content: bytes, random: Random) -> bytes:
    """Put bytes that some reader trips over into the middle."""
    at = random.randrange(len(content) + 1)
    return content[:at] + random.choice(_INSERTS) + content[at:]


_INSERTS = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\x1b[2J\x1b[31m", b"\x1b]52;c;aGk=\x07",
    b"\r", b"\r\n", b"\n\n", b"\t", b"\x85", b"\xc2\x9b", b"\xe2\x80\xae", b"\xe2\x80\x8b",
    b"\xef\xbb\xbf", b"[/bold]", b"'", b'"', b"\\", b"{", b"]", b": ", b"#", b"%s%n", b"*", b"&a ",
    b"9" * 400, b"\xe2\x80\xa8", "ยก".encode(), "٣".encode(), b"../", b"\\x00", b"\\ud800",
)  # fmt: skip


def repeat_line(content: bytes, random: Random) -> bytes:
    """Write one line twice, or very often."""
    lines = content.splitlines(keepends=True) or [b"a: b\n"]
    at = random.randrange(len(lines))
    return b"".join([*lines[:at], *[lines[at]] * random.choice([2, 3, 2_000]), *lines[at + 1 :]])


def swap_lines(content: bytes, random: Random) -> bytes:
    """Let two lines change places."""
    lines = content.splitlines(keepends=True) or [b""]
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def drop_line(content: bytes, random: Random) -> bytes:
    """Leave a line out."""
    lines = content.splitlines(keepends=True) or [b""]
    del lines[random.randrange(len(lines))]
    return b"".join(lines)


def other_alphabet(content: bytes, random: Random) -> bytes:
    """Write the text in another encoding, or with a mark of one."""
    text = content.decode("utf-8", "replace")
    return random.choice(
        [
            text.encode("utf-16"),
            text.encode("utf-16-be"),
            text.encode("utf-32"),
            b"\xef\xbb\xbf" + content,
            text.encode("cp1252", "replace") + b"\xe9",
            text.encode("utf-7"),
            text.replace("\n", "\r\n").encode(),
            text.replace("\n", "\r").encode(),
            text.replace("\n", "\x85").encode(),
        ]
    )


def something_else(content: bytes, random: Random) -> bytes:
    """A file of another kind."""
    return random.choice(
        [
            b"",
            b"\n",
            b"\0" * 1_000,
            PNG,
            b"%PDF-1.7\n%\xe2\xe3\n",
            b"SQLite format 3\0" + b"\0" * 84,
            b"PAR1\0\0\0\0PAR1",
            b"age-encryption.org/v1\n-> X25519 aaaa\nbbbb\n--- cccc\n",
            b"null",
            b"[]",
            b"{}",
            b"0",
            b'"words"',
            b"--- \n...\n---\n",
            random.randbytes(random.choice([1, 16, 300, 5_000])),
            gzip.compress(content),
            gzip.compress(b"\0" * 1_000_000),
            zip_of({"../../escaped": content}),
            tar_of("../../escaped", content),
            tar_of("/absolute", content),
            b"x" * 200_000,
        ]
    )


def zip_of(files: dict[str, bytes]) -> bytes:
    """An archive whose names lead out of the folder."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def tar_of(name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """An archive with one member of any name and kind."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type = kind
        member.linkname = "/etc/passwd" if kind != tarfile.REGTYPE else ""
        member.size = len(content) if kind == tarfile.REGTYPE else 0
        archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


ANY: Sequence[Spoil] = (
    flip_bits,
    flip_bits,
    cut_short,
    drop_head,
    lengthen,
    insert,
    insert,
    repeat_line,
    swap_lines,
    drop_line,
    other_alphabet,
    something_else,
)
