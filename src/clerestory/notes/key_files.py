"""Keys in files: made once, for their owner only, and never replaced."""

import stat
from collections.abc import Callable
from pathlib import Path

from clerestory.kernel import Refusal
from clerestory.kernel.files import write_private
from clerestory.notes import base64s
from clerestory.notes.cosigners import Cosigner, Ed25519Cosigner, MLDSA44Cosigner
from clerestory.notes.errors import BadKey, BadNote
from clerestory.notes.keys import SEED_BYTES, Ed25519Signer, check_name, parse_signing_key

Entropy = Callable[[int], bytes]
"""Returns that many unpredictable bytes."""

_COSIGNER_HEADER = "CLERESTORY+COSIGNER"

_COSIGNERS: dict[str, type[Ed25519Cosigner] | type[MLDSA44Cosigner]] = {
    "ed25519": Ed25519Cosigner,
    "ml-dsa-44": MLDSA44Cosigner,
}

COSIGNER_KINDS = tuple(_COSIGNERS)


def write_signing_key(path: Path, *, name: str, entropy: Entropy) -> Ed25519Signer:
    """Make a log's key and keep it in a new file."""
    signer = Ed25519Signer(name=name, seed=entropy(SEED_BYTES))
    write_new_key(path, f"{signer.private_text}\n")
    return signer


def read_signing_key(path: Path) -> Ed25519Signer:
    """Read a log's key."""
    return parse_signing_key(read_key_text(path))


def write_cosigning_key(path: Path, *, name: str, kind: str, entropy: Entropy) -> Cosigner:
    """Make a witness's key of a kind in ``COSIGNER_KINDS`` and keep it in a new file."""
    # A name that no note can carry would make a key that nobody can use.
    check_name(name)
    seed = entropy(SEED_BYTES)
    cosigner = _COSIGNERS[kind](name=name, seed=seed)
    write_new_key(path, f"{_COSIGNER_HEADER}+{kind}+{name}+{base64s.encode(seed)}\n")
    return cosigner


def read_cosigning_key(path: Path) -> Cosigner:
    """Read a witness's key.

    Raises:
        BadKey: The file is malformed. The message never shows the key.
    """
    text = read_key_text(path).strip()
    parts = text.removeprefix(f"{_COSIGNER_HEADER}+").split("+", 2)
    if not text.startswith(f"{_COSIGNER_HEADER}+") or len(parts) != 3 or parts[0] not in _COSIGNERS:
        raise BadKey(
            f"a witness's key file must begin with {_COSIGNER_HEADER}: {path}",
            todo="make one with: clerestory log witness STATE --key FILE --new-key NAME",
        )
    try:
        seed = base64s.decode(parts[2], what="a witness's key")
    except BadNote:
        raise BadKey(f"a witness's key file must hold standard base64: {path}") from None
    if len(seed) != SEED_BYTES:
        raise BadKey(f"a witness's key file must hold {SEED_BYTES} bytes: {path}")
    return _COSIGNERS[parts[0]](name=parts[1], seed=seed)


def write_new_key(path: Path, content: str) -> None:
    """Write a secret to a new file that only its owner may read.

    Raises:
        Refusal: A file is there already: a key is never replaced.
    """
    try:
        write_private(path, content)
    except FileExistsError as fault:
        raise Refusal(
            f"a key must not be replaced: {path}",
            code="log-key-file",
            todo="use the key that is there, or name another file",
        ) from fault


def read_key_text(path: Path) -> str:
    """Read a secret from a file that only its owner may read.

    Raises:
        Refusal: There is no such file.
        BadKey: Others may read it, or it is not text.
    """
    if not path.is_file():
        raise Refusal(
            f"a key file must exist: {path}",
            code="log-key-file",
            todo="name the file with --key or --kek",
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKey(
            f"a key file must be for its owner only: {path}",
            code="log-key-file",
            todo=f"run: chmod 600 {path}",
        )
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        # No cause: it would show bytes of the secret.
        raise BadKey(f"a key file must be text: {path}") from None
