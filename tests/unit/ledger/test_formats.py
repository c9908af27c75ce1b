"""What must be refused is refused: notes, checkpoints, keys, proofs, tiles and bundles."""

import base64
from datetime import UTC, datetime

import pytest

from clerestory.ledger import (
    BadNote,
    Checkpoint,
    Ed25519Cosigner,
    Ed25519Signer,
    MLDSA44Cosigner,
    Torn,
    UnknownLog,
    Unsigned,
    open_checkpoint,
    parse_note,
    parse_proof,
    parse_signing_key,
    parse_vkey,
    sign_note,
)
from clerestory.ledger.checkpoint import parse_body
from clerestory.ledger.note import cosign_note, signers_of, with_signatures
from clerestory.ledger.tiles import Tile, join_bundle, parse_path, split_bundle, split_hashes
from clerestory.ledger.tree import EMPTY_ROOT

ROOT = base64.b64encode(bytes(31) + b"\x01").decode()
WHEN = datetime(2026, 11, 23, tzinfo=UTC)


def body(size: str = "5", root: str = ROOT, origin: str = "o.example", more: str = "") -> bytes:
    return f"{origin}\n{size}\n{root}\n{more}".encode()


def test_a_checkpoint_is_read_and_written_alike() -> None:
    checkpoint = parse_body(body(more="extension one\n"))

    assert checkpoint.text == body(more="extension one\n")
    assert checkpoint.extensions == ("extension one",)


@pytest.mark.parametrize(
    "text",
    [
        *(body(size=size) for size in ("05", "-5", "+5", "", " 5", "5 ", "5.0", "٥", "9" * 20)),
        *(body(size=size) for size in (str(1 << 63), "0x5", "1_000")),
        body(root=ROOT.replace("A", "-", 1)),
        body(root=ROOT.rstrip("=")),
        body(root=ROOT[:-2] + "F="),
        body(root=base64.b64encode(bytes(31)).decode()),
        body(root=ROOT + " "),
        body(more="\n"),
        body(more="first\n\nsecond\n"),
        body(more="not ended"),
        body(size="0"),
        body(origin=""),
        b"o.example\n5\n",
        b"o.example\n",
        b"",
        b"\xff\xfe\n5\n" + ROOT.encode() + b"\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(BadNote):
        parse_body(text)


def test_the_empty_tree_has_its_own_root_only() -> None:
    empty = base64.b64encode(EMPTY_ROOT).decode()

    assert parse_body(body(size="0", root=empty)).root == EMPTY_ROOT


def test_a_note_ignores_unknown_signatures_and_refuses_a_false_known_one(
    signer: Ed25519Signer,
) -> None:
    text = Checkpoint(origin=signer.verifier.name, size=5, root=bytes(32)).text
    other = Ed25519Signer(name=signer.verifier.name, seed=bytes(32))
    grease = sign_note(text, [other]).content.splitlines(keepends=True)[-1]
    note = sign_note(text, [signer]).content

    assert open_checkpoint(note + grease, signer.verifier).size == 5
    with pytest.raises(Unsigned):
        open_checkpoint(note.replace("\n5\n", "\n6\n"), signer.verifier)
    with pytest.raises(Unsigned, match="signed by its log"):
        open_checkpoint(sign_note(text, [other]).content, signer.verifier)


def test_a_checkpoint_of_another_log_is_refused(signer: Ed25519Signer) -> None:
    text = Checkpoint(origin="other.example", size=5, root=bytes(32)).text

    with pytest.raises(UnknownLog, match=r"other\.example"):
        open_checkpoint(sign_note(text, [signer]).content, signer.verifier)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name",
        b"text\r\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\x00\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name  AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name AA-_AAA=\n",
        b"text\n\n\xe2\x80\x94 \n",
        b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 101,
        b"x" * 1_000_001,
    ],
)
def test_a_malformed_note_is_refused(content: bytes) -> None:
    with pytest.raises(BadNote):
        parse_note(content)


def test_a_note_is_split_at_its_last_empty_line(signer: Ed25519Signer) -> None:
    text = b"first\n\nsecond\n"

    note = parse_note(sign_note(text, [signer]).content)

    assert note.text == text
    assert signers_of(note, [signer.verifier]) == [signer.verifier]


