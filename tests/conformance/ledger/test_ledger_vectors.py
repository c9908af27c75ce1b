"""Byte for byte what other programs write and accept."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clerestory.ledger import (
    Ed25519Cosigner,
    Ed25519Signer,
    Log,
    Witness,
    leaf_hash,
    node_hash,
    parse_note,
    parse_vkey,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.frontier import Frontier, frontier_of
from clerestory.ledger.tiles import Tile
from clerestory.ledger.tree import check_consistency, check_inclusion, root_of
from clerestory.ledger.witness import state_path
from clerestory.notes import EMPTY_ROOT, base64s
from clerestory.notes.note import cosign_note, signers_of, with_signatures

RFC6962_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
RFC6962_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ROOTS_OF_300 = {
    1: "LCj7REsAHwVv1U3oyPxABPfhuz+7kjIhxGepNJCgsE4=",
    2: "XZ/mZ605/MLDGWkjEyjHZ/zNZPaUYasG8QfZaR5oPao=",
    3: "bI7/LIEd4g2b+mp7WeVfnaHxWdUtciuGyn4jN2Nud4s=",
    255: "Bp/sB1apBGBFRRpwpo8ruBv1wOB0PketGR+rAmZ0oDY=",
    256: "gR7XbFMrvDWQC3dQCi5Bpoi/8codY5vuI0KeI6ZYbdo=",
    257: "lgo4TUJAd89sAjf/n6KuSA6On1BhxHdJMSI0ZZeBNRI=",
    300: "5h5O1RlDu3WYC6o+7QjhNy0tT4QvYjzMuKAH9oybKUI=",
}
FILES = {
    "tile/entries/000": (4242, "df9d689dfd858615b02def97e9b881bc9cf26298a102c5575863165219abd0e5"),
    "tile/entries/001.p/44": (
        748,
        "d7de128680424be7ddf64d005fa8848ee38bd24dc34741b3ea57c06011edc58f",
    ),
    "tile/0/000": (8192, "11cd5266a3e5dc079584daa527005d2bca597af33e909924dec9e6fb05668ea5"),
    "tile/0/001.p/44": (1408, "3bd2fcad1728c0e9a20fcfb41c2444036456de41d5f2681aa7560593de582708"),
}
CHECKPOINT = """ledger.example/test
300
5h5O1RlDu3WYC6o+7QjhNy0tT4QvYjzMuKAH9oybKUI=

