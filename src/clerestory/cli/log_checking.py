"""What ``clerestory log verify`` does: check a proof or a directory, and remember what it saw."""

from collections.abc import Sequence
from pathlib import Path

from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.log_text import read_text, verified_text, verified_value
from clerestory.kernel.files import write_whole
from clerestory.ledger import BadNote, Recount, TrustPolicy, verify_directory, verify_proof
from clerestory.notes import parse_body, parse_note

Said = tuple[dict[str, object], str]
"""The answer for a program and for a person."""


def verified_entry(proof: Path, entry: Path, vkey: str, trust: TrustPolicy | None) -> Said:
    """Check an offline proof of one entry."""
    verified = verify_proof(read_text(proof), read_handed_in(entry), vkey)
    if trust is not None:
        trust.check_checkpoint(verified.checkpoint)
    value = {
        "origin": verified.origin,
        "index": verified.index,
        "size": verified.size,
        "root": verified.root.hex(),
    }
    where = f"entry {verified.index} of {verified.origin}, in a tree of {verified.size}"
    return value, f"proven: {where}"


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
    # Both count: what was remembered here, and what somebody else has seen.
    seen = [*olds, *([remember] if remember is not None and remember.exists() else [])]
    recount = Recount()
    verified = verify_directory(
        folder,
        vkey,
        [_checkpoint_in(file) for file in seen],
        on_entries=recount.take if count else None,
    )
    if trust is not None:
        trust.check_checkpoint(verified.checkpoint)
    if remember is not None:
        # Last, and whole: what was remembered before must survive a check that fails.
        write_whole(remember, verified.checkpoint.encode())
    return verified_value(verified, recount), verified_text(verified, recount)


def _checkpoint_in(file: Path) -> bytes:
    """Read a checkpoint that somebody kept, and name the file if it is none."""
    content = read_handed_in(file)
    try:
        parse_body(parse_note(content).text)
    except BadNote as fault:
        raise BadNote(
            f"{file} must hold a checkpoint: {fault}",
            todo="name the file in which the checkpoint was kept; this one was left as it is",
        ) from fault
    return content
