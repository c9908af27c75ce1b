"""A seal and a receipt are notes with one signature, and nothing else."""

import pytest

from clerestory.disclosure.signing import open_signed, sign_text
from clerestory.kernel import Corruption, Refusal
from clerestory.notes import BadNote, Ed25519Signer, parse_vkey

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_example_of_the_specification_opens() -> None:
    text = open_signed(EXAMPLE_NOTE.encode(), parse_vkey(EXAMPLE_KEY), what="example")

    assert text == "This is an example message.\n"


def test_a_note_opens_with_the_key_that_signed_it(sender: Ed25519Signer) -> None:
    note = sign_text("one\ntwo\n", sender)

    assert open_signed(note, sender.verifier, what="test") == "one\ntwo\n"
    assert note == sign_text("one\ntwo\n", sender)


def test_a_key_that_did_not_sign_is_told_apart_from_an_altered_note(sender: Ed25519Signer) -> None:
    other = Ed25519Signer(name=sender.verifier.name, seed=b"o" * 32)
    note = sign_text("THE TEXT\n", other)

    with pytest.raises(Refusal) as wrong:
        open_signed(note, sender.verifier, what="test")
    with pytest.raises(Corruption) as altered:
        open_signed(note.replace(b"THE TEXT", b"A TEXT"), other.verifier, what="test")

    assert wrong.value.code == "key-not-signer"
    assert f"names {other.verifier.said}, and the key is {sender.verifier.said}" in str(wrong.value)
    assert altered.value.code == "test-signature-invalid"


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\xff\n\n",
        b"no signature\n",
        EXAMPLE_NOTE[:-1].encode(),
        EXAMPLE_NOTE.encode() + b"\n",
        EXAMPLE_NOTE.replace("\n", "\r\n").encode(),
        EXAMPLE_NOTE.replace("— ", "- ").encode(),
        EXAMPLE_NOTE.replace("aQM=", "aQN=").encode(),
        EXAMPLE_NOTE.replace("aQM=", "a!M=").encode(),
        (EXAMPLE_NOTE + EXAMPLE_NOTE.splitlines()[-1] + "\n").encode(),
    ],
)
def test_a_note_in_another_form_is_found(note: bytes) -> None:
    with pytest.raises(Corruption) as caught:
        open_signed(note, parse_vkey(EXAMPLE_KEY), what="test")

    assert caught.value.code == "test-signature-invalid"


def test_a_second_signature_is_somebodys_addition(sender: Ed25519Signer) -> None:
    other = Ed25519Signer(name="other.example", seed=b"o" * 32)
    second = sign_text("x\n", other).decode().splitlines(keepends=True)[-1]

    with pytest.raises(Corruption, match="2 signatures"):
        open_signed(sign_text("x\n", sender) + second.encode(), sender.verifier, what="test")


def test_a_text_ends_its_last_line(sender: Ed25519Signer) -> None:
    with pytest.raises(BadNote, match="last line"):
        sign_text("x", sender)
