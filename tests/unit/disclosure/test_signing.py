"""Signed notes are taken in one form only."""

import pytest

from clerestory.disclosure.signing import (
    PublicKey,
    Signer,
    open_note,
    read_public_key,
    read_signer,
    sign_note,
)
from clerestory.kernel import Corruption, Refusal

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_example_of_the_specification_opens() -> None:
    key = read_public_key(EXAMPLE_KEY)

    text = open_note(EXAMPLE_NOTE.encode(), key, what="example")

    assert text == "This is an example message.\n"
    assert str(key) == EXAMPLE_KEY


def test_a_note_opens_with_the_key_that_signed_it(sender: Signer) -> None:
    note = sign_note("one\ntwo\n", sender)

    assert open_note(note, sender.public, what="test") == "one\ntwo\n"
    assert note == sign_note("one\ntwo\n", sender)


def test_a_note_of_another_key_is_found(sender: Signer) -> None:
    other = Signer(name=sender.name, seed=b"o" * 32)

    with pytest.raises(Corruption) as caught:
        open_note(sign_note("x\n", other), sender.public, what="test")

    assert caught.value.code == "test-signature-invalid"


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
    with pytest.raises(Corruption):
        open_note(note, read_public_key(EXAMPLE_KEY), what="test")


def test_a_private_key_survives_its_written_form(sender: Signer) -> None:
    assert read_signer(sender.secret_text()) == sender
    assert sender.secret_text().split("+")[-1] not in repr(sender)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name+00000000",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFk",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "PRIVATE+KEY+x+00000000+AQ==",
        "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_a_damaged_public_key_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        read_public_key(text)


@pytest.mark.parametrize(
    "text", ["", EXAMPLE_KEY, "PRIVATE+KEY+x+00000000+AQ==", "PRIVATE+KEY+x+00000000+!"]
)
def test_a_damaged_private_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_signer(text)

    assert caught.value.code == "key-unreadable"


def test_a_private_key_with_another_keys_id_is_refused(sender: Signer) -> None:
    text = sender.secret_text().replace(sender.public.key_id, "00000000")

    with pytest.raises(Refusal):
        read_signer(text)


def test_a_notes_text_ends_in_a_newline(sender: Signer) -> None:
    with pytest.raises(ValueError, match="newline"):
        sign_note("x", sender)


def test_a_public_key_has_32_bytes() -> None:
    with pytest.raises(Refusal):
        PublicKey(name="x", raw=b"short")
