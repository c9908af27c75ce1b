"""The archive has one form, and the reader takes no other."""

import io
import tarfile
from functools import partial
from typing import Any

import pytest

from clerestory.disclosure.tar import MAX_FILES, Member, TarParser, write_tar
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


def headed(name: str, size: int = 0, **more: Any) -> bytes:
    """Write a header as the package's own but for ``more``."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    for field, value in more.items():
        setattr(info, field, value)
    if size < 8**11:
        return info.tobuf(tarfile.USTAR_FORMAT, "utf-8", "surrogateescape")
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


KINDS = (
    tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE,
    tarfile.FIFOTYPE, tarfile.CONTTYPE, tarfile.AREGTYPE, tarfile.XHDTYPE, tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
    tarfile.GNUTYPE_SPARSE, b"M", b"V", b"\xff",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_only_plain_files_are_taken(kind: bytes) -> None:
    info = headed("a")
    assert read(info + bytes(1024)) == {"a": b""}

    for link in ("", "/etc/passwd", "../a"):
        with pytest.raises(Corruption, match="header"):
            read(headed("a", type=kind, linkname=link) + bytes(1024))


@pytest.mark.parametrize("more", [{"uid": 1}, {"mode": 0o4755}, {"mtime": 1}, {"uname": "root"}])
def test_a_file_with_an_owner_a_time_or_rights_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Corruption, match="header"):
        read(headed("a", **more) + bytes(1024))


@pytest.mark.parametrize(
    "name",
    [
        "..", ".", "../a", "a/..", "a/../b", "./a", "a/.", "/a", "//a", "a//b", "a/", "", "a\\b",
        "..\\a", "C:a", "C:/a", "a:b", "a.", "a/b./c", ".a", "-a", " a", "a ", "a\nb", "a\tb",
        "a\u202eb", "\u00e9", "a*b", "~/a", "$a", "a\udcffb",
    ],
)  # fmt: skip
def test_a_name_that_no_package_has_is_refused(name: str) -> None:
    with pytest.raises(Corruption):
        read(headed(name) + bytes(1024))


@pytest.mark.parametrize("name", ["a", "a.b", "a-b/c_d/e.f", "0", "S-all/x.tar.gz", "a-"])
def test_a_name_of_ours_is_taken(name: str) -> None:
    assert read(headed(name) + bytes(1024)) == {name: b""}


def test_a_member_twice_is_refused_wherever_it_stands() -> None:
    for names in (("a", "a"), ("a", "b", "a"), ("a", "a", "b"), ("p/a", "p/b", "p/b")):
        with pytest.raises(Corruption, match="header"):
            read(b"".join(map(headed, names)) + bytes(1024))


def test_a_file_inside_a_file_is_refused() -> None:
    for names in (("a", "a/b"), ("p/a", "p/a.b", "p/a/b/c"), ("a", "a-", "a/b")):
        with pytest.raises(Corruption, match="a file inside a file"):
            read(b"".join(map(headed, names)) + bytes(1024))
    assert set(read(b"".join(map(headed, ("a-b", "a.c", "a/b"))) + bytes(1024))) == {
        "a-b", "a.c", "a/b",
    }  # fmt: skip


def test_an_archive_of_very_many_files_is_refused() -> None:
    parser = TarParser(lambda _name, _size: None, lambda _: None, lambda: None)
    for number in range(MAX_FILES):
        parser.feed(headed(f"{number:06d}"))

    with pytest.raises(Corruption, match="more than 100000 files"):
        parser.feed(headed(f"{MAX_FILES:06d}"))


@pytest.mark.parametrize("size", [1, 511, 512, 8**11 - 1, 8**11, 2**63])
def test_a_size_that_the_file_does_not_have_is_refused(size: int) -> None:
    with pytest.raises(Corruption):
        read(headed("a", size) + b"x" * min(size - 1, 400))


def test_a_file_that_shrinks_while_it_is_packed_is_found() -> None:
    member = Member(name="a", size=4, pieces=lambda: iter([b"abc"]))

    with pytest.raises(Corruption) as caught:
        list(write_tar([member]))

    assert caught.value.code == "package-file-changed"
