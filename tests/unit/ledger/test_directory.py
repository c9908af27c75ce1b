"""A public directory: every file in it is checked or named, and damage is told from a fork."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clerestory.kernel import Corruption, Refusal
from clerestory.ledger import Ed25519Signer, Forked, Log, RolledBack, Torn, verify_directory
from clerestory.ledger.tiles import Tile, parse_path
from clerestory.ledger.tree import HASH_BYTES

SIZES = (3, 200, 256, 300, 557, 700)


def entries(start: int, end: int) -> list[bytes]:
    return [b"made-up entry %d" % number for number in range(start, end)]


def publish(log: Log, size: int) -> str:
    """Append up to a size and publish it; return the checkpoint."""
    with log.reading() as reader:
        log.append(entries(reader.head().size, size))
    note = log.propose().note
    log.publish(note)
    return note


@pytest.fixture
def public(log: Log) -> Path:
    """A directory that has shown several sizes, so that earlier partial tiles lie in it."""
    for size in SIZES:
        publish(log, size)
    return log.public.folder


def earlier_partials(public: Path) -> list[Path]:
    """List the partial files that only an earlier checkpoint needed."""
    found = [path for path in public.rglob("*") if path.is_file() and path.parent.suffix == ".p"]
    edges = {"tile/entries/002.p/188", "tile/0/002.p/188", "tile/1/000.p/2"}
    return [path for path in sorted(found) if path.relative_to(public).as_posix() not in edges]


def test_every_earlier_partial_file_is_counted(public: Path, signer: Ed25519Signer) -> None:
    verified = verify_directory(public, signer.verifier)

    names = [path.relative_to(public).as_posix() for path in earlier_partials(public)]
    assert names == [
        "tile/0/000.p/200",
        "tile/0/000.p/3",
        "tile/0/001.p/44",
        "tile/0/002.p/45",
        "tile/1/000.p/1",
        "tile/entries/000.p/200",
        "tile/entries/000.p/3",
        "tile/entries/001.p/44",
        "tile/entries/002.p/45",
    ]
    assert verified.files.partials == len(names)
    assert (verified.files.ahead, verified.files.unknown) == ((), ())


ALTERATIONS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "last byte": lambda content: content[:-1] + bytes([content[-1] ^ 0x80]),
    "cut": lambda content: content[:-1],
    "longer": lambda content: content + b"\0",
    "empty": lambda _: b"",
    "one more hash": lambda content: content + bytes(HASH_BYTES),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_every_altered_earlier_partial_file_is_found(
    public: Path, signer: Ed25519Signer, alteration: str
) -> None:
    for path in earlier_partials(public):
        before = path.read_bytes()
        path.write_bytes(ALTERATIONS[alteration](before))

        with pytest.raises(Torn) as caught:
            verify_directory(public, signer.verifier)

        assert path.relative_to(public).as_posix() in str(caught.value)
        path.write_bytes(before)


def test_every_altered_file_of_the_tree_is_found(public: Path, signer: Ed25519Signer) -> None:
    for path in sorted(public.rglob("*")):
        if path.is_file():
            before = path.read_bytes()
            path.write_bytes(before[:-1] + bytes([before[-1] ^ 0x80]))

            with pytest.raises((Corruption, Refusal)):
                verify_directory(public, signer.verifier)

            path.write_bytes(before)


def test_files_that_are_not_the_logs_are_named(public: Path, signer: Ed25519Signer) -> None:
    (public / "index.html").write_text("made up")
    (public / "tile" / "0" / "000.bak").write_bytes(b"made up")
    (public / "tile" / "0" / "x000").mkdir()
    (public / "tile" / "0" / "x000" / "005").write_bytes(bytes(8192))
    (public / "elsewhere").symlink_to(public / "tile")

    verified = verify_directory(public, signer.verifier)

    assert sorted(verified.files.unknown) == [
        "elsewhere",
        "index.html",
        "tile/0/000.bak",
        "tile/0/x000/005",
    ]


def test_tiles_beyond_the_checkpoint_are_named_and_not_vouched_for(
    public: Path, signer: Ed25519Signer
) -> None:
    # As a publication leaves them that stopped before its checkpoint came.
    for path in ("tile/0/002.p/189", "tile/0/002", "tile/0/003.p/1", "tile/entries/003"):
        (public / path).parent.mkdir(exist_ok=True)
        (public / path).write_bytes(b"made up")

    verified = verify_directory(public, signer.verifier)

    assert sorted(verified.files.ahead) == [
        "tile/0/002",
        "tile/0/002.p/189",
        "tile/0/003.p/1",
        "tile/entries/003",
    ]


def test_an_epoch_published_after_the_log_ran_ahead_shows_no_more_than_its_size(
    log: Log, signer: Ed25519Signer
) -> None:
    log.append(entries(0, 300))
    note = log.propose().note
    # The second tile of level 0 is full by now, and was at 44 when the epoch was fixed.
    log.append(entries(300, 700))

    log.publish(note)

    folder = log.public.folder
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name.startswith("tile/") and "entries" not in name:
            assert path.stat().st_size == parse_path(name).width * HASH_BYTES, name
    assert (folder / "tile/0/001.p/44").is_file()
    assert not (folder / "tile/0/001").exists()
    assert verify_directory(folder, signer.verifier).size == 300


@pytest.fixture
def forked(tmp_path: Path, signer: Ed25519Signer) -> Iterator[Log]:
    """A log of the same key that tells another story from its third entry on."""
    Log.create(tmp_path / "forked", signers=[signer])
    with Log(tmp_path / "forked", signers=[signer]) as log:
        log.append([*entries(0, 2), b"another story"])
        yield log


def test_an_altered_entry_is_damage_and_no_fork(log: Log, signer: Ed25519Signer) -> None:
    old = publish(log, 5)
    publish(log, 9)
    bundle = log.public.folder / "tile/entries/000.p/9"
    bundle.write_bytes(bundle.read_bytes().replace(b"entry 2", b"entry X"))

    with pytest.raises(Torn):
        verify_directory(log.public.folder, signer.verifier, old)


def test_two_signed_checkpoints_of_one_size_are_a_fork_whatever_the_files_hold(
    log: Log, forked: Log, signer: Ed25519Signer
) -> None:
    publish(log, 5)
    other = publish(forked, 5)
    (log.public.folder / "tile/entries/000.p/5").unlink()

    with pytest.raises(Forked):
        verify_directory(log.public.folder, signer.verifier, other)


def test_each_checkpoint_that_was_seen_must_be_continued(
    log: Log, forked: Log, signer: Ed25519Signer
) -> None:
    notes = [publish(log, size) for size in (2, 5, 9)]
    other = publish(forked, 5)
    same_size = publish(forked, 9)
    later = publish(forked, 10)

    verified = verify_directory(log.public.folder, signer.verifier, [notes[1], notes[0]])

    assert verified.consistent_with == 5
    for seen in ([notes[0], other], [other, notes[0]], [same_size], [notes[2], same_size]):
        with pytest.raises(Forked):
            verify_directory(log.public.folder, signer.verifier, seen)
    with pytest.raises(RolledBack):
        verify_directory(log.public.folder, signer.verifier, [notes[0], later])


def test_a_folder_that_is_no_public_directory_is_told_as_a_wrong_path(
    public: Path, signer: Ed25519Signer, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for path, todo in (
        (tmp_path / "nothing", "check the path"),
        (tmp_path / "file", "--entry"),
        (tmp_path / "empty", "holds checkpoint and tile/"),
        (public.parent, f"give {public}"),
    ):
        with pytest.raises(Refusal) as caught:
            verify_directory(path, signer.verifier)

        assert caught.value.code == "log-not-public"
        assert todo in caught.value.todo

    (public / "checkpoint").unlink()
    with pytest.raises(Torn, match="must be there: checkpoint"):
        verify_directory(public, signer.verifier)


def test_a_partial_tile_is_named_by_its_path() -> None:
    assert Tile(level=0, number=1, width=44).path == "tile/0/001.p/44"
