"""What ``clerestory verify`` says: what was checked, what was not, and what that means."""

from collections.abc import Iterable
from pathlib import Path

from clerestory.audit.packages import Check, Verified
from clerestory.cli.handed_in import read_handed_in
from clerestory.cli.terminal import folded
from clerestory.disclosure import CBC_CAUTION
from clerestory.disclosure.key_dress import text_of
from clerestory.kernel import Refusal


def key_text(given: str, *, what: str) -> str:
    """Return a public key given as text, or the content of the file of that name.

    Args:
        given: What stands on the command line.
        what: Whose key it is, for the message.

    Raises:
        Refusal: It is neither a key nor the name of a file that can be read as text.
    """
    # A key has two plus signs; what has fewer was meant as a path, and a wrong path is told as one.
    path = Path(given)
    if given.count("+") >= 2 and not names_file(path):
        return given
    if not names_file(path):
        raise Refusal(
            f"there is no file with {what}, and it is not a key: {given[:80]}",
            code="key-file-missing",
            todo="check the path, or give the key itself, name+id+base64",
        )
    text = text_of(read_handed_in(path))
    if text is None:
        raise Refusal(
            f"the file with {what} must be text: {path.name}",
            code="key-file-missing",
            todo="give the file that was published, such as sender.vkey or log.vkey",
        )
    return text


def names_file(path: Path) -> bool:
    """Whether what was typed for a key names a file, whatever its letters."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        # Longer than a file name can be, or with a zero byte: a key perhaps, but no path.
        return False


def verified_value(verified: Verified) -> dict[str, object]:
    """Show a verified package to a program."""
    entry = verified.entry
    return {
        "package": verified.name,
        "sha256": verified.sha256,
        "size": verified.size,
        "envelope": verified.envelope,
        "envelope_authenticates": verified.is_authenticated,
        "complete": verified.is_complete,
        "checked": [_value(check) for check in verified.checked],
        "not_checked": [_value(check) for check in verified.not_checked],
        "demand": verified.demand_id,
        "contents_sha256": verified.contents_digest,
        "log": None
        if entry is None
        else {"origin": entry.origin, "index": entry.index, "size": entry.size},
    }


def verified_text(verified: Verified) -> str:
    """Show a verified package to a person."""
    told = "is whole: every step holds" if verified.is_complete else "stayed shut"
    lines = [
        f"The package {verified.name} {told}.",
        f"sha256 {verified.sha256}",
        f"size {verified.size} bytes",
        "checked:",
    ]
    lines += [_line(check) for check in verified.checked]
    if not verified.is_authenticated:
        lines.append(f"take note: {CBC_CAUTION}; with this program steps 1 and 2 did that")
    entry = verified.entry
    if entry is not None:
        lines.append(f"the log {entry.origin} holds its entry {entry.index} of {entry.size}")
    if verified.is_complete:
        lines.append(f"it answers the demand {verified.demand_id}")
        return _joined(lines)
    lines.append("not checked, since it needs the recipient's identity (--identity FILE):")
    lines += [_line(check) for check in verified.not_checked]
    lines.append("partly checked: nothing is known of what is inside, or whether it was logged")
    return _joined(lines)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(part for line in lines for part in folded(line))


def _value(check: Check) -> dict[str, object]:
    return {"step": int(check.step), "name": check.name, "proves": check.proves}


def _line(check: Check) -> str:
    return f"  {check.step:d} {check.name}: {check.proves}"
