"""What a sender or a recipient signs: a note with exactly one signature.

The log's notes may carry signatures of many; a seal and a receipt are one office's word, so a
second line would be somebody's addition.
"""

from clerestory.kernel import Corruption, Refusal
from clerestory.notes import (
    BadNote,
    Signer,
    Unsigned,
    Verifier,
    check_signed,
    parse_note,
    sign_note,
)


def sign_text(text: str, signer: Signer) -> bytes:
    """Return ``text``, which ends its last line, as a note with one signature.

    Raises:
        BadNote: The text does not end its last line, or holds a control character.
    """
    return sign_note(text.encode(), [signer]).content.encode()


def check_is_signed(content: bytes, *, what: str) -> None:
    """Tell a file that somebody took for another from a signature that fails.

    Raises:
        Refusal: The file holds no signature line at all, so nobody vouched for anything in it.
    """
    # A database of notes has such lines as well, and zero bytes that no note has. What begins as
    # our own texts do was a note: without such a line it was altered.
    is_note = content.startswith(b"clerestory-") or any(
        line.startswith("\u2014 ".encode()) for line in content.split(b"\n")
    )
    if not is_note or (b"\0" in content and not content.startswith(b"clerestory-")):
        raise Refusal(
            f"the file with the {what} signature must be a signed note, and holds no signature",
            code=f"{what}-not-signed",
            todo=f"give the signed file that came with the {what}; this one is another",
        )


def open_signed(content: bytes, key: Verifier, *, what: str) -> str:
    """Return the text of a note once ``key`` has signed for it.

    Args:
        content: The note.
        key: Whose word it must be.
        what: The part, for the message and the code, such as ``package``.

    Raises:
        OtherSigner: It is signed by another key than the one given.
        Corruption: The note is malformed or altered; the code is ``<what>-signature-invalid``.
    """
    code = f"{what}-signature-invalid"
    try:
        note = parse_note(content)
        if len(note.signatures) != 1:
            raise BadNote(f"it has {len(note.signatures)} signatures")
        check_signed(note, key, what=f"the {what}")
    except BadNote as fault:
        raise Corruption(
            f"the {what} signature must be a note with one signature: {fault}",
            code=code,
            todo=f"fetch the signature of the {what} again; if it stays so, tell who signed it",
        ) from fault
    except Unsigned as fault:
        raise Corruption(
            f"the {what} signature must be over this text: {fault}",
            code=code,
            todo=f"do not use the {what}; keep it and its signature, and tell who signed it",
        ) from fault
    return note.text.decode()