@pytest.mark.parametrize("text", [b"no newline", b"", b"tab\t\n", b"return\r\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: bytes, signer: Ed25519Signer) -> None:
    with pytest.raises(BadNote):
        sign_note(text, [signer])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AQ==",
        "name+00000000+",
        "na me+00000000+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "ledger.example/test+7a864098+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "ledger.example/test+7a864099+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "+7a864099+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        parse_vkey(vkey)


def test_a_signing_key_is_read_and_never_shown(signer: Ed25519Signer) -> None:
    text = signer.private_text

    assert parse_signing_key(text).verifier == signer.verifier
    assert text.split("+")[-1] not in repr(signer)
    for bad in (text[:-4], text.replace("PRIVATE", "PUBLIC"), text[:-3] + "!!=", "x"):
        with pytest.raises(BadNote) as caught:
            parse_signing_key(bad)
        assert text.split("+", 4)[4][:20] not in str(caught.value)


@pytest.mark.parametrize("kind", [Ed25519Cosigner, MLDSA44Cosigner])
def test_a_cosignature_holds_for_its_time_and_checkpoint_only(
    kind: type[Ed25519Cosigner] | type[MLDSA44Cosigner], signer: Ed25519Signer
) -> None:
    witness = kind(name="w.example", seed=bytes(32))
    note = sign_note(Checkpoint(origin=signer.verifier.name, size=5, root=bytes(32)).text, [signer])
    other = sign_note(
        Checkpoint(origin=signer.verifier.name, size=6, root=bytes(32)).text, [signer]
    )
    line = cosign_note(note, witness, at=WHEN)
    key = parse_vkey(witness.verifier.vkey)

    assert signers_of(with_signatures(note, [line]), [key]) == [key]
    with pytest.raises(Unsigned):
        signers_of(with_signatures(other, [line]), [key])
    with pytest.raises(Unsigned):
        key.check(note.text, bytes(8) + line.content[8:])
    with pytest.raises(Unsigned, match="length"):
        key.check(note.text, line.content[:-1])


def test_an_ml_dsa_cosignature_commits_to_the_witness_name(signer: Ed25519Signer) -> None:
    note = sign_note(Checkpoint(origin=signer.verifier.name, size=5, root=bytes(32)).text, [signer])
    line = cosign_note(note, MLDSA44Cosigner(name="w.example", seed=bytes(32)), at=WHEN)
    renamed = MLDSA44Cosigner(name="x.example", seed=bytes(32)).verifier

    assert len(line.content) == 8 + 2420
    with pytest.raises(Unsigned):
        renamed.check(note.text, line.content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + f"{ROOT}\n" * 64 + "\nx",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx",
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        parse_proof(text)


def test_a_proof_is_read_and_written_alike() -> None:
    text = f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 3\n{ROOT}\n\nthe checkpoint\n"

    assert parse_proof(text).text == text


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/5",
        "tile/0/0005",
        "tile/0/x000/005",
        "tile/00/005",
        "tile/64/005",
        "tile/0/005.p/0",
        "tile/0/005.p/256",
        "tile/0/005.p/01",
        "tile/0/1000",
        "tile/data/005",
        "tile/0/005.p",
        "tile/0/005/",
        "tile/8/0/005",
        "/tile/0/005",
        "tile/0/٠٠٥",
    ],
)
def test_a_path_that_no_tile_has_is_refused(path: str) -> None:
    with pytest.raises(BadNote):
        parse_path(path)


@pytest.mark.parametrize("number", [0, 5, 999, 1000, 1234067, 10**9])
@pytest.mark.parametrize("level", [-1, 0, 7, 63])
@pytest.mark.parametrize("width", [1, 255, 256])
def test_a_tile_path_is_read_and_written_alike(level: int, number: int, width: int) -> None:
    tile = Tile(level=level, number=number, width=width)

    assert parse_path(tile.path) == tile


def test_a_bundle_with_a_torn_or_extra_byte_is_refused_by_place() -> None:
    bundle = join_bundle([b"one", b"", b"three"])

    assert split_bundle(bundle, width=3, name="b") == [b"one", b"", b"three"]
    with pytest.raises(Torn, match="torn at byte 7"):
        split_bundle(bundle[:-1], width=3, name="b")
    with pytest.raises(Torn, match="goes on at byte 14"):
        split_bundle(bundle + b"\0", width=3, name="b")
    with pytest.raises(Torn, match="torn at byte 7"):
        split_bundle(bundle[:8], width=3, name="b")
    with pytest.raises(Torn, match="has 3"):
        split_bundle(bundle, width=4, name="b")
    with pytest.raises(Torn, match="torn at byte 32"):
        split_hashes(bytes(40), name="t")


def test_an_entry_longer_than_a_bundle_can_count_is_refused() -> None:
    with pytest.raises(BadNote, match="65535"):
        join_bundle([bytes(65_536)])
