"""A package that somebody exchanges between the look at its digest and its opening."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from clerestory.audit.packages import verify_package, verifying
from clerestory.disclosure import Identity
from clerestory.disclosure.cms import seal_cms
from clerestory.disclosure.cms_opening import open_cms
from clerestory.disclosure.contents import Contents
from clerestory.disclosure.opening import open_package
from clerestory.disclosure.recipients import AgeRecipient, CertificateRecipient, Recipient
from clerestory.disclosure.sealing import Sealed
from clerestory.disclosure.verifying import Seal as SealText
from clerestory.disclosure.verifying import check_seal, is_kept
from clerestory.kernel import Corruption
from clerestory.notes import Ed25519Signer

Seal = Callable[..., Sealed]
Given = tuple[Recipient, Identity]


@pytest.fixture(params=["age", "certificate"])
def given(
    request: pytest.FixtureRequest,
    recipient: AgeRecipient,
    identity: Identity,
    office: x509.Certificate,
    rsa_key: rsa.RSAPrivateKey,
    as_pem: Callable[..., bytes],
) -> Given:
    """Return a recipient of each kind, and what opens its packages."""
    if request.param == "age":
        return recipient, identity
    der = office.public_bytes(serialization.Encoding.DER)
    return CertificateRecipient(der=der), Identity(given=as_pem(rsa_key))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return what has something done just after the digest of a package was checked."""

    def have_done(act: Callable[[], object]) -> None:
        def check_and_act(sealed: BinaryIO, seal: SealText) -> str:
            envelope = check_seal(sealed, seal)
            act()
            return envelope

        monkeypatch.setattr(verifying, "check_seal", check_and_act)

    return have_done


def made_twice(seal: Seal, contents: Contents, to: Recipient, folder: Path) -> tuple[Path, bytes]:
    """Seal one answer twice; return the first package and the bytes of the second."""
    first = seal(contents, recipients=[to])
    (folder / "other").mkdir()
    second = seal(
        contents,
        recipients=[to],
        folder=folder / "other",
        random_bytes=lambda size: bytes(range(9, 9 + size)),
    ).path.read_bytes()
    assert second != first.path.read_bytes()
    return first.path, second


@pytest.mark.parametrize("extract", [True, False])
def test_another_package_of_the_same_answer_written_into_the_file_is_found(
    given: Given,
    meanwhile: Callable[[Callable[[], object]], None],
    contents: Contents,
    seal: Seal,
    sender: Ed25519Signer,
    log: Any,
    tmp_path: Path,
    extract: bool,
) -> None:
    path, other = made_twice(seal, contents, given[0], tmp_path)
    # In place: whoever holds the file open sees the new bytes.
    meanwhile(lambda: path.write_bytes(other))

    with pytest.raises(Corruption) as caught:
        verify_package(
            path,
            sender=sender.verifier,
            log_vkey=log.key,
            identity=given[1],
            extract_to=tmp_path / "opened" if extract else None,
        )

    # What was read ahead before may stand among the new bytes; then it is broken as well.
    assert caught.value.code in {
        "package-altered", "package-tar-broken", "package-envelope-broken",
    }  # fmt: skip
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        path.name, f"{path.name}.sig", "other",
    ]  # fmt: skip


def test_what_opens_and_is_not_what_was_signed_is_told(
    given: Given, contents: Contents, seal: Seal, tmp_path: Path
) -> None:
    path, other = made_twice(seal, contents, given[0], tmp_path)
    signed = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(other)

    with path.open("rb") as sealed:
        own = hashlib.sha256(other).hexdigest()
        assert open_package(sealed, given[1], sha256=own, keep=is_kept)
        with pytest.raises(Corruption) as caught:
            open_package(sealed, given[1], sha256=signed, keep=is_kept)

    assert caught.value.code == "package-altered"
    assert caught.value.todo


@pytest.mark.parametrize("other", [b"", b"made up", None])
def test_another_file_put_under_the_name_is_not_looked_at(
    given: Given,
    meanwhile: Callable[[Callable[[], object]], None],
    contents: Contents,
    seal: Seal,
    sender: Ed25519Signer,
    log: Any,
    tmp_path: Path,
    other: bytes | None,
) -> None:
    path, second = made_twice(seal, contents, given[0], tmp_path)
    swapped = tmp_path / "swapped"
    swapped.write_bytes(second if other is None else other)
    meanwhile(lambda: swapped.replace(path))

    verified = verify_package(
        path,
        sender=sender.verifier,
        log_vkey=log.key,
        identity=given[1],
        extract_to=tmp_path / "opened",
    )

    assert verified.is_complete
    assert (tmp_path / "opened" / "bagit.txt").is_file()


class _Line:
    """Gives out a message in its order, and can never go back."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def read(self, size: int, /) -> bytes:
        start, self._at = self._at, self._at + size
        return self._content[start : self._at]


def test_a_message_is_read_once_wherever_the_look_at_its_head_ends(
    office: x509.Certificate, rsa_key: rsa.RSAPrivateKey
) -> None:
    to = [CertificateRecipient(der=office.public_bytes(serialization.Encoding.DER))]
    # The head and the tag of such a message have some 600 bytes: so each of its parts is cut once.
    for length in (0, 1, *range(64_880, 65_540, 11), 131_072):
        content = bytes(length)
        pieces = seal_cms(iter([content]), length, to, random_bytes=lambda size: bytes(range(size)))

        assert b"".join(open_cms(_Line(b"".join(pieces)), rsa_key)) == content