— ledger.example/test eoZAmX8MOtNrZQQOi1bDKnCBi3xjTcHKo/UhABvO81v2djb4ciZoU/zcm2qZf5nDSOg0cVpi7rS7IW4Co70aKYSBow8=
"""  # noqa: E501 (one line a signature)
COSIGNATURE = (
    "— witness.example/w1 IDJKvgAAAABlU/EAJtnJXBcBnug/x9LCR2FjVEDWeQkzVIi6ElGx5IXGI4spCePp/KcoDpiKJ"
    "wc7yVx4ojrUbLmfSoY3kRwkPcVqBg==\n"
)
INCLUSION_259 = [
    "SpNrBzG3DnrucCKAJ7iO87L7UUZuNHs2T2wzHlvYpqQ=",
    "vzyxWm8LI7Cxl4+aK6qzGWTrM2RMgC9v0ViIIUfo9Ck=",
    "NEOysoPvg1ksJtXaLMquCIyQc+/iuhkx40aYiINFR0w=",
    "irXOC0PEeZ/mZYvIWrJkt7W2I/Gi8plJfuJ6DepkhYc=",
    "VgqJvvWm/cGsJNRJRJaPV3E5xH6pWSE6IK+GcT2DK5o=",
    "zjDZ+kOOLHhzR4Sw8fXBBAm+iam0tm1ER0prFq6ib90=",
    "gR7XbFMrvDWQC3dQCi5Bpoi/8codY5vuI0KeI6ZYbdo=",
]
CONSISTENCY_256 = ["syaVmZPaxxoZhB/vV6p/uQgZPVUYAcOtRSOkmryaeDI="]
CONSISTENCY_257 = [
    "El+miW3+wElcnV47gvt7eSg9w+I2kH/gBGGEdzgyr9k=",
    "iu5QBMKs0dcpz0hR1TdalaxADtH1xkU5d5x5q9qZII4=",
    "/nk9yp9oRdZ3Uz078viBdoU91jwV4MzmqrZoQFRd0Zg=",
    *INCLUSION_259[2:],
]


def test_the_reference_roots_of_rfc_6962_are_ours() -> None:
    inputs = [bytes.fromhex(text) for text in RFC6962_INPUTS]

    roots = [frontier_of(inputs[:size]).root.hex() for size in range(1, 9)]

    assert roots == RFC6962_ROOTS
    assert EMPTY_ROOT.hex().startswith("e3b0c442")
    assert Frontier().root == EMPTY_ROOT


def test_the_first_hashes_of_the_300_are_ours(entries: list[bytes]) -> None:
    first, second = leaf_hash(entries[0]), leaf_hash(entries[1])

    assert first.hex() == "2c28fb444b001f056fd54de8c8fc4004f7e1bb3fbb923221c467a93490a0b04e"
    assert node_hash(first, second).hex() == (
        "5d9fe667ad39fcc2c31969231328c767fccd64f69461ab06f107d9691e683daa"
    )


def test_the_roots_of_the_300_are_ours(entries: list[bytes]) -> None:
    found = {size: base64s.encode(frontier_of(entries[:size]).root) for size in ROOTS_OF_300}

    assert found == ROOTS_OF_300


def test_the_files_of_the_300_are_ours(log: Log) -> None:
    found = {}
    for path in FILES:
        content = (log.public.folder / path).read_bytes()
        found[path] = (len(content), hashlib.sha256(content).hexdigest())

    assert found == FILES
    partial = (log.public.folder / "tile/entries/001.p/44").read_bytes()
    assert partial.hex().startswith("000f7b2276223a312c226e223a3235367d")
    assert (log.public.folder / "tile/1/000.p/1").read_bytes().hex() == (
        "811ed76c532bbc35900b77500a2e41a688bff1ca1d639bee23429e23a6586dda"
    )


def test_the_directory_of_the_300_holds_nothing_else(log: Log) -> None:
    folder = log.public.folder

    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert names == {*FILES, "tile/1/000.p/1", "checkpoint"}
    assert verify_directory(folder, log.verifier).size == 300


def test_the_checkpoint_and_its_cosignature_are_ours(
    log: Log, witness_key: Ed25519Cosigner
) -> None:
    note = parse_note(log.checkpoint())

    line = cosign_note(note, witness_key, at=datetime.fromtimestamp(1700000000, UTC))

    assert log.checkpoint() == CHECKPOINT
    assert with_signatures(note, [line]).content == CHECKPOINT + COSIGNATURE


def test_the_verifier_keys_are_ours(signer: Ed25519Signer, witness_key: Ed25519Cosigner) -> None:
    assert signer.verifier.vkey == (
        "ledger.example/test+7a864099+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    )
    assert witness_key.verifier.vkey == (
        "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    )


def test_the_inclusion_proof_of_259_is_ours(log: Log, entries: list[bytes]) -> None:
    proof = log.prove(259)

    assert proof == "\n".join(
        ["c2sp.org/tlog-proof@v1", "index 259", *INCLUSION_259, "", CHECKPOINT]
    )
    assert verify_proof(proof, entries[259], log.verifier.vkey).index == 259
    check_inclusion(
        index=259,
        size=300,
        leaf=leaf_hash(entries[259]),
        proof=[base64s.decode_hash(text, what="a hash") for text in INCLUSION_259],
        root=base64s.decode_hash(ROOTS_OF_300[300], what="a root"),
    )


@pytest.mark.parametrize(("old", "expected"), [(256, CONSISTENCY_256), (257, CONSISTENCY_257)])
def test_the_consistency_proofs_to_300_are_ours(log: Log, old: int, expected: list[str]) -> None:
    found = log.consistency(old, 300)

    assert [base64s.encode(digest) for digest in found] == expected
    check_consistency(
        old_size=old,
        size=300,
        old_root=base64s.decode_hash(ROOTS_OF_300[old], what="a root"),
        root=base64s.decode_hash(ROOTS_OF_300[300], what="a root"),
        proof=found,
    )


def test_the_specifications_own_note_opens() -> None:
    key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = parse_note(
        "This is an example message.\n\n"
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
        "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )

    assert signers_of(note, [key]) == [key]


def test_the_witness_reads_where_the_protocol_says() -> None:
    assert state_path("ledger.example/test") == (
        "c5a1cf2aed2df88cf6e064d3142ad6a3c4c87f76a70ee331fe6e301478b36714/checkpoint"
    )


def test_a_witness_gives_the_cosignature_of_the_vector(
    log: Log, witness_key: Ed25519Cosigner, tmp_path: Path
) -> None:
    witness = Witness(tmp_path / "state", cosigners=[witness_key], logs=[log.verifier])
    request = f"old 0\n\n{CHECKPOINT}".encode()

    answer = witness.add_checkpoint(request, at=datetime.fromtimestamp(1700000000, UTC))

    assert (answer.status, answer.body) == (200, COSIGNATURE)


@pytest.mark.parametrize(
    ("number", "path"),
    [(5, "005"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")],
)
def test_tile_numbers_are_written_in_groups(number: int, path: str) -> None:
    assert Tile(level=0, number=number).path == f"tile/0/{path}"


def test_the_root_function_and_the_frontier_agree(entries: list[bytes]) -> None:
    hashes = [leaf_hash(entry) for entry in entries]

    assert root_of(hashes) == frontier_of(entries).root
