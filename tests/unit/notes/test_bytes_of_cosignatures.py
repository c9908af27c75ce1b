"""The bytes that a cosigner signs, written out: another program computes the same or nothing."""

import base64

import pytest

from clerestory.notes import BadNote
from clerestory.notes.cosigned import ed25519_message, mldsa44_message

ROOT = bytes(range(32))


def text(size: int) -> bytes:
    return f"o.example/log\n{size}\n{base64.b64encode(ROOT).decode()}\n".encode()


@pytest.mark.parametrize("size", [1, 255, 256, 1 << 32, (1 << 63) - 1])
def test_a_cosigned_message_is_byte_for_byte_as_its_format_says(size: int) -> None:
    told = mldsa44_message(text(size), 1_764_460_800, cosigner="w.example")

    assert told == (
        b"subtree/v1\n\x00"
        b"\x09w.example"
        b"\x00\x00\x00\x00\x69\x2b\x89\x00"
        b"\x0do.example/log"
        b"\x00\x00\x00\x00\x00\x00\x00\x00" + size.to_bytes(8, "big") + ROOT
    )


@pytest.mark.parametrize("length", [1, 255])
def test_a_name_is_led_by_its_length_in_one_byte(length: int) -> None:
    told = mldsa44_message(text(5), 0, cosigner="w" * length)

    assert told[12 : 13 + length] == bytes([length]) + b"w" * length


@pytest.mark.parametrize("length", [0, 256])
def test_a_name_that_one_byte_cannot_count_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 255 bytes: {length}"):
        mldsa44_message(text(5), 0, cosigner="w" * length)


def test_what_is_no_checkpoint_is_not_cosigned() -> None:
    with pytest.raises(BadNote):
        mldsa44_message(b"made up\n", 0, cosigner="w.example")


def test_the_shorter_cosignature_covers_the_time_and_the_whole_text() -> None:
    assert ed25519_message(b"made up\nmore\n", 7) == b"cosignature/v1\ntime 7\nmade up\nmore\n"
