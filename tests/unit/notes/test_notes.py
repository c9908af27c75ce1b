"""What must be refused is refused: notes, checkpoints and keys."""

import base64
from datetime import UTC, datetime

import pytest

from clerestory.notes import (
    EMPTY_ROOT,
    BadNote,
    Checkpoint,
    Ed25519Cosigner,
    Ed25519Signer,
    MLDSA44Cosigner,
    OtherSigner,
    UnknownLog,
    Unsigned,
    cosign_note,
    open_checkpoint,
    parse_body,
    parse_note,
    parse_vkey,
    sign_note,
    signers_of,
    with_signatures,
)

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
    with pytest.raises(OtherSigner) as wrong:
        open_checkpoint(sign_note(text, [other]).content, signer.verifier)
    assert wrong.value.code == "key-not-signer"
    assert str(wrong.value) == (
        f"a checkpoint must be signed by the key that was given: it names {other.verifier.said}, "
        f"and the key is {signer.verifier.said}"
    )


def test_a_checkpoint_of_another_log_is_refused(signer: Ed25519Signer) -> None:
    text = Checkpoint(origin="other.example", size=5, root=bytes(32)).text

    with pytest.raises(UnknownLog) as caught:
        open_checkpoint(sign_note(text, [signer]).content, signer.verifier)

    assert caught.value.code == "log-unknown-origin"
    assert "other.example, signed by ledger.example/made-up (key id " in str(caught.value)


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
