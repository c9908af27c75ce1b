"""Keys in files: made once, for their owner only, and never replaced."""

from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.kernel.files import write_private
from clerestory.ledger import base64s
from clerestory.ledger.errors import BadNote
from clerestory.ledger.keys import (
    Cosigner,
    Ed25519Cosigner,
    Ed25519Signer,
    MLDSA44Cosigner,
    parse_signing_key,
)
from clerestory.ledger.vault import KEY_BYTES, Entropy, check_private_file

_SEED_BYTES = 32

_COSIGNER_HEADER = "CLERESTORY+COSIGNER"

_COSIGNERS: dict[str, type[Ed25519Cosigner] | type[MLDSA44Cosigner]] = {
    "ed25519": Ed25519Cosigner,
    "ml-dsa-44": MLDSA44Cosigner,
}

COSIGNER_KINDS = tuple(_COSIGNERS)


def write_signing_key(path: Path, *, name: str, entropy: Entropy) -> Ed25519Signer:
    """Make a log's key and keep it in a new file."""
    signer = Ed25519Signer(name=name, seed=entropy(_SEED_BYTES))
    _write_new(path, f"{signer.private_text}\n")
    return signer


def read_signing_key(path: Path) -> Ed25519Signer:
    """Read a log's key."""
    return parse_signing_key(_read(path))


def write_encryption_key(path: Path, *, entropy: Entropy) -> None:
    """Make a key-encryption key and keep it in a new file."""
    _write_new(path, f"{base64s.encode(entropy(KEY_BYTES))}\n")


def write_cosigning_key(path: Path, *, name: str, kind: str, entropy: Entropy) -> Cosigner:
    """Make a witness's key of a kind in ``COSIGNER_KINDS`` and keep it in a new file."""
    seed = entropy(_SEED_BYTES)
    cosigner = _COSIGNERS[kind](name=name, seed=seed)
    _write_new(path, f"{_COSIGNER_HEADER}+{kind}+{name}+{base64s.encode(seed)}\n")
    return cosigner


def read_cosigning_key(path: Path) -> Cosigner:
    """Read a witness's key.

    Raises:
        BadNote: The file is malformed. The message never shows the key.
    """
    text = _read(path).strip()
    parts = text.removeprefix(f"{_COSIGNER_HEADER}+").split("+", 2)
    if not text.startswith(f"{_COSIGNER_HEADER}+") or len(parts) != 3 or parts[0] not in _COSIGNERS:
        raise BadNote(
            f"a witness's key file must begin with {_COSIGNER_HEADER}: {path}",
            todo="make one with: clerestory log witness STATE --key FILE --new-key NAME",
        )
    try:
        seed = base64s.decode(parts[2], what="a witness's key")
    except BadNote:
        raise BadNote(f"a witness's key file must hold standard base64: {path}") from None
    if len(seed) != _SEED_BYTES:
        raise BadNote(f"a witness's key file must hold {_SEED_BYTES} bytes: {path}")
    return _COSIGNERS[parts[0]](name=parts[1], seed=seed)


def _write_new(path: Path, content: str) -> None:
    try:
        write_private(path, content)
    except FileExistsError as fault:
        raise Refusal(
            f"a key must not be replaced: {path}",
            code="log-key-file",
            todo="use the key that is there, or name another file",
        ) from fault


def _read(path: Path) -> str:
    if not path.is_file():
        raise Refusal(
            f"a key file must exist: {path}",
            code="log-key-file",
            todo="name the file with --key or --kek",
        )
    check_private_file(path)
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadNote(f"a key file must be text: {path}") from None
