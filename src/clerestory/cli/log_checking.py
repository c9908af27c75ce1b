"""``clerestory log verify``: a proof or a public folder, checked and put into words."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.log_text import verified_text, verified_value
from clerestory.cli.terminal import folded
from clerestory.kernel import Refusal
from clerestory.kernel.files import write_whole
from clerestory.kernel.folders import held
from clerestory.ledger import (
    BadNote,
    Recount,
    TrustPolicy,
    VerifiedDirectory,
    verify_directory,
    verify_proof,
)
from clerestory.ledger.proof_file import HEADER, parse_proof
from clerestory.notes import parse_body, parse_note

Said = tuple[dict[str, object], str]
"""The answer for a program and for a person."""


def verified_entry(proof: Path, entry: Path, vkey: str, trust: TrustPolicy | None) -> Said:
    """Check an offline proof of one entry."""
    text = _text(read_handed_in(proof), proof)
    verified = verify_proof(text, read_handed_in(entry), vkey)
    if trust is not None:
        trust.check_checkpoint(verified.checkpoint)
    value = {
        "origin": verified.origin,
        "index": verified.index,
        "size": verified.size,
        "root": verified.root.hex(),
    }
    where = f"entry {verified.index} of the log {verified.origin}, of {verified.size} entries"
    return value, "\n".join(folded(f"Proven: this is {where}."))


def verified_folder(
    folder: Path,
    vkey: str,
    *,
    olds: Sequence[Path],
    remember: Path | None,
    trust: TrustPolicy | None,
    count: bool,
) -> Said:
    """Check a public directory, and remember its checkpoint once all of it holds."""
    check_apart(folder, (*olds, remember))
    # Both count: what was remembered here, and what somebody else has seen.
    known = _kept(remember) if remember else None
    seen = [_checkpoint_in(file, read_handed_in(file)) for file in olds]
    if remember and known is not None:
        seen.append(_checkpoint_in(remember, known))
    recount = Recount()
    verified = verify_directory(folder, vkey, seen, on_entries=recount.take if count else None)
    if trust is not None:
        trust.check_checkpoint(verified.checkpoint)
    if remember:
        # Last, and whole: what was remembered before must survive a check that fails.
        _renew(remember, known, verified)
    return verified_value(verified, recount), verified_text(verified, recount)


def check_apart(folder: Path, files: Iterable[Path | None]) -> None:
    """Refuse what a log would itself bring to be checked with.

    A log compared with what it shows itself continues that, whatever it did; and whoever serves a
    copy with a key or a policy beside it can have signed any log whatever.

    Args:
        folder: The log's public directory.
        files: What was given, there yet or not.

    Raises:
        Refusal: One of them lies in the directory.
    """
    inside = os.path.realpath(folder)
    for file in files:
        if file is not None and Path(os.path.realpath(file)).is_relative_to(inside):
            raise Refusal(
                f"what a log is checked with must come from elsewhere than the log: {file}",
                code="log-compared-with-itself",
                todo="keep its key, the policy and what you have seen of it in files of your own, "
                "outside the folder of the log; ask the log's office for its key by another way",
            )


def _kept(file: Path) -> bytes | None:
    return read_handed_in(file) if file.exists() else None


def _renew(file: Path, known: bytes | None, verified: VerifiedDirectory) -> None:
    """Renew what is remembered, if it still is what this run compared with."""
    # A link stays a link: what is remembered is behind it.
    target = Path(os.path.realpath(file))
    with held(target.parent):
        if _kept(target) != known:
            raise Refusal(
                f"what is remembered must stay while a log is checked: another run renewed {file}",
                code="log-remembered-meanwhile",
                todo="run the same again: it compares with what is remembered now",
            )
        write_whole(target, verified.checkpoint.encode())


def _checkpoint_in(file: Path, content: bytes) -> bytes:
    """Return the checkpoint that somebody kept, or that of a proof; name the file if it is none."""
    try:
        if content.startswith(HEADER.encode()):
            content = parse_proof(_text(content, file)).checkpoint.encode()
        parse_body(parse_note(content).text)
    except BadNote as fault:
        raise BadNote(
            f"{file} must hold a checkpoint: {fault}",
            todo="name the file in which the checkpoint was kept; this one was left as it is",
        ) from fault
    return content


def _text(content: bytes, file: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        raise BadNote(f"{file} must be text: byte {fault.start}") from fault
