"""Each byte and each name that no note, checkpoint or key may hold."""

import pytest

from clerestory.kernel import Corruption, Refusal
from clerestory.notes import (
    EMPTY_ROOT,
    BadKey,
    BadNote,
    Checkpoint,
    Ed25519Signer,
    UnknownLog,
    Unsigned,
    base64s,
    parse_note,
    sign_note,
)
from clerestory.notes.keys import parse_signing_key

SIGNER = Ed25519Signer(name="o.example/log", seed=bytes(range(32)))
TEXT = b"o.example/log\n0\n" + base64s.encode(EMPTY_ROOT).encode() + b"\nmore made up\n"


@pytest.mark.parametrize("byte", [byte for byte in range(0x20) if byte != 0x0A])
def test_no_control_byte_stands_in_a_note(byte: int) -> None:
    note = sign_note(TEXT, [SIGNER]).content.encode()
    assert parse_note(note).text == TEXT

    with pytest.raises(BadNote):
        parse_note(note.replace(b"made up", b"made" + bytes([byte]) + b"up"))


@pytest.mark.parametrize("sign", [" ", "~", "é"])
def test_the_signs_beside_the_control_bytes_may_stand_there(sign: str) -> None:
    text = TEXT.replace(b"made up", f"made{sign}up".encode())

    assert parse_note(sign_note(text, [SIGNER]).content.encode()).text == text


@pytest.mark.parametrize("origin", ["", "\n", "o.example\n5", "o.example\n"])
def test_a_checkpoint_is_made_for_an_origin_on_one_line_only(origin: str) -> None:
    with pytest.raises(BadNote, match="origin on one line"):
        Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)


def test_a_checkpoint_of_nothing_has_the_root_of_nothing() -> None:
    with pytest.raises(BadNote, match="root of the empty tree"):
        Checkpoint(origin="o.example", size=0, root=bytes(32))
    assert Checkpoint(origin="o.example", size=1, root=EMPTY_ROOT).size == 1


@pytest.mark.parametrize("change", ["kind", "shorter", "longer", "id", "name", "word", "base64"])
def test_a_signing_key_of_another_form_is_refused_and_never_shown(change: str) -> None:
    private, key, name, number, material = SIGNER.private_text.split("+", 4)
    raw = base64s.decode(material, what="a key")
    kinds = {
        "kind": [private, key, name, number, base64s.encode(b"\x02" + raw[1:])],
        "shorter": [private, key, name, number, base64s.encode(raw[:-1])],
        "longer": [private, key, name, number, base64s.encode(raw + b"\0")],
        "id": [private, key, name, "00000000", material],
        "name": [private, key, "p.example/log", number, material],
        "word": ["PUBLIC", key, name, number, material],
        "base64": [private, key, name, number, material + "!"],
    }
    assert parse_signing_key(SIGNER.private_text).verifier == SIGNER.verifier

    with pytest.raises(BadKey) as caught:
        parse_signing_key("+".join(kinds[change]))

    assert material[4:-4] not in str(caught.value) + caught.value.todo


@pytest.mark.parametrize(
    ("error", "base", "code"),
    [
        (BadNote, Refusal, "log-malformed"),
        (BadKey, Refusal, "key-unreadable"),
        (UnknownLog, Refusal, "log-unknown-origin"),
        (Unsigned, Corruption, "log-signature"),
    ],
)
def test_each_fault_of_a_note_has_its_own_code(
    error: type[Refusal | Corruption], base: type, code: str
) -> None:
    assert issubclass(error, base)
    assert error("made up").code == code
    assert error("made up").todo
