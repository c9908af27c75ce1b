"""Other people's programs read what this log writes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pymerkle
import pytest

from clerestory.ledger import (
    Ed25519Signer,
    Log,
    leaf_hash,
    node_hash,
    parse_note,
    parse_proof,
)
from clerestory.ledger.frontier import frontier_of
from clerestory.notes import base64s

GO_PROGRAM = Path(__file__).parent / "go" / "main.go"

# Where Debian's package of golang.org/x/mod puts its source.
GO_SOURCES = "/usr/share/gocode"


@pytest.fixture(scope="session")
def go_answer(
    log: Log, signer: Ed25519Signer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    if shutil.which("go") is None:
        pytest.skip("go is not installed: Go's sumdb does not check our log here")
    if not (Path(GO_SOURCES) / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("golang.org/x/mod is not installed: Go's sumdb does not check our log here")
    cache = tmp_path_factory.mktemp("go")
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": str(cache),
        "GOCACHE": str(cache / "cache"),
        "GOPATH": GO_SOURCES,
        "GO111MODULE": "off",
        "GOFLAGS": "",
    }
    done = subprocess.run(
        [
            "go",
            "run",
            str(GO_PROGRAM),
            log.verifier.vkey,
            str(log.public.folder),
            signer.private_text,
        ],
        env=settings,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_go_reads_every_tile_and_proves_every_entry_as_we_do(
    log: Log, go_answer: dict[str, dict[str, list[str]]]
) -> None:
    for index in range(300):
        ours = [base64s.encode(digest) for digest in parse_proof(log.prove(index)).hashes]

        assert go_answer["inclusion"][str(index)] == ours, index


def test_go_proves_consistency_from_every_size_as_we_do(
    log: Log, go_answer: dict[str, dict[str, list[str]]]
) -> None:
    for old in range(1, 300):
        ours = [base64s.encode(digest) for digest in log.consistency(old, 300)]

        assert go_answer["consistency"][str(old)] == ours, old


def test_go_signs_the_same_note_with_our_private_key(
    log: Log, go_answer: dict[str, object]
) -> None:
    assert go_answer["signed"] == log.checkpoint()


def test_openssl_accepts_the_logs_signature(log: Log, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: it does not check our signature here")
    note = parse_note(log.checkpoint())
    # The fixed head of an Ed25519 public key in DER: RFC 8410.
    public = bytes.fromhex("302a300506032b6570032100") + log.verifier.public_bytes
    (tmp_path / "key.der").write_bytes(public)
    (tmp_path / "text").write_bytes(note.text)
    (tmp_path / "signature").write_bytes(note.signatures[0].content)

    done = subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER"),
            *("-inkey", "key.der", "-in", "text", "-sigfile", "signature"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_pymerkle_finds_the_same_roots(entries: list[bytes]) -> None:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)

    for size in (1, 2, 3, 7, 8, 255, 256, 257, 300):
        assert tree.get_root(size) == frontier_of(entries[:size]).root, size


def test_pymerkle_finds_the_same_hashes(entries: list[bytes]) -> None:
    hasher = pymerkle.hasher.MerkleHasher("sha256")
    first, second = (hasher.hash_buff(entry) for entry in entries[:2])

    assert first == leaf_hash(entries[0])
    assert hasher.hash_pair(first, second) == node_hash(first, second)
