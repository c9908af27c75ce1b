"""Verifying a package offline, step by step; the first step that fails is named.

No step trusts what a later one proves. The order is that of the envelope, from the outside in, so
that nothing is decrypted before its sender is known, and nothing is read before it is whole.
"""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from clerestory.audit.packages.evidence import check_commitment, check_inclusion
from clerestory.audit.packages.steps import Check, Step, Verified
from clerestory.disclosure import Identity
from clerestory.disclosure.opening import open_package
from clerestory.disclosure.released import check_released
from clerestory.disclosure.verifying import (
    OpenedBag,
    Seal,
    check_bag,
    check_contents_signature,
    check_name,
    check_seal,
    is_kept,
    read_seal,
)
from clerestory.kernel import Refusal
from clerestory.kernel.bad_file import show
from clerestory.kernel.files import open_regular
from clerestory.kernel.folders import OPENING, staged
from clerestory.ledger import VerifiedEntry
from clerestory.notes import Kind, OtherSigner, Verifier, parse_vkey


def verify_package(
    path: Path,
    *,
    sender: Verifier | str,
    log_vkey: Verifier | str,
    identity: Identity | None = None,
    extract_to: Path | None = None,
) -> Verified:
    """Verify a package, and with the recipient's identity all that is in it.

    Args:
        path: The sealed file; its signature lies beside it as ``<name>.sig``.
        sender: The sender's published key, from elsewhere than the package.
        log_vkey: The log's published key, from elsewhere than the package.
        identity: The recipient's private key; without it only the first two steps are taken.
        extract_to: A new folder for the files, made only if everything holds.

    Raises:
        Refusal: A key, a file or the name is not the right one: nothing is said of the package.
        Corruption: A step fails; ``code`` names it.
        OSError: The disk is full, or a file cannot be read or written. Nothing is left behind.
    """
    keys = _keys(sender, log_vkey)
    if extract_to is not None:
        _check_extraction(extract_to, identity)
    seal = _read_seal(path, *keys)
    check_name(path, seal)  # step 1
    # Opened once: under the name there may be another file a moment later.
    with open_regular(path) as sealed:
        envelope = check_seal(sealed, seal)  # step 2
        outside = Verified(
            name=seal.name,
            sha256=seal.sha256,
            size=seal.size,
            envelope=envelope,
            checked=_through(Step.SEAL),
        )
        if identity is None:
            return outside
        if extract_to is None:
            opened, entry = _check_inside(sealed, seal, identity, keys)  # steps 3 to 8
        else:
            # A folder beside it for files that nobody may read before all of them hold.
            with staged(extract_to, prefix=OPENING) as staging:
                opened, entry = _check_inside(sealed, seal, identity, keys, staging)  # 3 to 8
                (staging / opened.folder).rename(extract_to)
    return replace(
        outside,
        checked=_through(Step.RULINGS),
        demand_id=opened.rulings.demand_id,
        contents_digest=opened.contents_digest,
        entry=entry,
    )


def _check_inside(
    sealed: BinaryIO,
    seal: Seal,
    identity: Identity,
    keys: tuple[Verifier, Verifier],
    extract_to: Path | None = None,
) -> tuple[OpenedBag, VerifiedEntry]:
    sender, log = keys
    files = open_package(  # step 3
        sealed, identity, sha256=seal.sha256, keep=is_kept, extract_to=extract_to
    )
    opened = check_bag(files, seal)  # step 4
    check_contents_signature(opened, sender)  # step 5
    entry = check_inclusion(opened.evidence, log)  # step 6
    check_commitment(  # step 7
        opened.evidence,
        demand_id=opened.rulings.demand_id,
        contents_digest=opened.contents_digest,
    )
    check_released(opened.files, opened.rulings)  # step 8
    return opened, entry


def _through(last: Step) -> tuple[Check, ...]:
    return tuple(Check(step=step) for step in Step if step <= last)


def _keys(sender: Verifier | str, log_vkey: Verifier | str) -> tuple[Verifier, Verifier]:
    sender_key = _key(sender)
    log = _key(log_vkey)
    # One key for both roles would make the log's witness of the sender and the sender one voice.
    if sender_key.public_bytes == log.public_bytes:
        raise Refusal(
            f"the sender's key and the log's key must be two keys: {log.said} was given for both",
            code="package-keys-mixed",
            todo="give the sender's key as the sender and the log's key as the log; an office "
            "publishes them as sender.vkey and log.vkey",
        )
    return sender_key, log


def _key(given: Verifier | str) -> Verifier:
    return parse_vkey(given, only=Kind.ED25519) if isinstance(given, str) else given


def _read_seal(path: Path, sender: Verifier, log: Verifier) -> Seal:
    try:
        return read_seal(path, sender)
    except OtherSigner as fault:
        try:
            read_seal(path, log)
        except OtherSigner:
            raise fault from None
        raise Refusal(
            "the sender's key was given as the log's, and the log's as the sender's",
            code="package-keys-mixed",
            todo="exchange the two keys and run the same again",
        ) from fault


def _check_extraction(folder: Path, identity: Identity | None) -> None:
    if identity is None:
        raise Refusal(
            "a package can be opened by its recipient only",
            code="package-identity-missing",
            todo="add the recipient's identity, or leave out the folder to extract to",
        )
    if folder.exists() or folder.is_symlink():
        raise Refusal(
            f"a package is opened into a new folder: {folder.name}",
            code="package-folder-exists",
            todo="name a folder that does not exist yet",
        )
    if not folder.parent.is_dir():
        raise Refusal(
            f"a package is opened in a folder that is there: {show(str(folder.parent))} is not",
            code="package-folder-missing",
            todo="make that folder first, or name a new folder in one that exists",
        )
