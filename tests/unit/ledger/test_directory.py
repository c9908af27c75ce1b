"""A public directory: every file in it is checked or named, and damage is told from a fork."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from clerestory.kernel import Corruption, Refusal
from clerestory.ledger import Ed25519Signer, Forked, Log, RolledBack, Torn, verify_directory
from clerestory.ledger.tiles import Tile, parse_path
from clerestory.ledger.tree import HASH_BYTES, leaf_hash

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


NO_FILES: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/null"),
}


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/2", "tile/0/000.p/3"]
)
def test_what_is_no_file_is_named_and_never_waited_for(
    public: Path, signer: Ed25519Signer, name: str, kind: str
) -> None:
    (public / name).unlink()
    NO_FILES[kind](public / name)
    # A folder where an earlier partial tile was is no file of the log, and hides none.
    if (name, kind) == ("tile/0/000.p/3", "a folder"):
        assert verify_directory(public, signer.verifier).files.unknown == ("tile/0/000.p/3/",)
        return

    with pytest.raises(Torn, match=f"must be a file: {name} is a folder, a pipe, a device"):
        verify_directory(public, signer.verifier)


def test_a_file_that_is_missing_may_be_on_its_way(public: Path, signer: Ed25519Signer) -> None:
    (public / "tile" / "0" / "001").unlink()

    with pytest.raises(Torn, match="must be there: tile/0/001") as told:
        verify_directory(public, signer.verifier)

    assert "a copy that is still being made" in told.value.todo


def test_a_folder_that_is_not_the_logs_is_named_and_not_entered(
    public: Path, signer: Ed25519Signer
) -> None:
    for start in (public, public / "tile" / "0"):
        start.joinpath(*["x001"] * 20).mkdir(parents=True)
    (public / ".cache").mkdir()
    (public / ".cache" / "000").write_bytes(b"made up")

    verified = verify_directory(public, signer.verifier)

    # Six groups of three digits hold every number that a tile can have.
    deep = "/".join(["tile/0", *["x001"] * 6, ""])
    assert sorted(verified.files.unknown) == [".cache/", deep, "x001/"]


def test_partial_tiles_behind_a_link_are_checked_or_the_link_refused(
    public: Path, signer: Ed25519Signer, tmp_path: Path
) -> None:
    (public / "tile").rename(tmp_path / "elsewhere")
    (public / "tile").symlink_to(tmp_path / "elsewhere")
    assert verify_directory(public, signer.verifier).files.partials == 9
    partial = tmp_path / "elsewhere" / "0" / "000.p" / "3"
    partial.write_bytes(b"\x01" + partial.read_bytes()[1:])
    with pytest.raises(Torn, match=r"tile/0/000\.p/3 differs"):
        verify_directory(public, signer.verifier)

    for name in ("entries", "0/000.p", "1"):
        folder = tmp_path / "elsewhere" / name
        folder.rename(tmp_path / "further")
        folder.symlink_to(tmp_path / "further")
        with pytest.raises(Refusal, match=f"no link: tile/{name}$") as told:
            verify_directory(public, signer.verifier)
        assert told.value.code == "log-folder-linked"
        folder.unlink()
        (tmp_path / "further").rename(folder)


def test_a_finding_in_the_entries_is_told_only_of_a_log_that_the_root_proves(
    public: Path, signer: Ed25519Signer
) -> None:
    finding = Torn("a made-up finding")

    def find(start: int, _entries: Sequence[bytes]) -> None:
        starts.append(start)
        raise finding

    starts: list[int] = []
    with pytest.raises(Torn) as told:
        verify_directory(public, signer.verifier, on_entries=find)
    assert told.value is finding
    assert starts == [0]

    # Somebody changes an entry of his copy, and every hash above it with it.
    entry = public / "tile" / "entries" / "002.p" / "188"
    entry.write_bytes(entry.read_bytes().replace(b"entry 699", b"entry 698"))
    leaves = public / "tile" / "0" / "002.p" / "188"
    leaves.write_bytes(leaves.read_bytes()[:-HASH_BYTES] + leaf_hash(b"made-up entry 698"))
    with pytest.raises(Torn, match="must lead to the signed root"):
        verify_directory(public, signer.verifier, on_entries=find)
