"""The archive has one form, and the reader takes no other."""

import io
import tarfile
from functools import partial

import pytest

from clerestory.disclosure.tar import Member, TarParser, write_tar
from clerestory.kernel import Corruption


def members(files: dict[str, bytes]) -> list[Member]:
    return [
        Member(name=name, size=len(body), pieces=partial(iter, [body]))
        for name, body in files.items()
    ]


def read(data: bytes, step: int = 10**9) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    names: list[str] = []
    parts: list[bytes] = []

    def opened(name: str, size: int) -> None:
        del size
        names.append(name)
        parts.clear()

    def closed() -> None:
        found[names[-1]] = b"".join(parts)

    parser = TarParser(opened, lambda piece: parts.append(bytes(piece)), closed)
    for at in range(0, len(data), step):
        parser.feed(data[at : at + step])
    parser.finish()
    return found


FILES = {"p/a.txt": b"one", "p/b": b"", "p/c/d.bin": bytes(range(256)) * 4}
TAR = b"".join(write_tar(members(FILES)))


@pytest.mark.parametrize("step", [1, 7, 512, 513, 10**6])
def test_what_is_written_is_read_back_in_pieces_of_any_size(step: int) -> None:
    assert read(TAR, step) == FILES


def test_an_ordinary_tar_program_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(TAR)) as tar:
        found = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]

    assert found == FILES


def test_the_same_files_give_the_same_bytes() -> None:
    assert b"".join(write_tar(members(FILES))) == TAR


def test_every_flipped_bit_outside_the_files_is_found() -> None:
    bodies = {512, 513, 514, *range(2048, 3072)}

    for at in set(range(len(TAR))) - bodies:
        broken = bytearray(TAR)
        broken[at] ^= 1 << (at % 8)
        with pytest.raises(Corruption):
            read(bytes(broken))


def test_a_tar_cut_short_anywhere_is_found() -> None:
    for length in range(0, len(TAR), 13):
        with pytest.raises(Corruption):
            read(TAR[:length])


@pytest.mark.parametrize(
    "data",
    [
        TAR + b"\0",
        TAR + bytes(512),
        b"".join(write_tar(members({"b": b"", "a": b""}))),
        b"".join(write_tar(members({"../a": b""}))),
        b"".join(write_tar(members({"/a": b""}))),
        b"".join(write_tar(members({"a//b": b""}))),
    ],
)
def test_another_form_of_archive_is_refused(data: bytes) -> None:
    with pytest.raises(Corruption):
        read(data)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, b"x"])
def test_only_plain_files_are_taken(kind: bytes) -> None:
    info = tarfile.TarInfo("a")
    info.type = kind
    info.mode = 0o644

    with pytest.raises(Corruption):
        read(info.tobuf(tarfile.USTAR_FORMAT) + bytes(1024))


def test_a_file_that_shrinks_while_it_is_packed_is_found() -> None:
    member = Member(name="a", size=4, pieces=lambda: iter([b"abc"]))

    with pytest.raises(Corruption) as caught:
        list(write_tar([member]))

    assert caught.value.code == "package-file-changed"
